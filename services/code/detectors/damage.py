"""Text that was read in a wrong encoding, or lost letters on the way."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from services.code.detectors.idea import Column, Idea, Table, number_of, quoted, replaced
from services.code.steps.text import MendEncoding, RemoveCharacters
from services.code.steps.values import ReplaceValues

MOJIBAKE: Final = re.compile("[ÃÂ][\u0080-\u00bf‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ¡-¿]|â€")
LOST: Final = re.compile("\ufffd|(?<=[A-Za-z])[\u0300-\u036f]|[\x80-\x9f]")
"""The mark of letters that could not be read, and accents that make no letter with the one before (after NFC)."""


def find(table: Table) -> tuple[list[Idea], Table]:
    ideas: list[Idea] = []
    for column in table.columns:
        if column.kind == "text":
            for idea, changed in (*_mojibake(column), *_lost(column)):
                ideas.append(idea)
                table = table.with_column(changed)
    return ideas, table


def mended(text: str) -> str:
    for encoding in ("cp1252", "latin-1"):
        try:
            return text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
    return text


def _mojibake(column: Column) -> Iterator[tuple[Idea, Column]]:
    new = {text: mended(text) for text in column.counts if MOJIBAKE.search(text) and mended(text) != text}
    if not new:
        return
    cells, examples = replaced(column, dict(new))
    yield (
        Idea(
            kind="encoding",
            columns=(column.name,),
            title=f"Mend broken letters in {number_of(len(cells), 'cell')} of {quoted(column.name)}",
            reason="Letters such as Ã¼ come from UTF-8 that was read as Windows-1252 or Latin-1; that can be undone.",
            confidence=0.97,
            step=MendEncoding(columns=(column.name,)),
            cells=tuple(cells),
            examples=examples,
            rows=len(cells),
        ),
        column.changed(dict(new)),
    )


def _lost(column: Column) -> Iterator[tuple[Idea, Column]]:
    composed = {text: unicodedata.normalize("NFC", text) for text in column.counts if not text.isascii()}
    new = {text: LOST.sub("", form) for text, form in composed.items() if LOST.search(form)}
    if not new:
        return
    cells, examples = replaced(column, dict(new))
    yield (
        Idea(
            kind="encoding",
            columns=(column.name,),
            title=f"Remove marks of lost letters from {number_of(len(cells), 'cell')} of {quoted(column.name)}",
            reason="The mark � stands for a letter that could not be read. Which one it was is lost; read the file "
            "again in its own encoding where you can.",
            confidence=0.6,
            step=ReplaceValues(columns=(column.name,), values=dict(new))
            if len(new) <= 50_000
            else RemoveCharacters(columns=(column.name,), what="broken characters"),
            cells=tuple(cells),
            examples=examples,
            rows=len(cells),
        ),
        column.changed(dict(new)),
    )
