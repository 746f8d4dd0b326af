"""Team: who is in it and may do what, who is invited, what was done, what is used and how much may be."""

import streamlit as st

from components import activity_view, layout, notice, shell, team_view, words
from components.activity_view import Line
from components.session import session
from pages import team_dialogs
from services import activity, teams, usage
from services.activity import Filter
from services.circles import EACH, Role
from services.errors import AppError

ws = shell.workspace()
is_admin = ws.role >= Role.ADMIN
may_invite = is_admin and not ws.is_alone


def welcome(token: str) -> None:
    """What an invitation is to, and the way in."""
    try:
        found = teams.welcome(ws, token)
        if team_view.welcome(found.team.name, found.role, found.by):
            teams.accept(ws, token)
            session.accepted()
            session.go_to_team(found.team.id)
            st.rerun()
    except AppError as error:
        notice.show(error)


def show_members() -> None:
    """The members, and what can be done with them."""
    everybody = teams.members(ws)
    if (asked := team_view.members(everybody, ws.user.id, ws.role)) and asked.what == "role":
        teams.set_role(ws, asked.member.user_id, asked.role)
        st.rerun()
    elif asked:
        team_dialogs.confirm(ws, asked)
    with layout.line():
        if may_invite and st.button("Invite somebody", icon=":material/person_add:", type="primary"):
            team_dialogs.invite(ws)
        if not ws.is_alone and ws.role is not Role.OWNER and st.button("Leave the team", type="tertiary"):
            team_dialogs.leave(ws)
    names = {each.user_id: each.name for each in everybody}
    if may_invite and (gone := team_view.invitations(teams.invitations(ws), names)):
        teams.take_back(ws, gone)
        st.rerun()


def show_activity() -> None:
    """What was done, and its export."""
    sought = activity_view.search(activity.people(ws), activity.ACTIONS)
    wanted = Filter(sought.user_id, sought.actions, sought.since, None, sought.text)
    entries = activity.list_all(ws, wanted)
    lines = [Line(each.record.created_at, each.who, each.record.action, each.what) for each in entries]
    activity_view.show(lines, activity.SHOWN)
    if is_admin and st.button("Prepare a CSV of all of it", icon=":material/download:"):
        st.download_button("activity.csv", activity.export(ws, wanted), "activity.csv", "text/csv", on_click="ignore")


def show_usage() -> None:
    """What is used, what may be, and who asked for more."""
    team_view.used(*usage.mine(ws), usage.limits(ws))
    team_view.by_person(usage.of_team(ws))
    may_set = is_admin and (not ws.is_alone or ws.user.runs_server)
    decided = team_view.wishes(usage.wishes(ws), may_decide=may_set)
    if decided:
        wish, is_granted = decided
        usage.decide(ws, wish.id, usage.more(ws, wish.id) if is_granted else None)
        st.rerun()
    if st.button("Ask for more", icon=":material/add_circle:"):
        team_dialogs.ask_for_more(ws)
    if may_set and not ws.is_alone:
        show_limits()


def show_limits() -> None:
    """What everybody may use who has no limits of their own, and one member's."""
    names = {EACH: "Everybody"} | {each.user_id: each.name for each in teams.members(ws)}
    with st.expander("Limits", icon=":material/speed:"):
        who = st.selectbox("Of", list(names), format_func=words.telling(names, lambda id: words.clean(names[id])[:60]))
        if saved := team_view.limits(usage.own_limits(ws, who), who):
            usage.set_limits(ws, who, saved)
            st.rerun()


with layout.column():
    with layout.line():
        st.title("My own workspace" if ws.is_alone else words.literal(ws.team.name, 80), anchor=False)
        st.space("stretch")
        if st.button("New team", icon=":material/group_add:"):
            team_dialogs.found(ws)
    if session.invitation:
        welcome(session.invitation)
    if ws.is_alone:
        st.caption("Nobody else sees what is here, but for what you share. Make a team to work with others.")
    members, done, used = st.tabs(["Members", "Activity", "Usage and limits"])
    with members:
        show_members()
    with done:
        show_activity()
    with used:
        show_usage()
