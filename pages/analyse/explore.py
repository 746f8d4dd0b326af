"""Explore: put columns into a chart, or see the eight charts that say most about the table."""

import streamlit as st

from components import chart_form, dataset_bar, layout, shell
from pages import desk
from services import charting, datasets, exploration

SHOWN = 6

ws = shell.workspace()
here = desk.lay(ws)

with layout.column():
    st.title("Explore")
    with layout.line():
        dataset_bar.switch(here.everything, here.dataset, here.version)
        st.space("stretch")
        wants_gallery = st.button("Gallery", icon=":material/auto_awesome:", help="The charts that say most, at once")
    ideas = charting.ideas(ws, here.version.id)
    if wants_gallery and ideas:
        desk.analyse(ws, here, {"kind": "gallery", "charts": [idea.chart for idea in ideas]})
    if asked := chart_form.show(exploration.chart_types(), datasets.profile(ws, here.version.id)):
        desk.analyse(ws, here, asked)
    desk.results(ws, here, "Charts", SHOWN)
