"""What the question says about which rows count: comparisons, values, dates, and / or."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from services.assistant.builtin.grammar.cells import read_flags, read_leading, read_values
from services.assistant.builtin.grammar.comparisons import (
    read_between,
    read_comparison,
    read_inside,
    read_missing,
    read_of_all,
    read_text,
)
from services.assistant.builtin.grammar.dates import read_dates
from services.assistant.builtin.grammar.having import read_having
from services.assistant.builtin.intent import Condition, Op
from services.assistant.builtin.language.columns import Candidate
from services.assistant.builtin.language.lexicon import ADJECTIVES
from services.assistant.builtin.language.question import ColumnMention, Draft
from services.assistant.builtin.language.resolve import yes_and_no
from services.domain import ColumnProfile

_AMOUNT: Final = r"(?=\s*N\d|\s*D\d)"
_OPS: Final[tuple[tuple[str, str], ...]] = (
    (r"(?:is |are |was )?(?:not |does not |do not )(?:equals?(?: to)?|the same as)|!=|<>", "op_ne"),
    (rf"(?:is |are |was |were )?(?:greater|more|higher|larger|bigger) than or equals? to|>=|at least{_AMOUNT}|(?:is |are |was |were )not (?:under|below|less than|lower than)|not less than|no (?:less|fewer) than|minimum of{_AMOUNT}", "op_ge"),
    (rf"(?:is |are |was |were )?(?:less|lower|smaller|fewer) than or equals? to|<=|at most{_AMOUNT}|(?:is |are |was |were )not (?:over|above|greater than|higher than|more than)|not more than|no (?:more|greater|higher|larger) than|maximum of{_AMOUNT}|up to{_AMOUNT}", "op_le"),
    (rf"(?:is |are |was |were )?(?:(?:greater|more|higher|larger|bigger) than|(?:over|above|exceed(?:s|ing)?|beyond){_AMOUNT})|>", "op_gt"),
    (rf"(?:is |are |was |were )?(?:(?:less|lower|smaller|fewer) than|(?:under|below){_AMOUNT})|<", "op_lt"),
    (r"(?:is |are |was |were )?(?:equals? to|equals|exactly)|==|=", "op_eq"),
    (r"(?:that |which |who |whose |and )?(?:do not|does not|not|without) (?:contain(?:s|ing)?|include|have) (?:the )?(?:letter|substring|word|string|text)s?|(?:do not|does not|not) contain(?:s|ing)?(?= Q| V)", "op_lacks"),
    (r"(?:that |which |who |whose |and )?(?:contain(?:s|ing)?|includ(?:e|es|ing)|with|has|have|having) (?:the )?(?:letter|substring|word|string|text)s?|contain(?:s|ing)?(?= Q| V| '| \")", "op_has"),
    (r"(?:that |which |who |whose )?(?:start(?:s|ing)?|begin(?:s|ning)?) with(?: the)?(?: letter| word)?", "op_starts"),
    (r"(?:that |which |who |whose )?(?:end(?:s|ing)?) with(?: the)?(?: letter| word)?", "op_ends"),
    (r"(?:is|are|was|were) not (?:missing|null|empty|blank|na|nan|unknown)|(?:is|are) (?:present|known|given)", "op_present"),
    (r"(?:has|have|with|having) (?:no|missing)(?= C)|missing(?= C)|without(?: a| an| any)?(?= C)", "op_lacking"),
    (r"(?:is|are|was|were) (?:missing|null|empty|blank|na|nan|unknown)", "op_missing"),
    (r"(?:other than|except(?: for)?|excluding|but not|apart from|outside(?: of)?|not (?:in|from|at|on|for|by|of)|(?:is|are|was|were|do|does|did|has|have) not(?: in| from| have)?|not(?= V| Q))", "op_not"),
)  # fmt: skip


def read_filters(draft: Draft) -> None:
    """Turns every condition of the sketch into a mark `F0`, then puts the marks together."""
    _write_operators(draft)
    _read_whole_of_share(draft)
    for reader in (
        read_of_all,
        read_between,
        read_text,
        read_inside,
        read_missing,
        read_having,
        read_comparison,
        read_dates,
        read_values,
        read_flags,
        read_leading,
    ):
        while reader(draft):
            pass
    _combine(draft)


def _write_operators(draft: Draft) -> None:
    text = draft.text
    text = re.sub(r"\b(\w+) than (?=(?:or equal to )?\$?N\d)", lambda m: _older(draft, m), text)
    for pattern, name in _OPS:
        text = re.sub(rf"(?<!\w)(?:{pattern})(?!\w)", f" {name} ", text)
    text = re.sub(r"(?<= )(N\d+) (?:or|and) (?:more|higher|above|over|greater|older)\b(?! than)", r" op_ge \1 ", text)
    text = re.sub(r"(?<= )(N\d+) or (?:less|lower|fewer|below|under|younger)\b(?! than)", r" op_le \1 ", text)
    draft.text = re.sub(r"\s+", " ", text)


def _read_whole_of_share(draft: Draft) -> None:
    """ "percentage of smokers are male": the yes-or-no column says of which rows the share is taken."""
    match = re.search(
        r"\b(?:percentage|percent|share|proportion|fraction|portion) of (?:all |the )*(C\d+) (?=(?:that |who |which )?(?:are|is|were|was|have|has|live|come)\b)",
        draft.text,
    )
    found = draft.mentions[int(match[1][1:])].candidates[0].column if match else None
    values = yes_and_no(found) if found else None
    if match and found and values:
        draft.keep(match.span(1), Condition(column=found.name, op=Op.EQ, values=(values[0],)))


def _older(draft: Draft, match: re.Match[str]) -> str:
    """ "older than 40" as "C7 op_gt 40"; other comparatives stay as they are."""
    adjective = ADJECTIVES.get(match[1])
    found = draft.columns.speaking_of(adjective[0]) if adjective else None
    if adjective is None or found is None:
        return match[0]
    return f" {_new_mention(draft, found)} {'op_gt' if adjective[1] else 'op_lt'} "


def _new_mention(draft: Draft, found: ColumnProfile) -> str:
    draft.mentions = [*draft.mentions, ColumnMention(found.name, (Candidate(found, 1.0),))]
    return f"C{len(draft.mentions) - 1}"


def _combine(draft: Draft) -> None:
    """ "F0 or F1" become alternatives; every other mark stands on its own. Erases them all."""
    joined = re.compile(r"F(\d+)((?: ?,? ?or ,?F\d+| ?,? ?or F\d+)+)")
    used: set[int] = set()
    while match := joined.search(draft.text):
        marks = [int(one) for one in re.findall(r"F(\d+)", match[0])]
        draft.where.append(tuple(condition for at in marks for condition in draft.filters[at]))
        used.update(marks)
        draft.erase(*match.span(), mark="filtered")
    for mark in re.findall(r"F(\d+)", draft.text):
        draft.where.append(draft.filters[int(mark)])
    draft.where = merged(draft.where)
    draft.text = re.sub(r"(?:(?:,|and|but|who|that|with|whose|where) )*\bF\d+\b", " filtered ", draft.text)


def merged(where: Sequence[tuple[Condition, ...]]) -> list[tuple[Condition, ...]]:
    """Equal to one value and to another is impossible: "in 1952 and 2007" means one of them."""
    found: list[tuple[Condition, ...]] = []
    for any_of in where:
        one = any_of[0]
        at = next((at for at, other in enumerate(found) if _joins(other, any_of)), None)
        if at is None:
            found.append(any_of)
            continue
        values = tuple(dict.fromkeys([*found[at][0].values, *one.values]))
        found[at] = (one.model_copy(update={"op": Op.IN if len(values) > 1 else Op.EQ, "values": values}),)
    return found


def _joins(first: tuple[Condition, ...], second: tuple[Condition, ...]) -> bool:
    if len(first) != 1 or len(second) != 1 or not {first[0].op, second[0].op} <= {Op.EQ, Op.IN}:
        return False
    return (first[0].column, first[0].part) == (second[0].column, second[0].part)
