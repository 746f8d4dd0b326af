"""What a step must see of a table to learn from it, when others run before it: some columns, and the steps that touch
them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from services.code.steps.base import StepBase


@dataclass(frozen=True)
class Needed:
    """The columns of the table to load, the places of the steps to run on them, and the columns to learn from then."""

    columns: tuple[str, ...]
    steps: tuple[int, ...]
    learned_from: tuple[str, ...]


def to_learn(learner: StepBase, before: Sequence[StepBase], columns: Sequence[str]) -> Needed | None:
    """What the step needs of a table with these columns, after the steps before it; None where that cannot be told.

    Raises: BadInput, when a step does not fit the table.
    """
    there = [tuple(columns)]
    for step in before:
        after = step.check(there[-1])
        if after is None or not step.names_columns:
            return None
        there.append(after)
    learner.check(there[-1])
    learned_from = _named(learner, there[-1]) if learner.names_columns else ()
    wanted, kept = set(learned_from), list[int]()
    for place in reversed(range(len(before))):
        step, names = before[place], there[place]
        if not _leaves(step, wanted, names):
            kept.insert(0, place)
            wanted = (wanted & set(names)) | set(_named(step, names))
    load = tuple(name for name in columns if name in wanted)
    return Needed(load, tuple(kept), learned_from) if load and learned_from else None


def _leaves(step: StepBase, wanted: Collection[str], there: Sequence[str]) -> bool:
    """Whether the wanted columns are the same after the step: it neither makes nor names them, and keeps all rows."""
    return step.keeps_rows and set(wanted) <= set(there) and not set(wanted) & set(_named(step, there))


def _named(step: StepBase, columns: Sequence[str]) -> tuple[str, ...]:
    """The columns whose names stand anywhere in the step's fields: too many rather than too few."""
    texts = set(_texts(step.model_dump(mode="json", exclude={"learned"})))
    return tuple(name for name in columns if any(name in text for text in texts))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield name
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
