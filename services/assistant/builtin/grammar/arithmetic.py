"""Arithmetic on results: "total revenue minus total cost", "total revenue / number of orders"."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from services.assistant.builtin.grammar.traps import Trapped
from services.assistant.builtin.intent import Intent, Shape, Worked
from services.assistant.builtin.language.words import plural

_SIGNS: Final = (
    (r"(?: minus | less (?!than)| - )", Worked.MINUS),
    (r"(?: divided by | over the (?=total|number|sum|count)| / |/(?=number of|total|count of|sum of))", Worked.DIVIDED),
    (r"(?: plus | \+ )", Worked.PLUS),
)
_NUMBER: Final = r"(?:total|sum|average|mean|median|maximum|max|minimum|min|highest|lowest|number|count|how many|largest|smallest|biggest)\b"
_SPREAD: Final = re.compile(
    r"(?i)\b(?:the )?(?:difference|range|gap|spread) (?:between|from) (?:the )?(?P<one>highest|largest|maximum|max|biggest|lowest|smallest|minimum|min|average|mean|median) (?:and|to) (?:the )?(?P<two>highest|largest|maximum|max|biggest|lowest|smallest|minimum|min|average|mean|median) (?P<of>.+)"
)


_EACH: Final = re.compile(
    r"(?i)(?:what(?:'s| is) |show(?: me)? |give me )?(?:the )?(?:average|mean) (?:number|count) of (?P<what>[\w ]+?) (?:per|for each|for every|by) (?P<per>[\w ]+)"
    r"|how many (?P<many>[\w ]+?) (?:per|does each|did each|for each) (?P<by>[\w ]+?)(?: have| has| make| made| place| placed)? on average"
)


def worked(question: str, read: Callable[[str], Intent]) -> Intent | None:
    """The intent of two numbers that are set off against each other; None where that is not asked.

    Raises: Trapped, when it is asked and one side is not one number.
    """
    if each := _EACH.fullmatch(question.strip(" ?.")):
        return _together(
            read(f"number of {each['what'] or each['many']}"),
            read(f"how many different {plural((each['per'] or each['by']).lower())} are there"),
            Worked.DIVIDED,
        )
    text = _SPREAD.sub(r"\g<one> \g<of> minus \g<two> \g<of>", question)
    for form, sign in _SIGNS:
        parts = re.split(form, text, maxsplit=1, flags=re.IGNORECASE)
        if (
            len(parts) == 2
            and re.search(_NUMBER, parts[0], re.IGNORECASE)
            and re.match(rf"(?:the )?{_NUMBER}", parts[1].strip(), re.IGNORECASE)
        ):
            return _together(read(parts[0].strip()), read(parts[1].strip()), sign)
    return None


def _together(left: Intent, right: Intent, sign: Worked) -> Intent:
    for side in (left, right):
        plain = side.shape is Shape.GROUPS and len(side.measures) == 1 and not side.keys and side.limit is None
        if not plain or side.worked or side.part or side.contrast or side.change or side.share:
            raise Trapped("I can work out one number from two numbers only, each of all rows or of the same rows.")
    if left.where and right.where and left.where != right.where:
        raise Trapped("I can set two numbers off against each other only where both are of the same rows.")
    if left.where and not right.where:
        raise Trapped("Say which rows are meant at the end: both numbers are taken of the same rows.")
    assumed = tuple(dict.fromkeys([*left.assumed, *right.assumed]))
    return right.model_copy(
        update={"measures": (*left.measures, *right.measures), "worked": sign, "assumed": assumed, "sort": None}
    )
