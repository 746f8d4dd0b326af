"""Which columns of this table a word or a phrase may mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from services.assistant.builtin.language.lexicon import AVERAGED, STOP_WORDS, SYNONYMS
from services.assistant.builtin.language.words import split_name
from services.domain import ColumnProfile, Kind, Profile, Semantic

FULL: Final = 0.9
"""From this score on, the phrase names the whole column."""
CLOSE: Final = 0.06
"""Scores this near to the best one are ties."""
_TYPO: Final = 0.84
_WEAK_WORDS: Final = frozenset({"id", "code", "number", "no", "num", "value", "total", "of", "the", "in", "per", "and"})
_NUMBERED: Final = frozenset({"id", "code", "number", "no", "key"})
_CODES: Final = frozenset({"id", "code", "zip", "zipcode", "postcode", "phone"})
_NOT_ADDED: Final = frozenset(
    {"first", "last", "rank", "ranking", "cat", "category", "class", "grade", "stage", "position", "order", "round"}
    | {"year", "month", "day", "date", "no", "elected", "born", "founded", "built", "season", "close", "open", "high"}
    | {"low", "max", "min", "cylinder", "level"}
)
"""Words of columns whose numbers say which or when, or are states, and add up to nothing."""
_UNIT_WORDS: Final = frozenset({"usd", "eur", "dollar", "cm", "kg", "km", "m", "lb", "pct", "percent", "mile"})


@dataclass(frozen=True)
class Candidate:
    """A column a phrase may mean; `score` is between 0 and 1."""

    column: ColumnProfile
    score: float
    mended: bool = False
    """A word of the phrase was taken for a misspelling."""


@dataclass(frozen=True)
class Columns:
    """The columns of a table, by their words."""

    profile: Profile
    words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    near: dict[str, frozenset[str]] = field(default_factory=dict)
    """Word of a question → columns with a word like it; filled as words come up."""

    @classmethod
    def of(cls, profile: Profile) -> Columns:
        return cls(profile, {column.name: split_name(column.name) for column in profile.columns})

    @cached_property
    def vocabulary(self) -> dict[str, frozenset[str]]:
        """Word of a column name → the columns that hold it."""
        found: dict[str, set[str]] = {}
        for name, words in self.words.items():
            for word in words:
                found.setdefault(word, set()).add(name)
        return {word: frozenset(names) for word, names in found.items()}

    @cached_property
    def joined(self) -> dict[str, frozenset[str]]:
        """The words of a name run together → the columns so called."""
        found: dict[str, set[str]] = {}
        for name, words in self.words.items():
            found.setdefault("".join(words), set()).add(name)
        return {word: frozenset(names) for word, names in found.items()}

    @cached_property
    def values(self) -> dict[str, dict[tuple[str, str], str]]:
        """First letter → (column, frequent value as stored) → the value in lower case; text columns only."""
        found: dict[str, dict[tuple[str, str], str]] = {}
        for column in self.profile.columns:
            for count in column.top if column.kind is Kind.TEXT else ():
                low = count.value.casefold()
                found.setdefault(low[:1], {})[(column.name, count.value)] = low
        return found

    def _touched(self, lemma: str) -> frozenset[str]:
        """The columns with a word like this one."""
        if lemma not in self.near:
            found = (names for word, names in self.vocabulary.items() if likeness(lemma, word) > 0)
            self.near[lemma] = frozenset().union(*found)
        return self.near[lemma]

    def _possible(self, lemmas: Sequence[str]) -> frozenset[str]:
        """The columns worth scoring for a phrase."""
        said = "".join(lemmas)
        ends = range(max(1, int(0.6 * len(said))), len(said) + 1)
        whole = frozenset().union(*(self.joined.get(said[:end], frozenset()) for end in ends))
        shared = frozenset.intersection(*(self._touched(lemma) for lemma in lemmas)) if lemmas else frozenset()
        return whole | shared

    def candidates(self, lemmas: Sequence[str]) -> tuple[Candidate, ...]:
        """The columns the phrase may mean, best first; only those about as good as the best."""
        possible = self._possible(lemmas)
        scored = [self._candidate(one, tuple(lemmas)) for one in self.profile.columns if one.name in possible]
        found = sorted((one for one in scored if one.score > 0), key=lambda one: -one.score)
        if found and (named := self._named(found[0].column, lemmas)):
            found = [
                Candidate(named, min(1.0, found[0].score + CLOSE - 0.01)),
                *(one for one in found if one.column is not named),
            ]
        return tuple(one for one in found if one.score >= found[0].score - CLOSE)

    def _named(self, coded: ColumnProfile, lemmas: Sequence[str]) -> ColumnProfile | None:
        """`station_name` for `station_id`, where both tell as many things apart and no number was asked for."""
        said = self.words[coded.name]
        if len(said) < 2 or said[-1] not in _NUMBERED or _NUMBERED & set(lemmas):
            return None
        if coded.distinct >= 0.98 * self.profile.rows:
            return None
        names = ((*said[:-1], "name"), (*said[:-1], "title"))
        same = (one for one in self.profile.columns if self.words[one.name] in names)
        return next((one for one in same if abs(one.distinct - coded.distinct) <= 0.1 * one.distinct), None)

    def _candidate(self, column: ColumnProfile, lemmas: tuple[str, ...]) -> Candidate:
        words = self.words[column.name]
        score = self._score(column, lemmas)
        if lemmas == ("id",) and not score and self.numbers_rows(column):
            score = 0.7
        close = [max((likeness(one, word) for word in words), default=0.0) for one in lemmas] if 0 < score < 1 else []
        return Candidate(column, score, _TYPO in close)

    def _score(self, column: ColumnProfile, lemmas: tuple[str, ...]) -> float:
        words = self.words[column.name]
        if not words:
            return 0.0
        said, name = "".join(lemmas), "".join(words)
        if said == name:
            return 1.0
        reaches_last = len(name) > len("".join(lemmas[:-1])) + 2
        if len(lemmas) > 1 and said.startswith(name) and reaches_last and len(name) >= max(6, 0.6 * len(said)):
            return 0.95
        return _overlap(lemmas, words)

    def nearest(self, phrase: str, limit: int = 3) -> tuple[str, ...]:
        """The names of the columns most like the phrase, best first."""
        names = {column.name: " ".join(self.words[column.name]) for column in self.profile.columns}
        found = process.extract(" ".join(split_name(phrase)), names, scorer=fuzz.WRatio, limit=limit, score_cutoff=70)
        return tuple(name for _, _, name in found)

    def speaking_of(self, nouns: Sequence[str], high: bool | None = None) -> ColumnProfile | None:
        """The first number column whose words include one of the nouns, earlier nouns first.

        Where there are a highest and a lowest of it, as in `max_temp` and `min_temp`, `high` says which is meant.
        """
        end = {True: {"max", "maximum", "high", "highest"}, False: {"min", "minimum", "low", "lowest"}}
        for noun in nouns:
            found = [one for one in self.profile.columns if is_measure(one) and noun in self.words[one.name]]
            fitting = [one for one in found if high is not None and end[high] & set(self.words[one.name])]
            if found:
                return (fitting or found)[0]
        return None

    def numbers_rows(self, column: ColumnProfile) -> bool:
        """Whether the column is an identifier or a name with a value of its own in nearly every row."""
        words = self.words[column.name]
        named = column.semantic is Semantic.ID or (bool(words) and "id" in (words[0], words[-1]))
        named = named or (column.kind is Kind.TEXT and len(words) > 1 and words[-1] in ("name", "title"))
        return named and column.distinct > 1 and column.distinct + column.missing >= 0.98 * self.profile.rows

    def dates(self) -> tuple[ColumnProfile, ...]:
        """Columns that say when: real dates first, then integer years."""
        real = tuple(column for column in self.profile.columns if column.kind.is_date)
        return real + tuple(column for column in self.profile.columns if column.semantic is Semantic.YEAR)

    def measures(self) -> tuple[ColumnProfile, ...]:
        """Number columns it makes sense to add or average."""
        return tuple(column for column in self.profile.columns if is_measure(column))

    def dimensions(self) -> tuple[ColumnProfile, ...]:
        """Columns it makes sense to group by, those with few values."""
        return tuple(column for column in self.profile.columns if is_dimension(column))


def _overlap(lemmas: tuple[str, ...], words: tuple[str, ...]) -> float:
    """How well the phrase covers the name: 0 when a word of the phrase is not in it."""
    left = list(words)
    total = 0.0
    for one in lemmas:
        score, word = max(((likeness(one, word), word) for word in left), default=(0.0, ""))
        if score == 0:
            return 0.0
        total += score
        left.remove(word)
    if not left:
        return 0.98 * total / len(words)
    return _partial(lemmas, words, left, total)


def _partial(lemmas: tuple[str, ...], words: tuple[str, ...], left: Sequence[str], total: float) -> float:
    """The score of a phrase that names only some words of the column."""
    weight = sum(_weight(word) for word in words)
    covered = weight - sum(_weight(word) for word in left)
    if all(one in _WEAK_WORDS for one in lemmas):
        return 0.0
    head = 0.08 if words[-1] not in left else 0.0
    return min(0.88, (total / len(lemmas)) * (0.4 + 0.4 * covered / weight + head))


def _weight(word: str) -> float:
    return 0.15 if word in _WEAK_WORDS or word in _UNIT_WORDS else 1.0


@lru_cache(maxsize=50_000)
def likeness(one: str, word: str) -> float:
    """How much a word of the question is like a word of a name: equal, synonym, abbreviation or typo."""
    if one == word:
        return 1.0
    if any(one in group and word in group for group in SYNONYMS):
        return 0.9
    if len(one) > 3 and (_is_form_of(one, word) or (len(word) > 4 and _is_form_of(word, one))):
        return 0.88
    if _is_short_for(word, one):
        return 0.86
    if one in STOP_WORDS or min(len(one), len(word)) < 5 or one[0] != word[0]:
        return 0.0
    return _TYPO if OSA.distance(one, word) <= (1 if len(word) < 8 else 2) else 0.0


def _is_form_of(form: str, verb: str) -> bool:
    return form in (f"{verb}d", f"{verb}ed", f"{verb}ing", f"{verb[:-1]}ing")


def _is_short_for(short: str, word: str) -> bool:
    """ "cust" for "customer", "dept" for "department": starts alike and keeps the order of letters."""
    if not 3 <= len(short) < len(word) or short[0] != word[0] or short in STOP_WORDS:
        return False
    if word.startswith(short):
        return len(word) - len(short) >= (3 if len(short) == 3 else 2)
    letters = iter(word)
    return (
        len(short) <= 5 and not set(short) & set("aeiou") and all(char in letters for char in short) and len(word) >= 6
    )


def is_measure(column: ColumnProfile) -> bool:
    """Whether adding or averaging the column makes sense."""
    return (
        column.kind.is_number
        and column.semantic.coarse not in (Semantic.ID, Semantic.YEAR, Semantic.DATE)
        and not is_coded(column.name)
    )


@lru_cache(maxsize=5_000)
def is_coded(name: str) -> bool:
    """Whether the numbers under this name only tell things apart: "bike_id", "zip code"."""
    words = split_name(name)
    return bool(words) and (words[-1] in _CODES or words[0] == "id")


def is_total(words: Sequence[str]) -> bool:
    """Whether numbers under this name may be added although nobody said so."""
    return not _NOT_ADDED & set(words) and not is_averaged(words)


def is_dimension(column: ColumnProfile) -> bool:
    """Whether grouping by the column gives a readable table."""
    if column.semantic.coarse in (Semantic.ID, Semantic.TEXT) or column.distinct < 2:
        return False
    return column.kind in (Kind.TEXT, Kind.BOOLEAN) or column.semantic.is_group


def is_averaged(words: Sequence[str]) -> bool:
    """Whether numbers under this name are averaged, not added, when nobody says which."""
    return any(word in AVERAGED for word in words) and not (words and words[0] in ("total", "sum"))
