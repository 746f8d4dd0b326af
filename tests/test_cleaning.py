"""Cleaning on the real thing: a sandbox, files, a database. What a step would do, and what it has done."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sandbox.messages import RunRequest, RunResult
from services import access, changes, cleaning, conversations, datasets, versions
from services.access import Action, Role
from services.cleaning import Origin
from services.code.steps import (
    CastColumn,
    Chain,
    Condition,
    DropColumns,
    FilterRows,
    FreeCode,
    Outliers,
    RenameColumns,
    SelectColumns,
    SortRows,
    Step,
    Trim,
)
from services.domain import Dataset, Kind, Version
from services.errors import AppError, BadInput, Forbidden, NotFound
from services.protocols import Executor, OnOutput
from services.settings import Settings
from services.workspace import LOCAL_USER, Backends, Workspace, open_workspace

WEST = FilterRows(conditions=(Condition(column="region", test="=", value="West"),))
TOTAL = FreeCode(code="df['total'] = df['units'] * df['price']")
RENAME = RenameColumns(names={"units": "pieces"})


def files(ws: Workspace) -> set[str]:
    return set(ws.backends.storage.list(f"{ws.team.id}/datasets/"))


def left(ws: Workspace) -> list[Path]:
    """What lies about in the folder of files under way."""
    return list((ws.backends.settings.home / "cache").glob("making-*"))


def test_a_preview_tells_what_would_change_and_changes_nothing(ws: Workspace, orders: Dataset) -> None:
    before = files(ws)
    effect = cleaning.preview(ws, orders.head_id, FreeCode(code="df.loc[df['units'] > 3, 'price'] = None"))
    difference = effect.difference
    assert (difference.rows_before, difference.rows_after) == (8, 8)
    assert difference.key == ("order_id",)
    [changed] = difference.changed
    assert (changed.column, changed.cells, changed.emptied) == ("price", 3, 3)
    assert {(cell.place, cell.before, cell.after) for cell in changed.examples} == {
        ("3", "19.5", None),
        ("7", "19.5", None),
        ("8", "44.9", None),
    }
    assert effect.code == "df.loc[df['units'] > 3, 'price'] = None"
    assert files(ws) == before
    assert left(ws) == []
    assert len(versions.list_all(ws, orders.id)) == 1


@pytest.mark.parametrize(
    ("step", "sentence"),
    [(WEST, "Keep the rows where “region” = “West”"), (RENAME, "Rename “units” to “pieces”"), (TOTAL, "Run df[")],
)
def test_the_sentence_and_the_code_are_those_of_the_step(
    ws: Workspace, orders: Dataset, step: Step, sentence: str
) -> None:
    effect = cleaning.preview(ws, orders.head_id, step)
    assert effect.sentence.startswith(sentence)
    assert effect.code == step.to_code()


def test_schema_changes_are_told(ws: Workspace, orders: Dataset) -> None:
    renamed = cleaning.preview(ws, orders.head_id, RENAME).difference
    assert renamed.renamed == (("units", "pieces"),)
    assert not renamed.added + renamed.removed + renamed.changed
    text = cleaning.preview(ws, orders.head_id, CastColumn(column="date", to="text")).difference
    assert [(each.column, each.before, each.after) for each in text.retyped] == [("date", Kind.DATE, Kind.TEXT)]
    fewer = cleaning.preview(ws, orders.head_id, SelectColumns(columns=("price", "units"))).difference
    assert fewer.removed == ("order_id", "date", "region", "product")
    assert fewer.reordered
    rows = cleaning.preview(ws, orders.head_id, WEST).difference
    assert (rows.rows_before, rows.rows_after, rows.changed) == (8, 4, ())


def test_applying_makes_a_version_and_moves_head_and_conversation(ws: Workspace, orders: Dataset) -> None:
    conversation = conversations.create(ws, orders.id)
    applied = cleaning.apply(ws, orders.head_id, WEST, Origin(conversation.id), name="Only the West")
    version = applied.version
    assert applied.is_head
    assert datasets.get(ws, orders.id).head_id == version.id
    assert conversations.get(ws, conversation.id).version_id == version.id
    assert (version.step, version.parent_id, version.rows, version.name) == (WEST, orders.head_id, 4, "Only the West")
    assert version.storage_key == f"{ws.team.id}/datasets/{orders.id}/versions/{version.content_hash}.parquet"
    assert datasets.profile(ws, version.id).rows == 4
    assert datasets.page(ws, version.id, 0, 9)["region"].to_pylist() == ["West"] * 4
    assert datasets.read_report(ws, version.id) == datasets.read_report(ws, orders.head_id)
    assert left(ws) == []
    with changes.local(ws, version.id) as path:
        metadata = pq.ParquetFile(path).metadata
        assert metadata.row_group(0).column(0).compression == "ZSTD"


def test_a_kind_survives_a_step_that_does_not_touch_it(ws: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "gaps.csv"
    path.write_text("id,n,day,ok\n9007199254740993,1,2024-01-05,true\n9007199254740995,,,\n,3,2024-01-07,false\n")
    dataset = datasets.upload(ws, path, "gaps.csv")
    before = datasets.profile(ws, dataset.head_id)
    applied = cleaning.apply(ws, dataset.head_id, FreeCode(code="df['new'] = df['n'].fillna(0)"))
    after = datasets.profile(ws, applied.version.id)
    assert [c.kind for c in after.columns[:4]] == [c.kind for c in before.columns]
    old, new = (datasets.page(ws, each, 0, 9) for each in (dataset.head_id, applied.version.id))
    assert new.select(old.column_names).to_pydict() == old.to_pydict()


def test_a_change_from_an_older_version_is_a_branch(ws: Workspace, orders: Dataset) -> None:
    conversation = conversations.create(ws, orders.id)
    first = cleaning.apply(ws, orders.head_id, WEST)
    second = cleaning.apply(ws, orders.head_id, RENAME, Origin(conversation.id))
    assert first.is_head
    assert not second.is_head
    assert datasets.get(ws, orders.id).head_id == first.version.id
    assert conversations.get(ws, conversation.id).version_id == second.version.id
    assert versions.make_head(ws, second.version.id, first.version.id).head_id == second.version.id


def test_who_may_not_edit_makes_a_branch(ws: Workspace, orders: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    member = replace(ws, role=Role.MEMBER)
    monkeypatch.setitem(access.MINIMUM, Action.DATASET_EDIT, Role.ADMIN)
    applied = cleaning.apply(member, orders.head_id, WEST)
    assert not applied.is_head
    assert datasets.get(ws, orders.id).head_id == orders.head_id
    with pytest.raises(Forbidden):
        versions.make_head(member, applied.version.id, orders.head_id)
    with pytest.raises(Forbidden):
        cleaning.apply(replace(ws, role=Role.VIEWER), orders.head_id, WEST)


def test_of_two_people_who_apply_at_once_one_moves_the_head_and_both_keep_their_work(
    ws: Workspace, orders: Dataset
) -> None:
    steps: list[Step] = [WEST, RENAME, TOTAL]
    applied = []
    barrier = threading.Barrier(len(steps))

    def apply(step: Step) -> None:
        barrier.wait()
        applied.append(cleaning.apply(ws, orders.head_id, step))

    threads = [threading.Thread(target=apply, args=(step,)) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [winner] = [each for each in applied if each.is_head]
    assert datasets.get(ws, orders.id).head_id == winner.version.id
    assert {version.id for version in versions.list_all(ws, orders.id)} == {
        orders.head_id,
        *(each.version.id for each in applied),
    }
    for each in applied:
        assert datasets.page(ws, each.version.id, 0, 1).num_rows == 1


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("df = 3", "no table"),
        ("df = df[[]]", "no table"),
        ("df\n1 / 0", r"line 2 of the code\): division by zero"),
        ("df['nothing']", "nothing"),
        ("import os\nos._exit(0)\ndf", "ended the process"),
        ("import socket\ndf", "network"),
        ("df = pd.concat([df] * 10**9)", "2,048 MB of memory"),
    ],
)
def test_code_that_fails_changes_nothing_and_says_why(ws: Workspace, orders: Dataset, code: str, message: str) -> None:
    before = files(ws)
    with pytest.raises(BadInput, match=message):
        cleaning.apply(ws, orders.head_id, FreeCode(code=code))
    assert files(ws) == before
    assert len(versions.list_all(ws, orders.id)) == 1
    assert left(ws) == []


def test_what_a_cast_cannot_read_stops_it_or_is_counted(ws: Workspace, orders: Dataset) -> None:
    with pytest.raises(BadInput, match="8 of 8 values in “region” cannot be read as whole numbers"):
        cleaning.apply(ws, orders.head_id, CastColumn(column="region", to="integer"))
    step = CastColumn(column="region", to="integer", unreadable="missing")
    effect = cleaning.preview(ws, orders.head_id, step)
    assert [(each.column, each.emptied) for each in effect.difference.changed] == [("region", 8)]
    assert "8 of 8 values" in effect.printed
    assert "8 of 8 values" in cleaning.apply(ws, orders.head_id, step).version.note


def test_dates_are_learned_once_and_kept_with_the_step(ws: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "days.csv"
    path.write_text("day,both\nx 13.02.2024,x 1/2/2024\nx 14.02.2024,x 3/4/2024\n")
    dataset = datasets.upload(ws, path, "days.csv")
    strip = FreeCode(code="for name in ['day', 'both']:\n    df[name] = df[name].str.removeprefix('x ')")
    start = cleaning.apply(ws, dataset.head_id, strip).version
    made = cleaning.apply(ws, start.id, CastColumn(column="day", to="date")).version
    assert made.step is not None
    assert made.step.learned["day first"] == 2
    assert datasets.profile(ws, made.id).columns[0].kind is Kind.DATE
    with pytest.raises(BadInput, match="day first and with the month first"):
        cleaning.apply(ws, start.id, CastColumn(column="both", to="date"))


def test_a_recipe_is_one_snippet_and_keeps_its_end_and_its_named_points(ws: Workspace, orders: Dataset) -> None:
    steps: list[Step] = [WEST, RENAME, SortRows(columns=("pieces",)), SelectColumns(columns=("pieces", "price"))]
    applied = cleaning.apply_all(ws, orders.head_id, steps, points={1: "West, renamed"})
    line = versions.path(ws, applied.version.id)
    assert [version.name for version in line] == ["", "West, renamed", ""]
    assert [type(version.step) for version in line[1:]] == [Chain, Chain]
    assert applied.is_head
    rows = datasets.page(ws, applied.version.id, 0, 9).to_pylist()
    assert [row["pieces"] for row in rows] == [1, 2, 4, 6]
    single = cleaning.apply_all(ws, orders.head_id, steps)
    assert single.version.content_hash == applied.version.content_hash
    assert len(versions.path(ws, single.version.id)) == 2


def test_a_recipe_that_fails_late_leaves_nothing(ws: Workspace, orders: Dataset) -> None:
    before = files(ws)
    with pytest.raises(BadInput):
        cleaning.apply_all(ws, orders.head_id, [WEST, FreeCode(code="df['gone']")], points={0: "West"})
    assert files(ws) == before
    assert len(versions.list_all(ws, orders.id)) == 1


def test_the_wrong_conversation_or_version_is_refused(ws: Workspace, orders: Dataset) -> None:
    other = conversations.create(ws, datasets.sample(ws).id)
    with pytest.raises(BadInput, match="another dataset"):
        cleaning.apply(ws, orders.head_id, WEST, Origin(other.id))
    for call in (cleaning.preview, cleaning.apply):
        with pytest.raises(NotFound):
            call(ws, "none", WEST)


# Beyond the memory of a run


@pytest.fixture
def small(settings: Settings, backends: Backends) -> Workspace:
    """Runs may use little memory."""
    return open_workspace(replace(backends, settings=settings.model_copy(update={"run_memory_mb": 48})), LOCAL_USER.id)


@pytest.fixture(scope="module")
def large_csv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """More rows than 48 MB of memory hold."""
    path = tmp_path_factory.mktemp("large") / "large.csv"
    rows = 600_000
    with path.open("w") as file:
        file.write("id,place,amount,code\n")
        file.writelines(f"{n},place {n % 97},{n * 0.5},{'' if n % 1000 == 0 else n}\n" for n in range(rows))
    return path


@pytest.fixture
def large(small: Workspace, large_csv: Path) -> Version:
    return datasets.head(small, datasets.upload(small, large_csv, "large.csv").id)


def test_beyond_memory_a_row_local_step_runs_on_every_row_in_slices(
    small: Workspace, ws: Workspace, large: Version
) -> None:
    step = Chain(
        steps=(
            FilterRows(conditions=(Condition(column="id", test="≥", value=100),)),
            CastColumn(column="code", to="text"),
            RenameColumns(names={"place": "where"}),
        )
    )
    sliced = cleaning.apply(small, large.id, step).version
    whole = cleaning.apply(ws, large.id, step).version
    assert sliced.rows == 599_900
    assert sliced.content_hash == whole.content_hash
    assert [c.kind for c in datasets.profile(small, sliced.id).columns] == [
        Kind.INTEGER,
        Kind.TEXT,
        Kind.DECIMAL,
        Kind.TEXT,
    ]


@pytest.mark.long
def test_a_large_table_goes_through_row_local_steps_in_slices(ws: Workspace, tmp_path: Path) -> None:
    """Two million rows of eleven columns: every row is there, in its order."""
    path, rows = tmp_path / "wide.parquet", 2_000_000
    numbers = pa.array(range(rows), pa.int64())
    pq.write_table(pa.table({f"c{n}": numbers for n in range(11)}), path)
    table = datasets.upload(ws, path, path.name)
    step = Chain(
        steps=(
            FilterRows(conditions=(Condition(column="c0", test="≥", value=7),)),
            RenameColumns(names={"c1": "kept"}),
            DropColumns(columns=tuple(f"c{n}" for n in range(2, 11))),
        )
    )
    version = cleaning.apply(ws, table.head_id, step).version
    with changes.local(ws, version.id) as made:
        found = pq.read_table(made)
    assert found.column_names == ["c0", "kept"]
    assert found["kept"].to_pylist() == list(range(7, rows))


def test_beyond_memory_a_table_wide_step_runs_as_a_query(small: Workspace, ws: Workspace, large: Version) -> None:
    step = SortRows(columns=("place", "code"), descending=("code",))
    queried = cleaning.apply(small, large.id, step).version
    assert queried.rows == 600_000
    assert queried.content_hash == cleaning.apply(ws, large.id, step).version.content_hash


def test_beyond_memory_free_code_is_refused_with_the_size_it_needs(small: Workspace, large: Version) -> None:
    for call in (cleaning.preview, cleaning.apply):
        with pytest.raises(changes.TooLarge, match=r"48 MB of a run; about \d+ MB would do"):
            call(small, large.id, FreeCode(code="df['x'] = 1"))


class Watched:
    """The real sandbox; notes the code of each run that learns and the columns of the table it gets."""

    def __init__(self, inner: Executor) -> None:
        self.inner, self.seen = inner, list[tuple[str, list[str]]]()

    def run(self, request: RunRequest, on_output: OnOutput | None = None) -> RunResult:
        if request.keep is None:
            self.seen.append((request.code, pq.read_schema(request.tables["df"]).names))
        return self.inner.run(request, on_output)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


TIDY = Trim(columns=("place",))
KEPT = FilterRows(conditions=(Condition(column="id", test="≥", value=100),))
CENTS = RenameColumns(names={"amount": "money"})
MEDIAN = Outliers(column="money", strength=0.1)


@pytest.mark.long
def test_beyond_memory_a_step_learns_from_the_columns_it_needs(small: Workspace, ws: Workspace, large: Version) -> None:
    """What does not touch these columns is not run at all, the rest in slices; what is learned is the same."""
    steps = (TIDY, KEPT, CENTS, MEDIAN)
    sandbox = Watched(small.backends.sandbox)
    watched = replace(small, backends=replace(small.backends, sandbox=sandbox))
    sliced = cleaning.apply(watched, large.id, Chain(steps=steps)).version
    code, there = sandbox.seen[-1]
    assert there == ["money"]
    assert "strip" not in code
    whole = cleaning.apply(ws, large.id, Chain(steps=steps)).version
    assert sliced.step == whole.step
    assert sliced.content_hash == whole.content_hash
    assert left(watched) == []


def test_a_large_table_is_never_loaded_whole_to_learn(
    ws: Workspace, orders: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = (RenameColumns(names={"region": "area"}), Trim(columns=("product",)), Outliers(column="price"))
    usual = cleaning.apply(ws, orders.head_id, Chain(steps=steps)).version
    monkeypatch.setattr(changes, "LARGE_CELLS", 10)
    sandbox = Watched(ws.backends.sandbox)
    watched = replace(ws, backends=replace(ws.backends, sandbox=sandbox))
    large = cleaning.apply(watched, orders.head_id, Chain(steps=steps)).version
    assert [there for _, there in sandbox.seen] == [["price"]]
    assert (large.step, large.content_hash) == (usual.step, usual.content_hash)


def test_a_failure_in_a_slice_says_which_rows(small: Workspace, large: Version) -> None:
    before = files(small)
    with pytest.raises(BadInput, match=r"^Rows 1 to [\d,]+: .*values in “place” cannot be read"):
        cleaning.apply(small, large.id, CastColumn(column="place", to="integer"))
    assert files(small) == before


# When the machine fails


def test_a_full_disk_leaves_nothing_half_there(ws: Workspace, orders: Dataset, full_disk: Path) -> None:
    settings = ws.backends.settings.model_copy(update={"home": full_disk})
    tight = replace(ws, backends=replace(ws.backends, settings=settings))
    before = files(ws)
    grow = FreeCode(code="df = pd.concat([df] * 100_000, ignore_index=True)\ndf['x'] = np.random.rand(len(df))")
    with pytest.raises(AppError, match="could not be written"):
        cleaning.apply(tight, orders.head_id, grow)
    assert files(ws) == before
    assert len(versions.list_all(ws, orders.id)) == 1
    assert left(tight) == []


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of 8 MB."""
    folder = tmp_path / "full"
    (folder / "cache").mkdir(parents=True)
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)], capture_output=True)
    if made.returncode != 0:
        pytest.skip("no disk of its own can be mounted here")
    (folder / "cache").mkdir(exist_ok=True)
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


