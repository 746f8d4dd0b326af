"""Which layer carries which class of attack, and the attacks under every grant. Long: hundreds of cases a row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import Grant, Sandbox
from tests.sandbox.attacks import matrix
from tests.sandbox.attacks.field import Field
from tests.sandbox.attacks.test_attacks import CASES
from tests.sandbox.places import reachable

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]

HELD: dict[str, tuple[str, ...]] = {
    "all on": matrix.KINDS_OF_CODE,
    "mode N": matrix.KINDS_OF_CODE,
    "no limits": matrix.KINDS_OF_CODE,
    "no user": matrix.KINDS_OF_CODE,
    "no namespaces": matrix.KINDS_OF_CODE,
    "no Landlock": ("write", "network", "process", "memory"),
    "no seccomp": ("read", "secrets"),
}
"""The classes that hold although the named layer is off."""


@pytest.mark.parametrize("name", HELD)
def test_class_does_not_hang_on_one_layer(name: str) -> None:
    found = matrix.through(matrix.CONFIGURATIONS[name], HELD[name])
    assert found == {kind: [] for kind in HELD[name]}


def test_attacks_are_real() -> None:
    """Without the two layers of the kernel most attacks on files work: the cases are not harmless by themselves."""
    found = matrix.through(matrix.CONFIGURATIONS["neither Landlock nor seccomp"], ("read", "write"))
    assert len(found["read"]) > len(CASES["read"]) * 0.7
    assert len(found["write"]) > len(CASES["write"]) * 0.6


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory, orders: Path) -> Iterator[Field]:
    box = Sandbox(workers=2, without={"policy"})
    box.status()
    root = tmp_path_factory.mktemp("grants")
    reachable(root)
    made = Field(root, orders, box)
    yield made
    made.close()
    box.close()


@pytest.mark.parametrize("grant", [Grant.QUERY, Grant.READ, Grant.FIT])
@pytest.mark.parametrize("kind", ["read", "write", "network", "secrets"])
def test_attacks_under_other_grants(field: Field, grant: Grant, kind: str) -> None:
    harmed = {}
    for name, code in CASES[kind].items():
        if grant is Grant.READ and name == "inherited_descriptors":
            continue  # The file to be read is an open descriptor there.
        result = field.attack(code, grant=grant)
        if harm := field.harm(result, code):
            harmed[name] = harm
    assert harmed == {}


@pytest.mark.parametrize("grant", [Grant.QUERY, Grant.READ])
def test_processes_under_other_grants(field: Field, grant: Grant) -> None:
    harmed = {}
    for name, code in CASES["process"].items():
        if harm := field.harm(field.attack(code, grant=grant), code):
            harmed[name] = harm
    assert harmed == {}
