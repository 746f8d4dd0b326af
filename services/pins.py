"""Pins: answers, and single charts, tables and values of them, kept to be found again and put on dashboards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from services import exploration, labels
from services.access import Action, requires
from services.boards import Kept, Pin
from services.domain import Turn, TurnStatus
from services.errors import BadInput
from services.workspace import Workspace


@dataclass(frozen=True)
class Listed:
    """A pin without its outputs, what kind it is, and the name of its dataset."""

    pin: Pin
    kind: str
    dataset: str
    is_stale: bool
    """Whether its dataset shows another version by now."""


@requires(Action.PIN)
def pin(ws: Workspace, turn_id: str, only: int | None = None, name: str = "") -> Pin:
    """Keeps the answer of a turn, or `only` the output at this place of it; what is pinned already stays as it is.

    Raises: NotFound; BadInput, when there is no answer, or no output at this place.
    """
    turn = ws.rows.turn(turn_id)
    if there := [each for each in ws.pins.of_turn(turn_id) if each.kept.only == only]:
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
def list_all(ws: Workspace, dataset_id: str = "") -> list[Listed]:
    """Every pin without its outputs, newest first; those about one dataset, when given."""
    datasets = {each.id: each for each in ws.rows.datasets()}
    return [
        Listed(each, kind, about.name, is_stale=each.version_id != about.head_id)
        for each, kind in ws.pins.all(dataset_id)
        if (about := datasets.get(each.dataset_id))
    ]


@requires(Action.PIN_READ)
def get(ws: Workspace, pin_id: str) -> Pin:
    """The pin with its outputs. Raises: NotFound."""
    return ws.pins.get(pin_id)


@requires(Action.PIN_READ)
def of_turn(ws: Workspace, turn_id: str) -> list[Pin]:
    """What was pinned of a turn, without outputs."""
    return ws.pins.of_turn(turn_id)


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
