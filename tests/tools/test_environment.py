"""The set-up knows when nothing changed, and looks for packages where pip is configured to look."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tools import environment, pip_settings, pip_wheel

PROJECT = Path(__file__).resolve().parents[2]
INDEX = "https://packages.example/simple/pip/"
LINKS = """
<a href="../../files/pip-9.0.1-py2.py3-none-any.whl">old</a>
<a href="../../files/pip-26.3-py3-none-any.whl#sha256=abc" data-requires-python="&gt;=3.10">pip-26.3</a>
<a href="https://other.example/pip-26.10-py3-none-any.whl" data-requires-python="&gt;=3.11">pip-26.10</a>
<a href="pip-27.0-py3-none-any.whl" data-requires-python="&gt;=3.99">pip-27.0</a>
<a href="pip-28.0.tar.gz">source</a> <a>nothing</a>
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in environment.DEV:
        (tmp_path / name).write_text("anyio==4\n")
    return tmp_path


def test_ready_only_while_the_pins_and_the_python_stay_the_same(project: Path) -> None:
    stamp = project / "installed.json"
    stamp.write_text(json.dumps(environment.wanted(environment.DEV, "3.11.7", project)))
    assert environment.is_ready(environment.DEV, "3.11.7", project, stamp)
    assert environment.is_ready(environment.RUN, "3.11.7", project, stamp)
    assert not environment.is_ready(environment.RUN, "3.12.1", project, stamp)
    (project / "requirements.txt").write_text("anyio==5\n")
    assert not environment.is_ready(environment.RUN, "3.11.7", project, stamp)


def test_the_test_tools_are_missing_after_a_plain_set_up(project: Path) -> None:
    stamp = project / "installed.json"
    stamp.write_text(json.dumps(environment.wanted(environment.RUN, "3.11.7", project)))
    assert environment.is_ready(environment.RUN, "3.11.7", project, stamp)
    assert not environment.is_ready(environment.DEV, "3.11.7", project, stamp)


@pytest.mark.parametrize("text", ["", "{", "[]", "null"])
def test_a_broken_stamp_counts_as_none(project: Path, text: str) -> None:
    (project / "installed.json").write_text(text)
    assert not environment.is_ready(environment.RUN, "3.11.7", project, project / "installed.json")


def test_a_python_that_does_not_run_has_no_version(tmp_path: Path) -> None:
    assert environment.version_of(tmp_path / "python") is None


def test_the_nearest_pip_setting_wins(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/pip.conf").write_text(
        "[global]\nindex-url = https://machine.example/simple\ncert = /etc/ca.pem\nno-index = false\n"
        "[install]\nfind-links =\n    /one\n    /two\n"
    )
    (tmp_path / "pip").mkdir()
    (tmp_path / "pip/pip.conf").write_text("[global]\nindex-url = https://person.example/%20simple\n")
    base = {"HOME": "/nonexistent", "XDG_CONFIG_HOME": str(tmp_path)}
    found = pip_settings.read_settings(base, tmp_path)
    assert found == {
        "index-url": ["https://person.example/%20simple"],
        "cert": ["/etc/ca.pem"],
        "find-links": ["/one", "/two"],
    }
    nearest = pip_settings.read_settings(
        {**base, "PIP_INDEX_URL": "https://shell.example", "PIP_NO_INDEX": "1"}, tmp_path
    )
    assert (nearest["index-url"], nearest["no-index"]) == (["https://shell.example"], ["1"])


def test_a_named_file_wins_and_a_broken_one_is_passed_over(tmp_path: Path) -> None:
    named = tmp_path / "mine.conf"
    named.write_text("[global]\nindex-url = https://named.example\n")
    base = {"HOME": str(tmp_path)}
    assert pip_settings.read_settings({**base, "PIP_CONFIG_FILE": str(named)}, tmp_path)["index-url"]
    named.write_text("no section\n")
    assert pip_settings.read_settings({**base, "PIP_CONFIG_FILE": str(named)}, tmp_path) == {}


def test_uv_looks_where_pip_looks() -> None:
    settings = {"index-url": ["https://a"], "extra-index-url": ["https://b", "https://c"], "no-index": ["1"]}
    words = environment.uv("pip", "install", settings=settings)
    assert words[words.index("--default-index") + 1] == "https://a"
    assert [words[at + 1] for at, word in enumerate(words) if word == "--index"] == ["https://b", "https://c"]
    assert words[-1] == "--no-index"


def test_the_newest_pip_that_runs_here_is_chosen() -> None:
    found = pip_wheel.wheels(LINKS, INDEX)
    assert pip_wheel.choose(found, (3, 11)).url == "https://other.example/pip-26.10-py3-none-any.whl"
    assert pip_wheel.choose(found, (3, 10)) == (
        (26, 3),
        "https://packages.example/files/pip-26.3-py3-none-any.whl",
        "abc",
    )
    with pytest.raises(ValueError, match="no pip for this Python"):
        pip_wheel.choose(found, (3, 9))


def test_a_wheel_is_read_from_the_index_and_must_be_the_one_announced(tmp_path: Path) -> None:
    (tmp_path / "pip-26.3-py3-none-any.whl").write_bytes(b"wheel")
    page = tmp_path.as_uri() + "/"
    plain = pip_wheel.choose(pip_wheel.wheels('<a href="pip-26.3-py3-none-any.whl">', page), (3, 11))
    content = pip_wheel.get(plain.url, {})
    assert pip_wheel.checked(content, plain) == b"wheel"
    with pytest.raises(ValueError, match="not what the index announced"):
        pip_wheel.checked(content, plain._replace(sha256="0" * 64))


def test_without_a_suitable_python_one_sentence_says_so(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    (tmp_path / "sh").symlink_to(shutil.which("sh") or "/bin/sh")
    bare = {"PATH": str(tmp_path)}
    done = start_python(tmp_path, bare)
    assert (done.returncode, done.stdout) == (1, "")
    assert "needs Python 3.11" in done.stderr
    named = start_python(tmp_path, {**bare, "PYTHON": str(old)})
    assert "cannot be used" in named.stderr


def test_the_environments_python_needs_no_looking_for() -> None:
    done = start_python(PROJECT, dict(os.environ), "-c", "print('here')")
    assert (done.returncode, done.stdout) == (0, "here\n")


def test_help_lists_every_target_a_person_calls() -> None:
    listed = subprocess.run(["make", "help"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    for target in ("help", "setup", "run", "test", "test-long", "check", "bench", "lock"):
        assert f"  make {target} " in listed


def start_python(folder: Path, environ: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """What tools/python.sh does in this folder and environment."""
    command = ["sh", str(PROJECT / "tools/python.sh"), *words]
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)
