"""Sets the cookie of a browser: the page checks who somebody is, and the browser exchanges its ticket here.

No page and no script of a page ever sees the cookie (HttpOnly), and no other site can send it along (SameSite).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.accounts import cookies
from services.accounts.places import Place, place
from services.errors import Forbidden
from services.routes.guard import guarded
from services.workspace import Backends

PATH: Final = "/sign-in/session"
MOST_BYTES: Final = 1_000
LASTS_SECONDS: Final = cookies.MOST_DAYS * 24 * 3_600
"""How long the browser keeps the cookie; when it stops being good is for the database to say."""


def routes(backends: Callable[[], Backends]) -> list[Route]:
    """One: a ticket goes in, a cookie comes out."""

    async def begin(request: Request) -> Response:
        ticket = await _ticket(request)
        return await run_in_threadpool(_begin, backends(), request, ticket)

    return [Route(PATH, guarded(begin), methods=["POST"])]


def where(request: Request, backends: Backends) -> Place:
    """Where a request comes from. A page's own request names its origin, and with it whether that is HTTPS."""
    headers = request.headers
    forwarded = ",".join(headers.getlist("x-forwarded-for"))
    peer = request.client.host if request.client else ""
    trusted = backends.settings.trusted_proxies
    return place(peer, forwarded, headers.get("user-agent", ""), headers.get("origin", ""), trusted)


def cookie_of(sent: dict[str, str]) -> str:
    """The cookie among those a browser sent, or ""."""
    return sent.get(cookies.SECURE) or sent.get(cookies.PLAIN, "")


def set_cookie(cookie: str, *, secure: bool, seconds: int = LASTS_SECONDS) -> str:
    """The header that gives the browser its cookie; with 0 seconds, the one that takes it away."""
    name, more = (cookies.SECURE, "; Secure") if secure else (cookies.PLAIN, "")
    return f"{name}={cookie}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{more}"


def _begin(backends: Backends, request: Request, ticket: str) -> Response:
    here = where(request, backends)
    cookie = cookies.exchange(backends, ticket, here, cookie_of(request.cookies))
    return Response(
        status_code=204, headers={"set-cookie": set_cookie(cookie, secure=here.secure), "cache-control": "no-store"}
    )


async def _ticket(request: Request) -> str:
    """Raises: Forbidden."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            break
    try:
        ticket = json.loads(bytes(body))["ticket"]
    except (ValueError, TypeError, KeyError, RecursionError):
        ticket = None
    if not isinstance(ticket, str):
        raise Forbidden("The browser did not say who signs in.", "Reload the page and try again.")
    return ticket
