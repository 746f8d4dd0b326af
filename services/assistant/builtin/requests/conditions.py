"""Conditions on rows in words, read by the grammar of questions and written as tests of a step."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from services.assistant.builtin.grammar.leftovers import unexplained
from services.assistant.builtin.grammar.reader import draft_of
from services.assistant.builtin.intent import Condition as Asked
from services.assistant.builtin.intent import Grain, Op
from services.assistant.builtin.language.question import Draft, Unreadable
from services.assistant.builtin.requests.subject import Subject
from services.code.steps import Condition, FilterRows
from services.domain import Kind

_TESTS = {
    Op.EQ: "=", Op.NE: "≠", Op.GT: ">", Op.GE: "≥", Op.LT: "<", Op.LE: "≤", Op.CONTAINS: "contains",
    Op.STARTS: "starts with",
}  # fmt: skip


def where_of(subject: Subject, said: str) -> tuple[tuple[Asked, ...], ...]:
    """What rows must satisfy: all of (any of (…)). Raises: Unreadable, when a word of it is not understood."""
    lead = (
        "rows" if re.match(r"(?i)(?:where|with|that|which|whose|who|if|when|having|from|for|in|on|of)\b", said) else ""
    )
    text = re.sub(r"(?i)^(?:if|when|in which)\b", "where", said)
    draft = draft_of(f"{lead} {text}".strip(), subject.columns.profile, subject.find_values)
    draft.text = _without_noun(draft)
    word = unexplained(draft)
    if word and draft.where:
        raise Unreadable(f"I cannot tie “{word}” to anything in this table.", missing=word)
    if not draft.where or draft.having or draft.limit or draft.measures or re.search(r"\bC\d", draft.text):
        raise Unreadable(f"I do not understand which rows are meant by “{_shown(said)}”.", missing=word)
    _note(subject, draft)
    return tuple(draft.where)


def _without_noun(draft: Draft) -> str:
    """The sketch without a leading plural that stands for the rows: "customers from the East"."""
    match = re.match(r"\s*(?:the |all |any )*C(\d+)\b(?! op_)", draft.text)
    plural = match is not None and draft.mentions[int(match[1])].text.casefold().endswith("s")
    return draft.text[match.end() :] if match and plural and draft.where else draft.text


def condition_steps(subject: Subject, said: str, *, keep: bool) -> Sequence[FilterRows] | None:
    """The steps that keep these rows, or drop them. Raises: Unreadable."""
    where = where_of(subject, said)
    tests = [[test for one in any_of for test in written(subject, one)] for any_of in where]
    wide = [any_of for any_of in where if len(any_of) > 1]
    if not wide:
        return [FilterRows(conditions=tuple(test for group in tests for test in group), keep=keep)]
    if any(len(written(subject, one)) > 1 for any_of in wide for one in any_of):
        raise Unreadable("I cannot put a range beside “or”.")
    if keep:
        return [FilterRows(conditions=tuple(group), match="any") for group in tests]
    if len(where) == 1:
        return [FilterRows(conditions=tuple(tests[0]), match="any", keep=False)]
    raise Unreadable("I cannot drop rows by “and” and “or” at once: say it in two steps.")


def written(subject: Subject, one: Asked) -> list[Condition]:
    """The tests of a step that mean the same."""
    if one.part is Grain.YEAR and subject.profile(one.column).kind.is_date:
        return _of_year(one)
    if one.part is not None:
        raise Unreadable(f"I cannot choose rows by the {one.part.value} of “{one.column}”.")
    if one.op in (Op.MISSING, Op.PRESENT):
        return [Condition(column=one.column, test="missing" if one.op is Op.MISSING else "not missing")]
    if one.op in (Op.IN, Op.NOT_IN):
        return [Condition(column=one.column, test="one of" if one.op is Op.IN else "none of", values=one.values)]
    kind = subject.profile(one.column).kind
    if one.op is Op.BETWEEN:
        low = Condition(column=one.column, test="≥", value=one.values[0])
        return [low, _until(one.column, one.values[1], kind)]
    if kind.is_date and one.op in (Op.EQ, Op.LE) and isinstance(one.values[0], str):
        until = _until(one.column, one.values[0], kind)
        return [until] if one.op is Op.LE else [Condition(column=one.column, test="≥", value=one.values[0]), until]
    if kind.is_date and one.op is Op.GT and isinstance(one.values[0], str):
        return [Condition(column=one.column, test="≥", value=_day_after(one.values[0]))]
    if one.op not in _TESTS:
        raise Unreadable(f"I cannot choose rows whose “{one.column}” {one.op.value} something.")
    return [Condition.model_validate({"column": one.column, "test": _TESTS[one.op], "value": one.values[0]})]


def _of_year(one: Asked) -> list[Condition]:
    """Tests on the year of a date, as tests on its days."""
    years = [int(value) for value in one.values if isinstance(value, int | float)]
    tests = {
        Op.EQ: ("≥<", (0, 1)),
        Op.BETWEEN: ("≥<", (0, 1)),
        Op.GT: ("≥", (1,)),
        Op.GE: ("≥", (0,)),
        Op.LT: ("<", (0,)),
        Op.LE: ("<", (1,)),
    }
    if one.op not in tests or not years or any(not 1 <= year < 9999 for year in years):
        raise Unreadable(f"I cannot choose rows by the year of “{one.column}” so.")
    signs, steps = tests[one.op]
    ends = (years[0], years[-1]) if len(signs) > 1 else (years[0],)
    found = [(sign, f"{end + step:04d}-01-01") for sign, end, step in zip(signs, ends, steps, strict=True)]
    return [Condition.model_validate({"column": one.column, "test": sign, "value": day}) for sign, day in found]


def _until(column: str, value: object, kind: Kind) -> Condition:
    """Up to this value; a day counts up to its end."""
    if kind.is_date and isinstance(value, str):
        return Condition(column=column, test="<", value=_day_after(value))
    return Condition.model_validate({"column": column, "test": "≤", "value": value})


def _day_after(day: str) -> str:
    try:
        return (date.fromisoformat(day[:10]) + timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):
        raise Unreadable(f"“{day}” is no day.") from None


def _note(subject: Subject, draft: Draft) -> None:
    subject.assumed.extend(note for note in draft.assumed if note not in subject.assumed)


def _shown(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
