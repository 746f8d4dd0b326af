"""Questions for the first few or the very first: top, bottom, "which … has the most …"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from services.assistant.builtin.grammar.counts import quantity_sold
from services.assistant.builtin.grammar.measuring import implicit_aggregate
from services.assistant.builtin.intent import Aggregate, Intent, Key, Measure, Shape, Sort
from services.assistant.builtin.language.columns import is_dimension, is_measure
from services.assistant.builtin.language.lexicon import AGGREGATE_NAMES
from services.assistant.builtin.language.question import Draft, Unreadable
from services.assistant.builtin.language.resolve import (
    is_identifier,
    is_unique,
    label_column,
    naming_column,
    profiles_of,
)
from services.domain import ColumnProfile, Kind

MANY: Final = 12
"""Most columns shown when no column was named."""


def ranked(draft: Draft, listed: list[ColumnProfile]) -> Intent | None:
    """Top and winner questions about single rows: "the 5 cheapest products", "who is the oldest"."""
    if draft.limit is None or draft.sort is None:
        return None
    if draft.sort.by == "measure" and not draft.measures and (listed or draft.keys or draft.best):
        return _ranked(draft, listed)
    if draft.sort.by == "column" and not draft.measures:
        return _ranked_by_column(draft, listed)
    if (
        draft.best
        and not draft.keys
        and len(draft.measures) == 1
        and draft.measures[0].column is None
        and len(listed) == 1
    ):
        return Intent(measures=tuple(draft.measures), keys=(Key(column=listed[0].name),))
    if not draft.keys and draft.measures and len(listed) == 1 and not is_measure(listed[0]):
        return Intent(measures=tuple(draft.measures), keys=(Key(column=listed[0].name),))
    return None


def _ranked(draft: Draft, listed: list[ColumnProfile]) -> Intent | None:
    by_key = profiles_of(draft, [k.column for k in draft.keys if k.grain is None])
    numbers = [one for one in [*listed, *by_key] if is_measure(one)]
    others = [one for one in [*by_key, *listed] if not is_measure(one)]
    time = [key for key in draft.keys if key.grain]
    if not others and not time and re.search(r"\bwho(?:m|se)?\b", draft.text) and (person := _person(draft)):
        others = [person]
    if not numbers and (sold := quantity_sold(draft)):
        numbers = [sold]
    if len(numbers) == 1 and (others or time):
        if (not time and is_unique(draft, others[0])) or (
            not time and any(is_identifier(one) and is_unique(draft, one) for one in others)
        ):
            assert draft.sort is not None
            names = tuple(dict.fromkeys(one.name for one in [*others, numbers[0]]))
            return Intent(
                shape=Shape.ROWS,
                columns=names,
                sort=Sort(by="column", column=numbers[0].name, descending=draft.sort.descending),
            )
        measure = Measure(aggregate=implicit_aggregate(draft, numbers[0]), column=numbers[0].name)
        keys = time or [Key(column=one.name) for one in others[:2]]
        return Intent(measures=(measure,), keys=tuple(keys))
    if len(numbers) == 1 and not others:
        return _rows_by(draft, numbers[0], [])
    if not numbers and others and draft.best:
        if draft.superlative in _OF_TIME and not draft.columns.dates():
            raise Unreadable(f"This table has no date column, so nothing is the {draft.superlative}.")
        return Intent(measures=(Measure(aggregate=Aggregate.COUNT),), keys=(Key(column=others[0].name),))
    if not numbers and len(others) == 1:
        raise _which_measure(draft, others[0])
    return None


_OF_TIME: Final = frozenset({"earliest", "latest", "newest", "oldest", "first", "last"})


def _which_measure(draft: Draft, key: ColumnProfile) -> Unreadable:
    measures = draft.columns.measures()[:3]
    number = f"{draft.limit} " if draft.limit else ""
    end = "top" if draft.sort is None or draft.sort.descending else "bottom"
    readings = [f'{end} {number}"{key.name}" by {_spoken(draft, one)}' for one in measures]
    readings.append(f'{end} {number}"{key.name}" by number of rows')
    return Unreadable(f"By what should “{key.name}” be ranked?", readings)


def _spoken(draft: Draft, one: ColumnProfile) -> str:
    return f'{AGGREGATE_NAMES[implicit_aggregate(draft, one)]} "{one.name}"'


def _ranked_by_column(draft: Draft, listed: list[ColumnProfile]) -> Intent | None:
    assert draft.sort is not None
    by = draft.columns.profile.column(draft.sort.column)
    keys = profiles_of(draft, [k.column for k in draft.keys if k.grain is None])
    if by is None or any(k.grain for k in draft.keys):
        return None
    others = [one for one in [*keys, *listed] if one is not by]
    if (
        others
        and not is_unique(draft, others[0])
        and is_dimension(others[0])
        and not label_column(draft)
        and draft.best
    ):
        measure = Measure(aggregate=Aggregate.MAX if draft.sort.descending else Aggregate.MIN, column=by.name)
        return Intent(
            measures=(measure,),
            keys=(Key(column=others[0].name),),
            sort=Sort(by="measure", descending=draft.sort.descending),
        )
    return _rows_by(draft, by, others)


def _rows_by(draft: Draft, by: ColumnProfile, others: Sequence[ColumnProfile]) -> Intent:
    """Single rows ordered by a column, with what names them."""
    assert draft.sort is not None
    label = naming_column(draft)
    every = [one.name for one in draft.columns.profile.columns][:MANY]
    shown = [one.name for one in others] or ([label.name] if label else every)
    names = tuple(dict.fromkeys([*shown, by.name]))
    return Intent(
        shape=Shape.ROWS, columns=names, sort=Sort(by="column", column=by.name, descending=draft.sort.descending)
    )


_PEOPLE: Final = (
    "customer",
    "client",
    "buyer",
    "employee",
    "player",
    "person",
    "student",
    "member",
    "user",
    "salesperson",
    "seller",
    "rep",
    "author",
    "name",
)


def _person(draft: Draft) -> ColumnProfile | None:
    """The column that says who: the first text column that speaks of people."""
    for noun in _PEOPLE:
        for one in draft.columns.profile.columns:
            if one.kind is Kind.TEXT and noun in draft.columns.words[one.name]:
                return one
    return None
