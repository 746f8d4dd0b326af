"""Departure: take out all one's data in one archive, and delete one's account for good."""

from __future__ import annotations

import json
import re
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

from services import activity, recipes, teams, uploads
from services.access import Action, Role, requires
from services.circles import ObjectKind, Visibility
from services.domain import Dataset
from services.errors import BadInput, NotFound
from services.workspace import LOCAL_USER, Workspace, open_workspace

UNSAFE: Final = re.compile(r"[^\w .-]+")
READ_ME: Final = """Everything Red Pandas keeps of you.

account.json            who you are, and the teams you are in
activity.csv            what you did
<team>/datasets/        each dataset you made: what it is, its files as they came, every kept version as Parquet
<team>/conversations/   each conversation you began, with questions, answers and code as JSON
<team>/recipes/         each recipe you kept
"""


@requires(Action.TAKE_OUT)
@contextmanager
def archive(ws: Workspace) -> Iterator[Path]:
    """A ZIP file with all this person's data from every team, there inside the `with` block. Never held in memory."""
    with tempfile.TemporaryDirectory(dir=ws.backends.settings.home / "cache") as folder:
        made = Path(folder) / "red-pandas.zip"
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as target:
            spaces = _spaces(ws)
            target.writestr("README.txt", READ_ME)
            target.writestr("account.json", _account(ws, spaces))
            target.writestr("activity.csv", "\n".join(_activity(each) for each in spaces))
            for space in spaces:
                _write_space(space, target)
        yield made


@requires(Action.ACCOUNT_DELETE)
def delete_account(ws: Workspace, confirmation: str) -> None:
    """Removes the person for good: their own workspace with its files, what is private to them in teams, their account.

    What their teams see stays with the teams; it and the activity name a pseudonym from then on. `confirmation` is
    their address. Raises: BadInput, when it is not, they own a team with others in it, or alone run the server.
    """
    _check_may_go(ws, confirmation)
    for team, role in teams.list_all(ws):
        space = open_workspace(ws.backends, ws.user.id, team.id)
        if role is Role.OWNER:
            _remove_space(space)
        else:
            _remove_private(space)
    ws.backends.sessions.end_all(ws.user.id)
    _remove_space(open_workspace(ws.backends, ws.user.id))
    ws.backends.circles.forget(ws.user.id, f"gone-{uuid4().hex[:12]}")


def _check_may_go(ws: Workspace, confirmation: str) -> None:
    if ws.user.id == LOCAL_USER.id:
        raise BadInput("There are no accounts here.", "Delete the folder of this installation instead.")
    if confirmation.strip().lower() != (ws.user.email or ws.user.name).lower():
        raise BadInput("This is not your address.", "Type it as it stands above.")
    for team, role in teams.list_all(ws):
        others = open_workspace(ws.backends, ws.user.id, team.id).members.members()
        if role is Role.OWNER and len(others) > 1:
            raise BadInput(f"You own the team “{team.name}”, and others are in it.", "Hand it over first.")
    owners = [each for each in ws.backends.people.all() if each.runs_server and each.active]
    if ws.user.runs_server and len(owners) == 1:
        raise BadInput("You alone run this server.", "Let somebody else run it first.")


def _remove_space(ws: Workspace) -> None:
    """Files first: when it is cut off between, it can be done again."""
    for upload in ws.for_upkeep().uploads.everything():
        ws.backends.parts.discard(upload.id)
    for key in list(ws.backends.storage.list(f"{ws.team.id}/")):
        ws.backends.storage.delete(key)
    ws.backends.people.remove_space(ws.team.id)


def _remove_private(ws: Workspace) -> None:
    recipes.part_with(ws)
    for dataset in _mine(ws):
        if dataset.visibility is Visibility.PRIVATE:
            _purge(ws, dataset)
    for conversation_id in ws.members.private(ObjectKind.CONVERSATION):
        ws.members.drop_conversation(conversation_id)
    for dashboard_id in ws.members.private(ObjectKind.DASHBOARD):
        ws.dashboards.remove(dashboard_id)
    for upload in ws.uploads.all():
        if not ws.uploads.is_read(upload.id):
            ws.uploads.delete(upload.id)
            ws.backends.parts.discard(upload.id)
            ws.backends.storage.delete(uploads.key(upload))


