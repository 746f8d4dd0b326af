"""The same question as SQL: a second derivation of the logical form, which shares no code with the first.

Column names and values come from files: names enter the text in double quotes, texts in single ones, both doubled.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services.assistant.builtin.intent import (
    Aggregate,
    Condition,
    Grain,
    Having,
    Intent,
    Key,
    Measure,
    Op,
    Scalar,
    Shape,
    Worked,
)
from services.assistant.builtin.language.resolve import yes_and_no
from services.assistant.builtin.writing import spreads
from services.assistant.builtin.writing.naming import names
from services.domain import Kind, Profile

_FUNCTIONS: Final = {
    Aggregate.COUNT: "count({})", Aggregate.DISTINCT: "count(distinct {})", Aggregate.SUM: "coalesce(sum({}), 0)",
    Aggregate.MEAN: "avg({})", Aggregate.MEDIAN: "median({})", Aggregate.MIN: "min({})", Aggregate.MAX: "max({})",
    Aggregate.STD: "stddev_samp({})", Aggregate.RATE: "avg({})",
}  # fmt: skip
_WEEKDAYS: Final = "['Mon', 'Tue', 'Wed', 'Thur', 'Fri', 'Sat', 'Sun']"
_MONTHS: Final = "['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']"
_GRAINS: Final = {
    Grain.DAY: "strftime({}, '%Y-%m-%d')",
    Grain.WEEK: "date_trunc('week', {})",
    Grain.MONTH: "strftime({}, '%Y-%m')",
    Grain.QUARTER: "year({0}) || '-Q' || quarter({0})",
    Grain.YEAR: "year({})",
    Grain.WEEKDAY: f"{_WEEKDAYS}[isodow({{}})]",
    Grain.MONTH_OF_YEAR: f"{_MONTHS}[month({{}})]",
    Grain.HOUR: "hour({})",
}
_PARTS: Final = {
    Grain.YEAR: "year({})",
    Grain.MONTH_OF_YEAR: "month({})",
    Grain.WEEKDAY: "(isodow({}) - 1)",
    Grain.QUARTER: "quarter({})",
}


def query(intent: Intent, profile: Profile) -> str:
    """All groups with their measures, or the number of rows that are shown; empty where SQL is not tried."""
    lower = [one.name.casefold() for one in profile.columns]
    if len(set(lower)) < len(lower) or intent.part or (intent.shape is Shape.ROWS and intent.unique):
        return ""
    if intent.shape is Shape.GROUPS:
        return "\n".join(_groups(intent, profile))
    if intent.shape is Shape.ROWS:
        return "\n".join(["select count(*) as n", "from df", *_where(intent, profile, ())])
    return "\n".join(_spread(intent, profile)) if intent.columns else ""


def _spread(intent: Intent, profile: Profile) -> list[str]:
    where, cells = _where(intent, profile, ()), [_cell(name, profile) for name in intent.columns]
    if intent.shape is Shape.CORRELATION:
        return spreads.correlations(cells, where)
    if intent.keys or str(intent.chart) == "box":
        return spreads.statistics(cells[0], _cell(intent.keys[0].column, profile) if intent.keys else "", where)
    return spreads.histogram(cells[0], where)


def _groups(intent: Intent, profile: Profile) -> list[str]:
    keys, measures = names(intent)
    made = [f"{_key(key, profile)} as {_name(name)}" for key, name in zip(intent.keys, keys, strict=True)]
    made += [f"{_measure(one, profile)} as {_name(name)}" for one, name in zip(intent.measures, measures, strict=True)]
    if intent.worked and not keys:
        made.append(f"{_worked(intent.worked, [_measure(one, profile) for one in intent.measures])} as worked")
    needed = () if _keeps_missing(intent) else tuple(key.column for key in intent.keys)
    lines = ["select " + ", ".join(made), "from df", *_where(intent, profile, needed)]
    lines += ["group by " + ", ".join(str(at + 1) for at in range(len(keys)))] if keys else []
    return lines + ([f"having {_having(intent.having, measures)}"] if intent.having and keys else [])


def _worked(worked: Worked, sides: Sequence[str]) -> str:
    first, second = (f"({side})" for side in sides)
    return (
        f"{first} / nullif({second}, 0)"
        if worked is Worked.DIVIDED
        else f"{first} {'+' if worked is Worked.PLUS else '-'} {second}"
    )


def _keeps_missing(intent: Intent) -> bool:
    """Rows without a key are a group, unless the first few or a line in time is asked for."""
    return intent.limit is None and not any(key.grain for key in intent.keys)


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, int | float) else "'" + value.replace("'", "''") + "'"


def _cell(column: str, profile: Profile) -> str:
    found = profile.column(column)
    has_nan = found is not None and found.kind is Kind.DECIMAL
    return f"nullif({_name(column)}, 'nan'::double)" if has_nan else _name(column)


def _key(key: Key, profile: Profile) -> str:
    if key.grain is None:
        return _cell(key.column, profile)
    return _GRAINS[key.grain].format(f"{_name(key.column)}::timestamp")


def _measure(measure: Measure, profile: Profile) -> str:
    if measure.column is None:
        return "count(*)"
    cell = _cell(measure.column, profile)
    found = profile.column(measure.column)
    if measure.times is not None:
        cell = f"{cell} * {_cell(measure.times, profile)}"
    elif measure.aggregate is Aggregate.RATE and found is not None and (values := yes_and_no(found)):
        yes, no = (_text(one) for one in values)
        cell = f"case {cell} when {yes} then 100.0 when {no} then 0.0 end"
    elif found is not None and found.kind is Kind.BOOLEAN and measure.aggregate not in _COUNTS:
        cell = f"{cell}::integer"
    return _FUNCTIONS[measure.aggregate].format(cell)


_COUNTS: Final = (Aggregate.COUNT, Aggregate.DISTINCT)


def _having(having: Having, measures: Sequence[str]) -> str:
    name = _name(measures[having.measure])
    if having.op is Op.BETWEEN:
        return f"{name} between {having.values[0]!r} and {having.values[1]!r}"
    return f"{name} {having.op.value} {having.values[0]!r}"


def _where(intent: Intent, profile: Profile, needed: Sequence[str]) -> list[str]:
    parts = ["(" + " or ".join(_condition(one, profile) for one in any_of) + ")" for any_of in intent.where]
    parts += [f"{_cell(one, profile)} is not null" for one in needed]
    return ["where " + "\n  and ".join(parts)] if parts else []


def _condition(one: Condition, profile: Profile) -> str:
    found, cell = profile.column(one.column), _cell(one.column, profile)
    if one.op in (Op.MISSING, Op.PRESENT):
        return f"{cell} is {'not ' if one.op is Op.PRESENT else ''}null"
    if one.op in (Op.FAR, Op.HIGH, Op.LOW):
        return _of_all(one.op, cell)
    if found is not None and found.kind.is_date:
        stamp = f"{_name(one.column)}::timestamp"
        cell = _PARTS[one.part].format(stamp) if one.part is not None else f"{stamp}::date"
        return _compared(one, cell, "" if one.part is not None else "::date")
    if one.op in _INSIDE:
        inside = _INSIDE[one.op].format(f"lower({cell}::varchar)", f"lower({_text(str(one.values[0]))})")
        return f"not coalesce({inside}, false)" if one.op is Op.LACKS else inside
    return _compared(one, cell, "")


def _of_all(op: Op, cell: str) -> str:
    """A test against all values of the column."""
    if op is not Op.FAR:
        return f"{cell} {'>' if op is Op.HIGH else '<'} (select avg({cell}) from df)"
    ends = [
        f"(select 2.5 * quantile_cont({cell}, {a}) - 1.5 * quantile_cont({cell}, {b}) from df)"
        for a, b in ((0.25, 0.75), (0.75, 0.25))
    ]
    return f"({cell} < {ends[0]} or {cell} > {ends[1]})"


_INSIDE: Final = {
    Op.CONTAINS: "contains({}, {})", Op.LACKS: "contains({}, {})", Op.STARTS: "starts_with({}, {})",
    Op.ENDS: "ends_with({}, {})",
}  # fmt: skip


def _compared(one: Condition, cell: str, cast: str) -> str:
    values = [_text(value) + cast for value in one.values]
    if one.op is Op.BETWEEN:
        return f"{cell} between {values[0]} and {values[1]}"
    if one.op in (Op.IN, Op.NOT_IN):
        return f"{cell} {one.op.value} ({', '.join(values)})"
    return f"{cell} {one.op.value} {values[0]}"
