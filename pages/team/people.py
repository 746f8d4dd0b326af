"""People: everybody who may sign in to this server, for whoever runs it."""

from functools import partial

import streamlit as st

from components import layout, people_view, shell, words
from services.accounts import people

ws = shell.workspace()
found = people.list_all(ws)

with layout.column(width=640):
    st.title("People")
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
