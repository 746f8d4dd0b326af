"""Arithmetic in words: "price times units", "(a + b) / 2"."""

from __future__ import annotations

import re
from typing import Final

from services.assistant.builtin.language.question import Unreadable
from services.assistant.builtin.requests.rules import Built, Refused, whole
from services.assistant.builtin.requests.subject import Subject, is_date, is_number
from services.code.steps import Calculate, DateDifference, FreeCode

_WORDS: Final = (
    (r"\b(?:multiplied by|times|multiply)\b|[×*]|(?<=\s)x(?=\s)", "*"),
    (r"\b(?:divided by|over|per)\b|[÷/]", "/"),
    (r"\bplus\b|\+", "+"),
    (r"\b(?:minus|less)\b|(?<=\s)[-–−](?=\s)|(?<=[\w)\"”])-(?=\s)", "-"),
    (r"\b(?:as (?:a )?(?:per ?cent|percentage) of|per ?cent of)\b", "%"),
)
_NAMES: Final = {"*": "times", "/": "divided by", "+": "plus", "-": "minus", "%": "per cent of"}
_SPLIT: Final = re.compile(r"\x01([-*/+%])\x01|([()])")


def formula(subject: Subject, name: str, said: str) -> Built:
    """The step that adds a calculated column; None where nothing is calculated.

    Raises: Unreadable, when a part of it is neither a column nor a number.
    """
    text = _pair_words(said)
    for form, sign in _WORDS:
        text = re.sub(form, f"\x01{sign}\x01", text, flags=re.IGNORECASE)
    parts = [part.strip() for part in _SPLIT.split(text) if part and part.strip()]
    if not any(part in _NAMES for part in parts):
        return None
    if len(parts) == 3 and parts[1] in _NAMES:
        return _single(subject, name, *parts)
    return _written(subject, name, said, parts)


def _pair_words(said: str) -> str:
    """ "the sum of a and b" as "a + b", and so for products, differences and ratios."""
    forms = (("sum", "+"), ("product", "*"), ("difference (?:between|of)", "-"), ("(?:ratio|quotient)", "/"))
    for word, sign in forms:
        of = "" if "between" in word else r" (?:of|between)"
        match = re.fullmatch(rf"(?i)(?:the )?{word}{of} (.+?) (?:and|to) (.+)", said.strip())
        if match:
            return f"{match[1]} \x01{sign}\x01 {match[2]}"
    return said


def _single(subject: Subject, name: str, left: str, sign: str, right: str) -> Built:
    """One operation; between two dates the days that lie between them."""
    first, number = subject.maybe(left), whole(right)
    if first is not None and first.kind.is_date and sign == "-":
        second = subject.one(right, is_date)
        if not second.kind.is_date:
            raise Unreadable(f"“{second.name}” holds no dates.")
        return DateDifference(name=name, start=second.name, end=first.name)
    if number is not None and whole(left) is None:
        found = _numbers(subject, left)
        if sign == "/" and number == 0:
            raise Refused("Nothing can be divided by zero.")
        return Calculate.model_validate({"name": name, "left": found, "operation": _NAMES[sign], "number": number})
    if whole(left) is not None:
        return _written(subject, name, f"{left} {_NAMES[sign]} {right}", [left, sign, right])
    data = {"name": name, "left": _numbers(subject, left), "operation": _NAMES[sign], "right": _numbers(subject, right)}
    return Calculate.model_validate(data)


def _numbers(subject: Subject, phrase: str) -> str:
    found = subject.one(phrase, is_number)
    if not found.kind.is_number:
        raise Unreadable(f"“{found.name}” holds no numbers.")
    return found.name


def _written(subject: Subject, name: str, said: str, parts: list[str]) -> FreeCode:
    """Several operations, as one line of code."""
    pieces = [_piece(subject, part) for part in parts]
    expression = re.sub(r"\( ", "(", re.sub(r" \)", ")", " ".join(pieces)))
    if expression.count("(") != expression.count(")"):
        raise Unreadable("The brackets of this calculation do not fit.")
    try:
        compile(expression, "<formula>", "eval")
    except SyntaxError:
        raise Unreadable("I do not understand this calculation.") from None
    code = f"values = {expression}\ndf = df.assign(**{{{name!r}: values.replace([np.inf, -np.inf], np.nan)}})"
    return FreeCode(code=code, sentence=f"Calculate “{name}”: {' '.join(said.split())}"[:500])


def _piece(subject: Subject, part: str) -> str:
    if part in ("(", ")", "*", "/", "+", "-"):
        return part
    number = whole(part)
    return repr(number) if number is not None else f"df[{_numbers(subject, part)!r}]"
