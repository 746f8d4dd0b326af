"""What a language model may read of a failed attempt.

An error message may hold a cell value ("could not convert string to float: 'Ms Lee'"), quoted or not. So only words
that the model has written or been shown pass, outside of quotes also the words of `prompts/known_words.txt`; the rest
becomes "…", numbers included.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path
from typing import Final

from sandbox.messages import RunError, RunStatus
from services.assistant.checks.registry import advice
from services.domain import Attempt

HIDDEN: Final = "…"
LOOKED_AT: Final = 1_000
"""Characters of a message that are read at most."""

ENDINGS: Final = {
    RunStatus.TIMEOUT: "The code ran too long and was stopped: aggregate earlier and avoid loops.",
    RunStatus.MEMORY: "The code needed too much memory: aggregate earlier and avoid copies and cross joins.",
    RunStatus.TOO_BIG: "The result is too big: aggregate, or return fewer rows and points.",
    RunStatus.REFUSED: "The code did something that is not allowed here.",
    RunStatus.STOPPED: "The run was stopped.",
}

TYPES: Final = frozenset(
    {
        *("bool", "bytes", "dict", "float", "float64", "int", "int64", "list", "set", "str", "tuple", "object"),
        *("NoneType", "datetime64", "timedelta64", "date", "datetime", "Timestamp", "Timedelta", "Period", "NaTType"),
        *("DataFrame", "Series", "Index", "DataFrameGroupBy", "SeriesGroupBy", "DatetimeIndex", "RangeIndex", "Figure"),
        *("MultiIndex", "Categorical", "ndarray", "StringArray", "ArrowStringArray", "DatetimeArray", "category"),
    }
)
"""Names of types: what may stand in quotes although the model did not write it."""
ERRORS: Final = frozenset(
    {
        *vars(builtins),
        *("DataError", "DuplicateLabelError", "EmptyDataError", "IndexingError", "IntCastingNaNError", "MergeError"),
        *("InvalidIndexError", "OutOfBoundsDatetime", "OutOfBoundsTimedelta", "ParserError", "SpecificationError"),
        *("UndefinedVariableError", "UnsupportedFunctionCall", "LinAlgError", "DateParseError", "NotFittedError"),
        *("ArrowInvalid", "ArrowTypeError", "ArrowNotImplementedError", "IncompatibleFrequency"),
        *("NoResult", "NotAResult", "Ended", "Refused", "TooBig", "Crash"),
    }
)
"""Types of errors that may be told; any other is told as "Error"."""

_WORDS_FILE: Final = Path(__file__).parent / "prompts" / "known_words.txt"
_QUOTED: Final = re.compile(r"((?<!\w)'.*?'(?!\w)|\".*?\"|`.*?`)", re.DOTALL)
_TOKEN: Final = re.compile(r"\w+|\s+|[^\w\s]")
_PLAIN: Final = frozenset(" .,:;!?'\"`()[]{}<>=+-*/%&|@#_")
_RUN: Final = re.compile(r"…(?:[^\s\w]*…)+")
_GAP: Final = re.compile(r"…(?: …)+")


def describe(attempt: Attempt, shown: Iterable[str]) -> str:
    """The problem of an attempt; `shown` are the names that the model has been given."""
    known = _known(attempt.code, shown)
    lines = [ENDINGS.get(attempt.status, "")]
    if attempt.error:
        lines.append(_error(attempt.error, attempt.code, known))
    elif not lines[0]:
        lines += [mask(attempt.problem, known), advice(attempt.unmet)]
    return "\n".join(filter(None, lines)) or "It failed."


def mask(text: str, known: frozenset[str]) -> str:
    """The text on one line, with what may be a cell value hidden; `known` are words that may be told."""
    outside = words() | known
    # Every second part is in quotes.
    parts = _QUOTED.split(text[:LOOKED_AT])
    masked = (_masked(part, known | TYPES if i % 2 else outside) for i, part in enumerate(parts))
    return _GAP.sub(HIDDEN, " ".join(_RUN.sub(HIDDEN, "".join(masked)).split()))


@cache
def words() -> frozenset[str]:
    """The words of error messages that may be told."""
    return frozenset(_WORDS_FILE.read_text(encoding="utf-8").split()) | frozenset(keyword.kwlist)


def _error(error: RunError, code: str, known: frozenset[str]) -> str:
    kind = error.type if error.type in ERRORS or error.type in known else "Error"
    line = f" in line {error.line}" if error.line and 0 < error.line <= code.count("\n") + 1 else ""
    return "\n".join(filter(None, (f"{kind}{line}: {mask(error.message, known)}", mask(error.hint, known))))


def _known(code: str, shown: Iterable[str]) -> frozenset[str]:
    return frozenset(word for text in (code, *shown) for word in re.findall(r"\w+", text))


def _masked(text: str, known: Collection[str]) -> str:
    return "".join(_pass(token, known) for token in _TOKEN.findall(text))


def _pass(token: str, known: Collection[str]) -> str:
    if token.isspace():
        return " "
    return token if token in _PLAIN or token in known or token.lower() in known else HIDDEN
