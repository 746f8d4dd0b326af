"""Small tables with their profiles, and code that runs on them here: it is the tests' own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from sandbox.messages import RunError, RunResult, RunStatus
from services.assistant.checks import Case
from services.backends.engine import Engine
from services.domain import Plan, PlanKind, Profile
from tests.assistant.builtin.asking import encode

FRAME = pd.DataFrame(
    {
        "date": pd.to_datetime(["2024-01-05", "2024-01-17", "2024-02-02", "2024-02-14", "2024-03-01", "2024-03-09"]),
        "region": ["West", "East", "West", "North", "East", "West"],
        "units": [2, 1, 4, 1, 3, 1],
        "price": [49.9, 199.0, 19.5, 49.9, 19.5, 199.0],
    }
)


def profiled(frame: pd.DataFrame) -> Profile:
    """Facts about the frame."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "t.parquet"
        frame.to_parquet(path, index=False)
        return Engine().profile(path, "v")


@cache
def profile() -> Profile:
    """Facts about `FRAME`."""
    return profiled(FRAME)


def run(code: str, frames: Mapping[str, pd.DataFrame]) -> RunResult:
    """What the tests' own code gives, as the sandbox would tell it."""
    import contextlib
    import io

    scope: dict[str, Any] = {**{name: frame.copy() for name, frame in frames.items()}, "pd": pd}
    printed = io.StringIO()
    kept = pd.DataFrame.merge, pd.DataFrame.join, pd.merge
    try:
        with contextlib.redirect_stdout(printed):
            exec(code, scope)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        told = RunError(type=type(error).__name__, message=str(error))
        return RunResult(id="here", status=RunStatus.FAILED, error=told, stdout=printed.getvalue())
    finally:
        pd.DataFrame.merge, pd.DataFrame.join, pd.merge = kept  # type: ignore[method-assign]
    return RunResult(id="here", status=RunStatus.OK, outputs=tuple(encode(scope["result"])), stdout=printed.getvalue())


def case(code: str, question: str = "", text: str = "", **frames: pd.DataFrame) -> Case:
    """An answer that ran on these frames, and can be run again."""
    given = frames or {"df": FRAME}
    result = run(code, given)
    assert result.status is RunStatus.OK, result.error
    plan = Plan(kind=PlanKind.ANALYSE)
    profiles = {name: profile().model_copy(update={"rows": len(frame)}) for name, frame in given.items()}
    return Case(question, plan, code, result, text, profiles, lambda again, _queries: run(again, given))
