"""What a published link shows, what is shared, and the team page."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from services import (
    cleaning,
    conversations,
    dashboards,
    datasets,
    recipes,
    report_exports,
    report_shelf,
    sharing,
    teams,
)
from services.binding import SectionKind
from services.code.steps import Condition, FilterRows
from services.domain import Answer, Dataset, ObjectKind, Turn
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


def test_a_shared_report_is_read_and_nothing_of_it_can_be_changed(
    show: Show, ws: Workspace, orders: Dataset, add_turn: Callable[..., Turn]
) -> None:
    turn = add_turn(orders, question=SCRIPT, answer=Answer(text="109.25", code="result = 1"))
    report = report_shelf.from_conversation(ws, turn.conversation_id)
    report_shelf.add_about(ws, report.id, SectionKind.PROFILE, orders.head_id)
    report_shelf.rename(ws, report.id, SCRIPT, "of spring")
    report_shelf.summarise(ws, report.id, "all is well")
    app = show("share/shared.py", link=sharing.publish(ws, ObjectKind.REPORT, report.id).token)
    assert not app.exception
    assert r"\<script" in app.title[0].value  # escaped: drawn as text
    assert any("all is well" in text.value for text in app.text)
    assert {*report_exports.summary(ws, orders.head_id)} <= {text.value for text in app.text}
    assert not app.button
    assert not app.text_area


def test_one_click_on_a_profile_a_dashboard_and_a_recipe_makes_a_report(
    show: Show, ws: Workspace, orders: Dataset, add_turn: Callable[..., Turn]
) -> None:
    board = dashboards.create(ws, "Sales")
    dashboards.add_text(ws, board.id, "mine")
    made = cleaning.apply(ws, orders.head_id, FilterRows(conditions=(Condition(column="units", test=">", value=1),)))
    recipes.save(ws, made.version.id, "Monthly")
    places = ("data/profile.py", {"dataset": orders.id}), ("share/dashboards.py", {"dashboard": board.id})
    for place, given in (*places, ("data/recipes.py", {"dataset": orders.id})):
        app = show(place, **given)
        [button] = [each for each in app.button if each.label == "Report"]
        button.click().run()
    assert {each.report.title for each in report_shelf.list_all(ws)} == {"orders", "Sales", "Monthly"}


def test_an_answer_says_that_its_table_has_moved_on(
    show: Show, ws: Workspace, orders: Dataset, add_turn: Callable[..., Turn]
) -> None:
    add_turn(orders, answer=Answer(text="109.25", code="result = 1"))
    shown = {"dataset": orders.id, "conversation": conversations.current(ws, orders.id).id}
    assert not any("Out of date" in each.value for each in show("analyse/chat.py", **shown).markdown)
    cleaning.apply(ws, orders.head_id, FilterRows(conditions=(Condition(column="units", test=">", value=1),)))
    app = show("analyse/chat.py", **shown)
    assert not app.exception
    assert any("Out of date" in each.value for each in app.markdown)
