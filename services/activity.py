"""Activity: who did what in the team, when, and to which object."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.access import Action, Role, requires
from services.circles import Activity
from services.workspace import Workspace

SHOWN: Final = 200
ACTIONS: Final = tuple(sorted(each.value for each in Action))
"""What can have been done."""
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection)."""


@dataclass(frozen=True)
class Filter:
    """Which records are wanted; empty fields ask for nothing."""

    user_id: str = ""
    actions: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""
    """Part of an object's name, or its id."""


@dataclass(frozen=True)
class Entry:
    """A record with names: `who` and `what` are as they are called now, or were when last named."""

    record: Activity
    who: str
    what: str


@requires(Action.ACTIVITY_READ)
def list_all(ws: Workspace, wanted: Filter = Filter(), limit: int | None = SHOWN) -> list[Entry]:
    """The newest records that are wanted, newest first. Below admin, one sees what one did oneself."""
    return _entries(ws, wanted, limit)


@requires(Action.ACTIVITY_READ)
def people(ws: Workspace) -> dict[str, str]:
    """Names, by id, of everybody whose doings this person may see."""
    named = ws.members.names() | {ws.user.id: ws.user.name}
    return named if _sees_all(ws) else {ws.user.id: ws.user.name}


@requires(Action.ACTIVITY_EXPORT)
def export(ws: Workspace, wanted: Filter = Filter()) -> str:
    """All records that are wanted as CSV, with a header; no cell is a formula to a spreadsheet."""
    return written(ws, wanted)


@requires(Action.ACTIVITY_READ)
def written(ws: Workspace, wanted: Filter) -> str:
    """The records this person may see as CSV, with a header; no cell is a formula to a spreadsheet."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(("when", "who", "person_id", "action", "object", "object_id"))
    for entry in _entries(ws, wanted, None):
        record = entry.record
        cells = (entry.who, record.user_id, record.action, entry.what, record.subject_id)
        writer.writerow((record.created_at.isoformat(timespec="seconds"), *(_harmless(cell) for cell in cells)))
    return target.getvalue()


def _entries(ws: Workspace, wanted: Filter, limit: int | None) -> list[Entry]:
    records = ws.members.activity(
        user_id=wanted.user_id if _sees_all(ws) else ws.user.id,
        actions=wanted.actions,
        since=wanted.since,
        until=wanted.until,
        text=wanted.text.strip(),
        limit=limit,
    )
    who, what = ws.members.names() | {ws.user.id: ws.user.name}, ws.members.labels()
    return [
        Entry(each, who.get(each.user_id, f"({each.user_id[:16]})"), each.label or what.get(each.subject_id, ""))
        for each in records
    ]


def _sees_all(ws: Workspace) -> bool:
    return ws.role >= Role.ADMIN


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell
