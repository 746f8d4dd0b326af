"""The page of reports: from nothing to a file, and back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from services import cleaning, conversations, datasets, report_exports, report_shelf
from services.assistant import pipeline
from services.code.steps import Condition, FilterRows
from services.domain import Dataset
from services.workspace import Workspace

Show = Callable[..., AppTest]
PAGE = "share/reports.py"


@pytest.fixture
def sample(ws: Workspace) -> Dataset:
    return datasets.sample(ws)


def words(app: AppTest) -> str:
    return " ".join(str(each.value) for kind in (app.title, app.markdown, app.caption, app.text) for each in kind)


def button(app: AppTest, label: str) -> AppTest:
    found = [each for each in app.button if each.label == label]
    assert found, [each.label for each in app.button]
    return found[0].click().run()


def answered(ws: Workspace, dataset: Dataset) -> str:
    about = conversations.current(ws, dataset.id)
    turn = pipeline.ask(ws, about.id, "how many rows are there")
    for _ in range(600):
        if conversations.turn(ws, turn.id).status.is_final:
            return about.id
        __import__("time").sleep(0.1)
    raise AssertionError("The question was not answered.")


def test_a_report_by_hand_from_an_empty_page_to_its_deletion_and_back(ws: Workspace, show: Show) -> None:
    app = show(PAGE)
    assert "No reports yet" in words(app)
    app.selectbox(key="report-origin").set_value("").run()
    app.text_input(key="report-title").set_value("Spring <b>").run()
    app.button(key="report-make").click().run()
    assert not app.exception
    assert "Nothing is in this report yet" in words(app)
    app.selectbox(key="report-what").set_value("text").run()
    app.text_input(key="report-heading").set_value("In short")
    app.text_area(key="report-text").set_value("West sells.").run()
    app.button(key="report-add-it").click().run()
    assert "West sells." in words(app)
    report = report_shelf.list_all(ws)[0].report
    part = report_shelf.sections(ws, report.id)[0]
    app.button(key=f"delete-{part.id}").click().run()
    assert "West sells." not in words(app)
    app.button(key="report-undo").click().run()
    assert "West sells." in words(app)
    app.button(key="report-back").click().run()
    app.button(key=f"delete-{report.id}").click().run()
    assert report_shelf.list_all(ws) == []
    app.button(key=f"restore-{report.id}").click().run()
    app.button(key=f"open-{report.id}").click().run()
    assert not app.exception
    assert "West sells." in words(app)


def test_a_report_of_a_conversation_is_edited_arranged_brought_up_to_date_and_exported(
    ws: Workspace, show: Show, sample: Dataset
) -> None:
    about = answered(ws, sample)
    report = report_shelf.from_conversation(ws, about)
    report_shelf.add_about(ws, report.id, report_shelf.SectionKind.CLEANING, sample.head_id)
    report_shelf.add_about(ws, report.id, report_shelf.SectionKind.PROFILE, sample.head_id)
    app = show(PAGE, report=report.id, dataset=sample.id)
    assert not app.exception
    first, second, _ = report_shelf.sections(ws, report.id)
    app.button(key=f"down-{first.id}").click().run()
    assert report_shelf.sections(ws, report.id)[0].id == second.id
    text = next(each for each in app.text_area if each.form_id == f"form-{first.id}")
    text.set_value("In my own words.")
    app.button(key=f"save-{first.id}").click().run()
    assert "In my own words." in words(app)
    app.text_input[0].set_value("Orders, looked at")
    app.button(key="report-save").click().run()

    number = next(column.name for column in ws.rows.profile(sample.head_id).columns if column.kind.is_number)
    step = FilterRows(conditions=(Condition(column=number, test="not missing"),))
    cleaning.apply(ws, sample.head_id, FilterRows(conditions=(*step.conditions,), keep=True))
    app.run()
    assert not app.exception
    app.button(key="export-html").click().run()
    assert [each.ending for each in report_exports.files(ws, report.id)] == ["html"]
    file = report_exports.files(ws, report.id)[0]
    app.button(key=f"unfile-{file.id}").click().run()
    assert report_exports.files(ws, report.id) == []


def test_what_changed_is_told_after_an_update(ws: Workspace, show: Show, sample: Dataset) -> None:
    report = report_shelf.from_conversation(ws, answered(ws, sample))
    column = ws.rows.profile(sample.head_id).columns[0]
    value = column.top[0].value if column.top else column.low
    cleaning.apply(ws, sample.head_id, FilterRows(conditions=(Condition(column=column.name, test="=", value=value),)))
    app = show(PAGE, report=report.id, dataset=sample.id)
    assert "1 section out of date." in words(app)
    app.button(key="report-update").click().run()
    assert not app.exception
    assert "How many rows are there" in words(app)
    assert not any(each.is_stale for each in report_shelf.freshness(ws, report.id).values())


def test_a_report_that_is_gone_leads_to_the_list(show: Show) -> None:
    app = show(PAGE, report="none")
    assert not app.exception
    assert "No reports yet" in words(app)
