"""How long a report of 30 pages with 20 charts takes as PDF, how large it is, and what is in it.

.venv/bin/python -m benchmarks.reports [OUT.pdf]
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import plotly.data as samples
import plotly.express as px
import pypdfium2

from services.backends.typesetting import Press
from services.reports import pages
from services.reports.document import Chart, Code, Document, Grid, Heading, Paragraph

CHARTS, PAGES, SECONDS, MOST_BYTES = 20, 30, 20.0, 2_000_000
SIZE = (720, 340)
LONG = "The countries differ more from each other than any of them from year to year, and the gap has become smaller. "


def main(target: Path) -> int:
    """Prints the figures; 1 when one of them is over its limit."""
    document, press = made(), Press()
    started = time.monotonic()
    wanted = {str(place): figure for place, figure in pages.charts(document).items()}
    drawn = {int(place): svg for place, svg in press.svgs(wanted, *SIZE).items()}
    charts_seconds = time.monotonic() - started
    target.write_bytes(press.pdf(*pages.of(document, drawn)))
    seconds, size = time.monotonic() - started, target.stat().st_size
    pdf = pypdfium2.PdfDocument(target)
    images = sum(isinstance(each, pypdfium2.PdfImage) for page in pdf for each in page.get_objects())
    print(f"{len(pdf)} pages, {len(drawn)} of {CHARTS} charts, {images} raster images, tagged: {pdf.is_tagged()}")
    print(f"charts {charts_seconds:.1f} s, in all {seconds:.1f} s (at most {SECONDS:.0f})")
    print(f"{size:,} bytes (under {MOST_BYTES:,})")
    is_good = len(pdf) >= PAGES and len(drawn) == CHARTS and seconds <= SECONDS and size < MOST_BYTES and not images
    print("within the limits" if is_good else "NOT within the limits")
    return 0 if is_good else 1


def made() -> Document:
    """The report: a chart, a table over a page and a half, text and code in each section."""
    blocks: list[Any] = []
    rows = samples.gapminder()
    for number, figure in enumerate(drawings()):
        title = f"Question {number + 1}"
        grid = Grid(
            tuple(rows.columns[:6]),
            tuple(tuple(str(cell) for cell in row) for row in rows.iloc[number * 40 : number * 40 + 40, :6].to_numpy()),
            (False, False, True, True, True, True),
            len(rows),
        )
        chart = Chart(figure, title)
        blocks += [Heading(title), Paragraph(LONG * 4, f"{title}: computed by code 0123456789ab."), chart, grid]
        blocks += [Code("result = df.groupby('continent')['lifeExp'].mean()"), Paragraph(LONG * 6)]
    facts = (("Dataset", "Gapminder"), ("Rows", f"{len(rows):,}"))
    return Document(
        "Thirty pages", "", datetime.now(UTC), facts, (LONG,), tuple(blocks), has_title_page=True, has_contents=True
    )


def drawings() -> list[dict[str, Any]]:
    """Twenty charts of many kinds, as plain figures."""
    gap, tips, iris = samples.gapminder(), samples.tips(), samples.iris()
    last = gap[gap.year == 2007]
    kinds = [
        px.bar(last.groupby("continent", as_index=False)["pop"].sum(), x="continent", y="pop"),
        px.line(
            gap.groupby(["year", "continent"], as_index=False)["lifeExp"].mean(),
            x="year",
            y="lifeExp",
            color="continent",
        ),
        px.scatter(last, x="gdpPercap", y="lifeExp", size="pop", color="continent", log_x=True),
        px.histogram(tips, x="total_bill", color="sex"),
        px.box(tips, x="day", y="tip"),
        px.violin(tips, x="day", y="tip"),
        px.pie(last, names="continent", values="pop"),
        px.treemap(last, path=["continent", "country"], values="pop"),
        px.density_heatmap(tips, x="total_bill", y="tip"),
        px.area(gap.groupby(["year", "continent"], as_index=False)["pop"].sum(), x="year", y="pop", color="continent"),
    ]
    more = [
        px.scatter(iris, x="sepal_width", y="petal_length", color="species"),
        px.density_contour(iris, x="sepal_width", y="sepal_length"),
        px.strip(tips, x="day", y="tip"),
        px.ecdf(tips, x="tip"),
        px.funnel(last.groupby("continent", as_index=False)["pop"].sum(), x="pop", y="continent"),
        px.sunburst(last, path=["continent", "country"], values="pop"),
        px.bar(tips, x="day", y="tip", color="sex", barmode="group"),
        px.line_polar(last.groupby("continent", as_index=False)["lifeExp"].mean(), r="lifeExp", theta="continent"),
        px.imshow(iris.iloc[:, :4].corr()),
        px.bar(last.nlargest(15, "pop"), x="pop", y="country", orientation="h"),
    ]
    return [json.loads(each.to_json()) for each in (*kinds, *more)][:CHARTS]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("report.pdf")))
