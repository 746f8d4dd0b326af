"""A turn answered once more on another version: the same code, or the same analysis, and nothing is stored."""

from __future__ import annotations

import time

from services import changes, exploration
from services.assistant import builtin, checks, pipeline, turns
from services.assistant.turns import TurnRecord
from services.domain import Answer, Turn, TurnStatus
from services.errors import BadInput
from services.protocols import Analyst, Progress
from services.workspace import Workspace


class Rehearsal(TurnRecord):
    """A turn on its way that stays in memory."""

    def save(self, **changes: object) -> None:
        seconds = round(time.monotonic() - self._started, 3)
        self.turn = self.turn.model_copy(update={**changes, "seconds": seconds})


def answered(ws: Workspace, turn: Turn, version_id: str, progress: Progress) -> Turn:
    """The turn with the answer that its code gives on this version.

    Raises: NotFound; BadInput, when there is no code, or it gives nothing there; Stopped.
    """
    if turn.answer is None or not turn.answer.code or turn.plan is None:
        raise BadInput("There is no code behind this that could run again.", "Ask the question again.")
    fresh = turn.model_copy(update={"version_id": version_id, "attempts": (), "exchanges": ()})
    record = Rehearsal(ws, fresh, progress)
    if turn.analyst == exploration.ANALYST:
        exploration.answer_again(record)
    else:
        _run_again(record, turn.answer)
    return record.turn


def _run_again(record: TurnRecord, before: Answer) -> None:
    """The code as it is; who wrote it reads the new result. Without the model that did, the code's words stand."""
    ws, turn = record.ws, record.turn
    version = ws.rows.version(turn.version_id)
    record.notes.extend(pipeline.left_out(record, version))
    record.stage("Running")
    with changes.local(ws, version.id) as path:
        ours = turn.analyst == builtin.BuiltinAnalyst.name
        queries = ours and checks.uses_any(before.code, {"sql"})
        result = turns.run(record, before.code, path, trusted=ours, queries=queries)
        brief = pipeline.brief_of(record, version, path)
        assert turn.plan is not None
        verdict = pipeline.review(_reader(ws, turn), brief, turn.plan, before.code, result, record, path)
    if verdict.problem:
        raise BadInput(f"The code does not fit the table any more. {verdict.problem}", "Ask the question again.")
    record.save(status=TurnStatus.ANSWERED, answer=turns.final(before.code, result, verdict, record.notes))


def _reader(ws: Workspace, turn: Turn) -> Analyst:
    """Who reads the result: the analyst that wrote the code. Raises: BadInput, when it is not there."""
    analyst = ws.backends.analysts.get(turn.analyst)
    if analyst is None:
        raise BadInput("The language model that answered this is not set up any more.", "Ask the question again.")
    return analyst
