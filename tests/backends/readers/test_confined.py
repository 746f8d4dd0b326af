"""Files are opened in the sandbox: the same table comes out, and a reader that breaks down takes nothing with it."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sandbox import Sandbox
from services.backends.readers import confined
from services.backends.readers.readers import Readers
from services.domain import ReadOptions
from services.errors import BadInput, Stopped
from tests.backends.readers.workbooks import xlsx
from tests.doubles import RecordingProgress

TEXT = "id;day;price\n" + "".join(f"{n};{1 + n % 28:02}/12/2024;{n},5\n" for n in range(500))


@pytest.mark.parametrize("content", [TEXT.encode(), xlsx({"S": [["a", "b"], ["007", 1.5]]}), b'[{"a": 1}, {"a": 2}]'])
def test_the_same_comes_out(sandbox: Sandbox, tmp_path: Path, content: bytes) -> None:
    source, one, two = tmp_path / "upload", tmp_path / "one.parquet", tmp_path / "two.parquet"
    source.write_bytes(content)
    inside, here = Readers(100, sandbox), Readers(100, is_isolating=False)
    assert inside.tables(source, "x") == here.tables(source, "x")
    assert inside.read(source, one, "x") == here.read(source, two, "x")
    assert pq.read_table(one).equals(pq.read_table(two))
    table, report = inside.preview(source, "x")
    assert report.columns == tuple(table.column_names)
    assert table.num_rows == min(100, report.rows)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.parquet", "two.parquet", "upload"]


def test_errors_come_out_as_sentences(sandbox: Sandbox, tmp_path: Path) -> None:
    source = tmp_path / "upload"
    source.write_bytes(b"%PDF-1.7")
    with pytest.raises(BadInput, match="a PDF document"):
        Readers(100, sandbox).preview(source, "x.pdf")
    source.write_bytes(TEXT.encode())
    with pytest.raises(BadInput, match="no encoding that can be read"):
        Readers(100, sandbox).preview(source, "x", ReadOptions(encoding="rot13"))


BREAKING = {
    "crash": ("import ctypes; ctypes.string_at(0)", "its reader broke down"),
    "memory": ("held = [bytearray(2**26) for _ in range(200)]", "more memory than"),
    "loop": ("while True: pass", "takes too long"),
    "sleep": ("import time; time.sleep(60)", "takes too long"),
    "flood": ("open(file.work / 'x', 'wb').truncate(2**40)", "could not be read from the disk|broke down|unpacks to"),
    "no outcome": ("import os; os._exit(0)", "its reader broke down"),
    "link": ("import os; os.symlink('/etc/passwd', target)", "may not be opened|broke down|from the disk"),
    "exception": ("raise ZeroDivisionError", "its reader broke down"),
}


@pytest.mark.parametrize("how", BREAKING)
def test_a_reader_that_breaks_down(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    code, message = BREAKING[how]
    services = tmp_path / "services"
    shutil.copytree(confined.SERVICES, services, ignore=shutil.ignore_patterns("__pycache__", "assistant"))
    families = services / "backends" / "readers" / "families.py"
    start = "def read(file: File, target: Path, table: str, depth: int = 0) -> ReadReport:\n"
    broken = families.read_text().replace(start, f"{start}    {code}\n", 1)
    assert broken != families.read_text()
    families.write_text(broken)
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    monkeypatch.setattr(confined, "SERVICES", services)
    monkeypatch.setattr(confined, "WALL", 2)
    monkeypatch.setattr("services.backends.readers.readers.SECONDS", 15 if how == "memory" else 3)
    source, target = tmp_path / "upload", tmp_path / "out.parquet"
    source.write_bytes(TEXT.encode())
    started = time.monotonic()
    with pytest.raises(BadInput, match=message):
        Readers(100, sandbox).read(source, target, "x.csv")
    assert time.monotonic() - started < 30
    assert not target.exists()


def test_a_person_stops_it(sandbox: Sandbox, tmp_path: Path) -> None:
    source = tmp_path / "upload"
    source.write_bytes(TEXT.encode() * 4_000)
    with pytest.raises(Stopped):
        Readers(100, sandbox).read(source, tmp_path / "out.parquet", "x.csv", progress=RecordingProgress(stop=True))
    assert [path.name for path in tmp_path.iterdir()] == ["upload"]


def test_progress_is_told(sandbox: Sandbox, tmp_path: Path) -> None:
    source, progress = tmp_path / "upload", RecordingProgress()
    source.write_bytes(TEXT.encode() * 2_000)
    Readers(100, sandbox).read(source, tmp_path / "out.parquet", "x.csv", progress=progress)
    assert progress.shares
    assert all(0 <= share <= 1 for share in progress.shares)
