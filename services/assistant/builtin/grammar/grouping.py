"""What the question groups by: columns, parts of dates, axes."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

import re
from typing import Final

from services.assistant.builtin.grammar.dates import date_column
from services.assistant.builtin.intent import Chart, Grain, Key
from services.assistant.builtin.language.columns import is_measure
from services.assistant.builtin.language.lexicon import AGGREGATES, GRAINS
from services.assistant.builtin.language.question import Draft, Unreadable
from services.assistant.builtin.language.resolve import column, is_key_like, is_unique
from services.assistant.builtin.language.words import lemma
from services.domain import ColumnProfile, Kind, Semantic

_GRAIN: Final = "|".join(sorted((re.escape(word) for word in GRAINS), key=len, reverse=True))
_AGG: Final = "|".join(sorted(AGGREGATES, key=len, reverse=True))
_SMALL: Final = r"(?:(?:the|a|an|distinct|unique|different|attribute|own|their|its|his|various|all|of|type of|kind of|values? of|single|individual|given) )*"
_LEAD: Final = (
    r"(?:for (?:each|every|all|different|various|any)|per|by(?: each| every)?|(?:in|of|from|to|at|on|within|with|among|amongst|into) (?:each|every|different|various)|"
    r"across(?: all| different)?|group(?:ed|ing)?(?: them| these| it)? by|grouped|split(?: them| it| up)? by|broken down by|break ?down (?:of|by)|over|"
    r"between different|versus|vs|each|every|according to|depending on|based on|against|along|color(?:ed|s)? by|colour(?:ed)? by|stacked by|separated by|segmented by|divided by|and by|as a function of)"
)
_COLOR: Final = re.compile(
    rf"(?:,|and|then|also|points|are|is)* ?\b(?:group(?:ed|ing)?(?: them)? by|split(?: them| it)? by|split by|color(?:ed)? by|colou?r by|coloured by|stack(?:ed)? by|broken down by|by attribute|separated by|series by|one line per|one line for each) {_SMALL}(C\d+)\b"
)


def read_grouping(draft: Draft) -> None:
    """Finds and erases the keys."""
    _read_axes(draft)
    _read_binning(draft)
    _read_trend(draft)
    while _read_grain(draft):
        pass
    _read_winner_key(draft)
    _read_color(draft)
    while len(draft.keys) < 3 and _read_key(draft):
        pass
    _read_back(draft)
    _read_each(draft)
    draft.keys = [binned(draft, key) for key in draft.keys]
    if len(draft.keys) > 2:
        raise Unreadable("I can group by two columns at most.")


def _add_key(draft: Draft, key: Key) -> None:
    if key.column not in [one.column for one in draft.keys if one.grain == key.grain]:
        draft.keys.append(key)


def _read_axes(draft: Draft) -> None:
    """ "x axis C0 y axis …": the first is the key (or the first column), the rest is read as usual."""
    pattern = r"(?:(?:the|that|and|where|with|is|on|as|for|whose) )*x axis (?:(?:is|shows|of|as|the|being|for) )*(C\d+)"
    stated = (
        rf"\b(?:where|with|and) (?:\w+ )*?(?:{_AGG}) (?:of )?C\d+ (?:is |as |being )?(?:on|for|as) (?:the )?[xy] axis"
    )
    draft.text = re.sub(stated, " , ", draft.text)
    if match := re.search(pattern, draft.text) or re.search(
        r"\b(C\d+) (?:is |as |being )?(?:on|for|as) (?:the )?x axis", draft.text
    ):
        draft.axis_x = column(draft, match[1])
        draft.erase(*match.span(), mark=",")
    draft.text = re.sub(r"(?:(?:on|and|the|as|for) )*\by axis(?: (?:is|shows|of|as))?", " , ", draft.text)
    draft.text = re.sub(r"(?:(?:on|and|the|as|for) )*\bx axis\b", " , ", draft.text)


def _read_binning(draft: Draft) -> None:
    """ "C0 bin by weekday", "bin C0 by year", "C0 into weekday intervals"."""
    patterns = (
        rf"(C\d+)(?: \w+)? ?,? ?(?:and )?(?:bin(?:ned|ning)?|group(?:ed)?|bucket(?:ed)?|aggregat\w+)(?: (?:it|them|these|the|C\d+|x axis|time|dates?))* (?:by|into|per) (?:the )?({_GRAIN})\b(?: intervals?| of week)?",
        rf"bin(?:ned|ning)? (?:the )?(C\d+) (?:by|into|per) (?:the )?({_GRAIN})\b(?: intervals?)?",
        rf"\b({_GRAIN}) of (?:the )?(C\d+)",
        rf"(C\d+) (?:by|per) ({_GRAIN})\b",
    )
    if match := re.search(
        rf"\bbin(?:ned|ning)? (?:(?:it|them|the|that|this|date|dates|time|x axis) )*(?:by|into|in|per) (?:(?:a|the) )?({_GRAIN})\b(?: intervals?| buckets?)?",
        draft.text,
    ):
        draft.binned = GRAINS[match[1]]
        draft.erase(*match.span(), mark=",")
    for pattern in patterns:
        for match in re.finditer(pattern, draft.text):
            mark, word = (match[1], match[2]) if match[1][0] == "C" else (match[2], match[1])
            found = column(draft, mark, _says_when)
            if _says_when(found):
                _add_key(draft, _grained(found, GRAINS[word]))
                lead = re.search(rf"(?:{_LEAD}) (?:the )?$", draft.text[: match.start()])
                draft.erase(lead.start() if lead else match.start(), match.end(), mark=",")
                return


def _says_when(profile: ColumnProfile) -> bool:
    return profile.kind.is_date or profile.semantic is Semantic.YEAR


def _grained(found: ColumnProfile, grain: Grain) -> Key:
    """The key of a date column at a grain; an integer year column is already a year."""
    if found.kind.is_date:
        return Key(column=found.name, grain=grain)
    if grain is Grain.YEAR:
        return Key(column=found.name)
    raise Unreadable(f"“{found.name}” holds years only, so {grain.value}s cannot be told apart.", missing=found.name)


def _read_trend(draft: Draft) -> None:
    match = re.search(
        r"\b(?:over|through|across|with) (?:the )?(?:time|years)\b|\b(?:time )?(?:trends?|timeline|evolution|evolved?|time series|changed?|changes|developed|history)\b(?: over time| over the years| in| of)?",
        draft.text,
    )
    if match is None or not draft.columns.dates():
        return
    draft.trend = True
    draft.erase(*match.span(), mark=",")


def _read_grain(draft: Draft) -> bool:
    lead = rf"(?:{_LEAD}|which|what|in which|on which|in|a|the)"
    match = re.search(rf"\b(?:{lead}) {_SMALL}({_GRAIN})s?\b(?! C)", draft.text) or re.search(
        r"\b(daily|weekly|monthly|quarterly|yearly|annually|annual|hourly)\b", draft.text
    )
    if match is None:
        return False
    grain = GRAINS[match[1]]
    if not draft.columns.dates():
        raise Unreadable(f"This table has no date column, so nothing can be grouped by {grain.value}.")
    real = [one for one in draft.columns.dates() if one.kind.is_date]
    if grain is not Grain.YEAR and not real:
        raise Unreadable(f"The dates of this table are years only, so {grain.value}s cannot be told apart.")
    _add_key(draft, _grained(date_column(draft), grain))
    end = match.end()
    if more := re.match(
        rf" ?(?:,|and)(?: by| per| each| for each)* {_SMALL}(C\d+)(?= ?(?:$|[,.?!;]|in|as|filtered|with))",
        draft.text[end:],
    ):
        other = column(draft, more[1], is_key_like)
        if not is_measure(other):
            _add_key(draft, Key(column=other.name))
            end += more.end()
    draft.erase(match.start(), end, mark=",")
    return True


def _read_winner_key(draft: Draft) -> None:
    """ "which C0 winner …", "C0 winner C1": the column in front of the superlative is the key."""
    match = re.search(
        r"\b(?:which|what|whose|in which|for which|name the|find the|show the|the)? ?(C\d+)s? (?:\w+ )?winner\b",
        draft.text,
    )
    if match is None or not draft.best:
        return
    found = column(draft, match[1], is_key_like)
    if is_measure(found):
        return
    _add_key(draft, Key(column=found.name))
    draft.erase(*match.span(), mark="winner")


def _read_color(draft: Draft) -> None:
    """A second key said as a colour, a split or a group, after the main one."""
    match = _COLOR.search(draft.text)
    if match is None:
        return
    found = column(draft, match[1], is_key_like)
    draft.erase(*match.span(), mark=",")
    while not draft.keys and _read_key(draft):
        break
    _add_key(draft, Key(column=found.name))


def _read_key(draft: Draft) -> bool:
    """ "for each C0 and C1", "by C0 and month": one or two keys behind a grouping word."""
    if match := re.search(
        rf"\b(?:{_LEAD}) {_SMALL}(C\d+) ?(?:,|and)(?: by| per| each)* {_SMALL}({_GRAIN})\b", draft.text
    ):
        found = column(draft, match[1], is_key_like)
        _add_key(draft, Key(column=found.name))
        draft.erase(match.start(), match.start(2), mark=" by ")
        return _read_grain(draft)
    match = re.search(
        rf"\b(?:{_LEAD}) {_SMALL}(C\d+)(?: ?(?:,|and)(?: by| per| each| for each| for every| the)* {_SMALL}(C\d+)(?= ?(?:$|[,.?!;]|in|as|filtered|with)))?",
        draft.text,
    )
    if match is None:
        return False
    found = column(draft, match[1], _may_be_key)
    ends = match.end(1)
    if compound := re.match(r" (C\d+)\b", draft.text[ends:]):
        head = column(draft, compound[1], is_key_like)
        if is_key_like(head) and not is_unique(draft, head):
            found, ends = head, ends + compound.end()
        elif set(draft.columns.words[head.name]) <= {"id", "code", "name", "number", "title"}:
            ends += compound.end()
    if (
        match[0].startswith(("over", "against", "vs", "versus", "along"))
        and is_measure(found)
        and draft.chart is Chart.SCATTER
    ):
        draft.text = draft.text[: match.start()] + " and " + draft.text[match.start(1) :]
        return True
    _add_key(draft, Key(column=found.name))
    if match[2]:
        other = column(draft, match[2], is_key_like)
        if not is_measure(other):
            _add_key(draft, Key(column=other.name))
            ends = match.end()
    draft.erase(match.start(), ends, mark=",")
    return True


def binned(draft: Draft, key: Key) -> Key:
    """The key at the grain that was asked for apart from it; moments are put together by day."""
    found = draft.columns.profile.column(key.column)
    if key.grain is not None or found is None or not _says_when(found):
        return key
    if draft.binned is not None:
        return _grained(found, draft.binned)
    return Key(column=key.column, grain=Grain.DAY) if found.kind is Kind.DATETIME else key


def _read_back(draft: Draft) -> None:
    """ "payment method codes and the number of orders for each code": the column that was named before."""
    match = re.search(r"\b(?:for|of|in|by|per) (?:each|every) ([a-z]+)\b", draft.text)
    if match is None or draft.keys:
        return
    found = {
        mention.candidates[0].column.name
        for mention in draft.mentions
        if draft.columns.words[mention.candidates[0].column.name][-1:] == (lemma(match[1]),)
    }
    if len(found) == 1:
        _add_key(draft, Key(column=found.pop()))
        draft.erase(*match.span(), mark=",")


def _read_each(draft: Draft) -> None:
    """ "for each order" where an order is a row: no grouping."""
    for match in re.finditer(r"\b(?<!\w )(C\d+) per (?=E\d)|\b(\w+) (C\d+) per (?=E\d)", draft.text):
        mark = match[1] or match[3]
        if is_measure(column(draft, mark)) and (match[2] or "") not in AGGREGATES:
            draft.erase(match.start(1) if match[1] else match.start(3), match.end(), mark=f"average {mark} per")
            break
    if each := re.search(rf"\b(?:{_LEAD}) {_SMALL}E(\d+)", draft.text):
        draft.each = draft.entities[int(each[1])]
        draft.erase(*each.span(), mark=",")


def _may_be_key(profile: ColumnProfile) -> bool:
    return is_key_like(profile) or profile.distinct <= 50


def default_grain(found: ColumnProfile) -> Grain | None:
    """The grain that gives a readable line: days, months or years, by the length of time covered."""
    if not found.kind.is_date or found.low is None or found.high is None:
        return None
    years = int(found.high[:4]) - int(found.low[:4])
    if years > 12:
        return Grain.YEAR
    months = years * 12 + int(found.high[5:7]) - int(found.low[5:7])
    return Grain.MONTH if months > 2 else Grain.DAY


def is_time(key: Key, profile: ColumnProfile | None) -> bool:
    """Whether the key is ordered in time."""
    if key.grain is not None:
        return key.grain in (Grain.DAY, Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR)
    return profile is not None and (profile.kind in (Kind.DATE, Kind.DATETIME) or profile.semantic is Semantic.YEAR)
