"""Masked examples of a text column: values that many rows hold, and of others the form alone."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from services.assistant.veil import Veil
from services.domain import ColumnProfile, Kind, Semantic

ENOUGH: Final = 5
"""Rows that hold a value before it may be told."""
MOST_DISTINCT: Final = 200
"""Different values of a column that may be categories."""
MOST: Final = 5
MOST_FORMS: Final = 2
LONGEST: Final = 40
LONGEST_FORM: Final = 24
INSTRUCTION: Final = re.compile(
    r"(?i)\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:previous|prior|above|earlier|all|any|your|instruction\w*)\b"
    r"|\b(?:system|developer)\s+prompt\b|\byou are (?:now|an? (?:ai|assistant|language model))\b"
    r"|\b(?:ignoriere|vergiss)\b.{0,40}\b(?:anweisung\w*|bisherig\w*|vorherig\w*)"
    r"|\b(?:ignora|olvida)\b.{0,40}\binstruccion\w*|\bignore[zr]?\b.{0,40}\binstructions?\b"
    r"|<\|(?:im_start|system)|\[/?INST\]"
)
"""Text that talks to a language model."""


def of(column: ColumnProfile, veil: Veil) -> Iterator[str]:
    """Parts of the column's line: values with quotation marks, then forms. Nothing for numbers and dates, whose bounds
    tell enough."""
    if column.kind is not Kind.TEXT:
        return
    told = [_quoted(each.value, veil) for each in column.top if _may_be_told(column, each.value, each.rows)][:MOST]
    if told:
        yield f"often {', '.join(told)}"
    elif forms := list(dict.fromkeys(form(each.value) for each in column.top))[:MOST_FORMS]:
        yield f"written like {', '.join(forms)}"


def form(value: str) -> str:
    """How the value is written: every letter is "a" or "A", every digit "9", and runs are cut short."""
    masked = "".join(_masked(character) for character in value[: 4 * LONGEST_FORM])
    return json.dumps(re.sub(r"(.)\1{3,}", r"\1\1\1", masked)[:LONGEST_FORM], ensure_ascii=True)


def is_instruction(text: str) -> bool:
    """Whether the text reads as if it told a language model what to do."""
    return bool(INSTRUCTION.search(text[:2_000]))


def _may_be_told(column: ColumnProfile, value: str, rows: int) -> bool:
    is_category = column.distinct <= MOST_DISTINCT and column.semantic is not Semantic.ID
    return is_category and rows >= ENOUGH and 0 < len(value) <= LONGEST and not is_instruction(value)


def _quoted(value: str, veil: Veil) -> str:
    return "".join(_safe(character) for character in json.dumps(veil.text(value), ensure_ascii=False))


def _safe(character: str) -> str:
    """Nothing that could end the list it stands in, or hide in it."""
    plain = character == " " or unicodedata.category(character)[0] not in "CZ"
    return character if plain and character not in "<>`" else " "


def _masked(character: str) -> str:
    if character.isalpha():
        return "A" if character.isupper() else "a"
    if character.isdigit() or character.isnumeric():
        return "9"
    return character if character in " .,-_/:;@#()+&'" else "·"
