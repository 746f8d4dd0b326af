"""Draws suggestions: what can be mended, why, where, and the ways to accept it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import streamlit as st

from components import layout, pair_review, words
from services.domain import Suggestion

PAIRS = "similar rows"
"""The kind of suggestion whose cells are pairs of rows."""
SHOWN = 12
"""Suggestions that are drawn before the rest is folded away."""


@dataclass(frozen=True)
class Chosen:
    """Suggestions a person wants to try, in this order; `option` where one of several steps was chosen."""

    suggestions: tuple[Suggestion, ...] = ()
    option: int | None = None
    rejected: str = ""
    """The id of one that a person does not want to see again."""
    dropped: tuple[int, ...] = ()
    """Rows, from 1, that a person found to be others written twice."""


def show(found: Sequence[Suggestion], rejected: Collection[str], fetch: pair_review.Fetch) -> Chosen | None:
    """Draws them, what is recommended first; what was chosen. `fetch` gives a row of the table."""
    left = [each for each in found if each.id not in rejected]
    if not left:
        st.caption(":material/check_circle: Nothing was found that needs mending.")
        return None
    chosen = _together(left)
    for each in left[:SHOWN]:
        chosen = _one(each, fetch) or chosen
    if left[SHOWN:]:
        with st.expander(f"{words.count(len(left) - SHOWN, 'more suggestion')}"):
            for each in left[SHOWN:]:
                chosen = _one(each, fetch) or chosen
    return chosen


def _together(left: Sequence[Suggestion]) -> Chosen | None:
    safe = tuple(each for each in left if each.is_safe)
    every = tuple(each for each in left if each.is_recommended)
    with layout.line():
        if st.button(
            f"Accept all safe ({len(safe)})", icon=":material/verified:", disabled=not safe, key="accept-safe"
        ):
            return Chosen(safe)
        help_text = "Everything that is more likely right than wrong. You see what it would do first."
        label = f"Accept all recommended ({len(every)})"
        if st.button(label, icon=":material/done_all:", disabled=not every, help=help_text, key="accept-all"):
            return Chosen(every)
    return None


def _one(each: Suggestion, fetch: pair_review.Fetch) -> Chosen | None:
    with st.container(border=True, gap="xsmall"):
        mark = "verified" if each.is_safe else "recommend" if each.is_recommended else "help"
        sure = f"{each.confidence:.0%} sure" if each.step else "to decide"
        st.markdown(
            f":material/{mark}: **{words.literal(each.title, 200)}** :gray-badge[{each.kind}] :gray-badge[{sure}]"
        )
        st.caption(words.literal(each.reason, 400))
        if each.examples:
            st.markdown(" · ".join(_example(one.before, one.after) for one in each.examples[:3]))
        chosen = _buttons(each)
        if each.kind == PAIRS and st.toggle("Compare the pairs", key=f"pairs-{each.id}"):
            rows = [place.row for place in each.cells]
            pairs = list(zip(rows[::2], rows[1::2], strict=False))
            dropped = pair_review.show(pairs, fetch, f"pairs-{each.id}")
            chosen = Chosen((each,), dropped=dropped) if dropped else chosen
        return chosen


def _example(before: str | None, after: str | None) -> str:
    old = words.literal(before or "missing", 60)
    return f"{old} → **{words.literal(after, 60)}**" if after is not None else old


def _buttons(each: Suggestion) -> Chosen | None:
    with layout.line():
        if each.step and st.button("Try", icon=":material/play_arrow:", key=f"try-{each.id}"):
            return Chosen((each,))
        if each.options:
            labels = [option.label for option in each.options]
            key, look = f"option-{each.id}", {"label_visibility": "collapsed", "width": 260}
            place = st.selectbox(
                "Way",
                range(len(labels)),
                format_func=words.telling(range(len(labels)), labels.__getitem__),
                key=key,
                **look,
            )
            if st.button("Try this", icon=":material/play_arrow:", key=f"tryoption-{each.id}"):
                return Chosen((each,), place)
        if st.button("Reject", icon=":material/close:", type="tertiary", key=f"reject-{each.id}"):
            return Chosen(rejected=each.id)
    return None
