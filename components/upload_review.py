"""Draws one of the tables about to be saved, with all that may be changed. Readings go in and changed ones come out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import streamlit as st

from components import notice, preview_form, reading_list, words
from services.domain import Reading, ReadOptions, ReadReport, TableInFile, Upload
from services.errors import AppError

if TYPE_CHECKING:
    import pyarrow as pa

KEPT = 32
"""Looks that are kept."""
COMPARED = 20
"""Tables whose columns are compared, to offer them as one."""


class Seen(Protocol):
    """The first rows of a table as they would be read, and how."""

    @property
    def report(self) -> ReadReport: ...

    @property
    def table(self) -> pa.Table: ...


@dataclass(frozen=True)
class Eyes:
    """Looks into files: the tables in an upload, and how one would be read. Each look is taken once a session."""

    look_for_tables: Callable[[str], Sequence[TableInFile]]
    look_at: Callable[[str, ReadOptions], Seen]

    def tables(self, upload_id: str) -> Sequence[TableInFile]:
        """Raises: AppError."""
        return _tables(self.look_for_tables, upload_id)

    def preview(self, reading: Reading) -> Seen:
        """Raises: AppError."""
        return _preview(self.look_at, reading.upload_id, reading.options.model_dump_json())


@st.cache_data(max_entries=KEPT, scope="session", show_spinner=False)
def _tables(_look: Callable[[str], Sequence[TableInFile]], upload_id: str) -> Sequence[TableInFile]:
    return _look(upload_id)


@st.cache_data(max_entries=KEPT, scope="session", show_spinner=False)
def _preview(_look: Callable[[str, ReadOptions], Seen], upload_id: str, options: str) -> Seen:
    return _look(upload_id, ReadOptions.model_validate_json(options))


def show(readings: tuple[Reading, ...], files: Mapping[str, Upload], eyes: Eyes) -> tuple[Reading, ...] | None:
    """Draws one of the readings; all of them as the person wants them, or None where this one cannot be read."""
    place = reading_list.pick([reading_list.label(each, files) for each in readings])
    reading = readings[place]
    try:
        return _examine(readings, reading, files[reading.upload_id], eyes)
    except AppError as error:
        notice.show(error)
        return _out(readings, reading)


def _out(readings: tuple[Reading, ...], reading: Reading) -> tuple[Reading, ...] | None:
    """Offers what helps where a table cannot be read: other options were told, or it is none."""
    plain = ReadOptions(table=reading.options.table)
    with st.container(horizontal=True):
        again = reading.options != plain and st.button("Find everything out again", icon=":material/undo:")
        if st.button("Leave this out", icon=":material/close:"):
            return tuple(each for each in readings if each is not reading)
    if not again:
        return None
    return tuple(each.model_copy(update={"options": plain}) if each is reading else each for each in readings)


def agree(readings: Sequence[Reading], eyes: Eyes) -> bool:
    """Whether several tables have the same columns."""
    if not 1 < len(readings) <= COMPARED:
        return False
    try:
        found = [set(eyes.preview(each).table.column_names) for each in readings]
    except AppError:
        return False
    return all(names == found[0] for names in found)


def _examine(readings: tuple[Reading, ...], reading: Reading, file: Upload, eyes: Eyes) -> tuple[Reading, ...]:
    key = f"{file.id}-{reading.options.table}"
    with st.spinner(f"Looking into {words.literal(file.filename, 60)}", show_time=True):
        found = eyes.tables(file.id)
    if len(found) > 1:
        chosen = reading_list.chosen(readings, file.id, found)
        picked = preview_form.tables(found, chosen, file.id)
        if picked and picked != chosen:
            return reading_list.with_tables(readings, file.id, picked, found)
    with st.spinner("Reading the first rows", show_time=True):
        seen = eyes.preview(reading)
    report, options = seen.report, preview_form.questions(seen.report, reading.options, key)
    preview_form.rows(seen.table, report, key)
    preview_form.notes(report)
    preview_form.rejected(report, file.filename, key)
    changed = preview_form.found_out(report, reading.options, seen.table.column_names, key)
    cut = preview_form.columns(report, reading.options, key)
    options = next((each for each in (options, changed, cut) if each != reading.options), reading.options)
    return tuple(each.model_copy(update={"options": options}) if each is reading else each for each in readings)
