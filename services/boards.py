"""The nouns of what is kept of answers: pins, and the dashboards they stand on. `services.domain` passes them on."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final, Literal

from pydantic import Field, JsonValue

from sandbox.messages import Output
from services.circles import Visibility
from services.facts import Fact
from services.freshness import Changes

COLUMNS: Final = 12
ROWS: Final = 12
"""How wide and how high a tile may be."""


class Kept(Fact):
    """What an answer gave, or one output of it, with all it takes to make it again."""

    question: str
    """What was asked, or the analysis in words."""
    text: str = ""
    outputs: tuple[Output, ...] = ()
    code: str = ""
    caveats: tuple[str, ...] = ()
    analyst: str = ""
    """Who wrote the code: "builtin", "model", or "analysis"."""
    analysis: dict[str, JsonValue] = Field(default_factory=dict)
    """The analysis as data, without what it learned; empty where somebody asked in words."""
    only: int | None = None
    """Which of the outputs of the answer was kept, from 0; None: the whole answer."""


class Pin(Fact):
    """An answer, or one chart, table or value of it, that was kept with the version it was read from."""

    id: str
    team_id: str
    name: str
    dataset_id: str
    version_id: str
    conversation_id: str
    turn_id: str
    """Where it came from."""
    kept: Kept
    created_by: str
    created_at: datetime

    @property
    def kind(self) -> str:
        """ "answer", or what the one output is: "figure", "table", "value", "text", "image"."""
        return "answer" if self.kept.only is None or not self.kept.outputs else self.kept.outputs[0].kind


class Every(StrEnum):
    """How often a dashboard looks for a new version by itself."""

    NEVER = ""
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"


class Filter(Fact):
    """Which rows a dashboard is about: those whose column has one of the values, or lies between two."""

    column: str
    values: tuple[str, ...] = Field(default=(), max_length=200)
    low: float | str | None = None
    high: float | str | None = None
    """Numbers, or dates as ISO text; both ends are within."""

    @property
    def is_set(self) -> bool:
        """Whether it leaves any row out."""
        return bool(self.values) or self.low is not None or self.high is not None


class Threshold(Fact):
    """From where on a value is one to be told about."""

    test: Literal["over", "under"]
    bound: float

    def is_crossed(self, number: float | None) -> bool:
        """Whether the number lies beyond the bound; never without a number."""
        return number is not None and (number > self.bound if self.test == "over" else number < self.bound)


class Dashboard(Fact):
    """Tiles on a grid, and what they are about."""

    id: str
    team_id: str
    name: str
    filters: tuple[Filter, ...] = ()
    """Those that are offered, with what they are set to."""
    every: Every = Every.NEVER
    due_at: datetime | None = None
    """When it looks for new versions next."""
    visibility: Visibility = Visibility.TEAM
    created_by: str
    created_at: datetime


class Tile(Fact):
    """A place on a dashboard: a text, or a copy of what was pinned, made again when asked to."""

    id: str
    team_id: str
    dashboard_id: str
    position: int
    width: int = Field(ge=1, le=COLUMNS)
    """Of twelve columns."""
    height: int = Field(ge=1, le=ROWS)
    """In steps of 80 pixels."""
    name: str
    text: str = ""
    dataset_id: str = ""
    """Empty for a text."""
    version_id: str = ""
    kept: Kept | None = None
    filters: tuple[Filter, ...] = ()
    """Under which `kept` was made."""
    threshold: Threshold | None = None
    number: float | None = None
    """The one number it shows, where it shows one."""
    changes: Changes = Changes()
    """What the last refresh changed."""
    problem: str = ""
    hint: str = ""
    """Why the last refresh failed; `kept` is then what it was before."""
    made_at: datetime | None = None
    created_by: str
    created_at: datetime

    @property
    def is_alarming(self) -> bool:
        """Whether its number is beyond its threshold."""
        return self.threshold is not None and self.threshold.is_crossed(self.number)


class TileRun(Fact):
    """What a tile shows under other filters than its own: made once, then looked up."""

    tile_id: str
    key: str
    """A hash of the version, the code and the filters."""
    job_id: str
    kept: Kept | None = None
    """None while it is made, and when it failed."""
    problem: str = ""
    hint: str = ""
    created_at: datetime


class Shown(Fact):
    """A tile as it is to be drawn now."""

    tile: Tile
    kept: Kept | None = None
    """None for a text, while it is made, and when it failed."""
    number: float | None = None
    """The one number that shows, where it is one."""
    note: str = ""
    """Which filters do not reach it."""
    problem: str = ""
    hint: str = ""
    job_id: str = ""
    """The job that makes it; empty when it is made."""
    is_stale: bool = False
    reason: str = ""
    """Whether its dataset shows something else by now, and what has happened since."""


class Rights(Fact):
    """What somebody may do with dashboards."""

    run: bool
    """Choose filters."""
    edit: bool
    create: bool
    delete: bool
    pin: bool
    rows: bool
    """See the rows behind a tile."""


class ListedPin(Fact):
    """A pin without its outputs, what kind it is, and the name of its dataset."""

    pin: Pin
    kind: str
    dataset: str
    is_stale: bool


class ListedDashboard(Fact):
    """A dashboard in a list: how many tiles, the names of those beyond their threshold, and how many are stale."""

    dashboard: Dashboard
    tiles: int
    alarms: tuple[str, ...] = ()
    stale: int = 0
