"""A change that the chat proposes: applied, rejected, undone and done again from the conversation."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from components import change_card
from components.change_card import Standing, Wish
from pages import worklist
from services import change_jobs, versions
from services.assistant import proposals
from services.domain import Conversation, Turn, Version
from services.workspace import Workspace


class Changes:
    """What became of the changes that a conversation proposed."""

    def __init__(self, ws: Workspace, conversation: Conversation, turns: list[Turn]) -> None:
        self._ws, self._conversation = ws, conversation
        self._applied: Mapping[str, Version] = proposals.applied(ws, turns)
        self._line = {each.id for each in versions.path(ws, conversation.version_id)} if self._applied else set()

    def show(self, turn: Turn) -> str | None:
        """Draws where the change of the turn stands and does what the person wants; a question to ask again."""
        if (change := proposals.proposed(self._ws, turn)) is None:
            return None
        job = change_jobs.under_way(self._ws, turn.version_id)
        if job and job.body.get("turn_id") == turn.id and worklist.wait(self._ws, job):
            st.rerun()
        match change_card.choose(turn, self._standing(turn)):
            case Wish.AGAIN:
                return turn.question
            case Wish.APPLY:
                if worklist.wait(self._ws, change.apply()):
                    st.rerun()
            case Wish() as wish:
                self._go(turn, wish)
                st.rerun()
        return None

    def _standing(self, turn: Turn) -> Standing:
        if made := self._applied.get(turn.id):
            return Standing.APPLIED if made.id in self._line else Standing.UNDONE
        if turn.version_id != self._conversation.version_id:
            return Standing.OLD
        return Standing.OPEN if proposals.may_apply(self._ws) else Standing.FORBIDDEN

    def _go(self, turn: Turn, wish: Wish) -> None:
        if wish is Wish.REJECT:
            proposals.reject(self._ws, turn.id)
            return
        made = self._applied[turn.id]
        target = made.id if wish is Wish.REDO else made.parent_id or made.id
        versions.go(self._ws, self._conversation.id, target)
