"""From an intent to pandas and Plotly code, as a person would write it.

Column names and values come from files: they enter the code through `repr` only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services.assistant.builtin.agreement import SECOND
from services.assistant.builtin.grammar.grouping import is_time
from services.assistant.builtin.intent import (
    Aggregate,
    Grain,
    Having,
    Intent,
    Measure,
    Op,
    Shape,
    Sort,
)
from services.assistant.builtin.language.resolve import yes_and_no
from services.assistant.builtin.records import code
from services.assistant.builtin.writing import comparing, figures
from services.assistant.builtin.writing.conditions import mask
from services.assistant.builtin.writing.grains import dates_as_text, grain_code
from services.assistant.builtin.writing.naming import SHARE, TIED, names
from services.assistant.builtin.writing.queries import query
from services.domain import Profile

_FUNCTIONS: Final = {
    Aggregate.COUNT: "count", Aggregate.DISTINCT: "nunique", Aggregate.SUM: "sum", Aggregate.MEAN: "mean",
    Aggregate.MEDIAN: "median", Aggregate.MIN: "min", Aggregate.MAX: "max", Aggregate.STD: "std",
    Aggregate.RATE: "mean",
}  # fmt: skip
_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thur", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ORDERS: Final = {Grain.WEEKDAY: _WEEKDAYS, Grain.MONTH_OF_YEAR: _MONTHS}
_PLURALS: Final = {Grain.WEEKDAY: "weekdays", Grain.MONTH_OF_YEAR: "months"}


def compose(intent: Intent, profile: Profile, twice: bool = True) -> str:
    """The code that assigns `result`; `twice`: with the same worked out by SQL as well, where that is possible."""
    if intent.pick is not None:
        return code.write(intent.pick, profile)
    second = query(intent, profile) if twice else ""
    writers = {
        Shape.GROUPS: _groups,
        Shape.ROWS: _rows,
        Shape.DISTRIBUTION: _distribution,
        Shape.CORRELATION: _correlation,
    }
    lines = [*_filter(intent, profile), *writers[intent.shape](intent, profile)]
    lines = _beside(lines, second) if second else lines
    imports = [line for word, line in _IMPORTS if any(word in one for one in lines)]
    return "\n".join([*imports, "", *lines] if imports else lines) + "\n"


_IMPORTS: Final = (
    ("np.", "import numpy as np"),
    ("pd.", "import pandas as pd"),
    ("px.", "import plotly.express as px"),
)


def _beside(lines: Sequence[str], second: str) -> list[str]:
    """The lines with what SQL gives as one more output, which serves the review."""
    last = next(at for at in reversed(range(len(lines))) if lines[at].startswith("result = "))
    given = lines[last].removeprefix("result = ")
    if not given.startswith("{"):
        lines = [*lines[:last], f'result = {{"{"table" if given == "table" else "number"}": {given}}}']
    plain = "\\" not in second and '"""' not in second
    text = f'"""\n{second}\n"""' if plain else repr(second)
    return [*lines, "", "# The same by SQL: the two must agree.", f"result[{SECOND!r}] = sql({text})"]


def _filter(intent: Intent, profile: Profile) -> list[str]:
    """The rows that count, as the variable `rows`; nothing when all count."""
    if not intent.where:
        return []
    parts = [mask(any_of, profile) for any_of in intent.where]
    if len(parts) == 1:
        return [f"rows = df[{parts[0]}]"]
    return ["rows = df[", *(f"    {'' if at == 0 else '& '}({part})" for at, part in enumerate(parts)), "]"]


def _source(intent: Intent) -> str:
    return "rows" if intent.where else "df"


def _groups(intent: Intent, profile: Profile) -> list[str]:
    if intent.part:
        return _part(intent, profile)
    if not intent.keys:
        return _scalars(intent, profile)
    keys, measures = names(intent)
    source, prepared = _with_grains(intent, profile, keys)
    lines = [*prepared, *_table(intent, profile, source, keys, measures)]
    return [*lines, *_result(intent, profile, keys, measures)]


def _part(intent: Intent, profile: Profile) -> list[str]:
    """The share of the measure that falls on some of the rows, as a percentage with both its numbers."""
    source, measure = _source(intent), intent.measures[0]
    lines = [f"chosen = {source}[{mask(intent.part, profile, source)}]"]
    lines += [f"part, whole = {_scalar(measure, 'chosen', profile)}, {_scalar(measure, source, profile)}"]
    lines += ["share = round(100 * part / whole, 2) if whole else None"]
    lines += ['table = pd.DataFrame({"part": [part], "whole": [whole]})']
    return [*lines, _outputs(**{SHARE: "share", "table": "table"})]


