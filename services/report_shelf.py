"""Reports that are kept: made from what was found, or by hand, changed section by section, deleted and restored."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from services import binding, conversations, exploration, labels, recipes, staleness
from services.access import Action, allows, requires
from services.binding import Paper, Part, Report, Section, SectionKind
from services.boards import Tile
from services.domain import Answer, Conversation, Plan, PlanKind, Turn, TurnStatus, Visibility
from services.errors import BadInput, NotFound
from services.freshness import Freshness
from services.reports import Template
from services.workspace import Workspace

TEXT_CHARS: Final = 20_000
MOST_SECTIONS: Final = 200
GROUPS: Final = {"Forecast": SectionKind.FORECAST, "Models": SectionKind.MODEL, "Model": SectionKind.MODEL}


@dataclass(frozen=True)
class Listed:
    """A report, and how many of the versions it was made from are behind what their datasets show."""

    report: Report
    stale: int


@requires(Action.REPORT_READ)
def list_all(ws: Workspace) -> list[Listed]:
    """Every report of the team that this person may see, last changed first."""
    made = ws.reports.version_ids()
    found = staleness.of(ws, {each for ids in made.values() for each in ids})
    return [
        Listed(report, sum(found[each].is_stale for each in made.get(report.id, ()))) for report in ws.reports.all()
    ]


@requires(Action.REPORT_READ)
def list_deleted(ws: Workspace) -> list[Report]:
    """Those that can be restored."""
    return ws.reports.all(deleted=True)


@requires(Action.REPORT_READ)
def get(ws: Workspace, report_id: str) -> Report:
    """Raises: NotFound."""
    return ws.reports.get(report_id)


@requires(Action.REPORT_READ)
def sections(ws: Workspace, report_id: str) -> list[Section]:
    """In order; without those made from what this person may not see. Raises: NotFound."""
    return ws.reports.sections(ws.reports.get(report_id).id)


@requires(Action.REPORT_READ)
def freshness(ws: Workspace, report_id: str) -> dict[str, Freshness]:
    """How each section that was made from a version stands now, by the section's id. Raises: NotFound."""
    parts = [part for part in sections(ws, report_id) if part.version_id]
    found = staleness.of(ws, {part.version_id for part in parts if part.version_id})
    return {part.id: found[part.version_id] for part in parts if part.version_id}


@requires(Action.REPORT_READ)
def may_edit(ws: Workspace) -> bool:
    """Whether this person may make and change reports."""
    return allows(ws, Action.REPORT)


@requires(Action.REPORT)
def create(ws: Workspace, title: str, template: Template = Template.FULL) -> Report:
    """An empty report, to be written by hand. Raises: BadInput."""
    return _keep(ws, title, template, None, Visibility.TEAM, ())


@requires(Action.REPORT)
def from_conversation(ws: Workspace, conversation_id: str, template: Template = Template.FULL) -> Report:
    """A report of the answers of a conversation. It is private where the conversation or its table is.

    Raises: NotFound; BadInput, when nothing was answered.
    """
    about = ws.rows.conversation(conversation_id)
    answered = [turn for turn in ws.rows.turns(about.id) if turn.status is TurnStatus.ANSWERED and turn.answer]
    if not answered:
        raise BadInput("Nothing was answered in this conversation yet.", "Ask a question first.")
    parts = [_of_turn(turn) for turn in answered]
    if template is Template.QUALITY:
        parts.insert(0, _about(SectionKind.PROFILE, about.version_id))
    title = ws.rows.dataset(about.dataset_id).name if about.title == conversations.NEW_TITLE else about.title
    return _keep(ws, title, template, about.dataset_id, _visibility(ws, about), parts)


@requires(Action.REPORT)
def from_version(ws: Workspace, version_id: str, template: Template = Template.QUALITY) -> Report:
    """A report of what is in a table and what was done to it. Raises: NotFound."""
    version = ws.rows.version(version_id)
    dataset = ws.rows.dataset(version.dataset_id)
    kinds = (SectionKind.PROFILE, SectionKind.CLEANING) if version.parent_id else (SectionKind.PROFILE,)
    parts = [_about(kind, version.id) for kind in kinds]
    return _keep(ws, dataset.name, template, dataset.id, dataset.visibility, parts)


