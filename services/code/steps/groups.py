"""Steps that look at a row's group or neighbours; each adds a column."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Literal

from pydantic import Field

from services.code.steps.base import ColumnName, ColumnNames, Group, MaybeColumns, listed, quoted
from services.code.steps.shapes import NewColumn

Statistic = Literal["sum", "mean", "median", "min", "max", "count", "distinct", "first", "last", "deviation"]
PANDAS = {"distinct": "nunique", "deviation": "std"}
"""What pandas calls a statistic, where it is not the same word."""


def pandas_name(statistic: str) -> str:
    return PANDAS.get(statistic, statistic)


class Grouped(NewColumn):
    """A new column out of one, within groups or over the whole table."""

    GROUP: ClassVar[Group] = "groups"

    column: ColumnName
    by: MaybeColumns = ()

    def needs(self) -> Iterable[str]:
        return [self.column, *self.by]

    def of_group(self, call: str) -> str:
        """`call` on the values of each group, in the order of the table."""
        if not self.by:
            return f"df[{self.column!r}].{call}"
        return f"df.groupby({list(self.by)!r}, dropna=False, sort=False)[{self.column!r}].{call}"

    def within(self) -> str:
        return f" within {listed(self.by)}" if self.by else ""


class GroupStatistic(NewColumn):
    """A new column with a statistic of each row's group."""

    GROUP: ClassVar[Group] = "groups"
    TITLE: ClassVar = "Statistic of the group"

    kind: Literal["group_statistic"] = "group_statistic"
    column: ColumnName
    by: ColumnNames
    statistic: Statistic = "mean"

    def needs(self) -> Iterable[str]:
        return [self.column, *self.by]

    def describe(self) -> str:
        return f"Add {quoted(self.name)}: {self.statistic} of {quoted(self.column)} by {listed(self.by)}"

    def expression(self) -> str:
        grouped = f"df.groupby({list(self.by)!r}, dropna=False, sort=False)[{self.column!r}]"
        return f"{grouped}.transform({pandas_name(self.statistic)!r})"


class Running(Grouped):
    """A new column that adds up, or keeps the highest or lowest so far, in the order of the table."""

    TITLE: ClassVar = "Running total"

    kind: Literal["running"] = "running"
    statistic: Literal["sum", "max", "min"] = "sum"

    def describe(self) -> str:
        return f"Add {quoted(self.name)}: running {self.statistic} of {quoted(self.column)}{self.within()}"

    def expression(self) -> str:
        return self.of_group(f"cum{self.statistic}()")


class Lag(Grouped):
    """A new column with the value some rows before (or, negative, after)."""

    GROUP: ClassVar[Group] = "features"
    TITLE: ClassVar = "Earlier value (lag)"

    kind: Literal["lag"] = "lag"
    rows: int = Field(default=1, ge=-10_000, le=10_000)

    def describe(self) -> str:
        where = f"{abs(self.rows):,} rows {'before' if self.rows >= 0 else 'after'}"
        return f"Add {quoted(self.name)}: {quoted(self.column)} {where}{self.within()}"

    def expression(self) -> str:
        return self.of_group(f"shift({self.rows})")


class Change(Grouped):
    """A new column with the difference to the row before, as it is or in per cent."""

    TITLE: ClassVar = "Change to the row before"

    kind: Literal["change"] = "change"
    unit: Literal["absolute", "per cent"] = "absolute"

    def describe(self) -> str:
        return (
            f"Add {quoted(self.name)}: change of {quoted(self.column)} to the row before{self.within()} ({self.unit})"
        )

    def expression(self) -> str:
        before = self.of_group("shift(1)")
        difference = f"df[{self.column!r}] - {before}"
        if self.unit == "absolute":
            return difference
        return f"(({difference}) / {before} * 100).replace([np.inf, -np.inf], np.nan)"


class Rolling(Grouped):
    """A new column with a statistic of the last rows."""

    TITLE: ClassVar = "Moving average"

    kind: Literal["rolling"] = "rolling"
    rows: int = Field(default=7, ge=2, le=10_000)
    statistic: Literal["mean", "sum", "min", "max", "median"] = "mean"

    def describe(self) -> str:
        return (
            f"Add {quoted(self.name)}: {self.statistic} of {quoted(self.column)} over {self.rows:,} rows{self.within()}"
        )

    def expression(self) -> str:
        call = f"rolling({self.rows}, min_periods=1).{self.statistic}()"
        return self.of_group(f"transform(lambda values: values.{call})" if self.by else call)


class Rank(Grouped):
    """A new column with the place in the order; equal values share the better place."""

    TITLE: ClassVar = "Rank"

    kind: Literal["rank"] = "rank"
    order: Literal["highest first", "lowest first"] = "highest first"

    def describe(self) -> str:
        return f"Add {quoted(self.name)}: rank of {quoted(self.column)}{self.within()}, {self.order}"

    def expression(self) -> str:
        return self.of_group(f'rank(method="min", ascending={self.order == "lowest first"})') + '.astype("Int64")'


class Share(Grouped):
    """A new column with the per cent that a row has of the sum."""

    TITLE: ClassVar = "Share of the sum"

    kind: Literal["share"] = "share"

    def describe(self) -> str:
        return f"Add {quoted(self.name)}: per cent of the sum of {quoted(self.column)}{self.within()}"

    def expression(self) -> str:
        total = self.of_group('transform("sum")') if self.by else self.of_group("sum()")
        return f"(df[{self.column!r}] / {total} * 100).replace([np.inf, -np.inf], np.nan)"
