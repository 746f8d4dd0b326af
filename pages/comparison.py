"""One version beside another one, of the same dataset or not: how each column differs, and both side by side."""

from __future__ import annotations

import streamlit as st

from components import profile_view, words
from services import datasets, profiling, versions
from services.domain import Version
from services.workspace import Workspace

MOST_VERSIONS = 30


def show(ws: Workspace, version: Version) -> None:
    """Draws the choice of what to compare with, and how each column differs from it."""
    others = _others(ws, version)
    if not others:
        st.caption("There is nothing to compare with yet: another table, or an earlier version of this one.")
        return
    chosen = st.selectbox(
        "Compare with",
        list(others),
        index=None,
        format_func=words.telling(others, others.__getitem__),
        placeholder="A version or a table",
    )
    if not chosen:
        return
    with st.spinner("Comparing"):
        found = profiling.drift(ws, chosen, version.id)
    key = f"drift-{version.id}-{chosen}"
    profile_view.drift(found, key)
    if not found.drifts:
        return
    names = [each.column for each in found.drifts]
    name = st.selectbox("Side by side", names, format_func=words.named(names), key=f"column-{key}")
    profile_view.beside(name, profiling.get(ws, chosen), profiling.get(ws, version.id))


def _others(ws: Workspace, version: Version) -> dict[str, str]:
    """What it can be compared with, by the id of the version: the newest others of its dataset, then other tables."""
    own = [each for each in reversed(versions.list_all(ws, version.dataset_id)) if each.id != version.id]
    named = {each.id: f"This table · {words.clean(versions.sentence(each))[:70]}" for each in own[:MOST_VERSIONS]}
    tables = (each for each in datasets.list_all(ws) if each.id != version.dataset_id)
    return named | {each.head_id: words.clean(each.name) for each in tables}
