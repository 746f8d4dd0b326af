"""A whole app without its pages, as another process or machine runs it: `python -m tests.app_process <role> ...`.

Its database and bucket come from the environment; its home folder is its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from services import connections, conversations, datasets, wiring
from services.assistant import pipeline
from services.domain import TurnStatus
from services.settings import Settings
from services.workspace import LOCAL_USER, Workspace, open_workspace

PROJECT = Path(__file__).resolve().parent.parent


def start(role: str, *words: object, environment: Mapping[str, str]) -> subprocess.Popen[str]:
    """The process that plays this role; its lines are JSON."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("S3_", "AWS_", "RED_PANDAS_"))}
    return subprocess.Popen(
        [sys.executable, "-u", "-m", "tests.app_process", role, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
        env={**kept, **environment},
    )


def result(process: subprocess.Popen[str], seconds: float = 100) -> dict[str, object]:
    """The last line of a process that ended well."""
    out, errors = process.communicate(timeout=seconds)
    assert process.returncode == 0, errors
    found: dict[str, object] = json.loads(out.splitlines()[-1])
    return found


def upload(ws: Workspace, path: str) -> None:
    """Makes a dataset of a file."""
    dataset = datasets.upload(ws, Path(path), Path(path).name)
    say(dataset=dataset.id, head=dataset.head_id)


def ask(ws: Workspace, dataset_id: str, count: str) -> None:
    """Asks the same question some times, at once, and waits for the answers."""
    turns = []
    for _ in range(int(count)):
        conversation = conversations.create(ws, dataset_id)
        turns.append(pipeline.ask(ws, conversation.id, "How many rows are there?").id)
    found = [wait(ws, turn) for turn in turns]
    owners = {ws.rows.job(conversations.turn(ws, turn).job_id).owner for turn in turns}
    say(answers=sorted(set(found)), turns=turns, owners=sorted(owners))


def rows(ws: Workspace, dataset_id: str) -> None:
    """Shows the last rows, out of core, and how many connections the team has."""
    head = datasets.head(ws, dataset_id)
    page = datasets.page(ws, head.id, head.rows - 3, 3)
    say(rows=head.rows, last=page.column(0).to_pylist(), connections=len(connections.list_all(ws)))


def wait(ws: Workspace, turn_id: str) -> str:
    deadline = time.monotonic() + 80
    while time.monotonic() < deadline:
        turn = conversations.turn(ws, turn_id)
        if turn.status.is_final:
            return turn.answer.text if turn.status is TurnStatus.ANSWERED and turn.answer else f"{turn.status}: {turn}"
        time.sleep(0.1)
    return "no answer"


def say(**told: object) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


ROLES: dict[str, Callable[..., None]] = {"upload": upload, "ask": ask, "rows": rows}


def main(role: str, *words: str) -> None:
    """Opens everything, plays the role, closes everything."""
    backends = wiring.connect(Settings())
    try:
        ROLES[role](open_workspace(backends, LOCAL_USER.id), *words)
    finally:
        wiring.close(backends)


if __name__ == "__main__":
    main(*sys.argv[1:])