@requires(Action.REPORT)
def from_recipe(ws: Workspace, recipe_id: str, template: Template = Template.BRIEF) -> Report:
    """A report of what a recipe does, step by step, with its code. Raises: NotFound."""
    recipe = recipes.get(ws, recipe_id)
    steps = "\n".join(f"{number}. {each}" for number, each in enumerate(recipes.sentences(recipe), 1))
    needs = "\n".join(f"{each.name}: {each.kind}" for each in recipe.columns)
    texts = {"What is done": steps, "Columns it needs": needs, "As code": recipes.script(recipe)}
    parts = [_words(title, text[:TEXT_CHARS]) for title, text in texts.items() if text.strip()]
    made_on = next((each for each in ws.rows.datasets() if each.id == recipe.dataset_id), None)
    hidden = recipe.is_private if made_on is None else made_on.visibility is Visibility.PRIVATE
    visibility = Visibility.PRIVATE if hidden else Visibility.TEAM
    return _keep(ws, recipe.name, template, made_on.id if made_on else None, visibility, parts)


@requires(Action.REPORT)
def from_dashboard(ws: Workspace, dashboard_id: str, template: Template = Template.BRIEF) -> Report:
    """A report of what the tiles of a dashboard show, as it is set, in their order. It is private where that is.

    Raises: NotFound; BadInput, when nothing stands on it.
    """
    board = ws.dashboards.get(dashboard_id)
    tiles = ws.dashboards.tiles(board.id)
    parts = [_of_tile(tile) for tile in tiles if tile.kept or tile.text]
    if not parts:
        raise BadInput("Nothing stands on this dashboard yet.", "Add what was pinned first.")
    return _keep(ws, board.name, template, None, board.visibility, parts)


@requires(Action.REPORT)
def add_text(ws: Workspace, report_id: str, title: str, text: str) -> Section:
    """A section in one's own words, at the end. Raises: NotFound; BadInput."""
    part = Section(id=uuid4().hex, kind=SectionKind.TEXT, title=labels.line(title), text=_checked(text))
    return _add(ws, report_id, part)


@requires(Action.REPORT)
def add_turn(ws: Workspace, report_id: str, turn_id: str, only: int | None = None) -> Section:
    """The answer of a turn, or `only` the output at this place, at the end. Raises: NotFound; BadInput."""
    turn = ws.rows.turn(turn_id)
    if turn.status is not TurnStatus.ANSWERED or turn.answer is None:
        raise BadInput("There is no answer to put into a report.", "Wait until the question is answered.")
    if only is not None and not 0 <= only < len(turn.answer.outputs):
        raise BadInput(f"The answer has no output number {only + 1}.", f"It has {len(turn.answer.outputs)}.")
    return _add(ws, report_id, _of_turn(turn, only))


@requires(Action.REPORT)
def add_about(ws: Workspace, report_id: str, kind: SectionKind, version_id: str) -> Section:
    """What is in a version (`profile`), or what was done to it (`cleaning`), at the end. Raises: NotFound; BadInput."""
    if kind not in (SectionKind.PROFILE, SectionKind.CLEANING):
        raise BadInput(f"A section cannot be a {kind} of a table.", "Choose profile or cleaning.")
    return _add(ws, report_id, _about(kind, ws.rows.version(version_id).id))


@requires(Action.REPORT)
def edit(
    ws: Workspace, report_id: str, section_id: str, title: str, text: str | None = None, *, hide_code: bool = False
) -> Section:
    """The section under another title (empty: its own), in a person's words (None: the answer's), with its code or
    without. Raises: NotFound; BadInput."""
    changes = {"title": labels.line(title, 300), "text": None if text is None else _checked(text)}
    part = _section(ws, report_id, section_id).model_copy(update={**changes, "hide_code": hide_code})
    ws.reports.put(report_id, part)
    return part


@requires(Action.REPORT)
def move(ws: Workspace, report_id: str, section_id: str, by: int) -> None:
    """Puts a section so many places later (or earlier). Raises: NotFound."""
    ids = [part.id for part in sections(ws, report_id)]
    place = ids.index(_section(ws, report_id, section_id).id)
    ids.insert(max(0, place + by), ids.pop(place))
    ws.reports.order(report_id, ids)


