"""The nouns of editing a question by clicking: its logical form in words, and what may be chosen in its place."""

from __future__ import annotations

from typing import Final

from pydantic import Field

from services.conditions import Condition
from services.facts import Fact

MOST_GROUPS: Final = 2
MOST_ROWS: Final = 10_000


class QuestionForm(Fact):
    """How a question was understood. What is empty does not apply, or is left to the answer."""

    aggregate: str = ""
    column: str = ""
    """What is measured."""
    shown: tuple[str, ...] = ()
    """The columns of single rows."""
    groups: tuple[str, ...] = Field(default=(), max_length=MOST_GROUPS)
    """Columns, or parts of dates such as "month of date"."""
    conditions: tuple[str, ...] = ()
    """Conditions of the question in words; those that are left out go."""
    added: tuple[Condition, ...] = ()
    order: str = ""
    limit: int | None = Field(default=None, ge=1, le=MOST_ROWS)


class FormChoices(Fact):
    """What each part of a form may be; a part without choices cannot be edited."""

    aggregates: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    most_shown: int = 0
    groups: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    limits: bool = False
    filters: bool = False
    """Whether conditions can be added."""
