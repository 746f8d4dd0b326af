""" "the most consecutive wins", "how many are older than V0"."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from services.assistant.builtin.records.candidates import Candidate, candidate
from services.assistant.builtin.records.conditions import conditions
from services.assistant.builtin.records.form import Holds, Look, Order, Outcome, Pick
from services.assistant.builtin.records.ranking import UPWARDS
from services.assistant.builtin.records.sketch import Said
from services.assistant.builtin.records.targets import hinted, ordering, targets
from services.assistant.builtin.records.words import LESS, MORE

_ON_END: Final = re.compile(r"\b(?:consecutive(?:ly)?|in a row|in succession|straight|back to back)\b")
_LENGTH: Final = re.compile(
    r"\b(?:how many|the most|longest|highest|largest|greatest|maximum|number of|amount of|streak|run of|what|was|is|the)\b"
)
_DEGREES: Final = "|".join(sorted({*MORE, *LESS}, key=len, reverse=True))
_THAN: Final = re.compile(
    rf"\b(?P<word>{_DEGREES})\b(?P<what>(?: (?:[a-z]+|C\d+)){{0,4}}?) +(?:than|then) (?:the |that of |those of )*(?P<anchor>V\d+)(?: (?:did|does|had|has|was|is))?"
)
_NOT_ROWS: Final = re.compile(
    r"\bhow (?:many|much) (?:more|less|fewer|\w+er)\b|^(?:did|does|do|was|were|is|are|has|have|had)\b"
)


def streaks(said: Said) -> Iterator[Candidate]:
    """The most rows on end that satisfy the conditions."""
    if not _ON_END.search(said.text) or not re.search(
        r"\b(?:how many|most|longest|highest|number|maximum)\b", said.text
    ):
        return
    rest = _LENGTH.sub(" ", _ON_END.sub(" ", said.text))
    for found in conditions(said, rest):
        if found.looks:
            column = said.sheet.label or said.sheet.columns[0]
            pick = Pick(outcome=Outcome.STREAK, column=column.name, where=found.looks)
            yield candidate(said, pick, found, "streak", 0.05, noun=True)


def beyond(said: Said) -> Iterator[Candidate]:
    """Rows that have more, or less, than the one that is named."""
    match = _THAN.search(said.text)
    if match is None or _NOT_ROWS.search(said.text):
        return
    mark = said.mark(match["anchor"])
    counts = re.search(r"\bhow many\b|\bnumber of\b", said.text[: match.start()])
    rest = f"{said.text[: match.start()]} {match['what']} {said.text[match.end() :]}"
    for name, texts in (mark.cells or {}).items():
        anchor = Look(column=name, holds=Holds.IN, texts=texts)
        cost = 0.0 if name in mark.whole else 0.06
        for order, text in _measures(said, rest, match["word"], name):
            for found in conditions(said, re.sub(r"\bhow many\b|\bnumber of\b", " ", text) if counts else text):
                base = Pick(outcome=Outcome.COUNT, column=name, where=found.looks, anchor=(anchor,), beyond=order)
                if counts:
                    yield candidate(said, base, found, "beyond", cost, noun=True)
                    continue
                for column, price, left in targets(said, found.text):
                    pick = base.model_copy(update={"outcome": Outcome.CELLS, "column": column.name})
                    yield candidate(said, pick, replace(found, text=left), "beyond", cost + price)


def _measures(said: Said, text: str, word: str, apart: str) -> Iterator[tuple[Order, str]]:
    """What is compared: a column that is named, or the one the word speaks of."""
    for mark in re.findall(r"\bC\d+", text):
        for one in said.mark(mark).columns[:1]:
            column = said.sheet.column(one.column.name)
            reading = ordering(column)
            if reading is not None and column.name != apart:
                down = (word in MORE) != bool(UPWARDS & set(column.words))
                order = Order(column=column.name, reading=reading, descending=down)
                yield order, re.sub(rf"\b{mark}\b", " ", text, count=1)
    if (hint := hinted(said, word)) and hint.column != apart:
        yield hint, text
