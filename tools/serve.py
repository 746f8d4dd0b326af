"""Starts the app on this computer and opens the browser where there is one: `make run`.

Streamlit itself opens no browser for an `st.App`, and asks for an e-mail address at its first start.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping

FIRST_PORT = 8501
PORTS = 50
"""How many ports are tried from the first on."""
PATIENCE = 60.0
"""Seconds the browser waits for the server."""


def main(words: list[str]) -> None:
    """Becomes the server, or ends with a sentence and the exit code 1 when it cannot."""
    try:
        port = choose_port(os.environ.get("PORT", ""))
    except ValueError as error:
        sys.exit(str(error))
    if opener := browser_command(os.environ, sys.platform):
        detach(opener, f"http://localhost:{port}")
    # Streamlit takes this process over, so that signals reach it.
    os.execv(sys.executable, [sys.executable, "-m", "streamlit", *arguments(port), *words])


def arguments(port: int) -> list[str]:
    """What Streamlit is told."""
    return [
        *("run", "app.py", "--server.address=localhost", f"--server.port={port}"),
        *("--server.headless=true", "--browser.gatherUsageStats=false"),
    ]


def choose_port(named: str) -> int:
    """The port that was named, or the first free one from 8501 on.

    Raises: ValueError, with a sentence, when the named one is taken or no number.
    """
    if named:
        if not (named.isascii() and named.isdecimal()) or not 0 < int(named) < 65_536:
            raise ValueError(f"PORT={named} is no port: it is a number from 1 to 65535.")
        if not is_free(int(named)):
            raise ValueError(f"Port {named} cannot be used: choose another, as in `make run PORT=8600`.")
        return int(named)
    free = next((port for port in range(FIRST_PORT, FIRST_PORT + PORTS) if is_free(port)), None)
    if free is None:
        raise ValueError(
            f"No port from {FIRST_PORT} to {FIRST_PORT + PORTS - 1} is free: name one, `make run PORT=9000`."
        )
    return free


def is_free(port: int) -> bool:
    """Whether this program may listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def browser_command(environ: Mapping[str, str], platform: str) -> str:
    """The program that opens an address in the browser, or "".

    Without a screen it is "": a text browser would take the terminal over.
    """
    if platform == "darwin":
        return shutil.which("open", path=environ.get("PATH")) or ""
    if not environ.get("DISPLAY") and not environ.get("WAYLAND_DISPLAY"):
        return ""
    return shutil.which("xdg-open", path=environ.get("PATH")) or ""


def detach(opener: str, address: str) -> None:
    """Leaves a process behind that opens the browser once the server answers. It has no parent to wait for it."""
    if child := os.fork():
        os.waitpid(child, 0)
    elif os.fork():
        os._exit(0)
    else:
        try:
            if wait(f"{address}/healthz", PATIENCE):
                quiet = subprocess.DEVNULL
                subprocess.run([opener, address], stdin=quiet, stdout=quiet, stderr=quiet, check=False)
        finally:
            os._exit(0)


def wait(address: str, patience: float) -> bool:
    """Whether the server answered within so many seconds."""
    # No proxy: this is our own machine.
    client = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + patience
    while time.monotonic() < end:
        try:
            with client.open(address, timeout=2) as reply:
                return bool(reply.status == 200)
        except OSError:
            time.sleep(0.1)
    return False


if __name__ == "__main__":
    main(sys.argv[1:])
