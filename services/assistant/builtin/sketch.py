"""From a question to its sketch: words tied to columns, values, numbers and dates."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from rapidfuzz import fuzz

from services.assistant.builtin.columns import FULL, Candidate, Columns
from services.assistant.builtin.intent import AnswerFormat
from services.assistant.builtin.lexicon import ADJECTIVES, AGGREGATES, GRAINS, MONTHS, STOP_WORDS
from services.assistant.builtin.question import ColumnMention, Draft, Period, ValueMention
from services.assistant.builtin.words import Token, lemma, split_name, tokens
from services.domain import Kind, Profile, Semantic
from services.protocols import ValueFinder, ValueHit

_LONGEST: Final = 6
"""Most words in one column or value phrase."""
_FORMAT: Final = re.compile(r"@(\w+)\[([^\]]*)\]")
_ROUNDING: Final = re.compile(
    r"(?:round\w*|to)\D{0,30}?(\d+|one|two|three|four|five|zero|no)\s*(?:decimal|digit|dp\b|place)"
)
_SMALL_NUMBERS: Final = {"zero": 0, "no": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_CHART_WORDS: Final = frozenset(
    {"chart", "graph", "plot", "bar", "bars", "pie", "line", "scatter", "histogram", "box", "heatmap"}
)
_ORDER_WORDS: Final = frozenset({"rank", "order", "sort", "list", "ranked", "ordered", "sorted", "group"})


@dataclass(frozen=True)
class Span:
    """Tokens `first` to `last` (not included) and the mark that replaces them."""

    first: int
    last: int
    strength: float
    mention: ColumnMention | ValueMention | Period | None = None


@dataclass
class _Tables:
    """What the marks of a sketch point at, while it is being made."""

    pieces: list[str] = field(default_factory=list)
    mentions: list[ColumnMention] = field(default_factory=list)
    values: list[ValueMention] = field(default_factory=list)
    numbers: list[Token] = field(default_factory=list)
    periods: list[Period] = field(default_factory=list)
    quotes: list[str] = field(default_factory=list)


def sketch(question: str, columns: Columns, find_values: ValueFinder) -> Draft:
    """The draft of a question, nothing read yet but what its words are tied to."""
    formats = _formats(question)
    plain = _without_formats(question) if formats else question
    words = tokens(_expand(plain))
    spans = _choose(
        _column_spans(words, columns) + _value_spans(words, columns, find_values) + _date_spans(words, columns)
    )
    made = _mark(words, spans)
    return Draft(
        question=question,
        text=re.sub(r"\s+", " ", " ".join(made.pieces)),
        columns=columns,
        mentions=made.mentions,
        values=made.values,
        numbers=made.numbers,
        periods=made.periods,
        quotes=made.quotes,
        formats=formats,
    )


def _formats(question: str) -> tuple[AnswerFormat, ...]:
    decimals = None
    if match := _ROUNDING.search(question.casefold()):
        decimals = int(match[1]) if match[1].isdigit() else _SMALL_NUMBERS[match[1]]
    return tuple(AnswerFormat(name=match[1], decimals=decimals) for match in _FORMAT.finditer(question))


def _without_formats(question: str) -> str:
    """The question without the sentences about the form of its answer."""
    kept = [part for part in re.split(r"(?<=[.?!\n])\s+", question) if not _FORMAT.search(part)]
    return re.sub(r"(?i)\b(?:please )?(?:round|rounded|rounding)\b[^.?!]*", " ", " ".join(kept)) or _FORMAT.sub(
        " ", question
    )


def _expand(question: str) -> str:
    """Contractions and signs as words."""
    text = re.sub(r"(?i)n['’]t\b", " not", question)
    text = re.sub(r"(?i)\b(?:in|to) (?:US )?(?:USD|EUR|GBP|US dollars)\b(?=\s*\))", "", text)
    return text.replace("&", " and ").replace("≥", ">=").replace("≤", "<=").replace("≠", "!=")


def _column_spans(words: Sequence[Token], columns: Columns) -> list[Span]:
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
        lemmas = [piece for token in part for piece in split_name(token.text)]
    if not lemmas or any(token.kind == "quoted" for token in part[1:]):
        return None
    found = columns.candidates(lemmas) or (_loosely(lemmas, columns) if len(part) > 2 else ())
    if not found or not _may_be_column(words, first, last, found[0]):
        return None
    text = " ".join(token.text for token in part)
    return Span(
        first, last, (len(part) * (2.0 if found[0].score >= FULL else 0.9)) + found[0].score, ColumnMention(text, found)
    )


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
    return tuple(one for one in columns.candidates(tight) if one.score >= FULL)


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
        return True
    return _single_may_be_column(words, first, best)


def _single_may_be_column(words: Sequence[Token], at: int, best: Candidate) -> bool:
    """A single word that also works as grammar is a column only where grammar would not stand."""
    word = words[at].lemma
    if words[at].kind == "word" and _is_grammar(words, at):
        return False
    if best.score < FULL and (word in AGGREGATES or word in GRAINS or word in _CHART_WORDS or word in ADJECTIVES):
        return False
    return best.score >= FULL or word not in STOP_WORDS or word in ("name", "type", "kind", "result", "point", "start")


def _is_grammar(words: Sequence[Token], at: int) -> bool:
    """Whether the word does grammatical work here: "total number", "rank in", "bar chart", "order by"."""
    word = words[at].text.casefold()
    after = words[at + 1].text.casefold() if at + 1 < len(words) else ""
    before = words[at - 1].text.casefold() if at else ""
    if word in ("total", "average", "count", "number", "sum", "mean", "max", "min", "maximum", "minimum", "median"):
        return after not in (
            "",
            "?",
            ".",
            ",",
            "for",
            "by",
            "per",
            "in",
            "and",
            "from",
            "is",
            "across",
            "over",
            "vs",
            "chart",
        )
    if word in _ORDER_WORDS:
        return after in ("by", "in", "from", "the", "x", "y", "bar", "bars", "them", "with", "it") and before not in (
            "the",
            "each",
        )
    if word in _CHART_WORDS:
        return after in ("chart", "graph", "plot") or word in ("chart", "graph", "plot")
    return word in ("a", "an", "the", "of", "in", "by", "to", "for", "is", "x", "y") and before not in (
        "column",
        "where",
    )


def _value_spans(words: Sequence[Token], columns: Columns, find_values: ValueFinder) -> list[Span]:
    phrases = _phrases(words)
    wanted = {form: None for _, _, forms in phrases for form in forms}
    hits: dict[str, list[ValueHit]] = {}
    for hit in find_values(list(wanted)) if wanted else ():
        hits.setdefault(_fold(hit.value), []).append(hit)
    spans = []
    for first, last, forms in phrases:
        found = next((hits[_fold(form)] for form in forms if _fold(form) in hits), None)
        found = found or (_fuzzy(words[first:last], columns) if last - first <= 2 else None)
        if found and _may_be_value(words, first, last):
            text = " ".join(token.text for token in words[first:last])
            strength = (last - first) * 1.9 + (1.0 if words[first].kind == "quoted" else 0.0)
            spans.append(Span(first, last, strength, ValueMention(text, tuple(found))))
    return spans


def _fold(text: str) -> str:
    return re.sub(r"\s+", " ", text.strip()).casefold()


def _phrases(words: Sequence[Token]) -> list[tuple[int, int, tuple[str, ...]]]:
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
            found.append((first, last, _forms(part)))
    return found


def _forms(part: Sequence[Token]) -> tuple[str, ...]:
    text = " ".join(token.text for token in part)
    bare = re.sub(r"['’]s\b", "", text)
    singular = " ".join([*(token.text for token in part[:-1]), lemma(part[-1].text)])
    return tuple(dict.fromkeys((text, bare, singular, text.replace(" ", "_"), text.replace(" ", "-"))))


def _may_be_value(words: Sequence[Token], first: int, last: int) -> bool:
    """Single grammar words and letters are values only when quoted or written in capitals."""
    if last - first > 1 or words[first].kind == "quoted":
        return True
    text = words[first].text
    if text.casefold() in STOP_WORDS or text.casefold() in AGGREGATES or text.casefold() in GRAINS or len(text) == 1:
        before = words[first - 1].text.casefold() if first else ""
        return before in ("=", "==", "is", "equals") and text.casefold() not in ("a", "the", "of", "in", "on", "there")
    return True


def _fuzzy(part: Sequence[Token], columns: Columns) -> list[ValueHit] | None:
    """Frequent values that a misspelt phrase of at least five letters is very near to."""
    text = " ".join(token.text for token in part).casefold()
    if len(text) < 5 or any(token.kind != "word" or token.lemma in STOP_WORDS for token in part):
        return None
    best: tuple[float, list[ValueHit]] = (0.0, [])
    for column in columns.profile.columns:
        if column.kind is not Kind.TEXT:
            continue
        for count in column.top:
            if abs(len(count.value) - len(text)) > 2 or count.value[:1].casefold() != text[0]:
                continue
            score = fuzz.ratio(text, count.value.casefold())
            if score >= 86 and score > best[0]:
                best = (score, [ValueHit(column=column.name, value=count.value)])
    return best[1] or None


def _date_spans(words: Sequence[Token], columns: Columns) -> list[Span]:
    if not columns.dates():
        return []
    spans = []
    for first in range(len(words)):
        for last in range(min(first + 4, len(words)), first, -1):
            if period := _period(
                [token for token in words[first:last] if token.text != ","], words[first - 1] if first else None
            ):
                spans.append(Span(first, last, 2.5 * (last - first), period))
                break
    return spans


def _period(part: Sequence[Token], before: Token | None) -> Period | None:
    """The stretch of time a few words say: a day, a month, a quarter or a year."""
    text = " ".join(token.text for token in part)
    low = text.casefold()
    if match := re.fullmatch(r"(\d{4})-(\d\d?)-(\d\d?)", low):
        return _day(text, int(match[1]), int(match[2]), int(match[3]))
    if match := re.fullmatch(r"(?:q([1-4]) (\d{4})|(\d{4}) q([1-4]))", low):
        return _quarter(text, int(match[2] or match[3]), int(match[1] or match[4]))
    if match := re.fullmatch(r"(\d{4})", low):
        near = before is None or before.text.casefold() not in (
            ">",
            "<",
            "=",
            ">=",
            "<=",
            "than",
            "over",
            "under",
            "above",
            "below",
            "top",
        )
        return _year(text, int(match[1])) if near and 1700 <= int(match[1]) <= 2100 else None
    if match := re.fullmatch(r"([a-z]{3,9})(?: of)? (\d{4})", low):
        month = _month_number(match[1])
        return _month(text, int(match[2]), month) if month else None
    if match := re.fullmatch(
        r"([a-z]{3,9}) (\d\d?)(?:st|nd|rd|th)? (\d{4})|(\d\d?)(?:st|nd|rd|th)? ([a-z]{3,9}) (\d{4})", low
    ):
        month = _month_number(match[1] or match[5])
        return _day(text, int(match[3] or match[6]), month, int(match[2] or match[4])) if month else None
    month = (
        _month_number(low)
        if before is not None and before.lemma in ("in", "during", "for", "of", "every", "each")
        else 0
    )
    return Period(text, "", "", None, month) if month and len(part) == 1 else None


def _month_number(word: str) -> int:
    """1 to 12, or 0 when the word is no month."""
    return next(
        (at for at, name in enumerate(MONTHS, start=1) if word == name or (len(word) >= 3 and word == name[:3])), 0
    )


def _day(text: str, year: int, month: int, day: int) -> Period | None:
    if not (1 <= month <= 12 and 1 <= day <= calendar.monthrange(max(year, 1), month)[1]):
        return None
    iso = f"{year:04d}-{month:02d}-{day:02d}"
    return Period(text, iso, iso)


def _month(text: str, year: int, month: int) -> Period:
    last = calendar.monthrange(max(year, 1), month)[1]
    return Period(text, f"{year:04d}-{month:02d}-01", f"{year:04d}-{month:02d}-{last:02d}", None, None)


def _quarter(text: str, year: int, quarter: int) -> Period:
    month = quarter * 3
    last = calendar.monthrange(year, month)[1]
    return Period(text, f"{year:04d}-{month - 2:02d}-01", f"{year:04d}-{month:02d}-{last:02d}")


def _year(text: str, year: int) -> Period:
    return Period(text, f"{year:04d}-01-01", f"{year:04d}-12-31", year)


def _choose(spans: Sequence[Span]) -> list[Span]:
    """The strongest spans that do not overlap, in order."""
    taken: list[Span] = []
    for span in sorted(spans, key=lambda one: (-one.strength, one.first)):
        if all(span.last <= other.first or span.first >= other.last for other in taken):
            taken.append(span)
    return sorted(taken, key=lambda one: one.first)


def _mark(words: Sequence[Token], spans: Sequence[Span]) -> _Tables:
    """The pieces of the sketch, and what its marks point at."""
    made = _Tables()
    starts = {span.first: span for span in spans}
    at = 0
    while at < len(words):
        span = starts.get(at)
        made.pieces.append(_mark_span(span, made) if span else _mark_token(words[at], made))
        at = span.last if span else at + 1
    return made


def _mark_span(span: Span, made: _Tables) -> str:
    if isinstance(span.mention, ColumnMention):
        made.mentions.append(span.mention)
        return f"C{len(made.mentions) - 1}"
    if isinstance(span.mention, ValueMention):
        made.values.append(span.mention)
        return f"V{len(made.values) - 1}"
    assert isinstance(span.mention, Period)
    made.periods.append(span.mention)
    return f"D{len(made.periods) - 1}"


def _mark_token(token: Token, made: _Tables) -> str:
    if token.kind == "quoted":
        made.quotes.append(token.text)
        return f"Q{len(made.quotes) - 1}"
    if token.number is not None:
        made.numbers.append(token)
        return f"N{len(made.numbers) - 1}"
    return token.text.casefold()


def has_dates(profile: Profile) -> bool:
    return any(column.kind.is_date or column.semantic is Semantic.YEAR for column in profile.columns)
