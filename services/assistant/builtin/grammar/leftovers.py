"""What of the question nobody understood: words that could change the meaning lead to a refusal, not a guess."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

import re
from typing import Final

from services.assistant.builtin.grammar.nouns import PEOPLE, check_nouns, in_title, stands_for_rows
from services.assistant.builtin.intent import Intent, Shape
from services.assistant.builtin.language.lexicon import GRAINS, LIGHT_WORDS
from services.assistant.builtin.language.question import Draft, Unreadable
from services.assistant.builtin.language.words import lemma

_MARKS: Final = re.compile(r"\b[CNDQ]\d+\b")
_ENTITY_LEAD: Final = r"(?:of|all|each|every|these|those|the|different|for|many|its|among|who|which|what|any|their|per|list|show|find|those|topped|winner|are|get|display|give|me|some|count|,)"
_RESTRICTIVE: Final = re.compile(
    r"\w{2,}(?:ed|ing|less|ful)$|^(?:not|no|non|never|without|except|only|but|if|unless|until|after|before|since|first|last|next|previous|prior|second|third|final|difference|differences|top|bottom|rest|other|others|another|half|double|times|most|least|more|less|average|years?|days?|months?|weeks?|consecutive|times)$"
)
_CHANGING: Final = frozenset(
    {
        "only",
        "just",
        "instead",
        "now",
        "then",
        "same",
        "again",
        "make",
        "change",
        "without",
        "limit",
        "what",
        "how",
        "about",
        "horizontal",
    }
)
"""Words that ask for a change of the question before."""
_NARROWING: Final = "open|opened|paid|sold|won|ended|published|issued|used|owned|visited|received|started|made|held|popular|common|frequent|given|taken|live|running|work(?:ing)?|current"
_INNER: Final = frozenset({"filtered", "winner", "topped", "op_eq", "usd"})


def check_leftovers(draft: Draft, intent: Intent) -> None:
    """Nothing, when every word is accounted for.

    Raises: Unreadable, naming the first word that is not.
    """
    text = _without_title(draft, re.sub(r"\s+", " ", re.sub(r"\b[CE]\d+\b", " ", draft.text)))
    if mark := _MARKS.search(text):
        raise Unreadable(f"I do not understand the part about “{_said(draft, mark[0])}”.")
    if re.search(r"\bop_", text):
        raise Unreadable(_about_operator(draft))
    if re.search(r"\bfiltered ?,? or\b|\bor (?:\w+ )?filtered\b", draft.text):
        raise Unreadable("I do not understand the two sides of “or”.")
    words = [word for word in re.findall(r"[^\W_][\w'-]*", text) if word not in _INNER and not word.isdigit()]
    unknown = [word for word in words if _is_unknown(word) and not in_title(draft, lemma(word))]
    unknown = [word for word in unknown if not (lemma(word) in PEOPLE and stands_for_rows(draft, lemma(word)))]
    entity = _entity(draft, text, unknown, intent)
    rest = [word for word in unknown if lemma(word) not in entity]
    if rest:
        raise Unreadable(f"I cannot tie “{rest[0]}” to anything in this table.", missing=rest[0])
    check_nouns(draft, entity)
    _check_modifiers(draft)


def _without_title(draft: Draft, text: str) -> str:
    """Without two words that together are what the table is called: "high schoolers" of the table "highschooler"."""
    for match in re.finditer(r"\b([a-z]+) (?=([a-z]+)\b)", text):
        if lemma(match[1] + match[2]) in draft.title:
            return text.replace(f"{match[1]} {match[2]}", " ")
    return text


def _check_modifiers(draft: Draft) -> None:
    """ "open orders", "paid invoices": a participle before the noun for the rows narrows them.

    Raises: Unreadable, naming the participle.
    """
    nouns = {one.text.casefold().split()[-1] for one in draft.entities} | set(draft.counted.split()[-1:])
    for noun in nouns:
        match = re.search(rf"\b({_NARROWING}) {re.escape(noun)}\b", draft.question.casefold())
        if match and not any(match[1] in one.text.casefold().split() for one in draft.mentions):
            raise Unreadable(f"I cannot tie “{match[1]}” to anything in this table.", missing=match[1])


def unexplained(draft: Draft) -> str:
    """The first word or mark of a short change that nothing explains; empty when all is understood."""
    text = re.sub(r"\b[CE]\d+\b", " ", draft.text)
    if mark := _MARKS.search(text):
        return _said(draft, mark[0])
    if re.search(r"\bop_", text):
        raise Unreadable(_about_operator(draft))
    words = [word for word in re.findall(r"[^\W\d_][\w'-]*", text) if word not in _INNER | _CHANGING]
    return next((word for word in words if _is_unknown(word)), "")


def _is_unknown(word: str) -> bool:
    if word in ("not", "no", "without", "except", "never"):
        return True
    return word not in LIGHT_WORDS and lemma(word) not in LIGHT_WORDS and word not in GRAINS


def _said(draft: Draft, mark: str) -> str:
    at = int(mark[1:])
    if mark[0] == "N":
        return draft.numbers[at].text
    return draft.quotes[at] if mark[0] == "Q" else draft.periods[at].text


def _about_operator(draft: Draft) -> str:
    match = re.search(r"op_\w+ (?:the |a |an )?(\w+)", draft.text)
    if match and not re.match(r"op_|[A-Z]\d", match[1]):
        return f"I do not understand what should be compared with “{match[1]}”."
    return "I do not understand what should be compared."


def _entity(draft: Draft, text: str, unknown: list[str], intent: Intent) -> frozenset[str]:
    """The lemmas of one noun phrase that names what a row is, such as "train stations"; it changes nothing."""
    counted = {lemma(word) for word in re.findall(r"[a-z-]+", draft.counted)}
    if not unknown:
        return frozenset(counted)
    first = unknown[0]
    if lemma(first) in counted:
        return frozenset(counted)
    phrase = re.search(
        rf"(?:^| ){_ENTITY_LEAD} ((?:{re.escape(first)})(?: (?:{'|'.join(re.escape(w) for w in unknown)}))?)\b", text
    )
    if (
        phrase is None
        or _RESTRICTIVE.search(first)
        or _is_proper(draft.question, first)
        or not _is_plural_or_each(text, phrase[1])
    ):
        return frozenset(counted)
    if (
        counted
        and intent.shape is Shape.GROUPS
        and intent.measures
        and intent.measures[0].column is None
        and not _names_row(draft, phrase[1])
    ):
        return frozenset(counted)
    return frozenset({lemma(word) for word in phrase[1].split()} | counted)


def _is_proper(question: str, word: str) -> bool:
    """Whether the word is written like a name, inside a sentence: "Atlantis" is a value, not a kind of row."""
    return bool(re.search(rf"[\w,] {re.escape(word.title())}\b", question))


def _names_row(draft: Draft, phrase: str) -> bool:
    """Whether the last word also stands in a column name, as "order" in "order_id"."""
    last = lemma(phrase.split()[-1])
    return any(last in words for words in draft.columns.words.values())


def _is_plural_or_each(text: str, phrase: str) -> bool:
    last = phrase.split()[-1]
    if lemma(last) != last:
        return True
    return bool(re.search(rf"\b(?:each|every|the|per|any) {re.escape(phrase)}\b", text))
