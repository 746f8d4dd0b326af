"""The dashboards one team may see, their tiles, and what these show under other filters."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import RowMapping, and_, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from services.backends import tables
from services.backends.board_tables import dashboards, tile_runs, tiles
from services.backends.door import not_found, noun_of
from services.backends.job_rows import changed
from services.backends.pin_rows import kept_values, to_kept
from services.backends.seat import Seat
from services.boards import Dashboard, Every, Tile, TileRun

_LISTED: Final = [column for column in tiles.c if column.name not in ("outputs", "body")]
AS_JSON: Final = {"filters", "threshold", "changes"}


class DashboardRows(Seat):
    """The database as far as one team may see it, on behalf of one person."""

    def add(self, dashboard: Dashboard) -> None:
        """Keeps a new, empty dashboard."""
        values = _values(dashboard) | {"team_id": self._team_id}
        with self._database.session() as session:
            session.execute(insert(dashboards).values(**values))

    def all(self) -> list[Dashboard]:
        """Newest first."""
        newest = select(dashboards).where(self._seen(dashboards))
        with self._database.reading() as session:
            found = session.execute(newest.order_by(dashboards.c.created_at.desc(), dashboards.c.id)).mappings()
            return [noun_of(row, Dashboard) for row in found]

    def get(self, dashboard_id: str) -> Dashboard:
        """Raises: NotFound."""
        one = select(dashboards).where(self._seen(dashboards), dashboards.c.id == dashboard_id)
        with self._database.reading() as session:
            row = session.execute(one).mappings().one_or_none()
        if row is None:
            raise not_found("dashboard")
        return noun_of(row, Dashboard)

    def save(self, dashboard: Dashboard, *names: str) -> None:
        """Keeps these fields of it. Raises: NotFound."""
        values, one = _values(dashboard), and_(dashboards.c.id == dashboard.id, self._seen(dashboards))
        with self._database.session() as session:
            if not changed(session, update(dashboards).where(one).values({name: values[name] for name in names})):
                raise not_found("dashboard")

    def remove(self, dashboard_id: str) -> None:
        """Forgets the dashboard with its tiles. Raises: NotFound."""
        with self._database.session() as session:
            gone = delete(dashboards).where(self._seen(dashboards), dashboards.c.id == dashboard_id)
            if not changed(session, gone):
                raise not_found("dashboard")

    def due(self, moment: datetime) -> list[Dashboard]:
        """Those that are to look for new versions."""
        late = select(dashboards).where(self._seen(dashboards), dashboards.c.every != Every.NEVER)
        with self._database.reading() as session:
            found = session.execute(late.where(dashboards.c.due_at <= moment)).mappings().all()
        return [noun_of(row, Dashboard) for row in found]

    def claim(self, dashboard: Dashboard, next_at: datetime) -> bool:
        """Whether nobody else took it on, and it is due at that moment next."""
        same = and_(self._seen(dashboards), dashboards.c.id == dashboard.id, dashboards.c.due_at == dashboard.due_at)
        with self._database.session() as session:
            return changed(session, update(dashboards).where(same).values(due_at=next_at)) > 0

    # Tiles

    def tiles(self, dashboard_id: str) -> list[Tile]:
        """Those of a dashboard with their outputs, in order."""
        mine = select(tiles).where(self._seen(tiles), tiles.c.dashboard_id == dashboard_id)
        with self._database.reading() as session:
            return [to_tile(row) for row in session.execute(mine.order_by(tiles.c.position, tiles.c.id)).mappings()]

    def listed_tiles(self) -> list[Tile]:
        """Every tile without what it shows."""
        with self._database.reading() as session:
            return [to_tile(row) for row in session.execute(select(*_LISTED).where(self._seen(tiles))).mappings()]

    def tile(self, tile_id: str) -> Tile:
        """Raises: NotFound."""
        one = select(tiles).where(self._seen(tiles), tiles.c.id == tile_id)
        with self._database.reading() as session:
            row = session.execute(one).mappings().one_or_none()
        if row is None:
            raise not_found("tile")
        return to_tile(row)

    def add_tile(self, tile: Tile) -> None:
        """Keeps a new tile. Raises: NotFound, when its dashboard or dataset is not there."""
        with self._database.session() as session:
            for table, id in ((dashboards, tile.dashboard_id), (tables.datasets, tile.dataset_id)):
                if id and session.scalar(select(table.c.id).where(self._seen(table), table.c.id == id)) is None:
                    raise not_found(table.name.removesuffix("s"))
            session.execute(insert(tiles).values(**{**tile_values(tile), "team_id": self._team_id}))

    def save_tile(self, tile: Tile, *names: str) -> None:
        """Keeps these fields of it; `kept` with its outputs. Raises: NotFound."""
        values = tile_values(tile)
        wanted = {name for each in names for name in (("body", "outputs") if each == "kept" else (each,))}
        one = and_(tiles.c.id == tile.id, self._seen(tiles))
        with self._database.session() as session:
            if not changed(session, update(tiles).where(one).values({name: values[name] for name in wanted})):
                raise not_found("tile")

    def arrange(self, dashboard_id: str, ids: Sequence[str]) -> None:
        """Puts the tiles of the dashboard in this order."""
        with self._database.session() as session:
            for position, id in enumerate(ids):
                one = and_(self._seen(tiles), tiles.c.dashboard_id == dashboard_id, tiles.c.id == id)
                session.execute(update(tiles).where(one).values(position=position))

    def remove_tile(self, tile_id: str) -> None:
        """Raises: NotFound."""
        with self._database.session() as session:
            if not changed(session, delete(tiles).where(self._seen(tiles), tiles.c.id == tile_id)):
                raise not_found("tile")

    # What tiles show under other filters

    def runs(self, keys: Collection[str]) -> dict[tuple[str, str], TileRun]:
        """Those with one of the keys, by tile and key."""
        mine = select(tile_runs).where(self._seen(tile_runs), tile_runs.c.key.in_(keys))
        with self._database.reading() as session:
            found = [to_run(row) for row in session.execute(mine).mappings()]
        return {(each.tile_id, each.key): each for each in found}

    def put_run(self, run: TileRun) -> None:
        """Keeps the run in place of an earlier one; where somebody keeps the same at this moment, theirs stands."""
        same = and_(self._seen(tile_runs), tile_runs.c.tile_id == run.tile_id, tile_runs.c.key == run.key)
        values = run.model_dump(exclude={"kept"}) | (kept_values(run.kept) if run.kept else {})
        try:
            with self._database.session() as session:
                session.execute(delete(tile_runs).where(same))
                session.execute(insert(tile_runs).values(**values, team_id=self._team_id))
        except IntegrityError:
            return

    def old_runs(self, before: datetime) -> int:
        """How many runs were made before that moment."""
        old = select(func.count()).where(self._seen(tile_runs), tile_runs.c.created_at < before)
        with self._database.reading() as session:
            return session.scalar(old) or 0

    def drop_runs(self, before: datetime) -> int:
        """Removes the runs made before that moment; how many."""
        with self._database.session() as session:
            old = delete(tile_runs).where(self._seen(tile_runs), tile_runs.c.created_at < before)
            return changed(session, old)


def _values(dashboard: Dashboard) -> dict[str, Any]:
    return {**dashboard.model_dump(exclude={"filters"}), "filters": dashboard.model_dump(mode="json")["filters"]}


def tile_values(tile: Tile) -> dict[str, Any]:
    """The columns of a tile."""
    values = tile.model_dump(exclude={"kept", *AS_JSON}) | tile.model_dump(mode="json", include=AS_JSON)
    values["dataset_id"] = tile.dataset_id or None
    return values | (kept_values(tile.kept) if tile.kept else {"body": None, "outputs": None})


def to_tile(row: RowMapping) -> Tile:
    """The noun in a row; without `kept` where the row has none with it."""
    plain = {name: row[name] for name in Tile.model_fields if name != "kept"}
    kept = to_kept(row) if row.get("body") else None
    return Tile.model_validate({**plain, "dataset_id": row["dataset_id"] or "", "kept": kept})


def to_run(row: RowMapping) -> TileRun:
    """The noun in a row."""
    plain = {name: row[name] for name in TileRun.model_fields if name != "kept"}
    return TileRun.model_validate({**plain, "kept": to_kept(row) if row["body"] else None})
