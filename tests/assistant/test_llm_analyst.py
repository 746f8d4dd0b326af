"""The analyst that asks a language model, without the rest of the product."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from sandbox.messages import Figure, Output, RunError, RunResult, RunStatus, Table, Text, Value
from services.assistant.draft import LONGEST_CODE, Draft, check_code
from services.assistant.llm_analyst import ModelAnalyst
from services.backends.chat_models import ChatModel
from services.domain import Attempt, ColumnProfile, Kind, Plan, PlanKind, Profile, Semantic
from services.errors import BadInput, ProviderError
from services.protocols import Brief, ValueHit
from services.settings import Settings
from tests.doubles import RecordingProgress
from tests.scripted_provider import ScriptedProvider, Step, analyse, says

CODE = 'result = df["price"].mean()'


def nothing(phrases: Sequence[str]) -> Sequence[ValueHit]:
    raise AssertionError("the model's analyst must not look up cell values")


PRICE = ColumnProfile(name="price", kind=Kind.DECIMAL, semantic=Semantic.MEASURE, missing=0, distinct=9)
BRIEF = Brief("mean price?", {"df": Profile(version_id="v", rows=100, columns=(PRICE,))}, (), nothing)
PLAN = Plan(kind=PlanKind.ANALYSE, reading="mean price", intent={"code": CODE})
FAILED = Attempt(code=CODE, status=RunStatus.FAILED, error=RunError(type="KeyError", message="column 'x' not found"))


@contextmanager
def analyst(*steps: Step) -> Iterator[tuple[ModelAnalyst, ScriptedProvider]]:
    with ScriptedProvider(steps) as provider:
        settings = Settings(openai_base_url=provider.url, openai_api_key="sk-x", model="scripted")
        yield ModelAnalyst(ChatModel(settings, backoff_seconds=0.02)), provider


def plan(text: str) -> Plan:
    with analyst(says(text)) as (asked, _):
        return asked.plan(BRIEF, RecordingProgress())


def review(*outputs: Output, code: str = CODE, question: str = "mean price?") -> Any:
    result = RunResult(id="r", status=RunStatus.OK, outputs=outputs)
    brief = Brief(question, BRIEF.profiles, (), nothing)
    return ModelAnalyst(ChatModel(Settings())).review(brief, PLAN, code, result, RecordingProgress())


def table(rows: int) -> Table:
    return Table(arrow=b"", columns=("a",), rows=rows, total_rows=rows)


def test_a_plan_carries_the_drafted_code() -> None:
    progress = RecordingProgress()
    with analyst(says(analyse(CODE, "mean price"))) as (asked, provider):
        found = asked.plan(BRIEF, progress)
        assert asked.write(BRIEF, found, [], progress) == CODE
    assert (found.kind, found.reading, found.intent) == (PlanKind.ANALYSE, "mean price", {"code": CODE})
    assert len(provider.requests) == 1
    assert "".join(progress.texts) == "mean price"


@pytest.mark.parametrize("kind", ["clarify", "decline"])
def test_a_question_back_and_a_refusal(kind: str) -> None:
    reply = {
        "reading": "",
        "kind": kind,
        "message": "Which price?",
        "options": ["Net?", "Gross?", "3", "4"],
        "code": "",
    }
    found = plan(json.dumps(reply))
    assert (found.kind, found.message, found.options) == (PlanKind(kind), "Which price?", ("Net?", "Gross?", "3"))
    assert found.intent == {}


def test_a_code_block_alone_is_a_plan() -> None:
    assert plan(f"```python\n{CODE}\n```").intent == {"code": CODE}


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (analyse("This is not code."), r"the code is not valid Python \(line 1: invalid syntax\)"),
        (analyse("x = (1,\n"), r"the code is not valid Python \(line 1: '\(' was never closed\)"),
        (analyse("-" * 15_000 + "1"), "the code is not valid Python"),
        (analyse(""), 'the code is missing, which "analyse" needs'),
        (analyse("print(df)"), "the code does not assign `result`"),
        (analyse("result = 1 # " + "x" * LONGEST_CODE), "the code has 20,013 characters, more than 20,000"),
        (analyse("", kind="clarify"), 'the message is missing, which "clarify" needs'),
        (
            analyse(CODE, kind="dance"),
            "kind: Input should be 'analyse', 'analysis', 'transform', 'history', 'clarify' or 'decline'",
        ),
        ("Sorry, no.", "the reply holds no JSON object"),
        ("", "the reply was empty"),
    ],
)
def test_what_is_no_plan_is_corrected_once_and_then_given_up(reply: str, reason: str) -> None:
    with analyst(says(reply)) as (asked, provider), pytest.raises(ProviderError, match=reason) as caught:
        asked.plan(BRIEF, RecordingProgress())
    assert len(provider.requests) == 2
    assert "Reply again with exactly one JSON object" in provider.requests[1].text
    assert caught.value.message.startswith("The language model gave no usable reply, not even on a second try: ")


def test_not_code_and_then_code() -> None:
    with analyst(says(analyse("Let me think.")), says(analyse(CODE))) as (asked, provider):
        assert asked.plan(BRIEF, RecordingProgress()).intent == {"code": CODE}
    assert "the code is not valid Python (line 1" in provider.requests[1].body["messages"][-1]["content"]


def test_a_failed_attempt_is_repaired_with_one_call() -> None:
    with analyst(says(analyse("result = df['price'].max()"))) as (asked, provider):
        assert asked.write(BRIEF, PLAN, [FAILED], RecordingProgress()) == "result = df['price'].max()"
    [request] = provider.requests
    roles = [message["role"] for message in request.body["messages"]]
    assert roles == ["system", "user", "assistant", "user"]
    assert "KeyError: column '…' not found" in request.body["messages"][-1]["content"]


def test_a_model_that_gives_up_says_why() -> None:
    reply = analyse("", kind="decline", message="There is no date in the table.")
    with analyst(says(reply)) as (asked, _), pytest.raises(BadInput, match="There is no date in the table"):
        asked.write(BRIEF, PLAN, [FAILED], RecordingProgress())


def test_a_draft_is_one_clean_line_each() -> None:
    draft = Draft(reading="a\nb\x1b[31m\u202e" + "x" * 900, message=None, options="no list", code=f"```py\n{CODE}\n```")
    assert draft.reading.startswith("a b [31m xxx")
    assert len(draft.reading) == 300
    assert (draft.message, draft.options, draft.code) == ("", [], CODE)


@pytest.mark.parametrize("code", ["result = 1", "if True:\n    result = 2", "result, x = 1, 2", "x = result = 1"])
def test_code_that_assigns_a_result_passes(code: str) -> None:
    check_code(code)


def test_the_sentence_of_the_code_is_the_answer() -> None:
    verdict = review(Text(name="answer", text=" The mean is 3. "), table(3))
    assert (verdict.text, verdict.problem) == ("The mean is 3.", "")


@pytest.mark.parametrize(
    ("outputs", "sentence"),
    [
        ((Value(value=1234567),), "Mean price: 1,234,567."),
        ((Value(value=12.3456),), "Mean price: 12.35."),
        ((Value(value=0.012345),), "Mean price: 0.01235."),
        ((Value(value=True),), "Mean price: yes."),
        ((Value(value="2024-01-31"),), "Mean price: 2024-01-31."),
        ((Value(value={"a": 1}),), "Mean price."),
        ((table(1),), "Mean price: 1 row."),
        ((table(1_200), Figure(json_text="{}")), "Mean price: 1,200 rows."),
        ((Figure(json_text="{}"),), "Mean price."),
        ((Text(name="", text="Three of four."),), "Three of four."),
        ((), "Mean price."),
    ],
)
def test_else_a_sentence_is_made_from_the_reading(outputs: tuple[Output, ...], sentence: str) -> None:
    assert review(*outputs).text == sentence


def test_a_forgotten_placeholder_is_a_problem() -> None:
    code = 'mean = 3\nresult = {"answer": "The mean is {mean:.2f}."}'
    verdict = review(Text(name="answer", text="The mean is {mean:.2f}."), code=code)
    assert verdict.problem == "The answer shows the placeholder {mean:.2f} in place of a value."


def test_braces_that_were_asked_for_are_none() -> None:
    text = Text(name="answer", text="{mean}")
    assert review(text, code="result = '{mean}'", question="answer with the word {mean}").problem == ""
    assert review(Text(name="answer", text="{North}"), code="result = list(x)").problem == ""
