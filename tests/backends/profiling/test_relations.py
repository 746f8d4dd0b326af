"""What goes together: on Plotly's sample tables, whose relations are known."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
from plotly import data

from benchmarks.profile import profile
from services.domain import AlertKind, Profile


def whole(name: str, folder: Path) -> Profile:
    return profile(pa.Table.from_pandas(getattr(data, name)(), preserve_index=False), folder)


def test_countries_lie_in_continents(tmp_path: Path) -> None:
    found = whole("gapminder", tmp_path)
    # Two Koreas share one code in this table, so that codes are wider than countries.
    assert found.hierarchies == (("continent", "iso_alpha", "country"),)
    strongest = found.correlations[0]
    assert {strongest.left, strongest.right} == {"lifeExp", "gdpPercap"}
    assert strongest.measure == "Spearman"


def test_numbers_go_with_numbers_and_groups(tmp_path: Path) -> None:
    found = {(each.left, each.right): each for each in whole("iris", tmp_path).correlations}
    assert found["species", "species_id"].value == 1
    assert found["petal_length", "petal_width"].measure == "Pearson"
    assert abs(found["petal_length", "petal_width"].value - 0.9628) < 1e-3
    assert found["species", "petal_length"].value > 0.95


def test_a_table_of_dates_as_text_says_that_and_no_more(tmp_path: Path) -> None:
    assert [alert.kind for alert in whole("stocks", tmp_path).alerts] == [AlertKind.DATES_AS_TEXT]
