"""From a question to its intent."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

import re
from typing import Final

from services.assistant.builtin.grammar.arithmetic import worked
from services.assistant.builtin.grammar.assembly import assemble
from services.assistant.builtin.grammar.contrasts import read_change, read_contrast
from services.assistant.builtin.grammar.counts import tally_column
from services.assistant.builtin.grammar.filters import read_filters
from services.assistant.builtin.grammar.grouping import read_grouping
from services.assistant.builtin.grammar.layout import read_chart, read_limit, read_order
from services.assistant.builtin.grammar.measuring import implicit_aggregate, read_measures
from services.assistant.builtin.grammar.relative import read_relative
from services.assistant.builtin.grammar.shares import read_rates
from services.assistant.builtin.grammar.traps import check_intent, check_wording
from services.assistant.builtin.intent import Intent, Sort
from services.assistant.builtin.language.columns import Candidate, Columns, is_measure
from services.assistant.builtin.language.lexicon import AGGREGATE_NAMES, BLOCKERS
from services.assistant.builtin.language.question import ColumnMention, Draft, EntityMention, Unreadable
from services.assistant.builtin.language.resolve import is_unique, names_numbers
from services.assistant.builtin.language.sketch import sketch
from services.assistant.builtin.language.words import split_name
from services.domain import Kind, Profile
from services.protocols import ValueFinder

_APPOSITION: Final = "title|titles|name|names|city|cities|code|codes|category|categories|group|groups|level|levels|status|value|values|column|type|types|id|ids|number"


def read(question: str, profile: Profile, find_values: ValueFinder, title: str = "") -> Intent:
    """The intent of a question about a table.

    Raises: Unreadable, when it cannot be tied down.
    """
    found = worked(question, lambda part: _read(part, profile, find_values, title))
    return found or _read(question, profile, find_values, title)


def _read(question: str, profile: Profile, find_values: ValueFinder, title: str) -> Intent:
    intent = assemble(draft_of(question, profile, find_values, title))
    check_intent(intent)
    return intent


def draft_of(question: str, profile: Profile, find_values: ValueFinder, title: str = "") -> Draft:
    """Everything the grammar finds in the question."""
    draft = sketch(question, Columns.of(profile), find_values)
    draft.title = frozenset(word for word in split_name(title) if len(word) > 3)
    check_wording(draft)
    read_contrast(draft)
    read_change(draft)
    read_relative(draft)
    _read_lying(draft)
    _refuse_impossible(draft)
    _simplify(draft)
    _read_ordinal(draft)
    for rule in (
        read_chart,
        read_order,
        read_limit,
        read_filters,
        read_rates,
        _read_shape,
        read_grouping,
        read_measures,
    ):
        rule(draft)
    return draft


def _read_tallied(draft: Draft) -> None:
    """ "which nation has the most medals" where each row has a `count`: the noun stands for the counts."""
    found = tally_column(draft)
    match = re.search(
        r"\b(?:most|fewest|more|(?:shares?|percentages?|proportions?) of(?: the| all)?) C(\d+)\b(?! C)", draft.text
    )
    if found is None or match is None:
        return
    at = int(match[1])
    mention = draft.mentions[at]
    best = mention.candidates[0].column
    if mention.text.casefold().endswith("s") and not best.kind.is_number and not is_unique(draft, best):
        stands = ColumnMention(mention.text, (Candidate(found, 1.0),))
        draft.mentions = [*draft.mentions[:at], stands, *draft.mentions[at + 1 :]]
        draft.assumed.append(f"The counts in “{found.name}” are added up.")


_ORDINALS: Final = {"second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5, "5th": 5}


def _read_ordinal(draft: Draft) -> None:
    """ "the second highest price": the place in the ranking; the rest is read as a question for the first."""
    said = "|".join(_ORDINALS)
    match = re.search(
        rf"\b({said})[ -](?=(?:most|highest|largest|biggest|greatest|best|top|lowest|smallest|least|fewest|worst|\w+est)\b)",
        draft.text,
    )
    if match:
        draft.nth = _ORDINALS[match[1]]
        draft.text = draft.text[: match.start()] + draft.text[match.end() :]


def _refuse_impossible(draft: Draft) -> None:
    for pattern, ability in BLOCKERS:
        if match := re.search(pattern, draft.text):
            raise Unreadable(f"I cannot {ability} (“{match[0]}”).")


def _simplify(draft: Draft) -> None:
    _refuse_ranges(draft)
    text = re.sub(r"[()]", " ", draft.text)
    text = re.sub(r"\bstandard deviation\b", "std", text)
    text = re.sub(
        r"\b(?:please|kindly|thanks|thank you|can you|could you|would you|i want to|i would like to|i'd like to|would like to|help me|let me know|tell me)\b",
        " ",
        text,
    )
    text = re.sub(r"\b(?:in|of)? ?(?:us )?(?:usd|dollars?|euros?|eur|gbp|pounds)\b", " ", text)
    draft.text = _without_appositions(re.sub(r"\s+", " ", text))
    _read_row_nouns(draft)
    _read_tallied(draft)
    _read_ranking(draft)


def _refuse_ranges(draft: Draft) -> None:
    """ "by age group" where age is a number: nothing says where a group begins."""
    for match in re.finditer(r"\b(C\d+) (groups?|brackets?|bands?|ranges?|buckets?)\b", draft.text):
        found = draft.mentions[int(match[1][1:])].candidates[0].column
        if is_measure(found):
            raise Unreadable(f"I cannot put the numbers of “{found.name}” into {match[2].rstrip('s')}s.")


def _read_ranking(draft: Draft) -> None:
    """ "rank regions by bmi": the average or total of the second for each of the first, highest first."""
    match = re.match(r"rank (?:all |the )*(C\d+) by (?:the |their )?(C\d+)\b(?! and)", draft.text)
    if match is None:
        return
    first, second = (draft.mentions[int(mark[1:])].candidates[0].column for mark in match.groups())
    if is_measure(second) and not is_measure(first) and not is_unique(draft, first):
        word = AGGREGATE_NAMES[implicit_aggregate(draft, second)]
        draft.sort = Sort(by="measure", descending=True)
        draft.text = f"{word} {match[2]} by {match[1]}{draft.text[match.end() :]}"


def _read_row_nouns(draft: Draft) -> None:
    """ "results of all festivals", where each row has its own `festival`: a noun for the row, beside other columns."""
    for match in re.finditer(
        r"\b(?:of|for) (?:(?:all|each|every|any|the|these|those|different) )*(C\d+)\b", draft.text
    ):
        mention = draft.mentions[int(match[1][1:])]
        best = mention.candidates[0].column
        before = {one for one in re.findall(r"\bC\d+\b", draft.text[: match.start()]) if one != match[1]}
        others = {one for one in before if not names_numbers(draft, one)}
        if (
            best.kind is Kind.TEXT
            and is_unique(draft, best)
            and others
            and not re.search(r"\b(?:number|count|many|share|proportion) $", draft.text[: match.start()])
        ):
            draft.entities = [*draft.entities, EntityMention(mention.text, mention.text.casefold(), best)]
            draft.text = re.sub(rf"\b{match[1]}\b", f"E{len(draft.entities) - 1}", draft.text)


def _read_lying(draft: Draft) -> None:
    """ "horizontal bars": before the chart is read, whose name would take the word along."""
    if match := re.search(r"\b(?:horizontal(?:ly)?|lying|sideways)\b", draft.text):
        draft.lying = True
        draft.erase(*match.span())


def _read_shape(draft: Draft) -> None:
    if match := re.search(
        r"\b(?:the )?(?:correlation|correlated?|correlates|relationship|relation|association|associated)\b(?: coefficient)?(?: between| of| among| with)?",
        draft.text,
    ):
        draft.related = True
        draft.erase(*match.span(), mark=",")
    if match := re.search(r"\b(?:as (?:a |an )?)?pivot(?: table)?(?: (?:of|with|for|showing))?\b", draft.text):
        draft.pivot = True
        draft.erase(*match.span(), mark=",")
    if match := re.search(r"\b(?:distribution|histogram|spread|distributed)\b(?: of| for)?", draft.text):
        draft.spread = True
        draft.erase(*match.span(), mark=",")


def _without_appositions(text: str) -> str:
    """ "origin city", "job title": a general noun right behind a column only repeats what the column is."""
    return re.sub(rf"\b([CE]\d+) (?:{_APPOSITION})\b", r"\1", text)
