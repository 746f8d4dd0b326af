"""Reads tables from JSON: lists of records, wrapped or keyed ones, lists of rows, columns, and records line by line."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from services.backends.readers import encoding, evidence, headers
from services.backends.readers.found import File, Rejects, choose, no_rows, others_note, table_found
from services.backends.readers.staging import Stage
from services.errors import BadInput
from services.sources import ReadReport, TableInFile

MOST_CHARS = 256 * 1024 * 1024
LINE_CHARS = 16 * 1024 * 1024
DEPTH = 20
WRAPPED_DEPTH = 4
HINT = "Save it as a list of records, such as [{“name”: “Ann”, “age”: 30}], or as CSV."
VALUE = "value"

Record = Mapping[Hashable, object]


@dataclass
class Table:
    """Records whose columns are known by the path of keys that leads to them."""

    name: str
    records: Iterable[Record]
    rows: int | None = None
    rejects: Rejects = field(default_factory=lambda: Rejects(None))
    notes: tuple[str, ...] = ()


@dataclass
class Keys:
    """Counts objects that have a key more than once."""

    repeated: int = 0

    def hold(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        self.repeated += len(found) != len(pairs)
        return found

    @property
    def notes(self) -> tuple[str, ...]:
        return (
            (f"Objects that repeat a key, of which the last value counts: {self.repeated:,}.",) if self.repeated else ()
        )


def tables(file: File) -> list[TableInFile]:
    """The lists of records in the file. Raises: BadInput."""
    return [TableInFile(name=table.name, rows=table.rows) for table in _found(file, Keys())]


def read(file: File, target: Path, table: str) -> ReadReport:
    """Raises: BadInput."""
    keys = Keys()
    there = _found(file, keys)
    found = [TableInFile(name=each.name, rows=each.rows) for each in there]
    chosen = choose(found, table, file.name)
    part = next(each for each in there if each.name == chosen.name)
    stage = Stage(file.work)
    part.rejects = Rejects(file.rejected)
    is_part = False
    for record in part.records:
        stage.add(record)
        file.check_width(len(stage.keys))
        if is_part := file.is_enough(stage.rows):
            break
    if part.rejects.rows > stage.rows:
        first = part.rejects.first[0]
        raise BadInput(f"“{file.name}” is not JSON: line {first.line}: {first.reason}", HINT)
    if not stage.rows or not stage.keys:
        raise no_rows(file.name, chosen.name)
    names, notes = headers.name_columns([_name(key) for key in stage.keys])
    readings = stage.write(file, target, names)
    told = (note for reading in readings for note in reading.notes)
    return ReadReport(
        rows=stage.rows,
        columns=names,
        encoding="utf-8",
        notes=(*others_note(found, chosen), *keys.notes, *part.notes, *notes, *told),
        rejected_rows=part.rejects.rows,
        rejected=tuple(part.rejects.first),
        options=file.options.model_copy(update={"table": chosen.name}),
        detected=(table_found(found, chosen, file), *evidence.of_columns(names, readings)),
        is_part=is_part,
    )


def _found(file: File, keys: Keys) -> list[Table]:
    stem = PurePath(file.name).stem or file.name
    detected = encoding.detect(file.path)
    text = "".join(encoding.pieces(file.path, detected, most=MOST_CHARS + 1))
    if len(text) > MOST_CHARS and not _is_lines(text):
        raise BadInput(
            f"“{file.name}” is too large for one JSON document.", "Save it as JSON lines (one record a line) or as CSV."
        )
    try:
        value = json.loads(text, object_pairs_hook=keys.hold, parse_constant=_no_constant)
    except RecursionError as error:
        raise BadInput(f"“{file.name}” is nested too deeply to be a table.", HINT) from error
    except ValueError as error:
        if _is_lines(text):
            return [_lines(stem, keys, encoding.pieces(file.path, detected))]
        raise BadInput(f"“{file.name}” is not valid JSON: {_why(error)}.", HINT) from error
    return list(_tables(value, stem))


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON value")


def _why(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} in line {error.lineno}, character {error.colno}"
    return str(error)[:200]


def _is_lines(text: str) -> bool:
    """Whether the first line is a record or row by itself, and not the last."""
    first, end, _ = text.lstrip("\ufeff \n").partition("\n")
    if not end or not first.startswith(("{", "[")):
        return False
    try:
        return isinstance(json.loads(first), dict | list)
    except (ValueError, RecursionError):
        return False


def _lines(name: str, keys: Keys, pieces: Iterator[str]) -> Table:
    table = Table(name, ())
    table.records = _from_lines(table, keys, pieces)
    return table


def _from_lines(table: Table, keys: Keys, pieces: Iterator[str]) -> Iterator[Record]:
    decoder = json.JSONDecoder(object_pairs_hook=keys.hold, parse_constant=_no_constant)
    for number, line in enumerate(_split(pieces), start=1):
        if not line.strip():
            continue
        try:
            yield _record(decoder.decode(line))
        except (ValueError, RecursionError) as error:
            why = error.msg if isinstance(error, json.JSONDecodeError) else "It is nested too deeply."
            table.rejects.add(number, line, why)
    table.rejects.close()


def _split(pieces: Iterator[str]) -> Iterator[str]:
    rest = ""
    for piece in pieces:
        lines = (rest + piece).split("\n")
        rest = lines.pop()
        yield from lines
        if len(rest) > LINE_CHARS:
            raise BadInput(f"A line is longer than {LINE_CHARS:,} characters.", HINT)
    if rest:
        yield rest


def _tables(value: object, name: str) -> Iterator[Table]:
    """The tables in a document: itself when it is a list, else the lists of records in it, else itself as a record."""
    if isinstance(value, list):
        yield _listed(name, value)
        return
    if not isinstance(value, dict):
        yield Table(name, [{(VALUE,): value}], 1)
        return
    if (split := _split_table(value, name)) is not None:
        yield split
        return
    wrapped = list(_wrapped(value, (), WRAPPED_DEPTH))
    if wrapped:
        yield from (_listed(".".join(path), rows) for path, rows in wrapped)
    elif _are_columns(value):
        yield Table(
            name,
            [dict(zip(_paths(value), row, strict=True)) for row in zip(*value.values(), strict=True)],
            len(next(iter(value.values()))),
        )
    elif _are_keyed(value):
        yield Table(name, [{("key",): key, **_record(record)} for key, record in value.items()], len(value))
    else:
        yield Table(name, [_record(value)] if value else [], 1 if value else 0)


def _paths(value: Mapping[str, object]) -> list[Hashable]:
    return [(key,) for key in value]


def _listed(name: str, values: Sequence[object]) -> Table:
    """A list of records, of rows, or of single values."""
    if values and all(isinstance(value, list) for value in values):
        return _rows(name, [value for value in values if isinstance(value, list)])
    return Table(name, map(_record, values), len(values))


def _rows(name: str, rows: Sequence[Sequence[object]]) -> Table:
    """A list of rows, the first of which may be the header."""
    sample = [[_text(cell) for cell in row] for row in rows[:200]]
    width = max(map(len, rows))
    if not width:
        return Table(name, [], 0)
    header = headers.find([[*row, *[""] * (width - len(row))] for row in sample], width)
    names = [(each,) for each in header.names]
    body = rows[header.first + header.height :]
    records: list[Record] = [dict(zip(names, map(_flat, row), strict=False)) for row in body]
    return Table(name, records, len(records), notes=header.notes)


def _split_table(value: Mapping[str, object], name: str) -> Table | None:
    """The layout {"columns": [...], "data": [[...], ...]} that pandas writes."""
    columns, data = value.get("columns"), value.get("data")
    if not (isinstance(columns, list) and isinstance(data, list) and data):
        return None
    rows = [row for row in data if isinstance(row, list) and len(row) == len(columns)]
    if len(rows) != len(data) or not columns:
        return None
    names, notes = headers.name_columns([_text(column) for column in columns])
    paths = [(each,) for each in names]
    return Table(name, [dict(zip(paths, map(_flat, row), strict=True)) for row in rows], len(rows), notes=notes)


def _wrapped(
    value: Mapping[str, object], path: tuple[str, ...], depth: int
) -> Iterator[tuple[tuple[str, ...], list[object]]]:
    """The lists of records, or of rows, below a document, with the keys that lead to them."""
    for key, inner in value.items():
        if isinstance(inner, list) and inner and all(isinstance(each, dict) for each in inner):
            yield (*path, key), inner
        elif isinstance(inner, dict) and depth:
            yield from _wrapped(inner, (*path, key), depth - 1)


def _are_columns(value: Mapping[str, object]) -> bool:
    """{"a": [1, 2], "b": [3, 4]}: a table by columns."""
    lists = [inner for inner in value.values() if isinstance(inner, list)]
    is_flat = all(not isinstance(cell, dict | list) for inner in lists for cell in inner)
    return len(lists) == len(value) > 0 and is_flat and len({len(inner) for inner in lists}) == 1 and bool(lists[0])


def _are_keyed(value: Mapping[str, object]) -> bool:
    """{"x": {...}, "y": {...}}: records under names, with keys in common."""
    inner = [each for each in value.values() if isinstance(each, dict)]
    if len(inner) != len(value) or len(inner) < 2:
        return False
    common = set.intersection(*map(set, inner))
    return len(common) >= max(1, len(inner[0]) // 2)


def _record(value: object) -> Record:
    """The record flat: what is nested lies under the path of its keys; lists are JSON texts."""
    if not isinstance(value, dict):
        return {(VALUE,): _flat(value)}
    flat: dict[Hashable, object] = {}
    _flatten(value, (), flat)
    return flat


def _flatten(value: Mapping[str, object], path: tuple[str, ...], flat: dict[Hashable, object]) -> None:
    for key, inner in value.items():
        if isinstance(inner, dict) and inner and len(path) < DEPTH:
            _flatten(inner, (*path, key), flat)
        else:
            flat[(*path, key)] = _flat(inner)


def _flat(value: object) -> object:
    """The value, or its JSON text when it is a list or object."""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False) if value else None
    return value


def _text(value: object) -> str:
    return "" if value is None else str(_flat(value))


def _name(key: Hashable) -> str:
    return ".".join(key) if isinstance(key, tuple) else str(key)
