"""The sandbox: how much a run costs over the same statement in this process, and what it shares.

`python -m benchmarks.sandbox [rows of the large table]`; prints one table.
"""

from __future__ import annotations

import importlib.util
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sandbox import Limits, RunRequest, RunStatus, Sandbox, child
from sandbox.launch import ZygoteLauncher

STATEMENT = "result = df.groupby('a')['b'].mean()"
IMPORTS = (
    "import pandas, numpy, pyarrow, plotly.express, sklearn.linear_model, statsmodels.api, duckdb, matplotlib.pyplot"
)
LARGE = 10_000_000
CHILDREN = 20


def main(large_rows: int) -> None:
    """Makes the tables in a temporary folder and prints every figure."""
    with tempfile.TemporaryDirectory(prefix="red-pandas-bench-") as folder:
        place = Path(folder)
        box = Sandbox(workers=2, cache=place / "cache")
        try:
            print(f"level {box.status().level.value}: {box.status().summary}")
            _small(box, place)
            _large(box, place, large_rows)
            _throughput(box)
        finally:
            box.close()


def _small(box: Sandbox, place: Path) -> None:
    path = place / "million.parquet"
    frame = _frame(1_000_000, 1)
    frame.to_parquet(path)
    frame = pd.read_parquet(path)
    _run(box, STATEMENT, path)
    least, warm, here = _in_turn(
        40,
        lambda: _run(box, "result = 1 + 1"),
        lambda: _run(box, STATEMENT, path),
        lambda: frame.groupby("a")["b"].mean(),
    )
    _show("`1 + 1`, warm", least)
    _show("1 million rows, sandbox", warm)
    _show("1 million rows, this process, table in memory (a)", here)
    fresh = f"{IMPORTS}\nimport pandas as pd\ndf = pd.read_parquet({str(path)!r}, columns=['a', 'b'])\n{STATEMENT}"
    cold = _times(lambda: subprocess.run([sys.executable, "-c", fresh], check=True), 3)
    _show("1 million rows, fresh interpreter with the same imports (b)", cold)
    _rival(frame)
    over, quicker = statistics.median(warm) - statistics.median(here), statistics.median(cold) / statistics.median(warm)
    print(f"over (a): {over:.0f} ms (aim: under 35); quicker than (b): {quicker:.0f} times (aim: 25)")


def _rival(frame: pd.DataFrame) -> None:
    if importlib.util.find_spec("smolagents") is None:
        print("smolagents' local interpreter (c): not installed, left out")
        return
    from smolagents.local_python_executor import LocalPythonExecutor

    executor = LocalPythonExecutor(["pandas"])
    executor.send_variables({"df": frame})
    executor.send_tools({})
    _show("1 million rows, smolagents' local interpreter (c)", _times(lambda: executor(STATEMENT), 10))


