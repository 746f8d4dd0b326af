"""How many mistakes are found and mended without labels, and how many good cells are changed:
`python -m benchmarks.cleaning`. The cells are those that the command line changes when it accepts all suggestions.
"""

from __future__ import annotations

import csv
import io
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Final

from services.__main__ import main as command_line

TARGETS: Final = {"hospital": 0.70, "rayyan": 0.50}
"""Detection F1 that must be reached."""
HARM: Final = 0.005
"""Share of the good cells that may be changed."""
Rows = list[list[str]]


def main() -> int:
    """The exit code: 0 when every table reaches its target."""
    folder = Path(os.environ.get("CORPORA") or "../shared/corpora") / "raha"
    if not folder.is_dir():
        print(f"Left out: {folder} is not there.")
        return 0
    print("| table | accepted | found P | found R | found F1 | mended F1 | good cells changed | seconds |")
    print("|---|---|---|---|---|---|---|---|")
    cases = [json.loads(line) for line in (folder / "cases.jsonl").read_text(encoding="utf-8").splitlines()]
    good = [_case(folder, case, which) for case in cases for which in ("safe", "all")]
    return 0 if all(good) else 1


def _case(folder: Path, case: dict[str, str], which: str) -> bool:
    dirty, clean = (_rows(folder / case[name]) for name in ("dirty", "clean"))
    started = time.perf_counter()
    out = _cleaned(folder / case["dirty"], which)
    seconds = time.perf_counter() - started
    name = case["id"].removeprefix("raha-")
    if len(out) != len(dirty):
        print(f"| {name} | {which} | {len(out):,} rows of {len(dirty):,} |")
        return False
    precision, recall, f1, mended, harm = scores(dirty, clean, out)
    cells = f"{precision:.3f} | {recall:.3f} | {f1:.3f} | {mended:.3f} | {harm:.4f}"
    print(f"| {name} | {which} | {cells} | {seconds:.1f} |")
    return harm < HARM and (which == "safe" or f1 >= TARGETS.get(name, 0.0))


def scores(dirty: Rows, clean: Rows, out: Rows) -> tuple[float, float, float, float, float]:
    """Precision, recall and F1 of what was found, F1 of what was mended, and the share of good cells changed."""
    places = [(row, column) for row in range(len(dirty)) for column in range(len(dirty[row]))]
    wrong = {(r, c) for r, c in places if dirty[r][c] != clean[r][c]}
    changed = {(r, c) for r, c in places if dirty[r][c] != out[r][c]}
    right = {(r, c) for r, c in changed if out[r][c] == clean[r][c]}
    found, mended = len(changed & wrong), len(right & wrong)
    precision, recall = found / max(1, len(changed)), found / max(1, len(wrong))
    return (
        precision,
        recall,
        2 * found / max(1, len(changed) + len(wrong)),
        2 * mended / max(1, len(changed) + len(wrong)),
        len(changed - wrong) / max(1, len(places) - len(wrong)),
    )


def _cleaned(path: Path, which: str) -> Rows:
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(io.StringIO()):
        target = Path(folder) / "out.csv"
        arguments: Sequence[str] = ["clean", str(path), "--accept", which, "-o", str(target)]
        if command_line(arguments):
            return []
        return _rows(target)


def _rows(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


if __name__ == "__main__":
    sys.exit(main())
