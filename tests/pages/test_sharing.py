"""What a published link shows, what is shared, and the team page."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from services import conversations, datasets, sharing, teams
from services.domain import Dataset, ObjectKind, Turn
from services.workspace import Workspace, open_workspace

Show = Callable[..., AppTest]
SCRIPT = "<script>alert(1)</script> :red[x]"


def test_a_link_shows_the_table_its_version_and_nothing_else(show: Show, ws: Workspace, orders: Dataset) -> None:
    datasets.rename(ws, orders.id, SCRIPT)
    token = sharing.publish(ws, ObjectKind.DATASET, orders.id).token
    app = show("share/shared.py", link=token)
    assert not app.exception
    assert "script" in app.title[0].value
    assert r"\<script" in app.title[0].value  # escaped: drawn as text
    assert any("Version of" in caption.value for caption in app.caption)
    assert len(app.dataframe[0].value) == 8
    assert not app.button


def test_a_link_that_has_ended_says_so(show: Show, ws: Workspace, orders: Dataset) -> None:
    made = sharing.publish(ws, ObjectKind.DATASET, orders.id)
    sharing.stop(ws, made.share.id)
    app = show("share/shared.py", link=made.token)
    assert not app.exception
    assert not app.dataframe
    assert any("not shared with you" in each.value for each in app.markdown)


def test_a_shared_conversation_is_read(
    show: Show, ws: Workspace, orders: Dataset, add_turn: Callable[..., Turn]
) -> None:
    turn = add_turn(orders, question=SCRIPT)
    token = sharing.publish(ws, ObjectKind.CONVERSATION, turn.conversation_id).token
    app = show("share/shared.py", link=token)
    assert not app.exception
    assert any(SCRIPT in text.value for text in app.text)
    assert conversations.is_shared(ws, turn.conversation_id)


def test_a_team_with_a_hostile_name_is_drawn(show: Show, ws: Workspace) -> None:
    team = teams.create(ws, SCRIPT)
    app = show("team/members.py", team=team.id)
    assert not app.exception
    assert r"\<script" in app.title[0].value  # escaped: drawn as text
    assert open_workspace(ws.backends, ws.user.id, team.id).team.name == SCRIPT
