# ruff: noqa: T201 - prints its table
"""The attacks with one layer off at a time: which layers carry which class. `python -m tests.sandbox.attacks.matrix`
prints the table of `docs/security.md`."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox import Sandbox
from tests.sandbox.attacks.field import VARIABLE, Field
from tests.sandbox.attacks.test_attacks import CASES, LIMITS
from tests.sandbox.conftest import table

CONFIGURATIONS: dict[str, frozenset[str]] = {
    "all on": frozenset(),
    "mode N": frozenset({"files"}),
    "no Landlock": frozenset({"landlock"}),
    "no seccomp": frozenset({"seccomp"}),
    "no limits": frozenset({"limits"}),
    "no user": frozenset({"user"}),
    "no namespaces": frozenset({"spaces"}),
    "neither Landlock nor seccomp": frozenset({"landlock", "seccomp"}),
}
"""Never all off at once: the user and the namespaces keep a case that gets through away from this machine."""
KINDS_OF_CODE = ("read", "write", "network", "process", "secrets", "memory")


def through(without: Collection[str], kinds: Collection[str] = KINDS_OF_CODE) -> dict[str, list[str]]:
    """For each class, the names of the attacks that had an effect."""
    with _field(without) as field:
        return {kind: [name for name, code in CASES[kind].items() if _hits(field, kind, code)] for kind in kinds}


def _hits(field: Field, kind: str, code: str) -> bool:
    result = field.attack(code, **LIMITS.get(kind, {}))
    return bool(field.harm(result, code))


@contextmanager
def _field(without: Collection[str]) -> Iterator[Field]:
    os.environ["CANARY_VARIABLE"] = VARIABLE
    with tempfile.TemporaryDirectory(prefix="red-pandas-field-") as root:
        Path(root).chmod(0o755)
        orders = Path(root, "orders.parquet")
        table().to_parquet(orders)
        box = Sandbox(without={"policy", *without})
        box.status()
        field = Field(Path(root), orders, box)
        try:
            yield field
        finally:
            field.close()
            box.close()


def main() -> None:
    """Prints one row for each configuration, and who got through."""
    chosen = sys.argv[1:] or list(CONFIGURATIONS)
    print("| | " + " | ".join(f"{kind} ({len(CASES[kind])})" for kind in KINDS_OF_CODE) + " |")
    print("|---" * (len(KINDS_OF_CODE) + 1) + "|")
    notes = []
    for name in chosen:
        found = through(CONFIGURATIONS[name])
        print(f"| {name} | " + " | ".join(str(len(found[kind])) for kind in KINDS_OF_CODE) + " |", flush=True)
        notes += [f"{name}, {kind}: {', '.join(names)}" for kind, names in found.items() if names]
    print("\n".join(["", *notes]))


if __name__ == "__main__":
    main()
