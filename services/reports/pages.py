"""A report as what the typesetter reads: plain JSON and the files of its pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from services.reports import figures
from services.reports.document import Block, Chart, Code, Document, Grid, Heading, Level, Note, Paragraph, Picture

CONTENTS_FROM: Final = 5
"""Sections from which a list of contents helps."""
UNDRAWN: Final = "This chart cannot be drawn on paper; its numbers follow."
LOST: Final = "This chart cannot be drawn on paper. The HTML report shows it."


def charts(document: Document) -> dict[int, dict[str, Any]]:
    """The figures by their places among the blocks, in the colours of paper."""
    return {
        place: figures.printed(block.figure) for place, block in enumerate(document.blocks) if isinstance(block, Chart)
    }


def of(document: Document, drawn: Mapping[int, str]) -> tuple[dict[str, Any], dict[str, bytes]]:
    """What report.typ reads, and its pictures by file name."""
    pictures: dict[str, bytes] = {}
    blocks: list[dict[str, Any]] = []
    for place, block in enumerate(document.blocks):
        leads = any(isinstance(each, Chart | Picture) for each in document.blocks[place + 1 : place + 2])
        pictures |= _picture(block, place, drawn)
        blocks.append(_part(block, place, f"{place}.svg" in pictures, leads))
    sections = sum(isinstance(block, Heading) and block.depth == 1 for block in document.blocks)
    content = {
        "title": document.title,
        "subtitle": document.subtitle,
        "language": document.language,
        "day": f"{document.made_at:%Y-%m-%d %H:%M} UTC",
        "paper": document.paper,
        "colour": document.colour,
        "logo": "logo.png" if document.logo else "",
        "title-page": document.has_title_page,
        "facts": [list(fact) for fact in document.facts],
        "summary": list(document.summary),
        "contents": sections >= CONTENTS_FROM if document.has_contents is None else document.has_contents,
        "blocks": blocks,
    }
    return content, pictures | ({"logo.png": document.logo} if document.logo else {})


def _picture(block: Block, place: int, drawn: Mapping[int, str]) -> dict[str, bytes]:
    if isinstance(block, Picture):
        return {f"{place}.png": block.png}
    return {f"{place}.svg": drawn[place].encode()} if place in drawn else {}


def _part(block: Block, place: int, is_drawn: bool, leads: bool) -> dict[str, Any]:
    """`leads`: a picture follows, and must not be parted from it."""
    match block:
        case Heading():
            return {"kind": "heading", "text": block.text, "depth": block.depth}
        case Paragraph():
            return {"kind": "paragraph", "text": block.text, "leads": leads, "receipt": block.receipt}
        case Note():
            return _note(block.text, block.level)
        case Code():
            return {"kind": "code", "text": block.text, "language": block.language}
        case Grid():
            return _grid(block)
        case Picture():
            return {"kind": "picture", "file": f"{place}.png", "alt": block.alt}
        case Chart() if is_drawn:
            return {"kind": "picture", "file": f"{place}.svg", "alt": block.alt}
        case Chart():
            return _note(UNDRAWN if block.numbers else LOST, Level.WARNING)


def _note(text: str, level: Level) -> dict[str, Any]:
    return {"kind": "note", "text": text, "level": str(level)}


def _grid(grid: Grid) -> dict[str, Any]:
    more = f"The first {len(grid.rows):,} of {grid.total:,} rows." if grid.total > len(grid.rows) else ""
    return {
        "kind": "grid",
        "title": grid.title,
        "columns": list(grid.columns),
        "rows": [list(row) for row in grid.rows],
        "is_number": list(grid.is_number),
        "more": more,
    }
