"""The dialog in which a person says who sees a thing: a dataset, a conversation, whatever can be shared."""

from __future__ import annotations

import streamlit as st

from components import notice, people_view, share_view, shell, words
from components.share_view import New
from services import sharing, teams
from services.circles import Audience, ObjectKind, Share
from services.domain import Team
from services.errors import AppError
from services.workspace import Workspace

LINK = "/shared?link="


@st.dialog("Share")
@shell.readable
def show(ws: Workspace, kind: ObjectKind, object_id: str, name: str) -> None:
    """Draws who sees the thing, and shares it or takes it back."""
    st.markdown(f"**{words.literal(name, 120)}**")
    reach = sharing.reach(ws, kind, object_id)
    if not sharing.may_share(ws, kind, object_id):
        st.caption("Only who made this, or an admin of the team, can share it.")
        return
    if not ws.is_alone and (chosen := share_view.seen_by(ws.team.name, reach.visibility)):
        sharing.show_to(ws, kind, object_id, chosen)
        st.rerun(scope="fragment")
    if gone := share_view.shares(reach.shares):
        sharing.stop(ws, gone)
        st.rerun(scope="fragment")
    others = [team for team, _ in teams.list_all(ws) if team.id != ws.team.id]
    if wanted := share_view.new(others, kind):
        _share(ws, kind, object_id, wanted, others)


def _share(ws: Workspace, kind: ObjectKind, object_id: str, wanted: New, others: list[Team]) -> None:
    try:
        if wanted.audience is Audience.LINK:
            made = sharing.publish(ws, kind, object_id, wanted.days or sharing.LINK_DAYS)
            st.text("Copy the link now: it is not shown again.")
            st.code(people_view.front_door() + LINK + made.token, language=None, wrap_lines=True)
            return
        share = _given(ws, kind, object_id, wanted)
    except AppError as error:
        notice.show(error)
        return
    names = {team.id: team.name for team in others}
    st.toast(f"Shared with {words.literal(names.get(share.audience_id, wanted.to) or 'everyone', 60)}.")
    st.rerun(scope="fragment")


def _given(ws: Workspace, kind: ObjectKind, object_id: str, wanted: New) -> Share:
    if wanted.audience is Audience.PERSON:
        return sharing.with_person(ws, kind, object_id, wanted.to, wanted.right, wanted.days)
    if wanted.audience is Audience.TEAM:
        return sharing.with_team(ws, kind, object_id, wanted.to, wanted.right, wanted.days)
    return sharing.with_everyone(ws, kind, object_id, wanted.days)
