"""Draws how a chart is dressed: its title, its colour, lines and notes on it. Returns fields of a chart."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import streamlit as st


def show(type: Any, chart: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Draws the fields that this type of chart has; those that were filled in."""
    given: dict[str, Any] = {
        "title": st.text_input("Title", max_chars=120, placeholder="By itself", key=f"{key}-title")
    }
    if type.hues and not chart.get("color"):
        given["hue"] = st.selectbox(
            "Colour", type.hues, index=None, format_func=str.capitalize, placeholder="By itself", key=f"{key}-hue"
        )
    if type.line_axis:
        given["lines"] = _numbers(st.text_input("Reference lines at", placeholder="100, 250", key=f"{key}-lines"))
        given["notes"] = _note(key)
    if "top" in type.may:
        given["descending"] = not st.toggle("Smallest first", key=f"{key}-ascending")
    return {name: value for name, value in given.items() if value not in ("", None, [])}


def _numbers(text: str) -> list[float]:
    """The numbers in what was written, ten at most."""
    return [float(each) for each in re.findall(r"-?\d+(?:\.\d+)?", text)][:10]


def _note(key: str) -> list[dict[str, Any]]:
    """The words on the chart, once there are words and a place."""
    text = st.text_input("Note", max_chars=80, placeholder="Price change", key=f"{key}-note")
    x = st.text_input("Note stands at", placeholder="2024-03-01, or North", key=f"{key}-note-x").strip()
    y = st.number_input("At the height", value=None, placeholder="From bottom to top", key=f"{key}-note-y")
    if not (text.strip() and x):
        return []
    place: str | float = float(x) if re.fullmatch(r"-?\d+(\.\d+)?", x) else x
    return [{"text": text.strip(), "x": place, **({} if y is None else {"y": float(y)})}]
