"""The chart that fits an intent, as Plotly code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services.assistant.builtin.intent import Aggregate, Chart, Grain, Intent, Key, Shape
from services.domain import Profile, Semantic

BARS: Final = 30
"""Most bars or slices drawn; the table stays whole."""
SLICES: Final = 8
"""Most slices of a pie nobody asked for by name."""
POINTS: Final = 5_000
"""Most points drawn; beyond, a fixed random sample."""


def chart_of(intent: Intent, profile: Profile) -> Chart:
    """The chart that was asked for, or the one that fits; NONE where nothing is worth drawing."""
    if intent.chart is not None:
        return _adjusted(intent)
    if intent.shape is not Shape.GROUPS or not intent.keys:
        return Chart.NONE
    if _is_timeline(intent.keys[0], profile):
        return Chart.LINE
    if len(intent.keys) == 2:
        return Chart.STACKED_BAR if _adds_up(intent) else Chart.GROUPED_BAR
    if intent.share and _size(intent.keys[0], profile) <= SLICES:
        return Chart.PIE
    return Chart.BAR


def _adjusted(intent: Intent) -> Chart:
    chart = intent.chart or Chart.NONE
    if chart is Chart.BAR and len(intent.keys) == 2:
        return Chart.GROUPED_BAR if not _adds_up(intent) else Chart.STACKED_BAR
    if (
        chart in (Chart.STACKED_BAR, Chart.GROUPED_BAR, Chart.HISTOGRAM)
        and len(intent.keys) < 2
        and intent.shape is not Shape.DISTRIBUTION
    ):
        return Chart.BAR
    if chart is Chart.BOX and intent.shape is Shape.GROUPS:
        return Chart.BAR
    return chart


def _adds_up(intent: Intent) -> bool:
    return intent.measures[0].aggregate in (Aggregate.COUNT, Aggregate.SUM)


def _is_timeline(key: Key, profile: Profile) -> bool:
    if key.grain is not None:
        return key.grain not in (Grain.WEEKDAY, Grain.MONTH_OF_YEAR)
    found = profile.column(key.column)
    return found is not None and (found.kind.is_date or found.semantic is Semantic.YEAR)


def _size(key: Key, profile: Profile) -> int:
    """About how many values the key has."""
    found = profile.column(key.column)
    return {Grain.WEEKDAY: 7, Grain.MONTH_OF_YEAR: 12}.get(key.grain) or (found.distinct if found else 0)  # type: ignore[arg-type]


def _title(keys: Sequence[str], measures: Sequence[str]) -> str:
    title = f"{' and '.join(measures)} by {' and '.join(keys)}"
    return title[:1].upper() + title[1:]


def of_groups(intent: Intent, profile: Profile, keys: Sequence[str], measures: Sequence[str]) -> list[str]:
    """The figure of a table of groups; nothing when none fits."""
    chart = chart_of(intent, profile)
    if chart is Chart.NONE:
        return []
    source, note, lines = _cut(intent, profile, chart)
    title = _title(keys, measures) + note
    if chart is Chart.HEATMAP and len(keys) == 2:
        return [*lines, *_heatmap(source, keys, measures[0], title)]
    return [*lines, *_drawn(intent, chart, source, keys, measures, title)]


def _cut(intent: Intent, profile: Profile, chart: Chart) -> tuple[str, str, list[str]]:
    """Which table is drawn, what the title adds, and the lines that make it."""
    name = "ranking" if intent.best else "table"
    if chart in (Chart.LINE, Chart.AREA, Chart.SCATTER, Chart.HEATMAP) or (
        intent.limit is not None and not intent.best
    ):
        return name, "", []
    if len(intent.keys) == 1 and _size(intent.keys[0], profile) > BARS and intent.keys[0].grain is None:
        return "shown", f" (first {BARS})", [f"shown = {name}.head({BARS})"]
    return name, "", []


def _drawn(
    intent: Intent, chart: Chart, source: str, keys: Sequence[str], measures: Sequence[str], title: str
) -> list[str]:
    x, y = keys[0], measures[0]
    if chart is Chart.PIE:
        return [f"figure = px.pie({source}, names={x!r}, values={y!r}, title={title!r})"]
    color = f", color={keys[1]!r}" if len(keys) == 2 else ""
    if chart is Chart.SCATTER:
        return [_scatter(source, keys, measures, title)]
    values = repr(y) if len(measures) == 1 or color else repr(list(measures))
    if chart in (Chart.LINE, Chart.AREA):
        function = "line" if chart is Chart.LINE else "area"
        extra = ', markers=True, render_mode="svg"' if chart is Chart.LINE else ""
        lines = [f"figure = px.{function}({source}, x={x!r}, y={values}{color}, title={title!r}{extra})"]
        return lines + _category_axis(intent)
    mode = ', barmode="group"' if chart is Chart.GROUPED_BAR or (not color and len(measures) > 1) else ""
    if intent.lying:
        lines = [f"figure = px.bar({source}, x={values}, y={x!r}, orientation='h'{color}, title={title!r}{mode})"]
        return [*lines, 'figure.update_yaxes(type="category", autorange="reversed")']
    lines = [f"figure = px.bar({source}, x={x!r}, y={values}{color}, title={title!r}{mode})"]
    return lines + _category_axis(intent)


def _category_axis(intent: Intent) -> list[str]:
    """Text labels that look like numbers or dates keep their order and their form."""
    if intent.keys[0].grain in (Grain.DAY, Grain.WEEK, Grain.MONTH) and (
        intent.sort is None or not intent.sort.descending
    ):
        return []
    if intent.keys[0].grain is Grain.YEAR or (intent.sort is not None) or intent.keys[0].grain is Grain.QUARTER:
        return (
            ['figure.update_xaxes(type="category", categoryorder="trace")']
            if len(intent.keys) == 1
            else ['figure.update_xaxes(type="category")']
        )
    return []


def _scatter(source: str, keys: Sequence[str], measures: Sequence[str], title: str) -> str:
    if len(measures) >= 2:
        columns = f"x={measures[0]!r}, y={measures[1]!r}, color={keys[0]!r}"
        return f'figure = px.scatter({source}, {columns}, title={title!r}, render_mode="svg")'
    color = f", color={keys[1]!r}" if len(keys) == 2 else ""
    return f'figure = px.scatter({source}, x={keys[0]!r}, y={measures[0]!r}{color}, title={title!r}, render_mode="svg")'


def _heatmap(source: str, keys: Sequence[str], measure: str, title: str) -> list[str]:
    return [
        f"grid = {source}.pivot(index={keys[0]!r}, columns={keys[1]!r}, values={measure!r})",
        f'figure = px.imshow(grid, text_auto=True, aspect="auto", title={title!r})',
    ]


def of_rows(intent: Intent, profile: Profile) -> list[str]:
    """The figure of single rows, when one was asked for or a ranking is shown."""
    chart = intent.chart or Chart.NONE
    if intent.chart is None and intent.limit and intent.limit > 1 and len(intent.columns) == 2:
        chart = Chart.BAR
    numbers = [name for name in intent.columns if (found := profile.column(name)) and found.kind.is_number]
    if chart is Chart.NONE or not numbers or len(intent.columns) < 2:
        return []
    x = intent.columns[0]
    y = next((name for name in intent.columns[1:] if name in numbers), None)
    if y is None:
        return []
    cut = (
        profile.rows > BARS
        and chart in (Chart.BAR, Chart.PIE, Chart.HISTOGRAM, Chart.STACKED_BAR, Chart.GROUPED_BAR)
        and (intent.limit or BARS + 1) > BARS
    )
    lines, source, note = ([f"shown = table.head({BARS})"], "shown", f" (first {BARS})") if cut else ([], "table", "")
    color = _color(intent, x, y)
    title = _title([x], [y]) + note
    if chart is Chart.PIE:
        return [*lines, f"figure = px.pie({source}, names={x!r}, values={y!r}, title={title!r})"]
    if chart in (Chart.SCATTER, Chart.LINE):
        return [
            *lines,
            f'figure = px.{chart.value}({source}, x={x!r}, y={y!r}{color}, title={title!r}, render_mode="svg")',
        ]
    drawn = [*lines, f"figure = px.bar({source}, x={x!r}, y={y!r}{color}, title={title!r})"]
    return [*drawn, 'figure.update_xaxes(type="category")'] if intent.sort is None or not color else drawn


def _color(intent: Intent, x: str, y: str) -> str:
    rest = [name for name in intent.columns if name not in (x, y)]
    return f", color={rest[0]!r}" if rest and intent.chart is not None else ""


def _sampled(name: str, profile: Profile) -> tuple[list[str], str]:
    if profile.rows <= POINTS:
        return [], name
    return [f"points = {name}.sample(min({POINTS}, len({name})), random_state=0)"], "points"


def of_scatter(intent: Intent, profile: Profile) -> list[str]:
    """Two number columns against each other; a fixed sample of points in large tables."""
    lines, source = _sampled("table", profile)
    first, second = intent.columns[:2]
    color = f", color={intent.keys[0].column!r}" if intent.keys else ""
    title = f"{second[:1].upper()}{second[1:]} against {first}"
    function = "line" if intent.chart is Chart.LINE else "scatter"
    if intent.chart is Chart.BAR:
        return [*lines, f"figure = px.bar({source}, x={first!r}, y={second!r}{color}, title={title!r})"]
    return [
        *lines,
        f'figure = px.{function}({source}, x={first!r}, y={second!r}{color}, title={title!r}, render_mode="svg")',
    ]


def of_histogram(intent: Intent) -> list[str]:
    """The counted bins of a number column."""
    column = intent.columns[0]
    title = f"Distribution of {column}"
    return [
        f'middles = pd.DataFrame({{{column!r}: (edges[:-1] + edges[1:]) / 2, "count": counts}})',
        f'figure = px.histogram(middles, x={column!r}, y="count", nbins=20, title={title!r})',
        'figure.update_yaxes(title="count")',
    ]


def of_boxes(intent: Intent, profile: Profile, source: str) -> list[str]:
    """One box for each value of the key; histograms laid over each other when those were named."""
    lines, points = _sampled(source, profile)
    column = intent.columns[0]
    key = intent.keys[0].column if intent.keys else None
    title = f"Distribution of {column}" + (f" by {key}" if key else "")
    if intent.chart is Chart.HISTOGRAM:
        return [
            *lines,
            f'figure = px.histogram({points}, x={column!r}, color={key!r}, barmode="overlay", title={title!r})',
        ]
    x = f", x={key!r}" if key else ""
    return [*lines, f"figure = px.box({points}{x}, y={column!r}, title={title!r})"]


def of_matrix() -> list[str]:
    colors = 'zmin=-1, zmax=1, color_continuous_scale="RdBu_r"'
    return [f'figure = px.imshow(table, text_auto=True, {colors}, title="Correlation")']


def is_cut(intent: Intent, profile: Profile) -> bool:
    """Whether the chart shows fewer bars than the table has rows."""
    if intent.shape is not Shape.GROUPS or not intent.keys:
        return False
    return bool(_cut(intent, profile, chart_of(intent, profile))[2])
