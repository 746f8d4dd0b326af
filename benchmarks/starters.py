"""First questions on real tables, and how long it takes to read a question: `python -m benchmarks.starters`.

Each table's own starter questions and the follow-ups offered with each answer, over the real path: file, profile,
code, sandbox. All should be answered, and pandas and SQL should agree on each. Then the milliseconds from a question
to its code on a table of 50 columns in which 100,000 different texts stand.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.questions import Bench
from sandbox import RunStatus
from services.assistant.builtin import starters
from services.assistant.builtin.agreement import SECOND
from services.assistant.builtin.analyst import DISAGREED
from services.domain import PlanKind

TABLES: Final = 30
ROWS, COLUMNS, TEXTS = 100_000, 50, 5
GOAL_MS: Final = 50
QUESTIONS: Final = (
    "average number_7 by text_2",
    "how many rows where text_1 is value 77777 of text 1",
    "top 5 text_3 by total number_9 as a bar chart",
    "total number_11 per month",
    "which text_0 has the highest number_8",
)


def main() -> int:
    """The exit code: 0 when every question was answered and agreed on, and the goal for the time is met."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        try:
            whole = _real(bench)
            quick = _wide(bench, Path(folder))
        finally:
            bench.sandbox.close()
    return 0 if whole and quick else 1


def _real(bench: Bench) -> bool:
    corpora = Path(os.environ.get("CORPORA") or "../shared/corpora")
    found = [path for name in ("dabench", "nvbench") for path in sorted((corpora / name / "tables").rglob("*.csv"))]
    if not found:
        print(f"Left out: there are no tables under {corpora}.")
        return True
    half = TABLES // 2
    first = [path for path in found if "dabench" in path.parts][:half]
    tables = first + [path for path in found if "nvbench" in path.parts][: TABLES - len(first)]
    counted: Counter[str] = Counter()
    for path in tables:
        questions = starters(bench.table(path)[1])
        counted["tables without a starter"] += not questions
        for question in questions:
            counted[_outcome(bench, question, path)] += 1
    asked = sum(number for name, number in counted.items() if name != "tables without a starter")
    print(f"{len(tables)} tables, {asked} starter questions: {dict(counted)}")
    return counted["agreed"] == asked


def _outcome(bench: Bench, question: str, path: Path) -> str:
    """ "agreed", or what went wrong, which is printed."""
    plan, code, result, text = bench.ask(question, path)
    if plan.kind is PlanKind.ANALYSE and result is not None and result.status is RunStatus.OK:
        if text != DISAGREED:
            return "agreed" if SECOND in code else "answered in one way"
        name = "disagreed"
    else:
        name = "not answered"
    print(f"  {name}: {path.name}: {question!r}: {text}")
    return name


def _wide(bench: Bench, folder: Path) -> bool:
    """Prints the milliseconds of each question; whether all keep the goal."""
    numbers = {f"number_{n}": pa.array([(row * (n + 3)) % 9973 for row in range(ROWS)]) for n in range(COLUMNS - 6)}
    texts = {f"text_{n}": pa.array([f"value {row} of text {n}" for row in range(ROWS)]) for n in range(TEXTS)}
    days = pa.array([row % 700 * 86_400 for row in range(ROWS)], pa.timestamp("s"))
    source = folder / "wide.parquet"
    pq.write_table(pa.table({**texts, "day": days, **numbers}), source)
    taken = {question: _milliseconds(bench, question, source) for question in QUESTIONS}
    for question, (reading, finding) in taken.items():
        print(f"  {question!r}: {reading:.0f} ms to its code, and {finding:.0f} ms to look values up")
    return all(reading < GOAL_MS for reading, _ in taken.values())


def _milliseconds(bench: Bench, question: str, path: Path) -> tuple[float, float]:
    """Milliseconds to read and compile, and those in which the values of the table were searched; medians of five."""
    measured = []
    for _ in range(5):
        started = time.perf_counter()
        spent = bench.compiled(question, path)
        measured.append((time.perf_counter() - started - spent, spent))
    return tuple(1000 * statistics.median(each) for each in zip(*measured, strict=True))  # type: ignore[return-value]


if __name__ == "__main__":
    sys.exit(main())
