"""The warm process: replaced when it dies, gone when its parent is."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sandbox import RunRequest, RunStatus, Sandbox, child
from sandbox.launch import ZygoteLauncher

ONE = RunRequest(id="1", code="result = 1")


def pid_of(box: Sandbox) -> int:
    launcher = box._launcher
    assert isinstance(launcher, ZygoteLauncher)
    return launcher.pid()


def is_alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def family(pid: int) -> list[int]:
    """The process, and all below it."""
    found = [pid]
    for each in found:
        with contextlib.suppress(FileNotFoundError):
            found += [int(child) for child in Path(f"/proc/{each}/task/{each}/children").read_text().split()]
    return found


def named(pid: int, name: str) -> list[int]:
    """Those of its family that have the name: `child.RUN` for runs under way, `child.SPARE` for those that wait."""
    return [each for each in family(pid) if name_of(each) == name]


def name_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def eventually(condition, seconds: float = 5.0) -> bool:  # type: ignore[no-untyped-def]
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.long
def test_dead_zygote_is_replaced_unnoticed() -> None:
    box = Sandbox()
    try:
        first = pid_of(box)
        os.kill(first, signal.SIGKILL)
        assert box.run(ONE).status is RunStatus.OK
        assert eventually(lambda: box.run(ONE).status is RunStatus.OK and pid_of(box) != first)
        second = pid_of(box)
        threading.Timer(0.5, os.kill, [second, signal.SIGKILL]).start()
        heard: list[str] = []
        code = "import time\nprint('begin')\ntime.sleep(1)\nprint('end')\nresult = 2"
        result = box.run(RunRequest(id="2", code=code), heard.append)
        assert result.status is RunStatus.OK
        assert "".join(heard) == "begin\nend\n"
        assert pid_of(box) != second
    finally:
        box.close()
    assert eventually(lambda: not is_alive(second))


@pytest.mark.long
def test_children_die_with_the_zygote() -> None:
    box = Sandbox()
    try:
        pid = pid_of(box)
        thread = threading.Thread(target=box.run, args=(RunRequest(id="x", code="import time\ntime.sleep(60)"),))
        thread.start()
        assert eventually(lambda: named(pid, child.RUN) and named(pid, child.SPARE))
        children = named(pid, child.RUN) + named(pid, child.SPARE)
        box.close()
        os.kill(pid, signal.SIGKILL) if is_alive(pid) else None
        assert eventually(lambda: not any(map(is_alive, children)))
        thread.join(5)
        assert not thread.is_alive()
    finally:
        box.close()


@pytest.mark.long
def test_zygote_goes_when_the_parent_is_killed() -> None:
    code = (
        "import sys, time\nfrom sandbox import Sandbox\nbox = Sandbox()\n"
        "print(box._launcher.pid(), flush=True)\ntime.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    assert is_alive(pid)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert eventually(lambda: not is_alive(pid))


def test_many_callers_at_once(sandbox: Sandbox) -> None:
    requests = [RunRequest(id=str(n), code=f"result = {n}") for n in range(24)]
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(sandbox.run, requests))
    assert [result.outputs[0].value for result in results] == list(range(24))


def test_closed_sandbox_starts_again() -> None:
    box = Sandbox()
    box.close()
    try:
        assert box.run(ONE).status is RunStatus.OK
    finally:
        box.close()


@pytest.mark.parametrize("without", [(), pytest.param(("files",), marks=pytest.mark.long)], ids=["L", "N"])
def test_zygote_has_one_thread(without: tuple[str, ...]) -> None:
    box = Sandbox(without=without)
    try:
        assert box.run(ONE).status is RunStatus.OK
        assert eventually(lambda: named(pid_of(box), child.SPARE))
        for pid in family(pid_of(box)):
            assert "\nThreads:\t1\n" in Path(f"/proc/{pid}/status").read_text()
    finally:
        box.close()
