"""The numbers that a result shows, and those that follow from them by one step."""

from __future__ import annotations

import ast
import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sandbox.messages import Figure, Output, Table, Text, Value
from services.assistant.checks.case import Case

Numbers = npt.NDArray[np.float64]
ROWS: Final = 1_000
"""Rows of a table whose single cells count as shown; of all rows count sums, means and ends."""
TEXTS: Final = 20_000
"""Characters of texts that are looked through for numbers."""
LARGEST: Final = 1e300
PAIRED: Final = 24
"""Numbers of a text that are set against each other."""
SMALL: Final = 40
"""Rows of a table whose rows may be set against their total."""
_DIGITS: Final = re.compile(r"\d+(?:[.,]\d+)*")
_AXES: Final = ("x", "y", "z", "values", "r", "theta", "open", "close", "high", "low", "labels")


@dataclass
class Shown:
    """What a result holds. `words` are its texts, in which dates and names are looked up."""

    values: list[float] = field(default_factory=list)
    counts: list[float] = field(default_factory=list)
    """Of rows and entries: whole numbers, and never a percentage."""
    shares: list[float] = field(default_factory=list)
    """Parts of their total, as percentages."""
    steps: list[float] = field(default_factory=list)
    """Differences between the ends of a column."""
    words: list[str] = field(default_factory=list)

    def add(self, value: Any) -> None:
        """A number, or a text with what stands in it."""
        if isinstance(value, bool) or value is None:
            return
        if isinstance(value, int | float):
            if is_number(value):
                self.values.append(float(value))
        else:
            self._text(str(value))

    def _text(self, text: str) -> None:
        self.words.append(text[:TEXTS])
        for digits in _DIGITS.findall(text[:TEXTS])[:ROWS]:
            self.values.extend(_ways(digits))

    @property
    def text(self) -> str:
        return "\n".join(self.words)


def of(case: Case) -> Shown:
    """Everything that may stand in the text without being made up: the outputs with what sums them up, the size of the
    table, and the numbers of the question and of the code's conditions."""
    shown = Shown()
    said = next((o for o in case.result.outputs if isinstance(o, Text) and o.text.strip() == case.text.strip()), None)
    for output in case.result.outputs:
        if output is not said:
            _output(shown, output)
    for name, profile in case.profiles.items():
        shown.words += [name, *(column.name for column in profile.columns)]
        shown.words += [each for column in profile.columns for each in (column.low, column.high) if each]
        shown.counts += [float(profile.rows), float(len(profile.columns))]
    shown.add(case.question)
    if case.brief is None:
        # The built-in analyst's reading is made from the question; a model's is a text as any other.
        shown.add(case.plan.reading)
    for number in constants(case.code):
        shown.add(number)
    return shown


