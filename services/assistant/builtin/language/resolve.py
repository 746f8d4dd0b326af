"""From a mark of the sketch to one column, by the part it plays; ties are asked back, never guessed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from services.assistant.builtin.intent import Scalar
from services.assistant.builtin.language.columns import FULL, Candidate, is_measure
from services.assistant.builtin.language.question import ColumnMention, Draft, Unreadable
from services.assistant.builtin.language.words import literally
from services.domain import ColumnProfile, Kind, Semantic

_LABELS: Final = ("name", "title", "label")
Role = Callable[[ColumnProfile], bool]


def column(draft: Draft, mark: str, role: Role | None = None) -> ColumnProfile:
    """The column a mark such as "C0" stands for. `role` says which candidates fit; without any, all do.

    Raises: Unreadable, when several columns fit equally well.
    """
    mention = draft.mentions[int(mark[1:])]
    fitting = [one for one in mention.candidates if role is None or role(one.column)] or list(mention.candidates)
    alone = len(fitting) == 1 or fitting[0].score >= FULL > fitting[1].score
    leader = fitting[0] if alone else _by_context(draft, fitting)
    if leader is None:
        raise _ask(draft, mention, fitting)
    note = f"“{mention.text}” is read as “{leader.column.name}”."
    if leader.mended and note not in draft.assumed:
        draft.assumed.append(note)
    return leader.column


def _by_context(draft: Draft, fitting: Sequence[Candidate]) -> Candidate | None:
    """The only best candidate, or the one whose other words also stand in the question."""
    if fitting[0].score > fitting[1].score + 0.03:
        return fitting[0]
    said = set(re.findall(r"[a-z]+", draft.question.casefold()))
    said |= {word[:-1] for word in said if word.endswith("s")}
    shared = {one.column.name: sum(word in said for word in draft.columns.words[one.column.name]) for one in fitting}
    most = max(shared.values())
    leaders = [one for one in fitting if shared[one.column.name] == most]
    return leaders[0] if len(leaders) == 1 else None


def _ask(draft: Draft, mention: ColumnMention, fitting: Sequence[Candidate]) -> Unreadable:
    names = [one.column.name for one in fitting]
    listed = ", ".join(f"“{name}”" for name in names)
    readings = [
        re.sub(rf"\b{re.escape(mention.text)}\b", literally(f'"{name}"'), draft.question, count=1) for name in names
    ]
    return Unreadable(f"“{mention.text}” could mean {listed}. Which one do you mean?", readings)


def names_numbers(draft: Draft, mark: str) -> bool:
    """Whether the mark's best candidate is a number column."""
    return any(is_measure(one.column) for one in draft.mentions[int(mark[1:])].candidates[:2])


def is_unique(draft: Draft, profile: ColumnProfile) -> bool:
    """Whether nearly every row has its own value."""
    rows = draft.columns.profile.rows
    return rows > 0 and profile.distinct + profile.missing >= rows * 0.98 and profile.distinct > 1


def label_column(draft: Draft, noun: str = "") -> ColumnProfile | None:
    """The column that names what a row is: "name", "title", "product name"; best one that holds the noun."""
    noun = noun or next((one.noun for one in draft.entities), "")
    texts = [one for one in draft.columns.profile.columns if one.kind is Kind.TEXT]
    named = [one for one in texts if any(word in _LABELS for word in draft.columns.words[one.name])]
    if noun:
        fits = [one for one in named if noun in draft.columns.words[one.name]]
        named = fits or [one for one in named if draft.columns.words[one.name] in (("name",), ("title",))] or named
    exact = [one for one in named if draft.columns.words[one.name] == ("name",)]
    if exact:
        return exact[0]
    return max(named, key=lambda one: one.distinct, default=None)


def naming_column(draft: Draft) -> ColumnProfile | None:
    """The label, where it names the row: it is unique, called just "name", or holds the noun of the question."""
    label = label_column(draft)
    if label is None:
        return None
    words = draft.columns.words[label.name]
    nouns = {one.noun for one in draft.entities} | draft.title
    return label if is_unique(draft, label) or words in (("name",), ("title",)) or nouns & set(words) else None


def yes_and_no(profile: ColumnProfile) -> tuple[Scalar, Scalar] | None:
    """How a yes-or-no column writes yes and no; None for any other column."""
    if profile.kind is Kind.BOOLEAN:
        return True, False
    if profile.kind is not Kind.TEXT or profile.distinct != 2 or len(profile.top) != 2:
        return None
    values = {count.value.strip().casefold(): count.value for count in profile.top}
    pairs = (("yes", "no"), ("y", "n"), ("true", "false"), ("t", "f"))
    return next(((values[yes], values[no]) for yes, no in pairs if yes in values and no in values), None)


def is_key_like(profile: ColumnProfile) -> bool:
    return not is_measure(profile)


def is_identifier(profile: ColumnProfile) -> bool:
    return profile.semantic is Semantic.ID


def profiles_of(draft: Draft, names: Sequence[str]) -> list[ColumnProfile]:
    """The profiles of these columns, in the same order."""
    return [one for name in names if (one := draft.columns.profile.column(name))]
