"""What the texts of a column look like: numbers, numbers with a unit, dates, placeholders, words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from services.backends import semantic_words as known
from services.conditions import MOST_VALUES

LOOKED_AT: Final = 20_000
"""Different texts judged, the most frequent first."""
EXAMPLES: Final = 5

_PLACEHOLDER: Final = re.compile(r"(?i)\s*(n/?a|n\.a\.|none|null|nan|nil|unknown|missing|not available|[-–—.?]*)\s*")
_PLAIN: Final = re.compile(r"[-+(]?\s*(\d[\d.,'’\s]*|[.,]\d+)(e[-+]?\d+)?\)?", re.IGNORECASE)
_PREFIXED: Final = re.compile(r"\s*([-+]?)\s*([€$£¥₹]|[A-Z]{3}(?=\s))\s*([-+]?\d[\d.,'’\s]*)")
_SUFFIXED: Final = re.compile(r"\s*([-+]?\d[\d.,'’\s]*?)\s*([^\W\d_]{1,10}\d?|[%€$£¥₹]|°[CFcf])\s*")
_WHOLE: Final = re.compile(r"\d+(\.\d+)?|\d{1,3}([,.'’\s]\d{3})+([.,]\d+)?|\d+,\d+|[.,]\d+|\d+[.,]")
_DATES: Final = (
    (re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([T ].*)?"), ("%Y-%m-%d",)),
    (re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4}( .*)?"), ("%d-%m-%Y", "%m-%d-%Y")),
    (re.compile(r"\d{1,2}[- ][A-Za-z]{3,9}[- ,]+\d{4}"), ("%d-%b-%Y", "%d-%B-%Y")),
    (re.compile(r"[A-Za-z]{3,9} \d{1,2}, \d{4}"), ("%b-%d-%Y", "%B-%d-%Y")),
)
_COMPACT: Final = re.compile(r"(19|20)\d{6}")


class Form(StrEnum):
    NUMBER = "number"
    DATE = "date"
    PLACEHOLDER = "placeholder"
    OTHER = "other"


@dataclass
class Forms:
    """Rows by the form of their text."""

    weight: Counter[Form] = field(default_factory=Counter)
    units: Counter[str] = field(default_factory=Counter)
    examples: dict[Form, list[str]] = field(default_factory=lambda: {form: [] for form in Form})
    strays: dict[Form, list[str]] = field(default_factory=lambda: {form: [] for form in Form})
    """The texts of each form as they stand in the table, up to a thousand."""
    other_values: int = 0
    """Different texts that are nothing special."""
    wordy: int = 0
    """Rows of other text without a digit."""
    compact_dates: int = 0
    has_leading_zeros: bool = False
    has_decimal_comma: bool = False

    @classmethod
    def of(cls, counts: Mapping[str, int]) -> Forms:
        """What these texts, with their numbers of rows, look like."""
        made = cls()
        for text, rows in list(counts.items())[:LOOKED_AT]:
            made._add(text.strip(), rows, text)
        return made

    @property
    def judged(self) -> int:
        """Rows whose text says something."""
        return self.weight.total() - self.weight[Form.PLACEHOLDER]

    def share(self, form: Form) -> float:
        return self.weight[form] / self.judged if self.judged else 0.0

    @property
    def units_share(self) -> float:
        return self.units.total() / self.judged if self.judged else 0.0

    @property
    def main_units(self) -> dict[str, int]:
        """Rows by unit, the most frequent first."""
        return dict(self.units.most_common())

    @property
    def wordy_share(self) -> float:
        """Share of the other texts that hold no digit."""
        return self.wordy / self.weight[Form.OTHER] if self.weight[Form.OTHER] else 0.0

    def _add(self, text: str, rows: int, written: str) -> None:
        form = self._form(text, rows)
        if len(self.strays[form]) < MOST_VALUES:
            self.strays[form].append(written)
        self.weight[form] += rows
        if len(self.examples[form]) < EXAMPLES:
            self.examples[form].append(text)
        if form is Form.OTHER:
            self.other_values += 1
            self.wordy += rows * (not any(c.isdigit() for c in text))

    def _form(self, text: str, rows: int) -> Form:
        if _PLACEHOLDER.fullmatch(text):
            return Form.PLACEHOLDER
        if len(text) > 60:
            return Form.OTHER
        if _is_date(text):
            self.compact_dates += rows * bool(_COMPACT.fullmatch(text))
            return Form.DATE
        number, unit = _parts(text)
        if number is None:
            return Form.OTHER
        if unit:
            self.units[unit] += rows
        if len(number) > 1 and number[0] == "0" and number[1].isdigit():
            self.has_leading_zeros = True
        if re.search(r",\d{1,2}$", number) or re.search(r"\.\d{3},", number):
            self.has_decimal_comma = True
        return Form.NUMBER


def _parts(text: str) -> tuple[str | None, str]:
    """The number in the text and its unit; no number where the text is something else."""
    number, unit = text, ""
    if _PLAIN.fullmatch(text):
        pass
    elif found := _PREFIXED.fullmatch(text):
        number, unit = found[3], found[2]
    elif found := _SUFFIXED.fullmatch(text):
        number, unit = found[1], found[2]
    else:
        return None, ""
    if unit and not (unit.lower() in known.UNITS or unit.lower() in known.CURRENCIES or unit == "%"):
        return None, ""
    plain = re.sub(r"(?i)e[-+]?\d+$", "", number.strip().lstrip("(+-").rstrip(")").strip())
    return (plain, unit) if _WHOLE.fullmatch(plain) else (None, "")


def _is_date(text: str) -> bool:
    if _COMPACT.fullmatch(text):
        return _reads(text, ("%Y%m%d",))
    for pattern, formats in _DATES:
        if pattern.fullmatch(text):
            day = text.split("T")[0] if formats[0] == "%Y-%m-%d" else text
            cleaned = "-".join(part for part in re.split(r"[-/.,\s]+", day) if part)
            return _reads("-".join(cleaned.split("-")[:3]), formats)
    return False


def _reads(text: str, formats: tuple[str, ...]) -> bool:
    for form in formats:
        try:
            datetime.strptime(text, form)
        except ValueError:
            continue
        return True
    return False
