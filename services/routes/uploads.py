"""Files in pieces, straight to disk: the browser begins an upload, sends pieces, and goes on after a cut.

Every call carries a ticket in a header: the page's to begin or go on, the upload's own for its pieces.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services import tickets, uploads
from services.domain import Upload
from services.errors import BadInput
from services.routes.guard import check_person, guarded
from services.workspace import Backends, Workspace

PREFIX: Final = "/transfer/uploads"
TICKET: Final = "x-ticket"
PURPOSE: Final = "upload"
"""What the page's ticket is for."""
PIECE_BYTES: Final = 8 * 2**20
MOST_BODY_BYTES: Final = 2 * PIECE_BYTES
BUFFER_BYTES: Final = 2**20
"""Written to disk at once: 500 MB took 4 s with it, twice that with the 64 kB that the server hands out."""
HOLDING_SECONDS: Final = 24 * 3_600
"""How long an upload may take."""
MOST_TOLD_BYTES: Final = 8_192


def routes(backends: Callable[[], Backends]) -> list[Route]:
    """Begin, look, send a piece, finish, give up; `backends` gives those of the process."""

    async def probe(request: Request) -> Response:
        await _person(request, backends(), PURPOSE)
        return Response(status_code=204)

    async def begin(request: Request) -> Response:
        ws = await _person(request, backends(), PURPOSE)
        name, size = _named(await _short(request))
        return await _told(ws, await run_in_threadpool(uploads.begin, ws, name, size), 201)

    async def resume(request: Request) -> Response:
        ws = await _person(request, backends(), PURPOSE)
        return await _told(ws, await run_in_threadpool(uploads.state, ws, request.path_params["id"]))

    async def append(request: Request) -> Response:
        upload_id, at = request.path_params["id"], _offset(request)
        ws = await _person(request, backends(), _own(upload_id))
        try:
            async for piece in _buffered(request):
                await run_in_threadpool(uploads.append, ws, upload_id, at, piece)
                at += len(piece)
        except ClientDisconnect:
            return Response(status_code=400)
        return JSONResponse({"received": at})

    async def finish(request: Request) -> Response:
        ws = await _person(request, backends(), _own(request.path_params["id"]))
        await run_in_threadpool(uploads.finish, ws, request.path_params["id"])
        return Response(status_code=204)

    async def discard(request: Request) -> Response:
        ws = await _person(request, backends(), _own(request.path_params["id"]))
        await run_in_threadpool(uploads.discard, ws, request.path_params["id"])
        return Response(status_code=204)

    one = PREFIX + "/{id}"
    return [
        Route(PREFIX + "/probe", guarded(probe), methods=["POST"]),
        Route(PREFIX, guarded(begin), methods=["POST"]),
        Route(one + "/resume", guarded(resume), methods=["POST"]),
        Route(one, guarded(append), methods=["PUT"]),
        Route(one + "/finish", guarded(finish), methods=["POST"]),
        Route(one, guarded(discard), methods=["DELETE"]),
    ]


async def _person(request: Request, backends: Backends, purpose: str) -> Workspace:
    """Raises: Forbidden."""
    ticket = request.headers.get(TICKET, "")
    return check_person(request, await run_in_threadpool(tickets.redeem, backends, ticket, purpose))


def _own(upload_id: str) -> str:
    return f"{PURPOSE}:{upload_id}"


async def _told(ws: Workspace, upload: Upload, status: int = 200) -> JSONResponse:
    """What the browser needs to send the rest."""
    ticket = await run_in_threadpool(tickets.give, ws, _own(upload.id), HOLDING_SECONDS)
    return JSONResponse(
        {"id": upload.id, "ticket": ticket, "received": upload.received, "size": upload.size, "whole": upload.is_whole},
        status_code=status,
    )


async def _short(request: Request) -> bytes:
    """The body of a request that says little. Raises: BadInput."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_TOLD_BYTES:
            raise BadInput("The name of the file is too long.", "Rename it and try again.")
    return bytes(body)


def _named(body: bytes) -> tuple[str, int]:
    """Name and size of the file. Raises: BadInput."""
    try:
        told: Any = json.loads(body)
        name, size = told["name"], told["size"]
    except (ValueError, TypeError, KeyError, RecursionError):
        name = size = None
    if not isinstance(name, str) or not isinstance(size, int) or size < 0:
        raise BadInput("The browser did not say which file it sends.", "Reload the page and try again.")
    return name, size


def _offset(request: Request) -> int:
    """Raises: BadInput."""
    at = request.query_params.get("at", "")
    if not at.isdecimal() or len(at) > 18:
        raise BadInput("The browser did not say where this piece belongs.", "Reload the page and try again.")
    return int(at)


async def _buffered(request: Request) -> AsyncIterator[bytes]:
    """The body in pieces of `BUFFER_BYTES`. Raises: BadInput, when it is longer than a piece may be."""
    held, total = bytearray(), 0
    async for part in request.stream():
        total += len(part)
        if total > MOST_BODY_BYTES:
            raise BadInput("This piece of the file is too large.", "Reload the page and try again.")
        held += part
        if len(held) >= BUFFER_BYTES:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)
