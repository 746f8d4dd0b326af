"""A question with its words tied to the columns and cells of a small table, in each of the ways they may be tied.

Marks as in the sketch of the grammar: `C0` a column, `V0` a cell value or a word of it, `N0` a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Final

from services.assistant.builtin.language.columns import Candidate, Columns
from services.assistant.builtin.language.words import Token, lemma, tokens
from services.assistant.builtin.records.sheet import Sheet, words_of
from services.assistant.builtin.records.words import GRAMMAR

_LONGEST: Final = 9
_MOST_WAYS: Final = 12
_COMPARERS: Final = frozenset(
    "than least over above below under before after between and since until exceeding most exactly only of".split()  # noqa: SIM905
)

_STRICT: Final = frozenset({"than", "least", "over", "above", "under", "below", "exceeding", "exactly", "between"})


@dataclass(frozen=True)
class Mark:
    """What a stretch of the question may be: columns with how well they fit, cells by column, or a number."""

    text: str
    columns: tuple[Candidate, ...] = ()
    cells: Mapping[str, tuple[str, ...]] | None = None
    """Column → the texts that hold the words."""
    whole: frozenset[str] = frozenset()
    """Columns where a cell is just these words."""
    loose: bool = False
    """Whether only a common noun of some cells is meant, perhaps by chance."""
    number: float | None = None


@dataclass(frozen=True)
class Said:
    """One way to read the words of a question."""

    question: str
    text: str
    marks: tuple[Mark, ...]
    sheet: Sheet
    cost: float = 0.0

    def mark(self, name: str) -> Mark:
        """The mark called "C3", "V0" or "N1"."""
        return self.marks[int(name[1:])]


@dataclass(frozen=True)
class _Span:
    first: int
    last: int
    mark: Mark
    strength: float


def sketches(question: str, sheet: Sheet, columns: Columns) -> Iterator[Said]:
    """The ways to read the words, the likeliest first."""
    pieces = [one for one in tokens(_plain(question)) if one.kind != "stop" or one.text in ",?"]
    spans = _chosen([*_cell_spans(pieces, sheet), *_column_spans(pieces, sheet, columns), *_number_spans(pieces)])
    ways = product(*(_kinds(one, pieces) for one in spans))
    for way in islice(ways, _MOST_WAYS):
        yield _said(question, sheet, pieces, spans, way)


def _plain(question: str) -> str:
    text = re.sub(r"(?i)n['’]t\b", " not", question)
    text = re.sub(r"(?:\b(?:not )?in (?:the|their|his|her|its) )?\b(\d{2}|\d{3}0)['’]?s\b", _decade, text)
    text = re.sub(r"(?i)(\w)['’]s\b", r"\1", text)
    return re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", text.replace("#", " ").replace("/", " "))


def _decade(match: re.Match[str]) -> str:
    """ "the 1990s" as the years from the first to the last."""
    first = int(match[1])
    return f" between {first} and {first + (99 if first >= 1000 and first % 100 == 0 else 9)} "


def _cell_spans(pieces: Sequence[Token], sheet: Sheet) -> Iterator[_Span]:
    """The stretches that stand in cells, as whole words."""
    index = _index(sheet)
    said = [words_of(one.text) for one in pieces]
    for first in range(len(pieces)):
        wanted: list[str] = []
        for last in range(first, min(first + _LONGEST, len(pieces))):
            wanted.extend(said[last])
            if not wanted or wanted[0] not in index:
                break
            hits, whole = _hits(tuple(wanted), index[wanted[0]])
            if not hits:
                break
            text = " ".join(one.text for one in pieces[first : last + 1])
            mark = Mark(text, (), hits, whole, loose=not whole and last == first and _is_loose(text, hits))
            if said[last] and _may_be_cell(pieces, first, last + 1, mark):
                yield _Span(first, last + 1, mark, 2.0 * (last + 1 - first) + (0.6 if whole else 0.0))


Index = dict[str, list[tuple[str, str, tuple[str, ...], int]]]


def _index(sheet: Sheet) -> Index:
    """Word → column, text, its words, and the place of the word among them."""
    found: Index = {}
    for column in sheet.columns:
        for text, forms in column.forms.items():
            for words in forms:
                for at, word in enumerate(words):
                    found.setdefault(word, []).append((column.name, text, words, at))
    return found


def _hits(
    wanted: tuple[str, ...], places: Sequence[tuple[str, str, tuple[str, ...], int]]
) -> tuple[dict[str, tuple[str, ...]], frozenset[str]]:
    """The cells that hold the words in a row, by column: where some are just these words, only those."""
    exact: dict[str, dict[str, None]] = {}
    inside: dict[str, dict[str, None]] = {}
    for name, text, words, at in places:
        if words[at : at + len(wanted)] == wanted:
            inside.setdefault(name, {})[text] = None
            if len(words) == len(wanted):
                exact.setdefault(name, {})[text] = None
    return {name: tuple(texts) for name, texts in inside.items()}, frozenset(exact)


def _is_loose(word: str, hits: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether no cell has the word as it is said, or none as a name with a capital."""
    if not word.isalpha():
        return False
    named = (re.search(rf"(?i)\b{word}\b", text) for texts in hits.values() for text in texts)
    return not any(one is not None and one[0][0].isupper() for one in named)


def _may_be_cell(pieces: Sequence[Token], first: int, last: int, mark: Mark) -> bool:
    part = pieces[first:last]
    if part[0].kind == "quoted":
        return True
    if part[0].lemma in _EDGES or part[-1].lemma in _EDGES:
        return bool(mark.whole) and len(part) > 1
    if len(part) > 1:
        return True
    word = part[0].text.casefold()
    if part[0].kind == "number":
        return True
    if word in GRAMMAR or lemma(word) in GRAMMAR:
        return False
    before = pieces[first - 1].text.casefold() if first else ""
    return len(word) > 2 or (bool(mark.whole) and before not in ("who", "") and len(word) > 1) or before in _SHORT_AFTER


