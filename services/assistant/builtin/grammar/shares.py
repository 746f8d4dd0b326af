"""Questions for a share: of rows, of a total, within groups."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from services.assistant.builtin.grammar.measuring import implicit_aggregate
from services.assistant.builtin.intent import Aggregate, Condition, Intent, Key, Measure, Op, Shape
from services.assistant.builtin.language.columns import is_measure
from services.assistant.builtin.language.question import Draft, Unreadable
from services.assistant.builtin.language.resolve import column, yes_and_no
from services.domain import ColumnProfile

_COUNT: Final = Measure(aggregate=Aggregate.COUNT)
_SHARE: Final = r"(?:percentages?|percent|shares?|proportions?|fractions?|portions?|%)"
_DONE_BY: Final = r"(?:paid|made|spent|used|bought|taken|done|caused|owned|earned|won|placed|generated|produced|held|owed|committed|scored|given|left|done|run|written|ridden|driven|incurred)"


def read_rates(draft: Draft) -> None:
    """ "return rate by region", "paid by smokers": a yes-or-no column whose share of rows is asked for."""
    for match in re.finditer(rf"\b{_DONE_BY} by (?:the )?(C\d+)\b", draft.text):
        if re.search(_SHARE, draft.text) and yes_and_no(column(draft, match[1])):
            draft.erase(match.start(), match.end(), mark=f"from {match[1]}")
            break
    rate = re.search(r"\b(?:the |average |overall |mean )*(C\d+) (?:rate|ratio|percentage)s?\b(?! of)", draft.text)
    if rate and (values := yes_and_no(column(draft, rate[1]))):
        name = column(draft, rate[1]).name
        draft.measures.append(Measure(aggregate=Aggregate.RATE, column=name, value=values[0]))
        draft.erase(*rate.span(), mark=",")


def shared(draft: Draft, listed: Sequence[ColumnProfile]) -> Intent | None:
    """A share of rows or of a total, for one value or within each group; None for any other question."""
    if not draft.share or draft.limit is not None:
        return None
    flags = [one for one in listed if yes_and_no(one)]
    numbers = [one for one in listed if is_measure(one)]
    others = [one for one in listed if one not in flags and one not in numbers]
    if others and draft.where and not draft.keys and draft.chart is None:
        raise Unreadable(
            f"I can take a share of rows or of a total, not of the different values of “{others[0].name}”."
        )
    if len(flags) > 1 or others:
        return None
    if draft.keys:
        return _within_groups(draft, flags, numbers)
    if flags:
        values = yes_and_no(flags[0])
        assert values is not None
        draft.where = [*draft.where, (Condition(column=flags[0].name, op=Op.EQ, values=(values[0],)),)]
    if not draft.where:
        return None
    measure = _whole(draft, numbers)
    return _one_share(draft, measure) if measure else None


def _within_groups(draft: Draft, flags: Sequence[ColumnProfile], numbers: Sequence[ColumnProfile]) -> Intent | None:
    """ "percentage of orders returned by product": how often it is so within each group."""
    if numbers and re.search(rf"\bC\d+ (?:{_SHARE})|\brates?\b", _around(draft)):
        raise Unreadable(f"I do not understand of what “{numbers[0].name}” should be a percentage.")
    if numbers or draft.measures or draft.chart is not None:
        return None
    narrowed = any(not _says_when(draft, any_of) for any_of in draft.where)
    if not flags and narrowed and re.search(r"\bpercent", draft.question.casefold()):
        raise Unreadable("I cannot tell whether the percentage is to be taken within each group or of all rows.")
    if not flags:
        return None
    values = yes_and_no(flags[0])
    assert values is not None
    draft.share = False
    draft.assumed.append("Each percentage is taken within its own group.")
    return Intent(
        measures=(Measure(aggregate=Aggregate.RATE, column=flags[0].name, value=values[0]),), keys=tuple(draft.keys[:2])
    )


def _around(draft: Draft) -> str:
    """The question with its number columns as marks: "tip percentage by day" as "C0 percentage by day"."""
    text = draft.question.casefold()
    for at, mention in enumerate(draft.mentions):
        if is_measure(mention.candidates[0].column):
            text = text.replace(mention.text.casefold(), f"C{at}", 1)
    return text


def _whole(draft: Draft, numbers: Sequence[ColumnProfile]) -> Measure | None:
    """What is shared out: the total of a number column, or the rows."""
    if len(draft.measures) == 1 and not numbers:
        only = draft.measures[0]
        if only.aggregate not in (Aggregate.SUM, Aggregate.COUNT):
            raise Unreadable("Only a count or a total can be shared out.")
        return only
    if draft.measures or len(numbers) > 1:
        return None
    if not numbers:
        return _COUNT
    if implicit_aggregate(draft, numbers[0]) is not Aggregate.SUM:
        raise Unreadable(f"“{numbers[0].name}” is no amount, so a share of its total says nothing.")
    return Measure(aggregate=Aggregate.SUM, column=numbers[0].name)


def _one_share(draft: Draft, measure: Measure) -> Intent:
    """The share of the last condition that says no date; the others say of which rows."""
    at = next((at for at in reversed(range(len(draft.where))) if not _says_when(draft, draft.where[at])), -1)
    part = draft.where[at]
    if len(draft.where) > 1 and re.search(r"\b(?:among|amongst|within|out of)\b", draft.question.casefold()):
        raise Unreadable("I do not understand of what the share should be taken.")
    draft.where = [any_of for any_of in draft.where if any_of is not part]
    if len(part) == 1 and part[0].op is Op.EQ and part[0].part is None and not _is_number(draft, part[0]):
        return Intent(measures=(measure,), keys=(Key(column=part[0].column),), focus=part[0].values[0])
    draft.share = False
    return Intent(shape=Shape.GROUPS, measures=(measure,), part=part)


def _says_when(draft: Draft, any_of: Sequence[Condition]) -> bool:
    dates = {one.name for one in draft.columns.dates()}
    return all(one.column in dates for one in any_of)


def _is_number(draft: Draft, condition: Condition) -> bool:
    found = draft.columns.profile.column(condition.column)
    return found is not None and found.kind.is_number
