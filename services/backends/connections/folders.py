"""Files in folders the owner allowed. Neither ".." nor a link leads out of them."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.errors import BadInput, NotFound

MOST_LISTED: Final = 1_000
PIECE: Final = 4 * 1024 * 1024


@dataclass(frozen=True)
class Folders:
    """The allowed folders, and what is in them."""

    allowed: Sequence[Path]

    def find(self, path: Path) -> Path:
        """The real path, links followed. Raises: BadInput, when it is outside; NotFound, when it is not there."""
        real = Path(os.path.realpath(path))
        if not any(real.is_relative_to(os.path.realpath(folder)) for folder in self.allowed):
            raise BadInput(
                f"{str(path)[:200]} is in no folder that may be read.",
                "The owner of this server allows folders with RED_PANDAS_DATA_FOLDERS.",
            )
        if not real.is_file() and not real.is_dir():
            raise NotFound(f"There is no file or folder {str(path)[:200]}.", "Check the path.")
        return real

    def files(self, path: Path) -> list[tuple[str, int]]:
        """Name and bytes of the file, or of every file under the folder, in order; hidden ones left out."""
        real = self.find(path)
        if real.is_file():
            return [(real.name, real.stat().st_size)]
        found: list[tuple[str, int]] = []
        for folder, names, files in os.walk(real):
            names[:] = sorted(name for name in names if not name.startswith("."))
            inside = (Path(folder, name) for name in sorted(files) if not name.startswith("."))
            found += [(file.relative_to(real).as_posix(), file.stat().st_size) for file in inside if _is_plain(file)]
            if len(found) >= MOST_LISTED:
                break
        return found[:MOST_LISTED]

    def copy(self, path: Path, name: str, target: Path, most: int) -> None:
        """Copies the file, or the one of that name in the folder, to `target`. Raises: BadInput; NotFound."""
        real = self.find(path)
        file = self.find(real / name) if real.is_dir() else real
        descriptor = _open(file)
        with os.fdopen(descriptor, "rb") as source, target.open("wb") as copied:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise BadInput(f"{file.name} is no file.", "Choose one of the files in the folder.")
            if os.fstat(descriptor).st_size > most:
                raise too_large(file.name, os.fstat(descriptor).st_size, most)
            shutil.copyfileobj(source, copied, PIECE)


def too_large(name: str, size: int, most: int) -> BadInput:
    """What is said of a file beyond the limit."""
    return BadInput(
        f"“{name}” has {size / 1e6:,.0f} MB; {most / 1e6:,.0f} MB can be read at once.",
        "Split it, or ask the owner of this server for a larger RED_PANDAS_CONNECTION_MB.",
    )


def _open(path: Path) -> int:
    """A descriptor of the file; no part of its path is followed as a link, in case one was put there just now."""
    if not hasattr(os, "O_NOFOLLOW") or os.open not in os.supports_dir_fd:
        return os.open(path, os.O_RDONLY)
    folder = os.open(path.anchor, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in path.parts[1:-1]:
            inner = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = inner
        return os.open(path.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except OSError as error:
        raise BadInput(f"{path.name} cannot be opened ({error.strerror}).", "Check who may read it.") from None
    finally:
        os.close(folder)


def _is_plain(file: Path) -> bool:
    return file.is_file() and not file.is_symlink()
