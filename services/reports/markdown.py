"""A report as Markdown (CommonMark with tables), its pictures as files beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from services.reports.document import Block, Chart, Code, Document, Grid, Heading, Note, Paragraph, Picture

MARKS: Final = re.compile(r"([\\`*_{}\[\]<>#|~$!])")
STARTS: Final = re.compile(r"^(\s*)([-+=>]|\d+[.)])", re.MULTILINE)
Files = Mapping[int, str]
"""The place of a chart or picture among the blocks, and the path of its file."""


def write(document: Document, files: Files) -> str:
    """The whole text. A chart without a file is told as its numbers."""
    lines = [f"# {plain(document.title)}", ""]
    if document.subtitle:
        lines += [plain(document.subtitle), ""]
    lines += [" · ".join(f"{plain(name)}: {plain(value)}" for name, value in document.facts), ""]
    if document.summary:
        lines += ["## Summary", "", *[f"- {plain(each)}" for each in document.summary], ""]
    receipts: list[str] = []
    for place, block in enumerate(document.blocks):
        lines += [*_lines(block, files.get(place, ""))]
        if isinstance(block, Paragraph) and block.receipt:
            receipts.append(block.receipt)
            lines[-1] += f"[^{len(receipts)}]"
        lines.append("")
    for number, receipt in enumerate(receipts, 1):
        lines += [f"[^{number}]: {plain(receipt)}", ""]
    lines.append(f"*Made {document.made_at:%Y-%m-%d %H:%M} UTC with Red Pandas.*")
    return "\n".join(lines) + "\n"


def plain(text: str) -> str:
    """Other people's words, so that nothing in them is markup."""
    return STARTS.sub(r"\1\\\2", MARKS.sub(r"\\\1", " ".join(text.split())))


def _lines(block: Block, file: str) -> Iterator[str]:
    match block:
        case Heading():
            yield f"{'#' * (block.depth + 1)} {plain(block.text)}"
        case Paragraph():
            yield plain(block.text)
        case Note():
            yield f"> {plain(block.text)}"
        case Grid():
            yield from _grid(block)
        case Code():
            fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", block.text)), 0)
            yield from (f"{fence}{block.language}", block.text.rstrip(), fence)
        case Chart() | Picture():
            yield (
                f"![{plain(block.alt)}]({file})" if file else f"> {plain(block.alt)}: this chart cannot be drawn here."
            )


def _grid(grid: Grid) -> Iterator[str]:
    if grid.title:
        yield from (f"**{plain(grid.title)}**", "")
    yield _row(grid.columns)
    yield _row(["--:" if number else "---" for number in grid.is_number], is_plain=True)
    for row in grid.rows:
        yield _row(row)
    if grid.total > len(grid.rows):
        yield from ("", f"*The first {len(grid.rows):,} of {grid.total:,} rows.*")


def _row(cells: tuple[str, ...] | list[str], *, is_plain: bool = False) -> str:
    return "| " + " | ".join(cell if is_plain else plain(cell) for cell in cells) + " |"
