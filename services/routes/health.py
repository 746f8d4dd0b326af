"""`/healthz` says that the process answers, `/readyz` that its database and its storage do too."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from services.errors import AppError
from services.workspace import Backends


def routes(backends: Callable[[], Backends]) -> list[Route]:
    """Both checks; `backends` gives those of the process."""

    async def healthz(_: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    def readyz(_: Request) -> JSONResponse:
        """Names what is away but not where it is: anybody may ask."""
        missing = away(backends())
        if missing:
            return JSONResponse({"status": "not ready", "away": missing}, status_code=503)
        return JSONResponse({"status": "ready"})

    return [Route("/healthz", healthz), Route("/readyz", readyz)]


def away(backends: Backends) -> list[str]:
    """What does not answer: "database", "storage"; empty when all is well."""
    checks = {"database": backends.database.check, "storage": backends.storage.check}
    return [name for name, check in checks.items() if not _passes(check)]


def _passes(check: Callable[[], None]) -> bool:
    try:
        check()
    except (AppError, SQLAlchemyError):
        return False
    return True
