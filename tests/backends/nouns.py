"""Small valid nouns for the tests of the database."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from sandbox.messages import Figure, Image, RunError, RunStatus, Table, Text, Value
from services.backends.dashboard_rows import DashboardRows
from services.backends.rows import Rows
from services.boards import Dashboard, Kept, Tile
from services.code.steps import RenameColumns
from services.domain import (
    Answer,
    Attempt,
    ColumnProfile,
    Conversation,
    Count,
    Dataset,
    Exchange,
    Job,
    Kind,
    Plan,
    PlanKind,
    Profile,
    Semantic,
    Turn,
    TurnStatus,
    Version,
)

NASTY = "'; DROP TABLE turns; -- \"\n{x} {{y}} %s __class__ 漢字 🐼"


def moment(seconds: float = 0) -> datetime:
    """Now, or so many seconds later."""
    return datetime.now(UTC) + timedelta(seconds=seconds)


def dataset(team_id: str = "local", **changes: Any) -> Dataset:
    made = Dataset(
        id=uuid4().hex, team_id=team_id, name=NASTY, head_id=uuid4().hex, created_by="local", created_at=moment()
    )
    return made.model_copy(update=changes)


def version(of: Dataset, **changes: Any) -> Version:
    made = Version(
        id=of.head_id,
        dataset_id=of.id,
        rows=3_000_000_000,
        columns=("a", NASTY),
        bytes=9_000_000_000,
        content_hash="0" * 64,
        storage_key=f"{of.team_id}/datasets/{of.id}/versions/0.parquet",
        created_by=of.created_by,
        created_at=of.created_at,
    )
    return made.model_copy(update=changes)


def child(of: Version, **changes: Any) -> Version:
    """A version made from this one by a step."""
    made = of.model_copy(
        update={
            "id": uuid4().hex,
            "parent_id": of.id,
            "step": RenameColumns(names={"a": NASTY + "2"}),
            "storage_key": of.storage_key.replace("0.parquet", f"{uuid4().hex}.parquet"),
            "created_at": moment(),
        }
    )
    return made.model_copy(update=changes)


def profile(of: Version) -> Profile:
    column = ColumnProfile(
        name=NASTY,
        kind=Kind.TEXT,
        semantic=Semantic.CATEGORY,
        missing=1,
        distinct=2,
        low="a",
        high="b",
        mean=1.5,
        top=(Count(value=NASTY, rows=2),),
    )
    return Profile(version_id=of.id, rows=of.rows, columns=(column,))


def stored_dataset(rows: Rows, team_id: str = "local", **changes: Any) -> Dataset:
    """A dataset, kept with its version and profile."""
    made = dataset(team_id, **changes)
    rows.add_dataset(made, version(made), profile(version(made)))
    return made


def conversation(of: Dataset, **changes: Any) -> Conversation:
    made = Conversation(
        id=uuid4().hex,
        team_id=of.team_id,
        dataset_id=of.id,
        version_id=of.head_id,
        title=NASTY,
        created_by="local",
        created_at=moment(),
    )
    return made.model_copy(update=changes)


def job(team_id: str = "local", **changes: Any) -> Job:
    made = Job(
        id=uuid4().hex, team_id=team_id, kind="answer", subject_id="none", created_by="local", created_at=moment()
    )
    return made.model_copy(update=changes)


def turn(of: Conversation, **changes: Any) -> Turn:
    made = Turn(
        id=uuid4().hex,
        conversation_id=of.id,
        version_id=of.version_id,
        question=NASTY,
        created_by="local",
        created_at=moment(),
    )
    return made.model_copy(update=changes)


def answered(of: Turn) -> Turn:
    """The turn with everything a turn can hold."""
    outputs = (
        Table(name="table", arrow=os.urandom(2_000), columns=("a", NASTY), rows=2, total_rows=20),
        Figure(name="chart", json_text='{"data": [], "layout": {"title": "漢字"}}'),
        Value(name="value", value={"n": 1, "x": 0.1, "deep": [None, True, "2024-01-01", {"k": -(2**60)}]}),
        Value(value=None),
        Text(name=NASTY, text=NASTY),
        Image(png=b"\x89PNG\r\n\x00\xff"),
    )
    error = RunError(type="KeyError", message=NASTY, line=3, hint="Did you mean …?")
    return of.model_copy(
        update={
            "status": TurnStatus.ANSWERED,
            "analyst": "builtin",
            "plan": Plan(kind=PlanKind.ANALYSE, reading=NASTY, options=("a", "b"), intent={"by": ["x", 1, None]}),
            "attempts": (
                Attempt(code="result = 1/0", status=RunStatus.FAILED, error=error, problem="division"),
                Attempt(code="result = 1", status=RunStatus.OK, seconds=0.25, peak_mb=12.5),
            ),
            "answer": Answer(text=NASTY, outputs=outputs, code="result = 1", caveats=("c",), suggestions=("s",)),
            "exchanges": (Exchange(model="m", sent=NASTY, received="ok", prompt_tokens=3, seconds=1.5),),
            "seconds": 1.25,
        }
    )


def stored_turn(rows: Rows, of: Conversation, **changes: Any) -> Turn:
    """A queued turn, kept with its job."""
    work = job(of.team_id)
    made = turn(of, job_id=work.id, **changes)
    rows.add_turn(made, work.model_copy(update={"subject_id": made.id}))
    return made


def stored_dashboard(rows: DashboardRows, about: Dataset) -> Dashboard:
    """A dashboard with one tile about the dataset."""
    made = Dashboard(id=uuid4().hex, team_id=about.team_id, name=NASTY, created_by="local", created_at=moment())
    rows.add(made)
    tile = Tile(
        id=uuid4().hex,
        team_id=about.team_id,
        dashboard_id=made.id,
        position=0,
        width=3,
        height=2,
        name=NASTY,
        dataset_id=about.id,
        version_id=about.head_id,
        kept=Kept(question=NASTY, outputs=(Value(value=3),)),
        created_by="local",
        created_at=moment(),
    )
    rows.add_tile(tile)
    assert rows.tile(tile.id) == tile
    return made
