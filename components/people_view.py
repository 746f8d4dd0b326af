"""Draws people and the browsers in which somebody is signed in. Says what was asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from components import notice, words
from services.domain import Session, User, Way
from services.errors import AppError

BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "macOS"))
WAYS = {Way.PASSWORD: "password", Way.OPENID: "OpenID Connect", Way.VISITOR: "visitor"}
MANY = 8
"""From here on people are searched for."""
PAGE = 50


@dataclass(frozen=True)
class Wish:
    """What shall be done with whom."""

    what: Literal["deactivate", "reactivate", "owner", "reset"]
    person: User


def browser(agent: str) -> str:
    """ "Firefox on Linux"."""
    name = next((name for sign, name in BROWSERS if sign in agent), "A browser")
    system = next((name for sign, name in SYSTEMS if sign in agent), "Linux" if "Linux" in agent else "")
    return f"{name} on {system}" if system else name


def sessions(found: Sequence[Session], here: str) -> Session | None:
    """Draws the browsers; the one to sign out, if any."""
    chosen = None
    for session in found:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            with st.container(gap=None):
                mark = " :green-badge[This browser]" if session.id == here else ""
                st.markdown(f"**{words.literal(browser(session.agent), 80)}**{mark}")
                place = f" · {words.literal(session.address, 45)}" if session.address else ""
                st.caption(f"{WAYS[session.way]}{place} · used {words.ago(session.seen_at)}")
            if session.id != here and st.button("Sign out", key=f"out-{session.id}", type="tertiary", width=90):
                chosen = session
    return chosen


def people(found: Sequence[User], me: str) -> Wish | None:
    """Draws everybody, a search when they are many; what shall be done with one of them."""
    wanted = ""
    if len(found) > MANY:
        wanted = st.text_input("Search", placeholder="Name or address", icon=":material/search:").casefold()
    shown = [person for person in found if wanted in f"{person.name} {person.email}".casefold()]
    wish = None
    for person in shown[:PAGE]:
        wish = _person(person, me) or wish
    if len(shown) > PAGE:
        st.caption(f"{len(shown) - PAGE:,} more. Search for the others.")
    return wish


def _person(person: User, me: str) -> Wish | None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        with st.container(gap=None):
            marks = " :blue-badge[Runs the server]" if person.runs_server else ""
            marks += "" if person.active else " :orange-badge[Deactivated]"
            st.markdown(f"**{words.literal(person.name, 80)}**{marks}")
            since = f" · since {person.created_at:%d %b %Y}" if person.created_at else ""
            st.caption(f"{words.literal(person.email, 254)}{since}")
        if person.id != me:
            return _wish(person)
    return None


def _wish(person: User) -> Wish | None:
    wish = None
    with st.popover("", icon=":material/more_vert:", type="tertiary", key=f"person-{person.id}"):
        if person.active:
            if st.button(
                "Link to set a new password", icon=":material/key:", key=f"reset-{person.id}", type="tertiary"
            ):
                wish = Wish("reset", person)
            if not person.runs_server and st.button(
                "Let them run the server, too",
                icon=":material/shield_person:",
                key=f"owner-{person.id}",
                type="tertiary",
            ):
                wish = Wish("owner", person)
            if st.button("Deactivate", icon=":material/person_off:", key=f"off-{person.id}", type="tertiary"):
                wish = Wish("deactivate", person)
        elif st.button("Reactivate", icon=":material/person_add:", key=f"on-{person.id}", type="tertiary"):
            wish = Wish("reactivate", person)
    return wish


@st.dialog("A link to hand over")
def hand_over(make: Callable[[], str], about: str) -> None:
    """Shows a link that is made now, whole, to be copied."""
    try:
        end = make()
    except AppError as error:
        notice.show(error)
        return
    st.text(about)
    st.code(front_door() + end, language=None, wrap_lines=True)


def front_door() -> str:
    """The address of this server as this browser knows it, without a path."""
    found = re.match(r"https?://[^/?#]+", str(st.context.url or ""))
    return found.group() if found else ""


@st.dialog("Invite somebody")
def invite(make: Callable[[str], str]) -> None:
    """Asks for whom, and shows the link."""
    email = st.text_input("Email", type="email", help="Only this address can then register. Empty: any one person.")
    if st.button("Make the link", type="primary"):
        try:
            end = make(email)
        except AppError as error:
            notice.show(error)
            return
        st.text("Good once, for a week. Send it to the person yourself:")
        st.code(front_door() + end, language=None, wrap_lines=True)
