"""Whether two runs gave the same, whatever the order of rows."""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np

from sandbox.messages import Figure, Output, Table, Text, Value
from services.assistant.checks.shown import is_number, opened

CLOSE: Final = 1e-6
ROWS: Final = 20_000
"""Rows of a table that are compared."""
_NUMBER: Final = re.compile(r"-?\d+(?:[.,]\d+)*")
_AXES: Final = ("x", "y", "z", "values", "labels", "r", "theta", "lat", "lon", "locations")
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Apart:
    """How two outputs differ. `ties`: only in what stands beside the same numbers."""

    before: str
    after: str
    ties: bool = False


def compare(before: Sequence[Output], after: Sequence[Output]) -> Apart | None:
    """The first difference, one that is more than ties if there is such a one; None where both are the same."""
    if [output.kind for output in before] != [output.kind for output in after]:
        return Apart(f"{len(before)} outputs", f"{len(after)} outputs")
    found = [apart for pair in zip(before, after, strict=True) if (apart := _output(*pair)) is not None]
    return next((each for each in found if not each.ties), found[0] if found else None)


def _output(one: Output, two: Output) -> Apart | None:
    if isinstance(one, Table) and isinstance(two, Table):
        return _tables(one, two)
    if isinstance(one, Value) and isinstance(two, Value):
        return None if same(one.value, two.value) else _said(one.value, two.value)
    if isinstance(one, Text) and isinstance(two, Text):
        return _texts(one.text, two.text)
    if isinstance(one, Figure) and isinstance(two, Figure):
        return _figures(json.loads(one.json_text), json.loads(two.json_text))
    return None


def _said(one: Any, two: Any) -> Apart:
    return Apart(_short(one), _short(two))


def _short(value: Any) -> str:
    text = f"{value:,.6g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 80 else f"{text[:79]}…"


def same(one: Any, two: Any) -> bool:
    """Whether two plain values are equal; lists may stand in another order."""
    if isinstance(one, dict) and isinstance(two, dict):
        return one.keys() == two.keys() and all(same(one[key], two[key]) for key in one)
    if isinstance(one, list) and isinstance(two, list):
        return _rows([(each,) for each in one], [(each,) for each in two]) is None
    if is_number(one) and is_number(two):
        return math.isclose(one, two, rel_tol=CLOSE, abs_tol=1e-12)
    return bool(one == two)


def _texts(one: str, two: str) -> Apart | None:
    """Texts may differ in the last digits of their numbers."""
    if one == two:
        return None
    ours, theirs = (_floats(text) for text in (one, two))
    equal = len(ours) == len(theirs) and all(same(*pair) for pair in zip(ours, theirs, strict=True))
    if equal and _NUMBER.sub("", one) == _NUMBER.sub("", two):
        return None
    return Apart(_short(one), _short(two), ties=equal)


def _floats(text: str) -> list[float]:
    return [float(found) for each in _NUMBER.findall(text) if (found := each.replace(",", "")).count(".") <= 1]


def _tables(one: Table, two: Table) -> Apart | None:
    if one.columns != two.columns or one.total_rows != two.total_rows:
        return Apart(f"{one.total_rows:,} rows", f"{two.total_rows:,} rows")
    if one.rows < one.total_rows or one.rows > ROWS:
        return None
    first, second = (opened(each) for each in (one, two))
    return _rows(*([tuple(row.values()) for row in _named(each).to_pylist()] for each in (first, second)))


def _named(table: Any) -> Any:
    return table.rename_columns([str(at) for at in range(table.num_columns)])


def _rows(ours: Sequence[Row], theirs: Sequence[Row]) -> Apart | None:
    """Whether both hold the same rows, however they stand."""
    if len(ours) != len(theirs):
        return Apart(f"{len(ours):,} entries", f"{len(theirs):,} entries")
    one, two = sorted(map(_plain, ours), key=_order), sorted(map(_plain, theirs), key=_order)
    scales = _scales(one)
    apart = next((pair for pair in zip(one, two, strict=True) if not _alike(*pair, scales)), None)
    if apart is None:
        return None
    return Apart(_short(_listed(apart[0])), _short(_listed(apart[1])), ties=_same_numbers(one, two, scales))


