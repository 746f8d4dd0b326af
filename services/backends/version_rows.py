"""The rows of versions, their profiles, and the pointers at them: heads and where conversations stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import RowMapping, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from services.backends.door import Door, values_of
from services.backends.job_rows import changed
from services.backends.tables import conversations, datasets, lineage, profiles, versions
from services.domain import Conversation, Link, Profile, Version


class VersionRows(Door):
    """Versions never change but for their name and whether their file is stored. Pointers move by compare and set."""

    def version(self, version_id: str) -> Version:
        """Raises: NotFound."""
        return self._one(versions, version_id, Version)

    def versions(self, dataset_id: str) -> list[Version]:
        """Every version of a dataset, oldest first."""
        mine = self._mine(versions).where(versions.c.dataset_id == dataset_id)
        return self._many(mine.order_by(versions.c.created_at, versions.c.id), Version)

    def version_nodes(self) -> list[tuple[str, str, str | None, str]]:
        """Id, dataset, parent and content of every version of the team. One query."""
        table = versions
        wanted = select(table.c.id, table.c.dataset_id, table.c.parent_id, table.c.content_hash)
        with self._database.reading() as session:
            found = session.execute(wanted.where(self._seen(table)))
            return [(row[0], row[1], row[2], row[3] or row[0]) for row in found]

    def root(self, version_id: str) -> Version:
        """The version that this one goes back to: the table as it was read. Raises: NotFound."""
        found = self.version(version_id)
        while found.parent_id is not None:
            found = self.version(found.parent_id)
        return found

    def add_version(
        self,
        version: Version,
        profile: Profile,
        *,
        conversation_id: str = "",
        is_head: bool = False,
        since: str = "",
        links: Sequence[Link] = (),
    ) -> bool:
        """Keeps a child of a version, in one transaction with the pointers that follow it.

        The conversation moves there when it still stands on the parent. With `is_head` the dataset's head does so too:
        the answer says whether it moved. Where several versions were made in a row, `since` is the one that the first
        was made from: there the pointers must stand. Raises: NotFound.
        """
        start = since or version.parent_id or ""
        with self._database.session() as session:
            self._check_version(session, version.parent_id or "", version.dataset_id)
            self._insert(session, versions, values_of(version))
            body = profile.model_dump(mode="json")
            self._insert(session, profiles, {"version_id": version.id, "body": body})
            for link in links:
                self._insert(session, lineage, values_of(link))
            if conversation_id:
                self._follow(session, conversation_id, version, start)
            return is_head and self._move_head(session, version.dataset_id, start, version.id)

    def move_head(self, dataset_id: str, expected_id: str, version_id: str) -> bool:
        """Whether the dataset still showed the expected version and now shows the other. Raises: NotFound."""
        with self._database.session() as session:
            self._check_version(session, version_id, dataset_id)
            self._lock(session, version_id)
            return self._move_head(session, dataset_id, expected_id, version_id)

    def move_conversation(self, conversation: Conversation, version_id: str, tip_id: str) -> bool:
        """Whether the conversation still stood where it says and now stands on the other version. Raises: NotFound."""
        with self._database.session() as session:
            self._row(session, conversations, conversation.id)
            self._check_version(session, version_id, conversation.dataset_id)
            self._lock(session, version_id)
            return self._move(session, conversation.id, conversation.version_id, version_id, tip_id)

    def name_version(self, version_id: str, name: str) -> None:
        """Raises: NotFound."""
        with self._database.session() as session:
            self._lock(session, version_id)
            session.execute(update(versions).where(versions.c.id == version_id).values(name=name))

    # Files that may go, and come back

    def droppable(self) -> list[Version]:
        """Versions whose file may go: neither root, head, named, kept nor where a conversation stands."""
        mine = self._mine(versions).where(versions.c.stored, *_UNUSED)
        return self._many(mine.order_by(versions.c.created_at.desc(), versions.c.id), Version)

    def drop_version(self, version_id: str) -> bool:
        """Whether the version was still droppable and is now marked as not stored."""
        with self._database.session() as session:
            self._lock(session, version_id)
            mine = and_(versions.c.id == version_id, self._seen(versions), versions.c.stored, *_UNUSED)
            return changed(session, update(versions).where(mine).values(stored=False)) > 0

    def mark_stored(self, version_id: str, *, stored: bool = True, kept: bool | None = None) -> None:
        """Notes whether the version's file is there, and whether it must stay for good. Raises: NotFound."""
        values = {"stored": stored} if kept is None else {"stored": stored, "kept": kept}
        with self._database.session() as session:
            self._lock(session, version_id)
            session.execute(update(versions).where(versions.c.id == version_id).values(**values))

    def stored_keys(self) -> set[str]:
        """The storage keys of every version of the team whose file must be there."""
        mine = select(versions.c.storage_key).where(self._seen(versions), versions.c.stored)
        with self._database.reading() as session:
            return set(session.scalars(mine))

    def counted_bytes(self, user_id: str = "") -> int:
        """Bytes of the roots, heads and named versions of the team, or of those that one person made."""
        mine = and_(self._seen(versions), COUNTED)
        mine = and_(mine, versions.c.created_by == user_id) if user_id else mine
        files = select(versions.c.storage_key, func.max(versions.c.bytes).label("bytes")).where(mine)
        each = files.group_by(versions.c.storage_key).subquery()
        with self._database.reading() as session:
            return int(session.scalar(select(func.coalesce(func.sum(each.c.bytes), 0))) or 0)

    # Lineage

    def links(self) -> list[Link]:
        """Which versions of the team were made from versions of other datasets."""
        return self._many(self._mine(lineage).order_by(lineage.c.version_id, lineage.c.source_id), Link)

    def add_link(self, link: Link) -> None:
        """Raises: NotFound, when the team has not both versions."""
        with self._database.session() as session:
            for version_id in (link.version_id, link.source_id):
                self._row(session, versions, version_id)
            self._insert(session, lineage, values_of(link))

    def _lock(self, session: Session, version_id: str) -> RowMapping:
        """The version's row, which nobody else changes until the transaction ends. Raises: NotFound."""
        session.execute(select(versions.c.id).where(versions.c.id == version_id).with_for_update())
        return self._row(session, versions, version_id)

    def _follow(self, session: Session, conversation_id: str, version: Version, start: str) -> None:
        standing = self._row(session, conversations, conversation_id)
        if standing["dataset_id"] == version.dataset_id:
            self._move(session, conversation_id, start, version.id, version.id)

    def _move(self, session: Session, conversation_id: str, expected_id: str, version_id: str, tip_id: str) -> bool:
        mine = and_(
            conversations.c.id == conversation_id,
            self._seen(conversations),
            conversations.c.version_id == expected_id,
        )
        return changed(session, update(conversations).where(mine).values(version_id=version_id, tip_id=tip_id)) > 0

    def _move_head(self, session: Session, dataset_id: str, expected_id: str, version_id: str) -> bool:
        mine = and_(datasets.c.id == dataset_id, self._seen(datasets), datasets.c.head_id == expected_id)
        return changed(session, update(datasets).where(mine).values(head_id=version_id)) > 0


_IS_HEAD = exists().where(datasets.c.head_id == versions.c.id)
_IN_USE = exists().where(conversations.c.version_id == versions.c.id)
_PLAIN = and_(versions.c.parent_id.is_not(None), versions.c.name == "")
COUNTED: Final = and_(versions.c.stored, or_(~_PLAIN, _IS_HEAD))
"""True for the versions that count against a quota: roots, heads and named ones."""
_UNUSED = (_PLAIN, ~versions.c.kept, ~_IS_HEAD, ~_IN_USE)
