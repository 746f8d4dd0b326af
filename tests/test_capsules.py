"""Answers taken away as programs and capsules: the same tables elsewhere, and whatever is altered is found."""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from services import capsules, cleaning, conversations, datasets, exploration, notebooks
from services.__main__ import main
from services.assistant import pipeline
from services.code.steps import Condition, FilterRows, RenameColumns
from services.domain import Dataset, Turn
from services.errors import BadInput
from services.progress import QUIET
from services.workspace import Workspace

pytestmark = pytest.mark.usefixtures("lent")
QUESTIONS = (
    "average price by region",
    "orders by product as a bar chart",
    "how many orders are there",
    "how many orders per month",
    "the three most expensive orders",
    "how many units were sold in West",
)
RUNNER = """
import json, sys
from pathlib import Path
names = {"__name__": "__main__"}
for number, cell in enumerate(json.loads(Path(sys.argv[1]).read_text())["cells"]):
    if cell["cell_type"] == "code":
        *body, last = "".join(cell["source"]).splitlines()
        exec("\\n".join([*body, last]), names)
        if last == "result":
            print(json.dumps(names["told"](names["result"])))
"""


@pytest.fixture
def turns(ws: Workspace, orders: Dataset) -> list[Turn]:
    """Answers on the table as it was read, and on the table with steps."""
    about = conversations.create(ws, orders.id)
    asked = [pipeline.ask(ws, about.id, question).id for question in QUESTIONS]
    step = FilterRows(conditions=(Condition(column="units", test=">", value=1),))
    cleaning.apply(ws, orders.head_id, step, cleaning.Origin(about.id))
    cleaning.apply(
        ws,
        conversations.get(ws, about.id).version_id,
        RenameColumns(names={"price": "cost"}),
        cleaning.Origin(about.id),
    )
    asked.append(pipeline.ask(ws, about.id, "average cost by region").id)
    chart = {"kind": "chart", "type": "bar", "x": "region", "y": "cost"}
    asked.append(exploration.analyse(ws, about.id, chart).id)
    return [conversations.turn(ws, each) for each in asked]


@pytest.fixture
def root(ws: Workspace, orders: Dataset, tmp_path: Path) -> Path:
    """The table as it was read, as it can be downloaded."""
    copy = tmp_path / "orders.parquet"
    version = datasets.version(ws, orders.head_id)
    with ws.backends.storage.local(version.storage_key) as path:
        copy.write_bytes(path.read_bytes())
    return copy


@pytest.fixture
def capsule(ws: Workspace, turns: list[Turn], tmp_path: Path) -> Path:
    path = tmp_path / "orders.capsule.zip"
    capsules.pack(ws, turns, "Orders", path, QUIET)
    return path


