"""Texts of cells are read alike while a question is understood and by the code that answers it."""

from __future__ import annotations

import random

import pandas as pd
import pytest

from services.assistant.builtin.records.cells import read
from services.assistant.builtin.records.code import write
from services.assistant.builtin.records.form import Order, Outcome, Pick, Reading
from services.domain import ColumnProfile, Kind, Profile, Semantic

CELLS = {
    Reading.NUMBER: {
        "1,234 (2nd)": 1234, "3–1": 3, "W 51–7": 51, "$5 m": 5, "12 km": 12, "−4.5": -4.5, "13 551": 13551,
        "none": None, "": None, "A-5": 5, "(18)": 18, "1,5": 1, "#7": 7, "10,000,000": 10_000_000,
    },
    Reading.CLOCK: {"2:05.3": 125.3, "1:15:20.4": 4520.4, "4:47": 287, "DNF": None, "0:59 PB": 59},
    Reading.YEAR: {"2004": 2004, "September 2003": 2003, "1902- 1962": 1902, "12345": None, "no. 7": None},
}  # fmt: skip


@pytest.mark.parametrize(
    ("reading", "text", "wanted"), [(r, t, w) for r, held in CELLS.items() for t, w in held.items()]
)
def test_reads(reading: Reading, text: str, wanted: float | None) -> None:
    assert read(text, reading) == (None if wanted is None else pytest.approx(wanted))


def _ranked_by_code(cells: list[str], reading: Reading) -> list[int]:
    """The rows with the highest value, as the code finds them."""
    profile = Profile(
        version_id="v",
        rows=len(cells),
        columns=(ColumnProfile(name="c", kind=Kind.TEXT, semantic=Semantic.TEXT, missing=0, distinct=len(cells)),),
    )
    pick = Pick(outcome=Outcome.CELLS, column="c", order=Order(column="c", reading=reading, descending=True))
    scope = {"df": pd.DataFrame({"c": cells})}
    exec(write(pick, profile), scope)
    return list(scope["rows"].index)


@pytest.mark.parametrize("reading", list(CELLS))
def test_the_code_reads_the_same(reading: Reading) -> None:
    known = list(CELLS[reading])
    for seed in range(20):
        cells = random.Random(seed).choices(known, k=5)
        numbers = [read(one, reading) for one in cells]
        most = max((one for one in numbers if one is not None), default=None)
        wanted = [at for at, one in enumerate(numbers) if one is not None and one == most]
        assert _ranked_by_code(cells, reading) == wanted, cells
