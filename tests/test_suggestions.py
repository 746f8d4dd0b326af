"""Suggestions on the real thing: found in the sandbox, kept with the version, accepted, and exported as a script."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from services import clean_files, cleaning, datasets, jobs, recipes, suggestions, versions
from services.__main__ import main
from services.domain import Dataset, JobStatus
from services.errors import BadInput
from services.workspace import Workspace

pytestmark = pytest.mark.usefixtures("lent")

ZIPS = {"10115": "Berlin", "20095": "Hamburg", "80331": "Munich"}


@pytest.fixture
def dirty(tmp_path: Path) -> Path:
    """Ninety rows: two cities that do not fit their postcode, a slip, and spaces."""
    lines = ["id,zip,city,amount,when"]
    for n in range(90):
        code = list(ZIPS)[n % 3]
        lines.append(f"{n},{code},{ZIPS[code]},{n}.50,{n % 28 + 1}/{n % 12 + 1}/2024")
    lines[10], lines[20] = lines[10].replace(",Berlin,", ",Paris,"), lines[20].replace("Hamburg", "Hambrug")
    lines[22] = lines[22].replace("Berlin", " Berlin ")
    path = tmp_path / "dirty.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_suggestions_are_found_by_a_job_and_kept(ws: Workspace, dirty: Path) -> None:
    dataset = datasets.upload(ws, dirty, "dirty.csv")
    assert suggestions.get(ws, dataset.head_id) is None
    job = suggestions.start(ws, dataset.head_id)
    assert job is not None
    assert jobs.get(ws, job.id).status is JobStatus.DONE
    found = suggestions.get(ws, dataset.head_id)
    assert found
    assert suggestions.start(ws, dataset.head_id) is None
    assert found[0].is_recommended
    repair = next(each for each in found if each.kind == "dependency")
    assert repair.columns == ("city", "zip")
    assert {place.row for place in repair.cells} == {10, 20}
    effect = cleaning.preview(ws, dataset.head_id, suggestions.step_of(repair))
    assert effect.difference.changed[0].cells == 3  # the spaces are mended on the way


def test_a_table_without_rows_or_with_little_has_none(ws: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "little.csv"
    path.write_text("a,b\n1,x\n")
    assert suggestions.find(ws, datasets.upload(ws, path, "little.csv").head_id) == ()


@pytest.mark.long
def test_the_command_line_suggests_and_changes_nothing_else(
    dirty: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["clean", str(dirty), "--suggest", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["status"] == "cleaned"
    assert {"id", "kind", "title", "reason", "confidence", "cells", "step", "safe"} <= told["suggestions"][0].keys()
    out = tmp_path / "out.csv"
    assert main(["clean", str(dirty), "--accept", "all", "-o", str(out), "--json"]) == 0
    accepted = json.loads(capsys.readouterr().out)["accepted"]
    assert accepted
    before, after = (path.read_text().splitlines() for path in (dirty, out))
    changed = [number for number, (one, two) in enumerate(zip(before, after, strict=True)) if one != two]
    assert changed == [10, 20, 22]
    assert after[10].split(",")[2] == "Berlin"
    assert after[20].split(",")[2] == "Hamburg"
    assert after[22].split(",")[2] == "Berlin"


def test_the_script_gives_the_same_table_in_a_clean_interpreter(dirty: Path, tmp_path: Path) -> None:
    out, script, again = tmp_path / "out.csv", tmp_path / "clean.py", tmp_path / "again.csv"
    assert main(["clean", str(dirty), "--accept", "all", "-o", str(out), "--script", str(script)]) == 0
    command = [sys.executable, "-I", str(script), str(dirty), str(again)]
    subprocess.run(command, cwd=tmp_path, env={"PATH": "/usr/bin:/bin"}, check=True, timeout=100)
    assert again.read_bytes() == out.read_bytes()


def test_wrong_calls_are_refused(dirty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["clean", str(dirty), "--accept", "all"]) == 1
    assert "Nothing says where" in capsys.readouterr().err
    assert main(["clean", str(dirty), "--accept", "safe", "-o", "out.docx"]) == 1
    assert "does not end in .csv or .parquet" in capsys.readouterr().err
    assert main(["clean", "nowhere.csv", "--suggest"]) == 1


def test_a_column_keeps_its_kind_only_where_nothing_is_lost(ws: Workspace, dirty: Path) -> None:
    opened = clean_files.open_file(ws, dirty)
    assert opened.source.columns == {
        "id": "integer",
        "zip": "integer",
        "city": "text",
        "amount": "text",
        "when": "text",
    }
    with pytest.raises(BadInput):
        clean_files.write(ws, opened.dataset.head_id, dirty.with_suffix(".xlsx"))


def test_suggestions_of_a_version_stay_those_of_that_version(ws: Workspace, orders: Dataset) -> None:
    suggestions.find(ws, orders.head_id)
    step = cleaning.step({"kind": "first_rows", "rows": 3})
    made = cleaning.apply(ws, orders.head_id, step).version
    assert suggestions.get(ws, made.id) is None
    assert len(versions.list_all(ws, orders.id)) == 2


def test_a_recipe_is_applied_on_the_command_line(
    ws: Workspace, orders: Dataset, orders_csv: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = [
        {"kind": "calculate", "left": "units", "operation": "times", "right": "price", "name": "total"},
        {"kind": "first_rows", "rows": 2},
    ]
    made = cleaning.apply_all(ws, orders.head_id, [cleaning.step(each) for each in listed]).version
    recipe = tmp_path / "recipe.json"
    recipe.write_text(recipes.to_json(recipes.save(ws, made.id, "Totals")))
    other, out, script = tmp_path / "next.csv", tmp_path / "out.csv", tmp_path / "clean.py"
    other.write_text(orders_csv.read_text().replace("units", "Units"))
    command = ["clean", str(other), "--recipe", str(recipe), "-o", str(out), "--script", str(script)]
    assert main(command) == 0
    lines = out.read_text().splitlines()
    assert lines[0].endswith(",units,price,total")
    assert [line.split(",")[-1] for line in lines[1:]] == ["99.8", "199"]
    again = tmp_path / "again.csv"
    subprocess.run([sys.executable, "-I", str(script), str(other), str(again)], check=True, timeout=100)
    assert again.read_bytes() == out.read_bytes()
    capsys.readouterr()
    other.write_text("a,b\n1,2\n")
    assert main(command) == 1
    assert "There is no column “units”, “price”" in capsys.readouterr().err
