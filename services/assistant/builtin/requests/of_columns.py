"""Requests about columns: drop, keep, rename, copy, split, merge, tidy names."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

import re
from typing import Final

from services.assistant.builtin.language.question import Unreadable
from services.assistant.builtin.requests.clauses import unquoted
from services.assistant.builtin.requests.rules import DROP, Built, Refused, Rule, part, rule
from services.assistant.builtin.requests.subject import Subject, is_text
from services.code.steps import (
    CopyColumn,
    DropColumns,
    MergeColumns,
    RenameColumns,
    SelectColumns,
    SplitColumn,
    TidyNames,
)
from services.domain import ColumnProfile

_MARKS: Final = {
    "comma": ",", "commas": ",", "semicolon": ";", "semicolons": ";", "space": " ", "spaces": " ", "blank": " ",
    "whitespace": " ", "dash": "-", "dashes": "-", "hyphen": "-", "hyphens": "-", "slash": "/", "slashes": "/",
    "colon": ":", "colons": ":", "dot": ".", "dots": ".", "point": ".", "period": ".", "full stop": ".", "pipe": "|",
    "tab": "\t", "underscore": "_", "underscores": "_", "at sign": "@", "at": "@", "ampersand": "&", "plus": "+",
}  # fmt: skip


def mark_of(text: str) -> str:
    """The character that a word names, or the text itself."""
    bare = unquoted(text)
    if bare is not None:
        return bare
    said = re.sub(r"(?i)^(?:the|a|an|each|every)\s+|\s+(?:signs?|characters?|symbols?)$", "", text.strip())
    return _MARKS.get(said.casefold(), said)


def _drop(subject: Subject, match: re.Match[str]) -> Built:
    return DropColumns(columns=subject.many(part(match, "columns")))


def _drop_plain(subject: Subject, match: re.Match[str]) -> Built:
    """ "drop price": without the word “column”, only where a whole name is said."""
    said = part(match, "columns")
    named = [subject.maybe(one) for one in re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+", said)]
    found = [one for one in named if one is not None]
    return DropColumns(columns=tuple(one.name for one in found)) if len(found) == len(named) else None


def _drop_by(subject: Subject, match: re.Match[str]) -> Built:
    """Columns that say nothing: empty, or the same everywhere."""
    rows = subject.columns.profile.rows
    said = part(match, "what").casefold()
    share = part(match, "share")

    def is_meant(one: ColumnProfile) -> bool:
        if share:
            return one.missing > rows * float(share) / 100
        if said.startswith(("constant", "single", "useless", "one")):
            return one.distinct <= 1
        return one.missing == rows

    found = subject.pick(is_meant)
    if not found:
        raise Refused("This table has no such columns.")
    return DropColumns(columns=tuple(found))


def _keep(subject: Subject, match: re.Match[str]) -> Built:
    return SelectColumns(columns=subject.many(part(match, "columns")))


def _drop_except(subject: Subject, match: re.Match[str]) -> Built:
    return SelectColumns(columns=subject.many(part(match, "columns")))


def _rename(subject: Subject, match: re.Match[str]) -> Built:
    pairs = re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+", part(match, "pairs"))
    split = [re.fullmatch(r"(?i)(?P<old>.+?)\s+(?:to|as|into|=>|->|→)\s+(?P<new>.+)", pair) for pair in pairs]
    if all(split):
        return RenameColumns(names=dict(_pair(subject, one["old"], one["new"]) for one in split if one))
    both = re.fullmatch(r"(?i)(?P<old>.+?)\s*(?:\bto\b|\bas\b|\binto\b|=>|->|→)\s*(?P<new>.+)", part(match, "pairs"))
    if both is None:
        return None
    old = subject.many(both["old"])
    new = [both["new"]] if len(old) == 1 else re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+", both["new"])
    if len(old) != len(new):
        raise Refused("There are not as many new names as columns.")
    return RenameColumns(names={one: _name(other) for one, other in zip(old, new, strict=True)})


def _pair(subject: Subject, old: str, new: str) -> tuple[str, str]:
    return subject.one(old).name, _name(new)


def _name(text: str) -> str:
    bare = unquoted(text)
    return bare if bare is not None else re.sub(r"(?i)^(?:the )?(?:name|column)\s+(?=\S)", "", text.strip())


def _tidy_names(_: Subject, match: re.Match[str]) -> Built:
    said = match[0].casefold()
    if "title" in said or "capital" in said:
        return TidyNames(style="Title Case")
    return TidyNames(style="spaces only" if "space" in said and "snake" not in said else "snake_case")


def _copy(subject: Subject, match: re.Match[str]) -> Built:
    found = subject.one(part(match, "column"))
    return CopyColumn(name=_name(part(match, "new")) or f"{found.name} copy", column=found.name)


def _split(subject: Subject, match: re.Match[str]) -> Built:
    found = subject.one(part(match, "column"), is_text)
    at = mark_of(part(match, "at")) if part(match, "at") else _likely_mark(found)
    if not at or (at.isalnum() and unquoted(part(match, "at")) is None):
        return None
    names = [_name(one) for one in re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+", part(match, "names")) if one]
    into = int(part(match, "into") or len(names) or _pieces(found, at))
    side = "from the right" if re.search(r"(?i)from the right|from the end|last", match[0]) else "from the left"
    step = SplitColumn(column=found.name, at=at, into=min(max(into, 2), 50), side=side)
    if not names:
        return step
    if len(names) != into:
        raise Refused("There are not as many names as new columns.")
    renamed = {f"{found.name} {number}": name for number, name in enumerate(names, 1)}
    return [step, RenameColumns(names=renamed)]


def _texts(found: ColumnProfile) -> list[str]:
    return [*(count.value for count in found.top), *found.examples]


def _likely_mark(found: ColumnProfile) -> str:
    texts = _texts(found)
    marks = [mark for mark in (",", ";", "|", "/", " - ", "-", "_", " ") if texts and all(mark in one for one in texts)]
    if not marks:
        raise Unreadable(f"I do not know where “{found.name}” should be split: say “by comma”, for example.")
    return marks[0]


def _pieces(found: ColumnProfile, at: str) -> int:
    return max((one.count(at) + 1 for one in _texts(found)), default=2)


def _merge(subject: Subject, match: re.Match[str]) -> Built:
    names = subject.many(part(match, "columns"))
    if len(names) < 2:
        return None
    between = mark_of(part(match, "between")) if part(match, "between") else " "
    return MergeColumns(name=_name(part(match, "new")) or " ".join(names)[:200], columns=names, between=between)


_COLUMNS: Final = r"(?:columns?|fields?|variables?)"
_STRIP: Final = (
    r"(?:clean(?: up)?|tidy(?: up)?|standardi[sz]e|normali[sz]e|fix|trim|change|convert|make|set|lower-?case|write|put)"
)

NAMED: Final[tuple[Rule, ...]] = (
    rule(
        rf"{DROP} (?:all |every |the |any )*{_COLUMNS} (?:except|but|other than|apart from)(?: for)? (?P<columns>.+)",
        _drop_except,
    ),
    rule(
        rf"{DROP} (?:everything|all) (?:except|but|other than|apart from)(?: for)? (?P<columns>.+?)(?: {_COLUMNS})?",
        _drop_except,
    ),
    rule(
        rf"{DROP} (?:all |every |the |any )*(?P<what>empty|blank|constant|single-valued|useless) {_COLUMNS}", _drop_by
    ),
    rule(
        rf"{DROP} (?:all |every |the |any )*{_COLUMNS} (?:with|that have|which have|having) (?P<what>only missing|no|only one|one|a single|the same) values?(?: (?:only|everywhere))?",
        _drop_by,
    ),
    rule(
        rf"{DROP} (?:all |every |the |any )*{_COLUMNS} (?:with|that have|that are|which have|having|where) (?P<what>more than|over|at least) (?P<share>\d+(?:\.\d+)?) ?(?:%|per ?cent) (?:of )?(?:the )?(?:values )?(?:are |is )?(?:missing|empty|null)(?: values)?",
        _drop_by,
    ),
    rule(rf"{DROP} (?:all |every |the |any )*{_COLUMNS} (?!where\b|with\b|that\b|which\b)(?P<columns>.+)", _drop),
    rule(rf"{DROP} (?P<columns>.+?) {_COLUMNS}", _drop),
    rule(
        rf"(?:keep|select|retain)(?: only| just)?(?: the)? {_COLUMNS} (?!where\b|with\b|that\b|which\b)(?P<columns>.+)",
        _keep,
    ),
    rule(rf"(?:keep|retain)(?: only| just)?(?: the)? (?P<columns>.+?) {_COLUMNS}", _keep),
)
"""Rules that need the word “column”."""

RULES: Final[tuple[Rule, ...]] = (
    rule(
        rf"{_STRIP}(?: all| the)* (?:column|field) (?:names|headers|titles)(?: (?:to|into|as|in|lower-?case|with))*(?: ?(?:snake[_ -]?case|lower-?case|small letters|title[ -]?case|capital letters|spaces|spaces only))?",
        _tidy_names,
    ),
    rule(
        r"(?:trim|strip|remove)(?: the)? (?:white ?)?spaces (?:from|in|of) (?:the )?(?:column|field) (?:names|headers)",
        _tidy_names,
    ),
    rule(r"(?:rename|relabel)(?: the)? (?P<pairs>.+)", _rename),
    rule(r"change (?:the )?(?:column )?name of (?P<pairs>.+ (?:to|into) .+)", _rename),
    rule(r"call (?P<pairs>.+ (?:as|to) .+)", _rename),
    rule(r"(?:copy|duplicate)(?: the)? (?:column )?(?P<column>.+?)(?: (?:to|into|as) (?P<new>.+))?", _copy),
    rule(
        r"(?:split|separate|divide|break)(?: up)?(?: the)? (?P<column>.+?)(?: (?:by|at|on|using|with) (?P<at>(?:the |a |each |every )?(?:first |last )?(?:\"[^\"]+\"|“[^”]+”|'[^']+'|[a-z]+(?: sign| stop)?|[^\w\s]{1,3})))?(?: from the (?:right|left|end))?(?: into (?:(?P<into>\d+|two|three|four) (?:columns?|parts?|pieces?)|(?:columns? )?(?P<names>.+)))?(?: from the (?:right|left|end))?",
        lambda subject, match: _split(subject, match),
    ),
    rule(
        r"(?:merge|combine|concatenate|concat|join|paste)(?: the)?(?: columns?)? (?P<columns>.+? and .+?)(?: columns?)?(?: (?:into|as|in|to)(?: a| one| new| a new)*(?: column)?(?: called| named)? (?P<new>.+?))?(?: (?:with|separated by|using|divided by|by)(?: a| an)? (?P<between>\"[^\"]*\"|'[^']*'|“[^”]*”|[a-z]+|[^\w\s]{1,3})(?: between(?: them)?)?)?",
        _merge,
    ),
)


def plain_drop() -> Rule:
    """The last rule of all: "drop x", where nothing else reads it."""
    return rule(rf"{DROP}(?: the)? (?P<columns>.+)", _drop_plain)
