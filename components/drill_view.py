"""Under a chart: what was chosen on it, the way to the rows behind it, and the box in which it is restyled in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from components import data_table, layout, row_filter, table_view, words
from services.domain import Condition, Profile, View

PAGE_ROWS = 200
GRID_HEIGHT = 460
DRAWER = 760
EXAMPLE = "as a pie · top 5 · log scale · title Sales · red"
CHOOSE = "Nothing on this chart can be clicked. Say here which rows you mean."


@dataclass(frozen=True)
class Wish:
    """What the person wants: to see rows, to draw only these rows, or a chart that looks as they say."""

    rows: View | None = None
    only: View | None = None
    said: str = ""


def tools(names: Sequence[str], profile: Profile, key: str, *, clicks: bool) -> Wish | None:
    """Draws the restyling box and the choice of rows for charts on which nothing, or not everything, can be clicked."""
    with layout.line():
        with st.form(f"say-{key}", clear_on_submit=True, border=False), layout.line():
            said = st.text_input(
                "Restyle in words", placeholder=EXAMPLE, label_visibility="collapsed", key=f"words-{key}", width=430
            )
            is_said = st.form_submit_button("Restyle", icon=":material/brush:")
        with st.popover("Rows", icon=":material/table_rows:", key=f"rows-{key}"):
            st.caption("Click a mark or draw a box on the chart, or say here which rows." if clicks else CHOOSE)
            picked = row_filter.show(profile, names, f"pick-{key}", label="Rows where")
            wanted = View(conditions=picked)
            see, only = _buttons(wanted, f"pick-{key}")
    if see or only:
        return Wish(rows=wanted if see else None, only=wanted if only else None)
    return Wish(said=said) if is_said and said.strip() else None


def chosen(view: View, profile: Profile, key: str, *, redraws: bool = True) -> Wish | None:
    """Draws what was chosen on the chart, and what can be done with it."""
    with layout.line():
        st.caption(f":material/ads_click: {said(view.conditions, profile)}", width="content")
        see, only = _buttons(view, key, redraws)
    return Wish(rows=view if see else None, only=view if only else None) if see or only else None


def said(conditions: Sequence[Condition], profile: Profile) -> str:
    """The conditions in words."""
    return " and ".join(words.literal(table_view.said(each, profile), 80) for each in conditions) or "all rows"


def _buttons(view: View, key: str, redraws: bool = True) -> tuple[bool, bool]:
    see = st.button("Show the rows", icon=":material/table_rows:", key=f"see-{key}")
    if not redraws:
        return see, False
    only = st.button("Draw only these", icon=":material/filter_alt:", key=f"only-{key}", disabled=not view.conditions)
    return see, only


def rows(view: View, profile: Profile, count: int, read: Callable[[int, int], object], key: str) -> None:
    """Draws the rows of the view, page by page, inside a drawer."""
    st.caption(f"{words.count(count, 'row')}: {said(view.conditions, profile)}")
    place = st.container()
    page = data_table.pages(count, PAGE_ROWS, f"drawn-{key}")
    with place:
        table = read((page - 1) * PAGE_ROWS, PAGE_ROWS)
        data_table.rows(table, f"behind-{key}", "Rows behind the chart", GRID_HEIGHT, data_table.codes(profile))  # type: ignore[arg-type]
