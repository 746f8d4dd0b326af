"""Conditions that a column has some value."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from services.assistant.builtin.grammar.comparisons import number_in, text_of
from services.assistant.builtin.grammar.patterns import LINK, NEAR
from services.assistant.builtin.intent import Condition, Op, Scalar
from services.assistant.builtin.language.question import Draft, Unreadable
from services.assistant.builtin.language.resolve import Role, column, yes_and_no
from services.assistant.builtin.language.words import literally
from services.domain import ColumnProfile, Kind, Semantic


def read_values(draft: Draft) -> bool:
    lead = r"(?:(?:named|called|titled|worth|by|from|to|at|on|for|in|of|as|type|equal|op_eq) )*"
    pattern = rf"\b(?:{LINK})(?:(C\d+)s? {NEAR}{lead}(?:either )?)?(?P<no>op_not |op_ne )?(?:op_eq )?{lead}(?:the )?(?P<list>V\d+(?:(?: ?, ?| or | and | vs | versus | compared (?:to|with) | ?, ?or | ?, ?and | nor )(?:in |from |the |is |are )*(?:V\d+))*)(?: (C\d+))?"
    match = re.search(pattern, draft.text)
    if match is None:
        return False
    marks = re.findall(r"V\d+", match["list"])
    named = match[1]
    end = match.end()
    if match[4] and not _holds(draft, match[4], marks):
        end = match.start(4)
    start = match.start()
    if named and re.search(r"\b(?:by|per|each|every|across) (?:the )?$", draft.text[: match.start(1)]):
        start = match.end(1)
    if named and not _holds(draft, named, marks):
        start = match.end(1)
        named = None
    if named is None and match[4] and end == match.end():
        named = match[4]
    return draft.keep((start, end), *_equalities(draft, marks, named, bool(match["no"])))


def _holds(draft: Draft, mark: str, values: list[str]) -> bool:
    """Whether a column the mark may mean holds the first value."""
    hits = {hit.column for hit in draft.values[int(values[0][1:])].hits}
    return any(one.column.name in hits for one in draft.mentions[int(mark[1:])].candidates)


def _equalities(draft: Draft, marks: list[str], named: str | None, negated: bool) -> list[Condition]:
    """The values as alternatives: those of one column together."""
    by_column: dict[str, list[Scalar]] = {}
    for mark in marks:
        target, values = _value(draft, mark, named)
        by_column.setdefault(target, []).extend(values)
    found = []
    for name, values in by_column.items():
        single = len(values) == 1
        op = (Op.NE if single else Op.NOT_IN) if negated else (Op.EQ if single else Op.IN)
        found.append(Condition(column=name, op=op, values=tuple(dict.fromkeys(values))))
    return found


def _value(draft: Draft, mark: str, named: str | None) -> tuple[str, list[Scalar]]:
    """The column a value stands in, and every way the value is written there."""
    mention = draft.values[int(mark[1:])]
    hits = list(mention.hits)
    if named:
        allowed = {one.column.name for one in draft.mentions[int(named[1:])].candidates}
        hits = [hit for hit in hits if hit.column in allowed] or hits
    columns = list(dict.fromkeys(hit.column for hit in hits))
    if len(columns) > 1:
        columns = _by_preposition(draft, mark, columns) or _plausible(draft, columns)
    if len(columns) > 1:
        listed = ", ".join(f"“{name}”" for name in columns[:4])
        readings = [_with_value_column(draft.question, mention.text, name) for name in columns[:4]]
        raise Unreadable(f"“{mention.text}” stands in {listed}. Which one do you mean?", readings)
    profile = draft.columns.profile.column(columns[0])
    values: list[Scalar] = [hit.value for hit in hits if hit.column == columns[0]]
    if profile and profile.kind is Kind.BOOLEAN:
        values = [value in ("true", "True", True) for value in values]
    return columns[0], values


_STARTS: Final = frozenset({"origin", "source", "from", "start", "departure", "sender", "departing"})
_ENDS: Final = frozenset({"destination", "dest", "to", "end", "arrival", "target", "receiver", "recipient", "arriving"})


def _by_preposition(draft: Draft, mark: str, columns: Sequence[str]) -> list[str]:
    """ "from Paris", "to Rome": the one column whose name says where something starts or ends."""
    match = re.search(rf"\b(from|leaving|departing|to|into|towards) (?:the )?{mark}\b", draft.text)
    if match is None:
        return []
    wanted = _STARTS if match[1] in ("from", "leaving", "departing") else _ENDS
    found = [name for name in columns if wanted & set(draft.columns.words[name])]
    return found if len(found) == 1 else []


def _plausible(draft: Draft, columns: list[str]) -> list[str]:
    """Short categories win over free text and identifiers."""
    profiles = [one for name in columns if (one := draft.columns.profile.column(name))]
    kept = [one.name for one in profiles if one.semantic.coarse not in (Semantic.TEXT, Semantic.ID)]
    if len(kept) > 1:
        exact = [
            one.name
            for one in profiles
            if one.name in kept and not any(w in ("name", "title") for w in draft.columns.words[one.name])
        ]
        kept = exact or kept
    return kept or columns


def _with_value_column(question: str, text: str, name: str) -> str:
    pattern = rf"(?:\b(?:from|in|at|of|to|by|for|on|with) (?:the )?)?[\"'“]?\b{re.escape(text)}\b[\"'”]?"
    return re.sub(pattern, literally(f'where "{name}" is "{text}"'), question, count=1)


def read_flags(draft: Draft) -> bool:
    """ "returned orders", "that were not returned", "how many smokers": a yes-or-no column used as a word."""
    for at, mention in enumerate(draft.mentions):
        found = mention.candidates[0].column
        pattern = (
            r"(?:(?:that|which|who|are|is|were|was|have|has|been|where) )*(?P<no>(?:op_not|not|op_ne|non|no) )?"
            rf"\bC{at}\b(?P<yes> (?:is |are |op_eq )?(?:true|yes|false|no)\b)?"
        )
        values, match = yes_and_no(found), re.search(pattern, draft.text)
        if (
            values is None
            or match is None
            or not (_is_flag_use(draft.text, match) or _is_people(draft.text, match, mention.text))
        ):
            continue
        negated = bool(match["no"]) != bool(re.search(r"false|no$", match["yes"] or ""))
        return draft.keep(match.span(), Condition(column=found.name, op=Op.EQ, values=(values[negated],)))
    return False


def _is_people(text: str, match: re.Match[str], said: str) -> bool:
    """ "female smokers", "of smokers": the plural of a yes-or-no column stands for the rows where it is so."""
    if not said.casefold().endswith("s") or re.match(r" (?:rate|percentage|share)", text[match.end() :]):
        return False
    return bool(
        re.search(r"(?:\bF\d+|\b(?:of|for|among|all|most|fewest|winner) (?:all |the )*)\s*$", text[: match.start()])
    ) and not re.search(
        r"\b(?:percentage|percent|share|proportion|fraction|portion|number|count|%) of (?:all |the )*$",
        text[: match.start()],
    )


def _is_flag_use(text: str, match: re.Match[str]) -> bool:
    if match["yes"] or match["no"] or not match[0].startswith("C"):
        return True
    before, after = text[: match.start()], text[match.end() :].strip()
    if re.search(r"\b(?:by|per|each|across|every|over|and|vs|different|distinct) (?:the )?$", before):
        return False
    if re.search(r"\b(?:how many|number of|count of|count)(?: F\d+)? $", before) and not re.match(
        r"[EC]\d|by C", after
    ):
        return not re.search(r"\bby $", before)
    return bool(re.match(r"(?:E\d|V\d|[a-z]+s\b)", after))


def read_leading(draft: Draft) -> bool:
    """ "class 3", "store is 12", "name is \"Bob\"": a column followed by a number or a quoted text."""
    if by_number := re.search(rf"\b{LINK}E(\d+) (?:id |no |number |op_eq )*(N\d+)", draft.text):
        key = draft.entities[int(by_number[1])].key
        value = number_in(draft, by_number[2], key)
        return draft.keep(by_number.span(), Condition(column=key.name, op=Op.EQ, values=(value,)))
    match = re.search(
        rf"\b{LINK}(C\d+) ((?:op_eq |op_ne |op_not |is |are |was |of |number |named |called )*)((?:N|Q)\d+)((?: or | and | ?, ?)(?:N|Q)\d+)*",
        draft.text,
    )
    if match is None:
        return False
    marks = re.findall(r"[NQ]\d+", draft.text[match.start(3) : match.end()])
    target = column(draft, match[1], _fits(marks[0]))
    values: list[Scalar] = [
        text_of(draft, mark) if mark[0] == "Q" else number_in(draft, mark, target) for mark in marks
    ]
    if marks[0][0] == "Q":
        _refuse_absent(target, str(values[0]))
    if marks[0][0] == "N" and target.kind is Kind.TEXT and len(target.top) == target.distinct:
        held = {count.value.strip().casefold() for count in target.top}
        if not held & {str(value).casefold() for value in values}:
            _refuse_absent(target, str(values[0]))
    negated = "op_ne" in match[2] or "op_not" in match[2]
    single = len(values) == 1
    op = (Op.NE if single else Op.NOT_IN) if negated else (Op.EQ if single else Op.IN)
    return draft.keep(match.span(), Condition(column=target.name, op=op, values=tuple(values)))


def _fits(mark: str) -> Role:
    """Numbers stand in number or text columns, quoted texts in text columns."""
    return lambda one: one.kind is Kind.TEXT or (mark[0] == "N" and one.kind.is_number)


def _refuse_absent(target: ColumnProfile, text: str) -> None:
    raise Unreadable(f"No row has “{text}” in “{target.name}”.", missing=target.name)
