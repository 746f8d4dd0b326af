"""Files in an allowed folder, and every way out of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from services.backends.connections import Bounds, Connections, Folders
from services.domain import Address, ReadReport
from services.errors import AppError, BadInput, NotFound
from tests.backends.connections.conftest import CSV

Read = Callable[..., tuple[ReadReport, Path]]


def test_a_file_is_read_with_its_kinds(read: Read, folder: Path) -> None:
    (folder / "orders.csv").write_text(CSV)
    report, made = read(Address(url=str(folder / "orders.csv")))
    assert (report.rows, report.columns) == (2, ("order_id", "region", "price"))
    assert pq.read_table(made).column("price").to_pylist() == [49.9, 199.0]
    assert (folder / "orders.csv").read_text() == CSV


def test_a_folder_lists_its_files_and_one_is_read(connections: Connections, read: Read, folder: Path) -> None:
    (folder / "2024").mkdir()
    for name in ("b.csv", "2024/a.csv", ".hidden.csv"):
        (folder / name).write_text(CSV)
    (folder / "link.csv").symlink_to(folder / "b.csv")
    os.mkfifo(folder / "pipe")
    there = connections.tables(Address(url=str(folder)))
    assert [(table.name, table.bytes) for table in there] == [("b.csv", len(CSV)), ("2024/a.csv", len(CSV))]
    assert read(Address(url=str(folder)), "2024/a.csv")[0].rows == 2


def test_the_ways_out_are_closed(connections: Connections, read: Read, folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text(CSV)
    (folder / "link.csv").symlink_to(outside)
    (folder / "up").symlink_to(tmp_path)
    (folder / "deep").symlink_to(folder / "up")
    ways = ["../outside.csv", "link.csv", "up/outside.csv", "deep/outside.csv", "up", "x/../../outside.csv"]
    for way in ways:
        address = Address(url=f"{folder}/{way}")
        for use in (connections.describe, connections.tables, read):
            with pytest.raises(BadInput, match="no folder that may be read"):
                use(address)
    for name in ("../outside.csv", str(outside), "link.csv"):
        with pytest.raises(BadInput, match="no folder that may be read"):
            read(Address(url=str(folder)), name)
    with pytest.raises(BadInput, match="no folder that may be read"):
        connections.describe(Address(url=str(tmp_path / "allowed-not")))


def test_a_link_put_there_after_the_check_is_not_followed(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "inner").mkdir()
    (folder / "inner" / "orders.csv").write_text(CSV)
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "orders.csv").write_text("secret")
    folders = Folders((folder,))
    found = folders.find(folder / "inner" / "orders.csv")

    def late(_: Path) -> Path:
        if not (folder / "inner").is_symlink():
            (folder / "inner").rename(folder / "moved")
            (folder / "inner").symlink_to(tmp_path / "secret")
        return found

    monkeypatch.setattr(Folders, "find", lambda self, path: late(path))
    with pytest.raises(BadInput, match="cannot be opened"):
        folders.copy(folder / "inner" / "orders.csv", "", tmp_path / "copied", 10**6)


def test_nothing_is_allowed_by_default(make: Callable[..., Connections], folder: Path) -> None:
    with pytest.raises(BadInput, match="RED_PANDAS_DATA_FOLDERS"):
        make(folders=Folders(())).describe(Address(url=str(folder)))


def test_pipes_devices_and_what_is_missing(read: Read, folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    for name, kind in (("pipe", AppError), ("missing.csv", NotFound)):
        with pytest.raises(kind):
            read(Address(url=str(folder / name)))


def test_a_file_beyond_the_limit_is_refused_before_it_is_copied(
    make: Callable[..., Connections], folder: Path, tmp_path: Path
) -> None:
    (folder / "big.csv").write_text(CSV * 10)
    small = make(bounds=Bounds(bytes=100, rows=10, columns=10, seconds=1.0))
    with pytest.raises(BadInput, match="can be read at once"):
        small.read(Address(url=str(folder / "big.csv")), "", "", tmp_path / "made.parquet", lambda _: None)
    assert not (tmp_path / "made.parquet").exists()
