"""Explore: put columns into a chart, or see the eight charts that say most about the table."""

from functools import partial

import streamlit as st

from components import chart_form, dataset_bar, layout, shell
from pages import chart_desk, desk
from services import charting, datasets, drilling, exploration

SHOWN = 6

ws = shell.workspace()
here = desk.lay(ws)

with layout.column():
    st.title("Explore")
    with layout.line():
        dataset_bar.switch(here.everything, here.dataset, here.version)
        st.space("stretch")
        wants_gallery = st.button("Gallery", icon=":material/auto_awesome:", help="The charts that say most, at once")
    profile = datasets.profile(ws, here.version.id)
    if wants_gallery:
        chart_desk.gallery(ws, here)
    suggest = partial(charting.ideas_for, ws, here.version.id)
    if wanted := chart_form.show(exploration.chart_types(), profile, suggest):
        where = drilling.kept(wanted.conditions, profile)
        desk.analyse(ws, here, {**wanted.chart, **({"where": where} if where else {})})
    desk.results(ws, here, "Charts", SHOWN, partial(chart_desk.under, ws, here))
