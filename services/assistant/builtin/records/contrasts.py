""" "who had more, V0 or V1", "how many more … than", "did V0 have over N0"."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from services.assistant.builtin.records.candidates import Candidate, candidate
from services.assistant.builtin.records.conditions import conditions
from services.assistant.builtin.records.evaluate import rows_of
from services.assistant.builtin.records.form import Holds, Look, Order, Outcome, Pick, Reading
from services.assistant.builtin.records.ranking import UPWARDS
from services.assistant.builtin.records.sheet import Column
from services.assistant.builtin.records.sketch import Said
from services.assistant.builtin.records.targets import hinted, ordering
from services.assistant.builtin.records.words import LESS, MORE

_EITHER: Final = re.compile(r"(?:between |either )?(?:the )?(V\d+)(?: ,)? (?:or|and|vs) (?:the )?(V\d+)")
_DEGREE: Final = re.compile(rf"\b(?P<word>{'|'.join(sorted({*MORE, *LESS}, key=len, reverse=True))})\b")
_MORE: Final = re.compile(
    r"\bhow (?:many|much) (?:more|fewer|less)\b(?: (C\d+))?(?: [a-z]+)*? ?.*?(V\d+).*?\b(?:than|compared to|to)\b.*?(V\d+)"
)
_DIFFERENCE: Final = re.compile(r"\bdifference\b.*?\bbetween\b.*?(V\d+).*?\band\b.*?(V\d+)")


def compared(said: Said) -> Iterator[Candidate]:
    """Which of two has more."""
    match, degree = _EITHER.search(said.text), _DEGREE.search(said.text)
    if match is None or degree is None or not re.search(r"\bor V|\bor the V|\bbetween\b|\bwho\b|\bwhich\b", said.text):
        return
    one, other = (said.mark(mark) for mark in match.groups())
    text = f"{said.text[: match.start()]} {said.text[match.end() :]}"
    text = text.replace(degree["word"], " ", 1)
    for name in [name for name in one.cells or {} if name in (other.cells or {})]:
        texts = ((one.cells or {})[name], (other.cells or {})[name])
        looks = Look(column=name, holds=Holds.IN, texts=(*_least(said, name, texts[0]), *_least(said, name, texts[1])))
        cost = 0.0 if name in one.whole & other.whole else 0.06
        for order, price, rest in _orders(said, text, degree["word"], name):
            for found in conditions(said, rest):
                pick = Pick(outcome=Outcome.CELLS, column=name, where=(looks, *found.looks), order=order)
                if len(rows_of(pick.model_copy(update={"order": None}), said.sheet)) == 2:
                    yield candidate(said, pick, found, "which of two", cost + price, noun=True)


def _least(said: Said, name: str, texts: tuple[str, ...]) -> tuple[str, ...]:
    known = said.sheet.column(name).said
    least = min(len(known[one]) for one in texts)
    return tuple(one for one in texts if len(known[one]) == least)


def _orders(said: Said, text: str, word: str, apart: str) -> Iterator[tuple[Order, float, str]]:
    for mark in re.findall(r"\bC\d+", text):
        for one in said.mark(mark).columns[:2]:
            column = said.sheet.column(one.column.name)
            reading = ordering(column)
            if reading is not None and column.name != apart:
                down = (word in MORE) != bool(UPWARDS & set(column.words))
                yield Order(column=column.name, reading=reading, descending=down), 0.0, text.replace(mark, " ", 1)
    if (order := hinted(said, word)) and order.column != apart:
        yield order, 0.08, text


def subtracted(said: Said) -> Iterator[Candidate]:
    """How much more one has than the other."""
    match = _MORE.search(said.text) or _DIFFERENCE.search(said.text)
    if match is None:
        return
    marks = match.groups()[-2:]
    one, other = (said.mark(mark) for mark in marks)
    text = re.sub(rf"\b(?:{marks[0]}|{marks[1]})\b", " ", said.text)
    text = re.sub(r"\b(?:how many|how much|more|fewer|less|difference|between|compared)\b", " ", text)
    for name in [name for name in one.cells or {} if name in (other.cells or {})]:
        ends = tuple(
            Look(column=name, holds=Holds.IN, texts=_least(said, name, (mark.cells or {})[name]))
            for mark in (one, other)
        )
        for column, rest, price in _measured(said, text, name):
            for found in conditions(said, rest):
                pick = Pick(
                    outcome=Outcome.DIFFERENCE,
                    column=column.name,
                    reading=Reading.NUMBER,
                    versus=ends,
                    where=found.looks,
                )
                yield candidate(said, pick, found, "difference", price)


def _measured(said: Said, text: str, apart: str) -> Iterator[tuple[Column, str, float]]:
    for mark in re.findall(r"\bC\d+", text):
        for one in said.mark(mark).columns[:2]:
            column = said.sheet.column(one.column.name)
            if column.reading is Reading.NUMBER and column.name != apart:
                yield column, re.sub(rf"\b{mark}\b", " ", text), 0.0 if one.score >= 0.9 else 0.06


_ASKS: Final = re.compile(r"^(?:did|does|do|was|were|is|are|has|have|had)\b(?!.*\bor\b)")


def answered_yes(said: Said) -> Iterator[Candidate]:
    """Whether any row satisfies all conditions, one of which names a row."""
    if not _ASKS.search(said.text) or re.search(r"\b(?:V\d+.*\b(?:than|as)\b.*V\d+|any|all)\b", said.text):
        return
    for found in conditions(said, said.text):
        named = [one for one in found.looks if one.holds is Holds.IN]
        compared = [one for one in found.looks if one.holds not in (Holds.IN, Holds.NOT_IN)]
        if len(found.looks) < 2 or not named or not (compared or len(named) > 1):
            continue
        pick = Pick(outcome=Outcome.EXISTS, column=named[0].column, where=found.looks, either=True)
        yield candidate(said, pick, found, "yes or no", 0.05)
