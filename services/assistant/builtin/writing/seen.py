"""What came out of a run, at hand for the sentences."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa

from sandbox.messages import RunResult, Table, Value
from services.assistant.builtin.agreement import SECOND
from services.assistant.builtin.grammar.grouping import is_time
from services.assistant.builtin.intent import Grain, Intent
from services.assistant.builtin.writing.naming import names
from services.assistant.builtin.writing.numbers import number
from services.assistant.builtin.writing.phrasing import conditions, rows_word
from services.domain import Profile

Row = Mapping[str, Any]
_REPEATING = (Grain.WEEKDAY, Grain.MONTH_OF_YEAR)


@dataclass(frozen=True)
class Seen:
    """What was asked and what came out. `total` rows were made, `rows` of them are at hand."""

    intent: Intent
    profile: Profile
    rows: Sequence[Row]
    total: int
    values: Sequence[Value]

    @classmethod
    def of(cls, intent: Intent, profile: Profile, result: RunResult) -> Seen:
        table = next((one for one in result.outputs if isinstance(one, Table) and one.name != SECOND), None)
        values = [one for one in result.outputs if isinstance(one, Value)]
        rows = rows_of(table) if table is not None else []
        return cls(intent, profile, rows, table.total_rows if table is not None else 0, values)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        return names(self.intent)[0]

    @cached_property
    def measures(self) -> tuple[str, ...]:
        return names(self.intent)[1]

    @property
    def is_timeline(self) -> bool:
        """Whether the first key runs in time."""
        key = self.intent.keys[0]
        return key.grain not in _REPEATING and is_time(key, self.profile.column(key.column))

    @property
    def where(self) -> str:
        """ " where …", or nothing."""
        return f" where {conditions(self.intent)}" if self.intent.where else ""

    @property
    def counts_rows(self) -> bool:
        return self.intent.measures[0].column is None

    @property
    def noun(self) -> str:
        """What is counted or measured: "orders", "average price"."""
        return rows_word(self.intent, 2) if self.counts_rows else self.measures[0]

    def label(self, row: Row) -> str:
        """What a group is called; integer years are not separated."""
        return " / ".join(label(row[name]) for name in self.keys)

    def known(self, column: str) -> list[Row]:
        """The rows with a number in the column; groups without a name only when there are no others."""
        found = [row for row in self.rows if is_number(row.get(column))]
        named = [row for row in found if all(row[key] is not None for key in self.keys)]
        return named or found


def rows_of(table: Table) -> list[Row]:
    """The rows of an output as dictionaries."""
    with pa.ipc.open_stream(io.BytesIO(table.arrow)) as reader:
        found: list[Row] = reader.read_all().to_pylist()
    return found


def is_number(value: Any) -> bool:
    """Whether it is a number that is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value


def cell(value: Any) -> str:
    """A value of a table as text."""
    if value is None or value != value:
        return "(missing)"
    text = value.isoformat() if hasattr(value, "isoformat") else number(value)
    return text.removesuffix("T00:00:00")


def label(value: Any) -> str:
    """The value of a key as text; integers are not separated, they may be years."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else cell(value)
