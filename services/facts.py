"""The nouns of a profile: what is in a table. `services.domain` passes them on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum

from pydantic import JsonValue

from services.conditions import Fact as Fact
from services.conditions import View


class Kind(StrEnum):
    """How a column is stored."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    TIME = "time"
    OTHER = "other"

    @property
    def is_number(self) -> bool:
        return self in (Kind.INTEGER, Kind.DECIMAL)

    @property
    def is_date(self) -> bool:
        return self in (Kind.DATE, Kind.DATETIME)


class Semantic(StrEnum):
    """What a column is for."""

    ID = "id"
    CATEGORY = "category"
    ORDINAL = "ordinal"
    """Categories with an order: "low, medium, high", or 1 to 5."""
    COUNT = "count"
    MEASURE = "measure"
    CURRENCY = "currency"
    PERCENT = "percent"
    DURATION = "duration"
    DATE = "date"
    YEAR = "year"
    DATE_PART = "date part"
    """A month, a weekday, a quarter …, without the rest of the date."""
    COUNTRY = "country"
    REGION = "region"
    CITY = "city"
    POSTCODE = "postcode"
    LATITUDE = "latitude"
    LONGITUDE = "longitude"
    EMAIL = "email"
    PHONE = "phone"
    URL = "url"
    BOOLEAN = "boolean"
    TEXT = "text"
    """Free text, and whatever is nothing else."""

    @property
    def is_amount(self) -> bool:
        """Whether adding or averaging the values says something."""
        return self in _AMOUNTS

    @property
    def is_group(self) -> bool:
        """Whether grouping by the values says something."""
        return self in _GROUPS

    @property
    def is_code(self) -> bool:
        """Whether numbers in the column are names: no thousands apart, no sum."""
        return self in _CODES

    @property
    def coarse(self) -> Semantic:
        """The plain type behind a finer one: a currency is a measure, a city a category, an email a text."""
        if self in _AMOUNTS or self in (Semantic.LATITUDE, Semantic.LONGITUDE):
            return Semantic.MEASURE
        if self in (Semantic.EMAIL, Semantic.PHONE, Semantic.URL):
            return Semantic.TEXT
        return Semantic.CATEGORY if self in _GROUPS and self is not Semantic.BOOLEAN else self


_AMOUNTS = frozenset({Semantic.COUNT, Semantic.MEASURE, Semantic.CURRENCY, Semantic.PERCENT, Semantic.DURATION})
_GROUPS = frozenset(
    {
        *(Semantic.CATEGORY, Semantic.ORDINAL, Semantic.BOOLEAN, Semantic.DATE_PART),
        *(Semantic.COUNTRY, Semantic.REGION, Semantic.CITY, Semantic.POSTCODE),
    }
)
_CODES = frozenset({Semantic.ID, Semantic.YEAR, Semantic.POSTCODE, Semantic.PHONE, Semantic.DATE_PART})


class Meaning(Fact):
    """What a person says a column is for. It wins over what was guessed."""

    semantic: Semantic
    unit: str = ""
    """ "kg", "EUR", "minutes"; empty for none or unknown."""


class Count(Fact):
    """A value, as text, and the number of rows that hold it."""

    value: str
    rows: int


class Histogram(Fact):
    """Rows in bins of equal width. Dates are seconds since 1970, UTC."""

    low: float
    """Lower edge of the first bin."""
    high: float
    """Upper edge of the last bin."""
    rows: tuple[int, ...]
    under: int = 0
    """Rows below the first bin: far outliers are left out so that the rest has a shape."""
    over: int = 0

    @property
    def width(self) -> float:
        return (self.high - self.low) / max(1, len(self.rows))


class Gap(Fact):
    """A stretch of time without a row: the last moment before it and the first after it, as ISO text."""

    start: str
    end: str
    periods: int
    """Whole periods that are missing."""


class Coverage(Fact):
    """Which periods of time a date column covers."""

    grain: str
    """ "day", "week", "month", "quarter" or "year"; "hour" and "minute" for moments."""
    periods: int
    """From the first to the last."""
    filled: int
    """Periods with at least one row."""
    gaps: tuple[Gap, ...] = ()
    """The longest first, ten at most."""


