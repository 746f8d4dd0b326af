"""How good and how quick profiles are.

`python -m benchmarks.profile [alerts|speed ...] [--cases 1000] [--seed N] [--rows 1000000] [--misses]
[--rival PYTHON]`. Alerts: a defect of each kind is planted in random tables; counted are those found, and clean twins
that are called the same.
Speed: our profile beside DuckDB's own SUMMARIZE of the same file, and beside ydata-profiling in its minimal mode, where
`--rival` names the Python of an environment of its own that has it (`pip install ydata-profiling pyarrow`).
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import planted
from services.backends.engine import Engine
from services.domain import AlertKind, Profile

MEMORY_MB = 512
YDATA = """
import sys, time
import pandas
from ydata_profiling import ProfileReport
table = pandas.read_parquet(sys.argv[1])
start = time.perf_counter()
ProfileReport(table, minimal=True, progress_bar=False).to_json()
print(time.perf_counter() - start)
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the tables; 0 unless an aim is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile")
    parser.add_argument("which", nargs="*", choices=["alerts", "speed", []], help="all when none is named")
    parser.add_argument("--cases", type=int, default=1_000, help="defects to plant")
    parser.add_argument("--seed", type=int, default=0, help="0 takes a fresh one, and prints it")
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the table for the speed")
    parser.add_argument("--misses", action="store_true", help="print each case that was missed or cried wolf")
    parser.add_argument("--rival", default="", help="a Python that has ydata-profiling")
    options = parser.parse_args(arguments)
    which = options.which or ["alerts", "speed"]
    good = True
    if "alerts" in which:
        good &= alerts(options.seed or time.time_ns() % 1_000_000_007, options.cases, options.misses)
    if "speed" in which:
        good &= speed(options.rows, options.rival)
    return 0 if good else 1


def alerts(seed: int, number: int, shows: bool) -> bool:
    """Share of planted defects that are found, and of clean twins where the same kind is cried all the same."""
    tried, found, cried = Counter[AlertKind](), Counter[AlertKind](), Counter[AlertKind]()
    noisy, noise = 0, Counter[AlertKind]()
    with tempfile.TemporaryDirectory() as folder:
        for case in planted.cases(seed, number):
            tried[case.kind] += 1
            is_found = names(profile(case.table, Path(folder)), case.kind, case.columns)
            clean = profile(case.clean, Path(folder))
            false = {alert.kind for alert in clean.alerts}
            found[case.kind] += is_found
            cried[case.kind] += case.kind in false
            noisy += bool(false)
            noise.update(false)
            if shows and not is_found:
                print(f"  missed {case.kind} in {case.columns}, case {tried.total() - 1}")
            if shows and false:
                print(f"  false, case {tried.total() - 1}: " + "; ".join(alert.text for alert in clean.alerts))
    print(f"alerts: seed {seed}, {number:,} planted defects")
    for kind, times in tried.items():
        print(f"alerts {kind:24} found {found[kind]:4} of {times:4}   on clean twins {cried[kind]:3}")
    good, false_share = found.total() / tried.total(), cried.total() / tried.total()
    print(f"alerts found {good:.1%} (aim 97 %), false on clean twins {false_share:.1%} (aim 3 % at most)")
    print(f"alerts: {noisy / number:.1%} of the clean tables have an alert of any kind: {dict(noise.most_common())}")
    return good >= 0.97 and false_share <= 0.03


def names(profile: Profile, kind: AlertKind, columns: Sequence[str]) -> bool:
    """Whether an alert of the kind names the columns."""
    return any(alert.kind is kind and set(columns) <= set(alert.columns) for alert in profile.alerts)


def profile(table: pa.Table, folder: Path) -> Profile:
    """The whole profile of a table."""
    path, engine = folder / "t.parquet", Engine(MEMORY_MB, folder)
    pq.write_table(table, path)
    return engine.deepen(path, engine.profile(path, "v"), {}, quiet)


def quiet(stage: str) -> None:
    """Says nothing."""


def speed(rows: int, rival: str = "") -> bool:
    """Seconds for all, the size of the stored profile."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "big.parquet"
        pq.write_table(wide_table(rows), path, compression="zstd", row_group_size=122_880)
        engine = Engine(MEMORY_MB, Path(folder))
        ours, theirs, first = [], [], []
        for _ in range(3):
            start = time.perf_counter()
            facts = engine.profile(path, "v")
            first.append(time.perf_counter() - start)
            stored = engine.deepen(path, facts, {}, quiet).model_dump_json()
            ours.append(time.perf_counter() - start)
            theirs.append(_summarize(path, folder))
        slower = _ydata(rival, path) / min(ours) if rival else 0.0
    ratio = min(ours) / min(theirs)
    print(
        f"speed: {rows:,} rows x 20 columns: first facts {min(first):.1f} s, whole profile {min(ours):.1f} s, DuckDB "
        f"SUMMARIZE {min(theirs):.1f} s, ratio {ratio:.2f} (aim 3 at most), JSON {len(stored) / 1e6:.2f} MB (aim: 1)"
    )
    if rival:
        print(f"speed: ydata-profiling takes {slower:.1f} times as long as the whole profile (aim 8 at least)")
    return ratio <= 3 and len(stored) < 1_000_000 and not 0 < slower < 8


def _ydata(rival: str, path: Path) -> float:
    """Seconds in which ydata-profiling makes its minimal report of the same file, reading it apart."""
    made = subprocess.run([rival, "-c", YDATA, str(path)], capture_output=True, text=True, check=True)
    return float(made.stdout.split()[-1])


def _summarize(path: Path, folder: str) -> float:
    config = {"threads": 2, "memory_limit": f"{MEMORY_MB}MB", "temp_directory": folder}
    with duckdb.connect(config=config) as connection:
        connection.execute("SET enable_progress_bar = false")
        start = time.perf_counter()
        connection.execute(f"SUMMARIZE SELECT * FROM '{path}'").fetchall()
        return time.perf_counter() - start


def wide_table(rows: int) -> pa.Table:
    """Twenty columns of every kind: a key, moments, days, amounts, counts, groups of 4 to 20,000 values, prose."""
    rng = np.random.default_rng(0)
    moments = np.sort(rng.integers(0, 86_400 * 1_000, rows))
    columns: dict[str, object] = {
        "order_id": np.arange(rows),
        "created_at": moments.astype("datetime64[s]"),
        "day": np.datetime64("2021-01-01") + rng.integers(0, 1_000, rows).astype("timedelta64[D]"),
        "is_paid": rng.random(rows) < 0.3,
        "comment": [f"order number {place} was fine and came late" for place in range(rows)],
    }
    columns |= {f"amount_{place}": np.round(rng.normal(100, 20, rows), 2) for place in range(6)}
    columns |= {f"measure_{place}": rng.gamma(5, 2, rows) for place in range(3)}
    columns |= {f"units_{place}": rng.poisson(9, rows) for place in range(3)}
    for name, levels in (("region", 4), ("product", 300), ("city", 20_000)):
        values = np.array([f"{name} {place}" for place in range(levels)], dtype=object)
        columns[name] = values[rng.integers(0, levels, rows)]
    return pa.table({name: pa.array(values) for name, values in columns.items()})


if __name__ == "__main__":
    sys.exit(main())
