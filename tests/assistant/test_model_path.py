"""A question through the whole product with a language model: real HTTP, real sandbox, real database."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import Sandbox
from sandbox.messages import Figure, RunStatus, Table
from services import conversations, datasets, jobs, wiring
from services.assistant import pipeline
from services.domain import Dataset, Turn, TurnStatus
from services.settings import Settings
from services.workspace import LOCAL_USER, Workspace, open_workspace
from tests.scripted_provider import ScriptedProvider, Step, analyse, cut, fails, hangs, page, says, slow

KEY = "sk-canary-0123456789"
CANARY = "Rosebud Lee"
TABLE = "region,customer,price\n" + "".join(
    f"{'West' if i % 2 else 'East'},{CANARY},{price}\n" for i, price in enumerate((10, 20, 30, 40, 50, 75))
)
TIMEOUT = 4.0
GOOD = """import plotly.express as px
table = df.groupby("region", as_index=False)["price"].mean()
answer = f"The highest mean price is {table['price'].max():.2f}."
result = {"answer": answer, "table": table, "chart": px.bar(table, x="region", y="price", title="Mean price")}"""
BAD = 'result = df["customer"].astype(float).mean()'


@pytest.fixture(scope="module")
def provider() -> Iterator[ScriptedProvider]:
    with ScriptedProvider() as opened:
        yield opened


@pytest.fixture(scope="module")
def model_ws(
    provider: ScriptedProvider, tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox
) -> Iterator[Workspace]:
    """One product for all tests here, with jobs in the background."""
    settings = Settings(
        home=tmp_path_factory.mktemp("model") / "home",
        database_url="",
        analyst="model",
        openai_api_key=KEY,
        openai_base_url=provider.url,
        model="scripted",
        model_timeout_seconds=TIMEOUT,
        model_retries=1,
        cache_answers=False,
    )
    backends = wiring.connect(settings, sandbox=sandbox)
    yield open_workspace(backends, LOCAL_USER.id)
    backends.runner.shutdown()
    backends.database.dispose()


@pytest.fixture(scope="module")
def orders(model_ws: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    path: Path = tmp_path_factory.mktemp("files") / "orders.csv"
    path.write_text(TABLE)
    return datasets.upload(model_ws, path, "orders.csv")


class Asker:
    """Asks in a conversation of its own and waits for the final turn."""

    def __init__(self, ws: Workspace, provider: ScriptedProvider, dataset: Dataset) -> None:
        self.ws, self.provider = ws, provider
        self.conversation = conversations.create(ws, dataset.id)

    def __call__(self, *steps: Step, question: str = "average price by region") -> Turn:
        return self.finish(self.start(*steps, question=question))

    def start(self, *steps: Step, question: str = "average price by region") -> Turn:
        self.provider.play(*steps)
        return pipeline.ask(self.ws, self.conversation.id, question)

    def finish(self, turn: Turn) -> Turn:
        for _ in jobs.follow(self.ws, turn.job_id):
            pass
        return conversations.turn(self.ws, turn.id)


@pytest.fixture
def ask(model_ws: Workspace, provider: ScriptedProvider, orders: Dataset) -> Asker:
    return Asker(model_ws, provider, orders)


def test_good_at_once(ask: Asker) -> None:
    turn = ask(says(analyse(GOOD, "average price by region")))
    assert (turn.status, turn.analyst) == (TurnStatus.ANSWERED, "model")
    assert turn.answer is not None
    assert turn.plan is not None
    assert turn.answer.text == "The highest mean price is 45.00."
    assert turn.answer.code == GOOD
    assert turn.plan.reading == "average price by region"
    assert [type(output) for output in turn.answer.outputs] == [Table, Figure]
    assert len(ask.provider.requests) == len(turn.exchanges) == 1


def test_what_was_sent_is_kept_byte_for_byte(ask: Asker) -> None:
    turn = ask(says(analyse(BAD)), says(analyse(GOOD)))
    sent = [request.raw.decode() for request in ask.provider.requests]
    assert [exchange.sent for exchange in turn.exchanges] == sent
    assert all(exchange.received and exchange.prompt_tokens and exchange.seconds for exchange in turn.exchanges)


def test_repaired_after_an_error_that_holds_a_cell_value(ask: Asker) -> None:
    turn = ask(says(analyse(BAD)), says(analyse(GOOD)))
    assert turn.status is TurnStatus.ANSWERED
    failed, good = turn.attempts
    assert (failed.status, good.status) == (RunStatus.FAILED, RunStatus.OK)
    assert failed.error is not None
    assert CANARY in failed.error.message
    repair = ask.provider.requests[1].body["messages"][-1]["content"]
    assert "ValueError in line 1: could not convert string to float: '…'" in repair
    assert CANARY not in ask.provider.requests[1].raw.decode()


def test_given_up_after_a_second_error(ask: Asker) -> None:
    turn = ask(says(analyse(BAD)), says(analyse('result = df["nothing"].sum()')))
    assert turn.status is TurnStatus.FAILED
    assert len(turn.attempts) == 2
    assert turn.message.startswith("The code for this question did not give a result.")
    assert turn.hint


def test_no_cell_value_and_no_key_ever_leaves(ask: Asker) -> None:
    ask(says(analyse(GOOD)))
    ask(says(analyse(BAD)), says(analyse(GOOD)), question="and by customer?")
    for request in ask.provider.requests:
        text = request.raw.decode()
        assert not any(value in text for value in (CANARY, "Rosebud", "East", "West"))
        assert KEY not in text
        assert request.headers["authorization"] == f"Bearer {KEY}"


def test_the_next_question_knows_the_last(ask: Asker) -> None:
    ask(says(analyse(GOOD, "average price by region")))
    ask(says(analyse(GOOD)), question="and the highest?")
    sent = ask.provider.requests[0].text
    assert 'asked: "average price by region"' in sent
    assert "your code:" in sent
    assert "45.00" not in sent


def test_a_question_back(ask: Asker) -> None:
    turn = ask(says(analyse("", kind="clarify", message="Mean or median?", options=["Mean price?", "Median price?"])))
    assert turn.status is TurnStatus.CLARIFY
    assert turn.answer is not None
    assert (turn.answer.text, turn.answer.suggestions) == ("Mean or median?", ("Mean price?", "Median price?"))


def test_not_code_is_corrected_once(ask: Asker) -> None:
    turn = ask(says(analyse("Let me think about it.")), says(analyse(GOOD)))
    assert turn.status is TurnStatus.ANSWERED
    assert len(turn.attempts) == 1


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (fails(500), "is not working right now (HTTP 500)"),
        (fails(429), "is limiting the number of requests"),
        (fails(401, f"Incorrect API key provided: {KEY}"), "did not accept the key (HTTP 401)"),
        (fails(404), "“scripted” is not known at"),
        (cut(analyse(GOOD)), "broke off before the reply was complete"),
        (hangs(), f"gave no complete reply within {TIMEOUT:g} seconds"),
        (page(), "is not the reply of a language model"),
        (says("🐼 bamboo 🐼"), "gave no usable reply, not even on a second try: the reply holds no JSON object"),
        (says(analyse("Dear user, no code.")), "the code is not valid Python (line 1: invalid syntax)"),
    ],
)
def test_without_the_model_the_built_in_analyst_answers_and_says_so(ask: Asker, step: Step, message: str) -> None:
    turn = ask(step)
    assert (turn.status, turn.analyst) == (TurnStatus.ANSWERED, "builtin")
    assert turn.answer is not None
    assert any(message in caveat for caveat in turn.answer.caveats)
    assert KEY not in turn.model_dump_json()


def test_where_neither_can_answer_the_failure_is_told(ask: Asker) -> None:
    turn = ask(fails(500), question="why is the sky blue?")
    assert turn.status is TurnStatus.FAILED
    assert "is not working right now (HTTP 500)" in turn.message
    assert turn.hint


def test_a_provider_that_fails_between_draft_and_repair(ask: Asker) -> None:
    turn = ask(says(analyse(BAD)), fails(500))
    assert (turn.status, turn.analyst) == (TurnStatus.ANSWERED, "builtin")
    assert turn.answer is not None
    assert turn.answer.code != BAD


def test_a_rate_limit_that_passes(ask: Asker) -> None:
    turn = ask(fails(429, Retry_After="1"), says(analyse(GOOD)))
    assert (turn.status, turn.analyst) == (TurnStatus.ANSWERED, "model")
    assert turn.seconds > 0.9


def test_a_slow_reply_is_shown_as_it_comes(ask: Asker) -> None:
    reading = "average price by region, " * 8 + "highest first"
    turn = ask.start(slow(analyse(GOOD, reading), pause=0.02))
    seen = [job.text for job in jobs.follow(ask.ws, turn.job_id)]
    turn = conversations.turn(ask.ws, turn.id)
    assert (turn.status, turn.analyst) == (TurnStatus.ANSWERED, "model")
    assert len({text for text in seen if text}) > 2
    assert seen[-1] == reading


@pytest.mark.parametrize("step", [hangs(), slow(analyse(GOOD), pause=0.3)])
def test_stop_during_a_slow_reply(ask: Asker, step: Step) -> None:
    turn = ask.start(step)
    until = time.monotonic() + 5
    while not ask.provider.requests and time.monotonic() < until:
        time.sleep(0.02)
    asked = time.monotonic()
    jobs.stop(ask.ws, turn.job_id)
    turn = ask.finish(turn)
    assert time.monotonic() - asked < 3
    assert turn.status is TurnStatus.STOPPED
    assert turn.answer is None


def test_what_was_sent_before_a_stop_is_kept(ask: Asker) -> None:
    turn = ask.start(hangs())
    while not ask.provider.requests:
        time.sleep(0.02)
    jobs.stop(ask.ws, turn.job_id)
    [exchange] = ask.finish(turn).exchanges
    assert exchange.sent == ask.provider.requests[0].raw.decode()


def test_the_code_of_the_prompt_runs(ask: Asker) -> None:
    """The example that the model is shown keeps to the rules that it is given."""
    prompt = Path(pipeline.__file__).parent / "prompts" / "analyst.md"
    example = prompt.read_text(encoding="utf-8").strip().splitlines()[-1]
    turn = ask(says(example))
    assert turn.status is TurnStatus.ANSWERED, turn.message
    assert turn.answer is not None
    assert turn.answer.text == "West has the highest average price: 45.00."


def reply(kind: str, **fields: object) -> Step:
    return says(json.dumps({"reading": "the reading", "kind": kind, **fields}))


def test_a_change_is_proposed_from_steps(ask: Asker) -> None:
    dear = {"kind": "filter", "conditions": [{"column": "price", "test": ">", "value": 25}]}
    turn = ask(reply("transform", steps=[json.dumps(dear)]), question="only the dear ones")
    assert turn.status is TurnStatus.PROPOSED, turn.message
    assert turn.plan is not None
    assert [step.describe() for step in turn.plan.steps] == ["Keep the rows where “price” > 25"]
    assert turn.answer is not None
    assert turn.answer.effect is not None
    assert turn.answer.effect.difference.rows_after == 4


def test_steps_may_be_objects_and_what_they_learned_is_not_taken(ask: Asker) -> None:
    scale = {"kind": "fill_statistic", "column": "price", "learned": {"value": "__import__('os')"}}
    turn = ask(reply("transform", steps=[scale]), question="fill the prices")
    assert turn.status is TurnStatus.PROPOSED, turn.message
    assert turn.plan is not None
    assert turn.plan.steps[0].learned == {}


def test_a_step_that_is_none_is_corrected_once_with_its_fields(ask: Asker) -> None:
    turn = ask(
        reply("transform", steps=[{"kind": "sort", "column": "price"}]),
        reply("transform", steps=[{"kind": "sort", "columns": ["price"], "descending": ["price"]}]),
        question="dearest first",
    )
    assert turn.status is TurnStatus.PROPOSED, turn.message
    correction = ask.provider.requests[1].body["messages"][-1]["content"]
    assert "descending" in correction


def test_steps_that_do_not_fit_the_table_are_mended(ask: Asker) -> None:
    turn = ask(
        reply("transform", steps=[{"kind": "drop", "columns": ["prise"]}]),
        reply("transform", steps=[{"kind": "drop", "columns": ["price"]}]),
        question="without prices",
    )
    assert turn.status is TurnStatus.PROPOSED, turn.message
    assert [attempt.status for attempt in turn.attempts] == [RunStatus.FAILED]
    assert "There is no column" in ask.provider.requests[1].body["messages"][-1]["content"]


def test_free_code_is_a_step_and_is_not_trusted(ask: Asker) -> None:
    code = "df['double'] = df['price'] * 2"
    turn = ask(reply("transform", steps=[{"kind": "code", "code": code, "sentence": "Double the price"}]))
    assert turn.status is TurnStatus.PROPOSED, turn.message
    assert turn.plan is not None
    assert turn.plan.steps[0].by_hand
    assert turn.answer is not None
    assert turn.answer.effect is not None
    assert turn.answer.effect.difference.added == ("double",)


def test_an_analysis_is_run_by_the_registry(ask: Asker) -> None:
    data = {"kind": "compare_groups", "measure": "price", "group": "region"}
    turn = ask(reply("analysis", analysis=json.dumps(data)), question="do prices differ?")
    assert turn.status in (TurnStatus.ANSWERED, TurnStatus.DECLINED), turn.message
    assert turn.plan is not None
    assert turn.plan.analysis["measure"] == "price"
    assert len(ask.provider.requests) == 1


def test_undo_by_words(ask: Asker) -> None:
    turn = ask(reply("history", move="undo"), question="mach das rückgängig")
    assert turn.status is TurnStatus.FAILED
    assert "nothing to undo" in turn.message
