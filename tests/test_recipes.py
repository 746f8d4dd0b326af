"""Recipes: a list that is changed and replayed, kept, used on another file, and taken away as a script or notebook."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from services import cleaning, conversations, datasets, jobs, recipes
from services.access import Role
from services.backends.sight import Reach, Sight
from services.circles import Audience, ObjectKind, Right, Share, Visibility
from services.cleaning import Origin
from services.code.steps import Step
from services.domain import Dataset, JobStatus, RecipeColumn, User
from services.errors import BadInput, NotFound
from services.workspace import Workspace

LISTED = [
    {"kind": "rename", "names": {"units": "pieces"}},
    {"kind": "fill_statistic", "column": "price", "by": ["region"]},
    {"kind": "calculate", "left": "pieces", "operation": "times", "right": "price", "name": "total"},
    {"kind": "date_parts", "column": "date", "parts": ["month", "is weekend"]},
    {"kind": "outliers", "column": "total", "action": "mark"},
]


@pytest.fixture
def made(ws: Workspace, orders: Dataset) -> str:
    """The version at the end of the steps."""
    return cleaning.apply_all(ws, orders.head_id, [cleaning.step(each) for each in LISTED]).version.id


def sentences(listed: list[Step]) -> list[str]:
    return [step.describe() for step in listed]


def test_the_steps_of_a_version_are_one_list(ws: Workspace, made: str) -> None:
    listed = recipes.of_version(ws, made)
    assert [step.kind for step in listed] == [each["kind"] for each in LISTED]
    assert listed[1].learned["all"] == 47.4


def test_what_no_longer_fits_is_marked(ws: Workspace, made: str) -> None:
    listed = recipes.of_version(ws, made)
    assert recipes.misfits(ws, made, listed) == []
    [unfit, *_] = recipes.misfits(ws, made, listed[1:])
    assert (unfit.place, unfit.reason) == (1, "There is no column “pieces”. Choose columns that the table has.")
    early = recipes.moved(listed, 2, -2)
    assert [each.place for each in recipes.misfits(ws, made, early)] == [0, 4]
    off = recipes.switched(listed, 4)
    assert sentences(off)[4].startswith("Off: Mark outliers")
    assert recipes.switched(off, 4) == listed


def test_a_changed_list_is_replayed_and_the_old_one_kept(ws: Workspace, orders: Dataset) -> None:
    conversation = conversations.create(ws, orders.id)
    steps = [cleaning.step({"kind": "first_rows", "rows": 5}), cleaning.step({"kind": "sample", "rows": 2})]
    tip = cleaning.apply_all(ws, orders.head_id, steps, Origin(conversation.id)).version
    job = recipes.rework(ws, conversation.id, steps[1:])
    assert jobs.get(ws, job.id).status is JobStatus.DONE
    here = conversations.get(ws, conversation.id).version_id
    assert sentences(recipes.of_version(ws, here)) == ["Keep 2 rows drawn by lot"]
    assert datasets.get(ws, orders.id).head_id == here
    assert datasets.version(ws, tip.id).rows == 2
    recipes.rework(ws, conversation.id, [])
    assert conversations.get(ws, conversation.id).version_id == orders.head_id
    failed = recipes.rework(ws, conversation.id, [cleaning.step({"kind": "drop", "columns": ["nothing"]})])
    assert jobs.get(ws, failed.id).status is JobStatus.FAILED
    assert conversations.get(ws, conversation.id).version_id == orders.head_id


def test_a_recipe_is_used_on_next_months_file(ws: Workspace, made: str, tmp_path: Path) -> None:
    recipe = recipes.save(ws, made, "Monthly orders")
    assert [each.name for each in recipes.list_all(ws)] == ["Monthly orders"]
    assert {column.name for column in recipe.columns} == {"units", "price", "region", "date"}
    path = tmp_path / "may.csv"
    path.write_text("Region,unit,Price,date\nWest,2,,2024-05-04\nWest,1,100,2024-05-05\n")
    other = datasets.upload(ws, path, "may.csv")
    matches = {each.wanted: each for each in recipes.match(ws, recipe.id, other.head_id)}
    assert matches["price"].found == "Price"
    assert matches["date"].how == "same name"
    assert matches["units"].found == "unit"
    names = {wanted: match.found for wanted, match in matches.items()}
    steps = recipes.prepared(recipe, names)
    assert recipes.check(steps, datasets.version(ws, other.head_id).columns) == []
    as_last_time = cleaning.apply_all(ws, other.head_id, steps).version
    learned = recipes.of_version(ws, made)[1].learned["groups"]
    assert isinstance(learned, dict)
    assert datasets.page(ws, as_last_time.id, 0, 9)["price"].to_pylist() == [learned["West"], 100.0]
    again = cleaning.apply_all(ws, other.head_id, recipes.prepared(recipe, names, recipes.learners(recipe))).version
    assert datasets.page(ws, again.id, 0, 9)["price"].to_pylist() == [100.0, 100.0]
    recipes.remove(ws, recipe.id)
    with pytest.raises(NotFound):
        recipes.get(ws, recipe.id)


def test_what_is_not_found_is_listed() -> None:
    needed = [RecipeColumn(name="Order ID", kind="integer"), RecipeColumn(name="amount", kind="decimal")]
    found = recipes.matched(needed, {"order_id": "integer", "amounts": "text"})
    assert [(each.found, each.how) for each in found] == [("order_id", "same name but for case and marks"), ("", "")]
    assert recipes.matched(needed, {"amount": "text"})[1].is_other_kind


def test_a_recipe_travels_as_json(ws: Workspace, made: str) -> None:
    text = recipes.to_json(recipes.save(ws, made, "Orders"))
    copy = recipes.load(ws, text)
    assert [step["kind"] for step in copy.steps] == [each["kind"] for each in LISTED]
    for bad in ("", "{}", "[1]", '{"format": "red-pandas-recipe", "steps": [{"kind": "explode"}]}', "[" * 100_000):
        with pytest.raises(BadInput):
            recipes.from_json(bad)
    with pytest.raises(NotFound):
        recipes.get(ws, "../../etc/passwd")


def test_script_and_notebook_give_the_same_table_in_a_clean_interpreter(
    ws: Workspace, made: str, orders_csv: Path, tmp_path: Path
) -> None:
    files = recipes.files(recipes.save(ws, made, 'Orders """ \n import os'))
    script, out = tmp_path / "clean.py", tmp_path / "out.parquet"
    script.write_text(files["py"])
    expected = datasets.page(ws, made, 0, 99).to_pandas()
    for name, text in (("clean.py", files["py"]), ("book.py", _flat(files["ipynb"]))):
        (tmp_path / name).write_text(text)
        command = [sys.executable, "-I", name, str(orders_csv), str(out)]
        if name == "book.py":
            (tmp_path / "table.csv").write_bytes(orders_csv.read_bytes())
        subprocess.run(command, cwd=tmp_path, env={"PATH": "/usr/bin:/bin"}, check=True, timeout=100)
        made_outside = pd.read_parquet(out)
        made_outside["date"] = pd.to_datetime(made_outside["date"]).dt.date
        assert list(made_outside.columns) == list(expected.columns)
        pd.testing.assert_frame_equal(made_outside, expected, check_dtype=False)


