"""Tabs are remembered, but not for ever."""

from __future__ import annotations

import pytest

from services.backends import tabs
from services.backends.tabs import Tabs


def test_a_tab_is_whose_it_was_noted_for_last() -> None:
    known = Tabs()
    known.note("one", "ann")
    known.note("two", "bob")
    known.note("one", "")
    assert known.people(["one", "two", "three"]) == {"", "bob"}


def test_the_tab_that_was_not_drawn_for_longest_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabs, "MOST", 2)
    known = Tabs()
    for tab in ("one", "two", "one", "three"):
        known.note(tab, tab)
    assert known.people(["one", "two", "three"]) == {"one", "three"}
