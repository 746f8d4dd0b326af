"""A failed run says what was wrong, on which line of the user's code, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox import RunError, RunRequest, RunResult, RunStatus, Sandbox
from tests.sandbox.conftest import Run


def failed(result: RunResult, status: RunStatus = RunStatus.FAILED) -> RunError:
    assert result.status is status, result
    assert result.error is not None
    return result.error


@pytest.mark.parametrize(
    "code",
    [
        "x = 1\nresult = df['prise'].mean()",
        "x = 1\nresult = df[['units', 'prise']]",
        "x = 1\nresult = df.prise.mean()",
        "x = 1\nresult = df.query('prise > 2')",
        "x = 1\nresult = df.groupby('prise')['units'].sum()",
        "x = 1\nresult = df.sort_values('prise')",
        "x = 1\nresult = px.bar(df, x='region', y='prise')",
        "x = 1\nresult = df.drop(columns=['prise'])",
        "x = 1\nresult = df.pivot_table(index='region', values='prise')",
    ],
)
def test_wrong_column_name(run: Run, code: str) -> None:
    error = failed(run(code))
    assert error.message == "column 'prise' not found; did you mean 'price'?"
    assert error.line == 2
    assert "'price'" in error.hint


def test_line_is_that_of_the_users_code(run: Run) -> None:
    error = failed(run("def share(x):\n    return x / 0\n\n\nresult = share(1)"))
    assert (error.type, error.line) == ("ZeroDivisionError", 2)


def test_column_that_looks_like_none(run: Run) -> None:
    error = failed(run("result = df['zzzzzz']"))
    assert error.message == "column 'zzzzzz' not found"
    assert "'region'" in error.hint


def test_unknown_name(run: Run) -> None:
    assert failed(run("result = dff.head()")).hint == "Did you mean `df`?"
    assert failed(run("result = price.mean()")).hint == "'price' is a column: write df['price']."


def test_unknown_method(run: Run) -> None:
    assert failed(run("result = df.grouby('region')")).hint == "Did you mean `groupby`?"


def test_missing_result(run: Run) -> None:
    error = failed(run("total = df['units'].sum()"))
    assert "result" in error.message
    assert "Assign" in error.hint


def test_syntax_error(run: Run) -> None:
    error = failed(run("a = 1\nresult = (1,"))
    assert (error.type, error.line) == ("SyntaxError", 2)


def test_unshowable_result(run: Run) -> None:
    assert "DataFrameGroupBy" in failed(run("result = df.groupby('region')")).message
    assert "generator" in failed(run("result = (x for x in [1])")).message


def test_text_column_in_a_mean(run: Run) -> None:
    assert "numeric_only" in failed(run("result = df['product'].mean()")).hint


def test_unknown_module(run: Run) -> None:
    error = failed(run("import no_such_thing\nresult = 1"))
    assert error.type == "ModuleNotFoundError"
    assert "pandas" in error.hint


def test_exit_without_result(run: Run) -> None:
    assert failed(run("import sys\nsys.exit(3)")).type == "SystemExit"
    assert run("import sys\nresult = 4\nsys.exit(0)").status is RunStatus.OK


@pytest.mark.parametrize(
    "code",
    [
        "import socket",
        "import requests\nresult = requests.get('http://example.com')",
        "from subprocess import run",
        "result = open('/etc/passwd').read()",
        "result = pd.read_csv('https://example.com/a.csv')",
        "df.to_csv('out.csv')",
        "result = ().__class__.__base__.__subclasses__()",
        "import streamlit as st",
        "name = input()",
    ],
)
def test_refused_early_with_a_sentence(run: Run, code: str) -> None:
    error = failed(run(code), RunStatus.REFUSED)
    assert error.line == 1
    assert error.message.endswith(".")
    assert error.hint


def test_code_that_is_too_long(run: Run) -> None:
    assert "65,536" in failed(run("#" * 70_000), RunStatus.REFUSED).message


def test_missing_or_foreign_table(sandbox, tmp_path) -> None:  # type: ignore[no-untyped-def]
    from sandbox import RunRequest

    gone = sandbox.run(RunRequest(id="1", code="result = 1", tables={"df": tmp_path / "gone.parquet"}))
    assert failed(gone).type == "BadTable"
    odd = tmp_path / "odd.bin"
    odd.write_bytes(b"\x00\x01\x02")
    assert "neither" in failed(sandbox.run(RunRequest(id="1", code="result = 1", tables={"df": odd}))).message
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1" + b"\x00" * 100)
    assert failed(sandbox.run(RunRequest(id="1", code="result = df", tables={"df": broken}))).type == "BadTable"


def test_more_tables_than_a_message_holds(sandbox: Sandbox, orders: Path) -> None:
    tables = {f"t{place}": orders for place in range(230)}
    result = sandbox.run(RunRequest(id="1", code="result = 1", tables=tables))
    assert result.error is not None
    assert "at most 100 tables" in result.error.message
    some = dict(list(tables.items())[:100])
    assert sandbox.run(RunRequest(id="1", code="result = int(t99['units'].sum())", tables=some)).status is RunStatus.OK


def test_an_exception_that_cannot_be_said_is_told_by_its_kind_and_line(run: Run) -> None:
    code = "class Odd(Exception):\n    def __str__(self):\n        raise ValueError('no')\n\nraise Odd()"
    error = failed(run(code))
    assert (error.type, error.line) == ("Odd", 5)
