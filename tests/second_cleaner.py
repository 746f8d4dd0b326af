"""A second process that cleans: `python -m tests.second_cleaner <home> <version> <column> <times>`."""

from __future__ import annotations

import sys
from pathlib import Path

from services import cleaning, wiring
from services.code.steps import Condition as Test
from services.code.steps import FilterRows, RenameColumns, SortRows, Step
from services.settings import Settings
from services.workspace import LOCAL_USER, open_workspace


def main(home: str, version_id: str, column: str, times: str) -> None:
    """Applies steps to one version again and again; says "ready", and then whether each became the head."""
    ws = open_workspace(wiring.connect(Settings(home=Path(home), database_url=""), inline=True), LOCAL_USER.id)
    rename = RenameColumns(names={column: f"{column}!"})
    cleaning.preview(ws, version_id, rename)
    say("ready")
    sys.stdin.readline()
    for number in range(int(times)):
        steps: list[Step] = [rename, SortRows(columns=("order_id",), descending=("order_id",))]
        steps.append(FilterRows(conditions=(Test(column="order_id", test="≠", value=number % 7),)))
        applied = cleaning.apply_all(ws, version_id, steps, points={0: f"Point {number}", 1: "Sorted"})
        say(f"{applied.version.id} {applied.is_head}")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
