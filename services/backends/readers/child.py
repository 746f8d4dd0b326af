"""The process in which files are read where the sandbox cannot hold one: its argument is the folder with the task."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

from services.backends.readers import program, tasks
from services.backends.readers.isolation import ADDRESS_SPACE_MB


def main() -> None:
    """Does the task in the folder, within limits."""
    folder = sys.argv[1]
    _limit(tasks.asked(Path(folder)).seconds)
    program.run(None, folder, is_telling=False)


def _limit(seconds: int) -> None:
    """Bounds the time and memory of this process, where the system can."""
    with suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_MB * 2**20,) * 2)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
