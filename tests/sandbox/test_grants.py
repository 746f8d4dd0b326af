"""What each grant adds to a run, and that it adds nothing else."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sandbox import Grant, Limits, RunRequest, RunResult, RunStatus, Sandbox, Table, Text, Value
from sandbox.messages import Level
from tests.sandbox.places import reachable
from tests.sandbox.test_zygote import eventually

ROWS = 400_000


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nine columns of numbers and one of text, in eight row groups."""
    path = tmp_path_factory.mktemp("large") / "large.parquet"
    rng = np.random.default_rng(1)
    table = pd.DataFrame({f"n{place}": rng.normal(size=ROWS) for place in range(9)})
    table["k"] = rng.choice(["x", "y", "z"], ROWS)
    pq.write_table(pa.Table.from_pandas(table, preserve_index=False), path, row_group_size=ROWS // 8)
    return path


def start(box: Sandbox, code: str, path: Path, grant: Grant, **more: object) -> RunResult:
    limits = Limits(**{"wall_seconds": 30.0, **more.pop("limits", {})})  # type: ignore[dict-item]
    return box.run(RunRequest(id="1", code=code, tables={"df": path}, grant=grant, limits=limits, **more))


def rows(result: RunResult) -> list[dict[str, object]]:
    assert result.status is RunStatus.OK, result.error
    assert isinstance(result.outputs[0], Table)
    return pa.ipc.open_stream(result.outputs[0].arrow).read_all().to_pylist()


def value(result: RunResult) -> object:
    assert isinstance(result.outputs[0], Value), result
    return result.outputs[0].value


def test_table_beyond_memory_is_a_stated_sample(sandbox: Sandbox, large: Path) -> None:
    result = start(sandbox, "result = df.describe().loc['mean', 'n0']", large, Grant.ANSWER, limits={"memory_mb": 64})
    assert result.sampled is not None
    read, there = result.sampled
    assert there == ROWS
    assert ROWS // 20 < read < ROWS
    assert abs(float(str(value(result)))) < 0.05


def test_columns_that_fit_are_not_sampled(sandbox: Sandbox, large: Path) -> None:
    result = start(sandbox, "result = len(df['n0'])", large, Grant.ANSWER, limits={"memory_mb": 64})
    assert result.sampled is None
    assert value(result) == ROWS


@pytest.mark.parametrize("grant", [Grant.ANSWER, Grant.QUERY])
def test_table_that_must_be_whole_is_never_sampled(sandbox: Sandbox, large: Path, grant: Grant) -> None:
    change = "df['n9'] = df['n0'] * 2\nresult = df"
    refused = start(sandbox, change, large, grant, limits={"memory_mb": 64}, whole=True)
    assert (refused.status, refused.outputs, refused.sampled) == (RunStatus.MEMORY, (), None)
    assert refused.needs_mb is not None
    assert f"{refused.needs_mb:,} MB" in refused.error.message
    changed = start(sandbox, change, large, grant, limits={"memory_mb": refused.needs_mb}, whole=True)
    assert changed.status is RunStatus.OK, changed.error
    assert (changed.outputs[0].total_rows, changed.sampled, changed.needs_mb) == (ROWS, None, None)


def test_changed_table_of_a_sample_says_so(sandbox: Sandbox, large: Path) -> None:
    code = "df['n9'] = df['n0'] * 2\nresult = df"
    result = start(sandbox, code, large, Grant.ANSWER, limits={"memory_mb": 128})
    assert result.sampled == (result.outputs[0].total_rows, ROWS)
    assert result.outputs[0].total_rows < ROWS


def test_query_sees_every_row(sandbox: Sandbox, large: Path) -> None:
    code = "result = sql('select k, count(*) as n from df group by k order by k')"
    result = start(sandbox, code, large, Grant.QUERY, limits={"memory_mb": 256})
    assert sum(int(str(row["n"])) for row in rows(result)) == ROWS
    assert result.sampled is None


def test_query_that_also_uses_the_table_says_so(sandbox: Sandbox, large: Path) -> None:
    code = "n = sql('select count(*) as n from df')['n'][0]\nresult = [int(n), len(df.dropna())]"
    result = start(sandbox, code, large, Grant.QUERY, limits={"memory_mb": 128})
    assert result.sampled is not None
    assert value(result) == [ROWS, result.sampled[0]]


def test_query_spills_to_its_scratch_folder(sandbox: Sandbox, large: Path) -> None:
    code = "result = sql('select count(*) as n from (select * from df order by n1, n2 limit 300000)')"
    result = start(sandbox, code, large, Grant.QUERY, limits={"memory_mb": 256})
    assert rows(result) == [{"n": 300_000}]


def test_query_without_file_rules_reads_through_the_descriptor(large: Path) -> None:
    box = Sandbox(without={"files"})
    try:
        assert box.status().level is Level.CLOSED
        code = "result = sql('select k, avg(n0) as m from df group by k order by k')"
        assert len(rows(start(box, code, large, Grant.QUERY, limits={"memory_mb": 256}))) == 3
        assert start(box, "result = 1", large, Grant.READ, trusted=True).status is RunStatus.REFUSED
    finally:
        box.close()


def test_sql_belongs_to_query_only(sandbox: Sandbox, large: Path) -> None:
    result = start(sandbox, "result = sql('select 1')", large, Grant.ANSWER)
    assert result.error is not None
    assert result.error.type == "NameError"


def test_query_reads_its_own_files_only(sandbox: Sandbox, large: Path, orders: Path) -> None:
    code = f"result = sql(\"select * from read_parquet('{orders}')\")"
    assert start(sandbox, code, large, Grant.QUERY).status is RunStatus.FAILED
    code = "result = sql(\"copy (select 1) to '/tmp/red-pandas-query.csv'\")"
    assert start(sandbox, code, large, Grant.QUERY).status is RunStatus.FAILED
    assert not Path("/tmp/red-pandas-query.csv").exists()


def test_scratch_folder_is_capped(sandbox: Sandbox, large: Path, tmp_path: Path) -> None:
    code = "import os\nfor n in range(400):\n    open(f'{scratch}/{n}', 'wb').write(b'x' * 10**6)\nresult = 1"
    more = {"trusted": True, "scratch": tmp_path, "limits": {"scratch_mb": 20}}
    result = start(sandbox, f"import time\n{code}\ntime.sleep(1)", large, Grant.READ, **more)
    assert result.status is RunStatus.TOO_BIG


def test_one_file_in_the_scratch_folder_is_capped(sandbox: Sandbox, large: Path, tmp_path: Path) -> None:
    code = "f = open(f'{scratch}/a', 'wb')\nfor _ in range(100): f.write(b'x' * 10**6)\nresult = 1"
    more = {"trusted": True, "scratch": tmp_path, "limits": {"scratch_mb": 20}}
    assert start(sandbox, code, large, Grant.READ, **more).status in (RunStatus.FAILED, RunStatus.TOO_BIG)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 21 * 1024 * 1024


def test_read_gets_the_file_and_gives_a_folder(sandbox: Sandbox, tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out"
    source.write_text("a,b\n1,2\n")
    target.mkdir()
    code = "t = pd.read_csv(df)\nt.to_parquet(f'{scratch}/t.parquet')\nresult = list(t.columns)"
    result = start(sandbox, code, source, Grant.READ, trusted=True, scratch=target)
    assert value(result) == ["a", "b"]
    assert pq.read_table(target / "t.parquet").to_pylist() == [{"a": 1, "b": 2}]


@pytest.mark.parametrize("grant", [Grant.FIT, Grant.READ])
def test_only_the_products_own_code_gets_more(sandbox: Sandbox, large: Path, grant: Grant) -> None:
    assert start(sandbox, "result = 1", large, grant).status is RunStatus.REFUSED


def test_fit_starts_its_program_and_no_other(sandbox: Sandbox, orders: Path, program: Path) -> None:
    code = f"import subprocess\nresult = subprocess.run(['{program}'], capture_output=True).stdout.decode()"
    result = start(sandbox, code, orders, Grant.FIT, trusted=True, program=program)
    assert result.status is RunStatus.OK, result.error
    assert result.outputs[0].text == "fitted\n"
    other = code.replace(str(program), "/bin/ls")
    assert start(sandbox, other, orders, Grant.FIT, trusted=True, program=program).status is RunStatus.FAILED
    assert start(sandbox, code, orders, Grant.READ, trusted=True, program=program).status is RunStatus.FAILED


def test_what_fit_starts_ends_with_it(sandbox: Sandbox, orders: Path, sleeper: Path) -> None:
    code = f"import subprocess\nsubprocess.Popen(['{sleeper}'])\nresult = 1"
    assert start(sandbox, code, orders, Grant.FIT, trusted=True, program=sleeper).status is RunStatus.OK
    find = ["pgrep", "-f", str(sleeper)]
    assert eventually(lambda: not subprocess.run(find, check=False, capture_output=True).stdout)


@pytest.mark.parametrize(("each_mb", "status"), [(5, RunStatus.OK), (80, RunStatus.MEMORY)])
def test_memory_of_fit_is_that_of_all_its_processes(
    sandbox: Sandbox, orders: Path, each_mb: int, status: RunStatus
) -> None:
    code = (
        "import os, time\nfor n in range(4):\n    if os.fork() == 0:\n"
        f"        held = b'x' * {each_mb}_000_000\n        time.sleep(2)\n        os._exit(0)\n"
        "for n in range(4):\n    os.wait()\nresult = 1"
    )
    limits = {"memory_mb": 200, "wall_seconds": 60.0}
    assert start(sandbox, code, orders, Grant.FIT, trusted=True, limits=limits).status is status


def test_fit_makes_executable_memory_and_writes_to_its_folder(sandbox: Sandbox, orders: Path) -> None:
    code = (
        "import mmap\nmmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=7).close()\n"
        "open(f'{scratch}/model', 'w').write('x')\nresult = open(f'{scratch}/model').read()"
    )
    result = start(sandbox, code, orders, Grant.FIT, trusted=True)
    assert result.status is RunStatus.OK, result.error


HIDDEN = {
    "deleted": "f = os.open(scratch + '/a', os.O_RDWR | os.O_CREAT)\n    os.unlink(scratch + '/a')",
    "without a name": "f = os.open(scratch, os.O_RDWR | os.O_TMPFILE)",
    "replaced": (
        "f = os.open(f'{scratch}/{n}', os.O_RDWR | os.O_CREAT)\n"
        "    os.close(os.open(scratch + '/b', os.O_RDWR | os.O_CREAT))\n    os.rename(scratch + '/b', f'{scratch}/{n}')"
    ),
    "in a folder nobody lists": (
        "os.mkdir(f'{scratch}/{n}', 0o300)\n    f = os.open(f'{scratch}/{n}/a', os.O_RDWR | os.O_CREAT)"
    ),
}


SEEN: list[tuple[Grant, str]] = [(Grant.QUERY, name) for name in HIDDEN]
SEEN += [(Grant.READ, "without a name"), (Grant.READ, "in a folder nobody lists")]
"""Readers of files delete what they have unpacked."""


@pytest.mark.parametrize(("grant", "name"), SEEN)
def test_nothing_fills_the_disk_unseen(sandbox: Sandbox, orders: Path, grant: Grant, name: str) -> None:
    code = (
        f"import os\nkept = []\nfor n in range(6):\n    {HIDDEN[name]}\n    kept.append(f)\n"
        "    for _ in range(18): os.write(f, b'x' * 2**20)\nresult = len(kept)"
    )
    result = start(sandbox, code, orders, grant, trusted=True, limits={"scratch_mb": 20})
    assert result.status is not RunStatus.OK


def test_folder_too_deep_to_delete_cannot_be_made(sandbox: Sandbox, orders: Path, tmp_path: Path) -> None:
    code = (
        "import os\nplace = scratch\ntry:\n    for _ in range(1_900):\n        place += '/a'\n        os.mkdir(place)\n"
        "except OSError:\n    pass\nresult = 1"
    )
    start(sandbox, code, orders, Grant.QUERY, trusted=True, scratch=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_folders_too_deep_to_delete_go_with_their_run(sandbox: Sandbox, orders: Path, tmp_path: Path) -> None:
    code = (
        "import os\nplace = scratch\nfor _ in range(1_900):\n    place += '/a'\n    os.mkdir(place)\n"
        "open(place + '/f', 'w').close()\nresult = 1"
    )
    result = start(sandbox, code, orders, Grant.READ, trusted=True, scratch=tmp_path)
    assert result.status in (RunStatus.TOO_BIG, RunStatus.FAILED), result.error
    assert list(tmp_path.iterdir()) == []


def test_scratch_folders_are_thrown_away(sandbox: Sandbox, orders: Path) -> None:
    result = start(sandbox, "result = scratch", orders, Grant.QUERY)
    assert not os.path.exists(result.outputs[0].text)  # noqa: PTH110


def test_limits_of_a_grant() -> None:
    assert Limits.of(Grant.FIT).wall_seconds == 1_800
    assert Limits.of(Grant.ANSWER) == Limits()


def _compiled(folder: Path, name: str, body: str) -> Path:
    """A small program without libraries of its own, where there is a compiler."""
    source, target = folder / f"{name}.c", folder / name
    source.write_text(f"#include <stdio.h>\n#include <unistd.h>\nint main(void) {{ {body} return 0; }}\n")
    if subprocess.run(["cc", "-static", "-o", target, source], check=False, capture_output=True).returncode:
        pytest.skip("no compiler here")
    target.chmod(0o755)
    reachable(folder)
    return target


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _compiled(tmp_path_factory.mktemp("program"), "fitter", 'puts("fitted");')


@pytest.fixture(scope="module")
def sleeper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _compiled(tmp_path_factory.mktemp("sleeper"), "red-pandas-sleeper", "sleep(60);")


def test_a_query_sees_the_frames_of_the_code(sandbox: Sandbox, orders: Path) -> None:
    code = (
        "few = df.head(3)\ndef most(frame):\n    return int(sql('select max(units) as m from frame')['m'][0])\n"
        "result = [int(sql('select count(*) as n from few')['n'][0]), most(few)]"
    )
    result = start(sandbox, code, orders, Grant.QUERY)
    assert result.status is RunStatus.OK, result.error
    assert isinstance(result.outputs[0], Text | Value)
    assert "3, 3" in str(result.outputs[0])
