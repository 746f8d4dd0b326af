"""Versions and the pointers at them: heads and conversations move by compare and set, files are dropped with care."""

from __future__ import annotations

import threading

import pytest

from services.backends.database import Database
from services.backends.rows import Rows
from services.domain import Conversation, Dataset, Link, LinkKind, Version
from services.errors import NotFound
from tests.backends import nouns


@pytest.fixture
def rows(database: Database) -> Rows:
    return Rows(database, "local", "local")


@pytest.fixture
def dataset(rows: Rows) -> Dataset:
    return nouns.stored_dataset(rows)


@pytest.fixture
def conversation(rows: Rows, dataset: Dataset) -> Conversation:
    made = nouns.conversation(dataset)
    rows.add_conversation(made)
    return made


def grown(rows: Rows, parent: Version, **how: object) -> Version:
    """A stored child of the version."""
    made = nouns.child(parent)
    rows.add_version(made, nouns.profile(made), **how)
    return made


def test_a_version_comes_back_equal_with_its_step(rows: Rows, dataset: Dataset) -> None:
    root = rows.version(dataset.head_id)
    made = nouns.child(root, turn_id="turn", name=nouns.NASTY)
    assert not rows.add_version(made, nouns.profile(made))
    assert rows.version(made.id) == made
    assert rows.versions(dataset.id) == [root, made]
    assert rows.profile(made.id) == nouns.profile(made)
    assert rows.dataset(dataset.id).head_id == root.id


def test_head_and_conversation_follow_when_they_stand_on_the_parent(
    rows: Rows, dataset: Dataset, conversation: Conversation
) -> None:
    root = rows.version(dataset.head_id)
    first = nouns.child(root)
    assert rows.add_version(first, nouns.profile(first), conversation_id=conversation.id, is_head=True)
    assert rows.dataset(dataset.id).head_id == first.id
    moved = rows.conversation(conversation.id)
    assert (moved.version_id, moved.tip_id) == (first.id, first.id)
    branch = nouns.child(root)
    assert not rows.add_version(branch, nouns.profile(branch), conversation_id=conversation.id, is_head=True)
    assert rows.dataset(dataset.id).head_id == first.id
    assert rows.conversation(conversation.id).version_id == first.id


def test_a_version_of_no_parent_or_of_another_dataset_is_refused(rows: Rows, dataset: Dataset) -> None:
    root = rows.version(dataset.head_id)
    other = nouns.stored_dataset(rows)
    for changes in ({"parent_id": "none"}, {"parent_id": None}, {"parent_id": other.head_id}):
        made = nouns.child(root, **changes)
        with pytest.raises(NotFound):
            rows.add_version(made, nouns.profile(made))
    assert rows.versions(dataset.id) == [root]
    with pytest.raises(NotFound):
        rows.move_head(dataset.id, root.id, other.head_id)


def test_of_many_who_move_the_head_at_once_one_succeeds(rows: Rows, dataset: Dataset) -> None:
    root = rows.version(dataset.head_id)
    children = [nouns.child(root) for _ in range(8)]
    moved: list[str] = []
    barrier = threading.Barrier(len(children))

    def apply(child: Version) -> None:
        barrier.wait()
        if rows.add_version(child, nouns.profile(child), is_head=True):
            moved.append(child.id)

    threads = [threading.Thread(target=apply, args=(child,)) for child in children]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert moved == [rows.dataset(dataset.id).head_id]
    assert len(rows.versions(dataset.id)) == 9


def test_a_conversation_moves_only_from_where_it_stands(
    rows: Rows, dataset: Dataset, conversation: Conversation
) -> None:
    first = grown(rows, rows.version(dataset.head_id))
    assert rows.move_conversation(conversation, first.id, first.id)
    assert not rows.move_conversation(conversation, first.id, first.id)
    assert rows.conversation(conversation.id).version_id == first.id
    assert rows.dataset(dataset.id).head_id == dataset.head_id


def test_only_what_nothing_points_at_may_be_dropped(rows: Rows, dataset: Dataset, conversation: Conversation) -> None:
    root = rows.version(dataset.head_id)
    plain, named, stood, head, kept = (grown(rows, root) for _ in range(5))
    rows.name_version(named.id, "Clean")
    assert rows.move_conversation(conversation, stood.id, stood.id)
    assert rows.move_head(dataset.id, root.id, head.id)
    rows.mark_stored(kept.id, kept=True)
    assert rows.droppable() == [plain]
    assert [rows.drop_version(each.id) for each in (root, named, stood, head, kept)] == [False] * 5
    assert rows.drop_version(plain.id)
    assert not rows.drop_version(plain.id)
    assert plain.storage_key not in rows.stored_keys()
    assert not rows.version(plain.id).stored
    rows.mark_stored(plain.id)
    assert plain.storage_key in rows.stored_keys()


def test_the_quota_counts_roots_heads_and_named_versions_and_each_file_once(rows: Rows, dataset: Dataset) -> None:
    root = rows.version(dataset.head_id)
    grown(rows, root)
    named, head = grown(rows, root), grown(rows, root)
    twin = nouns.child(root, storage_key=named.storage_key, name="twin")
    rows.add_version(twin, nouns.profile(twin))
    assert rows.counted_bytes() == 2 * root.bytes
    rows.name_version(named.id, "Clean")
    rows.move_head(dataset.id, root.id, head.id)
    assert rows.counted_bytes() == 3 * root.bytes == rows.counted_bytes("local")
    assert rows.counted_bytes("bob") == 0


def test_links_stay_when_the_source_is_deleted(rows: Rows, dataset: Dataset) -> None:
    other = nouns.stored_dataset(rows)
    link = Link(version_id=dataset.head_id, source_id=other.head_id, kind=LinkKind.APPEND)
    rows.add_link(link)
    rows.delete_dataset(other.id)
    assert rows.links() == [link]
    rows.delete_dataset(dataset.id)
    assert rows.links() == []
