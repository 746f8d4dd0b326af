"""What a question may lead to besides an answer: a change that is proposed, an analysis, a move in the history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from sandbox.messages import RunError, RunStatus
from services import changes, cleaning, conversations, datasets, exploration, versions
from services.access import Action, allows, requires
from services.assistant import builtin
from services.assistant.cell_values import CellValues
from services.assistant.turns import TurnRecord
from services.change_jobs import Proposal
from services.cleaning import Origin
from services.code import analyses
from services.domain import Answer, Attempt, Difference, Effect, Move, Plan, PlanKind, Step, Turn, TurnStatus, Version
from services.errors import BadInput
from services.protocols import Analyst, Brief
from services.workspace import Workspace

KINDS = (PlanKind.TRANSFORM, PlanKind.ANALYSIS, PlanKind.HISTORY)
"""The plans that are carried out here."""
UNCHANGED = "Nothing in the table would be different."
MOVED = {Move.UNDO: "Undone", Move.REDO: "Done again", Move.START: "Back to the table as it was read"}


def carry_out(analyst: Analyst, brief: Brief, plan: Plan, path: Path, record: TurnRecord) -> Plan | None:
    """Does what the plan says; where steps or an analysis do not fit, the analyst may plan anew.

    None when the turn is final, else the plan of another kind that the analyst has instead.
    Raises: BadInput, when no plan could be carried out; ProviderError; Stopped.
    """
    record.notes.extend(plan.notes)
    for left in reversed(range(record.ws.backends.settings.attempts)):
        try:
            _once(plan, path, record)
        except BadInput as error:
            record.save(attempts=(*record.turn.attempts, _failed(plan, error)))
            mended = analyst.mend(brief, plan, record.turn.attempts, record) if left else plan
            if mended == plan:
                raise
            record.save(plan=mended)
            if mended.kind not in KINDS:
                return mended
            plan = mended
        else:
            break
    return None


@requires(Action.CONVERSATION_READ)
def proposed(ws: Workspace, turn: Turn) -> Proposal | None:
    """The change that a turn proposes, ready to be applied; None for a turn that proposes none."""
    if turn.status is not TurnStatus.PROPOSED or turn.plan is None or not turn.plan.steps:
        return None
    origin = Origin(turn.conversation_id, turn.id)
    return Proposal(ws, turn.version_id, cleaning.together(turn.plan.steps), origin)


@requires(Action.DATASET_READ)
def described(ws: Workspace, version_id: str, sentence: str) -> Step:
    """The change that a sentence describes, as the built-in analyst reads it; nothing is tried or kept.

    Raises: NotFound; BadInput, when it describes none, or cannot be tied to this table.
    """
    version = ws.rows.version(version_id)
    profile = ws.rows.profile(version_id)
    with changes.local(ws, version_id) as path:
        find = CellValues(profile, partial(ws.backends.engine.find_values, path))
        others = partial(datasets.others, ws, version.dataset_id)
        return cleaning.together(builtin.steps(sentence, profile, find, others))


@requires(Action.CONVERSATION_READ)
def may_apply(ws: Workspace) -> bool:
    """Whether this person may change data here."""
    return allows(ws, Action.VERSION_CREATE)


@requires(Action.CONVERSATION_READ)
def applied(ws: Workspace, turns: Sequence[Turn]) -> Mapping[str, Version]:
    """The version that each turn made, by the turn's id; nothing for those that made none."""
    if not any(turn.status is TurnStatus.PROPOSED for turn in turns):
        return {}
    conversation = conversations.get(ws, turns[0].conversation_id)
    return {each.turn_id: each for each in versions.list_all(ws, conversation.dataset_id) if each.turn_id}


@requires(Action.ASK)
def reject(ws: Workspace, turn_id: str) -> Turn:
    """The turn, its change no longer offered. Raises: NotFound; BadInput, when it was applied or offers none."""
    turn = ws.rows.turn(turn_id)
    if proposed(ws, turn) is None or turn.id in applied(ws, [turn]):
        raise BadInput("There is nothing to reject: the change was applied, or none was proposed.", "Undo it instead.")
    ws.rows.save_turn(turn.model_copy(update={"status": TurnStatus.REJECTED}))
    return ws.rows.turn(turn_id)


def told(effect: Effect) -> str:
    """What a change does, in a sentence or two, with its numbers."""
    sentence = effect.sentence.strip().rstrip(".")
    return f"{sentence}. {_numbers(effect.difference)}"


def _once(plan: Plan, path: Path, record: TurnRecord) -> None:
    match plan.kind:
        case PlanKind.TRANSFORM:
            _try_out(plan, record)
        case PlanKind.ANALYSIS:
            exploration.run(record, analyses.parse(plan.analysis), path)
        case _:
            _move(plan, record)


def _try_out(plan: Plan, record: TurnRecord) -> None:
    """Finds out what the steps would do to every row, and proposes them."""
    if not plan.steps:
        raise BadInput("No change was named.", "Say what to change, and in which column.")
    record.stage("Trying the change")
    step = cleaning.together(plan.steps)
    effect = cleaning.preview(record.ws, record.turn.version_id, step, record)
    caveats = (UNCHANGED,) if effect.difference.is_empty else ()
    answer = Answer(text=told(effect), code=effect.code, caveats=(*record.notes, *caveats), effect=effect)
    record.save(status=TurnStatus.PROPOSED, answer=answer)


def _move(plan: Plan, record: TurnRecord) -> None:
    """Moves the conversation, and says where it stands now."""
    if plan.move is None:
        raise BadInput("It was not said where to go.", "Say “undo”, “redo” or “back to the start”.")
    record.stage("Moving in the history")
    ws, conversation_id = record.ws, record.turn.conversation_id
    if plan.move is Move.START:
        conversation = conversations.get(ws, conversation_id)
        versions.go(ws, conversation_id, versions.path(ws, conversation.version_id)[0].id)
    else:
        versions.move(ws, conversation_id, max(1, plan.moves) * (-1 if plan.move is Move.UNDO else 1))
    here = ws.rows.version(conversations.get(ws, conversation_id).version_id)
    text = (
        f"{MOVED[plan.move]}. The table has {_counted(here.rows, 'row')} and {_counted(len(here.columns), 'column')}."
    )
    record.save(status=TurnStatus.ANSWERED, answer=Answer(text=text, caveats=tuple(record.notes)))


def _failed(plan: Plan, error: BadInput) -> Attempt:
    """A plan that could not be carried out, as the attempt that stays with the turn."""
    code = "\n".join(step.to_code() for step in plan.steps)
    told = RunError(type=type(error).__name__, message=error.message, hint=error.hint)
    return Attempt(code=code, status=RunStatus.FAILED, error=told, problem=error.message)


def _numbers(found: Difference) -> str:
    rows = _counted(found.rows_before, "row")
    parts = [f"{rows} become {found.rows_after:,}" if found.rows_before != found.rows_after else f"All {rows} stay"]
    if cells := sum(column.cells for column in found.changed):
        parts.append(f"{_counted(cells, 'cell')} in {_counted(len(found.changed), 'column')} change")
    for names, what in ((found.added, "new"), (found.removed, "gone"), (found.renamed, "renamed")):
        if names:
            parts.append(f"{_counted(len(names), 'column')} {what}")
    return ", ".join(parts) + "."


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
