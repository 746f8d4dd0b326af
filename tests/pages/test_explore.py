"""The page of charts: the form follows the type; a chart and a gallery are drawn."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from services import exploration
from services.domain import Dataset
from services.workspace import Workspace
from tests.pages.test_floor import words
from tests.pages.test_statistics import shop, wait  # noqa: F401

PAGE = "analyse/explore.py"


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


def test_the_form_follows_the_type(show: Callable[..., AppTest], shop: Dataset) -> None:  # noqa: F811
    app = show(PAGE, dataset=shop.id)
    for name, type in exploration.chart_types().items():
        app.pills[0].set_value(type.group).run()
        next(box for box in app.selectbox if box.label == "Chart").set_value(name).run()
        assert not app.exception
