"""Without fork the same worker gives the same results."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import Limits, RunRequest, RunStatus, Sandbox, Table
from sandbox.messages import Level


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    box = Sandbox(warm=False, unprotected=True)
    yield box
    box.close()


def test_result_and_output(box: Sandbox, orders: Path) -> None:
    code = "print('hello')\nresult = df.groupby('product')['units'].sum()"
    result = box.run(RunRequest(id="1", code=code, tables={"df": orders}))
    assert result.status is RunStatus.OK, result
    assert isinstance(result.outputs[0], Table)
    assert result.outputs[0].columns == ("product", "units")
    assert result.stdout == "hello\n"


def test_time_limit(box: Sandbox) -> None:
    result = box.run(RunRequest(id="1", code="while True: pass", limits=Limits(wall_seconds=2.5)))
    assert result.status is RunStatus.TIMEOUT


def test_unread_code_is_refused_where_nothing_holds_it() -> None:
    box = Sandbox(warm=False)
    result = box.run(RunRequest(id="1", code="result = 1"))
    assert result.status is RunStatus.REFUSED
    assert result.error is not None
    assert "protection" in result.error.message
    assert box.run(RunRequest(id="1", code="result = 1", trusted=True)).status is RunStatus.OK


def test_status_is_honest(box: Sandbox) -> None:
    assert box.status().level is Level.PROCESS