def _large(box: Sandbox, place: Path, rows: int) -> None:
    path = place / "large.parquet"
    parts = pq.ParquetWriter(path, pa.Table.from_pandas(_frame(10, 10), preserve_index=False).schema)
    with parts:
        for _ in range(max(1, rows // 1_000_000)):
            parts.write_table(pa.Table.from_pandas(_frame(min(rows, 1_000_000), 10), preserve_index=False))
    started = time.perf_counter()
    _run(box, "result = len(df)", path)
    print(f"{rows:,} rows x 12 columns: {time.perf_counter() - started:.1f} s to make the mapped copy, once")
    size = sum(file.stat().st_size for file in (place / "cache").iterdir()) / 1e6
    frame = pd.read_parquet(path, columns=["a", "b"])
    warm, here = _in_turn(10, lambda: _run(box, STATEMENT, path), lambda: frame.groupby("a")["b"].mean())
    _show(f"{rows:,} rows, two columns, sandbox", warm)
    _show(f"{rows:,} rows, this process, table in memory (a)", here)
    ratio = statistics.median(warm) / statistics.median(here)
    print(f"sandbox over (a): {ratio:.2f} times (aim: under 1.5)")
    if size < rows * 12 * 6 / 1e6:
        print("no mapped copy was made: the memory of many children is not measured")
        return
    _shared(place, path, size)


def _shared(place: Path, path: Path, table_mb: float) -> None:
    """Memory of idle children, and of many children that all read the whole table."""
    box = Sandbox(workers=CHILDREN, cache=place / "cache")
    wait = "import time\ntime.sleep({seconds})\nresult = 1"
    everything = "x = sum(float(df[name].sum()) for name in df.select_dtypes('number').columns)\n"
    try:
        _run(box, "result = 1", path)
        idle = _held(box, 1, wait.format(seconds=3), None, 2)
        print(f"one idle child: {idle:.0f} MB of its own")
        spare = sum(_proportional(pid) for pid in _named(box, child.SPARE))
        print(f"the child that waits for the next run: {spare:.0f} MB of its own")
        used = _held(box, CHILDREN, everything + wait.format(seconds=25), path, 22)
        tables = used / table_mb
        print(f"{CHILDREN} children on a table of {table_mb:.0f} MB: {used:.0f} MB, {tables:.2f} tables (aim: 1.5)")
    finally:
        box.close()


def _held(box: Sandbox, children: int, code: str, path: Path | None, seconds: float) -> float:
    """Proportional megabytes of so many children, without what they share with the warm process."""
    threads = [threading.Thread(target=_run, args=(box, code, path)) for _ in range(children)]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    held = sum(_proportional(pid) for pid in _named(box, child.RUN))
    for thread in threads:
        thread.join()
    return held


def _pid(box: Sandbox) -> int:
    launcher = box._launcher
    assert isinstance(launcher, ZygoteLauncher)
    return launcher.pid()


def _below(pid: int) -> list[int]:
    found = [pid]
    for each in found:
        found += [int(child) for child in Path(f"/proc/{each}/task/{each}/children").read_text().split()]
    return found


def _named(box: Sandbox, name: str) -> list[int]:
    return [pid for pid in _below(_pid(box)) if Path(f"/proc/{pid}/comm").read_text().strip() == name]


def _proportional(pid: int) -> float:
    """Private pages, and this process's part of the pages of files it has mapped."""
    facts = dict(line.split(":") for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
    kilobytes = [int(facts[name].split()[0]) for name in ("Private_Dirty", "Private_Clean", "Pss_File")]
    return (kilobytes[0] + kilobytes[1] + kilobytes[2]) / 1024


def _throughput(box: Sandbox) -> None:
    started = time.perf_counter()
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda _: _run(box, "result = 1"), range(200)))
    print(f"20 callers: {200 / (time.perf_counter() - started):.0f} runs a second")


def _frame(rows: int, numbers: int) -> pd.DataFrame:
    rng = np.random.default_rng(rows)
    table = pd.DataFrame(
        {"a": rng.choice(["north", "south", "east", "west", "centre"], rows), "b": rng.normal(size=rows)}
    )
    for place in range(numbers):
        table[f"n{place}"] = rng.normal(size=rows)
    return table


def _run(box: Sandbox, code: str, path: Path | None = None) -> None:
    tables = {"df": path} if path else {}
    result = box.run(RunRequest(id="bench", code=code, tables=tables, limits=Limits(memory_mb=4_096)))
    assert result.status is RunStatus.OK, result.error


def _times(work: Callable[[], object], count: int) -> list[float]:
    """Milliseconds of each of so many calls."""
    found = []
    for _ in range(count):
        started = time.perf_counter()
        work()
        found.append((time.perf_counter() - started) * 1000)
    return found


def _in_turn(count: int, *works: Callable[[], object]) -> list[list[float]]:
    """The same for each of several, side by side, so that what else the machine does hits all alike."""
    rounds = [[_times(work, 1)[0] for work in works] for _ in range(count)]
    return [list(times) for times in zip(*rounds, strict=True)]


def _show(name: str, milliseconds: list[float]) -> None:
    late = sorted(milliseconds)[max(0, round(len(milliseconds) * 0.95) - 1)]
    print(f"{name}: median {statistics.median(milliseconds):.0f} ms, 95th percentile {late:.0f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else LARGE)
