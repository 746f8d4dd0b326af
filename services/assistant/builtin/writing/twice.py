"""What the two derivations of an answer gave, set against each other."""

from __future__ import annotations

from collections.abc import Sequence

from sandbox.messages import RunResult, Table, Value
from services.assistant.builtin.agreement import SECOND, groups_agree, rows_agree, scalars_agree
from services.assistant.builtin.intent import Intent, Shape
from services.assistant.builtin.writing.seen import Seen, rows_of
from services.assistant.builtin.writing.spreads import spreads_agree
from services.domain import Profile


def agree(intent: Intent, profile: Profile, result: RunResult) -> bool | None:
    """Whether pandas and SQL gave the same; None where only one of them was asked, or saw a sample."""
    second = next((one for one in result.outputs if isinstance(one, Table) and one.name == SECOND), None)
    if second is None or result.sampled or second.rows < second.total_rows:
        return None
    seen, rows = Seen.of(intent, profile, result), rows_of(second)
    if intent.shape is Shape.ROWS:
        return rows_agree(intent, seen.total, rows)
    if intent.shape in (Shape.DISTRIBUTION, Shape.CORRELATION):
        return spreads_agree(intent, seen.rows, seen.total, _scalars(seen.values), rows)
    if not intent.keys:
        return scalars_agree(_scalars(seen.values), rows)
    return groups_agree(intent, seen.keys, seen.measures, seen.rows, seen.total, rows)


def _scalars(values: Sequence[Value]) -> list[object]:
    return [one.value for one in values if not one.name.startswith("_")]
