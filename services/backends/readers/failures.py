"""Turns what the disk, the memory and the parsers raise into sentences."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pyarrow as pa

from services.errors import BadInput

NO_TABLE_HINT = (
    "Upload a file with one row per line and the same columns in each, separated by commas, semicolons or tabs."
)


@contextmanager
def plain_errors(shown: str) -> Iterator[None]:
    """Raises: BadInput, for everything that goes wrong with the file people call `shown`."""
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
    except (duckdb.OutOfMemoryException, MemoryError) as error:
        raise BadInput(
            f"“{shown}” needs more memory than there is.", "Split the file, or keep fewer columns."
        ) from error
    except (duckdb.Error, pa.ArrowException) as error:
        raise BadInput(f"“{shown}” could not be read as a table.", NO_TABLE_HINT) from error
    except RecursionError as error:
        raise BadInput(f"“{shown}” is nested too deeply to be a table.", NO_TABLE_HINT) from error


def too_long(shown: str) -> BadInput:
    """The reader was stopped at its time limit."""
    return BadInput(f"Reading “{shown}” takes too long.", "Save the table as CSV, or split it into smaller files.")


def too_much_memory(shown: str) -> BadInput:
    """The reader was stopped at its memory limit."""
    return BadInput(f"“{shown}” needs more memory than a file may.", "Save the table as CSV, or split it.")


def too_big(shown: str, megabytes: int) -> BadInput:
    """The reader was stopped because it wrote too much."""
    return BadInput(f"“{shown}” unpacks to more than {megabytes:,} MB.", "Split the table into smaller files.")


def broke_down(shown: str) -> BadInput:
    """The reader crashed."""
    return BadInput(f"“{shown}” is damaged: its reader broke down.", "Save it again, or save the table as CSV.")


def reason(error: Exception) -> str:
    """What a library says of a file, on one line and not too long."""
    return " ".join(str(error).split())[:200].rstrip(". ")
