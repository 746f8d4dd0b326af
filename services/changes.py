"""Makes the file of a version: runs a step on a whole table, in the sandbox, and never on a sample."""

from __future__ import annotations

import hashlib
import hmac
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol, TypeVar
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import JsonValue

from sandbox.messages import Limits, RunRequest, RunResult, RunStatus, Table, Value
from services.access import Action, requires
from services.code.steps import TABLE, Chain, Relation, SelectColumns, Single, Step, StepBase
from services.code.steps.needed import to_learn
from services.domain import Version
from services.errors import AppError, BadInput, NotFound, Stopped
from services.progress import QUIET, stoppable
from services.protocols import Progress
from services.workspace import Workspace

Learner = TypeVar("Learner", bound=StepBase)

ROWS: Final = 1 << 50
"""Every row: the sandbox cuts nothing from a change."""
MB: Final = 1 << 20
SLICE_BYTES: Final = 64 * MB
"""The most of a table beyond memory that is handed to one run, uncompressed."""
LARGE_CELLS: Final = 20_000_000
"""Rows times columns from which a row-local step gets the table in slices at once: its memory stays flat, and each
slice has the time of a run for itself."""
SECRET: Final = "secret"
"""The variable that holds the team's key in the runs of keyed steps."""
CODE_BYTES: Final = 8 * MB
"""What a step learned stands in its code."""
PRINTED: Final = 2_000
"""Characters of output that are kept with a version."""


class Made(Protocol):
    """A version's file before it is stored."""

    @property
    def path(self) -> Path: ...
    @property
    def rows(self) -> int: ...
    @property
    def columns(self) -> tuple[str, ...]: ...
    @property
    def bytes(self) -> int: ...
    @property
    def digest(self) -> str: ...


@dataclass(frozen=True)
class Outcome:
    """What came of a step: the file, the step with what it learned, and what its code printed."""

    made: Made
    step: Step
    printed: str


class TooLarge(BadInput):
    """The table does not fit into a run's memory, and the step cannot be run in another way."""


class NotTheSame(AppError):
    """A version cannot be made again as it was."""


@requires(Action.DATASET_READ)
@contextmanager
def local(ws: Workspace, version_id: str) -> Iterator[Path]:
    """A readable path of the version's file inside the `with` block; a dropped version is made again first.

    Raises: NotFound; AppError, when it cannot be made again as it was.
    """
    version = ws.rows.version(version_id)
    if not version.stored or not _is_there(ws, version):
        _make_again(ws, version)
    with ws.backends.storage.local(version.storage_key) as path:
        yield path


@contextmanager
def workplace(settings_home: Path) -> Iterator[Path]:
    """A folder for files under way, gone at the end.

    Raises: AppError, when the disk is full or cannot be written to.
    """
    try:
        with tempfile.TemporaryDirectory(
            dir=settings_home / "cache", prefix="making-", ignore_cleanup_errors=True
        ) as folder:
            yield Path(folder)
    except OSError as error:
        raise AppError(
            f"The change could not be written ({error.strerror or type(error).__name__}).",
            "Nothing was changed. Make room on the disk of the server, then try again.",
        ) from error


@requires(Action.DATASET_READ)
def run(
    ws: Workspace, source: Path, columns: Sequence[str], step: Step, folder: Path, progress: Progress = QUIET
) -> Outcome:
    """Runs the step on the table in `source` and leaves the new file in `folder`.

    The whole table goes through one run where it fits and is not large. Else, a row-local step gets the table in
    slices, a table-wide one its query; what has neither is refused. Raises: BadInput, TooLarge, Stopped.
    """
    step.check(columns)
    with ExitStack() as stack:
        beside = {name: stack.enter_context(local(ws, each)) for name, each in step.sources.items()}
        return _run(ws, _Place(source, beside, folder, progress), columns, step)


@dataclass(frozen=True)
class _Place:
    """Where a step runs: the table, the other tables it reads, the folder for what it makes, and who is told."""

    source: Path
    beside: Mapping[str, Path]
    folder: Path
    progress: Progress


def _run(ws: Workspace, place: _Place, columns: Sequence[str], step: Step) -> Outcome:
    progress = place.progress
    step = _taught(ws, place, columns, step)
    progress.stage("Running the step on every row")
    parts, printed = _parts(ws, place, columns, step)
    progress.stage("Writing the new version")
    return Outcome(_assembled(ws, place, parts, step), step, printed[:PRINTED].strip())


def _assembled(ws: Workspace, place: _Place, parts: Sequence[Path], step: Step) -> Made:
    """One file of the parts that the step made, which are gone then."""
    engine, renames = ws.backends.engine, step.renames()
    wanted = {renames.get(name, name): kind for name, kind in engine.degraded(place.source).items()}
    wanted |= {name: engine.stored_as(kind) for name, kind in step.kinds().items()}
    made = engine.assemble(parts, place.folder / f"{uuid4().hex}.parquet", wanted, place.progress)
    for part in parts:
        part.unlink()
    return made


