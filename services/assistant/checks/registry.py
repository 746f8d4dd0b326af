"""All checks in the order in which they are shown, and what comes of them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from services.assistant.checks import data_used, emptiness, joins, misread, order, receipts, two_ways
from services.assistant.checks.case import Case
from services.domain import Check, Outcome

CHECKS: Final[dict[str, Callable[[Case], Check | None]]] = {
    data_used.NAME: data_used.weigh,
    two_ways.NAME: two_ways.weigh,
    order.NAME: order.weigh,
    joins.NAME: joins.weigh,
    emptiness.NAME: emptiness.weigh,
    misread.NAME: misread.weigh,
}
"""By name; None where a check has nothing to say about an answer. Receipts come before: they change its text."""

BROKEN: Final = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError, pa.ArrowException)
"""What code raises on a result that nobody thought of."""
log = logging.getLogger(__name__)

ADVICE: Final[dict[str, str]] = {
    each.NAME: each.ADVICE for each in (receipts, data_used, two_ways, order, joins, emptiness)
}
"""What the engineer is told of a failed check. Fixed words: no value of a cell can be in them."""


@dataclass(frozen=True)
class Review:
    """What the checks found, and the text without what they did not bear out."""

    text: str
    checks: tuple[Check, ...]

    @property
    def failed(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.outcome is Outcome.FAILED)


def review(case: Case, made: Sequence[Check] = ()) -> Review:
    """Every check on the answer; `made` are those that its analyst has made already."""
    done = {check.name for check in made}
    receipt, text = _read(case)
    found = [_made(name, make, case) for name, make in CHECKS.items() if name not in done]
    return Review(text, (*([receipt] if receipt else ()), *made, *(check for check in found if check)))


def _read(case: Case) -> tuple[Check | None, str]:
    """The receipts, and the text; as it is where they could not be looked for."""
    try:
        return receipts.weigh(case)
    except BROKEN:
        return _skipped(receipts.NAME), case.text


def _made(name: str, make: Callable[[Case], Check | None], case: Case) -> Check | None:
    try:
        return make(case)
    except BROKEN:
        return _skipped(name)


def _skipped(name: str) -> Check:
    """What stands in place of a check that broke, which is a bug of ours: an answer is not lost over it."""
    log.exception("The check %s could not be made.", name)
    return Check(name=name, outcome=Outcome.SKIPPED, sentence="This check could not be made.")


def advice(names: Sequence[str]) -> str:
    """What the engineer is told of failed checks of these names."""
    return "\n".join(ADVICE[name] for name in names if name in ADVICE)
