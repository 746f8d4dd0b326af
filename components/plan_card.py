"""Draws a plan that waits to be approved: what would be done, part by part, and the ways on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import streamlit as st

from components import layout, words
from services.domain import Turn


class Way(StrEnum):
    """How a plan goes on."""

    APPROVE = "approve"
    REJECT = "reject"
    EDIT = "edit"
    AGAIN = "again"


@dataclass(frozen=True)
class Wish:
    """What the person wants: of a change only the steps at the places `keep`; the plan in other words."""

    way: Way
    keep: tuple[int, ...] = ()
    said: str = ""


REJECTED = ":material/close: You rejected this plan."
OLD = ":material/history: The table is another by now. Ask again to plan for it as it is."


def show(turn: Turn, sentences: Sequence[str], code: str, longest: int, *, picks: bool) -> Wish | None:
    """Draws the plan and its buttons; what was wanted. With `picks` each sentence is a step that can be left out."""
    with st.container(border=True):
        keep = _sentences(turn, sentences, picks=picks)
        if code:
            st.code(code, language="python")
    with layout.line(gap="small"):
        approved = st.button(
            "Approve", icon=":material/check:", type="primary", disabled=not keep, key=f"approve-{turn.id}"
        )
        with st.popover("Edit", icon=":material/edit:", key=f"amend-{turn.id}"):
            said = _words(turn, longest)
        rejected = st.button("Reject", icon=":material/close:", key=f"reject-plan-{turn.id}")
    if said is not None:
        return Wish(Way.EDIT, said=said)
    if approved:
        return Wish(Way.APPROVE, keep=keep)
    return Wish(Way.REJECT) if rejected else None


def rejected() -> None:
    """Says that the plan was not wanted."""
    st.caption(REJECTED)


def old(turn: Turn) -> Wish | None:
    """Says that the plan is for another table by now; whether to ask again."""
    with layout.line(gap="small"):
        st.markdown(OLD, width="content")
        again = st.button("Ask again", icon=":material/refresh:", key=f"plan-again-{turn.id}")
    return Wish(Way.AGAIN) if again else None


def _sentences(turn: Turn, sentences: Sequence[str], *, picks: bool) -> tuple[int, ...]:
    """Draws what would be done; the places of what is kept."""
    kept = []
    for place, sentence in enumerate(sentences):
        said = words.literal(sentence, 400)
        if not picks:
            st.markdown(said)
            kept.append(place)
        elif st.checkbox(said, value=True, key=f"keep-{turn.id}-{place}-{len(sentences)}"):
            kept.append(place)
    return tuple(kept)


def _words(turn: Turn, longest: int) -> str | None:
    with st.form(f"amend-form-{turn.id}", border=False):
        said = st.text_area(
            "Say what you mean", turn.chosen or turn.question, max_chars=longest, key=f"amend-{turn.id}-text"
        )
        wanted = st.form_submit_button("Plan it so", type="primary", key=f"amend-{turn.id}-ask")
    return said if wanted else None
