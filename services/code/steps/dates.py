"""Steps about dates and times."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, Final, Literal

from pydantic import Field

from services.code.steps.base import ColumnName, Columns, Group, StepBase, listed, need, quoted
from services.code.steps.shapes import CellStep, NewColumn, TextStep, with_new

Part = Literal["year", "quarter", "month", "week", "day", "weekday", "hour", "minute", "is weekend"]
_TAKE: Final[dict[str, str]] = {
    "week": ".dt.isocalendar().week",
    "weekday": ".dt.day_of_week + 1",
    "is weekend": ".dt.day_of_week >= 5",
}


class DateParts(StepBase):
    """Adds columns with parts of a date: year, month, weekday (1 is Monday) and so on."""

    GROUP: ClassVar[Group] = "dates"
    TITLE: ClassVar = "Parts of a date"
    ROW_LOCAL: ClassVar = True
    KEEPS_ROWS: ClassVar = True

    kind: Literal["date_parts"] = "date_parts"
    column: ColumnName
    parts: tuple[Part, ...] = Field(default=("year", "month"), min_length=1, max_length=9)

    def _names(self) -> list[str]:
        return [f"{self.column} {part}" for part in dict.fromkeys(self.parts)]

    def check(self, columns: Sequence[str]) -> Columns:
        need(columns, [self.column])
        return with_new(columns, self._names())

    def describe(self) -> str:
        return f"Add {listed(self._names())}"

    def to_code(self) -> str:
        lines = [f"when = pd.to_datetime(df[{self.column!r}])"]
        for name, part in zip(self._names(), dict.fromkeys(self.parts), strict=True):
            value = f'(when{_TAKE.get(part, f".dt.{part}")}).astype("Int64")'
            if part == "is weekend":
                value = '(when.dt.day_of_week >= 5).astype("boolean").mask(when.isna())'
            lines.append(f"df = df.assign(**{{{name!r}: {value}}})")
        return "\n".join(lines)


class DateDifference(NewColumn):
    """A new column with the time between two dates."""

    GROUP: ClassVar[Group] = "dates"
    TITLE: ClassVar = "Time between two dates"
    ROW_LOCAL: ClassVar = True

    kind: Literal["date_difference"] = "date_difference"
    start: ColumnName
    end: ColumnName
    unit: Literal["days", "hours", "minutes", "weeks"] = "days"

    def needs(self) -> Iterable[str]:
        return [self.start, self.end]

    def describe(self) -> str:
        return f"Count the {self.unit} from {quoted(self.start)} to {quoted(self.end)} into {quoted(self.name)}"

    def expression(self) -> str:
        seconds = {"days": 86_400, "hours": 3_600, "minutes": 60, "weeks": 604_800}[self.unit]
        span = f"pd.to_datetime(df[{self.end!r}]) - pd.to_datetime(df[{self.start!r}])"
        return f"({span}).dt.total_seconds() / {seconds}"


class ShiftDates(CellStep):
    """Moves dates by some time."""

    GROUP: ClassVar[Group] = "dates"
    TITLE: ClassVar = "Move dates"

    kind: Literal["shift_dates"] = "shift_dates"
    by: int = Field(default=1, ge=-100_000, le=100_000)
    unit: Literal["days", "weeks", "months", "years", "hours"] = "days"

    def describe(self) -> str:
        return f"Move {listed(self.columns)} by {self.by:,} {self.unit}"

    def cells(self) -> Sequence[str]:
        if self.unit in ("months", "years"):
            return [
                "values = pd.to_datetime(values)",
                f"span = pd.DateOffset({self.unit}={self.by})",
                "moved = [when + span if pd.notna(when) else pd.NaT for when in values]",
                'values = pd.Series(moved, values.index, dtype="datetime64[us]")',
            ]
        return [f"values = pd.to_datetime(values) + pd.Timedelta({self.by}, {self.unit!r})"]


class RoundDates(CellStep):
    """Brings dates back to the beginning of their day, week, month, quarter or year."""

    GROUP: ClassVar[Group] = "dates"
    TITLE: ClassVar = "Beginning of the period"

    kind: Literal["round_dates"] = "round_dates"
    to: Literal["hour", "day", "week", "month", "quarter", "year"] = "month"

    def describe(self) -> str:
        return f"Bring {listed(self.columns)} to the beginning of the {self.to}"

    def cells(self) -> Sequence[str]:
        if self.to in ("hour", "day"):
            return [f"values = pd.to_datetime(values).dt.floor({self.to[0] if self.to == 'hour' else 'D'!r})"]
        span = {"week": "W", "month": "M", "quarter": "Q", "year": "Y"}[self.to]
        return [f"values = pd.to_datetime(values).dt.to_period({span!r}).dt.start_time"]


class WriteDates(CellStep):
    """Writes dates as text in one form."""

    GROUP: ClassVar[Group] = "dates"
    TITLE: ClassVar = "Write dates as text"

    kind: Literal["write_dates"] = "write_dates"
    form: Literal["2024-01-31", "31.01.2024", "31/01/2024", "01/31/2024", "2024-01", "January 2024", "Jan 31, 2024"] = (
        "2024-01-31"
    )

    def kinds(self) -> Mapping[str, str]:
        return dict.fromkeys(self.columns, "text")

    def describe(self) -> str:
        return f"Write {listed(self.columns)} like {quoted(self.form)}"

    def cells(self) -> Sequence[str]:
        form = {
            "2024-01-31": "%Y-%m-%d",
            "31.01.2024": "%d.%m.%Y",
            "31/01/2024": "%d/%m/%Y",
            "01/31/2024": "%m/%d/%Y",
            "2024-01": "%Y-%m",
            "January 2024": "%B %Y",
            "Jan 31, 2024": "%b %d, %Y",
        }[self.form]
        return [f'values = pd.to_datetime(values).dt.strftime({form!r}).astype("str")']


class SettleDates(TextStep):
    """Writes dates of two-digit years that can be read in several ways, such as “4/2/15”, with the year first; dates
    that can be read in one way only stay."""

    GROUP: ClassVar[Group] = "dates"
    TITLE: ClassVar = "Dates that can be misread"

    kind: Literal["settle_dates"] = "settle_dates"
    order: Literal["month first", "day first", "year first"] = "month first"
    """How they are written now."""

    def describe(self) -> str:
        return f"Write dates of {listed(self.columns)} that can be misread with the year first, read {self.order}"

    def cells(self) -> Sequence[str]:
        places = {"month first": (2, 0, 1), "day first": (2, 1, 0), "year first": (0, 1, 2)}[self.order]
        year, month, day = places
        return [
            r'parts = values.str.extract(r"^\s*(\d{1,2})[-/.](\d{1,2})[-/.](\d{1,2})\s*$").astype("float64")',
            f"year, month, day = parts[{year}] + 2000, parts[{month}], parts[{day}]",
            f"unclear = (parts[{year}].between(1, 31)) & month.between(1, 12) & day.between(1, 31)",
            "unclear = unclear & ((parts <= 12).sum(axis=1) >= 2) & ~((parts[0] == parts[1]) & (parts[1] == parts[2]))",
            'when = pd.to_datetime(pd.DataFrame({"year": year, "month": month, "day": day})[unclear], errors="coerce")',
            "read = when.dropna()",
            'values = values.mask(values.index.isin(read.index), read.dt.strftime("%Y-%m-%d").reindex(values.index))',
        ]
