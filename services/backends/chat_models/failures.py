"""What went wrong with a call, in words for the person. Nothing here repeats the key or an address's password."""

from __future__ import annotations

import email.utils
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Protocol, runtime_checkable
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import httpx2

LONGEST_WAIT: Final = 20.0
"""Seconds. A provider that asks for a longer wait is reported at once instead."""
WITHOUT: Final = "Set RED_PANDAS_ANALYST=builtin to work without a language model."


@dataclass(frozen=True)
class Problem:
    """A failed call: user text, whether a further try may help, and the seconds the provider asked to wait."""

    message: str
    hint: str
    again: bool = False
    wait: float | None = None
    malformed: bool = False
    """The server refused the form of the request: fewer options may help."""


@runtime_checkable
class StatusError(Protocol):
    """An error of a provider's library that came with an HTTP status."""

    status_code: int
    message: str
    response: httpx2.Response


class CallFailed(Exception):
    """One call failed."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(frozen=True)
class Place:
    """Whom we talk to, as far as it may be named, and what a person would change."""

    model: str
    base_url: str
    key: str = field(repr=False)
    key_name: str = "OPENAI_API_KEY"
    url_name: str = "OPENAI_BASE_URL"
    model_name: str = "RED_PANDAS_MODEL"

    @property
    def host(self) -> str:
        """Host and port of the address, without user name and password."""
        try:
            return urlsplit(self.base_url).netloc.rpartition("@")[2] or self.base_url[:80]
        except ValueError:
            return "the given address"

    def scrub(self, text: str) -> str:
        """The provider's own words on one line, short, without anything that looks like a key."""
        shown = text.replace(self.key, "…") if self.key else text
        shown = re.sub(r"\b(sk|key|gsk|lsv2|Bearer)[-_ ][^\s,;'\"]+", "…", shown, flags=re.IGNORECASE)
        return " ".join("".join(c if c.isprintable() else " " for c in shown).split())[:200]


def unusable(place: Place) -> Problem | None:
    """What is wrong with the settings themselves, before anything is sent."""
    try:
        parts = urlsplit(place.base_url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good:
        return Problem(
            "The address of the language model is not one.",
            f"{place.url_name} looks like https://api.openai.com/v1.",
        )
    if not (place.key.isascii() and place.key.isprintable() and " " not in place.key):
        return Problem(
            "The key of the language model holds characters that no key can have.", f"Check {place.key_name}."
        )
    return None


def late(place: Place, seconds: float) -> Problem:
    return Problem(
        f"The language model {place.model} at {place.host} gave no complete reply within {seconds:g} seconds.",
        "Ask again, or raise RED_PANDAS_MODEL_TIMEOUT_SECONDS for a slow model.",
    )


def unfinished(place: Place) -> Problem:
    """For a call that ended in a way nobody foresaw; its traceback is in the log."""
    return Problem(f"The language model {place.model} could not be asked.", f"Look at the log. {WITHOUT}")


def explain(error: Exception, place: Place, seconds: float) -> Problem:
    """The problem behind an exception of LangChain, openai or the HTTP library. `seconds` is the time-out."""
    import httpx2
    import openai

    chain = list(_causes(error))
    late_errors, lost, faults = _errors_of(chain, openai)
    if any(isinstance(cause, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.ProxyError) for cause in chain):
        return _unreachable(place)
    if any(isinstance(cause, (httpx2.TimeoutException, *late_errors)) for cause in chain):
        return late(place, seconds)
    if isinstance(error, StatusError):
        return _status(error, place)
    if any(isinstance(cause, httpx2.TransportError) for cause in chain):
        return _broken(place)
    if isinstance(error, (*lost, httpx2.InvalidURL, OSError)):
        return _unreachable(place)
    if isinstance(error, faults):
        return _server(place)
    if "LANGCHAIN_TRACING" in str(error):
        return Problem("LANGCHAIN_TRACING is set, which LangChain no longer supports.", "Unset it and start again.")
    return _no_chat(place)


def _errors_of(chain: Sequence[BaseException], openai: Any) -> tuple[tuple[type, ...], ...]:
    """Time-outs, lost connections and all other errors of the libraries that the exceptions come from."""
    libraries = [openai]
    if any(type(each).__module__.startswith("anthropic") for each in chain):
        import anthropic

        libraries.append(anthropic)
    names = ("APITimeoutError", "APIConnectionError", "APIError")
    return tuple(tuple(getattr(library, name) for library in libraries) for name in names)


def _status(error: StatusError, place: Place) -> Problem:
    status = error.status_code
    if status in (401, 403):
        return _key(place, status)
    if status == 404:
        return Problem(
            f"The language model “{place.model}” is not known at {place.host}.",
            f"Check {place.model_name}, and {place.url_name}, which usually ends in /v1.",
        )
    if status == 429:
        return _limited(error, place)
    if status in (408, 409) or status >= 500:
        return _server(place, status, _asked(error))
    if status in (400, 422):
        return _refused(error, place)
    return Problem(
        f"{place.host} did not take the request (HTTP {status}).", f"Check {place.url_name}, which usually ends in /v1."
    )


def _key(place: Place, status: int) -> Problem:
    if not place.key:
        return Problem(f"{place.host} asks for a key and none is set.", f"Set {place.key_name}. {WITHOUT}")
    return Problem(f"{place.host} did not accept the key (HTTP {status}).", f"Check {place.key_name}. {WITHOUT}")


def _limited(error: StatusError, place: Place) -> Problem:
    if getattr(error, "code", None) == "insufficient_quota":
        return Problem(f"The account at {place.host} has no credit left.", f"Top it up, or use another key. {WITHOUT}")
    wait = _asked(error)
    patient = wait is None or wait <= LONGEST_WAIT
    when = f"Try again in {wait:.0f} seconds." if wait and not patient else "Try again in a minute."
    return Problem(f"{place.host} is limiting the number of requests.", when, again=patient, wait=wait)


def _server(place: Place, status: int | None = None, wait: float | None = None) -> Problem:
    what = f"HTTP {status}" if status else "it reported an error"
    patient = wait is None or wait <= LONGEST_WAIT
    return Problem(
        f"The language model's server {place.host} is not working right now ({what}).",
        f"Try again in a minute. {WITHOUT}",
        again=patient,
        wait=wait,
    )


def _refused(error: StatusError, place: Place) -> Problem:
    words = place.scrub(error.message)
    if re.search(r"context.{0,10}(length|window)|too long|maximum.{0,20}tokens", words, re.IGNORECASE):
        return Problem(
            f"The question is too long for the language model {place.model}.",
            "Ask a shorter question, start a new conversation, or choose a model that takes more text.",
        )
    return Problem(
        f"{place.host} refused the request: {words}", f"Check {place.model_name} and {place.url_name}.", malformed=True
    )


def _unreachable(place: Place) -> Problem:
    return Problem(
        f"The language model's server {place.host} cannot be reached.",
        f"Check {place.url_name}, the network and the proxy settings. {WITHOUT}",
        again=True,
    )


def _broken(place: Place) -> Problem:
    return Problem(f"The connection to {place.host} broke off before the reply was complete.", "Ask again.", again=True)


def _no_chat(place: Place) -> Problem:
    return Problem(
        f"What {place.host} answered is not the reply of a language model.",
        f"Check {place.url_name}, which usually ends in /v1.",
    )


def _asked(error: StatusError) -> float | None:
    """Seconds in the `Retry-After` header, given as a number or as a date."""
    text = error.response.headers.get("retry-after", "").strip()
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        return max(0.0, (email.utils.parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
