"""Holds rows of values of any kind as texts on the disk, and makes typed columns of them.

A column in which all values are of one kind keeps that kind; texts, and columns that mix kinds, are decided by what the
texts look like, as in a text file.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from services.backends.connection import connect, text
from services.backends.readers import columns, writing
from services.backends.readers.columns import Reading, Wishes
from services.backends.readers.found import File
from services.facts import Kind

BATCH_ROWS = 50_000
BATCH_CELLS = 1_000_000
WHOLE = range(-(2**63), 2**63)


class Code(str):
    """A text that is a code, whatever it looks like."""

    __slots__ = ()


CASTS = (
    (frozenset({"code"}), "VARCHAR"),
    (frozenset({"integer"}), "BIGINT"),
    (frozenset({"integer", "number"}), "DOUBLE"),
    (frozenset({"boolean"}), "BOOLEAN"),
    (frozenset({"date"}), "DATE"),
    (frozenset({"date", "datetime"}), "TIMESTAMP"),
    (frozenset({"time"}), "TIME"),
    (frozenset({"duration"}), "DOUBLE"),
)
"""Kinds of values a column may hold, and the SQL type that keeps them all as they are."""
KEPT = {
    "BIGINT": Kind.INTEGER,
    "DOUBLE": Kind.DECIMAL,
    "BOOLEAN": Kind.BOOLEAN,
    "DATE": Kind.DATE,
    "TIMESTAMP": Kind.DATETIME,
    "TIME": Kind.TIME,
}


class Stage:
    """Rows on their way to a table. Columns are known by keys and appear when a row first has them."""

    def __init__(self, work: Path) -> None:
        self._work = work
        self._places: dict[Hashable, int] = {}
        self._texts: list[list[str | None]] = []
        self._kinds: list[set[str]] = []
        self._held = 0
        self._parts: list[Path] = []
        self.rows = 0

    @property
    def keys(self) -> list[Hashable]:
        """The columns in the order in which they appeared."""
        return list(self._places)

    def declare(self, keys: Iterable[Hashable]) -> None:
        """Makes columns before any row has them."""
        for key in keys:
            self._place(key)

    def add(self, row: Mapping[Hashable, object]) -> None:
        """Adds a row; columns that it lacks are missing in it."""
        for key, value in row.items():
            place = self._places.get(key)
            if place is None:
                place = self._place(key)
            kind, shown = _shown(value)
            if shown is not None:
                column = self._texts[place]
                if missing := self._held - len(column):
                    column.extend([None] * missing)
                column.append(shown)
                self._kinds[place].add(kind)
        self._held += 1
        self.rows += 1
        if self._held >= BATCH_ROWS or self._held * len(self._texts) >= BATCH_CELLS:
            self._flush()

    def write(self, file: File, target: Path, names: Sequence[str]) -> list[Reading]:
        """Writes the rows as Parquet under these names, one for each key; returns how each column was read."""
        self._flush()
        with connect(memory_mb=file.memory_mb, temp=self._work, files=(target,), folder=self._work) as connection:
            parts = ", ".join(text(str(part)) for part in self._parts)
            source = f"read_parquet([{parts}], union_by_name = true)"
            readings = self._readings(connection, source, names, file)
            writing.write(connection, source, target, names, [reading.sql for reading in readings])
        return readings

    def _place(self, key: Hashable) -> int:
        self._texts.append([])
        self._kinds.append(set())
        return self._places.setdefault(key, len(self._places))

    def _flush(self) -> None:
        if not self._held and self._parts:
            return
        arrays = [_strings(column + [None] * (self._held - len(column))) for column in self._texts]
        part = self._work / f"part-{len(self._parts)}.parquet"
        pq.write_table(pa.table(arrays, [f"c{place}" for place in range(len(arrays))]), part, compression="lz4")
        self._parts.append(part)
        self._texts = [[] for _ in self._texts]
        self._held = 0

    def _readings(
        self, connection: duckdb.DuckDBPyConnection, source: str, names: Sequence[str], file: File
    ) -> list[Reading]:
        if not file.typed:
            return [Reading(f"c{place}") for place in range(len(names))]
        told = file.options.columns
        casts = {
            place: "" if name in told and told[name].kind else _cast(self._kinds[place])
            for place, name in enumerate(names)
        }
        unsettled = {place: name for place, name in enumerate(names) if not casts[place]}
        decided = columns.decide(connection, source, unsettled, Wishes(file.options))
        return [
            decided[place] if place in decided else _kept(place, name, casts[place], self._kinds[place])
            for place, name in enumerate(names)
        ]


def _cast(kinds: set[str]) -> str:
    return next((sql for allowed, sql in CASTS if kinds and kinds <= allowed), "")


def _kept(place: int, name: str, sql: str, kinds: set[str]) -> Reading:
    notes = (f"The durations in “{name}” are in seconds.",) if kinds == {"duration"} else ()
    return Reading(f"c{place}::{sql}", notes, kept=KEPT.get(sql))


def _shown(value: object) -> tuple[str, str | None]:
    """The kind of a value, and the text that holds all of it; None for no value."""
    match value:
        case None | "":
            return "", None
        case Code():
            return "code", str(value)
        case str():
            return "text", value
        case bool():
            return "boolean", "true" if value else "false"
        case int():
            return "integer" if value in WHOLE else "text", str(value)
        case float():
            return "number", repr(value) if value == value else None
        case datetime():
            plain = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
            return "datetime", plain.isoformat(" ")
        case date():
            return "date", value.isoformat()
        case time():
            return "time", value.isoformat()
        case timedelta():
            return "duration", repr(value.total_seconds())
        case bytes():
            return "text", value.hex()
        case _:
            return "text", str(value)


def _strings(column: list[str | None]) -> pa.Array:
    """The texts; half characters, which no file may hold, become �."""
    try:
        return pa.array(column, pa.string())
    except UnicodeEncodeError:
        return pa.array(
            [
                None if cell is None else cell.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
                for cell in column
            ],
            pa.string(),
        )
