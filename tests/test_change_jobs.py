"""Steps tried and applied, and versions compared, as jobs: their end, their stop, and what they leave behind."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sandbox import Sandbox
from services import change_jobs, cleaning, datasets, jobs, uploads, versions, wiring
from services.code.steps import Condition, FilterRows, FreeCode
from services.domain import Dataset, Job, JobStatus
from services.errors import BadInput, NotFound, Stopped
from services.settings import Settings
from services.workspace import LOCAL_USER, Workspace, open_workspace
from tests.doubles import RecordingProgress

WEST = FilterRows(conditions=(Condition(column="region", test="=", value="West"),))
ENDLESS = FreeCode(code="while len(df):\n    pass")
SOON = 20.0
"""Seconds: far more than a stop takes, far less than the longest run."""


@pytest.fixture
def threaded(settings: Settings, sandbox: Sandbox) -> Iterator[Workspace]:
    """A workspace whose jobs run in threads, as on a server."""
    backends = wiring.connect(settings, sandbox=sandbox)
    yield open_workspace(backends, LOCAL_USER.id)
    backends.runner.shutdown()
    backends.database.dispose()


def end(ws: Workspace, job: Job) -> Job:
    *_, last = jobs.follow(ws, job.id)
    return last


def left(ws: Workspace) -> list[Path]:
    return list((ws.backends.settings.home / "cache").glob("making-*"))


def test_a_trial_tells_the_effect_and_keeps_nothing(ws: Workspace, orders: Dataset) -> None:
    job = change_jobs.try_out(ws, orders.head_id, WEST)
    assert end(ws, job).status is JobStatus.DONE
    effect = change_jobs.effect(ws, job.id)
    assert effect == cleaning.preview(ws, orders.head_id, WEST)
    assert len(versions.list_all(ws, orders.id)) == 1
    with pytest.raises(BadInput, match="not come to its end"):
        change_jobs.applied(ws, job.id)


def test_applying_moves_the_head_and_tells_the_version(ws: Workspace, orders: Dataset) -> None:
    job = change_jobs.apply(ws, orders.head_id, [WEST], name="West")
    applied = change_jobs.applied(ws, job.id)
    assert jobs.get(ws, job.id).outcome == (applied.version.id,)
    assert applied.is_head
    assert datasets.head(ws, orders.id) == applied.version
    assert (applied.version.name, applied.version.rows) == ("West", 4)
    assert change_jobs.under_way(ws, orders.head_id) is None


def test_a_step_that_fails_ends_the_job_with_its_reason(ws: Workspace, orders: Dataset) -> None:
    job = change_jobs.apply(ws, orders.head_id, [FreeCode(code="df['no'].sum()")])
    ended = jobs.get(ws, job.id)
    assert ended.status is JobStatus.FAILED
    assert "could not be run" in ended.message
    assert len(versions.list_all(ws, orders.id)) == 1
    assert left(ws) == []


def test_two_versions_are_compared_once(ws: Workspace, orders: Dataset) -> None:
    after = cleaning.apply(ws, orders.head_id, WEST).version
    job = change_jobs.compare(ws, orders.head_id, after.id)
    assert change_jobs.difference(ws, job.id) == versions.diff(ws, orders.head_id, after.id)
    assert change_jobs.compare(ws, orders.head_id, after.id).id == job.id
    assert change_jobs.compare(ws, after.id, after.id).id != job.id
    with pytest.raises(NotFound):
        change_jobs.compare(ws, "unknown", after.id)


@pytest.mark.parametrize("kind", change_jobs.KINDS[:2])
def test_a_change_under_way_is_stopped_at_once_and_leaves_nothing(
    threaded: Workspace, orders_csv: Path, kind: str
) -> None:
    dataset = datasets.upload(threaded, orders_csv, "orders.csv")
    files = set(threaded.backends.storage.list(""))
    if kind == change_jobs.TRY_KIND:
        job = change_jobs.try_out(threaded, dataset.head_id, ENDLESS)
    else:
        job = change_jobs.apply(threaded, dataset.head_id, [ENDLESS])
        assert change_jobs.under_way(threaded, dataset.head_id)
    while "Running" not in (now := jobs.get(threaded, job.id)).stage:
        assert not now.status.is_final
        time.sleep(0.05)
    started = time.monotonic()
    jobs.stop(threaded, job.id)
    assert end(threaded, job).status is JobStatus.STOPPED
    assert time.monotonic() - started < SOON
    assert change_jobs.under_way(threaded, dataset.head_id) is None
    assert [version.id for version in versions.list_all(threaded, dataset.id)] == [dataset.head_id]
    assert set(threaded.backends.storage.list("")) == files
    assert left(threaded) == []


def test_a_query_under_way_is_interrupted(ws: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "many.parquet"
    pq.write_table(pa.table({"a": pa.array(range(3_000_000)), "b": pa.array(range(3_000_000, 0, -1))}), path)
    started = time.monotonic()
    ws.backends.engine.compare(path, path, {}, ("a",))
    whole, started = time.monotonic() - started, time.monotonic()
    with pytest.raises(Stopped):
        ws.backends.engine.compare(path, path, {}, ("a",), RecordingProgress(stop=True))
    assert time.monotonic() - started < max(1.0, whole)


def test_deleting_a_dataset_for_good_forgets_what_its_trials_found(ws: Workspace, orders: Dataset) -> None:
    job = change_jobs.try_out(ws, orders.head_id, WEST)
    datasets.purge(ws, orders.id)
    with pytest.raises(NotFound):
        jobs.get(ws, job.id)


def test_what_would_exceed_the_quota_is_not_kept(
    ws: Workspace, orders: Dataset, settings: Settings, rewired: Callable[..., Workspace]
) -> None:
    used = uploads.allowance(ws).used
    full = settings.model_copy(update={"quota_mb": 1})
    assert used < 1_000_000
    small = rewired(settings=full)
    large = FreeCode(code="df = df.sample(160_000, replace=True)\ndf['x'] = np.random.default_rng(1).random(len(df))")
    with pytest.raises(BadInput, match=r"This needs 1\.\d MB more, and of your 1\.0 MB"):
        cleaning.apply(small, orders.head_id, large)
    assert len(versions.list_all(ws, orders.id)) == 1
    assert len(list(ws.backends.storage.list(f"{ws.team.id}/datasets/{orders.id}/versions/"))) == 2


def test_where_nothing_is_left_a_change_is_not_begun(
    ws: Workspace, orders: Dataset, settings: Settings, rewired: Callable[..., Workspace], tmp_path: Path
) -> None:
    small = rewired(settings=settings.model_copy(update={"quota_mb": 1}))
    path = tmp_path / "bulk.csv"
    path.write_text("a\n" + "".join(f"{number * 7919 % 1_000_003}\n" for number in range(130_000)))
    datasets.upload(ws, path, "bulk.csv")
    with pytest.raises(BadInput, match=r"Of your 1\.0 MB only 0\.0 MB are left"):
        cleaning.apply(small, orders.head_id, ENDLESS)
