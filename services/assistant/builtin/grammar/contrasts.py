"""Questions that set two groups against each other, or one period against the one before."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

import re
from typing import Final

from services.assistant.builtin.grammar.grouping import is_time
from services.assistant.builtin.intent import Change, Condition, Contrast, Intent, Key, Op, Scalar, Shape
from services.assistant.builtin.language.question import Draft, Unreadable
from services.assistant.builtin.language.resolve import column, names_numbers, yes_and_no

_MORE: Final = r"(?:more|less|fewer|higher|lower|larger|bigger|greater|smaller|longer|shorter|older|younger)"
_RATIO: Final = rf"(?:how many times (?:{_MORE}|as (?:many|much|high|large|big|long))|times {_MORE}|times as (?:many|much|high|large|big|long)|(?:the )?ratio (?:of|between|in))"
_DIFFERENCE: Final = rf"(?:(?:the )?difference(?: in| of| between| for)?|how much {_MORE}|how many {_MORE})"
_WHETHER: Final = rf"^(?:is|are|was|were|do|does|did) (?P<kept>[^.?]*?)\b{_MORE}"
_LEVELS: Final = r"\b(?:higher|lower|longer|shorter|older|younger|high|long)\b"
_SMALL: Final = r"(?: (?:in|of|for|from|the|that))*"
_THAN: Final = r"(?:than|as)(?: (?:in|for|of|from|the|that|those|did|do|does|by|is|are|was|were|on|at))*"
_CHANGES: Final = (
    (r"(?:running|cumulative|accumulated) (?:total|sums?)", Change.RUNNING, "total"),
    (r"(?:running|cumulative|accumulated) (?:count|number)", Change.RUNNING, "number"),
    (r"(?:cumulative|accumulated)", Change.RUNNING, ""),
    (
        r"(?:N\d+ ?-? ?(?:day|week|month|quarter|year|period|point)s? )?(?:moving|rolling) (?:average|mean)",
        Change.MOVING,
        "",
    ),
    (
        r"(?:growth(?: rates?)?(?: in percent)?|(?:percent(?:age)?|relative) (?:change|growth|increase)|(?:year over year|yoy|month over month|mom)(?: (?:growth|change))?)",
        Change.GROWTH,
        "",
    ),
    (
        r"(?:(?:absolute )?change from (?:one )?\w+ to (?:the )?(?:next|\w+)|(?:month|year|week|day|quarter) to (?:month|year|week|day|quarter) (?:change|difference))",
        Change.DELTA,
        "",
    ),
)
WINDOW: Final = 3
"""Periods of a moving average nobody gave a length for."""


def read_contrast(draft: Draft) -> None:
    """Two values set against each other: leaves them as a list of values and keeps the kind."""
    kinds = ((_RATIO, Contrast.RATIO), (_DIFFERENCE, Contrast.DIFFERENCE), (_WHETHER, Contrast.DIFFERENCE))
    for pattern, kind in kinds:
        if not re.search(rf"(?<!\w){pattern}\b", draft.text) or not _join(draft):
            continue
        found = re.search(rf"(?<!\w){pattern}\b", draft.text)
        if found is None:
            return
        numbers = any(names_numbers(draft, mark) for mark in re.findall(r"C\d+", draft.text))
        draft.averaged = bool(re.search(_LEVELS, found[0]))
        said = found["kept"] if "kept" in found.re.groupindex else ""
        draft.erase(*found.span(), mark="how many" if found[0].startswith("how many") and not numbers else said or ",")
        draft.contrast = kind
        return


def _join(draft: Draft) -> bool:
    return _join_values(draft) or _join_years(draft) or _join_flags(draft)


def _join_values(draft: Draft) -> bool:
    """ "in V0 than in V1" as "in V0 and V1"; true when there are two values of one column."""
    if match := re.search(rf"\b(V\d+)\b([^.?]*?) {_THAN} (V\d+)\b", draft.text):
        joined = f"{match[1]} and {match[3]}{match[2]}"
    elif match := re.search(rf"\b(V\d+) (?:and|to|vs|versus|or|with){_SMALL} (V\d+)\b", draft.text):
        joined = f"{match[1]} and {match[2]}"
    else:
        return False
    marks = re.findall(r"V(\d+)", joined)[:2]
    columns = [{hit.column for hit in draft.values[int(mark)].hits} for mark in marks]
    if not columns[0] & columns[1]:
        return False
    draft.text = f"{draft.text[: match.start()]}{joined}{draft.text[match.end() :]}"
    return True


def _join_years(draft: Draft) -> bool:
    """ "between 2023 and 2024": two years, not what lies between them."""
    match = re.search(rf"\b(?:between |in )?(D\d+) (?:and|to|vs|versus|{_THAN}){_SMALL} (D\d+)\b", draft.text)
    if match is None or any(draft.periods[int(mark[1:])].year is None for mark in (match[1], match[2])):
        return False
    draft.text = f"{draft.text[: match.start()]}in {match[1]} and in {match[2]}{draft.text[match.end() :]}"
    return True


def _join_flags(draft: Draft) -> bool:
    """ "smokers than non-smokers": both values of a yes-or-no column, the one that is said first in front."""
    pattern = rf"(?P<mid>[^.?]*?) (?:{_THAN}|and|to|vs|versus|or){_SMALL} (?P<no>non |not )?C(\d+)\b"
    for first in re.finditer(r"\b(?P<no>non |not )?C(\d+)\b", draft.text):
        second = re.match(pattern, draft.text[first.end() :])
        if second is None or bool(first["no"]) == bool(second["no"]):
            continue
        one, other = column(draft, f"C{first[2]}"), column(draft, f"C{second[3]}")
        values = yes_and_no(one)
        if values is not None and one.name == other.name:
            ordered = values[::-1] if first["no"] else values
            draft.filters.append((Condition(column=one.name, op=Op.IN, values=ordered),))
            mark = f"F{len(draft.filters) - 1} {second['mid']}"
            draft.erase(first.start(), first.end() + second.end(), mark=mark)
            return True
    return False


def read_change(draft: Draft) -> None:
    """A running total, a growth or a moving average: the rest is read as a line in time."""
    for pattern, change, left in _CHANGES:
        match = re.search(rf"\b{pattern}\b(?: of| in)?", draft.text)
        if match is None:
            continue
        if not draft.columns.dates():
            raise Unreadable(f"I can work out “{match[0].strip()}” over time only, and this table has no date column.")
        number = re.search(r"N(\d+)", match[0])
        after = (
            re.match(
                r"[^?.]*?(?: over| of| with)(?: the)?(?: last| a window of)? N(\d+) (?:day|week|month|quarter|year|period|point)s?\b",
                draft.text[match.end() :],
            )
            if change is Change.MOVING and not number
            else None
        )
        if after:
            draft.window = int(draft.numbers[int(after[1])].number or WINDOW)
            cut = re.search(r"(?: over| of| with)(?: the)?(?: last| a window of)? N\d+ \w+$", after[0])
            if cut:
                draft.erase(match.end() + cut.start(), match.end() + cut.end())
        elif number:
            draft.window = int(draft.numbers[int(number[1])].number or WINDOW)
        if grain := re.match(r"yoy|year over|mom|month over", match[0]):
            left = "per year" if grain[0].startswith("y") else "per month"
        draft.change = change
        later = f" {left}" if left.startswith("per") else ""
        draft.erase(*match.span(), mark=left if left and not later else ",")
        draft.text = re.sub(r"( ?[.?!])?$", rf"{later}\1", draft.text, count=1)
        draft.trend = draft.trend or (
            not left.startswith("per")
            and not re.search(
                r"\b(?:by|per|each|every|daily|weekly|monthly|quarterly|yearly|annual|annually)\b", draft.text
            )
        )
        return


def contrasted(draft: Draft, intent: Intent) -> Intent:
    """The intent with its contrast or its change, where it has what they need.

    Raises: Unreadable, when it has not.
    """
    if draft.contrast is not None:
        return _against(draft, intent)
    if draft.change is not None:
        return _over_time(draft, intent)
    return intent


def _against(draft: Draft, intent: Intent) -> Intent:
    pair = next(
        (
            any_of[0]
            for any_of in intent.where
            if len(any_of) == 1 and any_of[0].op is Op.IN and len(any_of[0].values) == 2
        ),
        None,
    )
    plain = intent.shape is Shape.GROUPS and len(intent.measures) == 1 and intent.limit is None and not intent.share
    keys = {key.column for key in intent.keys}
    if pair is None or not plain or not keys <= {pair.column}:
        raise Unreadable("I do not understand which two numbers should be compared.")
    versus: tuple[Scalar, ...] = pair.values
    return intent.model_copy(
        update={"keys": (Key(column=pair.column, grain=pair.part),), "contrast": draft.contrast, "versus": versus}
    )


def _over_time(draft: Draft, intent: Intent) -> Intent:
    profile = draft.columns.profile
    timed = len(intent.keys) == 1 and is_time(intent.keys[0], profile.column(intent.keys[0].column))
    if intent.shape is not Shape.GROUPS or not timed or intent.limit is not None or intent.share or intent.having:
        raise Unreadable("I can work out changes only for one number over time.")
    if len(intent.measures) != 1:
        raise Unreadable("I can work out the changes of one number at a time.")
    if intent.keys[0].grain is not None:
        draft.assumed.append(f"A {intent.keys[0].grain.value} without rows is passed over.")
    return intent.model_copy(update={"change": draft.change, "window": draft.window or WINDOW, "sort": None})
