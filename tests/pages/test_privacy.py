"""The page of personal data: findings, masks, preview and the version they make."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from services import datasets, privacy
from services.code.personal import PersonalKind
from services.code.steps import Chain, StepBase
from services.domain import Dataset, Finding
from services.workspace import Workspace
from tests.personal_data import Maker

Show = Callable[..., AppTest]
PAGE = "data/privacy.py"
ROWS = 30


@pytest.fixture
def people(ws: Workspace, tmp_path: Path) -> Dataset:
    maker = Maker(random.randrange(10**9))
    path = tmp_path / "people.csv"
    rows = [f"{maker.email()},{maker.name()},{n},call {maker.phone()} about parcel {n} today" for n in range(ROWS)]
    path.write_text("\n".join(["email,customer,units,note", *rows]), encoding="utf-8")
    return datasets.upload(ws, path, "people.csv")


def words(app: AppTest) -> str:
    return "\n".join(str(e.value) for kind in ("markdown", "caption", "text") for e in app.get(kind))


def test_findings_are_shown_masked(show: Show, ws: Workspace, people: Dataset) -> None:
    app = show(PAGE, dataset=people.id)
    assert not app.exception
    shown = words(app)
    assert "3 columns with personal data" in shown
    assert all(name in shown for name in ("email", "customer", "note"))
    assert "within texts" in shown
    rows = datasets.page(ws, people.head_id, 0, ROWS)
    told = [str(value) for name in ("email", "customer") for value in rows.column(name).to_pylist()]
    assert not [value for value in told if value in shown]


def test_a_preview_needs_a_mask(show: Show, people: Dataset) -> None:
    app = show(PAGE, dataset=people.id)
    assert app.button(key="preview-masks").disabled
    app.selectbox(key=f"mask-{people.head_id}-0").select("Keyed hash").run()
    assert not app.button(key="preview-masks").disabled
    app.button(key="preview-masks").click().run()
    assert not app.exception
    assert "email" in words(app)
    assert [button for button in app.button if button.label == "Apply"]


def test_a_table_without_any_says_so(show: Show, orders: Dataset) -> None:
    app = show(PAGE, dataset=orders.id)
    assert "No personal data was found in this table." in words(app)


@pytest.mark.parametrize("in_text", [False, True])
@pytest.mark.parametrize("kind", list(PersonalKind))
def test_every_mask_that_is_offered_fits(kind: PersonalKind, in_text: bool) -> None:
    finding = Finding(column="x", kind=kind, confidence=1, share=1, in_text=in_text)
    offered = privacy.masks(finding)
    assert "Drop the column" in offered
    for step in offered.values():
        assert isinstance(step, StepBase)
        assert step.check(["x", "y"])
        compile(step.to_code(), "step", "exec")


def test_masks_run_together_and_each_once() -> None:
    finding = Finding(column="x", kind=PersonalKind.EMAIL, confidence=1, share=1, in_text=True)
    redact = privacy.masks(finding)["Redact within texts"]
    assert privacy.together([redact, redact]) == redact
    other = privacy.masks(finding.model_copy(update={"column": "y"}))["Redact within texts"]
    assert privacy.together([redact, other]) == Chain(steps=(redact, other))
