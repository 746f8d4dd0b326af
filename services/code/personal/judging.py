"""Findings in columns of cells: what is personal, how sure that is, and masked examples.

Run as a module (`python -m services.code.personal.judging`) it reads columns from its input and prints findings, both
JSON. So the work is done apart: cells are hostile, and a server's other work would share one processor with it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from services.code.personal import columns, hiding, patterns
from services.code.personal.columns import Judgement, Sample
from services.code.personal.kinds import PersonalKind
from services.errors import AppError

EXAMPLES: Final = 3
SECONDS: Final = 300
"""Longest time for all columns of a table."""
ROOT: Final = str(Path(__file__).resolve().parents[3])
_START: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); from services.code.personal import judging; judging.main()"
)


@dataclass(frozen=True)
class Cells:
    """A column: its name, what kind of cells it has, distinct values as text, and some that match a pattern."""

    name: str
    values: Sequence[str]
    matching: Sequence[str] = ()
    is_date: bool = False
    is_number: bool = False


def apart(cells: Sequence[Cells]) -> list[dict[str, Any]]:
    """The findings of all columns, found by a process of its own.

    Raises: AppError, when that takes too long or ends badly.
    """
    asked = json.dumps([asdict(each) for each in cells]).encode("utf-8", "replace")
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", _START, ROOT], input=asked, capture_output=True, timeout=SECONDS, check=True
        )
        return list(json.loads(done.stdout))
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise AppError(
            "The table could not be searched for personal data.", "Try again; meanwhile, treat all of it as personal."
        ) from error


def main() -> None:
    """Answers the columns on standard input."""
    asked = [Cells(**each) for each in json.load(sys.stdin.buffer)]
    found = [finding for cells in asked for finding in findings(cells)]
    sys.stdout.buffer.write(json.dumps(found).encode("utf-8", "replace"))


def findings(cells: Cells) -> Iterator[dict[str, Any]]:
    """The fields of each finding in a column."""
    found = columns.judge(Sample(cells.name, cells.values, cells.is_date, cells.is_number))
    if not found or found[0].in_text:
        found = [*found, *_rare(cells.matching, {each.kind for each in found})]
    for each in found:
        values = (*cells.matching, *cells.values) if each.in_text else cells.values
        yield {
            "column": cells.name,
            "kind": each.kind.value,
            "confidence": each.confidence,
            "share": round(each.share, 4),
            "in_text": each.in_text,
            "examples": _examples(each, values),
        }


def _rare(matching: Sequence[str], known: set[PersonalKind]) -> Iterator[Judgement]:
    """What the cells hold that matched in the whole column, though the sample did not show it."""
    kinds = {span.kind for value in matching for span in patterns.find(value) if span.confidence >= columns.CERTAIN}
    for kind in sorted((kinds - known) & columns.BY_FORM):
        yield Judgement(kind, 0.7, 0.0, in_text=True)


def _examples(found: Judgement, values: Sequence[str]) -> list[str]:
    """Up to three values of the kind, masked; those that could not be read as it are left out."""
    shown: dict[str, None] = {}
    for value in values:
        masked = hiding.mention(value, found.kind) if found.in_text else hiding.hide(value, found.kind)
        if masked:
            shown[masked] = None
        if len(shown) == EXAMPLES:
            break
    return list(shown)
