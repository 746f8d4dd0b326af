"""Which alerts come first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from services.domain import Alert, AlertKind, Severity

LEVELS: Final = {Severity.HIGH: 0, Severity.MEDIUM: 1, Severity.LOW: 2}
HIDDEN_BY: Final = {
    AlertKind.NEAR_CONSTANT: {AlertKind.ZEROS, AlertKind.SKEW, AlertKind.OUTLIERS},
    AlertKind.DATES_AS_TEXT: {AlertKind.ALL_DISTINCT, AlertKind.HIGH_CARDINALITY},
    AlertKind.NUMBERS_AS_TEXT: {AlertKind.ALL_DISTINCT, AlertKind.HIGH_CARDINALITY},
    AlertKind.CONSTANT: {AlertKind.ZEROS, AlertKind.SKEW, AlertKind.OUTLIERS},
}
"""What says nothing more about a column that has the first."""
MOST: Final = 1_000


def ranked(alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    """By severity, then by the share of rows; what another alert already says is left out."""
    all_of_them = list(alerts)
    hidden = {(name, kind) for alert in all_of_them for name in alert.columns for kind in HIDDEN_BY.get(alert.kind, ())}
    kept = [alert for alert in all_of_them if not any((name, alert.kind) in hidden for name in alert.columns)]
    return tuple(sorted(kept, key=lambda alert: (LEVELS[alert.severity], -(alert.share or 0.0)))[:MOST])
