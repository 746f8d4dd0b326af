"""One worked example of each kind of step: a small table, and the table it must become."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from services.code.steps import parse
from tests.code import tables
from tests.code.examples import OTHER

DAY, LATER = datetime(2024, 1, 31, 10), datetime(2024, 3, 1)
N = None
PRICES = {"other": OTHER, "other_name": "Prices", "other_columns": ["id", "n", "more"]}
Case = tuple[dict[str, Any], dict[str, list[Any]], dict[str, list[Any]]]
CASES: list[Case] = [
    ({"kind": "copy", "column": "a", "name": "b"}, {"a": [1]}, {"a": [1], "b": [1]}),
    ({"kind": "split", "column": "a", "at": ",", "into": 2}, {"a": ["x, y,z", "x", N]},
     {"a": ["x, y,z", "x", N], "a 1": ["x", "x", N], "a 2": ["y,z", N, N]}),
    ({"kind": "merge", "columns": ["a", "b"], "between": "-", "name": "c"}, {"a": ["x", N], "b": [1, 2]},
     {"a": ["x", N], "b": [1, 2], "c": ["x-1", "2"]}),
    ({"kind": "tidy_names"}, {"Order  ID": [1], "unitPrice (€)": [2]}, {"order_id": [1], "unit_price": [2]}),
    ({"kind": "drop_missing", "columns": ["a", "b"], "when": "all are missing"},
     {"a": ["x", N, N], "b": [1.0, 2.0, N]}, {"a": ["x", N], "b": [1.0, 2.0]}),
    ({"kind": "deduplicate", "columns": ["a"], "keep": "last"}, {"a": ["x", "y", "x"], "b": [1, 2, 3]},
     {"a": ["y", "x"], "b": [2, 3]}),
    ({"kind": "first_rows", "action": "drop the last", "rows": 2}, {"a": [1, 2, 3]}, {"a": [1]}),
    ({"kind": "number_rows", "start": 5}, {"a": ["x", "y"]}, {"a": ["x", "y"], "row": [5, 6]}),
    ({"kind": "fill", "columns": ["a"], "value": "none"}, {"a": ["x", N]}, {"a": ["x", "none"]}),
    ({"kind": "fill_statistic", "column": "x", "by": ["g"]},
     {"g": ["a", "a", "a", "b", N], "x": [1.0, 3.0, N, N, N]},
     {"g": ["a", "a", "a", "b", N], "x": [1.0, 3.0, 2.0, 2.0, 2.0]}),
    ({"kind": "fill_statistic", "column": "x", "statistic": "most frequent"}, {"x": ["b", "a", "b", N]},
     {"x": ["b", "a", "b", "b"]}),
    ({"kind": "fill_neighbour", "columns": ["x"], "by": ["g"]}, {"g": ["a", "b", "a"], "x": ["1", N, N]},
     {"g": ["a", "b", "a"], "x": ["1", N, "1"]}),
    ({"kind": "fill_neighbour", "columns": ["x"], "how": "between neighbours"}, {"x": [N, 1.0, N, 3.0, N]},
     {"x": [N, 1.0, 2.0, 3.0, N]}),
    ({"kind": "fill_model", "column": "x", "using": ["g", "n"]},
     {"g": [*"ab" * 12, "a", "b", "a"], "n": [*range(24), 3, N, 5], "x": [*[10, 20] * 12, N, N, N]},
     {"g": [*"ab" * 12, "a", "b", "a"], "n": [*range(24), 3, N, 5], "x": [*[10, 20] * 12, 10, 20, 10]}),
    ({"kind": "fill_model", "column": "t", "using": ["n"]},
     {"n": [*range(24), 2, 20], "t": [*["low"] * 12, *["high"] * 12, N, N]},
     {"n": [*range(24), 2, 20], "t": [*["low"] * 12, *["high"] * 12, "low", "high"]}),
    ({"kind": "drop_rows", "rows": [3, 1, 3]}, {"a": ["x", "y", "z"]}, {"a": ["y"]}),
    ({"kind": "unusual_rows", "columns": ["x", "y"], "share": 0.05},
     {"x": [*[0, 1, 2] * 10, 2], "y": [*[0, 1, 2] * 10, 9]},
     {"x": [*[0, 1, 2] * 10, 2], "y": [*[0, 1, 2] * 10, 9], "is unusual": [*[False] * 30, True]}),
    ({"kind": "to_missing", "columns": ["a"]}, {"a": ["x", " N/A ", "-", "nancy"]}, {"a": ["x", N, N, "nancy"]}),
    ({"kind": "replace_values", "columns": ["a"], "values": {"NY": "New York", "?": N}}, {"a": ["NY", "?", "LA", N]},
     {"a": ["New York", N, "LA", N]}),
    ({"kind": "edit_cells", "edits": [{"row": 2, "column": "a", "value": 7}, {"row": 1, "column": "b"}]},
     {"a": [1, 2], "b": ["x", "y"]}, {"a": [1, 7], "b": [N, "y"]}),
    ({"kind": "repair_by_key", "column": "city", "by": ["zip"], "rows": 3},
     {"zip": [1, 1, 1, 1, 2, N], "city": ["Bonn", "Bonn", "Bnn", "Bonn", "Ulm", "X"]},
     {"zip": [1, 1, 1, 1, 2, N], "city": ["Bonn", "Bonn", "Bonn", "Bonn", "Ulm", "X"]}),
    ({"kind": "outliers", "column": "x", "action": "empty"}, {"x": [1.0, 2.0, 3.0, 4.0, 99.0]},
     {"x": [1.0, 2.0, 3.0, 4.0, N]}),
    ({"kind": "outliers", "column": "x", "action": "mark"}, {"x": [1.0, 2.0, 3.0, 4.0, 99.0]},
     {"x": [1.0, 2.0, 3.0, 4.0, 99.0], "x is outlier": [False, False, False, False, True]}),
    ({"kind": "limit_range", "column": "x", "low": 0, "high": 10, "action": "pull in"}, {"x": [-1.0, 5.0, 11.0]},
     {"x": [0.0, 5.0, 10.0]}),
    ({"kind": "number_from_text", "columns": ["a"]}, {"a": ["$1,234.50", "12 kg", "(3)", "x", N, "-7 %"]},
     {"a": [1234.5, 12.0, -3.0, N, N, -7.0]}),
    ({"kind": "number_from_text", "columns": ["a"], "decimal": ",", "percent": "as share"},
     {"a": ["1.234,5 €", "50 %"]}, {"a": [1234.5, 0.5]}),
    ({"kind": "trim", "columns": ["a"]}, {"a": [" x\u00a0 y ", "\u200bz\n", N]}, {"a": ["x y", "z", N]}),
    ({"kind": "case", "columns": ["a"], "to": "title"}, {"a": ["new york"]}, {"a": ["New York"]}),
    ({"kind": "find_replace", "columns": ["a"], "find": r"(\d)-(\d)", "replace": r"\2-\1", "pattern": True},
     {"a": ["1-2", "x"]}, {"a": ["2-1", "x"]}),
    ({"kind": "remove_characters", "columns": ["a"], "what": "accents"}, {"a": ["Été"]}, {"a": ["Ete"]}),
    ({"kind": "mend_encoding", "columns": ["a"]}, {"a": ["Ã¼ber", "über", N]}, {"a": ["über", "über", N]}),
    ({"kind": "affix", "columns": ["a"], "text": "$", "action": "take from the start"}, {"a": ["$5", "5"]},
     {"a": ["5", "5"]}),
    ({"kind": "substring", "columns": ["a"], "first": 2, "length": 2}, {"a": ["abcd", "a"]}, {"a": ["bc", ""]}),
    ({"kind": "pad", "columns": ["a"], "length": 5}, {"a": ["1234", "12345"]}, {"a": ["01234", "12345"]}),
    ({"kind": "extract", "column": "a", "pattern": "[0-9]+", "name": "n"}, {"a": ["ab12c", "x"]},
     {"a": ["ab12c", "x"], "n": ["12", N]}),
    ({"kind": "date_parts", "column": "d", "parts": ["year", "weekday", "is weekend"]}, {"d": [DAY, N]},
     {"d": [DAY, N], "d year": [2024, N], "d weekday": [3, N], "d is weekend": [False, N]}),
    ({"kind": "date_difference", "start": "a", "end": "b", "name": "days"}, {"a": [DAY], "b": [LATER]},
     {"a": [DAY], "b": [LATER], "days": [29 + 14 / 24]}),
    ({"kind": "shift_dates", "columns": ["d"], "by": 1, "unit": "months"}, {"d": [DAY]},
     {"d": [datetime(2024, 2, 29, 10)]}),
    ({"kind": "round_dates", "columns": ["d"], "to": "quarter"}, {"d": [LATER, N]}, {"d": [datetime(2024, 1, 1), N]}),
    ({"kind": "write_dates", "columns": ["d"], "form": "31.01.2024"}, {"d": [LATER, N]}, {"d": ["01.03.2024", N]}),
    ({"kind": "settle_dates", "columns": ["d"]}, {"d": ["4/2/15", "1/1/71", "4/25/98", "x"]},
     {"d": ["2015-04-02", "1/1/71", "4/25/98", "x"]}),
    ({"kind": "round", "columns": ["x"], "digits": 1}, {"x": [1.26]}, {"x": [1.3]}),
    ({"kind": "function", "columns": ["x"], "function": "square root"}, {"x": [9.0, -1.0]}, {"x": [3.0, N]}),
    ({"kind": "calculate", "left": "a", "operation": "divided by", "right": "b", "name": "c"},
     {"a": [6, 1], "b": [3, 0]}, {"a": [6, 1], "b": [3, 0], "c": [2.0, N]}),
    ({"kind": "calculate", "left": "a", "operation": "times", "number": 2, "name": "c"}, {"a": [6]},
     {"a": [6], "c": [12.0]}),
    ({"kind": "convert_units", "columns": ["w"], "to": "mass in kg"}, {"w": ["500 g", "2kg", "3 apples"]},
     {"w": [0.5, 2.0, N]}),
    ({"kind": "group_statistic", "column": "x", "by": ["g"], "name": "m"}, {"g": ["a", "a", "b"], "x": [1.0, 3.0, 5.0]},
     {"g": ["a", "a", "b"], "x": [1.0, 3.0, 5.0], "m": [2.0, 2.0, 5.0]}),
    ({"kind": "running", "column": "x", "by": ["g"], "name": "r"}, {"g": ["a", "b", "a"], "x": [1, 2, 3]},
     {"g": ["a", "b", "a"], "x": [1, 2, 3], "r": [1, 2, 4]}),
    ({"kind": "change", "column": "x", "unit": "per cent", "name": "c"}, {"x": [2.0, 3.0]},
     {"x": [2.0, 3.0], "c": [N, 50.0]}),
    ({"kind": "rolling", "column": "x", "rows": 2, "name": "m"}, {"x": [1.0, 3.0, 5.0]},
     {"x": [1.0, 3.0, 5.0], "m": [1.0, 2.0, 4.0]}),
    ({"kind": "rank", "column": "x", "name": "r"}, {"x": [5, 9, 5]}, {"x": [5, 9, 5], "r": [2, 1, 2]}),
    ({"kind": "share", "column": "x", "name": "s"}, {"x": [1.0, 3.0]}, {"x": [1.0, 3.0], "s": [25.0, 75.0]}),
    ({"kind": "lag", "column": "x", "by": ["g"], "name": "l"}, {"g": ["a", "b", "a"], "x": ["1", "2", "3"]},
     {"g": ["a", "b", "a"], "x": ["1", "2", "3"], "l": [N, N, "1"]}),
    ({"kind": "aggregate", "by": ["g"], "measures": [{"column": "x", "statistic": "sum"},
                                                     {"column": "x", "statistic": "distinct"}]},
     {"g": ["a", "b", "a"], "x": [1, 2, 1]}, {"g": ["a", "b"], "sum of x": [2, 2], "distinct of x": [1, 1]}),
    ({"kind": "pivot", "rows": ["y"], "columns": "g", "values": "x"},
     {"y": [1, 1, 2], "g": ["a", "b", "a"], "x": [5, 6, 7]},
     {"y": [1, 2], "a": [5.0, 7.0], "b": [6.0, N]}),
    ({"kind": "unpivot", "columns": ["a", "b"]}, {"id": [1], "a": [5], "b": [6]},
     {"id": [1, 1], "name": ["a", "b"], "value": [5, 6]}),
    ({"kind": "join", "left": ["k"], "right": ["id"], **PRICES}, {"k": ["a", "z"], "n": [7, 8]},
     {"k": ["a", "z"], "n": [7, 8], "n (Prices)": [1, N], "more": [1.5, N]}),
    ({"kind": "append", **PRICES}, {"id": ["x"], "n": [0]},
     {"id": ["x", "a", "b", "9,99"], "n": [0, 1, 2, 3], "more": [N, 1.5, N, 2.5]}),
    ({"kind": "one_hot", "column": "g"}, {"g": ["a", "b", N]},
     {"g=a": [True, False, False], "g=b": [False, True, False]}),
    ({"kind": "encode", "column": "g", "name": "n", "order": ["low", "high"]}, {"g": ["high", "low", "x"]},
     {"g": ["high", "low", "x"], "n": [1, 0, N]}),
    ({"kind": "encode", "column": "g", "name": "n", "by": "frequency"}, {"g": ["a", "a", "b"]},
     {"g": ["a", "a", "b"], "n": [2, 2, 1]}),
    ({"kind": "group_rare", "columns": ["g"], "least": 2}, {"g": ["a", "a", "b", N]}, {"g": ["a", "a", "Other", N]}),
    ({"kind": "scale", "columns": ["x"], "method": "from 0 to 1"}, {"x": [1.0, 3.0, 2.0]}, {"x": [0.0, 1.0, 0.5]}),
    ({"kind": "bins", "column": "x", "count": 2, "name": "band"}, {"x": [0.0, 4.0, 10.0]},
     {"x": [0.0, 4.0, 10.0], "band": ["0–5", "0–5", "5–10"]}),
    ({"kind": "text_length", "column": "a", "unit": "words", "name": "n"}, {"a": ["a b", N]},
     {"a": ["a b", N], "n": [2, N]}),
    ({"kind": "mark_missing", "columns": ["a"]}, {"a": ["x", N]}, {"a": ["x", N], "a is missing": [False, True]}),
    ({"kind": "off", "step": {"kind": "drop", "columns": ["a"]}}, {"a": [1]}, {"a": [1]}),
]  # fmt: skip


@pytest.mark.parametrize(("data", "before", "after"), CASES, ids=[case[0]["kind"] for case in CASES])
def test_a_step_makes_this_of_that(
    data: dict[str, Any], before: dict[str, list[Any]], after: dict[str, list[Any]], tmp_path: Path
) -> None:
    source = tables.written(pa.table(before), tmp_path)
    step = tables.taught(parse(data), source)
    assert tables.cells(tables.run(step, source, tmp_path)) == after
    assert step.check(list(before)) == tuple(after)
