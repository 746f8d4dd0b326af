"""Brings a part of the page into view: Streamlit itself can only stick to the bottom, past the start of an answer."""

from __future__ import annotations

import streamlit as st

_SCRIPT = """
let done = "";
export default function ({ data }) {
  if (done === data.when) return;
  done = data.when;
  const started = performance.now();
  const bring = () => {
    const part = document.querySelector(".st-key-" + data.to);
    if (part) {
      part.style.scrollMarginTop = "4.5rem";
      part.scrollIntoView({ block: "start", behavior: "instant" });
    } else if (performance.now() - started < 2000) requestAnimationFrame(bring);
  };
  requestAnimationFrame(bring);
}
"""
_component = st.components.v2.component("red_pandas_scroll", js=_SCRIPT)


def to(key: str, when: str) -> None:
    """Scrolls to the container of this key, once for each new value of `when`."""
    _component(data={"to": key, "when": when}, key="scroll", height="content")