def _parts(ws: Workspace, place: _Place, columns: Sequence[str], step: Step) -> tuple[list[Path], str]:
    """Arrow streams with the new table, in order, and what the code printed."""
    source, folder = place.source, place.folder
    if step.row_local and not place.beside and _cells(source) > LARGE_CELLS:
        return _sliced(ws, place, step)
    target = folder / f"{uuid4().hex}.arrow"
    result = _made(ws, place, step, target)
    if result.status is not RunStatus.MEMORY:
        return [_table(result, target)], result.stdout
    if step.row_local:
        return _sliced(ws, place, step)
    if relation := step.to_sql(Relation("SELECT * FROM source", tuple(columns))):
        ws.backends.engine.rewrite(source, target, relation.query, relation.columns, place.progress)
        return [target], ""
    raise _too_large(ws, result)


def _sliced(ws: Workspace, place: _Place, step: Step) -> tuple[list[Path], str]:
    source, folder = place.source, place.folder
    parts, printed, row, total = [], "", 1, pq.read_metadata(source).num_rows
    for rows, piece in ws.backends.engine.slices(source, folder, _slice_bytes(ws)):
        target = folder / f"{uuid4().hex}.arrow"
        place.progress.share((row - 1) / max(1, total))
        result = _made(ws, replace(place, source=piece, beside={}), step, target)
        if result.status is RunStatus.MEMORY:
            raise _too_large(ws, result)
        parts.append(_table(result, target, f"Rows {row:,} to {row + rows - 1:,}: "))
        row, printed = row + rows, printed + result.stdout
    return parts, printed


def _made(ws: Workspace, place: _Place, step: Step, target: Path) -> RunResult:
    request = _request(ws, place, f"{step.to_code()}\nresult = {TABLE}", trusted=not step.by_hand)
    tables = (
        {**request.tables, SECRET: _secret(ws, target.parent)} if step.keyed and not step.by_hand else request.tables
    )
    request = request.model_copy(update={"keep": target, "tables": tables})
    return stoppable(ws.backends.sandbox, request, place.progress)


def _secret(ws: Workspace, folder: Path) -> Path:
    """The team's key as a table that only this run gets; its file goes with the folder. No version can be read back
    with it: what it makes are one-way codes, the same for the same value in all tables of the team."""
    path = folder / "secret.parquet"
    if not path.exists():
        key = hmac.new(ws.backends.signing_key, f"masks of {ws.team.id}".encode(), hashlib.sha256).hexdigest()
        pq.write_table(pa.table({"key": [key]}), path)
    return path


def _request(ws: Workspace, place: _Place, code: str, *, trusted: bool) -> RunRequest:
    settings = ws.backends.settings
    return RunRequest(
        id=uuid4().hex,
        code=code,
        tables={TABLE: place.source, **place.beside},
        owner=ws.team.id,
        trusted=trusted,
        whole=True,
        limits=Limits(
            wall_seconds=settings.run_seconds,
            cpu_seconds=max(1, round(settings.run_seconds)),
            memory_mb=settings.run_memory_mb,
            rows=ROWS,
            columns=settings.max_columns,
            output_bytes=settings.run_memory_mb * MB,
            code_bytes=CODE_BYTES,
        ),
    )


def _table(result: RunResult, target: Path, where: str = "") -> Path:
    """The file the run left. Raises: BadInput, Stopped."""
    if result.status is RunStatus.STOPPED:
        raise Stopped("This change was stopped.", "Nothing was changed.")
    if result.status is not RunStatus.OK:
        error = result.error
        message = error.message if error else f"it ended as {result.status}"
        line = f" (line {error.line} of the code)" if error and error.line else ""
        raise BadInput(f"{where}The step could not be run{line}: {message}.", (error and error.hint) or "")
    table = result.outputs[0] if len(result.outputs) == 1 else None
    if not isinstance(table, Table) or table.rows != table.total_rows or result.sampled or not target.is_file():
        raise BadInput("After the code `df` is no table.", "Leave a DataFrame in `df`.")
    return target


def _taught(ws: Workspace, place: _Place, columns: Sequence[str], step: Step) -> Step:
    """The step with everything learned that it learns from the data. Raises: BadInput, TooLarge."""
    if not isinstance(step, Chain):
        return _learned(ws, place, columns, step, [])
    done: list[Single] = []
    for each in step.steps:
        done.append(_learned(ws, place, columns, each, done))
    return step.model_copy(update={"steps": tuple(done)})


