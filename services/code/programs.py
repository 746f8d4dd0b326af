"""Answers as a program that needs nothing of this product: a script, a notebook, or the heart of a capsule."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.code.scripts import READ, Source, cell, head, line


@dataclass(frozen=True)
class Input:
    """A file with a table: what the dataset is called, and how its columns are read where it is a CSV."""

    name: str
    source: Source


@dataclass(frozen=True)
class Prepared:
    """A table that answers were computed from: the place of its input, and the code of each step, with a sentence."""

    input: int
    steps: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Part:
    """One answer: its question, the place of the table it was computed from, its code."""

    question: str
    table: int
    code: str
    rows: int = 100_000
    """The most rows of a table that are told."""


@dataclass(frozen=True)
class Program:
    """A whole program."""

    title: str
    inputs: Sequence[Input]
    tables: Sequence[Prepared]
    parts: Sequence[Part]


IMPORTS: Final = """import datetime as dt
import decimal
import json
import math
import random
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import plotly.express as px
import plotly.graph_objects as go"""

OUTPUTS: Final = '''def same_kinds(df):
    """The table with the kinds of column that the answers were computed with."""
    for name in df:
        known = df[name].dropna()
        if df[name].dtype == object and len(known):
            if isinstance(known.iloc[0], decimal.Decimal):
                df[name] = df[name].astype("float64")
            elif isinstance(known.iloc[0], dt.date):
                df[name] = pd.to_datetime(df[name])
    return df


def sql(query):
    """What a query on the table `df` gives."""
    import duckdb

    with duckdb.connect() as connection:
        connection.register("df", df)
        return connection.sql(query).df()


def label(name):
    """A column's name as text."""
    return "_".join(text for part in name if (text := label(part))) if isinstance(name, tuple) else str(name)


def tabular(value):
    """Rows as a DataFrame whose index, where it says something, is its first columns."""
    if isinstance(value, pd.Index):
        return value.to_frame(index=False)
    if not isinstance(value, (pd.DataFrame, pd.Series)):
        value = pd.DataFrame(value) if getattr(value, "ndim", 1) == 2 else pd.Series(value)
    frame = value if isinstance(value, pd.DataFrame) else value.to_frame("value" if value.name is None else value.name)
    index = frame.index
    if index.nlevels == 1 and index.name is None and (index.dtype.kind in "iu" or len(index) == 0):
        return frame.set_axis([label(name) for name in frame.columns], axis=1)
    levels = [index.get_level_values(level) for level in range(index.nlevels)]
    names = [label(level.name) if level.name is not None else "index" for level in levels]
    columns = [pd.Series(level).reset_index(drop=True) for level in levels]
    columns += [frame.iloc[:, place].reset_index(drop=True) for place in range(frame.shape[1])]
    return pd.concat(columns, axis=1).set_axis(names + [label(name) for name in frame.columns], axis=1)


def is_table(value):
    if isinstance(value, np.ndarray):
        return 1 <= value.ndim <= 2
    return isinstance(value, (pd.DataFrame, pd.Series, pd.Index, pd.api.extensions.ExtensionArray))


def is_rich(value):
    if is_table(value) or hasattr(value, "to_plotly_json") or hasattr(value, "savefig"):
        return True
    items = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()
    return any(is_rich(item) for item in items)


def outputs(value, name=""):
    """Every table and value in a result, with its name."""
    if isinstance(value, dict) and (isinstance(value.get("answer"), str) or any(map(is_rich, value.values()))):
        for key, item in value.items():
            yield from outputs(item, f"{name} / {key}" if name else str(key))
    elif isinstance(value, (list, tuple)) and any(map(is_rich, value)):
        for number, item in enumerate(value, 1):
            yield from outputs(item, f"{name} / {number}" if name else "")
    elif is_table(value):
        yield name, tabular(value)
    elif not is_rich(value):
        yield name, value


def plain(value):
    """A cell or a value as JSON has it: dates as text, what is missing as null."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, np.ndarray)):
        return [plain(item) for item in value]
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, np.generic) and not isinstance(value, (np.datetime64, np.timedelta64)):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, (bool, int, str)):
        return value
    return pd.Timestamp(value).isoformat() if isinstance(value, (dt.datetime, dt.date, np.datetime64)) else str(value)


def told(value, most=100_000):
    """The tables and values of a result as plain JSON."""
    found = []
    for name, item in outputs(value):
        if name.startswith("_"):
            continue
        if isinstance(item, pd.DataFrame):
            columns = [[shown(cell) for cell in item.iloc[:most, place].tolist()] for place in range(item.shape[1])]
            rows = [list(row) for row in zip(*columns)]
            found.append({"name": name, "columns": list(item.columns), "rows": rows, "total": len(item)})
        elif not isinstance(item, str):
            found.append({"name": name, "value": plain(item)})
    return found


def shown(cell):
    """A cell of a table: a moment at midnight is a day."""
    if isinstance(cell, dt.datetime) and cell is not pd.NaT:
        is_day = cell.time() == dt.time(0) and cell.tzinfo is None
        return cell.date().isoformat() if is_day else cell.isoformat(sep=" ")
    found = plain(cell)
    return None if isinstance(cell, float) and not math.isfinite(cell) else found
'''
SAVE: Final = '''def save(number, result, folder):
    """Writes the tables of a result as CSV, its values as JSON, its charts as HTML."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{number}.json").write_text(json.dumps(told(result), indent=1), encoding="utf-8")
    for place, (name, item) in enumerate(outputs(result), 1):
        if isinstance(item, pd.DataFrame):
            item.to_csv(folder / f"{number}-{place}.csv", index=False)
    charts = result.values() if isinstance(result, dict) else [result]
    for place, chart in enumerate((each for each in charts if hasattr(each, "write_html")), 1):
        chart.write_html(folder / f"{number}-chart-{place}.html", include_plotlyjs=True)
