"""Steps run as the product runs them, but in this process: real loading, real encoding, real files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sandbox import encode_tables, loading
from services.backends import pieces
from services.backends.engine import Engine
from services.backends.pieces import Made
from services.code.steps import Relation, StepBase
from tests.code.examples import OTHER_TABLE

KEY = "5e" * 32
"""Stands for a team's key."""
NASTY = ["a'b", 'say "x"', "line\nbreak", "{curly}", "Ünï", "x; DROP TABLE t", "\\", "%s", "c0", "place", "A", "df"]


def written(table: pa.Table, folder: Path) -> Path:
    """The table as a version's file, in small row groups."""
    path = folder / f"{uuid4().hex}.parquet"
    pq.write_table(table, path, compression="zstd", row_group_size=7)
    return path


def run(step: StepBase, source: Path, folder: Path, slice_bytes: int = 0) -> Made:
    """The file the step makes, of the whole table or of slices of it."""
    if slice_bytes:
        parts = [_part(step, piece, "arrow", folder) for _, piece in pieces.slices(source, folder, slice_bytes)]
    else:
        parts = [_part(step, source, "parquet", folder)]
    return pieces.assemble(parts, folder / f"{uuid4().hex}.parquet", wanted(step, source))


def run_sql(step: StepBase, source: Path, folder: Path) -> Made:
    """The file that the step's query makes."""
    relation = step.to_sql(Relation("SELECT * FROM source", tuple(pq.read_schema(source).names)))
    assert relation is not None
    part = folder / f"{uuid4().hex}.arrow"
    Engine(temp=folder).rewrite(source, part, relation.query, relation.columns)
    return pieces.assemble([part], folder / f"{uuid4().hex}.parquet", wanted(step, source))


def wanted(step: StepBase, source: Path) -> dict[str, pa.DataType]:
    renames = step.renames()
    kept = {renames.get(name, name): kind for name, kind in pieces.degraded(source).items()}
    return kept | {name: pieces.STORED[kind] for name, kind in step.kinds().items()}


def taught(step: StepBase, source: Path) -> StepBase:
    """The step with what it learns from the table, or as it is when that is nothing."""
    if not (code := step.fit_code()):
        return step
    frame, _ = loading.load(source.read_bytes(), "parquet")
    names: dict[str, Any] = {"df": frame, "pd": pd, "np": np}
    exec(code, names)
    return step.taught(json.loads(json.dumps(names["result"])))


def cells(made: Made) -> dict[str, list[Any]]:
    return pq.read_table(made.path).to_pydict()


def after(step: StepBase, columns: dict[str, Sequence[Any]], folder: Path) -> dict[str, list[Any]]:
    """The cells that the step makes of these columns."""
    return cells(run(step, written(pa.table(columns), folder), folder))


def _part(step: StepBase, source: Path, form: str, folder: Path) -> Path:
    frame, _ = loading.load(source.read_bytes(), form)
    names: dict[str, Any] = {"df": frame, "pd": pd, "np": np, "print": lambda *_: None}
    if step.keyed:
        names["secret"] = pd.DataFrame({"key": [KEY]})
    names |= {name: pd.DataFrame(OTHER_TABLE) for name in step.sources}
    exec(step.to_code(), names)
    part = folder / f"{uuid4().hex}.arrow"
    part.write_bytes(encode_tables.arrow_bytes(encode_tables.tabulate(names["df"], 1 << 50)))
    return part
