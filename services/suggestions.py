"""Suggestions: what may be wrong with a version and the step that would mend it, found by a job and kept with it."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from json import JSONDecodeError, loads
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from pydantic import TypeAdapter, ValidationError

from sandbox.messages import Grant, Limits, RunRequest, RunStatus
from services import changes, cleaning, privacy
from services.access import Action, requires
from services.code import steps
from services.code.steps import Step
from services.domain import Finding, Job, JobStatus, Remedy, Suggestion
from services.errors import AppError, NotFound
from services.progress import QUIET, stoppable
from services.protocols import Progress
from services.workspace import Workspace

JOB_KIND: Final = "suggest"
RULES: Final = 2
"""Counts up when the detectors change, so that suggestions of earlier ones are looked for again."""
PROGRAM: Final = """from services.code.detectors import program
program.run(df, scratch)
result = 1
"""
FOUND: Final = "ideas.json"
SERVICES: Final = Path(__file__).resolve().parent
MOST_BYTES: Final = 100 * 1024 * 1024
_ALL: Final = TypeAdapter(tuple[Suggestion, ...])


@requires(Action.DATASET_READ)
def get(ws: Workspace, version_id: str) -> tuple[Suggestion, ...] | None:
    """The suggestions for the version, most effect first; None when nobody looked yet. Raises: NotFound."""
    try:
        with ws.backends.storage.local(_key(ws, version_id)) as path:
            return _ALL.validate_json(path.read_bytes())
    except NotFound:
        return None


@requires(Action.DATASET_READ)
def start(ws: Workspace, version_id: str) -> Job | None:
    """The job that looks: one under way, or the last that failed, else a new one; None when it is done.

    Raises: NotFound.
    """
    if get(ws, version_id) is not None:
        return None
    last = ws.rows.last_job(JOB_KIND, version_id)
    if last and not last.status.is_final:
        last = ws.rows.expire_job(last.id, datetime.now(UTC))
    gave_up = last is not None and last.status in (JobStatus.FAILED, JobStatus.STOPPED)
    return last if last and (gave_up or not last.status.is_final) else again(ws, version_id)


@requires(Action.DATASET_READ)
def again(ws: Workspace, version_id: str) -> Job:
    """A new job, whatever became of the last one. Raises: NotFound."""
    return ws.begin(JOB_KIND, ws.rows.version(version_id).id)


def make(ws: Workspace, version_id: str, progress: Progress) -> None:
    """The work of a job: looks, and keeps what was found with the version. Raises: Stopped."""
    find(ws, version_id, progress)


@requires(Action.DATASET_READ)
def find(ws: Workspace, version_id: str, progress: Progress = QUIET) -> tuple[Suggestion, ...]:
    """The suggestions, looked for now where that was not done before. Raises: NotFound; AppError; Stopped."""
    if (known := get(ws, version_id)) is not None:
        return known
    progress.stage("Looking for what can be mended")
    found = _look(ws, version_id, progress)
    progress.stage("Looking for personal data")
    found += [_personal(finding) for finding in privacy.findings(ws, version_id)]
    ranked = tuple(sorted(found, key=_weight))
    with tempfile.TemporaryDirectory(dir=ws.backends.settings.home / "cache") as folder:
        made = Path(folder) / "suggestions.json"
        made.write_bytes(_ALL.dump_json(ranked))
        ws.backends.storage.put(made, _key(ws, version_id))
    return ranked


def chosen(found: Sequence[Suggestion], which: str, *, form: bool = True) -> list[Suggestion]:
    """The suggestions that “safe” or “all” accepts, in the order in which their steps can be applied. Without `form`
    those that only change how values are written or kept are left out, as for a file that has no kinds."""
    taken = [each for each in found if (each.is_safe if which == "safe" else each.is_recommended)]
    return sorted(
        (each for each in taken if form or each.effect != "form"), key=lambda each: int(each.id.split("-")[0])
    )


def together(taken: Sequence[Suggestion], option: int | None = None) -> Step:
    """One step that does what these suggestions propose, in the order in which it can be done. Raises: BadInput."""
    ordered = sorted(taken, key=lambda each: int(each.id.split("-")[0]))
    return cleaning.together([step_of(each, option) for each in ordered], "Suggestions")


def step_of(suggestion: Suggestion, option: int | None = None) -> Step:
    """The step of a suggestion, or of one of its options. Raises: BadInput."""
    return steps.parse(suggestion.step if option is None else suggestion.options[option].step)


def _key(ws: Workspace, version_id: str) -> str:
    return f"{ws.rows.version(version_id).storage_key.removesuffix('.parquet')}.suggestions-{RULES}.json"


def _weight(suggestion: Suggestion) -> tuple[int, float]:
    """What is recommended comes first; then by the rows it concerns and how sure it is."""
    return (not suggestion.is_recommended, -suggestion.confidence * suggestion.rows)


def _look(ws: Workspace, version_id: str, progress: Progress) -> list[Suggestion]:
    """What the detectors find, in the sandbox."""
    limits = Limits.of(Grant.READ).model_copy(update={"memory_mb": ws.backends.settings.run_memory_mb})
    with changes.workplace(ws.backends.settings.home) as folder, changes.local(ws, version_id) as source:
        scratch = folder / "scratch"
        scratch.mkdir()
        request = RunRequest(
            id=uuid4().hex,
            code=PROGRAM,
            tables={"df": source},
            grant=Grant.READ,
            limits=limits,
            owner=ws.team.id,
            trusted=True,
            scratch=scratch,
            modules={"services": SERVICES},
        )
        result = stoppable(ws.backends.sandbox, request, progress)
        left = scratch / FOUND
        if result.status is not RunStatus.OK or not left.is_file() or left.stat().st_size > MOST_BYTES:
            raise AppError("The search for suggestions did not come to an end.", "Try again, or clean by hand.")
        return _read(left)


def _read(path: Path) -> list[Suggestion]:
    try:
        told = loads(path.read_text(encoding="utf-8"))
        return [_suggestion(number, idea, told["rows"], told["looked"]) for number, idea in enumerate(told["ideas"])]
    except (JSONDecodeError, ValidationError, KeyError, TypeError) as error:
        raise AppError("What the search for suggestions found cannot be read.", "Try again.") from error


def _suggestion(number: int, idea: dict[str, Any], rows: int, looked: int) -> Suggestion:
    """The suggestion; its id tells its place in the order of application, and changes with what it does."""
    what = hashlib.sha256(f"{idea['kind']} {idea['columns']} {idea['step']} {idea['options']}".encode()).hexdigest()
    part = f" Only the first {looked:,} of {rows:,} rows were looked at." if looked < rows else ""
    return Suggestion.model_validate({**idea, "id": f"{number}-{what[:8]}", "reason": idea["reason"] + part})


def _personal(finding: Finding) -> Suggestion:
    masks = privacy.masks(finding)
    what = finding.kind.value.replace("_", " ")
    return Suggestion(
        id=f"9000-{hashlib.sha256(f'{finding.column} {what}'.encode()).hexdigest()[:8]}",
        kind="personal data",
        columns=(finding.column,),
        title=f"Mask {what} in “{finding.column[:60]}”",
        reason=f"{finding.share:.0%} of the values looked at hold it. Mask it before the table is shared.",
        confidence=round(finding.confidence, 2),
        effect="look",
        rows=0,
        options=tuple(Remedy(label=label, step=step.model_dump(mode="json")) for label, step in masks.items()),
    )
