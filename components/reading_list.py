"""The tables about to be saved: one or several, of one file or several; written into the address of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath

import streamlit as st
from pydantic import TypeAdapter, ValidationError

from components import layout, words
from services.domain import Dataset, Reading, ReadOptions, TableInFile, Upload

SEPARATE, STACKED = "A dataset each", "One dataset, stacked"
SOURCE_COLUMN = "Source"
NAME_WIDTH = 360
MOST_WAITING = 10
MOST = 100
"""Tables saved at once."""
_readings = TypeAdapter(tuple[Reading, ...])


def parsed(text: str) -> tuple[Reading, ...]:
    """The readings in the address; none when it is not ours."""
    try:
        return _readings.validate_json(text)[:MOST] if text else ()
    except ValidationError:
        return ()


def written(readings: Sequence[Reading]) -> str:
    """The readings for the address."""
    return _readings.dump_json(tuple(readings), exclude_defaults=True).decode() if readings else ""


def of(upload_ids: Sequence[str]) -> tuple[Reading, ...]:
    """One reading of each upload, with everything to be found out."""
    return tuple(Reading(upload_id=upload_id) for upload_id in upload_ids)


def with_tables(
    readings: Sequence[Reading], upload_id: str, names: Sequence[str], found: Sequence[TableInFile]
) -> tuple[Reading, ...]:
    """The readings with these tables of the upload, in the order of the file; what was chosen for one is kept."""
    known = {each.options.table: each for each in readings if each.upload_id == upload_id}
    mine = [
        known.get(each.name) or Reading(upload_id=upload_id, options=ReadOptions(table=each.name))
        for each in found
        if each.name in names
    ]
    place = next((n for n, each in enumerate(readings) if each.upload_id == upload_id), len(readings))
    others = [each for each in readings if each.upload_id != upload_id]
    return tuple(others[:place] + mine + others[place:])


def first_table(found: Sequence[TableInFile]) -> str:
    """The table that is read when nobody says which: the first with rows."""
    return next((each.name for each in found if each.rows != 0), found[0].name if found else "")


def chosen(readings: Sequence[Reading], upload_id: str, found: Sequence[TableInFile]) -> list[str]:
    """The tables of the upload that are about to be saved."""
    return [each.options.table or first_table(found) for each in readings if each.upload_id == upload_id]


def label(reading: Reading, files: Mapping[str, Upload]) -> str:
    """ "orders.csv", or "book.xlsx › Sales" when a table was chosen."""
    name = files[reading.upload_id].filename
    return f"{name} › {reading.options.table}" if reading.options.table else name


def pick(labels: Sequence[str]) -> int:
    """Draws which one is looked at; its place."""
    if len(labels) == 1:
        st.caption(f":material/draft: {words.literal(labels[0], 120)}")
        return 0
    place = st.segmented_control(
        "Table to look at",
        range(len(labels)),
        default=0,
        required=True,
        format_func=words.telling(range(len(labels)), lambda place: words.literal(labels[place], 40)),
        label_visibility="collapsed",
        key=f"reading-{len(labels)}",
    )
    return int(place or 0)


def named(readings: Sequence[Reading], files: Mapping[str, Upload], *, as_one: bool) -> tuple[Reading, ...]:
    """Draws what the dataset shall be called, when it is one; several are called after their files and tables."""
    if as_one:
        filename = words.clean(files[readings[0].upload_id].filename)
        name = st.text_input(
            "Name", placeholder=PurePath(filename).stem, max_chars=120, width=NAME_WIDTH, key=readings[0].upload_id
        )
        return (readings[0].model_copy(update={"name": name.strip()}), *readings[1:])
    shared = {each.upload_id for each in readings if sum(other.upload_id == each.upload_id for other in readings) > 1}
    return tuple(
        each.model_copy(update={"name": _title(each, files)}) if each.upload_id in shared else each for each in readings
    )


def _title(reading: Reading, files: Mapping[str, Upload]) -> str:
    stem = PurePath(words.clean(files[reading.upload_id].filename)).stem
    return f"{stem} {words.clean(reading.options.table or '')}".strip()[:120]


def stacked(readings: Sequence[Reading], agree: bool) -> tuple[bool, str]:
    """Asks whether several tables shall become one dataset, offered when their columns agree; and the name of the
    column that then says where each row is from, or ""."""
    if len(readings) < 2 or not agree:
        return False, ""
    chosen = st.segmented_control(
        "Save as", (SEPARATE, STACKED), default=SEPARATE, required=True, label_visibility="collapsed", key="stacked"
    )
    if chosen != STACKED:
        return False, ""
    wanted = st.checkbox(
        f"Add a column “{SOURCE_COLUMN}”", value=True, key="source-column", help="It says which file each row is from."
    )
    return True, SOURCE_COLUMN if wanted else ""


def waiting(uploads: Sequence[Upload]) -> tuple[str, str]:
    """Draws uploads that were not saved; the id of the one to go on with, and of the one to remove, or ""."""
    again = gone = ""
    if uploads:
        st.subheader("Not saved yet")
    for upload in uploads[:MOST_WAITING]:
        with layout.line():
            facts = f"{words.size(upload.size)} · {words.ago(upload.created_at)}"
            st.markdown(words.literal(upload.filename, 70), width="content")
            st.caption(facts, width="content")
            st.space("stretch")
            again = upload.id if st.button("Go on", key=f"go-{upload.id}") else again
            gone = upload.id if st.button("Remove", key=f"remove-{upload.id}", type="tertiary") else gone
    return again, gone


def made(datasets: Sequence[Dataset]) -> str:
    """Draws the datasets that were made; the id of the one to open, or ""."""
    opened = ""
    if datasets:
        st.markdown(f":green[:material/check_circle:] {words.count(len(datasets), 'dataset')} saved")
    for dataset in datasets:
        with layout.line():
            st.markdown(f"**{words.literal(dataset.name, 90)}**", width="content")
            st.space("stretch")
            opened = dataset.id if st.button("Open", key=f"open-{dataset.id}") else opened
    return opened
