"""Profiles: what is in a version and what may be wrong with it, made by a job and kept with the version."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from services import changes, privacy, profile_html, profile_words
from services.access import Action, allows, requires
from services.change_jobs import Proposal
from services.code import steps
from services.domain import (
    Alert,
    AlertKind,
    Comparison,
    Condition,
    Dataset,
    Dismissal,
    Finding,
    Job,
    JobStatus,
    Meaning,
    Profile,
    Remedy,
    Semantic,
    Severity,
    TableDrift,
    View,
)
from services.errors import BadInput
from services.protocols import Progress
from services.workspace import Workspace

JOB_KIND: Final = "profile"
EDITION: Final = 3
"""The rules a profile is made by. One of an older edition is made again when it is next asked for."""
UNIT_CHARS: Final = 20
CERTAIN: Final = 0.8
"""Confidence from which personal data is an alert of high severity."""


@requires(Action.DATASET_READ)
def get(ws: Workspace, version_id: str) -> Profile:
    """What is known about the version: at least the first facts. `is_whole` says whether that is all.

    Raises: NotFound.
    """
    return ws.rows.profile(version_id)


def is_whole(profile: Profile) -> bool:
    """Whether the profile has everything the present rules find."""
    return profile.edition >= EDITION


@requires(Action.DATASET_READ)
def start(ws: Workspace, version_id: str) -> Job | None:
    """The job that makes the whole profile: one under way, or the last that failed, else a new one; None when the
    profile is whole. Raises: NotFound.
    """
    if is_whole(ws.rows.profile(version_id)):
        return None
    last = ws.rows.last_job(JOB_KIND, version_id)
    if last and not last.status.is_final:
        last = ws.rows.expire_job(last.id, datetime.now(UTC))
    gave_up = last is not None and last.status in (JobStatus.FAILED, JobStatus.STOPPED)
    return last if last and (gave_up or not last.status.is_final) else ws.begin(JOB_KIND, version_id)


@requires(Action.DATASET_READ)
def again(ws: Workspace, version_id: str) -> Job:
    """A new job, whatever became of the last one. Raises: NotFound."""
    return ws.begin(JOB_KIND, ws.rows.version(version_id).id)


@requires(Action.DATASET_EDIT)
def correct(ws: Workspace, version_id: str, column: str, semantic: Semantic, unit: str = "") -> Job:
    """Keeps with the dataset what a column is for; it wins over the guess. The job finds the alerts that follow.

    Raises: NotFound; BadInput, when there is no such column or the unit is too long.
    """
    dataset = ws.rows.dataset(ws.rows.version(version_id).dataset_id)
    if ws.rows.profile(version_id).column(column) is None:
        raise BadInput(f"There is no column “{column[:80]}”.", "Choose a column of the table.")
    if len(unit) > UNIT_CHARS:
        raise BadInput(f"The unit has {len(unit)} characters.", f"Use at most {UNIT_CHARS}, such as “kg”.")
    meaning = Meaning(semantic=semantic, unit=" ".join(unit.split()))
    ws.rows.save_meanings(dataset.id, {**dataset.meanings, column: meaning})
    return ws.begin(JOB_KIND, version_id)


@requires(Action.DATASET_EDIT)
def forget(ws: Workspace, version_id: str, column: str) -> Job:
    """Goes back to the guess for a column. Raises: NotFound."""
    dataset = ws.rows.dataset(ws.rows.version(version_id).dataset_id)
    ws.rows.save_meanings(dataset.id, {name: said for name, said in dataset.meanings.items() if name != column})
    return ws.begin(JOB_KIND, version_id)


@requires(Action.DATASET_EDIT)
def dismiss(ws: Workspace, version_id: str, alert: Alert) -> None:
    """Puts the alert aside, for all versions of the dataset. Raises: NotFound; BadInput, when there is none such."""
    dataset, found = _kept(ws, version_id)
    if Dismissal.of(alert) not in {Dismissal.of(each) for each in ws.rows.profile(version_id).alerts}:
        raise BadInput("This is not said about the table any more.", "Look at the list again.")
    _put_aside(ws, version_id, dataset, (*found, Dismissal.of(alert)))


@requires(Action.DATASET_EDIT)
def restore(ws: Workspace, version_id: str, alert: Alert) -> None:
    """Brings back an alert that was put aside. Raises: NotFound."""
    dataset, found = _kept(ws, version_id)
    _put_aside(ws, version_id, dataset, [each for each in found if each != Dismissal.of(alert)])


def _put_aside(ws: Workspace, version_id: str, dataset: Dataset, dismissed: Sequence[Dismissal]) -> None:
    """Keeps what is put aside; the summary of the version, which names what matters most, follows."""
    ws.rows.save_dismissed(dataset.id, dismissed)
    stored, seen = ws.rows.guessed_profile(version_id)[0], ws.rows.profile(version_id)
    ws.rows.save_profile(stored.model_copy(update={"summary": profile_words.summary(seen)}))


def _kept(ws: Workspace, version_id: str) -> tuple[Dataset, tuple[Dismissal, ...]]:
    dataset = ws.rows.dataset(ws.rows.version(version_id).dataset_id)
    return dataset, dataset.dismissed


@requires(Action.DATASET_READ)
def may_correct(ws: Workspace) -> bool:
    """Whether this person may say what columns are for, and put alerts aside."""
    return allows(ws, Action.DATASET_EDIT)


@requires(Action.DATASET_READ)
def proposal(ws: Workspace, version_id: str, remedy: Remedy) -> Proposal:
    """The step that an alert proposes, to be tried and applied. Raises: NotFound; BadInput."""
    return Proposal(ws, ws.rows.version(version_id).id, steps.parse(remedy.step))


def make(ws: Workspace, version_id: str, progress: Progress) -> None:
    """The work of a job: the whole profile, kept with the version. Raises: Stopped."""
    guessed, meanings = ws.rows.guessed_profile(version_id)
    with changes.local(ws, version_id) as path:
        full = ws.backends.engine.deepen(path, guessed, meanings, progress.stage)
    progress.stage("Looking for personal data")
    alerts = tuple(sorted((*full.alerts, *_personal(ws, version_id)), key=lambda alert: SEVERITIES[alert.severity]))
    full = full.model_copy(update={"alerts": alerts, "edition": EDITION})
    _, aside = _kept(ws, version_id)
    full = full.model_copy(update={"summary": profile_words.summary(full.without(aside))})
    progress.check()
    ws.rows.save_profile(_with_guesses(full, guessed))


SEVERITIES: Final = {Severity.HIGH: 0, Severity.MEDIUM: 1, Severity.LOW: 2}


@requires(Action.DATASET_READ)
def drift(ws: Workspace, before_id: str, after_id: str) -> TableDrift:
    """How the columns of one version differ from those of another, of the same dataset or not. Raises: NotFound."""
    old, new = ws.rows.profile(before_id), ws.rows.profile(after_id)
    with changes.local(ws, before_id) as before, changes.local(ws, after_id) as after:
        return ws.backends.engine.drift((before, old), (after, new))


@requires(Action.DATASET_READ)
def text(ws: Workspace, version_id: str, budget: int = profile_words.BUDGET) -> str:
    """The profile for a language model, within about `budget` tokens: names, kinds and numbers, never a cell's value.

    Raises: NotFound.
    """
    version = ws.rows.version(version_id)
    personal = {finding.column for finding in privacy.findings(ws, version_id)}
    return profile_words.for_model(ws.rows.profile(version.id), budget, personal)


@requires(Action.DATASET_READ)
def html(ws: Workspace, version_id: str) -> str:
    """The profile as one small HTML document that needs nothing else. Raises: NotFound."""
    version = ws.rows.version(version_id)
    return profile_html.page(ws.rows.profile(version_id), ws.rows.dataset(version.dataset_id).name)


@requires(Action.DATASET_READ)
def json(ws: Workspace, version_id: str) -> str:
    """The profile as JSON: the fields of `Profile`. Raises: NotFound."""
    return ws.rows.profile(version_id).model_dump_json(indent=1, exclude={"version_id"})


def _with_guesses(full: Profile, guessed: Profile) -> Profile:
    """The profile with guesses in place of what a person said, which is kept with the dataset and put over it."""
    pairs = zip(full.columns, guessed.columns, strict=True)
    plain = [c.model_copy(update={"semantic": g.semantic, "unit": g.unit, "is_corrected": False}) for c, g in pairs]
    return full.model_copy(update={"columns": tuple(plain)})


def _personal(ws: Workspace, version_id: str) -> list[Alert]:
    """Alerts about the personal data that was found."""
    return [_alert(finding) for finding in privacy.findings(ws, version_id)]


def _alert(finding: Finding) -> Alert:
    is_sure = finding.confidence >= CERTAIN and not finding.in_text
    what = finding.kind.value.replace("_", " ")
    name = profile_words.quoted(finding.column)
    holds = f"Texts in {name} mention" if finding.in_text else f"{name} holds"
    return Alert(
        kind=AlertKind.PERSONAL,
        columns=(finding.column,),
        severity=Severity.HIGH if is_sure else Severity.MEDIUM,
        text=f"{holds} personal data: {what}.",
        reason=f"{finding.confidence:.0%} sure. Mask it before the table is shared or a model is asked.",
        share=finding.share,
        examples=finding.examples,
        view=View(conditions=(Condition(column=finding.column, comparison=Comparison.PRESENT),)),
        remedy=_mask(finding),
    )


def _mask(finding: Finding) -> Remedy:
    """The mask that is recommended for what was found."""
    name, step = next(iter(privacy.masks(finding).items()))
    said = name.removesuffix(": •••")
    return Remedy(label=f"Mask {profile_words.quoted(finding.column)}: {said}", step=step.model_dump(mode="json"))
