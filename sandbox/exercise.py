"""A little of everything, done once in the zygote, so that lazy parts are loaded before the fork."""

from __future__ import annotations

import ast
import importlib
from typing import Any

from sandbox import encode, loading, policy, touched
from sandbox.messages import Limits


def run() -> None:
    """Touches pandas, Arrow, Plotly and Matplotlib; starts no thread."""
    import io

    import pandas as pd
    import plotly.express as px
    import pyarrow as pa
    import pyarrow.parquet as pq

    _find_thread_pools()
    _work_in_turn()
    buffer = io.BytesIO()
    pq.write_table(pa.table({"a": ["x", "y", "x"], "b": [1, 2, 3], "c": [1.0, None, 3.0]}), buffer)
    table, _ = loading.load(buffer.getvalue(), "parquet")
    grouped = table.groupby("a", as_index=False)["b"].mean().sort_index()
    times = pd.to_datetime(pd.Series(["2024-01-31", "2024-02-01"])).dt.to_period("M").astype(str)
    merged = table.merge(grouped, on="a").pivot_table(index="a", values="c", aggfunc="sum")
    charts = [px.bar(grouped, x="a", y="b"), px.line(grouped, x="a", y="b"), px.scatter(grouped, x="b", y="b")]
    tables: list[Any] = [grouped, times, merged, table.describe(), *charts]
    encode.encode(tables, Limits().model_dump())


def rehearse() -> None:
    """A small question from beginning to end, in a child that waits for its run: what it touches is its own then."""
    import pandas as pd
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    table = pa.table({"a": pa.array(["x", "y", "x"], pa.large_string()), "b": [1.0, 2.0, 4.0], "c": [1, 2, 3]})
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    frame, _ = loading.load(sink.getvalue(), "arrow")
    code = "result = df.groupby('a')['b'].mean()\nshare = df[df['c'] > 1].sort_values('b')"
    names: dict[str, Any] = {"df": frame, "pd": pd}
    tree = ast.parse(code)
    policy.check(tree)
    touched.columns(tree, "df", table.column_names)
    exec(compile(tree, "<rehearsal>", "exec"), names)
    encode.encode(names["result"], Limits().model_dump())


def _find_thread_pools() -> None:
    """scikit-learn looks once for the libraries that start threads, in a place that is closed later."""
    from sklearn.utils import parallel

    parallel._get_threadpool_controller()


def _work_in_turn() -> None:
    """A run has no processes to share its work with: whoever asks for some gets the same result one step at a time."""
    parallel = importlib.import_module("joblib.parallel")
    parallel.BACKENDS.update(dict.fromkeys(parallel.BACKENDS, parallel.SequentialBackend))
