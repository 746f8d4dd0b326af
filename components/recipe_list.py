"""Draws the steps so far as a list: each can be switched off, moved, edited or deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import streamlit as st

from components import layout, words


class Act(StrEnum):
    """What can be done with a step."""

    UP = "up"
    DOWN = "down"
    SWITCH = "switch"
    EDIT = "edit"
    DELETE = "delete"


@dataclass(frozen=True)
class Row:
    """A step as it is drawn."""

    sentence: str
    is_off: bool = False
    misfit: str = ""
    """Why it no longer fits; empty when it does."""


@dataclass(frozen=True)
class Choice:
    act: Act
    place: int


def show(rows: Sequence[Row]) -> Choice | None:
    """Draws the steps; what a person wants to do with one of them."""
    if not rows:
        st.caption("No steps yet: accept a suggestion above, or build one by hand.")
        return None
    chosen = None
    for place, row in enumerate(rows):
        with layout.line(gap="xsmall"):
            words_of = words.literal(row.sentence, 160)
            st.markdown(f"{place + 1} · {f':gray[{words_of}]' if row.is_off else words_of}", width="stretch")
            for act, (icon, label) in _acts(row).items():
                off = (act is Act.UP and place == 0) or (act is Act.DOWN and place == len(rows) - 1)
                key = f"recipe-{act}-{place}"
                if st.button("", icon=f":material/{icon}:", help=label, type="tertiary", disabled=off, key=key):
                    chosen = Choice(act, place)
        if row.misfit:
            st.caption(f":material/warning: It no longer fits: {words.literal(row.misfit, 200)}")
    return chosen


def _acts(row: Row) -> Mapping[Act, tuple[str, str]]:
    switch = ("toggle_off", "Switch on") if row.is_off else ("toggle_on", "Switch off")
    return {
        Act.UP: ("arrow_upward", "Earlier"),
        Act.DOWN: ("arrow_downward", "Later"),
        Act.SWITCH: switch,
        Act.EDIT: ("edit", "Edit"),
        Act.DELETE: ("delete", "Delete"),
    }
