"""Steps that put other values in place of some."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal, Self

from pydantic import Field, JsonValue

from services.code.steps.base import (
    ColumnName,
    ColumnNames,
    Columns,
    Group,
    StepBase,
    count,
    listed,
    need,
    quoted,
    refuse,
)
from services.code.steps.parts import Part
from services.code.steps.rows import Cell
from services.code.steps.shapes import LEARNED_MOST, CellStep, TextStep, indented, joined, keys, literal


class ReplaceValues(CellStep):
    """Puts other values in place of whole values; the others stay."""

    GROUP: ClassVar[Group] = "values"
    TITLE: ClassVar = "Replace values"

    kind: Literal["replace_values"] = "replace_values"
    values: dict[str, str | None] = Field(min_length=1, max_length=LEARNED_MOST)
    """The new text by the old one; None empties the cell."""

    def describe(self) -> str:
        pairs = [f"{quoted(old)} → {quoted(new) if new is not None else 'missing'}" for old, new in self.values.items()]
        more = f" and {len(pairs) - 2:,} more" if len(pairs) > 2 else ""
        return f"Replace {', '.join(pairs[:2])}{more} in {listed(self.columns)}"

    def before(self) -> Sequence[str]:
        return [f"new = {literal(dict(self.values))}"]

    def cells(self) -> Sequence[str]:
        return ["found = values.isin(list(new))", "values = values.mask(found, values.map(new))"]


class FindReplace(TextStep):
    """Replaces a part of the text, or what matches a pattern."""

    TITLE: ClassVar = "Find and replace in text"

    kind: Literal["find_replace"] = "find_replace"
    find: str = Field(min_length=1, max_length=1_000)
    replace: str = Field(default="", max_length=1_000)
    pattern: bool = False
    """Whether `find` is a regular expression."""

    def describe(self) -> str:
        what = f"the pattern {quoted(self.find)}" if self.pattern else quoted(self.find)
        return f"Replace {what} by {quoted(self.replace)} in {listed(self.columns)}"

    def cells(self) -> Sequence[str]:
        return [f"values = values.str.replace({self.find!r}, {self.replace!r}, regex={self.pattern})"]


class CellEdit(Part):
    """One cell typed over. `row` counts from 1."""

    row: int = Field(ge=1)
    column: str
    value: Cell | None = None
    before: str | None = None
    """What stood there, as text; the step stops where something else does."""


class EditCells(StepBase):
    """Cells that a person typed over."""

    GROUP: ClassVar[Group] = "values"
    KEEPS_ROWS: ClassVar = True

    kind: Literal["edit_cells"] = "edit_cells"
    edits: tuple[CellEdit, ...] = Field(min_length=1, max_length=10_000)

    def check(self, columns: Sequence[str]) -> Columns:
        need(columns, dict.fromkeys(edit.column for edit in self.edits))
        return tuple(columns)

    def describe(self) -> str:
        if len(self.edits) > 1:
            return (
                f"Edit {count(len(self.edits), 'cell')} in {listed(list(dict.fromkeys(e.column for e in self.edits)))}"
            )
        [edit] = self.edits
        new = "empty" if edit.value is None else quoted(str(edit.value))
        return f"Set {quoted(edit.column)} in row {edit.row:,} to {new}"

    def to_code(self) -> str:
        edits = [(edit.row - 1, edit.column, edit.value) for edit in self.edits]
        return "\n".join(
            [
                f"for row, name, value in {edits!r}:",
                "    if row >= len(df):",
                '        raise ValueError(f"there is no row {row + 1:,}")',
                "    values = df[name].copy()",
                "    if value is not None and pd.api.types.is_datetime64_any_dtype(values):",
                "        value = pd.Timestamp(value)",
                "    if value is not None and pd.api.types.is_integer_dtype(values) and isinstance(value, float):",
                '        values = values.astype("float64")',
                "    if value is None and pd.api.types.is_integer_dtype(values):",
                '        values = values.astype("Int64")',
                "    if value is None and pd.api.types.is_bool_dtype(values):",
                '        values = values.astype("boolean")',
                "    values.iloc[row] = value",
                "    df = df.assign(**{name: values})",
            ]
        )


class RepairByKey(StepBase):
    """Where rows with the same key should agree, gives all of them the value that most have.

    A value is only replaced where its group is large enough and clear enough; which ones are is learned once.
    """

    GROUP: ClassVar[Group] = "values"
    TITLE: ClassVar = "Repair by majority"
    ROW_LOCAL: ClassVar = True
    KEEPS_ROWS: ClassVar = True

    kind: Literal["repair_by_key"] = "repair_by_key"
    column: ColumnName
    by: ColumnNames
    least: float = Field(default=0.7, gt=0.5, le=1.0)
    """The share of a group that must agree."""
    rows: int = Field(default=3, ge=2, le=1_000)
    """Rows with a value that a group must have."""

    def check(self, columns: Sequence[str]) -> Columns:
        need(columns, [self.column, *self.by])
        if self.column in self.by:
            refuse("A column cannot be repaired by itself.", "Choose other columns that tell what it should be.")
        return tuple(columns)

    def describe(self) -> str:
        return f"Give {quoted(self.column)} the value that most rows with the same {listed(self.by)} have"

    def fit_code(self) -> str:
        if self.learned:
            return ""
        return "\n".join(
            [
                *keys(self.by),
                f"values = text_of(df[{self.column!r}])",
                "pairs = pd.DataFrame({'key': key, 'value': values}).dropna()",
                "counts = pairs.groupby(['key', 'value'], sort=False).size().rename('rows').reset_index()",
                "counts['all'] = counts.groupby('key')['rows'].transform('sum')",
                f"sure = (counts['rows'] >= {self.least!r} * counts['all']) & (counts['all'] >= {self.rows})",
                "gaps = set(key[values.isna()].dropna())",
                "mixed = (counts['rows'] < counts['all']) | counts['key'].isin(gaps)",
                "found = counts[sure & mixed]",
                f"if len(found) > {LEARNED_MOST}:",
                f'    raise ValueError("more than {LEARNED_MOST:,} groups disagree")',
                'result = {"groups": dict(zip(found["key"], found["value"]))}',
            ]
        )

    def to_code(self) -> str:
        return joined(
            [
                *keys(self.by),
                f"learned = {literal(self.learned.get('groups', {}))}",
                f"values = df[{self.column!r}]",
                "found = key.map(learned)",
                "differs = found.notna() & (text_of(values) != found)",
                "if pd.api.types.is_bool_dtype(values) or values.dtype == object:",
                '    found = found.map({"True": True, "False": False})',
                "elif pd.api.types.is_numeric_dtype(values):",
                "    found = pd.to_numeric(found)",
                "elif pd.api.types.is_datetime64_any_dtype(values):",
                '    found = pd.to_datetime(found, format="ISO8601")',
                f"df = df.assign(**{{{self.column!r}: values.mask(differs, found)}})",
            ]
        )


class Outliers(StepBase):
    """Treats the values of a column that lie far from the rest; where “far” begins is learned once."""

    GROUP: ClassVar[Group] = "values"
    TITLE: ClassVar = "Treat outliers"
    ROW_LOCAL: ClassVar = True

    kind: Literal["outliers"] = "outliers"
    column: ColumnName
    method: Literal["quartiles", "deviations", "percentiles"] = "quartiles"
    """Beyond so many interquartile ranges (Tukey), robust deviations from the median, or at the ends of the order."""
    strength: float = Field(default=1.5, gt=0, le=100)
    """Interquartile ranges, deviations, or per cent at each end."""
    action: Literal["pull in", "empty", "drop the row", "mark"] = "pull in"

    @property
    def keeps_rows(self) -> bool:
        return self.action != "drop the row"

    def check(self, columns: Sequence[str]) -> Columns:
        need(columns, [self.column])
        mark = f"{self.column} is outlier"
        if self.action == "mark" and mark in columns:
            refuse(f"There is a column {quoted(mark)} already.", "Rename it first.")
        return (*columns, mark) if self.action == "mark" else tuple(columns)

    def describe(self) -> str:
        what = {"pull in": "Pull in", "empty": "Empty", "drop the row": "Drop the rows of", "mark": "Mark"}[self.action]
        how = {"quartiles": "interquartile ranges", "deviations": "deviations", "percentiles": "per cent at each end"}
        return f"{what} outliers of {quoted(self.column)}: {self.strength:g} {how[self.method]}"

    def fit_code(self) -> str:
        if self.learned:
            return ""
        k = self.strength
        bounds = {
            "quartiles": [
                "low, high = values.quantile(0.25), values.quantile(0.75)",
                f"low, high = low - {k!r} * (high - low), high + {k!r} * (high - low)",
            ],
            "deviations": [
                "middle = values.median()",
                f"wide = {k!r} * 1.4826 * (values - middle).abs().median()",
                "low, high = middle - wide, middle + wide",
            ],
            "percentiles": [f"low, high = values.quantile({k!r} / 100), values.quantile(1 - {k!r} / 100)"],
        }[self.method]
        values = f'values = df[{self.column!r}].astype("float64").replace([np.inf, -np.inf], np.nan).dropna()'
        return "\n".join([values, *bounds, 'result = {"low": float(low), "high": float(high)} if len(values) else {}'])

    def taught(self, found: Mapping[str, JsonValue]) -> Self:
        if not isinstance(found.get("low"), int | float):
            refuse(f"{quoted(self.column)} has no numbers to learn from.", "Choose a column of numbers.")
        return super().taught(found)

    def to_code(self) -> str:
        low, high = self.learned.get("low", 0.0), self.learned.get("high", 0.0)
        return bounded(self.column, low, high, self.action)


class LimitRange(StepBase):
    """Treats values below or above what is possible."""

    GROUP: ClassVar[Group] = "values"
    TITLE: ClassVar = "Impossible values"
    ROW_LOCAL: ClassVar = True

    kind: Literal["limit_range"] = "limit_range"
    column: ColumnName
    low: float | None = None
    high: float | None = None
    action: Literal["pull in", "empty", "drop the row"] = "empty"

    @property
    def keeps_rows(self) -> bool:
        return self.action != "drop the row"

    def check(self, columns: Sequence[str]) -> Columns:
        need(columns, [self.column])
        if self.low is None and self.high is None:
            refuse("Nothing says what is possible.", "Give the lowest or the highest possible value.")
        return tuple(columns)

    def describe(self) -> str:
        what = {"pull in": "Pull in", "empty": "Empty", "drop the row": "Drop the rows of"}[self.action]
        ends = [f"{word} {end:g}" for word, end in (("under", self.low), ("over", self.high)) if end is not None]
        return f"{what} values of {quoted(self.column)} {' or '.join(ends)}"

    def to_code(self) -> str:
        return bounded(self.column, self.low, self.high, self.action)


def bounded(column: str, low: object, high: object, action: str) -> str:
    """Code that treats the values outside."""
    tests = [f"(values {sign} {end!r})" for sign, end in (("<", low), (">", high)) if end is not None]
    lines = [f"values = df[{column!r}]", f"outside = ({' | '.join(tests)}).fillna(False).astype(bool)"]
    assign = f"df = df.assign(**{{{column!r}: values}})"
    ends = [
        f"values = values.mask(values {sign} {end!r}, {end!r})"
        for sign, end in (("<", low), (">", high))
        if end is not None
    ]
    acts = {
        "pull in": [
            "if pd.api.types.is_integer_dtype(values):",
            *indented(['values = values.astype("float64")']),
            *ends,
            assign,
        ],
        "empty": ["values = values.mask(outside)", assign],
        "drop the row": ["df = df[~outside].reset_index(drop=True)"],
        "mark": [f"df = df.assign(**{{{f'{column} is outlier'!r}: outside}})"],
    }
    return "\n".join([*lines, *acts[action]])
