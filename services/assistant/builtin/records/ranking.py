""" "which nation won the most gold", "the oldest winner", "the longest track"."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from services.assistant.builtin.records.candidates import Candidate, candidate
from services.assistant.builtin.records.conditions import conditions
from services.assistant.builtin.records.form import Order, Outcome, Pick, Reading
from services.assistant.builtin.records.sketch import Said
from services.assistant.builtin.records.targets import hinted, ordering, targets
from services.assistant.builtin.records.words import LESS, MEASURED, MORE

UPWARDS: Final = frozenset({"rank", "position", "place", "pos", "finish", "placing", "ranking"})
_WORDS: Final = "|".join(
    sorted({*MORE, *LESS} - {"more", "less", "first", "better", "later", "recent", "max", "min"}, key=len, reverse=True)
)
BEST: Final = re.compile(
    rf"\b(?:the )?(?:single )?(?P<word>{_WORDS}|most recent)\b(?: (?:number|amount|total|of|the|overall|in|popular|expensive|populous)\b)*"
)
_SPOKEN: Final = re.compile(
    r"\b(?:at (?:the )?(?:least|most)|most of|consecutive|no more|top (?:N\d+|ten|five|three))\b"
)
_TAKES: Final = {"two": 2, "three": 3, "four": 4, "five": 5}


def ranked(said: Said) -> Iterator[Candidate]:
    """The row that comes first when ranked by a column, or the value that stands in the most rows."""
    if _SPOKEN.search(said.text) or len(BEST.findall(said.text)) != 1:
        return
    match = BEST.search(said.text)
    assert match is not None
    before, after = said.text[: match.start()], said.text[match.end() :]
    word = match["word"]
    yield from _by_column(said, before, after, word)
    yield from _by_hint(
        said,
        f"{before} {after}",
        match[0].split()[-1] if match[0].split()[-1] in ("recent", "expensive", "populous") else word,
    )
    if word in ("most", "least", "fewest"):
        yield from _by_count(said, before, after, word)


def _by_column(said: Said, before: str, after: str, word: str) -> Iterator[Candidate]:
    near = re.match(r" ?(?:(?:[a-z]+) ){0,1}(C\d+)\b", after)
    late = re.search(r"(C\d+) (?:(?:is|was|are|were|at|the|a|had|has|that|with) )*$", before)
    if late and re.search(rf"\b(?:which|what) (?:\w+ )?{late[1]}\b", before):
        late = None
    for place, text in (
        (near, f"{before} {after[near.end() :] if near else ''}"),
        (late, f"{before[: late.start()] if late else ''} {after}"),
    ):
        if place is None:
            continue
        skipped = 0.1 if place is near and len(place[0].split()) > 1 else 0.0
        for one in said.mark(place[1]).columns[:2]:
            column = said.sheet.column(one.column.name)
            reading = ordering(column)
            if reading is None:
                continue
            down = word in MORE
            if UPWARDS & set(column.words):
                down = word not in MORE
            order = Order(column=column.name, reading=reading, descending=down)
            cost = skipped + (0.0 if one.score >= 0.9 else 0.06) + (0.0 if place is near else 0.06)
            yield from _answers(said, text, order, cost)


def _by_hint(said: Said, text: str, word: str) -> Iterator[Candidate]:
    order = hinted(said, word)
    if order is not None:
        yield from _answers(said, text, order, 0.1)


def _answers(said: Said, text: str, order: Order, cost: float) -> Iterator[Candidate]:
    take = next((_TAKES[one] for one in text.split() if one in _TAKES), 1)
    for found in conditions(said, text):
        named = False
        for column, price, rest in targets(said, found.text):
            if column.name == order.column:
                continue
            named = True
            pick = Pick(outcome=Outcome.CELLS, column=column.name, where=found.looks, order=order, take=take)
            yield candidate(said, pick, replace(found, text=rest), "best", cost + price)
        if not named or re.match(r"(?:what|how)\b", said.text):
            own = Pick(outcome=Outcome.CELLS, column=order.column, where=found.looks, order=order)
            yield candidate(said, own, found, "extreme", cost + (0.1 if named else 0.05))


def _by_count(said: Said, before: str, after: str, word: str) -> Iterator[Candidate]:
    """ "which country had the most competitors": the value that stands in the most rows."""
    counted = re.match(r" ?(C\d+|[a-z]+)\b", after)
    if counted is None or counted[1].rstrip("s") in MEASURED:
        return
    if counted[1][0] == "C" and ordering(said.sheet.column(said.mark(counted[1]).columns[0].column.name)) is not None:
        return
    outcome = Outcome.COMMON if word == "most" else Outcome.RARE
    for found in conditions(said, f"{before} {after[counted.end() :]}"):
        for column, price, rest in targets(said, found.text):
            if price >= 0.2 or column.distinct >= said.sheet.size or column.reading is Reading.CLOCK:
                continue
            pick = Pick(outcome=outcome, column=column.name, where=found.looks)
            yield candidate(said, pick, replace(found, text=rest), "most common", 0.08 + price)
