"""Makes `.venv` with the pinned packages, and returns at once when nothing has changed.

    python -m tools.environment run     what the product needs
    python -m tools.environment dev     the test tools as well
    python -m tools.environment lock    rewrites the pins from the *.in files (lock --upgrade: to the newest)

Runs before any package is there, so it needs nothing but the standard library of Python 3.11. Packages come from
wherever pip is configured to look; uv only makes it quicker, and pip takes over wherever uv cannot be had.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.pip_settings import Settings, read_settings

PROJECT = Path(__file__).resolve().parent.parent
VENV = PROJECT / ".venv"
INTERPRETER = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
RUN = ("requirements.txt",)
DEV = ("requirements.txt", "requirements-dev.txt")


class Trouble(Exception):
    """A sentence for the person at the terminal."""


def wanted(files: tuple[str, ...], python: str, project: Path = PROJECT) -> dict[str, str]:
    """What the stamp must hold for `files` to count as installed: the Python version and a digest of each file."""
    digests = {name: hashlib.sha256((project / name).read_bytes()).hexdigest() for name in files}
    return {"python": python, **digests}


def recorded(stamp: Path = STAMP) -> dict[str, str]:
    """What the stamp holds; empty when there is none or it cannot be read."""
    try:
        found = json.loads(stamp.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def is_ready(files: tuple[str, ...], python: str, project: Path = PROJECT, stamp: Path = STAMP) -> bool:
    """Whether the packages of `files` are installed as pinned."""
    return wanted(files, python, project).items() <= recorded(stamp).items()


def ensure(files: tuple[str, ...]) -> None:
    """Leaves an environment that holds the packages of `files`. One process at a time; the others wait."""
    if is_ready(files, platform.python_version()) and INTERPRETER.exists():
        return
    with turn():
        if is_ready(files, platform.python_version()) and INTERPRETER.exists():
            return
        started = time.monotonic()
        version = make_venv()
        install(files, read_settings(os.environ))
        STAMP.write_text(json.dumps(wanted(files, version), indent=1) + "\n", encoding="utf-8")
        say(f"Ready after {time.monotonic() - started:.0f} s.")


def make_venv() -> str:
    """The Python version of `.venv`, made anew when it is missing, broken or of another Python than this one."""
    if version_of(INTERPRETER) == platform.python_version():
        return platform.python_version()
    import shutil
    import venv

    say(f"Making .venv with Python {platform.python_version()} ...")
    shutil.rmtree(VENV, ignore_errors=True)
    # Without pip: Debian's Python may lack ensurepip, and then `python3 -m venv` fails as a whole.
    venv.EnvBuilder(with_pip=False, symlinks=True).create(VENV)
    return platform.python_version()


def version_of(python: Path) -> str | None:
    """The version this interpreter reports, or None when it does not run."""
    code = "import platform; print(platform.python_version())"
    try:
        done = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def install(files: tuple[str, ...], settings: Settings) -> None:
    """Installs the pinned packages with uv, or with pip where uv cannot be had or fails.

    Raises: Trouble.
    """
    ensure_pip(settings)
    pins = [part for name in files for part in ("-r", str(PROJECT / name))]
    if ensure_uv(settings):
        say("Installing the pinned packages with uv ...")
        if call(uv("pip", "install", "--compile-bytecode", *pins, settings=settings), settings):
            return
        say("uv did not manage; trying pip ...")
    say("Installing the pinned packages with pip: this takes a minute or two ...")
    if not call(pip("install", "--quiet", *pins), settings):
        raise Trouble("The packages could not be installed: the lines above say why. `make setup` tries again.")


def ensure_pip(settings: Settings) -> None:
    """Leaves a pip in `.venv`: from this Python, from another pip on the machine, or from the package index.

    Raises: Trouble.
    """
    if call(pip("--version"), settings, quiet=True):
        return
    if call([INTERPRETER, "-m", "ensurepip", "--default-pip"], settings, quiet=True):
        return
    if call([sys.executable, "-m", "pip", "--python", INTERPRETER, "install", "--quiet", "pip"], settings, quiet=True):
        return
    from tools.pip_wheel import fetch

    say("This Python has no pip; fetching it from the package index ...")
    try:
        with fetch(settings) as wheel:
            fetched = call([INTERPRETER, wheel / "pip", "install", "--quiet", "--no-index", wheel], settings)
    except (OSError, ValueError) as error:
        raise Trouble(
            f"pip could not be fetched ({error}). Install it (Debian: apt install python3-venv) and try again."
        ) from error
    if not fetched:
        raise Trouble("pip could not be installed. Install it (Debian: apt install python3-venv) and try again.")


def ensure_uv(settings: Settings) -> bool:
    """Whether uv, in the pinned version, is in `.venv`. INSTALLER=pip does without it."""
    if os.environ.get("INSTALLER") == "pip":
        return False
    pin = re.search(r"^uv==\S+", (PROJECT / "requirements-dev.txt").read_text(encoding="utf-8"), re.MULTILINE)
    if pin is None:
        return False
    # Only as a wheel: building it from source takes a Rust compiler and many minutes.
    quick = ("--quiet", "--retries", "1", "--only-binary", "uv")
    return call(pip("install", *quick, pin.group()), settings, quiet=True)


def lock(upgrade: bool) -> None:
    """Rewrites the pins from `requirements.in` and `requirements-dev.in`, for every platform and Python from 3.11.

    Raises: Trouble.
    """
    settings = read_settings(os.environ)
    for name in ("requirements", "requirements-dev"):
        command = uv("pip", "compile", "--universal", "--python-version", "3.11", settings=settings)
        command += ["--no-header", "--quiet", *(["--upgrade"] if upgrade else [])]
        if not call([*command, f"{name}.in", "--output-file", f"{name}.txt"], settings):
            raise Trouble(f"{name}.in could not be resolved: the lines above say why.")


def pip(*words: str) -> list[str | Path]:
    """The command of the environment's pip."""
    return [INTERPRETER, "-m", "pip", "--disable-pip-version-check", *words]


