"""Things that break around a run: the next one is served all the same, and nothing piles up."""

from __future__ import annotations

import os
import resource
import signal
import threading
import time
from pathlib import Path

import pytest

from sandbox import RunRequest, RunStatus, Sandbox, child
from tests.sandbox.test_zygote import eventually, family, is_alive, name_of, named, pid_of

pytestmark = pytest.mark.long

ONE = RunRequest(id="1", code="result = 1")


def open_files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def test_killed_child_is_a_result(sandbox: Sandbox) -> None:
    def kill() -> None:
        assert eventually(lambda: named(pid_of(sandbox), child.RUN))
        os.kill(named(pid_of(sandbox), child.RUN)[0], signal.SIGKILL)

    sandbox.run(ONE)
    assert eventually(lambda: not named(pid_of(sandbox), child.RUN))
    thread = threading.Thread(target=kill)
    thread.start()
    result = sandbox.run(RunRequest(id="x", code="import time\ntime.sleep(20)\nresult = 1"))
    thread.join(5)
    assert result.status in (RunStatus.MEMORY, RunStatus.FAILED)
    assert result.seconds < 10
    assert sandbox.run(ONE).status is RunStatus.OK


def test_stopped_zygote_ends_in_a_timeout_and_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.watch.GRACE_SECONDS", 0.5)
    box = Sandbox()
    try:
        first = pid_of(box)
        threading.Timer(0.3, lambda: [os.kill(each, signal.SIGSTOP) for each in family(first)]).start()
        request = RunRequest(id="1", code="import time\ntime.sleep(20)")
        result = box.run(request.model_copy(update={"limits": request.limits.model_copy(update={"wall_seconds": 1.0})}))
        assert result.status is RunStatus.TIMEOUT
        assert box.run(ONE).status is RunStatus.OK
        assert pid_of(box) != first
        assert eventually(lambda: not is_alive(first))
    finally:
        box.close()


def test_no_descriptors_left_is_a_result_and_passes(sandbox: Sandbox) -> None:
    sandbox.run(ONE)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        assert sandbox.run(ONE).status is RunStatus.FAILED
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert sandbox.run(ONE).status is RunStatus.OK


def test_warm_process_without_descriptors_is_replaced_unnoticed() -> None:
    box = Sandbox()
    try:
        assert box.run(ONE).status is RunStatus.OK
        first = pid_of(box)
        assert eventually(lambda: named(first, child.SPARE) and not named(first, child.RUN))
        for pid in [each for each in family(first) if name_of(each) != child.SPARE]:
            hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)[1]
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (open_files(pid) + 2, hard))
        assert box.run(ONE).status is RunStatus.OK
        assert pid_of(box) != first
    finally:
        box.close()


def test_run_that_takes_every_descriptor_hurts_itself_only(sandbox: Sandbox) -> None:
    code = "import os\nheld = []\nwhile True:\n    held.append(os.dup(1))"
    result = sandbox.run(RunRequest(id="1", code=code))
    assert result.status is RunStatus.FAILED
    assert result.error is not None
    assert result.error.type == "OSError"
    assert sandbox.run(ONE).status is RunStatus.OK


def runs_leave_nothing(box: Sandbox, count: int) -> None:
    def is_quiet() -> bool:
        return not named(zygote, child.RUN) and len(named(zygote, child.SPARE)) == 1

    def kept() -> list[int]:
        return [each for each in family(zygote) if each not in named(zygote, child.SPARE)]

    box.run(ONE)
    zygote = pid_of(box)
    assert eventually(is_quiet)
    processes = kept()
    before = [open_files(each) for each in (os.getpid(), *processes)]
    for number in range(count):
        code = "result = 1" if number % 5 else "import os\nos._exit(3)"
        box.run(RunRequest(id=str(number), code=code))
    assert eventually(is_quiet)
    assert kept() == processes
    assert [open_files(each) for each in (os.getpid(), *processes)] == before


def test_runs_leave_no_descriptors_and_no_processes(sandbox: Sandbox) -> None:
    runs_leave_nothing(sandbox, 40)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_ten_thousand_runs_leave_nothing(sandbox: Sandbox) -> None:
    runs_leave_nothing(sandbox, 10_000)


def test_table_that_shrinks_under_a_run(sandbox: Sandbox, tmp_path: Path, orders: Path) -> None:
    path = tmp_path / "table.parquet"
    path.write_bytes(orders.read_bytes())
    path.write_bytes(path.read_bytes()[:50])
    result = sandbox.run(RunRequest(id="1", code="result = df", tables={"df": path}))
    assert result.status is RunStatus.FAILED
    started = time.monotonic()
    assert sandbox.run(ONE).status is RunStatus.OK
    assert time.monotonic() - started < 10
