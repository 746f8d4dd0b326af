"""Charts with a mark for each row: scatter, bubble, matrix, map. Of many rows a sample is drawn, and said."""

from __future__ import annotations

from typing import Any, Final

from services.code.analyses.drawing.plan import Drawing, Type, axes, roles, rows, said, sampled

OPACITY: Final = 0.65


def _code(drawing: Drawing, lines: list[str]) -> str:
    head = ["import pandas as pd", "import plotly.express as px", "", *rows(drawing)]
    end = [*said(), *axes(drawing), 'result = {"answer": answer, "chart": chart}']
    return "\n".join([*head, *lines, *end]) + "\n"


def scatter(drawing: Drawing) -> str:
    given = roles(x=drawing.x, y=drawing.y, color=drawing.color, size=drawing.size, facet_col=drawing.facet)
    name = f"{drawing.y} and {drawing.x}"
    lines = [
        *sampled((drawing.x, drawing.y, drawing.color, drawing.size, drawing.facet)),
        f'chart = px.scatter(shown, {given}, opacity={OPACITY}, render_mode="svg", title={name!r})',
    ]
    if drawing.trend:
        lines += [
            "import numpy as np",
            f"x, y = data[{drawing.x!r}].astype(float), data[{drawing.y!r}].astype(float)",
            "slope, start = np.polyfit(x, y, 1)",
            "ends = np.array([x.min(), x.max()])",
            'chart.add_scatter(x=ends, y=start + slope * ends, mode="lines", name="trend")',
        ]
    return _code(drawing, lines)


def bubble(drawing: Drawing) -> str:
    given = roles(x=drawing.x, y=drawing.y, color=drawing.color)
    return _code(
        drawing,
        [
            *sampled((drawing.x, drawing.y, drawing.color, drawing.size)),
            f"shown = shown[shown[{drawing.size!r}] > 0].head(400)",
            f"chart = px.scatter(shown, {given}, size={drawing.size!r}, size_max=40, opacity={OPACITY}, "
            f'render_mode="svg", title={f"{drawing.y} and {drawing.x}"!r})',
        ],
    )


def strip(drawing: Drawing) -> str:
    given = roles(x=drawing.x, y=drawing.y, color=drawing.color)
    name = f"{drawing.y} by {drawing.x}" if drawing.x else drawing.y
    return _code(
        drawing,
        [*sampled((drawing.x, drawing.y, drawing.color)), f"chart = px.strip(shown, {given}, title={name!r})"],
    )


def matrix(drawing: Drawing) -> str:
    dimensions = list(drawing.path)
    given = f", color={drawing.color!r}" if drawing.color else ""
    return _code(
        drawing,
        [
            *sampled((*drawing.path, drawing.color)),
            "shown = shown.head(1_000)",
            f"chart = px.scatter_matrix(shown, dimensions={dimensions!r}, opacity=0.5{given})",
            "chart.update_traces(diagonal_visible=False)",
        ],
    )


def parallel(drawing: Drawing) -> str:
    given = f", color={drawing.color!r}" if drawing.color else ""
    return _code(
        drawing,
        [
            *sampled((*drawing.path, drawing.color)),
            "shown = shown.head(2_000)",
            f"chart = px.parallel_coordinates(shown, dimensions={list(drawing.path)!r}{given})",
        ],
    )


def place(drawing: Drawing) -> str:
    """A map by coordinates: longitude across, latitude up, no tiles from anywhere."""
    given = roles(x=drawing.x, y=drawing.y, color=drawing.color, size=drawing.size)
    return _code(
        drawing,
        [
            *sampled((drawing.x, drawing.y, drawing.color, drawing.size)),
            f'chart = px.scatter(shown, {given}, opacity={OPACITY}, render_mode="svg")',
            'chart.update_yaxes(scaleanchor="x", scaleratio=1.3)',
        ],
    )


PLANE: Final[dict[str, Any]] = {"logs": "xy", "line_axis": "y"}
DOTS: Final = ("marker_color",)
TYPES: Final = {
    "scatter": Type(
        "Scatter", "Relate", scatter, ("x", "y"), ("color", "size", "facet", "trend", "where"), **PLANE, paint=DOTS
    ),
    "bubble": Type("Bubbles", "Relate", bubble, ("x", "y", "size"), ("color", "where"), **PLANE, paint=DOTS),
    "strip": Type(
        "Strip", "Distribution", strip, ("y",), ("x", "color", "where"), "few rows", logs="y", line_axis="y", paint=DOTS
    ),
    "scatter matrix": Type("Scatter matrix", "Relate", matrix, ("path",), ("color", "where"), paint=DOTS),
    "parallel coordinates": Type("Parallel coordinates", "Relate", parallel, ("path",), ("color", "where")),
    "map": Type("Map by coordinates", "Places", place, ("x", "y"), ("color", "size", "where"), paint=DOTS),
}