def constants(code: str) -> Iterator[float | str]:
    """The numbers and texts written in the code, but those that it only puts into its result."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError):
        return
    spoken = {id(part) for node in ast.walk(tree) for part in _spoken(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in spoken and isinstance(node.value, int | float | str):
            yield node.value


def _spoken(node: ast.AST) -> Iterator[ast.AST]:
    """What is given out as it stands: texts with holes, and the plain values of what is assigned to `result`."""
    if isinstance(node, ast.JoinedStr):
        yield from (part for part in node.values if isinstance(part, ast.Constant))
    elif isinstance(node, ast.Assign) and any(isinstance(one, ast.Name) and one.id == "result" for one in node.targets):
        given = node.value.values if isinstance(node.value, ast.Dict) else [node.value]
        yield from (part for part in given if isinstance(part, ast.Constant))


def _output(shown: Shown, output: Output) -> None:
    match output:
        case Value():
            _nested(shown, output.value)
        case Text():
            shown.add(output.text)
        case Table():
            _table(shown, output)
        case Figure():
            _figure(shown, output)
    shown.words.append(output.name)


def _nested(shown: Shown, value: Any) -> None:
    if isinstance(value, dict):
        for key, each in value.items():
            shown.add(key)
            _nested(shown, each)
        _sum_up(shown, np.array([v for v in value.values() if is_number(v)], dtype=float))
    elif isinstance(value, list):
        for each in value[:ROWS]:
            _nested(shown, each)
        shown.counts.append(float(len(value)))
        _sum_up(shown, np.array([v for v in value if is_number(v)], dtype=float))
    else:
        shown.add(value)


def is_number(value: Any) -> bool:
    """Whether it is a number that a float can hold: code may give whole numbers of any length."""
    is_numeric = isinstance(value, int | float) and not isinstance(value, bool)
    return is_numeric and -LARGEST < value < LARGEST


def _table(shown: Shown, output: Table) -> None:
    table = opened(output)
    shown.counts += [float(output.total_rows), float(table.num_rows)]
    for name, column in zip(table.column_names, table.columns, strict=True):
        shown.add(name)
        _column(shown, column)


def opened(output: Table) -> pa.Table:
    """The table of an output."""
    return pa.ipc.open_stream(output.arrow).read_all()


def _column(shown: Shown, column: pa.ChunkedArray) -> None:
    if is_numeric(column.type):
        numbers = floats(column)
        shown.values.extend(numbers[:ROWS][np.isfinite(numbers[:ROWS])].tolist())
        _sum_up(shown, numbers[np.isfinite(numbers)])
        return
    for value in column.slice(0, ROWS).to_pylist():
        shown.add(value if isinstance(value, str) else _iso(value))
    if pa.types.is_boolean(column.type):
        shown.counts.append(float(pc.sum(column).as_py() or 0))


def is_numeric(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def floats(column: pa.ChunkedArray) -> Numbers:
    """The numbers of a column, not-a-number where there is none."""
    found: Numbers = column.cast(pa.float64(), safe=False).to_numpy()
    return found


def _iso(value: Any) -> str | None:
    return None if value is None else str(value)


def _figure(shown: Shown, output: Figure) -> None:
    for trace in json.loads(output.json_text).get("data", []):
        for axis in _AXES:
            each = trace.get(axis)
            if isinstance(each, list):
                _nested(shown, each)
        shown.add(trace.get("name"))


def _sum_up(shown: Shown, numbers: Numbers) -> None:
    """What a column of numbers gives by one step: its sum, mean, ends and what parts them."""
    if not len(numbers):
        return
    with np.errstate(all="ignore"):
        total, low, high = float(numbers.sum()), float(numbers.min()), float(numbers.max())
        made = [total, float(numbers.mean()), float(np.median(numbers)), low, high]
        shown.values += [each for each in made if math.isfinite(each)]
        if low < 0 < high:
            shown.counts += [float((numbers > 0).sum()), float((numbers < 0).sum())]
        shown.steps += [high - low, float(numbers[-1] - numbers[0])]
        if len(numbers) <= SMALL and total:
            shown.shares += (100 * numbers / total).tolist()
        ends = ((low, high), (float(numbers[0]), float(numbers[-1])))
        shown.shares += [100 * (b - a) / a for a, b in ends if a]


def from_pairs(numbers: Sequence[float]) -> tuple[list[float], list[float], list[float]]:
    """Differences and sums, percentages, and ratios of numbers that stand together in a text."""
    steps, shares, ratios = [], [], []
    for one, two in permutations(numbers[:PAIRED], 2):
        steps += [one - two, one + two]
        if two:
            shares += [100 * (one - two) / two, 100 * one / two]
            ratios.append(one / two)
        if one + two:
            shares.append(100 * one / (one + two))
    return steps, shares, ratios


def _ways(digits: str) -> Iterator[float]:
    """The numbers that digits with marks may stand for."""
    for text in {digits.replace(",", ""), digits.replace(".", "").replace(",", "."), digits.replace(",", ".")}:
        if text.count(".") <= 1 and len(text) < 300:
            yield float(text)
