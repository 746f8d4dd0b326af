"""Joins: which columns of two tables are keys of each other, what a join would find and lose, and the step for it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Final

from rapidfuzz import fuzz

from services import changes
from services.access import Action, requires
from services.code.steps import Append, Join
from services.domain import ColumnProfile, JoinKey
from services.errors import BadInput
from services.workspace import Workspace

TRIED: Final = 10
"""Pairs of columns that are counted."""
ALIKE: Final = 0.6


@requires(Action.DATASET_READ)
def keys(ws: Workspace, version_id: str, other_id: str) -> list[JoinKey]:
    """The likeliest keys of two versions with what a join by them would find, the best first. Raises: NotFound."""
    here, there = ws.rows.profile(version_id), ws.rows.profile(other_id)
    pairs = [(a, b) for a, b in product(here.columns, there.columns) if _comparable(a, b)]
    pairs.sort(key=lambda pair: -_promise(pair[0], pair[1], there.rows))
    wanted = [(a.name, b.name) for a, b in pairs[:TRIED]]
    with changes.local(ws, version_id) as one, changes.local(ws, other_id) as two:
        found = ws.backends.engine.join_keys(one, two, wanted)
    is_number = {column.name for column in here.columns if column.kind.is_number}
    return sorted(
        (key for key in found if key.matched), key=lambda key: _worth(key, key.left in is_number), reverse=True
    )


@requires(Action.DATASET_READ)
def join(
    ws: Workspace, other_id: str, left: Sequence[str], right: Sequence[str], how: str, *, once: bool = True
) -> Join:
    """The step that joins another version. Raises: NotFound; BadInput."""
    version = ws.rows.version(other_id)
    name = ws.rows.dataset(version.dataset_id).name
    if not left or len(left) != len(right):
        raise BadInput("The keys of the two tables do not fit together.", "Choose as many columns here as there.")
    return Join.model_validate(
        {
            "other": other_id,
            "other_name": name[:200],
            "other_columns": version.columns,
            "left": tuple(left),
            "right": tuple(right),
            "how": how,
            "once": once,
        }
    )


@requires(Action.DATASET_READ)
def append(ws: Workspace, other_id: str) -> Append:
    """The step that puts the rows of another version below. Raises: NotFound."""
    version = ws.rows.version(other_id)
    name = ws.rows.dataset(version.dataset_id).name
    return Append(other=other_id, other_name=name[:200], other_columns=version.columns)


def _comparable(one: ColumnProfile, two: ColumnProfile) -> bool:
    if one.kind.is_number and two.kind.is_number:
        return True
    return one.kind == two.kind


def _likeness(one: str, two: str) -> float:
    """Between 0 and 1 (rapidfuzz, sets of words)."""
    return fuzz.token_set_ratio(one.casefold().replace("_", " "), two.casefold().replace("_", " ")) / 100


def _promise(one: ColumnProfile, two: ColumnProfile, rows: int) -> float:
    """How likely the two are keys, by their names and by how well the second tells rows apart."""
    return _likeness(one.name, two.name) + two.distinct / max(1, rows)


def _worth(key: JoinKey, is_number: bool) -> tuple[float, bool, float]:
    """Small numbers of any two columns meet by chance: they count half where the names say nothing."""
    chance = 0.5 if is_number and _likeness(key.left, key.right) < ALIKE else 1.0
    share = round(chance * key.matched / max(1, key.rows), 2)
    return (share, key.is_unique, key.other_used / max(1, key.other_rows))
