"""What a file would be read as, before it is saved: the first rows, what was found out with the evidence, and choices.

Nothing here reads a file: options go in, and the options a person changed come out.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from components import data_table, words
from services.domain import Detected, Kind, ReadOptions, ReadReport, Rejected, TableInFile

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_HEIGHT, FEW_ROWS = 300, 8
SHOWN_QUESTIONS = 5
LISTED_COLUMNS = 10
COLUMN_WIDTH = 340
FOUND_OUT = "Find out"
KINDS = (Kind.TEXT, Kind.INTEGER, Kind.DECIMAL, Kind.DATE, Kind.DATETIME, Kind.TIME, Kind.BOOLEAN)
EXAMPLES = {"cells": "B3:F90, B:F or 3:90"}
NAMES = {
    "table": "Table",
    "encoding": "Encoding",
    "delimiter": "Separator",
    "quote": "Quotes",
    "header": "Header",
    "cells": "Cells",
    "decimal": "Decimal mark",
    "dates": "Date order",
    "kind": "Kind",
}


def tables(found: Sequence[TableInFile], chosen: Sequence[str], key: str) -> list[str]:
    """Draws the tables of a file to choose from; the names of those to read, in the order of the file."""
    sizes = {each.name: _size(each) for each in found}
    picked = st.pills(
        f"{len(found)} tables in the file",
        list(sizes),
        selection_mode="multi",
        default=[name for name in chosen if name in sizes],
        format_func=words.telling(sizes, lambda name: f"{words.literal(name, 50)}{sizes[name]}"),
        key=f"tables-{key}",
    )
    return [name for name in sizes if name in picked]


def _size(table: TableInFile) -> str:
    if table.rows is None:
        return ""
    return f" · {words.count(table.rows, 'row')}" if table.rows else " · empty"


def questions(report: ReadReport, options: ReadOptions, key: str) -> ReadOptions:
    """Asks what the file does not settle, a click each. The options with what was answered."""
    open_questions = report.questions
    for place, asked in enumerate(open_questions[:SHOWN_QUESTIONS]):
        with st.container(border=True, gap="small", key=f"question-{key}-{place}"):
            st.markdown(f":orange[:material/help:] {words.literal(asked.question, 300)}")
            labels = {choice.value: choice.label for choice in asked.choices}
            answer = st.pills(
                words.literal(asked.question, 300),
                list(labels),
                format_func=lambda value, labels=labels: words.literal(labels[value], 80),
                default=asked.value if asked.value in labels else None,
                label_visibility="collapsed",
                key=f"answer-{key}-{asked.option}-{asked.column}",
            )
            st.caption(words.literal(asked.evidence, 300))
            if answer and answer != asked.value:
                return options.chosen(asked.option, answer, asked.column)
    if (more := len(open_questions) - SHOWN_QUESTIONS) > 0:
        st.caption(f"and {words.count(more, 'more question')} under “How it was read”")
    return options


def rows(table: pa.Table, report: ReadReport, key: str) -> None:
    """The first rows and the kind of each column."""
    with st.container(horizontal=True, gap="xsmall"):
        for name, field in list(zip(table.column_names, table.schema, strict=True))[: data_table.SHOWN_KINDS]:
            kind = kind_of(str(field.type))
            st.badge(
                words.badge(name, 28),
                icon=f":material/{data_table.ICONS[kind]}:",
                color="gray",
                help=data_table.KIND_WORDS[kind],
            )
        if (more := table.num_columns - data_table.SHOWN_KINDS) > 0:
            st.badge(f"\\+{more:,} more", color="gray")
    height = ROWS_HEIGHT if table.num_rows > FEW_ROWS else "auto"
    data_table.rows(table, f"preview-{key}", alt="First rows of the file as they would be read", height=height)
    seen = f"First {words.count(table.num_rows, 'row')}"
    st.caption(seen if report.is_part else f"{seen} of {report.rows:,}")


def kind_of(arrow_type: str) -> Kind:
    """The kind of an Arrow type by its name."""
    begins = {
        "bool": Kind.BOOLEAN,
        "int": Kind.INTEGER,
        "uint": Kind.INTEGER,
        "float": Kind.DECIMAL,
        "double": Kind.DECIMAL,
        "halffloat": Kind.DECIMAL,
        "decimal": Kind.DECIMAL,
        "date": Kind.DATE,
        "timestamp": Kind.DATETIME,
        "time": Kind.TIME,
        "string": Kind.TEXT,
        "large_string": Kind.TEXT,
    }
    return next((kind for begin, kind in begins.items() if arrow_type.startswith(begin)), Kind.OTHER)


def notes(report: ReadReport) -> None:
    """What was noted while reading, one line each."""
    for note in report.notes:
        st.caption(f":material/info: {words.literal(note, 400)}")


def rejected(report: ReadReport, name: str, key: str) -> None:
    """Counts the rows that could not be read, shows them and gives them as a file; nothing when there are none."""
    if not report.rejected_rows:
        return
    import pyarrow as pa

    label = f"{words.count(report.rejected_rows, 'row')} could not be read"
    with st.expander(label, icon=":material/warning:", key=f"rejected-{key}"):
        lines = pa.Table.from_pylist([_line(each) for each in report.rejected])
        data_table.rows(lines, f"rejected-rows-{key}", "Rows that could not be read")
        if (more := report.rejected_rows - len(report.rejected)) > 0:
            st.caption(f"and {more:,} more")
        st.download_button(
            "Download them",
            partial(_csv, report),
            file_name=f"{words.clean(name)[:60]} (rejected).csv",
            mime="text/csv",
            icon=":material/download:",
            key=f"rejected-file-{key}",
            on_click="ignore",
        )


def _csv(report: ReadReport) -> bytes:
    import pyarrow as pa

    return data_table.csv(pa.Table.from_pylist([_line(each) for each in report.rejected]))


def _line(row: Rejected) -> dict[str, object]:
    return {"Line": row.line, "Why": words.clean(row.reason), "Text": words.clean(row.text)}


def columns(report: ReadReport, options: ReadOptions, key: str) -> ReadOptions:
    """Draws the choice of columns, where some can be read without the others. The options with what was chosen."""
    if len(report.offered) < 2:
        return options
    chosen = [name for name in report.offered if name in options.only]
    label = f"{len(chosen):,} of {words.count(len(report.offered), 'column')}" if chosen else "Choose columns"
    with st.expander(label, icon=":material/view_column:", key=f"only-{key}"), st.form(f"cut-{key}", border=False):
        picked = st.multiselect(
            "Columns to read",
            report.offered,
            chosen,
            format_func=words.named(report.offered),
            placeholder="All of them",
            key=f"chosen-{key}-{len(chosen)}",
            help="Only these are read: this file keeps each column apart.",
        )
        taken = st.form_submit_button("Read only these")
    return options.model_copy(update={"only": tuple(picked)}) if taken and picked != chosen else options


def found_out(report: ReadReport, options: ReadOptions, names: Sequence[str], key: str) -> ReadOptions:
    """Draws what was found out, with the evidence and a way to change each. The options with what was changed."""
    general = [each for each in report.detected if not each.column and each.option != "table"]
    doubtful = [each for each in report.detected if each.column and (each.is_told or each.question)]
    with st.expander("How it was read", icon=":material/tune:", key=f"found-{key}"):
        changed = options
        for each in (*general, *doubtful[:LISTED_COLUMNS]):
            changed = _detected(each, changed, key)
        return _column(changed, report, doubtful, names, key)


def _column(
    options: ReadOptions, report: ReadReport, listed: Sequence[Detected], names: Sequence[str], key: str
) -> ReadOptions:
    """Lets a person choose a column, shows what was found out about it, and lets them change its kind."""
    name = st.selectbox("Column", list(names), format_func=words.named(names), width=COLUMN_WIDTH, key=f"column-{key}")
    mine = [each for each in report.detected if each.column == name and each not in listed]
    for each in mine:
        options = _detected(each, options, key)
    known = any(each.column == name and each.option == "kind" for each in report.detected)
    return options if known or name is None else _kind(options, name, key)


def _kind(options: ReadOptions, name: str, key: str) -> ReadOptions:
    told = options.columns.get(name)
    now = told.kind if told and told.kind else ""
    values = ["", *KINDS]
    kind = st.selectbox(
        f"Kind of {words.literal(name, 60)}",
        values,
        index=values.index(now),
        format_func=lambda value: data_table.KIND_WORDS[Kind(value)] if value else FOUND_OUT,
        width=COLUMN_WIDTH,
        key=f"kind-{key}-{name}-{now}",
    )
    return options if kind == now else options.chosen("kind", kind, name)


def _detected(found: Detected, options: ReadOptions, key: str) -> ReadOptions:
    name = NAMES.get(found.option, found.option)
    label = f"{name} of {words.literal(found.column, 60)}" if found.column else name
    left, right = st.columns([2, 3], gap="medium", vertical_alignment="center")
    with left:
        chosen = _choose(found, label, f"{key}-{found.option}-{found.column}-{found.value}")
    mark = ":blue[:material/person:] " if found.is_told else "" if found.is_sure else ":orange[:material/help:] "
    right.caption(mark + words.literal(found.evidence, 300))
    return options if chosen is None else options.chosen(found.option, chosen, found.column)


def _choose(found: Detected, label: str, key: str) -> str | None:
    """The value that a person has changed it to; None when it stays, "" for: find out."""
    if not found.choices:
        typed = st.text_input(label, words.clean(found.value), placeholder=EXAMPLES.get(found.option, ""), key=key)
        return None if typed.strip() == words.clean(found.value) else typed.strip()
    labels = {choice.value: choice.label for choice in found.choices}
    labels.setdefault(found.value, found.label)
    values = [*labels, ""] if found.is_told and "" not in labels else list(labels)
    chosen = st.selectbox(
        label,
        values,
        index=values.index(found.value),
        format_func=lambda value: words.clean(labels.get(value, FOUND_OUT)),
        key=key,
    )
    return None if chosen == found.value else chosen
