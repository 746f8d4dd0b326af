"""Tables with the same columns put on top of each other, out of core."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq

from services.backends.connection import connect, text
from services.backends.readers import writing
from services.backends.readers.columns import quoted
from services.backends.readers.failures import plain_errors
from services.domain import ReadReport
from services.errors import BadInput

SHOWN = 3


def stack(parts: Sequence[tuple[str, Path, ReadReport]], target: Path, memory_mb: int) -> ReadReport:
    """Writes the rows of all parts at `target`, in order; a part is what the person calls it, its file, its report.

    A column that is a number in one and text in another becomes text. Raises: BadInput, when the columns differ.
    """
    (first, _, report), *others = parts
    names = report.columns
    for name, _, other in others:
        if set(other.columns) != set(names):
            raise _differ(first, names, name, other.columns)
    files = [path for _, path, _ in parts]
    with plain_errors(first), connect(memory_mb=memory_mb, temp=target.parent, files=(target, *files)) as connection:
        listed = ", ".join(text(str(path)) for path in files)
        source = f"read_parquet([{listed}], union_by_name = true)"
        writing.write(connection, source, target, names, [quoted(name) for name in names])
    rows = int(pq.ParquetFile(target).metadata.num_rows)
    stacked = ", ".join(f"“{name}” ({each.rows:,} rows)" for name, _, each in parts)
    notes = [f"Stacked from {len(parts):,} tables: {stacked}."[:500]]
    notes += [f"“{name}”: {note}" for name, _, each in parts for note in each.notes]
    rejected = tuple(row for _, _, each in parts for row in each.rejected)[:100]
    return report.model_copy(
        update={
            "rows": rows,
            "notes": tuple(notes[:20]),
            "rejected_rows": sum(each.rejected_rows for _, _, each in parts),
            "rejected": rejected,
        }
    )


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
