"""Facts, pages and look-ups over Parquet files with DuckDB, never the whole file in memory."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from services.backends import cell_texts, difference, join_keys, pieces, views, workbooks
from services.backends.connection import connect, only_row, text
from services.backends.difference import Side
from services.backends.semantics import Facts, guess, is_target, unit
from services.domain import ColumnProfile, Count, Difference, JoinKey, Kind, Meaning, Profile, TableDrift, View
from services.progress import QUIET
from services.protocols import CellTexts, Progress, ValueHit

Say = Callable[[str], None]
"""Told what is being done now; raises to stop it."""

EXACT_ROWS = 1_000_000
"""Up to here the number of distinct values is exact, above it is DuckDB's estimate."""

TOP_VALUES = 50
TOP_CHARS = 200
TOP_DISTINCT = 100_000
"""In tables above EXACT_ROWS, the most frequent values are not looked for in columns with more values than this."""

BATCH_COLUMNS = 50
BATCH_ROWS = 50_000
HELD_CELLS = 4_000_000
SEARCHED_COLUMNS = 200
MOST_HITS = 1_000
STREAM_ROWS = 100_000


@dataclass(frozen=True)
class Column:
    """One column of an open file. `sql` is a name that nothing in the file can influence."""

    name: str
    sql: str
    kind: Kind

    @property
    def present(self) -> str:
        """The value in SQL; not-a-number counts as missing."""
        is_float = self.kind is Kind.DECIMAL
        return f"CASE WHEN isnan({self.sql}) THEN NULL ELSE {self.sql} END" if is_float else self.sql


@dataclass(frozen=True)
class OpenTable:
    """A Parquet file seen through a connection of its own."""

    connection: duckdb.DuckDBPyConnection
    source: str
    columns: tuple[Column, ...]
    numbered: str = ""
    """The source with one more column, `row_number_in_file`, from 0."""

    def row(self, query: str) -> tuple[Any, ...]:
        """The one row of a query."""
        return only_row(self.connection, query)


