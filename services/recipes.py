"""Recipes: the steps of a version as a list that can be changed and replayed, kept under a name, and used elsewhere."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from pydantic import JsonValue, TypeAdapter, ValidationError
from rapidfuzz import fuzz

from services import cleaning, datasets, versions
from services.access import Action, allows, requires
from services.circles import Visibility
from services.code import scripts, steps
from services.code.scripts import Source
from services.code.steps import Chain, Off, RenameColumns, Step, StepBase
from services.domain import ColumnMatch, Job, Misfit, Profile, Recipe, RecipeColumn, Version
from services.errors import BadInput, NotFound
from services.protocols import Progress
from services.workspace import Workspace

JOB_KIND: Final = "rework"
FORMAT: Final = "red-pandas-recipe"
_SOURCE: Final = TypeAdapter(Source)
ALIKE: Final = 80
"""Likeness of names, of 100, from which two columns are taken for one (rapidfuzz, sorted words)."""
MOST_BYTES: Final = 20_000_000


@requires(Action.DATASET_READ)
def of_version(ws: Workspace, version_id: str) -> list[Step]:
    """The single steps from the root to a version, with what they learned. Raises: NotFound."""
    made = [version.step for version in versions.path(ws, version_id) if version.step]
    return [single for step in made for single in (step.steps if isinstance(step, Chain) else [step])]


@requires(Action.DATASET_READ)
def misfits(ws: Workspace, version_id: str, listed: Sequence[Step]) -> list[Misfit]:
    """The steps that do not fit any more, when they are replayed in this order from the root. Raises: NotFound."""
    root = versions.path(ws, version_id)[0]
    return check(listed, root.columns)


@requires(Action.DATASET_READ)
def source_of(ws: Workspace, version_id: str) -> Source:
    """How the table of a dataset was read, for a script that is to read it again. Raises: NotFound."""
    report = datasets.read_report(ws, version_id)
    options = report.options
    return Source(
        columns={column.name: column.kind.value for column in ws.rows.profile(version_id).columns},
        delimiter=report.delimiter or ",",
        encoding=report.encoding or "utf-8",
        header=options.header if options.header is not None else int(report.header),
        decimal=options.decimal or ".",
        dates=options.dates.value if options.dates else "",
    )


def check(listed: Sequence[Step], columns: Sequence[str]) -> list[Misfit]:
    """The steps that do not fit a table with these columns, each with the reason; what follows a step whose columns
    only running it can tell is not looked at."""
    found, at = [], tuple(columns)
    for place, step in enumerate(listed):
        try:
            after = step.check(at)
        except BadInput as error:
            found.append(Misfit(place=place, sentence=step.describe(), reason=str(error)))
            continue
        if after is None:
            return found
        at = after
    return found


def moved(listed: Sequence[Step], place: int, by: int) -> list[Step]:
    """The steps with one of them earlier or later."""
    changed = list(listed)
    changed.insert(max(0, place + by), changed.pop(place))
    return changed


def switched(listed: Sequence[Step], place: int) -> list[Step]:
    """The steps with one of them switched off, or on again."""
    step = listed[place]
    other: Any = step.step if isinstance(step, Off) else Off(step=step)
    return [*listed[:place], other, *listed[place + 1 :]]


def is_off(step: Step) -> bool:
    """Whether the step is switched off."""
    return isinstance(step, Off)


@requires(Action.DATASET_READ)
def profile_at(ws: Workspace, version_id: str, place: int) -> Profile:
    """What is known about the columns that the step at this place sees, for its form. Raises: NotFound."""
    path = versions.path(ws, version_id)
    known = {column.name: column for each in (path[-1], path[0]) for column in ws.rows.profile(each.id).columns}
    names: tuple[str, ...] | None = path[0].columns
    for step in of_version(ws, version_id)[:place]:
        names = None if names is None else step.check(names)
    profile: Profile = ws.rows.profile(path[0].id)
    listed = tuple(known) if names is None else names
    return profile.model_copy(update={"columns": tuple(known[name] for name in listed if name in known)})


@requires(Action.VERSION_CREATE)
def rework(ws: Workspace, conversation_id: str, listed: Sequence[Step]) -> Job:
    """A job that replays these steps from the root, in place of those that lead to where the conversation stands.

    It then stands on the new version; so does the head where it stood there, too. Nothing is lost: the old versions
    stay. Raises: NotFound.
    """
    conversation = ws.rows.conversation(conversation_id)
    return ws.begin(
        JOB_KIND,
        conversation.version_id,
        {"conversation_id": conversation.id, "steps": [step.model_dump(mode="json") for step in listed]},
    )


def reworked(ws: Workspace, job_id: str, progress: Progress) -> None:
    """The work of that job. Raises: AppError."""
    job = ws.rows.job(job_id)
    told = job.body["steps"]
    listed = [steps.parse(each) for each in told] if isinstance(told, list) else []
    tip = ws.rows.version(job.subject_id)
    root = versions.path(ws, tip.id)[0]
    made = cleaning.apply_all(ws, root.id, listed, progress=progress).version if listed else root
    versions.go(ws, str(job.body["conversation_id"]), made.id)
    if ws.rows.dataset(tip.dataset_id).head_id == tip.id and allows(ws, Action.DATASET_EDIT):
        versions.make_head(ws, made.id, tip.id)
    ws.rows.note_outcome(job_id, [made.id])


@requires(Action.VERSION_CREATE)
def save(ws: Workspace, version_id: str, name: str) -> Recipe:
    """The steps that lead to a version under a name, for other tables. Raises: NotFound; BadInput."""
    listed = [step for step in of_version(ws, version_id) if not isinstance(step, Off)]
    root = versions.path(ws, version_id)[0]
    if not listed:
        raise BadInput("There are no steps to save.", "Change the table first.")
    recipe = _recipe(ws.team.id, cleaning.checked_name(name), listed, _columns(ws, root, listed), ws.user.id)
    told = {"source": asdict(source_of(ws, root.id)), "dataset_id": root.dataset_id}
    is_private = ws.rows.dataset(root.dataset_id).visibility is Visibility.PRIVATE
    return _keep(ws, recipe.model_copy(update=told | {"is_private": is_private}))


@requires(Action.VERSION_CREATE)
def load(ws: Workspace, text: str) -> Recipe:
    """The recipe in a JSON file, kept. Raises: BadInput."""
    recipe = from_json(text)
    return _keep(ws, recipe.model_copy(update={"team_id": ws.team.id, "created_by": ws.user.id}))


@requires(Action.DATASET_READ)
def list_all(ws: Workspace) -> list[Recipe]:
    """One's own recipes, and those of the team made from tables that one sees, by name."""
    found = [_read(ws, key) for key in ws.backends.storage.list(f"{ws.team.id}/recipes/")]
    seen, known = _seen(ws), _known(ws)
    return sorted((each for each in found if _shows(ws, each, seen, known)), key=lambda each: each.name.casefold())


