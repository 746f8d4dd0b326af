"""Each kind of step: what it refuses, what it says, and the code it writes, with hostile names throughout."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from services.code.steps import (
    KINDS,
    CastColumn,
    Chain,
    Condition,
    FilterRows,
    FreeCode,
    RenameColumns,
    SelectColumns,
    SortRows,
    StepBase,
    parse,
)
from services.code.steps.masks import Mask
from services.errors import BadInput
from tests.code.examples import NO_COLUMNS, examples
from tests.code.tables import NASTY, after

HOSTILE = '\']; import os; os._exit(1) #\n"""{0}'
EXAMPLES = examples(HOSTILE, HOSTILE, HOSTILE, "g")


MASKS = {kind for kind, step in EXAMPLES.items() if isinstance(step, Mask)}


def test_every_kind_has_an_example() -> None:
    assert EXAMPLES.keys() == KINDS.keys()


@pytest.mark.parametrize("kind", EXAMPLES)
def test_a_step_is_data_and_its_code_is_python(kind: str) -> None:
    step = EXAMPLES[kind]
    assert parse(step.model_dump(mode="json")) == step
    tree = ast.parse(step.to_code())
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert imported <= ({"hashlib", "hmac", "re"} if kind in MASKS else {"re", "json"})
    sentence = step.describe()
    assert not sentence[0].islower()
    assert not sentence.endswith(".")


@pytest.mark.parametrize("kind", sorted(EXAMPLES.keys() - NO_COLUMNS))
def test_a_step_is_refused_on_a_table_without_its_columns(kind: str) -> None:
    with pytest.raises(BadInput, match="no column"):
        EXAMPLES[kind].check(["other"])
    EXAMPLES[kind].check([HOSTILE, "g", "other"])