def _flat(notebook: str) -> str:
    """The code of a notebook, and where its table goes."""
    cells = [cell for cell in json.loads(notebook)["cells"] if cell["cell_type"] == "code"]
    return (
        "\n".join("".join(cell["source"]) for cell in cells) + "\nimport sys\ndf.to_parquet(sys.argv[2], index=False)\n"
    )


def test_a_recipe_shows_to_those_who_see_the_table_it_was_made_on(ws: Workspace, orders: Dataset, made: str) -> None:
    kept = recipes.save(ws, made, "Monthly")
    member = replace(ws, user=User(id="mel", name="Mel"), role=Role.MEMBER, standing=None)
    other = recipes.load(member, recipes.to_json(kept))
    assert {each.id for each in recipes.list_all(member)} == {kept.id, other.id}
    ws.members.show_to(ObjectKind.DATASET, orders.id, Visibility.PRIVATE)
    assert [each.id for each in recipes.list_all(member)] == [other.id]
    assert len(recipes.list_all(ws)) == 2
    for call in (recipes.get, recipes.remove):
        with pytest.raises(NotFound):
            call(member, kept.id)
    with pytest.raises(NotFound):
        recipes.match(member, kept.id, made)
    secret = recipes.save(ws, made, "Secret")
    datasets.delete(ws, orders.id)
    assert [each.id for each in recipes.list_all(member)] == [other.id]
    datasets.purge(ws, orders.id)
    assert {each.id for each in recipes.list_all(member)} == {kept.id, other.id}
    assert recipes.get(ws, secret.id).is_private


def test_a_guest_sees_no_recipe_of_the_team(ws: Workspace, orders: Dataset, made: str) -> None:
    recipes.save(ws, made, "Monthly")
    given = {"kind": ObjectKind.DATASET, "object_id": orders.id, "audience": Audience.PERSON, "right": Right.EDIT}
    share = Share(id="s", team_id=ws.team.id, created_by="x", created_at=datetime.now(UTC), **given)
    sight = Sight(ws.team.id, "gus", Reach.GUEST, orders.id)
    guest = replace(ws, user=User(id="gus", name="Gus"), role=Role.MEMBER, share=share, sight=sight, standing=None)
    assert recipes.list_all(guest) == []
    own = recipes.save(guest, made, "Mine")
    assert [each.id for each in recipes.list_all(guest)] == [own.id]


def test_who_leaves_parts_with_their_recipes(ws: Workspace, orders: Dataset, made: str) -> None:
    kept = recipes.save(ws, made, "Monthly")
    ws.members.show_to(ObjectKind.DATASET, orders.id, Visibility.PRIVATE)
    recipes.save(ws, made, "Secret")
    ws.members.show_to(ObjectKind.DATASET, orders.id, Visibility.TEAM)
    assert len(recipes.list_all(ws)) == 2
    ws.members.show_to(ObjectKind.DATASET, orders.id, Visibility.PRIVATE)
    loaded = recipes.load(ws, recipes.to_json(kept))
    recipes.part_with(ws)
    assert [(each.name, each.created_by) for each in recipes.list_all(ws)] == [(loaded.name, "")]
