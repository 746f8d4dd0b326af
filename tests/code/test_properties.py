"""For any table: a row-local step gives on slices what it gives on the whole, and a query what the code gives."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.code.steps import (
    CastColumn,
    Chain,
    Condition,
    FilterRows,
    RenameColumns,
    SelectColumns,
    SortRows,
    StepBase,
)
from services.code.steps.cast import Target
from tests.code import tables

TEXTS = st.one_of(
    st.sampled_from(
        ["1", "1,234", "9,99", "-3.50", "007", "2024-01-31", "31.01.2024", "01/02/2024", "yes", "No", "", " 5 "]
    ),
    st.integers(-(10**19), 10**19).map(str),
    st.text(max_size=6),
)
KINDS: dict[str, tuple[pa.DataType, st.SearchStrategy[Any]]] = {
    "integer": (pa.int64(), st.integers(-(2**53), 2**53) | st.integers(-(2**63), 2**63 - 1)),
    "small": (pa.int16(), st.integers(-300, 300)),
    "decimal": (pa.float64(), st.floats(-1e12, 1e12) | st.integers(-5, 5).map(float)),
    "text": (pa.string(), TEXTS),
    "boolean": (pa.bool_(), st.booleans()),
    "date": (pa.date32(), st.dates(date(1700, 1, 1), date(2200, 1, 1))),
    "datetime": (pa.timestamp("us"), st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1))),
}
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def whole_tables(draw: st.DrawFn) -> pa.Table:
    """Up to six columns of any kind, up to thirty rows, gaps here and there."""
    names = draw(
        st.lists(st.sampled_from(tables.NASTY) | st.text("abc", min_size=1), min_size=1, max_size=6, unique=True)
    )
    rows = draw(st.integers(0, 30))
    gaps = draw(st.booleans())
    columns = {}
    for name in names:
        kind, values = KINDS[draw(st.sampled_from(sorted(KINDS)))]
        cell = st.none() | values if gaps else values
        columns[name] = pa.array(draw(st.lists(cell, min_size=rows, max_size=rows)), kind)
    return pa.table(columns)


def column(table: pa.Table) -> st.SearchStrategy[str]:
    return st.sampled_from(table.column_names)


@st.composite
def conditions(draw: st.DrawFn, table: pa.Table) -> Condition:
    name = draw(column(table))
    present = [cell for cell in table[name].to_pylist() if isinstance(cell, str | int | float)]
    tests = ["missing", "not missing"]
    if present:
        tests += ["=", "≠", "one of", "none of"]
    if present and not isinstance(present[0], bool):
        tests += ["<", "≤", ">", "≥"]
    if present and isinstance(present[0], str):
        tests += ["contains", "starts with"]
    test: Any = draw(st.sampled_from(tests))
    if test in ("missing", "not missing"):
        return Condition(column=name, test=test)
    if test in ("one of", "none of"):
        return Condition(column=name, test=test, values=tuple(draw(st.lists(st.sampled_from(present), min_size=1))))
    return Condition(column=name, test=test, value=draw(st.sampled_from(present)))


@st.composite
def row_local(draw: st.DrawFn, table: pa.Table) -> StepBase:
    kind = draw(st.sampled_from(["select", "rename", "filter", "cast"]))
    if kind == "select":
        return SelectColumns(columns=tuple(draw(st.lists(column(table), min_size=1, unique=True))))
    if kind == "rename":
        old = draw(column(table))
        return RenameColumns(
            names={old: draw(st.sampled_from([n for n in tables.NASTY if n not in table.column_names]))}
        )
    if kind == "filter":
        tests = draw(st.lists(conditions(table), min_size=1, max_size=3))
        return FilterRows(
            conditions=tuple(tests), match=draw(st.sampled_from(["all", "any"])), keep=draw(st.booleans())
        )
    marks: Any = draw(st.sampled_from([(".", ""), (".", ","), (",", "."), (",", ""), (".", " ")]))
    order: Any = draw(st.sampled_from(["year first", "day first", "month first"]))
    to = draw(st.sampled_from(get_args(Target)))
    return CastColumn(
        column=draw(column(table)), to=to, unreadable="missing", decimal=marks[0], thousands=marks[1], order=order
    )


@st.composite
def sorts(draw: st.DrawFn, table: pa.Table) -> SortRows:
    chosen = tuple(draw(st.lists(column(table), min_size=1, max_size=3, unique=True)))
    return SortRows(columns=chosen, descending=tuple(name for name in chosen if draw(st.booleans())))


@QUICK
@given(st.data())
def test_slices_give_the_same_bytes_as_the_whole(data: st.DataObject) -> None:
    table = data.draw(whole_tables())
    step = data.draw(row_local(table))
    assert step.row_local
    with TemporaryDirectory() as name:
        folder = Path(name)
        source = tables.written(table, folder)
        whole = tables.run(step, source, folder)
        sliced = tables.run(step, source, folder, slice_bytes=8 * table.num_columns * data.draw(st.integers(1, 9)))
        assert tables.cells(sliced) == tables.cells(whole)
        assert sliced.digest == whole.digest
        assert sliced.path.read_bytes() == whole.path.read_bytes()
        assert step.check(table.column_names) == whole.columns


@QUICK
@given(st.data())
def test_a_query_gives_the_same_bytes_as_the_code(data: st.DataObject) -> None:
    table = data.draw(whole_tables())
    step: StepBase = data.draw(sorts(table))
    if data.draw(st.booleans()):
        kept = SelectColumns(columns=tuple(data.draw(st.permutations(table.column_names))))
        step = Chain(steps=(kept, step))
    with TemporaryDirectory() as name:
        folder = Path(name)
        source = tables.written(table, folder)
        queried, coded = tables.run_sql(step, source, folder), tables.run(step, source, folder)
        assert tables.cells(queried) == tables.cells(coded)
        assert queried.digest == coded.digest
        assert queried.path.read_bytes() == coded.path.read_bytes()


@QUICK
@given(st.data())
def test_a_cast_reads_a_cell_or_counts_it_as_lost(data: st.DataObject) -> None:
    table = data.draw(whole_tables())
    step = data.draw(row_local(table).filter(lambda each: isinstance(each, CastColumn)))
    assert isinstance(step, CastColumn)
    strict = step.model_copy(update={"unreadable": "stop"})
    with TemporaryDirectory() as name:
        folder = Path(name)
        source = tables.written(table, folder)
        before, after = table[step.column].to_pylist(), tables.cells(tables.run(step, source, folder))[step.column]
        lost = sum(new is None and old is not None for old, new in zip(before, after, strict=True))
        refusal = pytest.raises(ValueError, match=f"^{lost:,} of {table.num_rows:,} values") if lost else nullcontext()
        with refusal:
            tables.run(strict, source, folder)
