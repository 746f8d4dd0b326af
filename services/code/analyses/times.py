"""Questions about one value in the course of time: its parts, its shifts, what stands out, the calendar."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from services.code.analyses import timegate
from services.code.analyses.analysis import MethodChoice, quoted, right
from services.code.analyses.forecasting import Timed
from services.code.analyses.methods import times

MOST_SEASON = 400
"""Longer seasons take minutes to take apart and say little."""


class OneSeries(Timed):
    """A question about a single series."""

    FEWEST: ClassVar = 20
    REASON: ClassVar = ""

    def choose(self) -> MethodChoice:
        if refused := timegate.refusal(self.learned, self.FEWEST):
            return refused
        assumptions = timegate.evidence(self.learned, self.seasons())
        return MethodChoice(method=self._kind(), reason=self.REASON, assumptions=assumptions)

    def to_code(self) -> str:
        right(self.choose())
        facts: dict[str, Any] = dict(self.learned)
        names = {
            "date": self.date,
            "value": self.value,
            "aggregate": self.aggregate,
            "step": facts["step"],
            "step_name": timegate.said(facts["step"]),
            "unit": timegate.split(facts["step"])[1],
            "seasons": [each for each in self.seasons() if each <= MOST_SEASON],
            **self._names(),
        }
        return times.write(self._kind(), names, facts, is_cut=timegate.is_cut(facts))

    def _names(self) -> dict[str, Any]:
        """What the code of this kind has besides."""
        return {}

    def _kind(self) -> str:
        return str(self.model_dump()["kind"])


class Decompose(OneSeries):
    """What is trend, what is season, what is neither? And how far does a value resemble earlier ones?"""

    TITLE: ClassVar = "Trend and season"
    REASON: ClassVar = "STL takes the series apart; it is robust against outliers and lets the season change slowly."

    kind: Literal["decompose"] = "decompose"

    def describe(self) -> str:
        return f"Trend and season of {quoted(self.value)}"


class ChangePoints(OneSeries):
    """When did the level shift?"""

    TITLE: ClassVar = "Change points"
    REASON: ClassVar = "PELT finds the best set of shifts; its penalty grows where neighbours resemble each other."

    kind: Literal["change_points"] = "change_points"

    def describe(self) -> str:
        return f"When does the level of {quoted(self.value)} shift"


class TimeAnomalies(OneSeries):
    """Which values stand out from what trend and season would give?"""

    TITLE: ClassVar = "What stands out in time"
    REASON: ClassVar = (
        "What trend and season leave over is measured by its median distance, which outliers do not move."
    )

    kind: Literal["time_anomalies"] = "time_anomalies"
    threshold: float = Field(
        default=3.5, ge=2, le=20, title="Threshold", description="Modified z score from which a value stands out."
    )

    def describe(self) -> str:
        return f"What stands out in {quoted(self.value)}"

    def _names(self) -> dict[str, Any]:
        return {"threshold": self.threshold}


class CalendarEffects(OneSeries):
    """Do hours, weekdays, days of the month or months differ?"""

    TITLE: ClassVar = "Calendar effects"
    REASON: ClassVar = "Each value is set against the level around it, so that a trend is not taken for a month."

    kind: Literal["calendar_effects"] = "calendar_effects"

    def describe(self) -> str:
        return f"What the calendar does to {quoted(self.value)}"
