"""What the text of a cell says: numbers, years, dates and times. The code that is written reads them the same way."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from dateutil import parser as dates  # type: ignore[import-untyped]

from services.assistant.builtin.records.form import Reading

NUMBER: Final = r"(?:(?<![\w.)])-)?\d+(?:\.\d+)?"
GROUPED: Final = r"(?<=\d)[,\u00a0 ](?=\d{3}(?!\d))"
YEAR: Final = r"(?<!\d)(1[0-9]\d\d|20\d\d)(?!\d)"
CLOCK: Final = r"(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)"
NOTES: Final = r"\[[^\]]*\]|\([^)]*\)"
_MONTH: Final = re.compile(
    r"(?i)\b(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b"
)
_DASHES: Final = str.maketrans({"−": "-", "–": "-", "—": "-"})


def number(text: str) -> float | None:
    """The first number in the text."""
    plain = re.sub(GROUPED, "", text.translate(_DASHES))
    found = re.search(NUMBER, plain)
    return float(found[0]) if found else None


def year(text: str) -> float | None:
    """The first year in the text."""
    found = re.search(YEAR, text)
    return float(found[1]) if found else None


def clock(text: str) -> float | None:
    """Seconds of "2:05.3" or "1:15:20"."""
    found = re.search(CLOCK, text)
    return float(found[1] or 0) * 3600 + float(found[2]) * 60 + float(found[3]) if found else None


@lru_cache(maxsize=20_000)
def day(text: str) -> float | None:
    """Days since 1970 of a date in digits or words; without a year, in 2000."""
    plain = re.sub(NOTES, "", text).strip()
    if not re.search(r"\d", plain) or not (_MONTH.search(plain) or re.match(r"\d{4}-\d\d?-\d", plain)):
        return None
    try:
        found = dates.parse(plain, default=datetime(2000, 1, 1))
    except (ValueError, OverflowError):
        return None
    return float((found.date() - date(1970, 1, 1)).days)


READERS: Final[dict[Reading, Callable[[str], float | None]]] = {
    Reading.NUMBER: number,
    Reading.YEAR: year,
    Reading.CLOCK: clock,
    Reading.DATE: day,
}


def read(value: Any, reading: Reading) -> float | None:
    """The number a cell stands for; None where it holds none."""
    if value is None or value != value:
        return None
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value) if reading is Reading.NUMBER else READERS[reading](text_of(value))
    if isinstance(value, datetime | date):
        return _read_date(value, reading)
    return READERS[reading](str(value))


def _read_date(value: date, reading: Reading) -> float | None:
    if reading is Reading.YEAR:
        return float(value.year)
    plain = value.date() if isinstance(value, datetime) else value
    return float((plain - date(1970, 1, 1)).days) if reading is Reading.DATE else None


def text_of(value: Any) -> str:
    """The cell as a person reads it; empty where there is none."""
    if value is None or value != value:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M").removesuffix(" 00:00")
    return str(value)
