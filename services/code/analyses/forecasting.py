"""What comes next, told from the past of one series or many."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, JsonValue, model_validator

from services.code.analyses import timegate, timeline
from services.code.analyses.analysis import AnalysisBase, MethodChoice, column, quoted, right
from services.code.analyses.methods import forecasts
from services.code.analyses.methods.forecasts import ways
from services.code.analyses.timegate import Facts

Aggregate = Literal["sum", "mean", "median", "min", "max", "last", "count"]
Every = Literal["automatic", "hour", "day", "week", "month", "quarter", "year"]
Method = Literal["automatic", "naive", "ets", "theta", "arima", "autoregression", "boosting"]

LABELS: dict[str, JsonValue] = {"naive": "Seasonal naive", **ways.TITLES}
AUTOMATIC = (
    "Every method is tried on the past; what is forecast is their mixture, each with its share by how right it was, "
    "unless one of them is clearly better."
)


class Timed(AnalysisBase):
    """A question about a value in the course of time."""

    GROUP: ClassVar = "Forecast"

    date: str = column("Time", "date", "number", description="When a row was: dates, or whole years.")
    value: str = column("Value", "number", description="What changes in time.")
    aggregate: Aggregate = Field(default="sum", title="Rows of a period", description="How they become one value.")
    frequency: Every = Field(default="automatic", title="Period", description="Automatic: found in the dates.")
    season: int = Field(
        default=0, ge=0, le=10_000, title="Season", description="Periods until it repeats. 0: by itself; 1: none."
    )

    @model_validator(mode="after")
    def _differ(self) -> Timed:
        """No column stands in two places."""
        if len(set(self.columns())) < len(self.columns()):
            raise ValueError("a column is chosen twice")
        return self

    def columns(self) -> tuple[str, ...]:
        return (self.date, self.value)

    def fit_code(self) -> str:
        return self._looks(None)

    def seasons(self) -> tuple[int, ...]:
        """After how many periods it repeats: what was asked for, or what is usual for the step."""
        if self.season:
            return (self.season,) if self.season > 1 else ()
        return timegate.seasons(self.learned["step"], self.learned["points"])  # type: ignore[arg-type]

    def _looks(self, series: str | None) -> str:
        step = timegate.STEPS.get(self.frequency, "")
        return timeline.of_series(self.date, self.value, series, self.aggregate, step)


class Forecast(Timed):
    """What comes next, with intervals, and how right the same would have been in the past."""

    TITLE: ClassVar = "Forecast"
    LONG: ClassVar = True

    kind: Literal["forecast"] = "forecast"
    series: str | None = column(
        "Series", "category", "yes/no", "any", description="One series for each of its values.", default=None
    )
    horizon: int = Field(
        default=0, ge=0, le=1_000, title="Periods ahead", description="0: a usual number for the period."
    )
    method: Method = Field(
        default="automatic",
        title="Method",
        description="Automatic: what was right in the past.",
        json_schema_extra={"labels": LABELS},
    )
    interval: float = Field(default=0.8, ge=0.5, le=0.99, title="Interval", description="Its share of what comes.")

    def columns(self) -> tuple[str, ...]:
        return tuple(name for name in (self.date, self.value, self.series) if name)

    def fit_code(self) -> str:
        return self._looks(self.series)

    def choose(self) -> MethodChoice:
        facts: Facts = self.learned
        if refused := timegate.refusal(facts):
            return refused
        if self.horizon > facts["points"]:
            far = f"{self.horizon:,} periods ahead are more than the {facts['points']:,} that are known."
            return MethodChoice(refusal="too far", reason=far, hint="Look less far ahead, or bring more of the past.")
        reason = AUTOMATIC if self.method == "automatic" else "You chose this method; simple ones stand beside it."
        return MethodChoice(method=self.method, reason=reason, assumptions=timegate.evidence(facts, self.seasons()))

    def to_code(self) -> str:
        method = right(self.choose())
        facts: Facts = self.learned
        return forecasts.write(
            forecasts.Task(
                date=self.date,
                value=self.value,
                series=self.series,
                aggregate=self.aggregate,
                seasons=self.seasons(),
                horizon=self.horizon or timegate.ahead(facts["step"], facts["points"]),
                interval=self.interval,
                method=method,
                step_name=timegate.said(facts["step"]),
                is_cut=timegate.is_cut(facts),
                facts=dict(facts),
            )
        )

    def describe(self) -> str:
        by = f" for each {quoted(self.series)}" if self.series else ""
        return f"Forecast {quoted(self.value)}{by}"
