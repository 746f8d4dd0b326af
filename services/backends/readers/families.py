"""The registry of formats, and the reading of files that hold other files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from services.backends.readers import columnar, delimited, json_records, packed, sqlite_tables, workbook
from services.backends.readers.content import Format, recognise
from services.backends.readers.found import Family, File
from services.backends.readers.packed import Member
from services.errors import BadInput
from services.sources import ReadReport, TableInFile

FAMILIES: Mapping[Format, Family] = MappingProxyType(
    {
        Format.TEXT: Family(delimited.tables, delimited.read),
        Format.JSON: Family(json_records.tables, json_records.read),
        Format.WORKBOOK: Family(workbook.tables, workbook.read),
        Format.COLUMNAR: Family(columnar.tables, columnar.read),
        Format.SQLITE: Family(sqlite_tables.tables, sqlite_tables.read),
    }
)
"""How each format is read; the others are compressed and hold one of these."""

INSIDE = " › "
"""Stands between the name of a file in an archive and the name of a table in that file."""

NESTED = 2
"""A compressed file in an archive is read, an archive in an archive in an archive is not."""


def tables(file: File, depth: int = 0) -> list[TableInFile]:
    """The tables in a file of any format. Raises: BadInput."""
    kind = recognise(file.path, file.name)
    if kind in FAMILIES:
        return FAMILIES[kind].tables(file)
    if kind is Format.ZIP:
        return _in_archive(file, depth)
    return tables(_unpacked(file, kind, depth), depth + 1)


def read(file: File, target: Path, table: str, depth: int = 0) -> ReadReport:
    """Writes the table as Parquet at `target`. Raises: BadInput."""
    kind = recognise(file.path, file.name)
    if kind in FAMILIES:
        return FAMILIES[kind].read(file, target, table)
    if kind is Format.ZIP:
        return _read_archive(file, target, table, depth)
    return read(_unpacked(file, kind, depth), target, table, depth + 1)


def _unpacked(file: File, kind: Format, depth: int) -> File:
    _check_depth(file, depth)
    path = packed.unpack(replace(file, work=_folder(file, "unpacking")), kind)
    name = PurePosixPath(file.name)
    inner = name.stem if name.suffix.lower() in (".gz", ".zst", ".bz2", ".xz", ".zstd", ".gzip") else file.name
    return replace(file, path=path, name=inner, work=_folder(file, "inside"))


def _in_archive(file: File, depth: int) -> list[TableInFile]:
    _check_depth(file, depth)
    found: list[TableInFile] = []
    errors: list[BadInput] = []
    for member in packed.members(file):
        try:
            inner = _extracted(file, member)
            there = tables(inner, depth + 1)
        except BadInput as error:
            errors.append(error)
            continue
        alone = len(there) == 1
        found += [
            each.model_copy(update={"name": member.name if alone else member.name + INSIDE + each.name})
            for each in there
        ]
        inner.path.unlink(missing_ok=True)
    if not found and errors:
        raise errors[0]
    return found


def _read_archive(file: File, target: Path, table: str, depth: int) -> ReadReport:
    _check_depth(file, depth)
    there = packed.members(file)
    errors: list[BadInput] = []
    for member in _wanted(there, table):
        try:
            report = read(_extracted(file, member), target, table.partition(member.name + INSIDE)[2], depth + 1)
        except BadInput as error:
            errors.append(error)
            continue
        others = [f"“{other.name}”" for other in there if other is not member]
        told = (f"“{member.name}” was read; the archive also holds {', '.join(others[:5])}.",) if others else ()
        return report.model_copy(update={"notes": (*told, *report.notes)})
    if errors:
        raise errors[0]
    names = ", ".join(f"“{member.name}”" for member in there[:10])
    raise BadInput(f"There is no table “{table}” in “{file.name}”.", f"There are: {names}.")


def _wanted(there: list[Member], table: str) -> Iterator[Member]:
    return (each for each in there if not table or table == each.name or table.startswith(each.name + INSIDE))


def _extracted(file: File, member: Member) -> File:
    path = packed.extract(file, member)
    return replace(file, path=path, name=member.name, work=_folder(file, f"inside-{member.place}"))


def _folder(file: File, name: str) -> Path:
    folder = file.work / name
    folder.mkdir(exist_ok=True)
    return folder


def _check_depth(file: File, depth: int) -> None:
    if depth >= NESTED:
        raise BadInput(f"“{file.name}” is an archive in an archive.", "Unpack it and choose the table itself.")
