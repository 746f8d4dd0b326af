"""Draws where a dataset comes from and what was made from it: files and datasets, with a line for each step between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

import streamlit as st

from components import layout, words
from services.domain import Lineage, LinkKind

WIDTH, HEIGHT, ACROSS, DOWN, MARGIN = 190, 34, 270, 50, 6
"""Pixels: of a box, and from one box to the next."""
CHARS, DRAWN = 24, 60
LINE, ACCENT = "#A89C94", "#D0583A"
GROUNDS: Final = {"light": ("#F6EFE8", "#2B2320"), "dark": ("#2E2825", "#EFE7E0")}
"""Of a box, and of what is written in it; lines and edges can be seen on both."""
HOW: Final = {LinkKind.JOIN: "joined", LinkKind.APPEND: "appended", LinkKind.DERIVED: "derived"}
GONE: Final = "A deleted dataset"


@dataclass(frozen=True)
class Graph:
    """What hangs together: names by keys, and lines (from, to, how)."""

    names: Mapping[str, str]
    lines: Sequence[tuple[str, str, str]]
    files: frozenset[str]


def show(lineage: Lineage, here_id: str) -> str:
    """Draws the graph; the id of another dataset that the person wants to open, or "". Nothing when there is none."""
    graph = graph_of(lineage)
    if not graph.lines:
        return ""
    st.subheader("Where it comes from")
    picture, width = svg(graph, here_id, st.context.theme.type or "light")
    st.image(picture, width=width, alt="; ".join(sentences(graph)))
    opened = ""
    with layout.line():
        for dataset in [each for each in lineage.datasets if each.id != here_id][:DRAWN]:
            label = f"Open {words.literal(dataset.name, 40)}"
            if st.button(label, icon=":material/arrow_outward:", type="tertiary", key=f"lineage-{dataset.id}"):
                opened = dataset.id
    return opened


def graph_of(lineage: Lineage) -> Graph:
    """Files and datasets by keys, and what leads from one to the other, each once."""
    names = {dataset.id: words.clean(dataset.name) for dataset in lineage.datasets}
    lines: dict[tuple[str, str, str], None] = {}
    for file in lineage.files:
        names[f"file {file.upload_id}"] = words.clean(file.filename)
        lines[f"file {file.upload_id}", file.dataset_id, "read"] = None
    for edge in lineage.links:
        ends = [each or f"gone {edge.link.source_id}" for each in (edge.source_id, edge.dataset_id)]
        names |= {end: GONE for end in ends if end not in names}
        lines[ends[0], ends[1], HOW[edge.link.kind]] = None
    kept = dict(list(names.items())[:DRAWN])
    drawn = [line for line in lines if line[0] in kept and line[1] in kept]
    return Graph(kept, drawn, frozenset(key for key in kept if key.startswith("file ")))


def sentences(graph: Graph) -> Iterator[str]:
    """The graph in words, for those who cannot see it."""
    for start, end, how in graph.lines:
        yield f"{graph.names[end]} was {how} from {graph.names[start]}"


def places(graph: Graph) -> dict[str, tuple[int, int]]:
    """Column and row of each box: a column right of everything it comes from."""
    column = dict.fromkeys(graph.names, 0)
    for _ in graph.names:  # as many rounds as the longest path can have, so that a circle ends too
        for start, end, _how in graph.lines:
            if start != end:
                column[end] = min(max(column[end], column[start] + 1), len(graph.names) - 1)
    row: dict[int, int] = {}
    found = {}
    for key in sorted(graph.names, key=lambda key: (column[key], graph.names[key].lower(), key)):
        found[key] = (column[key], row.setdefault(column[key], 0))
        row[column[key]] += 1
    return found


def svg(graph: Graph, here_id: str, theme: str = "light") -> tuple[str, int]:
    """The graph as SVG, and its width in pixels. Names are text in it, never markup."""
    where = places(graph)
    width = ACROSS * max(column for column, _ in where.values()) + WIDTH + 2 * MARGIN
    height = DOWN * max(row for _, row in where.values()) + HEIGHT + 2 * MARGIN
    lines = "".join(_line(where[start], where[end], how) for start, end, how in graph.lines)
    ground, ink = GROUNDS[theme]
    boxes = "".join(_box(graph, key, place, is_here=key == here_id) for key, place in where.items())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'font-family="Inter, sans-serif" font-size="13">{lines}<g fill="{ground}" color="{ink}">{boxes}</g></svg>'
    ), width


def _corner(place: tuple[int, int]) -> tuple[int, int]:
    return MARGIN + ACROSS * place[0], MARGIN + DOWN * place[1]


def _box(graph: Graph, key: str, place: tuple[int, int], *, is_here: bool) -> str:
    x, y = _corner(place)
    name = graph.names[key]
    shown = escape(name if len(name) <= CHARS else name[: CHARS - 1] + "…")
    is_file = key in graph.files
    edge = f'stroke="{ACCENT if is_here else LINE}" stroke-width="{2 if is_here else 1}"'
    dash = ' stroke-dasharray="4 3"' if is_file or name == GONE else ""
    return (
        f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="{4 if is_file else 10}" '
        f"{edge}{dash}/>"
        f'<text x="{x + 12}" y="{y + HEIGHT / 2 + 4.5}" fill="currentColor">{shown}</text>'
    )


def _line(start: tuple[int, int], end: tuple[int, int], how: str) -> str:
    (x, y), (right, below) = _corner(start), _corner(end)
    x, y, below = x + WIDTH, y + HEIGHT // 2, below + HEIGHT // 2
    middle = (x + right) // 2
    return (
        f'<path d="M{x} {y}C{middle} {y} {middle} {below} {right} {below}" '
        f'stroke="{LINE}" stroke-width="2" fill="none"/>'
        f'<text x="{right - 6}" y="{below - 6}" text-anchor="end" font-size="11" fill="{ACCENT}">{how}</text>'
    )
