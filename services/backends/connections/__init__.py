"""Data where it lies: folders the owner allowed, buckets and databases of a person, read under limits."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from services.backends.connections import addresses, buckets, postgresql, rows_to_parquet, sqlite_file
from services.backends.connections.addresses import BucketPlace, FolderPlace, PostgresPlace, SqlitePlace
from services.backends.connections.bounds import Bounds
from services.backends.connections.folders import Folders
from services.backends.connections.network import Guard, networks
from services.backends.connections.vault import Vault
from services.backends.readers.readers import Readers
from services.domain import Address, ConnectionKind, ReadOptions, ReadReport, TableThere
from services.errors import BadInput

__all__ = ["Bounds", "Connections", "Folders", "Guard", "Vault", "networks"]

INSIDE: Final = " › "
"""Stands between the name of a file and that of a table in it."""

OnBytes = Callable[[int], None]
"""Called now and then with the bytes that have come; may raise to end the reading."""


@dataclass(frozen=True)
class Connections:
    """Looks into a person's sources and reads from them. Stateless: what opens a source comes with each call."""

    readers: Readers
    folders: Folders
    guard: Guard
    bounds: Bounds
    work: Path
    vault: Vault = field(repr=False)

    def describe(self, address: Address) -> tuple[ConnectionKind, str]:
        """The kind of the address, and how it is shown. Nothing is connected to. Raises: BadInput; NotFound."""
        place = addresses.place_of(address)
        if isinstance(place, FolderPlace | SqlitePlace):
            self.folders.find(place.path)
        return addresses.kind_of(place), addresses.shown(address, place)

    def tables(self, address: Address) -> list[TableThere]:
        """The files, objects or tables that are there. Raises: AppError, when they cannot be looked at."""
        match place := addresses.place_of(address):
            case FolderPlace(path):
                return [TableThere(name=name, bytes=size) for name, size in self.folders.files(path)]
            case BucketPlace():
                found = buckets.objects(address, place, self.guard)
                return [TableThere(name=name, bytes=size) for name, size in found]
            case SqlitePlace(path):
                with self._work() as work:
                    return [TableThere(name=name) for name in sqlite_file.tables(self.folders.find(path), work)]
            case PostgresPlace():
                names = postgresql.tables(place, addresses.password_of(address), self.guard)
                return [TableThere(name=name) for name in names]

    def read(self, address: Address, table: str, statement: str, target: Path, on_bytes: OnBytes) -> ReadReport:
        """Writes a table that `tables` names, or what the SELECT gives, as Parquet at `target`.

        Nothing is left there when it fails. Raises: AppError.
        """
        place = addresses.place_of(address)
        if isinstance(place, FolderPlace | BucketPlace):
            return self._read_file(address, place, table, target)
        if not table and not statement.strip():
            raise BadInput("Nothing was chosen to be read.", "Choose a table, or write a SELECT.")
        with self._work() as work:
            made = work / "made.parquet"
            report = self._ask(address, place, postgresql.statement_of(table, statement), made, work, on_bytes)
            made.replace(target)
        return report

    def _ask(
        self,
        address: Address,
        place: SqlitePlace | PostgresPlace,
        statement: str,
        made: Path,
        work: Path,
        on_bytes: OnBytes,
    ) -> ReadReport:
        if isinstance(place, SqlitePlace):
            return sqlite_file.read(self.folders.find(place.path), statement, made, work, self.bounds)
        rows, secret = work / "rows.csv", addresses.password_of(address)
        columns = postgresql.copy(place, secret, statement, rows, self.guard, self.bounds, on_bytes)
        return rows_to_parquet.write(rows, columns, made, work)

    def _read_file(self, address: Address, place: FolderPlace | BucketPlace, table: str, target: Path) -> ReadReport:
        file, _, inner = table.partition(INSIDE)
        with self._work() as work:
            copied = work / "copied"
            if isinstance(place, FolderPlace):
                self.folders.copy(place.path, file, copied, self.bounds.bytes)
                name = file or place.path.name
            else:
                buckets.copy(address, place, file, copied, self.bounds.bytes, self.guard)
                name = file or place.key.rpartition("/")[2]
            return self.readers.read(copied, target, name, ReadOptions(table=inner or None))

    @contextmanager
    def _work(self) -> Iterator[Path]:
        """An empty folder for files in between."""
        with tempfile.TemporaryDirectory(prefix="connection-", dir=self.work) as folder:
            yield Path(folder)
