"""People: everybody who may sign in to this server, for whoever runs it."""

from functools import partial

import streamlit as st

from components import layout, people_view, shell, team_view, words
from services.accounts import groups, people
from services.circles import Limits

ws = shell.workspace()
found = people.list_all(ws)


def show_people() -> None:
    """Everybody, and what can be done with each."""
    with layout.line(horizontal_alignment="distribute"):
        st.caption(words.count(len(found), "account"))
        if st.button("Invite somebody", icon=":material/person_add:", type="primary"):
            people_view.invite(partial(people.invite, ws))

    wish = people_view.people(found, ws.user.id)
    if wish and wish.what == "reset":
        about = f"{words.clean(wish.person.name)} can set a new password with it, once, until tomorrow."
        people_view.hand_over(partial(people.reset_link, ws, wish.person.id), about)
    elif wish:
        change = {"deactivate": people.deactivate, "reactivate": people.reactivate, "owner": people.make_owner}
        change[wish.what](ws, wish.person.id)
        st.rerun()


def show_teams() -> None:
    """Every team, whether it is open, and what it may use as a whole."""
    every = groups.list_all(ws)
    if not every:
        st.caption("No teams yet. Everybody can make one on the page Team.")
    elif changed := team_view.groups(every):
        team_id, wanted = changed
        if isinstance(wanted, Limits):
            groups.set_limits(ws, team_id, wanted)
        else:
            (groups.reactivate if wanted else groups.deactivate)(ws, team_id)
        st.rerun()


def show_limits() -> None:
    """What everybody may use."""
    st.caption("For each person, where their team sets nothing else. Empty: what the settings of the server say.")
    if saved := team_view.limits(groups.defaults(ws), "everybody"):
        groups.set_defaults(ws, saved)
        st.rerun()


with layout.column(width=640):
    st.title("People")
    everybody, all_teams, limits = st.tabs(["People", "Teams", "Limits of everybody"])
    with everybody:
        show_people()
    with all_teams:
        show_teams()
    with limits:
        show_limits()
