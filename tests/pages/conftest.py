"""The pages, run without a browser on a real workspace."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from streamlit.testing.v1 import AppTest

from components import job_progress
from services import conversations, wiring
from services.domain import Conversation, Dataset, Job, JobStatus, Turn, TurnStatus
from services.settings import Settings
from services.workspace import LOCAL_USER, Workspace, open_workspace

FRAME = str(Path(__file__).resolve().parents[2] / "pages" / "frame.py")
PAGES = (
    "analyse/chat.py",
    "analyse/explore.py",
    "analyse/statistics.py",
    "analyse/forecast.py",
    "analyse/models.py",
    "data/upload.py",
    "data/datasets.py",
    "data/table.py",
    "data/profile.py",
    "data/privacy.py",
    "data/clean.py",
    "data/combine.py",
    "data/recipes.py",
    "data/history.py",
    "team/account.py",
    "team/people.py",
    "team/members.py",
    "share/reports.py",
    "share/shared.py",
    "share/dashboards.py",
    "team/settings.py",
)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """What the pages read from the environment. AppTest has no browser, so no Host: the network is trusted."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("RED_PANDAS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("RED_PANDAS_TRUST_NETWORK", "true")
    return Settings()


@pytest.fixture
def ws(settings: Settings, lent: None, fresh_database: None) -> Iterator[Workspace]:
    """The workspace that the pages open: the same backends, with jobs in threads."""
    backends = wiring.backends(settings)
    yield open_workspace(backends, LOCAL_USER.id)
    wiring.close(backends)
    wiring.backends.cache_clear()


@pytest.fixture
def show(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Runs a page: `show("data/datasets.py", dataset="...")`. A drawer does not draw itself again here: it waits."""
    monkeypatch.setattr(job_progress, "QUIET_SECONDS", 60.0)

    def run(page: str = PAGES[0], **query: str) -> AppTest:
        app = AppTest.from_file(FRAME, default_timeout=60)
        app.query_params.update(query)
        app.run()
        return app if page == PAGES[0] else app.switch_page(page).run()

    return run


def settled(app: AppTest) -> AppTest:
    """The page once no work is under way on it: in a browser it draws itself again."""
    for _ in range(200):
        if not any(button.key and button.key.startswith("stop-") for button in app.button):
            return app
        time.sleep(0.1)
        app.run()
    raise AssertionError("The work did not end.")


def cut_off(app: AppTest, place: str) -> AppTest:
    """The page as it is where the browser cannot reach the route for uploads: with Streamlit's own form."""
    app.session_state[f"upload-box-{place}"] = {"reachable": False}
    return app.run()


@pytest.fixture
def add_turn(ws: Workspace) -> Callable[..., Turn]:
    """Keeps a turn as it might have ended: `add_turn(dataset, status=TurnStatus.STOPPED)`."""

    def add(dataset: Dataset, conversation: Conversation | None = None, **changes: Any) -> Turn:
        about = conversation or conversations.current(ws, dataset.id)
        now, job_id = datetime.now(UTC), uuid4().hex
        turn = Turn(
            id=uuid4().hex,
            conversation_id=about.id,
            version_id=about.version_id,
            question="average price by region",
            status=TurnStatus.ANSWERED,
            job_id=job_id,
            created_by=ws.user.id,
            created_at=now,
        ).model_copy(update=changes)
        status = JobStatus.DONE if turn.status.is_final else JobStatus.INTERRUPTED
        job = Job(
            id=job_id,
            team_id=ws.team.id,
            kind="answer",
            subject_id=turn.id,
            status=status,
            created_by=ws.user.id,
            created_at=now,
        )
        ws.rows.add_turn(turn, job)
        return turn

    return add
