"""The history of a dataset: pointers move, versions stay; what differs between two, and what was made from what."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services import cleaning, conversations, datasets, profiling, versions
from services.access import Role
from services.cleaning import Origin
from services.code.steps import CastColumn, Condition, FilterRows, FreeCode, RenameColumns, SortRows
from services.domain import Conversation, Dataset, Kind, Link, LinkKind, Semantic, Version
from services.errors import AppError, BadInput, Forbidden, NotFound
from services.workspace import Workspace

WEST = FilterRows(conditions=(Condition(column="region", test="=", value="West"),))
RENAME = RenameColumns(names={"units": "pieces"})


@pytest.fixture
def conversation(ws: Workspace, orders: Dataset) -> Conversation:
    return conversations.create(ws, orders.id)


@pytest.fixture
def two_steps(ws: Workspace, orders: Dataset, conversation: Conversation) -> tuple[Version, Version, Version]:
    """The root, and two versions that the conversation made."""
    first = cleaning.apply(ws, orders.head_id, WEST, Origin(conversation.id)).version
    second = cleaning.apply(ws, first.id, RENAME, Origin(conversation.id)).version
    return datasets.version(ws, orders.head_id), first, second


def test_undo_and_redo_move_only_the_conversation(
    ws: Workspace, orders: Dataset, conversation: Conversation, two_steps: tuple[Version, Version, Version]
) -> None:
    root, first, second = two_steps
    assert versions.undo(ws, conversation.id).version_id == first.id
    assert versions.undo(ws, conversation.id).version_id == root.id
    with pytest.raises(BadInput, match="nothing to undo"):
        versions.undo(ws, conversation.id)
    assert datasets.get(ws, orders.id).head_id == second.id
    assert versions.redo(ws, conversation.id).version_id == first.id
    assert versions.redo(ws, conversation.id).version_id == second.id
    with pytest.raises(BadInput, match="nothing to redo"):
        versions.redo(ws, conversation.id)


def test_several_moves_are_made_together_or_not_at_all(
    ws: Workspace, conversation: Conversation, two_steps: tuple[Version, Version, Version]
) -> None:
    root, _, second = two_steps
    with pytest.raises(BadInput, match="Only 2 steps can be undone, not 5"):
        versions.move(ws, conversation.id, -5)
    assert conversations.get(ws, conversation.id).version_id == second.id
    assert versions.move(ws, conversation.id, -2).version_id == root.id
    with pytest.raises(BadInput, match="Only 2 steps can be done again, not 3"):
        versions.move(ws, conversation.id, 3)
    assert conversations.get(ws, conversation.id).version_id == root.id
    assert versions.move(ws, conversation.id, 2).version_id == second.id


def test_a_change_after_undo_is_a_branch_and_redo_leads_along_it(
    ws: Workspace, orders: Dataset, conversation: Conversation, two_steps: tuple[Version, Version, Version]
) -> None:
    _, first, second = two_steps
    versions.undo(ws, conversation.id)
    other = cleaning.apply(ws, first.id, SortRows(columns=("price",)), Origin(conversation.id))
    assert not other.is_head
    assert datasets.get(ws, orders.id).head_id == second.id
    versions.undo(ws, conversation.id)
    assert versions.redo(ws, conversation.id).version_id == other.version.id
    assert {version.id for version in versions.list_all(ws, orders.id)} >= {second.id, other.version.id}


def test_going_back_to_any_version_keeps_the_way_forward(
    ws: Workspace, conversation: Conversation, two_steps: tuple[Version, Version, Version]
) -> None:
    root, first, second = two_steps
    assert versions.go(ws, conversation.id, root.id).version_id == root.id
    assert versions.redo(ws, conversation.id).version_id == first.id
    branch = cleaning.apply(ws, root.id, RENAME).version
    assert versions.go(ws, conversation.id, branch.id).tip_id == branch.id
    with pytest.raises(BadInput, match="nothing to redo"):
        versions.redo(ws, conversation.id)
    assert versions.go(ws, conversation.id, second.id).version_id == second.id


def test_a_pointer_that_was_moved_meanwhile_is_not_moved_again(
    ws: Workspace, orders: Dataset, two_steps: tuple[Version, Version, Version]
) -> None:
    root, first, second = two_steps
    with pytest.raises(BadInput, match="another version by now"):
        versions.make_head(ws, first.id, root.id)
    assert versions.make_head(ws, first.id, second.id).head_id == first.id
    with pytest.raises(BadInput):
        versions.make_head(ws, datasets.sample(ws).head_id, first.id)
    with pytest.raises(NotFound):
        versions.make_head(ws, "none", first.id)
    with pytest.raises(Forbidden):
        versions.make_head(replace(ws, role=Role.VIEWER), root.id, first.id)


def test_a_branch_is_a_conversation_of_its_own(
    ws: Workspace, orders: Dataset, two_steps: tuple[Version, Version, Version]
) -> None:
    _, first, second = two_steps
    branch = versions.branch(ws, first.id)
    assert branch.version_id == first.id
    assert branch.title == "Branch from Keep the rows where “region” = “West”"
    made = cleaning.apply(ws, first.id, SortRows(columns=("price",)), Origin(branch.id))
    assert conversations.get(ws, branch.id).version_id == made.version.id
    assert datasets.get(ws, orders.id).head_id == second.id


def test_points_get_names_and_lose_them(ws: Workspace, orders: Dataset) -> None:
    assert versions.name(ws, orders.head_id, "  As \n delivered ").name == "As delivered"
    assert versions.name(ws, orders.head_id, "").name == ""
    with pytest.raises(BadInput, match="characters"):
        versions.name(ws, orders.head_id, "x" * 121)


def test_a_path_leads_from_the_root(ws: Workspace, two_steps: tuple[Version, Version, Version]) -> None:
    assert versions.path(ws, two_steps[2].id) == list(two_steps)


# Differences


def test_two_versions_are_compared_by_a_key_that_is_found(
    ws: Workspace, two_steps: tuple[Version, Version, Version]
) -> None:
    root, first, second = two_steps
    difference = versions.diff(ws, root.id, second.id)
    assert difference.key == ("order_id",)
    assert (difference.rows_before, difference.rows_after, difference.rows_removed) == (8, 4, 4)
    assert difference.renamed == (("units", "pieces"),)
    assert not difference.changed
    back = versions.diff(ws, second.id, root.id)
    assert back.renamed == (("pieces", "units"),)
    assert (back.rows_added, back.rows_removed) == (4, 0)
    assert versions.diff(ws, first.id, first.id).is_empty


def test_changed_cells_are_counted_by_column_with_examples(ws: Workspace, orders: Dataset) -> None:
    code = FreeCode(code="df = df.sort_values('price')\ndf.loc[df['order_id'] == 3, ['units', 'region']] = [40, None]")
    made = cleaning.apply(ws, orders.head_id, code).version
    difference = versions.diff(ws, orders.head_id, made.id, ["order_id"])
    assert [(each.column, each.cells, each.emptied) for each in difference.changed] == [
        ("region", 1, 1),
        ("units", 1, 0),
    ]
    [example] = difference.changed[1].examples
    assert (example.place, example.before, example.after) == ("3", "4", "40")
    by_number = versions.diff(ws, orders.head_id, made.id, [])
    assert by_number.key == ()
    assert len(by_number.changed) > 2


def test_a_key_that_does_not_tell_rows_apart_is_refused(ws: Workspace, orders: Dataset) -> None:
    made = cleaning.apply(ws, orders.head_id, RENAME).version
    with pytest.raises(BadInput, match="tell the rows apart"):
        versions.diff(ws, orders.head_id, made.id, ["region"])
    with pytest.raises(BadInput, match="need the columns"):
        versions.diff(ws, orders.head_id, made.id, ["none"])
    assert versions.diff(ws, orders.head_id, made.id, ["region", "order_id"]).rows_removed == 0


def test_another_kind_is_not_another_value(ws: Workspace, orders: Dataset) -> None:
    made = cleaning.apply(ws, orders.head_id, CastColumn(column="units", to="decimal")).version
    difference = versions.diff(ws, orders.head_id, made.id)
    assert [(each.column, each.before, each.after) for each in difference.retyped] == [
        ("units", Kind.INTEGER, Kind.DECIMAL)
    ]
    assert not difference.changed


# Lineage and size


def test_lineage_reaches_across_datasets(ws: Workspace, orders: Dataset) -> None:
    sample = datasets.sample(ws)
    joined = cleaning.apply(ws, orders.head_id, RENAME).version
    link = Link(version_id=joined.id, source_id=sample.head_id, kind=LinkKind.JOIN)
    ws.rows.add_link(link)
    for dataset in (orders, sample):
        graph = versions.lineage(ws, dataset.id)
        assert {each.id for each in graph.datasets} == {orders.id, sample.id}
        assert [(edge.dataset_id, edge.source_id) for edge in graph.links] == [(orders.id, sample.id)]
    ws.rows.delete_dataset(sample.id)
    [edge] = versions.lineage(ws, orders.id).links
    assert (edge.source_id, edge.link) == ("", link)


def test_a_version_becomes_a_dataset_that_knows_where_it_is_from(
    ws: Workspace, orders: Dataset, two_steps: tuple[Version, Version, Version]
) -> None:
    _, first, second = two_steps
    profiling.correct(ws, first.id, first.columns[0], Semantic.ID)
    job = datasets.derive(ws, second.id, "Only those")
    [made] = datasets.created(ws, job.id)
    root = datasets.head(ws, made.id)
    assert (made.name, root.parent_id, root.rows, root.columns) == ("Only those", None, second.rows, second.columns)
    assert datasets.page(ws, root.id, 0, 99) == datasets.page(ws, second.id, 0, 99)
    assert datasets.profile(ws, root.id).columns[0].is_corrected
    assert "From “orders”" in datasets.read_report(ws, root.id).notes[0]
    for dataset_id in (orders.id, made.id):
        [edge] = versions.lineage(ws, dataset_id).links
        assert (edge.dataset_id, edge.source_id, edge.link.kind) == (made.id, orders.id, LinkKind.DERIVED)
    datasets.purge(ws, orders.id)
    assert datasets.page(ws, root.id, 0, 99).num_rows == second.rows


def test_a_step_that_reads_other_datasets_is_kept_with_what_it_reads(ws: Workspace, orders: Dataset) -> None:
    derived = datasets.created(ws, datasets.derive(ws, orders.head_id, "More of them").id)[0]
    columns = datasets.head(ws, orders.id).columns
    step = cleaning.step({"kind": "append", "other": derived.head_id, "other_columns": columns})
    assert cleaning.apply(ws, orders.head_id, step).version.rows == 16
    edges = {(edge.dataset_id, edge.source_id, edge.link.kind) for edge in versions.lineage(ws, orders.id).links}
    assert edges == {(derived.id, orders.id, LinkKind.DERIVED), (orders.id, derived.id, LinkKind.APPEND)}


def test_usage_counts_roots_heads_and_names(
    ws: Workspace, orders: Dataset, two_steps: tuple[Version, Version, Version]
) -> None:
    root, first, second = two_steps
    assert versions.usage(ws) == root.bytes + second.bytes == versions.usage(ws, ws.user.id)
    versions.name(ws, first.id, "West")
    assert versions.usage(ws) == root.bytes + first.bytes + second.bytes
    assert versions.usage(ws, "somebody else") == 0


# Files that went, and come back


def test_a_dropped_version_is_made_again_when_it_is_opened(
    ws: Workspace, two_steps: tuple[Version, Version, Version]
) -> None:
    _, first, _ = two_steps
    rows = datasets.page(ws, first.id, 0, 9)
    assert ws.rows.drop_version(first.id)
    ws.backends.storage.delete(first.storage_key)
    assert datasets.page(ws, first.id, 0, 9) == rows
    assert datasets.version(ws, first.id).stored
    assert ws.backends.storage.exists(first.storage_key)


def test_a_file_that_vanished_is_made_again_from_further_back(
    ws: Workspace, two_steps: tuple[Version, Version, Version]
) -> None:
    _, first, second = two_steps
    for version in (first, second):
        ws.backends.storage.delete(version.storage_key)
    assert datasets.page(ws, second.id, 0, 9)["pieces"].to_pylist() == [2, 4, 1, 6]
    assert ws.backends.storage.exists(second.storage_key)
    assert not ws.backends.storage.exists(first.storage_key)


def test_what_somebody_wrote_by_hand_is_not_made_again(ws: Workspace, orders: Dataset) -> None:
    made = cleaning.apply(ws, orders.head_id, FreeCode(code="df['x'] = np.random.rand(len(df))")).version
    ws.backends.storage.delete(made.storage_key)
    with pytest.raises(AppError, match="cannot be made again"):
        datasets.page(ws, made.id, 0, 9)
