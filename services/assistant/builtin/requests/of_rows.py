"""Requests about rows: duplicates, missing cells, conditions, order, outliers, first and last rows, samples."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

import re
from typing import Final, Literal

from services.assistant.builtin.requests.conditions import condition_steps
from services.assistant.builtin.requests.rules import BLANK, DROP, ROWS, Built, Refused, Rule, count_of, part, rule
from services.assistant.builtin.requests.subject import Subject, is_number
from services.code.steps import (
    Condition,
    Deduplicate,
    DropMissing,
    FilterRows,
    FirstRows,
    NumberRows,
    Outliers,
    Sample,
    SortRows,
)

_ROW_NOUN: Final = re.compile(rf"(?i)(?:{ROWS}|ones?|values|data|entire rows|)")
_DOWN: Final = r"(?:descending(?:ly)?|desc|in descending order|in reverse(?: order)?|reversed?|high(?:est)? (?:to|first)(?: low(?:est)?)?|from high(?:est)? to low(?:est)?|(?:largest|biggest|newest|latest|most recent|z) (?:first|to (?:smallest|oldest|a)))"
_UP: Final = r"(?:ascending(?:ly)?|asc|in ascending order|alphabetically|low(?:est)? (?:to|first)(?: high(?:est)?)?|from low(?:est)? to high(?:est)?|(?:smallest|oldest|earliest|a) (?:first|to (?:largest|newest|z)))"


def _deduplicate(subject: Subject, match: re.Match[str]) -> Built:
    said, noun = part(match, "columns"), part(match, "noun")
    keep: Literal["first", "last", "none"] = "first"
    if re.search(r"(?i)\bkeep(?:ing)?(?: only)?(?: the)? (?:last|latest|newest|most recent)", match[0]):
        keep = "last"
    if re.search(r"(?i)\b(?:keep(?:ing)? none|all copies|all of them)\b", match[0]):
        keep = "none"
    if said:
        return Deduplicate(columns=subject.many(said), keep=keep)
    if noun and not _ROW_NOUN.fullmatch(noun) and (found := subject.maybe(noun)) is not None:
        unique = found.distinct + found.missing >= subject.columns.profile.rows
        return Deduplicate(columns=() if unique and subject.columns.numbers_rows(found) else (found.name,), keep=keep)
    return Deduplicate(keep=keep)


def _drop_missing(subject: Subject, match: re.Match[str]) -> Built:
    said = part(match, "columns")
    names = subject.many(said) if said else tuple(subject.names)
    every = bool(re.search(r"(?i)\b(?:all (?:values |cells )?(?:are )?(?:missing|empty)|only missing)\b", match[0]))
    return DropMissing(columns=names, when="all are missing" if every else "any is missing")


def _drop_empty(subject: Subject, _: re.Match[str]) -> Built:
    return DropMissing(columns=tuple(subject.names), when="all are missing")


def _drop_where(subject: Subject, match: re.Match[str]) -> Built:
    return condition_steps(subject, part(match, "where"), keep=False)


def _keep_where(subject: Subject, match: re.Match[str]) -> Built:
    return condition_steps(subject, part(match, "where"), keep=True)


def _drop_sign(subject: Subject, match: re.Match[str]) -> Built:
    """ "remove negative prices"."""
    names = subject.many(part(match, "columns"), is_number)
    tests = {
        "negative": ("<", 0), "positive": (">", 0), "zero": ("=", 0), "non-positive": ("≤", 0), "nonpositive": ("≤", 0),
    }  # fmt: skip
    test, value = tests[part(match, "sign").casefold()]
    conditions = tuple(Condition.model_validate({"column": name, "test": test, "value": value}) for name in names)
    return FilterRows(conditions=conditions, match="any", keep=False)


def _sort(subject: Subject, match: re.Match[str]) -> Built:
    names: list[str] = []
    down: list[str] = []
    said = part(match, "columns")
    apart = re.search(rf"(?i)\bthen\b|\b(?:{_DOWN}|{_UP})\b.*(?:,|and)", said)
    everywhere = bool(re.search(rf"(?i)\b{_DOWN}$", said)) and not apart
    for piece in re.split(r"(?i)\s*,\s*(?:and\s+)?(?:then\s+)?(?:by\s+)?|\s+(?:and|then)(?: then)?(?: by)?\s+", said):
        bare = re.sub(rf"(?i)[\s,]*\(?(?:in )?(?:{_DOWN}|{_UP})\)?$", "", piece).strip()
        found = subject.one(bare)
        names.append(found.name)
        if everywhere or re.search(rf"(?i)\b{_DOWN}\)?$", piece):
            down.append(found.name)
    return SortRows(columns=tuple(dict.fromkeys(names)), descending=tuple(dict.fromkeys(down)))


def _outliers(subject: Subject, match: re.Match[str]) -> Built:
    names = subject.many(part(match, "columns"), is_number)
    verb = match["verb"].casefold()
    action: Literal["pull in", "empty", "drop the row", "mark"] = "drop the row"
    if re.match(r"clip|cap|pull|limit|winsor", verb):
        action = "pull in"
    elif re.match(r"mark|flag|label", verb):
        action = "mark"
    elif re.match(r"empty|blank|replace|set", verb):
        action = "empty"
    method, strength = _how_far(match[0])
    return [Outliers(column=name, method=method, strength=strength, action=action) for name in names]


def _how_far(text: str) -> tuple[Literal["quartiles", "deviations", "percentiles"], float]:
    number = re.search(r"(\d+(?:\.\d+)?)", text)
    if re.search(r"(?i)z-?scores?|deviations?|\bstd|\bsd\b|sigma", text):
        return "deviations", float(number[1]) if number else 3.0
    if re.search(r"(?i)percentile|per ?cent|%|winsor", text):
        said = float(number[1]) if number else 1.0
        return "percentiles", 100 - said if said > 50 else said
    return "quartiles", float(number[1]) if number else 1.5


def _ends(_: Subject, match: re.Match[str]) -> Built:
    drops = not re.match(r"(?i)keep|take|only|limit", match[0])
    last = part(match, "end").casefold() in ("last", "bottom", "final")
    action: Literal["keep the first", "keep the last", "drop the first", "drop the last"]
    action = ("drop the last" if last else "drop the first") if drops else "keep the last" if last else "keep the first"
    return FirstRows(action=action, rows=count_of(part(match, "count"), 1))


def _sample(subject: Subject, match: re.Match[str]) -> Built:
    number = float(part(match, "count").replace(",", ""))
    share = bool(part(match, "percent"))
    rows = round(subject.columns.profile.rows * number / 100) if share else int(number)
    if rows < 1:
        raise Refused("This sample would have no rows.")
    return Sample(rows=rows)


def _number_rows(_: Subject, match: re.Match[str]) -> Built:
    return NumberRows(name=part(match, "new").strip("\"'“”") or "row")


_WHERE: Final = r"(?P<where>(?:where|with|without|in which|that|which|whose|who|if|when|having|from|for|in|on|of|before|after|since|between|older|younger)\b.+)"
_KEEP: Final = r"(?:keep|retain|filter|restrict|limit|reduce|narrow)"
_DUPLICATE: Final = r"(?:duplicate[sd]?|duplicated|repeated|identical|doubled?)"

RULES: Final[tuple[Rule, ...]] = (
    rule(
        rf"(?:{DROP}|de-?duplicate)(?: all| any| the| exact| full| fully| complete| completely)* {_DUPLICATE}(?:(?: (?P<noun>(?!by\b|based\b|on\b|in\b|with\b|of\b|for\b|keep|and\b|from\b)[\w ]+?))?)(?: (?:from|in) (?:the )?(?:table|data|dataset))?(?: (?:by|based on|on|in|with the same|of|for|over|according to|considering(?: only)?) (?P<columns>.+?))?(?:[, ]+(?:and |but )?keep(?:ing)?(?: only)?(?: the)? (?:first|last|latest|newest|most recent|none)(?: one| row| copy)?)?",
        _deduplicate,
    ),
    rule(
        r"(?:de-?duplicate|dedupe|dedup)(?: the)?(?: table| data| dataset| rows| records| it| everything)?(?: (?:by|based on|on|over) (?P<columns>.+?))?(?:[, ]+(?:and |but )?keep(?:ing)?(?: the)? (?:first|last|latest|newest|most recent|none)(?: one| row| copy)?)?",
        _deduplicate,
    ),
    rule(
        rf"keep(?: only)? (?:unique|distinct|different) {ROWS}(?: (?:by|based on|on|over) (?P<columns>.+))?",
        _deduplicate,
    ),
    rule(r"keep(?: only)? one (?:row|record|entry) (?:per|for each|for every|by) (?P<columns>.+)", _deduplicate),
    rule(rf"{DROP}(?: all| any| the)* (?:completely |fully |entirely )?(?:empty|blank) {ROWS}", _drop_empty),
    rule(
        rf"{DROP}(?: all| any| the)* {ROWS} (?:with|that have|which have|having|containing|that contain|where)(?: any| some| a| all| only)* {BLANK}(?: values?| cells?| data| entries)?(?: (?:in|for|of|on)(?: the)? (?P<columns>.+?))?(?: columns?)?",
        _drop_missing,
    ),
    rule(
        rf"{DROP}(?: all| any| the)* {ROWS} where (?:any|all)(?: (?:values?|cells?|columns?))?(?: is| are)? {BLANK}",
        _drop_missing,
    ),
    rule(
        rf"{DROP}(?: all| any| the)* (?:{ROWS} )?(?:without|lacking|with no|that have no|missing)(?: a| an| any| the)? (?P<columns>.+)",
        lambda subject, match: None if subject.maybe(part(match, "columns")) is None else _drop_missing(subject, match),
    ),
    rule(
        rf"{DROP}(?: all| any| the)* {BLANK}(?: values?| cells?| data| entries| rows)?(?: (?:in|for|of|from|on)(?: the)? (?P<columns>.+?))?",
        _drop_missing,
    ),
    rule(
        rf"{DROP}(?: all| any| the)* (?P<sign>negative|positive|zero|non-?positive)(?: values?| numbers?)?(?: (?:in|of|from|for))?(?: (?P<columns>.+))?",
        _drop_sign,
    ),
    rule(
        rf"(?P<verb>{DROP}|clip|cap|pull in|limit|winsori[sz]e|mark|flag|label|empty|blank out)(?: all| any| the| extreme)* (?:outliers?|extreme values?|anomal(?:y|ies))(?: (?:in|of|from|for)(?: the)? (?P<columns>(?!\d).+?))?(?: (?:with|by|using|beyond|at|more than|outside(?: of)?) .*(?:z-?scores?|deviations?|iqr|interquartile ranges?|quartiles?|percentiles?|%|per ?cent|std|sigma).*)?",
        _outliers,
    ),
    rule(
        r"(?P<verb>winsori[sz]e|clip|cap) (?P<columns>.+?) (?:at|to) (?:the )?\d+(?:\.\d+)?(?:st|nd|rd|th)? ?(?:%|per ?cent|percentiles?)",
        _outliers,
    ),
    rule(r"(?P<verb>winsori[sz]e)(?: the)? (?P<columns>.+)", _outliers),
    rule(
        rf"(?:{DROP}|keep|keep only|take|limit(?: the table| it)? to)(?: only)?(?: the)? (?P<end>first|last|top|bottom|final)(?: (?P<count>\d[\d,]*|\w+))? {ROWS}",
        _ends,
    ),
    rule(
        rf"(?:take |draw |keep |make |get |create )?(?:a )?(?:random )?(?:sample|keep)(?: of)? (?P<count>\d[\d,.]*) ?(?P<percent>%|per ?cent)?(?: of(?: the| all)*)?(?: random(?:ly chosen)?)?(?: {ROWS}| data| table)?(?: at random| randomly| by chance)?",
        lambda subject, match: _sample(subject, match) if re.search(r"(?i)sampl|random|chance", match[0]) else None,
    ),
    rule(
        r"(?:number (?:the |all )*rows|add (?:a |an )?(?:row (?:number|id|index)|index|running number|serial number|id)(?: column)?)(?: (?:as|called|named) (?P<new>.+))?",
        _number_rows,
    ),
    rule(
        r"(?:sort|order|arrange|reorder)(?: all| the| my)*(?: rows| table| data| dataset| records| everything| it)? (?:by|on|according to) (?P<columns>.+)",
        _sort,
    ),
    rule(
        rf"{_KEEP}(?: only| just| out)?(?: the| all)* (?:{ROWS}|table|data|dataset)(?: only)?(?: to| by)?(?: {ROWS})? {_WHERE}",
        _keep_where,
    ),
    rule(rf"{_KEEP}(?: only| just)?(?: the| all)* {ROWS} (?P<where>.+)", _keep_where),
    rule(r"keep (?:only|just)(?: the| all)* (?P<where>.+)", _keep_where),
    rule(rf"{DROP}(?: all| any| every| each| the)*(?: {ROWS})? {_WHERE}", _drop_where),
    rule(rf"{DROP}(?: all| any| every| each| the)* {ROWS} (?P<where>.+)", _drop_where),
)

LATE: Final[tuple[Rule, ...]] = (rule(rf"{DROP}(?: all| any| every| each| the)* (?P<where>.+)", _drop_where),)
"""Rules that take nearly everything, and stand behind all others."""
