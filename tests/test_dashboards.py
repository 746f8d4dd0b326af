"""Dashboards: made, arranged, filtered, made anew when data move on, watched, and shared with others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_string
from email.policy import default
from threading import Thread
from typing import Any

import pyarrow as pa
import pytest
from pydantic import SecretStr

from sandbox.messages import Value
from services import alarms, cleaning, conversations, dashboards, datasets, exploration, pins, sharing, tiles
from services.assistant import pipeline
from services.boards import Dashboard, Every, Filter, Shown, Threshold, Tile
from services.circles import ObjectKind, Right, Visibility
from services.code.steps import DropColumns, FilterRows
from services.code.steps.rows import Condition
from services.domain import Dataset
from services.errors import BadInput, Forbidden, NotFound
from services.headlines import number_of
from services.workspace import Backends, Workspace, open_link, open_workspace
from tests.accounts.test_letters import MailServer
from tests.tenancy import world

HOSTILE = "<script>alert(1)</script> =cmd() \u202e"
WEST = Filter(column="region", values=("West",))
BOARD = ObjectKind.DASHBOARD


@pytest.fixture
def board(ws: Workspace) -> Dashboard:
    return dashboards.create(ws, "Sales")


@pytest.fixture
def put(ws: Workspace, orders: Dataset, board: Dashboard) -> Callable[..., Tile]:
    """Puts the answer to a question, an analysis, or one output of it on the dashboard."""
    return lambda asked, only=None: placed(ws, orders, board, asked, only)


def placed(ws: Workspace, about: Dataset, board: Dashboard, asked: Any, only: int | None = None) -> Tile:
    talk = conversations.current(ws, about.id)
    turn = exploration.analyse(ws, talk.id, asked) if isinstance(asked, dict) else pipeline.ask(ws, talk.id, asked)
    return dashboards.add_pin(ws, board.id, pins.pin(ws, turn.id, only).id)


def numbers(found: Sequence[Shown]) -> list[float | None]:
    return [each.number for each in found]


def rows_of(shown: Shown) -> list[dict[str, Any]]:
    assert shown.kept
    [table] = [each for each in shown.kept.outputs if each.kind == "table"]
    return pa.ipc.open_stream(table.arrow).read_all().to_pylist()


def test_a_dashboard_is_made_named_listed_and_deleted(ws: Workspace, board: Dashboard) -> None:
    assert dashboards.rename(ws, board.id, f" {HOSTILE}").name.startswith("<script>")
    assert [each.dashboard.id for each in dashboards.list_all(ws)] == [board.id]
    for wrong in ("", "\n", "x" * 200):
        with pytest.raises(BadInput):
            dashboards.rename(ws, board.id, wrong)
    dashboards.delete(ws, board.id)
    for verb in (lambda: dashboards.get(ws, board.id), lambda: dashboards.add_text(ws, board.id, "x")):
        with pytest.raises(NotFound):
            verb()


def test_tiles_are_put_moved_resized_named_and_removed(
    ws: Workspace, board: Dashboard, put: Callable[..., Tile]
) -> None:
    first, text = put("how many orders are there?"), dashboards.add_text(ws, board.id, f"# Hello\n{HOSTILE}")
    assert (first.number, first.width) == (8.0, 3)
    assert dashboards.move(ws, text.id, -5) == [text.id, first.id]
    assert dashboards.move(ws, text.id, 1) == [first.id, text.id]
    assert dashboards.resize(ws, first.id, 4, 3).width == 4
    for width, height in ((0, 1), (13, 1), (3, 0), (3, 13)):
        with pytest.raises(BadInput):
            dashboards.resize(ws, first.id, width, height)
    assert dashboards.retitle(ws, first.id, "Orders").name == "Orders"
    assert [each.tile.name for each in tiles.shown(ws, board.id)] == ["Orders", ""]
    dashboards.remove(ws, first.id)
    assert [each.tile.id for each in tiles.shown(ws, board.id)] == [text.id]


def test_a_tile_stays_when_its_pin_goes_and_says_so_when_its_dataset_goes(
    ws: Workspace, orders: Dataset, board: Dashboard, put: Callable[..., Tile]
) -> None:
    put("how many orders are there?")
    pins.unpin(ws, pins.list_all(ws)[0].pin.id)
    assert numbers(tiles.shown(ws, board.id)) == [8.0]
    datasets.delete(ws, orders.id)
    [gone] = tiles.shown(ws, board.id)
    assert (gone.kept, gone.problem) == (None, "Its dataset was deleted.")
    datasets.restore(ws, orders.id)
    datasets.delete(ws, orders.id)
    datasets.purge(ws, orders.id)
    assert tiles.shown(ws, board.id) == []


@pytest.mark.parametrize(
    ("filters", "rows"),
    [
        ([WEST], 4),
        ([Filter(column="region", values=("West", "East"))], 6),
        ([Filter(column="date", low="2024-02-01", high="2024-03-01")], 3),
        ([Filter(column="units", low=2, high=4)], 3),
        ([WEST, Filter(column="price", high=45.0)], 2),
        ([Filter(column="region")], 8),
    ],
)
def test_filters_and_ranges_leave_rows_out_before_the_code_runs(
    ws: Workspace, board: Dashboard, put: Callable[..., Tile], filters: list[Filter], rows: int
) -> None:
    put("how many orders are there?")
    tiles.run(ws, board.id, filters)
    [shown] = tiles.shown(ws, board.id, filters)
    assert (shown.number, shown.problem, shown.job_id) == (float(rows), "", "")
    assert tiles.run(ws, board.id, filters) == []  # once made, it is looked up
    assert numbers(tiles.shown(ws, board.id)) == [8.0]


def test_an_analysis_and_a_chart_are_filtered_too(ws: Workspace, board: Dashboard, put: Callable[..., Tile]) -> None:
    put({"kind": "chart", "type": "bar", "x": "product", "y": "units", "measure": "sum"})
    put("total units by product")
    tiles.run(ws, board.id, [WEST])
    for shown in tiles.shown(ws, board.id, [WEST]):
        assert sorted(list(row.values())[-1] for row in rows_of(shown)) == [1, 4, 8], shown.problem


def test_what_no_filter_reaches_says_so_and_the_rest_stays(
    ws: Workspace, board: Dashboard, put: Callable[..., Tile], tmp_path: Any
) -> None:
    put("how many orders are there?")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n3,4\n")
    other = datasets.upload(ws, tmp_path / "other.csv", "other.csv")
    placed(ws, other, board, "how many rows are there?")
    tiles.run(ws, board.id, [WEST])
    first, second = tiles.shown(ws, board.id, [WEST])
    assert (first.number, first.note) == (4.0, "")
    assert (second.number, second.note) == (2.0, "Not filtered: its table has no column “region”.")


def test_a_tile_that_fails_says_why_and_the_others_are_made(
    ws: Workspace, board: Dashboard, put: Callable[..., Tile]
) -> None:
    put("how many orders are there?")
    put({"kind": "chart", "type": "scatter", "x": "units", "y": "price", "trend": True})
    wrong = [Filter(column="units", values=("many",))]
    tiles.run(ws, board.id, wrong)
    assert all("“many” is no number" in each.problem and each.kept is None for each in tiles.shown(ws, board.id, wrong))
    none = [Filter(column="region", values=("Nowhere",))]
    tiles.run(ws, board.id, none)
    assert numbers(tiles.shown(ws, board.id, none))[0] == 0.0


def test_when_the_data_move_on_tiles_are_stale_until_updated_and_say_headlines(
    ws: Workspace, orders: Dataset, board: Dashboard, put: Callable[..., Tile]
) -> None:
    put("how many orders are there?")
    put("average price by region", 0)
    head = cleaning.apply(ws, orders.head_id, west()).version
    assert [each.is_stale for each in tiles.shown(ws, board.id)] == [True, True]
    assert dashboards.list_all(ws)[0].stale == 2
    assert len(tiles.refresh(ws, board.id)) == 2
    first, second = tiles.shown(ws, board.id)
    assert (first.number, first.is_stale, first.tile.version_id) == (4.0, False, head.id)
    assert [(each.before, each.after) for each in first.tile.changes.listed] == [(8, 4)]
    assert None in {each.after for each in second.tile.changes.listed}
    assert second.tile.changes.total > 1
    assert tiles.refresh(ws, board.id, first.tile.id)
    assert tiles.shown(ws, board.id)[0].tile.changes.is_none


def test_an_update_that_fails_keeps_what_the_tile_showed(
    ws: Workspace, orders: Dataset, board: Dashboard, put: Callable[..., Tile]
) -> None:
    put("average price by region")
    put("how many orders are there?")
    cleaning.apply(ws, orders.head_id, DropColumns(columns=("price",)))
    tiles.refresh(ws, board.id)
    broken, whole = tiles.shown(ws, board.id)
    assert "could not be made anew" in broken.problem
    assert broken.kept
    assert broken.kept.outputs
    assert broken.is_stale
    assert (whole.number, whole.problem, whole.is_stale) == (8.0, "", False)


def test_filters_are_kept_with_the_dashboard(ws: Workspace, board: Dashboard, put: Callable[..., Tile]) -> None:
    put("how many orders are there?")
    dashboards.set_filters(ws, board.id, [WEST])
    tiles.settle(ws, board.id)
    assert numbers(tiles.shown(ws, board.id)) == [4.0]
    assert tiles.settle(ws, board.id) == []
    tiles.run(ws, board.id, [])
    assert numbers(tiles.shown(ws, board.id, [])) == [8.0]
    with pytest.raises(BadInput):
        dashboards.set_filters(ws, board.id, [WEST, WEST])


def test_a_value_beyond_its_threshold_alarms(
    ws: Workspace, orders: Dataset, board: Dashboard, put: Callable[..., Tile]
) -> None:
    tile, chart = put("how many orders are there?"), put("average price by region")
    dashboards.watch(ws, tile.id, Threshold(test="under", bound=5))
    assert dashboards.list_all(ws)[0].alarms == ()
    cleaning.apply(ws, orders.head_id, west())
    tiles.refresh(ws, board.id)
    assert dashboards.list_all(ws)[0].alarms == (tile.name,)
    dashboards.watch(ws, tile.id, None)
    assert dashboards.list_all(ws)[0].alarms == ()
    with pytest.raises(BadInput):
        dashboards.watch(ws, chart.id, Threshold(test="over", bound=1))


def test_whoever_made_the_dashboard_gets_a_mail_once_when_it_alarms(ws: Workspace, board: Dashboard) -> None:
    with MailServer() as post:
        Thread(target=post.serve_forever, daemon=True).start()
        told = {"smtp_url": SecretStr(post.url), "mail_from": "pandas@example.org", "public_url": "https://p.example/"}
        mailing = replace(ws.backends, settings=ws.backends.settings.model_copy(update=told))
        maker = world.person(mailing, "kim")
        tile = dashboards.add_text(ws, board.id, "x").model_copy(
            update={"name": HOSTILE, "number": 4.0, "threshold": Threshold(test="under", bound=5)}
        )
        sending = alarms.tell(mailing, board.model_copy(update={"created_by": maker.id}), tile)
        assert sending
        sending.join()
        assert alarms.tell(mailing, board, tile) is None  # the local user has no address
        assert alarms.tell(ws.backends, board.model_copy(update={"created_by": maker.id}), tile) is None
        post.shutdown()
    [mail] = post.mails
    letter = message_from_string(mail, policy=default)
    assert (letter["To"], letter["Subject"]) == ("kim@example.org", "A number on your dashboard")
    assert "is 4, under 5." in letter.get_content()
    assert f"https://p.example/dashboards?dashboard={board.id}" in letter.get_content()


def test_what_is_due_is_refreshed_once_and_not_without_need(
    ws: Workspace, orders: Dataset, board: Dashboard, put: Callable[..., Tile]
) -> None:
    put("how many orders are there?")
    dashboards.set_schedule(ws, board.id, Every.HOUR)
    assert tiles.refresh_due(ws.backends) == 0
    late(ws, board)
    assert tiles.refresh_due(ws.backends) == 0  # the data did not move
    cleaning.apply(ws, orders.head_id, west())
    late(ws, board)
    assert tiles.refresh_due(ws.backends) == 1
    assert tiles.refresh_due(ws.backends) == 0
    assert numbers(tiles.shown(ws, board.id)) == [4.0]
    due = dashboards.get(ws, board.id).due_at
    assert due
    assert due > datetime.now(UTC) + timedelta(minutes=55)


def late(ws: Workspace, board: Dashboard) -> None:
    found = dashboards.get(ws, board.id).model_copy(update={"due_at": datetime.now(UTC) - timedelta(seconds=1)})
    ws.dashboards.save(found, "due_at")


def west() -> FilterRows:
    return FilterRows(conditions=(Condition(column="region", test="=", value="West"),))


def test_a_link_shows_the_dashboard_and_nothing_of_its_dataset(
    ws: Workspace, orders: Dataset, board: Dashboard, put: Callable[..., Tile]
) -> None:
    put("how many orders are there?")
    other = dashboards.create(ws, "Other")
    made = sharing.publish(ws, BOARD, board.id, 1)
    reader = open_link(ws.backends, made.token)
    assert sharing.title(reader).name == "Sales"
    assert numbers(tiles.shown(reader, board.id, [WEST])) == [8.0]
    [shown] = tiles.shown(reader, board.id)
    assert shown.kept
    assert shown.tile.kept
    assert (shown.kept.code, shown.kept.question, shown.tile.kept.code) == ("", "", "")
    assert orders.head_id not in shown.model_dump_json()
    for refused in (
        lambda: datasets.get(reader, orders.id),
        lambda: datasets.page(reader, orders.head_id, 0, 5),
        lambda: tiles.run(reader, board.id, [WEST]),
        lambda: tiles.refresh(reader, board.id),
        lambda: dashboards.rename(reader, board.id, "mine"),
        lambda: pins.list_all(reader),
    ):
        with pytest.raises(Forbidden):
            refused()
    with pytest.raises(NotFound):
        tiles.shown(reader, other.id)
    sharing.stop(ws, made.share.id)
    with pytest.raises(NotFound):
        open_link(ws.backends, made.token)


@pytest.fixture
def ann(backends: Backends) -> Workspace:
    return world.team(backends, world.person(backends, "ann"))


def test_a_guest_who_may_edit_filters_and_arranges_but_sees_no_table(ann: Workspace, orders_csv: Any) -> None:
    orders, board = datasets.upload(ann, orders_csv, "orders.csv"), dashboards.create(ann, "Sales")
    tile = placed(ann, orders, board, "how many orders are there?")
    bob = world.person(ann.backends, "bob")
    share = sharing.with_person(ann, BOARD, board.id, "bob@example.org", Right.EDIT)
    guest = open_workspace(ann.backends, bob.id, share_id=share.id)
    tiles.run(guest, board.id, [WEST])
    assert numbers(tiles.shown(guest, board.id, [WEST])) == [4.0]
    assert tiles.refresh(guest, board.id)
    assert dashboards.resize(guest, tile.id, 6, 2).width == 6
    for refused in (
        lambda: datasets.get(guest, orders.id),
        lambda: datasets.page(guest, orders.head_id, 0, 5),
    ):
        with pytest.raises(NotFound):
            refused()
    with pytest.raises(Forbidden):
        dashboards.delete(guest, board.id)


def test_what_is_private_does_not_get_out_by_a_dashboard(ann: Workspace, orders_csv: Any) -> None:
    orders, board = datasets.upload(ann, orders_csv, "orders.csv"), dashboards.create(ann, "Sales")
    tile = placed(ann, orders, board, "how many orders are there?")
    pin = pins.list_all(ann)[0].pin
    mel = world.join(ann, world.person(ann.backends, "mel"), ann.role)
    made = sharing.publish(ann, BOARD, board.id, 1)
    assert [each.tile.id for each in tiles.shown(mel, board.id)] == [tile.id]
    sharing.show_to(ann, ObjectKind.DATASET, orders.id, Visibility.PRIVATE)
    assert tiles.shown(mel, board.id) == []
    with pytest.raises(NotFound):
        open_link(ann.backends, made.token)
    with pytest.raises(BadInput, match="dataset of this pin is private"):
        dashboards.add_pin(ann, board.id, pin.id)
    sharing.show_to(ann, BOARD, board.id, Visibility.PRIVATE)
    assert dashboards.list_all(mel) == []
    assert dashboards.add_pin(ann, board.id, pin.id)
    with pytest.raises(BadInput):
        sharing.show_to(ann, BOARD, board.id, Visibility.TEAM)


def test_one_number_is_found_where_there_is_one(ws: Workspace) -> None:
    assert number_of([Value(value=3)]) == 3.0
    assert number_of([Value(value={"a": 2.5})]) == 2.5
    for none in ([], [Value(value="x")], [Value(value=True)], [Value(value=[1, 2])], [Value(value=1), Value(value=2)]):
        assert number_of(none) is None
