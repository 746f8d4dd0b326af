"""Pins: answers, and single charts, tables and values of them, kept to be found again and put on dashboards."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from services import exploration, labels, staleness
from services.access import Action, allows, requires
from services.boards import Kept, ListedPin, Pin
from services.domain import Turn, TurnStatus
from services.errors import BadInput
from services.workspace import Workspace


@requires(Action.PIN)
def pin(ws: Workspace, turn_id: str, only: int | None = None, name: str = "") -> Pin:
    """Keeps the answer of a turn, or `only` the output at this place of it; what is pinned already stays as it is.

    Raises: NotFound; BadInput, when there is no answer, or no output at this place.
    """
    turn = ws.rows.turn(turn_id)
    if there := [each for each in ws.pins.of("turn_id", turn_id) if each.kept.only == only]:
        return ws.pins.get(there[0].id)
    kept, conversation = _kept(turn, only), ws.rows.conversation(turn.conversation_id)
    made = Pin(
        id=uuid4().hex,
        team_id=ws.team.id,
        name=labels.line(name) or _called(turn, kept),
        dataset_id=conversation.dataset_id,
        version_id=turn.version_id,
        conversation_id=conversation.id,
        turn_id=turn.id,
        kept=kept,
        created_by=ws.user.id,
        created_at=datetime.now(UTC),
    )
    ws.pins.add(made)
    return made


@requires(Action.PIN_READ)
def list_all(ws: Workspace, dataset_id: str = "") -> list[ListedPin]:
    """Every pin without its outputs, newest first; those about one dataset, when given."""
    names, found = {each.id: each.name for each in ws.rows.datasets()}, ws.pins.all(dataset_id)
    stands = staleness.of(ws, {each.version_id for each, _ in found})
    return [
        ListedPin(pin=each, kind=kind, dataset=names[each.dataset_id], is_stale=stands[each.version_id].is_stale)
        for each, kind in found
        if each.dataset_id in names
    ]


@requires(Action.PIN_READ)
def get(ws: Workspace, pin_id: str) -> Pin:
    """The pin with its outputs. Raises: NotFound."""
    return ws.pins.get(pin_id)


@requires(Action.CONVERSATION_READ)
def may_pin(ws: Workspace) -> bool:
    """Whether this person may pin here."""
    return allows(ws, Action.PIN)


@requires(Action.PIN_READ)
def of_conversation(ws: Workspace, conversation_id: str) -> frozenset[tuple[str, int | None]]:
    """What is pinned of a conversation: the turns' ids, each with the place of the output, or None."""
    return frozenset((each.turn_id, each.kept.only) for each in ws.pins.of("conversation_id", conversation_id))


@requires(Action.PIN)
def rename(ws: Workspace, pin_id: str, name: str) -> Pin:
    """The pin under its new name, on one line. Raises: NotFound; BadInput for an empty or long name."""
    found, name = ws.pins.get(pin_id), labels.name(name, "pin")
    ws.pins.rename(pin_id, name)
    return found.model_copy(update={"name": name})


@requires(Action.PIN)
def unpin(ws: Workspace, pin_id: str) -> None:
    """Forgets the pin; dashboards keep their own copy of what it showed. Raises: NotFound."""
    ws.pins.remove(pin_id)


def _kept(turn: Turn, only: int | None) -> Kept:
    """Raises: BadInput."""
    if turn.status is not TurnStatus.ANSWERED or turn.answer is None:
        raise BadInput("There is no answer to pin.", "Wait until the question is answered, or ask another one.")
    outputs = turn.answer.outputs
    if only is not None and not 0 <= only < len(outputs):
        raise BadInput(f"The answer has no output number {only + 1}.", f"It has {len(outputs)}.")
    analysis = {name: value for name, value in exploration.asked(turn).items() if name != "learned"}
    return Kept(
        question=turn.question,
        text=turn.answer.text,
        outputs=outputs if only is None else outputs[only : only + 1],
        code=turn.answer.code,
        caveats=turn.answer.caveats,
        analyst=turn.analyst,
        analysis=analysis,
        only=only,
    )


def _called(turn: Turn, kept: Kept) -> str:
    """A name for a pin that nobody gave one: the question, and the output where it has a name of its own."""
    question = labels.line(turn.question, labels.NAME_CHARS - 40) or "Pin"
    own = labels.line(kept.outputs[0].name, 30) if kept.only is not None else ""
    return f"{question} · {own}" if own not in ("", "chart", "table", "result") else question
