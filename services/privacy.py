"""Personal data: what a version holds of it, and what of that a language model may be told."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

from pydantic import TypeAdapter

from services import changes
from services.access import Action, requires
from services.code.personal import headers, judging, patterns
from services.code.personal.columns import BY_FORM
from services.code.personal.judging import Cells
from services.code.personal.kinds import PersonalKind
from services.code.steps import (
    Chain,
    DropColumns,
    Fake,
    Generalise,
    KeyedHash,
    PartialMask,
    Redact,
    Single,
    Step,
)
from services.domain import Finding
from services.errors import NotFound
from services.workspace import Workspace

RULES: Final = 1
"""Counts up when the recognisers change, so that findings of earlier ones are looked for again."""
_FINDINGS: Final = TypeAdapter(tuple[Finding, ...])


@requires(Action.DATASET_READ)
def findings(ws: Workspace, version_id: str) -> tuple[Finding, ...]:
    """The personal data found in the columns of a version, in table order; looked for once and kept beside it.

    Raises: NotFound; AppError, when the search takes too long.
    """
    key = ws.rows.version(version_id).storage_key
    kept = f"{key.removesuffix('.parquet')}.personal-{RULES}.json"
    try:
        with ws.backends.storage.local(kept) as path:
            return _FINDINGS.validate_json(path.read_bytes())
    except NotFound:
        found = _look(ws, version_id)
    with tempfile.TemporaryDirectory(dir=ws.backends.settings.home / "cache") as folder:
        made = Path(folder) / "findings.json"
        made.write_bytes(_FINDINGS.dump_json(found))
        ws.backends.storage.put(made, kept)
    return found


def _look(ws: Workspace, version_id: str) -> tuple[Finding, ...]:
    with changes.local(ws, version_id) as path:
        columns = ws.backends.engine.cell_texts(path, patterns.ANYWHERE)
    cells = [Cells(c.name, c.values, c.matching, c.kind.is_date, c.kind.is_number) for c in columns]
    return _FINDINGS.validate_python(judging.apart(cells))


def masks(finding: Finding) -> dict[str, Single]:
    """The masks that fit a finding, by their names, the recommended one first."""
    column, kind = finding.column, finding.kind
    last: dict[str, Single] = {
        "Redact: •••": Redact(column=column),
        "Drop the column": DropColumns(columns=(column,)),
    }
    if finding.in_text:
        return {"Redact within texts": Redact(column=column, in_text=True), **last} if kind in BY_FORM else last
    usual: dict[str, Single] = {
        "Keyed hash": KeyedHash(column=column),
        "Invented values": Fake(column=column, personal=kind, part=_part(column)),
    }
    return {**_own(column, kind), **usual, **last}


def together(steps: Sequence[Single]) -> Step:
    """One step that does what these do, each of them once."""
    once = list(dict.fromkeys(step.model_dump_json() for step in steps))
    kept = tuple(next(step for step in steps if step.model_dump_json() == text) for text in once)
    return kept[0] if len(kept) == 1 else Chain(steps=kept)


def _own(column: str, kind: PersonalKind) -> dict[str, Single]:
    """What suits this kind better than the usual masks."""
    match kind:
        case PersonalKind.EMAIL:
            return {
                "First letter and domain": PartialMask(column=column, shown=1, end="first", domain=True),
                "Domain only": Generalise(column=column, to="domain"),
            }
        case PersonalKind.BIRTH_DATE:
            return {"Year": Generalise(column=column, to="year"), "Decade": Generalise(column=column, to="decade")}
        case PersonalKind.IP:
            return {"Network": Generalise(column=column, to="network")}
        case PersonalKind.NAME:
            return {"Initials": Generalise(column=column, to="initials")}
        case PersonalKind.ADDRESS:
            return {}
        case _:
            return {"Last four characters": PartialMask(column=column, shown=4)}


def _part(column: str) -> Literal["full", "first", "last"]:
    said = headers.words(column)
    if re.search(r"\b(first|given|fore|christian|vor|prenom|nombre|fornavn)", said):
        return "first"
    return "last" if re.search(r"\b(last|sur|family|maiden|nach|familien|apellido|cognome)", said) else "full"
