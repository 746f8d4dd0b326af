"""What many kinds of step share: they change cells one by one, or add a column, or learn something first."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, Final

from services.code.steps.base import ColumnNames, Columns, Group, NewName, StepBase, need, quoted, refuse

LEARNED_MOST: Final = 50_000
"""Groups or values that a step learns about."""
LITERAL_MOST: Final = 2_000
"""Characters of what was learned that stand in the code as they are; beyond, as JSON, which is read much faster."""
TEXT_OF: Final = (
    "def text_of(values):",
    "    if pd.api.types.is_datetime64_any_dtype(values):",
    '        text = values.dt.strftime("%Y-%m-%d %H:%M:%S.%f")',
    '        return text.str.removesuffix(".000000").str.removesuffix(" 00:00:00").astype("str")',
    "    if pd.api.types.is_float_dtype(values):",
    '        return values.astype(str).str.removesuffix(".0").where(values.notna()).astype("str")',
    '    return values.astype(str).where(values.notna()).astype("str")',
    "",
)
"""Code that writes each value as text, the same whether or not its column has gaps."""


class CellStep(StepBase):
    """Changes the cells of columns, each by itself."""

    ROW_LOCAL: ClassVar = True
    KEEPS_ROWS: ClassVar = True

    columns: ColumnNames

    def check(self, columns: Sequence[str]) -> Columns:
        need(columns, self.columns)
        return tuple(columns)

    def before(self) -> Sequence[str]:
        """Lines that stand in front of the loop over the columns."""
        return ()

    def cells(self) -> Sequence[str]:
        """Lines that put the new column in place of `values`."""
        raise NotImplementedError

    def to_code(self) -> str:
        lines = [f"for name in {list(self.columns)!r}:", "    values = df[name]", *indented(self.cells())]
        return joined([*self.before(), *lines, "    df = df.assign(**{name: values})"])


class TextStep(CellStep):
    """The same for text; other kinds become text."""

    GROUP: ClassVar[Group] = "text"

    def kinds(self) -> Mapping[str, str]:
        return dict.fromkeys(self.columns, "text")

    def to_code(self) -> str:
        return super().to_code().replace("values = df[name]", 'values = df[name].astype("str")', 1)


class NewColumn(StepBase):
    """Adds one column, made of others."""

    KEEPS_ROWS: ClassVar = True

    name: NewName

    def needs(self) -> Iterable[str]:
        """The columns that it reads."""
        raise NotImplementedError

    def expression(self) -> str:
        """Code of the new column."""
        raise NotImplementedError

    def check(self, columns: Sequence[str]) -> Columns:
        need(columns, self.needs())
        return with_new(columns, [self.name])

    def to_code(self) -> str:
        return f"df = df.assign(**{{{self.name!r}: {self.expression()}}})"


def with_new(columns: Sequence[str], names: Sequence[str]) -> Columns:
    """The columns and new ones behind them. Raises: BadInput, when a name is empty or taken."""
    for place, name in enumerate(names):
        if not name.strip():
            refuse("The new column needs a name.", "Type one.")
        if name in columns or name in names[:place]:
            refuse(f"There is a column {quoted(name)} already.", "Choose another name.")
    return (*columns, *names)


def indented(lines: Iterable[str]) -> list[str]:
    return [f"    {line}" if line else "" for line in lines]


def literal(value: object) -> str:
    """Code for what was learned."""
    text = json.dumps(value, ensure_ascii=True)
    return repr(value) if len(text) <= LITERAL_MOST else f"json.loads({text!r})"


def joined(lines: Iterable[str]) -> str:
    """The lines as code, with the import that long literals need."""
    code = "\n".join(lines)
    return f"import json\n\n{code}" if "json.loads(" in code else code


def keys(columns: Sequence[str]) -> list[str]:
    """Lines that make `key`, a text for each row that tells its group; empty where a part is missing."""
    first, *others = (f"text_of(df[{name!r}])" for name in columns)
    return [*TEXT_OF, "key = " + " + ".join([first, *(f'"\\x1f" + {each}' for each in others)])]
