"""Analyses on a real table, through the sandbox and the database."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from sandbox.messages import Figure, Grant, RunRequest, RunResult, Table
from services import conversations, datasets, exploration
from services.access import Role
from services.assistant import export, turns
from services.code import analyses
from services.domain import Conversation, Mode, Turn, TurnStatus
from services.errors import BadInput, Forbidden, NotFound, Stopped
from services.protocols import Executor, OnOutput
from services.workspace import Workspace

COMPARE = {"kind": "compare_groups", "measure": "price", "group": "region"}


@pytest.fixture
def conversation(ws: Workspace, tmp_path: Path) -> Conversation:
    rng = np.random.default_rng()
    frame = pd.DataFrame({"region": rng.choice(["North", "South"], 200), "price": rng.normal(50, 9, 200)})
    frame.loc[frame.region == "North", "price"] += 20
    frame["note"] = [f"note {n}" for n in range(200)]
    path = tmp_path / "shop.csv"
    frame.to_csv(path, index=False)
    return conversations.create(ws, datasets.upload(ws, path, path.name).id)


def done(ws: Workspace, conversation: Conversation, asked: object) -> Turn:
    return conversations.turn(ws, exploration.analyse(ws, conversation.id, asked).id)


def test_an_analysis_becomes_a_turn_with_its_method_answer_and_code(ws: Workspace, conversation: Conversation) -> None:
    turn = done(ws, conversation, COMPARE)
    assert (turn.status, turn.analyst) == (TurnStatus.ANSWERED, "analysis")
    assert turn.answer is not None
    assert "higher in North than in South" in turn.answer.text
    assert {o.name for o in turn.answer.outputs} == {"test", "groups", "chart", "assumptions"}
    assert any(isinstance(o, Figure) for o in turn.answer.outputs)
    assert "ttest_ind(first, second, equal_var=False)" in turn.answer.code
    assert turn.plan is not None
    assert turn.plan.reading.startswith("Means can be compared")


def test_what_it_learned_gives_the_same_answer_again(ws: Workspace, conversation: Conversation) -> None:
    first = done(ws, conversation, COMPARE)
    assert first.plan is not None
    again = done(ws, conversation, first.plan.intent["analysis"])
    assert first.answer is not None
    assert again.answer is not None
    assert again.answer.text == first.answer.text


def test_the_assumptions_say_what_was_found(ws: Workspace, conversation: Conversation) -> None:
    answer = done(ws, conversation, COMPARE).answer
    assert answer is not None
    [table] = [o for o in answer.outputs if isinstance(o, Table) and o.name == "assumptions"]
    rows = pa.ipc.open_stream(table.arrow).read_all().to_pylist()
    assert [row["holds"] for row in rows] == ["yes", "yes"]
    assert "skewness" in rows[0]["found"]


def test_where_no_method_is_right_it_says_why(ws: Workspace, conversation: Conversation) -> None:
    turn = done(ws, conversation, COMPARE | {"group": "note"})
    assert turn.status is TurnStatus.DECLINED
    assert turn.answer is not None
    assert turn.answer.text.startswith("There are 200 groups for 200 rows.")
    reply = export.analysed(turn)
    assert (reply["status"], reply["choice"]["refusal"]) == ("declined", "too many groups")
    assert json.dumps(reply)


@pytest.mark.parametrize("asked", [COMPARE | {"group": "colour"}, {"kind": "compare_groups"}, None, {"kind": "x"}])
def test_what_does_not_fit_the_table_leaves_no_turn(ws: Workspace, conversation: Conversation, asked: object) -> None:
    with pytest.raises(BadInput):
        exploration.analyse(ws, conversation.id, asked)
    assert conversations.turns(ws, conversation.id) == []


def test_a_viewer_may_not_and_a_stranger_finds_nothing(ws: Workspace, conversation: Conversation) -> None:
    viewer = Workspace(ws.user, ws.team, Role.VIEWER, ws.backends)
    with pytest.raises(Forbidden):
        exploration.analyse(viewer, conversation.id, COMPARE)
    with pytest.raises(NotFound):
        exploration.analyse(ws, "no such conversation", COMPARE)


def test_the_list_names_every_kind_with_its_columns() -> None:
    listed = {each["kind"]: each for each in exploration.kinds()}
    assert listed.keys() == analyses.KINDS.keys()
    assert listed["compare_groups"]["required"] == ["measure", "group"]
    assert listed["compare_groups"]["fields"]["measure"]["columns"] == ["number", "yes/no"]
    assert all(each["title"] and each["description"] and each["group"] for each in listed.values())


class Watched:
    """Progress that remembers its stages, and is asked to stop at one of them."""

    def __init__(self, until: str = "") -> None:
        self.stages: list[str] = []
        self.shares: list[float] = []
        self._until = until

    def stage(self, name: str) -> None:
        self.stages.append(name)
        self.check()

    def text(self, piece: str) -> None: ...

    def share(self, done: float) -> None:
        self.shares.append(done)

    def check(self) -> None:
        if self._until and any(self._until in stage for stage in self.stages):
            raise Stopped("Stopped.")

    def sent(self, exchange: object) -> None: ...


@pytest.fixture
def shops(ws: Workspace, tmp_path: Path) -> Conversation:
    days = pd.date_range("2020-01-01", periods=400)
    rng = np.random.default_rng()
    parts = [pd.DataFrame({"day": days, "sales": rng.normal(9, 1, 400), "shop": f"shop {n}"}) for n in range(4)]
    path = tmp_path / "shops.csv"
    pd.concat(parts).to_csv(path, index=False)
    return conversations.create(ws, datasets.upload(ws, path, path.name).id)


FORECAST = {"kind": "forecast", "date": "day", "value": "sales", "series": "shop", "horizon": 14}


def test_a_forecast_is_whole_in_the_json(ws: Workspace, shops: Conversation) -> None:
    reply = export.analysed(done(ws, shops, FORECAST | {"method": "naive"}))
    assert reply["table"]["columns"] == ["series", "time", "point", "lower", "upper"]
    assert len(reply["table"]["rows"]) == 4 * 14
    assert reply["table"]["rows"][0][:2] == ["shop 0", "2021-02-04"]
    assert {"forecast", "backtest", "chosen", "assumptions"} == reply["tables"].keys()
    assert json.dumps(reply)


def test_a_long_analysis_says_how_far_it_is_and_stops(ws: Workspace, shops: Conversation) -> None:
    turn = exploration.analyse(ws, shops.id, FORECAST | {"method": "naive"})
    turn = turn.model_copy(update={"mode": Mode.FRESH})
    ws.rows.save_turn(turn)  # as it was before its job ran
    watched = Watched()
    exploration.answer(ws, turn.id, watched)
    assert "Forecast 4 of 4" in watched.stages
    assert watched.shares[-1] == 1.0
    ws.rows.save_turn(turn)
    with pytest.raises(Stopped):
        exploration.answer(ws, turn.id, Watched(until="Forecast"))
    assert conversations.turns(ws, shops.id)[-1].status is TurnStatus.STOPPED


class Noting:
    """The real sandbox; notes the grant of every run."""

    def __init__(self, inner: Executor) -> None:
        self.inner, self.grants = inner, list[Grant]()

    def run(self, request: RunRequest, on_output: OnOutput | None = None) -> RunResult:
        self.grants.append(request.grant)
        return self.inner.run(request, on_output)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


def test_a_long_analysis_runs_under_the_grant_for_fitting(ws: Workspace, shops: Conversation) -> None:
    """Looking at the columns, and what is not long, does not."""
    sandbox = Noting(ws.backends.sandbox)
    noted = replace(ws, backends=replace(ws.backends, sandbox=sandbox))
    turn = exploration.analyse(noted, shops.id, FORECAST | {"method": "naive"})
    noted.rows.save_turn(turn.model_copy(update={"mode": Mode.FRESH}))
    sandbox.grants.clear()
    exploration.answer(noted, turn.id, Watched())
    assert sandbox.grants == [Grant.ANSWER, Grant.FIT]
    assert conversations.turn(ws, turn.id).status is TurnStatus.ANSWERED


def test_code_that_is_not_ours_never_gets_it(ws: Workspace, tmp_path: Path) -> None:
    asked = partial(turns.requested, ws, "result = 1", tmp_path, seconds=1.0, rows=1, fits=True)
    assert asked(trusted=True, queries=False).grant is Grant.FIT
    assert asked(trusted=False, queries=False).grant is Grant.ANSWER
    assert asked(trusted=True, queries=True).grant is Grant.QUERY
