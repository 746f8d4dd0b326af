"""The words of a team: what "revenue" means there, so that every question with the word is read alike."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from services.access import Action, allows, requires
from services.domain import Definition
from services.errors import BadInput, NotFound
from services.workspace import Workspace

TERM_CHARS: Final = 60
MEANING_CHARS: Final = 500
MOST: Final = 200
_TIMES: Final = re.compile(r"\s*[*×]\s*")
_TAIL: Final = re.compile(r",\s*|\s+(?=(?:where|without|only|excluding|except)\b)")


@requires(Action.DATASET_READ)
def list_all(ws: Workspace) -> list[Definition]:
    """By term."""
    return ws.definitions.all()


@requires(Action.DATASET_READ)
def may_edit(ws: Workspace) -> bool:
    """Whether this person may write definitions."""
    return allows(ws, Action.DEFINE)


@requires(Action.DEFINE)
def define(ws: Workspace, text: str) -> Definition:
    """The definition in "revenue = price * units, without returns"; what its term meant before is replaced.

    Raises: BadInput.
    """
    term, meaning = _parts(text)
    known = {each.term.casefold(): each for each in ws.definitions.all()}
    if there := known.get(term.casefold()):
        changed = there.model_copy(update={"term": term, "meaning": meaning})
        ws.definitions.change(changed)
        return changed
    if len(known) >= MOST:
        raise BadInput(f"There are {MOST} definitions already.", "Remove one first.")
    made = Definition(
        id=uuid4().hex,
        team_id=ws.team.id,
        term=term,
        meaning=meaning,
        created_by=ws.user.id,
        created_at=datetime.now(UTC),
    )
    ws.definitions.add(made)
    return made


@requires(Action.DEFINE)
def change(ws: Workspace, definition_id: str, text: str) -> Definition:
    """The definition as it is written now. Raises: NotFound; BadInput, also when another one has its term."""
    term, meaning = _parts(text)
    every = ws.definitions.all()
    found = next((each for each in every if each.id == definition_id), None)
    if found is None:
        raise NotFound("This definition does not exist.", "It may have been deleted. Go back and choose again.")
    if any(each.term.casefold() == term.casefold() and each.id != found.id for each in every):
        raise BadInput(f"“{term}” is defined already.", "Change that definition instead.")
    changed = found.model_copy(update={"term": term, "meaning": meaning})
    ws.definitions.change(changed)
    return changed


@requires(Action.DEFINE)
def remove(ws: Workspace, definition_id: str) -> None:
    """Forgets it; answers that used it stay as they are. Raises: NotFound."""
    ws.definitions.remove(definition_id)


def used(question: str, known: Sequence[Definition]) -> list[Definition]:
    """Those whose term stands in the question as a word of its own, the longest first."""
    found = [each for each in known if _pattern(each.term).search(question)]
    return sorted(found, key=lambda each: -len(each.term))


def spelled_out(question: str, known: Sequence[Definition]) -> str:
    """The question with meanings in place of terms, as the built-in analyst reads it: "total price x units by region".

    What follows a comma, "where" or "without" in a meaning comes to stand at the end.
    """
    tails: list[str] = []
    for each in used(question, known):
        head, *tail = _TAIL.split(_TIMES.sub(" x ", each.meaning), maxsplit=1)
        question = _pattern(each.term).sub(head.replace("\\", r"\\"), question)
        tails.extend(tail)
    return " ".join([question.rstrip(" ?.!"), *tails]) if tails else question


def _pattern(term: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(term)}(?!\w)", re.IGNORECASE)


def _parts(text: str) -> tuple[str, str]:
    """Term and meaning. Raises: BadInput."""
    term, sign, meaning = (" ".join(part.split()) for part in text.partition("="))
    if not sign or not term or not meaning:
        raise BadInput("A definition is a word, “=”, and what it means.", "Write “revenue = price * units”.")
    if len(term) > TERM_CHARS or len(meaning) > MEANING_CHARS:
        raise BadInput(
            f"A word may have {TERM_CHARS} characters and its meaning {MEANING_CHARS}.", "Say it in fewer words."
        )
    if re.search(rf"(?i)(?<!\w){re.escape(term)}(?!\w)", meaning):
        raise BadInput(f"“{term}” would be explained by itself.", "Say it with names of columns.")
    return term, meaning
