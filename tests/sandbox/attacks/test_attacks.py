"""Every attack leaves no effect, and the next run is clean. The early check is off: the kernel alone has to hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import Figure, RunRequest, RunStatus, Sandbox, Value
from sandbox.messages import Level
from tests.sandbox.attacks import files, lies, outside, resources
from tests.sandbox.attacks.field import VARIABLE, Field
from tests.sandbox.places import reachable

CASES = {
    "read": files.READ,
    "write": files.WRITE,
    "network": outside.NETWORK,
    "process": outside.PROCESS,
    "secrets": outside.SECRETS,
    "memory": resources.MEMORY,
    "time": resources.TIME,
    "output": resources.OUTPUT,
    "lies": lies.LIES,
    "worker": lies.WORKER,
}
ALL = [(kind, name) for kind, cases in CASES.items() for name in cases]
LIMITS = {"time": {"wall_seconds": 0.4}, "memory": {"wall_seconds": 10.0}, "output": {"wall_seconds": 10.0}}
IN_FIGURES = ("evil.example", "javascript:", "<script", "onerror", "__proto__")
UNSEEN = ("\\u202e", "\u202e", "\\u001b", "\x1b")


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory, orders: Path) -> Iterator[Field]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CANARY_VARIABLE", VARIABLE)
        box = Sandbox(workers=2, without={"policy"})
        assert box.status().level in (Level.FILES, Level.CLOSED)
        root = tmp_path_factory.mktemp("field")
        reachable(root)
        made = Field(root, orders, box)
        yield made
        made.close()
        box.close()


@pytest.mark.parametrize(("kind", "name"), ALL, ids=["-".join(case) for case in ALL])
def test_attack_has_no_effect(field: Field, kind: str, name: str) -> None:
    code = CASES[kind][name]
    limits = LIMITS.get(kind, {})
    result = field.attack(code, **limits)
    assert field.harm(result, code) == []
    assert result.seconds < limits.get("wall_seconds", 20.0) + 3
    assert not any(word in output.model_dump_json() for output in result.outputs for word in UNSEEN)
    figures = [output.json_text for output in result.outputs if isinstance(output, Figure)]
    assert not any(word in figure for figure in figures for word in IN_FIGURES)
    if kind == "time":
        assert result.status is not RunStatus.OK
    after = field.box.run(RunRequest(id="after", code="result = int(df['units'].sum())", tables={"df": field.table}))
    assert isinstance(after.outputs[0], Value), after
    assert after.outputs[0].value == 21


def test_there_are_enough() -> None:
    assert len(ALL) >= 120
