"""A recipe of ten steps on a table of ten million rows: seconds, and the most memory of all processes together.

`python -m benchmarks.recipe [--rows N] [--rival PYTHON]`. The same steps stand beside it in plain pandas, and in Polars
with `--rival`, the Python of an environment with polars. Every way reads one Parquet file and writes another; ours
also keeps the result as a version, with its profile and its fingerprint. The results are compared.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from services import changes, cleaning, datasets, recipes, wiring
from services.code.steps import parse
from services.settings import Settings
from services.workspace import LOCAL_USER, open_workspace

MOST_MB: Final = 1_500
BATCH: Final = 500_000
RIVALS: Final = Path(__file__).parent / "rivals" / "recipe.py"
STEPS: Final[tuple[dict[str, Any], ...]] = (
    {"kind": "rename", "names": {"cust": "customer"}},
    {"kind": "trim", "columns": ["region", "status"]},
    {"kind": "case", "columns": ["status"], "to": "lower"},
    {"kind": "replace_values", "columns": ["region"], "values": {"N.": "North", "S.": "South"}},
    {"kind": "fill_statistic", "column": "price", "statistic": "median"},
    {"kind": "limit_range", "column": "units", "low": 1, "high": 50, "action": "pull in"},
    {"kind": "round", "columns": ["price"], "digits": 1},
    {"kind": "date_parts", "column": "day", "parts": ["year", "month"]},
    {"kind": "filter", "conditions": [{"column": "status", "test": "≠", "value": "void"}]},
    {"kind": "drop", "columns": ["note"]},
)
"""Ten changes of the usual kinds; one learns from the whole table."""


def table(path: Path, rows: int) -> None:
    """Sales with gaps, blanks and mixed case, the same on every run, written piece by piece."""
    lot = np.random.default_rng(1)
    regions = pa.array(["North", "South ", " East", "West", "N.", "S."])
    states = pa.array(["Paid", "paid", "OPEN ", "void", "Void"])
    notes = pa.array([f"note number {n}" for n in range(500)])
    writer = None
    for start in range(0, rows, BATCH):
        size = min(BATCH, rows - start)
        price = np.round(lot.gamma(2.0, 30.0, size), 3)
        days = np.datetime64("2023-01-01", "us") + lot.integers(0, 730, size).astype("timedelta64[D]")
        piece = pa.table(
            {
                "order_id": np.arange(start, start + size),
                "day": days.astype("datetime64[us]"),
                "cust": lot.integers(1, 200_000, size),
                "region": regions.take(pa.array(lot.integers(0, 6, size))),
                "status": states.take(pa.array(lot.integers(0, 5, size))),
                "units": lot.integers(-5, 80, size),
                "price": pa.array(price, mask=lot.random(size) < 0.03),
                "note": notes.take(pa.array(lot.integers(0, 500, size))),
            }
        )
        writer = writer or pq.ParquetWriter(path, piece.schema, compression="zstd")
        writer.write_table(piece)
    assert writer is not None
    writer.close()


def descendants(pid: int) -> list[int]:
    """The process and all that it has started."""
    parents = {}
    for each in Path("/proc").iterdir():
        if each.name.isdigit():
            try:
                parents[int(each.name)] = int((each / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, ValueError):
                continue
    found = [pid]
    for each in found:
        found += [child for child, parent in parents.items() if parent == each]
    return found


def memory_mb(pid: int) -> float:
    """Megabytes of the process and all that it has started; what they share counts once (PSS)."""
    total = 0
    for each in descendants(pid):
        try:
            lines = Path(f"/proc/{each}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        # Pages of a mapped file are the kernel's cache, which it takes back when it needs room.
        kept = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:] if line.split()[-1] == "kB"}
        total += kept.get("Pss_Anon", kept.get("Pss", 0)) + kept.get("Pss_Shmem", 0)
    return total / 1024


@contextmanager
def watched(pid: int) -> Iterator[list[float]]:
    """Notes the memory of a process five times a second while the block runs."""
    seen, over = [memory_mb(pid)], threading.Event()

    def look() -> None:
        while not over.wait(0.2):
            seen.append(memory_mb(pid))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def ours(source: Path, target: Path) -> tuple[float, float]:
    """Seconds and megabytes of the recipe in the product, from the dataset to the new version; kept at `target`."""
    with tempfile.TemporaryDirectory(dir=source.parent) as home:
        backends = wiring.connect(Settings(home=Path(home), database_url="", sign_in="local"), inline=True)
        try:
            ws = open_workspace(backends, LOCAL_USER.id)
            dataset = datasets.upload(ws, source, source.name)
            steps = [parse(each) for each in STEPS]
            assert not recipes.check(steps, datasets.version(ws, dataset.head_id).columns)
            with watched(os.getpid()) as seen:
                before = time.perf_counter()
                made = cleaning.apply_all(ws, dataset.head_id, steps).version
                seconds = time.perf_counter() - before
            with changes.local(ws, made.id) as path:
                target.write_bytes(path.read_bytes())
            return seconds, max(seen)
        finally:
            wiring.close(backends)


def rival(python: str, name: str, source: Path, target: Path) -> tuple[float, float]:
    """The same of a rival, in a process of its own. Raises: CalledProcessError."""
    before = time.perf_counter()
    process = subprocess.Popen([python, str(RIVALS), name, str(source), str(target)])
    with watched(process.pid) as seen:
        code = process.wait()
    seconds = time.perf_counter() - before
    if code:
        raise subprocess.CalledProcessError(code, name)
    return seconds, max(seen)


def alike(one: Path, other: Path) -> bool:
    """Whether two files hold the same rows, whatever their columns are stored as."""
    first, second = pq.ParquetFile(one), pq.ParquetFile(other)
    if first.metadata.num_rows != second.metadata.num_rows:
        return False
    names = first.schema_arrow.names
    if names != second.schema_arrow.names:
        return False
    return all(_same(pq.read_table(one, columns=[n])[n], pq.read_table(other, columns=[n])[n]) for n in names)


def _same(one: Any, other: Any) -> bool:
    kind = pa.float64() if pa.types.is_floating(one.type) or pa.types.is_integer(one.type) else pa.string()
    if pa.types.is_timestamp(one.type):
        one, other, kind = one.cast(pa.timestamp("us")), other.cast(pa.timestamp("us")), pa.timestamp("us")
    return bool(pc.all(pc.equal(one.cast(kind), other.cast(kind)), min_count=0).as_py())


def main() -> int:
    """The exit code: 0 when the memory stays within its bounds and all results are the same."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--rival", default="", metavar="PYTHON", help="the Python of an environment with polars")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source, mine = Path(folder) / "sales.parquet", Path(folder) / "ours.parquet"
        table(source, options.rows)
        print(f"{len(STEPS)} steps, {options.rows:,} rows, {source.stat().st_size / 1e6:,.0f} MB of Parquet\n")
        print("| way | seconds | most memory (MB) | same rows |")
        print("|---|---|---|---|")
        seconds, most = ours(source, mine)
        print(f"| Red Pandas, version kept | {seconds:.1f} | {most:,.0f} | |", flush=True)
        rivals: Sequence[tuple[str, str]] = [("pandas", sys.executable)]
        rivals = [*rivals, ("polars", options.rival)] if options.rival else rivals
        same = [_row(lambda out, n=n, p=p: rival(p, n, source, out), n, mine, Path(folder)) for n, p in rivals]
    if not options.rival:
        print("Polars is left out: give the Python of an environment that has it (--rival).")
    return 0 if all(same) and most < MOST_MB else 1


def _row(run: Callable[[Path], tuple[float, float]], name: str, mine: Path, folder: Path) -> bool:
    target = folder / f"{name}.parquet"
    try:
        seconds, most = run(target)
    except subprocess.CalledProcessError as error:
        print(f"| {name} | no figure: it ended with {error.returncode} | | |")
        return False
    same = alike(mine, target)
    print(f"| {name} | {seconds:.1f} | {most:,.0f} | {'yes' if same else 'NO'} |", flush=True)
    return same


if __name__ == "__main__":
    sys.exit(main())
