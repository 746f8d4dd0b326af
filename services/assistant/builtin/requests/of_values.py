"""Requests about values: fill, replace, set, empty."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Literal

from services.assistant.builtin.language.question import Unreadable
from services.assistant.builtin.requests.clauses import unquoted
from services.assistant.builtin.requests.conditions import where_of, written
from services.assistant.builtin.requests.rules import BLANK, TO, Built, Refused, Rule, literal, part, rule, whole
from services.assistant.builtin.requests.subject import Subject, is_number, is_text
from services.code.steps import (
    CellEdit,
    EditCells,
    Fill,
    FillNeighbour,
    FillStatistic,
    FindReplace,
    FreeCode,
    ReplaceValues,
    Single,
    ToMissing,
)
from services.domain import Kind

Statistic = Literal["median", "mean", "most frequent"]
_STATISTICS: Final[dict[str, Statistic]] = {
    "median": "median", "medians": "median", "mean": "mean", "means": "mean", "average": "mean", "averages": "mean",
    "avg": "mean", "mode": "most frequent", "modes": "most frequent",
}  # fmt: skip
_STATISTIC: Final = re.compile(
    r"(?i)(?:the |its |their |column |group |overall |respective |own )*(?P<word>medians?|means?|averages?|avg|modes?|most (?:common|frequent)(?: values?| ones?)?)(?: values?)?(?: (?:of|in) (?:the |its |that |their |each )*(?:column|same column|rest|others?|columns))?(?: (?:of|for|in|per|by|within|grouped by)(?: each| the| its| their| same| every)* (?P<by>.+?)(?: groups?)?)?"
)
_NEIGHBOUR: Final[tuple[tuple[str, Literal["from above", "from below", "between neighbours"]], ...]] = (
    (r"(?:the )?(?:previous|last|prior|preceding|earlier|above)(?: known| valid| non-missing)?(?: values?| rows?| entry| one)?|(?:from )?above|forwards?|down(?:wards?)?|ffill", "from above"),
    (r"(?:the )?(?:next|following|later|below)(?: known| valid| non-missing)?(?: values?| rows?| entry| one)?|(?:from )?below|backwards?|up(?:wards?)?|bfill", "from below"),
    (r"(?:linear )?(?:interpolat\w+|interpolated values?|(?:values? )?between (?:the )?neighbou?rs?)", "between neighbours"),
)  # fmt: skip


def _fill(subject: Subject, match: re.Match[str]) -> Built:
    said, what = part(match, "columns"), part(match, "what")
    if neighbour := next((how for form, how in _NEIGHBOUR if re.fullmatch(rf"(?i){form}", what)), None):
        return FillNeighbour(columns=_gappy(subject, said, number=False), how=neighbour, by=_by(subject, match))
    if statistic := _STATISTIC.fullmatch(what):
        return _fill_statistic(subject, said, statistic, part(match, "by"))
    return _fill_value(subject, said, literal(what))


def _fill_statistic(subject: Subject, said: str, match: re.Match[str], by: str) -> Sequence[Single]:
    word = match["word"].casefold()
    statistic = _STATISTICS.get(word, "most frequent")
    groups = subject.many(by or match["by"]) if by or match["by"] else ()
    if groups and (of := subject.maybe(match["by"] or "")) is not None and said and of.name in subject.many(said):
        groups = ()
    names = _gappy(subject, said, number=statistic != "most frequent")
    return [FillStatistic(column=name, statistic=statistic, by=groups) for name in names if name not in groups]


def _fill_value(subject: Subject, said: str, value: str | float | int | bool) -> Built:
    is_text_value = isinstance(value, str)
    names = _gappy(subject, said, number=not is_text_value and not isinstance(value, bool))
    for name in names:
        kind = subject.profile(name).kind
        if is_text_value and kind.is_number:
            raise Refused(f"“{name}” holds numbers, and “{value}” is none.")
        if not is_text_value and kind is Kind.TEXT:
            value = str(value)
    return Fill(columns=names, value=value)


def _gappy(subject: Subject, said: str, *, number: bool) -> tuple[str, ...]:
    """The columns that are said; where none is, those with gaps, and of numbers where only numbers fit."""
    if said and not re.fullmatch(r"(?i)(?:all|every|each|any|the) ?(?:columns?|cells?|fields?)?", said):
        return subject.many(said, is_number if number else None)
    fitting = subject.pick(lambda one: one.missing > 0 and (one.kind.is_number if number else not one.kind.is_number))
    fitting = fitting or ([] if number else subject.pick(lambda one: one.missing > 0))
    if not fitting:
        raise Refused(f"No column{' of numbers' if number else ''} has missing values.")
    return tuple(fitting)


def _by(subject: Subject, match: re.Match[str]) -> tuple[str, ...]:
    return subject.many(part(match, "by")) if part(match, "by") else ()


def _fill_along(subject: Subject, match: re.Match[str]) -> Built:
    verb = match["verb"].casefold()
    how: Literal["from above", "from below", "between neighbours"] = "from above"
    if verb.startswith(("back", "bfill", "fill up")):
        how = "from below"
    if verb.startswith("interpolat"):
        how = "between neighbours"
    said = part(match, "columns")
    return FillNeighbour(
        columns=_gappy(subject, said, number=how == "between neighbours"), how=how, by=_by(subject, match)
    )


def _replace(subject: Subject, match: re.Match[str]) -> Built:
    """Whole values where there are such, else a part of the text."""
    old, new = part(match, "old"), part(match, "new")
    bare = unquoted(old)
    names = subject.many(part(match, "columns")) if part(match, "columns") else ()
    text = bare if bare is not None else re.sub(r"(?i)^(?:the )?(?:values?|words?|texts?|strings?|all) ", "", old)
    held = subject.values(text, names)
    numbers = [name for name in names if not is_text(subject.profile(name))]
    if not names and (whole(text) is None or held):
        numbers = [name for name in held if not is_text(subject.profile(name))]
    if numbers:
        return _replace_number(subject, numbers, text, new)
    if held:
        return [
            ReplaceValues(columns=tuple(n for n in held if held[n] == value), values={value: _new(new)})
            for value in dict.fromkeys(held.values())
        ]
    if not names:
        raise Unreadable(f"I cannot find the value “{text}” in this table.", missing=text)
    return FindReplace(columns=names, find=text, replace=_new(new) or "")


def _new(text: str) -> str | None:
    """The new text; None where the cell is to be emptied."""
    if re.fullmatch(rf"(?i)(?:an? )?(?:{BLANK}|nothing|none)(?: (?:value|cell))?", text):
        return None
    bare = unquoted(text)
    return text if bare is None else bare


def _replace_number(subject: Subject, names: Sequence[str], old: str, new: str) -> Built:
    """Numbers and other values that are no text: a line of code, for steps on values are about text."""
    found, wanted = literal(old), _new(new)
    kinds = {subject.profile(name).kind for name in names}
    value = None if wanted is None else literal(wanted)
    if isinstance(found, str) or not all(kind.is_number for kind in kinds) or isinstance(value, str):
        raise Unreadable(f"“{old}” cannot be replaced by “{new}” in {', '.join(f'“{name}”' for name in names)}.")
    changed = f"df[name].mask(df[name] == {found!r}{'' if value is None else f', {value!r}'})"
    sentence = f"Replace {old} by {'missing' if value is None else new} in {', '.join(f'“{name}”' for name in names)}"
    return FreeCode(code=f"for name in {list(names)!r}:\n    df = df.assign(**{{name: {changed}}})", sentence=sentence)


def _to_missing(subject: Subject, match: re.Match[str]) -> Built:
    words = [
        unquoted(one) or one for one in re.split(r"\s*,\s*(?:and |or )?|\s+(?:and|or)\s+", part(match, "words")) if one
    ]
    names = subject.many(part(match, "columns"), is_text) if part(match, "columns") else tuple(subject.pick(is_text))
    if not names:
        raise Unreadable("This table has no columns of text.")
    return ToMissing(columns=names, words=tuple(words)) if words else ToMissing(columns=names)


def _set_where(subject: Subject, match: re.Match[str]) -> Built:
    """ "set region to Other where price < 10": one value in the rows that pass."""
    found = subject.one(part(match, "column"))
    wanted = _new(part(match, "new"))
    value = None if wanted is None else literal(wanted)
    if isinstance(value, str) and found.kind.is_number:
        raise Refused(f"“{found.name}” holds numbers, and “{value}” is none.")
    where = where_of(subject, part(match, "where"))
    masks = [" | ".join(t.to_code() for one in any_of for t in written(subject, one)) for any_of in where]
    mask = " & ".join(f"({one})" for one in masks)
    said = " and ".join(" or ".join(t.describe() for one in any_of for t in written(subject, one)) for any_of in where)
    code = f"mask = ({mask}).fillna(False).astype(bool)\ndf = df.assign(**{{{found.name!r}: df[{found.name!r}].mask(mask, {value!r})}})"
    return FreeCode(code=code, sentence=f"Set “{found.name}” to {'missing' if value is None else value} where {said}")


def _edit(subject: Subject, match: re.Match[str]) -> Built:
    found = subject.one(part(match, "column"))
    wanted = _new(part(match, "new"))
    row = int(part(match, "row").replace(",", ""))
    if not 1 <= row <= subject.columns.profile.rows:
        raise Refused(f"There is no row {row:,}.")
    value = None if wanted is None else literal(wanted)
    if isinstance(value, str) and found.kind.is_number:
        raise Refused(f"“{found.name}” holds numbers, and “{value}” is none.")
    return EditCells(edits=(CellEdit(row=row, column=found.name, value=value),))


_CELLS: Final = r"(?:values?|cells?|entries|data|ones|gaps)"
_PER: Final = r"(?: (?:per|by|within|for each|for every|grouped by|in each|of each|of the same)(?: the)? (?P<by>.+?))?"

RULES: Final[tuple[Rule, ...]] = (
    rule(
        rf"(?P<verb>forward[- ]?fill|ffill|fill down|back(?:ward)?[- ]?fill|bfill|fill up|interpolate)(?: all| any| the)*(?: {BLANK})?(?: {_CELLS})?(?: (?:in|of|for))?(?: (?P<columns>.+?))?{_PER}",
        _fill_along,
    ),
    rule(
        rf"(?:fill|impute|replace|set|substitute|change|turn|convert)(?: in| up)?(?: all| any| every| the)* (?:{BLANK}|gaps)(?: {_CELLS})?(?: (?:in|of|for|from|on)(?: the)? (?P<columns>.+?))? {TO} (?P<what>.+)",
        _fill,
    ),
    rule(
        rf"(?:fill|impute|replace|set|substitute)(?: in| up)?(?: all| any| every| the)* (?:{BLANK}|gaps in)(?: {_CELLS})? (?P<columns>.+?)(?: {_CELLS})? {TO} (?P<what>.+)",
        _fill,
    ),
    rule(
        rf"(?:fill|impute)(?: in| up)?(?: the)? (?P<columns>.+?)(?: where (?:it is )?{BLANK})?(?: {_CELLS})? (?:with|by|using|as|to) (?P<what>.+)",
        _fill,
    ),
    rule(
        r"(?:treat|mark|turn|change|convert|set|replace|read|interpret)(?: the)? (?:placeholders?|words?|texts?|values?)?(?: for| that mean)? ?(?:missing|nothing)? ?(?P<words>(?:\"[^\"]+\"|'[^']+'|“[^”]+”|n/a|na|null|none|unknown|nan|-|\?)(?:(?:, | and | or |, and |, or )(?:\"[^\"]+\"|'[^']+'|“[^”]+”|n/a|na|null|none|unknown|nan|-|\?))*) (?:as|to|into|with|by) (?:missing|empty|null|nan|blank|nothing)(?: values?| cells?)?(?: (?:in|of)(?: the)? (?P<columns>.+))?",
        _to_missing,
    ),
    rule(
        r"(?:make|set|turn|convert|change)(?: the)? (?:placeholders?|words for nothing)(?: (?:like|such as) (?P<words>.+?))? (?:as|to|into)? ?(?:missing|empty)(?: in (?P<columns>.+))?",
        _to_missing,
    ),
    rule(
        r"(?:set|change|edit)(?: the)? (?P<column>.+?) (?:in|of|at) row (?:number )?(?P<row>\d[\d,]*) to (?P<new>.+)",
        _edit,
    ),
    rule(
        r"(?:set|change|replace|make)(?: the)? (?P<column>.+?) (?:to|with|by|as) (?P<new>\"[^\"]*\"|'[^']*'|“[^”]*”|.+?) (?P<where>(?:where|if|when|for (?:all |the )*rows (?:where|with|in))\b.+)",
        _set_where,
    ),
    rule(
        r"(?:replace|substitute|change|swap|correct|map|recode)(?: every| all| each)?(?: the)? (?P<old>\"[^\"]+\"|'[^']+'|“[^”]+”|.+?) (?:with|by|to|into|for|=>|->|→) (?P<new>\"[^\"]*\"|'[^']*'|“[^”]*”|.*?) (?:in|of|within|for|from)(?: the)? (?P<columns>.+)",
        _replace,
    ),
    rule(
        r"(?:in|for)(?: the)? (?P<columns>.+?),? (?:replace|substitute|change|swap)(?: every| all| each)?(?: the)? (?P<old>\"[^\"]+\"|'[^']+'|“[^”]+”|.+?) (?:with|by|to|into) (?P<new>.+)",
        _replace,
    ),
    rule(
        r"(?:replace|substitute|swap|recode)(?: every| all| each)?(?: the)? (?P<old>\"[^\"]+\"|'[^']+'|“[^”]+”|.+?) (?:with|by|=>|->|→) (?P<new>.+)",
        _replace,
    ),
)