def _listed(row: Row) -> str:
    return ", ".join("(missing)" if each is None else _short(each) for each in row)


def _plain(row: Row) -> Row:
    return tuple(_cell(value) for value in row)


def _cell(value: Any) -> Any:
    if isinstance(value, float) and math.isnan(value):
        return None
    if is_number(value):
        return float(value)
    return value if value is None or isinstance(value, str) else str(value)


def _order(row: Row) -> tuple[Any, ...]:
    """Texts first: numbers that differ in their last digits alone must not part rows that belong together."""
    texts = [(value is None, "" if value is None else value) for value in row if not isinstance(value, float)]
    return (texts, [float(f"{value:.7g}") for value in row if isinstance(value, float)])


def _scales(rows: Sequence[Row]) -> list[float]:
    columns = zip(*rows, strict=True)
    return [
        max((abs(v) for v in column if isinstance(v, float) and math.isfinite(v)), default=0.0) for column in columns
    ]


def _alike(one: Row, two: Row, scales: Sequence[float]) -> bool:
    return all(_close(a, b, scale) for a, b, scale in zip(one, two, scales, strict=True))


def _close(one: Any, two: Any, scale: float) -> bool:
    if isinstance(one, float) and isinstance(two, float):
        return one == two or math.isclose(one, two, rel_tol=CLOSE, abs_tol=1e-9 * scale)
    return bool(one == two)


def _same_numbers(one: Sequence[Row], two: Sequence[Row], scales: Sequence[float]) -> bool:
    """Whether every column of numbers holds the same ones, and there is such a column."""
    found = False
    for ours, theirs, scale in zip(zip(*one, strict=True), zip(*two, strict=True), scales, strict=True):
        if any(isinstance(value, float) for value in ours):
            found = True
            pairs = zip(sorted(map(_last, ours)), sorted(map(_last, theirs)), strict=True)
            if not all(_close(a, b, scale) for a, b in pairs):
                return False
    return found


def _last(value: Any) -> float:
    return value if isinstance(value, float) else math.inf


def _figures(one: Mapping[str, Any], two: Mapping[str, Any]) -> Apart | None:
    ours, theirs = (sorted(map(_points, each.get("data", [])), key=str) for each in (one, two))
    if len(ours) != len(theirs):
        return Apart(f"{len(ours)} series", f"{len(theirs)} series")
    for (name, points, is_line), (other, rest, _) in zip(ours, theirs, strict=True):
        if name != other:
            return Apart(f"the series {name}", f"the series {other}")
        if (apart := _rows(points, rest)) is not None:
            return apart
        if is_line and not _is_sorted(points) and points != rest:
            return Apart("a line through the points in this order", "a line through them in another")
    return None


def _points(trace: Mapping[str, Any]) -> tuple[str, list[Row], bool]:
    axes = [_listed_axis(trace[axis]) for axis in _AXES if trace.get(axis) is not None]
    longest = max(map(len, axes), default=0)
    points = list(zip(*(axis for axis in axes if len(axis) == longest), strict=True))
    mode, kind = str(trace.get("mode") or "lines"), trace.get("type", "scatter")
    return (
        str(trace.get("name", "")),
        [tuple(map(_hashable, point)) for point in points],
        kind == "scatter" and "lines" in mode,
    )


def _hashable(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, list | dict) else value


def _listed_axis(axis: Any) -> list[Any]:
    """An axis as a list; Plotly packs long ones as bytes."""
    if isinstance(axis, dict) and {"dtype", "bdata"} <= axis.keys():
        found: list[Any] = np.frombuffer(base64.b64decode(axis["bdata"]), dtype=axis["dtype"]).tolist()
        return found
    return axis if isinstance(axis, list) else []


def _is_sorted(points: Sequence[Row]) -> bool:
    ways = [str(point[0]) if not is_number(point[0]) else point[0] for point in points]
    return all(type(a) is type(b) for a, b in pairwise(ways)) and (
        all(a <= b for a, b in pairwise(ways)) or all(a >= b for a, b in pairwise(ways))
    )
