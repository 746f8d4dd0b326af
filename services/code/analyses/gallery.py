"""Several charts at once, drawn by one run."""

from __future__ import annotations

from textwrap import indent
from typing import ClassVar, Literal

from pydantic import Field

from services.code.analyses.analysis import AnalysisBase
from services.code.analyses.charts import Chart


class Gallery(AnalysisBase):
    """The charts that say most about a table, at one glance."""

    GROUP: ClassVar = "Charts"
    TITLE: ClassVar = "Gallery"

    kind: Literal["gallery"] = "gallery"
    charts: tuple[Chart, ...] = Field(min_length=1, max_length=12)

    def columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for chart in self.charts for name in chart.columns()))

    def to_code(self) -> str:
        parts = [f"def chart_{n}(df):\n{indent(_body(chart), '    ')}" for n, chart in enumerate(self.charts, 1)]
        drawn = ", ".join(f"{chart.describe()!r}: chart_{n}(df)" for n, chart in enumerate(self.charts, 1))
        return "\n\n\n".join([*parts, f"result = {{{drawn}}}\n"])

    def describe(self) -> str:
        return f"A gallery of {len(self.charts)} charts"


def _body(chart: Chart) -> str:
    """The code of a chart, giving the chart back instead of assigning `result`."""
    lines = chart.to_code().rstrip().splitlines()
    return "\n".join([*lines[:-1], "return chart"])
