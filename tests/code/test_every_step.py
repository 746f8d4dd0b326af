"""What holds for every kind of step, on random tables: slices, replay, columns that are not named, menus and forms."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from services.code.steps import (
    KINDS,
    DropColumns,
    Outliers,
    RenameColumns,
    Round,
    StepBase,
    TidyNames,
    Trim,
)
from services.code.steps.needed import Needed, to_learn
from services.errors import BadInput
from tests.code import tables
from tests.code.examples import examples

EXAMPLES = examples("t", "x", "d", "g")
ROW_LOCAL = sorted(kind for kind, step in EXAMPLES.items() if step.row_local)
PLACES = sorted(kind for kind, step in EXAMPLES.items() if step.keeps_rows)
WORDS = ["1", "1,234", "9,99", "12 kg", "n/a", "a", "ab", " a  b ", "Ã¼ber", "Été", "4/2/15", "(3.5)", "500 g", "", "t"]
LETTERS = "aBé1 ,.-/%€\u0301\ufffd\u200b\n'\"😀"


def frame(seed: int) -> pa.Table:
    """A table with a column of each kind, gaps in half of them, up to thirty rows."""
    rng = random.Random(seed)
    rows = rng.randint(1, 30)
    start = datetime(1999, 12, 31)
    kinds: dict[str, tuple[pa.DataType, Callable[[], Any]]] = {
        "t": (pa.string(), lambda: rng.choice([*WORDS, "".join(rng.choices(LETTERS, k=rng.randint(0, 5)))])),
        "x": (pa.float64(), lambda: rng.choice([round(rng.uniform(-1e6, 1e6), 3), float(rng.randint(-9, 9))])),
        "d": (pa.timestamp("us"), lambda: start + timedelta(seconds=rng.randint(-(10**9), 10**9))),
        "g": (pa.string(), lambda: rng.choice("abc")),
        "n": (pa.int64(), lambda: rng.randint(-(2**53), 2**53)),
        "b": (pa.bool_(), lambda: rng.random() < 0.5),
        "day": (pa.date32(), lambda: (start + timedelta(days=rng.randint(-90_000, 90_000))).date()),
    }
    columns = {}
    for name, (kind, cell) in kinds.items():
        gaps = rng.choice([0.0, 0.0, 0.2, 0.9])
        columns[name] = pa.array([None if rng.random() < gaps else cell() for _ in range(rows)], kind)
    return pa.table(columns)


def learned(step: StepBase, source: Path) -> StepBase | None:
    """The step with what it learned; None where the table teaches it nothing."""
    try:
        return tables.taught(step, source)
    except (BadInput, ValueError):
        return None


@pytest.mark.parametrize("kind", ROW_LOCAL)
@pytest.mark.parametrize("seed", range(2))
def test_slices_give_what_the_whole_gives(kind: str, seed: int, tmp_path: Path) -> None:
    table = frame(seed)
    source = tables.written(table, tmp_path)
    step = learned(EXAMPLES[kind], source)
    if step is None:
        return
    whole = tables.run(step, source, tmp_path)
    sliced = tables.run(step, source, tmp_path, slice_bytes=8 * table.num_columns * (seed + 1))
    assert tables.cells(sliced) == tables.cells(whole)
    assert sliced.digest == whole.digest


@pytest.mark.parametrize("kind", sorted(EXAMPLES.keys() - {"code"}))
@pytest.mark.parametrize("seed", range(2))
def test_a_replay_gives_the_same_and_names_are_foretold(kind: str, seed: int, tmp_path: Path) -> None:
    table = frame(seed)
    source = tables.written(table, tmp_path)
    step = learned(EXAMPLES[kind], source)
    if step is None:
        return
    first, again = (tables.run(step, source, tmp_path) for _ in range(2))
    assert first.digest == again.digest
    assert step.check(table.column_names) == first.columns


@pytest.mark.parametrize("kind", PLACES)
@pytest.mark.parametrize("seed", range(2))
def test_columns_that_are_not_named_stay(kind: str, seed: int, tmp_path: Path) -> None:
    table = frame(seed)
    source = tables.written(table, tmp_path)
    step = learned(EXAMPLES[kind], source)
    if step is None:
        return
    after = tables.cells(tables.run(step, source, tmp_path))
    for column in ("n", "b", "day", "d"):
        if column in after and f'"{column}"' not in step.model_dump_json():
            assert after[column] == table[column].to_pylist()


LEARNERS = sorted(kind for kind, step in EXAMPLES.items() if step.fit_code())


@pytest.mark.parametrize("kind", sorted(EXAMPLES.keys() - {"code", "chain", "join", "append"}))
def test_learning_from_what_is_needed_gives_what_the_whole_gives(kind: str, tmp_path: Path) -> None:
    """A step of every kind, then each kind that learns: on the columns and steps told alone, it learns the same."""
    source = tables.written(frame(3), tmp_path)
    names = tuple(frame(3).column_names)
    if (first := learned(EXAMPLES[kind], source)) is None:
        return
    for learner in (EXAMPLES[each] for each in LEARNERS):
        try:
            needed = to_learn(learner, [first], names)
        except BadInput:
            continue
        if needed is None or (whole := learned(learner, tables.run(first, source, tmp_path).path)) is None:
            continue
        part = tables.written(pq.read_table(source, columns=list(needed.columns)), tmp_path)
        part = tables.run(first, part, tmp_path).path if needed.steps else part
        assert learned(learner, part) == whole


def test_only_the_columns_needed_to_learn_are_told() -> None:
    columns, rounded = ("note", "amount", "sent", "area"), Round(columns=("price",), digits=1)
    before = [
        Trim(columns=("note",)),
        RenameColumns(names={"amount": "price"}),
        rounded,
        DropColumns(columns=("area",)),
    ]
    assert to_learn(Outliers(column="price"), before, columns) == Needed(("amount",), (1, 2), ("price",))
    assert to_learn(Outliers(column="price"), [TidyNames(), *before], columns) is None
    with pytest.raises(BadInput):
        to_learn(Outliers(column="amount"), [Trim(columns=("gone",))], columns)


def test_every_kind_built_by_hand_has_a_title_of_its_own_and_a_group() -> None:
    titles = [kind.TITLE for kind in KINDS.values() if kind.TITLE]
    assert len(titles) == len(set(titles))
    assert {name for name, kind in KINDS.items() if not kind.TITLE} == {"chain", "off", "edit_cells", "drop_rows"}
    assert len(titles) >= 45
