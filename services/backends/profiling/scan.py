"""Exact numbers about every column, from one pass over the whole table, and repeated rows from another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from services.domain import Kind, MissingPattern, Profile

if TYPE_CHECKING:
    from services.backends.engine import Column, OpenTable
    from services.backends.profiling.look import Table

BATCH: Final = 50
SPACES: Final = "' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288)"
PATTERNS: Final = 12
PATTERN_COLUMNS: Final = 60
"""Columns with missing values that patterns are made of."""


@dataclass(frozen=True)
class Scanned:
    """What was counted over all rows. Numbers are None where the kind has none."""

    zeros: int | None = None
    negative: int | None = None
    spread: float | None = None
    skew: float | None = None
    padded: int = 0
    """Texts with white space around them, or twice inside."""
    accented: int = 0
    """Texts with letters beyond ASCII, which alone can be in a broken encoding."""
    lengths: tuple[int, float, int] | None = None
    exact: int | None = None
    """Distinct values, counted, of a column that may be a key."""


def scan(opened: OpenTable, profile: Profile) -> list[Scanned]:
    """One `Scanned` per column, in table order."""
    found: list[Scanned] = []
    for start in range(0, len(opened.columns), BATCH):
        columns = opened.columns[start : start + BATCH]
        wanted = [_expressions(column) for column in columns]
        row = opened.row(f"SELECT {', '.join(one for each in wanted for one in each)} FROM {opened.source}")
        place = 0
        for column, each in zip(columns, wanted, strict=True):
            found.append(_scanned(opened, column, profile, row[place : place + len(each)]))
            place += len(each)
    return found


def _expressions(column: Column) -> Sequence[str]:
    value = column.sql
    if column.kind.is_number:
        number = f"CASE WHEN isfinite({value}::DOUBLE) THEN {value}::DOUBLE END"
        # Scaled by a power of two, so that squares of huge numbers do not overflow.
        return (
            f"count(*) FILTER ({value} = 0)",
            f"count(*) FILTER ({value} < 0)",
            f"stddev_pop({number}) FILTER (abs({number}) < 1e150)",
            f"skewness({number}) FILTER (abs({number}) < 1e100)",
        )
    if column.kind is Kind.TEXT:
        text = f"{value}::VARCHAR"
        return (
            f"count(*) FILTER ({text} <> trim({text}, {SPACES}) OR contains({text}, '  '))",
            f"count(*) FILTER (strlen({text}) <> length({text}))",
            f"min(length({text}))",
            f"avg(length({text}))",
            f"max(length({text}))",
        )
    return ("0",)


def _scanned(opened: OpenTable, column: Column, profile: Profile, row: Sequence[Any]) -> Scanned:
    facts = profile.columns[opened.columns.index(column)]
    exact = _exact(opened, column) if facts.is_estimate and facts.distinct > 0.9 * profile.rows else None
    if column.kind.is_number:
        zeros, negative, spread, skew = row
        return Scanned(zeros=zeros, negative=negative, spread=spread, skew=skew, exact=exact)
    if column.kind is Kind.TEXT and facts.missing < profile.rows:
        padded, accented, shortest, mean, longest = row
        lengths = (int(shortest), round(float(mean), 2), int(longest))
        return Scanned(padded=padded, accented=accented, lengths=lengths, exact=exact)
    return Scanned(exact=exact)


def _exact(opened: OpenTable, column: Column) -> int:
    (distinct,) = opened.row(f"SELECT count(DISTINCT hash({column.sql})) FROM {opened.source}")
    return int(distinct)


def duplicates(opened: OpenTable, table: Table) -> int:
    """Rows that repeat an earlier one; found by 64-bit hashes of the rows. A column without repeats settles it."""
    for look in table.looks:
        distinct = look.scanned.exact if look.facts.is_estimate else look.facts.distinct
        if distinct == table.profile.rows and not look.facts.missing:
            return 0
    parts = [opened.columns[start : start + BATCH] for start in range(0, len(opened.columns), BATCH)]
    hashes = [f"hash({', '.join(column.sql for column in part)})" for part in parts]
    (distinct,) = opened.row(f"SELECT count(DISTINCT hash({', '.join(hashes)})) FROM {opened.source}")
    return int(table.profile.rows - distinct)


def missing_patterns(opened: OpenTable, table: Table) -> tuple[MissingPattern, ...]:
    """Which columns lack a value together; the twelve most frequent patterns."""
    holes = [look for look in table.looks if look.facts.missing]
    holes = sorted(holes, key=lambda look: -look.facts.missing)[:PATTERN_COLUMNS]
    if not holes:
        return ()
    bits = " + ".join(
        f"CASE WHEN {look.column.present} IS NULL THEN {1 << i}::BIGINT ELSE 0 END" for i, look in enumerate(holes)
    )
    found = opened.connection.execute(
        f"SELECT {bits} AS pattern, count(*) AS rows FROM {opened.source} GROUP BY 1 HAVING pattern <> 0 "
        f"ORDER BY rows DESC, pattern LIMIT {PATTERNS}"
    ).fetchall()
    return tuple(
        MissingPattern(columns=tuple(look.name for i, look in enumerate(holes) if pattern >> i & 1), rows=rows)
        for pattern, rows in found
    )