class ColumnProfile(Fact):
    """Facts about one column. Numbers are None where the kind has none; `low` and `high` are ISO text for dates."""

    name: str
    kind: Kind
    semantic: Semantic
    missing: int
    distinct: int
    """Exact up to 1 million rows, else DuckDB's HyperLogLog estimate."""
    low: str | None = None
    high: str | None = None
    mean: float | None = None
    top: tuple[Count, ...] = ()
    """The most frequent values, most frequent first; empty for numbers with many values."""

    unit: str = ""
    """ "kg", "EUR", "%": from the name or the values; empty for none."""
    is_corrected: bool = False
    """Whether a person said what the column is for."""
    is_target: bool = False
    """Whether it looks like what one would predict: "churned", "price"."""
    is_estimate: bool = False
    """Whether `distinct` is an estimate (a few per cent off)."""
    spread: float | None = None
    """Standard deviation."""
    skew: float | None = None
    zeros: int | None = None
    negative: int | None = None
    quantiles: tuple[float, ...] = ()
    """At 1, 5, 25, 50, 75, 95 and 99 per cent; estimates (t-digest). Numbers only."""
    histogram: Histogram | None = None
    coverage: Coverage | None = None
    lengths: tuple[int, float, int] | None = None
    """Characters of the shortest text, of the mean one, and of the longest."""
    examples: tuple[str, ...] = ()
    """Up to five values of different rows."""

    @property
    def quartiles(self) -> tuple[float, float, float] | None:
        """At 25, 50 and 75 per cent."""
        return (self.quantiles[2], self.quantiles[3], self.quantiles[4]) if len(self.quantiles) == 7 else None


class AlertKind(StrEnum):
    """What may be wrong with a column or a table."""

    CONSTANT = "constant"
    NEAR_CONSTANT = "near constant"
    MISSING = "missing values"
    EMPTY = "empty"
    ALL_DISTINCT = "all distinct"
    HIGH_CARDINALITY = "high cardinality"
    ZEROS = "many zeros"
    SKEW = "skew"
    OUTLIERS = "outliers"
    MIXED_TYPES = "mixed types"
    SPELLING = "inconsistent spelling"
    WHITE_SPACE = "white space"
    IMPOSSIBLE = "impossible values"
    DATE_ORDER = "end before start"
    DUPLICATE_ROWS = "duplicate rows"
    DUPLICATE_KEYS = "duplicate keys"
    NEAR_DUPLICATE = "near-duplicate columns"
    LEAKAGE = "leakage"
    IMBALANCE = "class imbalance"
    TIME_GAP = "gap in time"
    TIME_JUMP = "jump in time"
    UNIT_MIX = "mixed units"
    ENCODING = "encoding damage"
    NUMBERS_AS_TEXT = "numbers as text"
    DATES_AS_TEXT = "dates as text"
    PERSONAL = "personal data"


class Severity(StrEnum):
    """How much an alert matters."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Remedy(Fact):
    """A cleaning step that would mend it: what a button says, and the step as data (see `code.steps.parse`)."""

    label: str
    step: dict[str, JsonValue]


class Alert(Fact):
    """One quality problem, with its reason and its number."""

    kind: AlertKind
    columns: tuple[str, ...] = ()
    """The columns it is about; none for the whole table."""
    severity: Severity
    text: str
    """One sentence with the number. Holds names, never a cell's value."""
    reason: str = ""
    """How it was found (rule, threshold) and why it matters."""
    rows: int | None = None
    """Rows it concerns; an estimate where `text` says "about"."""
    share: float | None = None
    """The same as a share of the rows, between 0 and 1."""
    examples: tuple[str, ...] = ()
    """Up to five values that show it, as stored."""
    view: View | None = None
    """The rows it concerns, where they can be looked at."""
    remedy: Remedy | None = None
    unmended: str = ""
    """Why there is no remedy, as a sentence; empty where there is one."""


