"""The program that looks for suggestions, in a process of its own: reads a table, leaves what it finds in a folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import IO, Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import types as kinds

from services.code.detectors import find
from services.code.detectors.idea import Column, Idea, Table

MOST_CELLS: Final = 4_000_000
LEAST_ROWS: Final = 10_000
MOST_PLACES: Final = 10_000
CHARS: Final = 300
FOUND: Final = "ideas.json"


def run(source: IO[bytes], folder: str) -> None:
    """Leaves the ideas as JSON in the folder, with the numbers of rows that there are and that were looked at."""
    table, rows = read(source)
    ideas = [_plain(idea) for idea in find(table)]
    told = {"ideas": ideas, "rows": rows, "looked": table.rows}
    (Path(folder) / FOUND).write_text(json.dumps(told), encoding="utf-8")


def read(source: IO[bytes]) -> tuple[Table, int]:
    """The first rows of a Parquet file as text, as many as can be looked at, and the number of rows there are."""
    file = pq.ParquetFile(source)
    most = max(LEAST_ROWS, MOST_CELLS // max(1, file.metadata.num_columns))
    batches, held = [], 0
    for batch in file.iter_batches(min(most, 50_000), use_threads=False):
        batches.append(batch)
        held += batch.num_rows
        if held >= most:
            break
    found = pa.Table.from_batches(batches, file.schema_arrow).slice(0, most)
    columns = [_column(name, column) for name, column in zip(found.column_names, found.columns, strict=True)]
    return Table(tuple(columns), found.num_rows), file.metadata.num_rows


def _column(name: str, column: pa.ChunkedArray) -> Column:
    kind = _kind(column.type)
    if kind == "other" and (kinds.is_nested(column.type) or kinds.is_binary(column.type)):
        return Column(name, (None,) * len(column), kind)
    if kinds.is_floating(column.type):
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
        texts = tuple(None if each is None else repr(each).removesuffix(".0") for each in column.to_pylist())
        return Column(name, texts, kind)
    return Column(name, tuple(column.cast(pa.string()).to_pylist()), kind)


def _kind(kind: pa.DataType) -> str:
    if kinds.is_string(kind) or kinds.is_large_string(kind):
        return "text"
    if kinds.is_integer(kind) or kinds.is_floating(kind) or kinds.is_decimal(kind):
        return "number"
    if kinds.is_date(kind) or kinds.is_timestamp(kind):
        return "date"
    return "boolean" if kinds.is_boolean(kind) else "other"


def _plain(idea: Idea) -> dict[str, Any]:
    """The idea as the fields of a suggestion."""
    places = [{"row": row + 1, "column": column} for row, column in idea.cells[:MOST_PLACES]]
    shown = [
        {"place": str(row + 1), "before": before[:CHARS], "after": after and after[:CHARS]}
        for row, before, after in idea.examples
    ]
    options = [{"label": label, "step": step.model_dump(mode="json")} for label, step in idea.options]
    return {
        "kind": idea.kind,
        "columns": list(idea.columns),
        "title": idea.title,
        "reason": idea.reason,
        "confidence": idea.confidence,
        "effect": idea.effect,
        "rows": idea.rows,
        "step": idea.step.model_dump(mode="json") if idea.step else None,
        "options": options,
        "cells": places,
        "examples": shown,
    }
