"""A server with two people who do not know each other, and a team: what the one has, the other must not get."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final
from uuid import uuid4

import pyarrow.parquet as pq
from pyarrow import csv

import services
from sandbox.messages import Text
from services import (
    conversations,
    dashboards,
    datasets,
    pins,
    recipes,
    report_shelf,
    reports,
    sharing,
    teams,
    uploads,
    usage,
)
from services.access import Action, Role
from services.accounts.places import Place
from services.activity import Filter
from services.assistant import pipeline
from services.assistant.telling import Topic
from services.binding import Paper, Section, SectionKind
from services.boards import Every, Kept, Tile
from services.circles import Limits, Measure, ObjectKind, Visibility
from services.code.steps import RenameColumns
from services.domain import (
    Address,
    Alert,
    AlertKind,
    Dataset,
    ModelChoice,
    Profile,
    Provider,
    Reading,
    Recipe,
    Remedy,
    Semantic,
    Severity,
    Sight,
    Team,
    Turn,
    User,
    Version,
    View,
)
from services.exports import Format
from services.freshness import Basis
from services.question_form import QuestionForm
from services.report_exports import Ending
from services.reports.document import Document
from services.workspace import Backends, Workspace, open_workspace
from tests.conftest import ORDERS

Verb = Callable[..., Any]
SKIPPED: Final = ("services.__main__", "services.backends", "services.routes", "services.wiring")
NAMES: Final = {False: "Ann's table", True: "Ann's secret"}


def verbs() -> dict[str, Verb]:
    """Every function that carries `@requires`, by module and name."""
    modules = [m.name for m in pkgutil.walk_packages(services.__path__, "services.") if not m.name.startswith(SKIPPED)]
    return {
        f"{module.removeprefix('services.')}.{name}": function
        for module in modules
        for name, function in vars(importlib.import_module(module)).items()
        if inspect.isfunction(function) and "action" in vars(function) and function.__module__ == module
    }


def action(verb: Verb) -> Action:
    """What the verb does, as the table of permissions calls it."""
    found: Action = vars(verb)["action"]
    return found


def person(backends: Backends, name: str, **fields: Any) -> User:
    """Somebody with an account."""
    user = User(id=f"{name}-id", name=name.title(), email=f"{name}@example.org", created_at=datetime.now(UTC), **fields)
    backends.people.add(user)
    return user


def join(owner: Workspace, who: User, role: Role) -> Workspace:
    """The workspace of somebody who was invited."""
    token = teams.invite(owner, min(role, Role.ADMIN)).token
    teams.accept(open_workspace(owner.backends, who.id), token)
    return open_workspace(owner.backends, who.id, owner.team.id)


@dataclass(frozen=True)
class Things:
    """One of everything, and a value for every parameter of every verb, by its name."""

    dataset: Dataset
    version: Version
    turn: Turn
    profile: Profile
    upload_id: str
    connection_id: str
    invitation_id: str
    share_id: str
    wish_id: str
    pin_id: str
    tile: Tile
    member_id: str
    file: Path
    table: Path
    recipe: Recipe
    report_id: str
    section: Section

    @property
    def ids(self) -> set[str]:
        return {self.dataset.id, self.version.id, self.turn.id, self.turn.conversation_id, self.upload_id}

    @property
    def values(self) -> Mapping[str, Any]:
        step = RenameColumns(names={"price": "cost"})
        ids = {
            **dict.fromkeys(("version_id", "before_id", "after_id", "expected_id", "other_id"), self.version.id),
            "recipe_id": self.recipe.id,
            **dict.fromkeys(("dataset_id", "object_id"), self.dataset.id),
            "conversation_id": self.turn.conversation_id,
            "turn_id": self.turn.id,
            "job_id": self.turn.job_id,
            "upload_id": self.upload_id,
            "upload_ids": [self.upload_id],
            "connection_id": self.connection_id,
            "invitation_id": self.invitation_id,
            "share_id": self.share_id,
            "wish_id": self.wish_id,
            "pin_id": self.pin_id,
            "report_id": self.report_id,
            "section_id": self.section.id,
            **dict.fromkeys(("file_id", "definition_id"), "none"),
            "dashboard_id": self.tile.dashboard_id,
            "tile_id": self.tile.id,
            "user_id": self.member_id,
            "session_id": "none",
            "team_id": self.dataset.team_id,
        }
        return ids | {
            **dict.fromkeys(("source", "before", "after"), self.table),
            "path": self.file,
            "folder": self.file.parent,
            "target": self.file.with_name("written.csv"),
            "opened": SimpleNamespace(dataset=self.dataset, source="a.csv"),
            "which": "safe",
            "is_right": True,
            "code": "result = 1",
            "reading": "mine",
            "topic": Topic.SUMMARY,
            "questions": ["average price"],
            "others": [self.dataset.id],
            "words": "price",
            "form": True,
            **dict.fromkeys(("name", "title", "text", "description", "question"), "mine"),
            **dict.fromkeys(("old", "new", "here", "token", "confirmation", "purpose"), "x" * 20),
            "address": Address(url="https://192.0.2.1/a.csv"),
            "column": "price",
            "names": ["price"],
            "sentence": "drop the column price",
            "columns": ["price"],
            "data": b"",
            "document": Document("mine", "", datetime.now(UTC), (), (), ()),
            "how": "left",
            "left": ["region"],
            "listed": [step],
            "recipe": self.recipe,
            "right": ["region"],
            "template": reports.Template.BRIEF,
            "email": "mel@example.org",
            "filename": "a.csv",
            "filters": [],
            "every": Every.DAY,
            "kept": Kept(question="mine", code="result = len(df)"),
            "threshold": None,
            "width": 3,
            "height": 3,
            "by": 1,
            "format": Format.CSV,
            "granted": None,
            "kind": ObjectKind.DATASET,
            "limit": 5,
            "made": {"mine": Basis(version_id=self.version.id)},
            "meanings": {},
            "alert": Alert(kind=AlertKind.SKEW, severity=Severity.LOW, text="mine"),
            "parts": [],
            "own": ModelChoice(provider=Provider.OPENAI, model="m", is_own=True),
            "paper": Paper.A4,
            "output": Text(text="mine"),
            "ending": Ending.HTML,
            "colour": "#b8452b",
            "logo": b"",
            "measure": Measure.STORAGE,
            "offset": 0,
            "place": Place("127.0.0.1"),
            "profile": self.profile,
            "readings": [Reading(upload_id=self.upload_id)],
            "remedy": Remedy(label="Remove", step={"kind": "drop_duplicates"}),
            "renames": {},
            "role": Role.VIEWER,
            "semantic": Semantic.ID,
            "size": 10,
            "step": step,
            "steps": [step],
            "tags": ["mine"],
            "turn": self.turn,
            "turns": [self.turn],
            "version": self.version,
            "version_ids": [self.version.id],
            "view": View(),
            "visibility": Visibility.TEAM,
            "wanted": Limits(),
        }


def call(verb: Verb, ws: Workspace, things: Things) -> str:
    """What the verb tells, as text, when it is called with these things; files and streams are read."""
    given: dict[str, dict[str, Any]] = {
        "exploration.analyse": {"data": {"kind": "summary"}},
        "activity.written": {"wanted": Filter()},
        "assistant.forms.ask": {"form": QuestionForm(aggregate="median", column="price", groups=("region",))},
        "assistant.chosen.require": {"wanted": Sight.SCHEMA},
        "reports.bind": {"format": reports.Format.HTML},
        "reports.write": {"format": reports.Format.HTML},
        **{f"definitions.{verb}": {"text": "mine = price"} for verb in ("define", "change")},
        "report_shelf.add_about": {"kind": SectionKind.PROFILE},
    }
    values = things.values | given.get(f"{verb.__module__.removeprefix('services.')}.{verb.__name__}", {})
    parameters = list(inspect.signature(verb).parameters.values())[1:]
    needed = [each for each in parameters if each.default is each.empty]
    missing = [each.name for each in needed if each.name not in values]
    assert not missing, f"{verb.__module__}.{verb.__name__}: say in tests/tenancy/world.py what {missing} is"
    found = verb(ws, **{each.name: values[each.name] for each in needed})
    if isinstance(found, AbstractContextManager):
        with found as inside:
            return repr(inside)
    return repr(list(found) if isinstance(found, Iterator) else found)


def things(ws: Workspace, folder: Path, member_id: str = "", *, private: bool = False) -> Things:
    """One of everything, made in this workspace; `private` to whoever makes it."""
    path = folder / "orders.csv"
    path.write_text(ORDERS)
    dataset = datasets.rename(ws, datasets.upload(ws, path, "orders.csv").id, NAMES[private])
    conversation = conversations.create(ws, dataset.id)
    turn = conversations.turn(ws, pipeline.ask(ws, conversation.id, "average price by region").id)
    if private:
        sharing.show_to(ws, ObjectKind.DATASET, dataset.id, Visibility.PRIVATE)
    report = report_shelf.from_conversation(ws, conversation.id)
    pin = pins.pin(ws, turn.id)
    return Things(
        dataset=ws.rows.dataset(dataset.id),
        version=datasets.head(ws, dataset.id),
        turn=turn,
        profile=datasets.profile(ws, dataset.head_id),
        upload_id=ws.uploads.read_by(dataset.id)[0],
        connection_id="none",
        invitation_id=teams.invite(ws).invitation.id if not ws.is_alone else "none",
        share_id=sharing.publish(ws, ObjectKind.DATASET, dataset.id).share.id,
        wish_id=usage.ask_for_more(ws, Measure.QUESTIONS).id if not private else "none",
        pin_id=pin.id,
        tile=_tile(ws, pin.id, private=private),
        member_id=member_id,
        file=path,
        table=_parquet(path),
        recipe=_recipe(ws),
        report_id=report.id,
        section=report_shelf.sections(ws, report.id)[0],
    )


def _tile(ws: Workspace, pin_id: str, *, private: bool) -> Tile:
    """A tile on a dashboard of this person."""
    board = dashboards.create(ws, "board")
    if private:
        sharing.show_to(ws, ObjectKind.DASHBOARD, board.id, Visibility.PRIVATE)
    return dashboards.add_pin(ws, board.id, pin_id)


def _recipe(ws: Workspace) -> Recipe:
    """A recipe of this person that renames a column."""
    step = RenameColumns(names={"price": "cost"})
    made = Recipe(
        id=uuid4().hex,
        team_id=ws.team.id,
        name="mine",
        steps=(step.model_dump(mode="json"),),
        columns=(),
        created_by=ws.user.id,
        created_at=datetime.now(UTC),
    )
    return recipes.load(ws, recipes.to_json(made))


def _parquet(path: Path) -> Path:
    """The same table, of whoever calls: not that of the dataset."""
    made = path.with_suffix(".parquet")
    pq.write_table(csv.read_csv(path), made)
    return made


def begun(ws: Workspace) -> str:
    """An upload of this person that nothing was read from."""
    return uploads.begin(ws, "a.csv", 10).id


def team(backends: Backends, owner: User, name: str = "Crew") -> Workspace:
    """The workspace of the owner of a new team."""
    made: Team = teams.create(open_workspace(backends, owner.id), name)
    return open_workspace(backends, owner.id, made.id)


def somebody(backends: Backends) -> User:
    """A person of a name of their own."""
    return person(backends, f"p{uuid4().hex[:10]}")


def uploaded(ws: Workspace, folder: Path) -> str:
    """The id of a new dataset of orders."""
    path = folder / "orders.csv"
    path.write_text(ORDERS)
    return datasets.upload(ws, path, "orders.csv").id
