"""The process in which files with foreign parsers are read: a request on standard input, a file with the outcome."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from pathlib import Path

from services.backends.readers import families
from services.backends.readers.failures import plain_errors
from services.backends.readers.found import File
from services.backends.readers.isolation import ADDRESS_SPACE_MB, OUTCOME, Request
from services.errors import BadInput


def main() -> None:
    """Reads what standard input asks for, within limits."""
    request = Request(**json.load(sys.stdin))
    _limit(request.seconds)
    outcome = Path(request.work) / OUTCOME
    try:
        with plain_errors(request.name):
            found = _found(request)
    except BadInput as error:
        found = {"error": [error.message, error.hint]}
    outcome.write_text(json.dumps(found), encoding="utf-8", errors="replace")


def _found(request: Request) -> dict[str, object]:
    work = Path(request.work) / "child"
    work.mkdir()
    file = File(
        Path(request.path),
        request.name,
        work,
        request.max_columns,
        request.memory_mb,
        request.unpacked_mb,
        request.typed,
    )
    if request.target:
        report = families.read(file, Path(request.target), request.table)
        return {"report": report.model_dump(mode="json")}
    return {"tables": [found.model_dump() for found in families.tables(file)]}


def _limit(seconds: int) -> None:
    """Bounds the time and memory of this process, where the system can."""
    with suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_MB * 2**20,) * 2)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
