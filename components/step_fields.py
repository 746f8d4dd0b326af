"""Draws one field of a step from its JSON schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from components import words

Schema = Mapping[str, Any]
ARROW = "→"


@dataclass(frozen=True)
class Place:
    """Where a field is drawn: its key, the names of the columns there are, and what is filled in."""

    key: str
    names: Sequence[str]
    given: Any = None


def draw(name: str, field: Schema, place: Place) -> Any:
    """What is filled in for the field; None where it is empty."""
    label, help_text = _label(name), field.get("description") or None
    given = field.get("default") if place.given is None else place.given
    look = {"help": help_text, "key": place.key}
    role = field.get("role")
    if role == "column":
        return _column(label, field, place, given, look)
    if role == "columns":
        default = [each for each in (given or []) if each in place.names]
        return st.multiselect(label, place.names, default, format_func=words.named(place.names), **look)
    if "enum" in field:
        options = field["enum"]
        index = options.index(given) if given in options else 0
        shown = {"format_func": lambda each: str(each).capitalize() or "Find out"}
        return st.selectbox(label, options, index, **shown, **look)
    return _plain(label, field, given, look)


def _column(label: str, field: Schema, place: Place, given: Any, look: Mapping[str, Any]) -> Any:
    optional = "default" in field
    names: list[str | None] = [*([None] if optional else []), *place.names]
    index = names.index(given) if given in names else 0
    chosen = st.selectbox(label, names, index, format_func=words.optional(names), **look)
    return chosen or ("" if optional else None)


def _plain(label: str, field: Schema, given: Any, look: Mapping[str, Any]) -> Any:
    match field.get("type"):
        case "boolean":
            return st.toggle(label, bool(given), **look)
        case "integer":
            bounds = {"min_value": field.get("minimum"), "max_value": field.get("maximum")}
            return st.number_input(label, value=int(given or 0), step=1, **bounds, **look)
        case "number":
            return st.number_input(label, value=float(given or 0), **look)
        case "array":
            return _list(label, field, given or [], look)
        case "object":
            return _pairs(label, given or {}, look)
        case "string":
            return st.text_input(label, given or "", max_chars=field.get("maxLength"), **look)
    return _any(label, field, given, look)


def _any(label: str, field: Schema, given: Any, look: Mapping[str, Any]) -> Any:
    """A value of several types: a number where it may be empty, else text that is read as a number where it is one."""
    types = {each.get("type") for each in field.get("anyOf", ())}
    if types <= {"number", "null"}:
        return st.number_input(label, value=None if given is None else float(given), placeholder="None", **look)
    text = st.text_input(label, "" if given is None else str(given), **look)
    return value(text) if text else None


def _list(label: str, field: Schema, given: Sequence[Any], look: Mapping[str, Any]) -> Any:
    items = field.get("items", {})
    if "enum" in items:
        return st.multiselect(label, items["enum"], list(given), **look)
    help_text = " ".join(filter(None, [look["help"], "With a comma between."]))
    text = st.text_input(label, ", ".join(str(each) for each in given), help=help_text, key=look["key"])
    parts = [part.strip() for part in text.split(",")]
    if items.get("type") == "number":
        numbers = [value(part) for part in parts if part]
        return numbers if all(isinstance(each, int | float) for each in numbers) else []
    return parts if any(parts) else []


def _pairs(label: str, given: Mapping[str, Any], look: Mapping[str, Any]) -> dict[str, str | None]:
    """Old and new values, a pair a line."""
    lines = "\n".join(f"{old} {ARROW} {'' if new is None else new}" for old, new in given.items())
    help_text = f"One pair a line, such as “NY {ARROW} New York”. Nothing behind the arrow: the cell is emptied."
    text = st.text_area(label, lines, height=120, help=help_text, key=look["key"])
    pairs: dict[str, str | None] = {}
    for line in text.splitlines():
        mark = ARROW if ARROW in line else "="
        old, found, new = line.partition(mark)
        if found and old.strip():
            pairs[old.strip()] = new.strip() or None
    return pairs


def value(text: str) -> str | int | float:
    """The text as a number where it is one."""
    try:
        number = float(text.strip())
    except ValueError:
        return text.strip()
    if number != number or number in (float("inf"), float("-inf")):
        return text.strip()
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()
