"""Accuracy of the built-in analyst on questions with known answers, over the real path: file, profile, code, sandbox.

`python -m benchmarks.questions nvbench|wtq [--all] [--limit N] [--failures]`. One half of the questions, chosen by a
fixed hash, was looked at while the analyst was written; the other half was not, and is reported beside it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from sandbox import Figure, Grant, RunRequest, RunResult, RunStatus, Sandbox
from services.assistant.builtin import BuiltinAnalyst
from services.backends.engine import Engine
from services.backends.readers.readers import Readers
from services.commands.evaluation import judging
from services.commands.evaluation.cases import kind_of
from services.domain import Exchange, Plan, PlanKind, Profile
from services.errors import AppError
from services.protocols import Brief, ValueHit

LOOKED_AT = 0
GROUPS = ("COUNT", "SUM", "AVG", "MIN/MAX", "None")


def half_of(case: dict[str, Any]) -> int:
    """0 for the half that was looked at, by a hash of the question's family."""
    family = case["vis_id"].split("@")[0] if "vis_id" in case else case["table_csv"]
    return int(hashlib.sha256(f"7:{family}".encode()).hexdigest(), 16) % 2


class Silent:
    """A progress nobody watches."""

    def stage(self, name: str) -> None: ...

    def text(self, piece: str) -> None: ...

    def check(self) -> None: ...

    def sent(self, exchange: Exchange) -> None: ...


@dataclass(frozen=True)
class Score:
    """One question, judged. `chart` and `order` are None where the question does not ask for them."""

    case: dict[str, Any]
    answered: bool
    right: bool
    chart: bool | None
    order: bool | None
    note: str
    code: str
    seconds: float

    @property
    def half(self) -> int:
        return half_of(self.case)

    @property
    def group(self) -> str:
        """The aggregate and whether there is a filter."""
        return kind_of(self.case)


