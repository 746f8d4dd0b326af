"""The rows one team may see. An id that is unknown and one of another team look the same: `NotFound`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from pydantic import JsonValue
from sqlalchemy import Column, ColumnElement, RowMapping, Select, and_, delete, func, not_, or_, select, update
from sqlalchemy.orm import Session

from services.backends import tables
from services.backends.door import not_found, values_of
from services.backends.job_rows import ACTIVE, changed, end, end_turns, expired_at, to_job
from services.backends.profile_rows import ProfileRows
from services.backends.turn_rows import output_values, to_turn, turn_values
from services.backends.version_rows import VersionRows
from services.domain import (
    Activity,
    Conversation,
    Dataset,
    Job,
    JobStatus,
    Link,
    Profile,
    Reading,
    Turn,
    TurnStatus,
    Version,
)
from services.errors import Stopped


class Rows(VersionRows, ProfileRows):
    """The database as far as one team may see it, on behalf of one person."""

    # Datasets, versions, profiles

    def add_dataset(
        self,
        dataset: Dataset,
        version: Version,
        profile: Profile,
        readings: Sequence[Reading] = (),
        links: Sequence[Link] = (),
    ) -> None:
        """Keeps a new dataset with its first version and what that was read or made from, in one transaction.

        Raises: NotFound, when an upload is not there.
        """
        self._own(dataset)
        with self._database.session() as session:
            self._insert(session, tables.datasets, values_of(dataset))
            self._insert(session, tables.versions, values_of(version))
            body = profile.model_dump(mode="json")
            self._insert(session, tables.profiles, {"version_id": profile.version_id, "body": body})
            for position, reading in enumerate(readings):
                self._row(session, tables.uploads, reading.upload_id)
                values = {"version_id": version.id, "position": position, "upload_id": reading.upload_id}
                self._insert(session, tables.readings, values | {"options": reading.options.model_dump(mode="json")})
            for link in links:
                self._row(session, tables.versions, link.source_id)
                self._insert(session, tables.lineage, values_of(link))

    def datasets(self, *, deleted: bool = False) -> list[Dataset]:
        """Newest first; with `deleted` those that were deleted and can still be restored."""
        table = tables.datasets
        wanted = table.c.deleted_at.is_not(None) if deleted else table.c.deleted_at.is_(None)
        newest = self._mine(table).where(wanted).order_by(table.c.created_at.desc(), table.c.id)
        return self._many(newest, Dataset)

    def dataset(self, dataset_id: str) -> Dataset:
        """Raises: NotFound, also for a deleted one."""
        found = self._one(tables.datasets, dataset_id, Dataset)
        if found.deleted_at:
            raise not_found("dataset")
        return found

    def heads(self) -> dict[str, Version]:
        """The version that each dataset shows, by the dataset's id. One query, however many there are."""
        table = tables.versions
        shown = select(tables.datasets.c.head_id).where(
            self._seen(tables.datasets), tables.datasets.c.deleted_at.is_(None)
        )
        found = self._many(self._mine(table).where(table.c.id.in_(shown)), Version)
        return {version.dataset_id: version for version in found}

    def save_dataset(self, dataset: Dataset) -> None:
        """Keeps the dataset's name, description and tags; its head is moved by `move_head` alone. Raises: NotFound."""
        with self._database.session() as session:
            self._update(session, tables.datasets, dataset, "name", "description", "tags")

    def mark_dataset(self, dataset_id: str, deleted_at: datetime | None) -> None:
        """Deletes the dataset so that it can be restored, or restores it. Raises: NotFound."""
        with self._database.session() as session:
            self._row(session, tables.datasets, dataset_id)
            one = update(tables.datasets).where(tables.datasets.c.id == dataset_id)
            session.execute(one.values(deleted_at=deleted_at))

    def delete_dataset(self, dataset_id: str) -> None:
        """Removes the dataset and everything made from it: versions, conversations, turns, jobs. Raises: NotFound."""
        with self._database.session() as session:
            self._row(session, tables.datasets, dataset_id)
            of_versions = select(tables.versions.c.id).where(tables.versions.c.dataset_id == dataset_id)
            about = or_(*(tables.jobs.c.subject_id.in_(ids) for ids in (_turns_of(dataset_id), of_versions)))
            job_ids = session.scalars(select(tables.jobs.c.id).where(about)).all()
            session.execute(delete(tables.conversations).where(tables.conversations.c.dataset_id == dataset_id))
            session.execute(delete(tables.jobs).where(tables.jobs.c.id.in_(job_ids)))
            session.execute(delete(tables.datasets).where(tables.datasets.c.id == dataset_id))

    # Conversations and turns

    def add_conversation(self, conversation: Conversation) -> None:
        """Raises: NotFound, when its version is not of its dataset."""
        self._own(conversation)
        with self._database.session() as session:
            self._check_version(session, conversation.version_id, conversation.dataset_id)
            self._insert(session, tables.conversations, values_of(conversation))

    def conversation(self, conversation_id: str) -> Conversation:
        """Raises: NotFound, also when its dataset is deleted."""
        found = self._one(tables.conversations, conversation_id, Conversation)
        self.dataset(found.dataset_id)
        return found

    def conversations(self, dataset_id: str) -> list[Conversation]:
        """Those about a dataset, newest first."""
        table = tables.conversations
        mine = self._mine(table).where(table.c.dataset_id == dataset_id)
        return self._many(mine.order_by(table.c.created_at.desc(), table.c.id), Conversation)

    def save_conversation(self, conversation: Conversation) -> None:
        """Keeps the title; where it stands is moved by `move_conversation` alone. Raises: NotFound."""
        with self._database.session() as session:
            self._update(session, tables.conversations, conversation, "title")

    def add_turn(self, turn: Turn, job: Job) -> None:
        """Keeps a question and the job that answers it, in one transaction. Raises: NotFound."""
        self._own(job)
        with self._database.session() as session:
            conversation = self._row(session, tables.conversations, turn.conversation_id)
            self._check_version(session, turn.version_id, conversation["dataset_id"])
            self._insert(session, tables.jobs, values_of(job))
            self._insert(session, tables.turns, turn_values(turn))
            self._put_outputs(session, turn)

    def turn(self, turn_id: str) -> Turn:
        """Raises: NotFound."""
        with self._database.reading() as session:
            row = self._row(session, tables.turns, turn_id)
            return self._turns(session, [row])[0]

    def turns(self, conversation_id: str, last: int | None = None) -> list[Turn]:
        """The turns of a conversation (the `last` ones only, when given), oldest first. Two queries, however many."""
        table = tables.turns
        newest = self._mine(table).where(table.c.conversation_id == conversation_id)
        newest = newest.order_by(table.c.created_at.desc(), table.c.id.desc()).limit(last)
        with self._database.reading() as session:
            found = session.execute(newest).mappings().all()
            return self._turns(session, found[::-1])

    def asked_before(self, version_id: str, question: str, most: int = 10) -> list[Turn]:
        """The newest answered turns on this version with this question, small and capital letters alike."""
        table = tables.turns
        same = and_(table.c.version_id == version_id, _lower(table.c.question) == question.lower())
        mine = self._mine(table).where(same, table.c.status == TurnStatus.ANSWERED)
        with self._database.reading() as session:
            newest = mine.order_by(table.c.created_at.desc(), table.c.id).limit(most)
            return self._turns(session, session.execute(newest).mappings().all())

    def verified(self, dataset_id: str) -> list[Turn]:
        """The turns about a dataset whose answers were verified, newest first."""
        table, talks = tables.turns, tables.conversations
        about = select(talks.c.id).where(self._seen(talks), talks.c.dataset_id == dataset_id)
        said = table.c.feedback["verified"].as_boolean()
        mine = self._mine(table).where(table.c.conversation_id.in_(about), table.c.feedback.is_not(None), said)
        with self._database.reading() as session:
            newest = mine.order_by(table.c.created_at.desc(), table.c.id)
            return self._turns(session, session.execute(newest).mappings().all())

    def talked_of(self, dataset_id: str, words: str) -> list[str]:
        """Ids of the conversations about a dataset with these words in the title or in a question."""
        talks, table = tables.conversations, tables.turns
        held = "%" + words.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        titled = _lower(talks.c.title).like(held, escape="\\")
        asked = select(table.c.conversation_id).where(
            self._seen(table), _lower(table.c.question).like(held, escape="\\")
        )
        mine = select(talks.c.id).where(self._seen(talks), talks.c.dataset_id == dataset_id)
        with self._database.reading() as session:
            return list(session.scalars(mine.where(or_(titled, talks.c.id.in_(asked)))))

    def add_branch(self, conversation: Conversation, turns: Sequence[Turn]) -> None:
        """Keeps a conversation that begins with copies of these turns, in one transaction. Raises: NotFound."""
        self._own(conversation)
        with self._database.session() as session:
            self._check_version(session, conversation.version_id, conversation.dataset_id)
            self._insert(session, tables.conversations, values_of(conversation))
            for turn in turns:
                self._check_version(session, turn.version_id, conversation.dataset_id)
                self._insert(session, tables.turns, turn_values(turn))
                self._put_outputs(session, turn)

    def restart_turn(self, turn: Turn, job: Job, was: TurnStatus) -> bool:
        """Whether the turn still stood at `was` and now goes on with this job. Raises: NotFound."""
        self._own(job)
        table = tables.turns
        with self._database.session() as session:
            self._row(session, table, turn.id)
            self._insert(session, tables.jobs, values_of(job))
            values = turn_values(turn)
            one = update(table).where(self._seen(table), table.c.id == turn.id, table.c.status == was)
            if not changed(session, one.values({name: values[name] for name in values.keys() - {"id"}})):
                session.rollback()
                return False
        return True

    def pulse(self, conversation_id: str) -> str:
        """Changes whenever a turn is added or changed by anybody. One small query."""
        table = tables.turns
        final = func.count(table.c.id).filter(table.c.status.not_in((TurnStatus.QUEUED, TurnStatus.RUNNING)))
        facts = select(func.count(), final, func.max(table.c.created_at), func.sum(table.c.seconds))
        with self._database.reading() as session:
            mine = facts.where(self._seen(table), table.c.conversation_id == conversation_id)
            return repr(tuple(session.execute(mine).one()))

    def save_turn(self, turn: Turn) -> None:
        """Keeps all of a turn.

        Raises: NotFound; Stopped, when its job was interrupted meanwhile: the turn then stays interrupted.
        """
        with self._database.session() as session:
            self._row(session, tables.versions, turn.version_id)
            self._check_job(session, turn)
            self._update(session, tables.turns, turn, *(turn_values(turn).keys() - {"id", "conversation_id"}))
            session.execute(delete(tables.outputs).where(tables.outputs.c.turn_id == turn.id))
            self._put_outputs(session, turn)

    # Jobs and activity

    def add_job(self, job: Job) -> None:
        """Keeps a new job."""
        self._own(job)
        with self._database.session() as session:
            self._insert(session, tables.jobs, values_of(job))

    def job(self, job_id: str) -> Job:
        """Raises: NotFound."""
        return self._one(tables.jobs, job_id, Job)

    def last_job(self, kind: str, subject_id: str) -> Job | None:
        """The newest job of this kind about this subject, if there was one."""
        table = tables.jobs
        mine = self._mine(table).where(table.c.kind == kind, table.c.subject_id == subject_id)
        found = self._many(mine.order_by(table.c.created_at.desc(), table.c.id).limit(1), Job)
        return found[0] if found else None

    def ended_jobs(self, kinds: Sequence[str], before: datetime) -> list[Job]:
        """Jobs of these kinds that were made before that moment and have ended, oldest first."""
        table = tables.jobs
        ended = and_(table.c.kind.in_(kinds), table.c.created_at < before, not_(ACTIVE))
        return self._many(self._mine(table).where(ended).order_by(table.c.created_at, table.c.id), Job)

    def unfinished_jobs(self) -> list[str]:
        """Ids of those that wait or run."""
        under_way = tables.jobs.c.status.in_([JobStatus.QUEUED, JobStatus.RUNNING])
        with self._database.reading() as session:
            return list(session.scalars(select(tables.jobs.c.id).where(self._seen(tables.jobs), under_way)))

    def forget_job(self, job_id: str) -> None:
        """Removes a job that has ended. Raises: NotFound."""
        with self._database.session() as session:
            self._row(session, tables.jobs, job_id)
            session.execute(delete(tables.jobs).where(tables.jobs.c.id == job_id, not_(ACTIVE)))

    def expire_job(self, job_id: str, now: datetime) -> Job:
        """The job; if its lease ran out, it is marked interrupted first. Raises: NotFound."""
        with self._database.reading() as session:
            self._row(session, tables.jobs, job_id)
            expired = session.scalar(select(tables.jobs.c.id).where(tables.jobs.c.id == job_id, expired_at(now)))
        if expired:
            with self._database.session() as session:
                end(session, job_id, JobStatus.INTERRUPTED, expired_at(now))
        return self.job(job_id)

    def note_outcome(self, job_id: str, outcome: Sequence[str]) -> None:
        """Keeps the ids of what a job has made. Raises: NotFound."""
        mine = and_(tables.jobs.c.id == job_id, self._seen(tables.jobs))
        with self._database.session() as session:
            if not changed(session, update(tables.jobs).where(mine).values(outcome=list(outcome))):
                raise not_found("job")

    def note_found(self, job_id: str, found: Mapping[str, JsonValue]) -> None:
        """Keeps in a job's body what it has found out. Raises: NotFound."""
        with self._database.session() as session:
            body = {**self._row(session, tables.jobs, job_id)["body"], **found}
            session.execute(update(tables.jobs).where(tables.jobs.c.id == job_id).values(body=body))

    def request_stop(self, job_id: str) -> None:
        """Asks whoever runs the job to stop it; nothing when it has ended. Raises: NotFound."""
        with self._database.session() as session:
            self._row(session, tables.jobs, job_id)
            session.execute(update(tables.jobs).where(tables.jobs.c.id == job_id, ACTIVE).values(stop_requested=True))

    def fail_job(self, job_id: str, message: str, hint: str) -> None:
        """Notes why a job failed, also in the turns it leaves unfinished; nothing where it is gone."""
        mine = and_(tables.jobs.c.id == job_id, self._seen(tables.jobs))
        with self._database.session() as session:
            if changed(session, update(tables.jobs).where(mine).values(message=message, hint=hint)):
                end_turns(session, [job_id], TurnStatus.FAILED, message, hint)

    def add_activity(self, action: str, subject_id: str, label: str = "") -> None:
        """Records what this person did, now."""
        record = Activity(
            id=uuid4().hex,
            team_id=self._team_id,
            user_id=self._user_id,
            action=action,
            subject_id=subject_id,
            label=label,
            created_at=datetime.now(UTC),
        )
        with self._database.session() as session:
            self._insert(session, tables.activity, values_of(record))

    def activity(self, limit: int = 100) -> list[Activity]:
        """The most recent records, newest first."""
        table = tables.activity
        return self._many(self._mine(table).order_by(table.c.created_at.desc(), table.c.id).limit(limit), Activity)

    def _check_job(self, session: Session, turn: Turn) -> None:
        if not turn.job_id:
            return
        locked = self._mine(tables.jobs).where(tables.jobs.c.id == turn.job_id).with_for_update(read=True)
        job = session.execute(locked).mappings().one_or_none()
        if job is None:
            raise not_found("job")
        if to_job(job).status is JobStatus.INTERRUPTED:
            raise Stopped("This was interrupted before it had an answer.", "Ask again.")

    def _turns(self, session: Session, rows: Sequence[RowMapping]) -> list[Turn]:
        table, outputs = tables.outputs, defaultdict(list)
        mine = self._mine(table).where(table.c.turn_id.in_([row["id"] for row in rows]))
        for output in session.execute(mine.order_by(table.c.turn_id, table.c.position)).mappings():
            outputs[output["turn_id"]].append(output)
        return [to_turn(row, outputs[row["id"]]) for row in rows]

    def _put_outputs(self, session: Session, turn: Turn) -> None:
        for values in output_values(turn):
            self._insert(session, tables.outputs, values)


def _lower(column: Column[str]) -> ColumnElement[str]:
    """The text in small letters, compared to text from outside."""
    return func.lower(column, type_=tables.Words())


def _turns_of(dataset_id: str) -> Select[Any]:
    joined = tables.turns.join(tables.conversations, tables.turns.c.conversation_id == tables.conversations.c.id)
    return select(tables.turns.c.id).select_from(joined).where(tables.conversations.c.dataset_id == dataset_id)
