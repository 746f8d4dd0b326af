"""Every provider over real HTTP: what is sent where, what comes back, and what a failure is called."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from pydantic import BaseModel, SecretStr

from services.backends.chat_models import ChatModel
from services.domain import ModelChoice, Provider
from services.errors import ProviderError, Stopped
from services.settings import Settings
from tests.doubles import RecordingProgress
from tests.scripted_provider import ScriptedProvider, Step, cut, fails, hangs, page, says

KEY = "sk-canary-own-0123456789"
MESSAGES = [("system", "You are brief."), ("user", "How many?")]


class Reply(BaseModel):
    text: str


@pytest.fixture(scope="module")
def provider() -> Iterator[ScriptedProvider]:
    with ScriptedProvider() as opened:
        yield opened


def choice(provider: ScriptedProvider, which: Provider) -> ModelChoice:
    address = provider.root if which in (Provider.ANTHROPIC, Provider.AZURE) else provider.url
    return ModelChoice(
        provider=which, model="scripted", key=SecretStr(KEY), address=address, api_version="2024-10-21", is_own=True
    )


def ask(provider: ScriptedProvider, which: Provider, *steps: Step, seconds: float = 20.0) -> RecordingProgress:
    provider.play(*steps)
    settings = Settings(model_timeout_seconds=seconds, model_retries=1)
    progress = RecordingProgress()
    model = ChatModel(settings, 0.01, choice(provider, which))
    assert model.ask(MESSAGES, Reply, progress, lambda reason: reason, ("text",)).text == "eight"
    return progress


@pytest.mark.parametrize("which", Provider)
def test_a_reply_is_streamed_and_counted(provider: ScriptedProvider, which: Provider) -> None:
    progress = ask(provider, which, says('{"text": "eight"}', piece=3))
    assert "".join(progress.texts) == "eight"
    (exchange,) = progress.exchanges
    assert exchange.sent == provider.requests[0].raw.decode()
    assert exchange.prompt_tokens > 0
    assert exchange.reply_tokens > 0


def test_each_provider_is_spoken_to_in_its_protocol(provider: ScriptedProvider) -> None:
    paths = {}
    for which in Provider:
        ask(provider, which, says('{"text": "eight"}'))
        paths[which] = provider.requests[0].path
    assert paths[Provider.ANTHROPIC] == "/v1/messages"
    assert paths[Provider.AZURE].startswith("/openai/deployments/scripted/chat/completions?api-version=2024-10-21")
    assert {paths[each] for each in (Provider.OPENAI, Provider.DEEPSEEK, Provider.COMPATIBLE)} == {
        "/v1/chat/completions"
    }


@pytest.mark.parametrize("which", [Provider.ANTHROPIC, Provider.AZURE])
def test_the_key_travels_in_its_header_alone(
    provider: ScriptedProvider, which: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "AZURE_OPENAI_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.setenv(name, "sk-of-the-machine")
    ask(provider, which, says('{"text": "eight"}'))
    (request,) = provider.requests
    headers = {name.lower(): value for name, value in request.headers.items()}
    assert KEY in (headers.get("api-key"), headers.get("x-api-key"), headers.get("authorization", "")[7:])
    assert KEY not in request.raw.decode()
    assert "sk-of-the-machine" not in str(headers)


@pytest.mark.parametrize("which", [Provider.ANTHROPIC, Provider.AZURE])
@pytest.mark.parametrize("first", [fails(500), fails(529, "overloaded"), fails(429), cut('{"text": "eight"}', 6)])
def test_a_passing_failure_is_tried_again(provider: ScriptedProvider, which: Provider, first: Step) -> None:
    ask(provider, which, first, says('{"text": "eight"}', piece=3))
    assert len(provider.requests) == 2


@pytest.mark.parametrize("which", [Provider.ANTHROPIC, Provider.AZURE])
@pytest.mark.parametrize(
    ("step", "words"),
    [
        (fails(401), "did not accept the key"),
        (fails(403), "did not accept the key"),
        (fails(404), "is not known"),
        (fails(429, retry_after="90"), "limiting the number of requests"),
        (fails(500), "is not working right now"),
        (page(), "is not the reply of a language model"),
        (says("no JSON at all"), "no usable reply"),
    ],
)
def test_a_lasting_failure_is_a_sentence_without_the_key(
    provider: ScriptedProvider, which: Provider, step: Step, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(ProviderError) as caught:
        ask(provider, which, step)
    assert words in caught.value.message
    assert KEY not in f"{caught.value} {caplog.text}"
    assert "OPENAI_API_KEY" not in str(caught.value)


@pytest.mark.parametrize("which", [Provider.ANTHROPIC])
def test_a_model_that_is_silent_is_left_behind(provider: ScriptedProvider, which: Provider) -> None:
    with pytest.raises(ProviderError, match="gave no complete reply within"):
        ask(provider, which, hangs(), seconds=1.0)


def test_stop_works_while_waiting_for_anthropic(provider: ScriptedProvider) -> None:
    provider.play(hangs())
    model = ChatModel(Settings(), 0.01, choice(provider, Provider.ANTHROPIC))
    with pytest.raises(Stopped):
        model.ask(MESSAGES, Reply, RecordingProgress(stop=True), str)


def test_a_server_that_refuses_a_temperature_is_asked_without(provider: ScriptedProvider) -> None:
    ask(provider, Provider.ANTHROPIC, Step(text='{"text": "eight"}', refuses=("temperature",)))
    assert "temperature" not in provider.requests[-1].body


def test_the_key_is_in_no_print_of_a_choice(provider: ScriptedProvider) -> None:
    chosen = choice(provider, Provider.ANTHROPIC)
    assert KEY not in f"{chosen!r} {chosen} {chosen.model_dump_json()}"


@pytest.mark.parametrize(
    ("given", "provider_name", "model"),
    [
        ({"openai_api_key": "k"}, "openai", "gpt-5-mini"),
        ({"anthropic_api_key": "k"}, "anthropic", "claude-sonnet-4-5"),
        ({"deepseek_api_key": "k"}, "deepseek", "deepseek-chat"),
        ({"azure_openai_api_key": "k", "azure_openai_endpoint": "https://x.openai.azure.com"}, "azure", ""),
        ({"azure_openai_api_key": "k"}, "", ""),
        ({"openai_api_key": "k", "anthropic_api_key": "k"}, "openai", "gpt-5-mini"),
        ({"openai_api_key": "k", "deepseek_api_key": "k", "model_provider": "deepseek"}, "deepseek", "deepseek-chat"),
        ({}, "", ""),
    ],
)  # fmt: skip
def test_the_settings_name_the_provider(
    given: dict[str, str], provider_name: str, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "ANTHROPIC_API_KEY", "DEEPSEEK_API_KEY", "AZURE_OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    settings = Settings(**given)
    assert (settings.provider_name, settings.model_name) == (provider_name, model)
    assert settings.has_model == bool(provider_name)
