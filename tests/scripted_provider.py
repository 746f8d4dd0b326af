"""A real HTTP server on loopback that speaks the protocols of OpenAI (and Azure) and of Anthropic, and plays a script.

    with ScriptedProvider([fails(500), says(analyse("result = 1"))]) as provider:
        settings = Settings(openai_base_url=provider.url, openai_api_key="sk-…", model="scripted")
    provider.requests[0].body["messages"]

Each request takes the next step of the script; the last step repeats. Everything that came in is kept, headers too.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Request:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        return json.loads(self.raw)

    @property
    def text(self) -> str:
        """All messages, one after the other; Anthropic's system prompt first."""
        return "\n".join(
            [str(self.body.get("system", "")), *(_plain(each["content"]) for each in self.body["messages"])]
        )

    @property
    def is_anthropic(self) -> bool:
        return self.path.split("?")[0].endswith("/messages")


@dataclass(frozen=True)
class Step:
    """How one request is answered."""

    text: str = ""
    """The reply's content, streamed in pieces of `piece` characters with `pause` seconds between them."""
    piece: int = 24
    pause: float = 0.0
    wait: float = 0.0
    """Seconds before the first byte."""
    status: int = 200
    error: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    """Characters after which the connection is dropped without an end."""
    raw: bytes | None = None
    """Sent in place of a chat completion."""
    refuses: tuple[str, ...] = ()
    """Fields of the request that this server does not take: it answers 400 when one is there."""


def says(text: str, **how: Any) -> Step:
    return Step(text=text, **how)


def analyse(code: str, reading: str = "the reading", **fields: Any) -> str:
    """A good reply."""
    return json.dumps({"reading": reading, "kind": "analyse", "message": "", "options": [], "code": code, **fields})


def fails(status: int, message: str = "scripted failure", code: str | None = None, **headers: str) -> Step:
    error = {"message": message, "type": "scripted", "code": code, "param": None}
    return Step(status=status, error=error, headers={name.replace("_", "-"): text for name, text in headers.items()})


def hangs() -> Step:
    """Accepts the request and never answers."""
    return Step(wait=3_600)


def slow(text: str, pause: float = 0.2) -> Step:
    return Step(text=text, pause=pause, piece=8)


def cut(text: str, after: int = 30) -> Step:
    return Step(text=text, cut_after=after, piece=10)


def page(html: str = "<html><body>Welcome to the router</body></html>") -> Step:
    """An answer that has nothing to do with the protocol."""
    return Step(raw=html.encode(), headers={"Content-Type": "text/html"})


Script = Sequence[Step] | Callable[[Request], Step]


class ScriptedProvider:
    """Serves while inside its `with` block."""

    def __init__(self, script: Script = ()) -> None:
        self._script = script
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self.requests: list[Request] = []
        self._server = _Server(self)
        self.root = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.url = f"{self.root}/v1"

    def __enter__(self) -> ScriptedProvider:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()

    def play(self, *steps: Step) -> None:
        """Starts a new script and forgets the requests so far."""
        with self._lock:
            self._script, self.requests = steps, []

    def take(self, request: Request) -> Step:
        """Keeps the request; the step that answers it."""
        with self._lock:
            self.requests.append(request)
            if callable(self._script):
                return self._script(request)
            if not self._script:
                return fails(500, "there is no script")
            return self._script[min(len(self.requests), len(self._script)) - 1]

    def pause(self, seconds: float) -> None:
        """Waits, but not beyond the end of the test."""
        self._stopping.wait(seconds)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, provider: ScriptedProvider) -> None:
        self.provider = provider
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, *_: object) -> None:
        """A client that has gone away is part of the script."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        request = Request(self.path, dict(self.headers), raw)
        step = self.server.provider.take(request)
        self.server.provider.pause(step.wait)
        self.close_connection = True
        if refused := [name for name in step.refuses if name in request.body]:
            step = fails(400, f"Unsupported parameter: '{refused[0]}'")
        if step.raw is not None:
            self._send(step.status, step.raw, step.headers)
        elif step.error is not None:
            error = {"type": "error", "error": step.error} if request.is_anthropic else {"error": step.error}
            self._send(step.status, json.dumps(error).encode(), step.headers)
        elif request.body.get("stream"):
            self._stream(step, request)
        else:
            self._send(200, json.dumps(_completion(step, request)).encode(), step.headers)

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, text in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, step: Step, request: Request) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if request.is_anthropic:
            self._tell(step, request)
            return
        for start in range(0, len(step.text), step.piece):
            if step.cut_after is not None and start >= step.cut_after:
                return
            self._event(_chunk(request, {"content": step.text[start : start + step.piece]}))
            self.server.provider.pause(step.pause)
        self._event(_chunk(request, {}, "stop"))
        if request.body.get("stream_options", {}).get("include_usage"):
            self._event({**_chunk(request, {}), "choices": [], "usage": _usage(step, request)})
        self._piece(b"data: [DONE]\n\n")
        self._piece(b"")

    def _tell(self, step: Step, request: Request) -> None:
        """The reply as Anthropic streams it."""
        used = _usage(step, request)
        message = {"id": "msg_1", "type": "message", "role": "assistant", "model": request.body["model"], "content": []}
        spent = {"input_tokens": used["prompt_tokens"], "output_tokens": 1}
        self._named("message_start", message={**message, "stop_reason": None, "stop_sequence": None, "usage": spent})
        self._named("content_block_start", index=0, content_block={"type": "text", "text": ""})
        for start in range(0, len(step.text), step.piece):
            if step.cut_after is not None and start >= step.cut_after:
                return
            piece = {"type": "text_delta", "text": step.text[start : start + step.piece]}
            self._named("content_block_delta", index=0, delta=piece)
            self.server.provider.pause(step.pause)
        self._named("content_block_stop", index=0)
        end = {"stop_reason": "end_turn", "stop_sequence": None}
        self._named("message_delta", delta=end, usage={**spent, "output_tokens": used["completion_tokens"]})
        self._named("message_stop")
        self._piece(b"")

    def _named(self, name: str, **body: Any) -> None:
        self._piece(f"event: {name}\ndata: {json.dumps({'type': name, **body})}\n\n".encode())

    def _event(self, body: dict[str, Any]) -> None:
        self._piece(b"data: " + json.dumps(body).encode() + b"\n\n")

    def _piece(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


def _plain(content: Any) -> str:
    return content if isinstance(content, str) else "\n".join(part.get("text", "") for part in content)


def _chunk(request: Request, delta: dict[str, str], finish: str | None = None) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": int(time.time()),
        "model": request.body["model"],
        "choices": [{"index": 0, "delta": {"role": "assistant", **delta}, "finish_reason": finish}],
    }


def _completion(step: Step, request: Request) -> dict[str, Any]:
    message = {"role": "assistant", "content": step.text}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": request.body["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": _usage(step, request),
    }


def _usage(step: Step, request: Request) -> dict[str, int]:
    """Token counts, four characters a token."""
    prompt, reply = len(request.text) // 4, len(step.text) // 4
    return {"prompt_tokens": prompt, "completion_tokens": reply, "total_tokens": prompt + reply}
