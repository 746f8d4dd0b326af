"""The numbers and dates that a text claims, with every way to read each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

LONGEST: Final = 20_000
"""Characters of a text that are read."""
MOST: Final = 500
SPACES: Final = "\u00a0\u202f\u2009 "
_MONTHS: Final = (
    "jan(?:uary|uar)?|feb(?:ruary|ruar)?|mar(?:ch)?|märz|apr(?:il)?|may|mai|jun[ei]?|jul[yi]?|aug(?:ust)?|"
    "sep(?:t|tember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?"
)
_DATE: Final = re.compile(
    r"\b(?:\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?|\d{4}[-/]\d{2}(?!\d)|\d{4}-?[QW]\d{1,2}"
    r"|\d{1,2}:\d{2}(?::\d{2})?"
    r"|\d{1,2}[./]\d{1,2}[./]\d{4}"
    rf"|\d{{1,2}}(?:st|nd|rd|th|\.)? (?:{_MONTHS})\b\.?(?:,? \d{{4}})?"
    rf"|(?:{_MONTHS}) \d{{1,2}}(?:st|nd|rd|th)?\b(?!,\d{{3}})(?:,? \d{{4}})?)",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(
    rf"(?<![\w.,])(?P<sign>[-−+])?(?P<digits>\d{{1,3}}(?:[{SPACES}]\d{{3}})+(?:[.,]\d+)?(?!\d)|\d[\d.,'’]*)(?P<power>e[-+]?\d{{1,3}})?"
    r"(?P<suffix>(?:[ \u00a0\u202f]?%|[ \u00a0\u202f]?(?:percentage points?|per ?cent|percent|pp|pts|Prozent)\b"
    r"|[ \u00a0\u202f]?(?:thousand|thsd|Tsd|million|mn|mio|billion|bn|mrd|milliards?|trillion)\b|[ ]?[kKmMBT]\b"
    r"|(?:st|nd|rd|th)\b)?)",
    re.IGNORECASE,
)
_SCALES: Final = {
    "k": 1e3, "thousand": 1e3, "thsd": 1e3, "tsd": 1e3, "m": 1e6, "mn": 1e6, "mio": 1e6, "million": 1e6,
    "b": 1e9, "bn": 1e9, "billion": 1e9, "mrd": 1e9, "milliard": 1e9, "milliards": 1e9, "t": 1e12, "trillion": 1e12,
}  # fmt: skip
_PERCENT: Final = ("%", "per", "pro", "pp", "pts")
_ORDINALS: Final = ("st", "nd", "rd", "th")
_TIMES: Final = re.compile(r"[ -]?(?:times|x\b|×|fold|mal\b|fois)", re.IGNORECASE)
_HEDGE: Final = r"(?:{})\s*(?:[$€£¥]\s*)?$"
_ABOUT: Final = re.compile(
    _HEDGE.format(
        r"about|around|roughly|nearly|almost|approximately|approx\.?|ca\.?|circa|some|~|≈|etwa|rund|environ|unos"
    ),
    re.IGNORECASE,
)
_BEYOND: Final = re.compile(
    _HEDGE.format(r"over|under|above|below|than|least|most|>|<|≥|≤|über|plus de|más de"), re.IGNORECASE
)
_LISTED: Final = re.compile(r"(?:^|\n)[ \t]*$")
_GROUPED: Final = r"\d{{1,3}}(?:{0}\d{{3}})+"


@dataclass(frozen=True)
class Reading:
    """One way to read a number: it stands for what lies within `slack` of `value`."""

    value: float
    slack: float


@dataclass(frozen=True)
class Said:
    """A number or a date as it stands in a text, from `start` to `end`."""

    text: str
    start: int
    end: int
    readings: tuple[Reading, ...] = ()
    """Empty for a date."""
    is_percent: bool = False
    is_ratio: bool = False

    @property
    def is_date(self) -> bool:
        return not self.readings

    @property
    def is_whole(self) -> bool:
        """Whether it may be a count."""
        return any(reading.value.is_integer() and reading.slack >= 0.5 for reading in self.readings)

    @property
    def is_spaced(self) -> bool:
        """Whether spaces part its digits."""
        return any(space in self.text for space in SPACES)

    @property
    def is_plain(self) -> bool:
        """Whether it is only digits, as years and names are."""
        return self.text.isdigit()


def numbers(text: str) -> list[Said]:
    """What the text claims, in order; labels ("Q3", "COVID-19"), ranks ("3rd") and the numbers of a list are none."""
    found = []
    for said in _claims(text[:LONGEST]):
        found.append(said)
        if len(found) == MOST:
            break
    return found


def _claims(text: str) -> Iterator[Said]:
    dates = [match.span() for match in _DATE.finditer(text)]
    at = 0
    for start, end in [*dates, (len(text), len(text))]:
        for match in _NUMBER.finditer(text, at, start):
            if (said := _number(text, match)) is not None:
                yield said
        if end > start:
            yield Said(text[start:end], start, end)
        at = end


def _number(text: str, match: re.Match[str]) -> Said | None:
    digits = match["digits"].rstrip(".,'’")
    suffix = match["suffix"] if len(digits) == len(match["digits"]) or match["power"] else ""
    end = match.end("digits") - (len(match["digits"]) - len(digits)) if not suffix else match.end()
    if _is_label(text, match, end, suffix):
        return None
    word = suffix.strip(SPACES).lower()
    scale = _SCALES.get(word, 1.0)
    before = text[max(0, match.start() - 24) : match.start()]
    rough = 0.5 if _ABOUT.search(before) else 1.0 if _BEYOND.search(before) else 0.0
    readings = [Reading(each.value * scale, each.slack * scale) for each in _readings(digits, match["power"], rough)]
    if word == "m":
        readings += _readings(digits, match["power"], rough)
    is_ratio = bool(_TIMES.match(text, end))
    start = match.start("digits")
    return Said(text[start:end], start, end, tuple(readings), word.startswith(_PERCENT), is_ratio)


def _is_label(text: str, match: re.Match[str], end: int, suffix: str) -> bool:
    before, after = text[max(0, match.start("digits") - 2) : match.start("digits")], text[end : end + 2]
    if suffix.lower() in _ORDINALS or before.endswith("#") or re.match(r"[^\W\d]-", before):
        return True
    if _LISTED.search(text[max(0, match.start() - 40) : match.start()]) and re.match(r"[.)] ", after):
        return True
    return bool(not suffix and re.match(r"[A-Z_]", after) and not re.match(r"[A-Z]{3}\b", text[end : end + 4]))


def _readings(digits: str, power: str | None, rough: float) -> list[Reading]:
    """Marks may part thousands or decimals: "1.234" is read both ways."""
    texts = {_without(digits, mark) for mark in "., '’\u00a0\u202f\u2009" if _is_grouped(digits, mark)}
    texts |= {digits, digits.replace(",", ".")} if digits.count(".") + digits.count(",") <= 1 else set()
    return [_reading(text, power or "", rough) for text in sorted(texts) if re.fullmatch(r"\d+(?:\.\d*)?", text)]


def _is_grouped(digits: str, mark: str) -> bool:
    return bool(re.fullmatch(_GROUPED.format(re.escape(mark)) + r"(?:[.,]\d+)?", digits))


def _without(digits: str, mark: str) -> str:
    return digits.replace(mark, "").replace(",", ".")


def _reading(text: str, power: str, rough: float) -> Reading:
    """`rough`: how much of its last place that is no zero it may be off; 0 for a number that is said plainly."""
    whole, _, decimals = text.partition(".")
    exponent = int(power[1:]) if power else 0
    value, unit = float(f"{text}e{exponent}"), float(f"1e{exponent - len(decimals)}")
    if not rough:
        return Reading(value, unit * 0.5)
    idle = len(whole) - len(whole.rstrip("0")) if not decimals.strip("0") else 0
    return Reading(value, unit * rough * 10.0 ** min(idle, 300))
