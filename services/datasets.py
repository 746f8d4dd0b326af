"""Datasets: upload a file, look at its rows and facts, rename, delete."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pyarrow as pa

from services import labels
from services.access import Action, requires
from services.domain import Dataset, Profile, ReadReport, Version, View
from services.workspace import Workspace

SAMPLE_NAME = "Countries (sample)"
SAMPLE_DESCRIPTION = "Sample: life expectancy, population and income of the world's countries, 1952 to 2007."
RESTORABLE = timedelta(days=30)
"""How long a deleted dataset can be restored; then the cleaner removes it."""


@requires(Action.DATASET_CREATE)
def upload(ws: Workspace, path: Path, filename: str) -> Dataset:
    """The new dataset with the table in the file at `path`; `filename` is what the person calls it.

    When it fails, neither a row nor a file is left. Raises: BadInput.
    """
    return _add(ws, labels.title(filename), "", lambda target: ws.backends.readers.read(path, target, filename))


@requires(Action.DATASET_CREATE)
def sample(ws: Workspace) -> Dataset:
    """The sample dataset of the team, made at the first call."""
    found = _samples(ws)
    if found:
        return found[0]
    made = _add(ws, SAMPLE_NAME, SAMPLE_DESCRIPTION, ws.backends.readers.sample)
    first = _samples(ws)[0]
    if first.id != made.id:  # another tab made one at the same moment
        _remove(ws, made.id)
    return first


@requires(Action.DATASET_READ)
def list_all(ws: Workspace) -> list[Dataset]:
    """The datasets of the team, newest first."""
    return ws.rows.datasets()


@requires(Action.DATASET_READ)
def get(ws: Workspace, dataset_id: str) -> Dataset:
    """Raises: NotFound."""
    return ws.rows.dataset(dataset_id)


@requires(Action.DATASET_READ)
def head(ws: Workspace, dataset_id: str) -> Version:
    """The version that the dataset shows. Raises: NotFound."""
    return ws.rows.version(ws.rows.dataset(dataset_id).head_id)


@requires(Action.DATASET_READ)
def heads(ws: Workspace) -> dict[str, Version]:
    """The version that each dataset of the team shows, by the dataset's id."""
    return ws.rows.heads()


@requires(Action.DATASET_READ)
def version(ws: Workspace, version_id: str) -> Version:
    """Raises: NotFound."""
    return ws.rows.version(version_id)


@requires(Action.DATASET_READ)
def page(ws: Workspace, version_id: str, offset: int, limit: int) -> pa.Table:
    """Up to `limit` rows of the version from row `offset` (from 0), all columns. Raises: NotFound."""
    with ws.backends.storage.local(ws.rows.version(version_id).storage_key) as path:
        return ws.backends.engine.page(path, offset, limit)


@requires(Action.DATASET_READ)
def view(ws: Workspace, version_id: str, view: View, offset: int, limit: int) -> pa.Table:
    """Up to `limit` of the rows that meet the view's conditions, in its order, from row `offset` (from 0).

    Raises: NotFound; BadInput, when a condition cannot be.
    """
    with ws.backends.storage.local(ws.rows.version(version_id).storage_key) as path:
        return ws.backends.engine.view(path, view, offset, limit)


@requires(Action.DATASET_READ)
def count(ws: Workspace, version_id: str, view: View) -> int:
    """How many rows of the version meet the view's conditions. Raises: NotFound; BadInput."""
    found = ws.rows.version(version_id)
    if not view.conditions:
        return found.rows
    with ws.backends.storage.local(found.storage_key) as path:
        return ws.backends.engine.count(path, view)


@requires(Action.DATASET_READ)
def profile(ws: Workspace, version_id: str) -> Profile:
    """Facts about every column of the version. Raises: NotFound."""
    return ws.rows.profile(version_id)


@requires(Action.DATASET_READ)
def read_report(ws: Workspace, version_id: str) -> ReadReport:
    """How the file of the version was read, with the rows that could not be. Raises: NotFound."""
    with ws.backends.storage.local(_report_key(ws.rows.version(version_id).storage_key)) as path:
        return ReadReport.model_validate_json(path.read_bytes())


@requires(Action.DATASET_EDIT)
def rename(ws: Workspace, dataset_id: str, name: str) -> Dataset:
    """The dataset under its new name. Raises: NotFound; BadInput, when the name is empty or too long."""
    return _change(ws, dataset_id, name=labels.name(name))


