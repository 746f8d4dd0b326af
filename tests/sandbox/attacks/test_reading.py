"""A reader of files that was taken over: with the grant `read` and modules of the product, every attack stays without
effect. Its own file, its own folder and those modules are all there is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import services
from sandbox import Grant, Limits, RunRequest, RunResult, RunStatus, Sandbox
from sandbox.messages import Level
from tests.sandbox.attacks import files, outside
from tests.sandbox.attacks.field import VARIABLE, Field
from tests.sandbox.places import reachable

CASES = {"read": files.READ, "write": files.WRITE, "network": outside.NETWORK, "secrets": outside.SECRETS}
QUICK = ("open", "duckdb_read_text", "ctypes_syscall", "write", "ctypes_socket", "socket", "environ", "proc_server")
ALL = [
    pytest.param(kind, name, marks=() if name in QUICK else pytest.mark.long, id=f"{kind}-{name}")
    for kind, cases in CASES.items()
    for name in cases
    if name != "inherited_descriptors"  # The file to be read is an open descriptor there.
]
MODULES = {"services": Path(services.__path__[0])}


class Reading(Field):
    """The same field, attacked from inside a reader."""

    def attack(self, code: str, grant: Grant = Grant.READ, **limits: object) -> RunResult:
        for word, value in self.names().items():
            code = code.replace(f"@{word}@", str(value))
        caps = Limits.of(grant).model_copy(update={"wall_seconds": 20.0, **limits})
        tables, trusted = {"df": self.table}, grant is Grant.READ
        return self.box.run(
            RunRequest(
                id="attack", code=code, tables=tables, grant=grant, limits=caps, trusted=trusted, modules=MODULES
            )
        )


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory, orders: Path) -> Iterator[Reading]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CANARY_VARIABLE", VARIABLE)
        box = Sandbox(workers=2)
        assert box.status().level is Level.FILES
        root = tmp_path_factory.mktemp("field")
        reachable(root)
        made = Reading(root, orders, box)
        yield made
        made.close()
        box.close()


@pytest.mark.parametrize(("kind", "name"), ALL)
def test_a_reader_that_was_taken_over_does_no_harm(field: Reading, kind: str, name: str) -> None:
    code = CASES[kind][name]
    assert field.harm(field.attack(code), code) == []


@pytest.mark.parametrize("path", ["app.py", ".streamlit/config.toml", "tests/conftest.py", "sandbox/zygote.py"])
def test_the_modules_are_all_of_the_project_that_can_be_read(field: Reading, path: str) -> None:
    place = MODULES["services"].parent / path
    assert place.exists()
    assert field.attack(f"result = open({str(place)!r}).read(10)").status is RunStatus.FAILED
    assert field.attack("from services.errors import BadInput\nresult = BadInput.__name__").status is RunStatus.OK


def test_the_modules_cannot_be_changed(field: Reading) -> None:
    target = MODULES["services"] / "planted.py"
    assert field.attack(f"open({str(target)!r}, 'w').write('x')\nresult = 1").status is RunStatus.FAILED
    assert not target.exists()
    assert field.attack("open(scratch + '/a', 'w').write('x')\nresult = 1").status is RunStatus.OK


@pytest.mark.long
def test_other_grants_get_no_modules(sandbox: Sandbox, orders: Path) -> None:
    code = "import services.errors\nresult = 1"
    request = RunRequest(id="x", code=code, tables={"df": orders}, grant=Grant.QUERY, trusted=True, modules=MODULES)
    assert sandbox.run(request).status is RunStatus.FAILED
