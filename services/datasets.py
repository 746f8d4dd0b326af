"""Datasets: upload a file, look at its rows and facts, rename, delete."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pyarrow as pa
from pydantic import JsonValue

from services import binding, changes, labels, making, uploads
from services.access import Action, requires
from services.domain import Dataset, Job, Profile, Reading, ReadReport, Rejected, Upload, Version, View
from services.errors import BadInput
from services.making import Maker
from services.protocols import OtherTable, Progress
from services.workspace import Workspace

JOB_KIND: Final = "read"
DERIVE_KIND: Final = "derive"

SAMPLE_NAME = "Countries (sample)"
SAMPLE_DESCRIPTION = "Sample: life expectancy, population and income of the world's countries, 1952 to 2007."
RESTORABLE = timedelta(days=30)
"""How long a deleted dataset can be restored; then the cleaner removes it."""


@requires(Action.DATASET_CREATE)
def create(ws: Workspace, readings: Sequence[Reading], *, stacked: bool = False, source_column: str = "") -> Job:
    """A job that makes a dataset of each reading or, `stacked`, one of all of them, when their columns agree; with a
    `source_column` that one has a column of about that name, which says where each row is from.

    The job goes on when the person leaves; once it is done, `created(ws, job.id)` are the datasets.
    Raises: NotFound; BadInput, when there is no reading or an upload is not whole.
    """
    if not readings:
        raise BadInput("There is nothing to read.", "Choose a file first.")
    for reading in readings:
        ws.uploads.of_team(reading.upload_id)
    told: list[JsonValue] = [reading.model_dump(mode="json") for reading in readings]
    column = labels.name(source_column) if source_column.strip() else ""
    return ws.begin(JOB_KIND, body={"readings": told, "stacked": stacked, "source_column": column})


@requires(Action.DATASET_CREATE)
def bring(ws: Workspace, upload_ids: Sequence[str]) -> Job | None:
    """The job that makes a dataset of a whole upload about which nobody needs to be asked anything.

    None where a person should look first: several files or tables, or something the file does not settle.
    Raises: NotFound; BadInput, when the file cannot be read: it is then removed.
    """
    if len(upload_ids) != 1:
        return None
    try:
        if len(uploads.tables(ws, upload_ids[0])) > 1 or uploads.questions(ws, upload_ids[0]):
            return None
    except BadInput:
        uploads.discard(ws, upload_ids[0])
        raise
    return create(ws, [Reading(upload_id=upload_ids[0])])


def make(ws: Workspace, job_id: str, progress: Progress) -> None:
    """The work of a job that `create` has made. Datasets that are whole when it fails or is stopped stay."""
    body = ws.rows.job(job_id).body
    told = body["readings"]
    readings = [Reading.model_validate(each) for each in told] if isinstance(told, list) else []
    groups = [readings] if body.get("stacked") else [[reading] for reading in readings]
    made: list[str] = []
    for group in groups:
        made.append(Maker(ws).stack(group, progress, str(body.get("source_column", ""))).id)
        ws.rows.note_outcome(job_id, made)


@requires(Action.DATASET_CREATE)
def derive(ws: Workspace, version_id: str, name: str) -> Job:
    """A job that makes a dataset of its own of a version; once it is done, `created(ws, job.id)` has it.

    Its lineage leads back to the version. Raises: NotFound; BadInput, when the name is empty or too long.
    """
    return ws.begin(DERIVE_KIND, body={"version_id": ws.rows.version(version_id).id, "name": labels.name(name)})


def make_derived(ws: Workspace, job_id: str, progress: Progress) -> None:
    """The work of a job that `derive` has made. Raises: AppError."""
    body = ws.rows.job(job_id).body
    progress.stage("Copying the table")
    made = Maker(ws).derive(ws.rows.version(str(body["version_id"])), str(body["name"]))
    ws.rows.note_outcome(job_id, [made.id])


@requires(Action.DATASET_READ)
def created(ws: Workspace, job_id: str) -> list[Dataset]:
    """The datasets a job has made so far, in the order of the readings; deleted ones left out. Raises: NotFound."""
    ids = ws.rows.job(job_id).outcome
    there = {dataset.id: dataset for dataset in ws.rows.datasets()}
    return [there[each] for each in ids if each in there]


@requires(Action.DATASET_CREATE)
def upload(ws: Workspace, path: Path, filename: str) -> Dataset:
    """The new dataset with the table in the file at `path`; `filename` is what the person calls it.

    When it fails, neither a row nor a file is left. Raises: BadInput.
    """
    with ExitStack() as undo:
        kept = uploads.keep(ws, path, filename)
        undo.callback(uploads.discard, ws, kept.id)
        dataset = Maker(ws).read(Reading(upload_id=kept.id))
        undo.pop_all()
    return dataset


@requires(Action.DATASET_READ)
def origins(ws: Workspace, version_id: str) -> list[tuple[Upload, Reading]]:
    """The uploads a version was read from, and how: several where tables were stacked, none for a change.

    `uploads.original(ws, upload.id)` is the file; `create` with the same upload and other options reads it again, as a
    new dataset. Raises: NotFound.
    """
    readings = ws.uploads.readings(ws.rows.version(version_id).id)
    return [(ws.uploads.of_team(reading.upload_id), reading) for reading in readings]


@requires(Action.DATASET_READ)
def origin(ws: Workspace, version_id: str) -> tuple[Upload, Reading] | None:
    """The first of `origins`; None where there is none. Raises: NotFound."""
    return next(iter(origins(ws, version_id)), None)


@requires(Action.DATASET_CREATE)
def sample(ws: Workspace) -> Dataset:
    """The sample dataset of the team, made at the first call."""
    found = _samples(ws)
    if found:
        return found[0]
    made = Maker(ws).add(SAMPLE_NAME, SAMPLE_DESCRIPTION, ws.backends.readers.sample)
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
def others(ws: Workspace, dataset_id: str) -> list[OtherTable]:
    """The other datasets of the team, as they are now: what a table can be joined with by its name."""
    there = heads(ws)
    return [
        OtherTable(name=each.name, version_id=each.head_id, columns=there[each.id].columns)
        for each in list_all(ws)
        if each.id != dataset_id and each.id in there
    ]


@requires(Action.DATASET_READ)
def version(ws: Workspace, version_id: str) -> Version:
    """Raises: NotFound."""
    return ws.rows.version(version_id)


@requires(Action.DATASET_READ)
def page(ws: Workspace, version_id: str, offset: int, limit: int) -> pa.Table:
    """Up to `limit` rows of the version from row `offset` (from 0), all columns. Raises: NotFound."""
    with changes.local(ws, version_id) as path:
        return ws.backends.engine.page(path, offset, limit)


@requires(Action.DATASET_READ)
def view(ws: Workspace, version_id: str, view: View, offset: int, limit: int) -> pa.Table:
    """Up to `limit` of the rows that meet the view's conditions, in its order, from row `offset` (from 0).

    Raises: NotFound; BadInput, when a condition cannot be.
    """
    with changes.local(ws, version_id) as path:
        return ws.backends.engine.view(path, view, offset, limit)


@requires(Action.DATASET_READ)
def count(ws: Workspace, version_id: str, view: View) -> int:
    """How many rows of the version meet the view's conditions. Raises: NotFound; BadInput."""
    found = ws.rows.version(version_id)
    if not view.conditions:
        return found.rows
    with changes.local(ws, found.id) as path:
        return ws.backends.engine.count(path, view)