class BrokenStorage:
    """Storage whose `put` fails from the n-th on; the rest is the real one."""

    def __init__(self, real: object, fails_from: int) -> None:
        self._real, self._left = real, fails_from

    def put(self, source: Path, key: str) -> None:
        self._left -= 1
        if self._left < 0:
            raise OSError(5, os.strerror(5))
        self._real.put(source, key)  # type: ignore[attr-defined]

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)


@pytest.mark.parametrize("fails_from", [0, 1])
def test_a_storage_that_fails_leaves_no_row_and_no_file(ws: Workspace, orders: Dataset, fails_from: int) -> None:
    broken = replace(ws.backends, storage=BrokenStorage(ws.backends.storage, fails_from))
    before = files(ws)
    with pytest.raises(AppError, match="could not be written"):
        cleaning.apply_all(replace(ws, backends=broken), orders.head_id, [WEST, RENAME], points={0: "West"})
    assert files(ws) == before
    assert len(versions.list_all(ws, orders.id)) == 1


def test_taking_back_a_file_spares_the_version_with_the_same_table(ws: Workspace, orders: Dataset) -> None:
    first = cleaning.apply(ws, orders.head_id, WEST).version
    broken = replace(ws.backends, storage=BrokenStorage(ws.backends.storage, 1))
    with pytest.raises(AppError):
        cleaning.apply_all(replace(ws, backends=broken), orders.head_id, [WEST, RENAME], points={0: "again"})
    assert datasets.page(ws, first.id, 0, 9).num_rows == 4


