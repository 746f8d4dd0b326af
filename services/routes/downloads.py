"""Datasets as files, straight from disk: the address holds a signed ticket for one version, one format and one person.

CSV is written while it goes out, so that the first bytes come at once and nothing is held in memory.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Final
from urllib.parse import quote

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import Route

from services import exports, tickets
from services.errors import Forbidden
from services.exports import Format
from services.routes.guard import check_person, guarded
from services.workspace import Backends, Workspace

PREFIX: Final = "/transfer/downloads"
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
    """One: `/transfer/downloads/{version}/{format}?ticket=...`."""

    async def download(request: Request) -> Response:
        return await run_in_threadpool(_download, backends(), request)

    return [Route(PREFIX + "/{version}/{format}", guarded(download), methods=["GET"])]


def _download(backends: Backends, request: Request) -> Response:
    version_id, format = request.path_params["version"], _format(request.path_params["format"])
    ws = tickets.redeem(backends, request.query_params.get("ticket", ""), purpose(version_id, format))
    check_person(request, ws)
    name = exports.filename(ws, version_id, format)
    headers = {**HEADERS, "content-disposition": f"attachment; filename*=utf-8''{quote(name, safe='')}"}
    if format is Format.CSV:
        return StreamingResponse(exports.csv(ws, version_id), media_type=format.mime, headers=headers)
    return _file(ws, version_id, format, headers)


def _file(ws: Workspace, version_id: str, format: Format, headers: dict[str, str]) -> Response:
    with ExitStack() as stack:
        path = stack.enter_context(exports.file(ws, version_id, format))
        held = stack.pop_all()
    return FileResponse(path, media_type=format.mime, headers=headers, background=BackgroundTask(held.close))


def _format(name: str) -> Format:
    """Raises: Forbidden."""
    try:
        return Format(name)
    except ValueError:
        raise Forbidden("There is no such download.", "Reload the page and try again.") from None
