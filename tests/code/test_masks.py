"""Masks: what stays, what goes, and that the same value always becomes the same."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from stdnum import luhn

from services.code.personal import PersonalKind
from services.code.steps import Chain, DropColumns, Fake, FreeCode, Generalise, KeyedHash, PartialMask, Redact, StepBase
from services.code.steps.masks import Mask
from services.errors import BadInput
from tests.code import tables
from tests.code.tables import after
from tests.personal_data import Maker

MASKS: list[Mask] = [
    Redact(column="x"),
    PartialMask(column="x"),
    KeyedHash(column="x"),
    *(Fake(column="x", personal=kind) for kind in PersonalKind),
    Fake(column="x", personal=PersonalKind.NAME, part="last"),
    Generalise(column="x", to="start", size=2),
    Generalise(column="x", to="initials"),
]


def masked(step: StepBase, cells: list[Any], folder: Path) -> list[Any]:
    return after(step, {"x": cells}, folder)["x"]


@pytest.mark.parametrize("step", MASKS, ids=lambda step: f"{step.kind}-{getattr(step, 'personal', '')}")
def test_no_value_is_left_and_missing_ones_stay_missing(step: Mask, tmp_path: Path) -> None:
    seed = random.randrange(10**9)
    maker = Maker(seed)
    kinds = [step.personal] if isinstance(step, Fake) else list(PersonalKind)
    cells = [None, *(maker.value(kind) for kind in kinds for _ in range(400 if isinstance(step, Fake) else 30))]
    made = masked(step, cells, tmp_path)
    assert made[0] is None
    assert all(isinstance(cell, str) for cell in made[1:])
    shown = set(made[1:])
    if isinstance(step, Fake):  # a made-up date may be somebody else's by chance, and is never one's own
        assert not [cell for cell, fake in zip(cells[1:], made[1:], strict=True) if cell == fake], f"seed {seed}"
    else:
        assert not [cell for cell in cells[1:] if cell in shown], f"seed {seed}"


@pytest.mark.parametrize("step", MASKS, ids=lambda step: f"{step.kind}-{getattr(step, 'personal', '')}")
def test_a_mask_gives_on_slices_what_it_gives_on_the_whole(step: Mask, tmp_path: Path) -> None:
    maker = Maker(random.randrange(10**9))
    cells = [maker.value(maker.rng.choice(list(PersonalKind))) for _ in range(40)] + ["", " ", "ÿ", "🐼", "1e400", "-"]
    source = tables.written(pa.table({"x": cells, "y": list(range(46))}), tmp_path)
    whole = tables.run(step, source, tmp_path)
    assert tables.cells(tables.run(step, source, tmp_path, slice_bytes=400)) == tables.cells(whole)


@pytest.mark.parametrize(
    ("cells", "kind"),
    [([1, 2, None], "int"), ([1.5, 2.0], "float"), ([date(1982, 3, 29)], "date"), ([True], "bool")],
)
def test_cells_that_are_no_text_become_text(cells: list[Any], kind: str, tmp_path: Path) -> None:
    made = masked(KeyedHash(column="x"), cells, tmp_path)
    assert all(cell is None or len(cell) == 16 for cell in made), kind


@pytest.mark.parametrize(
    ("step", "before", "shown"),
    [
        (Redact(column="x"), "Rosa Bloom", "•••"),
        (Redact(column="x", in_text=True), "ask rosa@example.org or 10.1.2.3", "ask [email] or [IP]"),
        (Redact(column="x", in_text=True), "card 4111 1111 1111 1111, ssn 123-45-6789", "card [card], ssn [id]"),
        (Redact(column="x", in_text=True), "call +49 151 2345678 now", "call [phone] now"),
        (PartialMask(column="x"), "4111 1111 1111 1234", "•••• •••• •••• 1234"),
        (PartialMask(column="x", end="first", shown=1, domain=True), "rosa.b@example.org", "r•••.•@example.org"),
        (PartialMask(column="x"), "ab", "•b"),
        (Generalise(column="x", to="year"), "3/29/1982", "1982"),
        (Generalise(column="x", to="decade"), "1982-03-29", "1980s"),
        (Generalise(column="x", to="year"), "29 March", "•••"),
        (Generalise(column="x", to="band"), "37", "30–39"),
        (Generalise(column="x", to="band", size=5), "-3", "-5–-1"),
        (Generalise(column="x", to="band"), "x", "•••"),
        (Generalise(column="x", to="domain"), "rosa@example.org", "example.org"),
        (Generalise(column="x", to="network"), "10.1.2.3", "10.1.0.0"),
        (Generalise(column="x", to="network"), "2001:db8:1:2::5", "2001:db8:1::"),
        (Generalise(column="x", to="start", size=3), "12345-678", "123…"),
        (Generalise(column="x", to="initials"), "Rosa von Bloom", "R.v.B."),
    ],
)
def test_what_a_mask_leaves(step: StepBase, before: str, shown: str, tmp_path: Path) -> None:
    assert masked(step, [before], tmp_path) == [shown]


def test_the_same_value_becomes_the_same_and_others_do_not(tmp_path: Path) -> None:
    maker = Maker(random.randrange(10**9))
    names = list(dict.fromkeys(maker.name() for _ in range(500)))
    for step in (KeyedHash(column="x"), Fake(column="x", personal=PersonalKind.EMAIL)):
        first = masked(step, [*names, names[0].upper() + " "], tmp_path)
        assert first[-1] == first[0]
        assert len(set(first)) == len({name.casefold() for name in names})
        assert masked(step, names[::-1], tmp_path) == first[-2::-1]


def test_a_code_cannot_be_made_without_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    step = KeyedHash(column="x")
    first = masked(step, ["Rosa Bloom"], tmp_path)
    monkeypatch.setattr(tables, "KEY", "00" * 32)
    assert masked(step, ["Rosa Bloom"], tmp_path) != first
    assert tables.KEY not in step.to_code() + step.model_dump_json()


def test_an_invented_card_number_is_a_card_number(tmp_path: Path) -> None:
    maker = Maker(random.randrange(10**9))
    for made in masked(Fake(column="x", personal=PersonalKind.CARD), [maker.card() for _ in range(50)], tmp_path):
        assert len(made) == 16
        assert luhn.is_valid(made)


def test_an_invented_birth_date_is_in_the_same_year(tmp_path: Path) -> None:
    step = Fake(column="x", personal=PersonalKind.BIRTH_DATE)
    [made] = masked(step, [date(1982, 3, 29)], tmp_path)
    assert made[:5] == "1982-"


def test_dropping_leaves_the_other_columns(tmp_path: Path) -> None:
    assert after(DropColumns(columns=("x",)), {"x": [1], "y": [2]}, tmp_path) == {"y": [2]}
    with pytest.raises(BadInput, match="No column would be left"):
        DropColumns(columns=("x",)).check(["x"])


def test_code_written_by_hand_never_runs_beside_the_key() -> None:
    chain = Chain(steps=(KeyedHash(column="x"), FreeCode(code="df = df.assign(k=secret['key'].iloc[0])")))
    with pytest.raises(BadInput, match="by hand"):
        chain.check(["x"])
