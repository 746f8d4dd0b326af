"""A pick in words, and the sentence that answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sandbox.messages import RunResult, Value
from services.assistant.builtin.records.form import Holds, Look, Outcome, Pick, Reading
from services.assistant.builtin.writing.numbers import number

_VERBS: Final = {Holds.GT: "over", Holds.GE: "at least", Holds.LT: "under", Holds.LE: "at most", Holds.EQ: "exactly"}
_MOST: Final = 12
"""Most cells named in a sentence."""


def reading(pick: Pick) -> str:
    """The whole pick in words: "Nation, where Year is “2009”, with the highest Gold"."""
    return ", ".join([_subject(pick), *_parts(pick)])


def _subject(pick: Pick) -> str:
    if pick.versus:
        first, second = (said_look(one) for one in pick.versus)
        return f"difference of {pick.column} between the row where {first} and the one where {second}"
    return {
        Outcome.CELLS: pick.column,
        Outcome.COUNT: "number of rows",
        Outcome.DISTINCT: f"number of different values of {pick.column}",
        Outcome.SUM: f"sum of {pick.column}",
        Outcome.MEAN: f"average {pick.column}",
        Outcome.RANGE: f"largest minus smallest {pick.column}",
        Outcome.COMMON: f"value of {pick.column} in the most rows",
        Outcome.RARE: f"value of {pick.column} in the fewest rows",
        Outcome.STREAK: "most rows on end",
        Outcome.EXISTS: "whether there is a row",
        Outcome.DIFFERENCE: f"difference of {pick.column}",
    }[pick.outcome]


def _parts(pick: Pick) -> Iterator[str]:
    anchor = " and ".join(said_look(one) for one in pick.anchor)
    if pick.same:
        yield f"of the other rows with the same {pick.same} as the one where {anchor}"
    if pick.beyond:
        way = "higher" if pick.beyond.descending else "lower"
        yield f"with a {way} {pick.beyond.column} than the one where {anchor}"
    if pick.step:
        yield f"in the row {'after' if pick.step > 0 else 'before'} the one where {anchor}"
    if pick.where:
        yield "where " + " and ".join(said_look(one) for one in pick.where)
    if pick.order:
        end = _end(pick)
        yield f"with the {end} {pick.order.column}"
    if pick.at is not None:
        yield "in the first row" if pick.at == 0 else "in the last row"


def _end(pick: Pick) -> str:
    assert pick.order is not None
    timed = pick.order.reading in (Reading.DATE, Reading.YEAR)
    words = ("latest", "earliest") if timed else ("highest", "lowest")
    return words[0 if pick.order.descending else 1]


def said_look(look: Look) -> str:
    """The condition in words."""
    if look.holds is Holds.PRESENT:
        return f"{look.column} is not empty"
    if look.reading is Reading.TEXT:
        shown = " or ".join(f"“{one}”" for one in look.texts[:4])
        more = f" or {len(look.texts) - 4} more" if len(look.texts) > 4 else ""
        return f"{look.column} is {'not ' if look.holds is Holds.NOT_IN else ''}{shown}{more}"
    values = [str(int(one)) if look.reading is Reading.YEAR else number(one) for one in look.numbers]
    said = (
        f"the year of {look.column}"
        if look.reading is Reading.YEAR and "year" not in look.column.lower()
        else look.column
    )
    if look.holds is Holds.BETWEEN:
        return f"{said} is between {values[0]} and {values[1]}"
    return f"{said} is {_VERBS[look.holds]} {values[0]}"


def answer(pick: Pick, result: RunResult) -> str:
    """The sentence that answers."""
    found = next((one.value for one in result.outputs if isinstance(one, Value) and one.name == "answer"), None)
    parts = list(_parts(pick))
    how = f" ({', '.join(parts)})" if parts else ""
    if found is None or found == []:
        return f"There is no {pick.column}{how}."
    if pick.outcome is Outcome.COUNT and not pick.versus:
        return f"{number(found)} {'row' if found == 1 else 'rows'}{how}."
    if pick.outcome is Outcome.EXISTS:
        return f"{str(found).capitalize()}{how}."
    subject = _subject(pick)
    return f"{subject[0].upper()}{subject[1:]}{how}: {_listed(found)}."


def _listed(found: Any) -> str:
    if not isinstance(found, list):
        return number(found)
    shown = ", ".join(_cell(one) for one in found[:_MOST])
    return shown + (f" and {len(found) - _MOST} more" if len(found) > _MOST else "")


def _cell(value: Any) -> str:
    return str(value).removesuffix("T00:00:00") if not isinstance(value, float) else number(value)


def caveats(pick: Pick) -> tuple[str, ...]:
    """What to keep in mind."""
    notes = [f"Rows that sum up the others are left out: {said_look(one)}." for one in pick.totals]
    if pick.step or pick.at is not None or pick.outcome is Outcome.STREAK:
        notes.append("The rows are taken in the order of the table.")
    return tuple(notes)
