"""A language model of any provider, asked through LangChain.

What comes back is a validated pydantic record. Servers differ in what they take (OpenAI, vLLM, Ollama, LM Studio and
llama.cpp take a JSON schema; others only `json_object`, or refuse both), so the schema is asked for first, left out
once a server refuses it, and the reply is read tolerantly in either case (see `replies`).

Replies are streamed. Of a JSON reply a person is shown only the fields named in `shown`, as they grow.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from pydantic import BaseModel
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from services.backends.chat_models import providers, replies
from services.backends.chat_models.calls import Call, Connection, Message, Received
from services.backends.chat_models.failures import CallFailed, unusable
from services.backends.chat_models.pieces import Shown
from services.domain import Exchange, ModelChoice, Provider
from services.errors import ProviderError
from services.protocols import Progress
from services.settings import Settings

__all__ = ["ChatModel", "Message"]

R = TypeVar("R", bound=BaseModel)

LONGEST_BACKOFF: Final = 8.0
"""Seconds."""
POLL: Final = 0.1
"""Seconds between two looks at the Stop button while waiting."""
REASONING: Final = re.compile(r"(^|/)(gpt-[5-9]|o\d)")
"""Models that refuse a temperature."""
SHOWN_REASON: Final = 160
"""Characters of what was wrong with a reply that a person is told; the model is told all of it."""
ECHO_CHARS: Final = 8_000
"""Most characters of an unusable reply that are sent back for correction."""


class ChatModel:
    """Asks one model. Safe to share between threads."""

    def __init__(self, settings: Settings, backoff_seconds: float = 0.5, choice: ModelChoice | None = None) -> None:
        """The server's model, or the one chosen. `backoff_seconds` is the scale of the random wait before the first
        further try."""
        self._choice = choice or providers.given(settings)
        self._connection = Connection(self._choice, settings.model_timeout_seconds)
        self._prices = settings.price_sent, settings.price_received
        self._tries = settings.model_retries + 1
        self._backoff = backoff_seconds
        self._level = 1 if REASONING.search(self._choice.model) else 0
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """The model's name."""
        return self._choice.model

    def ask(
        self,
        messages: Sequence[Message],
        reply: type[R],
        progress: Progress,
        correction: Callable[[str], str],
        shown: Sequence[str] = (),
    ) -> R:
        """The model's reply as a `reply` record; an unusable reply is sent back once with `correction(reason)`.

        Everything sent and received goes to `progress.sent`; the text fields named in `shown` to `progress.text`.
        Raises: ProviderError, Stopped.
        """
        if problem := unusable(self._connection.place):
            raise ProviderError(problem.message, problem.hint)
        first = self._say(messages, reply, progress, Shown(shown))
        try:
            return replies.read(first, reply)
        except replies.Unusable as error:
            reason = str(error)
        progress.stage("Asking the model to correct its reply")
        echo = (("assistant", first[:ECHO_CHARS].strip() or "(empty)"), ("user", correction(reason)))
        second = self._say([*messages, *echo], reply, progress, Shown())
        try:
            return replies.read(second, reply)
        except replies.Unusable as error:
            reason = str(error)
        raise ProviderError(
            f"The language model gave no usable reply, not even on a second try: {reason[:SHOWN_REASON].rstrip('.')}.",
            "Ask again, put the question differently, or choose another model.",
        )

    def _say(self, messages: Sequence[Message], reply: type[BaseModel], progress: Progress, shown: Shown) -> str:
        """The text of the reply, after as many tries as the settings allow."""
        tries = Retrying(
            retry=retry_if_exception(lambda error: isinstance(error, CallFailed) and error.problem.again),
            stop=stop_after_attempt(self._tries),
            wait=self._wait,
            sleep=lambda seconds: _sleep(seconds, progress),
            before_sleep=lambda _: progress.stage("The model's provider is busy, trying again"),
            reraise=True,
        )
        try:
            return tries(self._adapt, messages, reply, progress, shown)
        except CallFailed as error:
            problem = error.problem
        raise ProviderError(problem.message, problem.hint)

    def _adapt(self, messages: Sequence[Message], reply: type[BaseModel], progress: Progress, shown: Shown) -> str:
        """One try, repeated with fewer options while the server refuses the request as malformed."""
        levels = _levels(reply, self._choice.provider)
        for level in range(self._level, len(levels)):
            try:
                text = self._call(messages, levels[level], progress, shown)
            except CallFailed as error:
                if not error.problem.malformed or level == len(levels) - 1:
                    raise
            else:
                self._remember(level)
                return text
        raise AssertionError("the last level either returns or raises")

    def _remember(self, level: int) -> None:
        with self._lock:
            self._level = max(self._level, level)

    def _call(self, messages: Sequence[Message], options: Mapping[str, Any], progress: Progress, shown: Shown) -> str:
        """One request. Left behind when a person stops it or when the time is up."""
        call = Call(self._connection, messages, options)
        started = time.monotonic()
        try:
            _wait_for(call, progress, shown)
        finally:
            call.abandon()
            progress.sent(self._exchange(call.received, time.monotonic() - started))
        shown.close()
        return replies.clean(call.received.text)

    def _exchange(self, received: Received, seconds: float) -> Exchange:
        return Exchange(
            model=self.name,
            sent=received.sent,
            received=replies.clean(received.text),
            prompt_tokens=received.prompt_tokens,
            reply_tokens=received.reply_tokens,
            dollars=self._cost(received),
            seconds=round(seconds, 3),
        )

    def _cost(self, received: Received) -> float | None:
        """Dollars, where the server's model was asked and its prices are set."""
        if self._choice.is_own or not any(self._prices):
            return None
        sent, back = self._prices
        return (received.prompt_tokens * sent + received.reply_tokens * back) / 1_000_000

    def _wait(self, state: RetryCallState) -> float:
        """Seconds before the next try: what the provider asks for, or a random back-off that doubles."""
        error = state.outcome.exception() if state.outcome else None
        backoff = wait_random_exponential(multiplier=self._backoff, max=LONGEST_BACKOFF)(state)
        asked = error.problem.wait if isinstance(error, CallFailed) else None
        return backoff if asked is None else asked + min(backoff, 1.0)


def _levels(reply: type[BaseModel], provider: Provider) -> tuple[Mapping[str, Any], ...]:
    """Request options from the most helpful to the most widely taken."""
    if provider is Provider.ANTHROPIC:
        return {"temperature": 0}, {}, {"stream_usage": False}
    form = {
        "type": "json_schema",
        "json_schema": {"name": reply.__name__.lower(), "strict": True, "schema": replies.schema(reply)},
    }
    # In `extra_body`, because a plain `response_format` makes LangChain stream through a helper of the openai library
    # that fails on small deviations from the protocol and loses the token counts.
    full: dict[str, Any] = {"stream_usage": True, "extra_body": {"response_format": form}}
    return {"temperature": 0, **full}, full, {"stream_usage": False}


def _wait_for(call: Call, progress: Progress, shown: Shown) -> None:
    """Returns when the reply is complete. Raises: CallFailed, Stopped."""
    while not call.done.wait(POLL):
        progress.check()
        if piece := shown.new(call.received.text):
            progress.text(piece)
        if call.is_late:
            raise CallFailed(call.problem_when_late())
    if call.problem is not None:
        raise CallFailed(call.problem)
    if piece := shown.new(call.received.text):
        progress.text(piece)


def _sleep(seconds: float, progress: Progress) -> None:
    """Waits, and looks at the Stop button while it does."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        progress.check()
        time.sleep(min(POLL, left))
