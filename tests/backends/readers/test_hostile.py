"""Files made to do harm end in a sentence, within bounds of time and memory."""

from __future__ import annotations

import io
import time
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from sandbox import Sandbox
from services.backends.readers.readers import Readers
from services.errors import BadInput
from tests.backends.readers.workbooks import xlsx

LAUGHS = '<!DOCTYPE x [<!ENTITY a "lol">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12)
)


def changed(book: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """The workbook with one of its files altered."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for each in source.namelist():
            content = source.read(each)
            target.writestr(each, content.replace(old, new) if each.endswith(name) else content)
    return out.getvalue()


@pytest.mark.parametrize("name", ["sheet1.xml", "workbook.xml"])
def test_an_xml_bomb_in_a_workbook(sandbox: Sandbox, tmp_path: Path, name: str) -> None:
    bomb = changed(xlsx({"S": [["a"], ["&m;"]]}), name, b"?>", b"?>" + LAUGHS.encode() + b"]>")
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(bomb)
    started = time.monotonic()
    with suppress(BadInput):
        table, _ = Readers(100, sandbox).preview(path, "bomb.xlsx")
        assert len(str(table.to_pylist())) < 1_000
    assert time.monotonic() - started < 20


def test_sixteen_thousand_columns(sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text(",".join(f"c{n}" for n in range(16_000)) + "\n" + (",".join("1" * 16_000) + "\n") * 3)
    with pytest.raises(BadInput, match="has 16,000 columns; at most 2,000"):
        Readers(2_000, sandbox).preview(path, "wide.csv")


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\x00b.csv", "\u202egnp.csv", "x" * 4_000, "C:\\x\\..\\y.csv"])
def test_names_lead_nowhere(sandbox: Sandbox, tmp_path: Path, name: str) -> None:
    path = tmp_path / "upload"
    path.write_text("a,b\n1,2\n")
    [found] = Readers(10, sandbox).tables(path, name)
    assert not set("/\\\x00\u202e") & set(found.name)
    assert len(found.name) <= 120


def test_archive_members_lead_nowhere(sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../../tmp/evil.csv", "a,b\n1,2\n")
        archive.writestr("/abs/evil.csv", "a,b\n3,4\n")
    assert len(Readers(10, sandbox).tables(path, "evil.zip")) == 2
    assert Readers(10, sandbox).read(path, tmp_path / "out.parquet", "evil.zip").rows == 1
    assert not Path("/tmp/evil.csv").exists()


@pytest.mark.long
def test_one_line_of_a_gigabyte(sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "line.csv"
    with path.open("wb") as file:
        for _ in range(1_024):
            file.write(b"x" * 2**20)
    started = time.monotonic()
    with pytest.raises(BadInput, match="no line breaks"):
        Readers(100, sandbox).read(path, tmp_path / "out.parquet", "line.csv")
    with pytest.raises(BadInput, match="no line breaks"):
        Readers(100, sandbox).preview(path, "line.csv")
    assert time.monotonic() - started < 60
