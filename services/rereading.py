"""Makes what was kept of an answer anew: the same code on another version, or on some of the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from sandbox.messages import RunResult, RunStatus, Text, Value
from services import changes
from services.access import Action, requires
from services.assistant import checks, turns
from services.assistant.turns import ANSWER_TEXT, FITTED_ROWS, WORKING
from services.boards import Filter, Kept
from services.code import analyses
from services.code.analyses import AnalysisBase
from services.code.steps import FilterRows
from services.code.steps.base import listed as listed  # passed on
from services.code.steps.base import need
from services.code.steps.rows import Cell, Condition
from services.domain import ColumnProfile, Kind, Version
from services.errors import BadInput
from services.progress import QUIET, stoppable
from services.protocols import Progress
from services.workspace import Workspace

OURS: Final = ("builtin", "analysis")
"""Who wrote code that is run where the kernel contains nothing, too."""


@requires(Action.DATASET_READ)
def again(
    ws: Workspace, kept: Kept, version_id: str, filters: Sequence[Filter] = (), progress: Progress = QUIET
) -> Kept:
    """The same with outputs made from this version, of the rows that pass the filters.

    Raises: NotFound; BadInput, when a filter or the code does not fit the table; Stopped.
    """
    version, work = ws.rows.version(version_id), _Work(ws, kept, progress)
    step = filtering(ws, version, filters)
    with changes.local(ws, version_id) as path:
        if step and checks.uses_any(kept.code, {"sql"}):
            # A query sees the table as it was handed over, whatever the code has made of the variable.
            with changes.workplace(ws.backends.settings.home) as folder:
                made = changes.run(ws, path, version.columns, step, folder)
                return work.done(made.made.path, "")
        return work.done(path, step.to_code() if step else "")


@requires(Action.DATASET_READ)
def filtering(ws: Workspace, version: Version, filters: Sequence[Filter]) -> FilterRows | None:
    """The filters as a step; None when there is nothing to leave out. Raises: BadInput."""
    profile = ws.rows.profile(version.id)
    known = {column.name: column for column in profile.columns}
    need(version.columns, (each.column for each in filters))
    tests = tuple(test for each in filters for test in tests_of(known[each.column], each))
    return FilterRows(conditions=tests) if tests else None


def tests_of(column: ColumnProfile, filter: Filter) -> list[Condition]:
    """What a filter asks of its column. Raises: BadInput, when it is not of the column's kind."""
    found = []
    if filter.values:
        values = tuple(_typed(column, value) for value in filter.values)
        found.append(Condition(column=column.name, test="one of", values=values))
    if filter.low is not None:
        found.append(Condition(column=column.name, test="≥", value=_end(column, filter.low)))
    if filter.high is not None:
        is_date = column.kind.is_date
        value = _end(column, filter.high, days=1 if is_date else 0)
        found.append(Condition(column=column.name, test="<" if is_date else "≤", value=value))
    return found


def _typed(column: ColumnProfile, value: str) -> Cell:
    try:
        if column.kind is Kind.INTEGER:
            return int(value)
        if column.kind is Kind.DECIMAL:
            return float(value)
    except ValueError:
        raise BadInput(f"“{value[:60]}” is no number, as “{column.name[:60]}” holds.", "Choose other values.") from None
    return value.lower() in ("true", "yes") if column.kind is Kind.BOOLEAN else value


def _end(column: ColumnProfile, value: float | str, days: int = 0) -> Cell:
    """An end of a range as the column holds it; of dates, so many days later."""
    try:
        if column.kind.is_date:
            return (date.fromisoformat(str(value)[:10]) + timedelta(days=days)).isoformat()
        if column.kind.is_number:
            return int(value) if column.kind is Kind.INTEGER and float(value) == int(value) else float(value)
    except (ValueError, OverflowError):
        pass
    raise BadInput(f"“{column.name[:60]}” cannot be limited by “{str(value)[:60]}”.", "Choose another range.")


class _Work:
    """One result made anew."""

    def __init__(self, ws: Workspace, kept: Kept, progress: Progress) -> None:
        self._ws, self._kept, self._progress = ws, kept, progress

    def done(self, path: Path, first: str) -> Kept:
        """What the code gives on the table at the path, after the lines that come first."""
        if self._kept.analysis:
            return self._analysed(path, first)
        result = self._ran(path, first, self._kept.code)
        return self._filled(result, self._kept.code)

    def _analysed(self, path: Path, first: str) -> Kept:
        analysis = analyses.parse(self._kept.analysis)
        if looking := analysis.fit_code():
            self._progress.stage("Looking at the columns")
            outputs = self._ran(path, first, looking).outputs
            facts = next((each.value for each in outputs if isinstance(each, Value)), None)
            if not isinstance(facts, Mapping):
                raise BadInput("The columns could not be looked at.", "Choose other filters.")
            analysis = analyses.parse(analysis.model_dump() | {"learned": dict(facts)})
        choice = analysis.choose()
        if not choice.method:
            raise BadInput(choice.reason, choice.hint)
        code = analysis.to_code()
        return self._filled(self._ran(path, first, code, analysis), code)

    def _ran(self, path: Path, first: str, code: str, analysis: AnalysisBase | None = None) -> RunResult:
        """Raises: BadInput; Stopped."""
        settings, is_ours = self._ws.backends.settings, self._kept.analyst in OURS
        is_long = analysis is not None and analysis.LONG
        seconds = settings.fit_seconds if is_long else settings.run_seconds
        request = turns.requested(
            self._ws,
            f"{first}\n{code}" if first else code,
            path,
            trusted=is_ours,
            queries=is_ours and checks.uses_any(code, {"sql"}),
            seconds=seconds,
            rows=FITTED_ROWS if is_long else settings.answer_rows,
            fits=is_long,
        )
        self._progress.stage("Running")
        result = stoppable(self._ws.backends.sandbox, request, self._progress)
        if result.status is not RunStatus.OK:
            told = result.error.message if result.error else f"It ended as {result.status}."
            hint = "No row may be left: choose other filters." if first else "The table may have changed its columns."
            raise BadInput(f"This could not be made anew. {told}", hint)
        return result

    def _filled(self, result: RunResult, code: str) -> Kept:
        """What was kept, with what the run gave in place of what stood there. Raises: BadInput."""
        said = [each for each in result.outputs if isinstance(each, Text) and each.name == ANSWER_TEXT]
        outputs = tuple(each for each in result.outputs if each not in said and not each.name.startswith(WORKING))
        if (only := self._kept.only) is not None:
            if only >= len(outputs) or (self._kept.outputs and outputs[only].kind != self._kept.outputs[0].kind):
                raise BadInput("What is shown here did not come out of it this time.", "Choose other filters.")
            outputs = outputs[only : only + 1]
        given = {"text": " ".join(each.text for each in said), "outputs": outputs, "code": code}
        return self._kept.model_copy(update=given | {"caveats": tuple(checks.caveats(result))})
