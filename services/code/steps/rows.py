"""Steps that choose and order rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field, model_validator

from services.code.steps.base import (
    ColumnName,
    ColumnNames,
    Columns,
    Group,
    MaybeColumns,
    Relation,
    StepBase,
    count,
    listed,
    need,
    quoted,
    refuse,
)
from services.code.steps.parts import Part

Test = Literal["=", "≠", "<", "≤", ">", "≥", "one of", "none of", "contains", "starts with", "missing", "not missing"]
Cell = str | int | float | bool
COMPARED: Final = {"=": "==", "<": "<", "≤": "<=", ">": ">", "≥": ">="}
LONGEST: Final = 1_000
"""Values in a list."""


class Condition(Part):
    """A test of one column. A missing cell passes no test but `missing`, `≠` and `none of`."""

    column: ColumnName
    test: Test
    value: Cell | None = None
    values: tuple[Cell, ...] = Field(default=(), max_length=LONGEST)

    @model_validator(mode="after")
    def _fits(self) -> Condition:
        """Each test has what it compares with, and nothing else."""
        lists, alone = self.test in ("one of", "none of"), self.test in ("missing", "not missing")
        if (self.value is None) != (lists or alone) or bool(self.values) != lists:
            raise ValueError(f"the test “{self.test}” has the wrong values")
        if self.test in ("contains", "starts with") and not isinstance(self.value, str):
            raise ValueError(f"the test “{self.test}” needs text")
        return self

    def to_code(self) -> str:
        """A mask over the rows of `df`."""
        column = f"df[{self.column!r}]"
        if self.test in COMPARED:
            return f"({column} {COMPARED[self.test]} {self.value!r})"
        return {
            "≠": f"(({column} != {self.value!r}) | {column}.isna())",
            "one of": f"{column}.isin({list(self.values)!r})",
            "none of": f"~{column}.isin({list(self.values)!r})",
            "contains": f"{column}.str.contains({self.value!r}, regex=False, na=False)",
            "starts with": f"{column}.str.startswith({self.value!r}, na=False)",
            "missing": f"{column}.isna()",
            "not missing": f"{column}.notna()",
        }[self.test]

    def describe(self) -> str:
        """The test in words: "“price” > 100"."""
        if self.test in ("missing", "not missing"):
            return f"{quoted(self.column)} is {self.test}"
        value = listed([str(each) for each in self.values]) if self.values else self._shown()
        return f"{quoted(self.column)} {self.test} {value}"

    def _shown(self) -> str:
        return quoted(self.value) if isinstance(self.value, str) else str(self.value)


class FilterRows(StepBase):
    """Keeps the rows that pass the tests, or drops them."""

    GROUP: ClassVar[Group] = "rows"
    TITLE: ClassVar = "Filter"
    ROW_LOCAL: ClassVar = True
    KEEPS_CELLS: ClassVar = True

    kind: Literal["filter"] = "filter"
    conditions: tuple[Condition, ...] = Field(min_length=1, max_length=50)
    match: Literal["all", "any"] = "all"
    keep: bool = True

    def check(self, columns: Sequence[str]) -> Columns:
        need(columns, (condition.column for condition in self.conditions))
        return tuple(columns)

    def to_code(self) -> str:
        masks = [condition.to_code() for condition in self.conditions]
        joined = masks[0] if len(masks) == 1 else (" & " if self.match == "all" else " | ").join(masks)
        mask = joined if self.keep else f"~({joined}).fillna(False)"
        return f"df = df[{mask}].reset_index(drop=True)"

    def describe(self) -> str:
        joined = (" and " if self.match == "all" else " or ").join(test.describe() for test in self.conditions)
        return f"{'Keep' if self.keep else 'Drop'} the rows where {joined}"


class SortRows(StepBase):
    """Puts the rows in order; equal ones stay as they were, missing values come last."""

    GROUP: ClassVar[Group] = "rows"
    TITLE: ClassVar = "Sort"
    KEEPS_CELLS: ClassVar = True

    kind: Literal["sort"] = "sort"
    columns: ColumnNames
    descending: MaybeColumns = ()
    """Those of the columns that go from high to low."""

    def check(self, columns: Sequence[str]) -> Columns:
        need(columns, self.columns)
        if len(set(self.columns)) < len(self.columns) or not set(self.descending) <= set(self.columns):
            refuse("The columns to sort by do not fit together.", "Name each column once.")
        return tuple(columns)

    def to_code(self) -> str:
        ascending = [name not in self.descending for name in self.columns]
        return (
            f"df = df.sort_values({list(self.columns)!r}, ascending={ascending!r}, "
            'kind="stable", na_position="last", ignore_index=True)'
        )

    def describe(self) -> str:
        parts = [f"{quoted(name)}{' (high to low)' if name in self.descending else ''}" for name in self.columns]
        return f"Sort by {', '.join(parts)}" if len(parts) <= 4 else f"Sort by {count(len(parts), 'column')}"

    def to_sql(self, table: Relation) -> Relation:
        keys = (f"{table.sql(name)} {'DESC' if name in self.descending else 'ASC'} NULLS LAST" for name in self.columns)
        names = ", ".join(f"c{place}" for place in range(len(table.columns)))
        order = f"row_number() OVER (ORDER BY {', '.join(keys)}, place) - 1"
        return Relation(f"SELECT {names}, {order} AS place FROM ({table.query})", table.columns)


class DropRows(StepBase):
    """Drops rows that a person chose, told by their numbers: two rows that are one thing, say."""

    GROUP: ClassVar[Group] = "rows"
    KEEPS_CELLS: ClassVar = True

    kind: Literal["drop_rows"] = "drop_rows"
    rows: tuple[Annotated[int, Field(ge=1)], ...] = Field(min_length=1, max_length=10_000)
    """Counted from 1."""

    def check(self, columns: Sequence[str]) -> Columns:
        return tuple(columns)

    def describe(self) -> str:
        rows = sorted(set(self.rows))
        return f"Drop row {rows[0]:,}" if len(rows) == 1 else f"Drop {len(rows):,} chosen rows"

    def to_code(self) -> str:
        rows = sorted({row - 1 for row in self.rows})
        return "\n".join(
            [
                f"rows = {rows!r}",
                "if rows[-1] >= len(df):",
                '    raise ValueError(f"there is no row {rows[-1] + 1:,}")',
                "df = df.drop(index=df.index[rows]).reset_index(drop=True)",
            ]
        )

    def to_sql(self, table: Relation) -> Relation:
        names = ", ".join(f"c{place}" for place in range(len(table.columns)))
        rows = ", ".join(str(row - 1) for row in sorted(set(self.rows)))
        kept = f"SELECT * FROM ({table.query}) WHERE place NOT IN ({rows})"
        place = "row_number() OVER (ORDER BY place) - 1"
        return Relation(f"SELECT {names}, {place} AS place FROM ({kept})", table.columns)
