"""Children forked ahead of their runs: one run each, held like any other, and no trouble when they die."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import Limits, RunRequest, RunStatus, Sandbox, Value, child
from tests.sandbox.test_zygote import eventually, is_alive, named, pid_of

ONE = RunRequest(id="1", code="result = 1")


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    box = Sandbox(spares=2)
    box.run(ONE)
    yield box
    box.close()


def waiting(box: Sandbox) -> list[int]:
    """The spares, once there are as many as there may be."""
    assert eventually(lambda: len(named(pid_of(box), child.SPARE)) == 2)
    return named(pid_of(box), child.SPARE)


def value(box: Sandbox, code: str) -> object:
    result = box.run(RunRequest(id="1", code=code))
    assert isinstance(result.outputs[0], Value), result
    return result.outputs[0].value


def test_spare_does_one_run(box: Sandbox) -> None:
    first = waiting(box)
    assert value(box, "import sys\nsys.modules['left'] = 1\nresult = 1") == 1
    assert eventually(lambda: sum(map(is_alive, first)) == 1)
    assert value(box, "import sys\nresult = 'left' in sys.modules") is False
    assert not set(first) & set(waiting(box))


def test_dead_spares_are_not_noticed(box: Sandbox) -> None:
    spares = waiting(box)
    for pid in spares:
        os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: not any(map(is_alive, spares)))
    assert value(box, "result = 7") == 7
    assert len(waiting(box)) == 2


def test_spare_holds_nothing_but_its_socket(box: Sandbox) -> None:
    for pid in waiting(box):
        folder = Path(f"/proc/{pid}/fd")
        if not os.access(folder, os.R_OK):
            pytest.skip("only root may look into a process that is closed to others")
        held = [os.readlink(each) for each in folder.iterdir()]  # noqa: PTH115
        assert sorted(held)[:3] == ["/dev/null"] * 3
        assert [each.split(":")[0] for each in sorted(held)[3:]] == ["socket"]


def test_limits_are_those_of_the_run(box: Sandbox) -> None:
    waiting(box)
    code = "import resource\nresult = resource.getrlimit(resource.RLIMIT_CPU)"
    plain = code.replace("import resource\n", "import sys\nresource = sys.modules['resource']\n")
    request = RunRequest(id="1", code=plain, limits=Limits(cpu_seconds=7), trusted=True)
    for _ in range(3):
        assert box.run(request).outputs[0].value == [7, 8]
    large = "result = len(bytearray(400 * 1024 * 1024))"
    waiting(box)
    for _ in range(3):
        result = box.run(RunRequest(id="1", code=large, limits=Limits(memory_mb=100)))
        assert result.status is RunStatus.MEMORY


def test_run_without_a_spare_is_the_same() -> None:
    bare = Sandbox(spares=0)
    try:
        assert value(bare, "result = 5") == 5
        assert named(pid_of(bare), child.SPARE) == []
    finally:
        bare.close()


def test_printed_before_the_end_is_whole(box: Sandbox) -> None:
    for _ in range(5):
        result = box.run(RunRequest(id="1", code="print('x' * 40_000)\nprint('last')\nresult = 1"))
        assert result.stdout == "x" * 40_000 + "\nlast\n"


def test_run_that_closes_its_result_is_over(box: Sandbox) -> None:
    code = "import os, time\nos.close(3)\ntime.sleep(20)\nresult = 1"
    result = box.run(RunRequest(id="1", code=code))
    assert result.status is RunStatus.FAILED
    assert result.seconds < 10


def test_nothing_runs_on_after_the_result(box: Sandbox) -> None:
    code = (
        "import threading, time\n"
        "def on():\n    while True:\n        print('.')\n        time.sleep(0.001)\n"
        "threading.Thread(target=on, daemon=True).start()\nresult = 1"
    )
    heard: list[str] = []
    assert box.run(RunRequest(id="1", code=code), heard.append).status is RunStatus.OK
    said = len(heard)
    assert eventually(lambda: not named(pid_of(box), child.RUN))
    assert len(heard) == said