@requires(Action.REPORT)
def drop(ws: Workspace, report_id: str, section_id: str) -> Section:
    """Takes a section out; `put_back` undoes it. Raises: NotFound."""
    part = _section(ws, report_id, section_id)
    ws.reports.drop(report_id, section_id)
    return part


@requires(Action.REPORT)
def put_back(ws: Workspace, report_id: str, section_id: str) -> None:
    """Puts the section that was taken out last to its place again. Raises: NotFound."""
    ws.reports.put_back(report_id, section_id)


@requires(Action.REPORT)
def rename(ws: Workspace, report_id: str, title: str, subtitle: str = "") -> Report:
    """The report under another title. Raises: NotFound; BadInput."""
    return _save(ws, report_id, title=labels.name(title, "report"), subtitle=labels.line(subtitle, 200))


@requires(Action.REPORT)
def arrange(ws: Workspace, report_id: str, template: Template, paper: Paper, parts: Collection[Part]) -> Report:
    """The report with these parts around its sections. Raises: NotFound."""
    wanted = {str(part): part in parts for part in Part}
    return _save(ws, report_id, template=str(template), paper=paper, **wanted)


@requires(Action.REPORT)
def summarise(ws: Workspace, report_id: str, text: str) -> Report:
    """What stands first, one point a line; with an empty text the answers say it themselves. Raises: NotFound."""
    points = tuple(line.strip(" -•\t") for line in _checked(text).splitlines() if line.strip(" -•\t"))
    return _save(ws, report_id, summary=points or None)


@requires(Action.REPORT)
def delete(ws: Workspace, report_id: str) -> Report:
    """Deletes the report so that it can be restored; its links end. Raises: NotFound."""
    ws.reports.get(report_id)
    for share in ws.members.shares(report_id):
        ws.members.unshare(share.id)
    return _save(ws, report_id, deleted_at=datetime.now(UTC))


@requires(Action.REPORT)
def restore(ws: Workspace, report_id: str) -> Report:
    """Raises: NotFound, when it was not deleted, or is gone for good."""
    report = ws.reports.get(report_id, deleted=True).model_copy(update={"deleted_at": None})
    ws.reports.save(report)
    return report


@requires(Action.REPORT)
def purge(ws: Workspace, report_id: str) -> None:
    """Removes a deleted report for good, with its files. Raises: NotFound."""
    _purge(ws, ws.reports.get(report_id, deleted=True).id)


@requires(Action.ACCOUNT_DELETE)
def part_with(ws: Workspace) -> None:
    """Removes for good what nobody else sees: this person's private reports, and their private files of others."""
    all_of_it = ws.for_upkeep().reports
    for report in (*all_of_it.all(), *all_of_it.all(deleted=True)):
        if report.created_by == ws.user.id and report.visibility is Visibility.PRIVATE:
            _purge(ws.for_upkeep(), report.id)
    for file in all_of_it.files_by(ws.user.id):
        if file.visibility is Visibility.PRIVATE:
            ws.backends.storage.delete(file.key)
            all_of_it.drop_file(file.id)


def _purge(ws: Workspace, report_id: str) -> None:
    """Files first: when it is cut off between, it can be done again."""
    for key in list(ws.backends.storage.list(binding.folder_of(ws.team.id, report_id))):
        ws.backends.storage.delete(key)
    ws.reports.remove(report_id)


def _keep(
    ws: Workspace,
    title: str,
    template: Template,
    dataset_id: str | None,
    visibility: Visibility,
    parts: Sequence[Section],
) -> Report:
    now = datetime.now(UTC)
    report = Report(
        id=uuid4().hex,
        team_id=ws.team.id,
        dataset_id=dataset_id,
        title=labels.name(labels.line(title), "report"),
        template=str(template),
        has_title_page=template is not Template.BRIEF,
        has_contents=template is not Template.BRIEF,
        has_appendix=template is not Template.BRIEF,
        visibility=visibility,
        created_by=ws.user.id,
        created_at=now,
        changed_at=now,
    )
    ws.reports.add(report, parts)
    return report


