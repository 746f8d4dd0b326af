"""Draws the personal data found in a table, and the choice of a mask for each finding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

import streamlit as st

from components import words
from services.domain import KIND_WORDS, Finding

KEEP: Final = "Leave as it is"
SURE: Final = ((0.85, "sure"), (0.65, "likely"), (0.0, "possible"))
WIDTHS: Final = [3, 4, 3]
M = TypeVar("M")


def choose(findings: Sequence[Finding], masks: Sequence[Mapping[str, M]], key: str) -> list[M]:
    """Draws a row a finding; the masks that were chosen, in the order of the findings.

    `masks` are the possible ones of each finding by their names, the recommended one first.
    """
    chosen = []
    for place, (finding, possible) in enumerate(zip(findings, masks, strict=True)):
        with st.container(border=True, key=f"finding-{key}-{place}"):
            what, examples, mask = st.columns(WIDTHS, vertical_alignment="center")
            with what:
                _what(finding)
            with examples:
                _examples(finding)
            with mask:
                name = st.selectbox(
                    f"Mask for {words.literal(finding.column, 60)}",
                    [KEEP, *possible],
                    key=f"mask-{key}-{place}",
                    label_visibility="collapsed",
                )
            if name != KEEP:
                chosen.append(possible[name])
    return chosen


def _what(finding: Finding) -> None:
    st.markdown(f"**{words.literal(finding.column, 60)}**")
    sure = next(word for least, word in SURE if finding.confidence >= least)
    where = "within texts" if finding.in_text else f"{finding.share:.0%} of the values"
    st.caption(f"{words.literal(KIND_WORDS[finding.kind]).capitalize()} · {where} · {sure}")


def _examples(finding: Finding) -> None:
    """Masked, one line each."""
    st.text("\n".join(words.clean(example)[:90] for example in finding.examples))