class Bench:
    """Reads tables once and asks questions about them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.engine, self.readers, self.sandbox = (
            Engine(),
            Readers(max_columns=2_000, is_isolating=False),
            Sandbox(workers=2),
        )
        self.analyst, self.progress = BuiltinAnalyst(), Silent()
        self.table = lru_cache(maxsize=None)(self._table)

    def _table(self, path: Path) -> tuple[Path, Profile]:
        target = self.folder / f"{path.stem}.parquet"
        self.readers.read(path, target, path.name)
        return target, self.engine.profile(target, path.stem)

    def ask(self, question: str, path: Path) -> tuple[Plan, str, RunResult | None, str]:
        """How the question was understood, the code, what it gave, and the text."""
        parquet, profile = self.table(path)
        texts = [column.name for column in profile.columns]

        def find_values(phrases: Sequence[str], /) -> Sequence[ValueHit]:
            return self.engine.find_values(parquet, texts, phrases)

        def read_rows(most: int, /) -> Mapping[str, Sequence[Any]]:
            return self.engine.page(parquet, 0, most).to_pydict() if profile.rows <= most else {}

        brief = Brief(question, {"df": profile}, (), find_values, title=path.stem, read_rows=read_rows)
        plan = self.analyst.plan(brief, self.progress)
        if plan.kind is not PlanKind.ANALYSE:
            return plan, "", None, plan.message
        code = self.analyst.write(brief, plan, (), self.progress)
        grant = Grant.QUERY if "sql(" in code else Grant.ANSWER
        result = self.sandbox.run(RunRequest(id="bench", code=code, tables={"df": parquet}, grant=grant, trusted=True))
        verdict = self.analyst.review(brief, plan, code, result, self.progress)
        return plan, code, result, verdict.problem or verdict.text

    def compiled(self, question: str, path: Path) -> float:
        """Reads the question and writes its code; the seconds of it in which the values of the table were searched.

        Raises: ValueError, when the question is not understood.
        """
        parquet, profile = self.table(path)
        names, spent = [column.name for column in profile.columns], 0.0

        def find_values(phrases: Sequence[str], /) -> Sequence[ValueHit]:
            nonlocal spent
            started = time.perf_counter()
            found = self.engine.find_values(parquet, names, phrases)
            spent += time.perf_counter() - started
            return found

        brief = Brief(question, {"df": profile}, (), find_values, title=path.stem)
        plan = self.analyst.plan(brief, self.progress)
        if plan.kind is not PlanKind.ANALYSE:
            raise ValueError(f"{question!r}: {plan.message}")
        self.analyst.write(brief, plan, (), self.progress)
        return spent

    def judge(self, case: dict[str, Any], path: Path) -> Score:
        started = time.perf_counter()
        try:
            plan, code, result, text = self.ask(case["question"], path)
        except AppError as error:
            return Score(case, False, False, None, None, str(error), "", time.perf_counter() - started)
        seconds = time.perf_counter() - started
        if result is None or result.status is not RunStatus.OK:
            return Score(case, False, False, None, None, text, code, seconds)
        rows = judging.cells(result.outputs)
        if "gold_answers" in case:
            right = judging.lists_match(judging.listed(result.outputs, rows), case["gold_answers"])
            return Score(case, True, right, None, None, f"{plan.reading} | {text} | {rows[:3]}", code, seconds)
        right = bool(rows) and judging.rows_match(rows, case["gold_rows"])
        chart = _chart_right(case, result) if case["chart_in_question"] else None
        order = self._in_order(case, rows) if right and _asks_for_order(case) else None
        return Score(case, True, right, chart, order, f"{plan.reading} | {text} | {rows[:3]}", code, seconds)

    def _in_order(self, case: dict[str, Any], rows: list[list[Any]]) -> bool:
        """Whether the column that stands for x or y runs in the order that was asked for."""
        at = 0 if case["sort"]["by"] == "x" else 1
        wanted = sorted(str(judging.plain(row[at])) for row in case["gold_rows"])
        for place in range(len(rows[0])):
            got = [judging.plain(row[place]) for row in rows]
            raw = [row[place] for row in rows]
            descending = case["sort"]["order"] == "desc"
            if sorted(map(str, got)) == wanted and (_is_sorted(got, descending) or _is_sorted(raw, descending)):
                return True
        return False


def _asks_for_order(case: dict[str, Any]) -> bool:
    """Whether the question itself, not only its gold query, asks for an order of x or y."""
    asked = re.search(
        r"\b(?:order|sort|rank|asc|desc|ascending|descending|from|alphabetical)", case["question"].lower()
    )
    return bool(asked and case["sort"] and case["sort"]["by"] in ("x", "y"))


def _is_sorted(values: list[Any], descending: bool) -> bool:
    if len({type(value) for value in values}) > 1:
        values = [str(value) for value in values]
    ordered = sorted(values, reverse=descending)
    days = ["mon", "tue", "wed", "thur", "fri", "sat", "sun"]
    if all(value in days for value in values):
        ordered = sorted(values, key=days.index, reverse=descending)
    return values == ordered


def _chart_right(case: dict[str, Any], result: RunResult) -> bool:
    figure = next((one for one in result.outputs if isinstance(one, Figure)), None)
    if figure is None:
        return False
    drawn = json.loads(figure.json_text)
    trace = drawn["data"][0] if drawn["data"] else {}
    kind = trace.get("type", "scatter")
    if kind in ("scatter", "scattergl"):
        kind = "line" if "lines" in trace.get("mode", "") else "scatter"
    wanted = {"Bar": "bar", "Stacked Bar": "bar", "Pie": "pie", "Line": "line", "Grouping Line": "line"}
    return bool(kind == wanted.get(case["chart_type"], "scatter"))


def cases_of(folder: Path, name: str, limit: int | None) -> list[dict[str, Any]]:
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines][:limit]


def _share(found: Iterable[bool | None]) -> str:
    known = [one for one in found if one is not None]
    return f"{sum(known) / len(known):6.3f} ({sum(known):>4}/{len(known):<4})" if known else "     –          "


def report(scores: Sequence[Score]) -> None:
    """Prints the figures of the half that was looked at beside those of the other half."""
    halves = {
        "looked at": [one for one in scores if one.half == LOOKED_AT],
        "other half": [one for one in scores if one.half != LOOKED_AT],
        "all": list(scores),
    }
    groups = [f"{name} {kind}" for name in GROUPS for kind in ("plain", "filtered")]
    groups = groups if any(one.group in groups for one in scores) else sorted({one.group for one in scores})
    print(f"{'':24}" + "".join(f"{name:>20}" for name in halves))
    for group in groups:
        row = [_share(one.right for one in half if one.group == group) for half in halves.values()]
        print(f"{group:24}" + "".join(f"{cell:>20}" for cell in row))
    _line("macro-average", halves.values(), lambda half: f"{_macro(half):6.3f}            ")
    _line("all questions right", halves.values(), lambda half: _share(one.right for one in half))
    _line("answered", halves.values(), lambda half: _share(one.answered for one in half))
    _line("right of answered", halves.values(), lambda half: _share(one.right for one in half if one.answered))
    _line("answered wrongly", halves.values(), lambda half: _share(one.answered and not one.right for one in half))
    _line("chart right where named", halves.values(), lambda half: _share(one.chart for one in half))
    _line("order right where asked", halves.values(), lambda half: _share(one.order for one in half))
    _line(
        "seconds, median",
        halves.values(),
        lambda half: f"{sorted(one.seconds for one in half)[len(half) // 2]:6.3f}" if half else "",
    )


def _line(name: str, halves: Iterable[Sequence[Score]], cell: Callable[[Sequence[Score]], str]) -> None:
    print(f"{name:24}" + "".join(f"{cell(half):>20}" for half in halves))


def _macro(scores: Sequence[Score]) -> float:
    groups: dict[str, list[bool]] = defaultdict(list)
    for one in scores:
        groups[one.group].append(one.right)
    return sum(sum(found) / len(found) for found in groups.values()) / len(groups) if groups else 0.0


def show_failures(scores: Sequence[Score], half: int) -> None:
    """Prints what went wrong in one half."""
    for one in scores:
        kinds = {"ANSWER": one.right, "CHART": one.chart, "ORDER": one.order}
        failed = [name for name, right in kinds.items() if right is False]
        if failed and one.half == half:
            state = "WRONG" if one.answered else "DECLINED"
            print(f"\n{state} {' '.join(failed)} {one.case['id']} {one.case['question']}")
            gold = one.case.get("gold_answers") or [
                one.case["gold_sql"],
                one.case["gold_rows"][:3],
                one.case["chart_type"],
            ]
            print(f"   gold: {gold}")
            print(f"   ours: {one.note}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus", choices=["nvbench", "wtq"])
    parser.add_argument("--all", action="store_true", help="all paraphrases, not the core")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--looked-at", action="store_true", help="only the half that may be looked at")
    parser.add_argument("--failures", action="store_true", help="list the failures of the half that may be looked at")
    options = parser.parse_args()
    corpora = Path(os.environ.get("CORPORA", "../shared/corpora"))
    folder = corpora / options.corpus
    if not folder.is_dir():
        print(f"The corpora are missing: there is no {folder}. Set CORPORA to their folder to measure.")
        return
    cases = cases_of(folder, "cases.jsonl" if options.all else "core.jsonl", options.limit)
    if options.looked_at:
        cases = [case for case in cases if half_of(case) == LOOKED_AT]
    with tempfile.TemporaryDirectory() as temporary:
        bench = Bench(Path(temporary))
        try:
            scores = [bench.judge(case, folder / case["table_csv"]) for case in cases]
        finally:
            bench.sandbox.close()
    if options.failures:
        show_failures(scores, LOOKED_AT)
    report(scores)


if __name__ == "__main__":
    main()
