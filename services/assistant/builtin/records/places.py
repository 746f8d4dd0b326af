""" "the first team listed", "who came after V0", "the previous game"."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Final

from services.assistant.builtin.records.candidates import Candidate, candidate
from services.assistant.builtin.records.conditions import Conditions, conditions
from services.assistant.builtin.records.evaluate import rows_of
from services.assistant.builtin.records.form import Holds, Look, Order, Outcome, Pick, Reading
from services.assistant.builtin.records.sheet import Column, Sheet
from services.assistant.builtin.records.sketch import Said
from services.assistant.builtin.records.targets import targets
from services.assistant.builtin.records.words import WHEN

_AFTER: Final = r"(?:immediately |directly |right |just )?(?:comes? |came |listed |ranked |placed |finished |picked )?(?:immediately |directly |right |just )?(?:next (?:\w+ |C\d+ )?(?:after|to|below|following|listed after)?|after|following|follows|followed|below|underneath|succeeded|succeeding)"
_BEFORE: Final = r"(?:immediately |directly |right |just )?(?:comes? |came |listed |ranked |placed |finished |picked )?(?:immediately |directly |right |just )?(?:previous(?:ly)? (?:\w+ |C\d+ )?(?:to|before)|before|prior to|preceding|precedes|preceded|above|previous to|ahead of)"
_NEXT: Final = re.compile(
    rf"\b(?:(?P<after>{_AFTER})|(?P<before>{_BEFORE}))(?: (?:the|year|game|one|of|in|on|that|a|did|was))* (?P<anchor>V\d+)"
)
_TURNED: Final = re.compile(
    r"^(?:the )?(?P<anchor>V\d+)(?: (?:is|was|were|picked|chosen|drafted|listed|ranked|placed|finished|came|released|aired))*"
    r" (?:right |directly |immediately )?(?:(?P<after>after|following|behind|below)|(?P<before>before|above|ahead of)) (?P<wanted>who|whom|(?:which|what) C\d+)\b"
)
_COUNTS: Final = re.compile(r"\bhow (?:many|much|long|old)\b|\bnumber of\b|\btotal\b|\bfirst\b|\blast\b|\bmost\b")
_END: Final = re.compile(
    r"\b(?P<word>first|last|final|earliest|latest|bottom|top|most recent)\b(?! (?:place|name|names))(?: (?:ever|ones?|N\d+|two|three))*"
)
_LISTED: Final = re.compile(r"\b(?:listed|list|table|chart|shown|row)\b")
_STOPS: Final = re.compile(r"\bhow (?:many|much|old)\b|\bnumber of\b|\bfirst (?:and|to) last\b|\bat last\b|\bsince\b")


def neighbours(said: Said) -> Iterator[Candidate]:
    """The row after or before the one that is named."""
    match = _NEXT.search(said.text) or _TURNED.search(said.text)
    if match is None or _COUNTS.search(said.text):
        return
    turned = match.groupdict().get("wanted", "")
    step = (1 if match["after"] else -1) * (-1 if turned else 1)
    named = re.search(r"C\d+", match[0]) if not turned else None
    rest = f"{said.text[: match.start()]} {turned} {named[0] if named else ''} {said.text[match.end() :]}"
    mark = said.mark(match["anchor"])
    listed = re.search(r"\b(?:above|below|listed|list|chart|table|row)\b", said.text)
    for name, texts in (mark.cells or {}).items():
        anchor = Look(column=name, holds=Holds.IN, texts=texts if len(texts) == 1 else _shortest(said, name, texts))
        cost = 0.0 if name in mark.whole else 0.08 if _covers(said, mark.text, name, texts) else 0.3
        direction = 1 if listed else _time_runs(said.sheet)
        for found in conditions(said, rest):
            yield from _moved(said, found, anchor, step * (direction or 1), cost + (0.15 if direction is None else 0.0))


def _shortest(said: Said, name: str, texts: tuple[str, ...]) -> tuple[str, ...]:
    known = said.sheet.column(name).said
    least = min(len(known[one]) for one in texts)
    return tuple(one for one in texts if len(known[one]) == least)


def _covers(said: Said, words: str, name: str, texts: tuple[str, ...]) -> bool:
    """Whether the words are a good part of a cell, not an aside in a long text."""
    known = said.sheet.column(name).said
    return len(words.split()) >= 0.3 * min(len(known[one]) for one in texts)


def _moved(said: Said, found: Conditions, anchor: Look, step: int, cost: float) -> Iterator[Candidate]:
    own = said.sheet.column(anchor.column)
    wanted = targets(said, found.text)
    if not wanted or (wanted[0][1] >= 0.2 and own.is_text):
        rest = wanted[0][2] if wanted else found.text
        yield candidate(
            said,
            Pick(outcome=Outcome.CELLS, column=own.name, where=found.looks, anchor=(anchor,), step=step),
            replace(found, text=rest),
            "next",
            cost + 0.02,
        )
        return
    for column, price, rest in wanted:
        pick = Pick(outcome=Outcome.CELLS, column=column.name, where=found.looks, anchor=(anchor,), step=step)
        yield candidate(said, pick, replace(found, text=rest), "next", cost + price)


def _time_runs(sheet: Sheet) -> int | None:
    """1 when the rows run forwards in time, -1 backwards, 1 too where there is no time; None for a mixture."""
    column = timed(sheet)
    if column is None:
        return 1
    days = [one for one in column.numbers(_reading(column)) if one is not None]
    if all(one <= two for one, two in pairwise(days)):
        return 1
    return -1 if all(one >= two for one, two in pairwise(days)) else None


def timed(sheet: Sheet) -> Column | None:
    """The first column that says when."""
    dated = next((one for one in sheet.columns if one.reading is Reading.DATE), None)
    years = (one for one in sheet.columns if one.holds_years and (not one.is_text or WHEN & set(one.words)))
    return dated or next(years, None)


def _reading(column: Column) -> Reading:
    return Reading.DATE if column.reading is Reading.DATE else Reading.YEAR


def ends(said: Said) -> Iterator[Candidate]:
    """The first or last row, in the order of the table and in that of time."""
    found_ends = list(_END.finditer(said.text))
    if len(found_ends) != 1 or _STOPS.search(said.text) or _NEXT.search(said.text):
        return
    match = found_ends[0]
    first = match["word"] in ("first", "earliest", "top")
    rest = f"{said.text[: match.start()]} {said.text[match.end() :]}"
    listed = bool(_LISTED.search(said.text)) or match["word"] in ("top", "bottom")
    for found in conditions(said, rest):
        for column, price, text in targets(said, found.text):
            ready = replace(found, text=text)
            base = Pick(outcome=Outcome.CELLS, column=column.name, where=found.looks)
            when = None if listed else timed(said.sheet)
            if when is not None:
                order = Order(column=when.name, reading=_reading(when), descending=not first)
                timely = base.model_copy(update={"order": order})
                if len(rows_of(timely, said.sheet)) == 1:
                    yield candidate(said, timely, ready, "first in time", 0.06 + price)
            if match["word"] not in ("earliest", "latest", "most recent"):
                placed = base.model_copy(update={"at": 0 if first else -1})
                yield candidate(said, placed, ready, "first row", (0.02 if listed else 0.12) + price)
