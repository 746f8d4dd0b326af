"""Consequences: what a change of the table would do to what people already read from it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sandbox.messages import Output, RunResult, RunStatus
from services import changes, comparing, exploration
from services.access import Action, requires
from services.assistant import builtin, checks, turns
from services.code import analyses
from services.domain import Consequence, TurnStatus, Version
from services.progress import QUIET, stoppable
from services.protocols import Progress
from services.workspace import Workspace

MOST_PINS: Final = 6
MOST_ANSWERS: Final = 4
SECONDS: Final = 20.0
"""Time for all of them together; what it does not reach is left out."""
RUN_SECONDS: Final = 8.0


@dataclass(frozen=True)
class _Read:
    """Something that was read from the table, and the code that reads it."""

    name: str
    code: str
    analyst: str
    is_pin: bool = False


@requires(Action.DATASET_READ)
def of(
    ws: Workspace, version: Version, after: Path, conversation_id: str, progress: Progress = QUIET
) -> tuple[Consequence, ...]:
    """For the newest pins of the dataset and answers of the conversation: what is not the same on the table at
    `after`. Their code runs on both tables; what does not run on the version as it is, is left out.

    Raises: NotFound; Stopped.
    """
    version = ws.rows.version(version.id)
    things = list(_things(ws, version, conversation_id))
    if not things:
        return ()
    end = time.monotonic() + SECONDS
    found: list[Consequence] = []
    with changes.local(ws, version.id) as before:
        for place, thing in enumerate(things, 1):
            if time.monotonic() > end:
                break
            progress.stage(f"Working out your numbers again: {place} of {len(things)}")
            found += _consequence(ws, thing, before, after, progress)
    return tuple(found)


def _things(ws: Workspace, version: Version, conversation_id: str) -> Iterator[_Read]:
    """Pins first; each code once, and none that fits models."""
    seen: set[str] = set()
    for thing in (*_pinned(ws, version.dataset_id), *_answered(ws, conversation_id)):
        if thing.code and thing.code not in seen:
            seen.add(thing.code)
            yield thing


def _pinned(ws: Workspace, dataset_id: str) -> Iterator[_Read]:
    for listed, _ in ws.pins.all(dataset_id)[:MOST_PINS]:
        pin = ws.pins.get(listed.id)
        kind = analyses.KINDS.get(str(pin.kept.analysis.get("kind", "")))
        if kind is None or not kind.LONG:
            yield _Read(pin.name, pin.kept.code, pin.kept.analyst, is_pin=True)


def _answered(ws: Workspace, conversation_id: str) -> list[_Read]:
    turns = ws.rows.turns(conversation_id, MOST_ANSWERS) if conversation_id else []
    return [
        _Read(turn.question, turn.answer.code, turn.analyst)
        for turn in reversed(turns)
        if turn.status is TurnStatus.ANSWERED and turn.answer and turn.analyst != exploration.ANALYST
    ]


def _consequence(ws: Workspace, thing: _Read, before: Path, after: Path, progress: Progress) -> Iterator[Consequence]:
    old = _run(ws, thing, before, progress)
    if old.status is not RunStatus.OK or not old.outputs:
        return
    new = _run(ws, thing, after, progress)
    if new.status is RunStatus.OK and new.outputs:
        compared = comparing.changes(_shown(old), _shown(new))
        yield Consequence(name=thing.name, is_pin=thing.is_pin, changes=compared)
    else:
        yield Consequence(name=thing.name, is_pin=thing.is_pin, problem=checks.failure(new))


def _shown(result: RunResult) -> list[Output]:
    return [output for output in result.outputs if not output.name.startswith("_")]


def _run(ws: Workspace, thing: _Read, path: Path, progress: Progress) -> RunResult:
    ours = thing.analyst in (builtin.BuiltinAnalyst.name, exploration.ANALYST)
    request = turns.requested(
        ws,
        thing.code,
        path,
        trusted=ours,
        queries=ours and checks.uses_any(thing.code, {"sql"}),
        seconds=RUN_SECONDS,
        rows=ws.backends.settings.answer_rows,
    )
    return stoppable(ws.backends.sandbox, request, progress)
