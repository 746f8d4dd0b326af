"""What people said of an answer, drawn on it, and the buttons with which they say it."""

from __future__ import annotations

from enum import StrEnum

import streamlit as st

from components import words
from services.domain import Feedback, Mode, Turn

REASON_CHARS = 500


class Said(StrEnum):
    """What a person says of an answer."""

    RIGHT = "right"
    WRONG = "wrong"
    NOTHING = "nothing"
    """What was said is taken back."""


def marks(turn: Turn) -> None:
    """What a reader is to know of the answer before they read it: who wrote its code, and what people said of it."""
    said, by_hand = turn.feedback, turn.mode is Mode.HAND
    if not said and not by_hand:
        return
    with st.container(horizontal=True, gap="small"):
        if by_hand:
            st.badge("Written by hand", icon=":material/edit_note:", color="gray", help="A person wrote this code.")
        if said:
            _said(said)
    if said and said.reason:
        st.caption(f"Called wrong: {words.literal(said.reason, REASON_CHARS)}")


def _said(said: Feedback) -> None:
    if said.verified:
        st.badge("Verified", icon=":material/verified:", color="green", help="Kept as an answer to rely on.")
    elif said.right:
        st.badge("Right", icon=":material/thumb_up:", color="green", help="Somebody called this answer right.")
    else:
        st.badge("Wrong", icon=":material/thumb_down:", color="red", help="Somebody called this answer wrong.")


def choose(turn: Turn) -> Said | None:
    """Draws the two thumbs; what was said. The one that was given takes itself back."""
    given = turn.feedback
    right, wrong = bool(given and given.right), bool(given and not given.right)
    if _thumb("Right", "thumb_up", f"right-{turn.id}", pressed=right):
        return Said.NOTHING if right else Said.RIGHT
    if _thumb("Wrong", "thumb_down", f"wrong-{turn.id}", pressed=wrong):
        return Said.NOTHING if wrong else Said.WRONG
    return None


def reason(turn: Turn) -> str | None:
    """Draws the question what is wrong; the reason, perhaps "", once it is given."""
    with st.form(f"reason-{turn.id}", border=False):
        said = st.text_area(
            "What is wrong with it?",
            placeholder="Returns are counted in",
            max_chars=REASON_CHARS,
            height=110,
            key=f"reason-{turn.id}-text",
        )
        st.caption("The same question is worked out anew from now on, in place of being answered by this answer.")
        given = st.form_submit_button("Call it wrong", type="primary", key=f"reason-{turn.id}-give")
    return said if given else None


def _thumb(label: str, icon: str, key: str, *, pressed: bool) -> bool:
    tip = "Take it back" if pressed else f"This answer is {label.lower()}"
    return st.button(label, icon=f":material/{icon}:", type="secondary" if pressed else "tertiary", key=key, help=tip)