def _scalars(intent: Intent, profile: Profile) -> list[str]:
    """One number, or one for each measure by name."""
    _, labels = names(intent)
    values = [_scalar(measure, _source(intent), profile) for measure in intent.measures]
    if len(values) == 1:
        return [f"result = {values[0]}"]
    if intent.worked:
        return comparing.worked_code(intent.worked, values, labels)
    return ["result = {", *(f"    {label!r}: {value}," for label, value in zip(labels, values, strict=True)), "}"]


def _scalar(measure: Measure, source: str, profile: Profile) -> str:
    if measure.column is None:
        return f"len({source})"
    if computed := _computed(measure, source, profile):
        return f"{computed}.{_FUNCTIONS[measure.aggregate]}()"
    return f"{source}[{measure.column!r}].{_FUNCTIONS[measure.aggregate]}()"


def _with_grains(intent: Intent, profile: Profile, keys: Sequence[str]) -> tuple[str, list[str]]:
    """The table that holds a column for each key and each measure that is computed, and the lines that make it."""
    source = _source(intent)
    made = {name: grain_code(key, source, profile) for key, name in zip(intent.keys, keys, strict=True) if key.grain}
    made |= {
        name: code
        for measure, name in zip(intent.measures, names(intent)[1], strict=True)
        if (code := _computed(measure, source, profile))
    }
    if not made:
        return source, []
    simple = all(name.isidentifier() for name in made)
    arguments = [f"{name}={code}" if simple else f"{name!r}: {code}" for name, code in made.items()]
    inner = ", ".join(arguments) if simple else f"**{{{', '.join(arguments)}}}"
    orders = [f"{_PLURALS[key.grain]} = {list(_ORDERS[key.grain])!r}" for key in intent.keys if key.grain in _ORDERS]
    name = "dated" if any(key.grain for key in intent.keys) else "measured"
    return name, [*orders, f"{name} = {source}.assign({inner})"]


def _computed(measure: Measure, source: str, profile: Profile) -> str:
    """The code of a measured column that is not in the table; empty for one that is."""
    cell = f"{source}[{measure.column!r}]"
    if measure.times is not None:
        product = f"{cell} * {source}[{measure.times!r}]"
        return f"({product})"
    found = profile.column(measure.column or "")
    values = yes_and_no(found) if found is not None and measure.aggregate is Aggregate.RATE else None
    return f"{cell}.map({{{values[0]!r}: 100.0, {values[1]!r}: 0.0}})" if values else ""


def _table(intent: Intent, profile: Profile, source: str, keys: Sequence[str], measures: Sequence[str]) -> list[str]:
    """The groups in order, as the variable `table`."""
    by = repr(keys[0]) if len(keys) == 1 else repr(list(keys))
    links = [f"{source}.groupby({by}{_missing_groups(intent, profile)}, as_index=False)"]
    links += [_aggregation(intent, keys, measures), *dates_as_text(intent, keys)]
    sort = order_of(intent, profile)
    target = _sort_target(intent, sort, keys, measures)
    by_names = [target] if sort.by == "measure" else [target, *(name for name in keys if name != target)]
    order = _sort_values(by_names, sort.descending)
    head = f".head({intent.limit})" if intent.limit is not None else ""
    if intent.best:
        return [
            *_chained("ranking", [*links, order]),
            *_extras(intent, "ranking", measures),
            *_best(intent, target, sort),
        ]
    if repeating := _repeating(intent, keys, target):
        text = f"table[{target!r}] = table[{target!r}].astype(str)"
        return [
            *_chained("table", links),
            *_extras(intent, "table", measures),
            repeating,
            f"table = table{order}{head}",
            text,
        ]
    if intent.share or intent.having:
        made = [*_chained("table", links), *_extras(intent, "table", measures)]
        return [*made, f"ranking = table{order}", *_first(intent, target)] if head else [*made, f"table = table{order}"]
    if not head:
        return _chained("table", [*links, order])
    return [*_chained("ranking", [*links, order]), *_first(intent, target)]


def _first(intent: Intent, target: str) -> list[str]:
    """The first rows of the ranking, and how many rows behind them tie with the last one shown."""
    lines = [f"table = ranking.head({intent.limit})"]
    if _tied(intent):
        last = f"table[{target!r}].tail(1)"
        lines.append(f"tied = int(ranking.iloc[{intent.limit}:][{target!r}].isin({last}).sum())")
    return lines


def _sort_target(intent: Intent, sort: Sort, keys: Sequence[str], measures: Sequence[str]) -> str:
    """The name of the column that gives the order."""
    if sort.by != "column":
        return measures[0] if sort.by == "measure" else keys[0]
    return next((name for key, name in zip(intent.keys, keys, strict=True) if key.column == sort.column), keys[0])


