"""Definitions: written, changed, used in questions, and hidden from other teams."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services import definitions
from services.access import Role
from services.domain import Definition, Team
from services.errors import BadInput, Forbidden, NotFound
from services.workspace import Workspace
from tests.backends.spaces import workspace


def defined(text: str) -> Definition:
    term, _, meaning = text.partition(" = ")
    return Definition(id="d", team_id="t", term=term, meaning=meaning, created_by="", created_at=datetime.now(UTC))


def test_a_definition_is_kept_and_written_anew(ws: Workspace) -> None:
    made = definitions.define(ws, "  revenue =  price * units ")
    assert (made.term, made.meaning, made.sentence) == ("revenue", "price * units", "revenue = price * units")
    again = definitions.define(ws, "Revenue = price * units, without returns")
    assert again.id == made.id
    assert [each.sentence for each in definitions.list_all(ws)] == ["Revenue = price * units, without returns"]
    definitions.define(ws, "basket = units")
    with pytest.raises(BadInput, match="defined already"):
        definitions.change(ws, made.id, "basket = price")
    assert definitions.change(ws, made.id, "turnover = price").term == "turnover"
    definitions.remove(ws, made.id)
    assert [each.term for each in definitions.list_all(ws)] == ["basket"]


@pytest.mark.parametrize(
    "text", ["", "revenue", "revenue =", "= price", "x" * 61 + " = price", "a = " + "b" * 501, "price = Price * 2"]
)
def test_what_defines_nothing_is_refused(ws: Workspace, text: str) -> None:
    with pytest.raises(BadInput):
        definitions.define(ws, text)
    assert definitions.list_all(ws) == []


def test_another_team_and_a_viewer_may_not_touch_them(ws: Workspace) -> None:
    made = definitions.define(ws, "revenue = price * units")
    stranger = workspace(ws.backends.database, team=Team(id="other", name="Other"), role=Role.OWNER)
    assert definitions.list_all(stranger) == []
    for verb in (lambda: definitions.change(stranger, made.id, "a = b"), lambda: definitions.remove(stranger, made.id)):
        with pytest.raises(NotFound):
            verb()
    viewer = workspace(ws.backends.database, role=Role.VIEWER)
    assert not definitions.may_edit(viewer)
    with pytest.raises(Forbidden):
        definitions.define(viewer, "revenue = 0")
    assert definitions.list_all(ws) == [made]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("total sales by region?", "total price x units by region?"),
        ("how many big orders in May?", "how many orders with units above 2 in May?"),
        ("Net revenue by region?", 'price x units by region where status is not "returned"'),
        ("average price by salesman", "average price by salesman"),
    ],
)
def test_terms_are_spelled_out(question: str, expected: str) -> None:
    known = [
        defined("sales = price * units"),
        defined("big orders = orders with units above 2"),
        defined("revenue = nothing of the kind"),
        defined('net revenue = price × units where status is not "returned"'),
    ]
    assert definitions.spelled_out(question, known) == expected
