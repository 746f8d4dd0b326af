"""How the parent starts a run: through the warm zygote where there is fork, else in a fresh interpreter."""

from __future__ import annotations

import json
import logging
import os
import selectors
import socket
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, Literal, Protocol

from sandbox import control, levels
from sandbox.messages import Level, Status

ROOT: Final = Path(__file__).resolve().parent.parent
LOG: Final = logging.getLogger(__name__)
START_SECONDS: Final = 60.0
PIPE_BYTES: Final = 1 << 20
CHUNK: Final = 1 << 18
KEPT: Final = ("SYSTEMROOT", "TEMP", "TMP", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""Variables an interpreter may need to start at all; none holds a secret."""

HEAP: Final = {"hugetlb": 1, "mmap_threshold": 32 << 20, "trim_threshold": 64 << 20}
"""Each run starts with a heap that has never grown: with large pages, and blocks up to the size that a process comes
to keep after a while, it has a quarter of the page faults."""

Source = Literal["result", "output", "report"]


class Gone(RuntimeError):
    """The warm process died or did not start."""


@dataclass(frozen=True)
class Job:
    """What a worker is told, and the open files of its tables."""

    body: dict[str, Any]
    files: Sequence[IO[bytes]]
    wall_seconds: float
    memory_mb: int
    scratch: str = ""
    plain: bool = True
    """Whether it names no paths, so that a child that is waiting already can do it."""


class Flight(Protocol):
    """One run under way."""

    def events(self, seconds: float) -> Iterator[tuple[Source, bytes]]:
        """What has come within so many seconds; empty bytes mean that the source has ended."""

    def end(self) -> None:
        """Ends the run, whose result is out; the report then comes."""

    def kill(self, reason: str) -> None:
        """Ends the run; the report then says why."""

    def abandon(self) -> None:
        """Ends the run without waiting for a report."""

    def close(self) -> None: ...


class Launcher(Protocol):
    """Starts runs."""

    def launch(self, job: Job) -> Flight:
        """Raises: Gone."""

    def status(self) -> Status:
        """Which layers hold. Raises: Gone."""

    def close(self) -> None: ...


def fonts_folder(home: str) -> str:
    """Where the list of fonts is kept from start to start; in `home` where no folder is this user's alone."""
    kept = Path(tempfile.gettempdir(), f"red-pandas-fonts-{os.getuid()}") if hasattr(os, "getuid") else Path(home)
    try:
        kept.mkdir(mode=0o700, exist_ok=True)
        status = kept.lstat()
    except OSError:
        return home
    is_ours = stat.S_ISDIR(status.st_mode) and status.st_mode & 0o077 == 0 and status.st_uid == os.getuid()
    return str(kept) if is_ours else home


def environment(home: str) -> dict[str, str]:
    """The variables of the warm process: none of the parent's but those without which nothing starts."""
    fixed = {
        "PATH": "/usr/bin:/bin",
        "HOME": home,
        "LANG": "C.UTF-8",
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": fonts_folder(home),
        # No background thread may run at the fork, and no memory be reserved that is not used.
        "JE_ARROW_MALLOC_CONF": "background_thread:false",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        # Each further arena reserves 128 MB of the address space that a run is allowed.
        "MALLOC_ARENA_MAX": "2",
        "GLIBC_TUNABLES": ":".join(f"glibc.malloc.{name}={value}" for name, value in HEAP.items()),
        "LOKY_MAX_CPU_COUNT": "1",
    }
    threads = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB_MAXIMUM")}
    return {**{name: os.environ[name] for name in KEPT if name in os.environ}, **fixed, **threads}


def command(module: str, *arguments: str) -> list[str]:
    """The interpreter in isolated mode, which has to be told where this package is."""
    boot = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from {module} import main; sys.path.pop(0); main()"
    return [sys.executable, "-I", "-X", "utf8", "-c", boot, *arguments]


class ZygoteLauncher:
    """Keeps one warm process and replaces it when it has died. Thread-safe."""

    def __init__(self, without: Collection[str] = (), spares: int = 0) -> None:
        self._lock, self._without, self._spares = threading.Lock(), sorted(without), spares
        self._zygote: _Zygote | None = None
        self._tokens = 0

    def launch(self, job: Job) -> Flight:
        zygote, token = self._ready()
        return _Forked(zygote, token, job)

    def close(self) -> None:
        with self._lock:
            if self._zygote is not None:
                self._zygote.close()
                self._zygote = None

    def status(self) -> Status:
        return self._ready()[0].status

    def pid(self) -> int:
        """Process id of the warm process. Raises: Gone."""
        return self._ready()[0].pid

    def _ready(self) -> tuple[_Zygote, int]:
        with self._lock:
            if self._zygote is None or not self._zygote.is_alive():
                if self._zygote is not None:
                    self._zygote.close()
                self._zygote = _Zygote(self._without, self._spares)
            self._tokens += 1
            return self._zygote, self._tokens


class _Zygote:
    """The parent's end of a warm process."""

    def __init__(self, without: Sequence[str], spares: int) -> None:
        self._home = tempfile.TemporaryDirectory(prefix="red-pandas-zygote-", ignore_cleanup_errors=True)
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self.link, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                command("sandbox.zygote", json.dumps(without), str(spares)),
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                env=environment(self._home.name),
                cwd=self._home.name,
                start_new_session=True,
            )
        self.pid = self._process.pid
        self._await_ready()

    def _await_ready(self) -> None:
        self.link.settimeout(START_SECONDS)
        message, _ = control.receive(self.link)
        self.link.settimeout(None)
        if message is None or "ready" not in message:
            self._errors.seek(0)
            said = self._errors.read().decode("utf-8", "replace")[-2_000:]
            self.close()
            raise Gone(f"The sandbox did not start: {said.strip() or 'no message'}")
        self.status = levels.status(message["level"], message["layers"])
        weight = logging.WARNING if self.status.level is Level.PROCESS else logging.INFO
        LOG.log(weight, "The sandbox has started at level %s: %s.", self.status.level.value, self.status.summary)

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        """Ends the process and everything it started."""
        self.link.close()
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()
        self._home.cleanup()

    def kill(self) -> None:
        """Ends it at once; the next run starts another."""
        self._process.kill()
        self._process.wait()


