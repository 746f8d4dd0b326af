"""Draws the field in which a change is described in words."""

from __future__ import annotations

import streamlit as st

EXAMPLES = "fill missing prices with the median · drop duplicates · rename x to y · add a column total = price * units"


def show() -> str:
    """What was typed, once it is to be tried; "" before."""
    with st.form("describe-change", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        said = st.text_input("Describe a change", placeholder=EXAMPLES, max_chars=600, key="described")
        wanted = st.form_submit_button("Propose", icon=":material/play_arrow:", key="try-words")
    return said.strip() if wanted else ""
