"""Questions with known answers, from lines of JSON in the formats of nvBench, WikiTableQuestions and DABench."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from services.errors import BadInput

FEW_NAMES: Final = ("MIN", "MAX")


class Form(StrEnum):
    """What a right answer is compared with."""

    ROWS = "rows"
    """nvBench: `gold_rows`, in any order, names of columns aside."""
    LIST = "list"
    """WikiTableQuestions: `gold_answers`, a list of values."""
    MARKS = "marks"
    """DABench: `gold_answers`, pairs of a name and a value, which the text holds as `@name[value]`."""


@dataclass(frozen=True)
class Case:
    """One question about the table at `path`."""

    id: str
    question: str
    path: Path
    kind: str
    """What sort of question it is: what figures are given by."""
    form: Form
    gold: list[Any]


def read(path: Path) -> list[Case]:
    """The cases of a file. Raises: BadInput, naming the first line that is none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"The file {path} cannot be read.", "Check the path; it must be lines of JSON.") from error
    return [_case(line, number, path.parent) for number, line in enumerate(lines, 1) if line.strip()]


def _case(line: str, number: int, folder: Path) -> Case:
    try:
        found = json.loads(line)
        form = _form(found)
        gold = found["gold_rows" if form is Form.ROWS else "gold_answers"]
        table = folder / str(found["table_csv"])
        return Case(str(found["id"]), _question(found, form), table, kind_of(found), form, list(gold))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadInput(
            f"Line {number} is no case ({type(error).__name__}: {error}).",
            "A case has id, question, table_csv, and gold_rows or gold_answers.",
        ) from error


def _form(found: Mapping[str, Any]) -> Form:
    if "gold_rows" in found:
        return Form.ROWS
    gold = found["gold_answers"]
    return Form.MARKS if gold and all(isinstance(each, list) for each in gold) else Form.LIST


def _question(found: Mapping[str, Any], form: Form) -> str:
    """DABench says in further fields what is to be held to, and how to write the answer."""
    parts = ("question", "constraints", "format") if form is Form.MARKS else ("question",)
    return " ".join(str(found[part]).strip() for part in parts if found.get(part))


def kind_of(found: Mapping[str, Any]) -> str:
    """The aggregate and whether there is a filter (nvBench), the sort of question (WTQ), the concepts (DABench)."""
    if "qtype" in found:
        return str(found["qtype"])
    if "concepts" in found:
        return str((found["concepts"] or ["other"])[0])
    if "gold_rows" not in found:
        return "all"
    aggregate = found.get("agg") or "None"
    name = "MIN/MAX" if aggregate in FEW_NAMES else aggregate
    return f"{name} {'filtered' if found.get('has_where') else 'plain'}"
