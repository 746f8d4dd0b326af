"""Some rows of a table, as arrays: all of them up to a limit, else drawn at random but the same ones each time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from services.domain import Kind

if TYPE_CHECKING:
    from services.backends.engine import OpenTable

SAMPLE_ROWS: Final = 50_000
SAMPLE_CELLS: Final = 5_000_000
LEAST_ROWS: Final = 5_000


@dataclass(frozen=True)
class Sample:
    """Rows in the order of the file. `total` is how many rows the table has."""

    table: pa.Table
    names: tuple[str, ...]
    total: int

    @classmethod
    def of(cls, opened: OpenTable, total: int) -> Sample:
        """The sample of an open table."""
        names = tuple(column.name for column in opened.columns)
        most = min(SAMPLE_ROWS, max(LEAST_ROWS, SAMPLE_CELLS // max(1, len(names))))
        columns = ", ".join(_readable(column.sql, column.kind) for column in opened.columns)
        # A hash of the row's number draws at random, reads in order, and gives the same rows at each call.
        chosen = "" if total <= most else f"WHERE hash(row_number_in_file) % {total} < {most}"
        found = opened.connection.sql(f"SELECT {columns} FROM {opened.numbered} {chosen} ORDER BY row_number_in_file")
        return cls(found.to_arrow_table(), names, total)

    @property
    def rows(self) -> int:
        return int(self.table.num_rows)

    @property
    def is_whole(self) -> bool:
        return self.rows == self.total

    def column(self, name: str) -> pa.ChunkedArray:
        return self.table.column(self.names.index(name))

    def numbers(self, name: str, kind: Kind) -> np.ndarray:
        """Floats, not-a-number for missing; dates and moments in seconds since 1970."""
        values = self.column(name)
        if kind.is_date:
            values = values.cast(pa.timestamp("us")).cast(pa.int64())
            return np.asarray(values.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)) / 1e6
        if kind is Kind.BOOLEAN:
            values = values.cast(pa.int8())
        return np.asarray(values.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False), dtype=float)

    def texts(self, name: str) -> list[str | None]:
        """The values as text."""
        return list(self.column(name).cast(pa.string()).to_pylist())

    def counts(self, name: str) -> dict[str, int]:
        """Distinct texts with their numbers, most frequent first."""
        found = pc.value_counts(self.column(name).cast(pa.string()).drop_null()).to_pylist()
        return {each["values"]: each["counts"] for each in sorted(found, key=lambda each: -each["counts"])}

    def codes(self, name: str) -> np.ndarray:
        """Distinct values numbered from 0 in order of appearance; -1 for missing."""
        encoded = self.column(name).combine_chunks().dictionary_encode()
        return np.asarray(pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False), dtype=np.int64)


def _readable(sql: str, kind: Kind) -> str:
    """The column as a type that arrays are made of."""
    if kind is Kind.DECIMAL:
        return f"CASE WHEN isnan({sql}::DOUBLE) THEN NULL ELSE {sql}::DOUBLE END AS {sql}"
    if kind.is_date:
        return f"CASE WHEN isfinite({sql}) THEN {sql}::TIMESTAMP END AS {sql}"
    return sql if kind in (Kind.INTEGER, Kind.BOOLEAN) else f"{sql}::VARCHAR AS {sql}"
