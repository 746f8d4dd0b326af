"""What a column is for, guessed from its name, a few facts and some of its values."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property

from services.backends import semantic_words as known
from services.domain import Kind, Semantic

UNIQUE_SHARE = 0.9
FEW_VALUES = 50
REPEATED_SHARE = 0.5
LONG_TEXT = 80
MOST_OF = 0.9
"""Share of the values that must look like an email, a web address …"""
SOME_OF = 0.6
"""Share of the values that must be countries: lists of countries differ."""


@dataclass(frozen=True)
class Facts:
    """What the guess is made from. `filled` is the number of rows with a value, `length` the mean text length."""

    name: str
    kind: Kind
    filled: int
    distinct: int
    low: float | None = None
    high: float | None = None
    length: float = 0.0
    values: tuple[str, ...] = ()
    """Some of the values, as text."""

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The name cut into lower-case words: "CustomerID_2" is customer, id, 2."""
        spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", self.name)
        return tuple(re.findall(r"[^\W_]+", spaced.lower()))

    @property
    def is_unique(self) -> bool:
        return self.filled > 0 and self.distinct >= UNIQUE_SHARE * self.filled

    @property
    def repeats(self) -> bool:
        return self.distinct <= REPEATED_SHARE * self.filled

    def is_named(self, words: Collection[str]) -> bool:
        """Whether the last word of the name, numbers and units aside, is one of `words`."""
        spoken = [word for word in self.words if not word.isdigit()]
        plain = spoken[:-1] if len(spoken) > 1 and spoken[-1] in known.UNITS and spoken[-1] not in words else spoken
        return bool(plain) and plain[-1] in words

    def is_within(self, low: float, high: float) -> bool:
        return self.low is not None and self.high is not None and low <= self.low and self.high <= high

    def share(self, test: Callable[[str], object]) -> float:
        """Share of the values that pass the test; 0 without values."""
        return sum(bool(test(value.strip())) for value in self.values) / len(self.values) if self.values else 0.0


def guess(facts: Facts) -> Semantic:
    """The semantic type; TEXT when nothing else fits."""
    if facts.kind is Kind.BOOLEAN:
        return Semantic.BOOLEAN
    if facts.kind.is_date:
        return Semantic.DATE
    if facts.kind.is_number:
        return _number(facts)
    if facts.kind is Kind.TEXT:
        return _text(facts)
    return Semantic.DURATION if facts.kind is Kind.TIME and facts.is_named(known.DURATIONS) else Semantic.TEXT


def unit(facts: Facts, semantic: Semantic) -> str:
    """The unit in the name: "kg" of "weight_kg", "EUR" of "Price (€)"; "" for none."""
    signs = [known.CURRENCIES[sign] for sign in known.CURRENCIES if sign in facts.name and not sign.isascii()]
    signs += [known.CURRENCIES[word] for word in facts.words if word in known.CURRENCIES]
    if "$" in facts.name and not signs:
        signs = ["USD"]
    if signs and facts.kind.is_number:
        return signs[0]
    if semantic is Semantic.PERCENT:
        return "%" if facts.high is not None and facts.high > 1 else "share"
    is_last = len(facts.words) > 1 and facts.words[-1] in known.UNITS and semantic.is_amount
    if is_last and facts.kind.is_number:
        return facts.words[-1]
    return facts.words[-1] if semantic is Semantic.DURATION and facts.words[-1] in known.UNITS else ""


def is_target(facts: Facts) -> bool:
    """Whether the column looks like what one would predict: a few values under a telling name."""
    return 2 <= facts.distinct <= 20 and not known.TARGETS.isdisjoint(facts.words)


def _number(facts: Facts) -> Semantic:
    plain = _plain_number(facts)
    if facts.is_named(known.LATITUDES) and facts.is_within(-90, 90):
        return Semantic.LATITUDE
    if facts.is_named(known.LONGITUDES) and facts.is_within(-180, 180):
        return Semantic.LONGITUDE
    if facts.kind is Kind.INTEGER and facts.is_named(known.POSTCODES):
        return Semantic.POSTCODE
    if facts.kind is Kind.INTEGER and facts.is_named(known.PHONES):
        return Semantic.PHONE
    if plain is Semantic.CATEGORY and facts.is_named(known.RATINGS):
        return Semantic.ORDINAL
    return _amount(facts) if plain is Semantic.MEASURE else plain


def _plain_number(facts: Facts) -> Semantic:
    if facts.kind is Kind.DECIMAL:
        return Semantic.MEASURE
    if _is_year(facts):
        return Semantic.YEAR
    if _is_id(facts):
        return Semantic.CATEGORY if facts.repeats else Semantic.ID
    if _is_counted(facts):
        return Semantic.MEASURE
    if facts.is_named(known.CODES):
        return Semantic.ID if facts.is_unique else Semantic.CATEGORY if facts.repeats else Semantic.MEASURE
    if _counts_rows(facts):
        return Semantic.ID
    is_class = bool(facts.words) and facts.words[-1].endswith(known.CLASSES)
    return Semantic.CATEGORY if is_class and facts.distinct <= FEW_VALUES else Semantic.MEASURE


