"""Sources on this machine, which the settings allow."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.backends.connections import Bounds, Connections, Folders, Guard, Vault
from services.backends.readers.readers import Readers
from services.domain import Address, ReadReport

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)
BOUNDS = Bounds(bytes=50_000_000, rows=100_000, columns=50, seconds=10.0)
CSV = "order_id,region,price\n1,West,49.90\n2,East,199.00\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The one that may be read."""
    made = tmp_path / "allowed"
    made.mkdir()
    return made


@pytest.fixture
def make(folder: Path, tmp_path: Path) -> Callable[..., Connections]:
    """With some parts replaced: `make(guard=Guard())`."""
    (tmp_path / "work").mkdir()

    def build(**parts: Any) -> Connections:
        readers, vault = Readers(50), Vault(b"a key")
        usual = {"readers": readers, "folders": Folders((folder,)), "guard": Guard(LOOPBACK), "bounds": BOUNDS}
        return Connections(**{**usual, "work": tmp_path / "work", "vault": vault, **parts})

    return build


@pytest.fixture
def connections(make: Callable[..., Connections]) -> Connections:
    return make()


@pytest.fixture
def read(connections: Connections, tmp_path: Path) -> Callable[..., tuple[ReadReport, Path]]:
    """Reads from an address: the report and the Parquet file. Nothing else may be left."""

    def reading(address: Address, table: str = "", statement: str = "") -> tuple[ReadReport, Path]:
        target = tmp_path / "made.parquet"
        try:
            return connections.read(address, table, statement, target, lambda _: None), target
        finally:
            assert list((tmp_path / "work").iterdir()) == []

    return reading
