"""The command line as a shell sees it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from services.__main__ import main

pytestmark = pytest.mark.usefixtures("lent")

ROOT = Path(__file__).parent.parent


def asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, object]]:
    code = main(["ask", *arguments, "--analyst", "builtin", "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_ask_as_a_process_prints_one_object_and_leaves_nothing(orders_csv: Path, tmp_path: Path) -> None:
    home = tmp_path / "nobody"
    home.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "services", "ask", str(orders_csv), "average price by region", "--json"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    reply = json.loads(done.stdout)
    assert reply["status"] == "answered"
    assert {row[0]: round(row[1], 4) for row in reply["table"]["rows"]} == {
        "West": 78.325,
        "East": 109.25,
        "North": 34.7,
    }
    assert reply["chart_type"] == "bar"
    assert "groupby" in reply["code"]
    assert list(home.iterdir()) == []


def test_a_scalar(orders_csv: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, reply = asked(capsys, str(orders_csv), "what is the total of units?")
    assert (code, reply["status"], reply["value"]) == (0, "answered", 23)


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, reply = asked(capsys, str(tmp_path / "gone.csv"), "how many rows?")
    assert (code, reply["status"]) == (1, "failed")
    assert "gone.csv" in str(reply["text"])


def test_plain_output_for_people(orders_csv: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", str(orders_csv), "top 2 products by units", "--analyst", "builtin"]) == 0
    shown = capsys.readouterr().out
    assert "Lamp" in shown
    assert "Traceback" not in shown


@pytest.mark.long
def test_a_hostile_cell_cannot_drive_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("name,units\nplain,1\nred\x1b[31m,2\n")
    main(["ask", str(path), "total units by name", "--analyst", "builtin"])
    assert "\x1b" not in capsys.readouterr().out


def test_a_batch_keeps_order_and_survives_bad_lines(orders_csv: Path, tmp_path: Path) -> None:
    questions, out = tmp_path / "questions.jsonl", tmp_path / "answers.jsonl"
    lines = [
        json.dumps({"id": "a", "question": "how many rows?", "table": "orders.csv"}),
        "{not json",
        json.dumps({"id": "b", "question": "how many rows?", "table": "gone.csv"}),
        json.dumps({"id": "c", "question": "highest price", "table": "orders.csv"}),
        json.dumps({"id": "d", "question": "x" * 20_000, "table": "orders.csv"}),
    ]
    questions.write_text("\n".join(lines) + "\n")
    assert main(["batch", str(questions), "--out", str(out), "--analyst", "builtin"]) == 0
    replies = [json.loads(line) for line in out.read_text().splitlines()]
    assert [r["id"] for r in replies] == ["a", None, "b", "c", "d"]
    assert [r["status"] for r in replies] == ["answered", "failed", "failed", "answered", "failed"]
    assert (replies[0]["value"], replies[3]["value"]) == (8, 199.0)
    assert "Line 2" in replies[1]["text"]


def test_a_wrong_call_is_told_how(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["ask"])
    assert stop.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_an_output_place_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    questions = tmp_path / "q.jsonl"
    questions.write_text("{}\n")
    assert main(["batch", str(questions), "--out", str(tmp_path / "no" / "out.jsonl")]) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_a_profile_in_its_four_forms(orders_csv: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["profile", str(orders_csv)]) == 0
    assert "8 rows and 6 columns" in capsys.readouterr().out
    assert main(["profile", str(orders_csv), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == 8
    assert main(["profile", str(orders_csv), "--text", "--budget", "60"]) == 0
    told = capsys.readouterr().out
    assert "8 rows" in told
    assert len(told) < 200
    page = tmp_path / "orders.html"
    assert main(["profile", str(orders_csv), "--html", str(page)]) == 0
    assert page.read_text().startswith("<!doctype html>")
    assert main(["profile", str(tmp_path / "gone.csv")]) == 1
    assert "gone.csv" in capsys.readouterr().err
