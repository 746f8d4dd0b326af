"""Stretches of a question that may be a column, a cell value or a date."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz, process

from services.assistant.builtin.language.columns import FULL, Candidate, Columns
from services.assistant.builtin.language.lexicon import ADJECTIVES, AGGREGATES, GRAINS, STOP_WORDS
from services.assistant.builtin.language.periods import period_of
from services.assistant.builtin.language.question import ColumnMention, EntityMention, Period, ValueMention
from services.assistant.builtin.language.words import Token, lemma, split_name
from services.protocols import ValueFinder, ValueHit

_LONGEST: Final = 6


_ID_WORDS: Final = frozenset({"id", "code", "number", "no", "key", "name", "title", "identifier"})
_CHART_WORDS: Final = frozenset(
    {"chart", "graph", "plot", "bar", "bars", "pie", "line", "scatter", "histogram", "box", "heatmap"}
)


_COUNTING: Final = frozenset(
    {"total", "average", "count", "number", "sum", "mean", "max", "min", "maximum", "minimum", "median"}
)
_FEMALE: Final = frozenset({"female", "f", "woman", "w", "females", "women"})
_MALE: Final = frozenset({"male", "m", "man", "males", "men"})
_GENDERS: Final = (
    (frozenset({"woman", "women", "female", "females", "lady", "ladies"}), _FEMALE),
    (frozenset({"man", "men", "male", "males", "gentlemen"}), _MALE),
)
"""What people are called → how a cell may write their sex."""
_AFTER_NOUN: Final = frozenset(
    {"", "?", ".", ",", "for", "by", "per", "in", "and", "from", "is", "across", "over", "vs", "chart", "desc", "asc"}
)
_AFTER_ORDER: Final = frozenset({"by", "in", "from", "the", "x", "y", "bar", "bars", "them", "with", "it"})
_DIRECTIONS: Final = frozenset(
    {"ascending", "descending", "asc", "desc", "increasing", "decreasing", "alphabetical", "alphabetic", "reverse"}
    | {"high", "low", "highest", "lowest", "chronological"}
)
_ASKING: Final = frozenset({"and", "to", "please", "you", "could", "then", ","})
_DAYS: Final = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_SHORT_DAYS: Final = {
    said: (day[:3], day[:4], day[:5], day) for day in _DAYS for said in (day, day + "s", day[:3], day[:4], day[:5])
}
_BEFORE_NOUN: Final = frozenset({"the", "each", "per", "every", "an", "a", "of", "this", "average", "their"})
_ORDER_WORDS: Final = frozenset({"rank", "order", "sort", "list", "ranked", "ordered", "sorted", "group"})


@dataclass(frozen=True)
class Span:
    """Tokens `first` to `last` (not included) and the mark that replaces them."""

    first: int
    last: int
    strength: float
    mention: ColumnMention | EntityMention | ValueMention | Period | None = None


def column_spans(words: Sequence[Token], columns: Columns) -> list[Span]:
    spans = []
    for first in range(len(words)):
        for last in range(first + 1, min(first + _LONGEST, len(words)) + 1):
            if any(token.kind in ("stop", "compare", "date") for token in words[first:last]):
                break
            if span := _column_span(words, first, last, columns):
                spans.append(span)
    return spans


def _column_span(words: Sequence[Token], first: int, last: int, columns: Columns) -> Span | None:
    part = words[first:last]
    if part[0].kind == "quoted":
        lemmas = list(split_name(part[0].text)) if len(part) == 1 else []
    else:
        lemmas = [piece for token in part for piece in split_name(re.sub(r"['’]s$", "", token.text))]
    if not lemmas or any(token.kind == "quoted" for token in part[1:]):
        return None
    found = columns.candidates(lemmas) or (_loosely(lemmas, columns) if len(part) > 2 else ())
    if not found or not _may_be_column(words, first, last, found[0]):
        return None
    text = " ".join(token.text for token in part)
    if entity := _entity(text, lemmas, found, columns):
        return Span(first, last, 2.0 * len(part), entity)
    return Span(
        first, last, (len(part) * (2.0 if found[0].score >= FULL else 0.9)) + found[0].score, ColumnMention(text, found)
    )


def _entity(text: str, lemmas: Sequence[str], found: Sequence[Candidate], columns: Columns) -> EntityMention | None:
    """The noun of a running identifier: "orders" for a unique `order_id`; not "order id" itself."""
    if found[0].score >= FULL or not _ID_WORDS.isdisjoint(lemmas):
        return None
    best = next((one.column for one in found if columns.numbers_rows(one.column)), None)
    if any(one.column.kind.is_number and not columns.numbers_rows(one.column) for one in found):
        return None
    return EntityMention(text, " ".join(lemmas), best) if best else None


def _loosely(lemmas: Sequence[str], columns: Columns) -> tuple[Candidate, ...]:
    """Columns whose whole name the phrase says with "of" or "the" between: "date of birth", "year of the opening"."""
    tight = [one for one in lemmas if one not in ("of", "the", "in")]
    if (
        len(tight) < 2
        or len(tight) == len(lemmas)
        or lemmas[0] in ("of", "the", "in")
        or lemmas[-1] in ("of", "the", "in")
    ):
        return ()
    found = (one for one in columns.candidates(tight) if one.score >= FULL)
    return tuple(one for one in found if lemmas[0] != "number" or not columns.numbers_rows(one.column))


def _may_be_column(words: Sequence[Token], first: int, last: int, best: Candidate) -> bool:
    part = words[first:last]
    if part[0].kind == "quoted":
        return best.score >= FULL
    if all(token.kind == "number" for token in part):
        return best.score >= 1.0 and not part[0].text[0].isdigit()
    edge = (part[0].lemma, part[-1].lemma)
    if len(part) > 1 and best.score < FULL and (edge[0] in STOP_WORDS or edge[1] in STOP_WORDS):
        return edge[0] in ("name", "type", "number", "total") or edge[1] in ("name", "type", "kind")
    if len(part) > 1:
        return not any(_is_deviation(words, at) for at in range(first, last))
    return _single_may_be_column(words, first, best)


def _single_may_be_column(words: Sequence[Token], at: int, best: Candidate) -> bool:
    """A single word that also works as grammar is a column only where grammar would not stand."""
    word = words[at].lemma
    if words[at].kind == "word" and (_is_grammar(words, at) or _is_verb(words, at)):
        return False
    if best.score < FULL and (word in AGGREGATES or word in GRAINS or word in _CHART_WORDS or word in ADJECTIVES):
        return False
    after = words[at + 1].lemma if at + 1 < len(words) else ""
    return (
        best.score >= FULL
        or word not in STOP_WORDS
        or word in ("name", "type", "kind", "result", "point", "start")
        or after == "rate"
    )


def _is_verb(words: Sequence[Token], at: int) -> bool:
    """Whether "lives" is what somebody does, as in "lives in Asia", or "times" what is counted: "how many times"."""
    after = words[at + 1].text.casefold() if at + 1 < len(words) else ""
    if words[at].text.casefold() == "times" and at and words[at - 1].text.casefold() == "many":
        return True
    return words[at].text.casefold() in ("lives", "leaves") and after in ("in", "at", "on", "near", "with", "from")


def _is_deviation(words: Sequence[Token], at: int) -> bool:
    """Whether the word opens "standard deviation"."""
    return words[at].lemma == "standard" and at + 1 < len(words) and words[at + 1].lemma == "deviation"


def _is_grammar(words: Sequence[Token], at: int) -> bool:
    """Whether the word does grammatical work here: "total number", "rank in", "bar chart", "order by"."""
    word = words[at].text.casefold()
    after = words[at + 1].text.casefold() if at + 1 < len(words) else ""
    before = words[at - 1].text.casefold() if at else ""
    if _is_deviation(words, at):
        return True
    if word in _COUNTING:
        return after not in _AFTER_NOUN
    if word in _ORDER_WORDS and (before in _DIRECTIONS or (before in _ASKING and after in ("total", "number", "how"))):
        return True
    if word in _ORDER_WORDS:
        return after in _AFTER_ORDER and before not in _BEFORE_NOUN
    if word in _CHART_WORDS:
        return after in ("chart", "graph", "plot") or word in ("chart", "graph", "plot")
    if before in AGGREGATES and after in (_AFTER_NOUN | {"where", "when", "with", "among"}):
        return False
    return word in ("a", "an", "the", "of", "in", "by", "to", "for", "is", "x", "y") and before not in (
        "column",
        "where",
    )


def value_spans(words: Sequence[Token], columns: Columns, find_values: ValueFinder, source: str) -> list[Span]:
    phrases = _phrases(words, source)
    spans = _gender_spans(words, columns)
    wanted = {form: None for _, _, forms in phrases for form in forms}
    hits: dict[str, list[ValueHit]] = {}
    for hit in find_values(list(wanted)) if wanted else ():
        hits.setdefault(_fold(hit.value), []).append(hit)
    for first, last, forms in phrases:
        found = next((hits[_fold(form)] for form in forms if _fold(form) in hits), None)
        found = found or (_fuzzy(words[first:last], columns) if last - first <= 2 else None)
        if found and (_may_be_value(words, first, last) or _names_its_column(words, first, found, columns)):
            text = " ".join(token.text for token in words[first:last])
            strength = (last - first) * 1.9 + (1.0 if words[first].kind == "quoted" else 0.0)
            spans.append(Span(first, last, strength, ValueMention(text, tuple(found))))
    return spans


def _gender_spans(words: Sequence[Token], columns: Columns) -> list[Span]:
    """ "women" where a column called sex or gender has a value that says so, such as "female" or "F"."""
    spans = []
    for at, token in enumerate(words):
        forms = next((forms for said, forms in _GENDERS if token.text.casefold() in said), frozenset())
        hits = [
            ValueHit(column=one.name, value=count.value)
            for one in columns.profile.columns
            if forms and not {"sex", "gender"}.isdisjoint(columns.words[one.name])
            for count in one.top
            if count.value.strip().casefold() in forms
        ]
        if hits:
            spans.append(Span(at, at + 1, 2.5, ValueMention(token.text, tuple(hits))))
    return spans


def _fold(text: str) -> str:
    return re.sub(r"\s+", " ", text.strip()).casefold()


def _phrases(words: Sequence[Token], source: str) -> list[tuple[int, int, tuple[str, ...]]]:
    """Stretches of the question that might be cell values, each in the forms to look up."""
    found: list[tuple[int, int, tuple[str, ...]]] = []
    for first in range(len(words)):
        for last in range(first + 1, min(first + _LONGEST, len(words)) + 1):
            part = words[first:last]
            if any(token.kind in ("stop", "compare") for token in part):
                break
            if part[0].kind == "quoted":
                found.append((first, last, (part[0].text,)))
                break
            if all(token.kind in ("number", "date") or token.text.casefold() in STOP_WORDS for token in part):
                continue
            found.append((first, last, _forms(part, source)))
    return found


def _forms(part: Sequence[Token], source: str) -> tuple[str, ...]:
    text = " ".join(token.text for token in part)
    bare = re.sub(r"['’]s\b", "", text)
    short = _SHORT_DAYS.get(bare.casefold(), ()) if len(part) == 1 else ()
    singular = " ".join([*(token.text for token in part[:-1]), lemma(part[-1].text)])
    return tuple(
        dict.fromkeys(
            (
                text,
                bare,
                singular,
                text.replace(" ", "_"),
                text.replace(" ", "-"),
                source[part[0].start : part[-1].end].strip(),
                *short,
            )
        )
    )


def _may_be_value(words: Sequence[Token], first: int, last: int) -> bool:
    """Single grammar words and letters are values only when quoted or written in capitals."""
    if last - first > 1 or words[first].kind == "quoted":
        return True
    text = words[first].text
    if text.casefold() in STOP_WORDS or text.casefold() in AGGREGATES or text.casefold() in GRAINS or len(text) == 1:
        before = words[first - 1].text.casefold() if first else ""
        return before in ("=", "==", "is", "equals") and text.casefold() not in ("a", "the", "of", "in", "on", "there")
    return True


def _names_its_column(words: Sequence[Token], first: int, found: Sequence[ValueHit], columns: Columns) -> bool:
    """ "position s", "class a": a short value right behind the name of its column."""
    said = words[first - 1].lemma if first else ""
    return bool(said) and any(columns.words[hit.column] == (said,) for hit in found)


def _fuzzy(part: Sequence[Token], columns: Columns) -> list[ValueHit] | None:
    """Frequent values that a misspelt phrase of at least five letters is very near to."""
    text = " ".join(token.text for token in part).casefold()
    if len(text) < 5 or any(token.kind != "word" or token.lemma in STOP_WORDS for token in part):
        return None
    best = process.extractOne(text, columns.values.get(text[0], {}), scorer=fuzz.ratio, score_cutoff=86)
    if best is None or abs(len(best[0]) - len(text)) > 2:
        return None
    name, value = best[2]
    return [ValueHit(column=name, value=value)]


def date_spans(words: Sequence[Token], columns: Columns) -> list[Span]:
    if not columns.dates():
        return []
    spans = []
    for first in range(len(words)):
        for last in range(min(first + 4, len(words)), first, -1):
            if period := period_of(
                [token for token in words[first:last] if token.text != ","], words[first - 1] if first else None
            ):
                spans.append(Span(first, last, 2.5 * (last - first), period))
                break
    return spans


def choose(spans: Sequence[Span]) -> list[Span]:
    """The strongest spans that do not overlap, in order."""
    taken: list[Span] = []
    for span in sorted(spans, key=lambda one: (-one.strength, one.first)):
        if all(span.last <= other.first or span.first >= other.last for other in taken):
            taken.append(span)
    return sorted(taken, key=lambda one: one.first)
