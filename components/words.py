"""Turns values into words for the screen. Labels parse Markdown, so other people's words pass through `literal`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TypeVar

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""C0 and C1 controls but tab and newline, and the characters that reorder text."""
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_LIVE = re.compile(r"(?i)(?<=:)(?=[/a-z])|(?<=www)(?=\.)|(?<=@)(?=\w)|(?<=[-<>~])(?=[->=])")
"""Where Streamlit makes icons, links and arrows even of escaped text; an invisible word joiner stops it."""
T = TypeVar("T")
_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


def clean(text: str) -> str:
    """The text without characters that hide or reorder it; lines and tabs stay."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n"))


def telling(options: Iterable[T], say: Callable[[T], str]) -> Callable[[T], str]:
    """What each option is called in a choice: what `say` says, and a number behind what an earlier one is called.

    Streamlit's choices send back the label, and take the last option that is called so.
    """
    labels: dict[T, str] = {}
    counts: dict[str, int] = {}
    for option in options:
        label = plain = say(option)
        while label in counts:
            counts[plain] += 1
            label = f"{plain} ({counts[plain]})"
        counts[label] = 1
        labels[option] = label
    return lambda option: labels[option] if option in labels else say(option)


def named(names: Iterable[str]) -> Callable[[str], str]:
    """The same for names or texts of cells that name themselves."""
    return telling(names, clean)


def optional(names: Iterable[str | None]) -> Callable[[str | None], str]:
    """The same with None as "None"."""
    return telling(names, lambda name: "None" if name is None else clean(name))


def literal(text: str, longest: int = 160) -> str:
    """Markdown that shows exactly this text on one line, cut after `longest` characters."""
    line = " ".join(clean(text).split())
    if len(line) > longest:
        line = line[: longest - 1].rstrip() + "…"
    return _PUNCTUATION.sub(r"\\\1", _LIVE.sub("\u2060", line))


def badge(text: str, longest: int = 40) -> str:
    """The same for `st.badge`, which escapes square brackets itself, and only those."""
    return literal(text, longest).replace("\\[", "[").replace("\\]", "]")


def count(number: int, noun: str) -> str:
    """ "1 row", "1,704 rows"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def shape(rows: int, columns: int) -> str:
    """ "1,704 rows × 6 columns"."""
    return f"{count(rows, 'row')} × {count(columns, 'column')}"


def share(part: float) -> str:
    """A share between 0 and 1 as "3.4 %", "12 %", "under 0.1 %"."""
    if 0 < part < 0.001:
        return "under 0.1 %"
    return f"{part * 100:.1f} %" if 0 < part < 0.0995 else f"{part * 100:.0f} %"


def size(amount: int) -> str:
    """Bytes as "12 kB" or "3.4 MB"."""
    if amount < 1_000_000:
        return f"{max(1, round(amount / 1_000)):,} kB"
    return f"{amount / 1_000_000:,.1f} MB" if amount < 1_000_000_000 else f"{amount / 1_000_000_000:,.1f} GB"


def seconds(amount: float) -> str:
    """ "0.42 s", "12 s"."""
    return f"{amount:.2f} s" if amount < 1 else f"{amount:.1f} s" if amount < 10 else f"{amount:.0f} s"


def ago(moment: datetime, now: datetime | None = None) -> str:
    """ "just now", "5 minutes ago", "3 days ago", or the date after a month."""
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    passed = ((now or datetime.now(UTC)) - moment).total_seconds()
    if passed >= 30 * 86_400:
        return f"{moment:%d %b %Y}"
    for length, unit in _UNITS:
        if passed >= length:
            return f"{count(int(passed // length), unit)} ago"
    return "just now"


def number(value: float) -> str:
    """A number as a headline: thousands apart, and no more digits than a person reads."""
    if isinstance(value, int) or (abs(value) >= 1_000 and value == int(value)):
        return f"{int(value):,}"
    return f"{value:,.2f}" if abs(value) >= 1 else f"{value:.4g}"


def percent(share: float) -> str:
    """ "95 %"."""
    return f"{share:.0%}".replace("%", " %")
