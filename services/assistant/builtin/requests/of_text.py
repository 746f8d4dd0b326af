"""Requests about text: spaces, case, characters, affixes, lengths; and about kinds of columns."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

import re
from typing import Final, Literal

from services.assistant.builtin.language.question import Unreadable
from services.assistant.builtin.requests.clauses import unquoted
from services.assistant.builtin.requests.of_columns import mark_of
from services.assistant.builtin.requests.rules import DROP, Built, Rule, part, rule
from services.assistant.builtin.requests.subject import Subject, is_text
from services.code.steps import (
    Affix,
    CastColumn,
    ChangeCase,
    FindReplace,
    MendEncoding,
    NumberFromText,
    Pad,
    RemoveCharacters,
    Single,
    Substring,
    Trim,
)
from services.domain import ColumnProfile

Case = Literal["lower", "upper", "title", "sentence"]
What = Literal["digits", "letters", "punctuation", "accents", "line breaks", "broken characters"]
_CASES: Final[tuple[tuple[str, Case], ...]] = (
    (r"upper|capital letters|capitals|all caps|block", "upper"),
    (r"title|capitali[sz]|proper|each word", "title"),
    (r"sentence", "sentence"),
    (r"lower|small", "lower"),
)
_SORTS: Final[tuple[tuple[str, What], ...]] = (
    (r"digits?|numbers?|numerals?", "digits"),
    (r"letters?", "letters"),
    (r"punctuation|special characters?|symbols?|non-alphanumeric characters?|signs?", "punctuation"),
    (r"accents?|diacritics?|umlauts?", "accents"),
    (r"line ?breaks?|new ?lines?", "line breaks"),
    (r"broken characters?|strange characters?|weird characters?|non-printable characters?|control characters?", "broken characters"),
)  # fmt: skip


def _texts(subject: Subject, said: str) -> tuple[str, ...]:
    return subject.many(said, is_text)


def _trim(subject: Subject, match: re.Match[str]) -> Built:
    return Trim(columns=_texts(subject, part(match, "columns")))


def _case(subject: Subject, match: re.Match[str]) -> Built:
    how = next(case for form, case in _CASES if re.search(rf"(?i){form}", match["case"]))
    return ChangeCase(columns=_texts(subject, part(match, "columns")), to=how)


def _characters(subject: Subject, match: re.Match[str]) -> Built:
    what = next(sort for form, sort in _SORTS if re.fullmatch(rf"(?i){form}", part(match, "what")))
    return RemoveCharacters(columns=_texts(subject, part(match, "columns")), what=what)


def _take_away(subject: Subject, match: re.Match[str]) -> Built:
    """A text taken out of cells: "remove $ from price", "strip the prefix 'A-' from code"."""
    said = re.sub(r"(?i)^(?:all|any|every|each) ", "", part(match, "what"))
    where = re.search(r"(?i)\b(prefix|suffix)\b", said)
    text = mark_of(
        re.sub(r"(?i)^(?:the )?(?:text|word|string|characters?|letters?|prefix|suffix|symbol|sign|unit)s? ", "", said)
    )
    if not (quoted := unquoted(said)) and not where and len(text.split()) > 2:
        return None
    names = subject.many(part(match, "columns"))
    if not (where or quoted) and not any(_occurs(subject.profile(name), text) for name in names):
        return None
    if where or re.match(r"(?i)strip|trim", match[0]):
        at = "take from the start" if where and where[1].casefold() == "prefix" else "take from the end"
        return Affix(columns=names, text=text, action=at) if where else FindReplace(columns=names, find=text)
    return FindReplace(columns=names, find=text)


def _occurs(found: ColumnProfile, text: str) -> bool:
    return any(text in one for one in (*(count.value for count in found.top), *found.examples))


def _affix(subject: Subject, match: re.Match[str]) -> Built:
    before = bool(re.search(r"(?i)prefix|before|in front|start|beginning|prepend", match[0]))
    text = unquoted(part(match, "text"))
    text = mark_of(part(match, "text")) if text is None else text
    return Affix(
        columns=subject.many(part(match, "columns")), text=text, action="put before" if before else "put behind"
    )


def _part(subject: Subject, match: re.Match[str]) -> Built:
    return Substring(columns=subject.many(part(match, "columns")), length=int(match["count"]))


def _pad(subject: Subject, match: re.Match[str]) -> Built:
    mark = unquoted(part(match, "mark")) or "0"
    return Pad(columns=subject.many(part(match, "columns")), length=int(match["count"]), mark=mark[:1])


def _mend(subject: Subject, match: re.Match[str]) -> Built:
    return MendEncoding(columns=_texts(subject, part(match, "columns")))


_TARGETS: Final[tuple[tuple[str, Literal["text", "integer", "decimal", "boolean", "date", "datetime"]], ...]] = (
    (r"date ?times?|timestamps?|dates? (?:and|with) times?|times?", "datetime"),
    (r"(?:calendar )?dates?", "date"),
    (r"(?:integers?|ints?|whole numbers?)", "integer"),
    (r"(?:numbers?|numeric(?:al)?(?: values?)?|numerics?|floats?|decimals?|decimal numbers?|doubles?)", "decimal"),
    (r"(?:texts?|strings?|str|characters?|categor(?:y|ies|ical))", "text"),
    (r"(?:bool(?:ean)?s?|yes ?/ ?no|yes (?:or|and) no|true ?/ ?false|true (?:or|and) false|logicals?)", "boolean"),
)
_TARGET: Final = "|".join(f"(?:{form})" for form, _ in _TARGETS)
_ORDERS: Final = (
    (r"day first|dd[-/.]mm|d/m|european", "day first"),
    (r"month first|mm[-/.]dd|m/d|american|us format", "month first"),
    (r"year first|yyyy[-/.]mm|iso", "year first"),
)


def _cast(subject: Subject, match: re.Match[str]) -> Built:
    target = next(kind for form, kind in _TARGETS if re.fullmatch(rf"(?i){form}", part(match, "target")))
    order = next((name for form, name in _ORDERS if re.search(form, match[0], re.IGNORECASE)), "")
    names = subject.many(part(match, "columns"))
    return [_as(subject.profile(name), target, order) for name in names]


def _as(found: ColumnProfile, target: str, order: str) -> Single:
    """The step that reads a column as this kind; numbers with signs and units round them are taken out of the text."""
    texts = [*(count.value for count in found.top), *found.examples]
    if target in ("decimal", "integer") and is_text(found) and any(_is_dressed(text) for text in texts):
        return NumberFromText(columns=(found.name,))
    data = {"column": found.name, "to": target, "unreadable": "missing", "order": order}
    return CastColumn.model_validate(data)


def _is_dressed(text: str) -> bool:
    return bool(re.search(r"\d", text)) and not re.fullmatch(r"\s*[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?\s*", text)


def _no_change(_: Subject, match: re.Match[str]) -> Built:
    raise Unreadable(f"I do not know the kind “{part(match, 'target')}”: say date, number, text or yes/no.")


_CASE: Final = r"(?P<case>(?:all )?(?:lower|upper|title|proper|sentence)[ -]?case(?:d)?|(?:all )?(?:small|capital) letters|capitals|all caps|uppercase|lowercase|upper|lower)"
_SPACES: Final = r"(?:leading|trailing|surrounding|extra|superfluous|double|unnecessary|outer|repeated|and|or|/|,| )*\s*(?:white ?spaces?|spaces?|blanks)"

RULES: Final[tuple[Rule, ...]] = (
    rule(
        rf"(?:trim|strip|{DROP}|clean(?: up)?|tidy(?: up)?|fix)(?: all| any| the)* {_SPACES}(?: characters?)?(?: (?:around|from|in|of|on|at the (?:start|end|ends) of|before and after)(?: the)?(?: (?P<columns>.+))?)?",
        _trim,
    ),
    rule(r"(?:trim|strip)(?: the)?(?: (?P<columns>(?!.*\bfrom\b).+))?", _trim),
    rule(
        r"(?P<case>lower-?case|upper-?case|title-?case|capitali[sz]e|proper-?case)(?: the)?(?: (?P<columns>.+))?", _case
    ),
    rule(
        rf"(?:make|convert|change|put|turn|write|set|transform)(?: the)?(?: (?P<columns>.+?))?(?: all)?(?: (?:to|into|in|as))? {_CASE}",
        _case,
    ),
    rule(
        rf"(?:{DROP}|strip)(?: all| any| the)* (?P<what>{'|'.join(form for form, _ in _SORTS)})(?: (?:from|in|of)(?: the)?(?: (?P<columns>.+))?)",
        _characters,
    ),
    rule(
        r"(?:mend|fix|repair|correct)(?: the)? (?:broken |wrong )?(?:encoding|letters|mojibake|umlauts)(?: (?:in|of)(?: the)? (?P<columns>.+))?",
        _mend,
    ),
    rule(
        rf"(?:{DROP}|strip|trim)(?: all| every)?(?: the)? (?P<what>(?:\"[^\"]+\"|'[^']+'|“[^”]+”|.+?)) (?:from|in)(?: the)?(?: (?:start|end|beginning) of(?: the)?)? (?P<columns>.+)",
        _take_away,
    ),
    rule(
        r"(?:add|put|prepend|append)(?: the)?(?: prefix| suffix| text)* (?P<text>\"[^\"]+\"|'[^']+'|“[^”]+”)(?: as (?:a )?(?:prefix|suffix))? (?:to|before|behind|after|in front of|at the (?:start|end|beginning) of)(?: the)?(?: (?:start|end|beginning) of(?: the)?)?(?: each| every)? (?P<columns>.+?)(?: as (?:a )?(?:prefix|suffix))?",
        _affix,
    ),
    rule(
        r"(?:keep|take)(?: only)?(?: the)? first (?P<count>\d+) (?:characters?|letters?|digits?) of(?: the)? (?P<columns>.+)",
        _part,
    ),
    rule(
        r"pad(?: the)? (?P<columns>.+?) (?:to|up to) (?P<count>\d+)(?: characters?| digits?)?(?: with (?:leading )?(?:zeros|zeroes|(?P<mark>\"[^\"]\"|'[^']')))?",
        _pad,
    ),
    rule(
        rf"(?:convert|change|cast|parse|turn|read|treat|make|set|transform|interpret|format|coerce)(?: the)?(?: (?:type|kind|data ?type|dtype) of)?(?: the)? (?P<columns>.+?)(?: columns?)?(?: (?:in)?to| as| into)?(?: an?| the| real| proper)*(?: type)? (?P<target>{_TARGET})(?: (?:type|format|column|columns|values))?(?:,? (?:with |in |using )?(?:the )?(?:day|month|year) first|,? \(?(?:in |with |using )?(?:dd[-/.]mm[-/.]yyyy|mm[-/.]dd[-/.]yyyy|yyyy[-/.]mm[-/.]dd|iso)(?: format)?\)?)?",
        _cast,
    ),
    rule(r"parse(?: the)? (?P<target>dates?|numbers?) (?:in|of|from)(?: the)? (?P<columns>.+)", _cast),
)
