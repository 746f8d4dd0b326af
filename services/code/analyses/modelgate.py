"""Whether a target can be told from the columns at all, by which models, and what gives it away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from services.code.analyses.analysis import Evidence
from services.code.analyses.analysis import MethodChoice as Choice
from services.code.analyses.methods.models.learners import LEARNERS, make

Facts = Mapping[str, Any]

FEWEST: Final = 30
MOST_CLASSES: Final = 30


def of_target(facts: Facts, method: str, time: str | None, folds: int) -> Choice:
    """The method, or why there is none."""
    if refused := _refused(facts, method, folds):
        return refused
    leaks, left = facts["leaks"], facts["left_out"]
    away = "; ".join(f"{name}: {why}" for name, why in list(leaks.items())[:5]) or "none found"
    out = "; ".join(f"{name}: {why}" for name, why in list(left.items())[:5]) or "none"
    dated = [name for name, kind in facts["inputs"].items() if kind == "date"]
    order = "rows are tested that are later than those learned from" if time else "rows are tested at random"
    order += f"; name “{dated[0][:60]}” as time if rows follow each other" if dated and not time else ""
    reason = (
        "Several models are fitted beside the simplest guess; the simplest that is as good as the best is taken."
        if method == "automatic"
        else "You chose this model; the simplest guess stands beside it."
    )
    return Choice(
        method=method,
        reason=reason + (" Look at the warnings: something gives the answer away." if leaks else ""),
        assumptions=(
            Evidence(assumption="No column gives the answer away", found=away, holds=not leaks),
            Evidence(assumption="Every column can be used", found=out, holds=not left),
            Evidence(assumption="Tested as it will be used", found=order, holds=bool(time) or not dated),
            Evidence(
                assumption="Enough rows for the columns",
                found=f"{facts['rows']:,} rows, {len(facts['inputs']):,} columns",
                holds=facts["rows"] >= 10 * len(facts["inputs"]),
            ),
        ),
    )


def warning(facts: Facts) -> str:
    """What the answer says of columns that give the target away; empty where none does."""
    leaks = facts["leaks"]
    if not leaks:
        return ""
    named = ", ".join(name[:60] for name in list(leaks)[:3])
    return f" Careful: {named} may hold the answer already, which would not be known in time. Try without."


def _refused(facts: Facts, method: str, folds: int) -> Choice | None:
    if facts["rows"] < FEWEST:
        few = f"{facts['rows']:,} rows have the target; at least {FEWEST} are needed."
        return Choice(refusal="too few", reason=few, hint="Bring more rows.")
    if facts["distinct"] < 2:
        return Choice(refusal="constant", reason="The target never varies.", hint="Choose another column.")
    if facts["kind"] in ("date", "text"):
        return Choice(
            refusal="wrong kind", reason="The target is neither a number nor a class.", hint="Choose another column."
        )
    number = facts["kind"] == "number"
    if not number and facts["distinct"] > MOST_CLASSES:
        many = f"The target has {facts['distinct']:,} classes."
        return Choice(refusal="too many classes", reason=many, hint="Group the rare ones first.")
    if not number and facts["smallest"] < folds:
        rare = f"A class of the target has {facts['smallest']:,} rows; each of {folds} folds needs one."
        return Choice(refusal="too few", reason=rare, hint="Group the rare classes first, or take fewer folds.")
    if not facts["inputs"]:
        return Choice(refusal="no inputs", reason="None of the columns can be used.", hint="Choose other columns.")
    if method != "automatic" and not make(method, number=number):
        what = "numbers" if number else "classes"
        return Choice(
            refusal="wrong kind",
            reason=f"{LEARNERS[method].title} does not tell {what}.",
            hint="Choose another method, or automatic.",
        )
    if method == "poisson" and (facts["negative"] or not facts["whole"]):
        counts = "Poisson regression tells counts: whole numbers from 0 on."
        return Choice(refusal="wrong kind", reason=counts, hint="Choose another method.")
    return None
