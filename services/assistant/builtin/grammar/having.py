"""Conditions on groups: "regions with more than 5 orders", "products whose average price is over 10"."""

from __future__ import annotations

import re
from typing import Final

from services.assistant.builtin.intent import Aggregate, Having, Measure, Op
from services.assistant.builtin.language.columns import is_measure
from services.assistant.builtin.language.lexicon import AGGREGATES
from services.assistant.builtin.language.question import Draft
from services.assistant.builtin.language.resolve import column, is_unique

_OPS: Final = {"op_gt": Op.GT, "op_ge": Op.GE, "op_lt": Op.LT, "op_le": Op.LE, "op_eq": Op.EQ, "op_ne": Op.NE}
_OP: Final = rf"(?P<op>{'|'.join(_OPS)}) (?P<number>N\d+)"
_FILL: Final = r"(?: (?:that|which|who|whose|where|with|having|have|has|had|are|there|the|a|an|did|made|placed))*"
_AGG: Final = "|".join(sorted(AGGREGATES, key=len, reverse=True))
_ROWS: Final = r"(?:orders|rows|records|entries|times|items|occurrences|transactions)"
_GROUP: Final = r"\b(?P<count>how many )?(?P<key>C\d+)s?"


def read_having(draft: Draft) -> bool:
    """Turns one condition on groups into a key, a measure and the condition; false when there is none."""
    patterns = (
        rf"{_GROUP}{_FILL} {_OP} (?:different |distinct )?(?P<what>{_ROWS}|[CE]\d+)\b",
        rf"{_GROUP}{_FILL} (?:number|count) of (?P<what>{_ROWS}|[CE]\d+)(?: is| are| was)? {_OP}",
        rf"{_GROUP}{_FILL} (?P<agg>{_AGG})(?: of)?(?: the)? (?P<what>C\d+)(?: is| are| was)? {_OP}",
    )
    for pattern in patterns:
        for match in re.finditer(pattern, draft.text):
            if draft.having is None and (measure := _measure(draft, match)) is not None:
                _apply(draft, match, measure)
                return True
    return False


def _measure(draft: Draft, match: re.Match[str]) -> Measure | None:
    """What is compared, or None when the condition is on single rows."""
    key = column(draft, match["key"])
    if is_measure(key) or is_unique(draft, key):
        return None
    what = match["what"]
    if "agg" in match.re.groupindex:
        found = column(draft, what, is_measure)
        return Measure(aggregate=AGGREGATES[match["agg"]], column=found.name) if is_measure(found) else None
    if what[0] != "C":
        return Measure(aggregate=Aggregate.COUNT)
    found = column(draft, what)
    if is_measure(found) or found.name == key.name:
        return None
    return Measure(aggregate=Aggregate.DISTINCT, column=found.name)


def _apply(draft: Draft, match: re.Match[str], measure: Measure) -> None:
    number = float(draft.numbers[int(match["number"][1:])].number or 0)
    draft.having = Having(op=_OPS[match["op"]], values=(number,))
    draft.tally = bool(match["count"])
    draft.measures.insert(0, measure)
    draft.erase(*match.span(), mark=f" by {match['key']}")
