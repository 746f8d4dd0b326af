"""Reports as files: made in a job, kept as they were, taken away; and how a team wants its papers to look."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final
from uuid import uuid4

from services import capsules, exports, notebooks, recipes, report_shelf, reports, uploads
from services.access import Action, allows, requires
from services.binding import Brand, Report, ReportFile, Section
from services.domain import Job, Turn, Visibility
from services.errors import BadInput, NotFound
from services.protocols import Progress
from services.reports import kept
from services.reports.compose import Source
from services.reports.document import Document
from services.reports.kept import Material
from services.workspace import Workspace

JOB_KIND: Final = "report-export"
LOGO_BYTES: Final = 1_000_000
PNG: Final = b"\x89PNG\r\n\x1a\n"


class Ending(StrEnum):
    """What a kept report can be taken away as."""

    PDF = "pdf"
    HTML = "html"
    MARKDOWN = "zip"
    NOTEBOOK = "ipynb"
    SCRIPT = "py"
    CAPSULE = "capsule.zip"
    FINGERPRINT = "fingerprint.zip"
    """A capsule without its data."""

    @property
    def mime(self) -> str:
        return {
            Ending.PDF: "application/pdf",
            Ending.HTML: "text/html",
            Ending.NOTEBOOK: "application/x-ipynb+json",
            Ending.SCRIPT: "text/x-python",
        }.get(self, "application/zip")


@requires(Action.REPORT_READ)
def compose(ws: Workspace, report_id: str) -> Document:
    """The report as it is now. Raises: NotFound."""
    report = ws.reports.get(report_id)
    parts = report_shelf.sections(ws, report_id)
    return kept.document(report, parts, _material(ws, parts), brand(ws))


@requires(Action.REPORT)
def export(ws: Workspace, report_id: str, ending: Ending) -> Job:
    """A job that makes a file of the report; once it is done, its outcome is the file's id. Raises: NotFound;
    LimitReached, when there is no room for files any more."""
    report = ws.reports.get(report_id).id
    uploads.check_room(ws, 0)
    return ws.begin(JOB_KIND, report, {"ending": str(ending)})


@requires(Action.REPORT_READ)
def summary(ws: Workspace, version_id: str) -> tuple[str, ...]:
    """What is in a version, in a few sentences. Raises: NotFound."""
    return ws.rows.profile(version_id).summary


@requires(Action.REPORT_READ)
def files(ws: Workspace, report_id: str) -> list[ReportFile]:
    """The files that are kept of the report, newest first. Raises: NotFound."""
    return ws.reports.files(ws.reports.get(report_id).id)


@requires(Action.REPORT_READ)
@contextmanager
def opened(ws: Workspace, report_id: str, file_id: str) -> Iterator[Path]:
    """The file, there inside the block. Raises: NotFound."""
    with ws.backends.storage.local(_file(ws, report_id, file_id).key) as path:
        yield path


@requires(Action.REPORT)
def remove(ws: Workspace, report_id: str, file_id: str) -> None:
    """Removes a file for good. Raises: NotFound."""
    file = _file(ws, report_id, file_id)
    ws.reports.drop_file(file.id)
    ws.backends.storage.delete(file.key)


@requires(Action.REPORT_READ)
def brand(ws: Workspace) -> Brand:
    """The team's colour and logo."""
    try:
        with ws.backends.storage.local(_brand_key(ws)) as path:
            return Brand.model_validate_json(path.read_text(encoding="utf-8"))
    except NotFound:
        return Brand()


@requires(Action.REPORT_READ)
def may_brand(ws: Workspace) -> bool:
    """Whether this person may say how the team's papers look."""
    return allows(ws, Action.REPORT_BRAND)


@requires(Action.REPORT_BRAND)
def set_brand(ws: Workspace, colour: str, logo: bytes) -> Brand:
    """Keeps the colour and the logo of the team's papers. Raises: BadInput."""
    if logo and not logo.startswith(PNG):
        raise BadInput("The logo is no PNG picture.", "Save it as PNG and try again.")
    if len(logo) > LOGO_BYTES:
        raise BadInput(f"The logo has {len(logo):,} bytes; at most {LOGO_BYTES:,} are kept.", "Use a smaller one.")
    made = Brand(colour=colour, logo=logo)
    with tempfile.TemporaryDirectory(dir=ws.backends.settings.home / "cache") as folder:
        path = Path(folder) / "brand.json"
        path.write_text(made.model_dump_json(), encoding="utf-8")
        ws.backends.storage.put(path, _brand_key(ws))
    return made


