"""A pick as pandas code. Column names and cell texts come from files: they enter the code through `repr` only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services.assistant.builtin.records.cells import CLOCK, GROUPED, NOTES, NUMBER, YEAR
from services.assistant.builtin.records.form import Holds, Look, Order, Outcome, Pick, Reading
from services.domain import Kind, Profile

_TEXT: Final = 'cells.astype("string")'
_FUNCTIONS: Final[dict[Reading, tuple[str, ...]]] = {
    Reading.NUMBER: (
        "def number(cells):",
        '    """The first number in each cell."""',
        f'    text = {_TEXT}.str.replace("[−–—]", "-", regex=True).str.replace({GROUPED!r}, "", regex=True)',
        f"    return pd.to_numeric(text.str.extract({f'({NUMBER})'!r})[0])",
    ),
    Reading.YEAR: (
        "def year(cells):",
        '    """The first year in each cell."""',
        f"    return pd.to_numeric({_TEXT}.str.extract({YEAR!r})[0])",
    ),
    Reading.CLOCK: (
        "def seconds(cells):",
        '    """The first time in each cell, in seconds."""',
        f"    parts = {_TEXT}.str.extract({CLOCK!r}).apply(pd.to_numeric)",
        "    return parts[0].fillna(0) * 3600 + parts[1] * 60 + parts[2]",
    ),
    Reading.DATE: (
        "def day(cells):",
        '    """The date in each cell; without a year only the order counts."""',
        f'    text = {_TEXT}.str.replace({NOTES!r}, "", regex=True).str.strip()',
        '    return pd.to_datetime(text, errors="coerce", format="mixed")',
    ),
}
_NAMES: Final = {Reading.NUMBER: "number", Reading.YEAR: "year", Reading.CLOCK: "seconds", Reading.DATE: "day"}
_SIGNS: Final = {Holds.EQ: "==", Holds.GT: ">", Holds.GE: ">=", Holds.LT: "<", Holds.LE: "<="}


def write(pick: Pick, profile: Profile) -> str:
    """The code that assigns `result`."""
    writer = _Writer(profile)
    lines = writer.rows(pick)
    lines += writer.outcome(pick)
    made = [line for reading, name in _NAMES.items() if _calls(name, lines) for line in (*_FUNCTIONS[reading], "", "")]
    code = "\n".join([*made, *lines])
    imports = [text for word, text in (("np.", "import numpy as np"), ("pd.", "import pandas as pd")) if word in code]
    return "\n".join([*imports, *([""] * (2 if made else 1) if imports else []), code]) + "\n"


def _calls(name: str, lines: Sequence[str]) -> bool:
    return any(f"{name}(" in line for line in lines)


class _Writer:
    """Writes the lines of one pick."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile

    def rows(self, pick: Pick) -> list[str]:
        """The lines that leave the picked rows as `rows`."""
        lines = [f"rows = df[~{self.look(one, 'df')}]" for one in pick.totals[:1]]
        lines += [f"rows = rows[~{self.look(one, 'rows')}]" for one in pick.totals[1:]]
        if not lines:
            lines = ["rows = df"]
        if pick.same:
            lines += self._same(pick)
        if pick.beyond:
            lines += self._beyond(pick, pick.beyond)
        if pick.step:
            lines += self._moved(pick)
        if pick.outcome is Outcome.STREAK:
            return lines
        lines += [f"rows = rows[{self.look(one, 'rows')}]" for one in pick.where]
        if pick.order:
            lines += self._best(pick)
        if pick.at is not None:
            end = {0: f"head({pick.take})", -1: f"tail({pick.take})"}
            lines.append(
                f"rows = rows.{end[pick.at]}" if pick.at in end else f"rows = rows.iloc[{pick.at}:{pick.at + 1}]"
            )
        return lines

    def _same(self, pick: Pick) -> list[str]:
        parts = " & ".join(self.look(one, "rows") for one in pick.anchor)
        return [
            f"named = rows[{parts}]",
            f"rows = rows[rows[{pick.same!r}].isin(named[{pick.same!r}]) & ~rows.index.isin(named.index)]",
        ]

    def _beyond(self, pick: Pick, beyond: Order) -> list[str]:
        parts = " & ".join(self.look(one, "rows") for one in pick.anchor)
        sign = ">" if beyond.descending else "<"
        return [
            f"compared = {self.cells(beyond.column, beyond.reading, 'rows')}",
            f"rows = rows[compared {sign} compared[{parts}].iloc[0]]",
        ]

    def _streak(self, pick: Pick) -> list[str]:
        return [
            f"held = {' & '.join(self.look(one, 'rows') for one in pick.where)}",
            "answer = int(held.groupby((~held).cumsum()).sum().max())",
            'result = {"answer": answer, "rows": rows[held]}',
        ]

    def _moved(self, pick: Pick) -> list[str]:
        parts = " & ".join(self.look(one, "rows") for one in pick.anchor)
        if pick.step > 0:
            start = f"at.max() + {pick.step}"
            return [f"at = np.flatnonzero({parts})", f"rows = rows.iloc[{start} : {start} + {pick.take}]"]
        back = -pick.step + pick.take - 1
        return [
            f"at = np.flatnonzero({parts})",
            f"rows = rows.iloc[max(0, at.min() - {back}) : max(0, at.min() - {-pick.step - 1})]",
        ]

    def _best(self, pick: Pick) -> list[str]:
        assert pick.order is not None
        order = pick.order
        lines = [f"ranked = {self.cells(order.column, order.reading, 'rows')}"]
        if pick.take == 1:
            return [*lines, f"rows = rows[ranked == ranked.{'max' if order.descending else 'min'}()]"]
        pick_of = "nlargest" if order.descending else "nsmallest"
        return [*lines, f'rows = rows.loc[ranked.{pick_of}({pick.take}, keep="all").index]']

    def look(self, look: Look, table: str) -> str:
        """The mask of the rows that satisfy the condition."""
        cell = f"{table}[{look.column!r}]"
        if look.holds is Holds.PRESENT:
            return f'(~{cell}.astype("string").str.strip().fillna("").isin(["", "-", "–", "—"]))'
        if look.reading is Reading.TEXT:
            return f"({'~' if look.holds is Holds.NOT_IN else ''}{self._isin(look, cell)})"
        made = self.cells(look.column, look.reading, table)
        numbers = [int(one) if one.is_integer() else one for one in look.numbers]
        if look.holds is Holds.BETWEEN:
            return f"{made}.between({numbers[0]!r}, {numbers[1]!r})"
        return f"({made} {_SIGNS[look.holds]} {numbers[0]!r})"

    def _isin(self, look: Look, cell: str) -> str:
        kind = self._kind(look.column)
        if kind.is_number:
            return f"{cell}.isin({[_plain(one) for one in look.texts]!r})"
        if kind.is_date:
            return f"pd.to_datetime({cell}).isin(pd.to_datetime({list(look.texts)!r}))"
        if kind is not Kind.TEXT:
            cell = f'{cell}.astype("string")'
        return f"{cell}.isin({list(look.texts)!r})"

    def cells(self, column: str, reading: Reading, table: str) -> str:
        """The column as numbers or dates."""
        cell, kind = f"{table}[{column!r}]", self._kind(column)
        if kind.is_date:
            return f"pd.to_datetime({cell})" + (".dt.year" if reading is Reading.YEAR else "")
        if kind.is_number and reading is Reading.NUMBER:
            return cell
        return f"{_NAMES[reading]}({cell})"

    def _kind(self, column: str) -> Kind:
        found = self.profile.column(column)
        return found.kind if found is not None else Kind.TEXT

    def outcome(self, pick: Pick) -> list[str]:
        """The lines that make of the rows what is wanted."""
        if pick.versus:
            return self._difference(pick)
        if pick.outcome is Outcome.STREAK:
            return self._streak(pick)
        cell = f"rows[{pick.column!r}]"
        if pick.outcome in (Outcome.COMMON, Outcome.RARE):
            best = "max" if pick.outcome is Outcome.COMMON else "min"
            return [
                f"counts = {cell}.value_counts()",
                f"answer = counts[counts == counts.{best}()].index.tolist()",
                'result = {"answer": answer, "rows": counts.reset_index()}',
            ]
        answers = {
            Outcome.CELLS: f"{cell}.dropna().drop_duplicates().tolist()",
            Outcome.COUNT: "len(rows)",
            Outcome.DISTINCT: f"{cell}.nunique()",
            Outcome.EXISTS: '"yes" if len(rows) else "no"',
        }
        made = self.cells(pick.column, pick.reading, "rows") if pick.outcome not in answers else ""
        answers |= {
            Outcome.SUM: f"round({made}.sum(), 6)",
            Outcome.MEAN: f"round({made}.mean(), 6)",
            Outcome.RANGE: f"round({made}.max() - {made}.min(), 6)",
        }
        return [f"answer = {answers[pick.outcome]}", 'result = {"answer": answer, "rows": rows}']

    def _difference(self, pick: Pick) -> list[str]:
        first, second = (self.look(one, "rows") for one in pick.versus)
        lines = [f"first, second = rows[{first}], rows[{second}]"]
        if pick.outcome is Outcome.COUNT:
            answer = "len(first) - len(second)"
        else:
            ends = (self.cells(pick.column, pick.reading, one) for one in ("first", "second"))
            answer = "round(" + " - ".join(f"{one}.sum()" for one in ends) + ", 6)"
        return [*lines, f"answer = {answer}", 'result = {"answer": answer, "rows": pd.concat([first, second])}']


def _plain(text: str) -> int | float:
    number = float(text)
    return int(number) if number.is_integer() else number
