"""The app as a person starts it: a process of its own on a free port, with a home of its own."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

PROJECT = Path(__file__).resolve().parents[2]
MAKE = "make --no-print-directory run PORT={port} ARGS=--server.headless=true"
PYTHON = "{python} -m streamlit run app.py --server.address=localhost --server.port={port} --server.headless=true"
ANYWHERE = "{python} -m streamlit run app.py --server.port={port} --server.headless=true"
"""As plain `streamlit run` does: listening on every interface."""
START_SECONDS = 60
SECRETS = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "DATABASE_URL")


def usual_command() -> str:
    """RUN_COMMAND, else the README's `make run` where `make` has made the environment, else what it runs."""
    is_made = (PROJECT / ".venv" / "installed.json").is_file() and shutil.which("make")
    return os.environ.get("RUN_COMMAND") or (MAKE if is_made else PYTHON)


class Server:
    """Runs between `start` and `stop`; may be started again, on the same port and home."""

    def __init__(self, home: Path, settings: Mapping[str, str] | None = None, command: str = "") -> None:
        self.home, self._settings = home, dict(settings or {})
        self._command = command or usual_command()
        self.port = _free_port()
        self.url = f"http://localhost:{self.port}"
        self._log = home.parent / f"{home.name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Server:
        """Returns once the server answers. Raises: AssertionError with its log, when it does not."""
        command = self._command.format(port=self.port, python=sys.executable)
        environment = {name: value for name, value in os.environ.items() if name not in SECRETS}
        environment |= {"RED_PANDAS_HOME": str(self.home), **self._settings}
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                shlex.split(command), cwd=PROJECT, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        self._wait()
        return self

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Ends the server and everything it started."""
        if self._process and self._process.poll() is None:
            os.killpg(self._process.pid, how)
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def _wait(self) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            assert self._process is not None
            assert self._process.poll() is None, f"The server ended:\n{self.log[-4_000:]}"
            try:
                with urlopen(f"{self.url}/_stcore/health", timeout=2) as answer:
                    if answer.read() == b"ok":
                        return
            except (URLError, OSError):
                time.sleep(0.1)
        raise AssertionError(f"The server did not answer within {START_SECONDS} s:\n{self.log[-4_000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
