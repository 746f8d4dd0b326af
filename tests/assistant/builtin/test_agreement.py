"""Pandas and SQL give the same on random tables, and what differs is noticed."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sandbox.messages import RunResult, RunStatus
from services.assistant.builtin import BuiltinAnalyst
from services.assistant.builtin.agreement import SECOND, groups_agree, rows_agree, same, scalars_agree
from services.assistant.builtin.intent import (
    Aggregate,
    Condition,
    Grain,
    Having,
    Intent,
    Key,
    Measure,
    Op,
    Shape,
    Sort,
)
from services.assistant.builtin.writing.compose import compose
from services.assistant.builtin.writing.twice import agree
from services.domain import Plan, PlanKind
from tests.assistant.builtin.asking import Asker, Silent, encode

HOSTILE = "va\"l'ue\\n"


def _table(seed: int) -> pd.DataFrame:
    """Ties, missing cells, negative and huge numbers, quotes in names and texts."""
    rng, rows = np.random.default_rng(seed), int(np.random.default_rng(seed).integers(1, 60))
    table = pd.DataFrame(
        {
            "group": rng.choice(["a", "b'", 'c"d', "é", "A"], rows),
            "kind": rng.choice(["x", "y"], rows),
            "flag": rng.choice([True, False], rows),
            "day": pd.to_datetime("2023-12-20") + pd.to_timedelta(rng.integers(0, 500, rows), unit="h"),
            "whole": rng.integers(-3, 4, rows),
            HOSTILE: rng.choice([0.1, 0.2, -5e9, 7.25], rows),
        }
    )
    table.loc[rng.random(rows) < 0.2, "group"] = None
    table.loc[rng.random(rows) < 0.2, HOSTILE] = None
    return table


def _intent(random: Random) -> Intent:
    grains = [None, *Grain]
    keys = random.choice(
        [(), (Key(column="group"),), (Key(column="kind"), Key(column="group"))]
        + [(Key(column="day", grain=grain),) for grain in grains if grain]
    )
    aggregate = random.choice([one for one in Aggregate if one is not Aggregate.RATE])
    column = random.choice(["whole", HOSTILE])
    counts = Measure(aggregate=Aggregate.COUNT)
    measure = random.choice([counts, Measure(aggregate=aggregate, column=column)])
    where = random.choice([(), *(((one,),) for one in _CONDITIONS)])
    limit = random.choice([None, 1, 3]) if keys else None
    sort = Sort(by="measure", descending=random.random() < 0.5) if limit else None
    having = Having(op=Op.GE, values=(2.0,)) if keys and random.random() < 0.2 else None
    best = limit == 1 and random.random() < 0.5
    if having:
        limit, sort, best = None, None, False
    return Intent(
        measures=(measure,), keys=keys, where=where, limit=None if best else limit, sort=sort, best=best, having=having
    )


_CONDITIONS = [
    Condition(column="group", op=Op.EQ, values=("b'",)),
    Condition(column="group", op=Op.NE, values=('c"d',)),
    Condition(column="group", op=Op.NOT_IN, values=("a", "é")),
    Condition(column="group", op=Op.LACKS, values=("A",)),
    Condition(column="group", op=Op.STARTS, values=("É",)),
    Condition(column="group", op=Op.MISSING),
    Condition(column="whole", op=Op.BETWEEN, values=(-1, 2)),
    Condition(column=HOSTILE, op=Op.LT, values=(0.2,)),
    Condition(column="flag", op=Op.EQ, values=(True,)),
    Condition(column="day", op=Op.BETWEEN, values=("2023-12-25", "2024-01-03")),
    Condition(column="day", op=Op.EQ, values=(2024,), part=Grain.YEAR),
]


def _run(table: Asker, intent: Intent) -> RunResult:
    scope: dict[str, Any] = {"df": table.frame.copy(), "sql": table.sql}
    exec(compose(intent, table.profile), scope)
    return RunResult(id="here", status=RunStatus.OK, outputs=tuple(encode(scope["result"])))


@pytest.mark.parametrize("seed", range(12))
def test_agree_on_random_tables(tmp_path: Path, seed: int) -> None:
    table, random = Asker.of(_table(seed), tmp_path, f"t{seed}"), Random(seed)
    for _ in range(12):
        intent = _intent(random)
        assert agree(intent, table.profile, _run(table, intent)), compose(intent, table.profile)


def test_a_wrong_number_is_noticed() -> None:
    intent = Intent(measures=(Measure(aggregate=Aggregate.COUNT),), keys=(Key(column="g"),))
    rows = [{"g": "a", "count": 3}, {"g": None, "count": 2}]
    assert groups_agree(intent, ["g"], ["count"], rows, 2, rows[::-1])
    assert not groups_agree(intent, ["g"], ["count"], rows, 2, [rows[0], {"g": None, "count": 1}])
    assert not groups_agree(intent, ["g"], ["count"], rows[:1], 1, rows)
    assert not groups_agree(intent, ["g"], ["count"], rows, 2, rows[:1])


def test_ties_may_stand_in_any_order_but_the_first_must_be_the_first() -> None:
    intent = Intent(
        measures=(Measure(aggregate=Aggregate.COUNT),),
        keys=(Key(column="g"),),
        limit=2,
        sort=Sort(by="measure", descending=True),
    )
    second = [{"g": "a", "count": 5}, {"g": "b", "count": 4}, {"g": "c", "count": 4}, {"g": "d", "count": 1}]
    for shown in (second[:2], [second[0], second[2]]):
        assert groups_agree(intent, ["g"], ["count"], shown, 2, second)
    assert not groups_agree(intent, ["g"], ["count"], second[1:3], 2, second)
    assert not groups_agree(intent, ["g"], ["count"], [second[1], second[0]], 2, second)


def test_winners_come_with_their_ties() -> None:
    intent = Intent(
        measures=(Measure(aggregate=Aggregate.COUNT),),
        keys=(Key(column="g"),),
        best=True,
        sort=Sort(by="measure", descending=True),
    )
    second = [{"g": "a", "count": 5}, {"g": "b", "count": 5}, {"g": "c", "count": 4}]
    assert groups_agree(intent, ["g"], ["count"], second[:2], 2, second)
    assert not groups_agree(intent, ["g"], ["count"], second[:1], 1, second)
    assert not groups_agree(intent, ["g"], ["count"], second[2:], 1, second)


def test_tolerance_and_missing() -> None:
    assert same(0.1 + 0.2, 0.3)
    assert same(1e-7, 0.0, scale=1e6)
    assert not same(1.0, 1.0001)
    assert same(float("nan"), None)
    assert not same(None, 0)
    assert scalars_agree([3], [{"n": 3.0}])
    assert not scalars_agree([3], [{"n": 4}])
    assert rows_agree(Intent(shape=Shape.ROWS), 3, [{"n": 3}])
    assert not rows_agree(Intent(shape=Shape.ROWS), 3, [{"n": 4}])


def test_a_disagreement_is_no_answer_and_agreement_is_said(tmp_path: Path) -> None:
    table = Asker.of(_table(1), tmp_path, "t")
    intent = Intent(measures=(Measure(aggregate=Aggregate.COUNT),), keys=(Key(column="kind"),))
    plan = Plan(kind=PlanKind.ANALYSE, intent=intent.model_dump(mode="json"))
    good, analyst = _run(table, intent), BuiltinAnalyst()
    assert analyst.review(table.brief("q"), plan, "", good, Silent()).checks
    scope: dict[str, Any] = {"df": table.frame.iloc[1:].copy(), "sql": table.sql}
    exec(compose(intent, table.profile), scope)
    bad = RunResult(id="here", status=RunStatus.OK, outputs=tuple(encode(scope["result"])))
    verdict = analyst.review(table.brief("q"), plan, "", bad, Silent())
    assert "differ" in verdict.problem
    assert not verdict.text


def test_what_sql_gives_is_not_shown(tmp_path: Path) -> None:
    table = Asker.of(_table(1), tmp_path, "t")
    intent = Intent(measures=(Measure(aggregate=Aggregate.COUNT),))
    assert SECOND.startswith("_")
    assert [one.name for one in _run(table, intent).outputs] == ["number", SECOND]
