"""The page of charts: the form follows the type; a chart and a gallery are drawn."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from components import answer_card
from components.words import literal
from services import conversations, datasets, exploration
from services.domain import Dataset
from services.workspace import Workspace
from tests.pages.test_floor import words
from tests.pages.test_statistics import shop, wait  # noqa: F401

PAGE = "analyse/explore.py"
REASON = "Two amounts: do they go together?"


def button(app: AppTest, label: str) -> object:
    return next(each for each in app.button if each.label == label)


def test_a_chart_is_drawn(ws: Workspace, show: Callable[..., AppTest], shop: Dataset) -> None:  # noqa: F811
    app = show(PAGE, dataset=shop.id)
    button(app, "Draw").click().run()  # type: ignore[attr-defined]
    app = wait(ws, app, shop)
    assert "Bars of “region”" in words(app)
    assert len(app.get("plotly_chart")) == 1


def test_a_gallery_is_one_click_away(ws: Workspace, show: Callable[..., AppTest], shop: Dataset) -> None:  # noqa: F811
    app = show(PAGE, dataset=shop.id)
    button(app, "Gallery").click().run()  # type: ignore[attr-defined]
    app = wait(ws, app, shop)
    assert len(app.get("plotly_chart")) >= 4
    assert literal("How “price” is spread.") in words(app)
    assert any(box.label == "Chart to go on with" for box in app.selectbox)


def test_picked_columns_suggest_charts_with_the_reason(
    ws: Workspace,
    show: Callable[..., AppTest],
    shop: Dataset,  # noqa: F811
) -> None:
    app = show(PAGE, dataset=shop.id)
    app.multiselect[0].set_value(["price", "cost"]).run()
    assert literal(REASON) in words(app)
    button(app, "Draw").click().run()  # type: ignore[attr-defined]
    app = wait(ws, app, shop)
    assert "Scatter of “cost” and “price”" in words(app) or "Scatter of “price” and “cost”" in words(app)
    assert words(app).count(literal(REASON)) == 2


def test_a_filter_a_restyled_chart_and_rows(
    ws: Workspace,
    show: Callable[..., AppTest],
    shop: Dataset,  # noqa: F811
) -> None:
    app = show(PAGE, dataset=shop.id)
    next(box for box in app.multiselect if box.label == "Filter by").set_value(["region"]).run()
    next(box for box in app.multiselect if box.label == "region").set_value(["North"]).run()
    button(app, "Draw").click().run()  # type: ignore[attr-defined]
    app = wait(ws, app, shop)
    turn = conversations.turns(ws, conversations.current(ws, shop.id).id)[-1]
    [test] = exploration.charts(turn)[0]["where"]
    assert (test["column"], test["test"], test["values"]) == ("region", "one of", ["North"])
    app.text_input(key=f"words-{turn.id}").set_value("horizontal, green, title Mine")
    button(app, "Restyle").click().run()  # type: ignore[attr-defined]
    app = wait(ws, app, shop)
    turn = conversations.turns(ws, conversations.current(ws, shop.id).id)[-1]
    assert exploration.charts(turn)[0]["type"] == "lying bar"
    assert exploration.charts(turn)[0]["title"] == "Mine"
    app.text_input(key=f"words-{turn.id}").set_value("dance")
    app.button(key=f"FormSubmitter:say-{turn.id}-Restyle").click().run()
    assert literal("“dance” was not understood.") in words(app)


def test_rows_behind_a_mark_are_shown_and_drawn_alone(
    ws: Workspace,
    show: Callable[..., AppTest],
    shop: Dataset,  # noqa: F811
) -> None:
    app = show(PAGE, dataset=shop.id)
    button(app, "Draw").click().run()  # type: ignore[attr-defined]
    app = wait(ws, app, shop)
    turn = conversations.turns(ws, conversations.current(ws, shop.id).id)[-1]
    assert turn.answer is not None
    key = answer_card.chart_key(turn, next(each for each in turn.answer.outputs if each.kind == "figure"))
    app.session_state[key] = {"selection": {"points": [{"curve_number": 0, "x": "North"}], "box": []}}
    app.run()
    assert "region is North" in words(app)
    app.button(key=f"see-chosen-{turn.id}").click().run()
    assert not app.exception
    assert "rows: region is North" in words(app)
    app.session_state[key] = {"selection": {"points": [{"curve_number": 0, "x": "North"}], "box": []}}
    app.button(key=f"only-chosen-{turn.id}").click().run()
    app = wait(ws, app, shop)
    last = conversations.turns(ws, conversations.current(ws, shop.id).id)[-1]
    assert exploration.charts(last)[0]["where"] == [{"column": "region", "test": "=", "value": "North", "values": []}]


def test_a_table_of_words_says_so(ws: Workspace, show: Callable[..., AppTest], tmp_path: Path) -> None:
    path = tmp_path / "notes.csv"
    path.write_text("note\n" + "\n".join(f"note {n} about some thing" for n in range(90)), encoding="utf-8")
    app = show(PAGE, dataset=datasets.upload(ws, path, path.name).id)
    button(app, "Gallery").click().run()  # type: ignore[attr-defined]
    assert "No column of this table is an amount" in words(app)
    assert not app.exception


def test_the_form_follows_the_type(show: Callable[..., AppTest], shop: Dataset) -> None:  # noqa: F811
    app = show(PAGE, dataset=shop.id)
    for name, type in exploration.chart_types().items():
        app.pills[0].set_value(type.group).run()
        next(box for box in app.selectbox if box.label == "Chart").set_value(name).run()
        assert not app.exception
