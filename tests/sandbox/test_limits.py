"""Every limit ends a run with its own status, and the next run is clean."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from sandbox import Limits, RunRequest, RunStatus, Sandbox
from tests.sandbox.conftest import Run


@pytest.fixture(autouse=True)
def _next_run_is_clean(run: Run):  # type: ignore[no-untyped-def]
    yield
    assert run("result = int(df['units'].sum())").outputs[0].value == 21


def test_wall_clock(run: Run) -> None:
    started = time.monotonic()
    result = run("import time\ntime.sleep(60)\nresult = 1", wall_seconds=0.5)
    assert result.status is RunStatus.TIMEOUT
    assert time.monotonic() - started < 20
    assert result.error is not None
    assert "0.5 seconds" in result.error.message


def test_processor_seconds(run: Run) -> None:
    assert run("while True: pass", cpu_seconds=1, wall_seconds=20).status is RunStatus.TIMEOUT


def test_processor_seconds_of_code_that_ignores_their_signal(run: Run) -> None:
    code = "import sys\nsignal = sys.modules['signal']\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass"
    assert run(code, cpu_seconds=1, wall_seconds=30).status is RunStatus.TIMEOUT


@pytest.mark.parametrize(
    "code",
    [
        "x = bytearray(2 * 10**9)",
        "x = np.ones(10**9)",
        "x = []\nwhile True: x.append('y' * 10**6)",
        "x = 'a' * 10**10",
    ],
)
def test_memory(run: Run, code: str) -> None:
    result = run(f"{code}\nresult = 1", memory_mb=300, wall_seconds=20)
    assert result.status is RunStatus.MEMORY, result
    assert result.error is not None
    assert result.error.hint


def test_printed_output_is_cut_and_the_run_goes_on(run: Run) -> None:
    result = run("for n in range(20_000): print('line', n)\nresult = 1", stdout_bytes=1_000)
    assert result.status is RunStatus.OK
    assert "cut after 1,000 bytes" in result.stdout
    assert len(result.stdout) < 1_300


def test_output_flood_below_print_is_killed(run: Run) -> None:
    result = run("import os\nwhile True: os.write(1, b'x' * 65536)", wall_seconds=20)
    assert result.status is RunStatus.TOO_BIG
    assert result.seconds < 5


def test_result_too_big(run: Run) -> None:
    result = run("result = pd.DataFrame({'a': np.arange(90_000.0)})", output_bytes=100_000)
    assert result.status is RunStatus.TOO_BIG
    assert result.error is not None
    assert "0.72 MB" in result.error.message


def test_figure_too_big(run: Run) -> None:
    result = run("result = px.scatter(x=np.arange(50_000), y=np.arange(50_000))", figure_bytes=100_000)
    assert result.status is RunStatus.TOO_BIG


def test_flooded_result_pipe(run: Run) -> None:
    result = run("import os\nwhile True: os.write(3, b'x' * 65536)", output_bytes=1_000_000, wall_seconds=20)
    assert result.status is RunStatus.TOO_BIG


def test_peak_memory_is_told(run: Run) -> None:
    assert 80 < run("x = np.ones(12_500_000)\nresult = 1").peak_mb < 160


def test_output_arrives_while_the_run_goes_on(run: Run) -> None:
    seen: list[tuple[float, str]] = []
    started = time.monotonic()
    code = "import time\nprint('one')\ntime.sleep(0.6)\nprint('two')\nresult = 1"
    result = run(code, lambda text: seen.append((time.monotonic() - started, text)))
    assert "".join(text for _, text in seen) == result.stdout == "one\ntwo\n"
    assert seen[-1][0] - seen[0][0] > 0.4


def test_stop(sandbox: Sandbox, orders: Path) -> None:
    threading.Timer(0.4, sandbox.stop, ["slow"]).start()
    started = time.monotonic()
    result = sandbox.run(RunRequest(id="slow", code="while True: pass", tables={"df": orders}))
    assert result.status is RunStatus.STOPPED
    assert time.monotonic() - started < 3


def test_stop_while_the_warm_process_starts() -> None:
    box = Sandbox(workers=1)
    try:
        threading.Timer(0.3, box.stop, ["early"]).start()
        endless = RunRequest(id="early", code="while True: pass", limits=Limits(wall_seconds=50))
        assert box.run(endless).status is RunStatus.STOPPED
        assert box.run(RunRequest(id="next", code="result = 1")).status is RunStatus.OK
    finally:
        box.close()


def test_stop_while_waiting(orders: Path, sandbox: Sandbox) -> None:
    slow = RunRequest(id="slow", code="import time\ntime.sleep(30)")
    threads = [threading.Thread(target=sandbox.run, args=(slow,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    threading.Timer(0.3, sandbox.stop, ["queued"]).start()
    assert sandbox.run(RunRequest(id="queued", code="result = 1")).status is RunStatus.STOPPED
    sandbox.stop("slow")
    for thread in threads:
        thread.join(5)
        assert not thread.is_alive()


def test_stop_of_an_unknown_run_does_nothing(sandbox: Sandbox) -> None:
    sandbox.stop("nobody")


def test_limits_are_those_of_the_request(sandbox: Sandbox, orders: Path) -> None:
    request = RunRequest(id="1", code="result = df", tables={"df": orders}, limits=Limits(columns=3))
    assert sandbox.run(request).status is RunStatus.TOO_BIG


def test_too_many_threads_end_with_what_to_do_instead(run: Run) -> None:
    code = (
        "import threading, time\n"
        "for _ in range(3_000): threading.Thread(target=time.sleep, args=(60,), daemon=True).start()"
    )
    result = run(code, wall_seconds=60)
    assert result.status in (RunStatus.FAILED, RunStatus.MEMORY)
    assert result.error is not None
    assert "thread" in result.error.message
    assert "whole columns" in result.error.hint
