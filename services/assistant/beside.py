"""Other datasets that a question is about too: which, under what names, and what may be told of them."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping, Sequence
from typing import Final

from services import datasets
from services.access import Action, requires
from services.domain import TABLE_NAME, Dataset
from services.errors import BadInput
from services.workspace import Workspace

MOST: Final = 4
"""Tables besides the open one."""
TAKEN: Final = frozenset({TABLE_NAME, "pd", "np", "px", "go", "result", "sql", "answer", "table", "figure"})
_WORD: Final = re.compile(r"[^\W_]+")


@requires(Action.ASK)
def held(ws: Workspace, dataset_id: str, others: Sequence[str]) -> dict[str, str]:
    """The versions that these other datasets show, by the variables that will hold them. Raises: NotFound; BadInput."""
    wanted = [each for each in dict.fromkeys(others) if each != dataset_id]
    if len(wanted) > MOST:
        raise BadInput(f"{len(wanted)} tables are too many for one question.", f"Choose at most {MOST} more.")
    found: dict[str, str] = {}
    for each in wanted:
        dataset = ws.rows.dataset(each)
        found[variable(dataset.name, found)] = dataset.head_id
    return found


@requires(Action.DATASET_READ)
def named(ws: Workspace, dataset_id: str, question: str) -> list[str]:
    """Ids of the other datasets whose whole names the question says, the longest names first."""
    words = _words(question)
    found = [each for each in datasets.list_all(ws) if each.id != dataset_id and _is_said(each, words)]
    return [each.id for each in sorted(found, key=lambda each: -len(each.name))[:MOST]]


def variable(name: str, taken: Mapping[str, str]) -> str:
    """A name for Python, made of the dataset's, that nothing else has."""
    plain = re.sub(r"\W+", "_", name.lower(), flags=re.ASCII).strip("_")[:40] or "other"
    plain = f"t_{plain}" if plain[0].isdigit() or keyword.iskeyword(plain) else plain
    made, number = plain, 2
    while made in TAKEN or made in taken:
        made, number = f"{plain}_{number}", number + 1
    return made


def _is_said(dataset: Dataset, words: Sequence[str]) -> bool:
    name = _words(dataset.name)
    return bool(name) and any(list(words[at : at + len(name)]) == name for at in range(len(words) - len(name) + 1))


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]
