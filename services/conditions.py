"""The nouns of looking at rows: conditions and views. `services.domain` passes them on."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Fact(BaseModel):
    """A frozen record, as every noun is."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Comparison(StrEnum):
    """How a condition compares a column with its value."""

    IS = "is"
    IS_NOT = "is_not"
    CONTAINS = "contains"
    BEGINS = "begins"
    OVER = "over"
    FROM = "from"
    UNDER = "under"
    TO = "to"
    MISSING = "missing"
    PRESENT = "present"
    ONE_OF = "one_of"
    NONE_OF = "none_of"
    """Neither one of the values nor missing counts as one of them: missing cells are kept."""
    OUTSIDE = "outside"
    """Below the first of two values or above the second."""
    REPEATED = "repeated"
    """The value stands in more than one row; without a column, the whole row does."""
    PADDED = "padded"
    """Text with white space around it, or twice inside."""
    BEFORE = "before"
    """Less than what stands in the column that `value` names."""
    DIFFERS = "differs"
    """Not the same as what stands in the column that `value` names."""

    @property
    def has_value(self) -> bool:
        """Whether a person who makes a condition of this kind writes one value."""
        return self in _VALUED


_VALUED = frozenset(
    {
        *(Comparison.IS, Comparison.IS_NOT, Comparison.CONTAINS, Comparison.BEGINS),
        *(Comparison.OVER, Comparison.FROM, Comparison.UNDER, Comparison.TO),
    }
)
MOST_VALUES = 1_000


class Condition(Fact):
    """Keeps the rows whose value in `column` compares with `value`, which is written as a person writes it."""

    column: str
    comparison: Comparison
    value: str = ""
    values: tuple[str, ...] = Field(default=(), max_length=MOST_VALUES)
    """What `ONE_OF`, `NONE_OF` and `OUTSIDE` compare with."""


class View(Fact):
    """How to look at a version: the rows that meet every condition, sorted by a column or (empty) as they stand."""

    conditions: tuple[Condition, ...] = ()
    sort: str = ""
    descending: bool = False
