"""Exploration: an analysis run on a version, its method chosen by the facts."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa

from sandbox.messages import Limits, Output, RunRequest, RunResult, RunStatus, Table, Text, Value
from services.access import Action, requires
from services.assistant import checks
from services.code import analyses
from services.code.analyses import Analysis, AnalysisBase, MethodChoice
from services.domain import TABLE_NAME, Analysed, Answer
from services.errors import BadInput
from services.workspace import Workspace

ANSWER_TEXT = "answer"


@requires(Action.ANALYSE)
def analyse(ws: Workspace, version_id: str, data: object) -> Analysed:
    """The analysis described by `data`, run on the version: the method and why, and the answer where one is right.

    Raises: NotFound; BadInput, when the analysis does not fit the table or its code fails.
    """
    started = time.perf_counter()
    analysis = analyses.parse(data)
    version = ws.rows.version(version_id)
    _check_columns(analysis, version.columns)
    with ws.backends.storage.local(version.storage_key) as path:
        fitted, looked = _fitted(ws, analysis, path)
        choice = fitted.choose()
        answer = _answer(ws, fitted, choice, path, looked) if choice.method else None
    return Analysed(
        version_id=version_id,
        title=analysis.describe(),
        analysis=fitted.model_dump(mode="json"),
        choice=choice,
        answer=answer,
        seconds=time.perf_counter() - started,
    )


def kinds() -> list[dict[str, Any]]:
    """Every kind of analysis with its fields, as JSON schemas: what `analyse --list` prints."""
    return [_described(kind) for kind in analyses.KINDS.values()]


def _described(kind: type[AnalysisBase]) -> dict[str, Any]:
    schema = kind.model_json_schema()
    fields = {name: field for name, field in schema["properties"].items() if name not in ("kind", "learned")}
    return {
        "kind": schema["properties"]["kind"]["const"],
        "group": kind.GROUP,
        "title": kind.TITLE,
        "description": schema.get("description", ""),
        "fields": fields,
        "required": schema.get("required", []),
    }


def _check_columns(analysis: AnalysisBase, there: tuple[str, ...]) -> None:
    missing = [name for name in analysis.columns() if name not in there]
    if missing:
        raise BadInput(f"The table has no column “{missing[0][:80]}”.", "Choose columns that the table has.")


def _fitted(ws: Workspace, analysis: Analysis, path: Path) -> tuple[Analysis, str]:
    """The analysis with what it learned from the table, and the code that looked."""
    code = analysis.fit_code()
    if not code or analysis.learned:
        return analysis, ""
    result = _run(ws, code, path)
    values = [output for output in result.outputs if isinstance(output, Value)]
    if len(values) != 1 or not isinstance(values[0].value, dict):
        raise BadInput("The table could not be looked at.", "Choose other columns.")
    return analyses.parse(analysis.model_dump() | {"learned": values[0].value}), code


def _answer(ws: Workspace, analysis: AnalysisBase, choice: MethodChoice, path: Path, looked: str) -> Answer:
    code = analysis.to_code()
    result = _run(ws, code, path)
    said = [o for o in result.outputs if isinstance(o, Text) and o.name == ANSWER_TEXT]
    outputs: tuple[Output, ...] = tuple(o for o in result.outputs if o not in said)
    if choice.assumptions:
        outputs = (*outputs, _assumptions(choice))
    shown = f"# What the method was chosen by\n{looked}\n\n\n# The method\n{code}" if looked else code
    notes = ([choice.reason] if choice.reason else []) + list(checks.caveats(result))
    return Answer(text=" ".join(o.text for o in said), outputs=outputs, code=shown, caveats=tuple(notes))


def _assumptions(choice: MethodChoice) -> Table:
    """The assumptions of the method beside what was found."""
    rows = [
        {"assumption": each.assumption, "found": each.found, "holds": "yes" if each.holds else "no"}
        for each in choice.assumptions
    ]
    table = pa.Table.from_pylist(rows)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return Table(
        name="assumptions",
        arrow=sink.getvalue().to_pybytes(),
        columns=tuple(table.column_names),
        rows=len(rows),
        total_rows=len(rows),
    )


def _run(ws: Workspace, code: str, path: Path) -> RunResult:
    """Only code of our own analyses comes this way. Raises: BadInput."""
    settings = ws.backends.settings
    limits = Limits(
        wall_seconds=settings.run_seconds,
        cpu_seconds=max(1, round(settings.run_seconds)),
        memory_mb=settings.run_memory_mb,
        rows=settings.answer_rows,
    )
    request = RunRequest(
        id=uuid4().hex, code=code, tables={TABLE_NAME: path}, owner=ws.team.id, trusted=True, limits=limits
    )
    result = ws.backends.sandbox.run(request)
    if result.status is not RunStatus.OK:
        why = result.error.message if result.error else f"It ended as {result.status}."
        raise BadInput(f"This analysis could not be finished. {why}", "Choose other columns, or fewer rows.")
    return result
