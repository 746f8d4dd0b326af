"""The methods against R's published examples, the gate against designs, hostile names against the code."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from benchmarks.situations import DESIGNS, Situation
from services.code import analyses
from services.code.analyses import Analysis
from services.errors import BadInput

SLEEP = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0, 1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
SPRAYS = {
    "A": [10, 7, 20, 14, 14, 12, 10, 23, 17, 20, 14, 13],
    "B": [11, 17, 21, 11, 16, 14, 17, 17, 19, 21, 7, 13],
    "C": [0, 1, 7, 2, 3, 1, 2, 1, 3, 0, 1, 4],
    "D": [3, 5, 12, 6, 4, 3, 5, 5, 5, 5, 2, 4],
    "E": [3, 5, 3, 5, 3, 6, 1, 1, 3, 2, 6, 4],
    "F": [11, 9, 15, 22, 15, 16, 13, 10, 26, 26, 24, 13],
}
TUNA = ([44.4, 45.9, 41.9, 53.3, 44.7, 44.1, 50.7, 45.2, 60.1], [2.6, 3.1, 2.5, 5.0, 3.6, 4.0, 5.2, 2.8, 3.8])
HOSTILE = '"]); raise SystemExit("owned")\n#{measure}\'\\'


def frame(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame(columns)


def ran(code: str, df: pd.DataFrame) -> Any:
    """What the code, ours, assigns to `result`."""
    names: dict[str, Any] = {"df": df, "pd": pd, "np": np}
    exec(code, names)
    return names["result"]


def fitted(asked: dict[str, Any], df: pd.DataFrame) -> Analysis:
    return analyses.parse(asked | {"learned": ran(analyses.parse(asked).fit_code(), df)})


def test_row(asked: dict[str, Any], df: pd.DataFrame) -> dict[str, Any]:
    return dict(ran(fitted(asked, df).to_code(), df)["test"].iloc[0])


test_row.__test__ = False  # type: ignore[attr-defined]


def crossed(table: list[list[int]]) -> pd.DataFrame:
    rows = [(f"r{i}", f"c{j}") for i, row in enumerate(table) for j, n in enumerate(row) for _ in range(n)]
    return pd.DataFrame(rows, columns=["left", "right"])


sleep = frame(extra=SLEEP, group=["1"] * 10 + ["2"] * 10, ID=list(range(10)) * 2)
sprays = frame(
    count=[value for values in SPRAYS.values() for value in values],
    spray=[name for name, values in SPRAYS.items() for _ in values],
)
GROUPS = {"kind": "compare_groups", "measure": "extra", "group": "group"}
RELATE = {"kind": "relate", "left": "left", "right": "right"}


@pytest.mark.parametrize(
    ("asked", "df", "published"),
    [
        (GROUPS, sleep, {"t": "-1.8608", "df": "17.776", "p": "0.07939", "low": "-3.3654832", "high": "0.2054832"}),
        (GROUPS | {"subject": "ID"}, sleep, {"t": "4.0621", "df": "9", "p": "0.002833", "low": "0.7001142"}),
        (
            {"kind": "compare_spread", "measure": "count", "group": "spray"},
            sprays,
            {"F": "3.8214", "p": "0.004223", "df 2": "66"},
        ),
        (RELATE, crossed([[762, 327, 468], [484, 239, 477]]), {"chi-square": "30.07", "df": "2", "p": "2.954e-07"}),
        (
            RELATE,
            crossed([[83, 3], [90, 3], [129, 7], [70, 12]]),
            {"chi-square": "12.6", "df": "3", "p": "0.005585"},
        ),
        (
            RELATE,
            crossed([[1, 3], [3, 1]]),
            {"p": "0.4857", "odds ratio": "6.408", "low": "0.2117"},
        ),
    ],
    ids=["welch", "paired", "brown-forsythe", "chi-square", "smokers", "tea"],
)
def test_the_method_chosen_gives_what_r_publishes(
    asked: dict[str, Any], df: pd.DataFrame, published: dict[str, str]
) -> None:
    found = test_row(asked, df)
    assert {name: _rounded(found[name], digits) for name, digits in published.items()} == published


@pytest.mark.parametrize(
    ("method", "places", "df", "published"),
    [
        ("welch_anova", ("count", "spray"), sprays, {"F": "36.065", "df 1": "5", "df 2": "30.043", "p": "7.999e-12"}),
        ("kruskal_wallis", ("count", "spray"), sprays, {"H": "54.691", "df": "5", "p": "1.511e-10"}),
    ],
)
def test_a_method_for_groups_gives_what_r_publishes(
    method: str, places: tuple[str, str], df: pd.DataFrame, published: dict[str, str]
) -> None:
    from services.code.analyses.methods import groups

    found = dict(ran(groups.write(method, *places, 0.95), df)["test"].iloc[0])
    assert {name: _rounded(found[name], digits) for name, digits in published.items()} == published


@pytest.mark.parametrize(
    ("method", "name"), [("welch_anova", "eta squared"), ("kruskal_wallis", "eta squared of ranks")]
)
def test_what_groups_explain_is_their_share_of_the_squares(method: str, name: str) -> None:
    from services.code.analyses.methods import groups

    rng = np.random.default_rng()
    df = frame(v=np.concatenate([rng.normal(0, 1, 40), rng.normal(4, 9, 25), rng.normal(8, 3, 90)]))
    df["g"] = ["a"] * 40 + ["b"] * 25 + ["c"] * 90
    values = df.v.rank() if method == "kruskal_wallis" else df.v
    share = 1 - ((values - values.groupby(df.g).transform("mean")) ** 2).sum() / ((values - values.mean()) ** 2).sum()
    found = ran(groups.write(method, "v", "g", 0.95), df)["test"].iloc[0]
    assert found[name] == pytest.approx(share)
    assert found["low"] <= share <= found["high"]


@pytest.mark.parametrize(
    ("method", "published"),
    [
        ("pearson", {"r": "0.5711816", "t": "1.8411", "p": "0.1082", "low": "-0.1497426", "high": "0.8955795"}),
        ("spearman", {"rho": "0.6", "p": "0.0968", "Kendall's tau": "0.4444444", "p of tau": "0.1194"}),
    ],
)
def test_a_relation_gives_what_r_publishes(method: str, published: dict[str, str]) -> None:
    from services.code.analyses.methods import relations

    df = frame(left=TUNA[0], right=TUNA[1])
    found = dict(ran(relations.write(method, "left", "right", 0.95), df)["test"].iloc[0])
    assert {name: _rounded(found[name], digits) for name, digits in published.items()} == published


def test_mcnemar_gives_what_arithmetic_gives() -> None:
    """Agresti's approval ratings: (|150 - 86| - 1)^2 / (150 + 86)."""
    counts = {("yes", "yes"): 794, ("no", "yes"): 86, ("yes", "no"): 150, ("no", "no"): 570}
    df = pd.DataFrame([pair for pair, n in counts.items() for _ in range(n)], columns=["second", "first"])
    found = test_row({"kind": "compare_pairs", "before": "first", "after": "second"}, df)
    assert found["statistic"] == pytest.approx(63**2 / 236)
    assert found["change of the share"] == pytest.approx(64 / 1600)


