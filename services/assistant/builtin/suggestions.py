"""What to ask next: questions near the one just answered, each of which is answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from services.assistant.builtin.grammar.reader import read
from services.assistant.builtin.intent import Aggregate, Condition, Intent, Measure, Op, Shape
from services.assistant.builtin.language.columns import Columns
from services.assistant.builtin.language.lexicon import AGGREGATE_NAMES
from services.assistant.builtin.language.question import Unreadable
from services.assistant.builtin.starters import plural_of, spoken, starters
from services.domain import ColumnProfile, Profile
from services.protocols import ValueFinder, ValueHit

WANTED: Final = 3
_MANY: Final = 30


def next_questions(asked: str, intent: Intent, profile: Profile, title: str) -> tuple[str, ...]:
    """Up to three complete questions that change one thing of the one that was asked."""
    if intent.pick is not None:
        return tuple(one for one in starters(profile) if one.casefold() != asked.casefold())
    found: list[str] = []
    for idea in _ideas(intent, Columns.of(profile)):
        fresh = idea not in found and idea.casefold() != asked.casefold().strip(" ?")
        if fresh and _differs(idea, intent, profile, title):
            found.append(idea)
        if len(found) == WANTED:
            break
    return tuple(found)


def _differs(idea: str, intent: Intent, profile: Profile, title: str) -> bool:
    """Whether the idea is read, as something else than what was asked."""
    try:
        other = read(idea, profile, _held(intent), title)
    except Unreadable:
        return False
    return other.model_copy(update={"assumed": ()}) != intent.model_copy(update={"assumed": ()})


def _held(intent: Intent) -> ValueFinder:
    """Finds the values the question held and no others, so that nothing is looked up in the table."""
    hits = [
        ValueHit(column=one.column, value=value)
        for any_of in intent.where
        for one in any_of
        for value in one.values
        if isinstance(value, str)
    ]

    def find(phrases: Sequence[str], /) -> Sequence[ValueHit]:
        wanted = {phrase.casefold() for phrase in phrases}
        return [hit for hit in hits if hit.value.casefold() in wanted]

    return find


def _ideas(intent: Intent, columns: Columns) -> Iterator[str]:
    makers: dict[Shape, Callable[[Intent, Columns], Iterator[str]]] = {
        Shape.GROUPS: _from_groups,
        Shape.ROWS: _from_rows,
        Shape.DISTRIBUTION: _from_numbers,
        Shape.CORRELATION: _from_numbers,
    }
    return makers[intent.shape](intent, columns)


def _from_groups(intent: Intent, columns: Columns) -> Iterator[str]:
    said, where, used = _said(intent.measures[0]), _where(intent), _used(intent)
    if not intent.keys:
        yield from (f"{said} by {spoken(one.name)}{where}" for one in _dimensions(columns, used)[:2])
        if columns.dates():
            yield f"{said} over time{where}"
        return
    timed = any(key.grain for key in intent.keys)
    adds_up = intent.measures[0].aggregate in (Aggregate.COUNT, Aggregate.SUM) and intent.measures[0].times is None
    first = spoken(intent.keys[0].column)
    if not timed and columns.dates() and not set(used) & {one.name for one in columns.dates()}:
        yield f"{said} over time{where}"
    if adds_up and not timed and len(intent.keys) == 1 and not intent.share:
        yield f"Share of {_shared(intent.measures[0])} by {first}{where}"
    yield from (f"{said} by {spoken(one.name)}{where}" for one in _dimensions(columns, used)[:2])
    yield from (f"{said} by {first} and {spoken(one.name)}{where}" for one in _dimensions(columns, used)[:1])
    yield from (f"Average {spoken(one.name)} by {first}{where}" for one in _measures(columns, used)[:1] if not timed)


def _from_rows(intent: Intent, columns: Columns) -> Iterator[str]:
    where, used = _where(intent), _used(intent)
    if where:
        yield f"How many rows{where}?"
    measured = [one for one in columns.measures() if intent.sort and one.name == intent.sort.column]
    for number in [*measured, *_measures(columns, used)][:2]:
        yield from (f"Average {spoken(number.name)} by {spoken(one.name)}" for one in _dimensions(columns, ())[:1])
        yield f"Distribution of {spoken(number.name)}{where}"


def _from_numbers(intent: Intent, columns: Columns) -> Iterator[str]:
    where, name = _where(intent), spoken(intent.columns[0])
    yield from (f"Average {name} by {spoken(one.name)}{where}" for one in _dimensions(columns, _used(intent))[:2])
    yield from (
        f"Correlation between {name} and {spoken(one.name)}{where}" for one in _measures(columns, intent.columns)
    )
    yield f"Average {name}{where}"


def _said(measure: Measure) -> str:
    if measure.column is None or measure.aggregate is Aggregate.COUNT:
        return "Number of rows"
    if measure.aggregate is Aggregate.DISTINCT:
        return f"Number of different {plural_of(measure.column)}"
    if measure.aggregate is Aggregate.RATE:
        return f"{spoken(measure.column).capitalize()} rate"
    name = spoken(measure.column) + (f" x {spoken(measure.times)}" if measure.times else "")
    return f"{AGGREGATE_NAMES[measure.aggregate].capitalize()} {name}"


def _shared(measure: Measure) -> str:
    return "rows" if measure.column is None else f"total {spoken(measure.column)}"


def _where(intent: Intent) -> str:
    """The conditions in words that are read again; nothing when one of them cannot be said so."""
    said = [_condition(any_of[0]) if len(any_of) == 1 else "" for any_of in intent.where]
    return " where " + " and ".join(said) if said and all(said) else ""


def _condition(one: Condition) -> str:
    value = one.values[0] if one.values else None
    if one.part is not None or value is None:
        return ""
    if one.op is Op.EQ and isinstance(value, str):
        return f'{spoken(one.column)} is "{value}"' if '"' not in value else ""
    signs = {Op.EQ: "=", Op.GT: ">", Op.GE: ">=", Op.LT: "<", Op.LE: "<="}
    if isinstance(value, bool):
        return f"{spoken(one.column)} is {str(value).lower()}" if one.op is Op.EQ else ""
    return f"{spoken(one.column)} {signs[one.op]} {value}" if one.op in signs and not isinstance(value, str) else ""


def _used(intent: Intent) -> Sequence[str]:
    names = [*intent.columns, *(key.column for key in intent.keys), *(one.column or "" for one in intent.measures)]
    return [*names, *(one.column for any_of in intent.where for one in any_of)]


def _dimensions(columns: Columns, used: Sequence[str]) -> list[ColumnProfile]:
    every = [one for one in columns.dimensions() if one.name not in used]
    return [one for one in every if one.distinct <= _MANY]


def _measures(columns: Columns, used: Sequence[str]) -> list[ColumnProfile]:
    return [one for one in columns.measures() if one.name not in used]