def _purge(ws: Workspace, dataset: Dataset) -> None:
    originals = ws.uploads.read_by(dataset.id)
    for key in list(ws.backends.storage.list(f"{ws.team.id}/datasets/{dataset.id}/")):
        ws.backends.storage.delete(key)
    ws.rows.delete_dataset(dataset.id)
    for upload_id in originals:
        if not ws.uploads.is_read(upload_id):
            upload = ws.uploads.get(upload_id)
            ws.backends.storage.delete(uploads.key(upload))
            ws.uploads.delete(upload.id)


def _spaces(ws: Workspace) -> list[Workspace]:
    """The person's own workspace, and one in each team they are in."""
    own = open_workspace(ws.backends, ws.user.id)
    return [own, *(open_workspace(ws.backends, ws.user.id, team.id) for team, _ in teams.list_all(ws))]


def _mine(ws: Workspace) -> list[Dataset]:
    found = [*ws.rows.datasets(), *ws.rows.datasets(deleted=True)]
    return [each for each in found if each.created_by == ws.user.id]


def _account(ws: Workspace, spaces: list[Workspace]) -> str:
    told = {
        "person": ws.user.model_dump(mode="json"),
        "teams": [{"id": each.team.id, "name": each.team.name, "role": each.role.name.lower()} for each in spaces],
        "sessions": [each.model_dump(mode="json") for each in ws.backends.sessions.of(ws.user.id, datetime.now(UTC))],
    }
    return json.dumps(told, indent=2, ensure_ascii=False)


def _activity(ws: Workspace) -> str:
    return activity.written(ws, activity.Filter(user_id=ws.user.id))


def _write_space(ws: Workspace, target: zipfile.ZipFile) -> None:
    place = _name(ws.team.name, ws.team.id)
    for dataset in _mine(ws):
        _write_dataset(ws, dataset, f"{place}/datasets/{_name(dataset.name, dataset.id)}", target)
    for conversation in ws.members.begun(ws.user.id):
        turns = [turn.model_dump(mode="json") for turn in ws.rows.turns(conversation.id)]
        told = {"conversation": conversation.model_dump(mode="json"), "turns": turns}
        where = f"{place}/conversations/{_name(conversation.title, conversation.id)}.json"
        target.writestr(where, json.dumps(told, indent=2, ensure_ascii=False))
    _write_recipes(ws, place, target)


def _write_recipes(ws: Workspace, place: str, target: zipfile.ZipFile) -> None:
    for recipe in recipes.list_all(ws):
        if recipe.created_by == ws.user.id:
            target.writestr(f"{place}/recipes/{_name(recipe.name, recipe.id)}.json", recipes.to_json(recipe))


def _write_dataset(ws: Workspace, dataset: Dataset, place: str, target: zipfile.ZipFile) -> None:
    versions = ws.rows.versions(dataset.id)
    told = {"dataset": dataset.model_dump(mode="json"), "versions": [each.model_dump(mode="json") for each in versions]}
    target.writestr(f"{place}/dataset.json", json.dumps(told, indent=2, ensure_ascii=False))
    for version in versions:
        if version.stored:
            with ws.backends.storage.local(version.storage_key) as path:
                # Parquet is compressed as it is.
                target.write(path, f"{place}/versions/{version.id}.parquet", zipfile.ZIP_STORED)
    for upload_id in ws.uploads.read_by(dataset.id):
        try:
            upload = ws.uploads.of_team(upload_id)
        except NotFound:
            continue
        with ws.backends.storage.local(uploads.key(upload)) as path:
            target.write(path, f"{place}/originals/{_name(upload.filename, upload.id, keep_ending=True)}")


def _name(text: str, id: str, *, keep_ending: bool = False) -> str:
    """A file name that no unpacking program takes for a path."""
    clean = UNSAFE.sub("_", text).strip(" .")[:60] or "unnamed"
    return f"{id[:8]} {clean}" if keep_ending else f"{clean} {id[:8]}"
