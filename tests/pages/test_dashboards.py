"""The page of dashboards and pins: made, filled, arranged, filtered, updated, shared, embedded."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from services import cleaning, conversations, dashboards, exploration, jobs, pins, sharing, tiles
from services.assistant import pipeline
from services.boards import Dashboard, Every, Filter, Threshold, Tile
from services.circles import ObjectKind
from services.code.steps import DropColumns, FilterRows
from services.code.steps.rows import Condition
from services.domain import Dataset
from services.workspace import Workspace
from tests.pages.test_floor import words

Show = Callable[..., AppTest]
PAGE = "share/dashboards.py"
SCRIPT = "<script>alert(1)</script>"
ORDERS = "how many orders are there?"
BARS = {"kind": "chart", "type": "bar", "x": "region", "y": "units", "measure": "sum"}


@pytest.fixture
def board(ws: Workspace) -> Dashboard:
    return dashboards.create(ws, f"Sales {SCRIPT}")


def pinned(ws: Workspace, orders: Dataset, asked: object) -> str:
    talk = conversations.current(ws, orders.id)
    turn = exploration.analyse(ws, talk.id, asked) if isinstance(asked, dict) else pipeline.ask(ws, talk.id, str(asked))
    for _ in jobs.follow(ws, turn.job_id):
        pass
    return pins.pin(ws, turn.id).id


def put(ws: Workspace, orders: Dataset, board: Dashboard, asked: object) -> Tile:
    return dashboards.add_pin(ws, board.id, pinned(ws, orders, asked))


def press(app: AppTest, label: str) -> AppTest:
    [button] = [each for each in app.button if each.label == label]
    return button.click().run()


def waited(ws: Workspace, board: Dashboard) -> None:
    for _ in range(600):
        if not tiles.under_way(ws, board.id):
            return
        time.sleep(0.1)
    raise AssertionError("The tiles were not made.")


def test_a_dashboard_is_made_and_opened_for_arranging(show: Show, ws: Workspace) -> None:
    app = show(PAGE)
    assert "No dashboards yet" in words(app)
    app.text_input[0].set_value(f"Sales {SCRIPT}")
    app = press(app, "New dashboard")
    assert not app.exception
    [made] = dashboards.list_all(ws)
    assert made.dashboard.name == f"Sales {SCRIPT}"
    assert "Nothing stands here yet" in words(app)
    assert any(each.label == "Done" for each in app.button)
    assert SCRIPT not in words(app)


def test_an_answer_is_pinned_below_it_and_stands_in_the_list(show: Show, ws: Workspace, orders: Dataset) -> None:
    talk = conversations.current(ws, orders.id)
    turn = pipeline.ask(ws, talk.id, "average price by region")
    for _ in jobs.follow(ws, turn.job_id):
        pass
    app = show(dataset=orders.id)
    app.button(key=f"pin-{turn.id}-all").click().run()
    assert not app.exception
    assert [each.pin.turn_id for each in pins.list_all(ws)] == [turn.id]
    assert app.button(key=f"pin-{turn.id}-all").disabled
    app = show(PAGE)
    assert "average price by region" in words(app)
    app.button(key=f"pin-unpin-{pins.list_all(ws)[0].pin.id}").click().run()
    assert pins.list_all(ws) == []


def test_tiles_show_numbers_charts_tables_and_texts(
    show: Show, ws: Workspace, orders: Dataset, board: Dashboard
) -> None:
    for asked in (ORDERS, BARS, "average price by region"):
        put(ws, orders, board, asked)
    dashboards.add_text(ws, board.id, f"# Hello\n- one {SCRIPT}\nplain")
    app = show(PAGE, dashboard=board.id)
    assert not app.exception
    assert "# 8" in [each.value for each in app.markdown]
    assert app.dataframe
    assert app.get("plotly_chart")
    assert SCRIPT not in words(app)
    assert "### Hello" in words(app)


def test_tiles_are_arranged(show: Show, ws: Workspace, orders: Dataset, board: Dashboard) -> None:
    first, second = put(ws, orders, board, ORDERS), dashboards.add_text(ws, board.id, "Words")
    app = show(PAGE, dashboard=board.id, mode="arrange")
    app.button(key=f"later-{first.id}").click().run()
    assert [each.id for each in ws.dashboards.tiles(board.id)] == [second.id, first.id]
    app.text_input(key=f"name-{first.id}").set_value(f"Orders {SCRIPT}").run()
    app.button(key=f"save-{first.id}").click().run()
    assert ws.dashboards.tile(first.id).name == f"Orders {SCRIPT}"
    app.slider(key=f"height-{first.id}-2").set_value(4).run()
    assert ws.dashboards.tile(first.id).height == 4
    app.selectbox(key=f"test-{first.id}").set_value("over").run()
    app.number_input(key=f"bound-{first.id}").set_value(5.0).run()
    app.button(key=f"watch-{first.id}").click().run()
    assert ws.dashboards.tile(first.id).threshold == Threshold(test="over", bound=5.0)
    assert "Over 5" in words(app)
    app.button(key=f"remove-{second.id}").click().run()
    assert [each.id for each in ws.dashboards.tiles(board.id)] == [first.id]
    assert not app.exception
    assert "1 alarm" in words(show(PAGE))


def test_filters_make_the_tiles_anew_and_can_be_kept(
    show: Show, ws: Workspace, orders: Dataset, board: Dashboard
) -> None:
    put(ws, orders, board, ORDERS)
    west = '[{"column":"region","values":["West"]},{"column":"date","low":"2024-02-01"}]'
    app = show(PAGE, dashboard=board.id, filters=west)
    waited(ws, board)
    app.run()
    assert "# 3" in [each.value for each in app.markdown]
    app.multiselect(key=f"filter-{board.id}-region").set_value(["West", "East"]).run()
    waited(ws, board)
    app.run()
    assert "# 4" in [each.value for each in app.markdown]
    press(app, "Keep these filters")
    waited(ws, board)
    assert dashboards.get(ws, board.id).filters[0].values == ("West", "East")
    assert [each.number for each in tiles.shown(ws, board.id)] == [4.0]


@pytest.mark.long
def test_what_the_address_says_wrong_is_left_out(show: Show, orders: Dataset, ws: Workspace, board: Dashboard) -> None:
    put(ws, orders, board, ORDERS)
    for wrong in ("x", '[{"column":1}]', '[{"column":"nowhere","values":["1"]}]'):
        app = show(PAGE, dashboard=board.id, filters=wrong)
        assert not app.exception
        assert "# 8" in [each.value for each in app.markdown]
    assert "does not exist" in words(show(PAGE, dashboard="nowhere"))


def test_update_all_tells_what_changed_and_a_failure_leaves_the_rest(
    show: Show, ws: Workspace, orders: Dataset, board: Dashboard
) -> None:
    put(ws, orders, board, ORDERS)
    put(ws, orders, board, "average price by region")
    west = FilterRows(conditions=(Condition(column="region", test="=", value="West"),))
    head = cleaning.apply(ws, orders.head_id, west).version
    cleaning.apply(ws, head.id, DropColumns(columns=("price",)))
    app = press(show(PAGE, dashboard=board.id), "Update all · 2")
    waited(ws, board)
    app.run()
    assert not app.exception
    assert "# 4" in [each.value for each in app.markdown]
    assert "could not be made anew" in words(app)
    assert "8 → **4**" in words(app)
    assert any(each.label == "Update all · 1" for each in app.button)


def test_the_rows_behind_a_mark_and_behind_a_tile_are_shown(
    show: Show, ws: Workspace, orders: Dataset, board: Dashboard
) -> None:
    tile = put(ws, orders, board, BARS)
    late = '[{"column":"date","low":"2024-02-01"}]'
    app = show(PAGE, dashboard=board.id, filters=late)
    waited(ws, board)
    app.run()
    marks = {"selection": {"points": [{"curve_number": 0, "x": "West"}], "box": []}}
    app.session_state[f"tile-{tile.id}-1"] = marks
    app.run()
    app.session_state[f"tile-{tile.id}-1"] = marks
    app.button(key=f"see-{tile.id}").click().run()
    assert not app.exception
    assert "3 rows" in words(app)
    app = press(show(PAGE, dashboard=board.id), "Rows")
    assert "8 rows" in words(app)


def test_full_screen_and_a_link_show_nothing_but_the_dashboard(
    show: Show, ws: Workspace, orders: Dataset, board: Dashboard
) -> None:
    put(ws, orders, board, ORDERS)
    dashboards.set_filters(ws, board.id, [Filter(column="region", values=("West",))])
    tiles.settle(ws, board.id)
    waited(ws, board)
    app = show(PAGE, dashboard=board.id, mode="full")
    assert {each.label for each in app.button} <= {""} | {"Filters"}
    token = sharing.publish(ws, ObjectKind.DASHBOARD, board.id, 1).token
    app = show("share/shared.py", link=token)
    assert not app.exception
    assert "# 4" in [each.value for each in app.markdown]
    assert "region: West" in words(app).replace("\\", "")
    assert not app.button
    assert not app.multiselect


def test_dialogs_add_rename_schedule_and_delete(show: Show, ws: Workspace, orders: Dataset, board: Dashboard) -> None:
    pin = pinned(ws, orders, ORDERS)
    app = press(show(PAGE, dashboard=board.id), "Add")
    [choice] = [each for each in app.multiselect if each.label == "Pins"]
    choice.set_value([pin])
    press(app, "Add")
    again(app, "Add", "add-pins")
    assert len(ws.dashboards.tiles(board.id)) == 1
    app = press(show(PAGE, dashboard=board.id), "Schedule")
    app.selectbox[0].set_value(Every.DAY)
    again(app, "Schedule", "save-schedule")
    assert dashboards.get(ws, board.id).every == "day"
    for kind, id, name in (("board", board.id, board.name), ("pin", pin, ORDERS)):
        app = show(PAGE)
        app.button(key=f"{kind}-rename-{id}").click().run()
        [field] = [each for each in app.text_input if each.value == name]
        field.set_value("Numbers")
        app.button(key=f"{kind}-rename-{id}").click()
        app.button(key="save-name").click().run()
    assert (dashboards.get(ws, board.id).name, pins.get(ws, pin).name) == ("Numbers", "Numbers")
    app = show(PAGE)
    app.button(key=f"board-delete-{board.id}").click().run()
    app.button(key=f"board-delete-{board.id}").click()
    app.button(key="delete-board").click().run()
    assert not app.exception
    assert dashboards.list_all(ws) == []


def again(app: AppTest, opener: str, key: str) -> None:
    """Presses a button in a dialog. A run here is one of the whole page: what opens the dialog is pressed with it."""
    [button] = [each for each in app.button if each.label == opener]
    button.click()
    app.button(key=key).click().run()
    assert not app.exception
