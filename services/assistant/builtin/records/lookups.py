""" "what is the C0 of V0", "which C0 …", "who else …", "the only …"."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from services.assistant.builtin.records.candidates import Candidate, candidate
from services.assistant.builtin.records.conditions import conditions
from services.assistant.builtin.records.evaluate import rows_of
from services.assistant.builtin.records.form import Holds, Look, Outcome, Pick
from services.assistant.builtin.records.ranking import BEST
from services.assistant.builtin.records.sketch import Said
from services.assistant.builtin.records.targets import targets

_OTHER: Final = re.compile(
    r"\b(?:how (?:many|much)|number of|total|difference|average|consecutive|first|last|next|previous|before V|after V|or V\d|same|common)\b"
)
_PLURAL: Final = re.compile(
    r"\b(?:list|which C\d+ (?:are|were|have)|all|are|were|what (?:two|three)|which (?:two|three)|years|both)\b"
)
_SAME: Final = re.compile(
    r"\b(?:the )?same (?:(?:exact|total|number|amount|of) )*(C\d+|[a-z]+) (?:(?:number|of|was|is|did|does|that|in) )*(?:as|with) (?:the )?(V\d+)"
)


def looked_up(said: Said) -> Iterator[Candidate]:
    """The cells of a column in the rows that satisfy the conditions."""
    if _OTHER.search(said.text) or (BEST.search(said.text) and not re.search(r"at (?:least|most)", said.text)):
        return
    text = re.sub(r"\b(?:only|besides the|else)\b", " ", said.text) if "besides" not in said.text else said.text
    for found in conditions(said, text):
        if not found.looks:
            continue
        for column, price, rest in targets(said, found.text):
            if column.name in {one.column for one in found.looks if one.holds is Holds.IN}:
                price += 0.3
            pick = Pick(outcome=Outcome.CELLS, column=column.name, where=found.looks)
            many = len(rows_of(pick, said.sheet))
            cost = 0.0 if many <= 1 or _PLURAL.search(said.text) else 0.3
            yield candidate(said, pick, replace(found, text=rest), "cells", cost + price)


def matched(said: Said) -> Iterator[Candidate]:
    """ "which C0 had the same C1 as V0"."""
    match = _SAME.search(said.text)
    if match is None:
        return
    rest = f"{said.text[: match.start()]} {said.text[match.end() :]}"
    mark = said.mark(match[2])
    named = said.mark(match[1]).columns[:2] if match[1][0] == "C" else ()
    counts = re.search(r"\bhow many\b", rest)
    for name, texts in (mark.cells or {}).items():
        anchor = (Look(column=name, holds=Holds.IN, texts=texts),)
        for one in named:
            base = Pick(
                outcome=Outcome.COUNT if counts else Outcome.CELLS, column=name, anchor=anchor, same=one.column.name
            )
            for found in conditions(said, rest.replace("how many", " ") if counts else rest):
                pick = base.model_copy(update={"where": found.looks})
                yield candidate(said, pick, found, "same", 0.05, noun=True)
