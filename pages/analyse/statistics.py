"""Statistics: pick what you want to know; the method is chosen by the facts, run, and shown with its assumptions."""

import streamlit as st

from components import analysis_form, dataset_bar, layout, shell
from pages import desk
from services import datasets, exploration

GROUP = "Statistics"
SHOWN = 10

ws = shell.workspace()
here = desk.lay(ws)

with layout.column():
    st.title(GROUP)
    with layout.line():
        dataset_bar.switch(here.everything, here.dataset, here.version)
    kinds = [kind for kind in exploration.kinds() if kind["group"] == GROUP]
    if asked := analysis_form.show(kinds, datasets.profile(ws, here.version.id)):
        desk.analyse(ws, here, asked)
    desk.results(ws, here, GROUP, SHOWN)
