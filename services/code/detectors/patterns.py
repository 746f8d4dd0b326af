"""Columns whose values all have one of a few shapes, and the values that have none of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from services.code.detectors.idea import Column, Idea, Table, number_of, quoted, replaced
from services.code.steps.values import ReplaceValues

MOST_LENGTH: Final = 25
"""Mean length from which values are texts rather than codes."""
USUAL: Final = 0.03
"""Share of the rows that a shape of its own must have."""
RARE: Final = 0.06
"""Share of the rows with other shapes, at most: more are no exceptions."""
MOST_SHAPES: Final = 6
_RUNS: Final = re.compile(r"\d+|[^\W\d_]+")


def find(table: Table) -> tuple[list[Idea], Table]:
    ideas: list[Idea] = []
    for column in table.columns:
        for idea, changed in _look(column):
            ideas.append(idea)
            table = table.with_column(changed)
    return ideas, table


def shape(text: str) -> str:
    """The text with 9 for digits and a for letters, however many."""
    return _RUNS.sub(lambda run: "9" if run[0][0].isdigit() else "a", text)


def _look(column: Column) -> Iterator[tuple[Idea, Column]]:
    if column.kind != "text" or column.filled < 30:
        return
    mean = sum(len(text) * rows for text, rows in column.counts.items()) / column.filled
    shapes: Counter[str] = Counter()
    for text, rows in column.counts.items():
        shapes[shape(text)] += rows
    usual = {each for each, rows in shapes.items() if rows >= USUAL * column.filled}
    odd = column.filled - sum(shapes[each] for each in usual)
    has_digits = any("9" in each for each in usual)
    if mean > MOST_LENGTH or not has_digits or len(usual) > MOST_SHAPES or not 0 < odd <= RARE * column.filled:
        return
    exceptions = [text for text in column.counts if shape(text) not in usual]
    new = {text: _mended(text, usual) for text in exceptions}
    cells, examples = replaced(column, new)
    lost = sum(value is None for value in new.values())
    yield (
        Idea(
            kind="format",
            columns=(column.name,),
            title=f"Mend or empty {number_of(len(cells), 'cell')} of {quoted(column.name)} written unlike the others",
            reason=f"{1 - odd / column.filled:.1%} of the values have one of {number_of(len(usual), 'shape')}, such as "
            f"{quoted(shapes.most_common(1)[0][0])} (9 for digits, a for letters); these do not. "
            f"Of the {number_of(len(new), 'value')}, {lost:,} cannot be mended and would become missing.",
            confidence=0.6,
            step=ReplaceValues(columns=(column.name,), values=new),
            cells=tuple(cells),
            examples=examples,
            rows=len(cells),
        ),
        column.changed(new),
    )


def _mended(text: str, usual: set[str]) -> str | None:
    """The one part of the text, between spaces or signs, that has a usual shape; None when there is none."""
    parts = {part.strip(" ()[]%$€£,;:") for part in re.split(r"\s{2,}|\s(?=\()|[;|]", text)}
    parts |= {match[0] for match in re.finditer(r"\d+(?:[.,:/-]\d+)*", text)}
    fits = {part for part in parts if part and shape(part) in usual}
    return fits.pop() if len(fits) == 1 else None
