"""Recipes: steps that were kept under a name, for other tables: apply them, take them away, or bring them in."""

from functools import partial

import streamlit as st

from components import dataset_bar, layout, notice, proposal, recipe_form, shell, words
from components.session import session
from pages import desk, report_offer
from services import cleaning, recipes, report_shelf
from services.change_jobs import Proposal
from services.cleaning import Origin
from services.domain import Recipe
from services.errors import AppError

ws = shell.workspace()


def save() -> None:
    """Draws the form that keeps the steps so far."""
    listed = recipes.of_version(ws, here.id)
    with st.form("recipe-save", border=False), layout.line():
        name = st.text_input("Name", placeholder="Monthly orders", max_chars=120, label_visibility="collapsed")
        wanted = st.form_submit_button(
            f"Save the {words.count(len(listed), 'step')} of this table", disabled=not listed
        )
    if wanted:
        recipes.save(ws, here.id, name)
        st.rerun()


@st.dialog("Apply a recipe", width="large")
@shell.readable
def apply(recipe: Recipe) -> None:
    """Matches the columns, says what does not fit, and tries the recipe on the open table."""
    matches = recipes.match(ws, recipe.id, here.id)
    sentences = recipes.sentences(recipe)
    asked = recipe_form.show(matches, here.columns, sentences, recipes.learners(recipe))
    steps = recipes.prepared(recipe, asked.names, asked.again)
    unfit = recipes.check(steps, here.columns)
    recipe_form.misfits(unfit)
    change = Proposal(ws, here.id, cleaning.together(steps, recipe.name), Origin(opened.conversation.id))
    what = f"{here.id} {change.step.model_dump_json()}"  # another choice is another trial
    if st.button("Try", type="primary", icon=":material/play_arrow:", disabled=bool(unfit), key="recipe-try"):
        session.hold(what, change.try_out().id)
    if trial := session.held(what):
        proposal.inside(trial, change)


def bring_in() -> None:
    """Draws the way in for a recipe in a file."""
    file = st.file_uploader("Recipe as JSON", type="json", key="recipe-file")
    if file and st.button("Keep this recipe"):
        try:
            recipes.load(ws, file.getvalue().decode("utf-8", "replace"))
        except AppError as error:
            notice.show(error)
        else:
            st.rerun()


opened = desk.lay(ws)
here = opened.version

with layout.column():
    st.title("Recipes")
    with layout.line():
        dataset_bar.switch(opened.everything, opened.dataset, here)
        st.space("stretch")
        st.page_link("data/clean.py", label="Clean", icon=":material/cleaning_services:")
    save()
    kept = recipes.list_all(ws)
    if not kept:
        st.caption("No recipes yet. Clean a table, then save its steps here to use them on next month's file.")
    for recipe in kept:
        with st.container(border=True):
            st.markdown(f"**{words.literal(recipe.name, 120)}** · {words.count(len(recipe.steps), 'step')}")
            for place, sentence in enumerate(recipes.sentences(recipe)[:8]):
                st.caption(f"{place + 1} · {words.literal(sentence, 160)}")
            with layout.line():
                if st.button("Apply", icon=":material/play_arrow:", key=f"apply-{recipe.id}"):
                    apply(recipe)
                recipe_form.downloads(recipe.id, recipes.files(recipe))
                told = partial(report_shelf.from_recipe, recipe_id=recipe.id)
                report_offer.one_click(ws, told, f"report-{recipe.id}")
                if st.button("Delete", icon=":material/delete:", type="tertiary", key=f"delete-{recipe.id}"):
                    recipes.remove(ws, recipe.id)
                    st.rerun()
    with st.expander("Bring in a recipe"):
        bring_in()
