"""The lines of the history: every version hangs on the one it was made from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

from components import version_tree
from services.code.steps import SortRows
from services.domain import Version

START = datetime(2026, 1, 1, tzinfo=UTC)


def grown(*pairs: tuple[str, str | None]) -> list[Version]:
    """Versions, oldest first, from pairs of an id and the parent's."""
    return [
        Version(
            id=name,
            dataset_id="d",
            parent_id=parent,
            step=SortRows(columns=("a",)) if parent else None,
            rows=1,
            columns=("a",),
            bytes=1,
            content_hash="",
            storage_key=name,
            created_by="ann",
            created_at=START + timedelta(seconds=place),
        )
        for place, (name, parent) in enumerate(pairs)
    ]


def lanes(versions: list[Version], head_id: str) -> dict[str, tuple[int, tuple[int, ...], tuple[int, ...]]]:
    return {row.version.id: (row.lane, row.joining, row.passing) for row in version_tree.rows(versions, head_id)}


def test_a_line_of_changes_is_one_lane() -> None:
    found = lanes(grown(("a", None), ("b", "a"), ("c", "b")), "c")
    assert found == {"c": (0, (), ()), "b": (0, (0,), ()), "a": (0, (0,), ())}


def test_the_head_has_the_first_lane_and_branches_join_where_they_began() -> None:
    found = lanes(grown(("a", None), ("b", "a"), ("c", "a"), ("d", "b"), ("e", "c")), "d")
    assert [found[name][0] for name in "abcde"] == [0, 0, 1, 0, 1]
    assert found["a"] == (0, (0, 1), ())
    assert found["c"] == (1, (1,), (0,))


def test_many_branches_share_the_last_lane() -> None:
    found = lanes(grown(("a", None), *((f"b{n}", "a") for n in range(12))), "b0")
    assert max(lane for lane, _, _ in found.values()) == version_tree.LANES - 1
    assert len(found) == 13


def test_the_rail_is_a_picture_of_its_lines() -> None:
    for row in version_tree.rows(grown(("a", None), ("b", "a"), ("c", "a")), "b"):
        picture = ElementTree.fromstring(version_tree.rail(row, 60, is_here=row.version.id == "b"))
        assert picture.attrib["width"] == "60"
        assert len(picture) == 2


def test_a_label_is_the_name_or_the_sentence_on_one_line() -> None:
    [root, child] = grown(("a", None), ("b", "a"))
    assert version_tree.label(root, 1) == "1 · The table as it was read"
    assert version_tree.label(child, 2) == "2 · Sort by “a”"
    assert version_tree.label(child.model_copy(update={"name": "x\ny\u202e" + "z" * 99}), 3) == "3 · x y" + "z" * 77
