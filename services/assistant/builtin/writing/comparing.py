"""Two groups against each other, and one period against the one before: as code and as sentences."""

from __future__ import annotations

from collections.abc import Sequence

from services.assistant.builtin.intent import Change, Contrast, Intent, Worked
from services.assistant.builtin.writing.numbers import number
from services.assistant.builtin.writing.seen import Row, Seen, cell, is_number, label


def contrast_code(intent: Intent, key: str, measure: str) -> list[str]:
    """The lines that compare the two groups of the table, in the order they were said."""
    cells = [f"table.loc[table[{key!r}] == {value!r}, {measure!r}].sum()" for value in intent.versus]
    worked = "first - second" if intent.contrast is Contrast.DIFFERENCE else "first / second if second else None"
    return [f"first, second = {cells[0]}, {cells[1]}", f"{intent.contrast} = {worked}"]


def change_code(intent: Intent, measure: str) -> str:
    """The line that works a column out from one period to the next."""
    column = f"table[{measure!r}]"
    ways = {
        Change.RUNNING: f"{column}.cumsum()",
        Change.GROWTH: f"(100 * {column}.pct_change()).round(2)",
        Change.DELTA: f"{column}.diff()",
        Change.MOVING: f"{column}.rolling({intent.window}).mean()",
    }
    assert intent.change is not None
    return f"table[{intent.change.value!r}] = {ways[intent.change]}"


def worked_code(worked: Worked, values: Sequence[str], labels: Sequence[str]) -> list[str]:
    """Two numbers and what becomes of them."""
    signs = {Worked.PLUS: "first + second", Worked.MINUS: "first - second"}
    lines = [f"first = {values[0]}", f"second = {values[1]}"]
    lines.append(f"worked = {signs.get(worked, 'first / second if second else None')}")
    name = f"{labels[0]} {worked.value} {labels[1]}"
    return [*lines, f"result = {{{labels[0]!r}: first, {labels[1]!r}: second, {name!r}: worked}}"]


def contrast_sentence(seen: Seen) -> str:
    """How the first of two groups compares with the second."""
    key, name = seen.keys[0], seen.measures[0]
    found = {row[key]: row[name] for row in seen.rows}
    one, other = seen.intent.versus
    first, second = found.get(one), found.get(other)
    if first is None or second is None:
        return (
            f"Only one of the two has a {name}{seen.where}: {label(one)} {cell(first)}, {label(other)} {cell(second)}."
        )
    what = f"number of {seen.noun}" if seen.counts_rows else name
    against = f"{_said(seen, one)} {cell(first)}, {_said(seen, other)} {cell(second)}"
    if seen.intent.contrast is Contrast.RATIO:
        times = f"{number(first / second)} times" if second else "no number of times"
        return f"The {what} of {_said(seen, one)} is {times} that of {_said(seen, other)}: {against}."
    way = "more" if first > second else "less"
    return f"The {what} of {_said(seen, one)} is {cell(abs(first - second))} {way}: {against}."


def _said(seen: Seen, value: object) -> str:
    return f"{seen.keys[0]} = {str(value).lower()}" if isinstance(value, bool) else label(value)


def change_sentence(seen: Seen) -> str:
    """Where a running total or an average ends, or the largest and the smallest change."""
    key, change = seen.keys[0], seen.intent.change
    assert change is not None
    known = [row for row in seen.rows if is_number(row.get(change.value))]
    what = f"number of {seen.noun}" if seen.counts_rows else seen.measures[0]
    if not known:
        return f"There are too few periods to work out the {change.value} of the {what}{seen.where}."

    def said(row: Row) -> str:
        return f"{cell(row[change.value])}{' %' if change is Change.GROWTH else ''} in {label(row[key])}"

    most = max(known, key=lambda row: row[change.value])
    if change in (Change.RUNNING, Change.MOVING):
        name = change.value + (f" of {seen.intent.window}" if change is Change.MOVING else "")
        return f"The {name} of the {what}{seen.where} ends at {said(known[-1])}; its highest is {said(most)}."
    least = min(known, key=lambda row: row[change.value])
    return f"The {what}{seen.where} changed most by {said(most)}, and least by {said(least)}."
