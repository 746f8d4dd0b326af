"""What went wrong, in the words of the user's code, and what to do about it. Runs in the worker."""

from __future__ import annotations

import builtins
import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import TracebackType
from typing import Any, Final

import pandas as pd

from sandbox.limits import THREADS_HINT

SOURCE: Final = "<analysis>"
"""The file name of the submitted code in tracebacks."""
ALL_COLUMNS: Final = "__columns__"
"""Among the variables: the columns of the run's tables, loaded or not."""
MESSAGE_CHARS: Final = 2_000
_QUOTED: Final = re.compile(r"'((?:[^'\\]|\\.)*)'")
_OUTSIDE: Final = "Code may not open files or network connections; the table is already loaded as `df`."


def describe(error: BaseException, names: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a `RunError`; `names` are the variables the code left."""
    message, hint = _explain(error, names)
    return {"type": type(error).__name__, "message": message[:MESSAGE_CHARS], "line": _line(error), "hint": hint[:500]}


def _line(error: BaseException) -> int | None:
    if isinstance(error, SyntaxError) and error.filename == SOURCE:
        return error.lineno
    return _last_line(error.__traceback__)


def _last_line(trace: TracebackType | None) -> int | None:
    line = None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == SOURCE:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _said(error: BaseException) -> str:
    """The text of an exception; a class of the code's own may raise another one instead of giving it."""
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - whatever it raises
        return ""


def _explain(error: BaseException, names: Mapping[str, Any]) -> tuple[str, str]:
    message = _said(error) or type(error).__name__
    for kind, explain in _EXPLAINERS:
        if isinstance(error, kind) and (found := explain(error, message, names)) is not None:
            return found
    return message, ""


Explained = tuple[str, str] | None


def _unknown_column(error: Any, _: str, names: Mapping[str, Any]) -> Explained:
    key = error.args[0] if error.args else ""
    wanted = _QUOTED.findall(str(key)) if " in " in str(key) or "[" in str(key) else [key]
    columns = _columns(names)
    missing = [name for name in wanted if name not in columns]
    if not missing or not columns:
        return None
    return _no_column(missing[0], columns) if isinstance(missing[0], str) else (f"{key!r} not found", "")


def _no_column(name: str, columns: Iterable[str]) -> tuple[str, str]:
    known = list(columns)
    near = _near(name, known)
    message = f"column '{name}' not found" + (f"; did you mean '{near}'?" if near else "")
    return message, f"The columns are: {_listed(known)}."


def _no_attribute(error: Any, message: str, _: Mapping[str, Any]) -> Explained:
    name, owner = getattr(error, "name", None) or "", getattr(error, "obj", None)
    if isinstance(owner, pd.DataFrame):
        near = _near(name, [str(column) for column in owner.columns])
        return _no_column(name, map(str, owner.columns)) if near else (message, _method(name, owner))
    return message, _method(name, owner) if owner is not None else ""


def _method(name: str, owner: Any) -> str:
    near = _near(name, [found for found in dir(type(owner)) if not found.startswith("_")])
    return f"Did you mean `{near}`?" if near else ""


def _no_name(error: Any, message: str, names: Mapping[str, Any]) -> Explained:
    name = getattr(error, "name", None) or next(iter(_QUOTED.findall(message)), "")
    columns = _columns(names)
    if type(error).__name__ == "UndefinedVariableError":
        return _no_column(name, columns)
    if name in columns:
        return message, f"'{name}' is a column: write df['{name}']."
    known = [found for found in names if not found.startswith("_")]
    near = _near(name, [*known, *(found for found in dir(builtins) if not found.startswith("_"))])
    return message, f"Did you mean `{near}`?" if near else f"Define `{name}` first. The table is `df`."


def _no_module(_: Any, message: str, __: Mapping[str, Any]) -> Explained:
    return message, "Use pandas, numpy, plotly, matplotlib, scikit-learn, scipy, statsmodels or duckdb."


def _outside(_: Any, message: str, __: Mapping[str, Any]) -> Explained:
    return message, _OUTSIDE


def _no_thread(_: Any, message: str, __: Mapping[str, Any]) -> Explained:
    return (message, THREADS_HINT) if "new thread" in message else None


def _wrong_value(_: Any, message: str, names: Mapping[str, Any]) -> Explained:
    if "is not the name of a column" in message and (found := re.search(r"but received: (.*)", message)):
        return _no_column(found.group(1).strip(), _columns(names))
    if "could not convert string" in message or "Unable to parse string" in message:
        return message, "Turn the column into numbers first: pd.to_numeric(df[column], errors='coerce')."
    if "NaN" in message and "contains" in message:
        return message, "Drop or fill the missing values first: df.dropna(subset=[...])."
    return None


def _wrong_type(_: Any, message: str, __: Mapping[str, Any]) -> Explained:
    if "dtype" in message and re.search(r"\b(mean|sum|std|var|median|quantile|reduction|prod)\b", message):
        return message, "Text columns cannot be calculated with: choose number columns, or pass numeric_only=True."
    if "JSON" in message or "Timestamp" in message:
        return message, ""
    return None


_EXPLAINERS: Final[tuple[tuple[type[BaseException], Callable[[Any, str, Mapping[str, Any]], Explained]], ...]] = (
    (KeyError, _unknown_column),
    (AttributeError, _no_attribute),
    (NameError, _no_name),
    (ModuleNotFoundError, _no_module),
    (OSError, _outside),
    (RuntimeError, _no_thread),
    (ValueError, _wrong_value),
    (TypeError, _wrong_type),
)


def _columns(names: Mapping[str, Any]) -> list[str]:
    """The text column names of every table of the run, loaded or not, and of every one the code left; `df` first."""
    tables = [(name != "df", value) for name, value in names.items() if isinstance(value, pd.DataFrame)]
    left = _text_names(frame for _, frame in sorted(tables, key=lambda item: item[0]))
    return list(dict.fromkeys([*names.get(ALL_COLUMNS, ()), *left]))


def _text_names(frames: Iterable[pd.DataFrame]) -> Iterator[str]:
    for frame in frames:
        yield from (column for column in frame.columns if isinstance(column, str))


def _near(name: str, known: list[str]) -> str | None:
    """The known name that looks most like this one, or None."""
    folded = {found.casefold(): found for found in reversed(known)}
    found = difflib.get_close_matches(name.casefold(), folded, 1, 0.6)
    return folded[found[0]] if found else None


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:30])
    return shown + (f" and {len(names) - 30} more" if len(names) > 30 else "")
