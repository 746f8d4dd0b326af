"""What every kind of step has: fields that a form can edit, the code they write, and how that code may be run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final, Literal, NoReturn, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from services.errors import BadInput

Group: TypeAlias = Literal[
    "columns", "rows", "values", "types", "text", "dates", "numbers", "groups", "tables", "features", "privacy"
]
"""Where a kind of step stands in the menu."""

TABLE: Final = "df"
"""The variable that holds the table in every snippet."""
SHOWN: Final = 3
"""Names told in a sentence; of more, the number."""
Columns: TypeAlias = tuple[str, ...] | None
"""The columns of a table in order; None where only running the code could tell."""


ColumnName: TypeAlias = Annotated[str, Field(max_length=1_000, json_schema_extra={"role": "column"})]
ColumnNames: TypeAlias = Annotated[
    tuple[str, ...], Field(min_length=1, max_length=2_000, json_schema_extra={"role": "columns"})
]
MaybeColumns: TypeAlias = Annotated[tuple[str, ...], Field(max_length=2_000, json_schema_extra={"role": "columns"})]
NewName: TypeAlias = Annotated[str, Field(max_length=200, json_schema_extra={"role": "name"})]


@dataclass(frozen=True)
class Relation:
    """A query for DuckDB. Column n of the table is called `c<n>` in it, whatever a person calls it, and `place` is the
    row's number from 0 in the order of the table."""

    query: str
    columns: tuple[str, ...]

    def sql(self, column: str) -> str:
        """What the column is called in the query."""
        return f"c{self.columns.index(column)}"


class StepBase(BaseModel):
    """One change of a table, as data. All it does is write code that changes `df`."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True)

    GROUP: ClassVar[Group] = "columns"
    TITLE: ClassVar[str] = ""
    """What the menu calls it; empty for what is not built by hand."""
    ROW_LOCAL: ClassVar[bool] = False
    KEEPS_ROWS: ClassVar[bool] = False
    KEEPS_CELLS: ClassVar[bool] = False
    BY_HAND: ClassVar[bool] = False
    KEYED: ClassVar[bool] = False
    NAMES_COLUMNS: ClassVar[bool] = True

    learned: dict[str, JsonValue] = {}
    """What `fit_code` found in the data, so that a replay does the same."""

    @property
    def row_local(self) -> bool:
        """Whether running the code on parts of the table, one after the other, gives the same as on the whole."""
        return self.ROW_LOCAL

    @property
    def keeps_rows(self) -> bool:
        """Whether row n before is row n after."""
        return self.KEEPS_ROWS

    @property
    def keeps_cells(self) -> bool:
        """Whether rows are chosen or ordered, and no cell changes."""
        return self.KEEPS_CELLS

    @property
    def by_hand(self) -> bool:
        """Whether a person or a model wrote the code: nobody has checked it, and running it twice may differ."""
        return self.BY_HAND

    @property
    def keyed(self) -> bool:
        """Whether the code needs the team's key, in a table `secret` beside `df`."""
        return self.KEYED

    @property
    def names_columns(self) -> bool:
        """Whether every column that it reads or changes is named in its fields."""
        return self.NAMES_COLUMNS

    @property
    def sources(self) -> Mapping[str, str]:
        """Other tables that the code reads: ids of versions by the names of their variables."""
        return {}

    def check(self, columns: Sequence[str]) -> Columns:
        """The columns afterwards, for a table with these. Raises: BadInput, when the step does not fit the table."""
        raise NotImplementedError

    def to_code(self) -> str:
        """Lines of pandas that change `df`."""
        raise NotImplementedError

    def describe(self) -> str:
        """The change in one plain sentence without a full stop: "Keep 3 columns"."""
        raise NotImplementedError

    def fit_code(self) -> str:
        """Code that assigns what must be learned from the data to `result`, a dict; "" when there is nothing (left)."""
        return ""

    def taught(self, found: Mapping[str, JsonValue]) -> Self:
        """The step with what `fit_code` found. Raises: BadInput, when that does not settle it."""
        return self.model_copy(update={"learned": dict(found)})

    def to_sql(self, table: Relation) -> Relation | None:  # noqa: ARG002
        """The same change as a query, for tables beyond memory; None where there is none."""
        return None

    def renames(self) -> Mapping[str, str]:
        """New names by old ones."""
        return {}

    def kinds(self) -> Mapping[str, str]:
        """Kinds of columns that the step sets, by the columns' names."""
        return {}


def need(columns: Sequence[str], wanted: Iterable[str]) -> None:
    """Raises: BadInput, when the table lacks one of the columns."""
    missing = [name for name in wanted if name not in columns]
    if missing:
        raise BadInput(f"There is no column {listed(missing)}.", "Choose columns that the table has.")


def refuse(message: str, hint: str) -> NoReturn:
    """Raises: BadInput."""
    raise BadInput(message, hint)


def listed(names: Sequence[str]) -> str:
    """ "“a”, “b” and 3 more": names for a sentence."""
    shown = [quoted(name) for name in names[:SHOWN]]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more else "")


def quoted(name: str) -> str:
    """The name in quotation marks, cut."""
    return f"“{name if len(name) <= 60 else name[:59] + '…'}”"


def count(number: int, noun: str) -> str:
    """ "1 column", "3 columns"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
