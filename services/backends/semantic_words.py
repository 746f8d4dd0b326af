"""Words of column names, and values, that tell what a column is for. English; units and currencies by their signs."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Final

ID: Final = frozenset({"id", "ids", "uuid", "guid", "key", "pk", "identifier", "ssn", "isbn", "sku", "index", "idx"})
POSTCODES: Final = frozenset({"zip", "zipcode", "postcode", "postal", "plz"})
PHONES: Final = frozenset({"phone", "phones", "telephone", "tel", "mobile", "cell", "fax"})
CODES: Final = frozenset({"code", "barcode", "no", "nr", "number"}) | POSTCODES | {"phone", "fax"}
CLASSES: Final = (
    "class",
    "type",
    "category",
    "group",
    "status",
    "cluster",
    "segment",
    "label",
    "gender",
    "sex",
    "zone",
)
YEARS: Final = frozenset({"year", "yr", "yyyy", "season", "vintage"})
ROW_NUMBER: Final = re.compile(r"column_\d+|unnamed.*|row|row_?(number|num|nr|names?)|rownum|#|n|")

COUNTRIES: Final = frozenset({"country", "countries", "nation", "nationality"})
REGIONS: Final = frozenset(
    {"region", "state", "province", "county", "district", "territory", "continent", "prefecture"}
)
CITIES: Final = frozenset({"city", "town", "municipality", "village"})
LATITUDES: Final = frozenset({"lat", "latitude"})
LONGITUDES: Final = frozenset({"lon", "lng", "long", "longitude"})

MONEY: Final = frozenset(
    [
        "price",
        "cost",
        "costs",
        "revenue",
        "sales",
        "salary",
        "income",
        "fee",
        "fees",
        "budget",
        "payment",
        "spend",
        "spending",
        "turnover",
        "profit",
        "wage",
        "wages",
        "rent",
        "tax",
        "fare",
        "invoice",
        "amount",
        "charge",
        "charges",
        "gdp",
        "earnings",
        "expense",
        "expenses",
        "balance",
        "msrp",
        "usd",
        "eur",
        "gbp",
        "chf",
    ]
)
PERCENTS: Final = frozenset({"percent", "percentage", "pct", "perc"})
SHARES: Final = frozenset({"rate", "share", "ratio", "fraction", "probability", "proportion"})
DURATIONS: Final = frozenset(["duration", "elapsed", "tenure", "runtime", "minutes", "seconds", "hours", "latency"])
COUNTED: Final = frozenset(
    [
        "count",
        "counts",
        "qty",
        "quantity",
        "units",
        "visits",
        "clicks",
        "views",
        "visitors",
        "employees",
        "stock",
        "orders",
        "items",
        "passengers",
        "votes",
        "downloads",
        "impressions",
        "attempts",
        "children",
        "siblings",
        "population",
        "deaths",
        "cases",
        "followers",
        "likes",
        "pieces",
    ]
)
COUNT_STARTS: Final = frozenset({"num", "number", "n", "no", "count", "nb"})
RATINGS: Final = frozenset(
    ["rating", "ratings", "stars", "star", "satisfaction", "likert", "grade", "priority", "rank", "level", "severity"]
)
NEVER_NEGATIVE: Final = COUNTED | frozenset(
    [
        "age",
        "ages",
        "price",
        "weight",
        "height",
        "length",
        "width",
        "distance",
        "duration",
        "tenure",
        "mileage",
        "salary",
        "area",
        "volume",
        "size",
        "population",
        "speed",
        "minutes",
        "seconds",
        "hours",
    ]
)
TARGETS: Final = frozenset(
    [
        "target",
        "label",
        "outcome",
        "churn",
        "churned",
        "fraud",
        "default",
        "defaulted",
        "survived",
        "converted",
        "response",
        "attrition",
        "exited",
        "clicked",
        "approved",
        "diagnosis",
        "purchased",
        "subscribed",
        "y",
    ]
)
DATE_PARTS: Final[dict[str, tuple[int, int]]] = {
    "month": (1, 12),
    "quarter": (1, 4),
    "qtr": (1, 4),
    "weekday": (0, 7),
    "dayofweek": (0, 7),
    "dow": (0, 7),
    "week": (0, 53),
    "hour": (0, 24),
    "minute": (0, 59),
    "day": (1, 366),
}
"""Names of parts of a date, and the numbers they may hold."""
PART_VALUES: Final = (
    frozenset(
        [
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ]
    ),
    frozenset(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"]),
    frozenset(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]),
    frozenset(["mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun"]),
    frozenset(["q1", "q2", "q3", "q4"]),
    frozenset({"morning", "afternoon", "evening", "night"}),
)
ORDERS: Final = (
    frozenset(
        [
            "lowest",
            "low",
            "medium",
            "mid",
            "moderate",
            "high",
            "highest",
            "critical",
            "urgent",
            "minor",
            "major",
            "severe",
            "normal",
        ]
    ),
    frozenset(["tiny", "small", "medium", "large", "huge"]),
    frozenset(["xxs", "xs", "s", "m", "l", "xl", "xxl", "xxxl"]),
    frozenset(["never", "rarely", "seldom", "sometimes", "often", "usually", "always"]),
    frozenset({"strongly disagree", "disagree", "neutral", "agree", "strongly agree"}),
    frozenset(
        [
            "terrible",
            "poor",
            "bad",
            "fair",
            "average",
            "ok",
            "good",
            "great",
            "excellent",
            "ideal",
            "premium",
            "very good",
        ]
    ),
    frozenset(["bronze", "silver", "gold", "platinum", "diamond"]),
    frozenset(["first", "second", "third", "fourth", "fifth"]),
    frozenset(["beginner", "novice", "intermediate", "advanced", "expert"]),
)
"""Categories that have an order."""
YES_NO: Final = frozenset(["yes", "no", "y", "n", "true", "false", "t", "f", "on", "off"])

UNITS: Final = frozenset(
    [
        "kg",
        "g",
        "mg",
        "t",
        "lb",
        "lbs",
        "oz",
        "km",
        "m",
        "cm",
        "mm",
        "mi",
        "ft",
        "in",
        "yd",
        "l",
        "ml",
        "cl",
        "gal",
        "kwh",
        "mwh",
        "wh",
        "kw",
        "w",
        "mb",
        "gb",
        "tb",
        "kb",
        "c",
        "f",
        "°c",
        "°f",
        "celsius",
        "fahrenheit",
        "s",
        "sec",
        "ms",
        "min",
        "h",
        "hr",
        "hours",
        "minutes",
        "seconds",
        "days",
        "weeks",
        "months",
        "ha",
        "sqm",
        "sqft",
        "m2",
        "m3",
        "km2",
        "mph",
        "kmh",
        "kph",
        "bar",
        "pa",
        "hpa",
        "hz",
        "ghz",
        "mhz",
        "cal",
        "kcal",
        "px",
        "pts",
        "ppm",
        "db",
    ]
)
"""Units as they stand at the end of a name or behind a number."""
CURRENCIES: Final = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "₹": "INR"} | {
    code.lower(): code
    for code in [
        "EUR",
        "USD",
        "GBP",
        "JPY",
        "INR",
        "CHF",
        "CAD",
        "AUD",
        "SEK",
        "NOK",
        "DKK",
        "PLN",
        "CNY",
        "BRL",
        "MXN",
    ]
}

EMAIL: Final = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[A-Za-z]{2,}")
URL: Final = re.compile(r"(?i)(https?://|www\.)\S+")
PHONE: Final = re.compile(r"(\+|00)?[\d(][\d\s()./-]{6,18}\d")
UUID: Final = re.compile(r"(?i)[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}")


@cache
def countries() -> frozenset[str]:
    """Names and codes of the world's countries, in lower case, as the time zone database lists them."""
    table = files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text(encoding="utf-8")
    lines = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    more = {"united states", "usa", "united kingdom", "uk", "england", "czechia", "south korea", "russia", "turkey"}
    return frozenset({part.lower() for line in lines for part in line[:2]} | more)
