"""Tables with the same columns put on top of each other, out of core."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from pathlib import Path

import pyarrow.parquet as pq

from services.backends.connection import connect, text
from services.backends.readers import writing
from services.backends.readers.columns import quoted
from services.backends.readers.failures import plain_errors
from services.errors import BadInput
from services.sources import ReadReport

SHOWN = 3


PATH_COLUMN = "path of the part, as DuckDB adds it"


def stack(
    parts: Sequence[tuple[str, Path, ReadReport]], target: Path, memory_mb: int, source_column: str = ""
) -> ReadReport:
    """Writes the rows of all parts at `target`, in order; a part is what the person calls it, its file, its report.

    A column that is a number in one and text in another becomes text. With a `source_column` a last column of about
    that name says of each row which part it is from. Raises: BadInput, when the columns differ.
    """
    (first, _, report), *others = parts
    names = report.columns
    for name, _, other in others:
        if set(other.columns) != set(names):
            raise _differ(first, names, name, other.columns)
    files = [path for _, path, _ in parts]
    with plain_errors(first), connect(memory_mb=memory_mb, temp=target.parent, files=(target, *files)) as connection:
        listed = ", ".join(text(str(path)) for path in files)
        source = f"read_parquet([{listed}], union_by_name = true, filename = {text(PATH_COLUMN)})"
        columns = {name: quoted(name) for name in names}
        if source_column:
            columns[_free(source_column, names)] = _part_of(parts)
        writing.write(connection, source, target, tuple(columns), list(columns.values()))
    rows = int(pq.ParquetFile(target).metadata.num_rows)
    stacked = ", ".join(f"“{name}” ({each.rows:,} rows)" for name, _, each in parts)
    notes = [f"Stacked from {len(parts):,} tables: {stacked}."[:500]]
    notes += [f"“{name}”: {note}" for name, _, each in parts for note in each.notes]
    rejected = tuple(row for _, _, each in parts for row in each.rejected)[:100]
    return report.model_copy(
        update={
            "rows": rows,
            "columns": tuple(columns),
            "notes": tuple(notes[:20]),
            "rejected_rows": sum(each.rejected_rows for _, _, each in parts),
            "rejected": rejected,
        }
    )


def _free(wanted: str, names: Sequence[str]) -> str:
    """The name, with a number where the table has it already; capitals do not tell names apart."""
    taken = {name.lower() for name in names}
    tries = (wanted if number == 1 else f"{wanted} {number}" for number in count(1))
    return next(name for name in tries if name.lower() not in taken)


def _part_of(parts: Sequence[tuple[str, Path, ReadReport]]) -> str:
    """SQL for the name of the part that a row is from; parts of the same name get a number."""
    names: list[str] = []
    for name, _, _ in parts:
        names.append(_free(name, names))
    cases = " ".join(
        f"WHEN {text(str(path))} THEN {text(name)}" for name, (_, path, _) in zip(names, parts, strict=True)
    )
    return f"CASE {quoted(PATH_COLUMN)} {cases} END"


def _differ(first: str, names: Sequence[str], other: str, columns: Sequence[str]) -> BadInput:
    missing = [name for name in names if name not in columns]
    extra = [name for name in columns if name not in names]
    said = [f"“{other}” lacks {_some(missing)}"] if missing else []
    said += [f"“{other}” has {_some(extra)} more"] if extra else []
    return BadInput(
        f"The tables cannot be stacked on “{first}”: {' and '.join(said)}.",
        "Make a dataset of each, or rename the columns so that they agree.",
    )


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} others" if len(names) > SHOWN else ""
    return ", ".join(f"“{name}”" for name in names[:SHOWN]) + more
