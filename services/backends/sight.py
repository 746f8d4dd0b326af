"""How far somebody sees: which rows of which table. The same is written once more as policies of PostgreSQL.

A member of a team sees what is the team's and what is private to them. A guest sees one shared thing and what hangs on
it. `WHOLE` is for upkeep of a team (its cleaner, its quota), `EVERYWHERE` for the server itself (the runner of jobs).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Table, and_, false, or_, select, true

from services.backends import team_tables
from services.backends.board_tables import dashboards, pins, tile_runs, tiles
from services.backends.report_tables import report_files, reports, sections
from services.backends.tables import (
    conversations,
    datasets,
    jobs,
    lineage,
    outputs,
    profiles,
    readings,
    turns,
    uploads,
    versions,
)
from services.domain import ObjectKind, Visibility

SHARED: Final[dict[ObjectKind, Table]] = {
    ObjectKind.DATASET: datasets,
    ObjectKind.CONVERSATION: conversations,
    ObjectKind.DASHBOARD: dashboards,
    ObjectKind.REPORT: reports,
}
"""Where things of each kind are kept: tables with `team_id`, `created_by` and `visibility`."""


class Reach(StrEnum):
    MEMBER = "member"
    GUEST = "guest"
    WHOLE = "whole"
    EVERYWHERE = "everywhere"


@dataclass(frozen=True)
class Sight:
    """Who looks into which team, and how far. A guest sees the dataset `dataset_id` and one conversation about it, or
    one other thing, such as a dashboard."""

    team_id: str
    user_id: str
    reach: Reach = Reach.MEMBER
    dataset_id: str = ""
    conversation_id: str = ""
    object_id: str = ""

    @property
    def settings(self) -> dict[str, str]:
        """The same for the policies of PostgreSQL."""
        return {
            "red_pandas.team": self.team_id,
            "red_pandas.person": self.user_id,
            "red_pandas.reach": self.reach,
            "red_pandas.dataset": self.dataset_id,
            "red_pandas.conversation": self.conversation_id,
            "red_pandas.object": self.object_id,
        }

    def of(self, table: Table) -> ColumnElement[bool]:
        """True for the rows of the table that may be seen."""
        if self.reach is Reach.EVERYWHERE:
            return true()
        ours = table.c.team_id == self.team_id
        if self.reach is Reach.WHOLE:
            return ours
        rule = _RULES.get(table.name)
        return and_(ours, rule(self)) if rule else ours


EVERYWHERE: Final = Sight("", "", Reach.EVERYWHERE)


def _datasets(sight: Sight) -> ColumnElement[bool]:
    return datasets.c.id == sight.dataset_id if sight.reach is Reach.GUEST else _open(sight, datasets)


def _conversations(sight: Sight) -> ColumnElement[bool]:
    if sight.reach is Reach.GUEST:
        shown = or_(conversations.c.id == sight.conversation_id, _mine(sight, conversations))
    else:
        shown = _open(sight, conversations)
    return and_(shown, _in(sight, conversations.c.dataset_id, datasets))


def _open(sight: Sight, table: Table) -> ColumnElement[bool]:
    return or_(table.c.visibility != Visibility.PRIVATE, _mine(sight, table))


def _mine(sight: Sight, table: Table) -> ColumnElement[bool]:
    """True for what this person made; a visitor who came by a link has made nothing."""
    return table.c.created_by == sight.user_id if sight.user_id else false()


def _jobs(sight: Sight) -> ColumnElement[bool]:
    """One's own, and those behind the turns and versions one sees."""
    asked = select(turns.c.job_id).where(sight.of(turns), turns.c.job_id.is_not(None))
    about = _in(sight, jobs.c.subject_id, versions)
    return or_(_mine(sight, jobs), jobs.c.id.in_(asked), about)


def _uploads(sight: Sight) -> ColumnElement[bool]:
    """One's own, and the originals of the datasets one sees."""
    if sight.reach is Reach.GUEST:
        return _mine(sight, uploads)
    read = select(readings.c.upload_id).where(sight.of(readings))
    return or_(_mine(sight, uploads), uploads.c.id.in_(read))


def _pins(sight: Sight) -> ColumnElement[bool]:
    """Those of the datasets and conversations a member sees."""
    return and_(
        _members_only(sight),
        _in(sight, pins.c.dataset_id, datasets),
        _in(sight, pins.c.conversation_id, conversations),
    )


def _reports(sight: Sight) -> ColumnElement[bool]:
    """Those that are the team's or one's own, of nothing or of a dataset one sees."""
    about = or_(reports.c.dataset_id.is_(None), _in(sight, reports.c.dataset_id, datasets))
    return and_(_members_only(sight), _open(sight, reports), about)


def _sections(sight: Sight) -> ColumnElement[bool]:
    """Those of the reports one sees, if made from what one sees."""
    made = or_(sections.c.version_id.is_(None), _in(sight, sections.c.version_id, versions))
    return and_(_in(sight, sections.c.report_id, reports), made)


def _report_files(sight: Sight) -> ColumnElement[bool]:
    return and_(_open(sight, report_files), _in(sight, report_files.c.report_id, reports))


def _dashboards(sight: Sight) -> ColumnElement[bool]:
    return dashboards.c.id == sight.object_id if sight.reach is Reach.GUEST else _open(sight, dashboards)


def _tiles(sight: Sight) -> ColumnElement[bool]:
    """Those of the dashboards one sees. A member does not see by a tile what they do not see by its dataset."""
    shown = _in(sight, tiles.c.dashboard_id, dashboards)
    if sight.reach is Reach.GUEST:
        return shown
    return and_(shown, or_(tiles.c.dataset_id.is_(None), _in(sight, tiles.c.dataset_id, datasets)))


def _in(sight: Sight, column: Any, table: Table) -> ColumnElement[bool]:
    seen: ColumnElement[bool] = column.in_(select(table.c.id).where(sight.of(table)))
    return seen


def _members_only(sight: Sight) -> ColumnElement[bool]:
    return false() if sight.reach is Reach.GUEST else true()


_RULES: Final[dict[str, Callable[[Sight], ColumnElement[bool]]]] = {
    "datasets": _datasets,
    "conversations": _conversations,
    "versions": lambda sight: _in(sight, versions.c.dataset_id, datasets),
    "profiles": lambda sight: _in(sight, profiles.c.version_id, versions),
    "lineage": lambda sight: _in(sight, lineage.c.version_id, versions),
    "readings": lambda sight: _in(sight, readings.c.version_id, versions),
    "turns": lambda sight: _in(sight, turns.c.conversation_id, conversations),
    "outputs": lambda sight: _in(sight, outputs.c.turn_id, turns),
    "pins": _pins,
    "reports": _reports,
    "sections": _sections,
    "report_files": _report_files,
    "dashboards": _dashboards,
    "tiles": _tiles,
    "tile_runs": lambda sight: _in(sight, tile_runs.c.tile_id, tiles),
    "jobs": _jobs,
    "uploads": _uploads,
    **dict.fromkeys(
        ("connections", "activity", "definitions", team_tables.memberships.name, team_tables.invitations.name),
        _members_only,
    ),
}
