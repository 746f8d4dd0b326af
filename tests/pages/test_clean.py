"""The page that changes a table: a step is tried first, then applied, and can be undone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from services import change_jobs, cleaning, conversations, datasets, jobs, recipes, versions
from services.cleaning import Origin
from services.domain import Dataset, JobStatus
from services.workspace import Workspace
from tests.code.examples import examples

Show = Callable[..., AppTest]
PAGE = "data/clean.py"


def words(app: AppTest) -> str:
    return "\n".join(str(e.value) for kind in ("markdown", "caption", "code") for e in app.get(kind))


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def test_own_code_is_tried_on_every_row_before_it_is_applied(show: Show, ws: Workspace, orders: Dataset) -> None:
    app = show(PAGE, dataset=orders.id)
    assert app.button(key="try-form").disabled
    app.button_group(key="step-group").set_value("values").run()
    app.button_group(key="step-values").set_value("code").run()
    app.text_area(key="step-code").set_value("df['total'] = df['units'] * df['price']").run()
    app = app.button(key="try-form").click().run()
    assert not app.exception
    assert "New: total" in words(app)
    assert "df['total'] = df['units'] * df['price']" in words(app)
    assert len(versions.list_all(ws, orders.id)) == 1


def test_a_change_in_words_is_tried(show: Show, orders: Dataset) -> None:
    app = show(PAGE, dataset=orders.id)
    app.text_input(key="described").set_value("add a column total = price * units, then sort by total")
    app = app.button(key="try-words").click().run()
    assert not app.exception
    assert "New: total" in words(app)
    app = show(PAGE, dataset=orders.id)
    app.text_input(key="described").set_value("drop the column nonsense")
    app = app.button(key="try-words").click().run()
    assert not app.exception
    assert "nonsense" in words(app)


def test_a_step_that_fails_says_why(show: Show, orders: Dataset) -> None:
    app = show(PAGE, dataset=orders.id)
    app.button_group(key="step-group").set_value("types").run()
    app.selectbox(key="step-cast-column").set_value("region").run()
    app.selectbox(key="step-cast-to").set_value("integer").run()
    app = app.button(key="try-form").click().run()
    assert not app.exception
    assert "8 of 8 values" in words(app)


def test_the_form_of_every_kind_gives_the_step_that_it_is_filled_in_with() -> None:
    wanted = {name: step.model_dump(mode="json") for name, step in examples("t", "x", "d", "g").items()}
    app = AppTest.from_function(draw, args=(wanted,), default_timeout=100).run()
    assert not app.exception
    drawn = {}
    for shown in app.json:
        given = json.loads(shown.value)
        assert given is not None
        drawn[given["kind"]] = cleaning.step(given).model_dump(mode="json")
    assert len(drawn) >= 45
    assert drawn == {name: wanted[name] for name in drawn}


def draw(wanted: dict[str, dict[str, object]]) -> None:
    """The form of each kind, filled in; what it gives as JSON."""
    import streamlit as st

    from components import step_form
    from services import cleaning
    from services.domain import ColumnProfile, Kind, Profile, Semantic

    kinds = {"t": Kind.TEXT, "x": Kind.DECIMAL, "d": Kind.DATETIME, "g": Kind.TEXT}
    known = [
        ColumnProfile(name=name, kind=kind, semantic=Semantic.TEXT, missing=0, distinct=3)
        for name, kind in kinds.items()
    ]
    profile = Profile(version_id="v", rows=3, columns=tuple(known))
    for kind in cleaning.kinds():
        if kind["title"] and kind["kind"] not in step_form.NEEDS_TABLE:
            st.json(step_form.fields(kind, profile, wanted[kind["kind"]], kind["kind"]))


def test_the_steps_so_far_are_told_and_undone(show: Show, ws: Workspace, orders: Dataset) -> None:
    conversation = conversations.create(ws, orders.id)
    data = {"kind": "filter", "conditions": [{"column": "region", "test": "=", "value": "West"}]}
    cleaning.apply(ws, orders.head_id, cleaning.step(data), Origin(conversation.id))
    app = show(PAGE, dataset=orders.id, conversation=conversation.id)
    assert "1 · Keep the rows where “region”" in words(app)
    app = press(app, "Undo")
    assert not app.exception
    assert "1 · Keep" not in words(app)
    assert "You are not on the head" in words(app)
    assert datasets.get(ws, orders.id).head_id != conversations.get(ws, conversation.id).version_id


def test_a_change_under_way_is_followed_by_who_comes_back(show: Show, ws: Workspace, orders: Dataset) -> None:
    conversation = conversations.create(ws, orders.id)
    slow = cleaning.step({"kind": "code", "code": "for number in range(40_000_000):\n    pass\ndf['new'] = 1"})
    change_jobs.apply(ws, orders.head_id, [slow], Origin(conversation.id))
    app = show(PAGE, dataset=orders.id, conversation=conversation.id)
    assert not app.exception
    assert "new" in datasets.head(ws, orders.id).columns
    assert "1 · Run" in words(app)


def test_suggestions_are_accepted_and_rejected(show: Show, ws: Workspace, tmp_path: Path) -> None:
    rows = [f"{n},{n % 3},{('Bonn', 'Ulm', 'Trier')[n % 3]}" for n in range(60)]
    rows[7] = "7,1,Bonn"
    path = tmp_path / "cities.csv"
    path.write_text("\n".join(["id,code,city", *rows]) + "\n")
    dataset = datasets.upload(ws, path, "cities.csv")
    app = show(PAGE, dataset=dataset.id)
    assert not app.exception
    assert "Repair 1 cell of “city”" in words(app)
    app = press(app, "Accept all recommended (1)")
    assert "Give “city” the value that most rows" in words(app)
    app = press(show(PAGE, dataset=dataset.id), "Reject")
    assert "Repair 1 cell of “city”" not in words(app)


def test_pairs_of_rows_are_compared_and_one_of_them_dropped(show: Show, ws: Workspace, tmp_path: Path) -> None:
    names = [
        f"{first} {last}" for first in ("Anna", "Berta", "Clara") for last in ("Abendroth", "Birkenfeld", "Cramer")
    ]
    rows = [
        f"{n},{name} of {place}"
        for n, (name, place) in enumerate(zip(names, ["Ulm", "Jena", "Kiel", "Bonn"] * 3, strict=False))
    ]
    path = tmp_path / "people.csv"
    path.write_text("\n".join(["id,who", *rows, "77,Anna Abendrot of Ulm"]) + "\n")
    dataset = datasets.upload(ws, path, "people.csv")
    app = show(PAGE, dataset=dataset.id)
    assert "1 pair of rows that are nearly the same" in words(app)
    app = app.toggle[0].set_value(True).run()
    assert not app.exception
    assert any("Row" in each.value.columns for each in app.dataframe)
    assert "They differ in 2 columns" in words(app)
    ways = next(each for each in app.button_group if "Keep both" in each.options)
    app = press(ways.set_value("Keep row 1").run(), "Try dropping 1 row")
    assert not app.exception
    assert "Drop row 10" in words(app)


def test_a_step_of_the_list_is_switched_off_moved_edited_and_deleted(
    show: Show, ws: Workspace, orders: Dataset
) -> None:
    conversation = conversations.create(ws, orders.id)
    listed = [
        cleaning.step({"kind": "first_rows", "rows": 5}),
        cleaning.step({"kind": "rename", "names": {"units": "pieces"}}),
        cleaning.step({"kind": "round", "columns": ["pieces"]}),
    ]
    cleaning.apply_all(ws, orders.head_id, listed, Origin(conversation.id))

    def act(what: str, place: int) -> AppTest:
        app = show(PAGE, dataset=orders.id, conversation=conversation.id)
        return app.button(key=f"recipe-{what}-{place}").click().run()

    def at() -> list[str]:
        return [each.describe() for each in recipes.of_version(ws, conversations.get(ws, conversation.id).version_id)]

    assert not act("switch", 0).exception
    assert at()[0] == "Off: Keep the first 5 rows"
    here = datasets.version(ws, conversations.get(ws, conversation.id).version_id)
    assert here.rows == 8
    assert datasets.get(ws, orders.id).head_id == here.id
    act("down", 0)
    assert at()[1] == "Off: Keep the first 5 rows"
    app = act("delete", 0)
    assert "Some steps no longer fit" in str(app.main) or "There is no column" in words(app)
    assert len(at()) == 3
    act("delete", 1)
    assert len(at()) == 2
    assert not act("edit", 1).exception


def test_a_step_edited_wrongly_says_why_and_keeps_what_was_written(show: Show, ws: Workspace, orders: Dataset) -> None:
    conversation = conversations.create(ws, orders.id)
    first, wrong = (cleaning.step({"kind": "code", "code": f"df = df{each}"}) for each in (".head(3)", "[['nothing']]"))
    made = cleaning.apply(ws, orders.head_id, first, Origin(conversation.id)).version
    app = show(PAGE, dataset=orders.id, conversation=conversation.id)
    job = recipes.rework(ws, conversation.id, [wrong])
    assert list(jobs.follow(ws, job.id))[-1].status is JobStatus.FAILED
    app.session_state["held"] = (f"edit {made.id} 0", job.id)
    for _ in range(2):
        assert not app.run().exception
        assert ("nothing" in words(app)) == bool(app.text_area)
        assert [each.value for each in app.text_area] in (["df = df[['nothing']]"], [])
    assert not app.text_area, "it opens once by itself"
    assert datasets.head(ws, orders.id).rows == 3
