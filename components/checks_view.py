"""Draws how an answer was made sure of: one quiet line that opens, and what failed in the open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import streamlit as st

from components import words
from services.domain import Check, Outcome

MARKS: Final = {
    Outcome.PASSED: ":green[:material/check_circle:]",
    Outcome.WARNED: ":orange[:material/warning:]",
    Outcome.FAILED: ":red[:material/error:]",
    Outcome.SKIPPED: ":gray[:material/remove:]",
}
SAID: Final = {Outcome.FAILED: "{} failed", Outcome.WARNED: "{} to look at", Outcome.PASSED: "{} passed"}
EVIDENCE_CHARS, MOST_EVIDENCE = 300, 8


def show(checks: Sequence[Check]) -> None:
    """Draws nothing where nothing was checked."""
    if not checks:
        return
    worst = next((each for each in (Outcome.FAILED, Outcome.WARNED) if _has(checks, each)), Outcome.PASSED)
    icon = {Outcome.FAILED: ":material/error:", Outcome.WARNED: ":material/warning:"}.get(worst, ":material/done_all:")
    with st.expander(line(checks), type="compact", icon=icon, expanded=worst is Outcome.FAILED):
        for check in checks:
            _check(check)


def line(checks: Sequence[Check]) -> str:
    """ "5 checks passed", or how many failed, are to be looked at and passed."""
    counts = Counter(check.outcome for check in checks)
    passed = counts[Outcome.PASSED]
    if not counts[Outcome.FAILED] and not counts[Outcome.WARNED]:
        return f"{words.count(passed, 'check')} passed" if passed else "Not checked"
    return "Checks: " + ", ".join(text.format(counts[each]) for each, text in SAID.items() if counts[each])


def _has(checks: Sequence[Check], outcome: Outcome) -> bool:
    return any(check.outcome is outcome for check in checks)


def _check(check: Check) -> None:
    st.markdown(f"{MARKS[check.outcome]} {words.literal(check.sentence, 600)}")
    for piece in check.evidence[:MOST_EVIDENCE]:
        st.caption(words.literal(piece, EVIDENCE_CHARS))
    if len(check.evidence) > MOST_EVIDENCE:
        st.caption(f"and {len(check.evidence) - MOST_EVIDENCE:,} more")
