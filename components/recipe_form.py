"""Draws how a recipe is applied: which column is which, what it should learn again, and what does not fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from components import words
from services.domain import ColumnMatch, Misfit

NONE = "Not in this table"
MIME = {"json": "application/json", "py": "text/x-python", "ipynb": "application/x-ipynb+json"}


@dataclass(frozen=True)
class Asked:
    """The columns of the table by those of the recipe, and the places of the steps that learn again."""

    names: Mapping[str, str]
    again: tuple[int, ...]


def show(
    matches: Sequence[ColumnMatch], columns: Sequence[str], sentences: Sequence[str], learners: Sequence[int]
) -> Asked:
    """Draws the columns and the steps that learned something; what is chosen."""
    names = {}
    if matches:
        st.caption("The columns that the recipe needs, and those of this table that they are taken for.")
    options = ["", *columns]
    for match in matches:
        note = f" ({match.how})" if match.how else ""
        other = " · of another kind" if match.is_other_kind else ""
        names[match.wanted] = st.selectbox(
            f"{words.clean(match.wanted)}{note}{other}",
            options,
            options.index(match.found),
            format_func=words.telling(options, lambda name: words.clean(name) if name else NONE),
            key=f"match-{match.wanted}",
        )
    again = [
        place
        for place in learners
        if st.toggle(f"Learn again: {words.clean(sentences[place])[:120]}", key=f"again-{place}", help=LEARN)
    ]
    return Asked(names, tuple(again))


LEARN = "Otherwise it does as last time, with what it learned from the table it was made on."


def misfits(found: Sequence[Misfit]) -> None:
    """Lists the steps that do not fit."""
    for each in found:
        st.markdown(f":material/warning: {each.place + 1} · {words.literal(each.sentence, 160)}")
        st.caption(words.literal(each.reason, 300))


def downloads(recipe_id: str, files: Mapping[str, str]) -> None:
    """Draws a button for each file, by its ending."""
    labels = {"json": "JSON", "py": "Script", "ipynb": "Notebook"}
    for ending, text in files.items():
        name = f"recipe.{ending}"
        st.download_button(labels[ending], text, name, MIME[ending], type="tertiary", key=f"{ending}-{recipe_id}")
