"""Charts of a whole and its pieces: pie, donut, treemap, sunburst."""

from __future__ import annotations

from functools import partial
from typing import Final

from services.code.analyses.drawing.plan import Drawing, Type, code, grouped, title


def pie(drawing: Drawing, hole: float) -> str:
    more = f", hole={hole}" if hole else ""
    given = f"names={drawing.x!r}, values={drawing.value!r}"
    return code(
        drawing,
        [
            *grouped(drawing, (drawing.x,)),
            f"data = data.sort_values({drawing.value!r}, ascending=False)",
            f"chart = px.pie(data, {given}, title={title(drawing)!r}{more})",
        ],
    )


def nested(drawing: Drawing, name: str) -> str:
    """Boxes or rings inside each other; only groups with something in them have an area."""
    path = list(drawing.path)
    return code(
        drawing,
        [
            *grouped(drawing, path),
            f"data = data[data[{drawing.value!r}] > 0]",
            f"chart = px.{name}(data, path={path!r}, values={drawing.value!r}, title={drawing.value!r})",
        ],
    )


TYPES: Final = {
    "pie": Type(
        "Pie", "Parts", partial(pie, hole=0), ("x",), ("y", "measure", "top", "where"), "a few pieces", adds_up=True
    ),
    "donut": Type("Donut", "Parts", partial(pie, hole=0.5), ("x",), ("y", "measure", "top", "where"), adds_up=True),
    "treemap": Type(
        "Treemap", "Parts", partial(nested, name="treemap"), ("path",), ("y", "measure", "where"), adds_up=True
    ),
    "sunburst": Type(
        "Sunburst", "Parts", partial(nested, name="sunburst"), ("path",), ("y", "measure", "where"), adds_up=True
    ),
}