def uv(*words: str, settings: Settings) -> list[str | Path]:
    """The command of the environment's uv, looking where pip is configured to look."""
    command: list[str | Path] = [INTERPRETER, "-m", "uv", *words, "--index-strategy", "unsafe-best-match"]
    if words[:2] == ("pip", "install"):
        command += ["--python", INTERPRETER]
    if not sys.stderr.isatty():
        command.append("--quiet")
    flags = {
        "index-url": "--default-index",
        "extra-index-url": "--index",
        "find-links": "--find-links",
        "trusted-host": "--allow-insecure-host",
    }
    for setting, flag in flags.items():
        command += [part for value in settings.get(setting, ()) for part in (flag, value)]
    if "no-index" in settings:
        command.append("--no-index")
    return command


def call(command: list[str | Path], settings: Settings, quiet: bool = False) -> bool:
    """Whether the command succeeded. `quiet` hides what it prints."""
    environment = dict(os.environ)
    if certificate := settings.get("cert"):
        environment.setdefault("SSL_CERT_FILE", certificate[0])
    if proxy := settings.get("proxy"):
        environment.setdefault("ALL_PROXY", proxy[0])
    sink = subprocess.DEVNULL if quiet else None
    try:
        done = subprocess.run(command, cwd=PROJECT, env=environment, stdout=sink, stderr=sink, check=False)
    except OSError:
        return False
    return done.returncode == 0


@contextmanager
def turn() -> Iterator[None]:
    """Keeps a second `make` waiting while the first one installs."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    with Path(__file__).open("rb") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def main(words: list[str]) -> int:
    """The exit code: 0 when the environment is as asked."""
    try:
        match words:
            case ["run"]:
                ensure(RUN)
            case ["dev"]:
                ensure(DEV)
            case ["lock", *options]:
                ensure(DEV)
                lock(upgrade="--upgrade" in options)
            case _:
                raise Trouble("Usage: python -m tools.environment run | dev | lock [--upgrade]")
    except Trouble as trouble:
        say(str(trouble))
        return 1
    except KeyboardInterrupt:
        say("Stopped half-way; the same command goes on from here.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
