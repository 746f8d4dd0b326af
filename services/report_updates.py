"""Bringing a report up to date: every section that is behind is run again on what its dataset shows, and what changed
is told number by number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pydantic import JsonValue, TypeAdapter

from services import report_shelf, staleness
from services.access import Action, requires
from services.binding import Section, SectionKind
from services.domain import Job, JobStatus
from services.errors import AppError, BadInput, Stopped
from services.facts import Fact
from services.freshness import Changes, Freshness
from services.protocols import Progress
from services.workspace import Workspace

JOB_KIND: Final = "report-update"
TOLD_ANEW: Final = "It tells of the table as it is now."


class Updated(Fact):
    """What became of one section."""

    section_id: str
    title: str
    reasons: tuple[str, ...] = ()
    changes: Changes = Changes()
    problem: str = ""
    """Why it could not be brought up to date; it then stays as it was."""
    is_rewritten: bool = False
    """A person wrote its text: the numbers in there are still those of before."""


_FOUND: Final[TypeAdapter[tuple[Updated, ...]]] = TypeAdapter(tuple[Updated, ...])


@requires(Action.REPORT)
def update_all(ws: Workspace, report_id: str) -> Job:
    """A job that brings every section up to date; once it is done, `found(ws, job.id)` tells what changed.

    Raises: NotFound.
    """
    return ws.begin(JOB_KIND, ws.reports.get(report_id).id, {"report_id": report_id})


@requires(Action.REPORT_READ)
def found(ws: Workspace, job_id: str) -> Sequence[Updated]:
    """What a job of `update_all` did. Raises: NotFound; BadInput, when it has not ended well."""
    job = ws.rows.job(job_id)
    if job.kind != JOB_KIND or job.status is not JobStatus.DONE:
        raise BadInput("This has not come to its end.", "Try it again.")
    return _FOUND.validate_python(job.body["found"])


def updated(ws: Workspace, job_id: str, progress: Progress) -> None:
    """The work of that job: each section is kept as soon as it is up to date. Raises: AppError."""
    report_id = ws.rows.job(job_id).subject_id
    stale = report_shelf.freshness(ws, report_id)
    parts = [part for part in report_shelf.sections(ws, report_id) if part.id in stale and stale[part.id].can_update]
    done: list[JsonValue] = []
    for place, part in enumerate(parts, 1):
        progress.stage(f"Section {place} of {len(parts)}")
        done.append(_renewed(ws, report_id, part, stale[part.id], progress).model_dump(mode="json"))
        progress.share(place / len(parts))
    ws.rows.note_found(job_id, {"found": done})


def _renewed(ws: Workspace, report_id: str, part: Section, was: Freshness, progress: Progress) -> Updated:
    told = Updated(section_id=part.id, title=_title(part), reasons=was.reasons)
    if part.turn is None:
        ws.reports.put(report_id, part.model_copy(update={"version_id": was.head_id}))
        return told.model_copy(update={"changes": Changes(notes=(TOLD_ANEW,))})
    try:
        new = staleness.renew(ws, part.turn, progress)
        _check(part, len(new.turn.answer.outputs) if new.turn.answer else 0)
    except Stopped:
        raise
    except AppError as error:
        return told.model_copy(update={"problem": str(error)})
    ws.reports.put(report_id, part.model_copy(update={"turn": new.turn, "version_id": new.turn.version_id}))
    return told.model_copy(update={"changes": new.changes, "is_rewritten": part.text is not None})


def _check(part: Section, outputs: int) -> None:
    if part.only is not None and part.only >= outputs:
        raise BadInput("The chart or table is not there any more.", "Ask the question again.")


def _title(part: Section) -> str:
    if part.title or part.turn is None:
        return part.title or ("About the data" if part.kind is SectionKind.PROFILE else "What was done to the data")
    return part.turn.question
