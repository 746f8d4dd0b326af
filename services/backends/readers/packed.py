"""Unpacks compressed files, never more than may be unpacked."""

from __future__ import annotations

import bz2
import gzip
import lzma
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

import pyarrow as pa

from services.backends.readers.found import File
from services.errors import BadInput

PIECE = 1024 * 1024
FREE_MB = 64
MOST_RATIO = 250
"""Beyond the first megabytes, unpacked text this many times as large as the file is a bomb: tables reach about 50."""

MEMBERS = 500
DAMAGED = (OSError, EOFError, lzma.LZMAError, zlib.error, zipfile.BadZipFile, NotImplementedError, ValueError)


@dataclass(frozen=True)
class Member:
    """A file in an archive: the name it has there, and its place among the others."""

    name: str
    place: int


def unpack(file: File, kind: str) -> Path:
    """The unpacked content of a file that is compressed as "gzip", "bzip2", "xz" or "zstd". Raises: BadInput."""
    target = file.work / "unpacked"
    with _plain_errors(file), _opened(file.path, kind) as source:
        _copy(file, source, target, file.path.stat().st_size)
    return target


def members(file: File) -> list[Member]:
    """The files in a zip archive, without those that systems add. Raises: BadInput."""
    with _plain_errors(file), zipfile.ZipFile(file.path) as archive:
        entries = archive.infolist()
    found = [Member(entry.filename, place) for place, entry in enumerate(entries) if _is_file(entry)]
    if not found:
        raise BadInput(f"The archive “{file.name}” is empty.", "Choose an archive with a table in it.")
    if len(found) > MEMBERS:
        raise BadInput(
            f"The archive “{file.name}” holds {len(found):,} files; at most {MEMBERS:,} can be read.",
            "Unpack it and choose the files you need.",
        )
    return found


def extract(file: File, member: Member) -> Path:
    """The content of one file of a zip archive. Raises: BadInput."""
    target = file.work / f"member-{member.place}"
    with _plain_errors(file), zipfile.ZipFile(file.path) as archive:
        entry = archive.infolist()[member.place]
        if entry.flag_bits & 1:
            raise BadInput(f"“{file.name}” is protected with a password.", "Unpack it first, then choose the table.")
        with archive.open(entry) as source:
            _copy(file, source, target, max(entry.compress_size, 1))
    return target


def check_declared(file: File) -> None:
    """Raises: BadInput, when a zip file that another library opens says that it unpacks to too much."""
    with _plain_errors(file), zipfile.ZipFile(file.path) as archive:
        size = sum(entry.file_size for entry in archive.infolist())
    _check(file, size, file.path.stat().st_size)


@contextmanager
def _opened(path: Path, kind: str) -> Iterator[IO[bytes]]:
    if kind == "zstd":
        with pa.input_stream(str(path), compression="zstd") as stream:
            yield stream
        return
    openers: dict[str, Callable[..., Any]] = {"gzip": gzip.open, "bzip2": bz2.open, "xz": lzma.open}
    with openers[kind](path, "rb") as stream:
        yield stream


def _copy(file: File, source: IO[bytes], target: Path, packed: int) -> None:
    size = 0
    with target.open("wb") as out:
        while piece := source.read(PIECE):
            size += len(piece)
            _check(file, size, packed)
            out.write(piece)


def _check(file: File, size: int, packed: int) -> None:
    if size > file.unpacked_mb * PIECE or shutil.disk_usage(file.work).free < PIECE:
        raise BadInput(
            f"“{file.name}” unpacks to more than {file.unpacked_mb:,} MB.", "Split the table into smaller files."
        )
    if size > FREE_MB * PIECE and size > MOST_RATIO * packed:
        raise BadInput(
            f"“{file.name}” unpacks to more than {MOST_RATIO} times its size, which no table does.",
            "Choose another file.",
        )


def _is_file(entry: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(entry.filename)
    return not entry.is_dir() and "__MACOSX" not in path.parts and not path.name.startswith(".")


@contextmanager
def _plain_errors(file: File) -> Iterator[None]:
    try:
        yield
    except DAMAGED as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise BadInput(f"“{file.name}” is damaged: it cannot be unpacked.", "Save or download it again.") from error
    except RuntimeError as error:
        raise BadInput(f"“{file.name}” is protected with a password.", "Unpack it first.") from error
