"""Mapped copies of large tables: made once, used like the table, thrown away in time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from sandbox import RunRequest, RunStatus, Sandbox, Value
from sandbox.mapping import Cache
from sandbox.queue import Cancelled

ROWS = 700_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mapping")


@pytest.fixture(scope="module")
def table(folder: Path) -> Path:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "a": rng.choice(["x", "y"], ROWS),
            "b": rng.normal(size=ROWS),
            "c": rng.integers(0, 9, ROWS),
            "d": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 300, ROWS), unit="D"),
        }
    )
    frame.loc[::7, "b"] = None
    path = folder / "table.parquet"
    frame.to_parquet(path)
    return path


@pytest.fixture(scope="module")
def box(folder: Path) -> Iterator[Sandbox]:
    box = Sandbox(cache=folder / "cache")
    yield box
    box.close()


def value(box: Sandbox, code: str, path: Path) -> object:
    result = box.run(RunRequest(id="1", code=code, tables={"df": path}))
    assert result.status is RunStatus.OK, result.error
    assert isinstance(result.outputs[0], Value)
    return result.outputs[0].value


def test_mapped_table_gives_what_the_table_gives(box: Sandbox, sandbox: Sandbox, table: Path, folder: Path) -> None:
    code = (
        "s = df.groupby('a')['b'].agg(['mean', 'count'])\n"
        "result = [s.round(9).values.tolist(), df.dtypes.astype(str).tolist(), str(df['d'].max()), int(df['c'].sum())]"
    )
    assert value(box, code, table) == value(sandbox, code, table)
    assert len(list((folder / "cache").glob("*.arrow"))) == 1


def test_changes_stay_in_the_run(box: Sandbox, table: Path) -> None:
    code = "before = int(df['c'].sum())\ndf.loc[:, 'c'] = 0\ndf.at[0, 'b'] = 5.0\nresult = [before, int(df['c'].sum())]"
    first, second = value(box, code, table), value(box, code, table)
    assert first == second
    assert isinstance(first, list)
    assert first[0] > 0
    assert first[1] == 0


def test_small_and_broken_files_are_left_alone(folder: Path) -> None:
    cache = Cache(folder / "other", 10**9)
    small = folder / "small.parquet"
    pd.DataFrame({"a": [1]}).to_parquet(small)
    assert cache.find(small, lambda source, target: pytest.fail("not worth it")) is None
    broken = folder / "broken.parquet"
    broken.write_bytes(b"PAR1" + bytes(5_000_000))
    tries: list[Path] = []
    for _ in range(2):
        assert cache.find(broken, lambda source, target: bool(tries.append(source))) is None
    assert len(tries) == 1
    assert list((folder / "other").iterdir()) == []


def test_least_recently_used_goes_first(folder: Path) -> None:
    cache = Cache(folder / "full", 2_500)

    def make(source: Path, target: Path) -> bool:
        (target / "table.arrow").write_bytes(bytes(1_000))
        return True

    paths = []
    for number in range(3):
        path = folder / f"big{number}.parquet"
        path.write_bytes(bytes(5_000_000))
        paths.append(path)
    first, second = cache.find(paths[0], make), cache.find(paths[1], make)
    assert first is not None
    assert second is not None
    cache.find(paths[0], make)
    third = cache.find(paths[2], make)
    assert third is not None
    assert (first.exists(), second.exists(), third.exists()) == (True, False, True)


def test_a_link_is_not_taken_for_a_copy(folder: Path) -> None:
    source = folder / "linked.parquet"
    source.write_bytes(bytes(5_000_000))

    def make(_: Path, target: Path) -> bool:
        (target / "table.arrow").symlink_to("/etc/passwd")
        return True

    assert Cache(folder / "links", 10**9).find(source, make) is None


def test_gaps_in_numbers_become_nan() -> None:
    from sandbox.mapping import flat

    column = flat(pa.chunked_array([pa.array([1, None, 3])]))
    assert column.null_count == 0
    assert column.type == pa.float64()


def test_another_link_to_the_file_finds_the_same_copy(tmp_path: Path) -> None:
    made: list[Path] = []

    def make(source: Path, scratch: Path) -> bool:
        made.append(source)
        (scratch / "table.arrow").write_bytes(b"copy")
        return True

    first, second = tmp_path / "one.parquet", tmp_path / "pin" / "two.parquet"
    first.write_bytes(b"x" * 5_000_000)
    second.parent.mkdir()
    second.hardlink_to(first)
    cache = Cache(tmp_path / "cache", 10_000_000)
    assert cache.find(first, make) == cache.find(second, make)
    assert made == [first]
    first.write_bytes(b"y" * 5_000_000)
    assert cache.find(first, make) is not None
    assert len(made) == 2


def test_table_that_takes_long_holds_up_no_other(tmp_path: Path) -> None:
    goes, done = threading.Event(), threading.Event()

    def slow(source: Path, scratch: Path) -> bool:
        goes.set()
        return done.wait(30) and make(source, scratch)

    def make(source: Path, scratch: Path) -> bool:
        (scratch / "table.arrow").write_bytes(b"copy")
        return True

    first, second = tmp_path / "one.parquet", tmp_path / "two.parquet"
    for place in (first, second):
        place.write_bytes(b"x" * 5_000_000)
    cache = Cache(tmp_path / "cache", 10_000_000)
    with ThreadPoolExecutor(2) as pool:
        waits = pool.submit(cache.find, first, slow)
        assert goes.wait(10)
        try:
            assert pool.submit(cache.find, second, make).result(10) is not None
        finally:
            done.set()
        assert waits.result(10) is not None


def test_whoever_waits_for_a_copy_can_be_stopped(tmp_path: Path) -> None:
    goes, done = threading.Event(), threading.Event()

    def slow(source: Path, scratch: Path) -> bool:
        goes.set()
        return done.wait(60)

    path = tmp_path / "one.parquet"
    path.write_bytes(b"x" * 5_000_000)
    cache = Cache(tmp_path / "cache", 10_000_000)
    with ThreadPoolExecutor(1) as pool:
        waits = pool.submit(cache.find, path, slow)
        assert goes.wait(30)
        try:
            with pytest.raises(Cancelled):
                cache.find(path, slow, lambda: True)
        finally:
            done.set()
        assert waits.result(60) is None


def test_a_copy_that_was_stopped_is_tried_again(tmp_path: Path) -> None:
    def stopped(source: Path, scratch: Path) -> bool:
        raise Cancelled("1")

    def make(source: Path, scratch: Path) -> bool:
        (scratch / "table.arrow").write_bytes(b"copy")
        return True

    path = tmp_path / "one.parquet"
    path.write_bytes(b"x" * 5_000_000)
    cache = Cache(tmp_path / "cache", 10_000_000)
    with pytest.raises(Cancelled):
        cache.find(path, stopped)
    assert list((tmp_path / "cache").iterdir()) == []
    assert cache.find(path, make) is not None


def test_a_run_is_stopped_while_its_table_is_copied(table: Path, tmp_path: Path) -> None:
    with closing(Sandbox(cache=tmp_path / "cache")) as box, ThreadPoolExecutor(1) as pool:
        request = RunRequest(id="slow", code="while True: pass", tables={"df": table})
        run = pool.submit(box.run, request)
        while not list((tmp_path / "cache").glob("making-*")) and not run.done():
            time.sleep(0.002)
        box.stop("slow")
        assert run.result(60).status is RunStatus.STOPPED
        assert value(box, "result = len(df)", table) == ROWS
        assert len(list((tmp_path / "cache").glob("*.arrow"))) == 1
