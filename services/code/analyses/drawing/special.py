"""Charts with a form of their own: candlesticks."""

from __future__ import annotations

from typing import Final

from services.code.analyses.drawing.plan import STARTS, Drawing, Type, code


def candlestick(drawing: Drawing) -> str:
    """First, highest, lowest and last value of each period."""
    period = STARTS[drawing.period or "month"]
    return code(
        drawing,
        [
            "import plotly.graph_objects as go",
            f"ordered = df[[{drawing.x!r}, {drawing.y!r}]].dropna().sort_values({drawing.x!r})",
            f'starts = pd.to_datetime(ordered[{drawing.x!r}]).dt.to_period("{period}").dt.start_time',
            f'data = ordered.groupby(starts)[{drawing.y!r}].agg(["first", "max", "min", "last"]).reset_index()',
            f'chart = go.Figure(go.Candlestick(x=data[{drawing.x!r}], open=data["first"], high=data["max"],'
            ' low=data["min"], close=data["last"]))',
            f"chart.update_layout(title={str(drawing.y)!r}, xaxis_rangeslider_visible=False)",
        ],
    )


TYPES: Final = {
    "candlestick": Type("Candlesticks", "Time", candlestick, ("x", "y"), ("period", "where"), line_axis="y")
}
