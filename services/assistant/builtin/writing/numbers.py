"""Numbers as people write them."""

from __future__ import annotations

import math


def number(value: object) -> str:
    """Text of a number: thousands separated, about four digits that matter, no idle zeros."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if isinstance(value, int):
        return f"{value:,}"
    if math.isnan(value) or math.isinf(value):
        return "not a number" if math.isnan(value) else "infinity"
    if value.is_integer() and abs(value) < 1e15:
        return f"{int(value):,}"
    size = abs(value)
    if size >= 1_000:
        return f"{value:,.0f}" if size >= 100_000 else _trim(f"{value:,.2f}")
    if size >= 1:
        return _trim(f"{value:.2f}")
    return _trim(f"{value:.4g}") if size >= 1e-4 else f"{value:.3g}"


def _trim(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def rounded(value: object, decimals: int | None) -> str:
    """The value as a literal answer, with the decimals that were asked for."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if decimals is None:
        return str(int(value)) if float(value).is_integer() else str(value)
    return f"{value:.{decimals}f}"
