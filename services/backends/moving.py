"""Everything an installation keeps, copied into another database and another place for files. The source stays."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Table, bindparam, func, insert, select, update
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from services.backends.database import Database
from services.backends.job_rows import ACTIVE
from services.backends.tables import jobs, metadata, versions
from services.errors import BadInput
from services.protocols import Storage

BATCH: Final = 500
log = logging.getLogger(__name__)
Told = Callable[[str], None]


def rows(source: Database, target: Database, told: Told = lambda _: None) -> dict[str, int]:
    """Copies every row into the empty target, whole or not at all; how many there were, by table.

    Nobody may write to a SQLite source meanwhile: they wait. Raises: BadInput, when the target holds anything already,
    or work is under way in the source.
    """
    source.migrate()
    target.migrate()
    with source.everywhere().session() as old, target.everywhere().session() as new:
        _check_idle(old)
        _check_empty(new, target.place)
        counts = {}
        for table in metadata.sorted_tables:
            counts[table.name] = _copy(old, new, table)
            told(f"{table.name}: {counts[table.name]:,} rows")
    return counts


def files(source: Storage, target: Storage, work: Path, told: Told = lambda _: None) -> tuple[int, int]:
    """Copies every file that the target lacks; how many there were, and their bytes. Cut off, it goes on from there."""
    count = size = 0
    for key in source.list(""):
        length = source.size(key)
        if not (target.exists(key) and target.size(key) == length):
            copy = work / "moving"
            with source.local(key) as path:
                shutil.copyfile(path, copy)
            target.put(copy, key)
            copy.unlink(missing_ok=True)
            told(key)
        count, size = count + 1, size + length
    return count, size


def _check_idle(session: Session) -> None:
    live = select(func.count()).where(ACTIVE, jobs.c.lease_until > datetime.now(UTC))
    if session.scalar(live):
        raise BadInput("A server is at work on this installation.", "Stop it, then move.")


def _check_empty(session: Session, place: str) -> None:
    for table in metadata.sorted_tables:
        if session.scalar(select(func.count()).select_from(table)):
            raise BadInput(
                f"The database {place} is not empty: there is something in “{table.name}”.", "Use a new one."
            )


def _copy(old: Session, new: Session, table: Table) -> int:
    """A version comes before its parent, perhaps: parents are filled in at the end."""
    count, parents = 0, []
    for row in old.execute(select(table)).mappings().yield_per(BATCH).partitions(BATCH):
        values = [dict(each) for each in row]
        if table is versions:
            parents += [{"its": each["id"], "parent": each["parent_id"]} for each in values if each["parent_id"]]
            values = [each | {"parent_id": None} for each in values]
        try:
            new.execute(insert(table), values)
        except (DataError, IntegrityError) as error:
            log.warning("Moving %s: %s", table.name, type(error.orig).__name__)
            raise BadInput(
                f"A row of “{table.name}” does not fit into the new database.", "Nothing was kept."
            ) from None
        count += len(values)
    if parents:
        one = update(versions).where(versions.c.id == bindparam("its")).values(parent_id=bindparam("parent"))
        new.connection().execute(one, parents)
    if new.scalar(select(func.count()).select_from(table)) != count:
        raise BadInput(f"Not every row of “{table.name}” arrived.", "Nothing was kept. Try again.")
    return count
