"""Which column a question wants to be told: "who", "what city", "which C0"."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

import re
from typing import Final

from services.assistant.builtin.records.form import Order, Reading
from services.assistant.builtin.records.sheet import Column, Sheet
from services.assistant.builtin.records.sketch import Said
from services.assistant.builtin.records.words import HINTS, LONG, WHEN, WHERE, WHO

Target = tuple[Column, float, str]
"""A column, what it costs to take it, and the text without the words that name it."""


_OPENED: Final = (
    r"^(?:(?:and|so|in|on|at|of|for|from|to|by|the|tell me|name|list|give|all|show|me) )*"
    r"(?:what|which|who|whose|where|when|name|list|tell me|how long|the)\b(?: (?:is|are|was|were|the|did|does|other|of|only|one|a|all|name|names|title|type|kind|two|three|four|five|else|N\d+|same|total|number|s)\b)*"
)


def targets(said: Said, text: str) -> list[Target]:
    """The columns that may be wanted, the likeliest first."""
    if match := re.search(rf"{_OPENED} (C\d+)", text):
        rest = f"{text[: match.start(1)]} {text[match.end(1) :]}"
        return [
            (said.sheet.column(one.column.name), 0.0 if one.score >= 0.9 else 0.05, rest)
            for one in said.mark(match[1]).columns[:2]
        ]
    for pattern, nouns, cost in _ASKED:
        if match := re.search(pattern, text):
            found = [one for one in said.sheet.columns if nouns & set(one.words)]
            if found:
                return [(found[0], cost, text)]
    if match := re.search(rf"{_OPENED} ([a-z]+)\b", text):
        text = f"{text[: match.start(1)]} {text[match.end(1) :]}"
        attribute = re.search(r"\b(?:what|which) (?:is|was|are|were|s) the\b|^(?:the|give|tell|show)\b", text)
        label = said.sheet.label
        return [(label, 0.6 if attribute else _stands_for(label, said.sheet), text)] if label else []
    if said.sheet.label and re.search(r"\b(?:who|which|what|name|list|whose)\b", text):
        return [(said.sheet.label, 0.1 if "who" in text.split() else 0.25, text)]
    return []


_NAMES: Final = frozenset({"name", "title"})


def _stands_for(label: Column, sheet: Sheet) -> float:
    """What it costs to take the column for what a row is: little where it is called the name and tells rows apart."""
    return 0.1 if _NAMES & set(label.words) and label.distinct >= _APART * sheet.size else 0.2


_APART: Final = 0.95
_ASKED: Final = (
    (r"\b(?:who|whose|whom)\b", WHO, 0.0),
    (r"\bwhere\b", WHERE, 0.05),
    (
        r"\bwhat year\b|\bwhich year\b|\bin what years?\b|\bin which years?\b",
        frozenset({"year", "season", "date"}),
        0.0,
    ),
    (r"\bwhen\b", WHEN, 0.05),
    (r"\bhow long\b", LONG, 0.05),
)


def hinted(said: Said, word: str) -> Order | None:
    """The order an adjective speaks of by itself: "oldest" by age or by year of birth."""
    for stems, nouns, descending in HINTS:
        for column in said.sheet.columns if word in stems else ():
            reading = ordering(column)
            if nouns & set(column.words) and reading is not None:
                return Order(column=column.name, reading=reading, descending=descending)
    return None


def ordering(column: Column) -> Reading | None:
    """How the column can be ranked, if at all."""
    if column.reading is not Reading.TEXT:
        return column.reading
    if column.holds_years:
        return Reading.YEAR
    return None
