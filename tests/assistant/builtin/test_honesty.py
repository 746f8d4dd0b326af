"""Questions that are easily answered wrongly: the right number or a plain refusal, never a wrong number."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.assistant.builtin.asking import Asked, Asker


def insured() -> pd.DataFrame:
    rows = 60
    return pd.DataFrame(
        {
            "age": [18 + at % 47 for at in range(rows)],
            "sex": ["female" if at % 3 else "male" for at in range(rows)],
            "bmi": [20 + (at * 7 % 19) + 0.5 for at in range(rows)],
            "children": [at % 4 for at in range(rows)],
            "smoker": [at % 5 == 0 for at in range(rows)],
            "region": [["southeast", "southwest", "northeast", "northwest"][at % 4] for at in range(rows)],
            "charges": [1000.25 + at * 37 for at in range(rows)],
        }
    )


def races() -> pd.DataFrame:
    rows = 50
    return pd.DataFrame(
        {
            "raceId": range(1, rows + 1),
            "year": [1985 + at % 30 for at in range(rows)],
            "round": [1 + at % 16 for at in range(rows)],
            "circuitId": [1 + at % 9 for at in range(rows)],
            "name": [f"Grand Prix {at % 12}" for at in range(rows)],
        }
    )


def shells() -> pd.DataFrame:
    return pd.DataFrame({"Sex": ["M", "F", "I", "M", "F"] * 6, "Length": [0.1 * at for at in range(30)]})


def orders() -> pd.DataFrame:
    return pd.DataFrame(
        {"order_id": range(1, 31), "shop": ["a", "b", "c"] * 10, "cost": [2.5 * at for at in range(30)]}
    )


def texts() -> pd.DataFrame:
    return pd.DataFrame({"item": ["a", "b"], "amount": ["low", "high"]})


def trips() -> pd.DataFrame:
    rows = 40
    return pd.DataFrame(
        {
            "id": range(rows),
            "duration": [60 + 7 * at for at in range(rows)],
            "bike_id": [100 + at % 7 for at in range(rows)],
            "sun": [at % 9 for at in range(rows)],
            "First_Elected": [1990 + at % 5 for at in range(rows)],
            "max_storm_cat": [at % 5 for at in range(rows)],
        }
    )


TABLES = {
    "insured": insured, "races": races, "shells": shells, "orders": orders, "texts": texts, "trips": trips,
}  # fmt: skip
PEOPLE, RACES, TRIPS = insured(), races(), trips()
WOMEN = PEOPLE[PEOPLE.sex == "female"]

CASES: list[tuple[str, str, Any]] = [
    ("insured", "average charges of women", WOMEN.charges.mean()),
    ("insured", "how many men are there?", int((PEOPLE.sex == "male").sum())),
    ("insured", "median charges for women with more than 2 children", WOMEN[WOMEN.children > 2].charges.median()),
    ("insured", "highest bmi among women", WOMEN.bmi.max()),
    ("insured", "average charges for people in their 40s", PEOPLE[PEOPLE.age.between(40, 49)].charges.mean()),
    ("insured", "average bmi in the south", None),
    ("insured", "average charges of adults", None),
    ("insured", "average charges for couples", None),
    ("insured", "how many teenagers are there?", None),
    ("insured", "how many parents are there?", None),
    ("insured", "how many customers are women", None),
    ("insured", "charges of the richest person", None),
    ("insured", "total charges of the top 10 people", None),
    ("insured", "how many people have no children?", int((PEOPLE.children == 0).sum())),
    ("insured", "how many people without children?", int((PEOPLE.children == 0).sum())),
    ("insured", "how many people have bmi over 30 or smoke?", None),
    ("insured", "average charges by age group", None),
    ("insured", "cumulative charges", None),
    ("insured", "which sex smokes more?", None),
    ("races", "how many races in the 1990s?", int(RACES.year.between(1990, 1999).sum())),
    ("races", "how many seasons are there?", RACES.year.nunique()),
    ("races", "how many Italian races?", None),
    ("races", "how many drivers are there?", None),
    ("races", "how many circuits are there?", RACES.circuitId.nunique()),
    ("races", "how many rounds in 2010?", None),
    ("shells", "how many infants?", None),
    ("shells", "how many males?", 12),
    ("shells", "how many draws?", None),
    ("shells", "how many species are there?", None),
    ("orders", "how many unpaid orders?", None),
    ("orders", "how many late orders?", None),
    ("orders", "how many open orders?", None),
    ("orders", "how many orders are there?", 30),
    ("orders", "how many democrats?", None),
    ("texts", "total amount", None),
    ("trips", "how many bikes are there?", TRIPS.bike_id.nunique()),
    ("trips", "how many sunny days?", None),
    ("trips", "who was elected first?", None),
    ("trips", "which storm was the deadliest?", None),
    ("trips", "total bikes", None),
]


def ask(folder: Path, name: str, question: str) -> Asked:
    return Asker.of(TABLES[name](), folder, name).ask(question)


@pytest.mark.parametrize(("name", "question", "right"), CASES, ids=[f"{name}: {said}" for name, said, _ in CASES])
def test_right_or_refused(tmp_path: Path, name: str, question: str, right: Any) -> None:
    asked = ask(tmp_path, name, question)
    if right is None or not asked.code:
        assert not asked.code, f"{asked.text} ({asked.plan.reading})"
        return
    assert asked.result == pytest.approx(right), asked.text


def groups_of(asked: Asked) -> dict[Any, Any]:
    """First column of the table → second."""
    assert asked.table is not None, asked.plan.message
    return dict(zip(asked.table.iloc[:, 0], asked.table.iloc[:, 1], strict=True))


def test_a_ranking_is_the_average_of_each_highest_first(tmp_path: Path) -> None:
    found = groups_of(ask(tmp_path, "insured", "rank regions by bmi"))
    wanted = PEOPLE.groupby("region").bmi.mean().sort_values(ascending=False)
    assert found == pytest.approx(wanted.to_dict())
    assert list(found.values()) == sorted(found.values(), reverse=True)


def test_a_left_out_value_keeps_the_grouping(tmp_path: Path) -> None:
    found = groups_of(ask(tmp_path, "insured", "average charges by region except southeast"))
    kept = PEOPLE[PEOPLE.region != "southeast"]
    assert found == pytest.approx(kept.groupby("region").charges.mean().to_dict())


def test_a_share_is_taken_of_what_the_question_names(tmp_path: Path) -> None:
    asked = ask(tmp_path, "insured", "What percentage of smokers are male?")
    smokers = PEOPLE[PEOPLE.smoker]
    right = round(100 * (smokers.sex == "male").mean(), 2)
    assert asked.text.startswith(f"male has {right:g} %"), asked.text


def test_a_share_of_rows_is_a_percentage(tmp_path: Path) -> None:
    asked = ask(tmp_path, "insured", "what percentage of people are older than 40?")
    assert f"{round(100 * (PEOPLE.age > 40).mean(), 2):g} %" in asked.text, asked.text


def test_compared_values_are_groups(tmp_path: Path) -> None:
    found = groups_of(ask(tmp_path, "insured", "compare bmi of men and women"))
    assert found == pytest.approx(PEOPLE.groupby("sex").bmi.mean().to_dict())


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("plot everything", True),
        ("median charges by region as a box plot", True),
        ("box plot of charges by region", False),
        ("average charges by region as a bar chart", False),
        ("list all rows where children is 2", False),
    ],
)
def test_a_chart_that_was_asked_for_and_is_not_there_is_said(tmp_path: Path, question: str, said: bool) -> None:
    asked = ask(tmp_path, "insured", question)
    notes = [note for note in asked.caveats if "chart" in note]
    assert bool(notes) is said or not asked.code, (asked.caveats, asked.text)
