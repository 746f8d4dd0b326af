"""Files to take away, straight from disk: the address holds a signed ticket for one thing, one format and one person.

CSV is written while it goes out, so that the first bytes come at once and nothing is held in memory.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Final
from urllib.parse import quote

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import Route

from services import departure, exports, tickets
from services.errors import Forbidden
from services.exports import Format
from services.routes.guard import check_person, guarded
from services.workspace import Backends

PREFIX: Final = "/transfer/downloads"
ARCHIVE: Final = "/transfer/archive"
PURPOSE: Final = "archive"
"""What a ticket for all one's data is for."""
HEADERS: Final = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "content-security-policy": "sandbox",
}


def purpose(version_id: str, format: Format) -> str:
    """What a ticket for this download is for."""
    return f"download:{format}:{version_id}"


def routes(backends: Callable[[], Backends]) -> list[Route]:
    """Two: `/transfer/downloads/{version}/{format}?ticket=...`, and all one's data, `/transfer/archive?ticket=...`."""

    async def download(request: Request) -> Response:
        return await run_in_threadpool(_download, backends(), request)

    async def archive(request: Request) -> Response:
        return await run_in_threadpool(_archive, backends(), request)

    return [
        Route(PREFIX + "/{version}/{format}", guarded(download), methods=["GET"]),
        Route(ARCHIVE, guarded(archive), methods=["GET"]),
    ]


def _download(backends: Backends, request: Request) -> Response:
    version_id, format = request.path_params["version"], _format(request.path_params["format"])
    ws = tickets.redeem(backends, request.query_params.get("ticket", ""), purpose(version_id, format))
    check_person(request, ws)
    name = exports.filename(ws, version_id, format)
    headers = _named(name)
    if format is Format.CSV:
        return StreamingResponse(exports.csv(ws, version_id), media_type=format.mime, headers=headers)
    return _file(exports.file(ws, version_id, format), format.mime, headers)


def _archive(backends: Backends, request: Request) -> Response:
    ws = tickets.redeem(backends, request.query_params.get("ticket", ""), PURPOSE)
    check_person(request, ws)
    return _file(departure.archive(ws), "application/zip", _named("red-pandas.zip"))


def _file(made: AbstractContextManager[Path], mime: str, headers: dict[str, str]) -> Response:
    """The file, which is there until it has been sent."""
    with ExitStack() as stack:
        path = stack.enter_context(made)
        held = stack.pop_all()
    return FileResponse(path, media_type=mime, headers=headers, background=BackgroundTask(held.close))


def _named(name: str) -> dict[str, str]:
    return {**HEADERS, "content-disposition": f"attachment; filename*=utf-8''{quote(name, safe='')}"}


def _format(name: str) -> Format:
    """Raises: Forbidden."""
    try:
        return Format(name)
    except ValueError:
        raise Forbidden("There is no such download.", "Reload the page and try again.") from None
