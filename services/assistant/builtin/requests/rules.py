"""What every rule of a request has: a pattern for a whole clause, and what builds steps of a match."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from services.assistant.builtin.language.question import Unreadable
from services.assistant.builtin.language.words import is_number_word, number_of, tokens
from services.assistant.builtin.requests.clauses import unquoted
from services.assistant.builtin.requests.subject import Subject
from services.code.steps import Single

Built = Single | Sequence[Single] | None
"""None: the rule does not apply after all."""

DROP: Final = (
    r"(?:drop|delete|remove|get rid of|discard|throw (?:away|out)|eliminate|exclude|filter out|take out|leave out|skip)"
)
ROWS: Final = r"(?:rows?|records?|entries|lines?|observations?|cases?)"
BLANK: Final = r"(?:missing|empty|blank|null|nulls|nan|nans|na|n/a|absent|not available|unknown)"
TO: Final = r"(?:with|by|to|into|as|using|from|=|:|=>|->|→)"


class Refused(Unreadable):
    """The clause is understood, and cannot be done: no other rule is tried."""


@dataclass(frozen=True)
class Rule:
    """One way to say one thing."""

    pattern: re.Pattern[str]
    build: Callable[[Subject, re.Match[str]], Built]


def rule(pattern: str, build: Callable[[Subject, re.Match[str]], Built]) -> Rule:
    return Rule(re.compile(pattern, re.IGNORECASE), build)


def part(match: re.Match[str], name: str) -> str:
    """What the group holds, without spaces; "" where it took no part."""
    return (match.groupdict().get(name) or "").strip()


def literal(text: str) -> str | float | int | bool:
    """The value that is written: a number, yes or no, or text, without its quotes."""
    bare = unquoted(text)
    if bare is not None:
        return bare
    text = text.strip()
    if text.casefold() in ("true", "false"):
        return text.casefold() == "true"
    number = whole(text)
    return text if number is None else number


def whole(text: str) -> float | int | None:
    """The number that is written, as an integer where it is one; None for anything else."""
    found = tokens(text.strip())
    if len(found) != 1 or found[0].number is None or found[0].percent or text.strip().startswith("0x"):
        return None
    number = found[0].number if is_number_word(text.strip()) else number_of(text)[0]
    return int(number) if float(number).is_integer() and "." not in text else number


def count_of(text: str, default: int) -> int:
    """The number of things that is said: "3", "three", "a couple of"; the default where none is."""
    said = text.strip().casefold()
    if said in ("", "the", "a", "an", "one", "1"):
        return default if not said else 1
    number = whole(said.removesuffix(" of"))
    return 2 if number is None and "couple" in said else int(number if number is not None else default)


def steps(built: Built) -> tuple[Single, ...]:
    """What a rule built, as a sequence."""
    if built is None:
        return ()
    return tuple(built) if isinstance(built, Sequence) else (built,)
