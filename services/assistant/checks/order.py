"""Whether shuffled rows give the same answer."""

from __future__ import annotations

import re
from typing import Final

from sandbox.messages import RunStatus
from services.assistant.checks import alike, probe
from services.assistant.checks.case import Case
from services.domain import Check, Outcome

NAME: Final = "order"
ADVICE: Final = (
    "The result changes when the rows of the table are shuffled: sort by the columns that give the order before "
    "using head, first, last, shift, diff, cumsum, rolling or a position."
)
_ASKED: Final = re.compile(
    r"\b(?:first|last|next|previous|before|after|preceding|following|row|rows|order|listed|head|tail|beginning|consecutive"
    r"|running|cumulative|moving|above|below|top of|bottom of|erste\w*|letzte\w*|nächste\w*|zeilen?)\b",
    re.IGNORECASE,
)


def weigh(case: Case) -> Check | None:
    """Failed where other rows come first and the numbers are others."""
    found = probe.made(case)
    if isinstance(found, str):
        return Check(name=NAME, outcome=Outcome.SKIPPED, sentence=found)
    part = f", tried on the first {found.rows:,} rows" if found.rows else ""
    if found.after.status is not RunStatus.OK:
        return _unlike(case, "The code fails when the rows are shuffled.", "")
    before, after = (
        [output for output in result.outputs if not output.name.startswith("_")]
        for result in (found.before, found.after)
    )
    apart = alike.compare(before, after)
    if apart is None:
        return Check(name=NAME, outcome=Outcome.PASSED, sentence=f"Shuffled rows give the same answer{part}.")
    told = f"As they stand: {apart.before}; shuffled: {apart.after}"
    if apart.ties:
        sentence = "Rows that tie stand as in the table: shuffled, others of them are shown."
        return Check(name=NAME, outcome=Outcome.WARNED, sentence=sentence, evidence=(told,))
    return _unlike(case, f"The answer depends on the order of the rows{part}.", told)


def _unlike(case: Case, sentence: str, told: str) -> Check:
    """What depends on the order is no fault where the question is about it."""
    evidence = (told,) if told else ()
    if _ASKED.search(case.question) or "pick" in case.plan.intent:
        sentence = "The answer follows the order of the rows in the table, which the question asks about."
        return Check(name=NAME, outcome=Outcome.SKIPPED, sentence=sentence, evidence=evidence)
    return Check(name=NAME, outcome=Outcome.FAILED, sentence=sentence, evidence=evidence)
