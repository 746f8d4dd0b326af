"""Cleaning: see what a step would do to a version, and apply it as a new version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from services import changes, consequences, uploads
from services.access import Action, allows, requires
from services.changes import Outcome
from services.code.steps import KINDS, Chain, Single, Step, StepBase, parse
from services.code.steps.tables import linked
from services.domain import Applied, Difference, Effect, Link, LinkKind, Profile, Semantic, Version
from services.errors import BadInput
from services.progress import QUIET
from services.protocols import Progress
from services.workspace import Workspace

NAME_CHARS = 120


@dataclass(frozen=True)
class Origin:
    """Where a change comes from: the conversation that moves along, and the turn that proposed it."""

    conversation_id: str = ""
    turn_id: str = ""


def step(data: object) -> Step:
    """The step in a JSON object, from a form or a model. Raises: BadInput."""
    return parse(data)


def together(steps: Sequence[Step], name: str = "") -> Step:
    """The steps as one."""
    singles = tuple(single for step in steps for single in _singles(step))
    return singles[0] if len(singles) == 1 else Chain(name=name, steps=singles)


def kinds() -> list[dict[str, Any]]:
    """Every kind of step with its title, group and fields as JSON schemas: what forms are drawn from."""
    return [_described(kind) for kind in KINDS.values()]


def _described(kind: type[StepBase]) -> dict[str, Any]:
    schema = kind.model_json_schema()
    hidden = ("kind", "learned")
    return {
        "kind": schema["properties"]["kind"]["const"],
        "group": kind.GROUP,
        "title": kind.TITLE,
        "description": schema.get("description", ""),
        "fields": {n: _whole(field, schema) for n, field in schema["properties"].items() if n not in hidden},
        "required": [name for name in schema.get("required", []) if name not in hidden],
    }


def _whole(field: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The field with what it refers to in place."""
    target = str(field.get("$ref", "")).rpartition("/")[2]
    return {**schema["$defs"][target], **field} if target else field


@requires(Action.DATASET_READ)
def preview(
    ws: Workspace, version_id: str, step: Step, progress: Progress = QUIET, conversation_id: str = ""
) -> Effect:
    """What the step would do, found out by running it on the whole table, and what it would do to pins and to the
    answers of the conversation; nothing is kept.

    Raises: NotFound; BadInput, when the step does not fit the table or fails; Stopped.
    """
    version = ws.rows.version(version_id)
    with changes.workplace(ws.backends.settings.home) as folder, changes.local(ws, version_id) as source:
        outcome = changes.run(ws, source, version.columns, step, folder, progress)
        profile = ws.rows.profile(version_id)
        progress.stage("Comparing with the table as it is")
        difference = _difference(ws, source, outcome, profile, progress)
        told = () if difference.is_empty else consequences.of(ws, version, outcome.made.path, conversation_id, progress)
    return Effect(
        sentence=outcome.step.describe(),
        code=outcome.step.to_code(),
        difference=difference,
        printed=outcome.printed,
        consequences=told,
    )


@requires(Action.VERSION_CREATE)
def apply(ws: Workspace, version_id: str, step: Step, origin: Origin = Origin(), name: str = "") -> Applied:
    """The new version that the step makes of this one.

    The conversation it comes from moves there. So does the dataset's head, when this person may edit the dataset and
    it still shows the version the change started from; else the new version is a branch. When it fails, neither a row
    nor a file is left. Raises: NotFound; BadInput.
    """
    return apply_all(ws, version_id, [step], origin, {0: name} if name else {})


@requires(Action.VERSION_CREATE)
def apply_all(
    ws: Workspace,
    version_id: str,
    steps: Sequence[Step],
    origin: Origin = Origin(),
    points: Mapping[int, str] | None = None,
    progress: Progress = QUIET,
) -> Applied:
    """The version at the end of these steps, which run as one snippet. `points` names versions to keep on the way, by
    the place of the step (from 0) that makes them: there one snippet ends and the next begins.

    Raises: NotFound; BadInput, when a step does not fit the table or fails, or this person may keep no more; Stopped:
    then nothing is changed at all.
    """
    start = ws.rows.version(version_id)
    _check_origin(ws, start, origin)
    _check_room(ws, start)
    names = {place: checked_name(name) for place, name in (points or {}).items()}
    with changes.workplace(ws.backends.settings.home) as folder, changes.local(ws, version_id) as source:
        made: list[tuple[Version, Outcome]] = []
        at, parent = source, start
        for step, name in _segments(steps, names):
            outcome = changes.run(ws, at, parent.columns, step, folder, progress)
            parent = _version(ws, parent, outcome, origin, name)
            at = outcome.made.path
            made.append((parent, outcome))
        _check_room(ws, start, [version for version, _ in made])
        return _keep(ws, made, start, origin, progress)


@requires(Action.DATASET_READ)
def compare(
    ws: Workspace,
    before: Path,
    after: Path,
    renames: Mapping[str, str],
    profile: Profile,
    progress: Progress = QUIET,
) -> Difference:
    """What is not the same in two files. Rows belong together by a column that tells them apart, else by their number
    where there are as many, else they are only counted. `profile` is of the first file."""
    engine = ws.backends.engine
    for name in _keys(profile):
        try:
            return engine.compare(before, after, renames, (renames.get(name, name),), progress)
        except BadInput:
            continue
    plain = engine.compare(before, after, renames, None, progress)
    return engine.compare(before, after, renames, (), progress) if plain.rows_before == plain.rows_after else plain


