"""Draws a team: who is in it, who is invited, what was done, what is used. Says what was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st

from components import layout, words
from services.circles import Group, Invitation, Limits, Measure, Member, Role, Usage, Wish, WishStatus
from services.domain import Team

SHOWN_NAME = 80
MEASURES = {
    Measure.STORAGE: "Storage",
    Measure.QUESTIONS: "Questions a day",
    Measure.TOKENS: "Tokens a month",
    Measure.RUNS: "Jobs at once",
}
FIELDS = {
    "storage_mb": "Storage, MB",
    "questions_a_day": "Questions a day",
    "tokens_a_month": "Tokens a month",
    "runs_at_once": "Jobs at once",
}


@dataclass(frozen=True)
class Ask:
    """What shall be done with whom."""

    what: Literal["role", "remove", "hand over"]
    member: Member
    role: Role = Role.VIEWER


def role(given: Role) -> str:
    """ "Member"."""
    return given.name.title()


def switch(teams: Sequence[tuple[Team, Role]], here: str) -> str | None:
    """Draws the choice of team in the sidebar; the team to go to ("" is the person's own), if another was chosen."""
    if not teams:
        return None
    names = {"": "My own workspace"} | {team.id: words.clean(team.name)[:40] for team, _ in teams}
    ids = list(names)
    at = ids.index(here) if here in ids else 0
    with st.sidebar:
        chosen = st.selectbox(
            "Team",
            ids,
            index=at,
            format_func=words.telling(ids, names.__getitem__),
            key=f"team-{here}",
            label_visibility="collapsed",
        )
    return chosen if chosen != ids[at] else None


def members(found: Sequence[Member], me: str, mine: Role) -> Ask | None:
    """Draws the members; what shall be done with one of them."""
    asked = None
    for member in found:
        with st.container(border=True), layout.line():
            with st.container(gap=None, width=330):
                marks = "" if member.active else " :orange-badge[Deactivated]"
                you = " :green-badge[You]" if member.user_id == me else ""
                st.markdown(f"**{words.literal(member.name, SHOWN_NAME)}**{you}{marks}")
                email = f"{words.literal(member.email, 254)} · " if member.email else ""
                st.caption(f"{email}since {member.joined_at:%d %b %Y}")
            st.space("stretch")
            st.badge(role(member.role), color="gray")
            if member.user_id != me and mine >= Role.ADMIN and member.role < mine:
                asked = _asked(member, mine) or asked
    return asked


def _asked(member: Member, mine: Role) -> Ask | None:
    others = [each for each in (Role.VIEWER, Role.MEMBER, Role.ADMIN) if each != member.role and each <= mine]
    ways: dict[str, Ask] = {f"Make {role(each).lower()}": Ask("role", member, each) for each in others}
    if mine is Role.OWNER:
        ways["Hand the team over"] = Ask("hand over", member)
    ways["Remove from the team"] = Ask("remove", member)
    picked = st.menu_button(
        ":material/more_vert:", list(ways), type="tertiary", key=f"member-{member.user_id}", help="Role, remove"
    )
    return ways[picked] if picked else None


def invitations(found: Sequence[Invitation], names: Mapping[str, str]) -> str:
    """Draws those that are open; the id of the one to take back, or ""."""
    chosen = ""
    for each in found:
        with st.container(border=True), layout.line():
            by = words.literal(names.get(each.created_by, ""), SHOWN_NAME)
            st.markdown(f"**{role(each.role)}** · by {by}", width="content")
            st.caption(f"good until {each.expires_at:%d %b %Y}", width="content")
            st.space("stretch")
            if st.button("Take back", key=f"back-{each.id}", type="tertiary"):
                chosen = each.id
    return chosen


def welcome(team: str, given: Role, by: str) -> bool:
    """Says what an invitation is to; whether it is accepted."""
    with st.container(border=True):
        who = words.literal(by, SHOWN_NAME) or "Somebody"
        st.markdown(f"{who} invites you to the team **{words.literal(team, SHOWN_NAME)}** as {role(given).lower()}.")
        return st.button("Join", type="primary", icon=":material/group_add:")


def used(today: Usage, month: Usage, limits: Limits) -> None:
    """Draws what this person used, beside what they may."""
    rows = (
        ("Storage", words.size(month.bytes), _of(limits.storage_mb, " MB")),
        ("Questions today", f"{today.questions:,}", _of(limits.questions_a_day)),
        ("Tokens this month", f"{month.tokens:,}", _of(limits.tokens_a_month)),
        ("Work this month", f"{month.seconds:,.0f} s", ""),
    )
    with st.container(horizontal=True, gap="medium"):
        for name, value, most in rows:
            with st.container(border=True, width=180):
                st.metric(name, value, help=most or None)
                st.caption(most or "no limit")


def by_person(found: Sequence[tuple[str, Usage]]) -> None:
    """Draws what each person used this month."""
    names = ("Person", "Questions", "Tokens", "Seconds", "Storage")
    rows: list[dict[str, Any]] = [
        dict(
            zip(
                names,
                (words.clean(name), each.questions, each.tokens, round(each.seconds, 1), words.size(each.bytes)),
                strict=True,
            )
        )
        for name, each in found
    ]
    st.dataframe(rows, hide_index=True, width="stretch")


def limits(at: Limits, key: str) -> Limits | None:
    """Draws the form for limits; what was saved."""
    told = at.model_dump()
    with st.form(f"limits-{key}", border=False):
        places = st.columns(2)
        entered = {
            name: places[n % 2].number_input(label, 0, None, told[name], step=1, placeholder="no limit of its own")
            for n, (name, label) in enumerate(FIELDS.items())
        }
        saved = st.form_submit_button("Save")
    return Limits.model_validate(entered) if saved else None


def groups(found: Sequence[Group]) -> tuple[str, Limits | bool] | None:
    """Draws every team of the server; the one whose limits as a whole were changed, and these, or whether it is to be
    open."""
    changed: tuple[str, Limits | bool] | None = None
    for each in found:
        with st.container(border=True):
            with layout.line():
                mark = "" if each.active else " :orange-badge[Deactivated]"
                st.markdown(f"**{words.literal(each.name, SHOWN_NAME)}**{mark}", width="stretch")
                if _turns(each):
                    changed = (each.id, not each.active)
            owner = f"owned by {words.literal(each.owner, SHOWN_NAME)} · " if each.owner else ""
            inside, kept = words.count(each.members, "member"), words.size(each.bytes)
            st.caption(f"{owner}{inside} · {kept} kept · since {each.created_at:%d %b %Y}")
            with st.expander("Limits of the team as a whole", icon=":material/speed:", key=f"group-{each.id}"):
                if saved := limits(each.limits, each.id):
                    changed = (each.id, saved)
    return changed


def _turns(group: Group) -> bool:
    """Draws the menu of a team; whether it is to be closed, or opened again."""
    with st.popover("", icon=":material/more_vert:", type="tertiary", key=f"group-menu-{group.id}"):
        if not group.active:
            return st.button("Reactivate", icon=":material/lock_open:", key=f"open-{group.id}", type="tertiary")
        st.caption("Nobody can open it or see what it shared, and its work stops. Everything is kept.")
        return st.button("Deactivate", icon=":material/lock:", key=f"close-{group.id}", type="tertiary")


def wishes(found: Sequence[tuple[str, Wish]], *, may_decide: bool) -> tuple[Wish, bool] | None:
    """Draws who asked for more; the one to decide, and whether it is granted."""
    decided = None
    for name, wish in found:
        with st.container(border=True), layout.line():
            with st.container(gap=None, width=380):
                st.markdown(f"**{words.literal(name, SHOWN_NAME)}** asks for more: {MEASURES[wish.measure].lower()}")
                st.caption(f"{words.literal(wish.reason, 300)} · {words.ago(wish.created_at)}".strip(" ·"))
            st.space("stretch")
            if wish.status is not WishStatus.OPEN or not may_decide:
                st.badge(wish.status.value, color="gray")
                continue
            if st.button("Grant", key=f"grant-{wish.id}"):
                decided = (wish, True)
            if st.button("Decline", key=f"decline-{wish.id}", type="tertiary"):
                decided = (wish, False)
    return decided


def _of(most: int | None, unit: str = "") -> str:
    return "" if most is None else f"of {most:,}{unit}"
