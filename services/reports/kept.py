"""From a kept report and its sections to a `Document`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from services.binding import Brand, Report, Section, SectionKind
from services.domain import Answer, Turn, TurnStatus
from services.reports import compose
from services.reports.compose import Source, Template
from services.reports.document import Block, Code, Document, Heading, Note, Paragraph

TITLES: Final = {SectionKind.PROFILE: "About the data", SectionKind.CLEANING: "What was done to the data"}
NO_STEPS: Final = "Nothing was changed: the table is as it was read."


@dataclass(frozen=True)
class Material:
    """What sections are made from, by the id of the version: the table's facts, and the steps that made it."""

    sources: Mapping[str, Source]
    steps: Mapping[str, Sequence[tuple[str, str]]]
    """Each step as a sentence, and its code."""


def document(report: Report, parts: Sequence[Section], material: Material, brand: Brand) -> Document:
    """The whole report as it is now."""
    template = Template(report.template)
    blocks = [block for part in parts for block in section(part, material, template)]
    if report.has_appendix:
        blocks += appendix(parts, material)
    turns = [_shown(part) for part in parts if part.turn and part.only is None]
    main = material.sources.get(next((part.version_id for part in parts if part.version_id), ""))
    return Document(
        title=report.title,
        subtitle=report.subtitle,
        made_at=datetime.now(UTC),
        facts=compose.facts(main) if main else (),
        summary=report.summary if report.summary is not None else tuple(compose.findings(turns)),
        blocks=tuple(blocks),
        paper=report.paper,
        has_title_page=report.has_title_page,
        has_contents=report.has_contents,
        colour=brand.colour,
        logo=brand.logo,
    )


def section(part: Section, material: Material, template: Template) -> Iterator[Block]:
    """What one section says."""
    source = material.sources.get(part.version_id or "")
    if part.turn:
        codes = _codes(source)
        has_code = template is not Template.BRIEF and not part.hide_code
        receipts = template is not Template.BRIEF
        yield from compose.section(_shown(part), codes, has_code=has_code, title=part.title, receipts=receipts)
        return
    title = part.title or TITLES.get(part.kind, "")
    if title:
        yield Heading(title)
    for line in (part.text or "").splitlines():
        if line.strip():
            yield Paragraph(line.strip())
    if part.kind is SectionKind.PROFILE and source:
        yield from list(compose.quality(source))[1:]
    if part.kind is SectionKind.CLEANING:
        has_code = template is not Template.BRIEF and not part.hide_code
        yield from cleaning(material.steps.get(part.version_id or "", ()), has_code=has_code)


def cleaning(steps: Sequence[tuple[str, str]], *, has_code: bool) -> Iterator[Block]:
    """What was done to a table, step by step."""
    if not steps:
        yield Paragraph(NO_STEPS)
    for number, (sentence, code) in enumerate(steps, 1):
        yield Paragraph(f"{number}. {sentence}.")
        if has_code and code:
            yield Code(code)


def appendix(parts: Sequence[Section], material: Material) -> Iterator[Block]:
    """How the answers came about, and what is known about the data, where the report does not say it already."""
    answered = [part for part in parts if part.turn and part.turn.answer]
    if answered:
        yield Heading("Method")
        yield Paragraph(
            "Every number comes from code that was run on the version named in its footnote. What was understood, and "
            "how each result was made sure of:"
        )
    for part in answered:
        assert part.turn is not None
        yield from _method(part, part.turn)
    told = {part.version_id for part in parts if part.kind is SectionKind.PROFILE}
    for version_id in dict.fromkeys(part.version_id for part in parts if part.version_id not in told):
        source = material.sources.get(version_id or "")
        if source:
            first, *rest = compose.quality(source)
            yield Heading(f"About the data: {source.dataset.name}") if len(material.sources) > 1 else first
            yield from rest


def _method(part: Section, turn: Turn) -> Iterator[Block]:
    yield Heading(part.title or compose.capital(turn.question), 2)
    if turn.plan and turn.plan.reading:
        yield Paragraph(f"Read as: {turn.plan.reading}")
    for check in turn.answer.checks if turn.answer else ():
        yield Note(check.sentence)
    yield Note(compose.receipt(turn))


def _shown(part: Section) -> Turn:
    """The turn as the section shows it: in a person's words, where they wrote some, and with the one output."""
    turn = part.turn
    assert turn is not None
    answer = turn.answer or Answer(text="")
    if part.only is not None:
        answer = answer.model_copy(update={"outputs": answer.outputs[part.only : part.only + 1], "text": ""})
    if part.text is not None:
        answer = answer.model_copy(update={"text": part.text})
    return turn.model_copy(update={"answer": answer, "status": TurnStatus.ANSWERED})


def _codes(source: Source | None) -> Collection[str]:
    return compose.codes(source) if source else frozenset()
