"""The cleaner: finds what nobody needs any more, and removes it. It never removes what cannot be had back."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from services import change_jobs, changes, datasets, report_shelf, uploads
from services.access import Action, requires
from services.accounts import visitors
from services.domain import User, Version
from services.errors import AppError, BadInput
from services.workspace import Workspace

ORPHAN_SECONDS = 3_600.0
"""A file without a version may belong to a change under way: it goes when it was seen so long before."""
UNDER_WAY_SECONDS = 24 * 3_600.0


@dataclass(frozen=True)
class Leftover:
    """Something that can go: what it is, what it is called, its bytes, and how it is removed."""

    what: str
    name: str
    bytes: int
    remove: Callable[[], bool]
    """Says whether it was removed: it may be needed again by now."""


@requires(Action.CLEAN_UP)
def survey(ws: Workspace, others: Sequence[Workspace] = ()) -> list[Leftover]:
    """What `clean` would remove now, in these spaces. Changes nothing."""
    return list(_all((ws, *others), note=False))


@requires(Action.CLEAN_UP)
def clean(ws: Workspace, others: Sequence[Workspace] = ()) -> list[Leftover]:
    """Removes what nobody needs any more in these spaces, and visitors of yesterday; gives what went.

    Unused versions go only when they were made again from their steps, cell by cell, first.
    """
    found = [leftover for leftover in _all((ws, *others), note=True) if leftover.remove()]
    for key in ws.backends.storage.sweep():
        found.append(Leftover("unfinished file", key, 0, _done))
    return found


def _all(opened: Sequence[Workspace], *, note: bool) -> Iterator[Leftover]:
    over = {visitor.id for visitor in visitors.over(opened[0].backends)}
    spaces = [each.for_upkeep() for each in opened if each.team.id not in over]
    for ws in spaces:
        yield from _uploads(ws)
        yield from _deleted(ws)
        yield from _reports(ws)
        yield from _versions(ws)
        yield from _trials(ws)
        yield from _filtered(ws)
    yield from _orphans(spaces, note=note)
    ws = spaces[0]
    yield from _visitors(ws)
    yield from _signed_out(ws)
    for folder, size in ws.backends.leftovers.folders(UNDER_WAY_SECONDS):
        yield Leftover("folder of a killed process", folder.name, size, partial(_rmtree, ws, folder))


def _uploads(ws: Workspace) -> Iterator[Leftover]:
    for upload in uploads.abandoned(ws):
        theirs = replace(ws, user=User(id=upload.created_by, name=""))  # an upload is nobody else's
        yield Leftover("abandoned upload", upload.filename, upload.size, partial(_discard, theirs, upload.id))


def _deleted(ws: Workspace) -> Iterator[Leftover]:
    oldest = datetime.now(UTC) - datasets.RESTORABLE
    for dataset in datasets.list_deleted(ws):
        if dataset.deleted_at and dataset.deleted_at < oldest:
            size = sum(version.bytes for version in ws.rows.versions(dataset.id) if version.stored)
            yield Leftover("deleted dataset", dataset.name, size, partial(_purge, ws, dataset.id))


def _reports(ws: Workspace) -> Iterator[Leftover]:
    """Reports that were deleted so long ago; and files of reports that are gone."""
    oldest = datetime.now(UTC) - datasets.RESTORABLE
    keys = list(ws.backends.storage.list(f"{ws.team.id}/reports/"))  # before the rows: a report is older than its files
    deleted = ws.reports.all(deleted=True)
    for report in deleted:
        if report.deleted_at and report.deleted_at < oldest:
            size = sum(file.size for file in ws.reports.files(report.id))
            yield Leftover("deleted report", report.title, size, partial(_purge_report, ws, report.id))
    known = {report.id for report in (*ws.reports.all(), *deleted)}
    for key in keys:
        if key.split("/")[2] not in known:
            size = ws.backends.storage.size(key)
            yield Leftover("file of no report", key, size, partial(_remove_key, ws, key))


def _versions(ws: Workspace) -> Iterator[Leftover]:
    oldest = datetime.now(UTC) - timedelta(days=ws.backends.settings.unused_version_days)
    for version in ws.rows.droppable():
        if version.created_at < oldest and _is_replayable(ws, version):
            shown = version.step.describe() if version.step else ""
            yield Leftover("unused version", shown, version.bytes, partial(_drop, ws, version))


def _orphans(spaces: Sequence[Workspace], *, note: bool) -> Iterator[Leftover]:
    """Files of versions that no row knows: a process was killed between the two."""
    lost = {key: ws for ws in spaces for key in _unknown(ws)}
    for key in spaces[0].backends.leftovers.seen_for(lost, ORPHAN_SECONDS, note=note):
        size = lost[key].backends.storage.size(key)
        yield Leftover("file without a version", key, size, partial(_remove_file, lost[key], key))


def _unknown(ws: Workspace) -> list[str]:
    files = (key for key in ws.backends.storage.list(f"{ws.team.id}/datasets/") if "/versions/" in key)
    known = ws.rows.stored_keys()
    return [key for key in files if _version_file(key) not in known]


def _visitors(ws: Workspace) -> Iterator[Leftover]:
    """Visitors of yesterday, each with all they made: a server's, not a team's."""
    for visitor in visitors.over(ws.backends):
        storage = ws.backends.storage
        size = sum(storage.size(key) for key in storage.list(f"{visitor.id}/"))
        yield Leftover("visitor of yesterday", visitor.id[:8], size, partial(_remove_visitor, ws, visitor))


def _trials(ws: Workspace) -> Iterator[Leftover]:
    """What trials and comparisons found is looked at once, and holds cells of the table."""
    oldest = datetime.now(UTC) - timedelta(days=ws.backends.settings.unused_version_days)
    for job in ws.rows.ended_jobs((change_jobs.TRY_KIND, change_jobs.COMPARE_KIND), oldest):
        yield Leftover("old trial", job.id, 0, partial(_forget, ws, job.id))


def _filtered(ws: Workspace) -> Iterator[Leftover]:
    """What tiles showed under filters that somebody chose: made again when they are chosen again."""
    oldest = datetime.now(UTC) - timedelta(days=ws.backends.settings.unused_version_days)
    if count := ws.dashboards.old_runs(oldest):
        yield Leftover("old filtered tiles", f"{count:,}", 0, lambda: ws.dashboards.drop_runs(oldest) > 0)


def _signed_out(ws: Workspace) -> Iterator[Leftover]:
    """Sessions and one-time links that have run out: a server's, not a team's."""
    now, backends = datetime.now(UTC), ws.backends
    if count := backends.sessions.ended(now):
        yield Leftover("expired sessions", f"{count:,}", 0, lambda: backends.sessions.sweep(now) > 0)
    if count := backends.one_time.expired(now):
        yield Leftover("expired links", f"{count:,}", 0, lambda: backends.one_time.sweep(now) > 0)


def _is_replayable(ws: Workspace, version: Version) -> bool:
    """Whether the product's own steps lead from the root to the version, and nothing else: another dataset that a step
    reads may be gone when it is needed again."""
    known = {each.id: each for each in ws.rows.versions(version.dataset_id)}
    at = version
    while at.parent_id is not None:
        if at.step is None or at.step.by_hand or at.step.sources:
            return False
        at = known[at.parent_id]
    return True


def _drop(ws: Workspace, version: Version) -> bool:
    """Removes the version's file when it can be made again cell by cell; else the version is kept for good."""
    try:
        with changes.workplace(ws.backends.settings.home) as folder:
            changes.rebuilt(ws, version, folder)
    except (BadInput, changes.NotTheSame):
        ws.rows.mark_stored(version.id, kept=True)
        return False
    return ws.rows.drop_version(version.id) and _remove_file(ws, version.storage_key)


