"""The pins one team may see. Their outputs are read where they are asked for, and not in a listing."""

from __future__ import annotations

from typing import Any, Final, Literal

from sqlalchemy import RowMapping, delete, insert, select, update

from services.backends import tables
from services.backends.board_tables import pins
from services.backends.door import not_found
from services.backends.job_rows import changed
from services.backends.packing import packed, unpacked
from services.backends.seat import Seat
from services.boards import Kept, Pin

_PLAIN: Final = [column for column in pins.c if column.name != "outputs"]


class PinRows(Seat):
    """The database as far as one team may see it, on behalf of one person."""

    def add(self, pin: Pin) -> None:
        """Keeps a new pin. Raises: NotFound, when what it was read from is not there."""
        with self._database.session() as session:
            for table, id in ((tables.turns, pin.turn_id), (tables.versions, pin.version_id)):
                if session.scalar(select(table.c.id).where(self._seen(table), table.c.id == id)) is None:
                    raise not_found(table.name.removesuffix("s"))
            session.execute(insert(pins).values(**{**pin_values(pin), "team_id": self._team_id}))

    def all(self, dataset_id: str = "") -> list[tuple[Pin, str]]:
        """Each pin without its outputs, and its kind, newest first; those about one dataset, when given."""
        live = select(tables.datasets.c.id).where(tables.datasets.c.deleted_at.is_(None))
        mine = select(*_PLAIN).where(self._seen(pins), pins.c.dataset_id.in_(live))
        mine = mine.where(pins.c.dataset_id == dataset_id) if dataset_id else mine
        with self._database.reading() as session:
            found = session.execute(mine.order_by(pins.c.created_at.desc(), pins.c.id)).mappings()
            return [(to_pin(row), row["kind"]) for row in found]

    def of(self, column: Literal["turn_id", "conversation_id"], id: str) -> list[Pin]:
        """What was pinned of a turn or a conversation, without outputs, oldest first."""
        mine = select(*_PLAIN).where(self._seen(pins), pins.c[column] == id)
        with self._database.reading() as session:
            return [to_pin(row) for row in session.execute(mine.order_by(pins.c.created_at, pins.c.id)).mappings()]

    def get(self, pin_id: str) -> Pin:
        """The pin with its outputs. Raises: NotFound."""
        with self._database.reading() as session:
            row = session.execute(select(pins).where(self._seen(pins), pins.c.id == pin_id)).mappings().one_or_none()
        if row is None:
            raise not_found("pin")
        return to_pin(row)

    def rename(self, pin_id: str, name: str) -> None:
        """Raises: NotFound."""
        self._change(pin_id, {"name": name})

    def renew(self, pin_id: str, version_id: str, kept: Kept) -> None:
        """What the pin shows from now on, and the version that was read from. Raises: NotFound."""
        self._change(pin_id, {"version_id": version_id, **kept_values(kept)})

    def remove(self, pin_id: str) -> None:
        """Raises: NotFound."""
        with self._database.session() as session:
            if not changed(session, delete(pins).where(self._seen(pins), pins.c.id == pin_id)):
                raise not_found("pin")

    def _change(self, pin_id: str, values: dict[str, Any]) -> None:
        with self._database.session() as session:
            if not changed(session, update(pins).where(self._seen(pins), pins.c.id == pin_id).values(values)):
                raise not_found("pin")


def kept_values(kept: Kept) -> dict[str, Any]:
    """The two columns of what is kept: all but the outputs, and these packed."""
    return {"body": kept.model_dump(mode="json", exclude={"outputs"}), "outputs": packed(kept.outputs)}


def to_kept(row: RowMapping) -> Kept:
    """What is kept in a row; without outputs where the row has none with it."""
    return Kept.model_validate(row["body"] | {"outputs": unpacked(row.get("outputs"))})


def pin_values(pin: Pin) -> dict[str, Any]:
    """The columns of a pin."""
    return {**pin.model_dump(exclude={"kept"}), "kind": pin.kind, **kept_values(pin.kept)}


def to_pin(row: RowMapping) -> Pin:
    """The noun in a row."""
    plain = {name: row[name] for name in Pin.model_fields if name != "kept"}
    return Pin.model_validate({**plain, "kept": to_kept(row)})
