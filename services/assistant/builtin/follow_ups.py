"""Questions that change the one before: "as a pie", "top 3", "only Europe", "by month instead", "sort ascending"."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from services.assistant.builtin.grammar.leftovers import unexplained
from services.assistant.builtin.grammar.ordering import settle_sort
from services.assistant.builtin.grammar.reader import draft_of
from services.assistant.builtin.intent import Chart, Condition, Intent, Key, Measure, Shape
from services.assistant.builtin.language.columns import is_measure
from services.assistant.builtin.language.question import Draft, Unreadable
from services.assistant.builtin.language.resolve import column
from services.domain import Plan, PlanKind, Profile, Turn, TurnStatus
from services.protocols import ValueFinder

_REGROUPS: Final = re.compile(
    r"^(?:and |now |then |ok |but |what about |how about |group(?:ed)? |split |break (?:it )?down )*(?:by|per|for each)\b",
    re.IGNORECASE,
)
_BARS: Final = (Chart.BAR, Chart.STACKED_BAR, Chart.GROUPED_BAR)
_LONGEST: Final = 12
"""Most words of a question that only changes the one before."""


def earlier(history: Sequence[Turn], profile: Profile) -> Intent | None:
    """The intent of the last answered question, when it fits this table."""
    for turn in reversed(history):
        plan = turn.plan
        if turn.status is TurnStatus.ANSWERED and plan is not None and plan.kind is PlanKind.ANALYSE and plan.intent:
            return _fitting(plan, profile)
    return None


def _fitting(plan: Plan, profile: Profile) -> Intent | None:
    try:
        intent = Intent.model_validate(plan.intent)
    except ValueError:
        return None
    fits = intent.shape is not Shape.PICK and all(profile.column(name) for name in names_in(intent))
    return intent if fits else None


def names_in(intent: Intent) -> set[str]:
    """Every column the intent speaks of."""
    names = {*intent.columns, *(key.column for key in intent.keys)}
    names |= {one.column for one in intent.measures if one.column}
    return names | {one.column for any_of in intent.where for one in any_of}


def may_follow(question: str, profile: Profile, find_values: ValueFinder) -> bool:
    """Whether the wording leans on the question before: it measures nothing and names no columns to show."""
    if len(question.split()) > _LONGEST:
        return False
    if re.search(r"\binstead\b", question, re.IGNORECASE):
        return True
    try:
        draft = draft_of(question, profile, find_values)
    except Unreadable:
        return False
    if draft.measures or draft.related or draft.spread or draft.trend or re.search(r"\b[CE]\d", draft.text):
        return False
    return not draft.keys or bool(_REGROUPS.match(question.strip()))


def changed(before: Intent, question: str, profile: Profile, find_values: ValueFinder) -> Intent:
    """The earlier intent with what the question changes.

    Raises: Unreadable, when it changes nothing or is not understood.
    """
    draft = draft_of(re.sub(r"\binstead\b", " ", question, flags=re.IGNORECASE), profile, find_values)
    intent = _with_columns(_with_where(before, draft), draft)
    intent = _with_form(intent, draft, profile)
    if word := unexplained(draft):
        raise Unreadable(f"I cannot tie “{word}” to anything in this table.", missing=word)
    if intent == before:
        raise Unreadable("I do not understand what should change.")
    return intent


def _with_where(before: Intent, draft: Draft) -> Intent:
    """New conditions replace earlier ones on the same columns and join the rest."""
    touched = {one.column for any_of in draft.where for one in any_of}
    kept: tuple[tuple[Condition, ...], ...] = tuple(
        any_of for any_of in before.where if not touched & {one.column for one in any_of}
    )
    return before.model_copy(update={"where": (*kept, *draft.where), "assumed": tuple(draft.assumed)})


def _with_columns(before: Intent, draft: Draft) -> Intent:
    """New keys or measures take the place of the earlier ones."""
    marks = re.findall(r"\bC\d+", draft.text)
    listed = [column(draft, mark) for mark in marks]
    draft.text = re.sub(r"\bC\d+", " ", draft.text)
    update: dict[str, object] = {}
    keys = draft.keys or [Key(column=one.name) for one in listed if not is_measure(one)]
    measures = list(draft.measures)
    numbers = [one for one in listed if is_measure(one)]
    if numbers and before.measures and not measures:
        measures = [Measure(aggregate=before.measures[0].aggregate, column=one.name) for one in numbers]
    if before.shape is Shape.GROUPS and keys:
        update["keys"] = tuple(keys[:2])
    if before.shape is Shape.GROUPS and measures:
        update["measures"] = tuple(measures)
    return before.model_copy(update=update)


def _with_form(intent: Intent, draft: Draft, profile: Profile) -> Intent:
    """Chart, order and number of rows."""
    update: dict[str, object] = {}
    if draft.chart is not None:
        update |= {"chart": draft.chart, "chart_named": draft.chart is not Chart.NONE}
    if draft.limit is not None:
        update |= {"limit": draft.limit, "best": draft.best}
    if draft.sort is not None:
        update["sort"] = draft.sort
    if draft.lying:
        update |= {"lying": True, "chart": intent.chart if intent.chart in _BARS else Chart.BAR}
    if draft.pivot and len(intent.keys) == 2:
        update["pivot"] = True
    if draft.share and intent.shape is Shape.GROUPS and intent.keys:
        update["share"] = True
    changed_intent = intent.model_copy(update=update)
    return changed_intent.model_copy(update={"sort": settle_sort(changed_intent, profile)})
