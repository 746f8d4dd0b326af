"""A reading of a question, and what it costs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from services.assistant.builtin.language.words import lemma
from services.assistant.builtin.records.conditions import Conditions, leftovers
from services.assistant.builtin.records.form import Holds, Look, Outcome, Pick
from services.assistant.builtin.records.sheet import Sheet
from services.assistant.builtin.records.sketch import Said
from services.assistant.builtin.records.words import THINGS

UNUSED_COLUMN = 0.3
UNKNOWN_WORD = 0.2
KNOWN_THING = 0.1


@dataclass(frozen=True)
class Candidate:
    """What is picked, what the reading costs, the name of its shape, and the words it leaves unexplained."""

    pick: Pick
    cost: float
    why: str
    unknown: tuple[str, ...] = ()


def candidate(said: Said, pick: Pick, found: Conditions, why: str, cost: float = 0.0, noun: bool = False) -> Candidate:
    """The candidate with the rows of totals left out and every unexplained word paid for."""
    unknown = leftovers(re.sub(r"\b[CVN]\d+\b", " ", found.text))
    if noun and unknown:
        unknown = unknown[1:]
    names = {pick.column, *(one.column for one in pick.where), *(one.column for one in pick.anchor), pick.same}
    names |= {one.column for one in (pick.order, pick.beyond) if one}
    unused = [
        one
        for one in re.findall(r"\bC\d+\b", found.text)
        if not names & {c.column.name for c in said.mark(one).columns}
    ]
    values = re.findall(r"\bV\d+\b", found.text)
    strict = 2 if pick.outcome in (Outcome.SUM, Outcome.MEAN, Outcome.RANGE) else 1
    left = UNUSED_COLUMN * (len(unused) + len(values)) + strict * sum(_price(one) for one in unknown)
    total = said.cost + found.cost + cost + left
    return Candidate(_without_totals(pick, said.sheet), total, why, tuple(unknown))


def _price(word: str) -> float:
    """What it costs to leave a word unexplained."""
    if lemma(word) in THINGS:
        return KNOWN_THING
    return 3 * UNKNOWN_WORD if any(char.isdigit() for char in word) else UNKNOWN_WORD


def _without_totals(pick: Pick, sheet: Sheet) -> Pick:
    said = {text for look in (*pick.where, *pick.anchor, *pick.versus) for text in look.texts}
    marks = tuple(
        Look(column=name, holds=Holds.IN, texts=texts) for name, texts in sheet.totals if not said & set(texts)
    )
    return pick.model_copy(update={"totals": marks})
