"""Results that hold nothing, or the same everywhere."""

from __future__ import annotations

import pytest

from sandbox.messages import Text
from services.assistant.checks import Case, emptiness
from services.domain import Outcome
from tests.assistant.checks import tables

P, W, F = Outcome.PASSED, Outcome.WARNED, Outcome.FAILED


@pytest.mark.parametrize(
    ("code", "outcome", "words"),
    [
        ("result = df.groupby('region', as_index=False).price.sum()", P, "neither"),
        ("result = df[df.price > 1e9]", W, "no rows"),
        ("result = None", F, "missing"),
        ("result = []", F, "missing"),
        ("result = {'a': None, 't': df}", F, "missing"),
        ("result = 0", P, "neither"),
        ("result = df.assign(x=float('nan'))", W, "A column"),
        ("result = pd.DataFrame({'a': [float('nan')] * len(df)})", F, "Every column"),
        ("result = df.assign(units=1, price=2.0)", W, "same numbers"),
        ("result = df[['region']]", P, "neither"),
        ("import plotly.graph_objects as go\nresult = go.Figure()", F, "no points"),
        ("import plotly.graph_objects as go\nresult = go.Figure(go.Indicator(value=len(df)))", P, "neither"),
        ("import plotly.express as px\nresult = px.scatter(df, x='units', y='price')", P, "neither"),
    ],
)
def test_what_a_result_holds(code: str, outcome: Outcome, words: str) -> None:
    found = emptiness.weigh(tables.case(code))
    assert found.outcome is outcome, found
    assert words in found.sentence


def test_a_text_of_spaces_is_empty() -> None:
    case = tables.case("result = 1")
    ran = case.result.model_copy(update={"outputs": (Text(text="  "),)})
    assert emptiness.weigh(Case("", case.plan, case.code, ran, "", case.profiles)).outcome is F
