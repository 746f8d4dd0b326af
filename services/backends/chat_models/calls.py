"""One request to a chat model, in a thread of its own, so that it can be left behind.

A blocked read cannot be interrupted from outside. A call that is abandoned closes its connection and ends at the next
byte or, at the latest, when the read times out; its thread is a daemon and keeps nobody waiting.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from services.backends.chat_models.failures import Place, Problem, explain, late, unfinished

if TYPE_CHECKING:
    import httpx2
    from langchain_core.messages import BaseMessageChunk
    from langchain_openai import ChatOpenAI

Message = tuple[str, str]
"""Role ("system", "user" or "assistant") and text."""

OPENAI: Final = "https://api.openai.com/v1"
CONNECT_SECONDS: Final = 10.0
MOST_CHARS: Final = 200_000
"""A longer reply is a fault, not an answer; the rest is not read."""

PLAIN_ERRORS: Final = (ValueError, TypeError, LookupError, AttributeError, RuntimeError, OSError)
"""What LangChain and openai let through when a reply has an unexpected shape or a setting is broken."""


@dataclass(frozen=True)
class Connection:
    """How to reach a model. `timeout` is in seconds, for one whole reply."""

    model: str
    key: str = field(repr=False)
    base_url: str
    timeout: float

    @property
    def place(self) -> Place:
        return Place(self.model, self.base_url or OPENAI, self.key)


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
        import httpx2
        import openai

        try:
            with _client(self._connection.timeout, self._note) as self._client:
                self._read(_model(self._connection, self._client), messages, options)
        except (openai.OpenAIError, httpx2.HTTPError, httpx2.InvalidURL, *PLAIN_ERRORS) as error:
            return explain(error, self._connection.place, self._connection.timeout)
        return None

    def _read(self, model: ChatOpenAI, messages: Sequence[Message], options: Mapping[str, Any]) -> None:
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
            self.received.prompt_tokens = usage["input_tokens"]
            self.received.reply_tokens = usage["output_tokens"]

    def _note(self, request: httpx2.Request) -> None:
        self.received.sent = request.content.decode("utf-8", "replace")


def _client(seconds: float, note: Any) -> httpx2.Client:
    """An HTTP client for one call. No redirects: a body must not travel to an address nobody has set."""
    import httpx2

    timeout = httpx2.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds))
    return httpx2.Client(timeout=timeout, follow_redirects=False, event_hooks={"request": [note]})


def _model(connection: Connection, client: httpx2.Client) -> ChatOpenAI:
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    return ChatOpenAI(
        model=connection.model,
        # Address, key and proxy are given even when empty: else LangChain reads them from variables of its own, among
        # them LANGSMITH_GATEWAY, which sends the request to somebody else.
        base_url=connection.base_url or OPENAI,
        api_key=SecretStr(connection.key or "none"),
        openai_proxy=None,
        http_socket_options=(),
        timeout=connection.timeout,
        max_retries=0,
        use_responses_api=False,
        http_client=client,
    )
