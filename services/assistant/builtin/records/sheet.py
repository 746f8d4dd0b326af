"""A small table as the reader of single rows sees it."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

from services.assistant.builtin.language.words import lemma, split_name
from services.assistant.builtin.records.cells import NOTES, read, text_of
from services.assistant.builtin.records.form import Reading

MOST_ROWS: Final = 1_000
_ENOUGH: Final = 0.75
_TOTALS: Final = re.compile(r"(?i)\W*(?:grand |sub)?(?:totals?|sum|overall|all|average|mean)\W*")
_WORD: Final = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|[^\W\d_]+(?:['’](?!s\b)[^\W\d_]+)?")
_MONTHS: Final = {
    short: full
    for full in "january february march april june july august september october november december".split()  # noqa: SIM905
    for short in (full[:3], full[:4])
}


def is_total(text: str) -> bool:
    """Whether a cell says that its row sums up others."""
    return bool(_TOTALS.fullmatch(text))


def words_of(text: str) -> tuple[str, ...]:
    """The words and numbers of a text in one form: lower case, no accents, singular, months in full."""
    found = (one.replace(",", "") for one in _WORD.findall(text))
    return tuple(_MONTHS.get(word, word) for word in (lemma(one) for one in found))


def _spoken(day: date) -> tuple[tuple[str, ...], ...]:
    month, number, year = calendar.month_name[day.month].casefold(), str(day.day), str(day.year)
    return (month, number, year), (number, month, year), (month, year)


@dataclass(frozen=True)
class Column:
    """One column with its cells, in the order of the rows."""

    name: str
    cells: tuple[Any, ...]

    @cached_property
    def words(self) -> tuple[str, ...]:
        return split_name(self.name)

    @cached_property
    def texts(self) -> tuple[str, ...]:
        return tuple(text_of(one) for one in self.cells)

    @cached_property
    def said(self) -> dict[str, tuple[str, ...]]:
        """Each different text with its words."""
        return {text: words_of(text) for text in dict.fromkeys(self.texts) if text}

    @cached_property
    def bare(self) -> dict[str, tuple[str, ...]]:
        """Each different text with its words, without notes in brackets: "Hard (indoor)" is "Hard"."""
        return {text: words_of(re.sub(NOTES, " ", text)) or words for text, words in self.said.items()}

    @cached_property
    def forms(self) -> dict[str, tuple[tuple[str, ...], ...]]:
        """Each different text with its words in every way it is said: a date also in words."""
        dates = {text: value for text, value in zip(self.texts, self.cells, strict=True) if isinstance(value, date)}
        return {text: (words, *(_spoken(dates[text]) if text in dates else ())) for text, words in self.said.items()}

    def numbers(self, reading: Reading) -> tuple[float | None, ...]:
        """What the cells say in this reading."""
        return tuple(read(one, reading) for one in self.cells)

    @cached_property
    def reading(self) -> Reading:
        """What nearly all cells hold."""
        filled = [one for one, text in zip(self.cells, self.texts, strict=True) if text.strip(" -–—")]
        for kind in (Reading.CLOCK, Reading.DATE):
            if filled and sum(read(one, kind) is not None for one in filled) >= _ENOUGH * len(filled):
                return kind
        numeric = sum(_is_numeric(one) for one in filled)
        return Reading.NUMBER if filled and numeric >= _ENOUGH * len(filled) else Reading.TEXT

    @cached_property
    def holds_years(self) -> bool:
        """Whether nearly all cells hold a year, such as "2009" or "September 2009"."""
        filled = [one for one, text in zip(self.cells, self.texts, strict=True) if text]
        found = [read(one, Reading.YEAR) is not None and (read(one, Reading.NUMBER) or 0) < 2_200 for one in filled]
        return bool(filled) and sum(found) >= _ENOUGH * len(filled)

    @property
    def is_text(self) -> bool:
        return self.reading is Reading.TEXT

    @cached_property
    def distinct(self) -> int:
        return len(self.said)


def _is_numeric(value: Any) -> bool:
    """Whether a cell is a number with at most a unit, a sign, a score or a note around it."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return True
    letters = re.sub(r"\([^)]*\)|\[[^\]]*\]", "", text_of(value))
    found = read(letters, Reading.NUMBER) if letters else None
    return found is not None and sum(char.isalpha() for char in letters) <= max(3, sum(c.isdigit() for c in letters))


@dataclass(frozen=True)
class Sheet:
    """The columns of a small table, and the rows that do not sum up the others."""

    columns: tuple[Column, ...]

    @classmethod
    def of(cls, rows: Mapping[str, Sequence[Any]]) -> Sheet:
        return cls(tuple(Column(name, tuple(cells)) for name, cells in rows.items()))

    def column(self, name: str) -> Column:
        return next(one for one in self.columns if one.name == name)

    @cached_property
    def size(self) -> int:
        return len(self.columns[0].cells) if self.columns else 0

    @cached_property
    def totals(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Column and texts that mark the rows of totals."""
        found = []
        for column in self.columns[:2]:
            texts = tuple(text for text in column.said if is_total(text))
            if texts and column.is_text and sum(one in texts for one in column.texts) <= max(1, self.size // 8):
                found.append((column.name, texts))
        return tuple(found)

    @cached_property
    def label(self) -> Column | None:
        """The column that says what a row is: the first of texts that are nearly all different."""
        texts = [one for one in self.columns if one.is_text and one.distinct]
        named = [one for one in texts if one.distinct >= 0.7 * self.size]
        return next(iter(named or texts), None)
