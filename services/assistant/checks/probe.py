"""The answer's code run once more, on shuffled rows, with every join watched."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sandbox.messages import RunResult, RunStatus
from services.assistant.checks.case import Case

MARK: Final = "=== joins "
ROWS: Final = 200_000
"""Rows of the largest table that is shuffled whole; of a larger one its beginning is."""
SECONDS: Final = 6.0
"""An answer that took longer is not run again."""
_BY_LOT: Final = re.compile(
    r"sklearn|statsmodels|prophet|\brandom\b|\.sample\(|permutation|shuffle\(|KMeans|default_rng|bootstrap"
)

_JOINS: Final = (Path(__file__).parent / "watched_joins.txt").read_text(encoding="utf-8")
_NOTHING: Final = ast.parse("_pd_.DataFrame({'nothing': []})", mode="eval").body
_TOLD: Final = f"""
import json as _json_
print({MARK!r} + _json_.dumps(_joins_))
"""


@dataclass(frozen=True)
class Probe:
    """What the same code gave before and after shuffling, and the joins it made."""

    before: RunResult
    after: RunResult
    joins: tuple[dict[str, Any], ...] = ()
    rows: int = 0
    """Rows it was run on; 0 for all."""


def made(case: Case) -> Probe | str:
    """The probe of an answer, run once; a text says why there is none."""
    if "probe" not in case.memo:
        case.memo["probe"] = _reason(case) or _run(case)
    found: Probe | str = case.memo["probe"]
    return found


def shuffled(code: str, tables: list[str], rows: int, *, shuffle: bool) -> str:
    """The code with its tables cut to so many rows (0: all), shuffled or as they stand."""
    lines = [f"{name} = {name}.iloc[:{rows}]" for name in tables if rows]
    lines += [f"{name} = {name}.sample(frac=1.0, random_state=7).reset_index(drop=True)" for name in tables if shuffle]
    return "\n".join([*lines, _JOINS, without_second(code), _TOLD])


def without_second(code: str) -> str:
    """The code with nothing in place of what only serves a review, such as the second derivation by SQL.

    Something has to stand there: a result of several outputs is told in another form than a single one.
    """
    tree = ast.parse(code)
    if not any(map(_is_working, tree.body)):
        return code
    for node in tree.body:
        if isinstance(node, ast.Assign) and _is_working(node):
            node.value = _NOTHING
    return ast.unparse(tree)


def _is_working(node: ast.stmt) -> bool:
    if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Subscript):
        return False
    key = node.targets[0].slice
    return isinstance(key, ast.Constant) and str(key.value).startswith("_")


def _reason(case: Case) -> str:
    if case.rerun is None or case.result.sampled:
        return "The table is too large to run the code on shuffled rows."
    if case.result.seconds > SECONDS:
        return f"The code took {case.result.seconds:.0f} seconds, too long to run it again on shuffled rows."
    if _BY_LOT.search(case.code):
        return "The code fits a model or draws by lot, so shuffled rows need not give the same."
    return "The code reads the table by SQL, which knows no order of rows." if _is_sql(case) else ""


def _is_sql(case: Case) -> bool:
    tree = ast.parse(without_second(case.code))
    return any(isinstance(node, ast.Name) and node.id == "sql" for node in ast.walk(tree))


def _run(case: Case) -> Probe | str:
    assert case.rerun is not None
    tables = list(case.profiles)
    rows = ROWS if any(profile.rows > ROWS for profile in case.profiles.values()) else 0
    before = case.rerun(shuffled(case.code, tables, rows, shuffle=False), False) if rows else case.result
    after = case.rerun(shuffled(case.code, tables, rows, shuffle=True), False)
    if after.status in (RunStatus.TIMEOUT, RunStatus.MEMORY, RunStatus.REFUSED, RunStatus.STOPPED) or after.sampled:
        return "The code could not be run again on shuffled rows."
    return Probe(before, after, _joins(after.stdout), rows)


def _joins(printed: str) -> tuple[dict[str, Any], ...]:
    line = next((line for line in reversed(printed.splitlines()) if line.startswith(MARK)), "")
    try:
        found = json.loads(line.removeprefix(MARK))
    except (ValueError, RecursionError):
        return ()
    return tuple(each for each in found if isinstance(each, dict)) if isinstance(found, list) else ()
