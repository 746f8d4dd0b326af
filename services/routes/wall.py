"""Where people sign in: without a session nothing is answered but what the sign-in itself is made of."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, MutableMapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from services.accounts import cookies
from services.domain import Session
from services.errors import Unavailable
from services.routes.guard import PERSON, is_own_page
from services.routes.local_only import App, Receive, Scope, Send, may_be_framed
from services.routes.sign_in import PATH, cookie_of, set_cookie
from services.workspace import Backends

OPEN: Final = re.compile(
    r"(/[^/]+)?/_stcore/(health|host-config)|/_stcore/(stream|bidi-components/.*)|/healthz|/readyz|/static/.*|"
    r"/app/static/.*|/component/.*|/auth/(login|logout)|/oauth2callback|" + re.escape(PATH)
)
"""What the sign-in page is made of, the page's own connection included: it decides for itself what it draws."""
CLOSED: Final = re.compile(r"(/.*)?/(_stcore|media|transfer|component|app|auth|sign-in)(/.*)?")
"""Everything else under these names needs a session. What is left are the addresses of pages: they draw the sign-in."""
MEDIA: Final = re.compile(r"(/.*)?/media/(?P<name>[^/]+)")
"""Images and small downloads of a page: whoever has a tab that shows it may fetch it, and nobody else."""
HEADERS: Final = (
    # First, because a page that may be framed has all but this one.
    (b"content-security-policy", b"frame-ancestors 'self'"),
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
)
READING: Final = ("GET", "HEAD", "OPTIONS")
PAGE: Final = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign in</title>'
    '<meta name="color-scheme" content="light dark"><body style="font:16px system-ui;margin:3rem auto;max-width:30rem">'
    '<h1>Sign in</h1><p>You are not signed in. <a href="/">Sign in</a>, then try again.</p>'
)


class Wall:
    """ASGI middleware for servers with accounts; `base` is what all paths begin with, `showing` gives the tabs that
    show the media file with this id."""

    def __init__(
        self,
        app: App,
        backends: Callable[[], Backends],
        is_needed: Callable[[], bool],
        base: Callable[[], str] = str,
        showing: Callable[[str], Collection[str]] = lambda _: (),
    ) -> None:
        self._app, self._backends, self._is_needed, self._base = app, backends, is_needed, base
        self._showing = showing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self._is_needed():
            await self._app(scope, receive, send)
        else:
            await self._answer(scope, receive, _dressed(send, HEADERS[may_be_framed(scope) :]))

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        request, path = Request(scope), self._path(scope)
        if request.method not in READING and not is_own_page(request):
            await _refused(request, 403)(scope, receive, send)
        elif OPEN.fullmatch(path) and (path == PATH or request.method in READING):
            await self._app(scope, receive, send)
        else:
            await self._guarded(request, path, receive, send)

    async def _guarded(self, request: Request, path: str, receive: Receive, send: Send) -> None:
        cookie = cookie_of(request.cookies)
        try:
            session = await run_in_threadpool(cookies.who, self._backends(), cookie) if cookie else None
        except Unavailable:
            session = None
        is_page = request.method in READING and not CLOSED.fullmatch(path)
        if media := MEDIA.fullmatch(path) if request.method in READING else None:
            await self._media(request, media["name"], session, receive, send)
            return
        if session is None and not is_page:
            await _refused(request, 401)(request.scope, receive, send)
            return
        if session:
            request.scope[PERSON] = session.user_id
        handed = self._handed(request, session, cookie) if is_page and _is_document(request) else None
        await self._app(request.scope, receive, _with(send, handed) if handed else send)

    async def _media(self, request: Request, name: str, session: Session | None, receive: Receive, send: Send) -> None:
        """What a published link shows is there for somebody who is not signed in, as long as they look at it."""
        tabs = self._showing(PurePosixPath(name).stem)
        people = self._backends().tabs.people(tabs)
        user_id = session.user_id if session else ""
        if user_id in people or (session and not people):
            await self._app(request.scope, receive, send)
        else:
            await _refused(request, 404 if session else 401)(request.scope, receive, send)

    def _path(self, scope: Scope) -> str:
        """The path without doubled slashes, as whatever answers may take it, and without what all begin with."""
        return re.sub(r"/{2,}", "/", str(scope["path"])).removeprefix(self._base())

    def _handed(self, request: Request, session: Session | None, cookie: str) -> str | None:
        """The header that hands out a fresh cookie, or takes a dead one away; None when it is fine as it is."""
        secure = cookies.SECURE in request.cookies
        if session:
            fresh = cookies.fresh(self._backends(), session)
            return set_cookie(fresh, secure=secure) if fresh else None
        if self._backends().settings.sign_in == "visitors":
            keeps = cookie and cookies.parse(self._backends(), cookie)
            return None if keeps else set_cookie(cookies.mint(self._backends()), secure=_is_secure(request))
        return set_cookie("", secure=secure, seconds=0) if cookie else None


def _is_document(request: Request) -> bool:
    """Whether a person opens a page, rather than a page loading a part of itself."""
    wanted = request.headers.get("sec-fetch-dest")
    return request.method == "GET" and (
        wanted == "document" if wanted else "text/html" in request.headers.get("accept", "")
    )


def _is_secure(request: Request) -> bool:
    return request.url.scheme == "https" or request.headers.get("x-forwarded-proto", "").lower() == "https"


def _refused(request: Request, status: int) -> Response:
    if status == 401 and "text/html" in request.headers.get("accept", ""):
        return HTMLResponse(PAGE, status, headers={"cache-control": "no-store"})
    told = {"message": "You are not signed in.", "hint": "Sign in and try again."}
    if status == 404:
        told = {"message": "This is not here any more.", "hint": "Reload the page that showed it."}
    if status == 403:
        told = {"message": "Another site may not do this.", "hint": "Open Red Pandas itself."}
    return JSONResponse(told, status, headers={"cache-control": "no-store"})


def _dressed(send: Send, more: Sequence[tuple[bytes, bytes]]) -> Send:
    """Sends the same with the headers that keep other sites out."""

    async def dress(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), *more]}
        await send(message)

    return dress


def _with(send: Send, header: str) -> Send:
    """Sends the same with a cookie, which no cache may keep."""

    async def hand(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            kept = [pair for pair in message.get("headers", []) if pair[0].lower() != b"cache-control"]
            more = [(b"set-cookie", header.encode("latin-1")), (b"cache-control", b"no-store")]
            message = {**message, "headers": [*kept, *more]}
        await send(message)

    return hand
