"""The button below an answer that pins it: whole, or one chart, table or value of it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from components import words
from services import pins, staleness
from services.domain import Conversation, Output, Turn, TurnStatus
from services.freshness import Freshness
from services.workspace import Workspace

NAMES = {"figure": "Chart", "table": "Table", "value": "Value", "text": "Text", "image": "Picture"}
ICONS = {"figure": "bar_chart", "table": "table", "value": "123", "text": "notes", "image": "image"}
MOST = 12
"""Outputs of an answer that are offered one by one."""


def of(ws: Workspace, conversation: Conversation) -> Callable[[Turn], None]:
    """Draws the button below a turn of the conversation."""
    return Pinning(ws, conversation.id).show


class Pinning:
    """Draws the button for the turns of one conversation; what is pinned of them is asked for once."""

    def __init__(self, ws: Workspace, conversation_id: str) -> None:
        self._ws, self._may = ws, pins.may_pin(ws)
        self._pinned = pins.of_conversation(ws, conversation_id) if self._may else frozenset()
        self._stands: dict[str, Freshness] = {}

    def show(self, turn: Turn) -> None:
        """Draws whether the turn is out of date, and what can be pinned of it; pins what is chosen."""
        self._mark(turn)
        if not self._may or turn.status is not TurnStatus.ANSWERED or turn.answer is None:
            return
        count = sum(1 for turn_id, _ in self._pinned if turn_id == turn.id)
        label = f"Pinned · {count}" if count else "Pin"
        with st.popover(label, icon=":material/push_pin:", type="tertiary", key=f"pin-{turn.id}"):
            self._offer(turn, None, "The whole answer", "article")
            outputs = turn.answer.outputs[:MOST]
            for place, output in enumerate(outputs if len(outputs) > 1 or turn.answer.text else ()):
                self._offer(turn, place, _called(output), ICONS[output.kind])

    def _mark(self, turn: Turn) -> None:
        if turn.status is not TurnStatus.ANSWERED or turn.answer is None:
            return
        if turn.version_id not in self._stands:
            self._stands |= staleness.of(self._ws, [turn.version_id])
        stands = self._stands[turn.version_id]
        if stands.is_stale:
            why = words.literal(" ".join(stands.reasons), 400)
            st.badge("Out of date", icon=":material/update:", color="orange", help=why)

    def _offer(self, turn: Turn, only: int | None, label: str, icon: str) -> None:
        is_pinned = (turn.id, only) in self._pinned
        key = f"pin-{turn.id}-{'all' if only is None else only}"
        if st.button(
            f"{label} (pinned)" if is_pinned else label,
            icon=f":material/{icon}:",
            key=key,
            disabled=is_pinned,
            type="tertiary",
        ):
            made = pins.pin(self._ws, turn.id, only)
            st.toast(f"Pinned: {words.literal(made.name, 80)}. Put it on a dashboard.", icon=":material/push_pin:")
            st.rerun()


def _called(output: Output) -> str:
    own = "" if output.name.lower() in ("table", "chart", "result", "") else f": {words.literal(output.name, 40)}"
    return NAMES[output.kind] + own
