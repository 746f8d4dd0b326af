"""Dashboards: made, named, arranged, filtered; the tiles on them, and from where on their values alarm."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid4

from services import headlines, labels, staleness
from services.access import Action, allows, requires
from services.boards import COLUMNS, ROWS, Dashboard, Every, Filter, Kept, ListedDashboard, Pin, Rights, Threshold, Tile
from services.circles import ObjectKind, Visibility
from services.errors import BadInput
from services.workspace import Workspace

MOST_TILES: Final = 60
MOST_FILTERS: Final = 12
TEXT_CHARS: Final = 4_000
SPANS: Final = {Every.HOUR: timedelta(hours=1), Every.DAY: timedelta(days=1), Every.WEEK: timedelta(weeks=1)}
SIZES: Final = {"number": (3, 2), "figure": (6, 5), "table": (6, 5), "text": (12, 1), "answer": (6, 6)}
"""Columns and rows of a tile that is new, by what it shows."""


@requires(Action.DASHBOARD_CREATE)
def create(ws: Workspace, name: str) -> Dashboard:
    """A new, empty dashboard. Raises: BadInput."""
    made = Dashboard(
        id=uuid4().hex,
        team_id=ws.team.id,
        name=labels.name(name, "dashboard"),
        created_by=ws.user.id,
        created_at=datetime.now(UTC),
    )
    ws.dashboards.add(made)
    return made


@requires(Action.DASHBOARD_READ)
def list_all(ws: Workspace) -> list[ListedDashboard]:
    """Every dashboard, newest first."""
    tiles, listed = ws.dashboards.listed_tiles(), []
    stands = staleness.of(ws, {tile.version_id for tile in tiles if tile.dataset_id}) if ws.share is None else {}
    for dashboard in ws.dashboards.all():
        mine = [tile for tile in tiles if tile.dashboard_id == dashboard.id]
        alarms = tuple(tile.name for tile in mine if tile.is_alarming)
        stale = sum(stands[tile.version_id].is_stale for tile in mine if tile.version_id in stands)
        listed.append(ListedDashboard(dashboard=dashboard, tiles=len(mine), alarms=alarms, stale=stale))
    return listed


@requires(Action.DASHBOARD_READ)
def rights(ws: Workspace) -> Rights:
    """What this person may do with dashboards here."""
    return Rights(
        run=allows(ws, Action.DASHBOARD_RUN),
        edit=allows(ws, Action.DASHBOARD_EDIT),
        create=allows(ws, Action.DASHBOARD_CREATE),
        delete=allows(ws, Action.DASHBOARD_DELETE),
        pin=allows(ws, Action.PIN_READ),
        rows=ws.share is None and allows(ws, Action.DATASET_READ),
    )


@requires(Action.DASHBOARD_READ)
def get(ws: Workspace, dashboard_id: str) -> Dashboard:
    """Raises: NotFound."""
    return ws.dashboards.get(dashboard_id)


@requires(Action.DASHBOARD_EDIT)
def rename(ws: Workspace, dashboard_id: str, name: str) -> Dashboard:
    """The dashboard under its new name. Raises: NotFound; BadInput."""
    return _changed(ws, dashboard_id, name=labels.name(name, "dashboard"))


@requires(Action.DASHBOARD_DELETE)
def delete(ws: Workspace, dashboard_id: str) -> None:
    """Forgets the dashboard and its tiles; pins and datasets stay. Raises: NotFound."""
    ws.dashboards.get(dashboard_id)
    for share in ws.members.shares(dashboard_id):
        ws.members.unshare(share.id)
    ws.dashboards.remove(dashboard_id)


@requires(Action.DASHBOARD_EDIT)
def set_filters(ws: Workspace, dashboard_id: str, filters: Sequence[Filter]) -> Dashboard:
    """The dashboard with these filters to choose from, set as they are. Raises: NotFound; BadInput."""
    if len(filters) > MOST_FILTERS or len({each.column for each in filters}) < len(filters):
        raise BadInput(f"A dashboard has at most {MOST_FILTERS} filters, each of another column.", "Remove some.")
    return _changed(ws, dashboard_id, filters=tuple(filters))


@requires(Action.DASHBOARD_EDIT)
def set_schedule(ws: Workspace, dashboard_id: str, every: Every) -> Dashboard:
    """The dashboard, which looks for new versions by itself from now on. Raises: NotFound."""
    due = datetime.now(UTC) + SPANS[every] if every in SPANS else None
    return _changed(ws, dashboard_id, every=every, due_at=due)


@requires(Action.DASHBOARD_EDIT)
def add_pin(ws: Workspace, dashboard_id: str, pin_id: str) -> Tile:
    """A new tile with a copy of what the pin shows, at the end. Raises: NotFound; BadInput."""
    pin = ws.pins.get(pin_id)
    _check_private(ws, ws.dashboards.get(dashboard_id), pin)
    number = headlines.number_of(pin.kept.outputs)
    width, height = SIZES.get("number" if number is not None else pin.kind, SIZES["answer"])
    return _added(
        ws,
        dashboard_id,
        name=pin.name,
        width=width,
        height=height,
        dataset_id=pin.dataset_id,
        version_id=pin.version_id,
        kept=pin.kept,
        number=number,
    )


@requires(Action.DASHBOARD_EDIT)
def add_text(ws: Workspace, dashboard_id: str, text: str) -> Tile:
    """A new tile with a text, at the end. Raises: NotFound; BadInput."""
    width, height = SIZES["text"]
    return _added(ws, dashboard_id, name="", text=_text(text), width=width, height=height)


@requires(Action.DASHBOARD_EDIT)
def retitle(ws: Workspace, tile_id: str, name: str, text: str = "") -> Tile:
    """The tile with its new name, and with its text where it is one. Raises: NotFound; BadInput."""
    tile = ws.dashboards.tile(tile_id)
    changes = {"name": labels.line(name)} if tile.dataset_id else {"name": labels.line(name), "text": _text(text)}
    return _saved(ws, tile, **changes)


@requires(Action.DASHBOARD_EDIT)
def resize(ws: Workspace, tile_id: str, width: int, height: int) -> Tile:
    """The tile so many of twelve columns wide and so many rows of 80 pixels high. Raises: NotFound; BadInput."""
    if not (1 <= width <= COLUMNS and 1 <= height <= ROWS):
        raise BadInput(
            f"A tile cannot be {width} columns wide and {height} rows high.",
            f"Choose 1 to {COLUMNS} columns and 1 to {ROWS} rows.",
        )
    return _saved(ws, ws.dashboards.tile(tile_id), width=width, height=height)


@requires(Action.DASHBOARD_EDIT)
def move(ws: Workspace, tile_id: str, by: int) -> list[str]:
    """The ids of the dashboard's tiles in their new order: this one so many places later, or earlier. Raises:
    NotFound."""
    tile = ws.dashboards.tile(tile_id)
    ids = [each.id for each in ws.dashboards.tiles(tile.dashboard_id)]
    at = ids.index(tile_id)
    ids.insert(max(0, min(len(ids) - 1, at + by)), ids.pop(at))
    ws.dashboards.arrange(tile.dashboard_id, ids)
    return ids


@requires(Action.DASHBOARD_EDIT)
def watch(ws: Workspace, tile_id: str, threshold: Threshold | None) -> Tile:
    """The tile, whose number alarms from the threshold on; None: never. Raises: NotFound; BadInput."""
    tile = ws.dashboards.tile(tile_id)
    if threshold and tile.number is None:
        raise BadInput("This tile does not show one number.", "Set a threshold where a single value is shown.")
    return _saved(ws, tile, threshold=threshold)


@requires(Action.DASHBOARD_EDIT)
def remove(ws: Workspace, tile_id: str) -> None:
    """Takes the tile off its dashboard. Raises: NotFound."""
    ws.dashboards.remove_tile(tile_id)


def _changed(ws: Workspace, dashboard_id: str, **changes: object) -> Dashboard:
    found = ws.dashboards.get(dashboard_id).model_copy(update=changes)
    ws.dashboards.save(found, *changes)
    return found


def _saved(ws: Workspace, tile: Tile, **changes: object) -> Tile:
    tile = tile.model_copy(update=changes)
    ws.dashboards.save_tile(tile, *changes)
    return tile


def _added(
    ws: Workspace,
    dashboard_id: str,
    *,
    name: str,
    width: int,
    height: int,
    text: str = "",
    dataset_id: str = "",
    version_id: str = "",
    kept: Kept | None = None,
    number: float | None = None,
) -> Tile:
    """Raises: NotFound; BadInput."""
    there, now = ws.dashboards.tiles(dashboard_id), datetime.now(UTC)
    if len(there) >= MOST_TILES:
        raise BadInput(f"A dashboard has at most {MOST_TILES} tiles.", "Remove one, or make another dashboard.")
    made = Tile(
        id=uuid4().hex,
        team_id=ws.team.id,
        dashboard_id=dashboard_id,
        position=1 + max((each.position for each in there), default=-1),
        width=width,
        height=height,
        name=name,
        text=text,
        dataset_id=dataset_id,
        version_id=version_id,
        kept=kept,
        number=number,
        made_at=now if kept else None,
        created_by=ws.user.id,
        created_at=now,
    )
    ws.dashboards.add_tile(made)
    return made


def _text(text: str) -> str:
    """Raises: BadInput."""
    lines = [labels.INVISIBLE.sub(" ", line).rstrip() for line in text.strip().splitlines()]
    clean = "\n".join(lines)
    if not clean or len(clean) > TEXT_CHARS:
        raise BadInput(f"The text has {len(clean):,} characters.", f"Write 1 to {TEXT_CHARS:,}.")
    return clean


def _check_private(ws: Workspace, dashboard: Dashboard, pin: Pin) -> None:
    """Raises: BadInput, when others would see by the dashboard what they do not see by itself."""
    if dashboard.visibility is Visibility.PRIVATE and dashboard.created_by == ws.user.id:
        return
    sources = ((ObjectKind.DATASET, pin.dataset_id), (ObjectKind.CONVERSATION, pin.conversation_id))
    for kind, id in sources:
        if ws.members.visibility(kind, id) is Visibility.PRIVATE:
            raise BadInput(
                f"The {kind} of this pin is private, and others see the dashboard.",
                f"Show the {kind} to the team first, or use a private dashboard.",
            )
