"""The nouns of uploads, and of how a file is read. `services.domain` passes them on."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import Field

from services.conditions import Fact
from services.facts import Kind


class Upload(Fact):
    """A file on its way in, or the original that datasets were read from. `size` and `received` are bytes."""

    id: str
    team_id: str
    filename: str
    """What the person calls it; shown, never used as a path."""
    size: int
    received: int = 0
    content_hash: str = ""
    """SHA-256 of the file; empty until it is whole."""
    created_by: str
    created_at: datetime

    @property
    def is_whole(self) -> bool:
        return bool(self.content_hash)


class Allowance(Fact):
    """What a person may still upload. All in bytes."""

    most_per_file: int
    most: int
    used: int

    @property
    def left(self) -> int:
        return max(0, self.most - self.used)


class DateOrder(StrEnum):
    """Which part of a date written in numbers comes first: 31/12/2024, 12/31/2024, 2024/12/31."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"
    YEAR_FIRST = "ymd"


DecimalMark = Literal[".", ","]


class ColumnOptions(Fact):
    """What a person said about one column; None is found out."""

    kind: Kind | None = None
    decimal: DecimalMark | None = None
    dates: DateOrder | None = None


class ReadOptions(Fact):
    """How to read a file. None means: find out. In a report, what was found out or told."""

    table: str | None = None
    """The name of the table or sheet, as `uploads.tables` gives it."""
    encoding: str | None = None
    """A Python codec: "utf-8", "cp1252"."""
    delimiter: str | None = None
    quote: str | None = None
    """Empty: quotes are ordinary characters."""
    header: int | None = None
    """The line of a text file, or the row of a sheet, that holds the names, from 1; 0 when there are none."""
    cells: str | None = None
    """Part of a sheet, as spreadsheets write it: "B3:F90", "B:F" (columns) or "3:90" (rows)."""
    only: tuple[str, ...] = ()
    """The columns to read, of a file that keeps each apart (Parquet, Feather, Arrow); empty: all."""
    decimal: DecimalMark | None = None
    dates: DateOrder | None = None
    columns: dict[str, ColumnOptions] = Field(default_factory=dict)
    """By the name of the column; what is said here goes before `decimal` and `dates`."""

    def chosen(self, option: str, value: str, column: str = "") -> ReadOptions:
        """These options with one more choice, as a form gives it; an empty value means: find out.

        For `quote`, "none" means that there are no quotes. Raises: ValueError, when the value is none of that option.
        """
        told = "" if (option, value) == ("quote", "none") else value or None
        if not column:
            return ReadOptions.model_validate(self.model_dump() | {option: told})
        spoken = self.columns.get(column, ColumnOptions())
        changed = ColumnOptions.model_validate(spoken.model_dump() | {option: told})
        return self.model_copy(update={"columns": {**self.columns, column: changed}})


class Choice(Fact):
    """A value that a detected option may be changed to, and what it is called."""

    value: str
    label: str


class Detected(Fact):
    """One thing that was found out about a file, with the evidence. `options.chosen(option, value, column)` changes it.

    `option` is a field of `ReadOptions`, or of `ColumnOptions` when there is a `column`.
    """

    option: str
    column: str = ""
    value: str
    label: str
    """The value in words: "semicolon", "line 3"."""
    evidence: str
    """One sentence: "24 of 24 rows then have 6 cells."."""
    is_sure: bool = True
    """False where the file does not settle it: ask the person."""
    is_told: bool = False
    """A person said so; the evidence is theirs."""
    question: str = ""
    """What to ask where it is not sure: "Is “1/2/2024” in “day” the first of February or the second of January?"."""
    choices: tuple[Choice, ...] = ()


class Rejected(Fact):
    """A row that could not be read: its line in the file, from 1, its text (cut) and why."""

    line: int
    text: str
    reason: str


class ReadReport(Fact):
    """How a file was read, with the evidence."""

    rows: int
    """Rows read; of a preview, those of the piece that was looked at."""
    columns: tuple[str, ...]
    encoding: str = ""
    delimiter: str = ""
    header: bool = True
    notes: tuple[str, ...] = ()
    rejected_rows: int = 0
    rejected: tuple[Rejected, ...] = ()
    """The first hundred rejected rows."""
    options: ReadOptions = ReadOptions()
    """As used: what was told, and what was found out."""
    detected: tuple[Detected, ...] = ()
    is_part: bool = False
    """Only the beginning of the file was looked at."""
    offered: tuple[str, ...] = ()
    """All columns of the file, where some can be read without the others."""

    @property
    def questions(self) -> tuple[Detected, ...]:
        """What the file does not settle and a person may know."""
        return tuple(each for each in self.detected if each.question and not each.is_told)


class TableInFile(Fact):
    """A table or sheet in a file, under the name by which it can be asked for; None where counting would mean reading
    it all."""

    name: str
    rows: int | None = None
    columns: int | None = None


class Reading(Fact):
    """A table to be read from an upload, how, and what its dataset shall be called (empty: after the file)."""

    upload_id: str
    options: ReadOptions = ReadOptions()
    name: str = ""


class ConnectionKind(StrEnum):
    """What a connection leads to."""

    FOLDER = "folder"
    BUCKET = "bucket"
    DATABASE = "database"


class Address(Fact):
    """Where data outside is, with what opens it. Encrypted when kept; never shown, logged or sent to a browser."""

    url: str = Field(repr=False)
    """A path, s3://bucket/path, postgresql://user:password@host/name or sqlite:////path."""
    endpoint: str = Field(default="", repr=False)
    """Of a service that speaks S3; empty: Amazon's."""
    region: str = ""
    key_id: str = Field(default="", repr=False)
    secret: str = Field(default="", repr=False)
    """The secret of the key, or the password of the database."""


class Connection(Fact):
    """A source of data outside. `location` is its address without anything secret."""

    id: str
    team_id: str
    name: str
    kind: ConnectionKind
    location: str
    created_by: str
    created_at: datetime


class TableThere(Fact):
    """A file, an object or a table that a connection offers; `bytes` where that is known."""

    name: str
    bytes: int | None = None
