"""Draws who sees a thing, and how to share it; and a thing that was shared, to read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import streamlit as st

from components import answer_card, data_table, layout, words
from components.data_table import FEW_ROWS
from services.circles import Audience, ObjectKind, Right, Share, Shared, SharedVersion, Visibility
from services.domain import Team, Turn

AUDIENCES = {
    Audience.PERSON: "One person",
    Audience.TEAM: "A team",
    Audience.EVERYONE: "Everyone signed in",
    Audience.LINK: "A link, read-only",
}
ICONS = {
    ObjectKind.DATASET: ":material/table:",
    ObjectKind.CONVERSATION: ":material/forum:",
    ObjectKind.DASHBOARD: ":material/dashboard:",
    ObjectKind.REPORT: ":material/description:",
}
RIGHTS = {Right.VIEW: "may view", Right.EDIT: "may edit"}
TALL = 520
SPANS = {"1 day": 1, "7 days": 7, "30 days": 30, "1 year": 365, "No end": None}
SEEN = {Visibility.PRIVATE: "Only me", Visibility.TEAM: "Everyone in the team"}


@dataclass(frozen=True)
class New:
    """A share that is wanted: `to` is an address or the id of a team."""

    audience: Audience
    to: str
    right: Right
    days: int | None


def seen_by(team: str, at: Visibility) -> Visibility | None:
    """Draws who in the team sees it; what was chosen, if another."""
    chosen = st.segmented_control(
        f"In {words.literal(team, 60)}", list(SEEN), format_func=lambda each: SEEN[each], default=at, required=True
    )
    return chosen if chosen and chosen is not at else None


def new(teams: Sequence[Team], kind: ObjectKind) -> New | None:
    """Draws the form for a new share; what is wanted."""
    offered = [each for each in AUDIENCES if each is not Audience.TEAM or teams]
    audience = st.selectbox("Share with", offered, format_func=lambda each: AUDIENCES[each])
    to, right = "", Right.VIEW
    if audience is Audience.PERSON:
        to = st.text_input("Email", placeholder="ann@example.org")
    elif audience is Audience.TEAM:
        names = {team.id: words.clean(team.name)[:60] for team in teams}
        to = st.selectbox("Team", list(names), format_func=words.telling(names, names.__getitem__)) or ""
    with layout.line():
        if audience in (Audience.PERSON, Audience.TEAM) and kind is not ObjectKind.REPORT:
            picked = st.segmented_control(
                "Right", list(RIGHTS), format_func=lambda each: RIGHTS[each], default=Right.VIEW, required=True
            )
            right = picked or Right.VIEW
        spans = [span for span, days in SPANS.items() if days or audience is not Audience.LINK]
        span = st.selectbox("For", spans, index=2, width=140)
    st.caption(_meaning(audience, right, kind))
    is_ready = bool(to.strip()) or audience in (Audience.EVERYONE, Audience.LINK)
    label = "Make the link" if audience is Audience.LINK else "Share"
    if st.button(label, type="primary", disabled=not is_ready):
        return New(audience, to, right, SPANS[span])
    return None


def _meaning(audience: Audience, right: Right, kind: ObjectKind) -> str:
    talk = kind is ObjectKind.CONVERSATION
    if audience is Audience.LINK:
        return "Whoever has the link can read it, without signing in. Nothing can be changed or downloaded."
    if kind is ObjectKind.REPORT:
        return "They can read it, but not change it or see the tables."
    if kind is ObjectKind.DASHBOARD:
        may = "filter, update and arrange it, but not see the tables" if right is Right.EDIT else "read it as it is set"
        return f"They can {may}."
    if talk and right is Right.EDIT:
        return "They can ask, too, and so read the table this is about."
    if right is Right.EDIT:
        return "They can ask, and change the table in steps; each change is a version."
    return "They can read the questions and answers, but not the table." if talk else "They can read the table."


def shares(found: Sequence[tuple[Share, str]]) -> str:
    """Draws whom it is shared with; the id of the share to take back, or ""."""
    chosen = ""
    for share, name in found:
        with st.container(border=True), layout.line():
            who = words.literal(name, 60) if share.audience_id else AUDIENCES[share.audience]
            st.markdown(f"**{who}** {RIGHTS[share.right]}", width="content")
            until = f"until {share.expires_at:%d %b %Y, %H:%M} UTC" if share.expires_at else "no end"
            st.caption(until, width="content")
            st.space("stretch")
            if st.button("Take back", key=f"unshare-{share.id}", type="tertiary"):
                chosen = share.id
    return chosen


def listed(found: Sequence[Shared]) -> Shared | None:
    """Draws what others have shared; the one to open."""
    chosen = None
    for each in found:
        with st.container(border=True), layout.line():
            with st.container(gap=None, width=430):
                icon = ICONS[each.share.kind]
                st.markdown(f"{icon} **{words.literal(each.name, 90)}**")
                by = words.literal(" · ".join(part for part in (each.by, each.team) if part), 120)
                st.caption(f"{by} · you {RIGHTS[each.share.right]} · {words.ago(each.share.created_at)}")
            st.space("stretch")
            if st.button("Open", key=f"open-{each.share.id}"):
                chosen = each
    return chosen


def head(shared: Shared, version: SharedVersion) -> None:
    """Draws what this is, by whom, and which version it shows."""
    title(shared)
    about = f"{words.literal(version.dataset, 90)}: {words.shape(version.rows, version.columns)}"
    st.caption(f"Version of {version.created_at:%d %b %Y, %H:%M} UTC · {about} · {words.literal(version.note, 120)}")


def title(shared: Shared) -> None:
    """Draws what this is, by whom, and until when."""
    st.title(words.literal(shared.name, 120), anchor=False)
    until = f" · until {shared.share.expires_at:%d %b %Y, %H:%M} UTC" if shared.share.expires_at else ""
    st.caption(f"Shared by {words.literal(shared.by, 80) or 'somebody'}{until}")


def table(rows: pa.Table, whole: int) -> None:
    """Draws the first rows of a shared table."""
    data_table.rows(rows, "shared-rows", "The rows of the shared table", TALL if rows.num_rows > FEW_ROWS else "auto")
    if whole > rows.num_rows:
        st.caption(f"The first {rows.num_rows:,} of {words.count(whole, 'row')}.")


def talk(turns: Sequence[Turn], names: Mapping[str, str], codes: Collection[str]) -> None:
    """Draws a shared conversation, to read."""
    for turn in turns:
        with st.container():
            if turn.created_by in names:
                st.caption(words.literal(names[turn.created_by], 80), text_alignment="right")
            with st.container(horizontal_alignment="right"), st.container(border=True, width="content"):
                st.text(words.clean(turn.question))
            with st.chat_message("assistant", avatar=answer_card.AVATAR):
                if turn.status.is_final:
                    answer_card.show(turn, codes, newest=False)
                else:
                    st.markdown(":shimmer[Being answered]")
    if not turns:
        st.caption("Nothing was asked yet.")
