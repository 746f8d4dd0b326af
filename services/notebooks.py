"""Answers as programs to take away: a Python script and a Jupyter notebook that give the same tables elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services import exploration, recipes, versions
from services.access import Action, requires
from services.assistant.turns import FITTED_ROWS
from services.code import programs
from services.code.programs import Input, Part, Prepared, Program
from services.code.scripts import Source
from services.code.steps import Off
from services.domain import Turn, TurnStatus, Version
from services.errors import BadInput
from services.workspace import Workspace


@dataclass(frozen=True)
class Needed:
    """A program, and the versions whose files are its inputs, in their order."""

    program: Program
    version_ids: tuple[str, ...]


@requires(Action.CONVERSATION_READ)
def script(ws: Workspace, turns: Sequence[Turn], title: str) -> str:
    """The answers as a Python script. Raises: NotFound; BadInput, when none of them has code."""
    return programs.script(program(ws, turns, title).program)


@requires(Action.CONVERSATION_READ)
def notebook(ws: Workspace, turns: Sequence[Turn], title: str) -> str:
    """The answers as a notebook. Raises: NotFound; BadInput, when none of them has code."""
    return programs.notebook(program(ws, turns, title).program)


@requires(Action.CONVERSATION_READ)
def of_conversation(ws: Workspace, conversation_id: str, ending: str) -> str:
    """The answers of a conversation as "py" or "ipynb". Raises: NotFound; BadInput."""
    about = ws.rows.conversation(conversation_id)
    write = notebook if ending == "ipynb" else script
    return write(ws, ws.rows.turns(about.id), about.title)


@requires(Action.CONVERSATION_READ)
def program(ws: Workspace, turns: Sequence[Turn], title: str) -> Needed:
    """What the answers need to be computed again. A table is made from the file it was read from, by its steps; where
    these cannot run outside it is taken as it is. Raises: NotFound; BadInput, when none of them has code."""
    shown = [turn for turn in turns if coded(turn)]
    if not shown:
        raise BadInput("There is no code in this.", "Ask a question first.")
    ids = list(dict.fromkeys(turn.version_id for turn in shown))
    made = [_prepared(ws, each) for each in ids]
    inputs = list(dict.fromkeys(version.id for version, _ in made))
    tables = [Prepared(inputs.index(version.id), steps) for version, steps in made]
    parts = [
        Part(turn.question, ids.index(turn.version_id), turn.answer.code, most_rows(ws, turn))
        for turn in shown
        if turn.answer
    ]
    named = [Input(_name(ws, each), _source(ws, each)) for each in inputs]
    return Needed(Program(title, named, tables, parts), tuple(inputs))


@requires(Action.CONVERSATION_READ)
def most_rows(ws: Workspace, turn: Turn) -> int:
    """Rows that are kept of each table of an answer."""
    kept = ws.backends.settings.answer_rows
    return max(kept, FITTED_ROWS) if turn.analyst == exploration.ANALYST else kept


def coded(turn: Turn) -> bool:
    """Whether code stands behind the turn's answer."""
    return turn.status is TurnStatus.ANSWERED and turn.answer is not None and bool(turn.answer.code)


def _prepared(ws: Workspace, version_id: str) -> tuple[Version, list[tuple[str, str]]]:
    """The version whose file is read, and the steps from there, as sentence and code."""
    steps = [step for step in recipes.of_version(ws, version_id) if not isinstance(step, Off)]
    if any(step.keyed or step.sources for step in steps):
        return ws.rows.version(version_id), []
    root = versions.path(ws, version_id)[0]
    return root, [(step.describe(), step.to_code()) for step in steps]


def _name(ws: Workspace, version_id: str) -> str:
    dataset_id = ws.rows.version(version_id).dataset_id
    return next((each.name for each in ws.rows.datasets() if each.id == dataset_id), "table")


def _source(ws: Workspace, version_id: str) -> Source:
    return recipes.source_of(ws, version_id)
