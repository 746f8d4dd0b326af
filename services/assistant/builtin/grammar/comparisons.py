"""Conditions that compare numbers, texts and counts."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

import re
from typing import Final

from services.assistant.builtin.grammar.dates import date_column, within
from services.assistant.builtin.grammar.patterns import LINK, NEAR
from services.assistant.builtin.intent import Condition, Grain, Op, Scalar
from services.assistant.builtin.language.columns import is_measure
from services.assistant.builtin.language.question import Draft, Unreadable
from services.assistant.builtin.language.resolve import column, yes_and_no
from services.domain import ColumnProfile, Kind, Semantic

_COMPARE: Final = {"op_gt": Op.GT, "op_ge": Op.GE, "op_lt": Op.LT, "op_le": Op.LE, "op_eq": Op.EQ, "op_ne": Op.NE}


_TEXT: Final = {"op_has": Op.CONTAINS, "op_lacks": Op.LACKS, "op_starts": Op.STARTS, "op_ends": Op.ENDS}
_BETWEEN: Final = r"(?:in the range (?:of )?|ranging |range )?(?:between|from)"


def number_in(draft: Draft, mark: str, target: ColumnProfile) -> Scalar:
    """The number of a mark N or year of a mark D, fitted to the column."""
    if mark.startswith("D"):
        period = draft.periods[int(mark[1:])]
        return period.year if period.year is not None else period.first
    token = draft.numbers[int(mark[1:])]
    number = token.number or 0.0
    if token.percent and target.high is not None and _is_share(target):
        number /= 100
    if not target.kind.is_number:
        return token.text
    return int(number) if float(number).is_integer() else number


def _is_share(target: ColumnProfile) -> bool:
    try:
        return float(target.high or "nan") <= 1.0
    except ValueError:
        return False


def is_orderable(profile: ColumnProfile) -> bool:
    return profile.kind.is_number or profile.kind.is_date


def read_between(draft: Draft) -> bool:
    number = r"(?:[$])?((?:N|D)\d+)"
    pattern = rf"\b(?:{LINK})(?:(C\d+) {NEAR})?(?P<no>op_not )?{_BETWEEN} {number}(?: and | to | - | through | until ){number}(?: (?:of |in )?(C\d+))?"
    match = re.search(pattern, draft.text)
    if match is None:
        return False
    named, start, end = match[1] or match[5], match.start(), match.end()
    if named and not is_orderable(column(draft, named, is_orderable)):
        start, end = (match.end(1), match.end()) if match[1] else (match.start(), match.start(5))
        named = ""
    elif match[5] and named != match[5]:
        end = match.start(5)
    if match[3].startswith("D") and (not named or column(draft, named, is_orderable).kind.is_date):
        first, last = draft.periods[int(match[3][1:])], draft.periods[int(match[4][1:])] if match[4][0] == "D" else None
        if last is not None:
            target = column(draft, named, lambda one: one.kind.is_date) if named else date_column(draft)
            return draft.keep((start, end), within(target, first.first, last.last, first.year, last.year))
    target = column(draft, named, is_orderable) if named else only_measure(draft, match[0])
    low, high = number_in(draft, match[3], target), number_in(draft, match[4], target)
    if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
        raise Unreadable(f"No number lies between {low} and {high}: the first is larger than the second.")
    return draft.keep((start, end), Condition(column=target.name, op=Op.BETWEEN, values=(low, high)))


def only_measure(draft: Draft, said: str) -> ColumnProfile:
    """The number column a bare comparison speaks of, when only one can be meant."""
    measures = draft.columns.measures()
    if len(measures) == 1:
        return measures[0]
    if not measures:
        raise Unreadable("This table has no number column to compare.")
    listed = ", ".join(f"“{one.name}”" for one in measures[:4])
    number = next((draft.numbers[int(m[1:])].text for m in re.findall(r"N\d+", said)), "")
    readings = [_with_column(draft.question, number, one.name) for one in measures[:4]]
    raise Unreadable(f"Which number should be compared with {number or 'that'}: {listed}?", readings)


def _with_column(question: str, number: str, name: str) -> str:
    """The question with the column written before its comparison."""
    pattern = rf"((?:is |are )?(?:over|above|under|below|more than|less than|greater than|at least|at most|between|higher than|lower than|fewer than|>=|<=|>|<)\s*\$?{re.escape(number)})"
    return re.sub(pattern, lambda m: f'with "{name}" {m[1]}', question, count=1)


def read_text(draft: Draft) -> bool:
    ops = "|".join(_TEXT)
    pattern = rf"\b{LINK}(?:(C\d+) {NEAR})?({ops}) (?:the )?(Q\d+|V\d+|N\d+|[a-z0-9]+)(?: (?:in|on) (?:the |their |its )*(C\d+))?"
    match = re.search(pattern, draft.text)
    if match is None:
        return False
    named = match[1] or match[4]
    if named is None:
        before = re.findall(r"C\d+", draft.text[: match.start()])
        named = before[-1] if before else ""
    if not named:
        raise Unreadable("Which column should contain this text?")
    target = column(draft, named, lambda one: one.kind is Kind.TEXT)
    condition = Condition(column=target.name, op=_TEXT[match[2]], values=(text_of(draft, match[3]),))
    subject = bool(match[1]) and match.start(1) == 0 and draft.mentions[int(match[1][1:])].text.endswith("s")
    return draft.keep((match.end(1) if subject else match.start(), match.end()), condition)


def read_inside(draft: Draft) -> bool:
    """ "Hilton in their name": a text that stands somewhere in a column of names."""
    pattern = rf"\b{LINK}(?:the (?:word|text) )?(V\d+|Q\d+|[a-z0-9-]{{3,}}) (?:in|inside|within) (?:their|its|the|his|her) (C\d+)s?\b"
    match = re.search(pattern, draft.text)
    if match is None:
        return False
    target = column(draft, match[2], lambda one: one.kind is Kind.TEXT)
    if target.kind is not Kind.TEXT or not {"name", "title", "description"} & set(draft.columns.words[target.name]):
        return False
    mark = match[1]
    said = (
        draft.question[draft.question.casefold().find(mark) :][: len(mark)] if mark.islower() else text_of(draft, mark)
    )
    return draft.keep(match.span(), Condition(column=target.name, op=Op.CONTAINS, values=(said,)))


def text_of(draft: Draft, mark: str) -> str:
    if re.fullmatch(r"[QVN]\d+", mark):
        at = int(mark[1:])
        return (
            draft.quotes[at] if mark[0] == "Q" else draft.values[at].text if mark[0] == "V" else draft.numbers[at].text
        )
    return mark


def read_of_all(draft: Draft) -> bool:
    """ "outliers in price", "price above average": a number set against all numbers of its column."""
    far = re.search(
        rf"\b{LINK}(?:outliers?|outlying values?|extreme values?)(?: (?:in|of|for|by|on|with|regarding))(?: the)? (C\d+)\b|\b(C\d+) (?:outliers?|extreme values?)\b",
        draft.text,
    )
    if far:
        return _keep_of_all(draft, far, far[1] or far[2], Op.FAR)
    level = re.search(
        rf"\b{LINK}(C\d+) {NEAR}(op_gt|op_lt|above|over|below|under)(?: the)? (?:average|mean)\b(?! C| of C)|\bwith (?:an? )?(above|below)[- ]average (C\d+)\b",
        draft.text,
    )
    if level is None:
        return False
    word = level[2] or level[3]
    return _keep_of_all(draft, level, level[1] or level[4], Op.HIGH if word in ("op_gt", "above", "over") else Op.LOW)


def _keep_of_all(draft: Draft, match: re.Match[str], mark: str, op: Op) -> bool:
    found = column(draft, mark, is_measure)
    if not found.kind.is_number:
        raise Unreadable(f"“{found.name}” holds no numbers.")
    if op is Op.FAR:
        draft.assumed.append(
            f"An outlier of “{found.name}” lies more than 1.5 interquartile ranges beyond the quartiles of all rows."
        )
    elif not draft.filters:
        draft.assumed.append(f"The average of “{found.name}” is that of all rows.")
    return draft.keep(match.span(), Condition(column=found.name, op=op))


def read_missing(draft: Draft) -> bool:
    """ "region is missing", "without a region", "missing values in region"."""
    match = re.search(
        rf"\b{LINK}(C\d+) (?:values? )?(op_missing|op_present|missing|empty|blank)\b"
        rf"|\b{LINK}(op_lacking|op_present) (C\d+)(?: values?)?(?: (?:listed|given|recorded))?|\b(missing|empty|blank) (?:values? )?(?:in|for|of|from) (?:the )?(C\d+)",
        draft.text,
    )
    if match is None:
        return False
    target = column(draft, match[1] or match[4] or match[6])
    if match[3] == "op_lacking" and target.kind.is_number and target.semantic is not Semantic.ID:
        return draft.keep(match.span(), _none_of(target))
    values = yes_and_no(target) if match[3] == "op_lacking" else None
    if values is not None:
        return draft.keep(match.span(), Condition(column=target.name, op=Op.EQ, values=(values[1],)))
    op = Op.PRESENT if "op_present" in (match[2], match[3]) else Op.MISSING
    return draft.keep(match.span(), Condition(column=target.name, op=op))


def _none_of(target: ColumnProfile) -> Condition:
    """ "no children", "without children": a number that is 0, or missing where it is never 0."""
    zero = any(_is_zero(count.value) for count in target.top) or _is_zero(target.low or "")
    if zero:
        return Condition(column=target.name, op=Op.EQ, values=(0,))
    if target.missing:
        return Condition(column=target.name, op=Op.MISSING)
    raise Unreadable(f"“{target.name}” is never 0 and never missing in this table.")


def _is_zero(text: str) -> bool:
    return bool(re.fullmatch(r"-?0+(?:\.0+)?", text))


def read_comparison(draft: Draft) -> bool:
    ops = "|".join(_COMPARE)
    pattern = rf"\b{LINK}(?:(C\d+) {NEAR})?({ops}) ?[$]?((?:N|D)\d+)(?P<unit> (?:of |in |usd |dollars? |years? |percent )*(C\d+))?"
    match = re.search(pattern, draft.text)
    if match is None:
        return False
    named, end = match[1], match.end()
    if named is None and match[5] and not re.match(r"[^.]*\b(?:by|per|each) $", match["unit"][: -len(match[5])]):
        later = column(draft, match[5], is_measure)
        named = match[5] if is_measure(later) else None
    if match[5] and named != match[5]:
        end = match.start("unit")
    target = column(draft, named, is_orderable) if named else _previous_target(draft, match)
    condition = _comparison(draft, target, _COMPARE[match[2]], match[3])
    return draft.keep((match.start(), _after_unit(draft, target, match.end(3), end)), condition)


_UNITS: Final = r"(hour|minute|min|second|sec|day|week|month|kilometer|kilometre|km|mile|meter|metre|foot|feet|inch|inche|kg|kilo|gram|pound|lb|ton|tonne|degree|celsius|fahrenheit)s?"
_SAME: Final = (
    {"minute", "min"},
    {"second", "sec"},
    {"kilometer", "kilometre", "km"},
    {"meter", "metre", "m"},
    {"inch", "inche", "in"},
)


def _after_unit(draft: Draft, target: ColumnProfile, at: int, end: int) -> int:
    """The end of the condition with the unit behind its number.

    Raises: Unreadable, for a unit that the column does not say it is in.
    """
    match = re.match(rf" {_UNITS}\b(?! old)", draft.text[at:])
    if match is None:
        return end
    same = next((names for names in _SAME if match[1] in names), {match[1]})
    if same.isdisjoint(draft.columns.words[target.name]) and not {"degree"} & same:
        raise Unreadable(
            f"“{target.name}” does not say in what unit it is: give the number as it stands in the table, without “{match[0].strip()}”.",
            missing=match[0].strip(),
        )
    return max(end, at + match.end())


def _previous_target(draft: Draft, match: re.Match[str]) -> ColumnProfile:
    """ "price over 1000 or lower than 500": the second comparison speaks of the column of the first."""
    text = draft.text[: match.start()].rstrip()
    before = re.search(r"F(\d+)[ ,]*(?:or|and|but)?$", text)
    linked = re.match(r"\s*(?:or|and|but)\b", match[0]) or re.search(r"\b(?:or|and|but)$", text)
    if before and linked:
        found = draft.columns.profile.column(draft.filters[int(before[1])][0].column)
        if found and is_orderable(found):
            return found
    if match[3].startswith("D"):
        return date_column(draft)
    return only_measure(draft, match[0])


def _comparison(draft: Draft, target: ColumnProfile, op: Op, mark: str) -> Condition:
    if target.kind.is_date and mark.startswith("D"):
        period = draft.periods[int(mark[1:])]
        edges = {Op.GT: period.last, Op.GE: period.first, Op.LT: period.first, Op.LE: period.last}
        if op in edges:
            return Condition(column=target.name, op=op, values=(edges[op],))
        if op is Op.EQ:
            return Condition(column=target.name, op=Op.BETWEEN, values=(period.first, period.last))
    if target.kind.is_date and mark.startswith("N"):
        return Condition(column=target.name, op=op, values=(number_in(draft, mark, target),), part=Grain.YEAR)
    if not target.kind.is_number and op not in (Op.EQ, Op.NE):
        raise Unreadable(f"“{target.name}” holds no numbers, so it cannot be compared with {_said(draft, mark)}.")
    return Condition(column=target.name, op=op, values=(number_in(draft, mark, target),))


def _said(draft: Draft, mark: str) -> str:
    at = int(mark[1:])
    return draft.numbers[at].text if mark[0] == "N" else draft.periods[at].text
