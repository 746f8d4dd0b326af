"""No personal data leaves the machine, whatever it stands in, and the person reads the real values."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from sandbox import Sandbox
from sandbox.messages import RunError, RunStatus
from services import conversations, datasets, wiring
from services.assistant import pipeline
from services.assistant.llm_analyst import ModelAnalyst
from services.backends.chat_models import ChatModel
from services.code.personal import PersonalKind, judging
from services.code.personal.judging import Cells
from services.domain import Attempt, ColumnProfile, Finding, Kind, Plan, PlanKind, Profile, Semantic, Turn, TurnStatus
from services.protocols import Brief, Disclosure, ValueHit
from services.settings import Settings
from services.workspace import LOCAL_USER, Workspace, open_workspace
from tests.assistant.planted import Planted, leaked, plant, token_in
from tests.doubles import RecordingProgress
from tests.personal_data import Maker
from tests.scripted_provider import Request, ScriptedProvider, Step, analyse, says

KEY = "sk-canary-0123456789"
SPILL = """print(df.to_string())
raise ValueError("cannot use " + " | ".join(str(value) for value in df.astype(str).to_numpy().ravel()[:200]))"""
FILTER = """rows = df[df[{column!r}].astype(str).str.lower() == "{token}".lower()]
answer = f"{token}: {{len(rows)}} rows."
result = {{"answer": answer, "rows": len(rows)}}"""


def scripted(request: Request) -> Step:
    """First code that spills every cell into its output and its error, then code that uses the token."""
    token = token_in(request)
    messages = request.body["messages"]
    reading = f"the rows of {token}"
    if len(messages) == 2:
        return says(analyse(SPILL + "\nresult = 1", reading))
    column = json.loads(scripted.column)  # type: ignore[attr-defined]
    return says(analyse(FILTER.format(column=column, token=token), reading))


@pytest.fixture(scope="module")
def provider() -> Iterator[ScriptedProvider]:
    with ScriptedProvider(scripted) as opened:
        yield opened


Open = Callable[..., Workspace]


@pytest.fixture
def model_ws(provider: ScriptedProvider, tmp_path: Path, sandbox: Sandbox) -> Iterator[Open]:
    """Opens a product that asks the scripted provider."""
    opened = []

    def open_one(**changes: object) -> Workspace:
        settings = Settings(
            home=tmp_path / f"home{len(opened)}",
            database_url="",
            analyst="model",
            openai_api_key=KEY,
            openai_base_url=provider.url,
            model="scripted",
            **changes,  # type: ignore[arg-type]
        )
        opened.append(wiring.connect(settings, inline=True, sandbox=sandbox))
        return open_workspace(opened[-1], LOCAL_USER.id)

    yield open_one
    for backends in opened:
        backends.runner.shutdown()
        backends.database.dispose()


def ask(ws: Workspace, provider: ScriptedProvider, folder: Path, round_: Planted) -> list[Turn]:
    """Asks the earlier question and the question over an uploaded table."""
    path = folder / "table.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(round_.columns)
        writer.writerows(zip(*round_.columns.values(), strict=True))
    conversation = conversations.create(ws, datasets.upload(ws, path, "table.csv").id)
    provider.requests.clear()
    scripted.column = json.dumps(round_.column)  # type: ignore[attr-defined]
    asked = [pipeline.ask(ws, conversation.id, question) for question in (round_.earlier, round_.question)]
    return [conversations.turn(ws, turn.id) for turn in asked]


def test_nothing_planted_leaves_and_the_answer_is_real(
    model_ws: Open, provider: ScriptedProvider, tmp_path: Path
) -> None:
    seed = random.randrange(10**9)
    print(f"seed {seed}")  # noqa: T201 - to run a failure again
    maker, ws = Maker(seed), model_ws()
    for _ in range(3):
        planted = plant(maker)
        turns = ask(ws, provider, tmp_path, planted)
        assert len(provider.requests) == 4
        for request in provider.requests:
            assert leaked(request, planted.secrets) == [], planted.question
        turn = turns[-1]
        assert turn.status is TurnStatus.ANSWERED, turn.message
        assert turn.answer is not None
        assert planted.asked in turn.answer.text
        assert turn.plan is not None
        assert planted.asked in turn.plan.reading
        values = [value.lower() for value in planted.columns[planted.column]]
        assert f"{values.count(planted.asked.lower())} rows" in turn.answer.text
        assert [exchange.sent for exchange in turn.exchanges] == [r.raw.decode() for r in provider.requests[2:]]
        assert planted.asked in {value for exchange in turn.exchanges for value in exchange.hidden.values()}


@pytest.mark.parametrize("schema_only", [False, True])
def test_bounds_of_personal_columns_stay_and_schema_only_keeps_every_number(
    model_ws: Open, provider: ScriptedProvider, tmp_path: Path, schema_only: bool
) -> None:
    columns = {
        "phone": [str(5_550_000_000 + 7919 * n) for n in range(30)],
        "date of birth": [f"19{50 + n}-03-0{n % 9 + 1}" for n in range(30)],
        "price": [str(100 + n) for n in range(30)],
    }
    question = "who has the phone number 5550007919"
    round_ = Planted(
        columns, "mean price", question, "5550007919", "phone", (*columns["phone"], *columns["date of birth"])
    )
    ask(model_ws(schema_only=schema_only), provider, tmp_path, round_)
    for request in provider.requests:
        assert leaked(request, round_.secrets) == []
        assert ("100 to 129" in request.text) is not schema_only
        assert ("30 rows" in request.text) is not schema_only
        assert '"price": integer' in request.text


def test_masking_can_be_switched_off(model_ws: Open, provider: ScriptedProvider, tmp_path: Path) -> None:
    round_ = plant(Maker(random.randrange(10**9)))
    ask(model_ws(mask_personal_data=False), provider, tmp_path, round_)
    assert round_.asked in provider.requests[-1].text


def test_the_reply_is_shown_with_real_values_as_it_comes() -> None:
    brief = Brief("what did Marlene Vothaka buy", {"df": profile("product")}, (), nothing)
    progress = RecordingProgress()
    with ScriptedProvider([says(analyse("result = len(df)", "purchases of PERSON-1 by month"), piece=3)]) as provider:
        plan = model(provider).plan(brief, progress)
    assert "".join(progress.texts) == plan.reading == "purchases of Marlene Vothaka by month"
    assert progress.exchanges[0].hidden["PERSON-1"] == "Marlene Vothaka"
    assert "Marlene" not in progress.exchanges[0].sent


@pytest.mark.parametrize(
    "name", ["Seán O'Vothaka", 'Ann "Xy" Vothaka', "Ann {1+1} Vothaka", "Ann\\Vothaka", "Ann\nVothaka", "Ann'); 1/0 #"]
)
def test_a_value_in_code_is_never_more_than_text(name: str) -> None:
    finding = Finding(column="customer", kind=PersonalKind.NAME, confidence=1, share=1)
    brief = Brief(
        f"orders of {name} please",
        {"df": profile("customer")},
        (),
        lambda _: [ValueHit(column="customer", value=name)],
        disclosure=Disclosure(findings=[finding]),
    )
    code = "x = 'PERSON-1'\ny = f\"{1}PERSON-1\"\nresult = x, y  # PERSON-1"
    with ScriptedProvider([says(analyse(code))]) as provider:
        found = model(provider).plan(brief, RecordingProgress())
        assert name not in provider.requests[0].text
    space: dict[str, object] = {}
    exec(str(found.intent["code"]), space)
    typed = " ".join(name.split()) if "\n" in name else name
    assert [" ".join(str(part).split()) for part in space["result"]] == [typed, f"1{typed}"]  # type: ignore[attr-defined]


def test_words_of_a_name_are_hidden_alone_too() -> None:
    earlier = asked_before("orders of Marlene Vothaka")
    brief = Brief("and only vothaka in May?", {"df": profile("month")}, [earlier], nothing)
    with ScriptedProvider([says(analyse("result = len(df)"))]) as provider:
        model(provider).plan(brief, RecordingProgress())
    text = provider.requests[0].text.casefold()
    assert "vothaka" not in text
    assert "in may?" in text


def test_a_repair_tells_the_error_without_its_values() -> None:
    brief = Brief("orders of Marlene Vothaka", {"df": profile("customer")}, (), nothing)
    code = 'result = df[df["customer"] == "Marlene Vothaka"].price'
    error = RunError(type="KeyError", message="'Marlene Vothaka' and 'Rosa Dune' and 4111111111111111", line=1)
    attempt = Attempt(code=code, status=RunStatus.FAILED, error=error, stdout="Rosa Dune", problem="Rosa Dune")
    with ScriptedProvider([says(analyse('result = "PERSON-1"'))]) as provider:
        repaired = model(provider).write(brief, PLAN, [attempt], RecordingProgress())
    assert repaired == 'result = "Marlene Vothaka"'
    sent = provider.requests[0].text
    assert 'df[df[\\"customer\\"] == \\"PERSON-1\\"].price' in sent
    assert not any(word in sent for word in ("Marlene", "Vothaka", "Rosa", "Dune", "4111"))


def test_a_token_is_none_that_the_person_wrote() -> None:
    brief = Brief("is PERSON-1 Marlene Vothaka?", {"df": profile("customer")}, (), nothing)
    with ScriptedProvider([says(analyse("result = 1", "PERSON-1 and PERSON-2"))]) as provider:
        plan = model(provider).plan(brief, RecordingProgress())
        assert "is PERSON-1 PERSON-2?" in provider.requests[0].text
    assert plan.reading == "PERSON-1 and Marlene Vothaka"


PLAN = Plan(kind=PlanKind.ANALYSE, reading="orders of Marlene Vothaka", intent={"code": "result = 1"})


def model(provider: ScriptedProvider) -> ModelAnalyst:
    settings = Settings(openai_base_url=provider.url, openai_api_key="sk-x", model="scripted")
    return ModelAnalyst(ChatModel(settings, backoff_seconds=0.02))


def profile(*names: str) -> Profile:
    columns = (
        ColumnProfile(name=name, kind=Kind.TEXT, semantic=Semantic.CATEGORY, missing=0, distinct=9) for name in names
    )
    return Profile(version_id="v", rows=100, columns=tuple(columns))


def nothing(phrases: Sequence[str]) -> Sequence[ValueHit]:
    raise AssertionError(f"no column is personal, so no cell is looked up: {phrases}")


def asked_before(question: str) -> Turn:
    from datetime import UTC, datetime

    return Turn(
        id="1",
        conversation_id="c",
        version_id="v",
        question=question,
        status=TurnStatus.ANSWERED,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


@pytest.mark.long
@pytest.mark.timeout(1_800)
def test_of_a_thousand_rounds_hardly_any_tells_anything() -> None:
    """Without sandbox and database, but over HTTP: the prompt of a question, and that of the repair after an error that
    spills cells. Prints the rate."""
    seed = random.randrange(10**9)
    maker, told, wrong = Maker(seed), [], 0
    with ScriptedProvider(
        lambda request: says(analyse(f"result = '{token_in(request)}'", token_in(request)))
    ) as provider:
        asked = model(provider)
        for _ in range(1_000):
            planted = plant(maker)
            provider.requests.clear()
            brief = brief_of(planted)
            plan = asked.plan(brief, RecordingProgress())
            spilled = " | ".join(cell for cells in planted.columns.values() for cell in cells[:3])
            error = RunError(type="ValueError", message=spilled, line=1)
            attempt = Attempt(code=str(plan.intent["code"]), status=RunStatus.FAILED, error=error, stdout=spilled)
            asked.write(brief, plan, [attempt], RecordingProgress())
            told += [(planted.question, found) for r in provider.requests if (found := leaked(r, planted.secrets))][:1]
            wrong += plan.reading != planted.asked
    print(f"seed {seed}: {len(told)} of 1,000 rounds told something, {wrong} put another value back: {told[:9]}")  # noqa: T201
    assert len(told) <= 20  # about 1 in 100: made-up names that are words of places too, names that are keywords
    assert wrong <= 20


def brief_of(planted: Planted) -> Brief:
    """What the product would make of the round, findings and all."""

    def find_values(phrases: Sequence[str]) -> list[ValueHit]:
        wanted = {phrase.lower() for phrase in phrases}
        cells = ((name, cell) for name, values in planted.columns.items() for cell in dict.fromkeys(values))
        return [ValueHit(column=name, value=cell) for name, cell in cells if cell.lower() in wanted]

    columns = [Cells(name, list(dict.fromkeys(values))) for name, values in planted.columns.items()]
    findings = [Finding(**found) for each in columns for found in judging.findings(each)]
    return Brief(
        planted.question,
        {"df": profile(*planted.columns)},
        [asked_before(planted.earlier)],
        find_values,
        disclosure=Disclosure(findings=findings),
    )
