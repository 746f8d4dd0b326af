"""A chat model over real HTTP, on its good and on its bad days."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from email.utils import formatdate
from typing import Any

import pytest
from pydantic import BaseModel

from services.backends.chat_models import ChatModel, Message
from services.errors import ProviderError, Stopped
from services.settings import Settings
from tests.doubles import RecordingProgress
from tests.scripted_provider import ScriptedProvider, Step, analyse, cut, fails, hangs, page, says, slow

KEY = "sk-canary-0123456789"
MESSAGES: list[Message] = [("system", "Answer as JSON. Größe $x"), ("user", "hi")]
GOOD = analyse("result = 1")


class Reply(BaseModel):
    reading: str = ""
    kind: str = "analyse"
    code: str


def chat(provider: ScriptedProvider | str, **changes: Any) -> ChatModel:
    url = provider if isinstance(provider, str) else provider.url
    found = {
        "openai_base_url": url,
        "openai_api_key": KEY,
        "model": "scripted",
        "model_timeout_seconds": 10.0,
        **changes,
    }
    return ChatModel(Settings(**found), backoff_seconds=0.02)


def ask(model: ChatModel, progress: RecordingProgress | None = None) -> Reply:
    progress = progress or RecordingProgress()
    return model.ask(MESSAGES, Reply, progress, lambda reason: f"Correct this: {reason}", ("reading",))


def failure(provider: ScriptedProvider, progress: RecordingProgress | None = None, **changes: Any) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        ask(chat(provider, **changes), progress)
    return caught.value


def test_a_good_reply_comes_back_with_its_record() -> None:
    progress = RecordingProgress()
    with ScriptedProvider([says(GOOD)]) as provider:
        reply = ask(chat(provider), progress)
    assert reply == Reply(reading="the reading", code="result = 1")
    assert "".join(progress.texts) == "the reading"
    [exchange], [request] = progress.exchanges, provider.requests
    assert exchange.sent == request.raw.decode()
    assert exchange.received == GOOD
    assert (exchange.model, exchange.prompt_tokens, exchange.reply_tokens) == (
        "scripted",
        len(request.text) // 4,
        len(GOOD) // 4,
    )
    assert 0 < exchange.seconds < 30


def test_the_request_holds_the_messages_and_nothing_more() -> None:
    with ScriptedProvider([says(GOOD)]) as provider:
        ask(chat(provider))
    [request] = provider.requests
    assert request.path == "/v1/chat/completions"
    assert request.body.keys() == {"model", "messages", "stream", "stream_options", "temperature", "response_format"}
    assert [(m["role"], m["content"]) for m in request.body["messages"]] == MESSAGES
    assert request.body["response_format"]["json_schema"]["strict"] is True


def test_the_key_travels_only_in_its_header() -> None:
    with ScriptedProvider([says(GOOD)]) as provider:
        ask(chat(provider))
    [request] = provider.requests
    holding = [name.lower() for name, value in request.headers.items() if KEY in value]
    assert holding == ["authorization"]
    assert KEY not in request.path + request.raw.decode()


@pytest.mark.parametrize(
    ("refused", "requests"), [(("temperature",), 2), (("response_format",), 3), (("stream_options",), 3)]
)
def test_options_that_a_server_refuses_are_left_out_from_then_on(refused: tuple[str, ...], requests: int) -> None:
    with ScriptedProvider([says(GOOD, refuses=refused)]) as provider:
        model = chat(provider)
        ask(model)
        assert len(provider.requests) == requests
        ask(model)
        assert len(provider.requests) == requests + 1


@pytest.mark.parametrize("model", ["gpt-5-mini", "o4-mini", "openai/gpt-5.2"])
def test_a_reasoning_model_is_asked_without_a_temperature(model: str) -> None:
    with ScriptedProvider([says(GOOD)]) as provider:
        ask(chat(provider, model=model))
    assert "temperature" not in provider.requests[0].body
    assert "response_format" in provider.requests[0].body


@pytest.mark.parametrize(("name", "value"), [("OPENAI_PROXY", "http://127.0.0.1:9"), ("OPENAI_API_BASE", "http://x")])
def test_variables_of_others_change_nothing(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with ScriptedProvider([says(GOOD)]) as provider:
        assert ask(chat(provider)).code == "result = 1"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("HTTP_PROXY", "http://127.0.0.1:9", "cannot be reached"),
        ("SSL_CERT_FILE", "/nowhere", "cannot be reached"),
        ("LANGCHAIN_TRACING", "true", "LANGCHAIN_TRACING is set"),
    ],
)
def test_a_broken_environment_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    monkeypatch.setenv(name, value)
    with ScriptedProvider([says(GOOD)]) as provider:
        assert message in failure(provider).message


def test_a_server_that_refuses_everything_is_reported_with_its_words() -> None:
    with ScriptedProvider([fails(400, f"Bad thing {KEY} happened")]) as provider:
        error = failure(provider)
    assert "refused the request" in error.message
    assert "Bad thing … happened" in error.message


def test_an_unusable_reply_is_corrected_once() -> None:
    progress = RecordingProgress()
    with ScriptedProvider([says("I think so."), says(GOOD)]) as provider:
        assert ask(chat(provider), progress).code == "result = 1"
    first, second = provider.requests
    assert second.body["messages"][:2] == first.body["messages"]
    assert [m["content"] for m in second.body["messages"][2:]] == [
        "I think so.",
        "Correct this: the reply holds no JSON object",
    ]
    assert len(progress.exchanges) == 2


@pytest.mark.parametrize(("text", "reason"), [("I think so.", "holds no JSON object"), ("", "was empty")])
def test_a_reply_that_stays_unusable_is_given_up(text: str, reason: str) -> None:
    with ScriptedProvider([says(text)]) as provider:
        error = failure(provider)
    assert len(provider.requests) == 2
    assert error.message == f"The language model gave no usable reply, not even on a second try: the reply {reason}."
    assert error.hint


@pytest.mark.parametrize("first", [fails(500), fails(503), fails(429, "slow down"), cut(GOOD), fails(408)])
def test_a_passing_failure_is_tried_again(first: Step) -> None:
    progress = RecordingProgress()
    with ScriptedProvider([first, first, says(GOOD)]) as provider:
        assert ask(chat(provider), progress).code == "result = 1"
    assert len(provider.requests) == len(progress.exchanges) == 3
    assert progress.stages == ["The model's provider is busy, trying again"] * 2


@pytest.mark.parametrize(
    ("step", "requests", "message"),
    [
        (fails(401, f"Incorrect API key provided: {KEY}"), 1, "did not accept the key (HTTP 401)"),
        (fails(403, f"not for {KEY}"), 1, "did not accept the key (HTTP 403)"),
        (fails(404), 1, "The language model “scripted” is not known at 127.0.0.1"),
        (fails(429), 3, "is limiting the number of requests"),
        (fails(429, code="insufficient_quota"), 1, "has no credit left"),
        (fails(500), 3, "is not working right now (HTTP 500)"),
        (fails(400, "maximum context length is 8192 tokens"), 1, "The question is too long for the language model"),
        (fails(418), 1, "did not take the request (HTTP 418)"),
        (cut(GOOD), 3, "broke off before the reply was complete"),
        (page(), 1, "is not the reply of a language model"),
        (Step(raw=b'{"error": "Unexpected endpoint"}'), 1, "is not the reply of a language model"),
        (Step(status=307, raw=b"", headers={"Location": "http://127.0.0.1:9/"}), 1, "did not take the request"),
    ],
)
def test_a_lasting_failure_is_a_sentence(step: Step, requests: int, message: str) -> None:
    progress = RecordingProgress()
    with ScriptedProvider([step]) as provider:
        error = failure(provider, progress)
    assert message in error.message
    assert error.hint
    assert len(provider.requests) == len(progress.exchanges) == requests
    assert all(exchange.sent == provider.requests[0].raw.decode() for exchange in progress.exchanges)


@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
@pytest.mark.parametrize(
    "events",
    [
        b'data: {"error": {"message": "boom sk-canary-0123456789"}}\n\n',
        b"data: {nonsense\n\n",
        b"data: 7\n\n",
        b'data: {"choices": [{"delta": 7}]}\n\n',
        b'data: {"choices": [{"index": 0}]}\n\n',
        b"\xff\xfe\x00data\n\n",
    ],
)
def test_a_broken_stream_is_a_sentence(events: bytes) -> None:
    step = Step(raw=events, headers={"Content-Type": "text/event-stream"})
    with ScriptedProvider([step]) as provider:
        error = failure(provider, model_retries=0)
    assert error.message.endswith(".")
    assert KEY not in str(error)


def test_a_stream_with_small_deviations_is_read() -> None:
    events = b'data: {"choices":[{"delta":{"content":"{\\"code\\":\\"x\\"}"}}]}\n\ndata: [DONE]\n\n'
    step = Step(raw=b": keepalive\n\n" + events, headers={"Content-Type": "text/event-stream"})
    with ScriptedProvider([step]) as provider:
        assert ask(chat(provider)).code == "x"


@pytest.mark.parametrize("when", ["1", "date"])
def test_the_wait_that_a_provider_asks_for_is_kept(when: str) -> None:
    asked = formatdate(time.time() + 2, usegmt=True) if when == "date" else when
    with ScriptedProvider([fails(429, Retry_After=asked), says(GOOD)]) as provider:
        started = time.monotonic()
        ask(chat(provider))
    assert 0.9 < time.monotonic() - started < 15


def test_too_long_a_wait_is_reported_at_once() -> None:
    with ScriptedProvider([fails(429, Retry_After="3600")]) as provider:
        error = failure(provider)
    assert len(provider.requests) == 1
    assert "3600 seconds" in error.hint


def test_a_model_that_never_answers_is_left_behind() -> None:
    progress = RecordingProgress()
    with ScriptedProvider([hangs()]) as provider:
        started = time.monotonic()
        error = failure(provider, progress, model_timeout_seconds=0.5)
        assert time.monotonic() - started < 5
        assert "no complete reply within 0.5 seconds" in error.message
        assert wait_until(lambda: not calls_running())
    assert len(progress.exchanges) == 1


def test_a_reply_that_trickles_is_bounded_too() -> None:
    progress = RecordingProgress()
    with ScriptedProvider([slow(GOOD, pause=0.3)]) as provider:
        error = failure(provider, progress, model_timeout_seconds=0.8)
        assert wait_until(lambda: not calls_running())
    assert "no complete reply" in error.message
    assert GOOD.startswith(progress.exchanges[0].received)
    assert progress.exchanges[0].received


@pytest.mark.parametrize("step", [hangs(), slow(GOOD, pause=0.5), fails(429, Retry_After="15")])
def test_stop_works_while_waiting(step: Step) -> None:
    progress = RecordingProgress()
    stopper = threading.Timer(0.4, lambda: setattr(progress, "stop", True))
    with ScriptedProvider([step]) as provider:
        model = chat(provider, model_timeout_seconds=4.0)
        stopper.start()
        started = time.monotonic()
        with pytest.raises(Stopped):
            ask(model, progress)
        assert time.monotonic() - started < 3
    assert len(progress.exchanges) == 1
    assert wait_until(lambda: not calls_running())


def test_an_endless_reply_is_cut() -> None:
    with ScriptedProvider([says("x" * 400_000, piece=50_000)]) as provider:
        progress = RecordingProgress()
        error = failure(provider, progress)
    assert "no usable reply" in error.message
    assert all(len(exchange.received) <= 250_000 for exchange in progress.exchanges)


def test_an_address_where_nobody_listens() -> None:
    with pytest.raises(ProviderError, match=r"127\.0\.0\.1:9 cannot be reached"):
        ask(chat("http://127.0.0.1:9/v1"))


@pytest.mark.parametrize(
    "url", ["not an address", "http://[::1", "ftp://127.0.0.1/v1", "http://", "http://\u2603:99999"]
)
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(ProviderError) as caught:
        ask(chat(url))
    assert "OPENAI_BASE_URL" in caught.value.hint


def test_the_password_of_an_address_is_not_told() -> None:
    with pytest.raises(ProviderError) as caught:
        ask(chat("http://me:hunter2@127.0.0.1:9/v1"))
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("key", ["sk-canary\n0123456789", "sk-canary\u2603", "sk canary", "sk-canary\x00"])
def test_a_key_that_no_header_can_hold(key: str) -> None:
    with ScriptedProvider([says(GOOD)]) as provider, pytest.raises(ProviderError) as caught:
        ask(chat(provider, openai_api_key=key))
    assert "canary" not in str(caught.value)
    assert "OPENAI_API_KEY" in caught.value.hint
    assert provider.requests == []


def test_a_key_is_trimmed() -> None:
    with ScriptedProvider([says(GOOD)]) as provider:
        ask(chat(provider, openai_api_key=f" {KEY}\n"))
    assert provider.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_a_server_without_a_key() -> None:
    with ScriptedProvider([says(GOOD), fails(401)]) as provider:
        model = chat(provider, openai_api_key="")
        ask(model)
        with pytest.raises(ProviderError, match="asks for a key and none is set"):
            ask(model)


def test_the_key_is_in_no_log_and_no_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    progress = RecordingProgress()
    steps = [fails(500, KEY), fails(401, f"Incorrect API key provided: {KEY}")]
    with ScriptedProvider(steps) as provider:
        model = chat(provider)
        with pytest.raises(ProviderError) as caught:
            ask(model, progress)
        logging.getLogger("services").error("it failed", exc_info=caught.value)
    assert "it failed" in caplog.text
    assert KEY not in caplog.text + str(caught.value) + str(progress.exchanges) + repr(vars(model))


def test_nothing_is_sent_to_anyone_else() -> None:
    """LangSmith's variables would trace each call, or even send it through a gateway."""
    program = (
        "from tests.backends.chat_models.test_chat_models import ask, chat\n"
        "import os, time\n"
        "print(ask(chat(os.environ['URL'])).code)\n"
        "time.sleep(0.5)\n"
    )
    with ScriptedProvider([says(GOOD)]) as provider, ScriptedProvider([says(GOOD)]) as trap:
        elsewhere = {
            **dict.fromkeys(("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING_V2"), "true"),
            **dict.fromkeys(("LANGSMITH_ENDPOINT", "LANGCHAIN_ENDPOINT", "LANGSMITH_GATEWAY"), trap.url),
            **dict.fromkeys(("LANGSMITH_API_KEY", "LANGCHAIN_API_KEY"), "lsv2_x"),
            "OPENAI_API_BASE": trap.url,
        }
        run = subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, **elsewhere, "URL": provider.url},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert run.stdout.strip() == "result = 1", run.stderr
        assert len(provider.requests) == 1
        assert trap.requests == []


def test_importing_the_product_does_not_import_langchain() -> None:
    program = (
        "import sys, services.backends.chat_models, services.assistant.llm_analyst\n"
        "assert not {'langchain_openai', 'langchain_core', 'openai', 'langsmith'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def calls_running() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "chat-call"]


def wait_until(true: Any, seconds: float = 15.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if true():
            return True
        time.sleep(0.05)
    return False
