"""What an answer looks like, for each kind of output."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.ipc
import pytest
from streamlit.testing.v1 import AppTest

from components.answer_card import sent_messages
from sandbox.messages import Figure, Output, Table, Text, Value
from services.domain import Answer, Exchange, Turn, TurnStatus


def table(rows: int, total: int | None = None, columns: int = 2) -> Table:
    made = pa.table({f"c{n}": list(range(rows)) for n in range(columns)})
    stream = io.BytesIO()
    with pa.ipc.new_stream(stream, made.schema) as writer:
        writer.write_table(made)
    return Table(arrow=stream.getvalue(), columns=tuple(made.column_names), rows=rows, total_rows=total or rows)


FIGURE = Figure(json_text=json.dumps({"data": [{"type": "bar", "x": ["a"], "y": [1]}], "layout": {}}))


def draw(outputs: Sequence[Output], text: str = "The answer.") -> AppTest:
    def script(turn):  # type: ignore[no-untyped-def]
        from components import answer_card

        answer_card.show(turn, (), newest=True)

    turn = Turn(
        id="t",
        conversation_id="c",
        version_id="v",
        question="q",
        status=TurnStatus.ANSWERED,
        answer=Answer(text=text, outputs=tuple(outputs), code="result = 1"),
        created_at=datetime.now(UTC),
    )
    app = AppTest.from_function(script, args=(turn,), default_timeout=30).run()
    assert not app.exception
    return app


def captions(app: AppTest) -> list[str]:
    return [str(caption.value) for caption in app.caption]


def test_a_small_table_stands_beside_its_chart() -> None:
    app = draw([table(5), FIGURE])
    assert len(app.columns) == 2
    assert len(app.get("plotly_chart")) == 1
    assert len(app.dataframe[0].value) == 5


@pytest.mark.parametrize("wide", [table(5, columns=9), table(80)])
def test_a_big_table_stands_under_its_chart(wide: Table) -> None:
    app = draw([wide, FIGURE])
    assert not app.columns
    assert len(app.dataframe) == 1


def test_a_long_table_says_how_much_is_shown() -> None:
    app = draw([table(1_500, total=12_345)])
    assert len(app.dataframe[0].value) == 1_000
    assert "Showing 1,000 of 12,345 rows" in captions(app)
    assert "4 rows" in captions(draw([table(4)]))


def test_a_number_is_a_headline_unless_the_sentence_has_it() -> None:
    assert [m.value for m in draw([Value(name="mean", value=1234.5)]).metric] == ["1\\,234\\.50"]
    assert not draw([Value(value=1704)], text="There are 1,704 rows.").metric
    assert [m.value for m in draw([Value(value=True)]).metric] == ["Yes"]


def test_lists_records_and_texts_are_lines() -> None:
    outputs = [Value(value=["a", 2]), Value(value={"low": 1.0, "high": None}), Text(text="**as it is**")]
    assert [t.value for t in draw(outputs).text][1:] == ["a, 2", "low: 1.00", "high: –", "**as it is**"]


def test_a_request_is_shown_message_by_message() -> None:
    sent = json.dumps({"model": "m", "messages": [{"role": "system", "content": "Be brief."}]})
    assert sent_messages(sent) == [("system", "Be brief.")]


@pytest.mark.parametrize("sent", ["", "plain text", "[1]", '{"messages": 5}', '{"messages": [{"role": "x"}]}', "null"])
def test_any_other_text_is_shown_as_it_is(sent: str) -> None:
    assert sent_messages(sent) == []


def test_what_did_not_leave_is_named_with_its_token() -> None:
    def script(turn):  # type: ignore[no-untyped-def]
        from components import answer_card

        answer_card.show(turn, (), newest=True)

    exchange = Exchange(model="m", sent="orders of PERSON-1", received="{}", hidden={"PERSON-1": "Rosa *Bloom*"})
    turn = Turn(
        id="t",
        conversation_id="c",
        version_id="v",
        question="q",
        status=TurnStatus.ANSWERED,
        answer=Answer(text="Two."),
        exchanges=(exchange,),
        created_at=datetime.now(UTC),
    )
    app = AppTest.from_function(script, args=(turn,), default_timeout=30).run()
    [shown] = [caption for caption in captions(app) if "Hidden from the model" in caption]
    assert "PERSON" in shown
    assert "Rosa \\*Bloom\\*" in shown
