"""What tiles show: made anew in the sandbox, under filters, and when their datasets have moved on. One job a tile."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from pydantic import TypeAdapter

from services import alarms, comparing, headlines, rereading, staleness
from services.access import Action, requires
from services.boards import Filter, Kept, Shown, Tile, TileRun
from services.dashboards import SPANS
from services.domain import ColumnProfile, Job
from services.errors import AppError, NotFound, Stopped
from services.freshness import Changes
from services.protocols import Progress
from services.workspace import Backends, Workspace, open_workspace

JOB_KIND: Final = "tile"
_FILTERS: Final[TypeAdapter[tuple[Filter, ...]]] = TypeAdapter(tuple[Filter, ...])
log = logging.getLogger(__name__)


@requires(Action.DASHBOARD_READ)
def shown(ws: Workspace, dashboard_id: str, filters: Sequence[Filter] | None = None) -> list[Shown]:
    """The tiles in order under these filters, or as the dashboard is set; who only looks in sees it as it is set.

    Raises: NotFound.
    """
    dashboard, whole = ws.dashboards.get(dashboard_id), ws.for_upkeep()
    tiles, looks = ws.dashboards.tiles(dashboard_id), _only_looks(ws)
    wanted = dashboard.filters if filters is None else filters
    asked = {tile.id: _asked(whole, tile, tile.filters if looks else wanted) for tile in tiles}
    runs = ws.dashboards.runs({each.key for each in asked.values()})
    there = {each.id for each in whole.rows.datasets()}
    made = [
        _made(ws, tile, asked[tile.id], runs.get((tile.id, asked[tile.id].key)))
        if not tile.dataset_id or tile.dataset_id in there
        else Shown(tile=tile.model_copy(update={"kept": None}), problem="Its dataset was deleted.")
        for tile in tiles
    ]
    return [_plain(each) for each in made] if looks else _dated(whole, made)


@requires(Action.DASHBOARD_RUN)
def columns(ws: Workspace, dashboard_id: str) -> dict[str, ColumnProfile]:
    """The columns that the tables behind the tiles have, by name: what one may filter by. Raises: NotFound."""
    found: dict[str, ColumnProfile] = {}
    whole = ws.for_upkeep()
    for version_id in dict.fromkeys(tile.version_id for tile in ws.dashboards.tiles(dashboard_id) if tile.dataset_id):
        for column in whole.rows.profile(version_id).columns:
            found.setdefault(column.name, column)
    return found


@requires(Action.DASHBOARD_RUN)
def run(ws: Workspace, dashboard_id: str, filters: Sequence[Filter]) -> list[str]:
    """Starts what is not made yet of the tiles under these filters, a job each; the ids of the jobs. Raises:
    NotFound."""
    started = []
    for each in shown(ws, dashboard_id, filters):
        asked = _asked(ws.for_upkeep(), each.tile, filters)
        if each.kept is None and not each.problem and not each.job_id and each.tile.kept:
            job_id = _start(ws, each.tile, asked, each.tile.version_id, keeps=False)
            waiting = TileRun(tile_id=each.tile.id, key=asked.key, job_id=job_id, created_at=datetime.now(UTC))
            ws.dashboards.put_run(waiting)
            ws.backends.runner.submit(job_id)
            started.append(job_id)
    return started


@requires(Action.DASHBOARD_EDIT)
def refresh(ws: Workspace, dashboard_id: str, tile_id: str = "") -> list[str]:
    """Starts making the tiles anew from what their datasets show now, under the dashboard's filters, a job each; just
    one of them, when given. The ids of the jobs. Raises: NotFound."""
    dashboard, whole = ws.dashboards.get(dashboard_id), ws.for_upkeep()
    heads = {each.id: each.head_id for each in whole.rows.datasets()}
    started = []
    for tile in ws.dashboards.tiles(dashboard_id):
        if tile.kept and tile.dataset_id in heads and tile_id in ("", tile.id):
            asked = _asked(whole, tile, dashboard.filters, heads[tile.dataset_id])
            started.append(_renew(ws, tile, asked, heads[tile.dataset_id]))
    return started


@requires(Action.DASHBOARD_EDIT)
def settle(ws: Workspace, dashboard_id: str) -> list[str]:
    """Starts making the tiles anew that were made under other filters than the dashboard has, of the versions they
    show, a job each. The ids of the jobs. Raises: NotFound."""
    dashboard, whole = ws.dashboards.get(dashboard_id), ws.for_upkeep()
    tiles = ws.dashboards.tiles(dashboard_id)
    pairs = [(tile, _asked(whole, tile, dashboard.filters)) for tile in tiles if tile.kept]
    return [_renew(ws, tile, asked, tile.version_id) for tile, asked in pairs if asked.filters != tile.filters]


@requires(Action.DASHBOARD_READ)
def under_way(ws: Workspace, dashboard_id: str) -> list[Job]:
    """The jobs that make tiles of the dashboard at this moment. Raises: NotFound."""
    rows, now = ws.for_upkeep().rows, datetime.now(UTC)
    found = [rows.last_job(JOB_KIND, tile.id) for tile in ws.dashboards.tiles(dashboard_id) if tile.kept]
    waiting = [job for job in found if job and not job.status.is_final]
    live = [ws.backends.runner.live(job.id) or rows.expire_job(job.id, now) for job in waiting]
    return [job for job in live if not job.status.is_final]


def make(ws: Workspace, job_id: str, progress: Progress) -> None:
    """The job behind a tile. However it ends, the tile or its run says so. Raises: Stopped."""
    body = ws.rows.job(job_id).body
    tile, version_id = ws.dashboards.tile(str(body["tile"])), str(body["version"])
    filters = _FILTERS.validate_python(body["filters"])
    assert tile.kept is not None
    kept, problem, hint = None, "", ""
    try:
        kept = rereading.again(ws.for_upkeep(), tile.kept, version_id, filters, progress)
    except Stopped:
        problem, hint = "You stopped this.", "Update it again."
        raise
    except AppError as error:
        problem, hint = error.message, error.hint
    finally:
        if body["keeps"]:
            _keep(ws, tile, version_id, filters, kept, problem, hint)
        else:
            ended = TileRun(
                tile_id=tile.id,
                key=str(body["key"]),
                job_id=job_id,
                kept=kept,
                problem=problem or ("" if kept else "Something went wrong here."),
                hint=hint,
                created_at=datetime.now(UTC),
            )
            ws.dashboards.put_run(ended)


def refresh_due(backends: Backends) -> int:
    """Refreshes the dashboards that are due and show anything but the newest version; how many. No two processes take
    the same one."""
    done, now = 0, datetime.now(UTC)
    for dashboard in backends.dashboards.due(now):
        if not backends.dashboards.claim(dashboard, now + SPANS[dashboard.every]):
            continue
        try:
            ws = open_workspace(backends, dashboard.created_by, dashboard.team_id)
            if any(each.is_stale for each in shown(ws, dashboard.id)):
                done += bool(refresh(ws, dashboard.id))
        except AppError as error:
            log.info("Dashboard %s was not refreshed: %s", dashboard.id, error)
    return done


@dataclass(frozen=True)
class _Asked:
    """What of the filters reaches a tile, those that do not, and the key of what it then shows."""

    filters: tuple[Filter, ...]
    beyond: tuple[str, ...]
    key: str


def _asked(whole: Workspace, tile: Tile, filters: Sequence[Filter], version_id: str = "") -> _Asked:
    if not tile.dataset_id or tile.kept is None:
        return _Asked((), (), "")
    try:
        columns = set(whole.rows.version(version_id or tile.version_id).columns)
    except NotFound:
        columns = set()
    given = [each for each in filters if each.is_set]
    reach = tuple(sorted((each for each in given if each.column in columns), key=lambda each: each.column))
    beyond = tuple(each.column for each in given if each.column not in columns)
    about = (tile.version_id, tile.kept.code, repr(tile.kept.analysis), _FILTERS.dump_json(reach).decode())
    return _Asked(reach, beyond, hashlib.sha256("\0".join(about).encode()).hexdigest())


def _made(ws: Workspace, tile: Tile, asked: _Asked, made: TileRun | None) -> Shown:
    note = f"Not filtered: its table has no column {rereading.listed(asked.beyond)}." if asked.beyond else ""
    if tile.kept is None or asked.filters == tile.filters:
        return Shown(tile=tile, kept=tile.kept, number=tile.number, note=note, problem=tile.problem, hint=tile.hint)
    if made is None:
        return Shown(tile=tile, note=note)
    if made.kept or made.problem:
        number = headlines.number_of(made.kept.outputs) if made.kept else None
        return Shown(tile=tile, kept=made.kept, number=number, note=note, problem=made.problem, hint=made.hint)
    return Shown(tile=tile, note=note, job_id=made.job_id if _is_alive(ws, made) else "")


def _dated(whole: Workspace, made: Sequence[Shown]) -> list[Shown]:
    """With what has become of the datasets since."""
    stands = staleness.of(whole, {each.tile.version_id for each in made if each.tile.dataset_id})
    found = []
    for each in made:
        stand = stands.get(each.tile.version_id)
        told = {"is_stale": stand.is_stale, "reason": " ".join(stand.reasons)} if stand else {}
        found.append(each.model_copy(update=told))
    return found


def _is_alive(ws: Workspace, made: TileRun) -> bool:
    """Whether the job still works on it; the job of a colleague is not seen, and believed for a while."""
    try:
        return not (ws.for_upkeep().rows.expire_job(made.job_id, datetime.now(UTC))).status.is_final
    except NotFound:
        return False


def _renew(ws: Workspace, tile: Tile, asked: _Asked, version_id: str) -> str:
    """The id of the job that was started to make the tile anew for good."""
    job_id = _start(ws, tile, asked, version_id, keeps=True)
    ws.backends.runner.submit(job_id)
    return job_id


def _start(ws: Workspace, tile: Tile, asked: _Asked, version_id: str, *, keeps: bool) -> str:
    """The id of the new job, stored and not yet submitted."""
    filters = _FILTERS.dump_python(asked.filters, mode="json")
    job = Job(
        id=uuid4().hex,
        team_id=ws.team.id,
        kind=JOB_KIND,
        subject_id=tile.id,
        body={"tile": tile.id, "version": version_id, "filters": filters, "key": asked.key, "keeps": keeps},
        share_id=ws.via,
        created_by=ws.user.id,
        created_at=datetime.now(UTC),
    )
    ws.rows.add_job(job)
    return job.id


def _keep(
    ws: Workspace, tile: Tile, version_id: str, filters: tuple[Filter, ...], kept: Kept | None, problem: str, hint: str
) -> None:
    """Stores what a refresh gave; a tile that failed keeps what it showed, and says why."""
    if kept is None:
        ws.dashboards.save_tile(tile.model_copy(update={"problem": problem, "hint": hint}), "problem", "hint")
        return
    before = tile.kept.outputs if tile.kept else ()
    renewed = {
        "kept": kept,
        "version_id": version_id,
        "filters": filters,
        "number": headlines.number_of(kept.outputs),
        "changes": comparing.changes(before, kept.outputs),
        "problem": "",
        "hint": "",
        "made_at": datetime.now(UTC),
    }
    now = tile.model_copy(update=renewed)
    ws.dashboards.save_tile(now, *renewed)
    if now.is_alarming and not tile.is_alarming:
        alarms.tell(ws.backends, ws.dashboards.get(tile.dashboard_id), now)


def _only_looks(ws: Workspace) -> bool:
    return ws.share is not None and ws.share.right == "view"


def _plain(each: Shown) -> Shown:
    """Without the code, the analysis and the words of the question: for those who were shown the dashboard alone."""
    bare = {"code": "", "analysis": {}, "question": "", "analyst": ""}
    kept = each.kept.model_copy(update=bare) if each.kept else None
    tile = each.tile.model_copy(update={"kept": kept, "changes": Changes(), "version_id": ""})
    return each.model_copy(update={"tile": tile, "kept": kept, "problem": "", "hint": ""} if kept else {"tile": tile})
