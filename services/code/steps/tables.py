"""Steps that change the table as a whole: other rows, other columns, or another table beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field

from services.code.steps.base import (
    ColumnName,
    ColumnNames,
    Columns,
    Group,
    MaybeColumns,
    NewName,
    StepBase,
    count,
    listed,
    need,
    quoted,
    refuse,
)
from services.code.steps.groups import Statistic, pandas_name
from services.code.steps.parts import Part
from services.code.steps.shapes import with_new

TableId: TypeAlias = Annotated[str, Field(pattern="^[0-9a-f]{32}$", json_schema_extra={"role": "table"})]
"""The id of a version."""


class Measure(Part):
    """One result of an aggregation."""

    column: str
    statistic: Statistic = "sum"

    @property
    def name(self) -> str:
        return f"{self.statistic} of {self.column}"


class Aggregate(StepBase):
    """One row for each group, with statistics of its rows."""

    GROUP: ClassVar[Group] = "tables"
    TITLE: ClassVar = "Aggregate"

    kind: Literal["aggregate"] = "aggregate"
    by: ColumnNames
    measures: tuple[Measure, ...] = Field(min_length=1, max_length=200)

    def check(self, columns: Sequence[str]) -> Columns:
        need(columns, [*self.by, *(measure.column for measure in self.measures)])
        return with_new(self.by, [measure.name for measure in self.measures])

    def describe(self) -> str:
        return f"Aggregate by {listed(self.by)}: {listed([measure.name for measure in self.measures])}"

    def to_code(self) -> str:
        named = ", ".join(f"{m.name!r}: ({m.column!r}, {pandas_name(m.statistic)!r})" for m in self.measures)
        return f"df = df.groupby({list(self.by)!r}, dropna=False, as_index=False).agg(**{{{named}}})"


class Pivot(StepBase):
    """Makes a column of each value of one column. Which values there are is learned once."""

    GROUP: ClassVar[Group] = "tables"
    TITLE: ClassVar = "Pivot (long to wide)"

    kind: Literal["pivot"] = "pivot"
    rows: ColumnNames
    columns: ColumnName
    values: ColumnName
    statistic: Statistic = "sum"

    def check(self, columns: Sequence[str]) -> Columns:
        need(columns, [*self.rows, self.columns, self.values])
        if self.columns in self.rows:
            refuse("A column cannot stand for rows and for columns.", "Choose another one.")
        names = self.learned.get("names")
        return (*self.rows, *(str(name) for name in names)) if isinstance(names, list) else None

    def describe(self) -> str:
        cells = f"the {self.statistic} of {quoted(self.values)}"
        return f"Pivot: a column for each {quoted(self.columns)} with {cells}, by {listed(self.rows)}"

    def fit_code(self) -> str:
        if self.learned:
            return ""
        return "\n".join(
            [
                f"names = sorted(df[{self.columns!r}].dropna().astype(str).unique())",
                "if not 0 < len(names) <= 500:",
                '    raise ValueError(f"there would be {len(names):,} new columns")',
                f"taken = set({list(self.rows)!r}) & set(names)",
                "if taken:",
                '    raise ValueError("a new column would be called as one that stays")',
                'result = {"names": names}',
            ]
        )

    def to_code(self) -> str:
        names = self.learned.get("names", [])
        return "\n".join(
            [
                f"names = df[{self.columns!r}]",
                f"wide = df.assign(**{{{self.columns!r}: names.astype(str).where(names.notna())}})",
                f"wide = wide.groupby([*{list(self.rows)!r}, {self.columns!r}], dropna=False)[{self.values!r}]",
                f"wide = wide.agg({pandas_name(self.statistic)!r}).unstack({self.columns!r})",
                f"df = wide.reindex(columns={names!r}).rename_axis(columns=None).reset_index()",
            ]
        )


class Unpivot(StepBase):
    """Makes rows of columns: one column with their names and one with their values."""

    GROUP: ClassVar[Group] = "tables"
    TITLE: ClassVar = "Unpivot (wide to long)"
    NAMES_COLUMNS: ClassVar = False

    kind: Literal["unpivot"] = "unpivot"
    columns: ColumnNames
    names_to: NewName = "name"
    values_to: NewName = "value"

    def check(self, columns: Sequence[str]) -> Columns:
        need(columns, self.columns)
        return with_new([name for name in columns if name not in self.columns], [self.names_to, self.values_to])

    def describe(self) -> str:
        return f"Unpivot {listed(self.columns)} into {quoted(self.names_to)} and {quoted(self.values_to)}"

    def to_code(self) -> str:
        return "\n".join(
            [
                f"kept = [name for name in df.columns if name not in {list(self.columns)!r}]",
                f"chosen, to = {list(self.columns)!r}, {[self.names_to, self.values_to]!r}",
                "df = df.melt(kept, chosen, var_name=to[0], value_name=to[1])",
            ]
        )


class Deduplicate(StepBase):
    """Keeps one row of those that are alike in the columns chosen, or in all."""

    GROUP: ClassVar[Group] = "rows"
    TITLE: ClassVar = "Remove duplicates"
    KEEPS_CELLS: ClassVar = True

    kind: Literal["deduplicate"] = "deduplicate"
    columns: MaybeColumns = ()
    keep: Literal["first", "last", "none"] = "first"

    @property
    def names_columns(self) -> bool:
        return bool(self.columns)

    def check(self, columns: Sequence[str]) -> Columns:
        need(columns, self.columns)
        return tuple(columns)

    def describe(self) -> str:
        kept = "drop all of them" if self.keep == "none" else f"keep the {self.keep}"
        return f"Of rows with the same {listed(self.columns) if self.columns else 'values'}, {kept}"

    def to_code(self) -> str:
        subset = f"{list(self.columns)!r}, " if self.columns else ""
        keep = "False" if self.keep == "none" else repr(self.keep)
        return f"df = df.drop_duplicates({subset}keep={keep}, ignore_index=True)"


class Sample(StepBase):
    """Keeps some rows drawn by lot, the same ones each time, in their order."""

    GROUP: ClassVar[Group] = "rows"
    TITLE: ClassVar = "Sample"
    KEEPS_CELLS: ClassVar = True

    kind: Literal["sample"] = "sample"
    rows: int = Field(default=1_000, ge=1, le=100_000_000)
    seed: int = Field(default=1, ge=0, le=2**31)

    def check(self, columns: Sequence[str]) -> Columns:
        return tuple(columns)

    def describe(self) -> str:
        return f"Keep {count(self.rows, 'row')} drawn by lot"

    def to_code(self) -> str:
        drawn = f"df.sample(min({self.rows}, len(df)), random_state={self.seed})"
        return f"df = {drawn}.sort_index().reset_index(drop=True)"


class FirstRows(StepBase):
    """Keeps rows at the beginning or the end, or skips them."""

    GROUP: ClassVar[Group] = "rows"
    TITLE: ClassVar = "First or last rows"
    KEEPS_CELLS: ClassVar = True

    kind: Literal["first_rows"] = "first_rows"
    action: Literal["keep the first", "keep the last", "drop the first", "drop the last"] = "keep the first"
    rows: int = Field(default=100, ge=1, le=1_000_000_000)

    def check(self, columns: Sequence[str]) -> Columns:
        return tuple(columns)

    def describe(self) -> str:
        return f"{self.action.capitalize()} {count(self.rows, 'row')}"

    def to_code(self) -> str:
        part = {
            "keep the first": f":{self.rows}",
            "keep the last": f"-{self.rows}:",
            "drop the first": f"{self.rows}:",
            "drop the last": f":-{self.rows}",
        }[self.action]
        return f"df = df.iloc[{part}].reset_index(drop=True)"


class NumberRows(StepBase):
    """Adds a column that numbers the rows."""

    GROUP: ClassVar[Group] = "rows"
    TITLE: ClassVar = "Number the rows"
    KEEPS_ROWS: ClassVar = True

    kind: Literal["number_rows"] = "number_rows"
    name: NewName = "row"
    start: int = Field(default=1, ge=-(10**9), le=10**9)

    def check(self, columns: Sequence[str]) -> Columns:
        return with_new(columns, [self.name])

    def describe(self) -> str:
        return f"Number the rows as {quoted(self.name)} from {self.start:,}"

    def to_code(self) -> str:
        return f"df = df.assign(**{{{self.name!r}: np.arange({self.start}, {self.start} + len(df))}})"


class Beside(StepBase):
    """A step that reads another table."""

    GROUP: ClassVar[Group] = "tables"

    other: TableId
    other_name: str = Field(default="the other table", max_length=200)
    other_columns: tuple[str, ...] = Field(min_length=1, max_length=2_000)
    """The columns of that version, in order."""

    @property
    def variable(self) -> str:
        """What the other table is called in the code."""
        return f"other_{self.other[:8]}"

    @property
    def sources(self) -> Mapping[str, str]:
        return {self.variable: self.other}


class Join(Beside):
    """Adds the columns of another table to rows with the same key."""

    TITLE: ClassVar = "Join a table"

    kind: Literal["join"] = "join"
    left: ColumnNames
    """The key here."""
    right: tuple[str, ...] = Field(min_length=1, max_length=50)
    """The key there, in the same order."""
    how: Literal["keep all rows here", "only matching rows", "all rows of both"] = "keep all rows here"
    take: tuple[str, ...] = Field(default=(), max_length=2_000)
    """Columns to take over; all where none is named."""
    once: bool = True
    """Whether the step stops when the key is not unique there, which would repeat rows."""

    def _names(self) -> dict[str, str]:
        """New names of the columns that are taken over, by their names there."""
        chosen = self.take or tuple(name for name in self.other_columns if name not in self.right)
        return {name: name for name in chosen}

    def check(self, columns: Sequence[str]) -> Columns:
        need(columns, self.left)
        need(self.other_columns, [*self.right, *self.take])
        if len(self.left) != len(self.right) or set(self.take) & set(self.right):
            refuse("The keys of the two tables do not fit together.", "Choose as many columns here as there.")
        return (*columns, *self._renamed(columns).values())

    def _renamed(self, columns: Sequence[str]) -> dict[str, str]:
        """Columns of the other table whose names are taken get its name behind."""
        names, taken = {}, set(columns)
        for name in self._names():
            new, number = name, 1
            while new in taken:
                number += 1
                new = f"{name} ({self.other_name})" if number == 2 else f"{name} ({self.other_name} {number})"
            taken.add(new)
            names[name] = new
        return names

    def describe(self) -> str:
        return f"Join {quoted(self.other_name)} by {listed(self.left)}: {self.how}"

    def to_code(self) -> str:
        how = {"keep all rows here": "left", "only matching rows": "inner", "all rows of both": "outer"}[self.how]
        keys = [f"key {place}" for place in range(len(self.right))]
        return "\n".join([*self._other(keys), *self._checks(keys), *self._merge(how, keys)])

    def _other(self, keys: Sequence[str]) -> list[str]:
        """Lines that take the columns over under names that are free here."""
        chosen = list(self._names())
        return [
            f"other = {self.variable}[{[*self.right, *chosen]!r}].copy()",
            f"names, taken, beside = [], set(df.columns), {self.other_name!r}",
            f"for name in {chosen!r}:",
            "    new, number = name, 1",
            "    while new in taken:",
            "        number += 1",
            '        new = f"{name} ({beside})" if number == 2 else f"{name} ({beside} {number})"',
            "    taken.add(new)",
            "    names.append(new)",
            f"other.columns = [*{list(keys)!r}, *names]",
        ]

    def _checks(self, keys: Sequence[str]) -> list[str]:
        lines = [
            f"for left, right in zip({list(self.left)!r}, {list(keys)!r}):",
            "    numbers = [pd.api.types.is_numeric_dtype(each) for each in (df[left], other[right])]",
            "    if df[left].dtype != other[right].dtype and not all(numbers):",
            '        raise ValueError(f"{left} and its partner in the other table are of different kinds")',
            f"other = other.dropna(subset={list(keys)!r})",
        ]
        if self.once:
            lines += [
                f"if other.duplicated({list(keys)!r}).any():",
                '    raise ValueError("the key occurs more than once in the other table: rows would be repeated")',
            ]
        return lines

    def _merge(self, how: str, keys: Sequence[str]) -> list[str]:
        lines = [f"df = df.merge(other, how={how!r}, left_on={list(self.left)!r}, right_on={list(keys)!r})"]
        if how == "outer":
            lines += [
                f"for left, right in zip({list(self.left)!r}, {list(keys)!r}):",
                "    df = df.assign(**{left: df[left].fillna(df[right])})",
            ]
        return [*lines, f"df = df.drop(columns={list(keys)!r})"]


class Append(Beside):
    """Puts the rows of another table below; columns go together by their names."""

    TITLE: ClassVar = "Append a table"

    kind: Literal["append"] = "append"

    def check(self, columns: Sequence[str]) -> Columns:
        return (*columns, *(name for name in self.other_columns if name not in columns))

    def describe(self) -> str:
        return f"Append the rows of {quoted(self.other_name)}"

    def to_code(self) -> str:
        return f"df = pd.concat([df, {self.variable}], ignore_index=True)"


def linked(steps: Sequence[StepBase]) -> Iterator[tuple[str, str]]:
    """The id of each other version that the steps read, and "join" or "append"."""
    for step in steps:
        if isinstance(step, Beside):
            yield step.other, "join" if isinstance(step, Join) else "append"
