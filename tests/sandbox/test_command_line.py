"""`python -m sandbox`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sandbox.__main__ import main


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text("region,price\nnorth,2.5\nsouth,3\nnorth,4.5\n")
    return path


def test_run_prints_one_object(tmp_path: Path, csv: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = tmp_path / "code.py"
    code.write_text("print('hi')\nresult = {'t': df.groupby('region')['price'].mean(), 'f': px.bar(df, x='region')}")
    assert main(["run", str(code), "--table", f"df={csv}", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["status"] == "ok"
    assert told["stdout"] == "hi\n"
    assert told["outputs"][0]["columns"] == ["region", "price"]
    assert told["outputs"][0]["rows"] == [["north", 3.5], ["south", 3.0]]
    assert told["outputs"][1]["figure"]["data"][0]["type"] == "bar"


def test_run_for_people(tmp_path: Path, csv: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = tmp_path / "code.py"
    code.write_text("result = df['prise']")
    assert main(["run", str(code), "--table", f"df={csv}"]) == 1
    assert "did you mean 'price'?" in capsys.readouterr().out


def test_batch(tmp_path: Path, csv: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    lines = [{"id": n, "code": f"result = len(df) + {n}"} for n in range(5)] + [{"id": "bad", "code": "result = x"}]
    cases.write_text("\n".join(json.dumps(line) for line in lines))
    out = tmp_path / "results.jsonl"
    assert main(["batch", str(cases), "--table", f"df={csv}", "--out", str(out)]) == 0
    told = [json.loads(line) for line in out.read_text().splitlines()]
    assert [each["id"] for each in told] == ["0", "1", "2", "3", "4", "bad"]
    assert [each["outputs"][0]["value"] for each in told[:5]] == [3, 4, 5, 6, 7]
    assert told[5]["error"]["type"] == "NameError"
    assert set(told[0]) >= {"id", "status", "error", "outputs", "stdout", "seconds", "peak_mb"}


def test_status(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["level"] in {"L", "N", "0"}
    assert {layer["name"] for layer in told["layers"]} >= {"own process", "resource limits"}


@pytest.mark.parametrize(
    "words",
    [
        ["--wall-seconds", "nan"],
        ["--memory-mb", "-5"],
        ["--stdout-bytes", "0"],
        ["--rows", "many"],
        ["--grant", "fit"],
    ],
)
def test_limits_that_are_none(words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["run", str(tmp_path / "code.py"), *words])
    assert ended.value.code == 2
    assert words[1] in capsys.readouterr().err


def test_names_and_files_that_cannot_be_used(tmp_path: Path, csv: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = tmp_path / "code.py"
    code.write_bytes(b"result = '\xe9'")
    assert main(["run", str(code)]) == 2
    assert "code.py is no UTF-8 text" in capsys.readouterr().err
    code.write_text("result = 1")
    assert main(["run", str(code), "--table", f"if={csv}"]) == 2
    assert "'if' cannot name a table" in capsys.readouterr().err


def test_wrong_call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(tmp_path / "gone.py")]) == 2
    assert "gone.py" in capsys.readouterr().err


def test_times_that_python_does_not_know_are_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = tmp_path / "code.py"
    code.write_text("result = pd.DataFrame({'a': np.array(['20000-01-01', 'NaT'], 'M8[s]')})")
    assert main(["run", str(code), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["outputs"][0]["rows"] == [["20000-01-01T00:00:00"], [None]]


def test_terminal_is_not_commanded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = tmp_path / "code.py"
    code.write_text("result = pd.DataFrame({'a\\x1b[2J': ['\\x1b]0;x\\x07b']})")
    assert main(["run", str(code)]) == 0
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize("line", ["nonsense", "[1]", '{"id": 1}', '{"id": 1, "code": 2}'])
def test_case_that_is_none_is_named(tmp_path: Path, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_text(f'{{"id": 1, "code": "result = 1"}}\n{line}\n')
    assert main(["batch", str(cases), "--out", str(tmp_path / "out.jsonl")]) == 2
    assert "line 2 is no JSON object" in capsys.readouterr().err
