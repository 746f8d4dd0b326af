"""Steps that change and make numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import ClassVar, Final, Literal, Self

from pydantic import Field, JsonValue, model_validator

from services.code.steps.base import ColumnName, ColumnNames, Columns, Group, StepBase, listed, need, quoted, refuse
from services.code.steps.shapes import CellStep, NewColumn

FLOAT: Final = 'values = values.astype("float64")'
UNITS: Final[dict[str, dict[str, float]]] = {
    "mass in kg": {
        "kg": 1,
        "g": 0.001,
        "mg": 1e-06,
        "t": 1000,
        "lb": 0.45359237,
        "lbs": 0.45359237,
        "oz": 0.028349523125,
    },
    "length in m": {
        "m": 1,
        "km": 1000,
        "cm": 0.01,
        "mm": 0.001,
        "in": 0.0254,
        "ft": 0.3048,
        "yd": 0.9144,
        "mi": 1609.344,
    },
    "volume in l": {
        "l": 1,
        "ml": 0.001,
        "cl": 0.01,
        "dl": 0.1,
        "hl": 100,
        "gal": 3.785411784,
        "fl oz": 0.0295735295625,
    },
    "time in s": {"s": 1, "sec": 1, "ms": 0.001, "min": 60, "h": 3600, "hr": 3600, "hrs": 3600, "d": 86400},
    "data in MB": {"mb": 1, "kb": 0.001, "gb": 1000, "tb": 1000000, "b": 1e-06},
}
"""Factors by unit, in small letters (NIST SP 811)."""


class Round(CellStep):
    """Rounds numbers; halves go to the even neighbour."""

    GROUP: ClassVar[Group] = "numbers"
    TITLE: ClassVar = "Round"

    kind: Literal["round"] = "round"
    digits: int = Field(default=0, ge=-12, le=12)
    """Digits behind the point; negative ones round to tens, hundreds …"""

    def describe(self) -> str:
        return f"Round {listed(self.columns)} to {self.digits} digits"

    def cells(self) -> Sequence[str]:
        return [FLOAT, f"values = values.round({self.digits})"]


class Function(CellStep):
    """Puts a function of each number in its place."""

    GROUP: ClassVar[Group] = "numbers"
    TITLE: ClassVar = "Logarithm, root, absolute …"

    kind: Literal["function"] = "function"
    function: Literal["absolute", "negative", "square", "square root", "logarithm", "log of 1 + x", "exponential"] = (
        "absolute"
    )

    def describe(self) -> str:
        return f"Take the {self.function} of {listed(self.columns)}"

    def cells(self) -> Sequence[str]:
        change = {
            "absolute": "values.abs()",
            "negative": "-values",
            "square": "values * values",
            "square root": "np.sqrt(values.where(values >= 0))",
            "logarithm": "np.log(values.where(values > 0))",
            "log of 1 + x": "np.log1p(values.where(values > -1))",
            "exponential": "np.exp(values.where(values < 700))",
        }[self.function]
        return [FLOAT, f"values = {change}"]


class Calculate(NewColumn):
    """A new column out of two columns, or of one and a number."""

    GROUP: ClassVar[Group] = "numbers"
    TITLE: ClassVar = "Calculate"
    ROW_LOCAL: ClassVar = True

    kind: Literal["calculate"] = "calculate"
    left: ColumnName
    operation: Literal["plus", "minus", "times", "divided by", "per cent of"] = "plus"
    right: ColumnName = ""
    number: float | None = None
    """In place of the second column."""

    def check(self, columns: Sequence[str]) -> Columns:
        if (self.number is None) == (not self.right):
            refuse("A calculation needs a second column or a number, not both.", "Choose one of them.")
        return super().check(columns)

    def needs(self) -> Iterable[str]:
        return [self.left, self.right] if self.right else [self.left]

    def describe(self) -> str:
        second = quoted(self.right) if self.right else f"{self.number:g}"
        return f"Calculate {quoted(self.name)}: {quoted(self.left)} {self.operation} {second}"

    def expression(self) -> str:
        left = f'df[{self.left!r}].astype("float64")'
        right = f'df[{self.right!r}].astype("float64")' if self.right else repr(self.number)
        sign = {"plus": "+", "minus": "-", "times": "*"}.get(self.operation, "/")
        share = f"({left} {sign} {right})" + (" * 100" if self.operation == "per cent of" else "")
        return f"{share}.replace([np.inf, -np.inf], np.nan)" if sign == "/" and "100" not in share else share


class NumberFromText(CellStep):
    """Reads the number in a text such as “$1,234.50”, “12 kg” or “7 %”; what has none becomes missing, counted."""

    GROUP: ClassVar[Group] = "types"
    TITLE: ClassVar = "Take the number out of text"

    kind: Literal["number_from_text"] = "number_from_text"
    decimal: Literal[".", ","] = "."
    percent: Literal["as written", "as share"] = "as written"
    """Whether “7 %” becomes 7 or 0.07."""

    def kinds(self) -> Mapping[str, str]:
        return dict.fromkeys(self.columns, "decimal")

    def describe(self) -> str:
        return f"Take the numbers out of {listed(self.columns)}"

    def cells(self) -> Sequence[str]:
        mark = "," if self.decimal == "." else "."
        lines = [
            'text = values.astype("str").str.strip()',
            'negative = text.str.fullmatch(r"\\(.*\\)|.*[-−]\\s*\\d.*").fillna(False).astype(bool)',
            f'plain = text.str.replace(r"[\\s\' \\u00a0{mark}](?=\\d{{3}}(?!\\d))", "", regex=True)',
            f'plain = plain.str.extract(r"(\\d+(?:\\{self.decimal}\\d+)?)")[0]',
            f'plain = plain.str.replace({self.decimal!r}, ".", regex=False)',
            'numbers = pd.to_numeric(plain, errors="coerce").astype("float64")',
        ]
        if self.percent == "as share":
            lines.append(
                'numbers = numbers.mask(text.str.contains("%", regex=False).fillna(False).astype(bool), numbers / 100)'
            )
        return [
            *lines,
            "lost = values.notna() & numbers.isna()",
            "if lost.any():",
            '    print("{:,} of {:,} values in “{}” hold no number".format(lost.sum(), len(df), name))',
            "values = numbers.where(~negative, -numbers)",
        ]


class ConvertUnits(CellStep):
    """Reads texts like “500 g” and “2 kg” as numbers in one unit; what has no such unit becomes missing, counted."""

    GROUP: ClassVar[Group] = "numbers"
    TITLE: ClassVar = "One unit for all"

    kind: Literal["convert_units"] = "convert_units"
    to: Literal["mass in kg", "length in m", "volume in l", "time in s", "data in MB"]

    def kinds(self) -> Mapping[str, str]:
        return dict.fromkeys(self.columns, "decimal")

    def describe(self) -> str:
        return f"Read {listed(self.columns)} as {self.to}"

    def before(self) -> Sequence[str]:
        return [f"factors = {UNITS[self.to]!r}"]

    def cells(self) -> Sequence[str]:
        return [
            'parts = values.astype("str").str.strip().str.extract(r"^([+-]?\\d+(?:\\.\\d+)?)\\s*(\\D+)$")',
            'numbers = pd.to_numeric(parts[0]).astype("float64")',
            'numbers = numbers * parts[1].str.lower().str.strip(" .").map(factors).astype("float64")',
            "lost = values.notna() & numbers.isna()",
            "if lost.any():",
            '    print("{:,} of {:,} values in “{}” have no known unit".format(lost.sum(), len(df), name))',
            "values = numbers",
        ]


class Scale(StepBase):
    """Brings numbers to one scale; centre and width are learned once."""

    GROUP: ClassVar[Group] = "features"
    TITLE: ClassVar = "Scale"
    ROW_LOCAL: ClassVar = True
    KEEPS_ROWS: ClassVar = True

    kind: Literal["scale"] = "scale"
    columns: ColumnNames
    method: Literal["standard", "from 0 to 1", "robust"] = "standard"

    def check(self, columns: Sequence[str]) -> Columns:
        need(columns, self.columns)
        return tuple(columns)

    def kinds(self) -> Mapping[str, str]:
        return dict.fromkeys(self.columns, "decimal")

    def describe(self) -> str:
        how = {"standard": "mean 0 and deviation 1", "from 0 to 1": "0 to 1", "robust": "median 0 and middle half 1"}
        return f"Scale {listed(self.columns)} to {how[self.method]}"

    def fit_code(self) -> str:
        if self.learned:
            return ""
        pair = {
            "standard": "values.mean(), values.std()",
            "from 0 to 1": "values.min(), values.max() - values.min()",
            "robust": "values.median(), values.quantile(0.75) - values.quantile(0.25)",
        }[self.method]
        return "\n".join(
            [
                "result = {}",
                f"for name in {list(self.columns)!r}:",
                '    values = df[name].astype("float64").replace([np.inf, -np.inf], np.nan)',
                f"    centre, width = {pair}",
                "    result[name] = [0.0 if np.isnan(centre) else float(centre), float(width) if width > 0 else 1.0]",
            ]
        )

    def to_code(self) -> str:
        return "\n".join(
            [
                f"learned = {self.learned or {name: [0.0, 1.0] for name in self.columns}!r}",
                "for name, (centre, width) in learned.items():",
                '    df = df.assign(**{name: (df[name].astype("float64") - centre) / width})',
            ]
        )


class Bins(NewColumn):
    """A new column that says in which band a number lies; the edges are learned once, or given."""

    GROUP: ClassVar[Group] = "features"
    TITLE: ClassVar = "Bands of numbers"
    ROW_LOCAL: ClassVar = True

    kind: Literal["bins"] = "bins"
    column: ColumnName
    method: Literal["equally wide", "equally many", "given edges"] = "equally wide"
    count: int = Field(default=5, ge=2, le=100)
    edges: tuple[float, ...] = Field(default=(), max_length=101)
    """In rising order; only for given edges."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        given = self.method == "given edges"
        if given and (len(self.edges) < 2 or list(self.edges) != sorted(set(self.edges))):
            raise ValueError("edges must rise, and there must be two at least")
        return self

    def needs(self) -> Iterable[str]:
        return [self.column]

    def describe(self) -> str:
        number = len(self.edges) - 1 if self.method == "given edges" else self.count
        return f"Put {quoted(self.column)} into {number} bands, {self.method}, as {quoted(self.name)}"

    def fit_code(self) -> str:
        if self.learned or self.method == "given edges":
            return ""
        edges = (
            f"np.linspace(values.min(), values.max(), {self.count + 1})"
            if self.method == "equally wide"
            else f"values.quantile(np.linspace(0, 1, {self.count + 1}))"
        )
        return "\n".join(
            [
                f'values = df[{self.column!r}].astype("float64").replace([np.inf, -np.inf], np.nan).dropna()',
                "if values.nunique() < 2:",
                '    raise ValueError("the column has fewer than two values")',
                f'result = {{"edges": sorted(set(float(edge) for edge in {edges}))}}',
            ]
        )

    def taught(self, found: Mapping[str, JsonValue]) -> Self:
        edges = found.get("edges")
        if not isinstance(edges, list) or len(edges) < 2:
            refuse(f"{quoted(self.column)} has too few values for bands.", "Give the edges yourself.")
        return super().taught(found)

    def _edges(self) -> list[float]:
        learned = self.learned.get("edges")
        known = [float(edge) for edge in learned if isinstance(edge, int | float)] if isinstance(learned, list) else []
        return known or list(self.edges) or [0.0, 1.0]

    def expression(self) -> str:
        edges = self._edges()
        names = [f"{low:g}–{high:g}" for low, high in pairwise(edges)]
        if len(set(names)) < len(names):
            names = [f"{low!r}–{high!r}" for low, high in pairwise(edges)]
        values = f'df[{self.column!r}].astype("float64")'
        return f'pd.cut({values}, {edges!r}, labels={names!r}, include_lowest=True).astype("str")'
