"""What rows must satisfy, read from what a shape has left of a question."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from typing import Final

from services.assistant.builtin.records.form import Holds, Look, Reading
from services.assistant.builtin.records.sheet import Column
from services.assistant.builtin.records.sketch import Said
from services.assistant.builtin.records.words import LIGHT

_MOST: Final = 6
_RANKS: Final = frozenset({"rank", "position", "place", "pos", "finish", "finished", "placing", "ranking"})
_ORDINALS: Final = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
}
_NOT: Final = r"(?:not|besides|except|excluding|other than|aside from|apart from|that is not|but not|without)"


@dataclass(frozen=True)
class Conditions:
    """The looks that were read, what is left of the text, and what the reading costs."""

    looks: tuple[Look, ...] = ()
    text: str = ""
    cost: float = 0.0
    columns: frozenset[str] = frozenset()
    """Columns whose names were said with a condition."""


def conditions(said: Said, text: str) -> Iterator[Conditions]:
    """The ways to read the conditions of the text, the likeliest first."""
    start = _compared(said, _placed(said, _won(said, Conditions(text=text))))
    marks = _value_groups(start.text)
    ways = product(*(_value_looks(said, start.text, group) for group in marks))
    bare = re.sub(rf"{_NOT} (?=V\d)|\bV\d+\b", " ", start.text)
    for way in islice(ways, _MOST):
        looks = (*start.looks, *(look for look, _ in way))
        yield Conditions(looks, re.sub(r"\s+", " ", bare), start.cost + sum(cost for _, cost in way), start.columns)


def _value_groups(text: str) -> list[tuple[str, ...]]:
    """Values said as alternatives, "V0 and V1", together."""
    return [
        tuple(re.findall(r"V\d+", one[0]))
        for one in re.finditer(r"V\d+(?:(?: ,)? (?:and|or|,|nor)(?: the| in)? V\d+|(?: ,)+ V\d+)*", text)
    ]


def _value_looks(said: Said, text: str, group: Sequence[str]) -> list[tuple[Look, float]]:
    """The columns the values of a group may stand in."""
    first = said.mark(group[0])
    negated = re.search(rf"\b{_NOT} (?:the |in |from |a )*{group[0]}\b", text) is not None
    near = _named_beside(said, text, group[0])
    found = []
    for name in first.cells or {}:
        texts, whole = _texts(said, group, name)
        if texts is None:
            continue
        cost = (0.0 if whole else 0.08) + (0.0 if not near or name in near else 0.25)
        found.append((Look(column=name, holds=Holds.NOT_IN if negated else Holds.IN, texts=texts), cost))
    found.sort(key=lambda one: one[1])
    if len(group) > 1 and not found:
        return [(look, cost + 0.2) for look, cost in _value_looks(said, text, group[:1])]
    best = [one for one in found if one[1] <= found[0][1] + 0.1][:3]
    return [(look, cost + 0.06 * (len(best) - 1)) for look, cost in best]


def _named_beside(said: Said, text: str, mark: str) -> set[str]:
    match = re.search(rf"(C\d+) (?:(?:of|is|was|in|the|named|called|number|at|were|are) )*{mark}\b|{mark} (C\d+)", text)
    named = said.mark(match[1] or match[2]).columns if match else ()
    return {one.column.name for one in named}


def _texts(said: Said, group: Sequence[str], name: str) -> tuple[tuple[str, ...] | None, bool]:
    """The cells of the column with any of the values, and whether they are just the values."""
    found: list[str] = []
    whole = True
    for mark in group:
        cells = (said.mark(mark).cells or {}).get(name)
        if cells is None:
            return None, False
        exact = name in said.mark(mark).whole
        words = tuple(said.sheet.column(name).said[cells[0]]) if exact else ()
        found.extend(_exactly(said, name, cells) if exact else cells)
        whole = whole and (exact or bool(words))
    return tuple(dict.fromkeys(found)), whole


def _exactly(said: Said, name: str, cells: Sequence[str]) -> list[str]:
    """The shortest of the cells where some are just the value: "Germany" and "Germany (West)" over "East Germany"."""
    known = said.sheet.column(name).bare
    least = min(len(known[one]) for one in cells)
    return [one for one in cells if len(known[one]) == least]


def _won(said: Said, found: Conditions) -> Conditions:
    """ "games won", "matches were lost" where a column of results begins with W or L."""
    match = re.search(r"\b(won|win|wins|lost|lose|losses|loss|losing|tied|drew|drawn|draws|ties|draw)\b", found.text)
    if match is None:
        return found
    letter = {"w": "w", "l": "l"}.get(match[1][0], "dt")
    for column in said.sheet.columns:
        results = [
            text for text in column.said if re.match(r"(?i)(?:won|lost|drawn|draw|tied|win|loss|tie|w|l|d|t)\b", text)
        ]
        if len(results) >= 0.8 * max(1, column.distinct) and column.distinct > 1:
            texts = tuple(one for one in results if one[0].casefold() in letter)
            look = Look(column=column.name, holds=Holds.IN, texts=texts)
            return replace(found, looks=(*found.looks, look), text=_cut(found.text, match)) if texts else found
    return found


def _placed(said: Said, found: Conditions) -> Conditions:
    """ "in first place", "placed third", "ranked 2": the column of ranks."""
    words = "|".join(_ORDINALS)
    match = re.search(
        rf"\b(?:in |the )*(?P<a>{words}) (?:place|position|rank)\b|\b(?:placed|ranked|rank|finished|came in|finish|came|place) (?:in |as |at )*(?:the )?(?P<b>{words}|N\d+)\b(?! (?:C|the))|\bnumber (?P<c>one|N\d+)\b",
        found.text,
    )
    column = next(
        (one for one in said.sheet.columns if _RANKS & set(one.words) and one.reading is Reading.NUMBER), None
    )
    if match is None or column is None:
        return found
    word = match["a"] or match["b"] or match["c"]
    number = said.mark(word).number if word[0] == "N" else _ORDINALS.get(word, 1)
    if number is None:
        return found
    look = Look(column=column.name, holds=Holds.EQ, numbers=(float(number),), reading=Reading.NUMBER)
    return replace(found, looks=(*found.looks, look), text=_cut(found.text, match))


_MORE: Final = r"(?:more|greater|higher|larger|bigger|longer|older|better|later|taller|heavier|farther|wider|deeper)"
_FEWER: Final = r"(?:less|fewer|lower|smaller|shorter|younger|worse|earlier|lighter|faster|sooner)"
_COMPARED: Final[tuple[tuple[str, Holds], ...]] = (
    (r"between (?:the )?(?:years? )?(N\d+) (?:and|to) (N\d+)", Holds.BETWEEN),
    (r"from (N\d+) (?:to|until|through) (N\d+)", Holds.BETWEEN),
    (
        rf"(?:at least|no {_FEWER} than|not {_FEWER} than|minimum of|since|equal to or (?:greater|more) than) (N\d+)",
        Holds.GE,
    ),
    (rf"(N\d+)(?: C\d+)? (?:or|and) (?:more|above|over|up|later|{_MORE})", Holds.GE),
    (rf"(?:at most|no {_MORE} than|not {_MORE} than|maximum of|up to|until|equal to or less than) (N\d+)", Holds.LE),
    (rf"(N\d+)(?: C\d+)? or {_FEWER}", Holds.LE),
    (
        rf"(?:{_MORE} (?:\w+ )?(?:than|then)|over|above|exceeding|exceeds|exceeded|after|>) (?:the year )?(N\d+)",
        Holds.GT,
    ),
    (rf"(?:{_FEWER} (?:\w+ )?(?:than|then)|under|below|before|prior to|<) (?:the year )?(N\d+)", Holds.LT),
    (r"(?:exactly|only|equal to|equals?) (N\d+)", Holds.EQ),
    (r"(?:in|during|of|for|from|on) (?:the )?(?:year )?(N\d+)", Holds.EQ),
    (r"(N\d+)", Holds.EQ),
)


def _compared(said: Said, found: Conditions) -> Conditions:
    """Every comparison with a number, with the column it speaks of."""
    for pattern, holds in _COMPARED:
        while match := re.search(rf"\b{pattern}\b", found.text):
            numbers = tuple(float(said.mark(one).number or 0) for one in match.groups() if one)
            column, reading, span, cost, named = _compared_column(said, found.text, match, numbers)
            if column is None:
                found = replace(found, text=_replace(found.text, match.span(), " unread "), cost=found.cost + 0.5)
                continue
            if _RANKS & set(column.words) and re.search(r"high|low|better|worse", match[0]):
                cost += 0.4
            look = Look(column=column.name, holds=holds, numbers=numbers, reading=reading)
            used = found.columns | ({column.name} if named else frozenset())
            found = Conditions((*found.looks, look), _replace(found.text, span, " "), found.cost + cost, used)
    return found


_Compared = tuple[Column | None, Reading, tuple[int, int], float, bool]
"""The column, how it is read, the stretch that says all this, what it costs, and whether the column was named."""
_AFTER: Final = re.compile(r" (?:(?:of|in|total|the|percent|different) )*(C\d+)")
_BEFORE: Final = re.compile(
    r"(C\d+) (?:(?:was|is|of|were|are|being|that|which|has|have|had|at|with|a|total|score|scored|value|the|year|years) )*$"
)
_TIMED: Final = re.compile(r"in|during|before|after|since|until|between|from")


def _compared_column(said: Said, text: str, match: re.Match[str], numbers: Sequence[float]) -> _Compared:
    after, before = _AFTER.match(text[match.end() :]), _BEFORE.search(text[: match.start()])
    year = _year_column(said, numbers)
    if year is not None and not (after and any(one.column.name == year.name for one in said.mark(after[1]).columns)):
        return year, Reading.YEAR, match.span(), 0.0 if _TIMED.match(match[0]) else 0.1, False
    if after and (found := _with_numbers(said, after[1])):
        return found[0], found[1], (match.start(), match.end() + after.end()), found[2], True
    if before and (found := _with_numbers(said, before[1])):
        return found[0], found[1], (before.start(), match.end()), found[2], True
    return None, Reading.NUMBER, match.span(), 0.5, False


def _with_numbers(said: Said, mark: str) -> tuple[Column, Reading, float] | None:
    """The first column of the mark that holds numbers, how it is read, and what that costs."""
    for candidate in said.mark(mark).columns:
        column = said.sheet.column(candidate.column.name)
        text = column.reading is Reading.TEXT
        reading = Reading.NUMBER if text or column.reading is Reading.DATE else column.reading
        if any(one is not None for one in column.numbers(reading)):
            return column, reading, 0.2 if text else 0.0
    return None


def _year_column(said: Said, numbers: Sequence[float]) -> Column | None:
    """The first column that holds years, when the numbers are years."""
    if not all(1000 <= one <= 2100 and one == int(one) for one in numbers):
        return None
    return next((one for one in said.sheet.columns if one.holds_years), None)


def _cut(text: str, match: re.Match[str]) -> str:
    return _replace(text, match.span(), " ")


def _replace(text: str, span: tuple[int, int], by: str) -> str:
    return re.sub(r"\s+", " ", f"{text[: span[0]]} {by} {text[span[1] :]}").strip()


def leftovers(text: str) -> list[str]:
    """The words that nothing explains."""
    return [
        one for one in re.findall(r"[^\W_]+(?:['’][^\W_]+)?", text) if one not in LIGHT and one.rstrip("s") not in LIGHT
    ]
