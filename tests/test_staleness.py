"""Staleness: what was made from a version is marked when its dataset shows something else, and only then."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from sandbox.messages import Table, Value
from services import cleaning, comparing, conversations, datasets, exploration, staleness, versions
from services.assistant import pipeline
from services.code.steps import Condition, FilterRows, FreeCode, RenameColumns
from services.domain import Dataset, Link, LinkKind, Profile, Turn, Version
from services.errors import BadInput
from services.freshness import Basis, Cause, Change
from services.workspace import Workspace

pytestmark = pytest.mark.usefixtures("lent")
OBJECTS = 200
MORE_THAN_ONE = FilterRows(conditions=(Condition(column="units", test=">", value=1),))


class Generated:
    """A team's tables as chance makes them, and for each version what it stands on: the contents of its datasets."""

    def __init__(self, ws: Workspace, seed: int) -> None:
        self.ws, self.chance, self.made = ws, random.Random(seed), 0
        self.standing: dict[str, frozenset[tuple[str, str]]] = {}
        self.versions: list[Version] = []
        self.heads: dict[str, Version] = {}

    def version(self, dataset_id: str, parent: Version | None = None, content: str = "") -> Version:
        self.made += 1
        return Version(
            id=f"v{self.made}",
            dataset_id=dataset_id,
            parent_id=parent.id if parent else None,
            step=RenameColumns(names={"a": f"a{self.made}"}) if parent else None,
            rows=1,
            columns=("a",),
            bytes=1,
            content_hash=content or f"content-{self.made}",
            storage_key=f"k{self.made}",
            created_by=self.ws.user.id,
            created_at=datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=self.made),
        )

    def keep(self, version: Version, below: frozenset[tuple[str, str]], links: list[Link]) -> None:
        """Notes what the version stands on: its own content, and what its parent and its sources stood on."""
        from_sources = [self.standing[link.source_id] for link in links]
        self.standing[version.id] = below.union({(version.dataset_id, version.content_hash)}, *from_sources)
        self.versions.append(version)

    def add_dataset(self) -> None:
        version = self.version(f"d{len(self.heads)}")
        links = self.links(version)
        dataset = Dataset(
            id=version.dataset_id, team_id=self.ws.team.id, name=version.dataset_id, head_id=version.id,
            created_by=self.ws.user.id, created_at=version.created_at,
        )  # fmt: skip
        self.ws.rows.add_dataset(dataset, version, profile(version), links=links)
        self.heads[dataset.id] = version
        self.keep(version, frozenset(), links)

    def add_version(self) -> None:
        """A step on any version; sometimes the head follows. Sometimes it gives a content that was there before."""
        parent = self.chance.choice(self.versions)
        again = self.chance.choice(self.versions).content_hash if self.chance.random() < 0.2 else ""
        version = self.version(parent.dataset_id, parent, again)
        links, follows = self.links(version), self.chance.random() < 0.6
        if self.ws.rows.add_version(version, profile(version), is_head=follows, links=links):
            self.heads[version.dataset_id] = version
        below = frozenset(pair for pair in self.standing[parent.id] if pair != (parent.dataset_id, parent.content_hash))
        self.keep(version, below, links)

    def move_head(self) -> None:
        """Back, forth, or onto a branch."""
        version = self.chance.choice(self.versions)
        self.ws.rows.move_head(version.dataset_id, self.heads[version.dataset_id].id, version.id)
        self.heads[version.dataset_id] = version

    def links(self, version: Version) -> list[Link]:
        others = [each for each in self.versions if each.dataset_id != version.dataset_id]
        if not others or self.chance.random() < 0.6:
            return []
        return [Link(version_id=version.id, source_id=self.chance.choice(others).id, kind=LinkKind.JOIN)]

    def is_stale(self, version_id: str) -> bool:
        return any(self.heads[dataset].content_hash != content for dataset, content in self.standing[version_id])


def profile(version: Version) -> Profile:
    return Profile(version_id=version.id, rows=1, duplicate_rows=0, columns=())


@pytest.mark.parametrize("seed", range(3))
def test_every_stale_object_of_a_generated_graph_is_found_and_no_other(ws: Workspace, seed: int) -> None:
    made = Generated(ws, seed)
    for _ in range(8):
        made.add_dataset()
    objects: dict[str, Basis] = {}
    while len(objects) < OBJECTS:
        made.chance.choices([made.add_version, made.move_head], [2, 1])[0]()
        for _ in range(4):
            objects[f"o{len(objects)}"] = Basis(version_id=made.chance.choice(made.versions).id)
    expected = {name for name, basis in objects.items() if made.is_stale(basis.version_id)}
    found = staleness.of_objects(ws, objects, {})
    assert {name for name, each in found.items() if each.is_stale} == expected, seed
    assert 20 < len(expected) < OBJECTS - 10, seed
    assert all(each.reasons for each in found.values() if each.is_stale)


