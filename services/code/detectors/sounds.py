"""Values that sound alike or have the same letters: one name in two spellings, perhaps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Final

from rapidfuzz.distance import OSA

from services.code.detectors.idea import Column, Idea, Table, number_of, quoted, replaced
from services.code.detectors.spelling import fingerprint
from services.code.steps.values import ReplaceValues

MOST_VALUES: Final = 2_000
SHORTEST: Final = 4
"""Letters; shorter words sound alike by chance."""
ALIKE: Final = 0.5
"""Share of the letters that two values of one sound have in common."""
RARER: Final = 3
"""The other spelling is at least so many times rarer: Niger and Nigeria sound alike, too."""
MOST_ALIKE: Final = 4
"""Values of one key; more are a family of names, not one name."""


def find(table: Table) -> tuple[list[Idea], Table]:
    ideas: list[Idea] = []
    for column in table.columns:
        is_category = column.kind == "text" and 1 < len(column.counts) <= min(MOST_VALUES, 0.5 * column.filled)
        if is_category and (new := pairs(column)):
            ideas.append(_idea(column, new))
    return ideas, table


def pairs(column: Column) -> dict[str, str]:
    """The rarer value with the usual one, for values of the same sound, or of the same pairs of letters."""
    new: dict[str, str] = {}
    for key in (sound, letters):
        for main, other in _same(column, key):
            if other not in new and main not in new and fingerprint(main) != fingerprint(other):
                new[other] = main
    return new


def sound(text: str) -> str:
    """How the words sound in English (Metaphone); "" where letters do not tell, as in codes."""
    import jellyfish

    words = fingerprint(text).split()
    if any(not word.isalpha() or not word.isascii() for word in words) or sum(map(len, words)) < SHORTEST:
        return ""
    return " ".join(jellyfish.metaphone(word) for word in words)


def letters(text: str) -> str:
    """The pairs of letters that follow each other, each once, in order: spaces, order and doubles do not count."""
    plain = "".join(fingerprint(text).split())
    if len(plain) < SHORTEST + 2 or any(c.isdigit() for c in plain):
        return ""
    return "".join(sorted({plain[place : place + 2] for place in range(len(plain) - 1)}))


def _same(column: Column, key: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for text, _ in column.counts.most_common():
        if found := key(text):
            groups[found].append(text)
    for main, *others in groups.values():
        if len(others) < MOST_ALIKE:
            rare = (other for other in others if RARER * column.counts[other] <= column.counts[main])
            yield from ((main, other) for other in rare if _is_near(main, other))


def _is_near(main: str, other: str) -> bool:
    return OSA.normalized_similarity(main.casefold(), other.casefold()) >= ALIKE


def _idea(column: Column, new: dict[str, str]) -> Idea:
    cells, examples = replaced(column, dict(new))
    return Idea(
        kind="cluster",
        columns=(column.name,),
        title=f"Decide whether {number_of(len(new), 'value')} of {quoted(column.name)} name the same as another",
        reason="They sound alike (Metaphone) or have the same pairs of letters; both may be right.",
        confidence=0.3,
        options=(("Write them like the more frequent one", ReplaceValues(columns=(column.name,), values=dict(new))),),
        effect="look",
        cells=tuple(cells),
        examples=examples,
        rows=len(cells),
    )
