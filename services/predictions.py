"""What a model tells, kept: as a step that adds a column to the table, and as a script that fits the model anew."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from sandbox.messages import Table
from services import exploration
from services.code import analyses
from services.code.analyses.methods.models.learners import LEARNERS
from services.code.analyses.modelling import Predict
from services.code.steps import Step, parse
from services.domain import Turn, TurnStatus

NAMES: Final = {learner.title: name for name, learner in LEARNERS.items()}


def step_of(turn: Turn) -> Step | None:
    """The step that adds what the chosen model of the turn tells to every row; None for a turn that is no model."""
    model, method = _fitted(turn)
    if model is None:
        return None
    sentence = f"{model.describe()} with {LEARNERS[method].title}"
    return parse({"kind": "code", "code": model.to_step(method), "sentence": sentence[:500]})


def script_of(turn: Turn) -> str:
    """A script that fits the chosen model of the turn on a CSV file and keeps it; empty for a turn that is no model."""
    model, method = _fitted(turn)
    return "" if model is None else model.to_script(method)


def _fitted(turn: Turn) -> tuple[Predict | None, str]:
    """The model of an answered turn, and which method was chosen."""
    asked = exploration.asked(turn)
    if turn.status is not TurnStatus.ANSWERED or turn.answer is None or asked.get("kind") != "predict":
        return None, ""
    model = analyses.parse(asked)
    scores = next((o for o in turn.answer.outputs if isinstance(o, Table) and o.name == "scores"), None)
    if not isinstance(model, Predict) or scores is None:
        return None, ""
    rows = pa.ipc.open_stream(scores.arrow).read_all().to_pylist()
    chosen = next((row["model"] for row in rows if row["chosen"] == "yes"), "")
    return (model, NAMES[chosen]) if chosen in NAMES else (None, "")
