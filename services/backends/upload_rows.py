"""The uploads one team may see, and which versions were read from them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, Table, and_, delete, func, insert, select, true, update

from services.backends.job_rows import changed
from services.backends.report_tables import report_files
from services.backends.seat import Seat
from services.backends.tables import datasets, readings, uploads, versions
from services.backends.version_rows import COUNTED
from services.domain import Reading, ReadOptions, SourceFile, Upload
from services.errors import NotFound


class UploadRows(Seat):
    """The database as far as one team may see it, on behalf of one person."""

    def add(self, upload: Upload) -> None:
        """Keeps a new upload."""
        if upload.team_id != self._team_id:
            raise _not_found()
        with self._database.session() as session:
            session.execute(insert(uploads).values(**upload.model_dump(exclude={"received"})))

    def get(self, upload_id: str) -> Upload:
        """An upload of this person; `received` is not known here. Raises: NotFound."""
        return self._one(self._mine().where(uploads.c.id == upload_id))

    def of_team(self, upload_id: str) -> Upload:
        """A whole upload of anybody in the team. Raises: NotFound."""
        return self._one(self._ours().where(uploads.c.id == upload_id, uploads.c.content_hash != ""))

    def all(self) -> list[Upload]:
        """Those of this person, newest first."""
        return self._many(self._mine().order_by(uploads.c.created_at.desc(), uploads.c.id))

    def everything(self) -> list[Upload]:
        """All that may be seen, unfinished ones too."""
        return self._many(self._ours())

    def finish(self, upload_id: str, content_hash: str) -> None:
        """The upload is whole from now on. Raises: NotFound."""
        mine = and_(uploads.c.id == upload_id, self._seen(uploads))
        with self._database.session() as session:
            if not changed(session, update(uploads).where(mine).values(content_hash=content_hash)):
                raise _not_found()

    def delete(self, upload_id: str) -> None:
        """Forgets an upload; versions that were read from it stay."""
        with self._database.session() as session:
            session.execute(delete(uploads).where(uploads.c.id == upload_id, self._seen(uploads)))

    def readings(self, version_id: str) -> list[Reading]:
        """What a version was read from, in order; none where it was made otherwise, or its original is gone."""
        ours = select(readings).where(readings.c.version_id == version_id, self._seen(readings))
        with self._database.reading() as session:
            rows = session.execute(ours.order_by(readings.c.position)).mappings().all()
        options = ReadOptions.model_validate
        return [Reading(upload_id=row["upload_id"], options=options(row["options"])) for row in rows]

    def read_by(self, dataset_id: str) -> list[str]:
        """Ids of the uploads that versions of a dataset were read from."""
        joined = readings.join(versions, readings.c.version_id == versions.c.id)
        ours = select(readings.c.upload_id).select_from(joined).distinct()
        ours = ours.where(versions.c.dataset_id == dataset_id, self._seen(readings))
        with self._database.reading() as session:
            return list(session.scalars(ours))

    def files(self) -> list[SourceFile]:
        """The originals that datasets of the team were read from, those of deleted datasets left out."""
        joined = readings.join(versions, readings.c.version_id == versions.c.id)
        joined = joined.join(datasets, versions.c.dataset_id == datasets.c.id)
        joined = joined.join(uploads, readings.c.upload_id == uploads.c.id)
        columns = (uploads.c.id, uploads.c.filename, datasets.c.id.label("dataset_id"))
        ours = select(*columns).select_from(joined).distinct()
        ours = ours.where(self._seen(readings), self._seen(datasets), datasets.c.deleted_at.is_(None))
        with self._database.reading() as session:
            rows = session.execute(ours.order_by(uploads.c.filename, uploads.c.id)).all()
        return [SourceFile(upload_id=row.id, filename=row.filename, dataset_id=row.dataset_id) for row in rows]

    def is_read(self, upload_id: str) -> bool:
        """Whether a version was read from it."""
        ours = select(func.count()).where(readings.c.upload_id == upload_id, self._seen(readings))
        with self._database.reading() as session:
            return bool(session.scalar(ours))

    def unread(self, before: datetime) -> list[Upload]:
        """Uploads of the whole team that were begun before that moment and that no version was read from."""
        read = select(readings.c.upload_id).where(self._seen(readings))
        ours = self._ours().where(uploads.c.created_at < before, uploads.c.id.not_in(read))
        return self._many(ours.order_by(uploads.c.created_at, uploads.c.id))

    def used_by(self, user_id: str | None = None) -> int:
        """Bytes that a person's uploads take, unfinished ones at their full size, the roots, heads and named
        versions among theirs, and the files of their reports; of the whole team without an id."""

        def of(table: Table) -> ColumnElement[bool]:
            return self._seen(table) if user_id is None else and_(self._seen(table), table.c.created_by == user_id)

        sizes = (
            select(func.coalesce(func.sum(size), 0)).where(of(table), counted)
            for table, size, counted in (
                (uploads, uploads.c.size, true()),
                (versions, versions.c.bytes, COUNTED),
                (report_files, report_files.c.size, true()),
            )
        )
        with self._database.reading() as session:
            return sum(int(session.scalar(size) or 0) for size in sizes)

    def _ours(self) -> Select[Any]:
        return select(uploads).where(self._seen(uploads))

    def _mine(self) -> Select[Any]:
        return self._ours().where(uploads.c.created_by == self._user_id)

    def _one(self, query: Select[Any]) -> Upload:
        found = self._many(query)
        if not found:
            raise _not_found()
        return found[0]

    def _many(self, query: Select[Any]) -> list[Upload]:
        with self._database.reading() as session:
            return [_upload(row) for row in session.execute(query).mappings()]


def _upload(row: RowMapping) -> Upload:
    upload = Upload.model_validate(dict(row))
    return upload.model_copy(update={"received": upload.size}) if upload.is_whole else upload


def _not_found() -> NotFound:
    return NotFound("This upload does not exist any more.", "Choose the file again.")