class _Forked:
    """A child of the zygote."""

    def __init__(self, zygote: _Zygote, token: int, job: Job) -> None:
        self._zygote, self._token = zygote, token
        self._selector: selectors.BaseSelector = selectors.SelectSelector()
        theirs: list[int] = []
        try:
            self._selector = selectors.DefaultSelector()
            theirs.append(self._pipe("report"))
            theirs.append(_memory_file(job.body))
            theirs.append(self._pipe("result"))
            theirs.append(self._pipe("output"))
            message: dict[str, Any] = {"run": token, "wall_seconds": job.wall_seconds, "memory_mb": job.memory_mb}
            message |= {"plain": job.plain, "scratch": job.scratch, "scratch_mb": job.body["limits"]["scratch_mb"]}
            control.send(zygote.link, message, [*theirs, *(file.fileno() for file in job.files)])
        except OSError as error:
            self.close()
            if isinstance(error, ConnectionError):  # it is dying and not yet seen as dead: the next try starts another
                zygote.kill()
            raise Gone(str(error)) from None
        finally:
            for descriptor in theirs:
                os.close(descriptor)

    def _pipe(self, source: Source) -> int:
        ours, theirs = os.pipe()
        os.set_blocking(ours, False)
        self._selector.register(ours, selectors.EVENT_READ, source)
        if source == "result":
            _widen(theirs)
        return theirs

    def events(self, seconds: float) -> Iterator[tuple[Source, bytes]]:
        for key, _ in self._selector.select(seconds):
            data = os.read(key.fd, CHUNK)
            if not data:
                self._selector.unregister(key.fd)
                os.close(key.fd)
            yield key.data, data

    def end(self) -> None:
        self._tell({"end": self._token})

    def kill(self, reason: str) -> None:
        self._tell({"kill": self._token, "reason": reason})

    def _tell(self, message: dict[str, Any]) -> None:
        try:
            control.send(self._zygote.link, message)
        except OSError:
            self._zygote.kill()

    def close(self) -> None:
        for key in list(self._selector.get_map().values()):
            os.close(key.fd)
        self._selector.close()

    def abandon(self) -> None:
        """Ends the zygote, which no longer answers."""
        self._zygote.kill()


def _memory_file(body: Mapping[str, Any]) -> int:
    """A descriptor of the job as JSON that exists in memory only."""
    descriptor = os.memfd_create("job")
    with os.fdopen(os.dup(descriptor), "wb") as file:
        file.write(json.dumps(body).encode())
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _widen(pipe: int) -> None:
    """A larger pipe means fewer turns; where the system refuses, the usual size does."""
    import fcntl

    try:
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    except OSError:
        return