def made(ws: Workspace, job_id: str, progress: Progress) -> None:
    """The work of a job of `export`. Raises: AppError."""
    job = ws.rows.job(job_id)
    report, ending = ws.reports.get(job.subject_id), Ending(str(job.body["ending"]))
    progress.stage("Putting the sections together")
    with tempfile.TemporaryDirectory(dir=ws.backends.settings.home / "cache") as folder:
        path = Path(folder) / f"report.{ending}"
        _write(ws, report, ending, path, progress)
        progress.check()
        uploads.check_room(ws, path.stat().st_size)
        ids = [part.version_id for part in ws.reports.sections(report.id) if part.version_id]
        is_open = report.visibility is Visibility.TEAM and ws.reports.is_open(ids)
        file = ReportFile(
            id=uuid4().hex,
            team_id=ws.team.id,
            report_id=report.id,
            name=exports.UNSAFE.sub("_", report.title).strip(" .")[:100] or "report",
            ending=str(ending),
            size=path.stat().st_size,
            visibility=Visibility.TEAM if is_open else Visibility.PRIVATE,
            created_by=ws.user.id,
            created_at=datetime.now(UTC),
        )
        ws.backends.storage.put(path, file.key)
    ws.reports.add_file(file)
    ws.rows.note_outcome(job_id, [file.id])


def _write(ws: Workspace, report: Report, ending: Ending, path: Path, progress: Progress) -> None:
    match ending:
        case Ending.PDF | Ending.HTML:
            progress.stage("Drawing the charts and setting the pages")
            reports.write(ws, compose(ws, report.id), reports.Format(str(ending)), path)
        case Ending.MARKDOWN:
            progress.stage("Drawing the charts")
            _zipped(ws, compose(ws, report.id), path)
        case Ending.NOTEBOOK | Ending.SCRIPT:
            write = notebooks.notebook if ending is Ending.NOTEBOOK else notebooks.script
            path.write_text(write(ws, _turns(ws, report.id), report.title), encoding="utf-8")
        case Ending.CAPSULE | Ending.FINGERPRINT:
            progress.stage("Running the code once more")
            holds_data, parts = ending is Ending.CAPSULE, _turns(ws, report.id)
            capsules.pack(ws, parts, report.title, path, progress, holds_data=holds_data)


def _turns(ws: Workspace, report_id: str) -> list[Turn]:
    return [part.turn for part in report_shelf.sections(ws, report_id) if part.turn]


def _zipped(ws: Workspace, document: Document, path: Path) -> None:
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        written = reports.write(ws, document, reports.Format.MARKDOWN, Path(folder) / "report.md")
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
            for each in written:
                archive.write(each, each.relative_to(folder))
        path.write_bytes(data.getvalue())


def _material(ws: Workspace, parts: list[Section]) -> Material:
    ids = dict.fromkeys(part.version_id for part in parts if part.version_id)
    return Material({each: _source(ws, each) for each in ids}, {each: _steps(ws, each) for each in ids})


def _source(ws: Workspace, version_id: str) -> Source:
    version = ws.rows.version(version_id)
    dataset = next((each for each in ws.rows.datasets() if each.id == version.dataset_id), None)
    if dataset is None:
        dataset = next(each for each in ws.rows.datasets(deleted=True) if each.id == version.dataset_id)
    return Source(dataset, version, ws.rows.profile(version_id))


def _steps(ws: Workspace, version_id: str) -> list[tuple[str, str]]:
    return [(step.describe(), step.to_code()) for step in recipes.of_version(ws, version_id)]


def _file(ws: Workspace, report_id: str, file_id: str) -> ReportFile:
    found: Mapping[str, ReportFile] = {each.id: each for each in files(ws, report_id)}
    if file_id not in found:
        raise NotFound("This file does not exist.", "Somebody may have removed it. Make it again.")
    return found[file_id]


def _brand_key(ws: Workspace) -> str:
    return f"{ws.team.id}/brand.json"
