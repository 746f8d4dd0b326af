"""Findings of columns, made here and by a process of their own."""

from __future__ import annotations

import random

import pytest

from services.code.personal import PersonalKind, judging
from services.code.personal.judging import Cells
from services.errors import AppError
from tests.personal_data import Maker


def test_a_process_of_its_own_finds_the_same() -> None:
    maker = Maker(random.randrange(10**9))
    cells = [Cells(kind.value, [maker.value(kind) for _ in range(20)]) for kind in PersonalKind]
    cells.append(Cells("note", ["a\ud800b", "write to rosa@example.org at once please"]))
    here = [finding for each in cells for finding in judging.findings(each)]
    assert judging.apart(cells) == here
    assert [finding["kind"] for finding in here] == [*(kind.value for kind in PersonalKind), "email"]


def test_what_matched_in_the_whole_column_is_found_too() -> None:
    plain = [f"parcel {n} came two days late and was wet" for n in range(40)]
    cells = Cells("note", plain, ["please ask rosa@example.org about it", "parcel 1234567890123 is lost"])
    [finding] = judging.findings(cells)
    assert (finding["kind"], finding["in_text"], finding["share"]) == ("email", True, 0.0)
    assert finding["examples"] == ["please ask r•••@•••.org about it"]


def test_a_search_that_takes_too_long_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "SECONDS", 0.01)
    with pytest.raises(AppError, match="could not be searched"):
        judging.apart([Cells("email", ["rosa@example.org"])])
