"""From a sentence to the request in it: steps, a method or chart of the registry, or a move."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from services.assistant.builtin.intent import Intent
from services.assistant.builtin.language.columns import Columns
from services.assistant.builtin.language.question import Unreadable
from services.assistant.builtin.requests import of_columns, of_numbers, of_rows, of_tables, of_text, of_values
from services.assistant.builtin.requests.clauses import clauses, plainly
from services.assistant.builtin.requests.drawings import drawing
from services.assistant.builtin.requests.moves import leap
from services.assistant.builtin.requests.request import Change, Leap, Study
from services.assistant.builtin.requests.rules import Refused, Rule
from services.assistant.builtin.requests.rules import steps as built_steps
from services.assistant.builtin.requests.studies import study
from services.assistant.builtin.requests.subject import Subject
from services.code.steps import Single
from services.domain import Profile
from services.errors import BadInput
from services.protocols import Brief, OtherTable, ValueFinder, no_tables

RULES: Final[tuple[Rule, ...]] = (
    *of_columns.NAMED,
    *of_values.RULES,
    *of_rows.RULES[:9],
    *of_text.RULES,
    *of_numbers.RULES,
    *of_rows.RULES[9:],
    *of_columns.RULES,
    *of_tables.RULES,
    of_columns.plain_drop(),
    *of_rows.LATE,
)
"""Narrow ones first: the first that reads the whole clause is taken."""
CERTAIN: Final = re.compile(
    r"^(?:fill|impute|drop|delete|remove|get rid|discard|eliminate|dedup|de-?duplicate|rename|trim|strip|replace|substitute|convert|cast|"
    r"lower-?case|upper-?case|title-?case|capitali[sz]e|one-?hot|encode|winsori[sz]e|unpivot|melt|forward[- ]?fill|back(?:ward)?[- ]?fill|"
    r"ffill|bfill|interpolate|anonymi[sz]e|pseudonymi[sz]e|redact|mask|append)\b",
    re.IGNORECASE,
)
"""Verbs that only a change can begin with."""


def is_certain(sentence: str) -> bool:
    """Whether a sentence can only be a change or a move, whatever was asked before."""
    return leap(sentence) is not None or bool(CERTAIN.match(plainly(sentence)))


def requested(brief: Brief, find_values: ValueFinder, before: Intent | None = None) -> Change | Study | Leap | None:
    """What a sentence asks for besides a question; None for a question. `before` is the question before, if any.

    Raises: Unreadable, when it asks for something and is not understood.
    """
    sentence, profile = brief.question, brief.profile
    return (
        leap(sentence)
        or study(sentence, profile, find_values, before)
        or drawing(sentence, profile, find_values, before)
        or change(sentence, profile, find_values, brief.others)
    )


def change(
    sentence: str,
    profile: Profile,
    find_values: ValueFinder,
    others: Callable[[], Sequence[OtherTable]] = no_tables,
) -> Change | None:
    """The steps a sentence asks for; None when it asks for none.

    Raises: Unreadable, when it begins like a change and is not understood.
    """
    wishes = clauses(sentence)
    subject = Subject(sentence, Columns.of(profile), find_values, others)
    found: list[Single] = []
    for wish in wishes:
        steps, subject = _read(wish, subject)
        if not steps:
            if not found and not CERTAIN.match(wish):
                return None
            raise _unread(wish)
        found += steps
    return Change(tuple(found), tuple(dict.fromkeys(subject.assumed))) if found else None


def _read(wish: str, subject: Subject) -> tuple[tuple[Single, ...], Subject]:
    """The steps of one clause, and the table after them; the first problem stands when no rule reads it."""
    problem: Unreadable | None = None
    for each in RULES:
        match = each.pattern.fullmatch(wish)
        if match is None:
            continue
        noted = len(subject.assumed)
        try:
            steps = built_steps(each.build(subject, match))
            if steps:
                return steps, _after(subject, steps)
        except Refused:
            raise
        except Unreadable as error:
            problem = problem if problem and not (error.readings and not problem.readings) else error
        except BadInput as error:
            problem = problem or Unreadable(f"{error.message} {error.hint}".strip())
        except ValueError as error:
            problem = problem or Unreadable(f"This change cannot be made: {_first(error)}.")
        del subject.assumed[noted:]
    if problem is not None and (CERTAIN.match(wish) or problem.readings):
        raise problem
    return (), subject


def _after(subject: Subject, steps: Sequence[Single]) -> Subject:
    """Raises: Refused, when a step does not fit the table."""
    try:
        for step in steps:
            subject = subject.after(step)
    except BadInput as error:
        raise Refused(f"{error.message} {error.hint}".strip()) from error
    return subject


def _first(error: ValueError) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = lines[2] if len(lines) > 2 else lines[0] if lines else "its parts do not fit"
    return re.sub(r"^Value error, | \[type=.*", "", said)


def _unread(wish: str) -> Unreadable:
    shown = wish if len(wish) <= 60 else f"{wish[:59]}…"
    return Unreadable(f"I do not understand which change “{shown}” means.")
