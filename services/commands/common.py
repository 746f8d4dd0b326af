"""What several commands do alike: open a home and a file, and show what came of it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from services import datasets, wiring
from services.domain import Dataset, Job, JobStatus
from services.errors import BadInput
from services.settings import Settings
from services.workspace import LOCAL_USER, Workspace, open_workspace


@contextmanager
def installation() -> Iterator[Workspace]:
    """The home that the server uses, by its settings."""
    backends = wiring.connect(Settings(sign_in="local"), inline=True)
    try:
        yield open_workspace(backends, LOCAL_USER.id)
    finally:
        wiring.close(backends)


@contextmanager
def workspace(analyst: str, **changes: Any) -> Iterator[Workspace]:
    """A throw-away home, so that asking about a file leaves nothing behind; `changes` are further settings."""
    with tempfile.TemporaryDirectory(prefix="red-pandas-") as home:
        backends = wiring.connect(
            Settings(home=Path(home), database_url="", analyst=analyst, sign_in="local", **changes), inline=True
        )
        try:
            yield open_workspace(backends, LOCAL_USER.id)
        finally:
            wiring.close(backends)


def opened(ws: Workspace, path: Path) -> Dataset:
    """The file as a dataset. Raises: BadInput."""
    if not path.is_file():
        raise BadInput(f"There is no file {path}.", "Check the path.")
    return datasets.upload(ws, path, path.name)


def created(path: Path) -> TextIO:
    """The file, opened to be written. Raises: BadInput."""
    try:
        return path.open("w", encoding="utf-8", errors="replace")
    except OSError as error:
        raise BadInput(f"The file {path} cannot be written ({error.strerror}).", "Choose another place.") from error


def check_done(job: Job) -> None:
    """Raises: BadInput, when the job did not end well."""
    if job.status is not JobStatus.DONE:
        raise BadInput(job.message or "The profile could not be made.", job.hint or "Try again.")


def show_reply(reply: dict[str, Any]) -> None:
    """Prints an answer for people."""
    print(safe(reply["text"]))
    for option in reply["options"]:
        print(f"  - {safe(option)}")
    if reply["table"]:
        print()
        show_table(reply["table"])
    if reply["code"]:
        print(f"\n{safe(reply['code'])}")
    for caveat in reply["caveats"]:
        print(f"Note: {safe(caveat)}")
    print(f"\n{reply['seconds']:.2f} s, {reply['analyst'] or 'no'} analyst")


def show_table(table: dict[str, Any], most: int = 20) -> None:
    """Prints the first rows."""
    shown = [[_cell(value) for value in row] for row in (table["columns"], *table["rows"][:most])]
    widths = [max(len(text) for text in column) for column in zip(*shown, strict=True)]
    for row in shown:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
    if len(table["rows"]) > most:
        print(f"… {len(table['rows']):,} rows in all")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and not value.is_integer():
        return f"{value:,.6g}"
    return safe(str(value)).replace("\n", " ")


def safe(text: str) -> str:
    """Text for the terminal: control characters, which a hostile table may hold, are shown as their names."""
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in text)
