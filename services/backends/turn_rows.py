"""A turn as rows: one of its own, and one for each output of its answer, whose bytes stay bytes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import RowMapping

from sandbox.messages import Output
from services.domain import Turn

BYTES: Final = {"table": "arrow", "image": "png"}
"""The field of each kind of output that is kept as binary."""

_OUTPUT: Final[TypeAdapter[Output]] = TypeAdapter(Output)


def turn_values(turn: Turn) -> dict[str, Any]:
    """The columns of a turn but its team."""
    values = turn.model_dump(mode="json", exclude={"answer": {"outputs"}, "created_at": True})
    return {**values, "created_at": turn.created_at, "job_id": turn.job_id or None}


def output_values(turn: Turn) -> list[dict[str, Any]]:
    """The columns, but the team, of each output of a turn's answer."""
    outputs = turn.answer.outputs if turn.answer else ()
    return [_output(turn.id, position, output) for position, output in enumerate(outputs)]


def to_turn(row: RowMapping, outputs: Iterable[RowMapping]) -> Turn:
    """The noun, equal to the one that was stored. `outputs` are in order."""
    values = {name: row[name] for name in Turn.model_fields}
    if values["answer"] is not None:
        values["answer"] = {**values["answer"], "outputs": tuple(_to_output(output) for output in outputs)}
    return Turn.model_validate({**values, "job_id": values["job_id"] or ""})


def _output(turn_id: str, position: int, output: Output) -> dict[str, Any]:
    field = BYTES.get(output.kind)
    body = output.model_dump(mode="json", exclude={field} if field else None)
    data = getattr(output, field) if field else None
    return {"turn_id": turn_id, "position": position, "kind": output.kind, "body": body, "data": data}


def _to_output(row: RowMapping) -> Output:
    field = BYTES.get(row["kind"])
    return _OUTPUT.validate_python({**row["body"], **({field: row["data"]} if field else {})})
