"""What a person is shown of a growing reply."""

from __future__ import annotations

import json

import pytest

from services.backends.chat_models.pieces import Shown


def told(text: str, step: int) -> list[str]:
    shown = Shown(("reading", "message"))
    return [piece for end in range(step, len(text) + step, step) if (piece := shown.new(text[:end]))]


@pytest.mark.parametrize("step", [1, 3, 7, 1_000])
def test_the_fields_grow_piece_by_piece(step: int) -> None:
    text = json.dumps({"reading": 'mean "price" 😀\nby region', "kind": "analyse", "code": "result = 1"})
    assert "".join(told(text, step)) == 'mean "price" 😀\nby region'


def test_what_stands_before_the_object_is_not_shown() -> None:
    assert told('Sure. {"reading": "r"}', 2) == ["r"]


@pytest.mark.parametrize("text", ["no object", "[[[[", "{" * 500, '{"reading": 7}', '{"code": "x"}', '{"reading"]'])
def test_nothing_else_is_shown(text: str) -> None:
    assert told(text, 50) == []


def test_a_second_try_is_not_shown_again() -> None:
    shown = Shown(("reading",))
    assert shown.new('{"reading": "one') == "one"
    assert shown.new('{"reading": "two"}') == ""
    shown.close()
    assert shown.new('{"reading": "one more"}') == ""
