"""A list of steps as a program that needs nothing but pandas: a script, or a notebook."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.code.steps.base import TABLE, StepBase
from services.errors import BadInput


@dataclass(frozen=True)
class Source:
    """How the table was read: what pandas needs to read it in the same way."""

    columns: Mapping[str, str]
    """Kinds by name, in table order."""
    delimiter: str = ","
    encoding: str = "utf-8"
    header: int = 1
    """The line that holds the names, from 1; 0 when there are none."""
    decimal: str = "."
    dates: str = ""
    """ "dmy", "mdy" or "ymd" where it was found out."""


READ: Final = '''def read(text, kind):
    """A column of text as its kind."""
    if kind in ("integer", "decimal"):
        plain = text.str.replace("," if DECIMAL == "." else ".", "", regex=False).str.replace(DECIMAL, ".", regex=False)
        numbers = pd.to_numeric(plain)
        return numbers if kind == "integer" else numbers.astype("float64")
    if kind == "boolean":
        words = {"true": True, "yes": True, "t": True, "y": True, "false": False, "no": False, "f": False, "n": False}
        found = text.str.strip().str.lower().map(words)
        return found.astype(bool) if found.notna().all() else found
    if kind in ("date", "datetime"):
        return pd.to_datetime(text, format="mixed", dayfirst=DATES == "dmy", yearfirst=DATES == "ymd")
    return text


def load(path):
    """The table in a Parquet or CSV file."""
    if str(path).endswith(".parquet"):
        df = pd.read_parquet(path)
    else:
        header = HEADER - 1 if HEADER else None
        df = pd.read_csv(path, sep=DELIMITER, encoding=ENCODING, header=header, dtype="str",
                         keep_default_na=False, na_values=[""])
        if not HEADER:
            df.columns = list(KINDS)
    for name, kind in KINDS.items():
        if name not in df:
            continue
        if pd.api.types.is_string_dtype(df[name]) or kind == "date":
            df[name] = read(df[name], kind)
    return df


def save(df, path):
    """Writes the table; in a CSV whole numbers have no point."""
    if str(path).endswith(".parquet"):
        df.to_parquet(path, index=False)
        return
    for name in df:
        if pd.api.types.is_bool_dtype(df[name]):
            df[name] = df[name].map({True: "true", False: "false"})
        if pd.api.types.is_float_dtype(df[name]):
            df[name] = df[name].map(lambda value: f"{value:.0f}" if value % 1 == 0 else repr(value), na_action="ignore")
    df.to_csv(path, index=False)
'''


def script(steps: Sequence[StepBase], source: Source, title: str) -> str:
    """A Python script: `python clean.py IN OUT`, and the other tables behind. Raises: BadInput."""
    _check(steps)
    others = list(dict.fromkeys(name for step in steps for name in step.sources))
    body = [f"# {line(step.describe())}\n{step.to_code()}" for step in steps]
    opened = [f"{name} = pd.read_parquet(others[{place}])" for place, name in enumerate(others)]
    parts = [
        f'"""{line(title)}. Usage: python clean.py IN OUT{" OTHER.parquet" * len(others)}"""',
        "import sys\n\nimport numpy as np\nimport pandas as pd",
        head(source),
        READ,
        "source, target, *others = sys.argv[1:]\n" + "\n".join([f"{TABLE} = load(source)", *opened]),
        *body,
        "save(df, target)",
    ]
    return "\n\n".join(parts) + "\n"


def notebook(steps: Sequence[StepBase], source: Source, title: str) -> str:
    """The same as a notebook, one cell a step. Raises: BadInput."""
    _check(steps)
    cells = [
        cell("markdown", f"# {line(title)}"),
        cell("code", f"import numpy as np\nimport pandas as pd\n\n{head(source)}\n\n{READ}"),
        cell("code", f'{TABLE} = load("table.csv")'),
    ]
    for name in dict.fromkeys(name for step in steps for name in step.sources):
        cells.append(cell("code", f'{name} = pd.read_parquet("{name}.parquet")'))
    for step in steps:
        cells += [cell("markdown", line(step.describe())), cell("code", step.to_code())]
    book = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(book, indent=1, ensure_ascii=True)


def _check(steps: Sequence[StepBase]) -> None:
    if any(step.keyed for step in steps):
        raise BadInput("A mask with the team's key cannot run outside.", "Leave it out, or mask in another way.")


def head(source: Source) -> str:
    """How the table was read, as the variables that `READ` uses."""
    told = {
        "KINDS": dict(source.columns),
        "DELIMITER": source.delimiter,
        "ENCODING": source.encoding,
        "HEADER": source.header,
        "DECIMAL": source.decimal,
        "DATES": source.dates,
    }
    return "\n".join(f"{name} = {value!r}" for name, value in told.items())


def cell(kind: str, text: str) -> dict[str, Any]:
    """A cell of a notebook: "code" or "markdown"."""
    code: dict[str, Any] = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "metadata": {}, "source": text.splitlines(keepends=True), **code}


def line(text: str) -> str:
    """The text on one line without what could end a comment, a string or a cell."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return plain.replace("\\", "/").replace('"', "'")
