"""Steps that choose, name, split and join columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, Literal

from pydantic import Field

from services.code.steps.base import (
    ColumnName,
    ColumnNames,
    Columns,
    Relation,
    StepBase,
    count,
    listed,
    need,
    quoted,
    refuse,
)
from services.code.steps.shapes import TEXT_OF, NewColumn, with_new


class SelectColumns(StepBase):
    """Keeps these columns, in this order."""

    TITLE: ClassVar = "Keep columns"
    ROW_LOCAL: ClassVar = True
    KEEPS_ROWS: ClassVar = True

    kind: Literal["select"] = "select"
    columns: ColumnNames

    def check(self, columns: Sequence[str]) -> Columns:
        need(columns, self.columns)
        if len(set(self.columns)) < len(self.columns):
            refuse("A column is chosen twice.", "Choose each column once.")
        return self.columns

    def to_code(self) -> str:
        return f"df = df[{list(self.columns)!r}]"

    def describe(self) -> str:
        return f"Keep {count(len(self.columns), 'column')}: {listed(self.columns)}"

    def to_sql(self, table: Relation) -> Relation:
        chosen = (f"{table.sql(name)} AS c{place}" for place, name in enumerate(self.columns))
        return Relation(f"SELECT {', '.join(chosen)}, place FROM ({table.query})", self.columns)


class DropColumns(StepBase):
    """Leaves these columns out."""

    TITLE: ClassVar = "Drop columns"
    ROW_LOCAL: ClassVar = True
    KEEPS_ROWS: ClassVar = True

    kind: Literal["drop"] = "drop"
    columns: ColumnNames

    def check(self, columns: Sequence[str]) -> Columns:
        need(columns, self.columns)
        kept = tuple(name for name in columns if name not in self.columns)
        if not kept:
            refuse("No column would be left.", "Keep at least one.")
        return kept

    def to_code(self) -> str:
        return f"df = df.drop(columns={list(self.columns)!r})"

    def describe(self) -> str:
        return f"Drop {count(len(self.columns), 'column')}: {listed(self.columns)}"

    def to_sql(self, table: Relation) -> Relation:
        kept = tuple(name for name in table.columns if name not in self.columns)
        chosen = (f"{table.sql(name)} AS c{place}" for place, name in enumerate(kept))
        return Relation(f"SELECT {', '.join(chosen)}, place FROM ({table.query})", kept)


class RenameColumns(StepBase):
    """Gives columns new names."""

    TITLE: ClassVar = "Rename"
    ROW_LOCAL: ClassVar = True
    KEEPS_ROWS: ClassVar = True

    kind: Literal["rename"] = "rename"
    names: dict[str, str] = Field(min_length=1)
    """New names by old ones."""

    def check(self, columns: Sequence[str]) -> Columns:
        need(columns, self.names)
        renamed = tuple(self.names.get(name, name) for name in columns)
        if not all(name.strip() for name in self.names.values()):
            refuse("A column needs a name.", "Type one.")
        if len(set(renamed)) < len(renamed):
            twice = [name for name in dict.fromkeys(renamed) if renamed.count(name) > 1]
            refuse(f"Two columns would be called {listed(twice)}.", "Give each column a name of its own.")
        return renamed

    def to_code(self) -> str:
        return f"df = df.rename(columns={self.names!r})"

    def describe(self) -> str:
        if len(self.names) == 1:
            [(old, new)] = self.names.items()
            return f"Rename {quoted(old)} to {quoted(new)}"
        return f"Rename {count(len(self.names), 'column')}: {listed(list(self.names))}"

    def to_sql(self, table: Relation) -> Relation:
        return Relation(table.query, tuple(self.names.get(name, name) for name in table.columns))

    def renames(self) -> Mapping[str, str]:
        return self.names


class CopyColumn(NewColumn):
    """A second column with the same values."""

    TITLE: ClassVar = "Copy a column"
    ROW_LOCAL: ClassVar = True

    kind: Literal["copy"] = "copy"
    column: ColumnName

    def needs(self) -> Iterable[str]:
        return [self.column]

    def describe(self) -> str:
        return f"Copy {quoted(self.column)} to {quoted(self.name)}"

    def expression(self) -> str:
        return f"df[{self.column!r}]"


class SplitColumn(StepBase):
    """Splits a text at a mark into new columns; what is left goes into the last one."""

    TITLE: ClassVar = "Split a column"
    ROW_LOCAL: ClassVar = True
    KEEPS_ROWS: ClassVar = True

    kind: Literal["split"] = "split"
    column: ColumnName
    at: str = Field(default=" ", min_length=1, max_length=100)
    into: int = Field(default=2, ge=2, le=50)
    side: Literal["from the left", "from the right"] = "from the left"

    def _names(self) -> list[str]:
        return [f"{self.column} {number}" for number in range(1, self.into + 1)]

    def check(self, columns: Sequence[str]) -> Columns:
        need(columns, [self.column])
        return with_new(columns, self._names())

    def describe(self) -> str:
        return f"Split {quoted(self.column)} at {quoted(self.at)} into {self.into} columns"

    def to_code(self) -> str:
        split = "split" if self.side == "from the left" else "rsplit"
        regex = ", regex=False" if split == "split" else ""
        parts = f'df[{self.column!r}].astype("str").str.{split}({self.at!r}, n={self.into - 1}{regex})'
        return "\n".join(
            [
                f"parts = [each if isinstance(each, list) else [] for each in {parts}]",
                f"for place, name in enumerate({self._names()!r}):",
                "    values = [row[place].strip() if place < len(row) else None for row in parts]",
                '    df = df.assign(**{name: pd.Series(values, df.index, dtype="str")})',
            ]
        )


class MergeColumns(NewColumn):
    """A new column with the texts of several; missing ones are passed over."""

    TITLE: ClassVar = "Merge columns"
    ROW_LOCAL: ClassVar = True

    kind: Literal["merge"] = "merge"
    columns: ColumnNames
    between: str = Field(default=" ", max_length=100)

    def needs(self) -> Iterable[str]:
        return self.columns

    def describe(self) -> str:
        return f"Merge {listed(self.columns)} into {quoted(self.name)}"

    def to_code(self) -> str:
        return "\n".join(
            [
                *TEXT_OF,
                f"parts = [text_of(df[name]) for name in {list(self.columns)!r}]",
                "rows = [[part for part in row if isinstance(part, str)] for row in zip(*parts)]",
                f"rows = [{self.between!r}.join(row) if row else None for row in rows]",
                f'df = df.assign(**{{{self.name!r}: pd.Series(rows, df.index, dtype="str")}})',
            ]
        )

    def expression(self) -> str:
        raise NotImplementedError


class TidyNames(StepBase):
    """Gives all columns names in one style."""

    TITLE: ClassVar = "Tidy the names"
    ROW_LOCAL: ClassVar = True
    KEEPS_ROWS: ClassVar = True
    NAMES_COLUMNS: ClassVar = False

    kind: Literal["tidy_names"] = "tidy_names"
    style: Literal["snake_case", "Title Case", "spaces only"] = "snake_case"

    def check(self, columns: Sequence[str]) -> Columns:
        made = [self._tidy(name) for name in columns]
        if len(set(made)) < len(made) or not all(made):
            refuse("Two columns would have the same name, or one would have none.", "Rename them by hand.")
        return tuple(made)

    def _tidy(self, name: str) -> str:
        line = " ".join(name.split())
        if self.style == "spaces only":
            return line
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", line)
        if self.style == "Title Case":
            return " ".join(word[:1].upper() + word[1:] for word in re.sub(r"[\W_]+", " ", words).split())
        return re.sub(r"[\W_]+", "_", words).strip("_").lower()

    def describe(self) -> str:
        return (
            f"Write the names of the columns in {self.style}"
            if self.style != "spaces only"
            else "Tidy the spaces in the names of the columns"
        )

    def to_code(self) -> str:
        split = 're.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", " ".join(name.split()))'
        tidy = {
            "spaces only": '" ".join(name.split())',
            "Title Case": f'" ".join(word[:1].upper() + word[1:] for word in re.sub(r"[\\W_]+", " ", {split}).split())',
            "snake_case": f're.sub(r"[\\W_]+", "_", {split}).strip("_").lower()',
        }[self.style]
        return f"import re\n\ndf = df.rename(columns=lambda name: {tidy})"
