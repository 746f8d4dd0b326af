"""A table of any size goes to a file, checked, and not through the memory of the server."""

from __future__ import annotations

import resource
from pathlib import Path

import pyarrow as pa
import pytest

from sandbox import Limits, RunRequest, RunResult, RunStatus, Sandbox
from sandbox.messages import Table

MANY = "df = pd.concat([df] * 200_000, ignore_index=True)\nresult = df"
ROOM = Limits(rows=1 << 50, output_bytes=1 << 31)


def keep(sandbox: Sandbox, orders: Path, target: Path, code: str, limits: Limits = ROOM) -> RunResult:
    request = RunRequest(id="keep", code=code, tables={"df": orders}, limits=limits, keep=target)
    return sandbox.run(request)


@pytest.mark.long
def test_a_large_table_lands_in_the_file(sandbox: Sandbox, orders: Path, tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    result = keep(sandbox, orders, tmp_path / "kept.arrow", MANY)
    assert result.status is RunStatus.OK, result
    [table] = result.outputs
    assert isinstance(table, Table)
    assert (table.rows, table.total_rows, table.arrow) == (1_200_000, 1_200_000, b"")
    with pa.memory_map(str(tmp_path / "kept.arrow")) as source, pa.ipc.open_stream(source) as reader:
        batches = [batch.num_rows for batch in reader]
    assert sum(batches) == 1_200_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400 * 1024
    assert [path.name for path in tmp_path.iterdir()] == ["kept.arrow"]


@pytest.mark.long
def test_too_large_for_its_limit_leaves_nothing(sandbox: Sandbox, orders: Path, tmp_path: Path) -> None:
    limits = ROOM.model_copy(update={"output_bytes": 1 << 20})
    result = keep(sandbox, orders, tmp_path / "kept.arrow", MANY, limits)
    assert result.status is RunStatus.TOO_BIG
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("code", ["result = 1 / 0", "result = 5", "import os\nos._exit(0)", "result = [df, df]"])
def test_what_is_not_one_table_makes_no_file(sandbox: Sandbox, orders: Path, tmp_path: Path, code: str) -> None:
    keep(sandbox, orders, tmp_path / "kept.arrow", code)
    assert list(tmp_path.iterdir()) == []