def test_what_a_step_learned_is_kept_with_it_and_not_learned_again(ws: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "gaps.csv"
    path.write_text("region,price\nWest,10\nWest,30\nEast,4\nWest,\nEast,\nNorth,\n")
    dataset = datasets.upload(ws, path, "gaps.csv")
    step = cleaning.step({"kind": "fill_statistic", "column": "price", "by": ["region"]})
    version = cleaning.apply(ws, dataset.head_id, step).version
    assert version.step is not None
    assert version.step.learned == {"all": 10.0, "groups": {"West": 20.0, "East": 4.0}}
    assert datasets.page(ws, version.id, 0, 9)["price"].to_pylist() == [10, 30, 4, 20, 4, 10]
    path.write_text("region,price\nWest,1000\nWest,\n")
    other = datasets.upload(ws, path, "next.csv")
    assert datasets.page(ws, cleaning.apply(ws, other.head_id, version.step).version.id, 0, 9)["price"][1].as_py() == 20
    ws.backends.storage.delete(version.storage_key)
    with changes.local(ws, version.id) as again:
        assert pq.read_table(again)["price"].to_pylist() == [10, 30, 4, 20, 4, 10]


def test_a_step_reads_another_table_of_the_team(ws: Workspace, orders: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "managers.csv"
    path.write_text("area,manager\nWest,Ada\nEast,Bo\n")
    other = datasets.upload(ws, path, "managers.csv")
    data = {"kind": "join", "left": ["region"], "right": ["area"], "other": other.head_id}
    step = cleaning.step({**data, "other_name": "managers", "other_columns": ["area", "manager"]})
    version = cleaning.apply(ws, orders.head_id, step).version
    managers = ["Ada", "Bo", "Ada", None, "Bo", "Ada", None, "Ada"]
    assert datasets.page(ws, version.id, 0, 9)["manager"].to_pylist() == managers
    with pytest.raises(NotFound):
        cleaning.preview(ws, orders.head_id, step.model_copy(update={"other": "0" * 32}))
