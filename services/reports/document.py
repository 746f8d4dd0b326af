"""What a report is made of once everything in it is known: blocks that each form of export writes in its own way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    """How weighty a note is."""

    PLAIN = "plain"
    WARNING = "warning"


@dataclass(frozen=True)
class Heading:
    """The title of a section (depth 1) or of a part of one (depth 2)."""

    text: str
    depth: int = 1


@dataclass(frozen=True)
class Paragraph:
    """Running text, one paragraph."""

    text: str
    receipt: str = ""
    """Where its numbers come from, as a footnote."""


@dataclass(frozen=True)
class Note:
    """A remark beside the text: a caveat, what was left out, where a number comes from."""

    text: str
    level: Level = Level.PLAIN


@dataclass(frozen=True)
class Grid:
    """A table as it is printed: every cell is text already."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    is_number: tuple[bool, ...]
    """By column: numbers stand at the right."""
    total: int
    """Rows there were; more than `rows` holds when it was cut."""
    title: str = ""


@dataclass(frozen=True)
class Chart:
    """A Plotly figure, and the numbers it shows, for where it cannot be drawn."""

    figure: Mapping[str, Any]
    alt: str
    numbers: Grid | None = None


@dataclass(frozen=True)
class Picture:
    """A finished picture (PNG)."""

    png: bytes
    alt: str


@dataclass(frozen=True)
class Code:
    """The code behind an answer."""

    text: str
    language: str = "python"


Block = Heading | Paragraph | Note | Grid | Chart | Picture | Code


@dataclass(frozen=True)
class Document:
    """A whole report. `facts` are name and value, for the title page: dataset, rows, version …"""

    title: str
    subtitle: str
    made_at: datetime
    facts: tuple[tuple[str, str], ...]
    summary: tuple[str, ...]
    """The findings in a sentence each, before everything else."""
    blocks: tuple[Block, ...]
    language: str = "en"
    paper: str = "a4"
    has_title_page: bool = False
    has_contents: bool | None = None
    """None: where there are enough sections for it to help."""
    colour: str = ""
    """Of what stands out, as #b8452b; empty: the product's."""
    logo: bytes = b""
    """A picture (PNG) for the first page."""
