"""A plan that the chat shows first: approved, put in other words, or rejected."""

from __future__ import annotations

import streamlit as st

from components import notice, plan_card
from components.plan_card import Way, Wish
from components.session import session
from pages import proposed
from services import feedback
from services.assistant import planned, resuming
from services.domain import Conversation, Plan, PlanKind, Turn, TurnStatus
from services.errors import AppError
from services.workspace import Workspace


class Plans:
    """The plans of a conversation, and the changes that are proposed without one."""

    def __init__(self, ws: Workspace, conversation: Conversation, changes: proposed.Changes) -> None:
        self._ws, self._conversation, self._changes = ws, conversation, changes
        self._may = feedback.may_give(ws)

    def show(self, turn: Turn) -> str | None:
        """Draws where the plan of the turn stands and does what the person wants; a question to ask again."""
        has_effect = turn.answer is not None and turn.answer.effect is not None
        if turn.status is TurnStatus.REJECTED and not has_effect:
            plan_card.rejected()
            return None
        if turn.plan is None or turn.status is not TurnStatus.PLANNED:
            return self._changes.show(turn)
        if not self._may:
            return None
        wish = self._wish(turn, turn.plan)
        if wish and wish.way is Way.AGAIN:
            return turn.question
        if wish:
            self._do(turn, wish)
        return None

    def _wish(self, turn: Turn, plan: Plan) -> Wish | None:
        if turn.version_id != self._conversation.version_id:
            return plan_card.old(turn)
        longest, picks = self._ws.backends.settings.question_chars, plan.kind is PlanKind.TRANSFORM
        return plan_card.show(turn, planned.sentences(plan), planned.drafted(plan), longest, picks=picks)

    def _do(self, turn: Turn, wish: Wish) -> None:
        try:
            if wish.way is Way.EDIT:
                resuming.amend(self._ws, turn.id, wish.said, session.model)
            elif wish.way is Way.REJECT:
                resuming.reject(self._ws, turn.id)
            else:
                resuming.approve(self._ws, turn.id, wish.keep, session.model)
        except AppError as error:
            notice.show(error)
            return
        st.rerun()
