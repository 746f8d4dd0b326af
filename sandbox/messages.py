"""What goes into the sandbox and what comes out of it: `RunRequest`, `RunResult` and the kinds of output."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, JsonValue


class Message(BaseModel):
    """A frozen record; bytes travel as base64 in JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")


class Grant(StrEnum):
    """What a run may touch."""

    ANSWER = "answer"
    QUERY = "query"
    FIT = "fit"
    READ = "read"


class RunStatus(StrEnum):
    """How a run ended."""

    OK = "ok"
    REFUSED = "refused"
    FAILED = "failed"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    TOO_BIG = "too_big"
    STOPPED = "stopped"


class Limits(Message):
    """The most a run may use. Defaults are those of the grant `answer`."""

    wall_seconds: float = 60.0
    cpu_seconds: int = 60
    memory_mb: int = 2048
    """Megabytes on top of what the interpreter with its imports already holds."""
    stdout_bytes: int = 64 * 1024
    output_bytes: int = 80 * 1024 * 1024
    figure_bytes: int = 8 * 1024 * 1024
    text_chars: int = 200_000
    rows: int = 100_000
    """Rows kept of each table; `Table.total_rows` says how many there were."""
    columns: int = 2_000
    code_bytes: int = 64 * 1024
    scratch_mb: int = 1_024
    """Most megabytes in the scratch folder, for the grants that have one."""

    @classmethod
    def of(cls, grant: Grant) -> Limits:
        """The limits a grant carries by itself."""
        return cls(**_LIMITS.get(grant, {}))


_LIMITS: Final[dict[Grant, dict[str, Any]]] = {
    Grant.FIT: {"wall_seconds": 1_800.0, "cpu_seconds": 3_600},
    Grant.READ: {"wall_seconds": 300.0, "cpu_seconds": 300, "scratch_mb": 8_192},
}


class Table(Message):
    """Rows and columns: a DataFrame, Series, Index or two-dimensional array."""

    kind: Literal["table"] = "table"
    name: str = ""
    arrow: bytes
    """An uncompressed Arrow IPC stream of `rows` rows, checked by the parent."""
    columns: tuple[str, ...]
    rows: int
    total_rows: int


class Figure(Message):
    """A Plotly figure as checked JSON text with `data` and `layout`."""

    kind: Literal["figure"] = "figure"
    name: str = ""
    json_text: str


class Value(Message):
    """A scalar, or a plain list or dict of scalars. Dates are ISO text."""

    kind: Literal["value"] = "value"
    name: str = ""
    value: JsonValue


class Text(Message):
    """A piece of text the code made."""

    kind: Literal["text"] = "text"
    name: str = ""
    text: str


class Image(Message):
    """A Matplotlib figure as PNG bytes."""

    kind: Literal["image"] = "image"
    name: str = ""
    png: bytes


Output = Annotated[Table | Figure | Value | Text | Image, Field(discriminator="kind")]


class RunError(Message):
    """Why a run failed, in the words of the user's own code."""

    type: str
    message: str
    line: int | None = None
    """Line of the submitted code, from 1."""
    hint: str = ""


class RunRequest(Message):
    """One piece of code to run. Each entry of `tables` becomes a DataFrame variable of that name."""

    id: str
    code: str
    tables: dict[str, Path] = {}
    grant: Grant = Grant.ANSWER
    limits: Limits = Limits()
    owner: str = ""
    """Whose run it is: where runs wait, every owner has its turn."""
    trusted: bool = False
    """Written by the product itself from checked parts, not by a language model or a person. Only such code is run
    where the kernel holds nothing, and only such code gets the grants `fit` and `read`."""
    scratch: Path | None = None
    """An empty folder the run may write to, for grants that have one; else they get one that is thrown away."""
    modules: dict[str, Path] = {}
    """Packages of the product's own, name and folder, that a run with the grant `read` may import."""
    whole: bool = False
    """Every row of the tables or none: a table that does not fit is not sampled, and the run ends as `memory` with
    `RunResult.needs_mb`. For changes, which never run on a sample."""
    keep: Path | None = None
    """A file for the one table of the result, of any size up to `limits.output_bytes`, as a checked Arrow stream; the
    bytes of the `Table` then stay empty."""
    program: Path | None = None
    """The one program that the grant `fit` may start."""


class RunResult(Message):
    """What a run gave. `outputs` is what the code assigned to `result`, in order; dict keys become names."""

    id: str
    status: RunStatus
    outputs: tuple[Output, ...] = ()
    stdout: str = ""
    error: RunError | None = None
    sampled: tuple[int, int] | None = None
    """(rows read, rows there are) when `df` was only a sample."""
    needs_mb: int | None = None
    """The `memory_mb` that would do, when a table was too large for a run that had to have it whole."""
    seconds: float = 0.0
    peak_mb: float = 0.0


class OnOutput(Protocol):
    """Called with each piece of standard output as it comes."""

    def __call__(self, text: str, /) -> None: ...


class Level(StrEnum):
    """What holds a run, best first."""

    FILES = "L"
    """The kernel allows reading a short list of places and nothing else (Landlock and seccomp)."""
    CLOSED = "N"
    """The kernel opens no file at all (seccomp)."""
    PROCESS = "0"
    """Only a process of its own, with limits. No place for code that nobody has read."""


class Layer(Message):
    """One layer of containment, and whether it holds here."""

    name: str
    active: bool
    note: str = ""


class Status(Message):
    """What holds on this machine, found out by trying."""

    level: Level
    summary: str
    layers: tuple[Layer, ...]
    system: str = ""
