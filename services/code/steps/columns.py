"""Steps that choose and name columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from pydantic import Field

from services.code.steps.base import Columns, Relation, StepBase, count, listed, need, quoted, refuse


class SelectColumns(StepBase):
    """Keeps these columns, in this order."""

    ROW_LOCAL: ClassVar = True
    KEEPS_ROWS: ClassVar = True

    kind: Literal["select"] = "select"
    columns: tuple[str, ...] = Field(min_length=1)

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

    ROW_LOCAL: ClassVar = True
    KEEPS_ROWS: ClassVar = True

    kind: Literal["drop"] = "drop"
    columns: tuple[str, ...] = Field(min_length=1)

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
