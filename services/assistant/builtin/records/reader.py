"""From a question about single rows to its pick."""

from __future__ import annotations

from services.assistant.builtin.intent import Intent, Shape
from services.assistant.builtin.language.columns import Columns
from services.assistant.builtin.records.choose import choose, readings
from services.assistant.builtin.records.sheet import MOST_ROWS, Sheet, is_total
from services.protocols import Brief

MOST_COLUMNS = 60


def read(brief: Brief) -> Intent | None:
    """The intent of a question about rows of a small table; None where it cannot be tied down."""
    sheet = _sheet(brief)
    return _read(brief, sheet) if sheet is not None else None


def read_beside_totals(brief: Brief) -> Intent | None:
    """The same for a table with rows that sum up the others, which must not be taken for one of them."""
    named = any(is_total(count.value) for column in brief.profile.columns[:2] for count in column.top)
    sheet = _sheet(brief) if named else None
    return _read(brief, sheet) if sheet is not None and sheet.totals else None


def _sheet(brief: Brief) -> Sheet | None:
    """The cells of a small table."""
    profile = brief.profile
    if profile.rows > MOST_ROWS or len(profile.columns) > MOST_COLUMNS:
        return None
    rows = brief.read_rows(MOST_ROWS)
    return Sheet.of(rows) if rows else None


def _read(brief: Brief, sheet: Sheet) -> Intent | None:
    best, _ = choose(readings(brief.question, sheet, Columns.of(brief.profile)))
    return Intent(shape=Shape.PICK, pick=best.pick) if best is not None else None
