"""Stretches of time a few words say."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence

from services.assistant.builtin.language.lexicon import MONTHS
from services.assistant.builtin.language.question import Period
from services.assistant.builtin.language.words import Token


def period_of(part: Sequence[Token], before: Token | None) -> Period | None:
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
    if match := re.fullmatch(r"((?:1[789]|20)\d)0['’]?s", low):
        return Period(text, f"{match[1]}0-01-01", f"{match[1]}9-12-31")
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
