"""Exploration: analyses run on a table as turns of its conversation, the method chosen by the facts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from sandbox.messages import RunResult, RunStatus, Table, Value
from services import changes
from services.access import Action, requires
from services.assistant import checks, turns
from services.assistant.turns import TurnRecord
from services.code import analyses
from services.code.analyses import AnalysisBase, MethodChoice
from services.code.analyses.charts import TYPES
from services.code.analyses.drawing.plan import Type as ChartType
from services.domain import Answer, Attempt, Plan, PlanKind, Turn, TurnStatus, Verdict
from services.errors import BadInput
from services.protocols import Progress
from services.workspace import Workspace

JOB_KIND = "analysis"
ANALYST = "analysis"
"""Who answers a turn that is an analysis: nobody had to read a question."""


@requires(Action.ANALYSE)
def analyse(ws: Workspace, conversation_id: str, data: object) -> Turn:
    """Stores the analysis that `data` describes as a queued turn of the conversation, and starts its job.

    Raises: NotFound; BadInput, when the analysis does not fit the table.
    """
    analysis = analyses.parse(data)
    conversation = ws.rows.conversation(conversation_id)
    _check_columns(analysis, ws.rows.version(conversation.version_id).columns)
    plan = Plan(kind=PlanKind.ANALYSE, intent=analysis.model_dump(mode="json"))
    return turns.start(ws, conversation, analysis.describe(), JOB_KIND, plan=plan, analyst=ANALYST)


def answer(ws: Workspace, turn_id: str, progress: Progress) -> None:
    """The job behind an analysis. Raises: Stopped, once the turn is stored as stopped."""
    turns.carry_out(ws, turn_id, progress, _answer)


def answer_again(record: TurnRecord) -> None:
    """The analysis of a turn on the version it names now: what it learned from another one is forgotten.

    Raises: BadInput, when it does not fit; Stopped.
    """
    asked_for = asked(record.turn) | {"learned": {}}
    _check_columns(analyses.parse(asked_for), record.ws.rows.version(record.turn.version_id).columns)
    assert record.turn.plan is not None
    record.save(plan=record.turn.plan.model_copy(update={"intent": asked_for}))
    _answer(record)


def kinds() -> list[dict[str, Any]]:
    """Every kind of analysis with its fields, as JSON schemas: what `analyse --list` prints."""
    return [_described(kind) for kind in analyses.KINDS.values()]


def chart_types() -> Mapping[str, ChartType]:
    """Every type of chart by its name: its title, its group, the roles it needs and may have."""
    return TYPES


def asked(turn: Turn) -> dict[str, Any]:
    """The analysis of a turn as data, to run it again; empty for a turn that is none."""
    is_one = turn.plan is not None and (turn.analyst == ANALYST or turn.plan.kind is PlanKind.ANALYSIS)
    intent = dict(turn.plan.intent) if turn.plan and is_one else {}
    inner = intent.get("analysis")
    return dict(inner) if isinstance(inner, dict) else intent


def charts(turn: Turn) -> list[dict[str, Any]]:
    """The charts of a turn as data, in the order in which they are drawn; none for a turn that drew none."""
    found = asked(turn)
    return list(found["charts"]) if found.get("kind") == "gallery" else [found] if found.get("kind") == "chart" else []


def group_of(turn: Turn) -> str:
    """Under which heading the analysis of a turn is offered; empty for a turn that is none."""
    return heading_of(asked(turn))


def heading_of(asked: Mapping[str, object]) -> str:
    """The same of an analysis as data; empty for none."""
    kind = analyses.KINDS.get(str(asked.get("kind")))
    return kind.GROUP if kind else ""


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


def _answer(record: TurnRecord) -> None:
    plan = record.turn.plan
    assert plan is not None
    with changes.local(record.ws, record.turn.version_id) as path:
        run(record, analyses.parse(plan.intent), path)


def run(record: TurnRecord, analysis: AnalysisBase, path: Path) -> None:
    """Answers the turn, which has its plan, by the analysis: what the pages and the chat do alike.

    Raises: BadInput, when it does not fit the table or could not be finished; Stopped.
    """
    plan = record.turn.plan
    assert plan is not None
    _check_columns(analysis, record.ws.rows.version(record.turn.version_id).columns)
    fitted, looked = _fitted(record, analysis, path)
    choice = fitted.choose()
    kept = {"analysis": fitted.model_dump(mode="json"), "choice": choice.model_dump(mode="json")}
    record.save(plan=plan.model_copy(update={"reading": choice.reason or plan.reading, "intent": kept}))
    if choice.method:
        _run_method(record, fitted, choice, path, looked)
    else:
        text = f"{choice.reason} {choice.hint}".strip()
        record.save(status=TurnStatus.DECLINED, answer=Answer(text=text, code=looked))


def _fitted(record: TurnRecord, analysis: AnalysisBase, path: Path) -> tuple[AnalysisBase, str]:
    """The analysis with what it learned from the table, and the code that looked."""
    code = analysis.fit_code()
    if not code or analysis.learned:
        return analysis, ""
    record.stage("Looking at the columns")
    result = _ran(record, code, path)
    facts = next((o.value for o in result.outputs if isinstance(o, Value)), None)
    if not isinstance(facts, Mapping):
        raise BadInput("The columns could not be looked at.", "Choose other columns.")
    return analyses.parse(analysis.model_dump() | {"learned": dict(facts)}), code


def _run_method(record: TurnRecord, analysis: AnalysisBase, choice: MethodChoice, path: Path, looked: str) -> None:
    record.stage("Running")
    code = analysis.to_code()
    result = _ran(record, code, path, fits=analysis.LONG)
    shown = f"# What the method was chosen by\n{looked}\n\n\n# The method\n{code}" if looked else code
    answer = turns.final(shown, result, Verdict(caveats=tuple(checks.caveats(result))), record.notes)
    if choice.assumptions:
        answer = answer.model_copy(update={"outputs": (*answer.outputs, _assumptions(choice))})
    record.save(status=TurnStatus.ANSWERED, answer=answer)


def _ran(record: TurnRecord, code: str, path: Path, *, fits: bool = False) -> RunResult:
    """The result of a run that ended well; the attempt stays with the turn. Raises: BadInput, Stopped."""
    result = turns.run(record, code, path, trusted=True, fits=fits)
    attempt = Attempt(code=code, status=result.status, error=result.error, seconds=result.seconds)
    record.save(attempts=(*record.turn.attempts, attempt))
    if result.status is not RunStatus.OK:
        why = result.error.message if result.error else f"It ended as {result.status}."
        raise BadInput(f"This analysis could not be finished. {why}", "Choose other columns, or fewer rows.")
    return result


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
    names = tuple(table.column_names)
    return Table(
        name="assumptions", arrow=sink.getvalue().to_pybytes(), columns=names, rows=len(rows), total_rows=len(rows)
    )