def _learned(ws: Workspace, place: _Place, columns: Sequence[str], step: Learner, before: Sequence[Single]) -> Learner:
    if not step.fit_code():
        return step
    place.progress.stage("Learning from the table")
    result = None if _cells(place.source) > LARGE_CELLS else _looked(ws, place, step, before)
    if result is None or result.status is RunStatus.MEMORY:
        part, rest = _narrowed(ws, place, columns, step, before)
        result = _looked(ws, part, step, rest)
        if part is not place:
            part.source.unlink()
    if result.status is RunStatus.MEMORY:
        raise _too_large(ws, result)
    found = result.outputs[0] if result.status is RunStatus.OK and result.outputs else None
    if not isinstance(found, Value) or not isinstance(found.value, dict):
        message = result.error.message if result.error else "nothing was found"
        raise BadInput(f"The step could not learn from the data: {message}.", "")
    learned: Mapping[str, JsonValue] = found.value
    return step.taught(learned)


def _looked(ws: Workspace, place: _Place, step: StepBase, before: Sequence[Single]) -> RunResult:
    """What the step's look at the table gave, after the steps before it."""
    lines = "\n".join([*(each.to_code() for each in before), step.fit_code()])
    trusted = not any(each.by_hand for each in (*before, step))
    return stoppable(ws.backends.sandbox, _request(ws, place, lines, trusted=trusted), place.progress)


def _narrowed(
    ws: Workspace, place: _Place, columns: Sequence[str], step: StepBase, before: Sequence[Single]
) -> tuple[_Place, Sequence[Single]]:
    """A smaller table to learn from, and the steps still to run on it: only the columns that matter are there, and
    row-local steps have run on them already, in slices. The whole, where the steps do not tell which columns matter."""
    if not (needed := to_learn(step, before, columns)):
        return place, before
    part = replace(place, source=place.folder / f"{uuid4().hex}.parquet")
    ws.backends.engine.pick(place.source, part.source, needed.columns)
    steps = [before[number] for number in needed.steps]
    if not steps or place.beside or not all(each.row_local for each in steps):
        return part, steps
    chain = Chain(steps=(*steps, SelectColumns(columns=needed.learned_from)))
    made = _assembled(ws, part, _sliced(ws, part, chain)[0], chain)
    part.source.unlink()
    return replace(place, source=made.path), []


def _too_large(ws: Workspace, result: RunResult) -> TooLarge:
    hint = "Keep fewer columns or rows first, or set RED_PANDAS_RUN_MEMORY_MB higher."
    if not result.needs_mb:
        return TooLarge(f"The step needed more than the {_memory(ws)} of memory a run may use.", hint)
    message = f"This step needs the whole table at once, and that does not fit into the {_memory(ws)} of a run;"
    return TooLarge(f"{message} about {result.needs_mb:,} MB would do.", hint)


def _cells(source: Path) -> int:
    about = pq.read_metadata(source)
    return int(about.num_rows * about.num_columns)


def _slice_bytes(ws: Workspace) -> int:
    """A slice in memory, with room for a step to work."""
    return min(SLICE_BYTES, ws.backends.settings.run_memory_mb * MB // 16)


def _memory(ws: Workspace) -> str:
    return f"{ws.backends.settings.run_memory_mb:,} MB"


def _is_there(ws: Workspace, version: Version) -> bool:
    return version.parent_id is None or ws.backends.storage.exists(version.storage_key)


def _make_again(ws: Workspace, version: Version) -> None:
    """Stores the version's file again, made from the nearest ancestor that is stored."""
    with workplace(ws.backends.settings.home) as folder:
        made = rebuilt(ws, version, folder)
        ws.backends.storage.put(made.path, version.storage_key)
    ws.rows.mark_stored(version.id)


@requires(Action.DATASET_READ)
def rebuilt(ws: Workspace, version: Version, folder: Path) -> Made:
    """The version's file made anew in `folder` by its steps. Raises: AppError, when it is not the same as it was."""
    path: list[Version] = [version]
    while (parent_id := path[-1].parent_id) is not None:
        parent = ws.rows.version(parent_id)
        if parent.stored and ws.backends.storage.exists(parent.storage_key):
            return _replayed(ws, parent, path[::-1], folder)
        path.append(parent)
    raise NotFound("This version is no longer stored.", "Go back to another version.")


def _replayed(ws: Workspace, start: Version, path: Sequence[Version], folder: Path) -> Made:
    with ws.backends.storage.local(start.storage_key) as source:
        at, columns = source, start.columns
        for version in path:
            if version.step is None or version.step.by_hand:
                raise _not_the_same()
            made = run(ws, at, columns, version.step, folder).made
            if made.digest != version.content_hash:
                raise _not_the_same()
            at, columns = made.path, made.columns
    return made


def _not_the_same() -> NotTheSame:
    return NotTheSame("This version cannot be made again as it was.", "Go back to another version.")
