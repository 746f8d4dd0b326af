"""Reads delimited text (CSV, TSV and their kin) into Parquet, never the whole file in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

import duckdb

from services.backends.connection import connect, only_row, text
from services.backends.readers import (
    beginning,
    columns,
    dialect,
    encoding,
    evidence,
    layout,
    quick,
    text_evidence,
    writing,
)
from services.backends.readers.columns import Reading, Wishes
from services.backends.readers.content import check_text
from services.backends.readers.encoding import Encoding
from services.backends.readers.failures import NO_TABLE_HINT
from services.backends.readers.found import File
from services.backends.readers.headers import TYPED
from services.backends.readers.layout import Layout
from services.backends.readers.mending import Mended, mend
from services.backends.readers.records import Dialect
from services.errors import BadInput
from services.sources import ReadReport, TableInFile

SAMPLE_CHARS = 512 * 1024
LINE_CHARS = 1_000_000
MOST_NOTES = 20
PROSE_WORDS = 6
PROSE_CHARS = 45
PROSE_REGULAR = 0.8


@dataclass(frozen=True)
class Parsed:
    """The rows as texts in a Parquet file with columns c0, c1 …"""

    source: str
    """SQL: the table of texts."""
    rows: int
    mended: Mended
    empty: int = 0
    """Rows left out because all their cells are empty."""
    headers: int = 0
    """Rows left out because they repeat the header."""


def tables(file: File) -> list[TableInFile]:
    """The one table that a text file holds, under the name of the file."""
    return [TableInFile(name=PurePath(file.name).stem or file.name)]


def read(file: File, target: Path, table: str) -> ReadReport:
    """Writes the table at `target` and tells how it was read; `table` is not needed, since there is one only.

    Raises: BadInput.
    """
    del table
    file, is_part = beginning.of(file)
    options = file.options
    found = encoding.told(file.path, options.encoding) if options.encoding else encoding.detect(file.path)
    sample = _sample(file.path, found)
    check_text(sample, file.name)
    spoken = _understand(sample, file)
    file.check_width(layout.most_cells(sample, spoken))
    shape = layout.find(sample, spoken, options.header)
    file.check_width(len(shape.names))
    _check_layout(shape, sample, file)
    parsed, readings, damaged = _converted(file, target, found, spoken, shape)
    notes = [*_encoding_notes(found, damaged), *shape.notes, *parsed.mended.notes, *_left_out_notes(parsed)]
    notes += [note for reading in readings for note in reading.notes]
    used, detected = text_evidence.of(file, sample, found, spoken, shape)
    return ReadReport(
        rows=parsed.rows,
        columns=shape.names,
        encoding=found.label,
        delimiter=spoken.delimiter,
        header=shape.header,
        notes=_most(notes),
        rejected_rows=parsed.mended.rejected_rows,
        rejected=tuple(parsed.mended.rejected),
        options=used,
        detected=(*detected, *evidence.of_columns(shape.names, readings)) if file.typed else tuple(detected),
        is_part=is_part,
    )


def _converted(
    file: File, target: Path, found: Encoding, spoken: Dialect, shape: Layout
) -> tuple[Parsed, list[Reading], int]:
    """The rows, how the columns were read, and the number of characters that could not be decoded. Raises: BadInput."""
    damaged = 0
    wishes = Wishes(file.options, has_commas=spoken.delimiter.strip() == ";")
    with connect(memory_mb=file.memory_mb, temp=file.work, files=(target, file.path), folder=file.work) as connection:
        with file.meter.phase(0.0, 1.0, connection):
            parsed, readings = _at_once(connection, file, target, found, spoken, shape, wishes)
        if parsed is None:
            with file.meter.phase(0.0, 0.2):
                body = file.work / "body.csv"
                damaged = _write_body(file, found, shape.start, body)
            with file.meter.phase(0.2, 0.6):
                parsed = _parse(connection, body, spoken, shape, file.rejected)
            _check_rows(parsed, file.name)
            with file.meter.phase(0.6, 0.8):
                readings = _readings(connection, parsed.source, shape.names, file, wishes)
            with file.meter.phase(0.8, 1.0, connection):
                sql = [reading.sql for reading in readings]
                writing.write(connection, parsed.source, target, shape.names, sql)
    return parsed, readings, damaged


def _at_once(
    connection: duckdb.DuckDBPyConnection,
    file: File,
    target: Path,
    found: Encoding,
    spoken: Dialect,
    shape: Layout,
    wishes: Wishes,
) -> tuple[Parsed | None, list[Reading]]:
    """What became of the attempt to convert a clean file in one pass; None when the thorough way has to be gone."""
    is_ordinary = file.typed and not found.is_damaged and spoken == spoken.plain
    if not is_ordinary or not quick.can_read(file.path, found.codec):
        return None, []
    source = _texts(file.path, spoken, len(shape.names), skipped=shape.line - 1)
    readings = quick.write(connection, source, target, dict(enumerate(shape.names)), wishes)
    rows = quick.rows(connection, target, shape.repeated) if readings else 0
    return (Parsed(source, rows, Mended()), readings) if rows else (None, [])


def _readings(
    connection: duckdb.DuckDBPyConnection, source: str, names: Sequence[str], file: File, wishes: Wishes
) -> list[Reading]:
    if not file.typed:
        return [Reading(f"c{place}") for place in range(len(names))]
    decided = columns.decide(connection, source, dict(enumerate(names)), wishes)
    return [decided[place] for place in range(len(names))]


def _sample(source: Path, found: Encoding) -> str:
    """The beginning of the text, cut after a whole line where there is one."""
    parts: list[str] = []
    size = 0
    for piece in encoding.pieces(source, found):
        parts.append(piece)
        size += len(piece)
        if size >= SAMPLE_CHARS:
            break
    sample = "".join(parts)
    if len(sample) <= SAMPLE_CHARS:
        return sample
    end = sample.rfind("\n", 0, SAMPLE_CHARS)
    return sample[: end + 1] if end > 0 else sample[: LINE_CHARS + 1]


def _understand(sample: str, file: File) -> Dialect:
    name = file.name
    if not sample.strip():
        raise BadInput(f"“{name}” is empty.", "Choose a file with a header line and at least one row.")
    if len(sample.split("\n", 1)[0]) > LINE_CHARS:
        raise BadInput(
            f"“{name}” has no line breaks: its first line is longer than {LINE_CHARS:,} characters.", NO_TABLE_HINT
        )
    return dialect.detect(sample, file.options.delimiter, file.options.quote)


def _check_layout(table: Layout, sample: str, file: File) -> None:
    if not sample[table.start :].strip():
        raise BadInput(
            f"“{file.name}” has column names but no rows ({', '.join(table.names[:5])[:200]}).",
            "Choose a file with at least one row below the header.",
        )
    if _is_prose(table, sample) and not file.options.delimiter:
        raise BadInput(f"“{file.name}” is not a table: it looks like ordinary text.", NO_TABLE_HINT)


def _is_prose(table: Layout, sample: str) -> bool:
    """Long lines of words, nothing else, in one column without a name or with commas wherever sentences have them."""
    lines = [line for line in sample.split("\n")[:200] if line.strip()]
    wordy = sum(len(line.split()) >= PROSE_WORDS and len(line) >= PROSE_CHARS for line in lines)
    if wordy < 0.5 * len(lines) or any(column in TYPED for column in table.shapes):
        return False
    if len(table.names) == 1:
        return len(lines[0].split()) >= PROSE_WORDS
    return table.regular < PROSE_REGULAR and '"' not in lines[0]


def _write_body(file: File, found: Encoding, start: int, body: Path) -> int:
    """Copies the text from character `start` as UTF-8; returns the number of characters that could not be decoded."""
    damaged, done, size = 0, 0, max(1, file.path.stat().st_size)
    with body.open("w", encoding="utf-8", newline="\n", errors="replace") as out:
        for piece in encoding.pieces(file.path, found):
            done += len(piece)
            file.meter.at(done / size)
            skipped, start = min(start, len(piece)), max(0, start - len(piece))
            damaged += piece.count("\ufffd") if found.is_damaged else 0
            out.write(piece[skipped:] if skipped else piece)
    return damaged


def _parse(
    connection: duckdb.DuckDBPyConnection, body: Path, spoken: Dialect, table: Layout, rejected: Path | None
) -> Parsed:
    """The fast strict reader; when it refuses, the text is mended first and then read by it again."""
    staged = body.with_name("staged.parquet")
    width = len(table.names)
    mended = Mended()
    try:
        if spoken.escape != spoken.quote:
            raise duckdb.InvalidInputException("only the mender follows escape characters")
        rows = _stage(connection, body, staged, spoken, width)
    except duckdb.InvalidInputException:
        clean = body.with_name("clean.csv")
        mended = mend(body, clean, spoken, table.shapes, table.line, rejected)
        body.unlink()
        rows = _stage(connection, clean, staged, spoken.plain, width)
    return _rows_only(connection, staged, rows, mended, table)


def _rows_only(connection: duckdb.DuckDBPyConnection, staged: Path, rows: int, mended: Mended, table: Layout) -> Parsed:
    """Without lines that are no rows: empty ones, and those that repeat the header."""
    parquet = f"read_parquet({text(str(staged))})"
    is_empty = f"coalesce({', '.join(f'c{place}' for place in range(len(table.names)))}) IS NULL"
    is_header = _equals(table.repeated)
    empty, headers = only_row(
        connection, f"SELECT count(*) FILTER ({is_empty}), count(*) FILTER ({is_header}) FROM {parquet}"
    )
    source = f"(SELECT * FROM {parquet} WHERE NOT ({is_empty} OR {is_header}))" if empty or headers else parquet
    return Parsed(source, rows - empty - headers, mended, empty, headers)


def _equals(cells: Sequence[str]) -> str:
    """SQL: the row holds exactly these cells; false without cells."""
    same = (f"c{place} IS NOT DISTINCT FROM {text(cell) if cell else 'NULL'}" for place, cell in enumerate(cells))
    return " AND ".join(same) or "false"


def _stage(connection: duckdb.DuckDBPyConnection, body: Path, staged: Path, spoken: Dialect, width: int) -> int:
    """Writes the rows as texts; returns how many."""
    table = _texts(body, spoken, width)
    (rows,) = only_row(
        connection,
        f"COPY (SELECT * FROM {table}) TO {text(str(staged))} "
        f"(FORMAT parquet, COMPRESSION lz4, ROW_GROUP_SIZE {writing.group_rows(width)})",
    )
    return int(rows)


def _texts(path: Path, spoken: Dialect, width: int, skipped: int = 0) -> str:
    """SQL: the records of a text file below the first lines, strictly read, all cells as texts."""
    names = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(width))
    quote = f"quote = {text(spoken.quote)}, escape = {text(spoken.quote)}"
    return (
        f"read_csv({text(str(path))}, auto_detect = false, header = false, skip = {skipped}, columns = {{{names}}}, "
        f"delim = {text(spoken.delimiter)}, {quote}, new_line = '\\n', strict_mode = true, compression = 'none', "
        f"max_line_size = {4 * LINE_CHARS})"
    )


def _check_rows(parsed: Parsed, name: str) -> None:
    if parsed.rows == 0 or parsed.mended.rejected_rows > parsed.rows:
        first = parsed.mended.rejected[0] if parsed.mended.rejected else None
        why = f" Line {first.line}: {first.reason}" if first else ""
        raise BadInput(f"“{name}” is not a table: most of its lines do not fit the columns.{why}", NO_TABLE_HINT)


def _encoding_notes(found: Encoding, damaged: int) -> tuple[str, ...]:
    told = () if found.label.startswith("utf") else (f"The text was taken to be in the encoding {found.label}.",)
    return (*told, f"Characters that could not be decoded and show as “\ufffd”: {damaged:,}.") if damaged else told


def _left_out_notes(parsed: Parsed) -> tuple[str, ...]:
    counts = (
        (parsed.empty, "Empty rows left out: {:,}."),
        (parsed.headers, "Rows left out that repeat the header: {:,}."),
    )
    return tuple(note.format(number) for number, note in counts if number)


def _most(notes: Sequence[str]) -> tuple[str, ...]:
    more = len(notes) - MOST_NOTES
    return (*notes[:MOST_NOTES], f"And {more:,} more notes.") if more > 0 else tuple(notes)
