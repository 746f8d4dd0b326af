"""The menu below an answer: what else may be done with its question."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import streamlit as st

from services.domain import Turn


class Act(StrEnum):
    """What a person may do."""

    AGAIN = "again"
    EDIT = "edit"
    CODE = "code"
    BRANCH = "branch"
    VERIFY = "verify"
    UNVERIFY = "unverify"


LABELS = {
    Act.AGAIN: ":material/refresh: Ask again",
    Act.EDIT: ":material/edit: Edit and ask again",
    Act.CODE: ":material/code: Change the code",
    Act.BRANCH: ":material/fork_right: Branch from here",
    Act.VERIFY: ":material/verified: Save as verified",
    Act.UNVERIFY: ":material/remove_done: Not verified any more",
}


def show(turn: Turn, acts: Sequence[Act]) -> Act | None:
    """Draws the menu; what was chosen."""
    return st.menu_button(
        ":material/more_horiz:",
        list(acts),
        format_func=LABELS.__getitem__,
        type="tertiary",
        key=f"more-{turn.id}",
        help="Ask again, edit, change the code, branch, verify",
    )


def question(turn: Turn, longest: int) -> str:
    """Draws the question of the turn, to be changed; the changed one once it is to be asked, "" before."""
    with st.form(f"instead-{turn.id}", border=False):
        said = st.text_area("Question", turn.question, max_chars=longest, height=110, key=f"instead-{turn.id}-text")
        st.caption("Asked in a new branch. This conversation stays as it is.")
        wanted = st.form_submit_button("Ask", type="primary", icon=":material/arrow_upward:", key=f"ask-{turn.id}-new")
    return said.strip() if wanted else ""
