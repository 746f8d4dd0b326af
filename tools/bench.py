"""Runs the benchmarks one after the other: `python -m tools.bench [name...]`. Each prints its own table."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def main(wanted: Sequence[str]) -> int:
    """The exit code: 0 when every benchmark ran."""
    there = benchmarks(PROJECT / "benchmarks")
    if unknown := sorted(set(wanted) - set(there)):
        print(f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(there) or 'none'}.")
        return 2
    corpora = Path(os.environ.get("CORPORA") or "../shared/corpora")
    if not corpora.is_dir():
        print(f"The test collections are not at {corpora}: benchmarks that need them are left out (set CORPORA).")
    failed = [name for name in wanted or there if not run(name)]
    print(f"Failed: {', '.join(failed)}" if failed else "All benchmarks ran.")
    return 1 if failed else 0


def benchmarks(folder: Path) -> list[str]:
    """Names of the files that can be run."""
    files = sorted(folder.glob("*.py"))
    return [path.stem for path in files if 'if __name__ == "__main__"' in path.read_text(encoding="utf-8")]


def run(name: str) -> bool:
    print(f"\n== {name}", flush=True)
    return subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], cwd=PROJECT, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
