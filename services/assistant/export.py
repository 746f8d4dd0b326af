"""A turn as the plain JSON of the command line: a public contract, documented in the README."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

import pyarrow as pa

from sandbox.messages import Figure, Output, Table, Value
from services.domain import Turn, TurnStatus

CHART_NAMES = {"scattergl": "scatter", "histogram2d": "heatmap", "heatmapgl": "heatmap", "violin": "violin"}


def as_json(turn: Turn) -> dict[str, Any]:
    """One object with `status`, `text`, `value`, `table`, `figures`, `chart_type`, `code`, `options`, `seconds` …"""
    answer = turn.answer
    outputs = answer.outputs if answer else ()
    table = next((o for o in outputs if isinstance(o, Table)), None)
    figures = [json.loads(o.json_text) for o in outputs if isinstance(o, Figure)]
    asks = turn.status in (TurnStatus.CLARIFY, TurnStatus.DECLINED)
    return {
        "status": public_status(turn.status),
        "text": answer.text if answer else f"{turn.message} {turn.hint}".strip(),
        "value": _value(outputs),
        "table": None if table is None else {"columns": list(table.columns), "rows": rows(table)},
        "figures": figures,
        "chart_type": chart_type(figures[0]) if figures else None,
        "code": (answer.code if answer else "") or _last_code(turn),
        "options": list(answer.suggestions) if answer and asks else [],
        "caveats": list(answer.caveats) if answer else [],
        "checks": [check.model_dump(mode="json") for check in answer.checks] if answer else [],
        "reading": turn.plan.reading if turn.plan else "",
        "analyst": turn.analyst,
        "steps": [step.model_dump(mode="json") for step in turn.plan.steps] if turn.plan else [],
        "effect": answer.effect.difference.model_dump(mode="json") if answer and answer.effect else None,
        "seconds": turn.seconds,
    }


def analysed(turn: Turn) -> dict[str, Any]:
    """The same object for an analysis, with `choice`, the method and why, `analysis` with what it learned, `tables`."""
    kept = turn.plan.intent if turn.plan else {}
    outputs = turn.answer.outputs if turn.answer else ()
    tables = {o.name: {"columns": list(o.columns), "rows": rows(o)} for o in outputs if isinstance(o, Table)}
    return as_json(turn) | {"choice": kept.get("choice"), "analysis": kept.get("analysis"), "tables": tables}


def failed(message: str) -> dict[str, Any]:
    """The same object for a question that could not even be asked."""
    return {
        **{"status": "failed", "text": message, "value": None, "table": None, "figures": [], "chart_type": None},
        **{"code": "", "options": [], "caveats": [], "checks": [], "reading": "", "analyst": ""},
        **{"steps": [], "effect": None, "seconds": 0.0},
    }


def public_status(status: TurnStatus) -> str:
    """One of answered, clarify, proposed, declined, failed."""
    if status in (TurnStatus.REJECTED, TurnStatus.PLANNED):
        return TurnStatus.PROPOSED.value
    known = (TurnStatus.ANSWERED, TurnStatus.CLARIFY, TurnStatus.PROPOSED, TurnStatus.DECLINED)
    return status.value if status in known else TurnStatus.FAILED.value


def rows(table: Table) -> list[list[Any]]:
    """The rows as plain JSON values: dates as ISO text, missing and not-a-number as None."""
    arrow = pa.ipc.open_stream(table.arrow).read_all()
    columns = [[plain(value) for value in column.to_pylist()] for column in arrow.columns]
    return [list(row) for row in zip(*columns, strict=True)]


def plain(value: Any) -> Any:
    """A cell as a JSON value."""
    if isinstance(value, datetime):
        midnight = value.time() == time(0) and value.tzinfo is None
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if value is None or isinstance(value, bool | int | float | str | list | dict) else str(value)


def chart_type(figure: dict[str, Any]) -> str | None:
    """The chart's common name, from its first trace: bar, line, pie, scatter, histogram, box, heatmap …"""
    traces = figure.get("data") or []
    if not traces:
        return None
    kind = str(traces[0].get("type") or "scatter")
    name = CHART_NAMES.get(kind, kind)
    return "line" if name == "scatter" and _has_lines(traces) else name


def _has_lines(traces: Iterable[dict[str, Any]]) -> bool:
    return any("lines" in str(trace.get("mode", "")) for trace in traces)


def _value(outputs: Iterable[Output]) -> Any:
    """The scalar of the answer: a single value, or the only cell of a table."""
    for output in outputs:
        if isinstance(output, Value) and not isinstance(output.value, list | dict):
            return output.value
        if isinstance(output, Table) and output.total_rows == 1 and len(output.columns) == 1:
            return rows(output)[0][0]
    return None


def _last_code(turn: Turn) -> str:
    return turn.attempts[-1].code if turn.attempts else ""
