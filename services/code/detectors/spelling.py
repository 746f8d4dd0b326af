"""Values that are slips of the pen of others, or the same in another way of writing."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from rapidfuzz.distance import OSA

from services.code.detectors.idea import Column, Idea, Table, number_of, quoted, replaced
from services.code.steps.values import ReplaceValues

MOST_VALUES: Final = 5_000
RARER: Final = 5
"""A slip is at least so many times rarer than what was meant."""
SHORTEST: Final = 3
WORD: Final = 5
"""Letters of a word that can have a slip."""
MANY: Final = 20
"""A word with a slip is at least so many times rarer than the word that was meant."""
SHARE: Final = 0.2
"""Characters that may differ, of all."""
CONVENTION: Final = 0.03
"""A way of writing that is used so often beside the main one is a habit, not a slip."""
_SEPARATORS: Final = re.compile(r"[\s\-_.,'’/&()]+")


def find(table: Table) -> tuple[list[Idea], Table]:
    """Slips, then other ways of writing, column by column."""
    ideas: list[Idea] = []
    for column in table.columns:
        if column.kind != "text" or not 1 < len(column.counts) <= MOST_VALUES:
            continue
        if not _is_category(column):
            new = word_slips(column.counts)
            ideas += [_idea(column, new, "spelling")] if new else []
            table = table.with_column(column.changed(new))
            continue
        new = dict(slips(column.counts))
        new |= {wrong: right for wrong, right in word_slips(column.counts).items() if wrong not in new}
        if new:
            ideas.append(_idea(column, new, "spelling"))
            column = column.changed(new)
            table = table.with_column(column)
        sure, habits = _ways(column.counts)
        if sure:
            ideas.append(_idea(column, sure, "cluster"))
            table = table.with_column(column.changed(sure))
        if habits:
            ideas.append(_idea(column, habits, "cluster", 0.45))
    return ideas, table


def _is_category(column: Column) -> bool:
    """Whether most values occur more than once."""
    return len(column.counts) <= 0.5 * column.filled


def _idea(column: Column, new: Mapping[str, str], kind: str, confidence: float = 0.8) -> Idea:
    cells, examples = replaced(column, new)
    what = "that look like slips of the pen" if kind == "spelling" else "that are written in another way"
    return Idea(
        kind=kind,
        columns=(column.name,),
        title=f"Write {number_of(len(cells), 'cell')} of {quoted(column.name)} {what} like the usual value",
        reason="Each of these values is rare and a few letters away from a frequent one."
        if kind == "spelling"
        else "The values differ in case, accents, punctuation or the order of words only.",
        confidence=confidence,
        step=ReplaceValues(columns=(column.name,), values=dict(new)),
        cells=tuple(cells),
        examples=examples,
        rows=len(cells),
    )


def slips(counts: Counter[str]) -> Iterator[tuple[str, str]]:
    """Rare values with the frequent value that was meant."""
    frequent = [(text, rows) for text, rows in counts.most_common() if rows >= RARER]
    words = _words(counts)
    for wrong, few in counts.items():
        near = [
            (_distance(wrong, right), -rows, right)
            for right, rows in frequent
            if rows >= RARER * few and right != wrong and abs(len(right) - len(wrong)) <= _most(right)
        ]
        near = [each for each in near if each[0] <= _most(each[2])]
        if not near:
            continue
        near.sort()
        is_clear = len(near) == 1 or near[1][0] > near[0][0]
        if is_clear and _is_slip(wrong, near[0][2], words):
            yield wrong, near[0][2]


def _words(counts: Mapping[str, int]) -> Counter[str]:
    """In how many rows each word stands."""
    words: Counter[str] = Counter()
    for text, rows in counts.items():
        for word in set(text.casefold().split()):
            words[word] += rows
    return words


def word_slips(counts: Counter[str]) -> dict[str, str]:
    """Values with the slips in their words mended, in columns that use few words again and again."""
    words = _words(counts)
    letters = {word: rows for word, rows in words.items() if word.isalpha() and len(word) >= WORD}
    usual = {word: rows for word, rows in letters.items() if rows >= MANY}
    if not usual or len(usual) > 100 or sum(usual.values()) < 0.9 * sum(letters.values()):
        return {}
    meant = {}
    for word, rows in letters.items():
        near = [
            right for right, many in usual.items() if MANY * rows <= many and 0 < _distance(word, right) <= _most(right)
        ]
        if len(near) == 1:
            meant[word] = near[0]
    return {
        text: mended
        for text in counts
        if (mended := " ".join(meant.get(word.casefold(), word) for word in text.split(" "))) != text
    }


def _distance(wrong: str, right: str) -> int:
    return int(OSA.distance(wrong.casefold(), right.casefold(), score_cutoff=_most(right)))


def _most(right: str) -> int:
    """Letters that a slip may have."""
    return 0 if len(right) < SHORTEST else max(1, int(SHARE * len(right)))


def _is_slip(wrong: str, right: str, words: Mapping[str, int]) -> bool:
    """Not another name: what differs are letters, and no word of its own."""
    if [c for c in wrong if c.isdigit()] != [c for c in right if c.isdigit()]:
        return False
    here, there = wrong.casefold().split(), right.casefold().split()
    own, meant = [word for word in here if word not in there], [word for word in there if word not in here]
    if not own or not meant:
        return False
    usual = min(words[word] for word in meant)
    return all(RARER * words[word] <= usual or len(word) == 1 for word in own)


def fingerprint(text: str) -> str:
    """The words without case, accents, punctuation and order."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(sorted(set(_SEPARATORS.split(plain)) - {""})) or plain


def _ways(counts: Counter[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Rarer ways of writing with the usual one: those that are slips, and those that are habits."""
    groups: dict[str, list[str]] = defaultdict(list)
    for text, _ in counts.most_common():
        groups[fingerprint(text)].append(text)
    sure: dict[str, str] = {}
    habits: dict[str, str] = {}
    for main, *others in groups.values():
        for other in others:
            if not any(c.isalpha() for c in other):
                continue
            is_habit = counts[other] > max(1, CONVENTION * counts[main])
            (habits if is_habit else sure)[other] = main
    return sure, habits