@requires(Action.DATASET_EDIT)
def edit(ws: Workspace, dataset_id: str, name: str, description: str, tags: Sequence[str]) -> Dataset:
    """The dataset with a new name, description and tags. Raises: NotFound; BadInput, when one is too long."""
    checked = {"name": labels.name(name), "description": labels.description(description), "tags": labels.tags(tags)}
    return _change(ws, dataset_id, **checked)


@requires(Action.DATASET_DELETE)
def delete(ws: Workspace, dataset_id: str) -> None:
    """Takes the dataset out of sight, with its conversations; `restore` undoes it. Raises: NotFound."""
    ws.rows.dataset(dataset_id)
    ws.rows.mark_dataset(dataset_id, datetime.now(UTC))


@requires(Action.DATASET_RESTORE)
def restore(ws: Workspace, dataset_id: str) -> Dataset:
    """The dataset as it was before it was deleted. Raises: NotFound, when it has been removed for good."""
    ws.rows.mark_dataset(dataset_id, None)
    return ws.rows.dataset(dataset_id)


@requires(Action.DATASET_READ)
def list_deleted(ws: Workspace) -> list[Dataset]:
    """What was deleted and can still be restored, last deleted first."""
    found = [(dataset.deleted_at, dataset) for dataset in ws.rows.datasets(deleted=True) if dataset.deleted_at]
    return [dataset for _, dataset in sorted(found, key=lambda pair: pair[0], reverse=True)]


@requires(Action.DATASET_DELETE)
def purge(ws: Workspace, dataset_id: str) -> None:
    """Removes the dataset for good, with its versions, conversations and files. Raises: NotFound."""
    _remove(ws, dataset_id)


def _change(ws: Workspace, dataset_id: str, **fields: object) -> Dataset:
    changed = ws.rows.dataset(dataset_id).model_copy(update=fields)
    ws.rows.save_dataset(changed)
    return changed


def _add(ws: Workspace, name: str, description: str, write: Callable[[Path], ReadReport]) -> Dataset:
    """Keeps the table that `write` puts at a path: files first, rows last, and no file without its rows."""
    with tempfile.TemporaryDirectory(dir=ws.backends.settings.home / "cache") as folder, ExitStack() as undo:
        path, evidence = Path(folder) / "table.parquet", Path(folder) / "report.json"
        report = write(path)
        evidence.write_text(report.model_dump_json(), encoding="utf-8")
        dataset, root = _nouns(ws, name, description, report, path)
        facts = ws.backends.engine.profile(path, root.id)
        for source, key in ((path, root.storage_key), (evidence, _report_key(root.storage_key))):
            undo.callback(ws.backends.storage.delete, key)
            ws.backends.storage.put(source, key)
        ws.rows.add_dataset(dataset, root, facts)
        undo.pop_all()
    return dataset


def _nouns(ws: Workspace, name: str, description: str, report: ReadReport, path: Path) -> tuple[Dataset, Version]:
    """The dataset and its root version, which shows the table in the file at `path`."""
    dataset_id, version_id, now = uuid4().hex, uuid4().hex, datetime.now(UTC)
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
        storage_key=f"{ws.team.id}/datasets/{dataset_id}/versions/{digest}.parquet",
        created_by=ws.user.id,
        created_at=now,
    )
    dataset = Dataset(
        id=dataset_id,
        team_id=ws.team.id,
        name=name,
        description=description,
        head_id=version_id,
        created_by=ws.user.id,
        created_at=now,
    )
    return dataset, root


def _remove(ws: Workspace, dataset_id: str) -> None:
    ws.rows.delete_dataset(dataset_id)
    for key in list(ws.backends.storage.list(f"{ws.team.id}/datasets/{dataset_id}/")):
        ws.backends.storage.delete(key)


def _samples(ws: Workspace) -> list[Dataset]:
    """The sample datasets of the team, oldest first."""
    found = [dataset for dataset in ws.rows.datasets() if dataset.description == SAMPLE_DESCRIPTION]
    return sorted(found, key=lambda dataset: (dataset.created_at, dataset.id))


def _report_key(storage_key: str) -> str:
    return storage_key.removesuffix(".parquet") + ".report.json"
