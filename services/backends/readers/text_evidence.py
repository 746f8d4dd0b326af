"""What was found out about a text file as a whole: encoding, delimiter, quote and header."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from services.backends.readers.encoding import CODECS, Encoding
from services.backends.readers.evidence import short
from services.backends.readers.found import File
from services.backends.readers.layout import Layout
from services.backends.readers.records import Dialect, records
from services.sources import Choice, Detected, ReadOptions

LINES: Final = 5
NAMES: Final = {
    ",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "space", ":": "colon", "^": "caret", "~": "tilde",
}  # fmt: skip
QUOTES: Final = {'"': 'double quote "', "'": "single quote '", "none": "none"}


def of(file: File, sample: str, found: Encoding, spoken: Dialect, shape: Layout) -> tuple[ReadOptions, list[Detected]]:
    """The options as used, and the evidence for each."""
    told = file.options
    used = told.model_copy(
        update={
            "encoding": found.codec,
            "delimiter": spoken.delimiter,
            "quote": spoken.quote,
            "header": shape.header_line,
        }
    )
    detected = [_encoding(told, found), _delimiter(told, sample, spoken), _quote(told, sample, spoken)]
    return used, [*detected, _header(told, sample, shape)]


def _encoding(told: ReadOptions, found: Encoding) -> Detected:
    return Detected(
        option="encoding",
        value=found.codec,
        label=CODECS.get(found.codec, found.codec),
        evidence=found.evidence,
        is_sure=found.is_sure,
        is_told=told.encoding is not None,
        choices=tuple(Choice(value=codec, label=label) for codec, label in CODECS.items()),
    )


def _delimiter(told: ReadOptions, sample: str, spoken: Dialect) -> Detected:
    widths = Counter(len(record.cells) for record in records(sample, spoken, 200))
    width, regular = widths.most_common(1)[0] if widths else (1, 0)
    total = sum(widths.values())
    one = "Nothing sets cells apart: there is one column."
    evidence = f"{regular:,} of the first {total:,} lines then have {width:,} cells." if width > 1 else one
    return Detected(
        option="delimiter",
        value=spoken.delimiter,
        label=_named(spoken.delimiter),
        evidence=evidence,
        is_sure=width > 1 and regular >= 0.9 * total,
        is_told=told.delimiter is not None,
        choices=tuple(Choice(value=each, label=_named(each)) for each in NAMES),
    )


def _quote(told: ReadOptions, sample: str, spoken: Dialect) -> Detected:
    used = spoken.quote and any(len(each.bare) < len(each.cells) for each in records(sample, spoken, 200))
    evidence = "Some cells stand between them." if used else "No cell near the beginning is quoted."
    return Detected(
        option="quote",
        value=spoken.quote or "none",
        label=QUOTES.get(spoken.quote or "none", spoken.quote),
        evidence=evidence,
        is_told=told.quote is not None,
        choices=tuple(Choice(value=each, label=label) for each, label in QUOTES.items()),
    )


def _header(told: ReadOptions, sample: str, shape: Layout) -> Detected:
    none = "The first line looks like the lines below it."
    some = "Its cells are names: they differ from what stands below."
    return Detected(
        option="header",
        value=str(shape.header_line),
        label=f"line {shape.header_line}" if shape.header_line else "none",
        evidence=some if shape.header_line else none,
        is_sure=not any(name.startswith("column_") for name in shape.names),
        is_told=told.header is not None,
        choices=(Choice(value="0", label="none: number the columns"), *_lines(sample, shape)),
    )


def _lines(sample: str, shape: Layout) -> Iterator[Choice]:
    """The first lines, and the one that was taken."""
    lines = sample.split("\n", max(LINES, shape.header_line) + 1)
    for number, line in enumerate(lines, start=1):
        if line.strip() and (number <= LINES or number == shape.header_line):
            yield Choice(value=str(number), label=f"line {number}: {short(line)}")


def _named(delimiter: str) -> str:
    return NAMES.get(delimiter) or NAMES.get(delimiter.strip(), f"“{delimiter}”")
