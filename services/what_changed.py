"""What differs between two states of a result, number by number."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import pyarrow as pa

from sandbox.messages import Figure, Output, Table, Value
from services.boards import Change

MOST: Final = 40
"""Changes told one by one."""
COMPARED_ROWS: Final = 5_000
NONE: Final = "–"


def number_of(outputs: Sequence[Output]) -> float | None:
    """The one number that the outputs are about: a single value, or the cell of a table with one; else None."""
    values = [output.value for output in outputs if isinstance(output, Value)]
    tables = [output for output in outputs if isinstance(output, Table)]
    if len(values) == 1:
        only = values[0]
        found = list(only.values()) if isinstance(only, dict) else only if isinstance(only, list) else [only]
        return _number(found[0]) if len(found) == 1 else None
    if not values and len(tables) == 1 and tables[0].rows == len(tables[0].columns) == 1:
        return _number(next(iter(_opened(tables[0]).to_pylist()[0].values())))
    return None


def changes(before: Sequence[Output], after: Sequence[Output]) -> tuple[Change, ...]:
    """Every number that differs, output by output, and what came or went; at most 40."""
    known = {_label(place, output): output for place, output in enumerate(before)}
    found: list[Change] = []
    for place, output in enumerate(after):
        label = _label(place, output)
        found += _differing(label, _cells(known.get(label)), _cells(output))
    return tuple(found[:MOST])


def _label(place: int, output: Output) -> str:
    return f"{output.kind} {output.name or place}"


def _differing(label: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Change]:
    name = label.partition(" ")[2]
    for what in (*after, *(each for each in before if each not in after)):
        was, now = before.get(what, NONE), after.get(what, NONE)
        if was != now and not _is_same(was, now):
            yield Change(what=what or name, before=was, after=now)


def _is_same(was: str, now: str) -> bool:
    try:
        return math.isclose(float(was), float(now), rel_tol=1e-9, abs_tol=1e-12)
    except ValueError:
        return False


def _cells(output: Output | None) -> dict[str, str]:
    """Each number or word of the output by what it is about."""
    match output:
        case Value():
            return _of_value(output.value)
        case Table():
            return _of_table(output)
        case Figure():
            return _of_figure(output)
    return {}


def _of_value(value: Any) -> dict[str, str]:
    if isinstance(value, dict):
        return {str(name): _said(each) for name, each in value.items()}
    if isinstance(value, list):
        return {f"{place + 1}": _said(each) for place, each in enumerate(value)}
    return {"": _said(value)}


def _of_table(output: Table) -> dict[str, str]:
    table = _opened(output).slice(0, COMPARED_ROWS)
    is_number = [_is_number(column.type) for column in table.columns]
    keys = [name for name, number in zip(table.column_names, is_number, strict=True) if not number]
    rows: dict[str, str] = {}
    for place, row in enumerate(table.to_pylist()):
        about = " · ".join(_said(row[name]) for name in keys) or f"row {place + 1}"
        for name in table.column_names:
            if name not in keys:
                rows.setdefault(f"{about} · {name}", _said(row[name]))
    return rows


def _of_figure(output: Figure) -> dict[str, str]:
    """The heights over the places, trace by trace; what is packed into bytes is left out."""
    found: dict[str, str] = {}
    for trace in json.loads(output.json_text).get("data", []):
        across, up = (trace.get("y"), trace.get("x")) if trace.get("orientation") == "h" else (
            trace.get("x") or trace.get("labels"), trace.get("y") or trace.get("values")
        )  # fmt: skip
        if isinstance(across, list) and isinstance(up, list):
            name = str(trace.get("name") or "")
            for place, height in zip(across[:COMPARED_ROWS], up, strict=False):
                found.setdefault(" · ".join(part for part in (name, _said(place)) if part), _said(height))
    return found


def _opened(output: Table) -> pa.Table:
    return pa.ipc.open_stream(output.arrow).read_all()


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _number(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and math.isfinite(value) else None


def _said(value: Any) -> str:
    if value is None:
        return NONE
    return repr(value) if isinstance(value, float) else str(value)[:120]
