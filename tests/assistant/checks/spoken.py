"""Texts about a result, as people and models write them, with numbers that are right and numbers that are planted.

Written before the check and without a look at it: it knows which numbers it made up.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa

from sandbox.messages import Output, RunResult, RunStatus, Table, Value

PLACES = (
    "West",
    "East",
    "North",
    "South",
    "Centre",
    "Coast",
    "Hills",
    "Islands",
    "Valley",
    "Harbour",
    "Lakes",
    "Plains",
)
MEASURES = (("price", "€"), ("revenue", "$"), ("units", ""), ("weight", " kg"), ("delay", " min"), ("share", " pts"))
MONTHS = ("January", "February", "March", "April", "May", "June")


@dataclass(frozen=True)
class Text:
    """A text, the result it tells about, and the numbers in it that are not so."""

    text: str
    result: RunResult
    planted: tuple[str, ...]
    numbers: int


class Speaker:
    """Tells about one table of groups, by lot."""

    def __init__(self, seed: int, wrong: bool) -> None:
        self.lot = random.Random(seed)
        self.size = 10 ** self.lot.uniform(0.5, 6)
        self.whole = self.lot.random() < 0.4
        names = self.lot.sample(PLACES, self.lot.randint(3, len(PLACES)))
        self.names, self.measure = names, self.lot.choice(MEASURES)
        self.values = [self._value() for _ in names]
        self.year = self.lot.randint(1995, 2025)
        self.planted: list[str] = []
        self.numbers, self.left = 0, 1 if wrong else 0

    def _value(self) -> float:
        drawn = self.size * self.lot.uniform(0.2, 1.8)
        return float(round(drawn)) if self.whole else drawn

    def text(self) -> Text:
        makers: list[Callable[[], str]] = [
            self.top, self.both, self.change, self.ratio, self.portion, self.total, self.mean, self.count, self.short,
        ]  # fmt: skip
        chosen = self.lot.sample(makers, self.lot.randint(1, 3))
        wrong_in = self.lot.randrange(len(chosen)) if self.left else -1
        parts = []
        for at, maker in enumerate(chosen):
            self.armed = at == wrong_in
            parts.append(maker())
        return Text(" ".join(parts), self.result(), tuple(self.planted), self.numbers)

    def result(self) -> RunResult:
        frame = pa.table({"place": self.names, self.measure[0]: self.values})
        if self.whole:
            frame = frame.set_column(1, self.measure[0], pa.array([int(value) for value in self.values]))
        sink = io.BytesIO()
        with pa.ipc.new_stream(sink, frame.schema) as writer:
            writer.write_table(frame)
        table = Table(arrow=sink.getvalue(), columns=tuple(frame.column_names), rows=len(frame), total_rows=len(frame))
        outputs: tuple[Output, ...] = (table, Value(name="year", value=self.year))
        return RunResult(id="r", status=RunStatus.OK, outputs=outputs)

    # Sentences

    def top(self) -> str:
        at = self.values.index(max(self.values))
        return f"{self.names[at]} leads with {self.say(self.values[at])}."

    def both(self) -> str:
        one, two = self.lot.sample(range(len(self.names)), 2)
        return (
            f"{self.names[one]} has {self.say(self.values[one])}, while {self.names[two]} stands at "
            f"{self.say(self.values[two])} in {self.year}."
        )

    def change(self) -> str:
        one, two = self.lot.sample(range(len(self.names)), 2)
        a, b = self.values[one], self.values[two]
        direction = "more" if a > b else "less"
        gap = self.say(abs(a - b))
        return f"At {self.exact(a)}, {self.names[one]} has {gap} {direction} than {self.names[two]} ({self.exact(b)})."

    def ratio(self) -> str:
        one, two = self.lot.sample(range(len(self.names)), 2)
        a, b = self.values[one], self.values[two]
        times = self.place(a / b, 1 if a / b < 20 else 0)
        return f"{self.names[one]} ({self.exact(a)}) is {times} times {self.names[two]} ({self.exact(b)})."

    def portion(self) -> str:
        at = self.lot.randrange(len(self.names))
        share = 100 * self.values[at] / sum(self.values)
        return f"{self.names[at]} makes up {self.place(share, self.lot.randint(0, 2))}{self.percent()} of the total."

    def total(self) -> str:
        return f"Together that is {self.say(sum(self.values))}."

    def mean(self) -> str:
        return f"On average a place has {self.say(sum(self.values) / len(self.values))}."

    def count(self) -> str:
        return f"There are {self.place(len(self.names), 0)} places in the result, {MONTHS[self.year % 6]} included."

    def short(self) -> str:
        at = self.lot.randrange(len(self.names))
        value = self.values[at]
        scale, word = (1e6, "M") if value >= 1e6 else (1e3, "k") if value >= 1e3 else (1.0, "")
        decimals = 2 if value / scale < 10 else 1
        return f"{self.names[at]}: {self.place(value / scale, decimals)}{word}."

    # Numbers

    def percent(self) -> str:
        return self.lot.choice(["%", " %", " percent", " per cent"])

    def exact(self, value: float) -> str:
        return self.say(value, plant=False)

    def say(self, value: float, plant: bool = True) -> str:
        unit = self.measure[1]
        decimals = 0 if self.whole and float(value).is_integer() else self.decimals(value)
        told = self.place(value, decimals, plant=plant)
        return f"{unit}{told}" if unit == "$" else f"{told}{unit}"

    def decimals(self, value: float) -> int:
        return 0 if value >= 10_000 else self.lot.randint(1, 2) if value >= 10 else 2

    def place(self, value: float, decimals: int, plant: bool = True) -> str:
        self.numbers += 1
        if plant and self.armed and self.left and self.lot.random() < 0.7:
            self.left -= 1
            wrong = self.wrong(value, decimals)
            self.planted.append(wrong)
            return wrong
        return self.write(value, decimals)

    def write(self, value: float, decimals: int) -> str:
        text = f"{value:,.{decimals}f}"
        style = self.lot.random()
        if style < 0.6 or ("," not in text):
            return text
        return text.replace(",", "") if style < 0.8 else text.replace(",", "\u202f")

    def wrong(self, value: float, decimals: int) -> str:
        """Another number that nobody would round to this one, and that stands nowhere in the result."""
        shown = {f"{each:.{decimals}f}" for each in (*self.values, len(self.names), self.year)}
        while True:
            candidate = self.lot.choice([self._off, self._digit, self._swapped, self._tenfold])(value, decimals)
            same = abs(candidate - value) < 1.5 * 10**-decimals
            if not same and f"{candidate:.{decimals}f}" not in shown and candidate > 0:
                return self.write(candidate, decimals)

    def _off(self, value: float, _decimals: int) -> float:
        return value * (1 + self.lot.choice([-1, 1]) * self.lot.uniform(0.02, 0.6)) + self.lot.choice([0, 1, 3])

    def _digit(self, value: float, decimals: int) -> float:
        text = list(f"{value:.{decimals}f}")
        at = self.lot.choice([place for place, each in enumerate(text) if each.isdigit()])
        text[at] = self.lot.choice("123456789")
        return float("".join(text))

    def _swapped(self, value: float, decimals: int) -> float:
        digits = f"{value:.{decimals}f}"
        at = self.lot.randrange(max(1, len(digits) - 1))
        changed = digits[:at] + digits[at : at + 2][::-1] + digits[at + 2 :]
        return float(changed) if changed.count(".") <= 1 and changed.strip(".") else value

    def _tenfold(self, value: float, _decimals: int) -> float:
        return value * self.lot.choice([0.1, 10])
