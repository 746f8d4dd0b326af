"""A model is fitted through the services, its predictions become a version, its script runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from plotly import data as samples

from services import cleaning, conversations, datasets, exploration, predictions
from services.cleaning import Origin
from services.domain import Dataset, Turn, TurnStatus
from services.workspace import Workspace

ASKED = {"kind": "predict", "target": "tip", "inputs": ["total_bill", "day"], "method": "ridge", "folds": 3}


@pytest.fixture
def tips(ws: Workspace, tmp_path: Path) -> Dataset:
    path = tmp_path / "tips.csv"
    samples.tips().to_csv(path, index=False)
    return datasets.upload(ws, path, path.name)


@pytest.fixture
def turn(ws: Workspace, tips: Dataset) -> Turn:
    conversation = conversations.create(ws, tips.id)
    done = conversations.turn(ws, exploration.analyse(ws, conversation.id, ASKED).id)
    assert done.status is TurnStatus.ANSWERED, done.message
    return done


def test_predictions_become_a_version_with_a_column_more(ws: Workspace, tips: Dataset, turn: Turn) -> None:
    step = predictions.step_of(turn)
    assert step is not None
    effect = cleaning.preview(ws, tips.head_id, step)
    assert "with Ridge regression" in effect.sentence
    made = cleaning.apply(ws, tips.head_id, step, Origin(turn.conversation_id))
    assert made.version.columns == (*samples.tips().columns, "tip (told)")
    assert made.version.rows == len(samples.tips())


def test_the_script_fits_and_keeps_the_model(turn: Turn, tmp_path: Path) -> None:
    script = predictions.script_of(turn)
    assert "loading a .joblib file runs whatever code is in it" in script
    (tmp_path / "model.py").write_text(script, encoding="utf-8")
    done = subprocess.run([sys.executable, "model.py", "tips.csv"], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "model.joblib").stat().st_size > 500


def test_other_turns_offer_nothing(ws: Workspace, tips: Dataset) -> None:
    conversation = conversations.create(ws, tips.id)
    asked = {"kind": "compare_groups", "measure": "tip", "group": "time"}
    other = conversations.turn(ws, exploration.analyse(ws, conversation.id, asked).id)
    assert predictions.step_of(other) is None
    assert predictions.script_of(other) == ""
