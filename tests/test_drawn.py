"""The charts that the built-in analyst draws lead to the rows behind their marks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from services import conversations, datasets, drawn, drilling
from services.assistant import pipeline
from services.domain import Dataset, Turn
from services.workspace import Workspace

ROWS = [
    f"{region},2024-{month:02}-{day:02},{day}"
    for region in ("North", "South <b>")
    for month in (1, 2)
    for day in range(1, 8)
]


@pytest.fixture
def sales(ws: Workspace, tmp_path: Path) -> Dataset:
    path = tmp_path / "sales.csv"
    path.write_text("\n".join(["region,day,units", *ROWS]))
    return datasets.upload(ws, path, "sales.csv")


def asked(ws: Workspace, dataset: Dataset, question: str) -> Turn:
    made = pipeline.ask(ws, conversations.current(ws, dataset.id).id, question)
    return conversations.turn(ws, made.id)


@pytest.mark.parametrize(
    ("question", "mark", "rows"),
    [
        ("bar chart of total units by region", {"x": "South <b>"}, 14),
        ("total units by month", {"x": "2024-02"}, 14),
        ("total units by month for region North as a line", {"x": "2024-02-01"}, 7),
    ],
)
def test_a_mark_of_a_chart_in_a_chat_leads_to_its_rows(
    ws: Workspace, sales: Dataset, question: str, mark: dict[str, object], rows: int
) -> None:
    turn = asked(ws, sales, question)
    [(figure, chart)] = drawn.charts(turn)
    profile = datasets.profile(ws, turn.version_id)
    point = {"curve_number": 0, "point_number": 0, **mark}
    view = drilling.behind(chart, json.loads(figure.json_text), [point], [], profile)
    assert view is not None, chart
    assert datasets.count(ws, turn.version_id, view) == rows, view


def test_a_chart_whose_marks_are_no_rows_leads_nowhere(ws: Workspace, sales: Dataset) -> None:
    assert drawn.charts(asked(ws, sales, "running total of units by month")) == []
    assert drawn.charts(asked(ws, sales, "how many rows are there")) == []
