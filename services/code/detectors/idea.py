"""What a detector finds: a change it proposes, why, and where; and the table that it looks at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from services.code.steps.base import StepBase

Cell = tuple[int, str]
"""Row from 0 and column."""
Example = tuple[int, str, str | None]
"""Row from 0, text before and after."""
EXAMPLES: Final = 5


@dataclass(frozen=True)
class Column:
    """The texts of a column, None where there is none."""

    name: str
    texts: tuple[str | None, ...]
    kind: str
    """ "text", "number", "date", "boolean" or "other"."""

    @cached_property
    def counts(self) -> Counter[str]:
        return Counter(text for text in self.texts if text is not None)

    @cached_property
    def filled(self) -> int:
        return sum(self.counts.values())

    def changed(self, new: Mapping[str, str | None]) -> Column:
        """The column with other values in place of some."""
        texts = tuple(new.get(text, text) if text is not None else None for text in self.texts)
        return Column(self.name, texts, self.kind)


@dataclass(frozen=True)
class Table:
    """All columns, and the number of rows."""

    columns: tuple[Column, ...]
    rows: int

    def with_column(self, column: Column) -> Table:
        return replace(self, columns=tuple(column if each.name == column.name else each for each in self.columns))

    def column(self, name: str) -> Column:
        return next(each for each in self.columns if each.name == name)


@dataclass(frozen=True)
class Idea:
    """A proposed change. `effect` says what it changes: "values", "rows", "form" (how values are written or kept, not
    what they say) or "look" (nothing can be recommended: a person must choose one of the options)."""

    kind: str
    columns: tuple[str, ...]
    title: str
    reason: str
    confidence: float
    step: StepBase | None = None
    options: tuple[tuple[str, StepBase], ...] = ()
    effect: str = "values"
    cells: tuple[Cell, ...] = ()
    examples: tuple[Example, ...] = ()
    rows: int = 0


Detector = Callable[[Table], tuple[Sequence[Idea], Table]]
"""Ideas, and the table as it would be with those that can be trusted."""


def replaced(column: Column, new: Mapping[str, str | None]) -> tuple[list[Cell], tuple[Example, ...]]:
    """The cells that the replacement changes, and a few examples of different values."""
    cells: list[Cell] = []
    examples: list[Example] = []
    seen: set[str] = set()
    for row, text in enumerate(column.texts):
        if text is not None and text in new and new[text] != text:
            cells.append((row, column.name))
            if text not in seen and len(examples) < EXAMPLES:
                seen.add(text)
                examples.append((row, text, new[text]))
    return cells, tuple(examples)


def quoted(name: str) -> str:
    line = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    return f"“{line if len(line) <= 60 else line[:59] + '…'}”"


def number_of(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
