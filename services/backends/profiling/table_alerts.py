"""Alerts about rows: repeated ones, and keys that are not unique."""

from __future__ import annotations

from collections.abc import Iterator

from services.backends.profiling.look import Table
from services.backends.profiling.wording import alert, code, percent, quoted, rows, view
from services.domain import Alert, AlertKind, Comparison, Semantic, Severity

KEY_SHARE = 0.9


def found(table: Table, duplicates: int) -> Iterator[Alert]:
    """The alerts about whole rows."""
    total = table.profile.rows
    if duplicates:
        yield alert(
            AlertKind.DUPLICATE_ROWS,
            Severity.MEDIUM if duplicates < 0.1 * total else Severity.HIGH,
            [],
            f"{rows(duplicates)} {'repeats' if duplicates == 1 else 'repeat'} an earlier row exactly "
            f"({percent(duplicates / total)}).",
            reason="Rows that were loaded twice count twice in every sum.",
            found=duplicates,
            total=total,
            view=view(("", Comparison.REPEATED, "")),
            remedy=code("Drop repeated rows", "df = df.drop_duplicates()"),
        )
    for look in table.looks:
        facts, repeated = look.facts, look.filled - look.facts.distinct
        is_key = facts.semantic is Semantic.ID and not facts.is_estimate
        if is_key and 0 < repeated <= (1 - KEY_SHARE) * look.filled:
            yield alert(
                AlertKind.DUPLICATE_KEYS,
                Severity.HIGH,
                [look.name],
                f"{quoted(look.name)} looks like a key, but {rows(repeated)} repeat an earlier value.",
                reason=f"At least {percent(KEY_SHARE)} of the values are unique: the rest breaks joins and counts.",
                found=repeated,
                total=total,
                view=view((look.name, Comparison.REPEATED, "")),
                remedy=code(
                    f"Keep the first row of each {quoted(look.name)}",
                    f"df = df[df[{look.name!r}].isna() | ~df[{look.name!r}].duplicated()]",
                ),
            )
