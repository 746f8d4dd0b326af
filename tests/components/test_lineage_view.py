"""The graph of where a dataset comes from: everything in its place, and names that are never markup."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree

from components import lineage_view
from services.domain import Dataset, Lineage, LineageLink, Link, LinkKind, SourceFile

NOW = datetime(2026, 1, 1, tzinfo=UTC)
EVIL = '<script>alert(1)</script> & "x"'


def dataset(key: str, name: str) -> Dataset:
    return Dataset(id=key, team_id="t", name=name, head_id=f"v{key}", created_by="u", created_at=NOW)


def link(source: str, target: str, kind: LinkKind) -> LineageLink:
    return LineageLink(
        dataset_id=target, source_id=source, link=Link(version_id=f"v{target}", source_id=f"v{source}", kind=kind)
    )


GRAPH = Lineage(
    datasets=(dataset("a", "orders"), dataset("b", EVIL), dataset("c", "both")),
    links=(link("a", "c", LinkKind.JOIN), link("b", "c", LinkKind.APPEND), link("", "c", LinkKind.DERIVED)),
    files=(SourceFile(upload_id="f", filename="orders\x00.csv", dataset_id="a"),),
)


def test_each_stands_right_of_what_it_comes_from() -> None:
    graph = lineage_view.graph_of(GRAPH)
    column = {key: place[0] for key, place in lineage_view.places(graph).items()}
    assert column == {"file f": 0, "b": 0, "gone v": 0, "a": 1, "c": 2}
    assert len(set(lineage_view.places(graph).values())) == 5


def test_names_are_text_and_never_markup() -> None:
    picture, width = lineage_view.svg(lineage_view.graph_of(GRAPH), "c")
    root = ElementTree.fromstring(picture)
    assert {each.tag.rpartition("}")[2] for each in root.iter()} == {"svg", "g", "rect", "text", "path"}
    texts = [each.text for each in root.iter() if each.tag.endswith("text")]
    assert EVIL[:23] + "…" in texts
    assert {"joined", "appended", "derived", "read"} <= set(texts)
    assert int(root.get("width", "0")) == width


def test_a_circle_comes_to_an_end() -> None:
    circle = Lineage(datasets=GRAPH.datasets[:2], links=(link("a", "b", LinkKind.JOIN), link("b", "a", LinkKind.JOIN)))
    assert len(lineage_view.places(lineage_view.graph_of(circle))) == 2
    assert lineage_view.svg(lineage_view.graph_of(circle), "a")[0].startswith("<svg")


def test_the_graph_is_told_in_words_too() -> None:
    told = list(lineage_view.sentences(lineage_view.graph_of(GRAPH)))
    assert "both was joined from orders" in told
    assert "both was derived from A deleted dataset" in told
