"""Receipts: every number of the text is found in what the run gave, or it is taken out of the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np

from services.assistant.checks import shown
from services.assistant.checks.case import Case
from services.assistant.checks.said import Reading, Said, numbers
from services.assistant.checks.shown import Numbers
from services.domain import Check, Outcome

NAME: Final = "receipts"
REMOVED: Final = "[number removed]"
CLOSE: Final = 1e-9
PORTION: Final = 10.0
"""A number of at most this size may be a portion, which a text may say as a percentage."""
_AROUND: Final = 40
_YEARS: Final = range(1000, 3000)
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SPELT: Final = {"mär": "mar", "mai": "may", "okt": "oct", "dez": "dec"}
ADVICE: Final = "A number in the answer text is not in the result: compute every number of the text in the code."


def weigh(case: Case) -> tuple[Check | None, str]:
    """The check, None for a text without numbers, and the text without what the result does not bear out."""
    found = numbers(case.text)
    if not found:
        return None, case.text
    bad = _unsupported(case, found)
    if not bad:
        told = "The number in the text is" if len(found) == 1 else f"All {len(found):,} numbers in the text are"
        return Check(name=NAME, outcome=Outcome.PASSED, sentence=f"{told} found in the result."), case.text
    many = "A number in the text is" if len(bad) == 1 else f"{len(bad):,} numbers in the text are"
    removed = "was" if len(bad) == 1 else "were"
    sentence = f"{many} not found in the result and {removed} removed."
    evidence = tuple(f"“{_context(case.text, said)}”" for said in bad)
    return Check(name=NAME, outcome=Outcome.FAILED, sentence=sentence, evidence=evidence), without(case.text, bad)


def unsupported(case: Case) -> list[Said]:
    """The numbers and dates of the text that the result does not bear out."""
    return _unsupported(case, numbers(case.text))


def without(text: str, bad: Sequence[Said]) -> str:
    """The text with these taken out: whole brackets go, elsewhere a mark is left, so that the sentence stays one."""
    for said in sorted(bad, key=lambda each: -each.start):
        before, after = text[: said.start], text[said.end :]
        opening, closing = re.search(r"\s*[(\[][^()\[\]\d]{0,12}$", before), re.match(r"[^()\[\]\d]{0,12}[)\]]", after)
        if opening and closing:
            text = before[: opening.start()] + after[closing.end() :]
        else:
            text = re.sub(r"[$€£¥]\s?$|[-−+±]$", "", before) + REMOVED + after
    return text


def _context(text: str, said: Said) -> str:
    start, end = max(0, said.start - _AROUND), min(len(text), said.end + _AROUND)
    return " ".join(f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}".split())


def _unsupported(case: Case, found: Sequence[Said]) -> list[Said]:
    if not found:
        return []
    pool = Pool.of(case)
    plain = [said for said in found if pool.holds(said)]
    pool = pool.with_pairs(plain)
    return [said for said in found if said not in plain and not pool.implies(said)]


@dataclass(frozen=True)
class Pool:
    """What a number may be found in, all without signs."""

    values: Numbers
    counts: Numbers
    shares: Numbers
    words: str
    steps: Numbers
    ratios: Numbers

    @classmethod
    def of(cls, case: Case) -> Pool:
        """What the result of a case shows."""
        seen = shown.of(case)
        shares = [*seen.shares, *(100 * value for value in seen.values if abs(value) <= PORTION)]
        empty = _array([])
        return cls(_array(seen.values), _array(seen.counts), _array(shares), seen.text, _array(seen.steps), empty)

    def with_pairs(self, plain: Sequence[Said]) -> Pool:
        """With what follows from two numbers that stand in the text, which is all that may follow."""
        steps, shares, ratios = shown.from_pairs([value for said in plain for value in self._meant(said)])
        return replace(
            self, steps=np.concatenate([self.steps, _array(steps)]), shares=_array(shares), ratios=_array(ratios)
        )

    def holds(self, said: Said) -> bool:
        """Whether it stands there as it is, or as a percentage of what stands there."""
        if said.is_date:
            return _is_known_date(said.text, self.words)
        if said.is_plain and _is_year(said.text, self.words):
            return True
        if said.is_percent:
            return _near(said, self.values) or _near(said, self.shares)
        if said.is_spaced and _stands(said.text, self.words):
            return True
        return _near(said, self.values) or (said.is_whole and not said.is_ratio and _near(said, self.counts))

    def implies(self, said: Said) -> bool:
        """Whether it follows by one step."""
        if said.is_ratio:
            return _near(said, self.ratios)
        return _near(said, self.steps) or (said.is_percent and _near(said, self.shares))

    def _meant(self, said: Said) -> list[float]:
        """The number of the result behind one of the text, and that number as it was rounded."""
        values = np.concatenate([self.values, self.counts])
        for reading in said.readings:
            near = values[np.abs(values - reading.value) <= _slack(reading)]
            if len(near):
                return [float(near[np.argmin(np.abs(near - reading.value))]), reading.value]
        return []


def _array(values: Sequence[float]) -> Numbers:
    with np.errstate(all="ignore"):
        found: Numbers = np.abs(np.array(values, dtype=float))
        return found[np.isfinite(found)]


def _near(said: Said, values: Numbers) -> bool:
    return any(_is_near(reading, values) for reading in said.readings)


def _is_near(reading: Reading, values: Numbers) -> bool:
    return bool(np.any(np.abs(values - reading.value) <= _slack(reading)))


def _slack(reading: Reading) -> float:
    return reading.slack + CLOSE * max(1.0, reading.value)


def _stands(text: str, words: str) -> bool:
    """Whether these very digits and spaces stand there: groups of a telephone number look like thousands."""
    return re.search(rf"(?<!\d){re.escape(text)}(?!\d)", words) is not None


def _is_year(text: str, words: str) -> bool:
    return int(text[:5]) in _YEARS and re.search(rf"(?<!\d){text[:5]}(?!\d)", words) is not None


def _is_known_date(text: str, words: str) -> bool:
    """Whether the date, or the part of one, stands among the texts of the result."""
    if text.casefold() in words.casefold():
        return True
    parts = _parts(text)
    if parts is None:
        return False
    year, month, day = parts
    return re.search(rf"(?<!\d){year or '[0-9]{4}'}-{month:02}(?:-{day:02})(?!\d)", words) is not None


def _parts(text: str) -> tuple[int | None, int, int] | None:
    """Year (None where it is not said), month and day of a date in words or with dots and slashes."""
    digits = [int(each) for each in re.findall(r"\d+", text)]
    if named := re.search(r"[a-zä]{3}", text, re.IGNORECASE):
        word = _SPELT.get(named[0].lower(), named[0].lower())
        if word in _MONTHS and digits:
            return (digits[1] if len(digits) > 1 else None), _MONTHS.index(word) + 1, digits[0]
        return None
    if len(digits) == 3 and digits[2] in _YEARS:
        day, month = (digits[0], digits[1]) if digits[1] <= 12 else (digits[1], digits[0])
        return digits[2], month, day
    return _iso(text)


def _iso(text: str) -> tuple[int | None, int, int] | None:
    try:
        found = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return found.year, found.month, found.day
