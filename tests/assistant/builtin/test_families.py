"""Families of questions that analysts type: shares, rates, ties, rows by name, counts of counts, units, places."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.assistant.builtin.asking import Asked, Asker


def sales() -> pd.DataFrame:
    rows = 120
    return pd.DataFrame(
        {
            "order_id": range(1, rows + 1),
            "order_date": pd.date_range("2023-01-01", periods=rows, freq="4D").date,
            "region": [["North", "South", "East", "West"][at % 4] for at in range(rows)],
            "product": [["Lamp", "Desk", "Chair", "Pen", "Mouse", "Cup"][at % 6] for at in range(rows)],
            "units": [1 + at * 7 % 11 for at in range(rows)],
            "unit_price": [3.5 + at * 13 % 90 for at in range(rows)],
            "returned": [at % 7 == 0 for at in range(rows)],
        }
    )


def world() -> pd.DataFrame:
    places = [("Asia", "India", 90), ("Asia", "Japan", 12), ("Europe", "Spain", 6), ("Africa", "Kenya", 7)]
    return pd.DataFrame(
        [
            {
                "continent": c,
                "country": n,
                "year": year,
                "pop": p * 1000 + year,
                "gdpPercap": 100.5 * p,
                "lifeExp": 50.0 + p,
            }
            for c, n, p in places
            for year in (1997, 2002, 2007)
        ]
    )


def medals() -> pd.DataFrame:
    nations = {"Korea": (24, 13, 11), "China": (10, 15, 8), "Canada": (9, 12, 12)}
    rows = [(n, m, c) for n, cs in nations.items() for m, c in zip(("gold", "silver", "bronze"), cs, strict=True)]
    return pd.DataFrame(rows, columns=["nation", "medal", "count"])


def rides() -> pd.DataFrame:
    rows = 60
    stops = ["Main St", "Oak Ave", "Pier 4", "Mill Rd", "Dock 9"]
    return pd.DataFrame(
        {
            "id": range(900, 900 + rows),
            "duration": [60 + at * 37 % 600 for at in range(rows)],
            "start_station_id": [10 + at % 5 for at in range(rows)],
            "start_station_name": [stops[at % 5] for at in range(rows)],
            "end_station_id": [10 + at * 3 % 5 for at in range(rows)],
            "end_station_name": [stops[at * 3 % 5] for at in range(rows)],
        }
    )


def bills() -> pd.DataFrame:
    rows = 40
    return pd.DataFrame(
        {
            "total_bill": [10.0 + at * 7 % 41 for at in range(rows)],
            "tip": [1.0 + at % 5 for at in range(rows)],
            "sex": ["Female" if at % 3 else "Male" for at in range(rows)],
            "smoker": ["Yes" if at % 4 == 0 else "No" for at in range(rows)],
            "time": ["Dinner" if at % 2 else "Lunch" for at in range(rows)],
            "size": [1 + at % 6 if at % 2 else 2 for at in range(rows)],
        }
    )


TABLES: dict[str, Callable[[], pd.DataFrame]] = {
    "sales": sales, "world": world, "medals": medals, "rides": rides, "bills": bills,
}  # fmt: skip
S, W, M, R, B = sales(), world(), medals(), rides(), bills()


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Asked]:
    folder = tmp_path_factory.mktemp("families")
    askers = {name: Asker.of(make(), folder, name) for name, make in TABLES.items()}
    return lambda name, question: askers[name].ask(question)


def share(part: float, whole: float) -> float:
    return round(100 * part / whole, 2)


ASIA, PAID, FEW = W[W.continent == "Asia"], B.total_bill.sum(), int((B.sex == "Female").sum())
WOMEN, SMOKERS = B[B.sex == "Female"], B[B.smoker == "Yes"]
SHARES: list[tuple[str, str, float]] = [
    ("world", "what percentage of population lives in Asia", share(ASIA["pop"].sum(), W["pop"].sum())),
    (
        "world",
        "what share of total population does India have in 2007?",
        share(W[(W.country == "India") & (W.year == 2007)]["pop"].sum(), W[W.year == 2007]["pop"].sum()),
    ),
    ("sales", "what share of units was sold in the west", share(S[S.region == "West"].units.sum(), S.units.sum())),
    ("sales", "what percentage of orders were returned", share(S.returned.sum(), len(S))),
    ("sales", "what percentage of orders have more than 8 units", share((S.units > 8).sum(), len(S))),
    ("bills", "what percent of women smoke", share((WOMEN.smoker == "Yes").sum(), len(WOMEN))),
    ("bills", "what percentage of the total bill comes from smokers", share(SMOKERS.total_bill.sum(), PAID)),
    ("bills", "share of total tip paid by smokers", share(SMOKERS.tip.sum(), B.tip.sum())),
    ("bills", "what percentage of women paid more than 30 total bill", share((WOMEN.total_bill > 30).sum(), FEW)),
    ("medals", "what share of medals went to China", share(M[M.nation == "China"]["count"].sum(), M["count"].sum())),
]  # fmt: skip


@pytest.mark.parametrize(("name", "question", "right"), SHARES, ids=[question for _, question, _ in SHARES])
def test_a_share_leads_with_what_was_asked(
    ask: Callable[[str, str], Asked], name: str, question: str, right: float
) -> None:
    asked = ask(name, question)
    assert asked.code, asked.plan.message
    assert asked.outputs["share (%)"] == pytest.approx(right), asked.text
    assert f"{right:g} %" in asked.text


def groups(asked: Asked) -> dict[Any, Any]:
    assert asked.table is not None, asked.plan.message
    return dict(zip(asked.table.iloc[:, 0], asked.table.iloc[:, 1], strict=True))


@pytest.mark.parametrize("question", ["return rate by product", "percentage of orders returned by product"])
def test_a_rate_is_taken_within_each_group(ask: Callable[[str, str], Asked], question: str) -> None:
    assert groups(ask("sales", question)) == pytest.approx((100 * S.groupby("product").returned.mean()).to_dict())


@pytest.mark.parametrize("question", ["tip percentage by sex", "percentage of tip by time in bill"])
def test_a_percentage_of_nothing_in_particular_is_declined(ask: Callable[[str, str], Asked], question: str) -> None:
    assert not ask("bills", question).code


@pytest.mark.parametrize("question", ["top 3 products by number of orders", "top 2 regions by number of rows"])
def test_ties_behind_the_last_row_are_said(ask: Callable[[str, str], Asked], question: str) -> None:
    asked = ask("sales", question)
    assert any("tie with the last one shown" in one for one in asked.caveats), asked.caveats


def test_no_ties_are_said_where_there_are_none(ask: Callable[[str, str], Asked]) -> None:
    asked = ask("sales", "top 3 products by units")
    totals = S.groupby("product").units.sum().sort_values(ascending=False)
    assert totals.iloc[2] > totals.iloc[3]
    assert not any("tie" in one for one in asked.caveats)


def test_tied_winners_are_all_named(ask: Callable[[str, str], Asked]) -> None:
    asked = ask("sales", "which region has the most orders")
    assert asked.table is not None
    assert len(asked.table) == 4


def test_a_place_is_named_not_numbered(ask: Callable[[str, str], Asked]) -> None:
    asked = ask("rides", "most popular end station")
    assert asked.table is not None
    assert set(asked.table.iloc[:, 0]) <= set(R.end_station_name)


def test_the_longest_row_is_told_by_its_own_id(ask: Callable[[str, str], Asked]) -> None:
    asked = ask("rides", "longest ride")
    assert str(R.loc[R.duration.idxmax(), "id"]) in asked.text


@pytest.mark.parametrize(
    ("question", "column"),
    [("how many rides from Pier 4", "start_station_name"), ("how many rides to Pier 4", "end_station_name")],
)
def test_from_and_to_tell_two_columns_apart(ask: Callable[[str, str], Asked], question: str, column: str) -> None:
    assert ask("rides", question).result == (R[column] == "Pier 4").sum()


def test_a_unit_the_column_does_not_say_is_declined(ask: Callable[[str, str], Asked]) -> None:
    assert not ask("rides", "how many rides took more than 1 hour").code
    assert ask("rides", "how many rides with duration over 300").result == (R.duration > 300).sum()


def test_counts_are_added_up(ask: Callable[[str, str], Asked]) -> None:
    assert ask("medals", "how many gold medals did China win").result == 10
    assert groups(ask("medals", "share of medals by nation"))["Korea"] == 48
    assert groups(ask("medals", "which nation has the most silver")) == {"China": 15}
    assert ask("medals", "how many rows are there").result == 9


def test_most_common_counts_rows(ask: Callable[[str, str], Asked]) -> None:
    assert groups(ask("bills", "most common size")) == {2: int((B["size"] == 2).sum())}


def test_plurals_of_flags_narrow(ask: Callable[[str, str], Asked]) -> None:
    asked = ask("bills", "average tip for female smokers at dinner")
    assert asked.result == pytest.approx(
        B[(B.sex == "Female") & (B.smoker == "Yes") & (B.time == "Dinner")].tip.mean(), nan_ok=True
    )


def test_how_many_groups_is_a_number(ask: Callable[[str, str], Asked]) -> None:
    asked = ask("sales", "how many products have more than 5 orders")
    assert asked.outputs["number"] == 6
    assert asked.text.startswith("6 ")


def test_per_year_since_keeps_the_years(ask: Callable[[str, str], Asked]) -> None:
    assert list(groups(ask("world", "how many rows per year since 2002"))) == [2002, 2007]


def test_a_total_per_head_is_asked_back(ask: Callable[[str, str], Asked]) -> None:
    asked = ask("world", "total gdp by continent")
    assert not asked.code
    assert "average" in asked.plan.options[0]


def test_revenue_is_offered_as_units_times_price(ask: Callable[[str, str], Asked]) -> None:
    asked = ask("sales", "total revenue by region")
    assert not asked.code
    offered = ask("sales", asked.plan.options[0])
    right = S.assign(r=S.units * S.unit_price).groupby("region").r.sum()
    assert groups(offered) == pytest.approx(right.to_dict())


def test_misspelt_grammar_is_mended_and_said(ask: Callable[[str, str], Asked]) -> None:
    asked = ask("bills", "averge tip by sex")
    assert groups(asked) == pytest.approx(B.groupby("sex").tip.mean().to_dict())
    assert "“averge” is read as “average”." in asked.caveats


def test_options_keep_what_was_understood(ask: Callable[[str, str], Asked]) -> None:
    asked = ask("sales", "forecast units for the next 3 full moons")
    assert asked.plan.options
    assert all(ask("sales", option).code for option in asked.plan.options)


NEXT = [
    ("sales", "units by region"),
    ("sales", "how many orders were returned"),
    ("world", "average lifeExp by continent"),
    ("rides", "top 3 start stations by number of rides"),
    ("bills", "correlation of tip and total bill"),
]


@pytest.mark.parametrize(("name", "question"), NEXT)
def test_answers_come_with_next_questions_that_are_answered(
    ask: Callable[[str, str], Asked], name: str, question: str
) -> None:
    asked = ask(name, question)
    assert asked.suggestions
    assert all(ask(name, one).code for one in asked.suggestions)


def test_single_letter_columns_are_understood(tmp_path: Path) -> None:
    table = Asker.of(pd.DataFrame({"a": [1, 2, 6], "b": ["x", "y", "x"]}), tmp_path, "letters")
    assert table.ask("average a").result == 3
    assert groups(table.ask("total a by b")) == {"x": 7, "y": 2}


def value(asked: Asked) -> Any:
    """The first number of the answer."""
    assert asked.code, asked.plan.message
    return next(iter(asked.outputs.values()))


TIPS, AT = B.groupby("sex").tip.mean(), W[W.year == 2007].set_index("country")
YEARS = S.groupby(pd.to_datetime(S.order_date).dt.year).units.sum()
BY_REGION, SMOKING = S.groupby("region").units.sum(), B.groupby("smoker").tip.mean()
HEADS = AT["pop"]
CONTRASTS: list[tuple[str, str, float]] = [
    ("bills", "how much more do men tip than women on average", TIPS["Male"] - TIPS["Female"]),
    ("bills", "is the tip higher for men or women", TIPS["Male"] - TIPS["Female"]),
    ("bills", "difference in average tip between smokers and non-smokers", SMOKING["Yes"] - SMOKING["No"]),
    ("bills", "how many times higher is the average tip of non-smokers than smokers", SMOKING["No"] / SMOKING["Yes"]),
    ("world", "difference in lifeExp between India and Spain in 2007", AT.lifeExp["India"] - AT.lifeExp["Spain"]),
    ("world", "how many times more people live in India than in Spain in 2007", HEADS["India"] / HEADS["Spain"]),
    ("world", "ratio of lifeExp of Japan to Kenya in 2007", AT.lifeExp["Japan"] / AT.lifeExp["Kenya"]),
    ("sales", "how many more units were sold in the North than in the South", BY_REGION["North"] - BY_REGION["South"]),
    ("sales", "difference in units between 2023 and 2024", YEARS[2023] - YEARS[2024]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "question", "right"), CONTRASTS, ids=[question for _, question, _ in CONTRASTS])
def test_two_groups_are_set_against_each_other(
    ask: Callable[[str, str], Asked], name: str, question: str, right: float
) -> None:
    assert value(ask(name, question)) == pytest.approx(right)


@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("bills", "difference between tip and total bill"),
        ("bills", "ratio of smokers to all"),
        ("sales", "how many times more units"),
        ("sales", "difference between Lamp and North in units"),
        ("bills", "cumulative tip by sex"),
        ("sales", "growth of units by region"),
    ],
)
def test_a_contrast_or_change_of_nothing_in_particular_is_declined(
    ask: Callable[[str, str], Asked], name: str, question: str
) -> None:
    assert not ask(name, question).code


MONTHS = S.groupby(pd.to_datetime(S.order_date).dt.to_period("M")).units.sum()
COUNTS = S.groupby(pd.to_datetime(S.order_date).dt.to_period("M")).size()
CHANGES: list[tuple[str, pd.Series]] = [
    ("running total of units by month", MONTHS.cumsum()),
    ("monthly growth of units", (100 * MONTHS.pct_change()).round(2)),
    ("3 month moving average of units", MONTHS.rolling(3).mean()),
    ("moving average of units by month over 4 months", MONTHS.rolling(4).mean()),
    ("year over year growth of units", (100 * YEARS.pct_change()).round(2)),
    (
        "cumulative number of orders per month",
        S.groupby(pd.to_datetime(S.order_date).dt.to_period("M")).size().cumsum(),
    ),
]


@pytest.mark.parametrize(("question", "right"), CHANGES, ids=[question for question, _ in CHANGES])
def test_changes_are_worked_out_along_time(ask: Callable[[str, str], Asked], question: str, right: pd.Series) -> None:
    asked = ask("sales", question)
    assert asked.table is not None, asked.plan.message
    assert list(asked.table.iloc[:, -1]) == pytest.approx(list(right), nan_ok=True)


def test_the_second_best_is_named_as_such(ask: Callable[[str, str], Asked]) -> None:
    asked = ask("sales", "second best selling product")
    totals = S.groupby("product").units.sum().sort_values(ascending=False)
    assert groups(asked) == {totals.index[1]: totals.iloc[1]}
    assert "second highest" in asked.text


def test_a_share_of_different_values_is_declined(ask: Callable[[str, str], Asked]) -> None:
    assert not ask("world", "percentage of countries in Asia").code


def test_a_percentage_by_group_that_may_mean_two_things_is_declined(ask: Callable[[str, str], Asked]) -> None:
    assert not ask("bills", "percentage of people with tip above 3 by sex").code


def test_how_much_was_sold_is_the_quantity(ask: Callable[[str, str], Asked]) -> None:
    assert ask("sales", "how much did we sell in the north").result == S[S.region == "North"].units.sum()


def test_how_many_bills_is_no_sum_of_money(ask: Callable[[str, str], Asked]) -> None:
    asked = ask("bills", "how many bills are there with a tip of at least 4")
    assert not asked.code or asked.result == (B.tip >= 4).sum()


def test_a_text_in_a_name_is_contained(ask: Callable[[str, str], Asked]) -> None:
    asked = ask("rides", "how many rides have Pier in their start station name")
    assert asked.result == R.start_station_name.str.contains("Pier").sum()


def test_flags_on_both_sides_are_groups(ask: Callable[[str, str], Asked]) -> None:
    found = groups(ask("bills", "average tip of smokers and non-smokers"))
    assert found == pytest.approx(SMOKING.to_dict())


def test_most_of_a_flag_counts_its_rows(ask: Callable[[str, str], Asked]) -> None:
    found = groups(ask("bills", "which sex has the most smokers"))
    assert found == {"Female": len(SMOKERS[SMOKERS.sex == "Female"])}


def test_the_coldest_month_is_the_one_with_the_lowest_average(tmp_path: Path) -> None:
    days = pd.date_range("2023-01-01", periods=300)
    frame = pd.DataFrame({"day": days, "max_temp": [at % 50 for at in range(300)], "mean_temp": range(300, 0, -1)})
    assert groups(Asker.of(frame, tmp_path, "days").ask("coldest month on average")) == {"2023-10": 14.0}


def test_a_row_of_totals_is_pointed_out(tmp_path: Path) -> None:
    frame = pd.DataFrame({"place": ["Ayr", "Bath", "Cork", "Total"], "people": [1, 2, 3, 6]})
    table = Asker.of(frame, tmp_path, "places")
    assert any("“Total”" in one for one in table.ask("total people").caveats)
    assert not any("“Total”" in one for one in table.ask("total people where place is Bath").caveats)
