"""What a question costs besides the model: `python -m benchmarks.overhead [--rows N] [--rival NAME=PYTHON ...]`.

A server on loopback plays the model and answers at once, so the time is that of the analyst: reading, prompts,
running, checking. Rivals (`pandasai`, `langchain`) run in environments of their own, given by their Python, on the
same table, question and model. PandasAI needs `pandasai pandasai-litellm`; LangChain needs
`langchain-experimental langchain-openai pandas pyarrow tabulate`.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from services import conversations, datasets, wiring
from services.assistant import pipeline
from services.domain import Turn
from services.settings import Settings
from services.workspace import LOCAL_USER, open_workspace

QUESTION: Final = "What is the total price by region?"
CODE: Final = "result = df.groupby('region', as_index=False)['price'].sum()"
SECONDS: Final = 600
RIVALS: Final = ("pandasai", "langchain")


def reply(path: str, prompt: str) -> str:
    """What the model says: the same code in the form that whoever asks expects."""
    if "pandasai" in path:
        named = re.search(r'(?:table_name|name)="([^"]+)"', prompt)
        query = f"SELECT region, SUM(price) AS price FROM {named[1] if named else 'df'} GROUP BY region"
        code = f'table = execute_sql_query("{query}")\nresult = {{"type": "dataframe", "value": table}}'
        return f"```python\nimport pandas as pd\n{code}\n```"
    if "langchain" in path:
        shown = CODE.removeprefix("result = ")
        begun = f"Thought: group it\nAction: python_repl_ast\nAction Input: {shown}"
        return "Thought: done\nFinal Answer: the totals are shown" if shown in prompt else begun
    return json.dumps({"reading": "total price by region", "kind": "analyse", "code": CODE})


class Model(BaseHTTPRequestHandler):
    """Speaks as much of the chat-completions protocol as the askers need."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        prompt = "\n".join(_text(message["content"]) for message in body["messages"])
        said = reply(self.path, prompt)
        spent = {"prompt_tokens": len(prompt) // 4, "completion_tokens": len(said) // 4, "total_tokens": 1}
        self.server.tokens.append(len(prompt) // 4)  # type: ignore[attr-defined]
        about = {"id": "1", "model": "scripted", "created": 1}
        if body.get("stream"):
            self._stream(about, said, spent)
        else:
            choice = {"index": 0, "message": {"role": "assistant", "content": said}, "finish_reason": "stop"}
            whole = {**about, "object": "chat.completion", "choices": [choice], "usage": spent}
            self._send("application/json", json.dumps(whole).encode())

    def _stream(self, about: dict[str, Any], said: str, spent: dict[str, int]) -> None:
        chunk = {**about, "object": "chat.completion.chunk"}
        pieces = [{"delta": {"role": "assistant", "content": said}}, {"delta": {}, "finish_reason": "stop"}]
        events = [{**chunk, "choices": [{"index": 0, "finish_reason": None, **piece}]} for piece in pieces]
        lines = [*events, {**chunk, "choices": [], "usage": spent}]
        text = "".join(f"data: {json.dumps(line)}\n\n" for line in lines) + "data: [DONE]\n\n"
        self._send("text/event-stream", text.encode())

    def _send(self, kind: str, data: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def _text(content: Any) -> str:
    return content if isinstance(content, str) else "\n".join(str(part.get("text", "")) for part in content)


@contextmanager
def model() -> Iterator[tuple[str, list[int]]]:
    """Address of the scripted model, and the prompt tokens (characters / 4) of each request it got."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Model)
    server.tokens = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", server.tokens  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()


def table(path: Path, rows: int) -> None:
    """Sales, the same on every run."""
    lot = np.random.default_rng(1)
    names = np.array(["North", "South", "East", "West", "Centre"])
    columns = {
        "order_id": np.arange(rows),
        "day": np.datetime64("2023-01-01") + lot.integers(0, 730, rows).astype("timedelta64[D]"),
        "region": names[lot.integers(0, 5, rows)],
        "units": lot.integers(1, 20, rows),
        "price": np.round(lot.gamma(2.0, 30.0, rows), 2),
    }
    pq.write_table(pa.table(columns), path)


def ours(url: str, path: Path, times: int) -> tuple[list[float], Turn]:
    """Seconds of each question, every one in a conversation of its own, and the last turn."""
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(
            home=Path(home), database_url="", analyst="model", openai_api_key="sk-scripted",
            openai_base_url=f"{url}/ours/v1", model="scripted", sign_in="local",
        )  # fmt: skip
        backends = wiring.connect(settings, inline=True)
        try:
            ws = open_workspace(backends, LOCAL_USER.id)
            dataset = datasets.upload(ws, path, path.name)
            seconds = []
            for at in range(times):
                conversation = conversations.create(ws, dataset.id)
                before = time.perf_counter()
                # A number in the question, so that no cache answers.
                turn = conversations.turn(ws, pipeline.ask(ws, conversation.id, f"{QUESTION} ({at})").id)
                seconds.append(time.perf_counter() - before)
            return seconds, turn
        finally:
            wiring.close(backends)


def rival(name: str, python: str, url: str, path: Path, times: int) -> dict[str, Any] | str:
    """What the rival took, or why there is no figure."""
    script = Path(__file__).parent / "rivals" / "overhead.py"
    command = [python, str(script), name, f"{url}/{name}/v1", str(path), QUESTION, str(times)]
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"{type(error).__name__}: {error}"
    last = (done.stdout.strip().splitlines() or [""])[-1]
    if done.returncode or not last.startswith("{"):
        return (done.stderr.strip().splitlines() or ["no answer"])[-1][:200]
    found: dict[str, Any] = json.loads(last)
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--rival", action="append", default=[], metavar="NAME=PYTHON", help=f"one of {RIVALS}")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, model() as (url, tokens):
        path = Path(folder) / "sales.parquet"
        table(path, options.rows)
        print(f"{QUESTION} {options.rows:,} rows, asked {options.times} times, the model answers at once\n")
        print("| analyst | first (s) | median of the rest (s) | calls | prompt tokens a call |")
        print("|---|---|---|---|---|")
        seconds, turn = ours(url, path, options.times)
        _row("Red Pandas, checks included", seconds, tokens, options.times)
        for each in options.rival:
            name, _, python = each.partition("=")
            tokens.clear()
            found = rival(name, python, url, path, options.times)
            if isinstance(found, str):
                print(f"| {name} | no figure: {found} | | | |")
            else:
                _row(name, found["seconds"], tokens, options.times)
        _parts(turn)


def _row(name: str, seconds: list[float], tokens: list[int], times: int) -> None:
    rest = statistics.median(seconds[1:] or seconds)
    mean = statistics.mean(tokens) if tokens else 0
    print(f"| {name} | {seconds[0]:.2f} | {rest:.2f} | {len(tokens) / times:g} | {mean:.0f} |")


def _parts(turn: Turn) -> None:
    """Where the time of the last question of ours went, and what was checked."""
    code = sum(attempt.seconds for attempt in turn.attempts)
    asked = sum(exchange.seconds for exchange in turn.exchanges)
    checks = [f"{check.name} {check.outcome}" for check in (turn.answer.checks if turn.answer else ())]
    spent = f"{turn.seconds:.2f} s, of it the code {code:.2f} s, the call {asked:.2f} s"
    print(f"\nOurs, the last time: {spent}; {turn.status}.")
    print(f"Checks: {', '.join(checks) or 'none'}.")


if __name__ == "__main__":
    main()
