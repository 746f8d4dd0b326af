"""Which columns of two tables could be keys of each other, found by DuckDB out of core."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import duckdb

from services.backends.connection import only_row
from services.backends.difference import Side
from services.domain import JoinKey


def count(
    connection: duckdb.DuckDBPyConnection, one: Side, two: Side, pairs: Sequence[tuple[str, str]]
) -> Iterator[JoinKey]:
    """For each pair of columns how many rows find a partner, which would be lost, and which would be repeated."""
    for left, right in pairs:
        for table, side, name in (("here", one, left), ("there", two, right)):
            counted = f"SELECT {side.columns[name][0]}::VARCHAR AS k, count(*) AS n FROM {side.source} GROUP BY 1"
            connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {counted}")
        matched, after = only_row(
            connection,
            "SELECT coalesce(sum(here.n) FILTER (there.k IS NOT NULL), 0), "
            "coalesce(sum(here.n * coalesce(there.n, 1)), 0) "
            "FROM here LEFT JOIN there ON here.k = there.k",
        )
        values, repeated, used = only_row(
            connection,
            "SELECT count(there.k), count(*) FILTER (there.k IS NOT NULL AND there.n > 1), "
            "coalesce(sum(there.n) FILTER (here.k IS NOT NULL), 0) FROM there LEFT JOIN here ON here.k = there.k",
        )
        yield JoinKey(
            left=left,
            right=right,
            rows=one.rows,
            matched=int(matched),
            rows_after=int(after),
            other_rows=two.rows,
            other_values=int(values),
            other_repeated=int(repeated),
            other_used=int(used),
        )
