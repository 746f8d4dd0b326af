"""The profile page, as far as it can be tested without a browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from services import cleaning, datasets, jobs, profiling
from services.domain import AlertKind, Dataset, Semantic
from services.workspace import Workspace

Show = Callable[..., AppTest]
PAGE = "data/profile.py"
CHANGED = 'df["price"] = df["price"] * 3 + 100'
HOSTILE = "![x](https://evil.example/x.png) <b>"


def words(app: AppTest) -> str:
    kinds = ("title", "markdown", "caption", "text", "metric")
    return "\n".join(f"{getattr(e, 'label', '')} {e.value}" for kind in kinds for e in app.get(kind))


def made(ws: Workspace, dataset: Dataset) -> None:
    """Waits until the whole profile is there."""
    if job := profiling.start(ws, dataset.head_id):
        for _ in jobs.follow(ws, job.id):
            pass


def messy(ws: Workspace, tmp_path: Path) -> Dataset:
    rows = [f"{place},{'' if place % 4 else place},{'a ' if place % 2 else 'a'},{place % 3}" for place in range(60)]
    path = tmp_path / "messy.csv"
    path.write_text("\n".join([f'id,price,"{HOSTILE}",units', *rows]))
    return datasets.upload(ws, path, "messy.csv")


def test_first_facts_are_drawn_before_the_rest(show: Show, ws: Workspace, orders: Dataset) -> None:
    app = show(PAGE, dataset=orders.id)
    assert not app.exception
    assert "Rows 8" in words(app)
    assert len([button for button in app.button if button.label == "Detail"]) == 6


def test_a_table_stays_open_beside_another_of_the_same_name(show: Show, ws: Workspace, tmp_path: Path) -> None:
    older, newer = messy(ws, tmp_path), messy(ws, tmp_path)
    for each in (newer, older):
        app = show(PAGE, dataset=each.id)
        app.segmented_control[0].set_value("Alerts").run()
        assert not app.exception
        assert app.query_params["dataset"] in (each.id, [each.id])
    app.selectbox[0].select(newer.id).run()
    assert app.query_params["dataset"] in (newer.id, [newer.id])


def test_an_alert_shows_what_its_remedy_would_do(show: Show, ws: Workspace, tmp_path: Path) -> None:
    dataset = messy(ws, tmp_path)
    made(ws, dataset)
    app = show(PAGE, dataset=dataset.id)
    app.segmented_control[0].set_value("Alerts").run()
    assert not app.exception
    assert "Missing values" in words(app)
    assert not any("![" in e.value for kind in ("markdown", "caption") for e in app.get(kind))
    mend = next(button for button in app.button if button.label.startswith("Tidy the spaces"))
    mend.click().run()
    assert not app.exception
    assert "table_rows: 60 rows" in words(app)
    assert [button for button in app.button if button.label == "Apply"]


def test_an_alert_is_dismissed_and_brought_back(show: Show, ws: Workspace, tmp_path: Path) -> None:
    dataset = messy(ws, tmp_path)
    made(ws, dataset)
    app = show(PAGE, dataset=dataset.id)
    app.segmented_control[0].set_value("Alerts").run()
    before = profiling.get(ws, dataset.head_id).alerts
    next(button for button in app.button if button.label == "Dismiss").click().run()
    assert not app.exception
    assert profiling.get(ws, dataset.head_id).dismissed == before[:1]
    assert "Dismissed (1)" in [each.label for each in app.expander]
    next(button for button in app.button if button.label == "Bring back").click().run()
    assert not app.exception
    assert profiling.get(ws, dataset.head_id).alerts == before


def test_nothing_is_called_right_before_it_was_looked_at(show: Show, ws: Workspace, orders: Dataset) -> None:
    first = ws.rows.profile(orders.head_id).model_copy(update={"alerts": (), "edition": 0})
    ws.rows.save_profile(first)
    app = show(PAGE, dataset=orders.id)
    app.segmented_control[0].set_value("Alerts").run()
    assert "not known yet" in words(app) or profiling.is_whole(ws.rows.profile(orders.head_id))


def test_cards_are_found_by_name_and_by_alert(show: Show, ws: Workspace, tmp_path: Path) -> None:
    dataset = messy(ws, tmp_path)
    made(ws, dataset)
    app = show(PAGE, dataset=dataset.id)
    app.text_input[0].set_value("PRI").run()
    assert len([button for button in app.button if button.label == "Detail"]) == 1
    app.text_input[0].set_value("").run()
    kind = next(box for box in app.selectbox if box.label == "Alert")
    kind.set_value(AlertKind.WHITE_SPACE).run()
    assert len([button for button in app.button if button.label == "Detail"]) == 1


def test_the_detail_of_a_column_lets_one_say_what_it_is_for(show: Show, ws: Workspace, tmp_path: Path) -> None:
    dataset = messy(ws, tmp_path)
    made(ws, dataset)
    app = show(PAGE, dataset=dataset.id)
    [*_, last] = [button for button in app.button if button.label == "Detail"]
    last.click().run()
    assert not app.exception
    assert next(box for box in app.selectbox if box.label == "Used as").value is Semantic.COUNT
    assert [button for button in app.button if button.label == "Keep"]


def test_relations_and_comparison_are_drawn(show: Show, ws: Workspace, orders: Dataset, tmp_path: Path) -> None:
    other = messy(ws, tmp_path)
    made(ws, orders)
    app = show(PAGE, dataset=orders.id)
    app.segmented_control[0].set_value("Relations").run()
    assert not app.exception
    app.segmented_control[0].set_value("Compare").run()
    next(box for box in app.selectbox if box.label == "Compare with").set_value(other.head_id).run()
    assert not app.exception
    assert "Only here" in words(app)


def test_two_versions_are_compared_side_by_side(show: Show, ws: Workspace, orders: Dataset) -> None:
    cleaning.apply(ws, orders.head_id, cleaning.step({"kind": "code", "code": CHANGED, "sentence": "Dearer"}))
    app = show(PAGE, dataset=orders.id)
    app.segmented_control[0].set_value("Compare").run()
    box = next(box for box in app.selectbox if box.label == "Compare with")
    assert len(box.options) == 1
    box.set_value(orders.head_id).run()
    assert not app.exception
    next(box for box in app.selectbox if box.label == "Side by side").set_value("price").run()
    assert not app.exception
    assert {"There", "Here"} <= {caption.value for caption in app.caption}


def test_personal_data_can_be_masked_in_one_click(show: Show, ws: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("email,units\n" + "\n".join(f"jane.doe{n}@example.com,{n % 7}" for n in range(40)))
    dataset = datasets.upload(ws, path, "people.csv")
    made(ws, dataset)
    app = show(PAGE, dataset=dataset.id)
    app.segmented_control[0].set_value("Alerts").run()
    next(button for button in app.button if button.label.startswith("Mask “email”")).click().run()
    assert not app.exception
    assert [button for button in app.button if button.label == "Apply"]