_EDGES: Final = frozenset("a an the of in on at to for from by with and or is was were are who what".split())  # noqa: SIM905
_SHORT_AFTER: Final = frozenset({"position", "class", "group", "grade", "type", "category", "in", "rank"})


def _column_spans(pieces: Sequence[Token], sheet: Sheet, columns: Columns) -> Iterator[_Span]:
    known = {one.name for one in sheet.columns}
    medals = _medals(sheet) and not _MEDALS & {one.lemma for one in pieces}
    for first in range(len(pieces)):
        for last in range(first + 1, min(first + 6, len(pieces)) + 1):
            part = pieces[first:last]
            if part[-1].kind in ("stop", "compare"):
                break
            if _is_grammar(part) or part[0].lemma in _EDGES or part[-1].lemma in _EDGES:
                continue
            found = _all_medals(part, columns) if medals else ()
            found = found or tuple(
                one
                for one in columns.candidates([word for token in part for word in words_of(token.text)])
                if one.column.name in known
            )
            if found:
                weight = 2.0 if found[0].score >= 0.9 else 0.9
                yield _Span(
                    first, last, Mark(" ".join(one.text for one in part), found), weight * len(part) + found[0].score
                )


_MEDALS: Final = frozenset({"gold", "silver", "bronze"})


def _medals(sheet: Sheet) -> bool:
    """Whether the table counts medals."""
    return {word for one in sheet.columns for word in one.words} >= _MEDALS


def _all_medals(part: Sequence[Token], columns: Columns) -> tuple[Candidate, ...]:
    """ "medals", where the table counts them: the column of their total."""
    said = [one.lemma for one in part]
    if said not in (["medal"], ["total", "medal"]):
        return ()
    return tuple(Candidate(one, 1.0) for one in columns.profile.columns if "total" in columns.words[one.name])[:1]


def _is_grammar(part: Sequence[Token]) -> bool:
    return all(one.kind == "number" or one.text.casefold() in GRAMMAR for one in part)


def _number_spans(pieces: Sequence[Token]) -> Iterator[_Span]:
    for at, one in enumerate(pieces):
        if one.number is not None:
            yield _Span(at, at + 1, Mark(one.text, number=one.number), 0.5)


def _chosen(spans: Sequence[_Span]) -> list[_Span]:
    """The strongest stretches that do not overlap; those of the same stretch are one mark of several kinds."""
    merged: dict[tuple[int, int], _Span] = {}
    for span in spans:
        place = (span.first, span.last)
        merged[place] = _both(merged[place], span) if place in merged else span
    taken: list[_Span] = []
    for span in sorted(merged.values(), key=lambda one: (-one.strength, one.first)):
        if all(span.last <= other.first or span.first >= other.last for other in taken):
            taken.append(span)
    return sorted(taken, key=lambda one: one.first)


def _both(one: _Span, other: _Span) -> _Span:
    mark = Mark(
        one.mark.text,
        one.mark.columns or other.mark.columns,
        one.mark.cells or other.mark.cells,
        one.mark.whole or other.mark.whole,
        one.mark.loose or other.mark.loose,
        one.mark.number if one.mark.number is not None else other.mark.number,
    )
    return _Span(one.first, one.last, mark, max(one.strength, other.strength))


def _kinds(span: _Span, pieces: Sequence[Token]) -> tuple[tuple[str, float], ...]:
    """The kinds a mark may be of, each with what it costs to take it so."""
    mark, found = span.mark, []
    before = pieces[span.first - 1].text.casefold() if span.first else ""
    if mark.number is not None:
        found.append(("N", 0.0 if before in _COMPARERS or not mark.cells else 0.1))
    ranged = (
        before in ("and", "to") and span.first > 2 and pieces[span.first - 3].text.casefold() in ("between", "from")
    )
    if mark.number is not None and (before in _STRICT or ranged):
        return tuple(found)
    if mark.cells and not (mark.loose and mark.columns):
        found.append(("V", 0.2 if mark.loose else 0.0 if mark.whole or not mark.columns else 0.1))
    if mark.cells and span.last == span.first + 1 and mark.text.isalpha():
        found.append(("W", 0.0 if mark.loose else 0.15))
    if mark.columns:
        found.append(("C", 0.0 if mark.columns[0].score >= 0.9 else 0.1))
    return tuple(sorted(found, key=lambda one: one[1]))


def _said(
    question: str, sheet: Sheet, pieces: Sequence[Token], spans: Sequence[_Span], way: Sequence[tuple[str, float]]
) -> Said:
    starts = {span.first: number for number, span in enumerate(spans)}
    found: list[str] = []
    at = 0
    while at < len(pieces):
        if at in starts and way[starts[at]][0] == "W":
            found.append(spans[starts[at]].mark.text.casefold())
            at = spans[starts[at]].last
        elif at in starts:
            found.append(f"{way[starts[at]][0]}{starts[at]}")
            at = spans[starts[at]].last
        else:
            found.append(pieces[at].text.casefold())
            at += 1
    text = re.sub(r"[?\s]+", " ", " ".join(found)).strip(" ,")
    if _medals(sheet):
        text = re.sub(r"(C\d+) medals?\b|\bmedals? (?=C\d)", r"\1 ", text)
    return Said(question, text, tuple(one.mark for one in spans), sheet, sum(cost for _, cost in way))
