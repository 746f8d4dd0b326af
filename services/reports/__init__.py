"""Reports: questions and their answers, and what is known about the data, as a document to take away."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from services.access import Action, requires
from services.domain import Turn
from services.reports import compose, html, markdown, pages
from services.reports.compose import Source, Template
from services.reports.document import Chart, Document, Picture
from services.workspace import Workspace

__all__ = ["Document", "Format", "Template", "bind", "compose_from", "write"]

SIZE: Final = (720, 340)
"""Pixels of a chart that fills the width of a page."""


class Format(StrEnum):
    """What a report can be taken away as."""

    PDF = "pdf"
    HTML = "html"
    MARKDOWN = "md"


@requires(Action.CONVERSATION_READ)
def compose_from(
    ws: Workspace, version_id: str, turns: Sequence[Turn], template: Template, title: str = ""
) -> Document:
    """The report of these questions about a version. Raises: NotFound."""
    version = ws.rows.version(version_id)
    source = Source(ws.rows.dataset(version.dataset_id), version, ws.rows.profile(version_id))
    return compose.document(source, turns, template, title)


@requires(Action.CONVERSATION_READ)
def write(ws: Workspace, document: Document, format: Format, target: Path) -> list[Path]:
    """Writes the document and, for Markdown, its pictures in a folder beside it; every file that was written.

    Raises: Unavailable, when it cannot be drawn or set.
    """
    match format:
        case Format.HTML:
            target.write_text(html.write(document), encoding="utf-8")
            return [target]
        case Format.PDF:
            content, files = pages.of(document, _drawn(ws, document))
            target.write_bytes(ws.backends.press.pdf(content, files))
            return [target]
        case Format.MARKDOWN:
            return _with_pictures(target, document, _drawn(ws, document))


@requires(Action.CONVERSATION_READ)
def bind(ws: Workspace, conversation_id: str, template: Template, format: Format) -> bytes:
    """The report of a conversation as one file; Markdown comes with its pictures as a ZIP archive.

    Raises: NotFound; Unavailable.
    """
    about = ws.rows.conversation(conversation_id)
    turns = [turn for turn in ws.rows.turns(conversation_id) if turn.status.is_final]
    document = compose_from(ws, about.version_id, turns, template, about.title)
    with tempfile.TemporaryDirectory(dir=ws.backends.settings.home / "cache") as folder:
        written = write(ws, document, format, Path(folder) / f"report.{format}")
        if format is not Format.MARKDOWN:
            return written[0].read_bytes()
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
            for path in written:
                file.write(path, path.relative_to(folder))
        return archive.getvalue()


def _drawn(ws: Workspace, document: Document) -> dict[int, str]:
    """The charts as SVG by their places among the blocks; those that cannot be drawn are missing."""
    wanted = pages.charts(document)
    drawn = ws.backends.press.svgs({str(place): figure for place, figure in wanted.items()}, *SIZE)
    return {int(place): svg for place, svg in drawn.items()}


def _with_pictures(target: Path, document: Document, drawn: dict[int, str]) -> list[Path]:
    folder = target.with_name(f"{target.stem}_files")
    written: dict[int, Path] = {}
    for place, block in enumerate(document.blocks):
        data = _bytes(block, drawn.get(place))
        if data:
            folder.mkdir(exist_ok=True)
            written[place] = folder / f"chart-{len(written) + 1}.{'png' if isinstance(block, Picture) else 'svg'}"
            written[place].write_bytes(data)
    names = {place: f"{folder.name}/{path.name}".replace(" ", "%20") for place, path in written.items()}
    target.write_text(markdown.write(document, names), encoding="utf-8")
    return [target, *written.values()]


def _bytes(block: Any, svg: str | None) -> bytes:
    if isinstance(block, Picture):
        return block.png
    return svg.encode() if isinstance(block, Chart) and svg else b""
