"""Questions with known answers: read in three forms, judged, asked once each, summed up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.messages import Value
from services.__main__ import main
from services.commands.evaluation import cases, judging
from services.commands.evaluation.cases import Form
from services.errors import BadInput

SET: tuple[dict[str, Any], ...] = (
    {
        "id": "n1", "question": "average price by region", "agg": "AVG", "has_where": False,
        "gold_rows": [["North", 34.7], ["West", 78.325], ["East", 109.25]],
    },
    {"id": "n2", "question": "how many orders?", "agg": "COUNT", "has_where": False, "gold_rows": [[7]]},
    {"id": "w1", "question": "what is the total of units?", "qtype": "sum", "gold_answers": ["23"]},
    {
        "id": "d1", "question": "What is the mean of price?", "concepts": ["Summary Statistics"],
        "constraints": "Use all rows.", "format": "@mean_price[value] rounded to two decimal places",
        "gold_answers": [["mean_price", "75.15"]],
    },
    {"id": "x1", "question": "why is the sky blue?", "qtype": "other", "gold_answers": ["air"]},
)  # fmt: skip


@pytest.fixture
def folder(orders_csv: Path) -> Path:
    lines = [json.dumps({**case, "table_csv": orders_csv.name}) for case in SET]
    (orders_csv.parent / "cases.jsonl").write_text("\n".join(lines))
    return orders_csv.parent


def evaluate(folder: Path, capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, Any]:
    out = folder / "out.jsonl"
    assert main(["evaluate", str(folder / "cases.jsonl"), "--out", str(out), "--json", *more]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.usefixtures("lent")
def test_a_set_is_asked_once_and_goes_on_where_it_was(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = evaluate(folder, capsys, "--limit", "2")
    assert first["all"]["questions"] == 2
    out = folder / "out.jsonl"
    # A kill in the middle of a line.
    out.write_text(out.read_text() + '{"id": "w1", "ri')
    whole = evaluate(folder, capsys)
    lines = [json.loads(line) for line in out.read_text().splitlines() if line.endswith("}")]
    assert [line["id"] for line in lines] == ["n1", "n2", "w1", "d1", "x1"]
    assert {line["id"]: line["right"] for line in lines} == {
        **dict.fromkeys(("n1", "w1", "d1"), True),
        **dict.fromkeys(("n2", "x1"), False),
    }
    assert whole["all"]["accuracy"] == 0.6
    assert whole["all"]["calls"] == 0
    assert whole["kinds"]["AVG plain"]["accuracy"] == 1
    assert whole["kinds"]["COUNT plain"]["right_of_answered"] == 0
    before = out.read_text()
    assert evaluate(folder, capsys) == whole
    assert out.read_text().strip() == before.strip()
    assert main(["evaluate", str(folder / "cases.jsonl"), "--out", str(out)]) == 0
    assert "macro-average" in capsys.readouterr().out


def test_answers_of_another_model_are_kept(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "out.jsonl").write_text(json.dumps({"id": "n1", "model": "gpt"}) + "\n")
    assert main(["evaluate", str(folder / "cases.jsonl"), "--out", str(folder / "out.jsonl")]) == 1
    assert "another --out" in capsys.readouterr().err


@pytest.mark.parametrize("line", ["{", "[]", '{"id": "a"}', '{"id": "a", "question": "q", "table_csv": "t.csv"}'])
def test_a_line_that_is_no_case_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "cases.jsonl").write_text(f"\n{line}\n")
    with pytest.raises(BadInput, match="Line 2"):
        cases.read(tmp_path / "cases.jsonl")
    with pytest.raises(BadInput, match="cannot be read"):
        cases.read(tmp_path / "gone.jsonl")


def test_what_is_asked_of_each_form(folder: Path) -> None:
    found = cases.read(folder / "cases.jsonl")
    assert [case.form for case in found] == [Form.ROWS, Form.ROWS, Form.LIST, Form.MARKS, Form.LIST]
    assert found[3].question.startswith("What is the mean of price? Use all rows. @mean_price")


@pytest.mark.parametrize(
    ("found", "wanted", "right"),
    [
        ([["b", 2], ["a", 1]], [["A", 1.0], ["b", "2"]], True),
        ([[1, "x", "a"]], [["a", 1]], True),
        ([["a", 1.004]], [["a", 1]], True),
        ([["a", 1.02]], [["a", 1]], False),
        ([["2024-1-5"]], [["2024-01-05 00:00:00"]], True),
        ([["2020"]], [["2020-01-01"]], True),
        ([["1,234"]], [[1234]], True),
        ([[None]], [[""]], True),
        ([["a"]], [["a"], ["a"]], False),
        ([["a"]], [["a", 1]], False),
        ([], [], True),
        ([[True]], [["true"]], True),
    ],
)
def test_rows_are_compared_as_sets(found: list[list[Any]], wanted: list[list[Any]], right: bool) -> None:
    assert judging.rows_match(found, wanted) is right


@pytest.mark.parametrize(
    ("found", "wanted", "right"),
    [
        (["b", "a (UK)"], ["A", "B"], True),
        (["a"], ["a", "b"], False),
        (["a", "b"], ["a"], False),
        (["it\u2019s"], ["it's"], True),
        (["3.0"], ["3"], True),
    ],
)
def test_lists_are_compared_without_order(found: list[str], wanted: list[str], right: bool) -> None:
    assert judging.lists_match(found, wanted) is right


def test_marks_in_the_text() -> None:
    assert judging.marks_match("It is @a[1.50] and @b[yes].", [["a", "1.5"], ["b", "yes"]])
    assert not judging.marks_match("@a[1.5]", [["a", "1.5"], ["b", "yes"]])
    assert not judging.marks_match("nothing", [])


def test_values_are_rows_where_there_is_no_table() -> None:
    outputs = [Value(value=3), Value(name="_tied", value=1)]
    assert judging.cells(outputs) == [[3]]
    assert judging.listed([Value(value=["a", 1])], []) == ["a", "1"]
