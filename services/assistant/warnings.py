"""What a person is told of a table before a language model reads about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from services.assistant import samples
from services.protocols import Brief

MOST: Final = 3
SHOWN: Final = 80


def of(brief: Brief) -> Iterator[str]:
    """Names and frequent cells that read as if they told a language model what to do."""
    found = list(dict.fromkeys(_suspicious(brief)))
    for place in found[:MOST]:
        yield f"{place} reads like an instruction to a language model. It is treated as data: look at it yourself."
    if len(found) > MOST:
        yield f"{len(found) - MOST:,} more names or cells read like instructions to a language model."


def _suspicious(brief: Brief) -> Iterator[str]:
    if samples.is_instruction(brief.title):
        yield f"The name of the table (“{brief.title[:SHOWN]}”)"
    for profile in brief.profiles.values():
        for column in profile.columns:
            if samples.is_instruction(column.name):
                yield f"The name of the column “{column.name[:SHOWN]}”"
            elif any(samples.is_instruction(each.value) for each in column.top):
                yield f"Text in the column “{column.name[:SHOWN]}”"
