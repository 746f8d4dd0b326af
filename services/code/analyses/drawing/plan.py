"""What every chart is written from, and the lines that many share."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from services.code.analyses.analysis import SEED

Measure = Literal["count", "sum", "mean", "median", "min", "max", "nunique"]
Period = Literal["year", "quarter", "month", "week", "day", "hour"]

WORDS: Final = {"nunique": "distinct", "mean": "average", "sum": "total"}
STARTS: Final = {"year": "Y", "quarter": "Q", "month": "M", "week": "W", "day": "D", "hour": "h"}
MOST_POINTS: Final = 5_000
"""Points drawn one by one; of more, a sample is drawn and said."""
Hue = Literal["red", "orange", "yellow", "green", "teal", "blue", "purple", "pink", "brown", "grey"]
HUES: Final[dict[str, str]] = {
    "red": "#dc2626",
    "orange": "#ea780c",
    "yellow": "#ca8a04",
    "green": "#16a34a",
    "teal": "#0d9488",
    "blue": "#2f7de1",
    "purple": "#9055e8",
    "pink": "#db4a94",
    "brown": "#a0683a",
    "grey": "#848892",
}
"""Colours that can be read on light and on dark."""


@dataclass(frozen=True)
class Words:
    """A few words on a chart: at a point, or, without a height, at a line from bottom to top."""

    text: str
    x: str | float
    y: float | None = None


@dataclass(frozen=True)
class Drawing:
    """The columns in their roles and how they are drawn; the fields of `Chart`."""

    x: str | None
    y: str | None
    color: str | None
    size: str | None
    facet: str | None
    path: tuple[str, ...]
    measure: Measure
    period: Period | None
    top: int | None
    bins: int | None
    descending: bool
    log_x: bool
    log_y: bool
    trend: bool
    lines: tuple[float, ...]
    masks: tuple[str, ...]
    title: str = ""
    """In place of the title that the chart would have."""
    notes: tuple[Words, ...] = ()
    paint: tuple[str, ...] = ()
    """The attributes of the marks that get `hue`."""
    hue: Hue | None = None
    line_axis: str = "y"
    is_along: bool = False
    """Whether x is an axis of time or numbers, not of names."""

    @property
    def value(self) -> str:
        """What the measure is called: "average price", "rows"."""
        if self.y is None:
            return "rows"
        return f"{WORDS.get(self.measure, self.measure)} {self.y}"


@dataclass(frozen=True)
class Type:
    """A type of chart: the roles that must be taken, those that may be, and what writes its code."""

    title: str
    group: str
    write: Callable[[Drawing], str]
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    why: str = ""
    """When it is a good choice."""
    adds_up: bool = False
    """Whether its pieces add up to a whole, so that totals are drawn and not averages."""
    logs: str = ""
    """The axes that may be logarithmic: "", "x", "y", "xy"."""
    line_axis: str = ""
    """The axis on which reference lines stand, where there may be some."""
    paint: tuple[str, ...] = ()
    """The attributes of its marks that hold their one colour; none where there are always several."""

    @property
    def hues(self) -> tuple[str, ...]:
        """The colours that all its marks may have together."""
        return tuple(HUES) if self.paint else ()


def code(drawing: Drawing, lines: Sequence[str], *, table: str = "data", says: bool = False) -> str:
    """The whole snippet: imports, rows, lines, and `result` with the table, the chart, and what `answer` says."""
    head = ["import pandas as pd", "import plotly.express as px", "", *rows(drawing)]
    parts = [*(['"answer": answer'] if says else []), *([f'"table": {table}'] if table else []), '"chart": chart']
    end = [*axes(drawing), f"result = {{{', '.join(parts)}}}"]
    return "\n".join([*head, *lines, *end]) + "\n"


def rows(drawing: Drawing) -> list[str]:
    """Lines that keep the rows that are drawn and bring dates to the start of their period."""
    lines = [f"df = df[{' & '.join(drawing.masks)}]"] if drawing.masks else []
    if drawing.period and drawing.x:
        start = f'pd.to_datetime(df[{drawing.x!r}]).dt.to_period("{STARTS[drawing.period]}").dt.start_time'
        lines.append(f"df = df.assign(**{{{drawing.x!r}: {start}}})")
    return lines


def grouped(drawing: Drawing, keys: Sequence[str | None]) -> list[str]:
    """Lines that make `data`: one row a group, with the measure."""
    names = list(dict.fromkeys(key for key in keys if key))
    lines = folded(drawing, names)
    group = f"df.groupby({names!r}, observed=True, dropna=False)"
    measured = f"{group}.size()" if drawing.y is None else f"{group}[{drawing.y!r}].agg({drawing.measure!r})"
    lines.append(f"data = {measured}.reset_index(name={drawing.value!r})")
    return lines + [
        f'data[{name!r}] = data[{name!r}].astype(object).fillna("(missing)")' for name in named(drawing, names)
    ]


def named(drawing: Drawing, names: Sequence[str]) -> list[str]:
    """The columns whose missing cells are a group of their own: not those along an axis of time or numbers."""
    return [name for name in names if not (name == drawing.x and (drawing.period or drawing.is_along))]


def folded(drawing: Drawing, names: Sequence[str]) -> list[str]:
    """Lines that keep the largest groups of the first column and add up the rest as “Other”."""
    if not drawing.top or not names:
        return []
    first = names[0]
    total = f"df.groupby({first!r}, observed=True)"
    total += ".size()" if drawing.y is None else f"[{drawing.y!r}].agg({drawing.measure!r})"
    return [
        f"largest = {total}.nlargest({drawing.top}).index",
        f'df = df.assign(**{{{first!r}: df[{first!r}].astype(str).where(df[{first!r}].isin(largest), "Other")}})',
    ]


def ordered(drawing: Drawing) -> list[str]:
    """Lines that sort `data` by the measure, dates and numbers by themselves."""
    if drawing.period:
        return [f"data = data.sort_values({drawing.x!r})"]
    lines = [f"data = data.sort_values({drawing.value!r}, ascending={not drawing.descending})"]
    if drawing.top:
        last = f'data[{drawing.x!r}] == "Other"'
        lines.append(f"data = pd.concat([data[~({last})], data[{last}]])")
    return lines


def sampled(columns: Sequence[str | None]) -> list[str]:
    """Lines that make `shown`: complete rows, at most so many that a browser draws them."""
    names = list(dict.fromkeys(name for name in columns if name))
    return [
        f"data = df[{names!r}].dropna()",
        f"shown = data if len(data) <= {MOST_POINTS} else data.sample({MOST_POINTS}, random_state={SEED})",
    ]


def said(sample: bool = True) -> list[str]:
    """Lines that say in the answer when a sample is drawn."""
    return ['answer = "" if len(shown) == len(data) else f"{len(shown):,} of {len(data):,} rows are drawn."'] * sample


def roles(**given: str | None) -> str:
    """Arguments for Plotly Express: those that are taken."""
    return ", ".join(f"{name}={column!r}" for name, column in given.items() if column)


def axes(drawing: Drawing) -> list[str]:
    """Lines that dress the chart: logarithmic axes, reference lines, notes, its colour and its title."""
    lines = ['chart.update_xaxes(type="log")'] if drawing.log_x else []
    lines += ['chart.update_yaxes(type="log")'] if drawing.log_y else []
    add = {"x": "add_vline(x", "y": "add_hline(y"}.get(drawing.line_axis, "")
    lines += [f'chart.{add}={value!r}, line_dash="dash", line_color="grey")' for value in drawing.lines if add]
    for note in drawing.notes:
        lines += _noted(note, drawing)
    if drawing.hue and drawing.paint and not drawing.color:
        given = ", ".join(f"{name}={HUES[drawing.hue]!r}" for name in drawing.paint)
        lines.append(f"chart.update_traces({given})")
    return lines + ([f"chart.update_layout(title={drawing.title!r})"] if drawing.title else [])


def _noted(note: Words, drawing: Drawing) -> list[str]:
    """Words with an arrow, or beside a dotted line from bottom to top. Arrows stand on logarithms by exponents."""
    across = _exponent(note.x) if drawing.log_x and isinstance(note.x, int | float) else note.x
    if note.y is None:
        line = f'x0={note.x!r}, x1={note.x!r}, y0=0, y1=1, yref="paper", line_dash="dot", line_color="grey"'
        words = f'x={across!r}, y=1, yref="paper", text={note.text!r}, showarrow=False, xanchor="left", xshift=4'
        return [f'chart.add_shape(type="line", {line})', f"chart.add_annotation({words})"]
    up = _exponent(note.y) if drawing.log_y else note.y
    return [f"chart.add_annotation(x={across!r}, y={up!r}, text={note.text!r}, arrowhead=2, arrowcolor='grey')"]


def _exponent(value: float) -> float:
    return math.log10(value) if value > 0 else value


def title(drawing: Drawing, what: str = "") -> str:
    """ "average price by region": what a chart is called."""
    by = [name for name in (drawing.x, drawing.color) if name]
    start = what or drawing.value
    return f"{start} by {' and '.join(by)}" if by else start
