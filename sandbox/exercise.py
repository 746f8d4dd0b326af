"""A little of everything, done once in the zygote, so that lazy parts are loaded before the fork."""

from __future__ import annotations

from typing import Any

from sandbox import encode, loading
from sandbox.messages import Limits


def run() -> None:
    """Touches pandas, Arrow, Plotly and Matplotlib; starts no thread."""
    import io

    import pandas as pd
    import plotly.express as px
    import pyarrow as pa
    import pyarrow.parquet as pq

    _find_thread_pools()
    buffer = io.BytesIO()
    pq.write_table(pa.table({"a": ["x", "y", "x"], "b": [1, 2, 3], "c": [1.0, None, 3.0]}), buffer)
    table, _ = loading.load(buffer.getvalue(), "parquet")
    grouped = table.groupby("a", as_index=False)["b"].mean().sort_index()
    times = pd.to_datetime(pd.Series(["2024-01-31", "2024-02-01"])).dt.to_period("M").astype(str)
    merged = table.merge(grouped, on="a").pivot_table(index="a", values="c", aggfunc="sum")
    charts = [px.bar(grouped, x="a", y="b"), px.line(grouped, x="a", y="b"), px.scatter(grouped, x="b", y="b")]
    tables: list[Any] = [grouped, times, merged, table.describe(), *charts]
    encode.encode(tables, Limits().model_dump())


def _find_thread_pools() -> None:
    """scikit-learn looks once for the libraries that start threads, in a place that is closed later."""
    from sklearn.utils import parallel

    parallel._get_threadpool_controller()
