"""Texts of a drawing in scripts whose letters join, stack or run to the left: lifted off it, so that the typesetter
sets them. A drawing's own texts are set sign by sign, which tears such words apart."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Final, NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

SVG: Final = "http://www.w3.org/2000/svg"
XLINK: Final = "http://www.w3.org/1999/xlink"
SIMPLE: Final = re.compile("[\u0000-\u058f\u10a0-\u10ff\u1e00-\u22ff\u2500-\u25ff]*")
"""Scripts with one shape a sign, set from left to right, that Inter and DejaVu have."""
MOVES: Final = re.compile(r"(translate|rotate|scale|matrix)\(([^)]*)\)")
NUMBER: Final = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?")
ANCHORS: Final = {"start": 0.0, "middle": 0.5, "end": 1.0}

Matrix = tuple[float, float, float, float, float, float]
UNIT: Final[Matrix] = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class Label(NamedTuple):
    """A line of text on a drawing. Lengths in pixels of the drawing; `angle` in degrees, clockwise."""

    text: str
    x: float
    y: float
    """Of the baseline."""
    size: float
    angle: float
    shift: float
    """How much of its width it stands left of `x`: 0, a half, or all."""
    fill: str
    is_bold: bool


def lifted(svg: str) -> tuple[str, list[Label]]:
    """The drawing without those texts, and the texts."""
    if SIMPLE.fullmatch(svg):
        return svg, []
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    root = ElementTree.fromstring(svg)
    found = list(_off(root, UNIT, {}))
    return ElementTree.tostring(root, encoding="unicode"), found


def _off(element: Element, matrix: Matrix, above: dict[str, str]) -> Iterator[Label]:
    """Takes the texts off the element and gives them."""
    for child in list(element):
        inner, style = _times(matrix, _matrix(child.get("transform", ""))), above | _style(child)
        if child.tag != f"{{{SVG}}}text":
            yield from _off(child, inner, style)
        elif not SIMPLE.fullmatch("".join(child.itertext())):
            element.remove(child)
            yield from _labels(child, inner, style)


def _labels(text: Element, matrix: Matrix, style: dict[str, str]) -> Iterator[Label]:
    """One label a line: lines are tspans with a place of their own."""
    lines = [each for each in text if "line" in each.get("class", "").split()] or [text]
    if style.get("opacity") == "0" or style.get("display") == "none":
        return
    for line in lines:
        own = style | _style(line)
        size = _length(own.get("font-size", "12"), 12.0)
        x = _length(line.get("x", text.get("x", "0")), size)
        y = _length(line.get("y", text.get("y", "0")), size) + _length(line.get("dy", "0"), size)
        a, b, c, d, e, f = matrix
        yield Label(
            text=" ".join("".join(line.itertext()).split()),
            x=a * x + c * y + e,
            y=b * x + d * y + f,
            size=size * math.hypot(a, b),
            angle=math.degrees(math.atan2(b, a)),
            shift=ANCHORS.get(own.get("text-anchor", "start"), 0.0),
            fill=_colour(own.get("fill", "")),
            is_bold=bool(re.search(r"bold|[6-9]00", own.get("font-weight", ""))),
        )


def _style(element: Element) -> dict[str, str]:
    pairs = (part.partition(":") for part in element.get("style", "").split(";"))
    given = {name.strip(): value.strip() for name, _, value in pairs if value}
    named = ("font-size", "text-anchor", "fill", "font-weight", "opacity", "display")
    return {name: element.get(name, "") for name in named if element.get(name)} | given


def _length(text: str, em: float) -> float:
    number = NUMBER.search(text)
    return float(number.group()) * (em if text.strip().endswith("em") else 1.0) if number else 0.0


def _colour(text: str) -> str:
    """As the typesetter reads it: #rrggbb; ink where it is nothing of the kind."""
    if re.fullmatch("#[0-9a-fA-F]{6}", text):
        return text
    parts = [min(255, int(float(each))) for each in NUMBER.findall(text)[:3]] if text.startswith("rgb") else []
    return "#" + "".join(f"{max(0, each):02x}" for each in parts) if len(parts) == 3 else "#3b322c"


def _matrix(text: str) -> Matrix:
    found = UNIT
    for kind, given in MOVES.findall(text):
        values = [float(each) for each in NUMBER.findall(given)]
        if values:
            found = _times(found, _move(kind, values))
    return found


def _move(kind: str, v: list[float]) -> Matrix:
    if kind == "translate":
        return (1.0, 0.0, 0.0, 1.0, v[0], v[1] if len(v) > 1 else 0.0)
    if kind == "scale":
        return (v[0], 0.0, 0.0, v[1] if len(v) > 1 else v[0], 0.0, 0.0)
    if kind == "matrix" and len(v) == 6:
        return (v[0], v[1], v[2], v[3], v[4], v[5])
    if kind != "rotate":
        return UNIT
    cos, sin = math.cos(math.radians(v[0])), math.sin(math.radians(v[0]))
    x, y = (v[1], v[2]) if len(v) > 2 else (0.0, 0.0)
    return (cos, sin, -sin, cos, x - cos * x + sin * y, y - sin * x - cos * y)


def _times(one: Matrix, two: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    g, h, i, j, k, m = two
    return (a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * m + e, b * k + d * m + f)
