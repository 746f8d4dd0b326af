"""One request to a chat model, in a thread of its own, so that it can be left behind.

A blocked read cannot be interrupted from outside. A call that is abandoned closes its connection and ends at the next
byte or, at the latest, when the read times out; its thread is a daemon and keeps nobody waiting.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from services.backends.chat_models import providers
from services.backends.chat_models.failures import Place, Problem, explain, late, unfinished
from services.domain import ModelChoice, Provider

if TYPE_CHECKING:
    import httpx2
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessageChunk

Message = tuple[str, str]
"""Role ("system", "user" or "assistant") and text."""

CONNECT_SECONDS: Final = 10.0
MOST_CHARS: Final = 200_000
"""A longer reply is a fault, not an answer; the rest is not read."""

PLAIN_ERRORS: Final = (ValueError, TypeError, LookupError, AttributeError, RuntimeError, OSError)
"""What LangChain and the libraries under it let through when a reply has an unexpected shape or a setting is broken."""


@dataclass(frozen=True)
class Connection:
    """How to reach a model. `timeout` is in seconds, for one whole reply."""

    choice: ModelChoice
    timeout: float

    @property
    def place(self) -> Place:
        key = self.choice.key.get_secret_value().strip()
        return Place(self.choice.model, providers.address(self.choice), key, *providers.names(self.choice))


@dataclass
class Received:
    """What left the machine and what has come back so far."""

    sent: str = ""
    """The body of the request, byte for byte."""
    text: str = ""
    prompt_tokens: int = 0
    reply_tokens: int = 0


class Call:
    """Starts at once. `done` is set when the reply is complete or `problem` says what went wrong."""

    def __init__(self, connection: Connection, messages: Sequence[Message], options: Mapping[str, Any]) -> None:
        self._connection = connection
        self._client: httpx2.Client | None = None
        self._abandoned = threading.Event()
        self._began: float | None = None
        self.done = threading.Event()
        self.received = Received()
        self.problem: Problem | None = unfinished(connection.place)
        threading.Thread(target=self._run, args=(messages, options), name="chat-call", daemon=True).start()

    def abandon(self) -> None:
        """Closes the connection. Harmless after the end."""
        self._abandoned.set()
        if self._client:
            self._client.close()

    @property
    def is_late(self) -> bool:
        """Whether the time for a reply is up. The first import of LangChain, 2 seconds and more, does not count."""
        return self._began is not None and time.monotonic() > self._began + self._connection.timeout

    def problem_when_late(self) -> Problem:
        return late(self._connection.place, self._connection.timeout)

    def _run(self, messages: Sequence[Message], options: Mapping[str, Any]) -> None:
        try:
            self.problem = self._try(messages, options)
        finally:
            self.done.set()

    def _try(self, messages: Sequence[Message], options: Mapping[str, Any]) -> Problem | None:
        """What went wrong, if anything."""
        foreseen = _errors(self._connection.choice)
        try:
            with _client(self._connection.timeout, self._note) as self._client:
                model = providers.chat(self._connection.choice, self._connection.timeout, self._client)
                self._read(model, messages, options)
        except foreseen as error:
            return explain(error, self._connection.place, self._connection.timeout)
        return None

    def _read(self, model: BaseChatModel, messages: Sequence[Message], options: Mapping[str, Any]) -> None:
        """Reads the stream to its end, or until the call is abandoned or the reply is absurdly long."""
        from langsmith import tracing_context

        if self._abandoned.is_set():
            return
        self._began = time.monotonic()
        # Whatever LangSmith's environment variables say, nothing is sent anywhere but to the provider.
        with tracing_context(enabled=False):
            for chunk in model.stream(list(messages), **options):
                self._take(chunk)
                if self._abandoned.is_set() or len(self.received.text) > MOST_CHARS:
                    return

    def _take(self, chunk: BaseMessageChunk) -> None:
        self.received.text += chunk.text
        if usage := getattr(chunk, "usage_metadata", None):
            # Anthropic tells the first with the first piece and the second with the last.
            self.received.prompt_tokens = usage["input_tokens"] or self.received.prompt_tokens
            self.received.reply_tokens = usage["output_tokens"] or self.received.reply_tokens

    def _note(self, request: httpx2.Request) -> None:
        self.received.sent = request.content.decode("utf-8", "replace")


def _errors(choice: ModelChoice) -> tuple[type[Exception], ...]:
    """What a call may end with."""
    import httpx2
    import openai

    known = (openai.OpenAIError, httpx2.HTTPError, httpx2.InvalidURL, *PLAIN_ERRORS)
    if choice.provider is not Provider.ANTHROPIC:
        return known
    import anthropic

    return (*known, anthropic.AnthropicError)


def _client(seconds: float, note: Any) -> httpx2.Client:
    """An HTTP client for one call. No redirects: a body must not travel to an address nobody has set."""
    import httpx2

    timeout = httpx2.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds))
    return httpx2.Client(timeout=timeout, follow_redirects=False, event_hooks={"request": [note]})