def _amount(facts: Facts) -> Semantic:
    if facts.kind is Kind.INTEGER and _is_date_part(facts):
        return Semantic.DATE_PART
    if facts.kind is Kind.INTEGER and facts.is_named(known.RATINGS) and facts.is_within(0, 10):
        return Semantic.ORDINAL
    if "%" in facts.name or facts.is_named(known.PERCENTS) or (facts.is_named(known.SHARES) and facts.is_within(0, 1)):
        return Semantic.PERCENT
    if facts.is_named(known.DURATIONS):
        return Semantic.DURATION
    if facts.is_named(known.MONEY) or any(sign in facts.name for sign in known.CURRENCIES if not sign.isalnum()):
        return Semantic.CURRENCY
    if facts.kind is Kind.INTEGER and _is_counted(facts) and (facts.low or 0) >= 0:
        return Semantic.COUNT
    return Semantic.MEASURE


def _text(facts: Facts) -> Semantic:
    if facts.filled == 0:
        return Semantic.TEXT
    for semantic, pattern in ((Semantic.EMAIL, known.EMAIL), (Semantic.URL, known.URL)):
        if facts.share(pattern.fullmatch) >= MOST_OF:
            return semantic
    is_phone = facts.is_named(known.PHONES) and facts.share(known.PHONE.fullmatch) >= SOME_OF
    if is_phone or facts.share(lambda value: value.startswith("+") and known.PHONE.fullmatch(value)) >= MOST_OF:
        return Semantic.PHONE
    if facts.length > LONG_TEXT:
        return Semantic.TEXT
    if facts.distinct > 1 and facts.is_unique and (_is_id(facts) or facts.is_named(known.CODES)):
        return Semantic.POSTCODE if facts.is_named(known.POSTCODES) else Semantic.ID
    if facts.is_unique and facts.share(known.UUID.fullmatch) >= MOST_OF:
        return Semantic.ID
    return _place(facts) or _listed(facts) or _plain_text(facts)


def _place(facts: Facts) -> Semantic | None:
    if facts.is_named(known.POSTCODES):
        return Semantic.POSTCODE
    in_list = facts.share(lambda value: value.lower() in known.countries())
    if facts.is_named(known.COUNTRIES) or (in_list >= MOST_OF and facts.length > 3) or "country" in facts.words[-2:]:
        return Semantic.COUNTRY if in_list >= SOME_OF or facts.is_named(known.COUNTRIES) else None
    if facts.is_named(known.CITIES):
        return Semantic.CITY
    return Semantic.REGION if facts.is_named(known.REGIONS) and facts.repeats else None


def _listed(facts: Facts) -> Semantic | None:
    """Text whose values all stand in a known list."""
    values = {value.strip().lower() for value in facts.values}
    if len(values) < 2 or facts.distinct > len(facts.values):
        return None
    if len(values) <= 2 and values <= known.YES_NO:
        return Semantic.BOOLEAN
    if any(values <= part for part in known.PART_VALUES):
        return Semantic.DATE_PART
    return Semantic.ORDINAL if any(values <= order for order in known.ORDERS) else None


def _plain_text(facts: Facts) -> Semantic:
    few = facts.distinct <= FEW_VALUES and (facts.distinct <= 20 or facts.repeats)
    return Semantic.CATEGORY if few or facts.repeats else Semantic.TEXT


def _is_id(facts: Facts) -> bool:
    """Whether the name ends in a word for identifiers; "id" may also come first: "ID sale"."""
    spoken = [word for word in facts.words if not word.isdigit()]
    return bool(spoken) and (spoken[-1] in known.ID or spoken[0] in ("id", "uuid"))


def _is_counted(facts: Facts) -> bool:
    starts = len(facts.words) > 1 and facts.words[0] in known.COUNT_STARTS and facts.words[-1] not in known.CODES
    return facts.is_named(known.COUNTED) or starts


def _is_date_part(facts: Facts) -> bool:
    found = [known.DATE_PARTS[word] for word in facts.words[-1:] if word in known.DATE_PARTS]
    return any(facts.is_within(*bounds) for bounds in found)


def _is_year(facts: Facts) -> bool:
    if facts.low is None or facts.high is None or facts.low < 1500 or facts.high > 2200:
        return False
    return "year" in facts.name.lower() or not known.YEARS.isdisjoint(facts.words)


def _counts_rows(facts: Facts) -> bool:
    """A nameless running number, as spreadsheets and data frames write it in front of each row."""
    if not known.ROW_NUMBER.fullmatch(facts.name.strip().lower()) or facts.low not in (0, 1) or facts.high is None:
        return False
    return facts.filled > 1 and facts.distinct == facts.filled == facts.high - facts.low + 1
