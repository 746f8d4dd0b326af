"""Missing values and repeated rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from services.code.detectors.idea import EXAMPLES, Column, Idea, Table, number_of, quoted
from services.code.steps.base import StepBase
from services.code.steps.columns import DropColumns
from services.code.steps.missing import DropMissing, Fill, FillNeighbour, FillStatistic
from services.code.steps.models import FillModel
from services.code.steps.tables import Deduplicate

MOSTLY: Final = 0.6
"""Share of missing values from which a column says little."""
KNOWN: Final = 50
"""Rows with a value from which a model is offered."""
FEW: Final = 20
FILLED: Final = 0.9
MOST_TELLERS: Final = 8
ALIKE: Final = 0.9
MOST_COMPARED: Final = 3_000


def find(table: Table) -> tuple[list[Idea], Table]:
    ideas: list[Idea] = []
    for column in table.columns:
        missing = table.rows - column.filled
        if missing > 0:
            ideas.append(_missing(table, column, missing))
    return [*_duplicates(table), *_alike(table), *ideas], table


def _missing(table: Table, column: Column, missing: int) -> Idea:
    name, share = column.name, missing / table.rows
    options: list[tuple[str, StepBase]] = []
    if share >= MOSTLY:
        options.append(("Drop the column", DropColumns(columns=(name,))))
    if column.filled and column.kind == "number":
        options.append(("Fill with the median", FillStatistic(column=name)))
        options += [
            (f"Fill with the median by {quoted(by.name)}", FillStatistic(column=name, by=(by.name,)))
            for by in table.columns
            if by.name != name and by.kind == "text" and 1 < len(by.counts) <= min(20, table.rows / 10)
        ][:1]
        options.append(("Interpolate between neighbours", FillNeighbour(columns=(name,), how="between neighbours")))
    elif column.filled:
        options.append(("Fill with the most frequent value", FillStatistic(column=name, statistic="most frequent")))
        options.append(("Fill from the row above", FillNeighbour(columns=(name,))))
    if column.kind in ("text", "number") and (using := _tellers(table, column)):
        options.append(("Fill by a small model of other columns", FillModel(column=name, using=using)))
    if column.kind == "text":
        options.append(("Fill with “unknown”", Fill(columns=(name,), value="unknown")))
    options.append(("Drop the rows", DropMissing(columns=(name,))))
    rows = [row for row, text in enumerate(column.texts) if text is None]
    return Idea(
        kind="missing values",
        columns=(name,),
        title=f"Decide about {number_of(missing, 'missing value')} of {quoted(name)} ({share:.1%})",
        reason="Filling invents values and dropping loses rows: which is right depends on why they are missing.",
        confidence=0.3,
        options=tuple(options),
        effect="look",
        cells=tuple((row, name) for row in rows),
        rows=missing,
    )


def _tellers(table: Table, column: Column) -> tuple[str, ...]:
    """Columns that may foretell the value: numbers, and texts of few values, that are there in most rows."""
    if column.filled < KNOWN or (column.kind == "text" and len(column.counts) > FEW):
        return ()
    numbers = [
        each.name
        for each in table.columns
        if each.name != column.name
        and each.filled >= FILLED * table.rows
        and (each.kind == "number" or (each.kind == "text" and 1 < len(each.counts) <= FEW))
    ]
    return tuple(numbers[:MOST_TELLERS])


def _duplicates(table: Table) -> Iterator[Idea]:
    """Rows that are the same as an earlier one, in every column."""
    seen, again = set(), []
    for row, cells in enumerate(zip(*(column.texts for column in table.columns), strict=True)):
        if cells in seen:
            again.append(row)
        seen.add(cells)
    if again:
        yield Idea(
            kind="duplicate rows",
            columns=(),
            title=f"Drop {number_of(len(again), 'row')} that repeat an earlier one",
            reason="All their cells are the same. Where a row stands for one event, it is counted twice.",
            confidence=0.7 if len(table.columns) >= 4 else 0.45,
            step=Deduplicate(),
            effect="rows",
            cells=tuple((row, table.columns[0].name) for row in again),
            rows=len(again),
        )


def _alike(table: Table) -> Iterator[Idea]:
    """Pairs of rows that are nearly the same, for a person to look at."""
    texts = [column for column in table.columns if column.kind == "text" and len(column.counts) > 0.5 * column.filled]
    if not texts or not 2 <= table.rows <= MOST_COMPARED:
        return
    lines = [" ".join(text or "" for text in cells).casefold() for cells in zip(*(c.texts for c in texts), strict=True)]
    pairs = []
    order = sorted(range(len(lines)), key=lines.__getitem__)
    for place, row in enumerate(order):
        near = {each: lines[each] for each in order[place + 1 : place + 6] if lines[each] != lines[row]}
        if len(lines[row]) < 12 or not near:
            continue
        scorer = Levenshtein.normalized_similarity
        found = process.extractOne(lines[row], near, scorer=scorer, score_cutoff=ALIKE)
        if found:
            pairs.append((row, int(found[2])))
    if 0 < len(pairs) <= 0.2 * table.rows:
        first = texts[0].name
        yield Idea(
            kind="similar rows",
            columns=tuple(column.name for column in texts),
            title=f"Look at {number_of(len(pairs), 'pair')} of rows that are nearly the same",
            reason=f"Their texts agree in {ALIKE:.0%} of the letters or more; they may be one thing written twice.",
            confidence=0.3,
            effect="look",
            examples=tuple((one, lines[one][:200], lines[two][:200]) for one, two in pairs[:EXAMPLES]),
            cells=tuple((row, first) for pair in pairs for row in sorted(pair)),
            rows=len(pairs),
        )
