"""A profile in words: a summary for people, and a text for a language model within a budget."""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Final

from services.domain import Alert, ColumnProfile, Profile, Semantic, Severity

BUDGET: Final = 800
ENOUGH: Final = 5
"""Rows with a value below which bounds would tell about single rows."""
BYTES_A_TOKEN: Final = 3
"""Tokenisers make about four bytes of English a token, fewer of names and numbers."""
NAMED: Final = 3
RANK: Final = {Severity.HIGH: 0, Severity.MEDIUM: 1, Severity.LOW: 2}


def quoted(name: str, longest: int = 60) -> str:
    """The name of a column on one line, cut."""
    line = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    return f"“{line if len(line) <= longest else line[: longest - 1] + '…'}”"


def summary(profile: Profile) -> tuple[str, ...]:
    """A few sentences: what the rows are about, which time they cover, what is missing, what else is wrong."""
    sentences = (_size(profile), _time(profile), _holes(profile), _trouble(profile))
    return tuple(sentence for sentence in sentences if sentence)


def _size(profile: Profile) -> str:
    groups = [c for c in profile.columns if c.semantic.is_group and 2 <= c.distinct <= 50 and not c.is_target]
    named = [f"{group.distinct:,} values of {quoted(group.name)}" for group in groups[:NAMED]]
    held = f", with {_listed(named)}" if named else ""
    return f"{profile.rows:,} rows and {len(profile.columns):,} columns{held}."


def _time(profile: Profile) -> str:
    personal = set(profile.personal_columns)  # Dates of birth say who is in the table, not which time it covers.
    dated = (c for c in profile.columns if c.kind.is_date and c.coverage and c.low and c.high)
    dates = [c for c in dated if c.name not in personal]
    if not dates:
        return ""
    best = max(dates, key=lambda column: (column.coverage.filled if column.coverage else 0, -column.missing))
    gaps = len(best.coverage.gaps) if best.coverage else 0
    pause = f", with {gaps:,} {'gap' if gaps == 1 else 'gaps'}" if gaps else ""
    return f"{quoted(best.name)} covers {_span(best)}{pause}."


def _span(column: ColumnProfile) -> str:
    first, last = (column.low or "")[:10], (column.high or "")[:10]
    try:
        days = (date.fromisoformat(last) - date.fromisoformat(first)).days + 1
    except ValueError:
        return f"{first} to {last}"
    months = f"{round(days / 30.44):,} months" if days < 1_100 else f"{days // 365} years"
    length = f"{days:,} days" if days < 62 else months
    return f"{length}, from {first} to {last}"


def _holes(profile: Profile) -> str:
    cells = profile.rows * len(profile.columns)
    holes = sorted((c for c in profile.columns if c.missing), key=lambda column: -column.missing)
    if not holes or not cells:
        return "No cell is empty." if cells else ""
    most = _listed([f"{_percent(c.missing / profile.rows)} of {quoted(c.name)}" for c in holes[:NAMED]])
    return f"{_percent(profile.missing_cells / cells)} of the cells are empty: {most}."


def _trouble(profile: Profile) -> str:
    if not profile.alerts:
        return "Nothing looks wrong."
    serious = [alert for alert in profile.alerts if alert.severity is Severity.HIGH]
    first = (serious or list(profile.alerts))[0].text
    count = len(profile.alerts)
    return f"{count:,} {'thing' if count == 1 else 'things'} to look at. {first}"


def _percent(share: float) -> str:
    return "under 0.1 %" if 0 < share < 0.001 else f"{share * 100:.2g} %" if share < 0.995 else f"{share * 100:.3g} %"


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def for_model(profile: Profile, budget: int, personal: Collection[str] = ()) -> str:
    """Names, kinds, numbers and alerts, the most telling first, within about `budget` tokens; never a cell's value.

    Of columns with personal data, only the name and kind are told.
    """
    left = max(0, budget) * BYTES_A_TOKEN
    hidden = {*personal, *profile.personal_columns}
    kept: list[str] = []
    for line in _lines(profile, hidden):
        size = len(line.encode()) + 1
        if size > left:
            break
        kept.append(line)
        left -= size
    return "\n".join(kept)


