"""Uploads: a file comes in piece by piece, is looked at, and is kept unchanged once datasets were read from it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Final
from uuid import uuid4

import pyarrow as pa

from services import labels, usage
from services.access import Action, requires
from services.circles import Measure
from services.domain import Allowance, Detected, ReadOptions, ReadReport, TableInFile, Upload
from services.errors import BadInput, LimitReached
from services.workspace import Workspace

MB: Final = 1_000_000


@dataclass(frozen=True)
class Preview:
    """The first rows of a table as they would be read, and how."""

    report: ReadReport
    table: pa.Table


@requires(Action.UPLOAD_READ)
def allowance(ws: Workspace) -> Allowance:
    """What this person may still upload, to be shown before a file is chosen."""
    settings = ws.backends.settings
    most, used = usage.storage(ws)
    return Allowance(most_per_file=settings.upload_mb * MB, most=most, used=used)


@requires(Action.UPLOAD_READ)
def check_room(ws: Workspace, size: int) -> None:
    """Raises: LimitReached, when this person may not keep so many bytes more; also when nothing is left for a change of
    unknown size, which is given as 0."""
    allowed = allowance(ws)
    if size <= allowed.left and (size or allowed.left):
        return
    needs = f"This needs {_mb(size)} more, and of" if size > 0 else "Of"
    raise LimitReached(
        f"{needs} your {_mb(allowed.most)} only {_mb(allowed.left)} are left. Nothing was changed.",
        "Delete datasets you no longer need, or ask for more on the Team page.",
        Measure.STORAGE,
    )


@requires(Action.UPLOAD)
def begin(ws: Workspace, filename: str, size: int) -> Upload:
    """A new upload of a file of `size` bytes, of which nothing has come yet.

    Raises: BadInput, when the file is empty, too large, or more than this person may still keep; Unavailable, when the
    disk has no room for it.
    """
    _check(allowance(ws), ws.backends.readers.shown_name(filename), size)
    upload = Upload(
        id=uuid4().hex,
        team_id=ws.team.id,
        filename=labels.INVISIBLE.sub("", filename)[:500],
        size=size,
        created_by=ws.user.id,
        created_at=datetime.now(UTC),
    )
    ws.backends.parts.check_room(size)
    ws.backends.parts.begin(upload.id)
    ws.uploads.add(upload)
    return upload


@requires(Action.UPLOAD)
def append(ws: Workspace, upload_id: str, offset: int, data: bytes | IO[bytes]) -> Upload:
    """The upload with these bytes behind the first `offset` ones.

    Raises: NotFound; BadInput, when `offset` is not what was received so far (see `state`), or too much comes.
    """
    upload = ws.uploads.get(upload_id)
    source = io.BytesIO(data) if isinstance(data, bytes) else data
    received = ws.backends.parts.append(upload.id, offset, source, upload.size)
    return upload.model_copy(update={"received": received})


@requires(Action.UPLOAD_READ)
def state(ws: Workspace, upload_id: str) -> Upload:
    """The upload as it stands: `received` is where to go on. Raises: NotFound."""
    return _with_received(ws, ws.uploads.get(upload_id))


@requires(Action.UPLOAD_READ)
def list_all(ws: Workspace) -> list[Upload]:
    """The uploads of this person, newest first: unfinished ones, and originals."""
    return [_with_received(ws, upload) for upload in ws.uploads.all()]


@requires(Action.UPLOAD)
def finish(ws: Workspace, upload_id: str) -> Upload:
    """The upload, now whole and kept. Does nothing when it is whole already.

    Raises: NotFound; BadInput, when bytes are missing.
    """
    upload = state(ws, upload_id)
    if upload.is_whole:
        return upload
    if upload.received != upload.size:
        raise BadInput(
            f"Only {upload.received:,} of {upload.size:,} bytes have arrived.", "Choose the same file again to go on."
        )
    path = ws.backends.parts.path(upload.id)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    ws.backends.storage.put(path, key(upload))
    ws.uploads.finish(upload.id, digest)
    ws.backends.parts.discard(upload.id)
    return upload.model_copy(update={"content_hash": digest})


@requires(Action.UPLOAD)
def keep(ws: Workspace, path: Path, filename: str) -> Upload:
    """A whole upload of a file that lies on this machine. Raises: BadInput."""
    upload = begin(ws, filename, path.stat().st_size)
    with path.open("rb") as file:
        append(ws, upload.id, 0, file)
    return finish(ws, upload.id)


@requires(Action.UPLOAD)
def paste(ws: Workspace, text: str, filename: str = "Pasted table.txt") -> Upload:
    """A whole upload of text from the clipboard. Raises: BadInput."""
    content = text.encode("utf-8", "replace")
    upload = begin(ws, filename, len(content))
    append(ws, upload.id, 0, content)
    return finish(ws, upload.id)


@requires(Action.UPLOAD)
def discard(ws: Workspace, upload_id: str) -> None:
    """Removes an upload, finished or not. Raises: NotFound; BadInput, when datasets were read from it."""
    upload = ws.uploads.get(upload_id)
    if ws.uploads.is_read(upload.id):
        raise BadInput("This file is the original of a dataset.", "Delete the dataset; the file goes with it.")
    _remove(ws, upload)


@requires(Action.UPLOAD_READ)
def abandoned(ws: Workspace, hours: float = 24.0) -> list[Upload]:
    """Uploads of the whole team, begun that long ago, that no dataset was made from: for the cleaner to remove."""
    return ws.for_upkeep().uploads.unread(datetime.now(UTC) - timedelta(hours=hours))


@requires(Action.DATASET_DELETE)
def remove_abandoned(ws: Workspace, hours: float = 24.0) -> list[Upload]:
    """Removes what `abandoned` lists; returns it."""
    found = abandoned(ws, hours)
    for upload in found:
        _remove(ws, upload)
    return found


@requires(Action.UPLOAD_READ)
def tables(ws: Workspace, upload_id: str) -> list[TableInFile]:
    """The tables or sheets in a whole upload. Raises: NotFound; BadInput."""
    with original(ws, upload_id) as path:
        return ws.backends.readers.tables(path, ws.uploads.of_team(upload_id).filename, _cache(ws))


@requires(Action.UPLOAD_READ)
def preview(ws: Workspace, upload_id: str, options: ReadOptions | None = None) -> Preview:
    """The first rows of a table of a whole upload, read with these options, and how. Raises: NotFound; BadInput."""
    upload = ws.uploads.of_team(upload_id)
    with original(ws, upload_id) as path:
        table, report = ws.backends.readers.preview(path, upload.filename, options, _cache(ws))
    return Preview(report, table)


@requires(Action.UPLOAD_READ)
def questions(ws: Workspace, upload_id: str, options: ReadOptions | None = None) -> tuple[Detected, ...]:
    """What the file does not settle: to be asked, and answered with `options.chosen`. Raises: NotFound; BadInput."""
    return preview(ws, upload_id, options).report.questions


@requires(Action.UPLOAD_READ)
@contextmanager
def original(ws: Workspace, upload_id: str) -> Iterator[Path]:
    """The file as it came, of a whole upload of anybody in the team. Raises: NotFound."""
    with ws.backends.storage.local(key(ws.uploads.of_team(upload_id))) as path:
        yield path


@requires(Action.UPLOAD)
def release(ws: Workspace, upload_id: str) -> None:
    """Removes the original of datasets that are gone, unless others were read from it too. Raises: NotFound."""
    if not ws.uploads.is_read(upload_id):
        _remove(ws, ws.uploads.of_team(upload_id))


def key(upload: Upload) -> str:
    """Where the original is stored."""
    return f"{upload.team_id}/uploads/{upload.id}/original"


def _cache(ws: Workspace) -> Path:
    return ws.backends.settings.home / "cache"


def _with_received(ws: Workspace, upload: Upload) -> Upload:
    received = upload.size if upload.is_whole else ws.backends.parts.size(upload.id)
    return upload.model_copy(update={"received": received})


def _remove(ws: Workspace, upload: Upload) -> None:
    ws.uploads.delete(upload.id)
    ws.backends.parts.discard(upload.id)
    ws.backends.storage.delete(key(upload))


def _check(allowed: Allowance, name: str, size: int) -> None:
    if size <= 0:
        raise BadInput(f"“{name}” is empty.", "Choose a file with a header line and at least one row.")
    if size > allowed.most_per_file:
        raise BadInput(
            f"“{name}” has {_mb(size)}; a file may have {_mb(allowed.most_per_file)}.",
            "Compress it (.gz, .zst), save it as Parquet, or split it; the owner of this server can allow more.",
        )
    if size > allowed.left:
        raise LimitReached(
            f"“{name}” has {_mb(size)}, and of your {_mb(allowed.most)} only {_mb(allowed.left)} are left.",
            "Delete datasets you no longer need, or ask for more on the Team page.",
            Measure.STORAGE,
        )


def _mb(size: int) -> str:
    return f"{size / MB:,.1f} MB" if size < 10 * MB else f"{round(size / MB):,} MB"