def _remove_file(ws: Workspace, key: str) -> bool:
    """Removes a file that no version has. It is put back when one came to have it at the same moment."""
    if _version_file(key) in ws.rows.stored_keys():
        return True
    with changes.workplace(ws.backends.settings.home) as folder, ws.backends.storage.local(key) as path:
        copy = folder / "copy"
        shutil.copyfile(path, copy)
        ws.backends.storage.delete(key)
        if _version_file(key) in ws.rows.stored_keys():
            ws.backends.storage.put(copy, key)
    return True


def _version_file(key: str) -> str:
    """The file of the version that a key belongs to: its own, or the one a report stands beside."""
    folder, _, name = key.rpartition("/")
    return f"{folder}/{name.split('.')[0]}.parquet"


def _discard(ws: Workspace, upload_id: str) -> bool:
    try:
        uploads.discard(ws, upload_id)
    except AppError:
        return False
    return True


def _remove_visitor(ws: Workspace, visitor: User) -> bool:
    visitors.remove(ws.backends, visitor)
    return True


def _purge(ws: Workspace, dataset_id: str) -> bool:
    datasets.purge(ws, dataset_id)
    return True


def _purge_report(ws: Workspace, report_id: str) -> bool:
    report_shelf.purge(ws, report_id)
    return True


def _remove_key(ws: Workspace, key: str) -> bool:
    ws.backends.storage.delete(key)
    return True


def _rmtree(ws: Workspace, folder: Path) -> bool:
    ws.backends.leftovers.remove(folder)
    return True


def _forget(ws: Workspace, job_id: str) -> bool:
    ws.rows.forget_job(job_id)
    return True


def _done() -> bool:
    return True
