"""The table a request is about, and how the words of the request are tied to its columns."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from services.assistant.builtin.language.columns import FULL, Candidate, Columns
from services.assistant.builtin.language.question import Unreadable
from services.assistant.builtin.language.words import literally, split_name
from services.assistant.builtin.requests.clauses import unquoted
from services.code.steps import StepBase
from services.domain import ColumnProfile, Kind, Profile, Semantic
from services.protocols import OtherTable, ValueFinder

Role = Callable[[ColumnProfile], bool]
_LEAD: Final = re.compile(
    r"^(?:(?:all|any|each|every|both|either|of|the|my|this|that|these|those|its|their|in|from|for|on|at|across|values?|cells?|entries|data|columns?|fields?|variables?|called|named)\s+)+",
    re.IGNORECASE,
)
_TAIL: Final = re.compile(r"\s+(?:columns?|fields?|variables?|values?|cells?|entries|features?)$", re.IGNORECASE)
_EVERYTHING: Final = re.compile(
    r"(?:everything|everywhere|all|all of them|(?:in |across )?(?:all|every|each|the) ?(?:the )?(?:columns?|fields?|table|data|dataset|data ?set|cells?|values?)|(?:the )?(?:whole|entire) (?:table|data|dataset))?",
    re.IGNORECASE,
)
_KINDS: Final = re.compile(
    r"(?:in |of |for )?(?:all |every |each |the |any )*(?P<kind>text|string|character|number|numeric|numerical|decimal|float|integer|date|time|datetime|boolean|yes/no|categorical|category)s?(?: |-)?(?:typed? )?(?:columns?|fields?|variables?|values?|features?)?",
    re.IGNORECASE,
)
_BLANK: Final = ColumnProfile(name="", kind=Kind.OTHER, semantic=Semantic.TEXT, missing=0, distinct=1)


def is_text(column: ColumnProfile) -> bool:
    return column.kind is Kind.TEXT


def is_number(column: ColumnProfile) -> bool:
    return column.kind.is_number


def is_date(column: ColumnProfile) -> bool:
    return column.kind.is_date


def is_decimal(column: ColumnProfile) -> bool:
    return column.kind is Kind.DECIMAL


@dataclass
class Subject:
    """The open table, the request about it, and what was taken for granted on the way."""

    question: str
    columns: Columns
    find_values: ValueFinder
    others: Callable[[], Sequence[OtherTable]]
    assumed: list[str] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        return [one.name for one in self.columns.profile.columns]

    def pick(self, role: Role) -> list[str]:
        """The names of the columns of this role."""
        return [one.name for one in self.columns.profile.columns if role(one)]

    def profile(self, name: str) -> ColumnProfile:
        found = self.columns.profile.column(name)
        assert found is not None
        return found

    def one(self, phrase: str, role: Role | None = None) -> ColumnProfile:
        """The column a phrase means. Raises: Unreadable, when it means none, or several."""
        found = self._named(phrase) or self._meant(phrase, role)
        if found is None:
            raise self._unknown(phrase)
        return found

    def maybe(self, phrase: str, role: Role | None = None) -> ColumnProfile | None:
        """The column a phrase means; None when it means none, or several."""
        try:
            return self.one(phrase, role)
        except Unreadable:
            return None

    def many(self, phrase: str, role: Role | None = None) -> tuple[str, ...]:
        """The columns a phrase means: one, a list, all of a kind, or, where it says none, all of the role.

        Raises: Unreadable, when it means none.
        """
        bare = phrase.strip()
        if _EVERYTHING.fullmatch(bare):
            return self._some(self.pick(role or (lambda _: True)), bare)
        if (whole := self._named(bare)) is not None:
            return (whole.name,)
        if (match := _KINDS.fullmatch(bare)) and self.maybe(bare) is None:
            return self._some(self.pick(_role_of(match["kind"])), bare)
        if (single := self.maybe(bare, role)) is not None:
            return (single.name,)
        parts = [part for part in re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+|\s*&\s*", bare) if part]
        if len(parts) > 1:
            return tuple(dict.fromkeys(self.one(part, role).name for part in parts))
        return (self.one(bare, role).name,)

    def values(self, text: str, names: Sequence[str] = ()) -> dict[str, str]:
        """The columns that hold this value, each with the value as it is stored."""
        hits = self.find_values([text])
        return {hit.column: hit.value for hit in hits if not names or hit.column in names}

    def after(self, step: StepBase) -> Subject:
        """The same about the table that the step makes, as far as that is known without running it.

        Raises: BadInput, when the step does not fit the table.
        """
        there = step.check(self.names)
        if there is None:
            return self
        old = {new: self.profile(name) for name, new in step.renames().items()}
        known = {one.name: one for one in self.columns.profile.columns}
        found = [old.get(name) or known.get(name) or _BLANK for name in there]
        columns = tuple(
            one.model_copy(update={"name": name, "kind": Kind(step.kinds().get(name, one.kind.value))})
            for name, one in zip(there, found, strict=True)
        )
        profile: Profile = self.columns.profile.model_copy(update={"columns": columns})
        return Subject(self.question, Columns.of(profile), self.find_values, self.others, self.assumed)

    def _some(self, names: Sequence[str], phrase: str) -> tuple[str, ...]:
        if not names:
            raise Unreadable(f"This table has no such columns{f' (“{phrase}”)' if phrase else ''}.")
        return tuple(names)

    def _named(self, phrase: str) -> ColumnProfile | None:
        """The column of exactly this name, with or without quotes, whatever its case."""
        bare = unquoted(phrase) or phrase.strip()
        low = bare.casefold()
        same = [one for one in self.columns.profile.columns if one.name == bare]
        same = same or [one for one in self.columns.profile.columns if one.name.casefold() == low]
        return same[0] if same else None

    def _meant(self, phrase: str, role: Role | None) -> ColumnProfile | None:
        bare = _TAIL.sub("", _LEAD.sub("", f"{phrase.strip()} ").strip())
        if (named := self._named(bare)) is not None:
            return named
        lemmas = split_name(unquoted(bare) or bare)
        found = self.columns.candidates(lemmas) if lemmas else ()
        fitting = [one for one in found if role is None or role(one.column)] or list(found)
        if len(fitting) > 1 and not (fitting[0].score >= FULL > fitting[1].score):
            raise self._several(bare, fitting)
        if not fitting:
            return None
        if fitting[0].mended:
            self.assumed.append(f"“{bare}” is read as “{fitting[0].column.name}”.")
        return fitting[0].column

    def _several(self, phrase: str, fitting: Sequence[Candidate]) -> Unreadable:
        names = [one.column.name for one in fitting]
        listed = ", ".join(f"“{name}”" for name in names)
        pattern = rf"\b{re.escape(phrase)}\b"
        readings = [re.sub(pattern, literally(f'"{name}"'), self.question, count=1) for name in names]
        return Unreadable(f"“{phrase}” could mean {listed}. Which one do you mean?", readings)

    def _unknown(self, phrase: str) -> Unreadable:
        bare = unquoted(phrase) or _LEAD.sub("", f"{phrase.strip()} ").strip() or phrase.strip()
        return Unreadable(f"I cannot tie “{bare}” to a column of this table.", missing=bare)


def _role_of(kind: str) -> Role:
    low = kind.casefold()
    if low in ("text", "string", "character", "categorical", "category"):
        return is_text
    if low in ("date", "time", "datetime"):
        return is_date
    if low in ("boolean", "yes/no"):
        return lambda column: column.kind is Kind.BOOLEAN
    if low in ("decimal", "float"):
        return is_decimal
    return (lambda column: column.kind is Kind.INTEGER) if low == "integer" else is_number
