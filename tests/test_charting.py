"""The charts that are offered first, from the profile of real tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from sandbox.messages import Figure
from services import charting, conversations, datasets, exploration
from services.code import analyses
from services.domain import TurnStatus
from services.workspace import Workspace


def made(ws: Workspace, folder: Path, frame: pd.DataFrame) -> str:
    path = folder / "t.csv"
    frame.to_csv(path, index=False)
    return datasets.upload(ws, path, path.name).id


def shop(rows: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng()
    return pd.DataFrame(
        {
            "order_id": np.arange(rows),
            "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 300, rows), unit="D"),
            "region": rng.choice(["North", "South"], rows),
            "city": rng.choice([f"City {n}" for n in range(30)], rows),
            "price": rng.gamma(2, 30, rows).round(2),
            "weight": rng.normal(5, 1, rows).round(3),
        }
    )


def test_ideas_are_of_several_families_and_never_about_an_id(ws: Workspace, tmp_path: Path) -> None:
    version = datasets.head(ws, made(ws, tmp_path, shop()))
    ideas = charting.ideas(ws, version.id)
    types = [idea.chart["type"] for idea in ideas]
    assert {"line", "bar", "scatter", "histogram"} <= set(types)
    assert 4 <= len(ideas) <= 8
    assert all("order_id" not in analyses.parse(idea.chart).columns() for idea in ideas)
    assert len({str(idea.chart) for idea in ideas}) == len(ideas)
    line = next(idea.chart for idea in ideas if idea.chart["type"] == "line")
    assert line["x"] == "day"
    assert line["period"] in ("week", "month")


def test_a_gallery_draws_them_all_in_one_run(ws: Workspace, tmp_path: Path) -> None:
    dataset_id = made(ws, tmp_path, shop())
    ideas = charting.ideas(ws, datasets.head(ws, dataset_id).id)
    conversation = conversations.create(ws, dataset_id)
    asked = {"kind": "gallery", "charts": [idea.chart for idea in ideas]}
    turn = conversations.turn(ws, exploration.analyse(ws, conversation.id, asked).id)
    assert turn.status is TurnStatus.ANSWERED
    assert turn.answer is not None
    assert sum(isinstance(output, Figure) for output in turn.answer.outputs) == len(ideas)
    assert exploration.group_of(turn) == "Charts"
    assert exploration.asked(turn)["kind"] == "gallery"


def test_a_table_of_words_has_no_ideas(ws: Workspace, tmp_path: Path) -> None:
    frame = pd.DataFrame({"note": [f"note number {n} about something" for n in range(200)]})
    assert charting.ideas(ws, datasets.head(ws, made(ws, tmp_path, frame)).id) == []


PICKS = {
    ("day",): "line",
    ("price",): "histogram",
    ("region",): "bar",
    ("city",): "lying bar",
    ("day", "price"): "line",
    ("region", "price"): "bar",
    ("price", "city"): "lying bar",
    ("price", "weight"): "scatter",
    ("region", "city"): "share bar",
    ("day", "price", "region"): "line",
    ("price", "region", "city"): "heatmap",
    ("price", "weight", "region"): "scatter",
}


def test_columns_that_are_picked_get_charts_that_can_be_drawn_and_the_reason(ws: Workspace, tmp_path: Path) -> None:
    frame = shop()
    version = datasets.head(ws, made(ws, tmp_path, frame))
    for names, first in PICKS.items():
        ideas = charting.ideas_for(ws, version.id, names)
        assert ideas[0].chart["type"] == first, names
        assert len({str(idea.chart) for idea in ideas}) == len(ideas)
        for idea in ideas:
            assert set(analyses.parse(idea.chart).columns()) <= set(names)
            assert idea.reason.endswith((".", "?"))
    assert charting.ideas_for(ws, version.id, ["order_id", "no such column"]) != []
    assert charting.ideas_for(ws, version.id, []) == []