@requires(Action.DATASET_READ)
def profile(ws: Workspace, version_id: str) -> Profile:
    """Facts about every column of the version. Raises: NotFound."""
    return ws.rows.profile(version_id)


@requires(Action.DATASET_READ)
def read_report(ws: Workspace, version_id: str) -> ReadReport:
    """How the file of the version was read, with the rows that could not be. Raises: NotFound."""
    with ws.backends.storage.local(making.report_key(ws.rows.root(version_id).storage_key)) as path:
        return ReadReport.model_validate_json(path.read_bytes())


@requires(Action.DATASET_READ)
def rejected(ws: Workspace, version_id: str) -> Iterator[Rejected]:
    """Every row of the file that could not be read, in order, as long as it is; `exports.rejected` is the same as CSV.

    Raises: NotFound.
    """
    return _rejected(ws, making.rejected_key(ws.rows.version(version_id).storage_key))


def _rejected(ws: Workspace, key: str) -> Iterator[Rejected]:
    if not ws.backends.storage.exists(key):
        return
    with ws.backends.storage.local(key) as path, path.open(encoding="utf-8") as file:
        for line in file:
            yield Rejected.model_validate_json(line)


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


def _remove(ws: Workspace, dataset_id: str) -> None:
    originals = ws.uploads.read_by(dataset_id)
    reports = [binding.folder_of(ws.team.id, each) for each in ws.for_upkeep().reports.about(dataset_id)]
    ws.rows.delete_dataset(dataset_id)
    for folder in (f"{ws.team.id}/datasets/{dataset_id}/", *reports):
        for key in list(ws.backends.storage.list(folder)):
            ws.backends.storage.delete(key)
    for upload in originals:
        uploads.release(ws, upload)


def _samples(ws: Workspace) -> list[Dataset]:
    """The sample datasets of the team, oldest first."""
    found = [dataset for dataset in ws.rows.datasets() if dataset.description == SAMPLE_DESCRIPTION]
    return sorted(found, key=lambda dataset: (dataset.created_at, dataset.id))
