"""Scalars, and plain lists and dicts of them, as JSON values. Runs in the worker."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import fractions
import math
import pathlib
import uuid
from collections.abc import Callable, ItemsView, KeysView, Mapping, ValuesView
from typing import Any, Final

import numpy as np
import pandas as pd

DEPTH: Final = 12
"""The deepest nesting of lists and dicts."""
_SAFE: Final = 2**63


class NotPlain(TypeError):
    """The value has no JSON form."""


def plain(value: Any, depth: int = DEPTH) -> Any:
    """The JSON value: dates as ISO text, missing as None, infinities and integers beyond 64 bits as text.

    Raises: NotPlain.
    """
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, enum.Enum):
        return plain(value.value, depth)
    if isinstance(value, (np.datetime64, np.timedelta64)):
        return plain(pd.Timestamp(value) if isinstance(value, np.datetime64) else pd.Timedelta(value), depth)
    if isinstance(value, np.generic):
        return plain(value.item(), depth) if type(value.item()) is not type(value) else str(value)
    for kinds, convert in _SCALARS:
        if isinstance(value, kinds):
            return convert(value)
    return _container(value, depth)


def _container(value: Any, depth: int) -> Any:
    if depth <= 0:
        raise NotPlain("nested too deeply")
    if isinstance(value, Mapping):
        return {_key(key): plain(item, depth - 1) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return [plain(item, depth - 1) for item in sorted(value, key=lambda item: (str(type(item)), str(item)))]
    if isinstance(value, (np.ndarray, pd.Series, pd.Index)):
        return [plain(item, depth - 1) for item in value.tolist()]
    if isinstance(value, (list, tuple, range, KeysView, ValuesView, ItemsView)):
        return [plain(item, depth - 1) for item in value]
    raise NotPlain(type(value).__name__)


def _key(key: Any) -> str:
    return key if isinstance(key, str) else str(plain(key)) if not isinstance(key, tuple) else " / ".join(map(str, key))


def _integer(value: int) -> int | str:
    return int(value) if -_SAFE <= value < 2 * _SAFE else str(value)


def _float(value: float) -> float | str | None:
    if math.isnan(value):
        return None
    return float(value) if math.isfinite(value) else str(value)


def _text(value: str) -> str:
    return str(value).encode("utf-8", "replace").decode()


_SCALARS: Final[tuple[tuple[Any, Callable[[Any], Any]], ...]] = (
    (bool, bool),
    (int, _integer),
    (float, _float),
    (str, _text),
    (pd.Timedelta, str),
    ((dt.datetime, dt.date, dt.time), lambda value: value.isoformat()),
    ((decimal.Decimal, fractions.Fraction), lambda value: _float(float(value))),
    ((dt.timedelta, complex, uuid.UUID, pathlib.PurePath, pd.Period, pd.Interval), str),
    ((bytes, bytearray), lambda value: bytes(value).decode("utf-8", "replace")),
)
