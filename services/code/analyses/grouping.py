"""What belongs together: groups of rows that are alike, and the directions in which rows differ."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from services.code.analyses.analysis import AnalysisBase, MethodChoice
from services.code.analyses.methods.models import grouping

MOST_FOR_TREES = 20_000
"""Rows from which on a hierarchy, which compares every two rows, is too large."""


class Alike(AnalysisBase):
    """A question about columns of numbers, none of which is the target."""

    GROUP: ClassVar = "Model"
    LONG: ClassVar = True

    among: tuple[str, ...] = Field(
        min_length=1, max_length=100, title="Columns", json_schema_extra={"columns": ["number"]}
    )

    def columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.among))


class Groups(Alike):
    """Which rows are alike? How many groups there are is found by itself, and why is said."""

    TITLE: ClassVar = "Groups of rows"

    kind: Literal["groups"] = "groups"
    method: Literal["k-means", "mixture", "hierarchical", "dbscan"] = Field(
        default="k-means",
        title="Method",
        description="k-means: round groups; mixture: oval ones; hierarchical: nested; DBSCAN: any shape, and outliers.",
        json_schema_extra={"labels": {"k-means": "k-means", "dbscan": "DBSCAN"}},
    )
    number: int = Field(default=0, ge=0, le=50, title="Groups", description="0: found by itself. DBSCAN needs none.")

    def fit_code(self) -> str:
        return f"result = {{'rows': len(df[{list(self.columns())!r}].dropna())}}\n"

    def choose(self) -> MethodChoice:
        rows = self.learned.get("rows", 0)
        assert isinstance(rows, int)
        if rows < max(10, 2 * self.number):
            few = f"{rows:,} rows have all of these columns."
            return MethodChoice(refusal="too few", reason=few, hint="Choose columns with fewer missing cells.")
        if self.method == "hierarchical" and rows > MOST_FOR_TREES:
            many = f"A hierarchy compares every two of {rows:,} rows; at most {MOST_FOR_TREES:,} fit."
            return MethodChoice(refusal="too many rows", reason=many, hint="Take k-means, or a sample of the rows.")
        return MethodChoice(method=self.method, reason="Every column counts alike, whatever its unit.")

    def to_code(self) -> str:
        return grouping.write_groups(self.columns(), self.method, self.number)

    def describe(self) -> str:
        return f"Groups of rows by {len(self.columns()):,} columns"


class Components(Alike):
    """In which directions do rows differ most? Principal components of many columns."""

    TITLE: ClassVar = "Principal components"

    kind: Literal["components"] = "components"

    def to_code(self) -> str:
        return grouping.write_components(self.columns())

    def describe(self) -> str:
        return f"Principal components of {len(self.columns()):,} columns"
