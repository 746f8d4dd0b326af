"""The logical form of a question: what is asked, free of wording and of any programming language."""

from __future__ import annotations

from enum import StrEnum

from services.assistant.builtin.records.form import Pick
from services.domain import Noun

Scalar = str | int | float | bool


class Shape(StrEnum):
    """What comes back."""

    GROUPS = "groups"
    """Measures, for each value of the keys; without keys, one number for each measure."""
    ROWS = "rows"
    """Some columns of some rows, in some order."""
    DISTRIBUTION = "distribution"
    """How the values of `columns[0]` are spread, for each value of `keys[0]` if there is one."""
    CORRELATION = "correlation"
    """How `columns` move together: two columns give one coefficient, more a matrix."""
    PICK = "pick"
    """Single rows of a small table, as `pick` says."""


class Aggregate(StrEnum):
    """How many values become one."""

    COUNT = "count"
    DISTINCT = "distinct"
    SUM = "sum"
    MEAN = "mean"
    MEDIAN = "median"
    MIN = "min"
    MAX = "max"
    STD = "std"
    RATE = "rate"
    """The percentage of rows whose cell is `Measure.value`."""


class Grain(StrEnum):
    """The part of a date that is meant. The first five are ordered in time, the last three repeat."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    WEEKDAY = "weekday"
    MONTH_OF_YEAR = "month of year"
    HOUR = "hour"


class Op(StrEnum):
    """How a cell is compared."""

    EQ = "="
    NE = "!="
    GT = ">"
    GE = ">="
    LT = "<"
    LE = "<="
    BETWEEN = "between"
    IN = "in"
    NOT_IN = "not in"
    CONTAINS = "contains"
    LACKS = "does not contain"
    STARTS = "starts with"
    ENDS = "ends with"
    MISSING = "is missing"
    PRESENT = "is not missing"
    FAR = "is an outlier"
    """More than 1.5 interquartile ranges beyond the quartiles of all rows (Tukey)."""
    HIGH = "is above average"
    LOW = "is below average"


class Chart(StrEnum):
    """What is drawn. NONE: the person wants no chart."""

    BAR = "bar"
    STACKED_BAR = "stacked bar"
    GROUPED_BAR = "grouped bar"
    LINE = "line"
    AREA = "area"
    PIE = "pie"
    SCATTER = "scatter"
    HISTOGRAM = "histogram"
    BOX = "box"
    HEATMAP = "heatmap"
    NONE = "none"


class Contrast(StrEnum):
    """How two groups are set against each other."""

    DIFFERENCE = "difference"
    RATIO = "ratio"


class Change(StrEnum):
    """What is worked out along a line in time."""

    RUNNING = "running total"
    GROWTH = "growth (%)"
    DELTA = "change"
    MOVING = "moving average"


class Worked(StrEnum):
    """How two numbers become one."""

    PLUS = "plus"
    MINUS = "minus"
    DIVIDED = "divided by"


class Key(Noun):
    """What rows are grouped by: a column, or a part of a date column."""

    column: str
    grain: Grain | None = None


class Measure(Noun):
    """One number for each group. Without a column, rows are counted. `times` is multiplied with the column first."""

    aggregate: Aggregate
    column: str | None = None
    times: str | None = None
    value: Scalar | None = None


class Condition(Noun):
    """What a row must satisfy. `part` compares that part of a date. Dates are ISO text, ends of BETWEEN included."""

    column: str
    op: Op
    values: tuple[Scalar, ...] = ()
    part: Grain | None = None


class Having(Noun):
    """What a group must satisfy: its measure number `measure`, compared."""

    op: Op
    values: tuple[float, ...]
    measure: int = 0


class Sort(Noun):
    """The order: by the first key, by the first measure, or by the column `column`."""

    by: str
    """"key", "measure" or "column"."""
    descending: bool = False
    column: str = ""


class AnswerFormat(Noun):
    """A literal answer asked for as `@name[value]`, rounded to `decimals` when that was asked for."""

    name: str
    decimals: int | None = None


class Intent(Noun):
    """A question, understood. `where` is a conjunction of alternatives: all of (any of (…))."""

    shape: Shape = Shape.GROUPS
    measures: tuple[Measure, ...] = ()
    keys: tuple[Key, ...] = ()
    columns: tuple[str, ...] = ()
    where: tuple[tuple[Condition, ...], ...] = ()
    having: Having | None = None
    sort: Sort | None = None
    limit: int | None = None
    best: bool = False
    """The question is "which … is first": one winner, with its ties."""
    share: bool = False
    tally: bool = False
    """The number of groups is asked for."""
    focus: Scalar | None = None
    """The value of the first key the question asks about."""
    part: tuple[Condition, ...] = ()
    """Any of these: the rows whose share of the measure is asked for, where there are no keys."""
    contrast: Contrast | None = None
    versus: tuple[Scalar, ...] = ()
    """The two values of the first key that are set against each other, in the order they were said."""
    change: Change | None = None
    window: int = 3
    """Periods of a moving average."""
    nth: int = 1
    """2 for the second best, and so on."""
    worked: Worked | None = None
    """What becomes of the two measures, where there are no keys."""
    pivot: bool = False
    """Shown with the second key across."""
    lying: bool = False
    """Bars run from left to right."""
    unique: bool = False
    """Rows are shown once each."""
    chart: Chart | None = None
    chart_named: bool = False
    counted: str = ""
    """The noun of the question that stands for a row, such as "orders"."""
    assumed: tuple[str, ...] = ()
    """What was taken for granted, as sentences."""
    formats: tuple[AnswerFormat, ...] = ()
    pick: Pick | None = None
