"""The logical form of a question about single rows."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

from enum import StrEnum

from services.domain import Noun


class Reading(StrEnum):
    """How the text of a cell is read."""

    TEXT = "text"
    NUMBER = "number"
    """The first number: 1234 of "1,234 (2nd)", 51 of "W 51–7"."""
    YEAR = "year"
    DATE = "date"
    CLOCK = "time"
    """Seconds: 125.3 of "2:05.3"."""


class Holds(StrEnum):
    """How a cell is compared."""

    IN = "is"
    NOT_IN = "is not"
    EQ = "="
    GT = ">"
    GE = ">="
    LT = "<"
    LE = "<="
    BETWEEN = "between"
    PRESENT = "is not empty"


class Outcome(StrEnum):
    """What is made of the rows that were picked."""

    CELLS = "cells"
    COUNT = "count"
    DISTINCT = "distinct"
    SUM = "sum"
    MEAN = "mean"
    RANGE = "range"
    """The largest minus the smallest."""
    DIFFERENCE = "difference"
    """The number of the first row of `versus` minus that of the second."""
    COMMON = "most common"
    RARE = "least common"
    EXISTS = "exists"
    STREAK = "longest run"
    """The most rows on end that satisfy `where`."""


class Look(Noun):
    """What a row must satisfy: texts exactly as stored; numbers, years, dates (days since 1970) and seconds as numbers."""

    column: str
    holds: Holds
    texts: tuple[str, ...] = ()
    numbers: tuple[float, ...] = ()
    reading: Reading = Reading.TEXT


class Order(Noun):
    """The column by which rows are ranked."""

    column: str
    reading: Reading
    descending: bool


class Pick(Noun):
    """Rows, and what of them is wanted.

    The rows of totals go first, then those that fail `where`; `step` moves from the rows of `anchor` (1: the one
    after); `order` keeps the best, with ties; `at` keeps one by place (0 the first, -1 the last).
    """

    outcome: Outcome
    column: str
    reading: Reading = Reading.TEXT
    where: tuple[Look, ...] = ()
    anchor: tuple[Look, ...] = ()
    step: int = 0
    order: Order | None = None
    at: int | None = None
    take: int = 1
    """How many are kept by `order` or `at`."""
    same: str = ""
    """Rows that have the same in this column as those of `anchor`, without these."""
    beyond: Order | None = None
    """Rows that have more (or less, unless descending) in this column than the one row of `anchor`."""
    versus: tuple[Look, ...] = ()
    totals: tuple[Look, ...] = ()
    """What marks the rows that sum up the others."""
    either: bool = False
    """Yes or no is asked."""
