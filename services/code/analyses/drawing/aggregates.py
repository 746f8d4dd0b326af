"""Charts of a measure for each group: bars, lines, areas, heat maps."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, Final

from services.code.analyses.drawing.plan import Drawing, Type, code, grouped, ordered, roles, title

BARS: Final = {"bar": "relative", "grouped bar": "group", "stacked bar": "relative", "share bar": "relative"}


def bar(drawing: Drawing, name: str) -> str:
    given = roles(x=drawing.x, y=drawing.value, color=drawing.color, facet_col=drawing.facet)
    lines = [*grouped(drawing, (drawing.x, drawing.color, drawing.facet)), *ordered(drawing)]
    value = drawing.value
    if name == "share bar":
        whole = f'data.groupby({drawing.x!r}, observed=True, dropna=False)[{value!r}].transform("sum")'
        lines.append(f'data["share"] = data[{value!r}] / {whole}')
        given = roles(x=drawing.x, y="share", color=drawing.color, facet_col=drawing.facet)
    lines.append(f"chart = px.bar(data, {given}, barmode={BARS[name]!r}, title={title(drawing)!r})")
    if name == "share bar":
        lines.append('chart.update_yaxes(tickformat=".0%", range=[0, 1])')
    return code(drawing, lines)


def row_bar(drawing: Drawing) -> str:
    """Lying bars, the largest on top: for long names."""
    lines = [*grouped(drawing, (drawing.x, drawing.color)), *ordered(drawing)]
    given = roles(y=drawing.x, x=drawing.value, color=drawing.color)
    lines += [
        f'chart = px.bar(data, {given}, orientation="h", title={title(drawing)!r})',
        'chart.update_yaxes(autorange="reversed")',
    ]
    return code(drawing, lines)


def line(drawing: Drawing, name: str) -> str:
    drawing = replace(drawing, is_along=True)
    given = roles(x=drawing.x, y=drawing.value, color=drawing.color, facet_col=drawing.facet)
    more = ', markers=True, render_mode="svg"' if name == "line" else ""
    return code(
        drawing,
        [
            *grouped(drawing, (drawing.x, drawing.color, drawing.facet)),
            f"data = data.dropna(subset=[{drawing.x!r}]).sort_values({drawing.x!r})",
            f"chart = px.{name}(data, {given}, title={title(drawing)!r}{more})",
        ],
    )


def heatmap(drawing: Drawing) -> str:
    keys = (drawing.x, drawing.color)
    return code(
        drawing,
        [
            *grouped(drawing, keys),
            f"wide = data.pivot(index={drawing.color!r}, columns={drawing.x!r}, values={drawing.value!r})",
            "wide.index, wide.columns = wide.index.astype(str), wide.columns.astype(str)",
            f'chart = px.imshow(wide, aspect="auto", labels={{"color": {drawing.value!r}}}, title={title(drawing)!r})',
        ],
    )


def pareto(drawing: Drawing) -> str:
    """Bars from high to low, and the running share of the whole."""
    value = drawing.value
    return code(
        drawing,
        [
            *grouped(drawing, (drawing.x,)),
            *ordered(drawing),
            f'data["running share"] = data[{value!r}].cumsum() / data[{value!r}].sum()',
            f"chart = px.bar(data, x={drawing.x!r}, y={value!r}, title={title(drawing)!r})",
            f'chart.add_scatter(x=data[{drawing.x!r}], y=data["running share"], name="running share", yaxis="y2")',
            'chart.update_layout(yaxis2={"overlaying": "y", "side": "right", "range": [0, 1.02], "dtick": 0.2,'
            ' "tickformat": ".0%", "showgrid": False}, legend={"orientation": "h", "y": 1.1})',
        ],
    )


def funnel(drawing: Drawing) -> str:
    value = drawing.value
    return code(
        drawing,
        [
            *grouped(drawing, (drawing.x,)),
            f"data = data.sort_values({value!r}, ascending=False)",
            f"chart = px.funnel(data, x={value!r}, y={drawing.x!r}, title={title(drawing)!r})",
            'chart.update_traces(texttemplate="%{x:.3~s}")',
        ],
    )


def waterfall(drawing: Drawing) -> str:
    """How each group adds to the whole."""
    value = drawing.value
    return code(
        drawing,
        [
            "import plotly.graph_objects as go",
            *grouped(drawing, (drawing.x,)),
            f"data = data.sort_values({drawing.x!r})" if drawing.period else f"data = data.sort_values({value!r})",
            f'names = [*data[{drawing.x!r}].astype(str), "Total"]',
            'kinds = ["relative"] * len(data) + ["total"]',
            f"chart = go.Figure(go.Waterfall(x=names, y=[*data[{value!r}], 0], measure=kinds))",
            f"chart.update_layout(title={title(drawing)!r})",
        ],
    )


def calendar(drawing: Drawing) -> str:
    """Weeks across, days of the week down."""
    drawing = replace(drawing, is_along=True)
    days = '["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]'
    value = drawing.value
    return code(
        drawing,
        [
            f"df = df.assign(**{{{drawing.x!r}: pd.to_datetime(df[{drawing.x!r}]).dt.normalize()}})",
            *grouped(drawing, (drawing.x,)),
            f"day = data[{drawing.x!r}]",
            'wide = data.assign(week=day.dt.to_period("W").dt.start_time, weekday=day.dt.day_of_week)'
            f'.pivot_table(index="weekday", columns="week", values={value!r}, aggfunc="sum").reindex(range(7))',
            f"wide.index = {days}",
            f'chart = px.imshow(wide, aspect="auto", labels={{"color": {value!r}}}, title={title(drawing)!r})',
        ],
    )


MEASURED: Final = ("y", "measure", "top", "where")
UP: Final[dict[str, Any]] = {"logs": "y", "line_axis": "y"}
BARS_UP: Final[dict[str, Any]] = {**UP, "paint": ("marker_color",)}
LINE: Final[dict[str, Any]] = {**UP, "paint": ("line_color", "marker_color")}
TYPES: Final = {
    "bar": Type("Bars", "Compare", partial(bar, name="bar"), ("x",), (*MEASURED, "facet", "period"), **BARS_UP),
    "lying bar": Type(
        "Lying bars",
        "Compare",
        row_bar,
        ("x",),
        MEASURED,
        "long names",
        logs="x",
        line_axis="x",
        paint=("marker_color",),
    ),
    "grouped bar": Type("Grouped bars", "Compare", partial(bar, name="grouped bar"), ("x", "color"), MEASURED, **UP),
    "stacked bar": Type(
        "Stacked bars", "Parts", partial(bar, name="stacked bar"), ("x", "color"), MEASURED, adds_up=True, **UP
    ),
    "share bar": Type("100 % bars", "Parts", partial(bar, name="share bar"), ("x", "color"), MEASURED, adds_up=True),
    "line": Type("Line", "Time", partial(line, name="line"), ("x",), (*MEASURED, "color", "facet", "period"), **LINE),
    "area": Type(
        "Area", "Time", partial(line, name="area"), ("x",), (*MEASURED, "color", "period"), adds_up=True, **LINE
    ),
    "heatmap": Type("Heat map", "Relate", heatmap, ("x", "color"), (*MEASURED, "period")),
    "pareto": Type("Pareto", "Compare", pareto, ("x",), MEASURED, adds_up=True, line_axis="y"),
    "funnel": Type("Funnel", "Parts", funnel, ("x",), MEASURED, adds_up=True, paint=("marker_color",)),
    "waterfall": Type("Waterfall", "Parts", waterfall, ("x",), (*MEASURED, "period"), adds_up=True, line_axis="y"),
    "calendar": Type("Calendar", "Time", calendar, ("x",), ("y", "measure", "where")),
    "small multiples": Type(
        "Small multiples", "Compare", partial(bar, name="bar"), ("x", "facet"), MEASURED, **BARS_UP
    ),
}
