"""From the bytes and the exit code of a run to its `RunResult`."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError

from sandbox import gate, limits, wire
from sandbox.messages import Grant, Limits, RunError, RunRequest, RunResult, RunStatus
from sandbox.watch import Ended

TOLD: Final = frozenset({RunStatus.OK, RunStatus.REFUSED, RunStatus.FAILED, RunStatus.MEMORY, RunStatus.TOO_BIG})
"""The statuses a worker may claim for itself."""
CRASHES: Final = frozenset(
    {-signal.SIGSEGV, -signal.SIGABRT, -getattr(signal, "SIGBUS", 0), -signal.SIGFPE, -signal.SIGILL}
)
MEMORY_HINT: Final = "Use fewer columns or rows, or group before joining."
TIME_HINT: Final = "Group or filter the table first, or use whole-column operations instead of loops."

THREADS_ERROR: Final = RunError(
    type="ThreadError",
    message=f"the run started more than {limits.THREADS} threads",
    hint=limits.THREADS_HINT,
)


def refused(request: RunRequest) -> RunResult | None:
    """A refusal, when the code is longer than allowed, or asks for a grant that is not for it."""
    size = len(request.code.encode("utf-8", "replace"))
    if size > request.limits.code_bytes:
        message = f"The code is {size:,} bytes long; at most {request.limits.code_bytes:,} are run."
        return _refusal(request, message, "Write a shorter snippet.")
    if request.grant in (Grant.FIT, Grant.READ) and not request.trusted:
        message = f"The grant `{request.grant.value}` is for the product's own code only."
        return _refusal(request, message, "Use the grant `answer`.")
    return None


def unprotected(request: RunRequest) -> RunResult:
    """The refusal of a machine whose kernel holds nothing."""
    message = "This machine cannot contain code that nobody has read: its kernel offers no protection."
    hint = "Run the server on Linux (a container will do), or let its owner allow unprotected runs."
    return _refusal(request, message, hint)


def needs_files(request: RunRequest) -> RunResult:
    """The refusal of a grant with a folder to write to, where the kernel has no file rules."""
    message = (
        f"The grant `{request.grant.value}` needs file rules of the kernel (Landlock), which are not to be had here."
    )
    return _refusal(request, message, "Run the server on Linux 5.13 or newer.")


def _refusal(request: RunRequest, message: str, hint: str) -> RunResult:
    error = RunError(type="Refused", message=message, hint=hint)
    return RunResult(id=request.id, status=RunStatus.REFUSED, error=error)


def result(request: RunRequest, ended: Ended, seconds: float) -> RunResult:
    """The checked result of a run."""
    facts: dict[str, Any] = {"id": request.id, "stdout": gate.clean(ended.stdout)}
    facts |= {"seconds": round(seconds, 4), "peak_mb": ended.peak_mb}
    if (status := _killed(ended, request.limits)) is not None:
        error = THREADS_ERROR if ended.reason == "threads" else _error_of(status, request)
        return RunResult(**facts, status=status, error=error)
    try:
        return _told(request, wire.unpack(memoryview(ended.result)), facts)
    except wire.BadFrame:
        return RunResult(**facts, **_crashed(ended, request))
    except (gate.Unsafe, ValidationError) as error:
        bad = RunError(type="BadResult", message="the result could not be read safely", hint=str(error)[:200])
        return RunResult(**facts, status=RunStatus.FAILED, error=bad)


def _killed(ended: Ended, most: Limits) -> RunStatus | None:
    """The status of a run that was killed from outside."""
    if ended.reason == "threads":
        return RunStatus.MEMORY
    if ended.reason in ("timeout", "memory", "stopped", "too_big"):
        return RunStatus(ended.reason)
    if ended.exit == -getattr(signal, "SIGXCPU", 0):
        return RunStatus.TIMEOUT
    if ended.exit == -getattr(signal, "SIGKILL", 9) and ended.cpu_seconds >= most.cpu_seconds:
        # It ignored the signal that comes first.
        return RunStatus.TIMEOUT
    return None


def _told(request: RunRequest, frame: wire.Frame, facts: Mapping[str, Any]) -> RunResult:
    """What the worker says of itself, checked."""
    status = frame.header.get("status")
    if not isinstance(status, str) or status not in TOLD:
        raise gate.Unsafe("the status is unknown")
    if status == RunStatus.OK:
        outputs = gate.outputs(frame, request.limits, request.keep)
        sampled = gate.sampled(frame.header.get("sampled"))
        return RunResult(**facts, status=RunStatus.OK, outputs=outputs, sampled=sampled)
    needs = gate.megabytes(frame.header.get("needs_mb"))
    return RunResult(**facts, status=RunStatus(status), error=gate.error(frame.header.get("error")), needs_mb=needs)


def _crashed(ended: Ended, request: RunRequest) -> dict[str, Any]:
    """Status and error of a run that ended without a whole result."""
    if ended.exit == -getattr(signal, "SIGKILL", 9):
        return {"status": RunStatus.MEMORY, "error": _error_of(RunStatus.MEMORY, request)}
    if ended.exit in CRASHES:
        message = "the code crashed inside a library, most often for lack of memory"
        return {"status": RunStatus.FAILED, "error": RunError(type="Crash", message=message, hint=MEMORY_HINT)}
    message = "the code ended the process before it gave a result"
    hint = "Assign the answer to `result` and let the code run to its end."
    return {"status": RunStatus.FAILED, "error": RunError(type="Ended", message=message, hint=hint)}


def _error_of(status: RunStatus, request: RunRequest) -> RunError | None:
    most = request.limits
    if status is RunStatus.TIMEOUT:
        seconds = min(most.wall_seconds, most.cpu_seconds)
        return RunError(type="TimeoutError", message=f"the run took longer than {seconds:g} seconds", hint=TIME_HINT)
    if status is RunStatus.MEMORY:
        message = f"the run needed more than {most.memory_mb:,} MB of memory"
        return RunError(type="MemoryError", message=message, hint=MEMORY_HINT)
    if status is RunStatus.TOO_BIG:
        message = "the run wrote more than can be kept"
        return RunError(type="TooBig", message=message, hint="Group or filter the table before assigning `result`.")
    return None