@requires(Action.DATASET_READ)
def get(ws: Workspace, recipe_id: str) -> Recipe:
    """Raises: NotFound."""
    key = _key(ws, recipe_id)
    recipe = _read(ws, key) if ws.backends.storage.exists(key) else None
    if recipe is None or not _shows(ws, recipe, _seen(ws), _known(ws)):
        raise _no_such()
    return recipe


@requires(Action.DATASET_EDIT)
def remove(ws: Workspace, recipe_id: str) -> None:
    """Forgets a recipe; versions made with it stay. Raises: NotFound."""
    ws.backends.storage.delete(_key(ws, get(ws, recipe_id).id))


@requires(Action.ACCOUNT_DELETE)
def part_with(ws: Workspace) -> None:
    """Forgets this person's recipes that nobody else sees; those of the team stay, without a name."""
    visible = {each.id for each in ws.rows.datasets() if each.visibility is not Visibility.PRIVATE}
    for recipe in [each for each in list_all(ws) if each.created_by == ws.user.id]:
        if recipe.dataset_id in visible or not (recipe.dataset_id or recipe.is_private):
            _keep(ws, recipe.model_copy(update={"created_by": ""}))
        else:
            ws.backends.storage.delete(_key(ws, recipe.id))


@requires(Action.DATASET_READ)
def match(ws: Workspace, recipe_id: str, version_id: str) -> list[ColumnMatch]:
    """For each column that the recipe needs the one of the version that it is, found by name, by a similar name of the
    same kind, or not at all: then it is empty. Raises: NotFound."""
    there = {column.name: column.kind.value for column in ws.rows.profile(version_id).columns}
    return matched(get(ws, recipe_id).columns, there)


