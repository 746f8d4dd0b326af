"""What is known of a table, for people and for a model: the same facts, but no cell value for the model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services import datasets, joins, privacy, suggestions
from services.assistant import builtin, questions
from services.domain import Correlation, Profile
from services.errors import AppError
from services.profile_words import quoted
from services.progress import QUIET
from services.protocols import Progress
from services.workspace import Workspace

MOST: Final = 6
"""Facts of one kind."""
MOST_QUESTIONS: Final = 10
MOST_TABLES: Final = 5
"""Other datasets that are looked at for a merge."""
STRONG: Final = 0.3
"""From here on a relation is called one (Cohen 1988: medium)."""


class Topic(StrEnum):
    """Which side of a table is explained."""

    SUMMARY = "summary"
    RELATIONS = "relations"
    CLEANING = "cleaning"
    PERSONAL = "personal"
    MERGE = "merge"
    NEXT = "next"
    STUDY = "study"


TITLES: Final = {
    Topic.SUMMARY: "What is in this table?",
    Topic.RELATIONS: "Which relations matter here?",
    Topic.CLEANING: "Why should this be cleaned?",
    Topic.PERSONAL: "What about personal data here?",
    Topic.MERGE: "What can this table be merged with?",
    Topic.NEXT: "What should I look at next?",
    Topic.STUDY: "A study",
}
WISHES: Final = {
    Topic.SUMMARY: "Say what the rows of the table are and what it can be used for, and interpret the facts.",
    Topic.RELATIONS: "Name the key relations between columns, the time patterns to expect, and what may be behind.",
    Topic.CLEANING: "Justify the cleaning steps from what the table is for: which matter, which may do harm.",
    Topic.PERSONAL: "Give a second opinion on which columns hold personal data, and how each should be masked.",
    Topic.MERGE: "Propose how to merge the tables: keys, kind of join, what could go wrong.",
    Topic.NEXT: "Guide the next exploration: which questions tell most, and why.",
    Topic.STUDY: "Draft a study of this goal, as up to ten questions to ask of the table, in order, each of which one "
    "table or chart answers; in the text say which methods and which further data it needs. The goal: {goal}",
}


@dataclass(frozen=True)
class Facts:
    """Sentences for a person, sentences for a model, and questions to ask next."""

    lines: tuple[str, ...]
    told: tuple[str, ...]
    questions: tuple[str, ...] = ()


Maker = Callable[[Workspace, str, Profile, str, Progress], Facts]


def facts(ws: Workspace, version_id: str, topic: Topic, goal: str, progress: Progress = QUIET) -> Facts:
    """What is known of this side of the version. Raises: NotFound; Stopped."""
    return _MAKERS[topic](ws, version_id, ws.rows.profile(version_id), goal, progress)


def _summary(ws: Workspace, version_id: str, profile: Profile, goal: str, progress: Progress) -> Facts:  # noqa: ARG001
    trouble = [alert.text for alert in profile.alerts[:MOST]]
    lines = profile.summary or (f"{profile.rows:,} rows and {len(profile.columns):,} columns.",)
    return Facts((*lines, *trouble), tuple(trouble), tuple(builtin.starters(profile)))


def _relations(ws: Workspace, version_id: str, profile: Profile, goal: str, progress: Progress) -> Facts:  # noqa: ARG001
    found = tuple(_related(each) for each in profile.correlations if abs(each.value) >= STRONG)[:MOST]
    nested = tuple(f"Each {quoted(low)} belongs to one {quoted(high)}." for high, low, *_ in profile.hierarchies)[:MOST]
    lines = (*found, *nested, *_times(profile)) or ("No strong relation between columns is known yet.",)
    return Facts(lines, lines, tuple(questions.of_relations(profile)))


def _cleaning(ws: Workspace, version_id: str, profile: Profile, goal: str, progress: Progress) -> Facts:  # noqa: ARG001
    found = suggestions.find(ws, version_id, progress)[:MOST]
    lines = tuple(f"{each.title}: {each.reason}" for each in found) or ("Nothing was found that should be mended.",)
    told = tuple(f"{each.kind} in {', '.join(quoted(name) for name in each.columns)}" for each in found)
    return Facts(lines, (*told, *(alert.text for alert in profile.alerts[:MOST])))


def _personal(ws: Workspace, version_id: str, profile: Profile, goal: str, progress: Progress) -> Facts:  # noqa: ARG001
    progress.stage("Looking for personal data")
    found = privacy.findings(ws, version_id)
    lines = tuple(
        f"{quoted(each.column)} {'mentions' if each.in_text else 'holds'} {each.kind.value.replace('_', ' ')} in "
        f"{each.share:.0%} of the values looked at ({each.confidence:.0%} sure)."
        for each in found
    ) or ("No personal data was found. Columns of free text may hold some all the same: look at them.",)
    return Facts(lines, lines)


def _merge(ws: Workspace, version_id: str, profile: Profile, goal: str, progress: Progress) -> Facts:  # noqa: ARG001
    mine = ws.rows.version(version_id).dataset_id
    others = [each for each in datasets.list_all(ws) if each.id != mine][:MOST_TABLES]
    lines: list[str] = []
    for other in others:
        progress.stage("Looking for keys")
        try:
            found = joins.keys(ws, version_id, other.head_id)[:1]
        except AppError:
            continue
        for key in found:
            once = "finds at most one row" if key.is_unique else "may find several rows: it would multiply them"
            share = key.matched / max(1, key.rows)
            by = f"{quoted(key.left)} = {quoted(key.right)}"
            lines.append(f"With {quoted(other.name)} by {by}: {share:.0%} of the rows match; a join {once}.")
    told = tuple(lines) or ("No other dataset here shares a key with this one.",)
    return Facts(told, told)


def _next(ws: Workspace, version_id: str, profile: Profile, goal: str, progress: Progress) -> Facts:  # noqa: ARG001
    asked = tuple(dict.fromkeys((*builtin.starters(profile), *questions.of_relations(profile))))
    told = tuple(_related(each) for each in profile.correlations[:MOST])
    lines = ("These questions tell most about the table:", *(f"• {each}" for each in asked))
    return Facts(lines, told, asked)


def _study(ws: Workspace, version_id: str, profile: Profile, goal: str, progress: Progress) -> Facts:  # noqa: ARG001
    asked = tuple(questions.of_goal(goal, profile))[:MOST_QUESTIONS]
    lines = (
        f"{len(asked):,} questions go from the whole to its parts. Change, add or remove any before the study is run.",
        "It compares groups and periods; what goes together is no proof of a cause.",
    )
    return Facts(lines, (), asked)


def _related(found: Correlation) -> str:
    return f"{quoted(found.left)} and {quoted(found.right)} go together: {found.measure} {found.value:.2f}."


def _times(profile: Profile) -> Iterator[str]:
    for column in profile.columns:
        if column.coverage and column.coverage.periods > 1:
            cover = column.coverage
            yield f"{quoted(column.name)} has rows in {cover.filled:,} of {cover.periods:,} {cover.grain}s."


_MAKERS: Final[dict[Topic, Maker]] = {
    Topic.SUMMARY: _summary,
    Topic.RELATIONS: _relations,
    Topic.CLEANING: _cleaning,
    Topic.PERSONAL: _personal,
    Topic.MERGE: _merge,
    Topic.NEXT: _next,
    Topic.STUDY: _study,
}
