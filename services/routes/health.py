"""`/healthz` says that the process answers, `/readyz` that its database does too."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from services.workspace import Backends


def routes(backends: Callable[[], Backends]) -> list[Route]:
    """Both checks; `backends` gives those of the process."""

    async def healthz(_: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    def readyz(_: Request) -> JSONResponse:
        ready = is_ready(backends())
        return JSONResponse({"status": "ready" if ready else "not ready"}, status_code=200 if ready else 503)

    return [Route("/healthz", healthz), Route("/readyz", readyz)]


def is_ready(backends: Backends) -> bool:
    """Whether the database answers."""
    try:
        with backends.database.reading() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True