'''


def script(program: Program) -> str:
    """A Python script: `python report.py TABLE [TABLE ...] OUT`."""
    usage = " ".join(f"{_file(each.name, number)}" for number, each in enumerate(program.inputs, 1))
    parts = [
        f'"""{line(program.title)}.\n\nUsage: python report.py {usage} OUT\n"""',
        IMPORTS,
        *_readers(program),
        f"{OUTPUTS}\n\n{SAVE}",
        "*paths, out = sys.argv[1:]\nout = Path(out)",
        *_tables(program),
    ]
    for number, part in enumerate(program.parts, 1):
        parts.append(f"# {number}. {line(part.question)}\n{_begin(part)}\n{part.code}\nsave({number}, result, out)")
    return "\n\n\n".join(parts) + "\n"


def notebook(program: Program) -> str:
    """The same as a Jupyter notebook, one cell a step and an answer."""
    paths = [_file(each.name, number) for number, each in enumerate(program.inputs, 1)]
    setup = "\n\n\n".join([IMPORTS, *_readers(program), OUTPUTS])
    cells = [
        cell("markdown", f"# {line(program.title)}"),
        cell("markdown", "Put the tables beside this notebook as they are named here (CSV or Parquet)."),
        cell("code", f"paths = {json.dumps(paths)}"),
        cell("code", setup),
        *[cell("code", each) for each in _tables(program)],
    ]
    for part in program.parts:
        cells += [cell("markdown", f"## {line(part.question)}"), cell("code", f"{_begin(part)}\n{part.code}\nresult")]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    book = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    for number, each in enumerate(cells):
        each["id"] = f"cell-{number}"
    return json.dumps(book, indent=1, ensure_ascii=True)


def run(program: Program, files: Sequence[str]) -> str:
    """What a capsule runs: `python run.py OUT` reads these files beside it, or others that are given in their order,
    and writes a JSON for every answer."""
    parts = [
        f'"""{line(program.title)}. Usage: python run.py OUT [DATA ...]"""',
        IMPORTS,
        *_readers(program),
        OUTPUTS,
        f"here = Path(__file__).resolve().parent\n"
        f"paths = sys.argv[2:] or [here / name for name in {json.dumps(list(files))}]\n"
        "out = Path(sys.argv[1])\nout.mkdir(parents=True, exist_ok=True)",
        *_tables(program),
    ]
    for number, part in enumerate(program.parts, 1):
        told = f"json.dumps(told(result, {part.rows}), indent=1)"
        save = f'(out / "{number}.json").write_text({told}, encoding="utf-8")'
        parts.append(f"# {number}. {line(part.question)}\n{_begin(part)}\n{part.code}\n{save}")
    return "\n\n\n".join(parts) + "\n"


def _readers(program: Program) -> list[str]:
    """How each input is read: its own kinds and marks, and the function that uses them."""
    found = []
    for number, each in enumerate(program.inputs, 1):
        body = READ.replace("def load(path)", f"def load_{number}(path)")
        found.append(f"{head(each.source)}\n\n\n{_bound(body)}")
    return found


def _bound(body: str) -> str:
    """The reader with what stands above it kept for later, as another input's is written over it."""
    names = ("KINDS", "DELIMITER", "ENCODING", "HEADER", "DECIMAL", "DATES")
    read, _, rest = body.partition("\n\n\ndef load_")
    given = ", ".join(f"{name}={name}" for name in names)
    load, _, _ = rest.partition("\n\n\ndef save")
    number, _, after = load.partition("(path)")
    read = read.replace("def read(text, kind)", "def read(text, kind, DECIMAL=DECIMAL, DATES=DATES)")
    return f"{read}\n\n\ndef load_{number}(path, read=read, {given}){after}"


def _tables(program: Program) -> list[str]:
    found = []
    for number, table in enumerate(program.tables, 1):
        steps = "\n".join(f"# {line(sentence)}\n{code}" for sentence, code in table.steps)
        opened = f"df = same_kinds(load_{table.input + 1}(str(paths[{table.input}])))"
        found.append(f"{opened}\n{steps}\ntable_{number} = df".replace("\n\n", "\n"))
    return found


def _begin(part: Part) -> str:
    """Every answer begins with a table of its own, and the same dice."""
    return f"df = table_{part.table + 1}.copy()\nrandom.seed(0)\nnp.random.seed(0)"


def _file(name: str, number: int) -> str:
    plain = "".join(c if c.isascii() and c.isalnum() else "_" for c in name)[:40].strip("_")
    return f"{plain or f'table_{number}'}.parquet"