class Engine:
    """Reads Parquet files. Safe from several threads: every call has its own connection."""

    def __init__(self, memory_mb: int = 512, temp: Path | None = None) -> None:
        self._memory_mb = memory_mb
        self._temp = temp or Path(tempfile.gettempdir())

    def page(self, path: Path, offset: int, limit: int) -> pa.Table:
        """Up to `limit` rows from row `offset` (from 0), all columns, in file order."""
        with self._open(path) as table:
            rows = f"LIMIT {max(0, int(limit))} OFFSET {max(0, int(offset))}"
            found = table.connection.sql(f"SELECT * FROM {table.source} {rows}").to_arrow_table()
            return found.rename_columns([column.name for column in table.columns])

    def view(self, path: Path, view: View, offset: int, limit: int) -> pa.Table:
        """Up to `limit` of the rows that meet the view's conditions, in its order, from row `offset` (from 0).

        Raises: BadInput.
        """
        with self._open(path) as table:
            found = views.rows(table, view, offset, limit).to_arrow_table()
            return found.rename_columns([column.name for column in table.columns])

    def batches(self, path: Path) -> Iterator[pa.RecordBatch]:
        """All rows in file order, piece by piece, with texts for what is no number, time, date, or yes and no.

        One without rows when there are none.
        """
        with self._open(path) as table:
            cells = (f"{each.sql}::VARCHAR" if each.kind is Kind.OTHER else each.sql for each in table.columns)
            query = f"SELECT {', '.join(f'{cell} AS c{place}' for place, cell in enumerate(cells))} FROM {table.source}"
            names = [column.name for column in table.columns]
            reader = table.connection.sql(query).to_arrow_reader(BATCH_ROWS)
            empty = pa.RecordBatch.from_pylist([], reader.schema)
            for batch in chain([empty], reader):
                yield batch.rename_columns(names)

    def write_excel(self, path: Path, target: Path, cells: int) -> None:
        """Writes the table, of so many cells, as an Excel file. Raises: AppError, when that broke down."""
        workbooks.write(path, target, cells)

    def count(self, path: Path, view: View) -> int:
        """Rows that meet the view's conditions. Raises: BadInput."""
        with self._open(path) as table:
            return views.count(table, view)

    def profile(self, path: Path, version_id: str, progress: Progress = QUIET) -> Profile:
        """Facts about every column: one scan for all, then one count of values for each. Raises: Stopped."""
        with self._open(path, progress) as table:
            (rows,) = table.row(f"SELECT count(*) FROM {table.source}")
            columns = tuple(column for part in _parts(table, rows) for column in _profiles(part, rows))
            return Profile(version_id=version_id, rows=rows, columns=columns)

    def deepen(self, path: Path, first: Profile, meanings: Mapping[str, Meaning], say: Say) -> Profile:
        """The profile with shapes, alerts and relations, out of `first`; `say` is told what is being done."""
        from services.backends import profiling  # numpy and what it needs, only when a profile is made

        with self._open(path) as table:
            return profiling.deepen(table, first, meanings, say)

    def drift(self, before: tuple[Path, Profile], after: tuple[Path, Profile]) -> TableDrift:
        """How the columns of the second table differ from those of the first."""
        from services.backends.profiling import drift

        with self._open(before[0]) as old, self._open(after[0]) as new:
            return drift.compare((old, before[1]), (new, after[1]))

    def find_values(self, path: Path, columns: Sequence[str], phrases: Sequence[str]) -> list[ValueHit]:
        """The values of these text columns that equal one of the phrases, ignoring case, exactly as stored.

        Columns that are not there or hold no text are passed over.
        """
        wanted = sorted({phrase.lower() for phrase in phrases if phrase})
        with self._open(path) as table:
            chosen = [column for column in table.columns if column.kind is Kind.TEXT and column.name in set(columns)]
            if not chosen or not wanted:
                return []
            return [
                hit
                for start in range(0, len(chosen), SEARCHED_COLUMNS)
                for hit in _hits(table, chosen[start : start + SEARCHED_COLUMNS], wanted)
            ]

    def cell_texts(self, path: Path, pattern: str) -> list[CellTexts]:
        """Some cells of every column as text, and those of the text columns that match the pattern (RE2)."""
        with self._open(path) as table:
            return list(cell_texts.take(table, pattern))

    def compare(
        self,
        before: Path,
        after: Path,
        renames: Mapping[str, str],
        key: tuple[str, ...] | None,
        progress: Progress = QUIET,
    ) -> Difference:
        """What is not the same in two files; rows belong together by their number where `key` is empty, by the key's
        columns (named as in the second), or are not compared where it is None.

        Raises: BadInput, for a bad key; Stopped.
        """
        files, memory_mb = (before, after), self._memory_mb
        with connect(memory_mb=memory_mb, temp=self._temp, files=files, progress=progress) as connection:
            one, two = (_side(connection, path) for path in (before, after))
            return difference.compare(connection, one, two, renames, key)

    def join_keys(self, one: Path, two: Path, pairs: Sequence[tuple[str, str]]) -> list[JoinKey]:
        """What joins of the two files by these pairs of columns would find."""
        with connect(memory_mb=self._memory_mb, temp=self._temp, files=(one, two)) as connection:
            here, there = (_side(connection, path) for path in (one, two))
            return list(join_keys.count(connection, here, there, pairs))

    def rewrite(self, path: Path, target: Path, query: str, names: Sequence[str], progress: Progress = QUIET) -> None:
        """Writes what the query gives as an Arrow stream at `target`, its columns under `names`, in the order of
        `place`. The query reads `source`, the file's table with the columns c0, c1 … and `place`. Raises: Stopped."""
        with connect(memory_mb=self._memory_mb, temp=self._temp, files=(path,), progress=progress) as connection:
            chosen = ", ".join(f"c{number}" for number in range(len(names)))
            connection.execute(f"CREATE VIEW source AS SELECT * FROM {_side(connection, path).source}")
            rows = connection.sql(f"SELECT {chosen} FROM ({query}) ORDER BY place").to_arrow_reader(STREAM_ROWS)
            schema = pa.schema([pa.field(name, kind) for name, kind in zip(names, rows.schema.types, strict=True)])
            with pa.OSFile(str(target), "wb") as sink, pa.ipc.new_stream(sink, schema) as writer:
                for batch in rows:
                    writer.write_batch(batch.rename_columns(list(names)))

    def degraded(self, path: Path) -> dict[str, pa.DataType]:
        """The columns that pandas cannot hold as they are stored, with their types."""
        return pieces.degraded(path)

    def stored_as(self, kind: str) -> pa.DataType:
        """How a column of this kind is stored."""
        return pieces.STORED[kind]

    def slices(self, path: Path, folder: Path, most_bytes: int) -> Iterator[tuple[int, Path]]:
        """The table in pieces of about so many bytes, in order: the rows of each and a file in `folder`, which the
        next piece overwrites."""
        return pieces.slices(path, folder, most_bytes)

    def pick(self, path: Path, target: Path, columns: Sequence[str]) -> None:
        """Writes these columns of the table, all rows, as a Parquet file at `target`."""
        pieces.pick(path, target, columns)

    def assemble(
        self, parts: Sequence[Path], target: Path, wanted: Mapping[str, pa.DataType], progress: Progress = QUIET
    ) -> pieces.Made:
        """The file of a version at `target`, from Arrow streams with its rows in order. Raises: BadInput; Stopped."""
        return pieces.assemble(parts, target, wanted, progress)

    @contextmanager
    def _open(self, path: Path, progress: Progress = QUIET) -> Iterator[OpenTable]:
        """The file with its columns renamed c0, c1 …: DuckDB folds names that differ in case only, so theirs are
        never used in SQL."""
        names = pq.read_schema(path).names
        aliases = [f"c{place}" for place in range(len(names))]
        with connect(memory_mb=self._memory_mb, temp=self._temp, files=(path,), progress=progress) as connection:
            file, names_in_sql = text(str(path)), ", ".join(aliases)
            source = f"read_parquet({file}) AS t({names_in_sql})"
            numbered = f"read_parquet({file}, file_row_number=true) AS t({names_in_sql}, row_number_in_file)"
            types = [row[1] for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
            columns = tuple(Column(*parts) for parts in zip(names, aliases, map(kind_of, types), strict=True))
            yield OpenTable(connection, source, columns, numbered)


def _side(connection: duckdb.DuckDBPyConnection, path: Path) -> Side:
    """The file as one side of a comparison. Not-a-number counts as missing."""
    names = pq.read_schema(path).names
    aliases = [f"c{number}" for number in range(len(names))]
    source = f"read_parquet({text(str(path))}, file_row_number = true) AS t({', '.join([*aliases, 'place'])})"
    types = [row[1] for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
    columns = [Column(*parts) for parts in zip(names, aliases, map(kind_of, types), strict=False)]
    shown = ", ".join(f"{column.present} AS {column.sql}" for column in columns)
    (rows,) = only_row(connection, f"SELECT count(*) FROM {source}")
    return Side(
        f"(SELECT {shown}, place FROM {source})", {column.name: (column.sql, column.kind) for column in columns}, rows
    )


def _hits(table: OpenTable, columns: Sequence[Column], phrases: Sequence[str]) -> Iterator[ValueHit]:
    """One scan for all the columns: each row becomes one row per column."""
    cells = f"unnest(range({len(columns)})) AS place, unnest([{', '.join(column.sql for column in columns)}]) AS value"
    found = table.connection.execute(
        f"SELECT DISTINCT place, value FROM (SELECT {cells} FROM {table.source}) "
        f"WHERE lower(value) IN (SELECT unnest($phrases)) ORDER BY place, value LIMIT {MOST_HITS}",
        {"phrases": phrases},
    ).fetchall()
    for place, value in found:
        yield ValueHit(column=columns[place].name, value=value)


def kind_of(duckdb_type: str) -> Kind:
    """The kind of a DuckDB type name."""
    if duckdb_type.endswith("]"):
        return Kind.OTHER
    if duckdb_type.endswith("INT") or duckdb_type == "INTEGER" or duckdb_type == "UINTEGER":
        return Kind.INTEGER
    if duckdb_type in ("FLOAT", "DOUBLE") or duckdb_type.startswith("DECIMAL"):
        return Kind.DECIMAL
    if duckdb_type.startswith("TIMESTAMP"):
        return Kind.DATETIME
    if duckdb_type == "VARCHAR" or duckdb_type.startswith("ENUM"):
        return Kind.TEXT
    return {"BOOLEAN": Kind.BOOLEAN, "DATE": Kind.DATE, "TIME": Kind.TIME}.get(duckdb_type, Kind.OTHER)


@dataclass(frozen=True)
class Scan:
    """What one pass over a column gives. `estimate` is the estimated number of distinct values."""

    filled: int
    estimate: int
    low: Any = None
    high: Any = None
    mean: float | None = None
    length: float = 0.0


def _parts(table: OpenTable, rows: int) -> Iterator[OpenTable]:
    """The table in pieces of some columns, all rows.

    Naming the file in a query costs about 5 microseconds per column of the file, so a wide table is copied piece by
    piece: 2,000 columns took 24 s of processor time otherwise, one query per column.
    """
    size = min(BATCH_COLUMNS, HELD_CELLS // max(1, rows))
    if len(table.columns) <= BATCH_COLUMNS or size < 5:
        yield table
        return
    for start in range(0, len(table.columns), size):
        columns = table.columns[start : start + size]
        chosen = ", ".join(column.sql for column in columns)
        only_row(table.connection, f"CREATE OR REPLACE TEMP TABLE part AS SELECT {chosen} FROM {table.source}")
        yield OpenTable(table.connection, "part", columns)


def _profiles(table: OpenTable, rows: int) -> Iterator[ColumnProfile]:
    expressions = [expression for column in table.columns for expression in _aggregates(column)]
    found = table.row(f"SELECT {', '.join(expressions)} FROM {table.source}")
    for place, column in enumerate(table.columns):
        filled, estimate, low, high, mean, length = found[6 * place : 6 * place + 6]
        yield _profile(table, column, rows, Scan(filled, estimate, low, high, mean, length or 0.0))


def _aggregates(column: Column) -> tuple[str, ...]:
    value = column.present
    ordered = column.kind.is_number or column.kind.is_date or column.kind is Kind.TIME
    return (
        f"count({value})",
        "0" if column.kind is Kind.OTHER else f"approx_count_distinct({value})",
        f"min({value})" if ordered else "NULL",
        f"max({value})" if ordered else "NULL",
        f"avg({value}) FILTER (isfinite({column.sql}::DOUBLE))" if column.kind.is_number else "NULL",
        f"avg(length({column.sql}))" if column.kind is Kind.TEXT else "0",
    )


def _profile(table: OpenTable, column: Column, rows: int, seen: Scan) -> ColumnProfile:
    distinct, top = _values(table, column, rows, seen)
    is_number = column.kind.is_number
    facts = Facts(
        name=column.name,
        kind=column.kind,
        filled=seen.filled,
        distinct=distinct,
        low=float(seen.low) if is_number and seen.low is not None else None,
        high=float(seen.high) if is_number and seen.high is not None else None,
        length=seen.length,
        values=tuple(entry.value for entry in top),
    )
    semantic = guess(facts)
    return ColumnProfile(
        name=column.name,
        kind=column.kind,
        semantic=semantic,
        unit=unit(facts, semantic),
        is_target=is_target(facts),
        missing=rows - seen.filled,
        distinct=distinct,
        low=_bound(seen.low),
        high=_bound(seen.high),
        mean=seen.mean if seen.mean is not None and math.isfinite(seen.mean) else None,
        top=top,
        is_estimate=rows > EXACT_ROWS and distinct == seen.estimate,
    )


def _values(table: OpenTable, column: Column, rows: int, seen: Scan) -> tuple[int, tuple[Count, ...]]:
    """The number of distinct values and the most frequent of them."""
    if column.kind is Kind.OTHER or seen.filled == 0:
        return 0, ()
    is_exact = rows <= EXACT_ROWS
    few = seen.estimate <= 2 * TOP_VALUES
    if not few and (column.kind is not Kind.TEXT or (not is_exact and seen.estimate > TOP_DISTINCT)):
        return _distinct(table, column) if is_exact else seen.estimate, ()
    distinct, top = _top(table, column)
    shown = column.kind in (Kind.TEXT, Kind.BOOLEAN) or distinct <= TOP_VALUES
    return distinct, top if shown else ()


def _distinct(table: OpenTable, column: Column) -> int:
    (distinct,) = table.row(f"SELECT count(DISTINCT {column.present}) FROM {table.source}")
    return int(distinct)


def _top(table: OpenTable, column: Column) -> tuple[int, tuple[Count, ...]]:
    found = table.connection.execute(
        f"WITH counts AS MATERIALIZED (SELECT {column.present} AS value, count(*) AS rows FROM {table.source} "
        f"WHERE {column.present} IS NOT NULL GROUP BY 1) SELECT (SELECT count(*) FROM counts), value, rows "
        f"FROM counts ORDER BY rows DESC, value LIMIT {TOP_VALUES}"
    ).fetchall()
    top = tuple(Count(value=(_bound(value) or "")[:TOP_CHARS], rows=rows) for _, value, rows in found)
    return found[0][0] if found else 0, top


def _bound(value: Any) -> str | None:
    """The value as text; dates as ISO."""
    if value is None:
        return None
    return value.isoformat() if isinstance(value, date) else str(value)
