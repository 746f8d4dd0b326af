"""Asks the built-in analyst and runs its code here, without the sandbox: the code is our own."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pyarrow as pa

from sandbox.messages import Figure, Output, RunResult, RunStatus, Table, Text, Value
from services.assistant.builtin import BuiltinAnalyst
from services.assistant.builtin.agreement import SECOND
from services.backends.engine import Engine
from services.domain import Check, Exchange, Plan, PlanKind, Profile, Turn
from services.protocols import Brief, ValueHit


class Silent:
    def stage(self, name: str) -> None: ...

    def text(self, piece: str) -> None: ...

    def check(self) -> None: ...

    def sent(self, exchange: Exchange) -> None: ...


@dataclass(frozen=True)
class Asked:
    """What came of a question."""

    plan: Plan
    code: str = ""
    result: Any = None
    text: str = ""
    caveats: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()

    @property
    def outputs(self) -> dict[str, Any]:
        return self.result if isinstance(self.result, dict) else {"": self.result}

    @property
    def table(self) -> pd.DataFrame | None:
        return next((one for one in self.outputs.values() if isinstance(one, pd.DataFrame)), None)

    @property
    def figure(self) -> go.Figure | None:
        return next((one for one in self.outputs.values() if isinstance(one, go.Figure)), None)

    @property
    def chart(self) -> str | None:
        """The kind of chart, as its first trace says."""
        if self.figure is None or not self.figure.data:
            return None
        trace = self.figure.data[0]
        if trace.type == "scatter":
            return "line" if "lines" in (trace.mode or "") else "scatter"
        return str(trace.type)


@dataclass
class Asker:
    """A table on disk with its profile."""

    path: Path
    profile: Profile
    frame: pd.DataFrame
    engine: Engine = field(default_factory=Engine)

    @classmethod
    def of(cls, frame: pd.DataFrame, folder: Path, name: str) -> Asker:
        path = folder / f"{name}.parquet"
        frame.to_parquet(path, index=False)
        return cls(path, Engine().profile(path, name), pd.read_parquet(path))

    def brief(self, question: str, history: Sequence[Turn] = ()) -> Brief:
        names = [column.name for column in self.profile.columns]

        def find_values(phrases: Sequence[str], /) -> Sequence[ValueHit]:
            return self.engine.find_values(self.path, names, phrases)

        def read_rows(most: int, /) -> Mapping[str, Sequence[Any]]:
            return self.engine.page(self.path, 0, most).to_pydict() if self.profile.rows <= most else {}

        return Brief(question, {"df": self.profile}, history, find_values, title=self.path.stem, read_rows=read_rows)

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Asked:
        brief, analyst, progress = self.brief(question, history), BuiltinAnalyst(), Silent()
        plan = analyst.plan(brief, progress)
        if plan.kind is not PlanKind.ANALYSE:
            return Asked(plan)
        code = analyst.write(brief, plan, (), progress)
        scope: dict[str, Any] = {"df": self.frame.copy(), "sql": self.sql}
        exec(code, scope)  # the analyst's own code, on our own table
        result = RunResult(id="here", status=RunStatus.OK, outputs=tuple(encode(scope["result"])))
        scope["result"] = shown(scope["result"])
        verdict = analyst.review(brief, plan, code, result, progress)
        assert not verdict.problem
        return Asked(plan, code, scope["result"], verdict.text, verdict.caveats, verdict.suggestions, verdict.checks)

    def sql(self, text: str) -> pd.DataFrame:
        """What the query gives, as in a run with that grant."""
        with duckdb.connect() as connection:
            connection.execute(f"create view df as select * from read_parquet('{self.path}')")
            return connection.sql(text).df()


def shown(result: Any) -> Any:
    """What is shown of a result: without what serves the review, and a single output by itself."""
    if not isinstance(result, dict) or SECOND not in result:
        return result
    rest = {name: value for name, value in result.items() if name != SECOND}
    return next(iter(rest.values())) if list(rest) in (["table"], ["number"]) else rest


def encode(result: Any, name: str = "") -> list[Output]:
    """The outputs the sandbox would make."""
    if isinstance(result, dict):
        return [output for key, value in result.items() for output in encode(value, str(key))]
    if isinstance(result, pd.DataFrame):
        return [_table(result, name)]
    if isinstance(result, go.Figure):
        return [Figure(name=name, json_text=result.to_json())]
    if isinstance(result, str):
        return [Text(name=name, text=result)]
    plain = result.item() if isinstance(result, np.generic) else result
    if isinstance(plain, pd.Timestamp) or hasattr(plain, "isoformat"):
        plain = plain.isoformat()
    return [Value(name=name, value=plain)]


def _table(frame: pd.DataFrame, name: str) -> Table:
    arrow = pa.Table.from_pandas(frame, preserve_index=False)
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, arrow.schema) as writer:
        writer.write_table(arrow)
    columns = tuple(str(column) for column in frame.columns)
    return Table(name=name, arrow=sink.getvalue(), columns=columns, rows=len(frame), total_rows=len(frame))
