"""A model's reply as a validated record, read tolerantly.

Taken, in this order: a JSON object anywhere in the text (bare, in a ```json block, after an introduction or a
`<think>` part, with raw line breaks in its strings), its missing `code` filled from a ```python block; a ```python
block alone. Anything else is `Unusable`, with a reason the model can act on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

R = TypeVar("R", bound=BaseModel)

CODE_FIELD: Final = "code"
"""The field of a reply that a fenced Python block fills."""
MOST_STARTS: Final = 40
"""Opening braces tried before a text is given up as holding no JSON object."""

_THINKING = re.compile(r"\A.*</think>|<think>.*\Z", re.DOTALL)
_BLOCK = re.compile(r"```[ \t]*(?:python|py)?[ \t]*\n(.*?)(?:^[ \t]*```|\Z)", re.DOTALL | re.MULTILINE | re.IGNORECASE)
_DECODER = json.JSONDecoder(strict=False)


class Unusable(Exception):
    """The reply does not hold what was asked for. Its text is the reason, without a full stop."""


def read(text: str, reply: type[R]) -> R:
    """The record in `text`. Raises: Unusable."""
    spoken = _THINKING.sub("", clean(text)).strip()
    if not spoken:
        raise Unusable("the reply was empty")
    reason = "the reply holds no JSON object"
    for candidate in _candidates(spoken, reply):
        try:
            return reply.model_validate(candidate)
        except ValidationError as error:
            reason = describe(error)
    raise Unusable(reason)


def clean(text: str) -> str:
    """The text without lone surrogates and NUL, which neither a database nor a log can hold; halves that belong
    together, sent in two pieces, become one character."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\x00", "")


def describe(error: ValidationError) -> str:
    """What is wrong with a record, without any of its values."""
    faults = [(".".join(str(part) for part in fault["loc"]), fault["msg"]) for fault in error.errors()[:3]]
    return "; ".join(f"{place}: {message}" if place else message for place, message in faults).replace(
        "Value error, ", ""
    )


def schema(reply: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of a record in the strict form: every field required, no others."""
    found = reply.model_json_schema()
    for field in found["properties"].values():
        field.pop("default", None)
    return {**found, "required": list(found["properties"]), "additionalProperties": False}


def _candidates(text: str, reply: type[BaseModel]) -> Iterator[dict[str, Any]]:
    """Possible records, the likeliest first."""
    code = next(iter(_BLOCK.findall(text)), "").strip() if CODE_FIELD in reply.model_fields else ""
    for found in _objects(text):
        if found.keys() & reply.model_fields.keys():
            yield found if found.get(CODE_FIELD) or not code else {**found, CODE_FIELD: code}
    if code and not code.startswith("{"):
        yield {CODE_FIELD: code}


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """JSON objects in the text, in order, skipping what an earlier one holds."""
    start = text.find("{")
    for _ in range(MOST_STARTS):
        if start < 0:
            return
        try:
            found, end = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError):
            end = start + 1
        else:
            yield {key: clean(value) if isinstance(value, str) else value for key, value in found.items()}
        start = text.find("{", end)
