""" "how many games …", "the total number of goals …", "the average …"."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from services.assistant.builtin.records.candidates import Candidate, candidate
from services.assistant.builtin.records.conditions import Conditions, conditions
from services.assistant.builtin.records.evaluate import rows_of
from services.assistant.builtin.records.form import Holds, Look, Outcome, Pick, Reading
from services.assistant.builtin.records.sheet import Column, Sheet
from services.assistant.builtin.records.sketch import Said
from services.assistant.builtin.records.words import MEASURED

_OPENED: Final = re.compile(
    r"(?:what|which|tell me|give me)?(?: (?:is|was|are|were|the|s|total|overall|combined|exact))* ?\b(?:how many|number of|amount of|how much|count of|what number of|total of|sum of)\b(?: (?:the|total|different|number|of|all|distinct|unique|overall|separate|individual|other|combined))*"
)
_TOTAL: Final = re.compile(r"\b(?:total|combined|altogether|overall|in all|sum|together)\b")
_AVERAGE: Final = re.compile(r"\b(?:average|mean)\b(?: (?:number|amount|of|the))* (C\d+)")
_LISTED: Final = re.compile(r"\b(?:listed|(?:on|in) (?:the|this) (?:chart|table|list)|shown)\b")
_BLOCKED: Final = re.compile(
    r"\b(?:consecutive|consecutively|in a row|more|fewer|less|longer) (?!than N|than \w+ N|or)|\bhow many (?:years|days|months|minutes|hours|seconds|weeks|points? ahead)\b|\bmore\b.*\bthan V|\b(?:before|after) V|\bthan (?:the )?V\d|\bneed\b|\bsame\b"
)


_GRADED: Final = re.compile(
    r"\b(?:least|most|fewest|same|more|less|fewer|\w{3,}er|\w{3,}est|minimum|maximum)(?: (?:total|overall))? $"
)
"""What makes "amount of" a matter of ranks: "the least amount of land"."""


def counted(said: Said) -> Iterator[Candidate]:
    """Rows that satisfy conditions, different values of a column, or a number column added up."""
    match = _OPENED.search(said.text)
    if match is None or _BLOCKED.search(said.text) or _GRADED.search(f"{said.text[: match.start()].strip()} "):
        return
    rest = f"{said.text[: match.start()]} {said.text[match.end() :]}".strip()
    for found in conditions(said, rest):
        noun = re.match(r"(?:times )?\s*(C\d+|[a-z]+)", found.text)
        named = re.match(r"(C\d+)\b", found.text) if noun else None
        if named:
            for one in said.mark(named[1]).columns[:2]:
                column = said.sheet.column(one.column.name)
                text = found.text[named.end() :]
                yield from _of_column(
                    said,
                    column,
                    replace(found, text=text),
                    0.0 if one.score >= 0.9 else 0.08,
                    bool(_TOTAL.search(said.text)),
                )
        elif _TOTAL.search(match[0]) and not re.search("how many|number", match[0]):
            return
        else:
            column = said.sheet.label or said.sheet.columns[0]
            times = noun is not None and noun[0].startswith("times")
            cost = 0.05 if found.looks and (times or _rows_are_things(said.sheet)) else 0.25 if found.looks else 0.4
            if not found.looks and _LISTED.search(said.text):
                cost = 0.25
            if noun and noun[1].rstrip("s") in MEASURED:
                cost += 0.4
            yield candidate(
                said,
                Pick(outcome=Outcome.COUNT, column=column.name, where=found.looks),
                found,
                "count",
                cost,
                noun=True,
            )


def _rows_are_things(sheet: Sheet) -> bool:
    """Whether a column tells all rows apart, so that a row may be what the noun says."""
    texts = (one for one in sheet.columns if one.reading in (Reading.TEXT, Reading.DATE))
    return any(one.distinct >= 0.9 * sheet.size for one in texts)


def _of_column(said: Said, column: Column, found: Conditions, cost: float, total: bool) -> Iterator[Candidate]:
    looks = found.looks
    if column.reading is Reading.NUMBER and not column.holds_years and not _is_place(column):
        pick = Pick(outcome=Outcome.SUM, column=column.name, reading=Reading.NUMBER, where=looks)
        rows = rows_of(pick, said.sheet)
        one = (
            0.0
            if len(rows) == 1
            else (0.05 if total or (len(looks) != 0 and _alternatives(looks) == len(rows)) else 0.25)
        )
        yield candidate(said, pick, found, "sum", cost + one)
        return
    if re.search(r"\b(?:total|sum|amount|much) of\b|\bhow much\b", said.text):
        return
    pick = Pick(outcome=Outcome.DISTINCT, column=column.name, where=looks)
    yield candidate(said, pick, found, "distinct", cost + 0.05)
    if looks:
        yield candidate(
            said, Pick(outcome=Outcome.COUNT, column=column.name, where=looks), found, "count rows", cost + 0.05
        )


def _alternatives(looks: tuple[Look, ...]) -> int:
    return max((len(one.texts) for one in looks if one.holds is Holds.IN), default=0)


def _is_place(column: Column) -> bool:
    return bool(
        {
            "rank",
            "position",
            "no",
            "number",
            "round",
            "week",
            "pick",
            "place",
            "pos",
            "issue",
            "season",
            "episode",
            "game",
        }
        & set(column.words)
    ) and column.distinct == len(column.cells)


def averaged(said: Said) -> Iterator[Candidate]:
    """ "what is the average C0 of V0": the mean of a number column."""
    match = _AVERAGE.search(said.text)
    if match is None:
        return
    rest = f"{said.text[: match.start()]} {said.text[match.end() :]}".strip()
    for found in conditions(said, rest):
        for one in said.mark(match[1]).columns[:2]:
            column = said.sheet.column(one.column.name)
            if column.reading is Reading.NUMBER:
                pick = Pick(outcome=Outcome.MEAN, column=column.name, reading=Reading.NUMBER, where=found.looks)
                yield candidate(said, pick, found, "mean", 0.0)
