"""Reports that are kept: made, changed, brought up to date, exported, deleted and had back."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from sandbox.messages import Table
from services import (
    cleaner,
    cleaning,
    conversations,
    dashboards,
    datasets,
    jobs,
    pins,
    recipes,
    report_exports,
    report_shelf,
    report_updates,
    sharing,
    uploads,
)
from services.assistant import pipeline
from services.binding import Paper, Part, Report, SectionKind
from services.circles import Limits
from services.code.steps import Condition, FilterRows
from services.domain import Conversation, Dataset, JobStatus, ObjectKind, Visibility
from services.errors import BadInput, Forbidden, LimitReached, NotFound
from services.report_exports import Ending
from services.reports import Template
from services.reports.document import Code, Heading, Paragraph
from services.workspace import Workspace, open_link

pytestmark = pytest.mark.usefixtures("lent")
MORE_THAN_ONE = FilterRows(conditions=(Condition(column="units", test=">", value=1),))


@pytest.fixture
def talk(ws: Workspace, orders: Dataset) -> Conversation:
    about = conversations.create(ws, orders.id)
    for question in ("average price by region", "orders by product as a bar chart"):
        pipeline.ask(ws, about.id, question)
    return conversations.get(ws, about.id)


@pytest.fixture
def report(ws: Workspace, talk: Conversation) -> Report:
    return report_shelf.from_conversation(ws, talk.id)


def exported(ws: Workspace, report: Report, ending: Ending, folder: Path) -> Path:
    job = jobs.get(ws, report_exports.export(ws, report.id, ending).id)
    assert job.status is JobStatus.DONE, job.message
    with report_exports.opened(ws, report.id, job.outcome[0]) as path:
        copy = folder / f"report.{ending}"
        copy.write_bytes(path.read_bytes())
    return copy


def text_of(path: Path) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(path))


def test_a_report_of_a_conversation_holds_its_answers_as_they_were(
    ws: Workspace, talk: Conversation, report: Report
) -> None:
    parts = report_shelf.sections(ws, report.id)
    turns = conversations.turns(ws, talk.id)
    assert [part.turn.answer for part in parts if part.turn] == [turn.answer for turn in turns]
    assert [listed.report for listed in report_shelf.list_all(ws)] == [report_shelf.get(ws, report.id)]
    assert report.title == talk.title


def test_sections_are_added_moved_edited_taken_out_and_put_back(
    ws: Workspace, orders: Dataset, talk: Conversation, report: Report
) -> None:
    turn = conversations.turns(ws, talk.id)[0]
    words = report_shelf.add_text(ws, report.id, "In short", "West sells.\nEast does not.")
    place = next(n for n, each in enumerate(turn.answer.outputs) if isinstance(each, Table)) if turn.answer else 0
    table = report_shelf.add_turn(ws, report.id, turn.id, place)
    about = report_shelf.add_about(ws, report.id, SectionKind.PROFILE, orders.head_id)
    assert (words.kind, table.kind, about.kind) == (SectionKind.TEXT, SectionKind.TABLE, SectionKind.PROFILE)
    report_shelf.move(ws, report.id, words.id, -2)
    first = report_shelf.sections(ws, report.id)[0]
    assert first.id == words.id
    second = report_shelf.sections(ws, report.id)[1]
    report_shelf.edit(ws, report.id, second.id, "Prices", "My own words.", hide_code=True)
    document = report_exports.compose(ws, report.id)
    assert document.blocks[:3] == (Heading("In short"), Paragraph("West sells."), Paragraph("East does not."))
    at = document.blocks.index(Heading("Prices"))
    said = document.blocks[at + 1]
    assert isinstance(said, Paragraph)
    assert said.text == "My own words."
    assert "Average price by region Computed from version" in said.receipt
    assert not isinstance(document.blocks[at + 3], Code)

    report_shelf.drop(ws, report.id, second.id)
    assert second.id not in [part.id for part in report_shelf.sections(ws, report.id)]
    report_shelf.put_back(ws, report.id, second.id)
    assert [part.id for part in report_shelf.sections(ws, report.id)][1] == second.id


def test_what_cannot_be_taken_in_is_refused(ws: Workspace, talk: Conversation, report: Report) -> None:
    turn = conversations.turns(ws, talk.id)[0]
    with pytest.raises(BadInput, match="no output number 100"):
        report_shelf.add_turn(ws, report.id, turn.id, 99)
    with pytest.raises(BadInput, match="20,001 characters"):
        report_shelf.add_text(ws, report.id, "", "x" * 20_001)
    with pytest.raises(BadInput, match="name is empty"):
        report_shelf.rename(ws, report.id, "\u200b ")
    with pytest.raises(NotFound):
        report_shelf.move(ws, report.id, "none", 1)
    with pytest.raises(BadInput, match="Nothing was answered"):
        report_shelf.from_conversation(ws, conversations.create(ws, talk.dataset_id).id)


def test_a_deleted_report_can_be_had_back(ws: Workspace, report: Report) -> None:
    report_shelf.delete(ws, report.id)
    with pytest.raises(NotFound):
        report_shelf.get(ws, report.id)
    assert [each.id for each in report_shelf.list_deleted(ws)] == [report.id]
    report_shelf.restore(ws, report.id)
    assert len(report_shelf.sections(ws, report.id)) == 2


def test_a_report_of_what_is_private_is_private(ws: Workspace, talk: Conversation) -> None:
    sharing.show_to(ws, ObjectKind.CONVERSATION, talk.id, Visibility.PRIVATE)
    assert report_shelf.from_conversation(ws, talk.id).visibility is Visibility.PRIVATE


def test_update_all_runs_the_code_again_and_tells_what_changed(ws: Workspace, orders: Dataset, report: Report) -> None:
    report_shelf.add_about(ws, report.id, SectionKind.PROFILE, orders.head_id)
    first = report_shelf.sections(ws, report.id)[0]
    report_shelf.edit(ws, report.id, first.id, "Prices", "East pays 109.25.")
    head = cleaning.apply(ws, orders.head_id, MORE_THAN_ONE).version
    assert report_shelf.list_all(ws)[0].stale == 1
    assert all(each.is_stale for each in report_shelf.freshness(ws, report.id).values())

    job = jobs.get(ws, report_updates.update_all(ws, report.id).id)
    assert job.status is JobStatus.DONE, job.message
    found = report_updates.found(ws, job.id)
    assert [each.problem for each in found] == ["", "", ""]
    east = next(change for change in found[0].changes.listed if "East" in change.place)
    assert (east.before, east.after) == (109.25, 19.5)
    assert found[0].is_rewritten
    assert "Since then" in found[0].reasons[0]
    assert {part.version_id for part in report_shelf.sections(ws, report.id)} == {head.id}
    assert not any(each.is_stale for each in report_shelf.freshness(ws, report.id).values())


def test_pdf_has_title_page_contents_summary_footnotes_and_appendix(
    ws: Workspace, report: Report, tmp_path: Path
) -> None:
    report_shelf.summarise(ws, report.id, "- West is first\n- East is dear")
    report_shelf.arrange(ws, report.id, Template.FULL, Paper.LETTER, list(Part))
    path = exported(ws, report, Ending.PDF, tmp_path)
    said = text_of(path)
    for expected in ("Contents", "Summary", "East is dear", "Method", "About the data", "Computed from version"):
        assert expected in said, expected
    pdf = pypdfium2.PdfDocument(path)
    assert pdf.is_tagged()
    assert [round(each) for each in pdf[0].get_size()] == [612, 792]
    assert report_exports.files(ws, report.id)[0].size == path.stat().st_size


def test_html_and_markdown_and_files_that_are_kept(ws: Workspace, report: Report, tmp_path: Path) -> None:
    page = exported(ws, report, Ending.HTML, tmp_path).read_text()
    assert 'href="#receipt-1"' in page
    assert "Where the numbers come from" in page
    with zipfile.ZipFile(exported(ws, report, Ending.MARKDOWN, tmp_path)) as archive:
        assert any(name.endswith(".svg") for name in archive.namelist())
        assert "[^1]: " in archive.read("report.md").decode()
    kept = report_exports.files(ws, report.id)
    assert {file.ending for file in kept} == {"html", "zip"}
    report_exports.remove(ws, report.id, kept[0].id)
    assert len(report_exports.files(ws, report.id)) == 1
    with pytest.raises(NotFound), report_exports.opened(ws, report.id, kept[0].id):
        pass


def test_the_teams_colour_and_logo(ws: Workspace, report: Report, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no PNG"):
        report_exports.set_brand(ws, "#123456", b"GIF89a")
    with pytest.raises(BadInput, match="no colour"):
        report_exports.set_brand(ws, "red;}", b"")
    logo = io.BytesIO()

    Image.new("RGB", (20, 10), "#123456").save(logo, "PNG")
    report_exports.set_brand(ws, "#123456", logo.getvalue())
    document = report_exports.compose(ws, report.id)
    assert (document.colour, document.logo) == ("#123456", logo.getvalue())
    raw = exported(ws, report, Ending.PDF, tmp_path).read_bytes()
    assert b"/Image" in raw


def test_a_dashboard_becomes_a_report_in_one_click(ws: Workspace, talk: Conversation, orders: Dataset) -> None:
    board = dashboards.create(ws, "Sales")
    with pytest.raises(BadInput, match="Nothing stands"):
        report_shelf.from_dashboard(ws, board.id)
    first, second = conversations.turns(ws, talk.id)
    dashboards.add_text(ws, board.id, "# How we are doing")
    for turn in (first, second):
        dashboards.add_pin(ws, board.id, pins.pin(ws, turn.id).id)
    report = report_shelf.from_dashboard(ws, board.id)
    words, one, two = report_shelf.sections(ws, report.id)
    assert (words.kind, words.text) == (SectionKind.TEXT, "How we are doing")
    assert [part.turn.answer.outputs for part in (one, two) if part.turn and part.turn.answer] == [
        turn.answer.outputs for turn in (first, second) if turn.answer
    ]
    said = [block.text for block in report_exports.compose(ws, report.id).blocks if isinstance(block, Paragraph)]
    assert any("average" in text for text in said)
    cleaning.apply(ws, orders.head_id, MORE_THAN_ONE)
    told = report_updates.found(ws, report_updates.update_all(ws, report.id).id)
    assert [(each.problem, each.changes.is_none) for each in told] == [("", False), ("", False)]


def test_a_recipe_becomes_a_report_in_one_click(ws: Workspace, orders: Dataset) -> None:
    applied = cleaning.apply(ws, orders.head_id, MORE_THAN_ONE)
    report = report_shelf.from_recipe(ws, recipes.save(ws, applied.version.id, "More than one").id)
    steps = report_shelf.sections(ws, report.id)[0]
    assert (report.title, steps.title) == ("More than one", "What is done")
    assert "units" in (steps.text or "")


def test_a_link_shows_the_report_until_it_ends(ws: Workspace, report: Report, orders: Dataset) -> None:
    made = sharing.publish(ws, ObjectKind.REPORT, report.id, 3)
    guest = open_link(ws.backends, made.token)
    paper = sharing.paper(guest)
    assert sharing.title(guest).name == report.title
    assert [part.id for part, _ in paper.parts] == [part.id for part in report_shelf.sections(ws, report.id)]
    assert made.share.expires_at is not None
    for verb in (report_shelf.sections, report_shelf.get, report_exports.files):
        with pytest.raises((NotFound, Forbidden)):
            verb(guest, report.id)
    with pytest.raises((NotFound, Forbidden)):
        datasets.profile(guest, orders.head_id)
    report_shelf.delete(ws, report.id)
    with pytest.raises(NotFound):
        open_link(ws.backends, made.token)


def test_a_table_that_becomes_private_takes_the_link_back(ws: Workspace, report: Report, orders: Dataset) -> None:
    token = sharing.publish(ws, ObjectKind.REPORT, report.id).token
    sharing.show_to(ws, ObjectKind.DATASET, orders.id, Visibility.PRIVATE)
    with pytest.raises(NotFound):
        open_link(ws.backends, token)


def test_files_count_and_go_with_their_report(
    ws: Workspace, report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = uploads.allowance(ws).used
    exported(ws, report, Ending.HTML, tmp_path)
    size = report_exports.files(ws, report.id)[0].size
    assert uploads.allowance(ws).used == before + size
    report_shelf.delete(ws, report.id)
    assert not [each for each in cleaner.survey(ws) if "report" in each.what]
    monkeypatch.setattr(datasets, "RESTORABLE", timedelta(0))
    [gone] = [each for each in cleaner.clean(ws) if "report" in each.what]
    assert (gone.what, gone.bytes) == ("deleted report", size)
    assert uploads.allowance(ws).used == before
    assert not list(ws.backends.storage.list(f"{ws.team.id}/reports/"))
    assert not report_shelf.list_deleted(ws)


def test_without_room_no_file_is_made(ws: Workspace, report: Report) -> None:
    ws.usage.set_limits("", Limits(storage_mb=0))
    with pytest.raises(LimitReached):
        report_exports.export(ws, report.id, Ending.HTML)