def matched(needed: Sequence[RecipeColumn], there: Mapping[str, str]) -> list[ColumnMatch]:
    """The same for columns with their kinds."""
    found: dict[str, ColumnMatch] = {}
    free = dict(there)
    for how, test in (("same name", _same), ("same name but for case and marks", _like), ("similar name", _near)):
        for column in needed:
            best = next((name for name in free if column.name not in found and test(column, name, free[name])), None)
            if best is not None:
                is_other = free.pop(best) != column.kind
                found[column.name] = ColumnMatch(wanted=column.name, found=best, how=how, is_other_kind=is_other)
    return [found.get(column.name, ColumnMatch(wanted=column.name)) for column in needed]


def prepared(recipe: Recipe, names: Mapping[str, str], again: Collection[int] = ()) -> list[Step]:
    """The steps for a table in which the recipe's columns have other names; those at the places `again` forget what
    they learned, and learn it anew."""
    listed: list[Step] = []
    for place, data in enumerate(recipe.steps):
        step = steps.parse(data)
        listed.append(step.model_copy(update={"learned": {}}) if place in again else step)
    other = {found: wanted for wanted, found in names.items() if found and found != wanted}
    return [RenameColumns(names=other), *listed] if other else listed


def sentences(recipe: Recipe) -> list[str]:
    """What each step does."""
    return [step.describe() for step in _steps(recipe)]


def files(recipe: Recipe) -> dict[str, str]:
    """The recipe as files to take away, by ending; a script and a notebook where it can run outside."""
    found = {"json": to_json(recipe)}
    if not any(step.keyed for step in _steps(recipe)):
        found |= {"py": script(recipe), "ipynb": notebook(recipe)}
    return found


def learners(recipe: Recipe) -> list[int]:
    """The places of the steps that learned something from the data."""
    return [place for place, data in enumerate(recipe.steps) if data.get("learned")]


def to_json(recipe: Recipe) -> str:
    """The recipe as a file."""
    told = recipe.model_dump(mode="json", include={"name", "columns", "steps", "source"})
    return json.dumps({"format": FORMAT, "version": 1, **told}, indent=1, ensure_ascii=False)


def from_json(text: str) -> Recipe:
    """The recipe in a file; it belongs to nobody. Raises: BadInput."""
    if len(text) > MOST_BYTES:
        raise BadInput("The recipe is too large.", "Save it again.")
    try:
        told = json.loads(text)
        if not isinstance(told, dict) or told.get("format") != FORMAT:
            raise BadInput("This is no recipe.", "Choose a file that was saved as a recipe.")
        listed = [steps.parse(each) for each in told.get("steps", [])]
        name = cleaning.checked_name(str(told.get("name", "")))
        columns = tuple(RecipeColumn.model_validate(each) for each in told.get("columns", []))
    except (ValueError, TypeError, RecursionError, ValidationError) as error:
        raise BadInput("The recipe cannot be read.", "Choose a file that was saved as a recipe.") from error
    recipe = _recipe("", name, listed, columns, "").model_copy(update={"source": told.get("source", {})})
    return _checked(recipe)


def script(recipe: Recipe) -> str:
    """The recipe as a Python script that needs pandas only. Raises: BadInput."""
    return scripts.script(_steps(recipe), _source(recipe), recipe.name)


def notebook(recipe: Recipe) -> str:
    """The recipe as a notebook. Raises: BadInput."""
    return scripts.notebook(_steps(recipe), _source(recipe), recipe.name)


