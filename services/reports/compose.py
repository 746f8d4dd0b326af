"""From answers and a profile to a `Document`. What is said, in which order, and where each number comes from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from sandbox.messages import Figure, Image, Output, Table, Text, Value
from services.domain import Alert, Dataset, Outcome, Profile, Turn, TurnStatus, Version
from services.reports import grids
from services.reports.document import Block, Chart, Code, Document, Grid, Heading, Level, Note, Paragraph, Picture

SHOWN_ALERTS: Final = 20
HASH_CHARS: Final = 12
GENERIC: Final = frozenset({"", "table", "result", "df"})
"""Names of tables that say nothing to a reader."""
STATUS: Final = {
    TurnStatus.STOPPED: "This question was stopped.",
    TurnStatus.REJECTED: "This change was proposed and rejected.",
    TurnStatus.INTERRUPTED: "The server stopped while it worked on this question.",
}


class Template(StrEnum):
    """What a report is for."""

    BRIEF = "brief"
    """Answers, tables and charts."""
    FULL = "full"
    """With the code, where every answer comes from, and what is known about the data."""
    QUALITY = "quality"
    """What is in the data, and what may be wrong with it, before the answers."""


@dataclass(frozen=True)
class Source:
    """What the answers are about."""

    dataset: Dataset
    version: Version
    profile: Profile


def document(source: Source, turns: Sequence[Turn], template: Template, title: str = "") -> Document:
    """The report of these questions about one dataset."""
    has_code = template is not Template.BRIEF
    answers = [block for turn in turns for block in section(turn, codes(source), has_code=has_code)]
    about = list(quality(source))
    blocks = [*about, *answers] if template is Template.QUALITY else [*answers, *(about if has_code else [])]
    return Document(
        title=title or source.dataset.name,
        subtitle=source.dataset.name if title and title != source.dataset.name else "",
        made_at=datetime.now(UTC),
        facts=facts(source),
        summary=tuple(findings(turns)) or source.profile.summary,
        blocks=tuple(blocks),
    )


def codes(source: Source) -> frozenset[str]:
    """The columns whose numbers are names."""
    return frozenset(column.name for column in source.profile.columns if column.semantic.is_code)


def capital(question: str) -> str:
    """A question as a heading."""
    return question[:1].upper() + question[1:]


def facts(source: Source) -> tuple[tuple[str, str], ...]:
    """What stands on the title page about the data."""
    return (
        ("Dataset", source.dataset.name),
        ("Rows", f"{source.version.rows:,}"),
        ("Columns", f"{len(source.version.columns):,}"),
        ("Version", source.version.content_hash[:HASH_CHARS] or source.version.id[:HASH_CHARS]),
    )


def findings(turns: Sequence[Turn]) -> Iterator[str]:
    """The answers in a sentence each: only whole first sentences, so that no number is cut off."""
    for turn in turns:
        if turn.status is TurnStatus.ANSWERED and turn.answer and turn.answer.text:
            yield turn.answer.text.split("\n", 1)[0]


def section(
    turn: Turn, codes: Collection[str], *, has_code: bool, title: str = "", receipts: bool = False
) -> Iterator[Block]:
    """One question and its answer; with `receipts` where its numbers come from is a footnote, not a remark."""
    yield Heading(title or capital(turn.question))
    answer = turn.answer
    if turn.status is not TurnStatus.ANSWERED or answer is None:
        said = STATUS.get(turn.status) or (answer.text if answer else f"{turn.message} {turn.hint}".strip())
        yield Note(said or "There is no answer.", Level.WARNING)
        return
    source = f"{capital(turn.question)} {receipt(turn)}" if receipts else ""
    for place, paragraph in enumerate(filter(None, map(str.strip, answer.text.split("\n")))):
        yield Paragraph(paragraph, "" if place else source)
    if not answer.text.strip() and source:
        yield Note(source)
    yield from results(answer.outputs, codes)
    for caveat in answer.caveats:
        yield Note(caveat)
    if has_code and answer.code:
        yield Code(answer.code)
        if not receipts:
            yield Note(receipt(turn))


def results(outputs: Sequence[Output], codes: Collection[str]) -> Iterator[Block]:
    """The outputs of an answer: charts first, each with its numbers beside it."""
    has_chart = any(isinstance(output, Figure | Image) for output in outputs)
    most = grids.BESIDE_CHART if has_chart else grids.MOST_ROWS
    tables = [grids.grid(each, codes, most, _title(each)) for each in outputs if isinstance(each, Table)]
    for output in outputs:
        if isinstance(output, Figure):
            yield Chart(json.loads(output.json_text), _alt(output), tables[0] if tables else None)
        elif isinstance(output, Image):
            yield Picture(output.png, output.name or "Chart")
    yield from tables
    for output in outputs:
        if isinstance(output, Text):
            yield Paragraph(output.text)
        elif isinstance(output, Value):
            yield Grid((output.name or "Value",), ((_value(output.value),),), (_is_number(output.value),), 1)


def receipt(turn: Turn) -> str:
    """Where the numbers of an answer come from: the version, the code by its fingerprint, and the checks it passed."""
    code = turn.answer.code if turn.answer else ""
    fingerprint = hashlib.sha256(code.encode()).hexdigest()[:HASH_CHARS]
    day = f"{turn.created_at:%Y-%m-%d %H:%M} UTC"
    passed = [check.name for check in turn.answer.checks if check.outcome is Outcome.PASSED] if turn.answer else []
    checked = f" Checked: {', '.join(passed)}." if passed else ""
    return f"Computed from version {turn.version_id[:HASH_CHARS]} by code {fingerprint}, {day}.{checked}"


def quality(source: Source) -> Iterator[Block]:
    """What is in the data and what may be wrong with it."""
    profile = source.profile
    yield Heading("About the data")
    for sentence in profile.summary:
        yield Paragraph(sentence)
    yield columns(profile)
    yield from alerts(profile.alerts)
    if source.version.note:
        yield Heading("How the file was read", 2)
        for line in source.version.note.splitlines():
            yield Note(line)


def columns(profile: Profile) -> Grid:
    """One row for each column: what it is for, what is missing, how many different values."""
    rows = [
        (
            column.name,
            str(column.semantic),
            f"{column.missing:,}",
            f"{column.distinct:,}",
            _span(column.low, column.high) or ", ".join(entry.value for entry in column.top[:3]),
        )
        for column in profile.columns
    ]
    shown = tuple(rows[: grids.MOST_ROWS])
    return Grid(
        ("Column", "What it is", "Missing", "Distinct", "From … to, or most common"),
        shown,
        (False, False, True, True, False),
        len(rows),
    )


def alerts(found: Sequence[Alert]) -> Iterator[Block]:
    """What may be wrong, the weightiest first."""
    if not found:
        return
    yield Heading("What may be wrong", 2)
    for alert in found[:SHOWN_ALERTS]:
        yield Note(alert.text, Level.WARNING if alert.severity == "high" else Level.PLAIN)
    if len(found) > SHOWN_ALERTS:
        yield Note(f"And {len(found) - SHOWN_ALERTS:,} more of less weight.")


def _title(table: Table) -> str:
    """What the code called a table, where that says something."""
    return "" if table.name in GENERIC else table.name.replace("_", " ")


def _alt(figure: Figure) -> str:
    """What a chart shows, for who cannot see it: its title."""
    title = json.loads(figure.json_text).get("layout", {}).get("title")
    text = title.get("text") if isinstance(title, dict) else title
    return f"Chart: {text}" if text else "Chart"


def _span(low: Any, high: Any) -> str:
    return f"{low} … {high}" if low is not None and high is not None and low != "" else ""


def _value(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return grids.MISSING if value is None else str(value)
    return grids.number(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