def _save(ws: Workspace, report_id: str, **changes: object) -> Report:
    report = ws.reports.get(report_id).model_copy(update=changes)
    ws.reports.save(report)
    return report


def _add(ws: Workspace, report_id: str, part: Section) -> Section:
    report = ws.reports.get(report_id)
    if len(ws.reports.sections(report_id)) >= MOST_SECTIONS:
        raise BadInput(f"A report has at most {MOST_SECTIONS} sections.", "Begin another report.")
    ws.reports.put(report_id, part)
    if report.dataset_id is None and part.version_id:
        dataset = ws.rows.dataset(ws.rows.version(part.version_id).dataset_id)
        hidden = Visibility.PRIVATE in (report.visibility, dataset.visibility)
        _save(
            ws,
            report_id,
            dataset_id=dataset.id,
            visibility=Visibility.PRIVATE if hidden else Visibility.TEAM,
        )
    return part


def _of_turn(turn: Turn, only: int | None = None) -> Section:
    kind = GROUPS.get(exploration.group_of(turn), SectionKind.ANSWER)
    if only is not None and turn.answer:
        kind = SectionKind.TABLE if turn.answer.outputs[only].kind == "table" else SectionKind.CHART
    kept = turn.model_copy(update={"attempts": (), "exchanges": ()})
    return Section(id=uuid4().hex, kind=kind, version_id=turn.version_id, turn=kept, only=only)


def _words(title: str, text: str) -> Section:
    return Section(id=uuid4().hex, kind=SectionKind.TEXT, title=title, text=text)


def _of_tile(tile: Tile) -> Section:
    """What a tile shows. Under filters it comes without its code, which alone would give something else."""
    kept = tile.kept
    if kept is None:
        return _words(tile.name, tile.text.replace("# ", ""))
    is_free = not any(each.is_set for each in tile.filters)
    kind = PlanKind.ANALYSIS if kept.analysis else PlanKind.ANALYSE
    plan = Plan(kind=kind, intent=kept.analysis if is_free else {}, reading="" if is_free else _filtered(tile))
    turn = Turn(
        id=uuid4().hex,
        conversation_id="",
        version_id=tile.version_id,
        question=kept.question or tile.name,
        status=TurnStatus.ANSWERED,
        analyst=kept.analyst,
        plan=plan,
        answer=Answer(
            text=kept.text,
            outputs=kept.outputs,
            code=kept.code if is_free else "",
            caveats=kept.caveats if is_free else (*kept.caveats, _filtered(tile)),
        ),
        created_by=tile.created_by,
        created_at=tile.made_at or tile.created_at,
    )
    alone = kept.outputs[0].kind if kept.only is not None and kept.outputs else ""
    shown = {"figure": SectionKind.CHART, "table": SectionKind.TABLE}.get(alone, SectionKind.ANSWER)
    return Section(id=uuid4().hex, kind=shown, title=tile.name, version_id=tile.version_id, turn=turn)


def _filtered(tile: Tile) -> str:
    names = ", ".join(f"“{each.column[:60]}”" for each in tile.filters if each.is_set)
    return f"Only rows that pass the dashboard's filters of {names}."


def _about(kind: SectionKind, version_id: str) -> Section:
    return Section(id=uuid4().hex, kind=kind, version_id=version_id)


def _section(ws: Workspace, report_id: str, section_id: str) -> Section:
    found: Iterable[Section] = sections(ws, report_id)
    for part in found:
        if part.id == section_id:
            return part
    raise NotFound("This section does not exist.", "Somebody may have taken it out. Reload the page.")


def _visibility(ws: Workspace, about: Conversation) -> Visibility:
    private = Visibility.PRIVATE in (about.visibility, ws.rows.dataset(about.dataset_id).visibility)
    return Visibility.PRIVATE if private else Visibility.TEAM


def _checked(text: str) -> str:
    clean = "\n".join(labels.INVISIBLE.sub(" ", line).rstrip() for line in text.strip().splitlines())
    if len(clean) > TEXT_CHARS:
        raise BadInput(
            f"The text has {len(clean):,} characters; at most {TEXT_CHARS:,} are kept.", "Use a shorter one."
        )
    return clean
