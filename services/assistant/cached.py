"""Answers that are there already: the same question, read alike, on the same version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from services.assistant import builtin, definitions_used
from services.assistant.turns import TurnRecord
from services.domain import Answer, Mode, Plan, PlanKind, Turn, TurnStatus
from services.progress import QUIET
from services.protocols import Brief

KINDS = (PlanKind.ANALYSE, PlanKind.ANALYSIS)
SAID = "The same was asked before of this version: this is the answer from then."
MODES = (Mode.ANSWER, Mode.FRESH, Mode.PLAN)


def answer(record: TurnRecord, brief: Brief, analyst: str, model: str) -> bool:
    """Whether the question was answered before by the same analyst, and its turn now has that answer."""
    turn = record.turn
    if turn.mode is not Mode.ANSWER or not record.ws.backends.settings.cache_answers:
        return False
    for each in record.ws.rows.asked_before(turn.version_id, turn.question):
        if each.id == turn.id or each.answer is None or not _is_alike(each, turn, brief, analyst, model):
            continue
        if _reads_alike(record, each, brief):
            _take(record, each, each.answer)
            return True
    return False


def _take(record: TurnRecord, found: Turn, answer: Answer) -> None:
    caveats = tuple(dict.fromkeys((SAID, *record.notes, *answer.caveats)))
    record.save(
        status=TurnStatus.ANSWERED,
        plan=found.plan,
        analyst=found.analyst,
        attempts=(),
        answer=answer.model_copy(update={"caveats": caveats}),
        cached_id=found.cached_id or found.id,
    )


def _is_alike(found: Turn, turn: Turn, brief: Brief, analyst: str, model: str) -> bool:
    """Whether the same analyst answered the same, with the same tables and words, and nobody called it wrong."""
    asked = found.exchanges[-1].model if found.exchanges else ""
    return (
        found.mode in MODES
        and found.plan is not None
        and found.plan.kind in KINDS
        and found.analyst == analyst
        and (not asked or asked == model)
        and (found.chosen, found.tables) == (turn.chosen, turn.tables)
        and not (found.feedback and not found.feedback.right)
        and tuple(found.answer.defined if found.answer else ()) == definitions_used.sentences(brief)
    )


def _reads_alike(record: TurnRecord, found: Turn, brief: Brief) -> bool:
    """Whether nothing said before makes a difference: the same was said, or the question stands by itself."""
    before = [turn for turn in brief.history if turn.question.casefold() != found.question.casefold()]
    if not before and not _before(record, found):
        return True
    if found.analyst == builtin.BuiltinAnalyst.name:
        return _read(brief) == found.plan
    alone = _read(replace(brief, history=()))
    return alone.kind is PlanKind.ANALYSE and alone == _read(brief)


def _read(brief: Brief) -> Plan:
    return builtin.BuiltinAnalyst().plan(definitions_used.spelled(brief), QUIET)


def _before(record: TurnRecord, found: Turn) -> Sequence[Turn]:
    """What was asked in that conversation before, but for the question itself."""
    earlier = (each for each in record.ws.rows.turns(found.conversation_id) if each.created_at < found.created_at)
    return [each for each in earlier if each.question.casefold() != found.question.casefold()]
