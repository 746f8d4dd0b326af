"""History: every version of a dataset, where you stand, and the ways back and forth."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from components import dataset_bar, difference_view, job_progress, layout, lineage_view, shell, version_tree, words
from components.session import session
from components.version_tree import Act, Choice, Points
from pages import desk
from services import change_jobs, datasets, jobs, versions
from services.domain import Version

CHAT = "analyse/chat.py"
DRAWER_WIDTH = 720

ws = shell.workspace()
verbs = (partial(jobs.follow, ws), partial(jobs.stop, ws))


def move(act: Callable[[], object]) -> None:
    """Does it and draws the page again."""
    act()
    st.rerun()


@st.dialog("Compare two versions", width=DRAWER_WIDTH, position="right")
@shell.readable
def compare(before_id: str, after_id: str) -> None:
    """Draws what is not the same in two versions, which can be chosen."""
    labels = {version.id: version_tree.label(version, n) for n, version in enumerate(history, 1)}
    ids = list(labels)
    one = st.selectbox("Before", ids, index=ids.index(before_id), format_func=labels.__getitem__)
    two = st.selectbox("After", ids, index=ids.index(after_id), format_func=labels.__getitem__)
    job = change_jobs.compare(ws, one, two)
    job_progress.watch(job.id, *verbs, lambda: difference_view.show(change_jobs.difference(ws, job.id)))


@st.dialog("Name this point")
@shell.readable
def name(version: Version) -> None:
    """Asks for the name; an empty one takes it away."""
    text = st.text_input("Name", version.name, max_chars=120, placeholder="Before cleaning")
    st.caption("A named version is kept for good.")
    if st.button("Save", type="primary"):
        move(lambda: versions.name(ws, version.id, text))


@st.dialog("Save as a new dataset")
@shell.readable
def derive(version: Version) -> None:
    """Asks for the name, makes the dataset and goes there."""
    text = st.text_input("Name", f"{words.clean(dataset.name)} 2"[:120], max_chars=120)
    if st.button("Save", type="primary", disabled=not text.strip()):
        job = datasets.derive(ws, version.id, text)
        job_progress.watch(job.id, *verbs, lambda: go(datasets.created(ws, job.id)[0].id))


def go(dataset_id: str) -> None:
    """Opens the history of another dataset."""
    session.open(dataset_id)
    st.rerun()


@st.dialog("Code", width=DRAWER_WIDTH, position="right")
@shell.readable
def code(version: Version) -> None:
    """Shows the code that made the version."""
    st.caption(words.literal(version_tree.sentence(version), 300))
    st.code(version.step.to_code() if version.step else "", language="python")
    if version.note:
        st.caption(words.literal(version.note, 1_000))


def branch(version: Version) -> None:
    """Starts a conversation on this version and goes there."""
    made = versions.branch(ws, version.id)
    session.open(dataset.id, made.id)
    st.switch_page(CHAT, query_params={"dataset": dataset.id, "conversation": made.id})


def act(choice: Choice) -> None:
    """Does what the person chose."""
    version = choice.version
    {
        Act.GO: lambda: move(lambda: versions.go(ws, conversation.id, version.id)),
        Act.COMPARE: lambda: compare(version.id, conversation.version_id),
        Act.CODE: lambda: code(version),
        Act.BRANCH: lambda: branch(version),
        Act.HEAD: lambda: move(lambda: versions.make_head(ws, version.id, dataset.head_id)),
        Act.NAME: lambda: name(version),
        Act.DERIVE: lambda: derive(version),
    }[choice.act]()


opened = desk.lay(ws)
dataset, conversation, here = opened.dataset, opened.conversation, opened.version
history = versions.list_all(ws, dataset.id)

with layout.column():
    st.title("History")
    with layout.line():
        dataset_bar.switch(opened.everything, dataset, here)
        st.space("stretch")
        can_redo = versions.next_of(history, conversation) is not None
        if st.button("Undo", icon=":material/undo:", disabled=here.parent_id is None):
            move(lambda: versions.undo(ws, conversation.id))
        if st.button("Redo", icon=":material/redo:", disabled=not can_redo):
            move(lambda: versions.redo(ws, conversation.id))
        if st.button("Compare", icon=":material/difference:", disabled=len(history) < 2):
            compare(here.parent_id or here.id, here.id if here.parent_id else history[-1].id)
    st.caption(f"“{words.literal(conversation.title, 80)}” is the conversation that moves. No version ever changes.")
    choice = version_tree.show(history, Points(dataset.head_id, here.id), {ws.user.id: ws.user.name})
    if choice:
        act(choice)
    if other := lineage_view.show(versions.lineage(ws, dataset.id), dataset.id):
        go(other)
