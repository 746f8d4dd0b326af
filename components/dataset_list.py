"""The team's datasets, one card each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import streamlit as st

from components import layout, words
from services.domain import Dataset, Version


class Act(StrEnum):
    """What can be done with a dataset."""

    ASK = "ask"
    LOOK = "look"
    RENAME = "rename"
    DELETE = "delete"


@dataclass(frozen=True)
class Choice:
    """What the person wants done, and with which dataset."""

    act: Act
    dataset: Dataset


NAME_WIDTH = 370
"""Pixels: beside the buttons on a desk, above them on a phone."""
MENU = {Act.RENAME: ":material/edit: Rename", Act.DELETE: ":material/delete: Delete"}


def show(datasets: Sequence[Dataset], heads: Mapping[str, Version]) -> Choice | None:
    """Draws the cards; `heads` has the version each dataset shows, by the dataset's id."""
    chosen = None
    for dataset in datasets:
        if act := _card(dataset, heads[dataset.id]):
            chosen = Choice(act, dataset)
    return chosen


def _card(dataset: Dataset, head: Version) -> Act | None:
    with st.container(border=True), layout.line():
        with st.container(gap="xxsmall", width=NAME_WIDTH):
            st.markdown(f"**{words.literal(dataset.name, 90)}**")
            facts = (words.shape(head.rows, len(head.columns)), words.size(head.bytes), words.ago(dataset.created_at))
            st.caption(" · ".join(facts))
        st.space("stretch")
        asks = st.button("Ask", icon=":material/forum:", key=f"ask-{dataset.id}")
        looks = st.button("Look inside", icon=":material/table:", key=f"look-{dataset.id}")
        more = st.menu_button(
            ":material/more_horiz:",
            list(MENU),
            format_func=lambda act: MENU[act],
            type="tertiary",
            key=f"more-{dataset.id}",
            help="Rename or delete",
        )
    return Act.ASK if asks else Act.LOOK if looks else more
