"""Readers: a file of some format in, Parquet out. The table below is the registry of formats."""

from __future__ import annotations

import errno
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import duckdb
import pyarrow as pa

from services.backends import samples
from services.backends.readers import delimited
from services.domain import ReadReport
from services.errors import BadInput

MEMORY_MB = 512

Reader = Callable[..., ReadReport]

FORMATS: Mapping[str, Reader] = MappingProxyType(
    {".csv": delimited.read, ".tsv": delimited.read, ".tab": delimited.read, ".txt": delimited.read}
)
"""File name endings and the function that reads each: (source, target, name, *, work, max_columns, memory_mb)."""


class Readers:
    """Reads files by the ending of their name."""

    def __init__(self, max_columns: int) -> None:
        self._max_columns = max_columns

    def read(self, source: Path, target: Path, name: str) -> ReadReport:
        """Writes the table in `source` as Parquet (zstd) at `target`; `name` is what the person calls the file.

        Nothing is left at `target` when it fails. Raises: BadInput.
        """
        shown = shown_name(name)
        reader = FORMATS.get(Path(shown).suffix.lower())
        if reader is None:
            raise BadInput(f"“{shown}” cannot be read.", f"Upload a file that ends in {_endings()}.")
        with _plain_errors(shown), tempfile.TemporaryDirectory(prefix=".reading-", dir=target.parent) as folder:
            work = Path(folder)
            if not source.is_file():
                raise BadInput(f"“{shown}” is not there or is not a file.", "Choose the file again.")
            made = work / "made.parquet"
            report = reader(source, made, shown, work=work, max_columns=self._max_columns, memory_mb=MEMORY_MB)
            made.replace(target)
            return report

    def sample(self, target: Path) -> ReadReport:
        """Writes the sample table as Parquet at `target`."""
        return samples.write(target)


def shown_name(name: str) -> str:
    """The last part of a file name, without control characters, at most 120 characters long."""
    last = re.split(r"[/\\]", name)[-1]
    clean = re.sub(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", "", last).strip()
    return clean if len(clean) <= 120 else clean[:100] + "…" + clean[-19:]


def _endings() -> str:
    *first, last = FORMATS
    return f"{', '.join(first)} or {last}"


@contextmanager
def _plain_errors(shown: str) -> Iterator[None]:
    """Turns what the disk and the parsers raise into words."""
    try:
        yield
    except PermissionError as error:
        raise BadInput(f"“{shown}” may not be opened.", "Check the permissions of the file.") from error
    except (OSError, duckdb.IOException) as error:
        if getattr(error, "errno", None) == errno.ENOSPC or "No space left" in str(error):
            raise BadInput(
                f"The disk is full: “{shown}” could not be stored.", "Free some space and try again."
            ) from error
        raise BadInput(f"“{shown}” could not be read from the disk.", "Try again, or choose another file.") from error
    except duckdb.OutOfMemoryException as error:
        raise BadInput(
            f"“{shown}” needs more memory than there is.", "Split the file, or keep fewer columns."
        ) from error
    except (duckdb.Error, pa.ArrowException) as error:
        raise BadInput(f"“{shown}” could not be read as a table.", delimited.NO_TABLE_HINT) from error
