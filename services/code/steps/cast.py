"""The step that changes the kind of a column, and never loses a value without a word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final, Literal, Self

from pydantic import Field, JsonValue, model_validator

from services.code.steps.base import ColumnName, Columns, Group, StepBase, need, quoted, refuse

Target = Literal["text", "integer", "decimal", "boolean", "date", "datetime"]
KIND_WORDS: Final[dict[str, str]] = {
    "text": "text",
    "integer": "whole numbers",
    "decimal": "decimal numbers",
    "boolean": "yes or no",
    "date": "dates",
    "datetime": "dates with times",
}
DATES: Final[dict[str, tuple[str, ...]]] = {
    "year first": ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d"),
    "day first": ("%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%d %b %Y", "%d %B %Y", "%d-%b-%Y"),
    "month first": ("%m/%d/%Y", "%m-%d-%Y", "%b %d, %Y", "%B %d, %Y"),
}
"""The ways to write a date that are tried, by their order. The first ones say their order themselves."""
TIMES: Final = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f")
TRUE: Final = ("true", "yes", "y", "t", "1")
FALSE: Final = ("false", "no", "n", "f", "0")


class CastColumn(StepBase):
    """Reads a column as another kind. Values that cannot be read stop the step, or become missing and are counted."""

    GROUP: ClassVar[Group] = "types"
    TITLE: ClassVar = "Change kind"
    ROW_LOCAL: ClassVar = True
    KEEPS_ROWS: ClassVar = True

    kind: Literal["cast"] = "cast"
    column: ColumnName
    to: Target
    unreadable: Literal["stop", "missing"] = "stop"
    """What becomes of values that cannot be read: the step stops, or they become missing and are counted."""
    decimal: Literal[".", ","] = "."
    thousands: Literal["", ",", ".", " ", "'"] = ""
    order: Literal["", "year first", "day first", "month first"] = ""
    """How dates are written; empty: found out from the data, and kept as learned."""
    format: str = Field(default="", max_length=100)
    """One way to write a date, for `strptime`, in place of the usual ones."""

    @model_validator(mode="after")
    def _fits(self) -> CastColumn:
        """A point cannot separate both thousands and decimals."""
        if self.thousands == self.decimal:
            raise ValueError("thousands and decimals need different marks")
        return self

    def check(self, columns: Sequence[str]) -> Columns:
        need(columns, [self.column])
        return tuple(columns)

    def kinds(self) -> Mapping[str, str]:
        return {self.column: self.to}

    def describe(self) -> str:
        lost = ", what cannot be read becomes missing" if self.unreadable == "missing" else ""
        return f"Read {quoted(self.column)} as {KIND_WORDS[self.to]}{lost}"

    def to_code(self) -> str:
        lines = [f"values = df[{self.column!r}]", *as_text(), *self._reading(), *self._counting()]
        return "\n".join([*lines, f"df = df.assign(**{{{self.column!r}: read}})"])

    def fit_code(self) -> str:
        """Counts for each order of dates how many values it reads."""
        if self.to not in ("date", "datetime") or self.order or self.format or self.learned:
            return ""
        lines = [f"values = df[{self.column!r}]", *as_text(), "result = {}"]
        for order in DATES:
            lines += [*_dates(self._formats(order)), f"result[{order!r}] = int(read.notna().sum())"]
        return "\n".join(lines)

    def taught(self, found: Mapping[str, JsonValue]) -> Self:
        if not best_order(found):
            refuse(
                f"The dates in {quoted(self.column)} can be read with the day first and with the month first.",
                "Choose which it is.",
            )
        return super().taught(found)

    def _reading(self) -> list[str]:
        """Lines that read `text` into `read`."""
        if self.to == "text":
            return ["read = text"]
        if self.to == "boolean":
            words = {**dict.fromkeys(TRUE, True), **dict.fromkeys(FALSE, False)}
            return [f'read = text.str.lower().map({words!r}).astype("boolean")']
        if self.to in ("integer", "decimal"):
            return self._numbers()
        return _dates((self.format,) if self.format else self._formats(self._order))

    def _numbers(self) -> list[str]:
        whole = rf"\d{{1,3}}(?:{_escaped(self.thousands)}\d{{3}})+|\d+" if self.thousands else r"\d+"
        point = _escaped(self.decimal)
        pattern = rf"[+-]?(?:{whole})(?:{point}\d*)?(?:[eE][+-]?\d+)?" if self.to == "decimal" else ""
        pattern = pattern or rf"[+-]?(?:{whole})(?:{point}0*)?"
        lines = [f"text = text.where(text.str.fullmatch({pattern!r}).fillna(False).astype(bool))"]
        if self.thousands:
            lines.append(f'text = text.str.replace({self.thousands!r}, "", regex=False)')
        if self.decimal != ".":
            lines.append(f'text = text.str.replace({self.decimal!r}, ".", regex=False)')
        if self.to == "decimal":
            return [*lines, 'read = pd.to_numeric(text, errors="coerce").astype("float64")']
        # More digits than 18 do not fit, and a number that is no whole one would be rounded.
        return [
            *lines,
            r'text = text.str.replace(r"\.0*$", "", regex=True).str.replace(r"^([+-]?)0+(?=\d)", r"\1", regex=True)',
            r'text = text.where(text.str.fullmatch(r"[+-]?\d{1,18}").fillna(False).astype(bool))',
            'read = pd.to_numeric(text, errors="coerce", dtype_backend="numpy_nullable").astype("Int64")',
        ]

    def _counting(self) -> list[str]:
        """Lines that count what could not be read."""
        told = repr(f"{{:,}} of {{:,}} values in “{{}}” cannot be read as {KIND_WORDS[self.to]}, such as {{}}")
        facts = f"lost.sum(), len(df), {self.column!r}, values[lost].astype(str).unique()[:3].tolist()"
        act = (
            f"raise ValueError({told}.format({facts}))"
            if self.unreadable == "stop"
            else f"print({told}.format({facts}))"
        )
        return ["lost = values.notna() & read.isna()", "if lost.any():", f"    {act}"]

    @property
    def _order(self) -> str:
        return self.order or best_order(self.learned)

    def _formats(self, order: str) -> tuple[str, ...]:
        first = DATES["year first"]
        days = first if order in ("", "year first") else (*first, *DATES[order])
        if self.to == "date":
            return (*days, *(f"{day} 00:00:00" for day in first))
        joined = [f"{day}{time}" for day in days for time in TIMES]
        return (*joined, *(f"%Y-%m-%dT{time.strip()}" for time in TIMES if time))


def best_order(learned: Mapping[str, object]) -> str:
    """The order of dates that reads the most values; "" when two read equally many and more than the plain one."""
    counts = {order: number for order in DATES if isinstance(number := learned.get(order), int)}
    if not counts:
        return "year first"
    most = max(counts.values())
    best = [order for order, number in counts.items() if number == most]
    return best[0] if best[0] == "year first" or len(best) == 1 else ""


def as_text() -> list[str]:
    """Lines that write `values` as text, each value by itself: whole numbers without a point, midnights as days."""
    return [
        "if pd.api.types.is_datetime64_any_dtype(values):",
        '    text = values.dt.strftime("%Y-%m-%d %H:%M:%S.%f")',
        '    text = text.str.removesuffix(".000000").str.removesuffix(" 00:00:00")',
        "elif pd.api.types.is_float_dtype(values):",
        '    text = values.astype(str).str.removesuffix(".0")',
        "else:",
        "    text = values.astype(str).where(values.notna())",
        'text = text.astype("str").str.strip()',
    ]


def _dates(formats: Sequence[str]) -> list[str]:
    return [
        'read = pd.Series(pd.NaT, df.index, dtype="datetime64[us]")',
        f"for form in {list(formats)!r}:",
        '    read = read.fillna(pd.to_datetime(text, format=form, errors="coerce").astype("datetime64[us]"))',
    ]


def _escaped(mark: str) -> str:
    return "\\" + mark if mark == "." else mark
