"""The join assistant: keys of two real tables, what a join by them would find and lose, and the join itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from services import cleaning, datasets, joins
from services.domain import Dataset
from services.errors import BadInput, NotFound
from services.workspace import Workspace


@pytest.fixture
def managers(ws: Workspace, tmp_path: Path) -> Dataset:
    path = tmp_path / "managers.csv"
    path.write_text("area,manager,region_code\nWest,Ada,1\nEast,Bo,2\nSouth,Cy,3\nEast,Di,4\n")
    return datasets.upload(ws, path, "managers.csv")


def test_keys_are_found_with_what_they_would_find_and_lose(ws: Workspace, orders: Dataset, managers: Dataset) -> None:
    best = joins.keys(ws, orders.head_id, managers.head_id)[0]
    assert (best.left, best.right) == ("region", "area")
    assert (best.rows, best.matched, best.rows_after) == (8, 6, 10)
    assert (best.other_rows, best.other_values, best.other_repeated, best.other_used) == (4, 3, 1, 3)
    assert not best.is_unique


def test_a_join_that_would_repeat_rows_stops_unless_that_is_wanted(
    ws: Workspace, orders: Dataset, managers: Dataset
) -> None:
    step = joins.join(ws, managers.head_id, ["region"], ["area"], "keep all rows here")
    with pytest.raises(BadInput, match="more than once"):
        cleaning.preview(ws, orders.head_id, step)
    wanted = step.model_copy(update={"once": False})
    assert cleaning.preview(ws, orders.head_id, wanted).difference.rows_after == 10
    only = joins.join(ws, managers.head_id, ["region"], ["area"], "only matching rows", once=False)
    assert cleaning.preview(ws, orders.head_id, only).difference.rows_after == 8
    other_kind = joins.join(ws, managers.head_id, ["region"], ["region_code"], "keep all rows here")
    with pytest.raises(BadInput, match="different kinds"):
        cleaning.preview(ws, orders.head_id, other_kind)


def test_rows_are_appended(ws: Workspace, orders: Dataset, managers: Dataset) -> None:
    version = cleaning.apply(ws, orders.head_id, joins.append(ws, managers.head_id)).version
    assert version.rows == 12
    assert version.columns[-3:] == ("area", "manager", "region_code")


def test_wrong_keys_and_tables_are_refused(ws: Workspace, orders: Dataset, managers: Dataset) -> None:
    with pytest.raises(BadInput):
        joins.join(ws, managers.head_id, ["region"], [], "keep all rows here")
    with pytest.raises(NotFound):
        joins.keys(ws, orders.head_id, "0" * 32)
