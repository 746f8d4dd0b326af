"""The alerts of a profile: each with its reason, its rows and the step that mends it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from components import layout, profile_view, words
from services.domain import Alert, Remedy, View

PER_PAGE = 20
ASIDE = "Says nothing about this in any version of the dataset, until you bring it back."


@dataclass(frozen=True)
class Choice:
    """What the person wants: to look at rows, to mend something, to put an alert aside or to bring it back."""

    view: View | None = None
    remedy: Remedy | None = None
    dismiss: Alert | None = None
    restore: Alert | None = None


def show(alerts: Sequence[Alert], key: str, *, mends: bool = True, may_dismiss: bool = False) -> Choice | None:
    """Draws one page of the alerts; what the person chose to do about one. Without `mends`, only to look."""
    if not alerts:
        st.caption(":material/check_circle: Nothing looks wrong.")
        return None
    chosen = None
    place, last = st.container(gap="small"), -(-len(alerts) // PER_PAGE)
    page = st.pagination(last, key=f"alerts-{key}-{len(alerts)}") if last > 1 else 1
    with place:
        for number, alert in enumerate(alerts[(page - 1) * PER_PAGE : page * PER_PAGE]):
            chosen = _alert(alert, f"{key}-{page}-{number}", mends, may_dismiss) or chosen
    return chosen


def aside(alerts: Sequence[Alert], key: str, *, may_restore: bool) -> Choice | None:
    """Draws the alerts that were put aside, folded; the one to bring back."""
    if not alerts:
        return None
    chosen = None
    with st.expander(f"Dismissed ({len(alerts):,})", icon=":material/visibility_off:", type="compact"):
        for number, alert in enumerate(alerts):
            with layout.line(horizontal_alignment="distribute"):
                st.markdown(f":gray[{alert.kind.value.capitalize()} · {words.literal(alert.text, 300)}]")
                if may_restore and st.button("Bring back", key=f"restore-{key}-{number}", type="tertiary"):
                    chosen = Choice(restore=alert)
    return chosen


def _alert(alert: Alert, key: str, mends: bool, may_dismiss: bool) -> Choice | None:
    colour = profile_view.COLOURS[alert.severity]
    with st.container(border=True, gap="xsmall"):
        icon = f":{colour}[:material/{profile_view.ICONS[alert.severity]}:]"
        st.markdown(f"{icon} **{alert.kind.value.capitalize()}** · {words.literal(alert.text, 400)}")
        st.caption(words.literal(alert.reason, 400))
        if alert.examples:
            st.caption("Such as " + " · ".join(words.literal(each, 60) for each in alert.examples))
        if mends and alert.unmended:
            st.caption(f":material/info: {words.literal(alert.unmended, 300)}")
        return _choices(alert, key, mends, may_dismiss)


def _choices(alert: Alert, key: str, mends: bool, may_dismiss: bool) -> Choice | None:
    if not (alert.view or (alert.remedy and mends) or may_dismiss):
        return None
    with layout.line():
        if alert.view and st.button("See the rows", icon=":material/table_rows:", key=f"see-{key}"):
            return Choice(view=alert.view)
        label = words.literal(alert.remedy.label, 80) if alert.remedy else ""
        if alert.remedy and mends and st.button(label, icon=":material/healing:", key=f"mend-{key}"):
            return Choice(remedy=alert.remedy)
        if may_dismiss:
            st.space("stretch")
            if st.button("Dismiss", type="tertiary", key=f"dismiss-{key}", help=ASIDE):
                return Choice(dismiss=alert)
    return None
