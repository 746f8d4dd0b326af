"""Seconds from a question to its stored answer on 1 million rows, without a model's own time.

The same statement run on a table already in memory is the physical limit; reading the needed columns of the Parquet
file and running it is what a script would do. `python -m benchmarks.answer`
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from services import conversations, datasets, wiring
from services.assistant import pipeline
from services.domain import Dataset, TurnStatus
from services.settings import Settings
from services.workspace import LOCAL_USER, Workspace, open_workspace

ROWS = 1_000_000
RUNS = 7
QUESTIONS = ("average price by region", "how many orders per month", "top 5 products by units as a bar chart")


def main() -> None:
    """Prints one line a question."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        backends = wiring.connect(Settings(home=home / "home", database_url="", analyst="builtin"), inline=True)
        try:
            ws = open_workspace(backends, LOCAL_USER.id)
            _report(ws, _upload(ws, home / "orders.csv"))
        finally:
            wiring.close(backends)


def _upload(ws: Workspace, path: Path) -> Dataset:
    rng = np.random.default_rng()
    frame = pd.DataFrame(
        {
            "order_id": np.arange(ROWS),
            "date": pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 730, ROWS), unit="D"),
            "region": rng.choice(["North", "South", "East", "West"], ROWS),
            "product": rng.choice([f"Product {n}" for n in range(200)], ROWS),
            "units": rng.integers(1, 20, ROWS),
            "price": rng.gamma(2, 30, ROWS).round(2),
        }
    )
    frame.to_csv(path, index=False)
    started = time.perf_counter()
    dataset = datasets.upload(ws, path, path.name)
    megabytes = path.stat().st_size / 1e6
    print(f"upload and profile, {ROWS:,} rows, {megabytes:.0f} MB of CSV: {time.perf_counter() - started:.2f} s")
    return dataset


def _report(ws: Workspace, dataset: Dataset) -> None:
    conversation = conversations.create(ws, dataset.id)
    with ws.backends.storage.local(datasets.head(ws, dataset.id).storage_key) as path:
        frame = pd.read_parquet(path)
        in_memory = _median(lambda: frame.groupby("region")["price"].mean())
        script = _median(lambda: pd.read_parquet(path, columns=["region", "price"]).groupby("region")["price"].mean())
    print(f"in-process groupby: {in_memory * 1000:.0f} ms in memory, {script * 1000:.0f} ms with reading two columns")
    for question in QUESTIONS:
        seconds = _median(lambda question=question: _ask(ws, conversation.id, question))  # type: ignore[misc]
        print(
            f"{question!r}: {seconds * 1000:.0f} ms to the stored answer, "
            f"{seconds / in_memory:.1f} x in memory, {seconds / script:.1f} x the script"
        )


def _ask(ws: Workspace, conversation_id: str, question: str) -> None:
    turn = conversations.turn(ws, pipeline.ask(ws, conversation_id, question).id)
    if turn.status is not TurnStatus.ANSWERED:
        raise SystemExit(f"{question!r} was not answered: {turn.status}, {turn.message}")


def _median(work: Callable[[], object]) -> float:
    work()
    seconds = []
    for _ in range(RUNS):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


if __name__ == "__main__":
    main()
