"""Everything that can be swapped. Read this second."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sandbox.messages import OnOutput, RunRequest, RunResult, Status
from services.domain import (
    TABLE_NAME,
    Attempt,
    Definition,
    Exchange,
    Finding,
    Job,
    Kind,
    Noun,
    Plan,
    Profile,
    Turn,
    Verdict,
)


class Progress(Protocol):
    """How running work tells the person where it is. Every call raises `Stopped` once a person asked to stop."""

    def stage(self, name: str) -> None:
        """Names what is being done now: "Writing code"."""

    def text(self, piece: str) -> None:
        """Adds a piece of streamed text."""

    def share(self, done: float) -> None:
        """Says how much of the work is done, between 0 and 1."""

    def check(self) -> None:
        """Does nothing but raise `Stopped` when asked to stop."""

    def sent(self, exchange: Exchange) -> None:
        """Keeps what left the machine and what came back."""


class ValueHit(Noun):
    """A cell value that the question names: the column and the value exactly as stored."""

    column: str
    value: str


class ValueFinder(Protocol):
    """Looks up phrases of a question among the cell values of the text columns, ignoring case."""

    def __call__(self, phrases: Sequence[str], /) -> Sequence[ValueHit]: ...


class RowReader(Protocol):
    """Reads the cells of a small table, so that the words of a question can be tied to what stands in them."""

    def __call__(self, most: int, /) -> Mapping[str, Sequence[Any]]:
        """The cells by column, in the order of the rows; empty for a table of more than `most` rows."""


def no_rows(most: int, /) -> Mapping[str, Sequence[Any]]:  # noqa: ARG001
    """Nothing: for analysts that are not to see cells."""
    return {}


class OtherTable(Noun):
    """Another dataset of the team, as far as a join or an append by words needs it."""

    name: str
    version_id: str
    columns: tuple[str, ...]


def no_tables() -> Sequence[OtherTable]:
    """None: for analysts that see only the open table."""
    return ()


class CellTexts(Noun):
    """Distinct values of a column as text, drawn by lot, and of a text column some that match a pattern."""

    name: str
    kind: Kind
    values: tuple[str, ...]
    matching: tuple[str, ...] = ()
    """From the whole column, however long it is."""


@dataclass(frozen=True)
class Disclosure:
    """What a language model may be told besides names and kinds."""

    mask: bool = True
    """Whether tokens stand for personal data; the real values come back in the reply."""
    schema_only: bool = False
    """Whether counts, ranges and means are kept back, too."""
    samples: bool = False
    """Whether values that many rows hold are told, and the form of others."""
    findings: Sequence[Finding] = ()
    """Personal data found in the open table."""


@dataclass(frozen=True)
class Brief:
    """What an analyst is given. What of it a language model may see is decided in `assistant/context.py` alone."""

    question: str
    profiles: Mapping[str, Profile]
    """One profile for each table variable."""
    history: Sequence[Turn]
    """Earlier final turns of the conversation, oldest first."""
    find_values: ValueFinder
    title: str = ""
    """What the person calls the open table: "train stations"."""
    read_rows: RowReader = no_rows
    others: Callable[[], Sequence[OtherTable]] = no_tables
    """The other tables this person may read, looked up only when a sentence names one."""

    disclosure: Disclosure = Disclosure()
    definitions: Sequence[Definition] = ()
    """The team's words."""

    @property
    def profile(self) -> Profile:
        """The profile of the open table, `df`."""
        return self.profiles[TABLE_NAME]


class Explanation(Noun):
    """What is known of a table in an analyst's words, and what to ask next."""

    text: str
    questions: tuple[str, ...] = ()


class Analyst(Protocol):
    """Plans, writes and reviews. Raises `ProviderError` when it depends on a service that fails."""

    @property
    def name(self) -> str:
        """ "builtin" or "model"."""

    def plan(self, brief: Brief, progress: Progress) -> Plan:
        """How the question is understood, or what to ask back, or why not."""

    def mend(self, brief: Brief, plan: Plan, attempts: Sequence[Attempt], progress: Progress) -> Plan:  # noqa: ARG002
        """Another plan in place of a transform or an analysis that could not be run; the same one to give up."""
        return plan

    def write(self, brief: Brief, plan: Plan, attempts: Sequence[Attempt], progress: Progress) -> str:
        """Code that assigns `result`; `attempts` are the earlier ones that failed, oldest first."""

    def review(self, brief: Brief, plan: Plan, code: str, result: RunResult, progress: Progress) -> Verdict:
        """Whether a result that ran is good, and the sentences that answer the question."""

    def explain(self, brief: Brief, wish: str, told: Sequence[str], progress: Progress) -> Explanation | None:  # noqa: ARG002
        """What is `told` of the table in words, as wished; None where there are no better words."""
        return None


class Executor(Protocol):
    """Runs code away from this process."""

    def run(self, request: RunRequest, on_output: OnOutput | None = None) -> RunResult:
        """What the run gave; a refusal, crash or time-out is a result, never an exception."""

    def stop(self, run_id: str) -> None:
        """Kills the run if it is under way; the run then ends as `stopped`."""

    def status(self) -> Status:
        """Which layers hold the code on this machine, found out by trying."""

    def close(self) -> None:
        """Ends every run and frees what was opened."""


class Storage(Protocol):
    """Immutable files under keys such as `{team}/datasets/{dataset}/versions/{sha256}.parquet`.

    Every call raises `Unavailable` when the place is away or does not let us in.
    """

    @property
    def place(self) -> str:
        """Where the files are, for a person to read; no secrets."""

    def local(self, key: str) -> AbstractContextManager[Path]:
        """A readable path that stays valid inside the `with` block. Raises `NotFound`."""

    def put(self, source: Path, key: str) -> None:
        """Stores the file whole or not at all; `source` may be moved."""

    def delete(self, key: str) -> None: ...

    def exists(self, key: str) -> bool: ...

    def size(self, key: str) -> int:
        """Bytes."""

    def list(self, prefix: str) -> Iterator[str]:
        """Keys that begin with `prefix`, in order."""

    def check(self) -> None:
        """Returns soon when the place can be used."""

    def sweep(self) -> Iterator[str]:
        """The keys of uploads that a killed process left unfinished long ago, each removed as it is named."""


class JobRunner(Protocol):
    """Runs jobs in the background."""

    def submit(self, job_id: str) -> None: ...

    def cancel(self, job_id: str) -> None:
        """Stops the job if it waits or runs here."""

    def live(self, job_id: str) -> Job | None:
        """The job as it is this moment, streamed text and all; None when it does not run in this process."""

    def wait(self, job_id: str, seen: Job, seconds: float) -> None:
        """Returns as soon as the live job differs from `seen` or is no longer here, at most after `seconds`."""

    def shutdown(self) -> None:
        """Leaves no job of this process unfinished."""


class SignIn(Protocol):
    """Who is using this browser."""

    def current(self) -> str | None:
        """The id of the signed-in user, or None."""
