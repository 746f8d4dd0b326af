"""Draws how a question was understood, part by part, each to be changed by clicking. Returns the form to ask."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components import row_filter, words
from services.domain import Profile
from services.question_form import MOST_GROUPS, MOST_ROWS, FormChoices, QuestionForm

AS_IT_COMES = "As it comes"
COUNTED = "number of rows"


def show(form: QuestionForm, choices: FormChoices, profile: Profile, key: str) -> QuestionForm | None:
    """Draws the parts that can be changed; the changed form once it is to be asked."""
    changed = form
    if choices.aggregates:
        changed = _measure(changed, choices, key)
    if choices.shown:
        changed = changed.model_copy(update={"shown": _shown(form, choices, key)})
    if choices.groups:
        groups = _several("Grouped by", choices.groups, form.groups, f"{key}-groups", MOST_GROUPS)
        changed = changed.model_copy(update={"groups": groups})
    if choices.conditions:
        kept = _several("Where", choices.conditions, form.conditions, f"{key}-where")
        changed = changed.model_copy(update={"conditions": kept})
    if choices.filters:
        names = [column.name for column in profile.columns]
        added = row_filter.show(profile, names, f"{key}-added", label="Only rows where")
        changed = changed.model_copy(update={"added": added})
    if choices.orders or choices.limits:
        changed = _order(changed, form, choices, key)
    asked = st.button("Ask", type="primary", icon=":material/arrow_forward:", key=f"{key}-ask")
    return changed if asked else None


def _measure(form: QuestionForm, choices: FormChoices, key: str) -> QuestionForm:
    left, right = st.columns(2)
    with left:
        aggregate = _one("What", choices.aggregates, form.aggregate, f"{key}-aggregate")
    with right:
        counts = aggregate == COUNTED
        column = "" if counts else _one("Of", choices.columns, form.column, f"{key}-column")
    return form.model_copy(update={"aggregate": aggregate, "column": column})


def _shown(form: QuestionForm, choices: FormChoices, key: str) -> tuple[str, ...]:
    if choices.most_shown == 1:
        return (_one("Shown", choices.shown, form.shown[0], f"{key}-shown"),)
    return _several("Shown", choices.shown, form.shown, f"{key}-shown", choices.most_shown)


def _order(changed: QuestionForm, form: QuestionForm, choices: FormChoices, key: str) -> QuestionForm:
    left, right = st.columns(2)
    with left:
        order = _one("Order", ("", *choices.orders), form.order, f"{key}-order")
    with right:
        limit = st.number_input(
            "At most", 1, MOST_ROWS, form.limit, placeholder="All", key=f"{key}-limit", help="How many are shown."
        )
    return changed.model_copy(update={"order": order, "limit": limit})


def _one(label: str, options: Sequence[str], current: str, key: str) -> str:
    place = options.index(current) if current in options else 0
    picked = st.selectbox(label, options, place, format_func=_said, key=key)
    return picked or ""


def _several(
    label: str, options: Sequence[str], current: Sequence[str], key: str, most: int | None = None
) -> tuple[str, ...]:
    known = [one for one in current if one in options]
    picked = st.multiselect(
        label, options, known, format_func=_said, max_selections=most, placeholder="Nothing", key=key
    )
    return tuple(picked)


def _said(option: str) -> str:
    return words.clean(option)[:80] or AS_IT_COMES
