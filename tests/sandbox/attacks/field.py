"""The field of an attack: canaries, listeners and victims, and the judge who looks at what happened to them."""

from __future__ import annotations

import gzip
import io
import os
import pickle
import re
import socket
import subprocess
import sys
import tarfile
import time
import zipfile
from pathlib import Path

import matplotlib.pyplot as plt

from sandbox import Grant, Limits, RunRequest, RunResult, Sandbox
from sandbox.child import SPARE

SECRET = "c4n4ry-in-a-file-5521"
VARIABLE = "c4n4ry-in-the-environment-8834"
MARK = "98765"
_KEY = f" {0x5EED} "
"""The key of the segments that cases make; others on this machine belong to others."""
SPOKEN = ("FORKED", "LISTENED", "RAW", "RESOLVED", "TRACED", "RAISED", "ROOT", "KEY", "SHARED", "LOCKED", "CODE")
SPOKEN += ("INHERITED", "HARMED", "LATE")
"""Words a case returns only when its attack worked."""


class Field:
    """Everything an attack may hit. One for all cases; `harm` says what a case did."""

    def __init__(self, root: Path, table: Path, box: Sandbox) -> None:
        self.root, self.table, self.box = root, table, box
        self.place, self.folder = root / "place", root / "folder"
        for each, mode in ((root, 0o755), (self.place, 0o755), (self.folder, 0o777)):
            each.mkdir(exist_ok=True)
            each.chmod(mode)
        self._make_files()
        self._listen()
        self.victim = subprocess.Popen(["sleep", "600"], start_new_session=True)
        self._idle = _counted()
        self._before = self._state()

    def close(self) -> None:
        self.victim.kill()
        self.victim.wait()
        for each in self.listeners:
            each.close()

    def attack(self, code: str, grant: Grant = Grant.ANSWER, **limits: object) -> RunResult:
        """Runs the code, with the names of the field in place of its marks."""
        for name, value in self.names().items():
            code = code.replace(f"@{name}@", str(value))
        caps = Limits(**{"wall_seconds": 20.0, "memory_mb": 400, "cpu_seconds": 15, **limits})
        request = RunRequest(id="attack", code=code, tables={"df": self.table}, grant=grant, limits=caps)
        return self.box.run(request.model_copy(update={"trusted": grant in (Grant.READ, Grant.FIT)}))

    def names(self) -> dict[str, object]:
        files = {name: self.place / file for name, file in _FILES.items()}
        half = len(VARIABLE) // 2
        return files | {
            "PLACE": self.place, "FOLDER": self.folder, "OPEN": self.open, "TCP": self.ports[0], "UDP": self.ports[1],
            "UNIX": self.root / "unix", "DATAGRAM": self.root / "datagram", "ABSTRACT": self.abstract, "MARK": MARK,
            "VICTIM": self.victim.pid, "PARENT": os.getpid(), "SECRET": SECRET, "SERVER": __file__,
            "SECRET_VARIABLE": VARIABLE, "SECRET_HALF": VARIABLE[:half], "SECRET_REST": VARIABLE[half:],
        }  # fmt: skip

    def harm(self, result: RunResult, code: str) -> list[str]:
        """What the attack did, in words; empty when nothing happened."""
        said = result.model_dump_json() + "".join(_decoded(result))
        found = [f"came back: {word}" for word in (SECRET, VARIABLE) if word in said and word not in code]
        told = set(re.findall(r"\w+", "".join(_decoded(result)[2:])))
        found += [f"said {word}" for word in SPOKEN if word in told]
        if "root:x:0:0" in said:
            found.append("read /etc/passwd")
        found += [f"changed: {name}" for name, value in self._state().items() if self._before[name] != value]
        found += self._contacts()
        if result.peak_mb > 800:
            found.append(f"took {result.peak_mb:.0f} MB")
        self._mend()
        return found

    def _make_files(self) -> None:
        self.open = self.folder / "open.txt"
        self.open.write_text("open to all\n")
        self.open.chmod(0o666)
        made = {name: self.place / file for name, file in _FILES.items()}
        made["CANARY"].write_text(SECRET + "\n")
        made["GZIP"].write_bytes(gzip.compress(SECRET.encode()))
        made["INI"].write_text(f"[a]\nb = {SECRET}\n")
        made["STYLE"].write_text(f"savefig.directory: {SECRET}\n")
        made["MODULE"].write_text(f"SECRET = {SECRET!r}\n")
        made["PICKLE"].write_bytes(pickle.dumps(SECRET))
        with zipfile.ZipFile(made["ZIP"], "w") as archive:
            archive.writestr("canary", SECRET)
        with tarfile.open(made["TAR"], "w") as archive:
            info = tarfile.TarInfo("canary")
            info.size = len(SECRET)
            archive.addfile(info, io.BytesIO(SECRET.encode()))
        plt.imsave(made["PNG"], [[0.0, 1.0], [1.0, 0.0]])
        for path in self.place.iterdir():
            path.chmod(0o644)

    def _listen(self) -> None:
        self.abstract = f"red-pandas-attack-{os.getpid()}"
        tcp, udp = socket.socket(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        unix, abstract = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
        datagram = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        for each, address in (
            (tcp, ("127.0.0.1", 0)), (udp, ("127.0.0.1", 0)), (unix, str(self.root / "unix")),
            (abstract, f"\0{self.abstract}"), (datagram, str(self.root / "datagram")),
        ):  # fmt: skip
            each.bind(address)
            each.setblocking(False)
        for each in (tcp, unix, abstract):
            each.listen()
        for name in ("unix", "datagram"):
            (self.root / name).chmod(0o777)
        self.listeners = (tcp, udp, unix, abstract, datagram)
        self.ports = (tcp.getsockname()[1], udp.getsockname()[1])

    def _contacts(self) -> list[str]:
        """Which listeners were spoken to."""
        found = []
        for each in self.listeners:
            try:
                each.recv(100) if each.type == socket.SOCK_DGRAM else each.accept()[0].close()
                found.append(f"reached {each.getsockname()}")
            except (BlockingIOError, InterruptedError):
                continue
        return found

    def _state(self) -> dict[str, object]:
        status = self.open.stat() if self.open.exists() else None
        pid = self.victim.pid
        return {
            "folder": sorted(path.name for path in self.folder.iterdir()),
            "content": self.open.read_bytes() if status else None,
            "mode and time": status and (status.st_mode, status.st_mtime_ns, os.listxattr(self.open)),
            "canary": (self.place / "canary.txt").read_bytes(),
            "victim": (
                self.victim.poll(),
                _field(pid, "State") not in ("T", "Z"),
                os.getpriority(os.PRIO_PROCESS, pid),
            ),
            "victim's limits": (sorted(os.sched_getaffinity(pid)), _field(pid, "limits")),
            "shared memory": sorted(path.name for path in Path("/dev/shm").iterdir() if "red" in path.name),
            "segments": [kind for kind in ("shm", "msg") for line in _lines(f"/proc/sysvipc/{kind}") if _KEY in line],
            "processes": self._processes(),
        }

    def _processes(self) -> int:
        """Processes of the sandbox, and programs started by a case; waits a little for those that are just ending."""
        end = time.monotonic() + 1.0
        while (found := _counted()) > self._idle and time.monotonic() < end:
            time.sleep(0.02)
        return found

    def _mend(self) -> None:
        """Puts the field back in order, so that the next case is judged by its own effect."""
        for path in self.folder.iterdir():
            if path != self.open:
                path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
        for path in Path("/dev/shm").glob("red*attack*"):
            path.unlink()
        if self.victim.poll() is not None or self._state()["victim"] != self._before["victim"]:
            self.victim.kill()
            self.victim.wait()
            self.victim = subprocess.Popen(["sleep", "600"], start_new_session=True)
        if not self.open.exists() or self._state()["content"] != self._before["content"]:
            self.open.write_text("open to all\n")
        self.open.chmod(0o666)
        self._before = self._state()


_FILES = {
    "CANARY": "canary.txt", "ZIP": "canary.zip", "GZIP": "canary.gz", "TAR": "canary.tar", "INI": "canary.ini",
    "STYLE": "canary.mplstyle", "MODULE": "canary_module.py", "PICKLE": "canary.pkl", "PNG": "canary.png",
}  # fmt: skip


def _decoded(result: RunResult) -> list[str]:
    parts = [result.stdout, str(result.error)]
    for output in result.outputs:
        parts.append(str(getattr(output, "arrow", b"")) + str(getattr(output, "text", "")))
        parts.append(str(getattr(output, "value", "")) + str(getattr(output, "json_text", "")))
    return parts


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else [""]


def _field(pid: int, name: str) -> str:
    if name == "limits":
        return "\n".join(_lines(f"/proc/{pid}/limits"))
    return next((line.split()[1] for line in _lines(f"/proc/{pid}/status") if line.startswith(f"{name}:")), "Z")


def _counted() -> int:
    """Without the one child of each warm process that waits for the next run, and may just be in the making."""
    found, waited_for = 0, set()
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                line, name = (folder / "cmdline").read_bytes(), (folder / "comm").read_text().strip()
                state = (folder / "stat").read_text().rsplit(")", 1)[1].split()[0]
            except (OSError, IndexError):
                continue
            mine = b"sandbox.zygote" in line and str(os.getpid()) in _above(folder)
            found += state != "Z" and (mine or f"sleep\0{MARK}".encode() in line)
            if state != "Z" and mine and name == SPARE:
                waited_for.add(_above(folder)[0])
    return found - len(waited_for)


def _above(folder: Path) -> list[str]:
    """The numbers of the processes above this one."""
    seen: list[str] = []
    while folder.name not in ("0", "1") and len(seen) < 10:
        try:
            parent = (folder / "stat").read_text().rsplit(")", 1)[1].split()[1]
        except (OSError, IndexError):
            break
        seen.append(parent)
        folder = Path("/proc", parent)
    return seen


if sys.platform != "linux":
    raise ImportError("the attacks need Linux")
