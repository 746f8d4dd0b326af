"""The cells a question names are the same whether the profile or the table knows them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from services.assistant.cell_values import CellValues
from services.backends.engine import Engine
from services.protocols import ValueHit


def test_few_and_many_values_are_found_alike_and_searched_once(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    many = [f"Code {n}" for n in range(300)]
    frame = pd.DataFrame({"city": (["Oslo", "oslo", "ROMA"] * 100), "code": many, "long": ["x" * 250] * 300})
    frame.to_parquet(path)
    engine, searched = Engine(), []

    def search(columns: Sequence[str], phrases: Sequence[str]) -> Sequence[ValueHit]:
        searched.append(list(columns))
        return engine.find_values(path, columns, phrases)

    find = CellValues(engine.profile(path, "v"), search)
    phrases = ["Oslo", "roma", "code 7", "nowhere", "", "x" * 250]
    everything = engine.find_values(path, list(frame.columns), phrases)
    assert sorted(find(phrases), key=str) == sorted(everything, key=str)
    assert {hit.value for hit in everything} == {"Oslo", "oslo", "ROMA", "Code 7", "x" * 250}
    assert find(phrases) == find(list(reversed(phrases)))
    assert searched == [["code", "long"]]
    assert find([""]) == []
    assert searched == [["code", "long"]]
