"""The line of an answer's checks, and what opens by itself."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from components import checks_view
from services.domain import Check, Outcome

P, W, F, S = Outcome.PASSED, Outcome.WARNED, Outcome.FAILED, Outcome.SKIPPED


def made(*outcomes: Outcome) -> list[Check]:
    return [Check(name=f"c{at}", outcome=each, sentence=f"Sentence {at}.") for at, each in enumerate(outcomes)]


@pytest.mark.parametrize(
    ("outcomes", "line"),
    [
        ((P, P, S), "2 checks passed"),
        ((P,), "1 check passed"),
        ((S,), "Not checked"),
        ((P, W, F), "Checks: 1 failed, 1 to look at, 1 passed"),
        ((W,), "Checks: 1 to look at"),
    ],
)
def test_the_line_counts(outcomes: tuple[Outcome, ...], line: str) -> None:
    assert checks_view.line(made(*outcomes)) == line


def draw(outcome: str, sentence: str) -> None:
    from components import checks_view
    from services.domain import Check, Outcome

    evidence = tuple(f"line {at}" for at in range(10))
    checks_view.show([Check(name="x", outcome=Outcome(outcome), sentence=sentence, evidence=evidence)])
    checks_view.show([])


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_is_drawn_and_only_a_failure_is_open(outcome: Outcome) -> None:
    app = AppTest.from_function(draw, args=(outcome.value, "It *failed* $x$.")).run()
    assert not app.exception
    assert len(app.expander) == 1
    assert app.expander[0].proto.expanded is (outcome is Outcome.FAILED)
    assert "It \\*failed\\*" in app.markdown[0].value
    assert app.caption[-1].value == "and 2 more"
