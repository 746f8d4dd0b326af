"""What is known about a column, and about all of them, while alerts are looked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from services.backends.profiling.sample import Sample
from services.domain import ColumnProfile, Kind, Profile

if TYPE_CHECKING:
    from services.backends.engine import Column
    from services.backends.profiling.scan import Scanned


@dataclass(frozen=True)
class Look:
    """One column: its facts so far, what the exact scan counted, and its values in the sample."""

    facts: ColumnProfile
    scanned: Scanned
    column: Column
    sample: Sample
    beyond: tuple[float, float] = (0.0, 0.0)
    """Fences, for numbers: values outside are outliers."""
    outside: int = 0
    """Rows outside the fences, exact."""

    @property
    def name(self) -> str:
        return self.facts.name

    @property
    def kind(self) -> Kind:
        return self.facts.kind

    @property
    def filled(self) -> int:
        """Rows with a value."""
        return self.sample.total - self.facts.missing

    @cached_property
    def numbers(self) -> np.ndarray:
        """The sample as floats, not-a-number for missing; dates in seconds since 1970."""
        return self.sample.numbers(self.name, self.kind)

    @cached_property
    def present(self) -> np.ndarray:
        """The finite ones of `numbers`."""
        return np.asarray(self.numbers[np.isfinite(self.numbers)])

    @cached_property
    def texts(self) -> list[str | None]:
        return self.sample.texts(self.name)

    @cached_property
    def counts(self) -> dict[str, int]:
        """Distinct texts of the sample with their numbers, most frequent first."""
        return self.sample.counts(self.name)

    @cached_property
    def codes(self) -> np.ndarray:
        """Distinct values of the sample numbered from 0; -1 for missing."""
        return self.sample.codes(self.name)


@dataclass(frozen=True)
class Table:
    """All columns of a table."""

    profile: Profile
    looks: tuple[Look, ...]
    sample: Sample
