"""How datasets come to be: tables read from uploads, as root versions. `datasets` has the verbs."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from services import labels, uploads
from services.domain import Dataset, Reading, ReadReport, Version
from services.protocols import Progress
from services.workspace import Workspace

Write = Callable[[Path], ReadReport]
"""Puts a table at a path."""


class Maker:
    """Makes datasets in the workspace of somebody who may."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws

    def read(self, reading: Reading, progress: Progress | None = None) -> Dataset:
        """The new dataset with the table of a reading. Nothing is left when it fails. Raises: NotFound; BadInput."""
        upload = self._ws.uploads.of_team(reading.upload_id)
        name = reading.name or labels.title(upload.filename)
        if progress:
            progress.stage(f"Reading {name}")
        readers, table = self._ws.backends.readers, reading.options.table
        with uploads.original(self._ws, upload.id) as source:
            return self.add(name, "", lambda target: readers.read(source, target, upload.filename, table), reading)

    def add(self, name: str, description: str, write: Write, reading: Reading | None = None) -> Dataset:
        """Keeps the table that `write` puts at a path: files first, rows last, and no file without its rows."""
        ws = self._ws
        with tempfile.TemporaryDirectory(dir=ws.backends.settings.home / "cache") as folder, ExitStack() as undo:
            path, evidence = Path(folder) / "table.parquet", Path(folder) / "report.json"
            report = write(path)
            evidence.write_text(report.model_dump_json(), encoding="utf-8")
            dataset, root = self._nouns(name, description, report, path)
            facts = ws.backends.engine.profile(path, root.id)
            for source, key in ((path, root.storage_key), (evidence, report_key(root.storage_key))):
                undo.callback(ws.backends.storage.delete, key)
                ws.backends.storage.put(source, key)
            ws.rows.add_dataset(dataset, root, facts)
            undo.pop_all()
        if reading:
            ws.uploads.add_reading(root.id, reading)
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
