"""Clean: accept what is suggested, build steps by hand, and change the list of steps so far."""

from functools import partial

import streamlit as st

from components import dataset_bar, layout, proposal, recipe_list, shell, step_form, suggestion_list, words
from components.recipe_list import Act, Choice, Row
from components.session import session
from pages import desk
from services import change_jobs, cleaning, datasets, jobs, recipes, suggestions, versions
from services.change_jobs import Proposal
from services.cleaning import Origin
from services.domain import Job, Step

ws = shell.workspace()


def propose(step: Step) -> None:
    """Opens the drawer with what the step would do."""
    proposal.drawer("What this would do", Proposal(ws, here.id, step, Origin(conversation.id)))


def wait(job: Job) -> bool:
    """Whether the job, drawn until it has ended, did what it was to do."""
    return proposal.is_done(jobs.follow(ws, job.id), partial(jobs.stop, ws))


def suggest() -> None:
    """Draws what was found, and tries what was chosen of it."""
    job = suggestions.start(ws, here.id)
    if job and not wait(job):
        return
    chosen = suggestion_list.show(suggestions.get(ws, here.id) or (), session.rejected)
    if chosen and chosen.rejected:
        session.reject(chosen.rejected)
        st.rerun()
    elif chosen:
        propose(suggestions.together(chosen.suggestions, chosen.option))


def build() -> None:
    """Draws the form, and the button that tries the step."""
    data = step_form.show(cleaning.kinds(), datasets.profile(ws, here.id))
    if st.button("Try", type="primary", icon=":material/play_arrow:", disabled=data is None) and data:
        propose(cleaning.step(data))


def rework(steps: list[Step]) -> None:
    """Replays the steps, unless some do not fit any more: then asks first."""
    if unfit := recipes.misfits(ws, here.id, steps):
        ask(steps, [each.place for each in unfit])
    elif wait(recipes.rework(ws, conversation.id, steps)):
        st.rerun()


@st.dialog("Some steps no longer fit")
@shell.readable
def ask(steps: list[Step], places: list[int]) -> None:
    """Names the steps that do not fit, and offers to switch them off."""
    for each in recipes.misfits(ws, here.id, steps):
        st.markdown(f":material/warning: {each.place + 1} · {words.literal(each.sentence, 160)}")
        st.caption(words.literal(each.reason, 300))
    if st.button("Switch them off and go on", type="primary"):
        for place in places:
            steps = recipes.switched(steps, place)
        if wait(recipes.rework(ws, conversation.id, steps)):
            st.rerun()


@st.dialog("Edit the step", width="large")
@shell.readable
def edit(steps: list[Step], place: int) -> None:
    """Draws the form of the step, filled in; replays the list with what comes of it."""
    given = steps[place].model_dump(mode="json")
    kind = next(each for each in cleaning.kinds() if each["kind"] == given["kind"])
    data = step_form.fields(kind, recipes.profile_at(ws, here.id, place), given, "edit")
    if st.button("Save", type="primary", disabled=data is None) and data:
        changed = [*steps[:place], cleaning.step(data), *steps[place + 1 :]]
        if wait(recipes.rework(ws, conversation.id, changed)):
            st.rerun()


def act(choice: Choice) -> None:
    """Does what was chosen with a step of the list."""
    if choice.act is Act.EDIT:
        edit(listed, choice.place)
    elif choice.act is Act.DELETE:
        rework([*listed[: choice.place], *listed[choice.place + 1 :]])
    elif choice.act is Act.SWITCH:
        rework(recipes.switched(listed, choice.place))
    else:
        rework(recipes.moved(listed, choice.place, -1 if choice.act is Act.UP else 1))


opened = desk.lay(ws)
dataset, conversation, here = opened.dataset, opened.conversation, opened.version
listed = recipes.of_version(ws, here.id)

with layout.column():
    st.title("Clean")
    with layout.line():
        dataset_bar.switch(opened.everything, dataset, here)
        st.space("stretch")
        if st.button("Undo", icon=":material/undo:", disabled=here.parent_id is None):
            versions.undo(ws, conversation.id)
            st.rerun()
        st.page_link("data/history.py", label="History", icon=":material/history:")
    if (job := change_jobs.under_way(ws, here.id)) and wait(job):  # begun before the person left the page
        st.rerun()
    by_rule, by_hand = st.tabs(["Suggestions", "Build a step"])
    with by_rule:
        suggest()
    with by_hand:
        build()
    if here.id != dataset.head_id:
        st.caption("You are not on the head: a change made here is a branch until it is made the head in the history.")
    st.subheader("Steps so far")
    if choice := recipe_list.show([Row(each.describe(), is_off=recipes.is_off(each)) for each in listed]):
        act(choice)