def needed(listed: Sequence[StepBase], columns: Sequence[str]) -> list[str]:
    """The columns without which a step would not fit."""
    text = json.dumps([step.model_dump(mode="json") for step in listed], ensure_ascii=False)
    by_hand = any(step.by_hand for step in listed)
    return [name for name in columns if by_hand or json.dumps(name, ensure_ascii=False) in text]


def _columns(ws: Workspace, root: Version, listed: Sequence[Step]) -> tuple[RecipeColumn, ...]:
    kinds = {column.name: column.kind.value for column in ws.rows.profile(root.id).columns}
    return tuple(RecipeColumn(name=name, kind=kinds[name]) for name in needed(listed, root.columns))


def _same(column: RecipeColumn, name: str, _: str) -> bool:
    return column.name == name


def _like(column: RecipeColumn, name: str, _: str) -> bool:
    return _plain(column.name) == _plain(name) != ""


def _near(column: RecipeColumn, name: str, kind: str) -> bool:
    likeness = fuzz.token_sort_ratio(column.name.casefold().replace("_", " "), name.casefold().replace("_", " "))
    return kind == column.kind and likeness >= ALIKE


def _plain(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())


def _steps(recipe: Recipe) -> list[Step]:
    return [steps.parse(each) for each in recipe.steps]


def _source(recipe: Recipe) -> Source:
    return (
        _SOURCE.validate_python(recipe.source)
        if recipe.source
        else Source(columns={column.name: column.kind for column in recipe.columns})
    )


def _checked(recipe: Recipe) -> Recipe:
    """Raises: BadInput, when nobody could read a table by what the recipe says."""
    try:
        _source(recipe)
    except ValidationError as error:
        raise BadInput("The recipe cannot be read.", "Choose a file that was saved as a recipe.") from error
    return recipe


def _shows(ws: Workspace, recipe: Recipe, seen: Collection[str], known: Collection[str]) -> bool:
    """Whether this person sees it: it tells names and values of the table it was made from. One whose table is gone
    for good shows as it did when it was made; guests see their own."""
    if recipe.created_by == ws.user.id or ws.share:
        return recipe.created_by == ws.user.id
    return recipe.dataset_id in seen or (recipe.dataset_id not in known and not recipe.is_private)


def _seen(ws: Workspace) -> set[str]:
    return {each.id for each in (*ws.rows.datasets(), *ws.rows.datasets(deleted=True))}


def _known(ws: Workspace) -> set[str]:
    return _seen(ws.for_upkeep())


def _keep(ws: Workspace, recipe: Recipe) -> Recipe:
    if not recipe.name:
        raise BadInput("The recipe needs a name.", "Type one.")
    with tempfile.TemporaryDirectory(dir=ws.backends.settings.home / "cache") as folder:
        made = Path(folder) / "recipe.json"
        made.write_text(recipe.model_dump_json(), encoding="utf-8")
        ws.backends.storage.put(made, _key(ws, recipe.id))
    return recipe


def _recipe(team_id: str, name: str, listed: Sequence[Step], columns: Sequence[RecipeColumn], user_id: str) -> Recipe:
    told: list[dict[str, JsonValue]] = [step.model_dump(mode="json") for step in listed]
    return Recipe(
        id=uuid4().hex,
        team_id=team_id,
        name=name,
        steps=tuple(told),
        columns=tuple(columns),
        created_by=user_id,
        created_at=datetime.now(UTC),
    )


def _key(ws: Workspace, recipe_id: str) -> str:
    if not (len(recipe_id) == 32 and recipe_id.isalnum()):
        raise _no_such()
    return f"{ws.team.id}/recipes/{recipe_id}.json"


def _no_such() -> NotFound:
    return NotFound("There is no such recipe.", "Choose another one.")


def _read(ws: Workspace, key: str) -> Recipe:
    with ws.backends.storage.local(key) as path:
        return Recipe.model_validate_json(path.read_text(encoding="utf-8"))
