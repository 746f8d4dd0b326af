"""The pages that use steps again and combine tables: a recipe is matched, tried and applied; keys are offered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from services import cleaning, datasets, recipes
from services.domain import Dataset
from services.workspace import Workspace

Show = Callable[..., AppTest]


def words(app: AppTest) -> str:
    return "\n".join(str(e.value) for kind in ("markdown", "caption", "code") for e in app.get(kind))


def test_a_recipe_is_offered_with_its_columns_matched(show: Show, ws: Workspace, orders: Dataset) -> None:
    made = cleaning.apply(ws, orders.head_id, cleaning.step({"kind": "round", "columns": ["price"]})).version
    recipe = recipes.save(ws, made.id, "Round prices")
    app = show("data/recipes.py", dataset=orders.id)
    assert "Round prices" in words(app)
    app = app.button(key=f"apply-{recipe.id}").click().run()
    assert not app.exception
    assert app.selectbox(key="match-price").value == "price"
    assert not app.button(key="recipe-try").disabled


def test_keys_are_offered_for_another_table(show: Show, ws: Workspace, orders: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "managers.csv"
    path.write_text("region,manager\nWest,Ada\nEast,Bo\n")
    datasets.upload(ws, path, "managers.csv")
    app = show("data/combine.py", dataset=orders.id)
    assert not app.exception
    assert "6 of 8 rows here have a partner (75%)" in words(app)
    assert app.multiselect(key="join-left").value == ["region"]
