"""Charts as data: a type, the columns in its roles, and how they are drawn."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import Field, JsonValue, model_validator

from services.code.analyses.analysis import AnalysisBase, quoted
from services.code.analyses.drawing import aggregates, parts, pieces, points, shapes, special
from services.code.analyses.drawing.plan import Drawing, Hue, Measure, Period, Words
from services.code.steps import Condition
from services.code.steps.parts import Part

TYPES: Final = {**aggregates.TYPES, **pieces.TYPES, **parts.TYPES, **points.TYPES, **shapes.TYPES, **special.TYPES}
"""Every chart by its name: its title, the roles it needs and may have, and what writes it."""


MOST_LINES: Final = 10


class Note(Part):
    """A few words on a chart: at the point of `x` and `y`, or, without `y`, at a line from bottom to top."""

    text: str = Field(min_length=1, max_length=80)
    x: str | int | float
    """A place along: a date as ISO text, a number, the name of a group."""
    y: float | None = None


class Chart(AnalysisBase):
    """A chart of columns: pick a type, put columns into its roles."""

    GROUP: ClassVar = "Charts"
    TITLE: ClassVar = "Chart"

    kind: Literal["chart"] = "chart"
    type: str = Field(title="Type", json_schema_extra={"enum": list[JsonValue](sorted(TYPES))})
    x: str | None = None
    y: str | None = None
    color: str | None = None
    size: str | None = None
    facet: str | None = None
    path: tuple[str, ...] = Field(default=(), max_length=12)
    """Several columns: the levels of a treemap, the axes of a radar, the columns of a matrix."""
    measure: Measure | None = None
    """How the values of a group become one. Left out: the total where pieces add up to a whole, else the average."""
    period: Period | None = None
    """To which start a date is brought before it is grouped by."""
    top: Annotated[int, Field(ge=1, le=100)] | None = None
    """The largest groups are kept, the rest is added up as “Other”."""
    bins: Annotated[int, Field(ge=2, le=200)] | None = None
    descending: bool = True
    log_x: bool = False
    log_y: bool = False
    trend: bool = False
    """A straight line of least squares through points."""
    lines: tuple[float, ...] = Field(default=(), max_length=MOST_LINES)
    """Values at which a dashed line is drawn: on the axis of amounts, that is across, or up a histogram."""
    notes: tuple[Note, ...] = Field(default=(), max_length=MOST_LINES)
    """Words on the chart."""
    title: str = Field(default="", max_length=120)
    """In place of the title it would have."""
    hue: Hue | None = None
    """The colour of all marks, where no column colours them."""
    reason: str = Field(default="", max_length=300)
    """Why this type was suggested, in one sentence; empty when a person chose it."""
    where: tuple[Condition, ...] = Field(default=(), max_length=20)
    """Rows that are drawn: those that pass every test."""

    @model_validator(mode="after")
    def _fits(self) -> Chart:
        """The type is there, and its roles are taken."""
        if self.type not in TYPES:
            raise ValueError(f"there is no chart type {self.type!r}")
        missing = [role for role in TYPES[self.type].needs if not getattr(self, role)]
        if missing:
            raise ValueError(f"a {self.type} needs a column as {' and '.join(missing)}")
        return self

    def columns(self) -> tuple[str, ...]:
        named = (self.x, self.y, self.color, self.size, self.facet, *self.path)
        return tuple(dict.fromkeys([*(name for name in named if name), *(test.column for test in self.where)]))

    def to_code(self) -> str:
        fields = self.model_dump(exclude={"kind", "type", "learned", "where", "lines", "notes", "measure", "reason"})
        kind = TYPES[self.type]
        masks = tuple(test.to_code() for test in self.where)
        measure = self.measure or ("sum" if kind.adds_up else "mean")
        notes = tuple(Words(**note.model_dump()) for note in self.notes)
        dress: dict[str, Any] = {"lines": self.lines, "notes": notes, "paint": kind.paint, "line_axis": kind.line_axis}
        return kind.write(Drawing(**fields, **dress, masks=masks, measure=measure))

    def describe(self) -> str:
        named = " and ".join(quoted(name) for name in dict.fromkeys((self.x, self.y, self.color, *self.path)) if name)
        return f"{TYPES[self.type].title} of {named}" if named else TYPES[self.type].title
