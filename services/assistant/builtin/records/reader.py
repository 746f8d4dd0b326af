"""From a question about single rows to its pick."""

from __future__ import annotations

from typing import Final

from services.assistant.builtin.intent import Aggregate, Intent, Measure, Op, Shape
from services.assistant.builtin.language.columns import Columns
from services.assistant.builtin.records.choose import CERTAIN, choose, readings
from services.assistant.builtin.records.evaluate import evaluate
from services.assistant.builtin.records.form import Holds, Outcome, Pick
from services.assistant.builtin.records.sheet import MOST_ROWS, Sheet, is_total
from services.protocols import Brief

MOST_COLUMNS = 60


SURE: Final = 0.15
"""The most a reading may cost where the words could also mean something else of the whole table."""


def read(brief: Brief, certain: float = CERTAIN) -> Intent | None:
    """The intent of a question about rows of a small table; None where it cannot be tied down."""
    sheet = _sheet(brief)
    found = _read(brief, sheet, certain) if sheet is not None else None
    return found if certain == CERTAIN or (found and found.pick and _speaks_of_one(found.pick)) else None


def read_beside_totals(brief: Brief) -> Intent | None:
    """The same for a table with rows that sum up the others, which must not be taken for one of them."""
    named = any(is_total(count.value) for column in brief.profile.columns[:2] for count in column.top)
    sheet = _sheet(brief) if named else None
    return _read(brief, sheet) if sheet is not None and sheet.totals else None


def _speaks_of_one(pick: Pick) -> bool:
    """Whether cells are told, or a number of rows that are named."""
    return pick.outcome in (Outcome.CELLS, Outcome.DIFFERENCE) or (
        pick.outcome is Outcome.SUM and any(one.holds is Holds.IN for one in pick.where)
    )


def read_rather(brief: Brief, understood: Intent) -> Intent | None:
    """The same where whole cells were compared and give fewer rows than the words of the question stand in:
    "how many are from Spain" counts the cells "Madrid, Spain" too."""
    counts = understood.measures == (Measure(aggregate=Aggregate.COUNT),) and not understood.keys
    wheres = [one for any_of in understood.where for one in any_of]
    if not counts or len(wheres) != 1 or wheres[0].op is not Op.EQ or not isinstance(wheres[0].values[0], str):
        return None
    sheet = _sheet(brief)
    picked = _read(brief, sheet, SURE) if sheet is not None else None
    if sheet is None or picked is None or picked.pick is None or picked.pick.outcome is not Outcome.COUNT:
        return None
    whole = sheet.column(wheres[0].column).cells.count(wheres[0].values[0])
    return picked if evaluate(picked.pick, sheet) != (float(whole),) else None


def _sheet(brief: Brief) -> Sheet | None:
    """The cells of a small table."""
    profile = brief.profile
    if profile.rows > MOST_ROWS or len(profile.columns) > MOST_COLUMNS:
        return None
    rows = brief.read_rows(MOST_ROWS)
    return Sheet.of(rows) if rows else None


def _read(brief: Brief, sheet: Sheet, certain: float = CERTAIN) -> Intent | None:
    best, _ = choose(readings(brief.question, sheet, Columns.of(brief.profile)), certain)
    return Intent(shape=Shape.PICK, pick=best.pick) if best is not None else None
