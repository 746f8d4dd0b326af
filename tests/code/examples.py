"""One step of every kind, on columns of given names."""

from __future__ import annotations

from typing import Any

from services.code.personal import PersonalKind
from services.code.steps import StepBase, parse

OTHER = "0123456789abcdef0123456789abcdef"
"""The id of another version."""
OTHER_TABLE = {"id": ["a", "b", "9,99"], "n": [1, 2, 3], "more": [1.5, None, 2.5]}
"""What that version holds."""
NO_COLUMNS = {"sample", "first_rows", "number_rows", "tidy_names", "append", "off", "code", "drop_rows"}
"""Kinds whose example names no column."""


def examples(text: str, number: str, date: str, group: str) -> dict[str, StepBase]:
    """By kind: steps on a column of text, one of numbers, one of dates and one (of text) for the groups."""
    return {kind: parse({"kind": kind, **fields}) for kind, fields in _fields(text, number, date, group).items()}


def _fields(t: str, n: str, d: str, g: str) -> dict[str, dict[str, Any]]:
    select: dict[str, Any] = {"kind": "select", "columns": [t]}
    other = {"other": OTHER, "other_name": "Prices", "other_columns": list(OTHER_TABLE)}
    return {
        "select": {"columns": [t]},
        "drop": {"columns": [t]},
        "rename": {"names": {t: t + "2"}},
        "copy": {"column": t, "name": "new"},
        "split": {"column": t, "at": "a", "into": 3},
        "merge": {"columns": [t, n], "name": "new", "between": "·"},
        "tidy_names": {},
        "filter": {"conditions": [{"column": t, "test": "=", "value": t}]},
        "sort": {"columns": [t], "descending": [t]},
        "drop_missing": {"columns": [t]},
        "deduplicate": {"columns": [t]},
        "drop_rows": {"rows": [1, 3, 3]},
        "unusual_rows": {"columns": [n, d], "share": 0.2},
        "sample": {"rows": 5},
        "first_rows": {"rows": 3},
        "number_rows": {},
        "fill": {"columns": [t], "value": t},
        "fill_statistic": {"column": n, "by": [g]},
        "fill_neighbour": {"columns": [t], "by": [g]},
        "fill_model": {"column": n, "using": [g]},
        "to_missing": {"columns": [t]},
        "replace_values": {"columns": [t], "values": {"a": t, "9,99": None}},
        "edit_cells": {"edits": [{"row": 1, "column": t, "value": t}]},
        "repair_by_key": {"column": t, "by": [g], "rows": 2},
        "outliers": {"column": n},
        "limit_range": {"column": n, "low": 0},
        "cast": {"column": t, "to": "integer", "unreadable": "missing"},
        "number_from_text": {"columns": [t]},
        "trim": {"columns": [t]},
        "case": {"columns": [t], "to": "title"},
        "find_replace": {"columns": [t], "find": "[ab]", "replace": t, "pattern": False},
        "remove_characters": {"columns": [t], "what": "accents"},
        "mend_encoding": {"columns": [t]},
        "affix": {"columns": [t], "text": t},
        "substring": {"columns": [t], "length": 2},
        "pad": {"columns": [t]},
        "extract": {"column": t, "pattern": "[ab]+", "name": "new"},
        "date_parts": {"column": d, "parts": ["year", "week", "weekday", "is weekend"]},
        "date_difference": {"start": d, "end": d, "name": "new"},
        "shift_dates": {"columns": [d], "by": 2, "unit": "months"},
        "round_dates": {"columns": [d]},
        "write_dates": {"columns": [d]},
        "settle_dates": {"columns": [t]},
        "round": {"columns": [n], "digits": 1},
        "function": {"columns": [n]},
        "calculate": {"left": n, "operation": "divided by", "right": n, "name": "new"},
        "convert_units": {"columns": [t], "to": "mass in kg"},
        "group_statistic": {"column": n, "by": [g], "name": "new"},
        "running": {"column": n, "by": [g], "name": "new"},
        "change": {"column": n, "name": "new"},
        "rolling": {"column": n, "by": [g], "name": "new"},
        "rank": {"column": n, "name": "new"},
        "share": {"column": n, "by": [g], "name": "new"},
        "aggregate": {"by": [g], "measures": [{"column": n, "statistic": "mean"}]},
        "pivot": {"rows": [t], "columns": g, "values": n},
        "unpivot": {"columns": [t, g]},
        "join": {"left": [t], "right": ["id"], **other},
        "append": other,
        "one_hot": {"column": g},
        "encode": {"column": g, "name": "new"},
        "group_rare": {"columns": [g], "least": 2},
        "scale": {"columns": [n]},
        "bins": {"column": n, "name": "new"},
        "lag": {"column": n, "name": "new"},
        "text_length": {"column": t, "name": "new"},
        "mark_missing": {"columns": [t]},
        "redact": {"column": t},
        "partial_mask": {"column": t},
        "keyed_hash": {"column": t},
        "fake": {"column": t, "personal": PersonalKind.NAME},
        "generalise": {"column": t, "to": "start"},
        "code": {"code": "df = df.head(1)", "sentence": "Keep the first row"},
        "off": {"step": select},
        "chain": {"steps": [select, {"kind": "sort", "columns": [t]}]},
    }
