"""A report as one HTML file that needs nothing else: charts live, everything that came from outside quoted."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterator
from importlib.resources import files
from string import Template
from typing import Final

from services.reports import figures
from services.reports.document import Block, Chart, Code, Document, Grid, Heading, Level, Note, Paragraph, Picture

HEIGHT: Final = 400
STYLE: Final = """
:root { color-scheme: light dark; --ink: #171310; --dim: #6b615a; --line: #e9e3dd; --soft: #faf8f5; --paper: #fff;
  --mark: #b8452b; }
@media (prefers-color-scheme: dark) { :root { --ink: #ede6df; --dim: #a79c93; --line: #3a332e; --soft: #211d1a;
  --paper: #191614; --mark: #f0956f; } .chart { background: #fff; border-radius: 8px; padding: 8px; } }
body { font: 15px/1.55 Inter, system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto;
  max-width: 60rem; padding: 3rem 1.5rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .25rem; } h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; } .facts, .made, .more, aside { color: var(--dim); font-size: .875rem; }
.summary { background: var(--soft); border-radius: 10px; padding: .75rem 1rem .75rem 2rem; }
aside { border-left: 3px solid var(--line); padding-left: .75rem; margin: .5rem 0; }
aside.warning { border-color: var(--mark); color: var(--ink); }
.wide { overflow-x: auto; } table { border-collapse: collapse; margin: .75rem 0; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding-bottom: .25rem; }
th, td { padding: .3rem .75rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { background: var(--soft); font-weight: 600; } .number { text-align: right; }
pre { background: var(--soft); border-radius: 8px; padding: .75rem 1rem; overflow-x: auto; font-size: .8125rem; }
img { max-width: 100%; }
.logo { height: 2.5rem; width: auto; } a { color: var(--mark); }
.chart { margin: 1rem 0; } details { margin: .5rem 0; } summary { cursor: pointer; }
@media print { body { padding: 0; } h2 { break-after: avoid; } tr, .chart { break-inside: avoid; } }
"""
PAGE: Final = Template("""<!doctype html>
<html lang="$language">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="$policy">
<title>$title</title>
<style>$style</style>
</head>
<body>
$body
$script
</body>
</html>
""")
POLICY: Final = "default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
"""Whatever stands in the report, a browser fetches nothing for it."""
DRAW: Final = """<script>
for (const place of document.querySelectorAll(".chart")) {
  const figure = JSON.parse(place.querySelector("script").textContent);
  Plotly.newPlot(place, figure.data, figure.layout, { responsive: true, displaylogo: false });
}
</script>"""


def write(document: Document) -> str:
    """The whole page."""
    parts = [f"<h1>{_quoted(document.title)}</h1>"]
    if document.logo:
        data = base64.b64encode(document.logo).decode()
        parts.insert(0, f'<img class="logo" alt="Logo" src="data:image/png;base64,{data}">')
    if document.subtitle:
        parts.append(f"<p>{_quoted(document.subtitle)}</p>")
    told = " · ".join(f"{_quoted(name)}: {_quoted(value)}" for name, value in document.facts)
    parts.append(f'<p class="facts">{told}</p>')
    if document.summary:
        points = "".join(f"<li>{_quoted(each)}</li>" for each in document.summary)
        parts.append(f'<h2>Summary</h2><ul class="summary">{points}</ul>')
    if document.has_contents:
        parts.append(_contents(document))
    receipts: list[str] = []
    for place, block in enumerate(document.blocks):
        if isinstance(block, Paragraph) and block.receipt:
            receipts.append(block.receipt)
            mark = f'<sup><a id="mark-{len(receipts)}" href="#receipt-{len(receipts)}">{len(receipts)}</a></sup>'
            parts.append(f"<p>{_quoted(block.text)}{mark}</p>")
        else:
            parts += _parts(block, place)
    parts += _receipts(receipts)
    parts.append(f'<p class="made">Made {document.made_at:%Y-%m-%d %H:%M} UTC with Red Pandas.</p>')
    has_charts = any(isinstance(block, Chart) for block in document.blocks)
    return PAGE.substitute(
        language=document.language,
        title=_quoted(document.title),
        policy=POLICY,
        style=STYLE + (f":root {{ --mark: {document.colour}; }}" if document.colour else ""),
        body="\n".join(parts),
        script=f"<script>{_plotly()}</script>{DRAW}" if has_charts else "",
    )


def _parts(block: Block, place: int) -> Iterator[str]:
    match block:
        case Heading():
            yield f'<h{block.depth + 1} id="part-{place}">{_quoted(block.text)}</h{block.depth + 1}>'
        case Paragraph():
            yield f"<p>{_quoted(block.text)}</p>"
        case Note():
            kind = ' class="warning"' if block.level is Level.WARNING else ""
            yield f"<aside{kind}>{_quoted(block.text)}</aside>"
        case Grid():
            yield _grid(block)
        case Code():
            yield f"<details><summary>Code</summary><pre><code>{_quoted(block.text)}</code></pre></details>"
        case Chart():
            yield (
                f'<div class="chart" role="img" aria-label="{_quoted(block.alt)}" style="height: {HEIGHT}px">'
                f'<script type="application/json">{_harmless(figures.printed(block.figure))}</script></div>'
            )
        case Picture():
            data = base64.b64encode(block.png).decode()
            yield f'<img alt="{_quoted(block.alt)}" src="data:image/png;base64,{data}">'


def _contents(document: Document) -> str:
    items = "".join(
        f'<li><a href="#part-{place}">{_quoted(block.text)}</a></li>'
        for place, block in enumerate(document.blocks)
        if isinstance(block, Heading) and block.depth == 1
    )
    return f'<nav aria-label="Contents"><h2>Contents</h2><ol>{items}</ol></nav>' if items else ""


def _receipts(told: list[str]) -> Iterator[str]:
    if not told:
        return
    items = "".join(
        f'<li id="receipt-{number}">{_quoted(text)} <a href="#mark-{number}" aria-label="Back">↩</a></li>'
        for number, text in enumerate(told, 1)
    )
    yield f'<h2>Where the numbers come from</h2><ol class="more">{items}</ol>'


def _grid(grid: Grid) -> str:
    kinds = [' class="number"' if number else "" for number in grid.is_number]
    head = "".join(
        f'<th scope="col"{kind}>{_quoted(name)}</th>' for kind, name in zip(kinds, grid.columns, strict=True)
    )
    rows = "".join(
        "<tr>" + "".join(f"<td{kind}>{_quoted(cell)}</td>" for kind, cell in zip(kinds, row, strict=True)) + "</tr>"
        for row in grid.rows
    )
    caption = f"<caption>{_quoted(grid.title)}</caption>" if grid.title else ""
    more = f'<p class="more">The first {len(grid.rows):,} of {grid.total:,} rows.</p>'
    table = f'<div class="wide"><table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    return table + (more if grid.total > len(grid.rows) else "")


def _quoted(text: str) -> str:
    return html.escape(text, quote=True)


def _harmless(figure: object) -> str:
    """JSON that cannot end the script element it stands in."""
    return json.dumps(figure).replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _plotly() -> str:
    """plotly.js, which ships inside the plotly package."""
    return (files("plotly") / "package_data" / "plotly.min.js").read_text(encoding="utf-8")
