"""An intent in words: "average price by region, where date in 2023, highest first"."""

from __future__ import annotations

import re
from typing import Final

from services.assistant.builtin.intent import Aggregate, Condition, Grain, Having, Intent, Key, Measure, Op, Shape
from services.assistant.builtin.language.lexicon import AGGREGATE_NAMES, MONTHS
from services.assistant.builtin.language.words import plural
from services.assistant.builtin.records import wording
from services.assistant.builtin.writing.numbers import number

_VERBS: Final = {
    Op.EQ: "is", Op.NE: "is not", Op.GT: "is over", Op.GE: "is at least", Op.LT: "is under", Op.LE: "is at most",
    Op.CONTAINS: "contains", Op.LACKS: "does not contain", Op.STARTS: "starts with", Op.ENDS: "ends with",
}  # fmt: skip
_DATE_VERBS: Final = {**_VERBS, Op.GT: "is after", Op.GE: "is from", Op.LT: "is before", Op.LE: "is up to"}


def reading(intent: Intent) -> str:
    """The whole intent in words."""
    if intent.pick is not None:
        return wording.reading(intent.pick)
    parts = [_subject(intent)]
    if intent.where:
        parts.append("where " + conditions(intent))
    if intent.having:
        parts.append("with " + said_having(intent.having, intent))
    if order := _order(intent):
        parts.append(order)
    return ", ".join(parts)


def said_having(having: Having, intent: Intent) -> str:
    """ "number of rows over 10"."""
    compared = said_measure(intent.measures[having.measure])
    return f"{compared} {_VERBS[having.op][3:]} {number(having.values[0])}"


def _subject(intent: Intent) -> str:
    if intent.shape is Shape.CORRELATION:
        return "correlation of " + " and ".join(intent.columns)
    if intent.shape is Shape.DISTRIBUTION:
        return f"distribution of {intent.columns[0]}" + _by(intent)
    if intent.shape is Shape.ROWS:
        shown = ", ".join(intent.columns) if len(intent.columns) <= 6 else f"{len(intent.columns)} columns"
        return ("distinct rows of " if intent.unique else "rows: ") + shown
    share = "share of " if intent.share or intent.part else ""
    if intent.change:
        share = f"{intent.change.value} of "
    if intent.contrast:
        versus = " and ".join(str(value) for value in intent.versus)
        return f"{intent.contrast.value} of {said_measure(intent.measures[0])} between {versus}"
    if intent.part:
        return f"{share}{said_measure(intent.measures[0])} with {_any_of(intent.part)}"
    between = f" {intent.worked.value} " if intent.worked else " and "
    return share + between.join(said_measure(measure) for measure in intent.measures) + _by(intent)


def said_measure(measure: Measure) -> str:
    """ "average price", "number of rows", "number of different customers"."""
    if measure.column is None:
        return "number of rows"
    if measure.aggregate is Aggregate.DISTINCT:
        return f"number of different values of {measure.column}"
    if measure.aggregate is Aggregate.RATE:
        return f"percentage of rows where {measure.column} is {_value(measure.value)}"
    if measure.times is not None:
        return f"{AGGREGATE_NAMES[measure.aggregate]} of {measure.column} x {measure.times}"
    if measure.aggregate is Aggregate.COUNT:
        return f"number of rows with a {measure.column}"
    return f"{AGGREGATE_NAMES[measure.aggregate]} {measure.column}"


def said_key(key: Key) -> str:
    return key.column if key.grain is None else f"{key.grain.value} of {key.column}"


def _by(intent: Intent) -> str:
    return " by " + " and ".join(said_key(key) for key in intent.keys) if intent.keys else ""


def conditions(intent: Intent) -> str:
    """The conditions in words."""
    return " and ".join(_any_of(any_of) for any_of in intent.where)


def alternatives(any_of: tuple[Condition, ...]) -> str:
    """Conditions of which one holds, in words."""
    return _any_of(any_of)


def _any_of(any_of: tuple[Condition, ...]) -> str:
    return " or ".join(_condition(one) for one in any_of)


def _condition(one: Condition) -> str:
    values = [_value(value) for value in one.values]
    if not one.values:
        return f"{one.column} {one.op.value}"
    if one.op is Op.BETWEEN and values[0] == values[1]:
        return f"{one.column} is {values[0]}"
    if one.op is Op.BETWEEN:
        return f"{one.column} is between {values[0]} and {values[1]}"
    if one.op in (Op.IN, Op.NOT_IN):
        return f"{one.column} is {'not ' if one.op is Op.NOT_IN else ''}" + " or ".join(values)
    if one.part is Grain.MONTH_OF_YEAR:
        return f"the month of {one.column} {_VERBS[one.op]} {MONTHS[int(one.values[0]) - 1].title()}"
    if one.part is not None:
        return f"the {one.part.value} of {one.column} {_DATE_VERBS[one.op]} {one.values[0]}"
    verbs = _DATE_VERBS if _is_day(one.values[0]) else _VERBS
    return f"{one.column} {verbs[one.op]} {values[0]}"


def _is_day(value: object) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value))


def _value(value: object) -> str:
    if isinstance(value, bool | str) and not _is_day(value):
        return f"“{value}”" if isinstance(value, str) else str(value).lower()
    return number(value) if isinstance(value, int | float) and abs(value) >= 10_000 else str(value)


def _order(intent: Intent) -> str:
    if intent.sort is None:
        return "" if intent.limit is None else f"first {intent.limit}"
    by = intent.sort.by
    first = (
        said_measure(intent.measures[0])
        if by == "measure" and intent.measures
        else intent.sort.column or (said_key(intent.keys[0]) if intent.keys else "")
    )
    way = "highest first" if intent.sort.descending else "lowest first"
    way += f", number {intent.nth}" if intent.nth > 1 else ""
    start = f"top {intent.limit} " if intent.limit and not intent.best else ""
    return f"{start}{way} by {first}".strip() if by != "measure" else f"{start}{way}".strip()


def rows_word(intent: Intent, count: int) -> str:
    """ "orders" or "rows", in the right number."""
    noun = intent.counted or "row"
    if count == 1:
        return noun[:-1] if noun.endswith("s") and not noun.endswith("ss") else noun
    words = noun.split()
    return " ".join([*words[:-1], words[-1] if words[-1].endswith("s") else plural(words[-1])])
