"""What a run finds around itself: no environment, no files, no open descriptors of others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sandbox import RunRequest, Sandbox, Value, child
from tests.sandbox.conftest import Run
from tests.sandbox.test_zygote import named, pid_of


def seen(run: Run, expression: str) -> object:
    result = run(f"import os, sys\nresult = {expression}")
    assert isinstance(result.outputs[0], Value), result
    return result.outputs[0].value


def test_environment_is_scrubbed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "canary-7")
    box = Sandbox()
    try:
        result = box.run(RunRequest(id="1", code="import os\nresult = dict(os.environ)"))
    finally:
        box.close()
    assert isinstance(result.outputs[0], Value)
    assert "OPENAI_API_KEY" not in result.outputs[0].value
    assert "canary-7" not in str(result.outputs[0].value)


def test_run_is_the_first_to_end_where_memory_runs_out(sandbox: Sandbox, orders: Path) -> None:
    """The file can be read by whoever started the run, not by the run."""
    heard: list[str] = []
    scores: list[str] = []

    def look(text: str) -> None:
        heard.append(text)
        for pid in named(pid_of(sandbox), child.RUN):
            scores.append(Path(f"/proc/{pid}/oom_score_adj").read_text().strip())

    sandbox.run(RunRequest(id="1", code="import time\nprint(1)\ntime.sleep(0.3)\nresult = 1"), look)
    assert heard
    assert "1000" in scores


def test_working_directory_holds_nothing(run: Run) -> None:
    here = str(Path.cwd())
    assert seen(run, "[os.getcwd()]") != [here]


def test_only_the_pipes_are_open(run: Run) -> None:
    code = (
        "found = []\n"
        "for number in range(256):\n"
        "    try:\n"
        "        os.fstat(number)\n"
        "        found.append(number)\n"
        "    except OSError:\n"
        "        pass\n"
        "result = found"
    )
    result = run(f"import os\n{code}")
    assert isinstance(result.outputs[0], Value)
    assert result.outputs[0].value == [0, 1, 2, 3]


def test_nothing_of_ours_stays_open_or_alive(run: Run) -> None:
    run("result = 1")
    before = set(os.listdir("/proc/self/fd"))  # noqa: PTH208
    for _ in range(20):
        run("result = 1")
    after = set(os.listdir("/proc/self/fd"))  # noqa: PTH208
    assert len(after) <= len(before)


def test_standard_modules_work(run: Run) -> None:
    assert seen(run, "[__name__, sys.modules[__name__].df is df]") == ["__main__", True]


def test_folder_of_another_user_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sandbox import launch

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    kept = Path(launch.fonts_folder("home"))
    assert kept.parent == tmp_path
    assert kept.stat().st_mode & 0o077 == 0
    kept.chmod(0o777)
    assert launch.fonts_folder("home") == "home"
    kept.rmdir()
    kept.symlink_to(tmp_path)
    assert launch.fonts_folder("home") == "home"
