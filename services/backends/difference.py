"""What is not the same in two Parquet files, found by DuckDB out of core."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import duckdb

from services.backends.connection import only_row
from services.domain import CellsChanged, Difference, Example, Kind, Retyped
from services.errors import BadInput

BATCH: Final = 50
"""Columns compared in one query."""
EXAMPLES: Final = 5
SHOWN_COLUMNS: Final = 20
"""Changed columns that get examples."""
CHARS: Final = 200
DAYS: Final = (Kind.DATE, Kind.DATETIME)


@dataclass(frozen=True)
class Side:
    """One of the two files: its source with the columns c0, c1 … and `place`, the row's number from 0."""

    source: str
    columns: Mapping[str, tuple[str, Kind]]
    """What each column is called in SQL, and its kind."""
    rows: int


@dataclass(frozen=True)
class Pair:
    """A column that both have, under its name in the second."""

    name: str
    before: str
    after: str
    kinds: tuple[Kind, Kind]

    @property
    def differs(self) -> str:
        """SQL that is true where the cells differ. Numbers and days are compared across kinds, the rest as text."""
        one, two = f"a.{self.before}", f"b.{self.after}"
        first, second = self.kinds
        if first != second:
            both = set(self.kinds)
            kind = "VARCHAR"
            kind = "DOUBLE" if both == {Kind.INTEGER, Kind.DECIMAL} else kind
            kind = "TIMESTAMP" if both <= set(DAYS) else kind
            one, two = f"{one}::{kind}", f"{two}::{kind}"
        return f"({one} IS DISTINCT FROM {two})"

    @property
    def emptied(self) -> str:
        """SQL that is true where a value is missing now."""
        return f"(a.{self.before} IS NOT NULL AND b.{self.after} IS NULL)"


def compare(
    connection: duckdb.DuckDBPyConnection,
    one: Side,
    two: Side,
    renames: Mapping[str, str],
    key: tuple[str, ...] | None,
) -> Difference:
    """The difference; rows belong together by their number where `key` is empty, and are not compared where it is None.

    Raises: BadInput, when the key does not tell the rows apart.
    """
    pairs = list(_pairs(one, two, renames))
    plain = _schema(one, two, pairs, renames)
    if key is None:
        return plain
    if key:
        _check_key(connection, one, two, pairs, key)
    joined = _joined(pairs, one, two, key)
    matched = "a.place IS NOT NULL AND b.place IS NOT NULL"
    tests = ("b.place IS NULL", "a.place IS NULL", "a.place <> b.place")
    counts = ", ".join(f"count(*) FILTER ({test})" for test in tests)
    gone, new, moved = only_row(connection, f"SELECT {counts} FROM {joined}")
    compared = [pair for pair in pairs if pair.name not in key]
    changed = tuple(_changed(connection, joined, matched, compared, _place(pairs, key)))
    rows = {"rows_added": new, "rows_removed": gone, "rows_moved": 0 if gone or new else moved}
    return plain.model_copy(update={"key": key, "changed": changed, **rows})


def _pairs(one: Side, two: Side, renames: Mapping[str, str]) -> Iterator[Pair]:
    for old, (before, kind) in one.columns.items():
        name = renames.get(old, old)
        if name in two.columns:
            after, new_kind = two.columns[name]
            yield Pair(name, before, after, (kind, new_kind))


def _schema(one: Side, two: Side, pairs: Sequence[Pair], renames: Mapping[str, str]) -> Difference:
    kept = {pair.name for pair in pairs}
    order = [name for name in two.columns if name in kept]
    return Difference(
        rows_before=one.rows,
        rows_after=two.rows,
        added=tuple(name for name in two.columns if name not in kept),
        removed=tuple(name for name in one.columns if renames.get(name, name) not in kept),
        renamed=tuple((old, new) for old, new in renames.items() if old != new and new in kept and old in one.columns),
        retyped=tuple(
            Retyped(column=pair.name, before=pair.kinds[0], after=pair.kinds[1])
            for pair in pairs
            if pair.kinds[0] != pair.kinds[1]
        ),
        reordered=order != [pair.name for pair in pairs],
    )


def _check_key(
    connection: duckdb.DuckDBPyConnection, one: Side, two: Side, pairs: Sequence[Pair], key: Sequence[str]
) -> None:
    by_name = {pair.name: pair for pair in pairs}
    if not set(key) <= by_name.keys():
        raise BadInput("Both versions need the columns of the key.", "Choose columns that both have.")
    for side, names in ((one, [by_name[name].before for name in key]), (two, [by_name[name].after for name in key])):
        joined = ", ".join(names)
        missing = " OR ".join(f"{name} IS NULL" for name in names)
        gaps, distinct = only_row(
            connection,
            f"SELECT count(*) FILTER ({missing}), (SELECT count(*) FROM (SELECT DISTINCT {joined} FROM {side.source})) "
            f"FROM {side.source}",
        )
        if gaps or distinct != side.rows:
            raise BadInput("These columns do not tell the rows apart.", "Choose columns whose values occur once.")


def _joined(pairs: Sequence[Pair], one: Side, two: Side, key: Sequence[str]) -> str:
    if not key:
        return f"(SELECT * FROM {one.source}) a POSITIONAL JOIN (SELECT * FROM {two.source}) b"
    by_name = {pair.name: pair for pair in pairs}
    on = " AND ".join(f"a.{by_name[name].before} = b.{by_name[name].after}" for name in key)
    return f"(SELECT * FROM {one.source}) a FULL JOIN (SELECT * FROM {two.source}) b ON {on}"


def _place(pairs: Sequence[Pair], key: Sequence[str]) -> str:
    """SQL for where a cell is, as a person would say it."""
    by_name = {pair.name: pair for pair in pairs}
    if not key:
        return "(b.place + 1)::VARCHAR"
    return f"concat_ws(' · ', {', '.join(f'b.{by_name[name].after}::VARCHAR' for name in key)})"


def _changed(
    connection: duckdb.DuckDBPyConnection, joined: str, matched: str, pairs: Sequence[Pair], place: str
) -> Iterator[CellsChanged]:
    shown = 0
    for start in range(0, len(pairs), BATCH):
        part = pairs[start : start + BATCH]
        tests = ", ".join(f"count(*) FILTER ({test})" for pair in part for test in (pair.differs, pair.emptied))
        counts = only_row(connection, f"SELECT {tests} FROM {joined} WHERE {matched}")
        for number, pair in enumerate(part):
            cells, emptied = counts[2 * number : 2 * number + 2]
            if cells:
                found = _examples(connection, joined, matched, pair, place) if shown < SHOWN_COLUMNS else ()
                shown += 1
                yield CellsChanged(column=pair.name, cells=cells, emptied=emptied, examples=tuple(found))


def _examples(
    connection: duckdb.DuckDBPyConnection, joined: str, matched: str, pair: Pair, place: str
) -> Iterator[Example]:
    """A few changed cells; those that lost their value first."""
    rows = connection.execute(
        f"SELECT {place}, a.{pair.before}::VARCHAR, b.{pair.after}::VARCHAR FROM {joined} "
        f"WHERE {matched} AND {pair.differs} ORDER BY {pair.emptied} DESC, b.place LIMIT {EXAMPLES}"
    ).fetchall()
    for where, before, after in rows:
        yield Example(place=_cut(where) or "", before=_cut(before), after=_cut(after))


def _cut(text: str | None) -> str | None:
    return text if text is None or len(text) <= CHARS else text[: CHARS - 1] + "…"
