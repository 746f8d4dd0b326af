"""White space that nobody sees, and words that stand for nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from services.code.detectors.idea import Column, Idea, Table, number_of, quoted, replaced
from services.code.steps.missing import WORDS, ToMissing
from services.code.steps.text import Trim
from services.code.steps.values import ReplaceValues

FEW: Final = 50
"""Different values that are named one by one; of more, all cells of the column are trimmed."""


def find(table: Table) -> tuple[list[Idea], Table]:
    ideas: list[Idea] = []
    for column in table.columns:
        if column.kind != "text":
            continue
        for idea, changed in _spaces(column):
            ideas.append(idea)
            table = table.with_column(changed)
        ideas += _words(column)
    return ideas, table


def trimmed(text: str) -> str:
    return " ".join(re.sub("[\u200b\u200c\u200d\ufeff\u00ad]", "", text).split())


def _spaces(column: Column) -> Iterator[tuple[Idea, Column]]:
    new = {text: tidy for text in column.counts if (tidy := trimmed(text)) != text}
    if not new:
        return
    # Spaces inside make a second value of one that is there; where they do not, they are typography.
    outer = {text: tidy for text, tidy in new.items() if text.strip() != text or tidy in column.counts}
    if not outer:
        return
    new = outer
    cells, examples = replaced(column, dict(new))
    idea = Idea(
        kind="white space",
        columns=(column.name,),
        title=f"Tidy the spaces of {number_of(len(cells), 'cell')} in {quoted(column.name)}",
        reason="“West” and “West ” look alike and are counted apart.",
        confidence=0.95,
        step=ReplaceValues(columns=(column.name,), values=dict(new))
        if len(new) <= FEW
        else Trim(columns=(column.name,)),
        cells=tuple(cells),
        examples=examples,
        rows=len(cells),
    )
    yield idea, column.changed(dict(new))


def _words(column: Column) -> Iterator[Idea]:
    said = {text: None for text in column.counts if text.strip().lower() in WORDS}
    if not said or len(said) == len(column.counts):
        return
    cells, examples = replaced(column, dict(said))
    yield Idea(
        kind="missing words",
        columns=(column.name,),
        title=f"Take {quoted(next(iter(said)))} in {quoted(column.name)} for missing ({number_of(len(cells), 'cell')})",
        reason="A word for nothing is counted as a value: it makes a group of its own and keeps numbers text.",
        confidence=0.85,
        step=ToMissing(columns=(column.name,), words=tuple(sorted({text.strip().lower() for text in said}))),
        effect="form",
        cells=tuple(cells),
        examples=examples,
        rows=len(cells),
    )
