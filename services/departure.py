"""Departure: take out all one's data in one archive, and delete one's account for good."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from services import activity, binding, parcel, recipes, report_shelf, uploads
from services.access import Action, Role, requires
from services.accounts import signing_in
from services.circles import ObjectKind, Visibility
from services.domain import Dataset
from services.errors import BadInput
from services.workspace import LOCAL_USER, Workspace, open_workspace


@requires(Action.TAKE_OUT)
@contextmanager
def archive(ws: Workspace) -> Iterator[Path]:
    """A ZIP file with all this person's data from every team, there inside the `with` block. Never held in memory."""
    with tempfile.TemporaryDirectory(dir=ws.backends.settings.home / "cache") as folder:
        made = Path(folder) / "red-pandas.zip"
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as target:
            spaces = _spaces(ws)
            target.writestr("README.txt", parcel.READ_ME)
            target.writestr("account.json", _account(ws, spaces))
            target.writestr("activity.csv", "\n".join(_activity(each) for each in spaces))
            for space in spaces:
                parcel.Parcel(space, target).write()
        yield made


@requires(Action.ACCOUNT_DELETE)
def delete_account(ws: Workspace, confirmation: str) -> None:
    """Removes the person for good: their own workspace with its files, what is private to them in teams, their account.

    What their teams see stays with the teams; it and the activity name a pseudonym from then on. `confirmation` is
    their address. Raises: BadInput, when it is not, they own a team with others in it, or alone run the server.
    """
    _check_may_go(ws, confirmation)
    for space in _spaces(ws)[1:]:
        if space.role is Role.OWNER:
            _remove_space(space)
        else:
            _remove_private(space)
    ws.backends.sessions.end_all(ws.user.id)
    _remove_space(open_workspace(ws.backends, ws.user.id))
    ws.backends.circles.forget(ws.user.id, f"gone-{uuid4().hex[:12]}")


def _check_may_go(ws: Workspace, confirmation: str) -> None:
    if ws.user.id == LOCAL_USER.id:
        raise BadInput("There are no accounts here.", "Delete the folder of this installation instead.")
    if signing_in.normal(confirmation) != signing_in.normal(ws.user.email or ws.user.name):
        raise BadInput("This is not your address.", "Type it as it stands above.")
    for space in _spaces(ws)[1:]:
        if space.role is Role.OWNER and len(space.members.members()) > 1:
            raise BadInput(f"You own the team “{space.team.name}”, and others are in it.", "Hand it over first.")
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
    report_shelf.part_with(ws)
    for dataset in _mine(ws):
        if dataset.visibility is Visibility.PRIVATE:
            _purge(ws, dataset)
    for conversation_id in ws.members.private(ObjectKind.CONVERSATION):
        _unshare(ws, conversation_id)
        ws.members.drop_conversation(conversation_id)
    for dashboard_id in ws.members.private(ObjectKind.DASHBOARD):
        _unshare(ws, dashboard_id)
        ws.dashboards.remove(dashboard_id)
    for upload in ws.uploads.all():
        if not ws.uploads.is_read(upload.id):
            ws.uploads.delete(upload.id)
            ws.backends.parts.discard(upload.id)
            ws.backends.storage.delete(uploads.key(upload))


def _purge(ws: Workspace, dataset: Dataset) -> None:
    originals = ws.uploads.read_by(dataset.id)
    told = ws.for_upkeep().reports.about(dataset.id)
    reports = [binding.folder_of(ws.team.id, each) for each in told]
    for folder in (f"{ws.team.id}/datasets/{dataset.id}/", *reports):
        for key in list(ws.backends.storage.list(folder)):
            ws.backends.storage.delete(key)
    for each in (dataset.id, *told):
        _unshare(ws, each)
    ws.rows.delete_dataset(dataset.id)
    for upload_id in originals:
        if not ws.uploads.is_read(upload_id):
            upload = ws.uploads.get(upload_id)
            ws.backends.storage.delete(uploads.key(upload))
            ws.uploads.delete(upload.id)


def _unshare(ws: Workspace, object_id: str) -> None:
    for share in ws.members.shares(object_id):
        ws.members.unshare(share.id)


def _spaces(ws: Workspace) -> list[Workspace]:
    """The person's own workspace, and one in each team they are in; what they made in a closed team is theirs, too."""
    own, mine = open_workspace(ws.backends, ws.user.id), ws.backends.circles.teams_of(ws.user.id)
    return [own, *(open_workspace(ws.backends, ws.user.id, team.id, closed=True) for team, _ in mine)]


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
