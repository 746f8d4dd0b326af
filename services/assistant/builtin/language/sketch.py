"""From a question to its sketch: words tied to columns, values, numbers and dates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from rapidfuzz.distance import OSA

from services.assistant.builtin.intent import AnswerFormat
from services.assistant.builtin.language.columns import Columns
from services.assistant.builtin.language.lexicon import ADJECTIVES, AGGREGATES, GRAINS, LIGHT_WORDS
from services.assistant.builtin.language.question import ColumnMention, Draft, EntityMention, Period, ValueMention
from services.assistant.builtin.language.spans import Span, choose, column_spans, date_spans, value_spans
from services.assistant.builtin.language.words import Token, lemma, tokens
from services.protocols import ValueFinder

"""Most words in one column or value phrase."""
_FORMAT: Final = re.compile(r"@(\w+)\[([^\]]*)\]")
_ROUNDING: Final = re.compile(
    r"(?:round\w*|to)\D{0,30}?(\d+|one|two|three|four|five|zero|no)\s*(?:decimal|digit|dp\b|place)"
)
_SMALL_NUMBERS: Final = {"zero": 0, "no": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5}


@dataclass
class _Tables:
    """What the marks of a sketch point at, while it is being made."""

    pieces: list[str] = field(default_factory=list)
    mentions: list[ColumnMention] = field(default_factory=list)
    entities: list[EntityMention] = field(default_factory=list)
    values: list[ValueMention] = field(default_factory=list)
    numbers: list[Token] = field(default_factory=list)
    periods: list[Period] = field(default_factory=list)
    quotes: list[str] = field(default_factory=list)


def sketch(question: str, columns: Columns, find_values: ValueFinder) -> Draft:
    """The draft of a question, nothing read yet but what its words are tied to."""
    formats = _formats(question)
    plain = _without_formats(question) if formats else question
    source = _expand(plain)
    words, mended = _mended(tokens(source), columns)
    spans = choose(
        column_spans(words, columns) + value_spans(words, columns, find_values, source) + date_spans(words, columns)
    )
    made = _mark(words, spans)
    return Draft(
        question=question,
        text=re.sub(r"\s+", " ", " ".join(made.pieces)),
        columns=columns,
        mentions=made.mentions,
        entities=made.entities,
        values=made.values,
        numbers=made.numbers,
        periods=made.periods,
        quotes=made.quotes,
        formats=formats,
        assumed=mended,
    )


_GRAMMAR: Final = (
    "average", "median", "total", "maximum", "minimum", "number", "highest", "lowest", "largest", "smallest",
    "distribution", "correlation", "percentage", "percent", "between", "greater", "compare", "difference",
    "distinct", "different", "monthly", "weekly", "yearly", "descending", "ascending", "histogram", "scatter",
    "which", "without",
)  # fmt: skip
"""Words that do grammatical work and are mended when misspelt."""


def _mended(words: Sequence[Token], columns: Columns) -> tuple[list[Token], list[str]]:
    """The words with misspelt grammar mended, and what was mended, as sentences."""
    found: list[Token] = []
    notes: list[str] = []
    for token in words:
        right = _grammar_for(token, columns)
        if right:
            notes.append(f"“{token.text}” is read as “{right}”.")
            token = replace(token, text=right, lemma=lemma(right))
        found.append(token)
    return found, notes


def _grammar_for(token: Token, columns: Columns) -> str:
    """The one word of the grammar that this word misspells by a letter; empty for a word that means something."""
    said = token.text.casefold()
    if token.kind != "word" or len(said) < 4 or said in LIGHT_WORDS or token.lemma in LIGHT_WORDS or said in _GRAMMAR:
        return ""
    if said in AGGREGATES or said in ADJECTIVES or said in GRAINS or columns.candidates([token.lemma]):
        return ""
    near = [one for one in _GRAMMAR if one[0] == said[0] and OSA.distance(said, one) == 1]
    return near[0] if len(near) == 1 else ""


def _formats(question: str) -> tuple[AnswerFormat, ...]:
    decimals = None
    if match := _ROUNDING.search(question.casefold()):
        decimals = int(match[1]) if match[1].isdigit() else _SMALL_NUMBERS[match[1]]
    return tuple(AnswerFormat(name=match[1], decimals=decimals) for match in _FORMAT.finditer(question))


def _without_formats(question: str) -> str:
    """The question up to the sentence that gives the form of its answer."""
    sentences = re.split(r"(?<=[.?!\n])\s+", question)
    first = next((at for at, sentence in enumerate(sentences) if _FORMAT.search(sentence)), len(sentences))
    asked = " ".join(sentences[:first]) or question[: question.index("@")]
    return re.sub(r"(?i)\b(?:please )?(?:round|rounded|rounding)\b[^.?!]*", " ", asked)


def _expand(question: str) -> str:
    """Contractions and signs as words."""
    text = re.sub(r"(?i)n['’]t\b", " not", question)
    text = re.sub(r"(?i)\b(?:in|to) (?:US )?(?:USD|EUR|GBP|US dollars)\b(?=\s*\))", "", text)
    text = re.sub(r"(?<=[\w\"]) ?\* ?(?=[\w\"])", " x ", text)
    return text.replace("&", " and ").replace("≥", ">=").replace("≤", "<=").replace("≠", "!=")


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
    if isinstance(span.mention, EntityMention):
        made.entities.append(span.mention)
        return f"E{len(made.entities) - 1}"
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
