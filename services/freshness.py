"""The nouns of staleness: whether what was made from a version still stands, and what differs on a newer one."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field, JsonValue

from services.facts import Fact


class Cause(StrEnum):
    """Why something made from a version no longer tells what its dataset shows."""

    DATA = "data"
    """Rows came in, or a table it was made from has moved on."""
    RECIPE = "recipe"
    """The steps that make the table are others."""
    DEFINITION = "definition"
    """A word of the team means something else now."""


class Basis(Fact):
    """What an object was made from: a version and, where it used words of the team, what these meant."""

    version_id: str
    meanings: dict[str, str] = Field(default={})


class Freshness(Fact):
    """How an object made from a version stands to what its dataset shows now."""

    version_id: str
    head_id: str = ""
    """The version the dataset shows; empty when the dataset, or the version, is not there any more."""
    causes: tuple[Cause, ...] = ()
    reasons: tuple[str, ...] = ()
    """What has happened since, in sentences."""
    can_update: bool = False
    """Whether running it on the head would bring it up to date. It does not where only a table that its dataset was
    made from has moved on: then that dataset has to be made again."""

    @property
    def is_stale(self) -> bool:
        return bool(self.causes)


class Change(Fact):
    """A number (or a word) of a result that is not the same any more. None: it was not there."""

    place: str
    """Where it stands: "average price, region West"."""
    before: JsonValue
    after: JsonValue

    @property
    def share(self) -> float | None:
        """How much of the number before it grew by; -0.5: it is half of it. None where that says nothing."""
        old, new = self.before, self.after
        if isinstance(old, bool) or isinstance(new, bool):
            return None
        if not isinstance(old, int | float) or not isinstance(new, int | float) or not old:
            return None
        return (new - old) / abs(old)


class Changes(Fact):
    """What is not the same in two results of the same code."""

    listed: tuple[Change, ...] = ()
    total: int = 0
    """Of all, listed or not."""
    notes: tuple[str, ...] = ()
    """What numbers do not tell: a chart that was redrawn, a table that is not there any more."""

    @property
    def is_none(self) -> bool:
        return not (self.total or self.notes)
