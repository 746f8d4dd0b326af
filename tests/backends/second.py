"""What a second process does in these tests: `python -m tests.backends.second <role> <url> ...`."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from services.backends.database import Database
from services.backends.job_rows import JobRows
from services.backends.rows import Rows
from services.backends.runners import LocalRunner
from services.domain import Job, JobStatus
from services.errors import Stopped
from services.protocols import Progress


def start(role: str, *arguments: object) -> subprocess.Popen[str]:
    """A process that plays this role; its lines are read from `stdout`."""
    command = [sys.executable, "-u", "-m", "tests.backends.second", role, *map(str, arguments)]
    root = Path(__file__).parents[2]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=root)


def migrate(url: str) -> None:
    """Opens the database of a fresh home."""
    Database(url).migrate()


def migrate_and_hang(url: str) -> None:
    """Stops in the middle of making the tables, until it is killed."""
    from alembic.operations import Operations

    def hang(*_: object, **__: object) -> None:
        _say("half way")
        time.sleep(600)

    Operations.create_index = hang  # type: ignore[assignment]
    Database(url).migrate()


def write(url: str, conversation_id: str, count: str) -> None:
    """Reads and writes in turns, as busy pages and jobs do."""
    from tests.backends import nouns

    rows = Rows(Database(url), "local", "local")
    conversation = rows.conversation(conversation_id)
    for _ in range(int(count)):
        turn = nouns.stored_turn(rows, conversation)
        rows.turns(conversation_id, last=3)
        rows.save_turn(nouns.answered(turn))


def work(url: str, lease_seconds: str, *job_ids: str) -> None:
    """Runs these jobs, one at a time, until it is killed or they are stopped."""
    runner = LocalRunner(JobRows(Database(url)), jobs_at_once=1, lease_seconds=float(lease_seconds))
    runner.start(_stream)
    for job_id in job_ids:
        runner.submit(job_id)
    while any(runner.live(job_id) for job_id in job_ids):
        time.sleep(0.02)
    _say("ended")


def _stream(_job: Job, progress: Progress) -> JobStatus:
    progress.stage("Streaming")
    _say("running")
    try:
        while True:
            progress.text(datetime.now(UTC).isoformat())
            time.sleep(0.02)
    except Stopped:
        return JobStatus.STOPPED


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


ROLES: dict[str, Callable[..., None]] = {
    "migrate": migrate,
    "migrate_and_hang": migrate_and_hang,
    "write": write,
    "work": work,
}

if __name__ == "__main__":
    ROLES[sys.argv[1]](*sys.argv[2:])