@pytest.mark.parametrize("kind", ["select", "rename", "filter", "sort", "code", "chain"])
def test_hostile_names_and_values_stay_names_and_values(kind: str, tmp_path: Path) -> None:
    made = after(EXAMPLES[kind], {HOSTILE: [HOSTILE, None]}, tmp_path)
    assert list(made) == ([HOSTILE + "2"] if kind == "rename" else [HOSTILE])
    assert next(iter(made.values()))[0] == HOSTILE


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (SelectColumns(columns=("a", "a")), "twice"),
        (RenameColumns(names={"a": "b"}), "Two columns"),
        (RenameColumns(names={"a": "  "}), "needs a name"),
        (SortRows(columns=("a",), descending=("b",)), "do not fit"),
        (FreeCode(code="df = ("), "not Python"),
        (FreeCode(code="x = 1"), "never names"),
        (Chain(steps=(SelectColumns(columns=("a",)), SortRows(columns=("b",)))), "no column “b”"),
    ],
)
def test_what_cannot_work_is_refused_with_the_reason(step: StepBase, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        step.check(["a", "b"])


@pytest.mark.parametrize(
    "data",
    [
        None,
        {"kind": "explode"},
        {"kind": "select", "columns": []},
        {"kind": "filter", "conditions": [{"column": "a", "test": ">"}]},
        {"kind": "filter", "conditions": [{"column": "a", "test": "missing", "value": 1}]},
        {"kind": "cast", "column": "a", "to": "integer", "decimal": ",", "thousands": ","},
        {"kind": "select", "columns": ["a"], "code": "import os"},
        {"kind": "chain", "steps": [{"kind": "chain", "steps": []}]},
    ],
)
def test_what_is_no_step_is_bad_input(data: Any) -> None:
    with pytest.raises(BadInput, match="cannot be used"):
        parse(data)


def cast(cells: list[Any], to: str, tmp_path: Path, **more: Any) -> list[Any]:
    step = CastColumn.model_validate({"column": "x", "to": to, "unreadable": "missing", **more})
    return after(step, {"x": cells}, tmp_path)["x"]


@pytest.mark.parametrize(
    ("cells", "to", "more", "expected"),
    [
        (["1", " 2 ", "007", "1.0", "1.5", "x", None, "9007199254740993"], "integer", {},
         [1, 2, 7, 1, None, None, None, 9007199254740993]),
        (["1,234", "12,34", "1234", "-1,234,567"], "integer", {"thousands": ","}, [1234, None, 1234, -1234567]),
        (["9,99", "1.234,5", "1234"], "decimal", {"decimal": ",", "thousands": "."}, [9.99, 1234.5, 1234.0]),
        (["9,99", "1e3", "inf", "nan", "--1"], "decimal", {}, [None, 1000.0, None, None, None]),
        (["yes", "No", "TRUE", "0", "maybe", None], "boolean", {}, [True, False, True, False, None, None]),
        ([1.0, 2.5, None], "text", {}, ["1", "2.5", None]),
        ([1.5, 2.0], "integer", {}, [None, 2]),
        ([1, None, 3], "text", {}, ["1", None, "3"]),
        ([True, False, None], "integer", {}, [None, None, None]),
    ],
)  # fmt: skip
def test_a_cast_reads_what_can_be_read_and_nothing_else(
    cells: list[Any], to: str, more: dict[str, Any], expected: list[Any], tmp_path: Path
) -> None:
    assert cast(cells, to, tmp_path, **more) == expected


def test_dates_are_read_by_their_order(tmp_path: Path) -> None:
    cells = ["2024-02-01", "01.02.2024", "13/01/2024", "01/13/2024", "2024", "5"]
    days = [str(day) if day else None for day in cast(cells, "date", tmp_path, order="day first")]
    assert days == ["2024-02-01", "2024-02-01", "2024-01-13", None, None, None]
    months = [str(day) if day else None for day in cast(cells, "date", tmp_path, order="month first")]
    assert months == ["2024-02-01", None, None, "2024-01-13", None, None]
    times = cast(["2024-02-01T10:30", "2024-02-01 10:30:15.5"], "datetime", tmp_path, order="year first")
    assert [str(time) for time in times] == ["2024-02-01 10:30:00", "2024-02-01 10:30:15.500000"]
    assert cast(["2024-02-01 10:30:00", "2024-02-01 00:00:00"], "date", tmp_path)[0] is None


def test_the_order_of_dates_is_learned_or_asked(tmp_path: Path) -> None:
    step = CastColumn(column="x", to="date")
    assert step.fit_code()
    taught = step.taught({"year first": 0, "day first": 2, "month first": 1})
    assert not taught.fit_code()
    assert "%d/%m/%Y" in taught.to_code()
    assert "%m/%d/%Y" not in taught.to_code()
    with pytest.raises(BadInput, match="day first and with the month first"):
        step.taught({"year first": 0, "day first": 2, "month first": 2})
    assert step.taught({"year first": 2, "day first": 2, "month first": 2}).learned


def test_what_cannot_be_read_stops_a_cast_with_its_number(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"2 of 4 values in “x” cannot be read as whole numbers, such as .*abc"):
        after(CastColumn(column="x", to="integer"), {"x": ["1", "abc", "n/a", None]}, tmp_path)


def test_missing_cells_pass_no_test_but_those_for_them(tmp_path: Path) -> None:
    table = {"x": [1, None, 3], "n": [0, 1, 2]}

    def kept(keep: bool = True, **test: Any) -> list[int]:
        step = FilterRows(conditions=(Condition(column="x", **test),), keep=keep)
        return after(step, table, tmp_path)["n"]

    assert kept(test=">", value=1) == [2]
    assert kept(test="≠", value=1) == [1, 2]
    assert kept(keep=False, test=">", value=1) == [0, 1]
    assert kept(test="missing") == [1]
    assert kept(test="none of", values=(3,)) == [0, 1]


def test_a_filter_joins_its_tests(tmp_path: Path) -> None:
    tests = (Condition(column="x", test="starts with", value="a"), Condition(column="x", test="contains", value="."))
    table = {"x": ["a", ".", "a.", None, "b"]}
    assert after(FilterRows(conditions=tests), table, tmp_path) == {"x": ["a."]}
    assert after(FilterRows(conditions=tests, match="any"), table, tmp_path) == {"x": ["a", ".", "a."]}


def test_a_chain_knows_the_names_and_kinds_at_its_end() -> None:
    chain = Chain(
        steps=(
            RenameColumns(names={"a": "b"}),
            CastColumn(column="b", to="date", order="day first"),
            RenameColumns(names={"b": "c", "x": "b"}),
        )
    )
    assert chain.check(["a", "x"]) == ("c", "b")
    assert chain.renames() == {"a": "c", "x": "b"}
    assert chain.kinds() == {"c": "date"}
    assert chain.row_local
    assert chain.keeps_rows
    assert not chain.by_hand
    assert chain.model_copy(update={"steps": (*chain.steps, FreeCode(code="df"))}).by_hand


def test_names_in_comments_stay_on_their_line() -> None:
    code = Chain(steps=(SelectColumns(columns=tuple(NASTY)), SortRows(columns=("line\nbreak",)))).to_code()
    comments = [line for line in code.splitlines() if line.startswith("#")]
    assert len(comments) == 2
    ast.parse(code)
