"""Facts a good result must satisfy; no model needed."""

from __future__ import annotations

import ast
from collections.abc import Collection

from sandbox.messages import RunResult, RunStatus, Table

NOTHING = "The code ran but gave no result."


def problem(code: str, result: RunResult, tables: Collection[str]) -> str:
    """Why this run cannot be the answer, or an empty text. `tables` are the variables that hold data."""
    if result.status is not RunStatus.OK:
        return failure(result)
    if not result.outputs:
        return NOTHING
    if not uses_any(code, tables):
        return "The code does not use the table, so its numbers come from nowhere."
    return ""


def failure(result: RunResult) -> str:
    """What went wrong in a run, as a sentence."""
    if result.error is None:
        return f"The run ended as {result.status.value.replace('_', ' ')}."
    where = f" (line {result.error.line})" if result.error.line else ""
    return f"{result.error.type}: {result.error.message}{where}"


def caveats(result: RunResult) -> tuple[str, ...]:
    """What the reader must know about a result that stands."""
    notes = []
    if result.sampled:
        read, whole = result.sampled
        notes.append(f"An estimate: computed on a sample of {read:,} of {whole:,} rows.")
    for table in result.outputs:
        if table.name.startswith("_"):
            continue
        if isinstance(table, Table) and table.total_rows == 0:
            notes.append("No rows match.")
        elif isinstance(table, Table) and table.rows < table.total_rows:
            notes.append(f"The table shows the first {table.rows:,} of {table.total_rows:,} rows.")
    return tuple(dict.fromkeys(notes))


def uses_any(code: str, names: Collection[str]) -> bool:
    """Whether the code reads one of these variables."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return False
    return any(isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load) and n.id in names for n in ast.walk(tree))
