"""Steps about missing values: fill them, make them, drop or mark the rows that have them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal, Self

from pydantic import Field, JsonValue

from services.code.steps.base import (
    ColumnName,
    ColumnNames,
    Columns,
    Group,
    MaybeColumns,
    StepBase,
    listed,
    need,
    quoted,
    refuse,
)
from services.code.steps.rows import Cell
from services.code.steps.shapes import LEARNED_MOST, CellStep, TextStep, joined, keys, literal, with_new

WORDS = ("", "-", "--", "?", "n/a", "na", "nan", "null", "none", "nil", "missing", "unknown", "empty", "#n/a")
"""What people and programs write for nothing, in small letters."""


class Fill(CellStep):
    """Puts one value where there is none."""

    GROUP: ClassVar[Group] = "values"
    TITLE: ClassVar = "Fill missing with a value"

    kind: Literal["fill"] = "fill"
    value: Cell

    def describe(self) -> str:
        return f"Fill missing values of {listed(self.columns)} with {self.value!r}"

    def cells(self) -> Sequence[str]:
        return [f"values = values.fillna({self.value!r})"]


class FillStatistic(StepBase):
    """Fills missing values with the mean, median or most frequent value, of the whole column or of each group.

    What is filled in was learned once, so that a replay fills in the same. A group without a value gets that of all.
    """

    GROUP: ClassVar[Group] = "values"
    TITLE: ClassVar = "Fill missing with an average"
    ROW_LOCAL: ClassVar = True
    KEEPS_ROWS: ClassVar = True

    kind: Literal["fill_statistic"] = "fill_statistic"
    column: ColumnName
    statistic: Literal["median", "mean", "most frequent"] = "median"
    by: MaybeColumns = ()
    """Groups that have a value each."""

    def check(self, columns: Sequence[str]) -> Columns:
        need(columns, [self.column, *self.by])
        if self.column in self.by:
            refuse("A column cannot be filled by groups of itself.", "Choose other columns for the groups.")
        return tuple(columns)

    def describe(self) -> str:
        groups = f" by {listed(self.by)}" if self.by else ""
        return f"Fill missing values of {quoted(self.column)} with the {self.statistic}{groups}"

    def fit_code(self) -> str:
        if self.learned:
            return ""
        take = {"median": "values.median()", "mean": "values.mean()"}.get(
            self.statistic, "(values.mode().iloc[:1].tolist() or [None])[0]"
        )
        lines = [
            "def plain(value):",
            "    if value is None or value != value or value is pd.NaT:\n        return None",
            '    return value.isoformat() if hasattr(value, "isoformat") else getattr(value, "item", lambda: value)()',
            "",
            f"values = df[{self.column!r}]",
            f'result = {{"all": plain({take})}}',
        ]
        if not self.by:
            return "\n".join(lines)
        return "\n".join(
            [
                *lines,
                *keys(self.by),
                f"if key.nunique() > {LEARNED_MOST}:",
                f'    raise ValueError("there are more than {LEARNED_MOST:,} groups")',
                f"found = values.groupby(key).agg(lambda values: {take})",
                "found = {str(name): plain(value) for name, value in found.items()}",
                'result["groups"] = {name: value for name, value in found.items() if value is not None}',
            ]
        )

    def taught(self, found: Mapping[str, JsonValue]) -> Self:
        if found.get("all") is None:
            refuse(f"{quoted(self.column)} has no values to learn from.", "Fill it with a value of your own.")
        return super().taught(found)

    def to_code(self) -> str:
        whole = f"filled = values.fillna(fitting({literal(self.learned.get('all'))}))"
        lines = [
            "def fitting(value):",
            "    return pd.Timestamp(value) if pd.api.types.is_datetime64_any_dtype(values) else value",
            "",
            f"values = df[{self.column!r}]",
        ]
        if self.by:
            lines += [
                *keys(self.by),
                f"learned = {literal(self.learned.get('groups', {}))}",
                "found = key.map({name: fitting(value) for name, value in learned.items()})",
                "values = values.where(values.notna() | found.isna(), found)",
            ]
        return joined([*lines, whole, f"df = df.assign(**{{{self.column!r}: filled}})"])


class FillNeighbour(StepBase):
    """Fills missing values from the rows before or after, in the order of the table."""

    GROUP: ClassVar[Group] = "values"
    TITLE: ClassVar = "Fill missing from neighbours"
    KEEPS_ROWS: ClassVar = True

    kind: Literal["fill_neighbour"] = "fill_neighbour"
    columns: ColumnNames
    how: Literal["from above", "from below", "between neighbours"] = "from above"
    by: MaybeColumns = ()

    def check(self, columns: Sequence[str]) -> Columns:
        need(columns, [*self.columns, *self.by])
        return tuple(columns)

    def describe(self) -> str:
        groups = f", within {listed(self.by)}" if self.by else ""
        return f"Fill missing values of {listed(self.columns)} {self.how}{groups}"

    def to_code(self) -> str:
        call = {
            "from above": "{}.ffill()",
            "from below": "{}.bfill()",
            "between neighbours": '{}.interpolate(limit_area="inside")',
        }[self.how]
        values = "df[name]"
        if self.by:
            inner = call.format("values")
            grouped = f"{values}.groupby([df[each] for each in {list(self.by)!r}], dropna=False)"
            changed = f"{grouped}.transform(lambda values: {inner})"
        else:
            changed = call.format(values)
        return f"for name in {list(self.columns)!r}:\n    df = df.assign(**{{name: {changed}}})"


class ToMissing(TextStep):
    """Empties cells that hold a word for nothing, such as “n/a”."""

    GROUP: ClassVar[Group] = "values"
    TITLE: ClassVar = "Words that mean missing"

    kind: Literal["to_missing"] = "to_missing"
    words: tuple[str, ...] = Field(default=WORDS, min_length=1, max_length=200)
    """In small letters; case and outer spaces make no difference."""

    def describe(self) -> str:
        return f"Empty the cells of {listed(self.columns)} that only say {listed(self.words)}"

    def cells(self) -> Sequence[str]:
        words = sorted({word.strip().lower() for word in self.words})
        return [f"values = values.mask(values.str.strip().str.lower().isin({words!r}))"]


class DropMissing(StepBase):
    """Drops the rows without a value."""

    GROUP: ClassVar[Group] = "rows"
    TITLE: ClassVar = "Drop rows with missing"
    ROW_LOCAL: ClassVar = True
    KEEPS_CELLS: ClassVar = True

    kind: Literal["drop_missing"] = "drop_missing"
    columns: ColumnNames
    when: Literal["any is missing", "all are missing"] = "any is missing"

    def check(self, columns: Sequence[str]) -> Columns:
        need(columns, self.columns)
        return tuple(columns)

    def describe(self) -> str:
        if len(self.columns) == 1:
            return f"Drop the rows without {quoted(self.columns[0])}"
        return f"Drop the rows where {self.when.replace(' ', f' of {listed(self.columns)} ', 1)}"

    def to_code(self) -> str:
        return f"df = df.dropna(subset={list(self.columns)!r}, how={self.when.split()[0]!r}).reset_index(drop=True)"


class MarkMissing(StepBase):
    """Adds a column of yes and no for each: whether the value is missing."""

    GROUP: ClassVar[Group] = "features"
    TITLE: ClassVar = "Mark missing values"
    ROW_LOCAL: ClassVar = True
    KEEPS_ROWS: ClassVar = True

    kind: Literal["mark_missing"] = "mark_missing"
    columns: ColumnNames

    def _names(self) -> dict[str, str]:
        return {name: f"{name} is missing" for name in self.columns}

    def check(self, columns: Sequence[str]) -> Columns:
        need(columns, self.columns)
        return with_new(columns, list(self._names().values()))

    def describe(self) -> str:
        return f"Mark where {listed(self.columns)} is missing"

    def to_code(self) -> str:
        return f"for name, new in {self._names()!r}.items():\n    df = df.assign(**{{new: df[name].isna()}})"
