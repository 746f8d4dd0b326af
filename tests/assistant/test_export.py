"""The JSON of the command line is a contract."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from sandbox.messages import Figure, Output, RunStatus, Table, Value
from services.assistant import export
from services.domain import Answer, Attempt, Turn, TurnStatus

NOW = datetime(2026, 1, 2, tzinfo=UTC)
KEYS = set(export.failed("x"))


def table(data: dict[str, list[object]]) -> Table:
    arrow = pa.table(data)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, arrow.schema) as writer:
        writer.write_table(arrow)
    return Table(
        arrow=sink.getvalue().to_pybytes(),
        columns=tuple(data),
        rows=arrow.num_rows,
        total_rows=arrow.num_rows,
    )


def turn(status: TurnStatus, *outputs: Output, **fields: object) -> Turn:
    answer = Answer(text="It is so.", outputs=outputs, code="result = 1", suggestions=("next?",))
    return Turn.model_validate(
        {
            **{"id": "t", "conversation_id": "c", "version_id": "v", "question": "q", "created_at": NOW},
            **{"status": status, "answer": answer},
            **fields,
        }
    )


def test_a_scalar_answer() -> None:
    reply = export.as_json(turn(TurnStatus.ANSWERED, Value(value=3.5)))
    assert (reply["status"], reply["text"], reply["value"]) == ("answered", "It is so.", 3.5)
    assert (reply["table"], reply["figures"], reply["chart_type"], reply["options"]) == (None, [], None, [])
    assert set(reply) == KEYS


def test_a_table_answer_with_dates_and_gaps() -> None:
    data = {"day": [datetime(2024, 1, 5), datetime(2024, 1, 6, 7, 30)], "on": [date(2024, 1, 5), None]}
    reply = export.as_json(turn(TurnStatus.ANSWERED, table({**data, "x": [1.5, float("nan")]})))
    assert reply["table"] == {
        "columns": ["day", "on", "x"],
        "rows": [["2024-01-05", "2024-01-05", 1.5], ["2024-01-06 07:30:00", None, None]],
    }
    assert reply["value"] is None
    json.dumps(reply, allow_nan=False)


def test_a_table_of_one_cell_is_also_a_value() -> None:
    assert export.as_json(turn(TurnStatus.ANSWERED, table({"n": [7]})))["value"] == 7


def test_options_only_when_it_asks() -> None:
    assert export.as_json(turn(TurnStatus.CLARIFY))["options"] == ["next?"]
    assert export.as_json(turn(TurnStatus.DECLINED))["options"] == ["next?"]


@pytest.mark.parametrize("status", [TurnStatus.STOPPED, TurnStatus.INTERRUPTED, TurnStatus.FAILED])
def test_whatever_ended_badly_is_failed_with_its_words_and_last_code(status: TurnStatus) -> None:
    ended = turn(
        status,
        answer=None,
        message="It broke.",
        hint="Try again.",
        attempts=(Attempt(code="result = df.x", status=RunStatus.FAILED),),
    )
    reply = export.as_json(ended)
    assert (reply["status"], reply["text"], reply["code"]) == ("failed", "It broke. Try again.", "result = df.x")
    assert set(reply) == KEYS


@pytest.mark.parametrize(
    ("trace", "name"),
    [
        ({"type": "bar"}, "bar"),
        ({"type": "scatter", "mode": "lines+markers"}, "line"),
        ({"type": "scattergl", "mode": "markers"}, "scatter"),
        ({"mode": "markers"}, "scatter"),
        ({"type": "pie"}, "pie"),
        ({"type": "histogram"}, "histogram"),
        ({"type": "box"}, "box"),
        ({"type": "heatmap"}, "heatmap"),
        ({"type": "histogram2d"}, "heatmap"),
    ],
)
def test_chart_types(trace: dict[str, str], name: str) -> None:
    figure = Figure(json_text=json.dumps({"data": [trace], "layout": {}}))
    assert export.as_json(turn(TurnStatus.ANSWERED, figure))["chart_type"] == name


def test_a_figure_without_traces_has_no_chart_type() -> None:
    assert export.chart_type({"data": [], "layout": {}}) is None
