"""The team's datasets: found by a word or a tag, in an order, one card each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import streamlit as st

from components import layout, words
from services.domain import Dataset, Version

PER_PAGE = 20
FEW = 4
"""With so many datasets or fewer there is nothing to search."""
SHOWN_TAGS = 12


class Act(StrEnum):
    """What can be done with a dataset."""

    ASK = "ask"
    LOOK = "look"
    EDIT = "edit"
    DOWNLOAD = "download"
    SHARE = "share"
    AGAIN = "again"
    DELETE = "delete"


class Order(StrEnum):
    """How the datasets are sorted."""

    NEWEST = "Newest first"
    NAME = "By name"
    ROWS = "Most rows first"
    SIZE = "Largest first"


@dataclass(frozen=True)
class Choice:
    """What the person wants done, and with which dataset."""

    act: Act
    dataset: Dataset


NAME_WIDTH = 430
"""Pixels: beside the buttons on a desk, above them on a phone."""
MENU = {
    Act.EDIT: ":material/edit: Rename, describe, tag",
    Act.DOWNLOAD: ":material/download: Download",
    Act.SHARE: ":material/share: Share",
    Act.AGAIN: ":material/replay: Read the file again",
    Act.DELETE: ":material/delete: Delete",
}


def show(datasets: Sequence[Dataset], heads: Mapping[str, Version]) -> Choice | None:
    """Draws the search, the order and the cards; `heads` has the version each dataset shows, by the dataset's id."""
    kept = _sought(datasets, heads) if len(datasets) > FEW else list(datasets)
    pages = max(1, -(-len(kept) // PER_PAGE))
    place = st.container()
    page = st.pagination(pages, key=f"datasets-{pages}") if pages > 1 else 1
    chosen = None
    with place:
        for dataset in kept[(page - 1) * PER_PAGE : page * PER_PAGE]:
            if act := _card(dataset, heads[dataset.id]):
                chosen = Choice(act, dataset)
        if datasets and not kept:
            st.caption("No dataset is like that.")
    return chosen


def found(
    datasets: Sequence[Dataset], heads: Mapping[str, Version], word: str, tags: Sequence[str], order: Order
) -> list[Dataset]:
    """The datasets that have every tag and the word in name, description, tags or columns; in this order."""
    sought = word.casefold().split()
    kept = [
        each
        for each in datasets
        if set(tags) <= set(each.tags) and all(part in _words(each, heads[each.id]) for part in sought)
    ]
    keys: dict[Order, Callable[[Dataset], Any]] = {
        Order.NEWEST: lambda each: -each.created_at.timestamp(),
        Order.NAME: lambda each: each.name.casefold(),
        Order.ROWS: lambda each: -heads[each.id].rows,
        Order.SIZE: lambda each: -heads[each.id].bytes,
    }
    return sorted(kept, key=keys[order])


def _words(dataset: Dataset, head: Version) -> str:
    return "\n".join((dataset.name, dataset.description, *dataset.tags, *head.columns)).casefold()


def _sought(datasets: Sequence[Dataset], heads: Mapping[str, Version]) -> list[Dataset]:
    with layout.line():
        word = st.text_input(
            "Search",
            type="search",
            live=True,
            placeholder="Search names, descriptions, columns",
            label_visibility="collapsed",
            width=320,
            key="dataset-search",
        )
        st.space("stretch")
        order = st.selectbox("Order", list(Order), label_visibility="collapsed", width=190, key="dataset-order")
    tags = sorted({tag for dataset in datasets for tag in dataset.tags}, key=str.casefold)[:SHOWN_TAGS]
    chosen = (
        st.pills("Tags", tags, selection_mode="multi", format_func=words.literal, key="dataset-tags") if tags else []
    )
    return found(datasets, heads, word or "", chosen, order)


def _card(dataset: Dataset, head: Version) -> Act | None:
    with st.container(border=True), layout.line():
        with st.container(gap="xxsmall", width=NAME_WIDTH):
            st.markdown(f"**{words.literal(dataset.name, 90)}**")
            facts = (words.shape(head.rows, len(head.columns)), words.size(head.bytes), words.ago(dataset.created_at))
            st.caption(" · ".join(facts))
            if dataset.description:
                st.caption(words.literal(dataset.description, 200))
            if dataset.tags:
                with st.container(horizontal=True, gap="xsmall"):
                    for tag in dataset.tags:
                        st.badge(words.badge(tag), color="gray")
        st.space("stretch")
        asks = st.button("Ask", icon=":material/forum:", key=f"ask-{dataset.id}")
        looks = st.button("Look inside", icon=":material/table:", key=f"look-{dataset.id}")
        more = st.menu_button(
            ":material/more_horiz:",
            list(MENU),
            format_func=lambda act: MENU[act],
            type="tertiary",
            key=f"more-{dataset.id}",
            help="Rename, download or delete",
        )
    return Act.ASK if asks else Act.LOOK if looks else more


def undo(name: str) -> bool:
    """Says that a dataset was deleted; whether the person wants it back."""
    with st.container(border=True), layout.line():
        st.markdown(f":material/delete: {words.literal(name, 90)} was deleted.", width="content")
        st.space("stretch")
        return st.button("Undo", icon=":material/undo:", shortcut="Ctrl+Z", key="undo-delete")


def deleted(datasets: Sequence[Dataset], days: int) -> tuple[str, str]:
    """Draws what was deleted; the id of the one to restore, and of the one to remove for good, or ""."""
    back = gone = ""
    with st.expander(f"Deleted ({len(datasets)})", type="compact", icon=":material/delete:", key="deleted"):
        st.caption(f"Kept for {days} days, then removed for good.")
        for dataset in datasets:
            with layout.line():
                st.markdown(words.literal(dataset.name, 90), width="content")
                st.caption(words.ago(dataset.deleted_at) if dataset.deleted_at else "", width="content")
                st.space("stretch")
                back = dataset.id if st.button("Restore", key=f"restore-{dataset.id}") else back
                gone = dataset.id if st.button("Remove", key=f"purge-{dataset.id}", type="tertiary") else gone
    return back, gone
