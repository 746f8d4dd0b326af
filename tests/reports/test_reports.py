"""A report from a question to the file: what is said, where it comes from, and nothing that runs."""

from __future__ import annotations

import io
import json
import re
import time
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pyarrow as pa
import pypdfium2
import pytest

from services import conversations, reports
from services.__main__ import main
from services.assistant import pipeline
from services.domain import Dataset, Turn
from services.reports import grids, html, markdown, pages
from services.reports.document import Block, Chart, Code, Document, Grid, Heading, Note, Paragraph
from services.workspace import Workspace

pytestmark = pytest.mark.usefixtures("lent")

HOSTILE = '</script><script>alert(1)</script>"><img src=https://evil.example/x.png> `*_[a](b) #let x = 1 $y$'
QUESTIONS = ("average price by region", "how many orders per month as a line chart", "what is the meaning of life")


@pytest.fixture
def turns(ws: Workspace, orders: Dataset) -> list[Turn]:
    about = conversations.create(ws, orders.id)
    return [conversations.turn(ws, pipeline.ask(ws, about.id, question).id) for question in QUESTIONS]


@pytest.fixture
def document(ws: Workspace, orders: Dataset, turns: list[Turn]) -> Document:
    return reports.compose_from(ws, orders.head_id, turns, reports.Template.FULL, "Orders in spring")


def hostile() -> Document:
    """Everything that comes from outside says something that no format may take for its own."""
    grid = Grid((HOSTILE, "n"), ((HOSTILE, "1"),), (False, True), 5, HOSTILE)
    figure = {"data": [{"type": "bar", "x": [HOSTILE], "y": [1]}], "layout": {"title": {"text": HOSTILE}}}
    blocks = (Heading(HOSTILE), Paragraph(HOSTILE), Note(HOSTILE), grid, Chart(figure, HOSTILE), Code(HOSTILE + "```"))
    facts = ((HOSTILE, HOSTILE),)
    return Document(HOSTILE, HOSTILE, datetime(2024, 5, 1, tzinfo=UTC), facts, (HOSTILE,), blocks)


def text_of(path: Path) -> str:
    pdf = pypdfium2.PdfDocument(path)
    return "\n".join(page.get_textpage().get_text_range() for page in pdf)