def clean(*words: str, folder: Path) -> str:
    """What a fresh interpreter prints that sees nothing of this project or its environment."""
    command = [sys.executable, "-I", "-X", "utf8", *words]
    ended = subprocess.run(command, cwd=folder, env={}, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def expected(turns: list[Turn]) -> list[Any]:
    return [capsules.expected(turn) for turn in turns if notebooks.coded(turn)]


@pytest.mark.long
def test_the_script_gives_equal_tables_in_a_clean_interpreter(
    ws: Workspace, turns: list[Turn], root: Path, orders_csv: Path, tmp_path: Path
) -> None:
    (tmp_path / "report.py").write_text(notebooks.script(ws, turns, 'Orders """ in spring'), encoding="utf-8")
    for source in (root, orders_csv):
        out = tmp_path / f"out{source.suffix}"
        clean("report.py", str(source), str(out), folder=tmp_path)
        found = [json.loads((out / f"{number}.json").read_text()) for number in range(1, len(turns) + 1)]
        assert capsules.alike(expected(turns), found)
    assert list(tmp_path.glob("out.parquet/*.csv"))


@pytest.mark.long
def test_the_notebook_gives_equal_tables_in_a_clean_interpreter(
    ws: Workspace, turns: list[Turn], root: Path, tmp_path: Path
) -> None:
    book = json.loads(notebooks.notebook(ws, turns, "Orders"))
    assert book["nbformat"] == 4
    assert root.exists()
    (tmp_path / "book.ipynb").write_text(json.dumps(book))
    (tmp_path / "runner.py").write_text(RUNNER)
    told = clean("runner.py", "book.ipynb", folder=tmp_path)
    assert capsules.alike(expected(turns), [json.loads(line) for line in told.splitlines() if line.startswith("[")])


def test_without_code_there_is_nothing_to_take_away(ws: Workspace) -> None:
    with pytest.raises(BadInput, match="no code"):
        notebooks.script(ws, [], "Nothing")


def test_a_capsule_verifies_itself(capsule: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert capsules.check(capsule.read_bytes()) == []
    assert main(["capsule", "verify", str(capsule)]) == 0
    assert "Nothing was altered" in capsys.readouterr().out
    opened = tmp_path / "opened"
    with zipfile.ZipFile(capsule) as archive:
        archive.extractall(opened)
    assert "every result is the same" in clean("verify.py", folder=opened)
    (opened / "verify.py").write_text(
        (opened / "verify.py").read_text().replace("problems = altered()", "problems = []")
    )
    (opened / "expected" / "1.json").write_text(
        (opened / "expected" / "1.json").read_text().replace("109.25", "109.26")
    )
    ended = subprocess.run([sys.executable, "-I", "verify.py"], cwd=opened, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout.splitlines()[0]) == (1, "1 gives another result.")
    assert {path.name for path in opened.iterdir()} >= {"run.py", "verify.py", "requirements.lock", "data", "expected"}


def tampered(capsule: bytes, chance: random.Random) -> bytes:
    """The capsule with one byte of one file in it altered, packed as zip files are packed."""
    with zipfile.ZipFile(io.BytesIO(capsule)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(sorted(files))
    data = bytearray(files[name])
    place = chance.randrange(len(data))
    data[place] ^= chance.randrange(1, 256)
    files[name] = bytes(data)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for each, content in files.items():
            archive.writestr(zipfile.ZipInfo(each, capsules.DAY), content)
    return made.getvalue()


@pytest.mark.parametrize("count", [100, pytest.param(1_000, marks=pytest.mark.long)])
def test_any_byte_of_data_code_or_result_that_was_altered_is_found(capsule: Path, count: int) -> None:
    whole, chance = capsule.read_bytes(), random.Random(count)
    missed = [number for number in range(count) if not capsules.check(tampered(whole, chance))]
    assert missed == []
    for number in range(count):
        raw = bytearray(whole)
        raw[chance.randrange(len(raw))] ^= chance.randrange(1, 256)
        assert capsules.check(bytes(raw)), number


@pytest.fixture
def bare(ws: Workspace, turns: list[Turn], tmp_path: Path) -> Path:
    """The capsule without its data."""
    path = tmp_path / "orders.fingerprint.zip"
    capsules.pack(ws, turns, "Orders", path, QUIET, holds_data=False)
    return path


def test_a_capsule_without_data_is_verified_with_the_file_beside_it(
    bare: Path, root: Path, orders_csv: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with zipfile.ZipFile(bare) as archive:
        names, opened = archive.namelist(), tmp_path / "opened"
        archive.extractall(opened)
    assert not [name for name in names if name.startswith("data/")]
    assert main(["capsule", "verify", str(bare), "--data", str(orders_csv), str(root)]) == 0
    assert "Nothing was altered" in capsys.readouterr().out
    assert "every result is the same" in clean("verify.py", str(root), folder=opened)

    other = tmp_path / "other.parquet"
    data = bytearray(root.read_bytes())
    data[len(data) // 2] ^= 1
    other.write_bytes(data)
    for given, said in ((["--data", str(other)], "other.parquet is not it"), ([], "downloaded as Parquet")):
        assert main(["capsule", "verify", str(bare), *given]) == 1
        out = capsys.readouterr().out
        assert said in out
        assert capsules.digest(root)[:16] in out
    for path in (str(other), str(tmp_path / "none.parquet")):
        ended = subprocess.run(
            [sys.executable, "-I", "verify.py", path], cwd=opened, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 1
        assert "not those of the answers" in ended.stdout or "cannot be read" in ended.stdout
    chance = random.Random(1)
    assert all(capsules.check(tampered(bare.read_bytes(), chance)) for _ in range(100))
    assert main(["capsule", "verify", str(bare), "--data", "nowhere.parquet"]) == 1
    assert "nowhere.parquet" in capsys.readouterr().err


def resealed(capsule: Path, changes: dict[str, tuple[bytes, bytes]]) -> bytes:
    """The capsule with texts exchanged, and every fingerprint made to fit."""
    with zipfile.ZipFile(capsule) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    about = json.loads(files.pop(capsules.MANIFEST))
    files.pop(capsules.SEAL)
    for name, (old, new) in changes.items():
        assert old in files[name]
        files[name] = files[name].replace(old, new, 1)
    return capsules.sealed(files, {key: about[key] for key in ("title", "python", "runs")})


@pytest.mark.long
def test_a_result_that_was_altered_with_its_fingerprint_is_found_by_running_the_code(
    ws: Workspace, capsule: Path
) -> None:
    forged = resealed(capsule, {"expected/1.json": (b"109.25", b"109.26")})
    assert capsules.check(forged) == []
    assert "gives another result" in capsules.rerun(ws.backends.sandbox, forged, QUIET)[0]


@pytest.mark.parametrize("data", [b"", b"PK", b"no zip at all" * 50])
def test_what_is_no_capsule_is_refused_in_plain_words(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(data)
    assert "no capsule" in capsules.check(data)[0]
    assert main(["capsule", "verify", str(path)]) == 1
