"""Settings: how this installation runs, and what contains the code."""

import streamlit as st

from components import layout, notice, shell, system_view, words
from services import system
from services.assistant import chosen
from services.errors import AppError

NAMES = {"builtin": "Built-in analyst: nothing is sent anywhere", "model": "Language model"}

ws = shell.workspace()
settings = ws.backends.settings

with layout.column():
    parts = system.parts(ws)  # first, so that a guest sees nothing of the page
    st.title("Settings")
    st.caption("Read from the environment at the start. Each is described in docs/settings.md.")
    try:
        answers = NAMES[chosen.choose(ws).name]
    except AppError as error:
        answers = "Nobody"
        notice.show(error)
    model = {"Model": settings.model_name, "Provider": settings.provider} if settings.has_model else {}
    system_view.facts("Who answers", {"Analyst": answers, **model})
    if wanted := system_view.sight(chosen.sight(ws), may_set=chosen.may_require(ws)):
        chosen.require(ws, wanted)
        st.rerun()
    system_view.places({"Folder": (str(settings.home), "")} | {p.name: (p.place, p.error) for p in parts})
    system_view.facts(
        "Limits",
        {
            "Run": f"{settings.run_seconds:g} s, {words.size(settings.run_memory_mb * 1_000_000)} of memory",
            "At once": words.count(settings.runs_at_once, "run"),
            "Upload": f"{settings.upload_mb:,} MB a file",
            "Answer": words.count(settings.answer_rows, "row") + " kept of each table",
        },
    )
    with st.spinner("Trying every layer"):
        status = system.containment(ws)
    system_view.containment(status)