class Dismissal(Fact):
    """An alert that a person put aside, by what it says about which columns: it stays aside in later versions."""

    kind: AlertKind
    columns: tuple[str, ...] = ()

    @classmethod
    def of(cls, alert: Alert) -> Dismissal:
        return cls(kind=alert.kind, columns=alert.columns)


class Correlation(Fact):
    """How strongly two columns go together."""

    left: str
    right: str
    measure: str
    """ "Pearson" and "Spearman" (-1 to 1) for two numbers; "Cramér's V" (0 to 1) for two categories;
    "correlation ratio" (0 to 1) for a category and a number."""
    value: float
    rows: int
    """Rows it was computed from."""


class MissingPattern(Fact):
    """Rows that lack exactly these columns."""

    columns: tuple[str, ...]
    rows: int


class Profile(Fact):
    """What is in a version: one `ColumnProfile` per column, in table order.

    First facts are there at once (`edition` 0). The rest is found by a job, and `edition` then says by which rules.
    """

    version_id: str
    rows: int
    columns: tuple[ColumnProfile, ...]
    edition: int = 0
    duplicate_rows: int | None = None
    """Rows that repeat an earlier one."""
    alerts: tuple[Alert, ...] = ()
    """What matters most first."""
    dismissed: tuple[Alert, ...] = ()
    """Those that a person put aside."""
    correlations: tuple[Correlation, ...] = ()
    """The strongest first."""
    missing_patterns: tuple[MissingPattern, ...] = ()
    """The most frequent first; rows that lack nothing are none."""
    hierarchies: tuple[tuple[str, ...], ...] = ()
    """Columns where each value of one belongs to one value of the one before: ("region", "city")."""
    summary: tuple[str, ...] = ()
    """A few plain sentences. May hold cell values: for people, not for a model."""
    notes: tuple[str, ...] = ()
    """What is approximate, and how."""
    seconds: float = 0.0

    def column(self, name: str) -> ColumnProfile | None:
        return next((column for column in self.columns if column.name == name), None)

    @property
    def missing_cells(self) -> int:
        return sum(column.missing for column in self.columns)

    def alerts_of(self, name: str) -> tuple[Alert, ...]:
        """The alerts that are about this column."""
        return tuple(alert for alert in self.alerts if name in alert.columns)

    @property
    def personal_columns(self) -> frozenset[str]:
        """The columns with personal data, whether or not somebody put that aside."""
        found = (alert for alert in (*self.alerts, *self.dismissed) if alert.kind is AlertKind.PERSONAL)
        return frozenset(name for alert in found for name in alert.columns)

    def without(self, dismissals: Collection[Dismissal]) -> Profile:
        """The same, with the alerts that were dismissed apart from the others."""
        aside = tuple(alert for alert in self.alerts if Dismissal.of(alert) in dismissals)
        left = tuple(alert for alert in self.alerts if Dismissal.of(alert) not in dismissals)
        return self.model_copy(update={"alerts": left, "dismissed": aside}) if aside else self

    def corrected(self, meanings: Mapping[str, Meaning]) -> Profile:
        """The same, with what a person said about columns in place of what was guessed."""
        if not meanings:
            return self
        columns = tuple(_corrected(column, meanings.get(column.name)) for column in self.columns)
        return self.model_copy(update={"columns": columns})


def _corrected(column: ColumnProfile, meaning: Meaning | None) -> ColumnProfile:
    if meaning is None:
        return column
    said = {"semantic": meaning.semantic, "unit": meaning.unit, "is_corrected": True}
    return column.model_copy(update=said)


class Drift(Fact):
    """How one column differs between two tables."""

    column: str
    measure: str
    """ "Kolmogorov-Smirnov" (0 to 1) for numbers and dates; "total variation" (0 to 1) for the rest."""
    effect: float
    level: str
    """ "none", "small", "medium" or "large"."""
    text: str
    """What changed, with numbers: "mean 12.1 → 14.0, missing 0 % → 3 %"."""


class TableDrift(Fact):
    """Two tables side by side: `before` and `after`."""

    rows: tuple[int, int]
    drifts: tuple[Drift, ...]
    """Of the columns that both have, the strongest first."""
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    retyped: tuple[str, ...] = ()
    """Columns whose kind changed."""
