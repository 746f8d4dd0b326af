"""The nouns of a comparison: what is not the same in two versions. `services.domain` passes them on."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field, JsonValue

from services.conditions import Fact
from services.facts import Kind, Remedy
from services.freshness import Changes


class Example(Fact):
    """A changed cell: where it is (row number from 1, or the values of the key), and its text before and after."""

    place: str
    before: str | None
    after: str | None


class CellsChanged(Fact):
    """Changed cells of one column; `emptied` of them held a value and are missing now."""

    column: str
    cells: int
    emptied: int = 0
    examples: tuple[Example, ...] = ()


class Retyped(Fact):
    """A column whose kind changed."""

    column: str
    before: Kind
    after: Kind


class Difference(Fact):
    """What is not the same in two versions. Names are those of the second; renamed columns are compared."""

    rows_before: int
    rows_after: int
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    """Old and new name."""
    retyped: tuple[Retyped, ...] = ()
    reordered: bool = False
    """Whether columns stand in another order."""
    changed: tuple[CellsChanged, ...] = ()
    """Columns with changed cells, in table order."""
    key: tuple[str, ...] | None = None
    """Columns that tell which rows belong together; () by the row's number; None where rows were not compared."""
    rows_added: int = 0
    """Rows without a partner before; where rows were compared."""
    rows_moved: int = 0
    """Rows that stand in another place, where they were compared by a key and none was added or removed."""
    rows_removed: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether both are the same, as far as they were compared."""
        rows = (self.rows_before - self.rows_after, self.rows_added, self.rows_removed, self.rows_moved)
        columns = (self.added, self.removed, self.renamed, self.retyped, self.changed)
        return not (any(rows) or any(columns) or self.reordered)


class Consequence(Fact):
    """What a change does to something that was read from the table: a pin, or an answer of the conversation."""

    name: str
    is_pin: bool = False
    changes: Changes = Changes()
    problem: str = ""
    """Why it can no longer be worked out; empty when it can."""


class Place(Fact):
    """A cell: its row, counted from 1, and its column."""

    row: int
    column: str


class Suggestion(Fact):
    """A proposed change, why, and where. `effect` is "values", "rows", "form" (how values are written or kept, not what
    they say) or "look" (nothing is recommended: one of the options must be chosen)."""

    id: str
    kind: str
    columns: tuple[str, ...] = ()
    title: str
    reason: str
    confidence: float
    """Between 0 and 1."""
    effect: str
    rows: int
    """Rows that it concerns."""
    step: dict[str, JsonValue] | None = None
    options: tuple[Remedy, ...] = ()
    """Other steps, where there is a choice."""
    cells: tuple[Place, ...] = ()
    """The cells that look wrong; at most ten thousand."""
    examples: tuple[Example, ...] = ()

    @property
    def is_recommended(self) -> bool:
        """Whether “accept all” takes it: there is one step, and it is more likely right than not."""
        return self.step is not None and self.effect != "look" and self.confidence >= 0.5

    @property
    def is_safe(self) -> bool:
        """Whether “accept all safe ones” takes it: nothing is lost, and it is hardly ever wrong."""
        return self.is_recommended and self.effect in ("values", "form") and self.confidence >= 0.9


class JoinKey(Fact):
    """What a join by two columns would find: rows here that have a partner, rows there that are used, values there that
    occur more than once, and the rows that would come of it when all rows here are kept."""

    left: str
    right: str
    rows: int
    matched: int
    rows_after: int
    other_rows: int
    other_values: int
    other_repeated: int
    other_used: int

    @property
    def is_unique(self) -> bool:
        """Whether no row here would be repeated for the key's sake."""
        return self.other_repeated == 0


class RecipeColumn(Fact):
    """A column that a recipe needs."""

    name: str
    kind: str


class Recipe(Fact):
    """A named list of steps, as data, and the columns that they need."""

    id: str
    team_id: str
    name: str
    steps: tuple[dict[str, JsonValue], ...]
    columns: tuple[RecipeColumn, ...] = ()
    source: dict[str, JsonValue] = Field(default_factory=dict)
    """How the table was read that it was made on: what a script needs to read such a file again."""
    dataset_id: str = ""
    """The dataset it was made on: who sees that sees the recipe. Empty for one that was brought in."""
    is_private: bool = False
    """Whether that was its maker's alone then; counts once the dataset is gone."""
    created_by: str
    created_at: datetime


class ColumnMatch(Fact):
    """A column that a recipe needs, and the one of a table that it is taken for; empty when none is."""

    wanted: str
    found: str = ""
    how: str = ""
    is_other_kind: bool = False


class Misfit(Fact):
    """A step that does not fit the table at its place (from 0), and why."""

    place: int
    sentence: str
    reason: str