def _difference(ws: Workspace, before: Path, outcome: Outcome, profile: Profile, progress: Progress) -> Difference:
    """The same for a step, which knows more: it may keep the rows in place, or only choose and order them."""
    step, after = outcome.step, outcome.made.path
    if step.keeps_cells or step.keeps_rows:
        key = () if step.keeps_rows else None
        return ws.backends.engine.compare(before, after, step.renames(), key, progress)
    return compare(ws, before, after, step.renames(), profile, progress)


def _keys(profile: Profile) -> list[str]:
    """Columns whose values may tell the rows apart, the likeliest first; at most three."""
    found = [c for c in profile.columns if not c.missing and c.distinct >= profile.rows > 0 and not c.kind.is_date]
    found.sort(key=lambda column: column.semantic is not Semantic.ID)
    return [column.name for column in found if column.semantic in (Semantic.ID, Semantic.TEXT, Semantic.CATEGORY)][:3]


def checked_name(name: str) -> str:
    """The name of a version on one line. Raises: BadInput, when it is too long."""
    clean = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if len(clean) > NAME_CHARS:
        raise BadInput(f"The name has {len(clean):,} characters.", f"Use at most {NAME_CHARS}.")
    return clean


def _segments(steps: Sequence[Step], points: Mapping[int, str]) -> list[tuple[Step, str]]:
    """The steps between named points, each as one step, with the name of its end."""
    if not steps or any(not 0 <= place < len(steps) for place in points):
        raise BadInput("There is no such step.", "Choose at least one step.")
    ends = sorted({*points, len(steps) - 1})
    found: list[tuple[Step, str]] = []
    for first, last in zip([0, *(end + 1 for end in ends)], ends, strict=False):
        part = [single for step in steps[first : last + 1] for single in _singles(step)]
        found.append((part[0] if len(part) == 1 else Chain(steps=tuple(part)), points.get(last, "")))
    return found


def _singles(step: Step) -> Sequence[Single]:
    return step.steps if isinstance(step, Chain) else [step]


def _check_origin(ws: Workspace, start: Version, origin: Origin) -> None:
    if origin.conversation_id and ws.rows.conversation(origin.conversation_id).dataset_id != start.dataset_id:
        raise BadInput("The conversation is about another dataset.", "Open the dataset again.")
    if origin.turn_id:
        ws.rows.turn(origin.turn_id)


def _check_room(ws: Workspace, start: Version, made: Sequence[Version] = ()) -> None:
    """Whether this person may keep what these versions add, before and after they are made. Raises: BadInput.

    A head that the new version follows counts no more, unless it is a root or has a name.
    """
    is_followed = allows(ws, Action.DATASET_EDIT) and ws.rows.dataset(start.dataset_id).head_id == start.id
    counted = [version.bytes for version in made[:-1] if version.name]
    counted += [version.bytes for version in made[-1:] if version.name or is_followed]
    is_mine = start.created_by == ws.user.id
    freed = start.bytes if is_followed and is_mine and start.parent_id and not start.name else 0
    uploads.check_room(ws, sum(counted) - freed)


def _version(ws: Workspace, parent: Version, outcome: Outcome, origin: Origin, name: str) -> Version:
    made = outcome.made
    return Version(
        id=uuid4().hex,
        dataset_id=parent.dataset_id,
        parent_id=parent.id,
        step=outcome.step,
        turn_id=origin.turn_id,
        name=name,
        note=outcome.printed,
        rows=made.rows,
        columns=made.columns,
        bytes=made.bytes,
        content_hash=made.digest,
        storage_key=f"{ws.team.id}/datasets/{parent.dataset_id}/versions/{made.digest}.parquet",
        created_by=ws.user.id,
        created_at=datetime.now(UTC),
    )


def _keep(
    ws: Workspace, made: Sequence[tuple[Version, Outcome]], start: Version, origin: Origin, progress: Progress
) -> Applied:
    """Files first, rows last: no row is ever without its file, and no file stays without its row."""
    progress.stage("Looking at the columns")
    profiles = [ws.backends.engine.profile(outcome.made.path, version.id, progress) for version, outcome in made]
    progress.stage("Keeping the new version")
    with ExitStack() as undo:
        for version, outcome in made:
            undo.callback(_take_back, ws, version.storage_key)
            ws.backends.storage.put(outcome.made.path, version.storage_key)
        end, outcome = made[-1]
        for (version, each), profile in zip(made[:-1], profiles[:-1], strict=True):
            ws.rows.add_version(version, profile, links=_links(version, each.step))
        is_head = ws.rows.add_version(
            end,
            profiles[-1],
            conversation_id=origin.conversation_id,
            is_head=allows(ws, Action.DATASET_EDIT),
            since=start.id,
            links=_links(end, outcome.step),
        )
        undo.pop_all()
    return Applied(version=end, is_head=is_head)


def _links(version: Version, step: Step) -> list[Link]:
    """What leads from the version to those of other datasets that its step reads, each once."""
    found = dict(linked(_singles(step)))
    return [Link(version_id=version.id, source_id=each, kind=LinkKind(how)) for each, how in found.items()]


def _take_back(ws: Workspace, key: str) -> None:
    """Removes a file that no version of the team has. Another version may hold the same table: then it stays."""
    if key not in ws.rows.stored_keys():
        ws.backends.storage.delete(key)
