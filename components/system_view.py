"""Draws how this installation runs: who answers, where the data is, what contains the code."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from components import notice, words
from sandbox.messages import Layer, Level, Status
from services.domain import Sight

MARKS = {True: ":green[:material/check_circle:]", False: ":orange[:material/do_not_disturb_on:]"}
HEADLINES = {
    Level.FILES: ":green[:material/shield:] Code is contained by the kernel",
    Level.CLOSED: ":green[:material/shield:] Code is contained by the kernel: it can open no file at all",
    Level.PROCESS: ":orange[:material/gpp_maybe:] Code is not contained by the kernel on this system",
}
OPEN = (
    "Only the built-in analyst's own code runs here. Code written by a language model or a person is refused, "
    "unless the owner allows it with RED_PANDAS_ALLOW_UNSANDBOXED."
)


SIGHTS = {
    Sight.SCHEMA: "Names and kinds of columns",
    Sight.AGGREGATES: "Also counts, ranges and means",
    Sight.SAMPLES: "Also masked examples",
}


def sight(now: Sight, *, may_set: bool) -> Sight | None:
    """Draws what a language model may be told of a table; what the owner of the team wants it to be instead."""
    if not may_set:
        facts("What a language model sees", {"At most": SIGHTS[now]})
        return None
    st.subheader("What a language model sees")
    wanted = st.segmented_control(
        "What a language model sees",
        list(Sight),
        default=now,
        format_func=SIGHTS.__getitem__,
        label_visibility="collapsed",
        key="sight",
    )
    st.caption("Of the tables of this team. The server may allow less.")
    return wanted if wanted and wanted is not now else None


def facts(title: str, lines: Mapping[str, str]) -> None:
    """A heading with names and values under it."""
    st.subheader(title)
    for name, value in lines.items():
        left, right = st.columns([1, 3], gap="small")
        left.caption(name)
        right.text(words.clean(value))


def places(found: Mapping[str, tuple[str, str]]) -> None:
    """Where the data is: by name a place, and what is wrong with it, empty when nothing is."""
    facts("Where your data is", {name: place for name, (place, _) in found.items()})
    for name, (_, error) in found.items():
        if error:
            notice.problem(f"{name}: {error}")


def containment(status: Status) -> None:
    """Which layers hold the code, as found out by trying."""
    st.subheader("What contains the code")
    st.markdown(HEADLINES[status.level])
    st.caption(words.literal(status.summary[:1].upper() + status.summary[1:] + ".", 400))
    if status.level is Level.PROCESS:
        st.caption(OPEN)
    with st.container(border=True, gap="xsmall"):
        for layer in status.layers:
            st.markdown(_line(layer))
    if status.system:
        st.caption(words.literal(status.system, 200))


def _line(layer: Layer) -> str:
    note = f" — {words.literal(layer.note, 200)}" if layer.note else ""
    return f"{MARKS[layer.active]} {words.literal(layer.name[:1].upper() + layer.name[1:])}{note}"
