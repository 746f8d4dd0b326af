"""Processes that are killed in the middle of a change, and processes that change the same version at once."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pyarrow.parquet as pq
import pytest

from services import changes, cleaner, datasets, versions
from services.backends import fingerprint
from services.domain import Dataset, Version
from services.workspace import Workspace

pytestmark = pytest.mark.long

Process: TypeAlias = "subprocess.Popen[str]"
Start = Callable[..., list[Process]]


def digest(path: Path, version: Version) -> str:
    """Of the file as it was read, or of what a step left in it."""
    if version.parent_id is None:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    table = pq.read_table(path)
    return next(found for _, found in fingerprint.of(table.schema, [table]))


@pytest.fixture
def start(ws: Workspace, orders: Dataset) -> Iterator[Start]:
    """Processes on the same home, one for each column, warm and waiting for a line: `start("units", times=100)`."""
    running: list[Process] = []

    def begin(column: str, times: int) -> Process:
        arguments = [str(ws.backends.settings.home), orders.head_id, column, str(times)]
        command = [sys.executable, "-u", "-m", "tests.second_cleaner", *arguments]
        root = Path(__file__).parents[1]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root)

    def second(*columns: str, times: int) -> list[Process]:
        running.extend(begin(column, times) for column in columns)
        for process in running:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        return running

    yield second
    for process in running:
        process.kill()
        process.wait()


def go(*processes: Process) -> None:
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()


LONG = [pytest.param(delay, marks=pytest.mark.long) for delay in (0.0, 0.05, 0.13, 0.5, 0.8)]


@pytest.mark.parametrize("delay", [0.31, *LONG])
def test_a_process_killed_in_the_middle_of_a_change_leaves_nothing_half_there(
    ws: Workspace, orders: Dataset, start: Start, delay: float
) -> None:
    [process] = start("units", times=1_000)
    go(process)
    time.sleep(delay)
    process.kill()
    process.wait()
    known = versions.list_all(ws, orders.id)
    for version in known:
        with changes.local(ws, version.id) as path:
            assert digest(path, version) == version.content_hash
        assert datasets.profile(ws, version.id).rows == version.rows
    assert datasets.get(ws, orders.id).head_id in {version.id for version in known}
    keys = set(ws.backends.storage.list(f"{ws.team.id}/datasets/"))
    assert {version.storage_key for version in known} <= keys
    assert all(each.what != "file without a version" for each in cleaner.clean(ws))


def test_of_two_processes_that_change_one_version_at_once_one_moves_the_head(
    ws: Workspace, orders: Dataset, start: Start
) -> None:
    processes = start("units", "price", times=1)
    go(*processes)
    said = [process.communicate(timeout=60)[0].split() for process in processes]
    assert sorted(is_head for _, is_head in said) == ["False", "True"]
    [winner] = [version_id for version_id, is_head in said if is_head == "True"]
    assert datasets.get(ws, orders.id).head_id == winner
    assert len(versions.list_all(ws, orders.id)) == 7
    for version_id, _ in said:
        assert datasets.page(ws, version_id, 0, 9).num_rows == 8