def test_what_is_gone_and_what_was_never_there_is_not_stale(ws: Workspace, orders: Dataset) -> None:
    datasets.delete(ws, orders.id)
    found = staleness.of(ws, [orders.head_id, "never"])
    assert not any(each.is_stale or each.head_id for each in found.values())


def asked(ws: Workspace, dataset: Dataset, question: str) -> Turn:
    about = conversations.create(ws, dataset.id)
    return conversations.turn(ws, pipeline.ask(ws, about.id, question).id)


def test_an_answer_is_marked_when_the_head_moves_and_brought_up_to_date(ws: Workspace, orders: Dataset) -> None:
    turn = asked(ws, orders, "average price by region")
    assert not staleness.of(ws, [turn.version_id])[turn.version_id].is_stale
    applied = cleaning.apply(ws, orders.head_id, MORE_THAN_ONE).version
    found = staleness.of(ws, [turn.version_id])[turn.version_id]
    assert (found.causes, found.can_update) == ((Cause.RECIPE,), True)
    assert "Since then" in found.reasons[0]

    renewed = staleness.renew(ws, turn)
    assert renewed.turn.version_id == applied.id
    assert renewed.turn.answer
    assert renewed.turn.answer.code == turn.answer.code  # type: ignore[union-attr]
    assert {change.place for change in renewed.changes.listed} >= {
        "average price, region East",
        "average price, region West",
    }
    east = next(change for change in renewed.changes.listed if "East" in change.place)
    assert (east.before, east.after) == (109.25, 19.5)
    assert "109.25" not in renewed.turn.answer.text
    assert conversations.turn(ws, turn.id) == turn, "nothing is stored"

    versions.make_head(ws, turn.version_id, applied.id)
    assert not staleness.of(ws, [turn.version_id])[turn.version_id].is_stale


def test_code_that_does_not_fit_the_table_any_more_says_so(ws: Workspace, orders: Dataset) -> None:
    turn = asked(ws, orders, "average price by region")
    cleaning.apply(ws, orders.head_id, RenameColumns(names={"price": "cost"}))
    with pytest.raises(BadInput, match="does not fit the table any more"):
        staleness.renew(ws, turn)


def test_an_analysis_learns_anew(ws: Workspace, orders: Dataset) -> None:
    about = conversations.create(ws, orders.id)
    turn = conversations.turn(ws, exploration.analyse(ws, about.id, {"kind": "interval", "values": "price"}).id)
    cleaning.apply(ws, orders.head_id, FreeCode(code="df['price'] = df['price'] * 2"))
    renewed = staleness.renew(ws, turn)
    assert renewed.changes.total
    assert renewed.turn.answer


def test_a_word_that_means_something_else_marks_what_used_it(ws: Workspace, orders: Dataset) -> None:
    made = {
        "used": Basis(version_id=orders.head_id, meanings={"revenue": "price * units"}),
        "not": Basis(version_id=orders.head_id),
    }
    found = staleness.of_objects(ws, made, {"revenue": "price"})
    assert found["used"].causes == (Cause.DEFINITION,)
    assert not found["not"].is_stale
    assert not any(each.is_stale for each in staleness.of_objects(ws, made, {"revenue": "price * units"}).values())


def table(**columns: Any) -> Table:
    made = pa.table(columns)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, made.schema) as writer:
        writer.write_table(made)
    return Table(
        arrow=sink.getvalue().to_pybytes(),
        columns=tuple(columns),
        rows=made.num_rows,
        total_rows=made.num_rows,
    )


def test_tables_are_compared_by_what_tells_their_rows_apart_not_by_their_order() -> None:
    before = table(region=["a", "b", "c"], price=[1.0, 2.0, 3.0])
    after = table(region=["c", "a", "d"], price=[3.0, 1.5, 4.0])
    found = comparing.changes([before], [after])
    assert {change.place: (change.before, change.after) for change in found.listed} == {
        "price, region a": (1.0, 1.5),
        "price, region b": (2.0, None),
        "price, region d": (None, 4.0),
    }
    assert comparing.changes([before], [before]).is_none


def test_values_and_what_is_missing_are_told() -> None:
    before, after = (
        [Value(name="n", value={"rows": 8, "mean": 1.0}), Value(name="x", value=1)],
        [Value(name="n", value={"rows": 10, "mean": 1.0 + 1e-15})],
    )
    found = comparing.changes(before, after)
    assert found.listed == (Change(place="n, rows", before=8, after=10),)
    assert found.notes == ("A value is not there any more.",)
    assert found.listed[0].share == 0.25


def test_columns_that_come_and_many_changes_are_counted(tmp_path: Path) -> None:
    before, after = table(n=list(range(500))), table(n=list(range(1, 501)), m=[0] * 500)
    found = comparing.changes([before], [after])
    assert found.total > len(found.listed) == comparing.LISTED
