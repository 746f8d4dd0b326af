"""Which cells a question names: from the profile where it holds every value, else from the table, each search once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from services.domain import ColumnProfile, Kind, Profile
from services.protocols import ValueHit

CUT_CHARS = 200
"""The profile cuts values at this length, so a value this long may be incomplete."""

Search = Callable[[Sequence[str], Sequence[str]], Sequence[ValueHit]]
"""Columns and phrases in, hits out."""


class CellValues:
    """A `ValueFinder` for one question: analysts ask for the same phrases again and again."""

    def __init__(self, profile: Profile, search: Search) -> None:
        texts = [column for column in profile.columns if column.kind is Kind.TEXT]
        self._known = [column for column in texts if _is_complete(column)]
        self._unknown = [column.name for column in texts if not _is_complete(column)]
        self._search = search
        self._found: dict[frozenset[str], list[ValueHit]] = {}

    def __call__(self, phrases: Sequence[str], /) -> Sequence[ValueHit]:
        wanted = frozenset(phrase.lower() for phrase in phrases if phrase)
        if wanted not in self._found:
            self._found[wanted] = self._look_up(wanted)
        return self._found[wanted]

    def _look_up(self, wanted: frozenset[str]) -> list[ValueHit]:
        hits = [
            ValueHit(column=column.name, value=count.value)
            for column in self._known
            for count in column.top
            if count.value.lower() in wanted
        ]
        return [*hits, *(self._search(self._unknown, sorted(wanted)) if self._unknown and wanted else ())]


def _is_complete(column: ColumnProfile) -> bool:
    return len(column.top) >= column.distinct and all(len(count.value) < CUT_CHARS for count in column.top)
