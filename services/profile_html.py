"""A profile as one HTML document: no script, no link, nothing loaded; every word from the table is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Final

from services.domain import Alert, ColumnProfile, Histogram, Profile, Semantic

MOST_COLUMNS: Final = 2_000
MOST_ALERTS: Final = 300
SHOWN: Final = 10
_HIDDEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_STYLE: Final = """
:root{color-scheme:light dark;--ink:#1c1917;--soft:#57534e;--line:#d6d3d1;--card:#fafaf9;--bar:#b45309;--bad:#b91c1c}
@media(prefers-color-scheme:dark){:root{--ink:#f5f5f4;--soft:#a8a29e;--line:#44403c;--card:#1c1917;--bar:#f59e0b;--bad:#f87171}
body{background:#0c0a09}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);max-width:1080px;margin:2rem auto;padding:0 1rem}
h1,h2,h3{line-height:1.2;overflow-wrap:anywhere}h3{margin:0;font-size:1rem}
.soft,dt,small{color:var(--soft)}.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(290px,1fr));gap:12px}
.card{border:1px solid var(--line);border-radius:10px;padding:12px;background:var(--card);overflow-wrap:anywhere}
.high{color:var(--bad)}dl{display:grid;grid-template-columns:auto 1fr;gap:0 12px;margin:8px 0}dd{margin:0}
svg{width:100%;height:44px;display:block}rect{fill:var(--bar)}table{border-collapse:collapse;width:100%}
td,th{text-align:left;padding:3px 10px 3px 0;border-bottom:1px solid var(--line)}li{margin:6px 0}
meter{width:80px}
"""


def page(profile: Profile, title: str) -> str:
    """The document. About 1.5 kB a column."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer">'
        f"<title>{_text(title)}: profile</title><style>{_STYLE}</style></head><body><main>"
        f"{''.join(_body(profile, title))}</main></body></html>"
    )


def _body(profile: Profile, title: str) -> Iterator[str]:
    yield f"<h1>{_text(title)}</h1>"
    yield from (f"<p>{_text(sentence)}</p>" for sentence in profile.summary)
    yield from _alerts(profile)
    cards = "".join(_card(column, profile) for column in profile.columns[:MOST_COLUMNS])
    yield f'<h2>Columns</h2><div class="cards">{cards}</div>'
    yield from _relations(profile)
    notes = "".join(f"<li>{_text(note)}</li>" for note in profile.notes)
    if notes:
        yield f'<h2>How exact this is</h2><ul class="soft">{notes}</ul>'


def _alerts(profile: Profile) -> Iterator[str]:
    if not profile.alerts:
        return
    items = "".join(_alert(alert) for alert in profile.alerts[:MOST_ALERTS])
    yield f"<h2>{len(profile.alerts):,} to look at</h2><ul>{items}</ul>"


def _alert(alert: Alert) -> str:
    what = f"Remedy: {alert.remedy.label}." if alert.remedy else alert.unmended
    remedy = f" <small>{_text(what)}</small>" if what else ""
    return (
        f'<li><strong class="{alert.severity.value}">{_text(alert.kind.value.capitalize())}</strong>: '
        f"{_text(alert.text)} <small>{_text(alert.reason)}</small>{remedy}</li>"
    )


def _card(column: ColumnProfile, profile: Profile) -> str:
    unit = f", {column.unit}" if column.unit else ""
    is_personal = column.name in profile.personal_columns
    shown = column.model_copy(update={"top": (), "examples": (), "low": None, "high": None}) if is_personal else column
    facts = "".join(f"<dt>{name}</dt><dd>{_text(value)}</dd>" for name, value in _facts(shown, profile.rows))
    facts += "<dt>Values</dt><dd>personal data, left out</dd>" if is_personal else ""
    return (
        f'<section class="card"><h3>{_text(column.name) or "(no name)"}</h3>'
        f'<div class="soft">{column.kind.value} · {column.semantic.value}{_text(unit)}</div>'
        f"{_bars(shown)}<dl>{facts}</dl></section>"
    )


def _facts(column: ColumnProfile, rows: int) -> Iterator[tuple[str, str]]:
    yield "Distinct", f"{'about ' if column.is_estimate else ''}{column.distinct:,}"
    yield "Missing", f"{column.missing:,} ({column.missing / max(1, rows):.1%})"
    if column.low is not None and column.high is not None:
        yield "Range", f"{_short(column.low, column)} – {_short(column.high, column)}"
    if column.mean is not None and not column.semantic.is_code:
        yield "Mean", f"{column.mean:,.6g}"
    if column.quartiles and not column.semantic.is_code:
        yield "Quartiles", " · ".join(f"{each:,.5g}" for each in column.quartiles)
    if column.coverage:
        yield "Covers", f"{column.coverage.filled:,} of {column.coverage.periods:,} {column.coverage.grain}s"
    if column.top:
        yield "Most frequent", ", ".join(f"{entry.value[:40]} ({entry.rows:,})" for entry in column.top[:3])
    elif column.examples and column.semantic is not Semantic.ID:
        yield "Examples", ", ".join(example[:40] for example in column.examples[:3])


def _short(value: str, column: ColumnProfile) -> str:
    if not column.kind.is_number or column.semantic.is_code:
        return value[:19]
    return f"{float(value):,.6g}"


def _bars(column: ColumnProfile) -> str:
    counts = column.histogram.rows if column.histogram else tuple(entry.rows for entry in column.top[:SHOWN])
    most = max(counts, default=0)
    if not most:
        return ""
    width = 100 / len(counts)
    bars = "".join(
        f'<rect x="{place * width:.2f}" y="{40 - 40 * rows / most:.1f}" width="{width * 0.86:.2f}" '
        f'height="{40 * rows / most:.1f}"><title>{_text(_label(column, place))}: {rows:,}</title></rect>'
        for place, rows in enumerate(counts)
        if rows
    )
    return f'<svg viewBox="0 0 100 40" preserveAspectRatio="none" role="img" aria-label="Distribution">{bars}</svg>'


def _label(column: ColumnProfile, place: int) -> str:
    if column.histogram is None:
        return column.top[place].value[:60]
    return bin_label(column.histogram, place, is_date=column.kind.is_date)


def bin_label(histogram: Histogram, place: int, *, is_date: bool) -> str:
    """What a bin of a histogram holds, in words: "12 – 14.5", "2024-01-05"."""
    low = histogram.low + place * histogram.width
    if is_date:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=low)).date().isoformat()
    if histogram.width == 1:
        return f"{round(low + 0.5):,}"
    return f"{low:,.4g} – {low + histogram.width:,.4g}"


def _relations(profile: Profile) -> Iterator[str]:
    if profile.correlations:
        rows = "".join(
            f"<tr><td>{_text(each.left)}</td><td>{_text(each.right)}</td><td>{_text(each.measure)}</td>"
            f"<td>{each.value:.2f}</td></tr>"
            for each in profile.correlations[:30]
        )
        yield f"<h2>What goes together</h2><table><tr><th>Column<th>Column<th>Measure<th>Value</tr>{rows}</table>"
    if profile.missing_patterns:
        rows = "".join(
            f"<tr><td>{_text(', '.join(each.columns[:12]))}</td><td>{each.rows:,}</td></tr>"
            for each in profile.missing_patterns
        )
        yield f"<h2>Missing together</h2><table><tr><th>Columns<th>Rows</tr>{rows}</table>"


def _text(words: str) -> str:
    """The words as HTML text, without characters that hide or reorder it."""
    return escape(_HIDDEN.sub("", words[:2_000]))