def _extras(intent: Intent, table: str, measures: Sequence[str]) -> list[str]:
    """The share of each group, and the condition on groups."""
    lines = []
    if intent.share:
        value = f"{table}[{measures[0]!r}]"
        lines.append(f"{table}[{SHARE!r}] = (100 * {value} / {value}.sum()).round(2)")
    if intent.having:
        lines.append(f"{table} = {table}[{_having(intent.having, table, measures)}]")
    return lines


def _best(intent: Intent, target: str, sort: Sort) -> list[str]:
    """The winner with its ties, or the second with its own."""
    if intent.nth > 1:
        ranks = f"ranking[{target!r}].rank(method='dense', ascending={not sort.descending})"
        return [f"table = ranking[{ranks} == {intent.nth}]"]
    best = "max" if sort.descending else "min"
    return [f"table = ranking[ranking[{target!r}] == ranking[{target!r}].{best}()]"]


def _missing_groups(intent: Intent, profile: Profile) -> str:
    """Rows without a key are a group of their own, unless the question asks for the first few or for a line in time."""
    if intent.limit is not None or any(key.grain for key in intent.keys):
        return ""
    missing = any((found := profile.column(key.column)) is not None and found.missing for key in intent.keys)
    return ", dropna=False" if missing else ""


def _aggregation(intent: Intent, keys: Sequence[str], measures: Sequence[str]) -> str:
    if len(intent.measures) == 1 and intent.measures[0].column is None:
        return f".agg(**{{{measures[0]!r}: ({keys[0]!r}, 'size')}})"
    pairs = [
        f"{name!r}: ({_measured_column(one, name, keys[0])!r}, {_size_or(one)!r})"
        for one, name in zip(intent.measures, measures, strict=True)
    ]
    return f".agg(**{{{', '.join(pairs)}}})"


def _measured_column(measure: Measure, name: str, key: str) -> str:
    """The column that is aggregated: the measure's own, the one computed for it, or any when rows are counted."""
    if measure.column is None:
        return key
    return name if measure.times is not None or measure.aggregate is Aggregate.RATE else measure.column


def _size_or(measure: Measure) -> str:
    return "size" if measure.column is None else _FUNCTIONS[measure.aggregate]


def _having(having: Having, table: str, measures: Sequence[str]) -> str:
    name = measures[having.measure]
    value = [int(one) if one.is_integer() else one for one in having.values]
    if having.op is Op.BETWEEN:
        return f"{table}[{name!r}].between({value[0]!r}, {value[1]!r})"
    sign = "==" if having.op is Op.EQ else having.op.value
    return f"{table}[{name!r}] {sign} {value[0]!r}"


def order_of(intent: Intent, profile: Profile) -> Sort:
    """The order that was asked for, or the sensible one: time and numbers upwards, else the largest first."""
    if intent.sort is not None:
        return intent.sort
    first = intent.keys[0]
    found = profile.column(first.column)
    natural = first.grain is not None or is_time(first, found) or (found is not None and found.kind.is_number)
    return Sort(
        by="key" if natural or len(intent.keys) > 1 else "measure", descending=not natural and len(intent.keys) == 1
    )


def _sort_values(by: Sequence[str], descending: bool) -> str:
    """The call that sorts; only the first column may run downwards."""
    target = repr(by[0]) if len(by) == 1 else repr(list(by))
    ways = [False] + [True] * (len(by) - 1)
    direction = f", ascending={ways[0] if len(by) == 1 else ways!r}" if descending else ""
    return f".sort_values({target}{direction}, kind='stable', ignore_index=True)"


def _chained(name: str, links: Sequence[str]) -> list[str]:
    """One statement of calls, one a line; a single call stays on its line."""
    if len(links) > 1 and links[0].isidentifier():
        links = [links[0] + links[1], *links[2:]]
    if len(links) <= 2 and len("".join(links)) <= 90:
        return [f"{name} = {''.join(links)}"]
    return [f"{name} = (", *(f"    {link}" for link in links), ")"]


def _repeating(intent: Intent, keys: Sequence[str], target: str) -> str:
    """The line that puts week days and months of the year into their own order."""
    for key, name in zip(intent.keys, keys, strict=True):
        if key.grain in _ORDERS and name == target:
            return f"table[{name!r}] = pd.Categorical(table[{name!r}], {_PLURALS[key.grain]}, ordered=True)"
    return ""


