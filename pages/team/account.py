"""Account: one's name, password, and the browsers in which one is signed in."""

import streamlit as st

from components import layout, notice, people_view, shell, sign_in, words
from components.sign_in import browser
from pages import leaving
from services.accounts import own, strength
from services.errors import AppError

ws = shell.workspace()
here = shell.browser_session()

with layout.column(width=560):
    st.title("Account")
    if here is None or ws.user.is_visitor:
        st.text("There is no account here: everything on this page needs one.")
        st.stop()

    st.caption(words.literal(ws.user.email, 254))
    with st.form("name", border=False):
        name = st.text_input("Name", ws.user.name, max_chars=80, autocomplete="name")
        renamed = st.form_submit_button("Save")
    if renamed:
        own.rename(ws, name)
        st.rerun()

    if own.has_password(ws):
        st.subheader("Password")
        with st.form("password", border=False, clear_on_submit=True):
            old = st.text_input("Present password", type="password", autocomplete="current-password")
            new = st.text_input("New password", type="password", autocomplete="new-password", help=strength.HINT)
            changed = st.form_submit_button("Change password")
        if changed:
            try:
                own.change_password(ws, browser.here(ws.backends), old=old, new=new, here=here.id)
                st.success("Your password is changed, and every other browser is signed out.", icon=":material/check:")
            except AppError as error:
                notice.show(error)

    st.subheader("Signed in")
    if chosen := people_view.sessions(own.sessions(ws), here.id):
        own.sign_out(ws, chosen.id)
        st.rerun()
    with layout.line():
        if st.button("Sign out", icon=":material/logout:"):
            sign_in.out(ws)
        if st.button("Sign out everywhere", type="tertiary"):
            own.sign_out_everywhere(ws)
            st.rerun()
    leaving.show(ws)