def test_wilcoxon_gives_what_r_publishes() -> None:
    from services.code.analyses.methods import pairs

    df = frame(
        first=[1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30],
        second=[0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29],
    )
    found = dict(ran(pairs.write("wilcoxon", "second", "first", 0.95), df)["test"].iloc[0])
    assert _rounded(found["p"] / 2, "0.01953") == "0.01953"


@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.__name__)
def test_the_gate_chooses_as_an_expert_and_its_code_runs(design: Any) -> None:
    """Two of at most five draws: a small sample may look like what it is not (1 in 17 for the hardest design)."""
    right = 0
    for seed in np.random.SeedSequence().spawn(5):
        situation: Situation = design(np.random.default_rng(seed))
        analysis = fitted(situation.analysis, situation.frame)
        choice = analysis.choose()
        right += (choice.method or f"refused: {choice.refusal}") in situation.accepted
        if choice.method:
            result = ran(analysis.to_code(), situation.frame)
            assert result["answer"].endswith(".")
            assert len(result["test"]) == 1
            assert 0 <= result["test"]["p"].iloc[0] <= 1
        else:
            with pytest.raises(BadInput):
                analysis.to_code()
        if right == 2:
            return
    pytest.fail("The choice was right less than twice.")


@pytest.mark.parametrize(
    ("planned", "found", "holds"),
    [
        (0, "nobody said how many rows were planned", False),
        (400, "400 rows of 400 planned", True),
        # What Lan and DeMets let one spend at half and at a quarter of the rows.
        (800, "400 rows of 800 planned, so only a p under 0.006", False),
        (1_600, "400 rows of 1,600 planned, so only a p under 9e-05", False),
    ],
)
def test_a_look_at_a_test_that_still_runs_is_warned_of(planned: int, found: str, holds: bool) -> None:
    table = frame(variant=["a", "b"] * 200, bought=["yes", "no", "no", "no"] * 100)
    asked = {"kind": "ab_test", "outcome": "bought", "variant": "variant", "planned": planned}
    look = fitted(asked, table).choose().assumptions[-1]  # type: ignore[union-attr]
    assert look.holds is holds
    assert found in look.found


def test_a_column_may_be_called_anything() -> None:
    rng = np.random.default_rng()
    df = pd.DataFrame({HOSTILE: rng.normal(size=40), "'''": rng.choice(["{x}", "b\n"], 40)})
    asked = {"kind": "compare_groups", "measure": HOSTILE, "group": "'''"}
    assert ran(fitted(asked, df).to_code(), df)["answer"].count("Hedges") == 1


@pytest.mark.parametrize(
    "asked",
    [
        {"kind": "compare_groups", "measure": "a", "group": "a"},
        {"kind": "compare_groups", "measure": "a"},
        {"kind": "no such kind"},
        {"kind": "relate", "left": "a", "right": "b", "confidence": 2},
        [],
    ],
)
def test_what_is_no_analysis_is_refused(asked: Any) -> None:
    with pytest.raises(BadInput):
        analyses.parse(asked)


def _rounded(value: float, like: str) -> str:
    """The value with as many digits as the published text."""
    if "e" in like:
        return f"{value:.{len(like.split('e')[0].split('.')[1])}e}"
    return f"{value:.{len(like.partition('.')[2])}f}"
