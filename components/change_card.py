"""Draws a change that the chat proposes: what it would do to every row, and what a person may do about it."""

from __future__ import annotations

from enum import StrEnum

import streamlit as st

from components import difference_view, layout, words
from services.domain import Answer, Turn, TurnStatus


class Standing(StrEnum):
    """What became of a proposed change."""

    OPEN = "open"
    OLD = "old"
    """The conversation stands on another version by now."""
    APPLIED = "applied"
    UNDONE = "undone"
    FORBIDDEN = "forbidden"
    """This person may not change the data."""


class Wish(StrEnum):
    """What the person wants."""

    APPLY = "apply"
    REJECT = "reject"
    UNDO = "undo"
    REDO = "redo"
    AGAIN = "again"


STANDS = {
    Standing.OLD: ":material/history: The table is another by now. Ask again to change it as it is.",
    Standing.APPLIED: ":green[:material/check_circle: Applied]",
    Standing.UNDONE: ":material/undo: Applied and undone",
    Standing.FORBIDDEN: ":material/lock: You may look at this table, not change it.",
}
BUTTONS = {
    Standing.OPEN: ((Wish.APPLY, "Apply", "check"), (Wish.REJECT, "Reject", "close")),
    Standing.OLD: ((Wish.AGAIN, "Ask again", "refresh"),),
    Standing.APPLIED: ((Wish.UNDO, "Undo", "undo"),),
    Standing.UNDONE: ((Wish.REDO, "Do it again", "redo"),),
    Standing.FORBIDDEN: (),
}


def effect(turn: Turn, answer: Answer) -> None:
    """The facts of the change and examples of what it changes, before and after."""
    if answer.effect is None:
        return
    if answer.effect.printed:
        st.caption(words.literal(answer.effect.printed, 600))
    with st.container(border=True):
        difference_view.show(answer.effect.difference, f"difference-{turn.id}")
    if turn.status is TurnStatus.REJECTED:
        st.caption(":material/close: You rejected this change.")


def choose(turn: Turn, standing: Standing) -> Wish | None:
    """Draws where the change stands, and the ways on; the one chosen."""
    chosen = None
    with layout.line(gap="small"):
        if said := STANDS.get(standing):
            st.markdown(said, width="content")
        for wish, label, icon in BUTTONS[standing]:
            is_first = wish is Wish.APPLY
            key = f"{wish}-{turn.id}"
            if st.button(label, icon=f":material/{icon}:", type="primary" if is_first else "secondary", key=key):
                chosen = wish
    return chosen
