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

from services import changes, labels, uploads
from services.domain import Dataset, Link, LinkKind, Reading, ReadReport, Version
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

    def stack(self, readings: Sequence[Reading], progress: Progress | None = None, source_column: str = "") -> Dataset:
        """The new dataset with the tables of all readings on top of each other; with a `source_column` that column
        says which table each row is from. Nothing is left when it fails.

        Raises: NotFound; BadInput, when their columns differ.
        """
        write = partial(self._write, readings, progress, source_column)
        return self.add(self._name(readings[0]), "", write, readings)

    def _name(self, reading: Reading) -> str:
        return reading.name or labels.title(self._ws.uploads.of_team(reading.upload_id).filename)

    def _label(self, reading: Reading, readings: Sequence[Reading]) -> str:
        """What one of several is called: after its file, and after its table where the file has several."""
        title = labels.title(self._ws.uploads.of_team(reading.upload_id).filename)
        is_alone = sum(each.upload_id == reading.upload_id for each in readings) == 1
        return title if is_alone or not reading.options.table else f"{title} {reading.options.table}"

    def _write(
        self, readings: Sequence[Reading], progress: Progress | None, source_column: str, target: Path
    ) -> ReadReport:
        if len(readings) == 1:
            return self._one(readings[0], progress, target)
        parts: list[tuple[str, Path, ReadReport]] = []
        for number, reading in enumerate(readings):
            path = target.with_name(f"part-{number}.parquet")
            parts.append((self._label(reading, readings), path, self._one(reading, progress, path)))
        return self._ws.backends.readers.stack(parts, target, source_column)

    def derive(self, version: Version, name: str) -> Dataset:
        """The new dataset whose first version is the table of this one, which its lineage says. Nothing is left when it
        fails. Raises: NotFound; BadInput."""
        origin = self._ws.rows.dataset(version.dataset_id)
        write = partial(self._copy, version, f"From “{origin.name}”: {version.name or 'its table'} of that moment.")
        made = self.add(name, origin.description, write, source=version)
        self._ws.rows.save_meanings(made.id, {n: m for n, m in origin.meanings.items() if n in version.columns})
        self._ws.rows.save_dismissed(made.id, origin.dismissed)
        return made

    def _copy(self, version: Version, note: str, target: Path) -> ReadReport:
        """What could not be read of the file behind the version goes along: its numbers lack those rows."""
        ws, root = self._ws, self._ws.rows.root(version.id)
        with changes.local(ws, version.id) as path:
            shutil.copyfile(path, target)
        with ws.backends.storage.local(report_key(root.storage_key)) as path:
            report = ReadReport.model_validate_json(path.read_bytes())
        if ws.backends.storage.exists(key := rejected_key(root.storage_key)):
            with ws.backends.storage.local(key) as path:
                shutil.copyfile(path, target.with_suffix(REJECTED))
        return report.model_copy(update={"rows": version.rows, "columns": version.columns, "notes": (note,)})

    def _one(self, reading: Reading, progress: Progress | None, target: Path) -> ReadReport:
        upload = self._ws.uploads.of_team(reading.upload_id)
        if progress:
            progress.stage(f"Reading {self._name(reading)}")
        readers, options = self._ws.backends.readers, reading.options
        with uploads.original(self._ws, upload.id) as source:
            rejected = target.with_suffix(REJECTED)
            return readers.read(source, target, upload.filename, options, progress=progress, rejected=rejected)

    def add(
        self,
        name: str,
        description: str,
        write: Write,
        readings: Sequence[Reading] = (),
        source: Version | None = None,
    ) -> Dataset:
        """Keeps the table that `write` puts at a path, and the version of another dataset it comes from: files first,
        rows last, and no file without its rows. Raises: BadInput, when this person may keep no more."""
        ws = self._ws
        if not readings:  # of an upload, the file itself was counted before it came
            uploads.check_room(ws, 0)
        with tempfile.TemporaryDirectory(dir=ws.backends.settings.home / "cache") as folder, ExitStack() as undo:
            path, evidence = Path(folder) / "table.parquet", Path(folder) / "report.json"
            report = write(path)
            evidence.write_text(report.model_dump_json(), encoding="utf-8")
            dataset, root = self._nouns(name, description, report, path)
            if not readings:
                uploads.check_room(ws, root.bytes)
            facts = ws.backends.engine.profile(path, root.id)
            files = {root.storage_key: path, report_key(root.storage_key): evidence}
            if rejected := _joined(sorted(Path(folder).glob(f"*{REJECTED}")), Path(folder) / "rejected"):
                files[rejected_key(root.storage_key)] = rejected
            for key, kept in files.items():
                undo.callback(ws.backends.storage.delete, key)
                ws.backends.storage.put(kept, key)
            links = [Link(version_id=root.id, source_id=source.id, kind=LinkKind.DERIVED)] if source else []
            ws.rows.add_dataset(dataset, root, facts, readings, links)
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
