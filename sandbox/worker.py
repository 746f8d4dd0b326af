"""Runs one piece of submitted code and writes one result frame. The process ends with it."""

from __future__ import annotations

import ast
import gc
import importlib.util
import io
import linecache
import os
import random
import sys
import types
import warnings
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

import duckdb
import numpy as np

from sandbox import encode, hints, loading, policy, query, sampling, touched, wire
from sandbox.messages import Grant, RunStatus

RESULT: Final = "result"
Sample = tuple[int, int] | None
FULL: Final = "\n… (output cut after {:,} bytes)\n"


class Output(io.TextIOBase):
    """Standard output: passed on at once, and silently dropped after `limit` bytes."""

    encoding = "utf-8"

    def __init__(self, descriptor: int, limit: int) -> None:
        self._descriptor, self._left, self._limit = descriptor, limit, limit

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def write(self, text: str, /) -> int:
        if self._left > 0:
            data = str(text).encode("utf-8", "replace")
            self._send(data[: self._left])
            self._left -= len(data)
            if self._left <= 0:
                self._send(FULL.format(self._limit).encode())
        return len(text)

    def _send(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._descriptor, data) :]


def work(job: Mapping[str, Any], contents: Mapping[str, Any], output: int, result: int) -> None:
    """Runs the job's code on its mapped tables and writes the frame to the descriptor `result`."""
    sys.stdout = sys.stderr = Output(output, job["limits"]["stdout_bytes"])
    warnings.simplefilter("ignore")
    header, blobs = _run(job, contents)
    try:
        pieces = list(wire.pack(header, blobs))
    except MemoryError:
        pieces = list(wire.pack(_failure(RunStatus.MEMORY, MemoryError(), {})))
    for piece in pieces:
        _write(result, memoryview(piece).cast("B"))


def _run(job: Mapping[str, Any], contents: Mapping[str, Any]) -> tuple[dict[str, Any], list[Any]]:
    names: dict[str, Any] = {}
    try:
        tree = ast.parse(job["code"], hints.SOURCE)
        if job["policy"] and (refusal := policy.check(tree)):
            return _refused(refusal), []
        names = _namespace()
        tables, sampled = _tables(job, contents, tree)
        names.update(tables, **_granted(job, contents))
        _execute(tree, job["code"], names)
        if RESULT not in names:
            return _no_result(), []
        blobs = encode.encode(names[RESULT], job["limits"])
    except sampling.DoesNotFit as error:
        return {**_failure(RunStatus.MEMORY, error, {}), "needs_mb": error.needs_mb}, []
    except MemoryError as error:
        gc.collect()
        return _failure(RunStatus.MEMORY, error, {}), []
    except encode.TooBig as error:
        return _failure(RunStatus.TOO_BIG, error, {}), []
    except duckdb.OutOfMemoryException as error:
        return _failure(RunStatus.MEMORY, error, {}), []
    except BaseException as error:  # noqa: BLE001 - submitted code may raise anything, SystemExit included
        return _failure(RunStatus.FAILED, error, names), []
    about = [{"kind": blob.kind, "name": blob.name, **blob.about} for blob in blobs]
    return {"status": RunStatus.OK, "outputs": about, "sampled": sampled}, [blob.data for blob in blobs]


def _namespace() -> dict[str, Any]:
    """The variables of a fresh `__main__`: the libraries by their usual names."""
    main = types.ModuleType("__main__")
    sys.modules["__main__"] = main
    names = vars(main)
    import pandas as pd
    import plotly.express as px
    import plotly.graph_objects as go

    names.update(pd=pd, np=np, px=px, go=go)
    random.seed(0)
    np.random.seed(0)
    return names


def _tables(job: Mapping[str, Any], contents: Mapping[str, Any], tree: ast.Module) -> tuple[dict[str, Any], Sample]:
    """The tables as variables, with the columns the code can touch; and rows read and rows there are, of a sample."""
    names: dict[str, Any] = {}
    sampled: Sample = None
    memory = job["limits"]["memory_mb"]
    for table in job["tables"]:
        name, content = table["name"], contents[table["name"]]
        if table["form"] == "file":
            names[name] = content
        elif job["grant"] != Grant.QUERY or touched.is_used(tree, name):
            choose = partial(_choose, tree, name, names.setdefault(hints.ALL_COLUMNS, []))
            names[name], rows = loading.load(content, table["form"], choose, memory, job["whole"])
            sampled = sampled if len(names[name]) == rows else (len(names[name]), rows)
    return names, sampled


def _choose(tree: ast.Module, table: str, seen: list[str], columns: Sequence[str]) -> Sequence[str] | None:
    """The columns to load; notes in `seen` which there are."""
    seen.extend(columns)
    return touched.columns(tree, table, columns)


def _granted(job: Mapping[str, Any], contents: Mapping[str, Any]) -> dict[str, Any]:
    """The variables that only some grants have: `sql` and `scratch`."""
    scratch = job["places"].get("scratch", "")
    names: dict[str, Any] = {"scratch": scratch} if scratch else {}
    for name, folder in job["places"].get("modules", {}).items():
        _offer(name, folder)
    if job["grant"] == Grant.QUERY:
        limits = job["limits"]
        names["sql"] = query.connect(job["tables"], contents, limits["memory_mb"], scratch, limits["scratch_mb"])
    return names


def _offer(name: str, folder: str) -> None:
    """Makes a package importable. Its folder alone can be read, not the one around it, so no search path will do."""
    package = os.path.join(folder, "__init__.py")  # noqa: PTH118
    spec = importlib.util.spec_from_file_location(name, package, submodule_search_locations=[folder])
    assert spec is not None
    assert spec.loader is not None
    sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[name])


def _execute(tree: ast.Module, code: str, names: dict[str, Any]) -> None:
    linecache.cache[hints.SOURCE] = (len(code), None, code.splitlines(keepends=True), hints.SOURCE)
    try:
        exec(compile(tree, hints.SOURCE, "exec"), names)
    except SystemExit:
        if RESULT not in names:
            raise


def _refused(refusal: policy.Refusal) -> dict[str, Any]:
    error = {"type": "Refused", "message": refusal.message, "line": refusal.line, "hint": refusal.hint}
    return {"status": RunStatus.REFUSED, "error": error}


def _no_result() -> dict[str, Any]:
    hint = "Assign the answer to `result`: a table, figure, value or text, or a dict of these."
    error = {"type": "NoResult", "message": "the code assigned nothing to `result`", "line": None, "hint": hint}
    return {"status": RunStatus.FAILED, "error": error}


def _failure(status: RunStatus, error: BaseException, names: Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(error, sampling.DoesNotFit):
        hint = "Allow runs more memory, or work on fewer rows or columns."
        what = {"type": "MemoryError", "message": str(error), "line": None, "hint": hint}
        return {"status": status, "error": what}
    if status is RunStatus.MEMORY:
        hint = "Use fewer columns or rows, or group before joining."
        what = {"type": "MemoryError", "message": "the run needed more memory than allowed", "line": None, "hint": hint}
        return {"status": status, "error": what}
    return {"status": status, "error": hints.describe(error, names)}


def _write(descriptor: int, data: memoryview) -> None:
    while len(data):
        data = data[os.write(descriptor, data) :]
