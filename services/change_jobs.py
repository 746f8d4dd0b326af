"""Steps tried and applied, and versions compared, as jobs: on a large table that takes a while and can be stopped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from pydantic import JsonValue

from services import cleaning, jobs, versions
from services.access import Action, requires
from services.cleaning import Origin
from services.domain import Applied, Difference, Effect, Job, JobStatus, Step
from services.errors import BadInput
from services.protocols import Progress
from services.workspace import Workspace

TRY_KIND: Final = "try"
APPLY_KIND: Final = "apply"
COMPARE_KIND: Final = "compare"
KINDS: Final = (TRY_KIND, APPLY_KIND, COMPARE_KIND)


@requires(Action.DATASET_READ)
def try_out(ws: Workspace, version_id: str, step: Step, conversation_id: str = "") -> Job:
    """A job that finds out what the step would do, also to pins and to the answers of the conversation; once it is
    done, `effect(ws, job.id)` says it. Raises: NotFound.
    """
    told: dict[str, JsonValue] = {"step": step.model_dump(mode="json"), "conversation_id": conversation_id}
    return _begin(ws, TRY_KIND, version_id, told)


@requires(Action.VERSION_CREATE)
def apply(ws: Workspace, version_id: str, steps: Sequence[Step], origin: Origin = Origin(), name: str = "") -> Job:
    """A job that applies the steps, which run as one snippet; `name` is that of the new version.

    It goes on when the person leaves; once it is done, `applied(ws, job.id)` has the version. Raises: NotFound.
    """
    told: dict[str, JsonValue] = {
        "steps": [step.model_dump(mode="json") for step in steps],
        "conversation_id": origin.conversation_id,
        "turn_id": origin.turn_id,
        "name": name,
    }
    return _begin(ws, APPLY_KIND, version_id, told)


@requires(Action.DATASET_READ)
def compare(ws: Workspace, before_id: str, after_id: str) -> Job:
    """A job that compares two versions; once it is done, `difference(ws, job.id)` has what it found.

    The last one of the same two is taken again: versions do not change. Raises: NotFound.
    """
    before = ws.rows.version(before_id)
    last = ws.rows.last_job(COMPARE_KIND, after_id)
    if last and last.body.get("before_id") == before.id and last.status is JobStatus.DONE:
        return last
    return _begin(ws, COMPARE_KIND, after_id, {"before_id": before.id})


@requires(Action.DATASET_READ)
def under_way(ws: Workspace, version_id: str) -> Job | None:
    """The job of this person that applies steps to the version now, if there is one. Raises: NotFound."""
    last = last_applied(ws, version_id)
    return None if last is None or last.status.is_final else last


@requires(Action.DATASET_READ)
def last_applied(ws: Workspace, version_id: str) -> Job | None:
    """The newest job of this person that applies steps to the version, ended or not. Raises: NotFound."""
    last = ws.rows.last_job(APPLY_KIND, ws.rows.version(version_id).id)
    return jobs.get(ws, last.id) if last and last.created_by == ws.user.id else None


@requires(Action.DATASET_READ)
def effect(ws: Workspace, job_id: str) -> Effect:
    """What a job of `try_out` found. Raises: NotFound, BadInput, when it has not ended well."""
    return Effect.model_validate(_found(ws, job_id, TRY_KIND))


@requires(Action.DATASET_READ)
def applied(ws: Workspace, job_id: str) -> Applied:
    """What a job of `apply` made. Raises: NotFound, BadInput, when it has not ended well."""
    return Applied.model_validate(_found(ws, job_id, APPLY_KIND))


@requires(Action.DATASET_READ)
def difference(ws: Workspace, job_id: str) -> Difference:
    """What a job of `compare` found. Raises: NotFound, BadInput, when it has not ended well."""
    return Difference.model_validate(_found(ws, job_id, COMPARE_KIND))


def tried(ws: Workspace, job_id: str, progress: Progress) -> None:
    """The work of a job of `try_out`. Raises: AppError."""
    job = ws.rows.job(job_id)
    about = str(job.body.get("conversation_id", ""))
    found = cleaning.preview(ws, job.subject_id, cleaning.step(job.body["step"]), progress, about)
    ws.rows.note_found(job_id, {"found": found.model_dump(mode="json")})


def carried_out(ws: Workspace, job_id: str, progress: Progress) -> None:
    """The work of a job of `apply`: the new version is there with all that follows it, or nothing is.

    Raises: AppError.
    """
    job = ws.rows.job(job_id)
    listed, told = job.body["steps"], {name: str(job.body[name]) for name in ("conversation_id", "turn_id", "name")}
    steps = [cleaning.step(each) for each in listed] if isinstance(listed, list) else []
    origin = Origin(told["conversation_id"], told["turn_id"])
    points = {len(steps) - 1: told["name"]} if told["name"] else {}
    made = cleaning.apply_all(ws, job.subject_id, steps, origin, points, progress)
    ws.rows.note_found(job_id, {"found": made.model_dump(mode="json")})
    ws.rows.note_outcome(job_id, [made.version.id])


def compared(ws: Workspace, job_id: str, progress: Progress) -> None:
    """The work of a job of `compare`. Raises: AppError."""
    job = ws.rows.job(job_id)
    progress.stage("Comparing every row")
    found = versions.diff(ws, str(job.body["before_id"]), job.subject_id, progress=progress)
    ws.rows.note_found(job_id, {"found": found.model_dump(mode="json")})


@dataclass(frozen=True)
class Proposal:
    """A step that a page proposes for a version: what the page needs to try it, follow it and apply it."""

    ws: Workspace
    version_id: str
    step: Step
    origin: Origin = field(default_factory=Origin)

    def try_out(self) -> Job:
        """The job that finds out what the step would do. Raises: NotFound."""
        return try_out(self.ws, self.version_id, self.step, self.origin.conversation_id)

    def effect(self, job_id: str) -> Effect:
        """What that job found. Raises: NotFound, BadInput."""
        return effect(self.ws, job_id)

    def apply(self) -> Job:
        """The job that applies the step. Raises: NotFound."""
        return apply(self.ws, self.version_id, [self.step], self.origin)

    def applied(self, since: datetime) -> Job | None:
        """The newest job of this person that applies this step, begun since then."""
        last = last_applied(self.ws, self.version_id)
        steps = [self.step.model_dump(mode="json")]
        return last if last and last.created_at >= since and last.body["steps"] == steps else None

    def follow(self, job_id: str) -> Iterator[Job]:
        """The job now, then after each change. Raises: NotFound."""
        return jobs.follow(self.ws, job_id)

    def stop(self, job_id: str) -> Job:
        """Asks the job to stop. Raises: NotFound."""
        return jobs.stop(self.ws, job_id)


def _begin(ws: Workspace, kind: str, version_id: str, body: Mapping[str, JsonValue]) -> Job:
    return ws.begin(kind, ws.rows.version(version_id).id, body)


def _found(ws: Workspace, job_id: str, kind: str) -> JsonValue:
    job = ws.rows.job(job_id)
    if job.kind != kind or job.status is not JobStatus.DONE:
        raise BadInput("This has not come to its end.", "Try it again.")
    return job.body["found"]
