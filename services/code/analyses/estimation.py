"""Questions about certainty: of a number, of a plan, of many pairs at once."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, model_validator

from services.code.analyses.analysis import AnalysisBase, column, quoted
from services.code.analyses.methods import estimates

Confidence = Field(default=0.95, ge=0.5, le=0.999, title="Confidence", description="Of the intervals, as a share.")
Power = Field(default=0.8, ge=0.5, le=0.999, title="Power", description="Chance to find the difference if it is there.")
MOST_COLUMNS = 30


class Estimation(AnalysisBase):
    """A question whose method needs no choice."""

    GROUP: ClassVar = "Statistics"

    confidence: float = Confidence


class Interval(Estimation):
    """How sure is an average? An interval by drawing the rows again and again."""

    TITLE: ClassVar = "How sure is a number?"

    kind: Literal["interval"] = "interval"
    values: str = column("Column", "number")
    statistic: Literal["mean", "median", "standard deviation"] = Field(default="mean", title="Statistic")

    def columns(self) -> tuple[str, ...]:
        return (self.values,)

    def to_code(self) -> str:
        return estimates.write_interval(self.values, self.statistic, self.confidence)

    def describe(self) -> str:
        return f"How sure is the {self.statistic} of {quoted(self.values)}"


class RelateAll(Estimation):
    """Which columns go together? Every pair of numbers, corrected for the many looks."""

    TITLE: ClassVar = "Which columns go together?"

    kind: Literal["relate_all"] = "relate_all"
    among: tuple[str, ...] = Field(
        min_length=2, max_length=MOST_COLUMNS, title="Columns", json_schema_extra={"columns": ["number"]}
    )

    def columns(self) -> tuple[str, ...]:
        return self.among

    def to_code(self) -> str:
        return estimates.write_together(tuple(dict.fromkeys(self.among)), self.confidence)

    def describe(self) -> str:
        return f"Which of {len(set(self.among)):,} columns go together"


class RowsForMeans(Estimation):
    """How many rows does a comparison of two averages need, before the data are collected?"""

    TITLE: ClassVar = "Rows needed: averages"

    kind: Literal["rows_for_means"] = "rows_for_means"
    difference: float = Field(default=1.0, gt=0, title="Difference", description="The smallest that would matter.")
    spread: float = Field(default=2.0, gt=0, title="Spread", description="The standard deviation within a group.")
    power: float = Power

    def columns(self) -> tuple[str, ...]:
        return ()

    def to_code(self) -> str:
        return estimates.write_means(self.difference, self.spread, self.power, self.confidence)

    def describe(self) -> str:
        return f"Rows needed to find a difference of {self.difference:g} where the spread is {self.spread:g}"


class RowsForShares(Estimation):
    """How many rows does a comparison of two shares need, such as an A/B test of conversion?"""

    TITLE: ClassVar = "Rows needed: shares"

    kind: Literal["rows_for_shares"] = "rows_for_shares"
    share: float = Field(default=0.1, gt=0, lt=1, title="Share today", description="Between 0 and 1.")
    difference: float = Field(
        default=0.02, gt=0, lt=1, title="Difference", description="The smallest that would matter."
    )
    power: float = Power

    @model_validator(mode="after")
    def _inside(self) -> RowsForShares:
        """A share stays under 1."""
        if self.share + self.difference >= 1:
            raise ValueError("the share and the difference together must stay under 1")
        return self

    def columns(self) -> tuple[str, ...]:
        return ()

    def to_code(self) -> str:
        return estimates.write_shares(self.difference, self.share, self.power, self.confidence)

    def describe(self) -> str:
        return f"Rows needed to see a share of {self.share:.1%} change by {self.difference * 100:g} points"
