"""Reads the tables of a SQLite database with Python's own sqlite3. Nothing is written, no view runs for long."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from services.backends.readers import evidence, headers
from services.backends.readers.found import File, choose, no_rows, others_note, table_found
from services.backends.readers.staging import Stage
from services.errors import BadInput
from services.sources import ReadReport, TableInFile

SECONDS_A_MB = 1.0
SECONDS = 8.0
STEPS = 10_000
TABLES = 500


def tables(file: File) -> list[TableInFile]:
    """Each table and view. Raises: BadInput."""
    with _plain_errors(file), _opened(file) as connection:
        return _listed(connection)


def read(file: File, target: Path, table: str) -> ReadReport:
    """Raises: BadInput."""
    with _plain_errors(file), _opened(file) as connection:
        found = _listed(connection)
        chosen = choose(found, table, file.name)
        cursor = connection.execute(f"SELECT * FROM {_quoted(chosen.name)}")
        names, notes = headers.name_columns([column[0] for column in cursor.description])
        file.check_width(len(names))
        stage = Stage(file.work)
        stage.declare(range(len(names)))
        is_part = False
        for row in cursor:
            stage.add(dict(enumerate(row)))
            if is_part := file.is_enough(stage.rows):
                break
    if not stage.rows:
        raise no_rows(file.name, chosen.name, names)
    readings = stage.write(file, target, names)
    notes = (*others_note(found, chosen), *notes, *(note for reading in readings for note in reading.notes))
    return ReadReport(
        rows=stage.rows,
        columns=names,
        notes=notes,
        options=file.options.model_copy(update={"table": chosen.name}),
        detected=(table_found(found, chosen, file), *evidence.of_columns(names, readings)),
        is_part=is_part,
    )


def _listed(connection: sqlite3.Connection) -> list[TableInFile]:
    query = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
    names = [str(name) for (name,) in connection.execute(query + "ORDER BY type, rowid LIMIT ?", (TABLES,))]
    return [found for name in names if (found := _counted(connection, name)) is not None]


def _counted(connection: sqlite3.Connection, name: str) -> TableInFile | None:
    """The table; None for one that needs a module that is not there."""
    try:
        (rows,) = connection.execute(f"SELECT count(*) FROM {_quoted(name)}").fetchone()
        columns = len(connection.execute(f"SELECT * FROM {_quoted(name)} LIMIT 0").description)
    except sqlite3.OperationalError as error:
        if "interrupted" in str(error):
            raise
        return None
    return TableInFile(name=name, rows=rows, columns=columns)


@contextmanager
def _opened(file: File) -> Iterator[sqlite3.Connection]:
    address = f"file:{quote(str(file.path))}?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        connection.text_factory = lambda found: found.decode("utf-8", errors="replace")
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        end = time.monotonic() + SECONDS + SECONDS_A_MB * file.path.stat().st_size / 2**20
        connection.set_progress_handler(lambda: int(time.monotonic() > end), STEPS)
        yield connection


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@contextmanager
def _plain_errors(file: File) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        if "interrupted" in str(error):
            raise BadInput(f"A table or view in “{file.name}” takes too long.", "Save the table as CSV.") from error
        raise BadInput(
            f"“{file.name}” is damaged: it could not be read as a SQLite database ({str(error)[:200]}).",
            "Save the table as CSV and choose that.",
        ) from error
