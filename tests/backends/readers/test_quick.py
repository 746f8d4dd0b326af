"""The one pass through clean text gives what the thorough way gives, or gives up."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from services.backends.readers import quick
from services.backends.readers.readers import Readers

CLEAN = "id,day,at,name,price\n" + "".join(
    f'{n},2024-01-{1 + n % 28:02},2024-01-05 10:{n % 60:02}:00,"Name, {n}",{n}.5\n' for n in range(3_000)
)


@pytest.mark.parametrize(
    ("line", "is_quick"),
    [
        ("", True),
        ("7,2024-02-29,2024-01-05 10:00:00,x,1.25\n", True),
        ("7,,,,\n", True),
        ("007,2024-02-29,2024-01-05 10:00:00,x,1.25\n", False),
        ("7,2024-02-30,2024-01-05 10:00:00,x,1.25\n", False),
        ("7,2024-02-29 10:00,2024-01-05 10:00:00,x,1.25\n", False),
        ("7,2024-02-29,2024-01-05 10:00:00,N/A,1.25\n", False),
        ("7,2024-02-29,2024-01-05 10:00:00, ,1.25\n", False),
        ("7,2024-02-29,2024-01-05 10:00:00,x,?\n", False),
        ("7,2024-02-29,2024-01-05 10:00:00,x,nan\n", False),
        ("1234567890123456789,2024-02-29,2024-01-05 10:00:00,x,1\n", False),
        (",,,,\n", False),
        ("id,day,at,name,price\n", False),
        ("7,2024-02-29\n", False),
        ('7,2024-02-29,2024-01-05 10:00:00,"x,1.5\n', False),
        ("7,2024-02-29,2024-01-05 10:00:00,x\ty\r,1.25\n", False),
    ],
)
def test_a_late_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, is_quick: bool) -> None:
    source, target, other = tmp_path / "a.csv", tmp_path / "a.parquet", tmp_path / "b.parquet"
    source.write_text(CLEAN + line, newline="")
    thorough = Readers(100, is_isolating=False).read(source, target, "a.csv")
    seen: list[bool] = []
    write = quick.rows

    def rows(*arguments: object) -> int:
        found = write(*arguments)  # type: ignore[arg-type]
        seen.append(found > 0)
        return found

    monkeypatch.setattr(quick, "LEAST_BYTES", 0)
    monkeypatch.setattr(quick, "rows", rows)
    assert Readers(100, is_isolating=False).read(source, other, "a.csv") == thorough
    assert pq.read_table(other).columns == pq.read_table(target).columns
    assert (seen == [True]) is is_quick


@pytest.mark.parametrize(
    ("content", "can"),
    [(b"a,b\n1,2\n", True), ("é,b\n".encode(), True), (b"a\r\nb", False), (b"a\0b", False), (b"\xc2\x85", False)],
)
def test_what_can_be_read_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, can: bool) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    assert not quick.can_read(path, "utf-8")
    monkeypatch.setattr(quick, "LEAST_BYTES", 0)
    assert quick.can_read(path, "utf-8") is can
    assert not quick.can_read(path, "cp1252")
    odd = tmp_path / "a[1].csv"
    odd.write_bytes(content)
    assert not quick.can_read(odd, "utf-8")
