"""A question with its words tied to this table: the sketch every grammar rule reads.

The sketch is the question in lower case with marks in capitals: `C0` a column, `E0` a noun for the row, `V0` a cell
value, `N0` a number, `D0` a date or period, `Q0` a quoted text. Rules erase what they understood and leave `F0` for a
condition; what is left at the end was not understood.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from services.assistant.builtin.intent import (
    AnswerFormat,
    Change,
    Chart,
    Condition,
    Contrast,
    Grain,
    Having,
    Key,
    Measure,
    Sort,
)
from services.assistant.builtin.language.columns import Candidate, Columns
from services.assistant.builtin.language.words import Token
from services.domain import ColumnProfile
from services.protocols import ValueHit


@dataclass(frozen=True)
class ColumnMention:
    """A phrase that may mean one of the candidates."""

    text: str
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True)
class EntityMention:
    """A noun that stands for the row itself, as "orders" where each row has its own `order_id`."""

    text: str
    noun: str
    key: ColumnProfile


@dataclass(frozen=True)
class ValueMention:
    """A phrase that is a cell value in one or more columns."""

    text: str
    hits: tuple[ValueHit, ...]


@dataclass(frozen=True)
class Period:
    """A stretch of time: ISO text of the first and last day, both included."""

    text: str
    first: str
    last: str
    year: int | None = None
    month: int | None = None


@dataclass
class Draft:
    """A question while it is being read. Rules read and shorten `text` and fill the rest."""

    question: str
    text: str
    columns: Columns
    mentions: Sequence[ColumnMention] = ()
    entities: Sequence[EntityMention] = ()
    values: Sequence[ValueMention] = ()
    numbers: Sequence[Token] = ()
    periods: Sequence[Period] = ()
    quotes: Sequence[str] = ()
    formats: tuple[AnswerFormat, ...] = ()
    title: frozenset[str] = frozenset()
    """Lemmas of what the table is called; as nouns they stand for its rows."""
    chart: Chart | None = None
    keys: list[Key] = field(default_factory=list)
    axis_x: ColumnProfile | None = None
    measures: list[Measure] = field(default_factory=list)
    filters: list[tuple[Condition, ...]] = field(default_factory=list)
    where: list[tuple[Condition, ...]] = field(default_factory=list)
    having: Having | None = None
    sort: Sort | None = None
    limit: int | None = None
    best: bool = False
    superlative: str = ""
    """The word that asks for the first of a ranking, such as "most" or "earliest"."""
    share: bool = False
    tally: bool = False
    """How many groups there are is asked, not which."""
    unique: bool = False
    each: EntityMention | None = None
    """The question speaks of "each order", where an order is a row."""
    binned: Grain | None = None
    contrast: Contrast | None = None
    change: Change | None = None
    window: int = 0
    averaged: bool = False
    """The wording speaks of levels, as "higher" does: numbers are averaged where nothing else is said."""
    nth: int = 1
    pivot: bool = False
    lying: bool = False
    trend: bool = False
    spread: bool = False
    related: bool = False
    counted: str = ""
    assumed: list[str] = field(default_factory=list)

    def erase(self, start: int, end: int, mark: str = " ") -> None:
        """Replaces a stretch of the sketch."""
        self.text = re.sub(r"\s+", " ", f"{self.text[:start]} {mark} {self.text[end:]}")

    def keep(self, span: tuple[int, int], *conditions: Condition) -> bool:
        """Stores alternatives and leaves their mark `F0` in the sketch; always true."""
        self.filters.append(conditions)
        self.erase(*span, mark=f"F{len(self.filters) - 1}")
        return True


class Unreadable(Exception):
    """The question cannot be tied down: declined, or asked back when there are `readings`."""

    def __init__(self, message: str, readings: Sequence[str] = (), missing: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.readings = tuple(readings)
        self.missing = missing
