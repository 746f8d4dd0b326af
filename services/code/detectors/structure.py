"""Columns that hold several things, and columns that are parts of one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from services.code.detectors.idea import EXAMPLES, Column, Idea, Table, number_of, quoted
from services.code.steps import Chain
from services.code.steps.base import StepBase
from services.code.steps.cast import CastColumn
from services.code.steps.columns import MergeColumns, SplitColumn

MARKS: Final = (", ", "; ", " | ", "|", ";", " / ", "/", " - ", "_", "-", ":")
"""What may stand between two things, the clearest first."""
MOST_PARTS: Final = 4
LEAST_ROWS: Final = 20
SHARE: Final = 0.97
"""Share of the values that must have the same number of parts."""
REPEATED: Final = 0.5
"""A part is a thing of its own where it has at most so many different values for each row."""
LONGEST: Final = 80
_WORDS: Final = re.compile(r"[^\W\d_]{2,}")
_ADDRESS: Final = re.compile(r"https?:|www\.|@")
_NAMES: Final = (
    ("first name", "last name"),
    ("first name", "surname"),
    ("given name", "family name"),
    ("firstname", "lastname"),
    ("fname", "lname"),
    ("forename", "surname"),
)
_DATES: Final = (("year",), ("month",), ("day", "day of month"))


def find(table: Table) -> tuple[list[Idea], Table]:
    names = [column.name for column in table.columns]
    ideas = [idea for column in table.columns for idea in _several(column, names)]
    return [*ideas, *_person(table), *_date(table)], table


def _several(column: Column, names: Sequence[str]) -> Iterator[Idea]:
    """A text of the same number of parts in nearly every row, one of them words that come again."""
    if column.kind != "text" or column.filled < LEAST_ROWS or len(column.counts) < 5:
        return
    if sum(len(text) > LONGEST or bool(_ADDRESS.search(text)) for text in column.counts) > 0.1 * len(column.counts):
        return
    for mark in MARKS:
        parts = _parts(column, mark)
        if parts and _are_things(column, parts):
            into = len(parts)
            made = [f"{column.name} {number}" for number in range(1, into + 1)]
            if not set(made) & set(names):
                yield _split(column, mark, into, parts)
            return


def _parts(column: Column, mark: str) -> list[list[tuple[str, int]]]:
    """For each place, the parts with their rows; [] where the values do not have the same number of them."""
    split = {text: [part.strip() for part in text.split(mark)] for text in column.counts}
    sizes: dict[int, int] = {}
    for text, found in split.items():
        size = len(found) if all(found) else 0
        sizes[size] = sizes.get(size, 0) + column.counts[text]
    size = max(sizes, key=sizes.__getitem__)
    if not 2 <= size <= MOST_PARTS or sizes[size] < SHARE * column.filled:
        return []
    fitting = [(found, column.counts[text]) for text, found in split.items() if len(found) == size]
    return [[(found[place], rows) for found, rows in fitting] for place in range(size)]


def _are_things(column: Column, parts: list[list[tuple[str, int]]]) -> bool:
    """Whether a part is made of words and comes again, and the others say something too."""
    distinct = [len({part for part, _ in place}) for place in parts]
    wordy = [sum(rows for part, rows in place if _WORDS.search(part)) >= 0.9 * column.filled for place in parts]
    again = [number <= REPEATED * len(column.counts) and number > 1 for number in distinct]
    return any(a and b for a, b in zip(wordy, again, strict=True)) and min(distinct) > 1


def _split(column: Column, mark: str, into: int, parts: list[list[tuple[str, int]]]) -> Idea:
    rows = [row for row, text in enumerate(column.texts) if text is not None][:EXAMPLES]
    shown = [(row, column.texts[row] or "", " · ".join((column.texts[row] or "").split(mark))) for row in rows]
    return Idea(
        kind="several in one",
        columns=(column.name,),
        title=f"Split {quoted(column.name)} at {quoted(mark)} into {into} columns",
        reason=f"{SHARE:.0%} of the values or more have {into} parts, and one of them comes again and again: "
        "on its own it can be grouped and filtered by. The column itself stays.",
        confidence=0.4,
        options=(("Split it", SplitColumn(column=column.name, at=mark, into=into)),),
        effect="look",
        examples=tuple(shown),
        rows=sum(rows for _, rows in parts[0]),
    )


def _plain(name: str) -> str:
    return " ".join(re.sub(r"(?<=[a-z])(?=[A-Z])|[\W_]+", " ", name).lower().split())


def _person(table: Table) -> Iterator[Idea]:
    """First and last name in two columns, and no whole name."""
    plain = {_plain(column.name): column for column in table.columns if column.kind == "text"}
    if plain.keys() & {"name", "full name"} or any(column.name == "name" for column in table.columns):
        return
    for first, last in _NAMES:
        if first in plain and last in plain:
            columns = (plain[first].name, plain[last].name)
            step = MergeColumns(columns=columns, name="name")
            yield _merge(table, columns, "name", step, "One column of whole names is easier to look up and to count.")
            return


def _date(table: Table) -> Iterator[Idea]:
    """Year, month and day in columns of their own, and no date."""
    if any(column.kind == "date" or column.name == "date" for column in table.columns):
        return
    plain = {_plain(column.name): column for column in table.columns}
    found = [next((plain[name] for name in names if name in plain), None) for names in _DATES]
    columns = [column for column in found if column is not None]
    if len(columns) == 3 and all(_is_part(column, most) for column, most in zip(columns, (9999, 12, 31), strict=True)):
        names = tuple(column.name for column in columns)
        step = Chain(
            name="One date",
            steps=(
                MergeColumns(columns=names, between="-", name="date"),
                CastColumn(column="date", to="date", order="year first", unreadable="missing"),
            ),
        )
        yield _merge(table, names, "date", step, "A date can be grouped by week, month and quarter, and be forecast.")


def _is_part(column: Column, most: int) -> bool:
    if column.kind != "number" or not column.filled:
        return False
    numbers = [float(text) for text in column.counts]
    return all(number.is_integer() and 1 <= number <= most for number in numbers)


def _merge(table: Table, columns: tuple[str, ...], name: str, step: StepBase, why: str) -> Idea:
    return Idea(
        kind="parts of one",
        columns=columns,
        title=f"Make one column {quoted(name)} of {' and '.join(quoted(column) for column in columns)}",
        reason=f"{why} The {number_of(len(columns), 'column')} stay.",
        confidence=0.4,
        options=(("Make it", step),),
        effect="look",
        rows=table.rows,
    )
