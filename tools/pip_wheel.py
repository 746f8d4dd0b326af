"""Fetches pip's wheel with the standard library alone, for a Python that came without any pip."""

from __future__ import annotations

import base64
import hashlib
import re
import ssl
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urldefrag, urljoin, urlsplit, urlunsplit

from tools.pip_settings import Settings

PIPS_OWN_DEFAULT = "https://pypi.org/simple"
"""Where pip looks when nothing is configured."""
WHEEL = re.compile(r"pip-(\d+(?:\.\d+)*)-py3-none-any\.whl$")


class Wheel(NamedTuple):
    version: tuple[int, ...]
    url: str
    sha256: str
    """Empty when the index gave none."""


@contextmanager
def fetch(settings: Settings) -> Iterator[Path]:
    """The path of a pip wheel, valid inside the `with` block.

    Raises: OSError, when the index cannot be reached; ValueError, when it has no suitable wheel or a wrong one.
    """
    index = settings.get("index-url", [PIPS_OWN_DEFAULT])[0].rstrip("/")
    page = f"{index}/pip/"
    newest = choose(wheels(get(page, settings).decode("utf-8", "replace"), page), sys.version_info[:2])
    content = checked(get(newest.url, settings), newest)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / unquote(urlsplit(newest.url).path).rpartition("/")[2]
        path.write_bytes(content)
        yield path


def checked(content: bytes, wheel: Wheel) -> bytes:
    """The content, when it has the digest that the index announced.

    Raises: ValueError.
    """
    if wheel.sha256 and hashlib.sha256(content).hexdigest() != wheel.sha256:
        raise ValueError(f"{wheel.url} is not what the index announced")
    return content


def wheels(page: str, address: str) -> list[tuple[Wheel, str]]:
    """The pip wheels an index page links to, each with the Python it requires ("" for any)."""
    links = _Links()
    links.feed(page)
    found = []
    for href, requires in links.found:
        url, fragment = urldefrag(urljoin(address, href))
        if match := WHEEL.search(unquote(urlsplit(url).path)):
            version = tuple(int(part) for part in match.group(1).split("."))
            sha256 = fragment.removeprefix("sha256=") if fragment.startswith("sha256=") else ""
            found.append((Wheel(version, url, sha256), requires))
    return found


def choose(found: list[tuple[Wheel, str]], python: tuple[int, ...]) -> Wheel:
    """The newest wheel that runs on this Python.

    Raises: ValueError.
    """
    fitting = [wheel for wheel, requires in found if lowest(requires) <= python]
    if not fitting:
        raise ValueError("the package index has no pip for this Python")
    return max(fitting)


def lowest(requires: str) -> tuple[int, ...]:
    """The lowest Python of a clause such as ">=3.10"; (0,) when it names none."""
    match = re.search(r">=\s*(\d+(?:\.\d+)*)", requires)
    return tuple(int(part) for part in match.group(1).split(".")) if match else (0,)


def get(url: str, settings: Settings) -> bytes:
    """What the server sends. A name and password in the address go into a header, as pip does it."""
    parts = urlsplit(url)
    request = urllib.request.Request(urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])))
    request.add_header("Accept", "text/html, */*")
    if parts.username:
        secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        request.add_header("Authorization", "Basic " + base64.b64encode(secret.encode()).decode())
    handlers: list[urllib.request.BaseHandler] = [urllib.request.HTTPSHandler(context=trust(parts.hostname, settings))]
    if proxy := settings.get("proxy"):
        handlers.append(urllib.request.ProxyHandler({"http": proxy[0], "https": proxy[0]}))
    with urllib.request.build_opener(*handlers).open(request, timeout=60) as reply:
        return bytes(reply.read())


def trust(host: str | None, settings: Settings) -> ssl.SSLContext:
    """How the server's certificate is checked: against pip's `cert`, and not at all for its `trusted-host`."""
    context = ssl.create_default_context(cafile=settings.get("cert", [None])[0])
    if host in {name.partition(":")[0] for name in settings.get("trusted-host", [])}:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


class _Links(HTMLParser):
    """Collects each link's address and required Python."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and (href := given.get("href")):
            self.found.append((href, given.get("data-requires-python") or ""))
