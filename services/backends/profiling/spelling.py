"""Categories that are written in more than one way."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from rapidfuzz.distance import OSA

MOST_VALUES: Final = 2_000
"""Different values that are compared for case and punctuation."""
MOST_COMPARED: Final = 300
"""Different values that are compared letter by letter."""
RARER: Final = 10
"""A slip is at least this many times rarer than what was meant."""
SHORTEST: Final = 4
_SEPARATORS: Final = re.compile(r"(?<!\d)[\s\-_.,'’/]+|[\s\-_.,'’/]+(?!\d)")


def variants(counts: Mapping[str, int]) -> dict[str, str]:
    """Each rarer way of writing with the most frequent one. White space alone makes no variant."""
    if len(counts) > MOST_VALUES:
        return {}
    tidy = _tidied(counts)
    found = dict(_same_letters(tidy))
    if len(tidy) <= MOST_COMPARED:
        found |= {wrong: right for wrong, right in _slips(tidy) if wrong not in found}
    found = {wrong: found.get(right, right) for wrong, right in found.items()}
    return {text: found[line] for text in counts if (line := " ".join(text.split())) in found}


def _tidied(counts: Mapping[str, int]) -> dict[str, int]:
    tidy: dict[str, int] = defaultdict(int)
    for text, rows in counts.items():
        line = " ".join(text.split())
        if any(c.isalpha() for c in line) and len(line) <= 100:
            tidy[line] += rows
    return dict(sorted(tidy.items(), key=lambda each: -each[1]))


def _same_letters(tidy: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for text in tidy:
        groups[_key(text)].append(text)
    for texts in groups.values():
        yield from ((wrong, texts[0]) for wrong in texts[1:])


def _key(text: str) -> str:
    """The text without case, accents and what stands between words; separators between digits stay."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return _SEPARATORS.sub("", plain) or plain


def _slips(tidy: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """Rare values one letter away from a frequent one."""
    for wrong, few in tidy.items():
        if len(wrong) < SHORTEST:
            continue
        for right, many in tidy.items():
            if many < RARER * few:
                break
            if abs(len(right) - len(wrong)) <= 1 and _is_slip(wrong, right):
                yield wrong, right
                break


def _is_slip(wrong: str, right: str) -> bool:
    """One letter away: what differs in digits or in signs between them is another name."""
    if [c for c in wrong if c.isalpha()] == [c for c in right if c.isalpha()]:
        return False
    same_digits = [c for c in wrong if c.isdigit()] == [c for c in right if c.isdigit()]
    return (
        len(right) >= SHORTEST and same_digits and OSA.distance(wrong.casefold(), right.casefold(), score_cutoff=1) == 1
    )
