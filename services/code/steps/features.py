"""Steps that turn categories into what models read; the categories are learned once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Literal

from pydantic import Field

from services.code.steps.base import ColumnName, Columns, Group, StepBase, need, quoted
from services.code.steps.shapes import TEXT_OF, CellStep, NewColumn, joined, literal


class OneHot(StepBase):
    """A column of yes and no for each of the most frequent values."""

    GROUP: ClassVar[Group] = "features"
    TITLE: ClassVar = "One column a value (one-hot)"
    ROW_LOCAL: ClassVar = True
    KEEPS_ROWS: ClassVar = True
    NAMES_COLUMNS: ClassVar = False  # it looks whether the new columns have names that are taken

    kind: Literal["one_hot"] = "one_hot"
    column: ColumnName
    most: int = Field(default=20, ge=1, le=500)
    keep: bool = False
    """Whether the column itself stays."""

    def check(self, columns: Sequence[str]) -> Columns:
        need(columns, [self.column])
        values = self.learned.get("values")
        if not isinstance(values, list):
            return None
        kept = [name for name in columns if self.keep or name != self.column]
        return (*kept, *(f"{self.column}={value}" for value in values))

    def describe(self) -> str:
        return f"Make a column of yes and no for each value of {quoted(self.column)}"

    def fit_code(self) -> str:
        if self.learned:
            return ""
        lines = [*TEXT_OF, f"counts = text_of(df[{self.column!r}]).value_counts()"]
        lines += [f'result = {{"values": sorted(counts.index[:{self.most}])}}']
        lines += [f"clash = [value for value in result['values'] if {self.column!r} + '=' + value in df.columns]"]
        return "\n".join(
            [*lines, "if clash or not len(counts):", "    raise ValueError('there is nothing to make columns of')"]
        )

    def to_code(self) -> str:
        values = self.learned.get("values", [])
        lines = [
            *TEXT_OF,
            f"text = text_of(df[{self.column!r}])",
            f"for value in {literal(values)}:",
            f"    df = df.assign(**{{{self.column!r} + '=' + value: (text == value).fillna(False).astype(bool)}})",
        ]
        return joined([*lines, *([] if self.keep else [f"df = df.drop(columns=[{self.column!r}])"])])


class Encode(NewColumn):
    """A new column with a number for each value: its place in the order of values, or how often it occurs."""

    GROUP: ClassVar[Group] = "features"
    TITLE: ClassVar = "Number for each value"
    ROW_LOCAL: ClassVar = True

    kind: Literal["encode"] = "encode"
    column: ColumnName
    by: Literal["order", "frequency"] = "order"
    order: tuple[str, ...] = Field(default=(), max_length=1_000)
    """The values from low to high; empty: sorted."""

    def needs(self) -> Iterable[str]:
        return [self.column]

    def describe(self) -> str:
        return f"Write {quoted(self.column)} as numbers by {self.by} into {quoted(self.name)}"

    def fit_code(self) -> str:
        if self.learned or (self.order and self.by == "order"):
            return ""
        lines = [*TEXT_OF, f"text = text_of(df[{self.column!r}]).dropna()"]
        if self.by == "order":
            numbers = "{value: place for place, value in enumerate(sorted(text.unique()))}"
        else:
            numbers = "{value: int(rows) for value, rows in text.value_counts().items()}"
        return "\n".join([*lines, f'result = {{"numbers": {numbers}}}'])

    def to_code(self) -> str:
        given = {value: place for place, value in enumerate(self.order)}
        numbers = self.learned.get("numbers", given)
        number = f'text_of(df[{self.column!r}]).map(numbers).astype("Int64")'
        return joined([*TEXT_OF, f"numbers = {literal(numbers)}", f"df = df.assign(**{{{self.name!r}: {number}}})"])

    def expression(self) -> str:
        raise NotImplementedError


class GroupRare(CellStep):
    """Puts one word in place of rare values. Which ones are rare is learned once."""

    GROUP: ClassVar[Group] = "features"
    TITLE: ClassVar = "Gather rare values"

    kind: Literal["group_rare"] = "group_rare"
    least: int = Field(default=10, ge=2, le=1_000_000)
    """Rows that a value must have to stay."""
    word: str = Field(default="Other", min_length=1, max_length=100)

    def describe(self) -> str:
        return f"Put {quoted(self.word)} in place of values with fewer than {self.least:,} rows"

    def fit_code(self) -> str:
        if self.learned:
            return ""
        return "\n".join(
            [
                *TEXT_OF,
                "result = {}",
                f"for name in {list(self.columns)!r}:",
                "    counts = text_of(df[name]).value_counts()",
                f"    result[name] = sorted(counts.index[counts >= {self.least}])",
            ]
        )

    def before(self) -> Sequence[str]:
        return [*TEXT_OF, f"kept = {literal(self.learned)}"]

    def cells(self) -> Sequence[str]:
        return [
            "values = text_of(values)",
            f"values = values.where(values.isin(kept.get(name, [])) | values.isna(), {self.word!r})",
        ]
