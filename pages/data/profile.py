"""Profile: what is in the open dataset, what may be wrong with it, and how to mend it."""

from functools import partial

import streamlit as st

from components import alert_list, column_detail, dataset_bar, job_progress, layout, profile_view, shell, words
from components.proposal import drawer
from components.session import session
from pages import comparison, explained, report_offer, shelf
from services import datasets, jobs, profiling, report_shelf
from services.domain import Dataset, Job, Profile, Version, View

CHAT, TABLE = "analyse/chat.py", "data/table.py"
DRAWER = 620
PARTS = ("Columns", "Alerts", "Relations", "Compare", "Explain")

ws = shell.workspace()


def see(dataset: Dataset, view: View) -> None:
    """Goes to the rows of the view."""
    st.switch_page(TABLE, query_params={"dataset": dataset.id, "view": view.model_dump_json(exclude_defaults=True)})


@shell.readable
def detail(dataset: Dataset, version: Version, profile: Profile, name: str) -> None:
    """Draws one column, and does what is wanted with it."""
    column = profile.column(name)
    if column is None:
        return
    key = f"{version.id}-{profile.columns.index(column)}"
    wish = column_detail.show(column, profile, key, may_edit=profiling.may_correct(ws))
    if wish is None:
        return
    if wish.meaning:
        profiling.correct(ws, version.id, name, wish.meaning.semantic, wish.meaning.unit)
    elif wish.is_forgotten:
        profiling.forget(ws, version.id, name)
    elif wish.view:
        see(dataset, wish.view)
    st.rerun()


@shell.fragment(run_every=1.0)
def progress(job: Job) -> None:
    """Follows the job that finds the rest; the page is drawn again when it has ended."""
    now = jobs.get(ws, job.id)
    if now.status.is_final and now.status is not job.status:
        st.rerun()
    if now.status.is_final:
        job_progress.ended(now)
        if st.button("Try again", key="again"):
            profiling.again(ws, job.subject_id)
            st.rerun()
    elif job_progress.bar(now):
        jobs.stop(ws, job.id)


def alerts(dataset: Dataset, version: Version, profile: Profile) -> None:
    """Draws what may be wrong, and does what is wanted about it."""
    if not profile.alerts and not profiling.is_whole(profile):
        st.caption(":material/hourglass_top: What may be wrong is not known yet.")
        return
    may_edit = profiling.may_correct(ws)
    choice = alert_list.show(profile.alerts, version.id, may_dismiss=may_edit)
    choice = alert_list.aside(profile.dismissed, version.id, may_restore=may_edit) or choice
    if choice and choice.view:
        see(dataset, choice.view)
    elif choice and choice.remedy:
        drawer("Mend this?", profiling.proposal(ws, version.id, choice.remedy))
    elif choice and choice.dismiss:
        profiling.dismiss(ws, version.id, choice.dismiss)
        st.rerun()
    elif choice and choice.restore:
        profiling.restore(ws, version.id, choice.restore)
        st.rerun()


def show(dataset: Dataset) -> None:
    """Draws the profile of what the dataset shows."""
    version = datasets.head(ws, dataset.id)
    profile, job = profiling.get(ws, version.id), profiling.start(ws, version.id)
    profile_view.summary(profile, version)
    if job:
        progress(job)
    part = st.segmented_control(
        "Show", PARTS, default=PARTS[0], required=True, label_visibility="collapsed", key="part"
    )
    if part == "Alerts":
        alerts(dataset, version, profile)
    elif part == "Relations":
        profile_view.relations(profile, version.id)
    elif part == "Explain":
        explained.show(ws, dataset)
    elif part == "Compare":
        comparison.show(ws, version)
    elif name := profile_view.cards(profile, version.id):
        draw = partial(detail, dataset, version, profile)
        st.dialog(words.literal(name, 60), width=DRAWER, position="right")(draw)(name)


everything = shelf.tables(ws)
dataset, _ = dataset_bar.opened(everything)
session.open(dataset.id, session.conversation_id)
with layout.line():
    dataset_bar.switch(everything, dataset, datasets.head(ws, dataset.id))
    st.space("stretch")
    profile_view.downloads(
        dataset, partial(profiling.html, ws, dataset.head_id), partial(profiling.json, ws, dataset.head_id)
    )
    version_id = dataset.head_id
    report_offer.one_click(ws, lambda ws: report_shelf.from_version(ws, version_id))
    if st.button("Ask", icon=":material/forum:"):
        st.switch_page(CHAT, query_params={"dataset": dataset.id})
show(dataset)
