"""The page of statistics: the form follows the kind, runs it, and shows why the method was chosen."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from components.words import literal
from services import conversations, datasets, exploration
from services.domain import Dataset
from services.workspace import Workspace
from tests.pages.test_floor import words

PAGE = "analyse/statistics.py"
PATIENCE = 50
"""Seconds: the sandbox starts with the first run."""


@pytest.fixture
def shop(ws: Workspace, tmp_path: Path) -> Dataset:
    rng = np.random.default_rng()
    frame = pd.DataFrame({"region": rng.choice(["North", "South"], 200), "price": rng.normal(50, 9, 200)})
    frame["cost"] = frame.price + rng.normal(0, 4, 200)
    path = tmp_path / "shop.csv"
    frame.to_csv(path, index=False)
    return datasets.upload(ws, path, path.name)


def wait(ws: Workspace, app: AppTest, dataset: Dataset) -> AppTest:
    """The page once the analysis has ended."""
    conversation = conversations.current(ws, dataset.id)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        turns = conversations.turns(ws, conversation.id)
        if turns and turns[-1].status.is_final:
            return app.run()
        time.sleep(0.1)
    raise AssertionError("the analysis did not end")


def test_a_comparison_is_run_and_says_why(ws: Workspace, show: Callable[..., AppTest], shop: Dataset) -> None:
    app = show(PAGE, dataset=shop.id)
    assert [box.label for box in app.selectbox][1:3] == ["Measure", "Groups"]
    app.button[0].click().run()
    shown = words(wait(ws, app, shop))
    assert "Compare “price” between the groups of “region”" in shown
    assert "Read as: Means can be compared" in shown
    assert "Hedges' g" in shown


def test_only_some_groups_can_be_compared(show: Callable[..., AppTest], shop: Dataset) -> None:
    app = show(PAGE, dataset=shop.id)
    assert [box.label for box in app.multiselect] == ["Only"]
    assert set(app.multiselect[0].options) == {"North", "South"}


def test_the_form_follows_the_kind(show: Callable[..., AppTest], shop: Dataset) -> None:
    app = show(PAGE, dataset=shop.id)
    for kind in exploration.kinds():
        if kind["group"] == "Statistics":
            app.pills[0].set_value(kind["title"]).run()
            assert not app.exception
            assert literal(kind["description"], 200) in words(app)


def test_where_no_column_fits_it_cannot_be_run(show: Callable[..., AppTest], ws: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_text("name\n" + "\n".join(f"name {n}" for n in range(60)), encoding="utf-8")
    dataset = datasets.upload(ws, path, path.name)
    app = show(PAGE, dataset=dataset.id)
    assert app.button[0].disabled
    assert "This table has no column that fits “Measure”." in words(app)
