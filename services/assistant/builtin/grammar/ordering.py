"""The order of an answer, said in terms of its own columns."""

from __future__ import annotations

from services.assistant.builtin.grammar.grouping import is_time
from services.assistant.builtin.intent import Intent, Shape, Sort
from services.domain import Profile


def settle_sort(intent: Intent, profile: Profile) -> Sort | None:
    """The order, said in terms of this intent: key, measure or a column it shows."""
    sort = intent.sort
    if sort is None:
        return None
    if intent.shape is Shape.ROWS:
        return _rows_sort(intent, sort)
    if intent.shape is not Shape.GROUPS or not intent.keys:
        return None
    if sort.by == "column":
        if sort.column in [key.column for key in intent.keys]:
            at = [key.column for key in intent.keys].index(sort.column)
            return sort if at else Sort(by="key", descending=sort.descending)
        return Sort(
            by="measure" if sort.column in [m.column for m in intent.measures] else "key", descending=sort.descending
        )
    if sort.by == "":
        first = profile.column(intent.keys[0].column)
        return Sort(by="key" if is_time(intent.keys[0], first) else "measure", descending=sort.descending)
    return sort


def _rows_sort(intent: Intent, sort: Sort) -> Sort | None:
    if sort.by == "column" or not intent.columns:
        return sort
    last = intent.columns[1] if len(intent.columns) > 1 else intent.columns[0]
    target = intent.columns[0] if sort.by == "key" else last
    return Sort(by="column", column=target, descending=sort.descending)
