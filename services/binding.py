"""The nouns of kept reports: a report, its sections, the files made of it, and how a team wants its papers to look."""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum
from typing import Final

from pydantic import Field, field_validator

from services.circles import Visibility
from services.domain import Noun, Turn
from services.errors import BadInput

COLOUR: Final = re.compile(r"^#[0-9a-f]{6}$")


class SectionKind(StrEnum):
    """What a section shows."""

    TEXT = "text"
    ANSWER = "answer"
    CHART = "chart"
    TABLE = "table"
    MODEL = "model"
    FORECAST = "forecast"
    PROFILE = "profile"
    CLEANING = "cleaning"


class Paper(StrEnum):
    """The size of a page."""

    A4 = "a4"
    LETTER = "us-letter"


class Part(StrEnum):
    """What can stand around the sections of a report."""

    TITLE_PAGE = "has_title_page"
    CONTENTS = "has_contents"
    APPENDIX = "has_appendix"


class Section(Noun):
    """A part of a report. What was computed is in `turn`, as it was when it was taken in: code, version, outputs."""

    id: str
    kind: SectionKind
    title: str = ""
    text: str | None = None
    """What a person wrote; None: what the answer says. Paragraphs are parted by line ends."""
    version_id: str | None = None
    """What it was made from; None for text."""
    turn: Turn | None = None
    only: int | None = None
    """The place of the one output that is shown; None: all are."""
    hide_code: bool = False


class Report(Noun):
    """A document that is kept: what stands on it besides its sections."""

    id: str
    team_id: str
    dataset_id: str | None = None
    """What it is about; None where nothing but text is in it."""
    title: str
    subtitle: str = ""
    template: str = "full"
    paper: Paper = Paper.A4
    summary: tuple[str, ...] | None = None
    """What a person wrote to stand first; None: the answers in a sentence each."""
    has_title_page: bool = True
    has_contents: bool = True
    has_appendix: bool = True
    """Method and quality of the data."""
    visibility: Visibility = Visibility.TEAM
    deleted_at: datetime | None = None
    created_by: str
    created_at: datetime
    changed_at: datetime


class ReportFile(Noun):
    """A file that was made of a report, and is kept as it was."""

    id: str
    team_id: str
    report_id: str
    name: str
    ending: str
    size: int
    visibility: Visibility = Visibility.TEAM
    created_by: str
    created_at: datetime

    @property
    def key(self) -> str:
        """Where it is stored."""
        return f"{folder_of(self.team_id, self.report_id)}{self.id}.{self.ending}"


class Brand(Noun):
    """How a team's papers look: one colour, and a logo (PNG)."""

    colour: str = Field(default="#b8452b")
    logo: bytes = b""

    @field_validator("colour")
    @classmethod
    def _checked(cls, colour: str) -> str:
        if not COLOUR.match(colour):
            raise BadInput(f"“{colour[:20]}” is no colour.", "Write it as #b8452b.")
        return colour


def folder_of(team_id: str, report_id: str) -> str:
    """Where the files of a report are stored."""
    return f"{team_id}/reports/{report_id}/"