class Elements(HTMLParser):
    """The elements of a page, and every address they name."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]


def test_pdf_holds_the_answers_their_numbers_and_where_they_come_from(
    ws: Workspace, document: Document, turns: list[Turn], tmp_path: Path
) -> None:
    assert reports.write(ws, document, reports.Format.PDF, tmp_path / "r.pdf") == [tmp_path / "r.pdf"]
    said = text_of(tmp_path / "r.pdf")
    for expected in ("Orders in spring", "Average price by region", "109.25", "Summary", "About the data"):
        assert expected in said
    assert f"version {turns[0].version_id[:12]}" in said
    assert "groupby" in said


def test_pdf_is_vector_tagged_bookmarked_and_small(ws: Workspace, document: Document, tmp_path: Path) -> None:
    path = tmp_path / "r.pdf"
    reports.write(ws, document, reports.Format.PDF, path)
    raw = path.read_bytes()
    assert b"/Subtype/Image" not in raw.replace(b" ", b"")
    pdf = pypdfium2.PdfDocument(path)
    assert pdf.is_tagged()
    assert [each.get_title() for each in pdf.get_toc()][:2] == ["Average price by region", QUESTIONS[1].capitalize()]
    assert len(raw) < 300_000


def test_the_chart_is_drawn_beside_its_table(ws: Workspace, document: Document) -> None:
    drawn = reports._drawn(ws, document)
    content, pictures = pages.of(document, drawn)
    charts = [place for place, block in enumerate(document.blocks) if isinstance(block, Chart)]
    assert charts
    assert sorted(pictures) == [f"{place}.svg" for place in charts]
    assert all(content["blocks"][place]["kind"] == "picture" for place in charts)


def test_a_chart_that_cannot_be_drawn_is_said_and_its_numbers_stay() -> None:
    grid = Grid(("a",), (("1",),), (True,), 1)
    chart = Chart({"data": [{"type": "surface"}]}, "Chart", grid)
    content, pictures = pages.of(replace(hostile(), blocks=(chart, grid)), {})
    assert pictures == {}
    assert [block["kind"] for block in content["blocks"]] == ["note", "grid"]
    assert "numbers follow" in content["blocks"][0]["text"]


def test_brief_leaves_out_code_and_quality_puts_the_data_first(
    ws: Workspace, orders: Dataset, turns: list[Turn]
) -> None:
    brief = reports.compose_from(ws, orders.head_id, turns, reports.Template.BRIEF)
    quality = reports.compose_from(ws, orders.head_id, turns, reports.Template.QUALITY)
    assert not any(isinstance(block, Code) for block in brief.blocks)
    assert quality.blocks[0] == Heading("About the data")
    assert brief.title == orders.name


def test_a_question_without_an_answer_says_so(document: Document) -> None:
    place = document.blocks.index(Heading(QUESTIONS[2].capitalize()))
    follows = document.blocks[place + 1]
    assert isinstance(follows, Note)
    assert follows.level == "warning"


def test_html_runs_nothing_that_came_from_outside(tmp_path: Path) -> None:
    page = html.write(hostile())
    elements = Elements()
    elements.feed(re.sub(r"<script>.*?</script>", "<script></script>", page, flags=re.DOTALL))
    assert elements.names.count("img") == 0
    assert elements.names.count("script") == 3
    assert not elements.addresses
    data = re.search(r'<script type="application/json">(.*?)</script>', page, re.DOTALL)
    assert data is not None
    assert json.loads(data.group(1))["data"][0]["x"] == [HOSTILE]
    assert "default-src 'none'" in page


def test_markdown_shows_hostile_words_as_they_are() -> None:
    written = markdown.write(hostile(), {})
    outside = re.sub(r"````python\n.*?````", "", written, flags=re.DOTALL)
    assert "<script" not in re.sub(r"\\<", "", outside)
    assert "\\[a\\](b)" in outside
    assert "[a](b)" not in outside
    assert "````python" in written


def test_typst_sets_hostile_words_as_they_are(ws: Workspace, tmp_path: Path) -> None:
    reports.write(ws, hostile(), reports.Format.PDF, tmp_path / "r.pdf")
    said = text_of(tmp_path / "r.pdf")
    assert "#let x = 1 $y$" in said
    assert "<script>alert(1)</script>" in said


def test_markdown_has_its_pictures_beside_it(ws: Workspace, document: Document, tmp_path: Path) -> None:
    written = reports.write(ws, document, reports.Format.MARKDOWN, tmp_path / "my report.md")
    text = written[0].read_text()
    assert len(written) == 1 + sum(isinstance(block, Chart) for block in document.blocks)
    assert "](my%20report_files/chart-1.svg)" in text
    assert written[1].read_text().startswith("<svg")


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ([1, None, 20_000], ["1", "–", "20,000"]),
        ([1999, 2024], ["1999", "2024"]),
        ([0.5, 1_234.567, None], ["0.50", "1,234.57", "–"]),
        ([0.000123, 2.0], ["0.000123", "2.00"]),
        ([2.0, 3.0], ["2", "3"]),
        ([float("nan"), float("inf"), 1.5], ["–", "∞", "1.50"]),
        ([datetime(2024, 1, 2), None], ["2024-01-02", "–"]),
        ([True, None], ["yes", "–"]),
        (["a\n b", "x" * 300], ["a b", "x" * 199 + "…"]),
    ],
)
def test_cells_are_written_for_readers(values: list[object], written: list[str]) -> None:
    shown = grids.of(pa.table({"a": values}))
    assert [row[0] for row in shown.rows] == written


def test_wide_and_long_tables_say_what_is_left_out() -> None:
    shown = grids.of(pa.table({f"c{n}": [n] * 50 for n in range(20)}))
    assert shown.columns[-1] == "… 8 more"
    assert (len(shown.rows), shown.total) == (40, 50)
    assert len(shown.is_number) == len(shown.columns)


def test_the_command_binds_answers(orders_csv: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def command(*words: str) -> tuple[int, str, str]:
        code = main(list(words))
        return code, *capsys.readouterr()

    questions = tmp_path / "q.txt"
    questions.write_text("# monthly\naverage price by region\n\nhow many rows\n")
    code, out, _ = command("report", str(orders_csv), str(questions), "-o", str(tmp_path / "r.md"), "--json")
    told = json.loads(out)
    assert code == 0
    assert [each["status"] for each in told["questions"]] == ["answered", "answered"]
    assert "## How many rows" in Path(told["files"][0]).read_text()
    assert command("report", str(orders_csv), str(questions), "-o", str(tmp_path / "r.doc"))[0] == 1
    questions.write_text("# nothing\n")
    code, _, error = command("report", str(orders_csv), str(questions), "-o", str(tmp_path / "r.md"))
    assert code == 1
    assert "no question" in error


def test_a_conversation_becomes_one_file(ws: Workspace, turns: list[Turn]) -> None:
    about = turns[0].conversation_id
    archive = zipfile.ZipFile(io.BytesIO(reports.bind(ws, about, reports.Template.BRIEF, reports.Format.MARKDOWN)))
    assert {"report.md", "report_files/chart-1.svg"} <= set(archive.namelist())
    assert reports.bind(ws, about, reports.Template.BRIEF, reports.Format.PDF).startswith(b"%PDF")


@pytest.mark.long
def test_thirty_pages_with_twenty_charts_are_vector_small_and_soon_there(ws: Workspace, tmp_path: Path) -> None:
    blocks: list[Block] = []
    for number in range(20):
        kind = ("bar", "scatter", "box")[number % 3]
        data = [{"type": kind, "x": list("abcdefgh") * 25, "y": [n * number % 37 for n in range(200)]}]
        rows = tuple((f"region {n}", f"{n * 1.5:,.2f}") for n in range(40))
        chart = Chart({"data": data, "layout": {"title": {"text": f"Chart {number}"}}}, "Chart")
        blocks += [Heading(f"Question {number}"), Paragraph("The average is 109.25. " * 30, "Computed."), chart]
        blocks += [Grid(("region", "price"), rows, (False, True), 40), Code("df.groupby('region')['price'].mean()")]
    made = replace(hostile(), title="Thirty pages", blocks=tuple(blocks), has_contents=True)
    started = time.monotonic()
    reports.write(ws, made, reports.Format.PDF, tmp_path / "r.pdf")
    seconds, raw = time.monotonic() - started, (tmp_path / "r.pdf").read_bytes()
    pdf = pypdfium2.PdfDocument(tmp_path / "r.pdf")
    assert len(pdf) >= 30
    assert len(raw) < 2_000_000
    assert b"/Subtype/Image" not in raw.replace(b" ", b"")
    assert seconds < 20 * 3, f"{seconds:.1f} s; 20 s is the aim on a quiet machine"
    said = text_of(tmp_path / "r.pdf")
    assert all(f"Chart {number}" in said for number in range(20))
    assert "region 39" in said
