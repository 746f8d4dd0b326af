"""How well files are read: messy files of many formats, polluted CSV files with a clean twin, and the speed of CSV.

`python -m benchmarks.reading [messy|pollock|preview|speed ...] [--failures] [--mb 100]`. The first two need the test
collections (the folder in CORPORA) and say so when they are missing.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow.parquet as pq

from sandbox import Sandbox
from services.backends.readers.readers import Readers
from services.errors import BadInput

CORPORA = Path(os.environ.get("CORPORA") or "../shared/corpora")
MOST_SECONDS = 10.0
MAX_COLUMNS = 2_000
EVERY = ["messy", "pollock", "preview", "speed"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints one table a benchmark; 1 when a messy file crashed, hung or gave a wrong outcome without a sentence."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reading")
    parser.add_argument(
        "which", nargs="*", choices=["messy", "pollock", "preview", "speed", []], help="all when none is named"
    )
    parser.add_argument("--failures", action="store_true", help="print each case that fell short")
    parser.add_argument("--quick", action="store_true", help="read in this process: a crash ends the benchmark")
    parser.add_argument("--mb", type=int, default=100, help="size of the file for the speed")
    options = parser.parse_args(arguments)
    which = options.which or EVERY
    good = True
    with closing(Sandbox()) as sandbox:
        readers = Readers(MAX_COLUMNS, sandbox, is_isolating=not options.quick)
        if "messy" in which:
            good = messy(options.failures, readers)
        if "pollock" in which:
            pollock(options.failures, readers)
        if "preview" in which:
            preview(readers)
    if "speed" in which:
        speed(options.mb)
    return 0 if good else 1


def cases(name: str) -> list[dict[str, Any]]:
    """The cases of a collection; none, said aloud, when it is not there."""
    path = CORPORA / name / "cases.jsonl"
    if not path.is_file():
        print(f"{name}: left out, there is no {path} (set CORPORA).")
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def messy(shows: bool, readers: Readers) -> bool:
    """Load or a clear error, never a crash or a hang."""
    outcomes: dict[str, Counter[str]] = defaultdict(Counter)
    slowest, good = 0.0, True
    for case in cases("messy"):
        start = time.perf_counter()
        outcome, why = attempt(CORPORA / "messy" / case["file"], readers)
        seconds = time.perf_counter() - start
        slowest = max(slowest, seconds)
        fine = outcome == "loaded" or (outcome in ("error", "no rows") and case["expect"] != "load")
        verdict = "as expected" if fine else f"{outcome}, should load" if case["expect"] == "load" else outcome
        outcomes[case["format"]][verdict] += 1
        good &= outcome != "crash" and seconds < MOST_SECONDS
        if shows and (not fine or seconds >= MOST_SECONDS):
            print(f"  {case['file']} ({case['expect']}): {outcome} in {seconds:.1f} s. {why}")
    for kind, counts in sorted(outcomes.items()):
        print(f"messy {kind:8} " + ", ".join(f"{number} {verdict}" for verdict, number in counts.most_common()))
    if outcomes:
        print(f"messy: slowest file {slowest:.1f} s")
    return good


def attempt(path: Path, readers: Readers) -> tuple[str, str]:
    """ "loaded", "no rows" (valid, but nothing to show), "error" (a sentence) or "crash", and the sentence."""
    with ThreadPoolExecutor(1) as pool:
        attempted = pool.submit(_load, path, readers)
        error = attempted.exception()
    if error is None:
        return attempted.result(), ""
    return ("error", str(error)) if isinstance(error, BadInput) else ("crash", repr(error))


def _load(path: Path, readers: Readers) -> str:
    """ "loaded" or "no rows".

    Raises: BadInput.
    """
    with tempfile.TemporaryDirectory() as folder:
        if all(each.rows == 0 for each in readers.tables(path, path.name)):
            return "no rows"
        readers.read(path, Path(folder) / "out.parquet", path.name)
    return "loaded"


def pollock(shows: bool, readers: Readers) -> None:
    """Header, record and cell F1 between the clean twin and the texts that were read; the dialect is not told."""
    there = cases("pollock")
    if not there:
        return
    scorer = _scorer()
    parts: dict[str, list[dict[str, float]]] = defaultdict(list)
    for case in there:
        with (CORPORA / "pollock" / case["clean"]).open(encoding="utf-8", newline="") as file:
            clean = list(csv.reader(file))
        score = scorer.csv_f1(clean, texts(CORPORA / "pollock" / case["file"], readers))
        parts[case["part"]].append(score)
        if shows and min(score.values()) < 0.95:
            print(f"  {case['file']}: " + ", ".join(f"{name} {value:.2f}" for name, value in score.items()))
    parts["all"] = [score for scores in parts.values() for score in scores]
    for part, scores in parts.items():
        means = {name: sum(score[name] for score in scores) / len(scores) for name in scores[0]}
        print(f"pollock {part:16} {len(scores):3} files  " + "  ".join(f"{n} {v:.3f}" for n, v in means.items()))


def texts(path: Path, readers: Readers) -> list[list[str]]:
    """The table as texts, names first; empty when it could not be read."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "out.parquet"
        try:
            readers.read(path, target, path.name, typed=False)
        except BadInput:
            return []
        table = pq.read_table(target)
    return [table.column_names, *(["" if cell is None else cell for cell in row.values()] for row in table.to_pylist())]