def _result(intent: Intent, profile: Profile, keys: Sequence[str], measures: Sequence[str]) -> list[str]:
    focus, outputs = [], {"number": "len(table)"} if intent.tally else {}
    if intent.contrast:
        name = str(intent.contrast)
        return [*comparing.contrast_code(intent, keys[0], measures[0]), _outputs(**{name: name}, table="table")]
    if intent.change:
        focus, measures = [comparing.change_code(intent, measures[0])], (intent.change.value,)
    figure = figures.of_groups(intent, profile, keys, measures)
    if intent.focus is not None:
        focus = [f"share = float(table.loc[table[{keys[0]!r}] == {intent.focus!r}, {SHARE!r}].sum())"]
        outputs = {SHARE: "share"}
    if intent.pivot and len(keys) == 2:
        wide = f"wide = table.pivot(index={keys[0]!r}, columns={keys[1]!r}, values={measures[0]!r})"
        lines = [
            f"{wide}.rename_axis(columns=None).reset_index()",
            "wide.columns = [str(name) for name in wide.columns]",
        ]
        return [*lines, *figure, _outputs(_long="table", table="wide", chart="figure" if figure else "")]
    return [*focus, *figure, _outputs(**outputs, table="table", chart="figure" if figure else "", **_tied(intent))]


def _tied(intent: Intent) -> dict[str, str]:
    """The number of rows that tie with the last one shown, for the sentence only."""
    ranked = intent.limit is not None and not intent.best and intent.sort is not None and intent.sort.by != "key"
    return {TIED: "tied"} if ranked else {}


def _outputs(**outputs: str) -> str:
    """The last line: a table alone, or everything by name."""
    given = {name: code for name, code in outputs.items() if code}
    if list(given) == ["table"]:
        return f"result = {given['table']}"
    return "result = {" + ", ".join(f'"{name}": {code}' for name, code in given.items()) + "}"


def _rows(intent: Intent, profile: Profile) -> list[str]:
    columns, sort = list(intent.columns), intent.sort
    hidden = [sort.column] if sort and sort.column and sort.column not in columns else []
    whole = columns == [one.name for one in profile.columns]
    links = [_source(intent) + ("" if whole else f"[{[*columns, *hidden]!r}]")]
    links += [".drop_duplicates()"] if intent.unique else []
    links += [_sort_values([sort.column], sort.descending)] if sort and sort.column else []
    figure = figures.of_rows(intent, profile)
    ordered = sort is not None and bool(sort.column)
    if intent.limit is None:
        return [*_chained("table", links), *figure, _outputs(table="table", chart="figure" if figure else "")]
    if not ordered or sort is None:
        lines = _chained("table", [*links, f".head({intent.limit})"])
        return [*lines, *figure, _outputs(table="table", chart="figure" if figure else "")]
    first = _best(intent, sort.column, sort) if intent.best else _first(intent, sort.column)
    shown = _outputs(table="table", chart="figure" if figure else "", **_tied(intent))
    return [*_chained("ranking", links), *first, *figure, shown]


def _distribution(intent: Intent, profile: Profile) -> list[str]:
    source, column = _source(intent), intent.columns[0]
    if intent.keys:
        key = intent.keys[0].column
        table = [f"table = {source}.groupby({key!r})[{column!r}].describe().reset_index()"]
        return [*table, *figures.of_boxes(intent, profile, source), 'result = {"table": table, "chart": figure}']
    if str(intent.chart) == "box":
        table = [f'table = {source}[{column!r}].describe().rename_axis("statistic").reset_index(name={column!r})']
        return [*table, *figures.of_boxes(intent, profile, source), 'result = {"table": table, "chart": figure}']
    lines = [
        f"values = {source}[{column!r}].dropna()",
        "counts, edges = np.histogram(values, bins=20)",
        'table = pd.DataFrame({"from": edges[:-1], "to": edges[1:], "count": counts})',
    ]
    return [*lines, *figures.of_histogram(intent), 'result = {"table": table, "chart": figure}']


def _correlation(intent: Intent, profile: Profile) -> list[str]:
    source, columns = _source(intent), list(intent.columns)
    if len(columns) > 2 or str(intent.chart) == "heatmap":
        lines = [f"table = {source}[{columns!r}].corr().round(3)"]
        return [
            *lines,
            *figures.of_matrix(),
            'result = {"table": table.rename_axis("column").reset_index(), "chart": figure}',
        ]
    first, second = columns[0], columns[1]
    shown = [*columns, *(key.column for key in intent.keys)]
    lines = [f"table = {source}[{shown!r}]", f"correlation = table[{first!r}].corr(table[{second!r}])"]
    return [
        *lines,
        *figures.of_scatter(intent, profile),
        'result = {"correlation": correlation, "table": table, "chart": figure}',
    ]
