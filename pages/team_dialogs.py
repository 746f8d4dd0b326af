"""The dialogs of the team page: each asks, does one thing, and draws the page again."""

from __future__ import annotations

import streamlit as st

from components import people_view, shell, team_view, words
from components.session import session
from components.team_view import Ask
from services import teams, usage
from services.circles import Measure, Role
from services.workspace import Workspace

INVITED = "/members?invitation="
ROLES = (Role.VIEWER, Role.MEMBER, Role.ADMIN)


def switch(own: Workspace) -> None:
    """Draws the choice of team in the menu and goes where it says; home from a team the person is in no more."""
    found = teams.list_all(own)
    if session.team_id and session.team_id not in {own.team.id, *(team.id for team, _ in found)}:
        session.go_to_team("")
        st.toast("You are not in that team, or it was deactivated.", icon=":material/info:")
    if not session.share_id:
        session.stay()
    chosen = team_view.switch(found, session.team_id)
    if chosen is not None:
        session.go_to_team(chosen)
        st.rerun()


@st.dialog("New team")
@shell.readable
def found(ws: Workspace) -> None:
    """Asks for a name and opens the new team."""
    name = st.text_input("Name", max_chars=120)
    if st.button("Make the team", type="primary", disabled=not name.strip()):
        session.go_to_team(teams.create(ws, name).id)
        st.rerun()


@st.dialog("Invite somebody")
@shell.readable
def invite(ws: Workspace) -> None:
    """Makes a link that lets one person in."""
    offered = [each for each in ROLES if each <= ws.role]
    role = st.selectbox("As", offered, index=min(1, len(offered) - 1), format_func=team_view.role)
    if st.button("Make the link", type="primary"):
        made = teams.invite(ws, role)
        st.text("Good once, for a week. Send it to the person yourself; it is not shown again:")
        st.code(people_view.front_door() + INVITED + made.token, language=None, wrap_lines=True)


@st.dialog("Are you sure?")
@shell.readable
def confirm(ws: Workspace, asked: Ask) -> None:
    """Asks once more before somebody goes, or the team does."""
    name = words.literal(asked.member.name, 80)
    if asked.what == "remove":
        st.markdown(f"{name} will not see this team any more.")
        st.text("Their work stays. What was private to them in it becomes yours.")
    else:
        st.markdown(f"{name} will own this team. You will be an admin of it.")
    if st.button("Remove" if asked.what == "remove" else "Hand over", type="primary"):
        (teams.remove if asked.what == "remove" else teams.hand_over)(ws, asked.member.user_id)
        st.rerun()


@st.dialog("Leave the team?")
@shell.readable
def leave(ws: Workspace) -> None:
    """Asks once more before this person goes."""
    st.text("Your work in it stays. What was private to you in it becomes the owner's.")
    if st.button("Leave", type="primary"):
        teams.leave(ws)
        session.go_to_team("")
        st.rerun()


@st.dialog("Ask for more")
@shell.readable
def ask_for_more(ws: Workspace) -> None:
    """Keeps a wish that the admins see."""
    measure = st.selectbox("Of what", list(Measure), format_func=lambda each: team_view.MEASURES[each])
    reason = st.text_area("What for", max_chars=500)
    if st.button("Ask", type="primary"):
        usage.ask_for_more(ws, measure, reason)
        st.rerun()
