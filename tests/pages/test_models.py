"""The pages of forecasts and models: the form offers what fits, runs it, and offers to keep what a model tells."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from plotly import data as samples
from streamlit.testing.v1 import AppTest

from services import datasets, exploration
from services.domain import Dataset
from services.workspace import Workspace
from tests.code.analyses.test_forecasting import series
from tests.pages.test_floor import words
from tests.pages.test_statistics import wait

Show = Callable[..., AppTest]


@pytest.fixture
def tips(ws: Workspace, tmp_path: Path) -> Dataset:
    path = tmp_path / "tips.csv"
    samples.tips().to_csv(path, index=False)
    return datasets.upload(ws, path, path.name)


@pytest.mark.parametrize(("page", "group"), [("analyse/forecast.py", "Forecast"), ("analyse/models.py", "Model")])
def test_the_form_follows_the_kind(show: Show, tips: Dataset, page: str, group: str) -> None:
    app = show(page, dataset=tips.id)
    for kind in exploration.kinds():
        if kind["group"] == group:
            app.pills[0].set_value(kind["title"]).run()
            assert not app.exception


def test_a_target_is_not_offered_as_its_own_input(show: Show, tips: Dataset) -> None:
    app = show("analyse/models.py", dataset=tips.id)
    target, inputs = app.selectbox[1].value, app.multiselect[0]
    assert target not in inputs.options
    assert "tip" in [target, *inputs.value]


def test_a_model_is_fitted_and_offers_its_predictions(show: Show, ws: Workspace, tips: Dataset) -> None:
    app = show("analyse/models.py", dataset=tips.id)
    app.selectbox[3].set_value("linear")
    app.button[0].click().run()
    app = wait(ws, app, tips)
    assert "Linear regression tells total_bill with R²" in words(app)
    assert "Keep predictions" in [button.label for button in app.button]


def test_a_forecast_is_made_with_its_backtest(show: Show, ws: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "flights.csv"
    series("MS", 60).to_csv(path, index=False)
    dataset = datasets.upload(ws, path, path.name)
    app = show("analyse/forecast.py", dataset=dataset.id)
    method = next(box for box in app.selectbox if box.label == "Method")
    method.set_value("theta")
    app.button[0].click().run()
    assert "Tried on the past at 2 points in time" in words(wait(ws, app, dataset))