def preview(readers: Readers) -> None:
    """Seconds from a file of 10 MB to its first rows, everything included, in a warm sandbox."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "ten.csv"
        generate(source, 10)
        readers.preview(source, "ten.csv", folder=Path(folder))
        seconds = []
        for _ in range(5):
            start = time.perf_counter()
            readers.preview(source, "ten.csv", folder=Path(folder))
            seconds.append(time.perf_counter() - start)
    print(f"preview of 10 MB: {min(seconds):.2f} s at best, {max(seconds):.2f} s at worst of {len(seconds)}")


def _scorer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("scoring", CORPORA / "scoring.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


OURS = """
from pathlib import Path; from sandbox import Sandbox
from services.backends.readers.readers import Readers
report = Readers(2000, is_isolating=False).read(Path({source!r}), Path({target!r}), "big.csv")
"""
DUCKDB = """
import duckdb; connection = duckdb.connect(config={{"threads": 2, "temp_directory": {folder!r}}})
connection.execute("SET enable_progress_bar = false")
connection.execute("COPY (SELECT * FROM '{source}') TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
"""


def speed(megabytes: int) -> None:
    """CSV to Parquet beside DuckDB's own COPY of the same file: seconds, processor seconds and peak memory."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "big.csv"
        rows = generate(source, megabytes)
        print(f"speed: {source.stat().st_size / 2**20:.0f} MB, {rows:,} rows, 10 columns")
        names = {"folder": folder, "source": str(source), "target": str(Path(folder) / "out.parquet")}
        runs: dict[str, list[tuple[float, float, float]]] = {"DuckDB COPY": [], "Readers.read": []}
        for _ in range(3):
            for name, code in (("DuckDB COPY", DUCKDB), ("Readers.read", OURS)):
                runs[name].append(_measured(code.format(**names)))
        best = {name: tuple(min(values) for values in zip(*found, strict=True)) for name, found in runs.items()}
        for name, (wall, cpu, peak) in best.items():
            print(f"speed {name:14} {wall:6.2f} s  {cpu:6.2f} s of processor time  {peak:6.0f} MB at most")
        ours, theirs = best["Readers.read"], best["DuckDB COPY"]
        print(
            "speed ratio: "
            + ", ".join(
                f"{name} {mine / other:.2f}"
                for name, mine, other in zip(("clock", "processor", "memory"), ours, theirs, strict=True)
            )
        )


def _measured(code: str) -> tuple[float, float, float]:
    """Seconds, processor seconds and peak megabytes of the code in a process of its own, imports left out."""
    wrapped = (
        "import time, resource, duckdb, pyarrow.parquet\nimport services.backends.readers.readers\n"
        "used = lambda: sum(resource.getrusage(resource.RUSAGE_SELF)[:2])\n"
        f"start, cpu = time.perf_counter(), used()\n{code}\n"
        "print(time.perf_counter() - start, used() - cpu, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    )
    done = subprocess.run([sys.executable, "-c", wrapped], capture_output=True, text=True, check=True)
    wall, cpu, peak = map(float, done.stdout.split())
    return wall, cpu, peak


def generate(path: Path, megabytes: int) -> int:
    """Writes an ordinary table of orders of about that size; the number of rows."""
    rows = 0
    with path.open("w", encoding="utf-8") as file:
        file.write("order_id,date,time,region,product,units,price,discount,customer,comment\n")
        while file.tell() < megabytes * 2**20:
            file.write("".join(_order(number) for number in range(rows, rows + 10_000)))
            rows += 10_000
    return rows


def _order(number: int) -> str:
    mixed = number * 2_654_435_761 % 2**32
    day = f"20{20 + mixed % 5}-{1 + mixed % 12:02}-{1 + mixed % 28:02}"
    product = ("Lamp", "Chair", '"Desk, large"', "Sofa", "Table")[mixed % 7 % 5]
    discount = "" if mixed % 10 == 0 else f"0.{mixed % 997:03}"
    clock = f"{mixed % 24:02}:{mixed % 60:02}:{mixed // 60 % 60:02}"
    region = ("North", "South", "East", "West")[mixed % 4]
    return (
        f"{number},{day},{day} {clock},{region},{product},{mixed % 99},{mixed % 100_000 / 100:.2f},{discount},"
        f"C{mixed % 100_000:06},order number {mixed % 977} was fine\n"
    )


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.exit(main())