def _lines(profile: Profile, hidden: Collection[str]) -> Iterator[str]:
    yield f"{profile.rows:,} rows, {len(profile.columns):,} columns"
    if profile.duplicate_rows:
        yield f"duplicate rows: {profile.duplicate_rows:,}"
    order = sorted(profile.columns, key=lambda column: _weight(profile, column))
    alerts = [_alert_line(alert, profile) for alert in profile.alerts if alert.severity is Severity.HIGH]
    columns = [_column_line(column, profile.rows, column.name in hidden) for column in order]
    yield from alerts[:10]
    yield from columns
    yield from (_alert_line(a, profile) for a in profile.alerts if a.severity is not Severity.HIGH)
    for each in profile.correlations[:20]:
        yield f"{each.measure} of {_name(each.left)} and {_name(each.right)}: {each.value:.2f}"
    for chain in profile.hierarchies:
        yield "hierarchy: " + " > ".join(map(_name, chain))


def _weight(profile: Profile, column: ColumnProfile) -> tuple[int, int]:
    """Low for columns that questions are about: targets, dates, amounts, groups; high for names and prose."""
    telling = 0 if column.is_target or column.kind.is_date else 1 if column.semantic.is_amount else 2
    dull = column.semantic in (Semantic.ID, Semantic.TEXT) or column.distinct < 2
    return (3 if dull else telling, profile.columns.index(column))


def _column_line(column: ColumnProfile, rows: int, is_hidden: bool) -> str:
    facts = [f"{column.kind.value}, {column.semantic.value}{f' ({_plain(column.unit)})' if column.unit else ''}"]
    if is_hidden:
        return f"- {_name(column.name)}: {facts[0]}; personal"
    facts.append(f"{'about ' if column.is_estimate else ''}{column.distinct:,} distinct")
    if column.missing:
        facts.append(f"{_percent(column.missing / max(1, rows))} missing")
    if rows - column.missing >= ENOUGH:
        facts.extend(_shape(column))
    return f"- {_name(column.name)}: {'; '.join(facts)}"


def _shape(column: ColumnProfile) -> Iterator[str]:
    if column.kind.is_number and column.low is not None and column.high is not None and not column.semantic.is_code:
        low, high = float(column.low), float(column.high)
        if math.isfinite(low) and math.isfinite(high):
            yield f"{low:.6g} to {high:.6g}"
        if column.quartiles:
            yield "quartiles " + ", ".join(f"{each:.4g}" for each in column.quartiles)
        if column.mean is not None:
            yield f"mean {column.mean:.6g}"
    elif column.kind.is_date and column.low and column.high:
        yield f"{column.low[:19]} to {column.high[:19]}"
        if column.coverage and column.coverage.gaps:
            yield f"{len(column.coverage.gaps)} gaps in {column.coverage.grain}s"


def _alert_line(alert: Alert, profile: Profile) -> str:
    """The alert by its kind and numbers: its sentence may name dates and bounds of single rows."""
    about = ", ".join(map(_name, alert.columns)) or "the table"
    noun = "row" if alert.rows == 1 else "rows"
    share = f", {alert.rows:,} {noun} ({_percent(alert.rows / max(1, profile.rows))})" if alert.rows else ""
    return f"! {alert.kind.value}: {about}{share}"


def _name(name: str) -> str:
    """The name as a JSON string, without anything that could end it or hide in it."""
    return json.dumps(_plain(name[:120]), ensure_ascii=False)


def _plain(text: str) -> str:
    return "".join(c if c == " " or (unicodedata.category(c)[0] not in "CZ" and c not in "<>`") else "·" for c in text)
