"""The same question worked out a second time: by SQL from the built-in analyst's reading, which never sees the code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sandbox.messages import RunStatus, Table, Value
from services.assistant.builtin import BuiltinAnalyst
from services.assistant.builtin.agreement import same
from services.assistant.builtin.intent import Intent, Shape
from services.assistant.builtin.writing.naming import names
from services.assistant.builtin.writing.queries import query
from services.assistant.builtin.writing.seen import rows_of
from services.assistant.checks.case import Case
from services.assistant.checks.shown import is_number
from services.domain import Check, Outcome, Plan, PlanKind
from services.progress import QUIET

NAME: Final = "two ways"
ADVICE: Final = (
    "Another derivation of the same question by SQL gives other numbers: look at filters, at rows without a value, "
    "and at what is counted, and keep the code if it is right."
)
MOST: Final = 5_000_000
"""Rows of the largest table that is read a second time."""
CODE: Final = "result = sql({!r})"
MET: Final = 0.9
"""Share of the groups shown that have to be groups of the second derivation before the two are compared."""
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Second:
    """What SQL gave: its groups with their measures, and how the question was read for it."""

    intent: Intent
    reading: str
    rows: Sequence[Row]
    keys: tuple[str, ...]
    measures: tuple[str, ...]


def weigh(case: Case) -> Check | None:
    """None where there is no second reading, or the two are about different things."""
    second = _second(case)
    if second is None:
        return None
    if second.intent.keys:
        found = next((each for rows in _tables(case) if (each := _groups(second, rows)) is not None), None)
    else:
        found = _scalars(second, list(_numbers(case)))
    if found is None:
        return None
    return _told(second, found)


def _told(second: Second, differences: Sequence[str]) -> Check:
    read = f"Read as: {second.reading}"
    if not differences:
        sentence = "Worked out a second way, by SQL, with the same result."
        return Check(name=NAME, outcome=Outcome.PASSED, sentence=sentence, evidence=(read,))
    sure = not second.intent.assumed
    sentence = "Worked out a second way, by SQL, the numbers differ."
    outcome = Outcome.FAILED if sure else Outcome.WARNED
    return Check(name=NAME, outcome=outcome, sentence=sentence, evidence=(read, *differences[:5]))


def _second(case: Case) -> Second | None:
    """The second derivation; only plain aggregates of one table that runs whole."""
    if case.brief is None or case.rerun is None or case.result.sampled or len(case.profiles) != 1:
        return None
    profile = case.brief.profile
    plan = BuiltinAnalyst().plan(case.brief, QUIET) if 0 < profile.rows <= MOST else Plan(kind=PlanKind.DECLINE)
    if plan.kind is not PlanKind.ANALYSE:
        return None
    intent = Intent.model_validate(plan.intent)
    plain = (
        intent.shape is Shape.GROUPS and intent.pick is None and not (intent.share or intent.change or intent.contrast)
    )
    text = query(intent, profile) if plain and not intent.tally else ""
    if not text:
        return None
    result = case.rerun(CODE.format(text), True)
    table = next((output for output in result.outputs if isinstance(output, Table)), None)
    if result.status is not RunStatus.OK or table is None or table.rows < table.total_rows:
        return None
    return Second(intent, plan.reading, rows_of(table), *names(intent))


def _tables(case: Case) -> Iterator[Sequence[Row]]:
    for output in case.outputs:
        if isinstance(output, Table) and output.rows:
            yield rows_of(output)
        elif isinstance(output, Value) and isinstance(output.value, dict):
            yield [{"key": key, "value": value} for key, value in output.value.items()]


def _numbers(case: Case) -> Iterator[float]:
    for output in case.outputs:
        if isinstance(output, Value):
            given: list[Any] = list(output.value.values()) if isinstance(output.value, dict) else [output.value]
            yield from (float(each) for each in given if is_number(each))
        elif isinstance(output, Table) and output.total_rows == 1:
            yield from (float(each) for each in rows_of(output)[0].values() if is_number(each))


def _close(ours: Any, theirs: Any, scale: float = 0.0) -> bool:
    """Equal, but for rounding to the decimals that are there, and but for a percentage said as a share."""
    if same(ours, theirs, scale):
        return True
    if not is_number(ours) or not is_number(theirs):
        return False
    decimals = len(f"{ours:.10f}".rstrip("0").partition(".")[2])
    return abs(ours - theirs) <= 0.5000001 * 10.0**-decimals if decimals else False


def _scalars(second: Second, numbers: Sequence[float]) -> list[str] | None:
    """The differences; None where there is no one number to set against."""
    if len(second.rows) != 1 or len(second.measures) != 1 or not numbers:
        return None
    wanted = next(iter(second.rows[0].values()))
    if any(_close(each, wanted) for each in numbers):
        return []
    return [f"Answer {_said(numbers[0])}, by SQL {_said(wanted)}"] if len(numbers) == 1 else None


def _groups(second: Second, rows: Sequence[Row]) -> list[str] | None:
    """The differences by group; None where the rows are not these groups."""
    known = {tuple(_label(row[key]) for key in second.keys): row for row in second.rows}
    columns = _key_columns(second, rows, known)
    if columns is None:
        return None
    pairs = [(row, known.get(tuple(_label(row[name]) for name in columns))) for row in rows]
    measured = [name for name in rows[0] if name not in columns and any(is_number(row[name]) for row in rows)]
    if not measured:
        return None
    lists = [list(_apart(pairs, name, second, columns)) for name in measured]
    found = min(lists, key=len)
    short = second.intent.limit is None and second.intent.having is None and not second.intent.best
    if not found and short and len(rows) < len(second.rows):
        return [f"{len(rows):,} groups here, {len(second.rows):,} by SQL"]
    return found


def _key_columns(second: Second, rows: Sequence[Row], known: Mapping[tuple[str, ...], Row]) -> tuple[str, ...] | None:
    """The columns that hold the keys, found by their values."""
    columns = []
    for at in range(len(second.keys)):
        values = {key[at] for key in known}
        fitting = [name for name in rows[0] if name not in columns and _share(rows, name, values) >= MET]
        if not fitting:
            return None
        columns.append(fitting[0])
    return tuple(columns)


def _share(rows: Sequence[Row], name: str, values: set[str]) -> float:
    return sum(_label(row[name]) in values for row in rows) / len(rows)


def _apart(pairs: Sequence[tuple[Row, Row | None]], name: str, second: Second, columns: Sequence[str]) -> Iterator[str]:
    measure = second.measures[0]
    for row, other in pairs:
        if other is not None and not _close(row[name], other[measure]):
            label = " / ".join(_label(row[column]) for column in columns)
            yield f"{label}: answer {_said(row[name])}, by SQL {_said(other[measure])}"


def _label(value: Any) -> str:
    """A key as both derivations write it."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()[:10].removesuffix("-01") if value.day == 1 else value.isoformat()[:10]
    return "" if value is None else str(value)


def _said(value: Any) -> str:
    return f"{value:,.6g}" if isinstance(value, float) else f"{value:,}" if is_number(value) else str(value)[:60]
