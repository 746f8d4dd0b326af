"""The sentences that answer a question, made from what the run gave."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from sandbox.messages import RunResult, Table, Value
from services.assistant.builtin.intent import Aggregate, Grain, Intent, Shape
from services.assistant.builtin.writing import figures
from services.assistant.builtin.writing.naming import SHARE, names
from services.assistant.builtin.writing.numbers import number, rounded
from services.assistant.builtin.writing.phrasing import conditions, rows_word, said_key
from services.domain import Profile

Row = Mapping[str, Any]


def answer(intent: Intent, profile: Profile, result: RunResult) -> str:
    """One or two sentences, with the literal answer that was asked for at the end."""
    table = next((one for one in result.outputs if isinstance(one, Table)), None)
    values = [one for one in result.outputs if isinstance(one, Value)]
    rows = rows_of(table) if table is not None else []
    total = table.total_rows if table is not None else 0
    makers = {
        Shape.GROUPS: _groups,
        Shape.ROWS: _rows,
        Shape.DISTRIBUTION: _distribution,
        Shape.CORRELATION: _correlation,
    }
    text = makers[intent.shape](intent, profile, rows, total, values)
    return " ".join(part for part in (text, _literal(intent, rows, values)) if part)


def rows_of(table: Table) -> list[Row]:
    """The rows of an output as dictionaries."""
    with pa.ipc.open_stream(io.BytesIO(table.arrow)) as reader:
        found: list[Row] = reader.read_all().to_pylist()
    return found


def caveats(intent: Intent, profile: Profile, result: RunResult) -> tuple[str, ...]:
    """What to keep in mind: what was taken for granted, rows left out, a cut chart."""
    notes = list(intent.assumed)
    if any(key.grain for key in intent.keys) or intent.limit is not None:
        notes += [
            f"Rows without “{found.name}” are left out: {number(found.missing)}."
            for key in intent.keys
            if (found := profile.column(key.column)) and found.missing
        ]
    for measure in intent.measures:
        found = profile.column(measure.column) if measure.column else None
        if found is not None and found.missing and measure.aggregate is not Aggregate.DISTINCT and not intent.where:
            notes.append(
                f"{number(found.missing)} of {number(profile.rows)} rows have no “{found.name}” and are not part of it."
            )
    if figures.is_cut(intent, profile) and _rows_in(result) > figures.BARS:
        notes.append(f"The chart shows the first {figures.BARS} of {number(_rows_in(result))}; the table has them all.")
    return tuple(dict.fromkeys(notes))


def _rows_in(result: RunResult) -> int:
    return next((one.total_rows for one in result.outputs if isinstance(one, Table)), 0)


def _where(intent: Intent) -> str:
    return f" where {conditions(intent)}" if intent.where else ""


def _groups(intent: Intent, profile: Profile, rows: Sequence[Row], total: int, values: Sequence[Value]) -> str:
    if not intent.keys:
        return _scalars(intent, profile, values)
    if not rows:
        return f"No rows fit{_where(intent)}."
    keys, measures = names(intent)
    if intent.best:
        return _winner(intent, rows, keys, measures)
    if intent.share:
        return _share(intent, rows, keys, measures)
    if (
        intent.keys[0].grain is not None
        and intent.keys[0].grain not in (Grain.WEEKDAY, Grain.MONTH_OF_YEAR)
        and len(keys) == 1
    ):
        return _trend(intent, rows, keys[0], measures[0], total)
    return _extremes(intent, rows, keys, measures, total)


def _scalars(intent: Intent, profile: Profile, values: Sequence[Value]) -> str:
    if len(intent.measures) == 1:
        return _scalar(intent, profile, values[0].value if values else None)
    found = _named(values)
    _, labels = names(intent)
    said = [f"{label} is {number(found.get(label))}" for label in labels]
    return _sentence(" and the ".join(["The " + said[0], *said[1:]]) + _where(intent) + ".")


def _named(values: Sequence[Value]) -> dict[str, Any]:
    if len(values) == 1 and isinstance(values[0].value, dict):
        return dict(values[0].value)
    return {one.name: one.value for one in values}


def _scalar(intent: Intent, profile: Profile, value: Any) -> str:
    measure = intent.measures[0]
    if measure.column is None:
        of_all = f" of {number(profile.rows)}" if intent.where else ""
        if not intent.where:
            return (
                f"There are {number(value)} {rows_word(intent, value)}."
                if value != 1
                else f"There is 1 {rows_word(intent, 1)}."
            )
        return f"{number(value)}{of_all} {rows_word(intent, 2 if of_all else value)} fit{_where(intent)}."
    if value is None or value != value:
        return f"There is no {names(intent)[1][0]}{_where(intent)}: no row has a value."
    if measure.aggregate is Aggregate.DISTINCT:
        return f"There are {number(value)} different values of {measure.column}{_where(intent)}."
    if measure.aggregate is Aggregate.COUNT:
        return f"{number(value)} rows have a {measure.column}{_where(intent)}."
    return f"The {names(intent)[1][0]}{_where(intent)} is {_cell(value)}."


def _cell(value: Any) -> str:
    """A value of a table as text."""
    if value is None or value != value:
        return "(missing)"
    text = value.isoformat() if hasattr(value, "isoformat") else number(value)
    return text.removesuffix("T00:00:00")


def _label(intent: Intent, row: Row, keys: Sequence[str]) -> str:
    """What a group is called; integer years are not separated."""
    cells = [row[name] for name in keys]
    said = [str(cell) if isinstance(cell, int) and not isinstance(cell, bool) else _cell(cell) for cell in cells]
    return " / ".join(said)


def _winner(intent: Intent, rows: Sequence[Row], keys: Sequence[str], measures: Sequence[str]) -> str:
    high = intent.sort is None or intent.sort.descending
    labels = [_label(intent, row, keys) for row in rows]
    listed = _listed(labels)
    verb = "have" if len(rows) > 1 else "has"
    what = "rows" if intent.measures[0].column is None else f"{measures[0]}"
    value = _cell(rows[0][measures[0]])
    if intent.measures[0].column is None:
        return f"{listed} {verb} the {'most' if high else 'fewest'} {rows_word(intent, 2) if what == 'rows' else what}{_where(intent)}: {value}."
    return f"{listed} {verb} the {'highest' if high else 'lowest'} {what}{_where(intent)}: {value}."


def _listed(labels: Sequence[str]) -> str:
    if len(labels) > 4:
        return f"{', '.join(labels[:3])} and {len(labels) - 3} more"
    return labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} and {labels[-1]}"


def _share(intent: Intent, rows: Sequence[Row], keys: Sequence[str], measures: Sequence[str]) -> str:
    known = [row for row in rows if isinstance(row.get(SHARE), int | float)]
    if not known:
        return f"There are {number(len(rows))} groups."
    asked = next((row for row in known if intent.focus is not None and row[keys[0]] == intent.focus), None)
    if asked is not None:
        what = rows_word(intent, 2) if intent.measures[0].column is None else measures[0]
        return f"{_label(intent, asked, keys)} has {number(asked[SHARE])} % of {what}{_where(intent)}: {_cell(asked[measures[0]])}."
    known = [row for row in known if all(row[key] is not None for key in keys)] or known
    first = max(known, key=lambda row: row[SHARE])
    last = min(known, key=lambda row: row[SHARE])
    what = rows_word(intent, 2) if intent.measures[0].column is None else measures[0]
    text = f"{_label(intent, first, keys)} has the largest share of {what}{_where(intent)}, {number(first[SHARE])} %"
    return text + (f"; {_label(intent, last, keys)} the smallest, {number(last[SHARE])} %." if len(known) > 1 else ".")


def _trend(intent: Intent, rows: Sequence[Row], key: str, measure: str, total: int) -> str:
    ordered = sorted(
        (row for row in rows if row[key] is not None and row[measure] is not None), key=lambda row: str(row[key])
    )
    if not ordered:
        return "No row has both a date and a value."
    first, last = ordered[0], ordered[-1]
    what = rows_word(intent, 2) if intent.measures[0].column is None else measure
    what = "number of " + what if intent.measures[0].column is None else what
    if first is last:
        return _sentence(f"{what} in {_label(intent, first, [key])}{_where(intent)}: {_cell(first[measure])}.")
    peak = max(ordered, key=lambda row: row[measure])
    span = f"from {_cell(first[measure])} in {_label(intent, first, [key])} to {_cell(last[measure])} in {_label(intent, last, [key])}"
    top = f"the peak was {_cell(peak[measure])} in {_label(intent, peak, [key])}"
    return f"The {what}{_where(intent)} went {span}; {top} ({number(total)} {_grain_word(intent)})."


def _grain_word(intent: Intent) -> str:
    grain = intent.keys[0].grain
    return f"{grain.value}s" if grain else "groups"


def _extremes(intent: Intent, rows: Sequence[Row], keys: Sequence[str], measures: Sequence[str], total: int) -> str:
    name, measure = measures[0], intent.measures[0]
    known = [row for row in rows if isinstance(row[name], int | float) and row[name] == row[name]]
    known = [row for row in known if all(row[key] is not None for key in keys)] or known
    if not known:
        return f"There are {number(total)} groups{_where(intent)}."
    first, last = max(known, key=lambda row: row[name]), min(known, key=lambda row: row[name])
    if len(known) == 1:
        return f"{_label(intent, first, keys)} is the only group{_where(intent)}: {name} {_cell(first[name])}."
    if first[name] == last[name]:
        return f"All {number(total)} groups have the same {name}{_where(intent)}, {_cell(first[name])}."
    if measure.column is None:
        text = f"{_label(intent, first, keys)} has the most {rows_word(intent, 2)}{_where(intent)}, {_cell(first[name])}; {_label(intent, last, keys)} the fewest, {_cell(last[name])}"
    else:
        text = f"{_label(intent, first, keys)} has the highest {name}{_where(intent)}, {_cell(first[name])}; {_label(intent, last, keys)} the lowest, {_cell(last[name])}"
    return f"{text} ({number(total)} groups{' shown' if intent.limit else ''})."


def _rows(intent: Intent, profile: Profile, rows: Sequence[Row], total: int, values: Sequence[Value]) -> str:
    if not total:
        return f"No rows fit{_where(intent)}."
    if intent.best and intent.sort:
        way = "highest" if intent.sort.descending else "lowest"
        label = [name for name in intent.columns if name != intent.sort.column]
        who = _listed([_label(intent, row, label[:1]) for row in rows]) if label else f"The {way} {intent.sort.column}"
        text = (
            f"{who} {'have' if len(rows) > 1 else 'has'} the {way} {intent.sort.column}{_where(intent)}: "
            if label
            else f"{who} is "
        )
        return text + f"{_cell(rows[0][intent.sort.column])}."
    if total == 1 and len(intent.columns) <= 4:
        return _sentence(
            "; ".join(f"{name} is {_cell(rows[0][name])}" for name in intent.columns if name in rows[0])
            + f"{_where(intent)}."
        )
    what = f"{number(total)} rows fit{_where(intent)}" if intent.where else f"{number(total)} rows"
    ordered = (
        f", ordered by {intent.sort.column}, {'highest' if intent.sort.descending else 'lowest'} first"
        if intent.sort and intent.sort.column
        else ""
    )
    return f"{what}{ordered}."


def _distribution(intent: Intent, profile: Profile, rows: Sequence[Row], total: int, values: Sequence[Value]) -> str:
    column = intent.columns[0]
    if intent.keys or not rows or "from" not in rows[0]:
        return (
            f"Here is how {column} is spread{' by ' + said_key(intent.keys[0]) if intent.keys else ''}{_where(intent)}."
        )
    fullest = max(rows, key=lambda row: row["count"])
    low, high = rows[0]["from"], rows[-1]["to"]
    counted = sum(row["count"] for row in rows)
    return (
        f"{column} runs from {number(low)} to {number(high)}{_where(intent)}; most of the {number(counted)} values "
        f"lie around {number(fullest['from'])} to {number(fullest['to'])} ({number(fullest['count'])})."
    )


def _correlation(intent: Intent, profile: Profile, rows: Sequence[Row], total: int, values: Sequence[Value]) -> str:
    if len(intent.columns) != 2:
        return (
            f"Here is how {len(intent.columns)} number columns move together: 1 is in step, −1 opposite, 0 not at all."
        )
    found = next((one.value for one in values if isinstance(one.value, int | float)), None)
    first, second = intent.columns
    if found is None or found != found:
        return f"There is no correlation of {first} and {second}: one of them does not vary."
    size = abs(found)
    strength = "strong" if size >= 0.7 else "moderate" if size >= 0.4 else "weak" if size >= 0.1 else "practically no"
    way = "" if size < 0.1 else "positive " if found > 0 else "negative "
    return f"The correlation of {first} and {second}{_where(intent)} is {found:.2f}: a {strength} {way}relationship.".replace(
        "a practically", "practically"
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _literal(intent: Intent, rows: Sequence[Row], values: Sequence[Value]) -> str:
    """The answer in the literal form that was asked for, when it is one number or one cell."""
    if not intent.formats:
        return ""
    found: list[Any] = (
        list(_named(values).values()) if len(values) != 1 or isinstance(values[0].value, dict) else [values[0].value]
    )
    if not found and len(rows) == 1:
        found = list(rows[0].values())[-1:]
        if intent.best and len(rows[0]) == 2 and len(intent.formats) == 1:
            found = list(rows[0].values())[:1]
    if len(found) < len(intent.formats):
        return ""
    return " ".join(
        f"@{form.name}[{rounded(value, form.decimals)}]" for form, value in zip(intent.formats, found, strict=False)
    )
