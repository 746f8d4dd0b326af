"""Two results of the same code side by side: what is not the same, number by number."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import chain, islice
from typing import Any, Final

import pyarrow as pa
from pydantic import JsonValue

from sandbox.messages import Figure, Image, Output, Table, Text, Value
from services.freshness import Change, Changes

LISTED: Final = 200
"""Most changes that are told one by one."""
MOST_ROWS: Final = 20_000
"""Rows of a table that are compared."""
ALIKE: Final = 1e-12
"""Numbers that differ by less of themselves are the same: sums come in another order."""
Cells = Mapping[tuple[str, ...], Mapping[str, Any]]


def changes(before: Sequence[Output], after: Sequence[Output]) -> Changes:
    """What is not the same. Outputs belong together by kind and name, else by their order."""
    pairs = list(_pairs(before, after))
    found = chain.from_iterable(_compared(old, new) for old, new in pairs)
    listed = tuple(islice(found, LISTED))
    more = sum(1 for _ in found)
    return Changes(listed=listed, total=len(listed) + more, notes=tuple(_notes(pairs)))


def _pairs(before: Sequence[Output], after: Sequence[Output]) -> Iterator[tuple[Output | None, Output | None]]:
    left = {(each.kind, each.name, _nth(before, place)): each for place, each in enumerate(before)}
    right = {(each.kind, each.name, _nth(after, place)): each for place, each in enumerate(after)}
    for key in dict.fromkeys([*left, *right]):
        yield left.get(key), right.get(key)


def _nth(outputs: Sequence[Output], place: int) -> int:
    """How many of the same kind and name stand before it."""
    here = outputs[place]
    return sum(each.kind == here.kind and each.name == here.name for each in outputs[:place])


def _compared(old: Output | None, new: Output | None) -> Iterator[Change]:
    if isinstance(old, Table) and isinstance(new, Table):
        yield from _tables(old, new)
    elif isinstance(old, Value) and isinstance(new, Value):
        yield from _values(old.name or "Result", old.value, new.value)
    elif isinstance(old, Text) and isinstance(new, Text) and old.text != new.text:
        yield Change(place=old.name or "Text", before=old.text, after=new.text)


def _values(place: str, old: JsonValue, new: JsonValue) -> Iterator[Change]:
    if isinstance(old, dict) and isinstance(new, dict):
        for name in dict.fromkeys([*old, *new]):
            yield from _values(f"{place}, {name}", old.get(name), new.get(name))
    elif not _same(old, new):
        yield Change(place=place, before=_plain(old), after=_plain(new))


def _tables(old: Table, new: Table) -> Iterator[Change]:
    left, right = _opened(old), _opened(new)
    keys = _keys(left, right)
    before, after = _by_key(left, keys), _by_key(right, keys)
    names = [name for name in dict.fromkeys([*left.column_names, *right.column_names]) if name not in keys]
    for key in dict.fromkeys([*before, *after]):
        where = ", ".join(f"{name} {value}" for name, value in zip(keys, key, strict=False)) or f"row {key[-1]}"
        for name in names:
            one, two = before.get(key, {}).get(name), after.get(key, {}).get(name)
            if not _same(one, two):
                yield Change(place=f"{name}, {where}", before=_plain(one), after=_plain(two))


def _keys(left: pa.Table, right: pa.Table) -> list[str]:
    """The columns that tell the rows apart in both: the words and dates, else none, and rows go by their number."""
    common = [name for name in left.column_names if name in right.column_names]
    words = [name for name in common if not _is_number(left.schema.field(name).type)]
    for chosen in ([words[0]] if words else [], words, common[:1]):
        if chosen and all(_tells_apart(table, chosen) for table in (left, right)):
            return chosen
    return []


def _tells_apart(table: pa.Table, names: Sequence[str]) -> bool:
    rows = list(zip(*(table[name].to_pylist() for name in names), strict=True))
    return len({repr(row) for row in rows}) == len(rows)


def _by_key(table: pa.Table, keys: Sequence[str]) -> Cells:
    found: dict[tuple[str, ...], Mapping[str, Any]] = {}
    for number, row in enumerate(table.to_pylist(), 1):
        found[tuple(str(row[name]) for name in keys) or (str(number),)] = row
    return found


def _opened(table: Table) -> pa.Table:
    return pa.ipc.open_stream(table.arrow).read_all().slice(0, MOST_ROWS)


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _same(one: Any, two: Any) -> bool:
    if isinstance(one, float | Decimal) or isinstance(two, float | Decimal):
        return _is_near(one, two)
    return bool(one == two)


def _is_near(one: Any, two: Any) -> bool:
    if not isinstance(one, int | float | Decimal) or not isinstance(two, int | float | Decimal):
        return one is two
    left, right = float(one), float(two)
    return math.isclose(left, right, rel_tol=ALIKE) or (math.isnan(left) and math.isnan(right))


def _plain(value: Any) -> JsonValue:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def _notes(pairs: Sequence[tuple[Output | None, Output | None]]) -> Iterator[str]:
    for old, new in pairs:
        if isinstance(old, Figure) and isinstance(new, Figure):
            if json.loads(old.json_text)["data"] != json.loads(new.json_text)["data"]:
                yield "The chart shows other numbers."
        elif isinstance(old, Image) and isinstance(new, Image):
            if old.png != new.png:
                yield "The picture is another one."
        elif old is None and new is not None:
            yield f"A {new.kind} was not there before."
        elif new is None and old is not None:
            yield f"A {old.kind} is not there any more."
