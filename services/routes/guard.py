"""What every route of ours shares: only this server's own pages may call it, and errors are sentences."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from services.errors import AppError, Forbidden, NotFound
from services.routes.local_only import is_same_origin
from services.workspace import Workspace

PERSON: Final = "red_pandas.person"
"""Where the wall leaves the id of whoever is signed in, in the scope of a request."""
Answer = Callable[[Request], Awaitable[Response]]


def guarded(answer: Answer) -> Answer:
    """The same for requests of this server's own pages, with errors as sentences."""

    @wraps(answer)
    async def safe(request: Request) -> Response:
        try:
            if not is_own_page(request):
                raise Forbidden("Another site may not do this.", "Open Red Pandas itself.")
            return await answer(request)
        except AppError as error:
            return JSONResponse({"message": error.message, "hint": error.hint}, status_code=_status(error))

    return safe


def is_own_page(request: Request) -> bool:
    """Whether the browser says so: its own word, which no page can forge, counts more than names behind a proxy."""
    said = request.headers.get("sec-fetch-site")
    if said:
        return said in ("same-origin", "none") if request.method == "GET" else said == "same-origin"
    return is_same_origin(request.headers.get("origin"), request.headers.get("host"))


def check_person(request: Request, ws: Workspace) -> Workspace:
    """The workspace, when it is that of whoever is signed in: an address that somebody else was sent opens nothing.

    Raises: Forbidden.
    """
    if request.scope.get(PERSON, ws.user.id) != ws.user.id:
        raise Forbidden("This was made for somebody else.", "Open the page yourself and try again.")
    return ws


def _status(error: AppError) -> int:
    return {NotFound: 404, Forbidden: 403}.get(type(error), 400)
