"""What a column is for, guessed from its name and a few facts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from services.domain import Kind, Semantic

ID_WORDS = frozenset({"id", "ids", "uuid", "guid", "key", "pk", "identifier", "ssn", "isbn", "sku", "index", "idx"})
CODE_WORDS = frozenset(
    {"code", "zip", "zipcode", "postcode", "postal", "phone", "fax", "barcode", "no", "nr", "number"}
)
CLASS_WORDS = ("class", "type", "category", "group", "status", "cluster", "segment", "label", "gender", "sex", "zone")
YEAR_WORDS = frozenset({"year", "yr", "yyyy", "season", "vintage"})
ROW_NUMBER = re.compile(r"column_\d+|unnamed.*|row|row_?(number|num|nr|names?)|rownum|#|n|")

UNIQUE_SHARE = 0.9
FEW_VALUES = 50
REPEATED_SHARE = 0.5
LONG_TEXT = 80


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

    @property
    def words(self) -> tuple[str, ...]:
        """The name cut into lower-case words: "CustomerID_2" is customer, id, 2."""
        spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", self.name)
        return tuple(re.findall(r"[^\W_]+", spaced.lower()))

    @property
    def is_unique(self) -> bool:
        return self.filled > 0 and self.distinct >= UNIQUE_SHARE * self.filled


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
    return Semantic.TEXT


def _number(facts: Facts) -> Semantic:
    if facts.kind is Kind.DECIMAL:
        return Semantic.MEASURE
    if _is_year(facts):
        return Semantic.YEAR
    if _named(facts, ID_WORDS):
        return Semantic.CATEGORY if _repeats(facts) else Semantic.ID
    if _named(facts, CODE_WORDS):
        return Semantic.ID if facts.is_unique else Semantic.CATEGORY if _repeats(facts) else Semantic.MEASURE
    if _counts_rows(facts):
        return Semantic.ID
    is_class = bool(facts.words) and facts.words[-1].endswith(CLASS_WORDS)
    return Semantic.CATEGORY if is_class and facts.distinct <= FEW_VALUES else Semantic.MEASURE


def _text(facts: Facts) -> Semantic:
    if facts.filled == 0 or facts.length > LONG_TEXT:
        return Semantic.TEXT
    if _named(facts, ID_WORDS | CODE_WORDS) and facts.is_unique and facts.distinct > 1:
        return Semantic.ID
    few = facts.distinct <= FEW_VALUES and (facts.distinct <= 20 or _repeats(facts))
    return Semantic.CATEGORY if few or _repeats(facts) else Semantic.TEXT


def _is_year(facts: Facts) -> bool:
    if facts.low is None or facts.high is None or facts.low < 1500 or facts.high > 2200:
        return False
    return "year" in facts.name.lower() or not YEAR_WORDS.isdisjoint(facts.words)


def _named(facts: Facts, words: frozenset[str]) -> bool:
    """Whether the last word of the name, numbers aside, is one of `words`; "id" may also come first: "ID sale"."""
    spoken = [word for word in facts.words if not word.isdigit()]
    return bool(spoken) and (spoken[-1] in words or (spoken[0] in ("id", "uuid") and "id" in words))


def _repeats(facts: Facts) -> bool:
    return facts.distinct <= REPEATED_SHARE * facts.filled


def _counts_rows(facts: Facts) -> bool:
    """A nameless running number, as spreadsheets and data frames write it in front of each row."""
    if not ROW_NUMBER.fullmatch(facts.name.strip().lower()) or facts.low not in (0, 1) or facts.high is None:
        return False
    return facts.filled > 1 and facts.distinct == facts.filled == facts.high - facts.low + 1
