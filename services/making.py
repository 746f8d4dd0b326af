"""How datasets come to be: tables read from uploads, as root versions. `datasets` has the verbs."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final
from uuid import uuid4

from services import labels, uploads
from services.domain import Dataset, Reading, ReadReport, Version
from services.protocols import Progress
from services.workspace import Workspace

REJECTED: Final = ".rejected.jsonl"

Write = Callable[[Path], ReadReport]
"""Puts a table at a path."""


class Maker:
    """Makes datasets in the workspace of somebody who may."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws

    def read(self, reading: Reading, progress: Progress | None = None) -> Dataset:
        """The new dataset with the table of a reading. Nothing is left when it fails. Raises: NotFound; BadInput."""
        return self.stack([reading], progress)

    def stack(self, readings: Sequence[Reading], progress: Progress | None = None) -> Dataset:
        """The new dataset with the tables of all readings on top of each other. Nothing is left when it fails.

        Raises: NotFound; BadInput, when their columns differ.
        """
        write = partial(self._write, readings, progress)
        return self.add(self._name(readings[0]), "", write, readings)

    def _name(self, reading: Reading) -> str:
        return reading.name or labels.title(self._ws.uploads.of_team(reading.upload_id).filename)

    def _write(self, readings: Sequence[Reading], progress: Progress | None, target: Path) -> ReadReport:
        if len(readings) == 1:
            return self._one(readings[0], progress, target)
        parts: list[tuple[str, Path, ReadReport]] = []
        for number, reading in enumerate(readings):
            path = target.with_name(f"part-{number}.parquet")
            parts.append((self._name(reading), path, self._one(reading, progress, path)))
        return self._ws.backends.readers.stack(parts, target)

    def _one(self, reading: Reading, progress: Progress | None, target: Path) -> ReadReport:
        upload = self._ws.uploads.of_team(reading.upload_id)
        if progress:
            progress.stage(f"Reading {self._name(reading)}")
        readers, options = self._ws.backends.readers, reading.options
        with uploads.original(self._ws, upload.id) as source:
            rejected = target.with_suffix(REJECTED)
            return readers.read(source, target, upload.filename, options, progress=progress, rejected=rejected)

    def add(self, name: str, description: str, write: Write, readings: Sequence[Reading] = ()) -> Dataset:
        """Keeps the table that `write` puts at a path: files first, rows last, and no file without its rows."""
        ws = self._ws
        with tempfile.TemporaryDirectory(dir=ws.backends.settings.home / "cache") as folder, ExitStack() as undo:
            path, evidence = Path(folder) / "table.parquet", Path(folder) / "report.json"
            report = write(path)
            evidence.write_text(report.model_dump_json(), encoding="utf-8")
            dataset, root = self._nouns(name, description, report, path)
            facts = ws.backends.engine.profile(path, root.id)
            files = {root.storage_key: path, report_key(root.storage_key): evidence}
            if rejected := _joined(sorted(Path(folder).glob(f"*{REJECTED}")), Path(folder) / "rejected"):
                files[rejected_key(root.storage_key)] = rejected
            for key, source in files.items():
                undo.callback(ws.backends.storage.delete, key)
                ws.backends.storage.put(source, key)
            ws.rows.add_dataset(dataset, root, facts, readings)
            undo.pop_all()
        return dataset

    def _nouns(self, name: str, description: str, report: ReadReport, path: Path) -> tuple[Dataset, Version]:
        """The dataset and its root version, which shows the table in the file at `path`."""
        dataset_id, version_id, now = uuid4().hex, uuid4().hex, datetime.now(UTC)
        team_id, user_id = self._ws.team.id, self._ws.user.id
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        root = Version(
            id=version_id,
            dataset_id=dataset_id,
            note="\n".join(report.notes),
            rows=report.rows,
            columns=report.columns,
            bytes=path.stat().st_size,
            content_hash=digest,
            storage_key=f"{team_id}/datasets/{dataset_id}/versions/{digest}.parquet",
            created_by=user_id,
            created_at=now,
        )
        dataset = Dataset(
            id=dataset_id,
            team_id=team_id,
            name=name,
            description=description,
            head_id=version_id,
            created_by=user_id,
            created_at=now,
        )
        return dataset, root


def report_key(storage_key: str) -> str:
    """Where the report of a version lies beside it."""
    return storage_key.removesuffix(".parquet") + ".report.json"


def rejected_key(storage_key: str) -> str:
    """Where the rows that could not be read lie beside a version, if there are any."""
    return storage_key.removesuffix(".parquet") + REJECTED


def _joined(parts: Sequence[Path], target: Path) -> Path | None:
    """The parts as one file; None when there are none."""
    if not parts:
        return None
    with target.open("wb") as joined:
        for part in parts:
            with part.open("rb") as source:
                shutil.copyfileobj(source, joined)
    return target
