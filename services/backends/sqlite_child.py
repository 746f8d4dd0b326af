"""The process in which a SQLite file is asked: it can only read, and only what the file holds.

A request on standard input; rows as Parquet and their report in files; an error in one more.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from services.errors import BadInput

BATCH: Final = 2_000
STEPS: Final = 100_000
"""Steps of SQLite between two looks at the clock."""
PERMITTED: Final = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE})
FORBIDDEN: Final = frozenset({"load_extension", "fts3_tokenizer", "readfile", "writefile", "edit"})
TABLES: Final = """
    SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND substr(name, 1, 7) <> 'sqlite_'
    ORDER BY name LIMIT 2000
"""


def main() -> None:
    """Does what standard input asks for."""
    request = json.load(sys.stdin)
    work = Path(request["work"])
    try:
        found = _found(request)
    except BadInput as error:
        found = {"error": [error.message, error.hint]}
    except (sqlite3.Error, sqlite3.Warning) as error:
        found = {"error": [f"The database does not take this: {str(error)[:300]}", "Correct it and try again."]}
    (work / "outcome.json").write_text(json.dumps(found), encoding="utf-8", errors="replace")


def _found(request: dict[str, Any]) -> dict[str, object]:
    connection = sqlite3.connect(f"file:{quote(request['path'])}?mode=ro", uri=True, cached_statements=0)
    _bind(connection, float(request["seconds"]))
    if not request["target"]:
        return {"tables": [name for (name,) in connection.execute(TABLES)]}
    rows = connection.execute(request["statement"])
    if not rows.description:
        raise BadInput("The statement gives no columns.", "Write one SELECT.")
    return _written(rows, request)


def _written(rows: sqlite3.Cursor, request: dict[str, Any]) -> dict[str, object]:
    # Half a second and 100 MB, for nothing when a statement is refused.
    from services.backends.readers.found import File
    from services.backends.readers.headers import name_columns
    from services.backends.readers.staging import Stage

    file = File(Path(request["path"]), request["name"], Path(request["work"]), int(request["max_columns"]))
    file.check_width(len(rows.description))
    names, told = name_columns([str(column[0]) for column in rows.description])
    stage, most = Stage(file.work), int(request["rows"])
    stage.declare(range(len(names)))
    for row in _each(rows):
        if stage.rows >= most:
            raise BadInput(f"There are more than {most:,} rows.", "Ask for fewer with WHERE or LIMIT.")
        stage.add(dict(enumerate(row)))
    if not stage.rows:
        raise BadInput("There are no rows.", "Check the statement.")
    readings = stage.write(file, Path(request["target"]), names)
    notes = [note for reading in readings for note in reading.notes]
    return {"report": {"rows": stage.rows, "columns": list(names), "notes": [*told, *notes]}}


def _each(rows: sqlite3.Cursor) -> Iterator[tuple[object, ...]]:
    while batch := rows.fetchmany(BATCH):
        yield from batch


def _bind(connection: sqlite3.Connection, seconds: float) -> None:
    """Reading only, nothing attached, no more than so many seconds."""
    deadline = time.monotonic() + seconds
    connection.execute("PRAGMA query_only = ON")
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 100_000_000)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.set_authorizer(_permit)
    connection.set_progress_handler(lambda: time.monotonic() > deadline, STEPS)
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")


def _permit(action: int, first: str | None, second: str | None, *_: object) -> int:
    if action == sqlite3.SQLITE_FUNCTION:
        return sqlite3.SQLITE_DENY if (second or first or "").lower() in FORBIDDEN else sqlite3.SQLITE_OK
    return sqlite3.SQLITE_OK if action in PERMITTED else sqlite3.SQLITE_DENY


if __name__ == "__main__":
    main()
