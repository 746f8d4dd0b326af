"""The sample table. It ships with Plotly, so nothing is downloaded."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from services.sources import ReadReport

NAMES = {
    "country": "Country",
    "continent": "Continent",
    "year": "Year",
    "lifeExp": "Life expectancy",
    "pop": "Population",
    "gdpPercap": "GDP per person",
}
"""The columns that are kept, and what they are called."""


def write(target: Path) -> ReadReport:
    """Writes Gapminder as Parquet: 1,704 rows, one per country and fifth year from 1952 to 2007."""
    from plotly import data

    frame = data.gapminder()[list(NAMES)].rename(columns=NAMES)
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    plain = [
        pa.field(field.name, pa.string() if pa.types.is_large_string(field.type) else field.type)
        for field in table.schema
    ]
    pq.write_table(table.cast(pa.schema(plain)), target, compression="zstd")
    return ReadReport(
        rows=table.num_rows,
        columns=tuple(NAMES.values()),
        notes=("Life expectancy, population and income of 142 countries, from gapminder.org by way of Plotly.",),
    )
