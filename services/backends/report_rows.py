"""The reports one team may see, their sections in order, and the files made of them."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from pydantic import BaseModel
from sqlalchemy import RowMapping, Select, Table, and_, delete, func, insert, select, update
from sqlalchemy.orm import Session

from services.backends.door import not_found
from services.backends.job_rows import changed
from services.backends.packing import QUICK
from services.backends.report_tables import report_files, reports, sections
from services.backends.seat import Seat
from services.backends.tables import datasets, versions
from services.backends.team_tables import shares
from services.binding import Report, ReportFile, Section
from services.domain import ObjectKind, Visibility

N = TypeVar("N", bound=BaseModel)


class ReportRows(Seat):
    """The database as far as one team may see it, on behalf of one person."""

    def add(self, report: Report, parts: Sequence[Section] = ()) -> None:
        """Keeps a new report with its first sections. Raises: NotFound, when what they were made from is not there."""
        with self._database.session() as session:
            self._check(session, datasets, report.dataset_id)
            session.execute(insert(reports).values(**{**report.model_dump(), "team_id": self._team_id}))
            for position, part in enumerate(parts):
                self._put(session, report.id, position, part)

    def all(self, *, deleted: bool = False) -> list[Report]:
        """Newest first; with `deleted` those that can still be restored."""
        wanted = reports.c.deleted_at.is_not(None) if deleted else reports.c.deleted_at.is_(None)
        mine = select(reports).where(self._seen(reports), wanted)
        return self._many(mine.order_by(reports.c.changed_at.desc(), reports.c.id), Report)

    def get(self, report_id: str, *, deleted: bool = False) -> Report:
        """Raises: NotFound."""
        found = next((each for each in self.all(deleted=deleted) if each.id == report_id), None)
        if found is None:
            raise not_found("report")
        return found

    def save(self, report: Report) -> None:
        """Keeps what stands on the report, and that it was changed now. Raises: NotFound."""
        fixed = {"id", "team_id", "created_by", "created_at"}
        with self._database.session() as session:
            values = report.model_dump(exclude=fixed) | {"changed_at": datetime.now(UTC)}
            self._change(session, reports, report.id, values)

    def remove(self, report_id: str) -> None:
        """For good, and whatever was shared of it. Raises: NotFound."""
        with self._database.session() as session:
            if not changed(session, delete(reports).where(self._seen(reports), reports.c.id == report_id)):
                raise not_found("report")
            shared = and_(shares.c.team_id == self._team_id, shares.c.kind == ObjectKind.REPORT)
            session.execute(delete(shares).where(shared, shares.c.object_id == report_id))

    def about(self, dataset_id: str) -> list[str]:
        """Ids of the reports that go when the dataset goes, deleted ones too."""
        with self._database.reading() as session:
            return list(
                session.scalars(select(reports.c.id).where(self._seen(reports), reports.c.dataset_id == dataset_id))
            )

    def sections(self, report_id: str) -> list[Section]:
        """In order. Those made from what this person may not see are left out."""
        mine = select(sections).where(self._seen(sections), sections.c.report_id == report_id)
        mine = mine.where(sections.c.position >= 0)
        with self._database.reading() as session:
            found = session.execute(mine.order_by(sections.c.position, sections.c.id)).mappings().all()
        return [to_section(row) for row in found]

    def version_ids(self) -> dict[str, set[str]]:
        """The versions that each report was made from, by the report's id. One query."""
        mine = select(sections.c.report_id, sections.c.version_id).where(self._seen(sections), sections.c.position >= 0)
        found: dict[str, set[str]] = {}
        with self._database.reading() as session:
            for report_id, version_id in session.execute(mine.where(sections.c.version_id.is_not(None))):
                found.setdefault(report_id, set()).add(version_id)
        return found

    def put(self, report_id: str, part: Section) -> None:
        """Adds a section at the end, or keeps it as it is now. Raises: NotFound."""
        with self._database.session() as session:
            self._touch(session, report_id)
            there = and_(sections.c.id == part.id, sections.c.report_id == report_id, self._seen(sections))
            self._check(session, versions, part.version_id)
            if not changed(session, update(sections).where(there).values(values_of(part))):
                last = select(func.max(sections.c.position)).where(sections.c.report_id == report_id)
                self._put(session, report_id, (session.scalar(last) or 0) + 1, part)

    def order(self, report_id: str, ids: Sequence[str]) -> None:
        """Puts the sections in this order. Raises: NotFound."""
        with self._database.session() as session:
            self._touch(session, report_id)
            for position, id in enumerate(ids):
                mine = and_(sections.c.id == id, sections.c.report_id == report_id, self._seen(sections))
                session.execute(update(sections).where(mine).values(position=position))

    def drop(self, report_id: str, section_id: str) -> None:
        """Takes a section out so that it can be put back, until the next one is. Raises: NotFound."""
        ours = and_(sections.c.report_id == report_id, self._seen(sections))
        with self._database.session() as session:
            self._touch(session, report_id)
            session.execute(delete(sections).where(ours, sections.c.position < 0))
            mine = and_(ours, sections.c.id == section_id)
            if not changed(session, update(sections).where(mine).values(position=-1 - sections.c.position)):
                raise not_found("section")

    def put_back(self, report_id: str, section_id: str) -> None:
        """Raises: NotFound, when it was not the last that was taken out."""
        mine = and_(sections.c.report_id == report_id, sections.c.id == section_id, self._seen(sections))
        with self._database.session() as session:
            self._touch(session, report_id)
            taken = and_(mine, sections.c.position < 0)
            if not changed(session, update(sections).where(taken).values(position=-1 - sections.c.position)):
                raise not_found("section")

    def is_open(self, version_ids: Sequence[str]) -> bool:
        """Whether all of the team see these versions: none is of a private dataset."""
        private = select(datasets.c.id).where(self._seen(datasets), datasets.c.visibility == Visibility.PRIVATE)
        mine = select(func.count()).where(versions.c.id.in_(version_ids), versions.c.dataset_id.in_(private))
        with self._database.reading() as session:
            return not session.scalar(mine)

    def add_file(self, file: ReportFile) -> None:
        """Raises: NotFound."""
        with self._database.session() as session:
            self._check(session, reports, file.report_id)
            session.execute(insert(report_files).values(**{**file.model_dump(), "team_id": self._team_id}))

    def files(self, report_id: str) -> list[ReportFile]:
        """Newest first."""
        mine = select(report_files).where(self._seen(report_files), report_files.c.report_id == report_id)
        return self._many(mine.order_by(report_files.c.created_at.desc(), report_files.c.id), ReportFile)

    def files_by(self, user_id: str) -> list[ReportFile]:
        """Those a person made, of whatever report."""
        return self._many(
            select(report_files).where(self._seen(report_files), report_files.c.created_by == user_id), ReportFile
        )

    def drop_file(self, file_id: str) -> None:
        """Raises: NotFound."""
        with self._database.session() as session:
            if not changed(session, delete(report_files).where(self._seen(report_files), report_files.c.id == file_id)):
                raise not_found("file")

    def _put(self, session: Session, report_id: str, position: int, part: Section) -> None:
        self._check(session, versions, part.version_id)
        values = {"id": part.id, "report_id": report_id, "position": position, "team_id": self._team_id}
        session.execute(insert(sections).values(**values, **values_of(part)))

    def _touch(self, session: Session, report_id: str) -> None:
        self._change(session, reports, report_id, {"changed_at": datetime.now(UTC)})

    def _change(self, session: Session, table: Table, id: str, values: dict[str, Any]) -> None:
        if not changed(session, update(table).where(self._seen(table), table.c.id == id).values(values)):
            raise not_found("report")

    def _check(self, session: Session, table: Table, id: str | None) -> None:
        if id is not None and session.scalar(select(table.c.id).where(self._seen(table), table.c.id == id)) is None:
            raise not_found(table.name.removesuffix("s"))

    def _many(self, query: Select[Any], noun: type[N]) -> list[N]:
        with self._database.reading() as session:
            found = session.execute(query).mappings()
            return [noun.model_validate({name: row[name] for name in noun.model_fields}) for row in found]


def values_of(part: Section) -> dict[str, Any]:
    """What a section shows, as columns."""
    return {"version_id": part.version_id, "body": zlib.compress(part.model_dump_json().encode(), QUICK)}


def to_section(row: RowMapping) -> Section:
    """The section in a row."""
    return Section.model_validate_json(zlib.decompress(row["body"]))
