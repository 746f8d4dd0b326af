"""A proxy in front of an S3 server that does wrong things on purpose, and checks MD5 sums as Amazon does."""

from __future__ import annotations

import hashlib
import http.client
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import urlsplit

BAD_DIGEST = b"<?xml version='1.0'?><Error><Code>BadDigest</Code><Message>wrong</Message></Error>"
INTERNAL = b"<?xml version='1.0'?><Error><Code>InternalError</Code><Message>secret host 10.1.2.3</Message></Error>"


@dataclass(frozen=True)
class Call:
    """A request on its way: "PUT", "/bucket/key", the query, the body's length."""

    method: str
    path: str
    query: str
    length: int


@dataclass
class Fault:
    """What goes wrong, with which calls, and how often (None: always)."""

    kind: str
    """ "error" (500), "silence", "cut" (the reply ends in the middle), "drop" (the request is not taken), "flip"
    (a byte of the reply changes), "damage" (a byte of the request changes on the way), "lose" (done, but not told)."""
    when: Callable[[Call], bool] = lambda call: True
    times: int | None = None
    seconds: float = 5.0
    met: list[Call] = field(default_factory=list)


class FaultyProxy:
    """The proxy, with the faults that are in force."""

    def __init__(self, endpoint: str) -> None:
        self.faults: list[Fault] = []
        self.calls: list[Call] = []
        self._behind, self._lock = urlsplit(endpoint).netloc, Lock()
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self) -> None:
                self.raw_requestline = self.rfile.readline(65_537)
                if not self.raw_requestline or not self.parse_request():
                    self.close_connection = True
                    return
                proxy.serve(self)

            def log_message(self, *_: Any) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self._server.server_address[1]}"
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        """Answers one request, as the faults want it."""
        if handler.headers.get("Expect") == "100-continue":
            handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        call = Call(handler.command, *handler.path.partition("?")[::2], len(body))
        fault = self._fault(call)
        kind = fault.kind if fault else ""
        if fault and kind == "silence":
            time.sleep(fault.seconds)
        if kind in ("silence", "drop"):
            handler.close_connection = True
            return
        if kind == "damage":
            body = _flipped(body)
        sum = handler.headers.get("Content-MD5")
        if kind == "error":
            _reply(handler, 500, [], INTERNAL)
        elif sum and sum != b64encode(hashlib.md5(body).digest()).decode():
            _reply(handler, 400, [], BAD_DIGEST)
        else:
            self._pass_on(handler, body, kind)

    def _fault(self, call: Call) -> Fault | None:
        with self._lock:
            self.calls.append(call)
            for fault in self.faults:
                if fault.when(call) and (fault.times is None or len(fault.met) < fault.times):
                    fault.met.append(call)
                    return fault
        return None

    def _pass_on(self, handler: BaseHTTPRequestHandler, body: bytes, kind: str) -> None:
        behind = http.client.HTTPConnection(self._behind, timeout=60)
        try:
            behind.request(handler.command, handler.path, body, dict(handler.headers.items()))
            reply = behind.getresponse()
            data = reply.read()
        finally:
            behind.close()
        if kind == "lose":
            handler.close_connection = True
            return
        if kind == "flip":
            data = _flipped(data)
        headers = [pair for pair in reply.getheaders() if pair[0].lower() not in ("transfer-encoding", "connection")]
        _reply(handler, reply.status, headers, data, len(data) // 2 if kind == "cut" else None)


def _reply(
    handler: BaseHTTPRequestHandler, status: int, headers: list[tuple[str, str]], data: bytes, sent: int | None = None
) -> None:
    handler.send_response_only(status)
    for name, value in headers:
        handler.send_header(name, value)
    if not any(name.lower() == "content-length" for name, _ in headers):
        handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    if handler.command != "HEAD":
        handler.wfile.write(data[:sent])
    if sent is not None:
        handler.wfile.flush()
        handler.close_connection = True


def _flipped(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 0xFF]) + data[middle + 1 :] if data else data
