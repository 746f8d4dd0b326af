"""Draws one turn: what was asked and all that came of it. Returns the question that was clicked, if any."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from functools import partial

import streamlit as st

from components import change_card, checks_view, data_table, feedback_view, figure, layout, notice, takeaway, words
from sandbox.messages import Figure, Image, Output, Table, Text, Value
from services.domain import Answer, Exchange, Mode, Turn, TurnStatus

AVATAR = str(layout.STATIC / "face.svg")
SHOWN_ROWS = 1_000
SENT_HEIGHT = 240
NARROW_COLUMNS = 3
"""A table of at most this many columns stands beside its chart."""
MOST_NARROW_ROWS = 60
UNSAFE = re.compile(r"[^\w -]+")
"""What a file name does without."""
ANALYSTS = {
    "builtin": "Built-in analyst",
    "model": "Language model",
    "analysis": "Analysis",
    "person": "Written by hand",
}
UNFINISHED = {
    TurnStatus.STOPPED: "You stopped this question.",
    TurnStatus.INTERRUPTED: "The server stopped while it worked on this question.",
}


Change = Callable[[Turn], str | None]
"""Draws where a proposed change stands and what to do about it; a question to ask again, if that was clicked."""


def show(
    turn: Turn,
    codes: Collection[str],
    *,
    newest: bool,
    selects: bool = False,
    change: Change | None = None,
    take: takeaway.Take | None = None,
) -> str | None:
    """Draws what followed the question. Returns the question to ask next, if one was clicked.

    `newest` adds follow-up questions; numbers in the columns `codes` keep their digits together. With `selects` the
    marks of charts can be chosen (see `chart_key`). `change` stands below a change that is proposed; `take`
    makes files of outputs.
    """
    if turn.status in (TurnStatus.STOPPED, TurnStatus.INTERRUPTED):
        return _unfinished(turn)
    if turn.status is TurnStatus.FAILED or turn.answer is None:
        return _failed(turn)
    feedback_view.marks(turn)
    _reading(turn)
    st.text(words.clean(turn.answer.text))
    change_card.effect(turn, turn.answer)
    _outputs(turn.answer, partial(_output, turn, turn.answer, codes, selects, take))
    again = change(turn) if change else None
    for caveat in turn.answer.caveats:
        st.caption(f":material/info: {words.literal(caveat, 600)}")
    checks_view.show(turn.answer.checks)
    _evidence(turn, turn.answer)
    if turn.cached_id and st.button("Ask anew", icon=":material/refresh:", type="tertiary", key=f"anew-{turn.id}"):
        again = turn.question
    return again or (_choices(turn, turn.answer) if newest else None)


def _reading(turn: Turn) -> None:
    if turn.plan and turn.plan.reading:
        st.caption(f"Read as: {words.literal(turn.plan.reading, 300)}")


def _unfinished(turn: Turn) -> str | None:
    st.text(UNFINISHED[turn.status])
    return _retry(turn)


def _failed(turn: Turn) -> str | None:
    notice.problem(turn.message or "This question could not be answered.", turn.hint)
    if turn.attempts:
        with st.expander("Code that was tried", type="compact", icon=":material/code:"):
            st.code(turn.attempts[-1].code, language="python")
    _sent(turn)
    return _retry(turn)


def _retry(turn: Turn) -> str | None:
    asked = st.button("Retry", icon=":material/refresh:", key=f"retry-{turn.id}")
    return turn.question if asked else None


def chart_key(turn: Turn, output: Output) -> str:
    """What the browser calls a chart of the answer: `session.marks` of it says which marks were chosen."""
    outputs = turn.answer.outputs if turn.answer else ()
    return f"output-{turn.id}-{next(place for place, each in enumerate(outputs) if each is output)}"


def _outputs(answer: Answer, draw: Callable[[Output], None]) -> None:
    outputs = [o for o in answer.outputs if not _is_said(o, answer.text)]
    charts = [o for o in outputs if isinstance(o, Figure)]
    tables = [o for o in outputs if isinstance(o, Table)]
    if len(charts) == len(tables) == 1 and _is_narrow(tables[0]):
        wide, narrow = st.columns([5, 3], gap="medium")
        with wide:
            draw(charts[0])
        with narrow:
            draw(tables[0])
        outputs = [o for o in outputs if o not in (charts[0], tables[0])]
    if len(charts) > 2:
        _grid(charts, draw)
        outputs = [o for o in outputs if o not in charts]
    for output in sorted(outputs, key=lambda o: isinstance(o, Table)):
        draw(output)


def _grid(charts: list[Figure], draw: Callable[[Output], None]) -> None:
    """Two charts beside each other, row by row."""
    for row in range(0, len(charts), 2):
        for side, chart in zip(st.columns(2, gap="medium"), charts[row : row + 2], strict=False):
            with side:
                draw(chart)


def _is_said(output: Output, text: str) -> bool:
    """Whether the answer's sentence already has this number."""
    return isinstance(output, Value) and not isinstance(output.value, list | dict) and _said(output.value) in text


def _is_narrow(table: Table) -> bool:
    return len(table.columns) <= NARROW_COLUMNS and table.rows <= MOST_NARROW_ROWS


def _output(
    turn: Turn, answer: Answer, codes: Collection[str], selects: bool, take: takeaway.Take | None, output: Output
) -> None:
    key = chart_key(turn, output)
    match output:
        case Figure():
            figure.show(output, key, alt=words.clean(answer.text)[:300] or "Chart", selects=selects)
            if take:
                takeaway.show(output, take, key)
        case Table():
            _table(turn, output, key, codes, take)
        case Value():
            _value(output)
        case Text():
            st.text(words.clean(output.text))
        case Image():
            st.image(output.png)


def _table(turn: Turn, output: Table, key: str, codes: Collection[str], take: takeaway.Take | None) -> None:
    table = data_table.opened(output.arrow)
    shown = table.slice(0, SHOWN_ROWS)
    data_table.rows(shown, key, alt=f"Answer to: {words.clean(turn.question)[:150]}", codes=codes)
    with layout.line(horizontal_alignment="distribute"):
        st.caption(_extent(shown.num_rows, output), width="content")
        if take:
            takeaway.show(output, take, key)
            return
        st.download_button(
            "CSV",
            data=partial(data_table.csv, table),
            file_name=f"{UNSAFE.sub('_', output.name)[:60] or 'answer'}.csv",
            mime="text/csv",
            icon=":material/download:",
            type="tertiary",
            key=f"csv-{key}",
            on_click="ignore",
            help=f"Download {words.count(output.rows, 'row')}",
        )


def _extent(shown: int, output: Table) -> str:
    name = f"{words.literal(output.name, 60).capitalize()} · " if output.name else ""
    if shown < output.total_rows:
        return f"{name}Showing {shown:,} of {words.count(output.total_rows, 'row')}"
    return f"{name}{words.count(output.total_rows, 'row')}"


def _value(output: Value) -> None:
    value = output.value
    if isinstance(value, dict):
        for name, entry in value.items():
            st.text(words.clean(f"{name}: {_said(entry)}"))
    elif isinstance(value, list):
        st.text(words.clean(", ".join(_said(entry) for entry in value)))
    elif value is not None:
        label = words.literal(output.name or "Result")
        st.metric(label, words.literal(_said(value)), label_visibility="visible" if output.name else "collapsed")


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if value is None:
        return data_table.MISSING
    return words.number(value) if isinstance(value, int | float) else str(value)


def _evidence(turn: Turn, answer: Answer) -> None:
    """How the answer came about: the code that ran, who wrote it and how long it took, and what left the machine."""
    model = turn.exchanges[-1].model if turn.exchanges else ""
    parts = (ANALYSTS.get(turn.analyst, turn.analyst), model, words.seconds(turn.seconds))
    origin = " · ".join(words.literal(part) for part in parts if part)
    if answer.code:
        with st.expander(f"Code · {origin}", expanded=turn.mode is Mode.CODE, type="compact", icon=":material/code:"):
            st.code(answer.code, language="python")
    else:
        st.caption(origin)
    _sent(turn)


def _sent(turn: Turn) -> None:
    if not turn.exchanges:
        return
    tokens = sum(e.prompt_tokens + e.reply_tokens for e in turn.exchanges)
    parts = [words.count(len(turn.exchanges), "message"), words.count(tokens, "token")]
    if costs := [each.dollars for each in turn.exchanges if each.dollars is not None]:
        parts.append(words.literal(f"${sum(costs):.4f}"))
    label = f"What was sent · {', '.join(parts)}"
    with st.expander(label, type="compact", icon=":material/outgoing_mail:"):
        for exchange in turn.exchanges:
            _exchange(exchange)


def _exchange(exchange: Exchange) -> None:
    spent = f"{exchange.prompt_tokens:,} tokens sent, {exchange.reply_tokens:,} received"
    st.caption(f"To {words.literal(exchange.model)} · {spent} · {words.seconds(exchange.seconds)}")
    _hidden(exchange.hidden)
    messages = sent_messages(exchange.sent)
    if messages:
        readable, exact = st.tabs(["To read", "Exactly as sent"])
        with readable:
            for role, content in messages:
                st.caption(words.literal(role))
                st.code(content, language=None, wrap_lines=True, height=SENT_HEIGHT)
    with exact if messages else st.container():
        st.code(exchange.sent, language=None, wrap_lines=True, height=SENT_HEIGHT)
    st.caption("Reply")
    st.code(exchange.received, language=None, wrap_lines=True)


def _hidden(values: Mapping[str, str]) -> None:
    """Which values stayed on this machine, and what stood in their place."""
    if values:
        shown = (f"{words.literal(token)}: {words.literal(value, 80)}" for token, value in values.items())
        st.caption(f":material/shield_person: Hidden from the model · {' · '.join(shown)}")


def sent_messages(sent: str) -> list[tuple[str, str]]:
    """Role and text of each message in a request to OpenAI or Anthropic; empty for anything else."""
    try:
        body = json.loads(sent)
        system = [("system", _plain(body["system"]))] if "system" in body else []
        return system + [(str(message["role"]), _plain(message["content"])) for message in body["messages"]]
    except (ValueError, TypeError, KeyError):
        return []


def _plain(content: object) -> str:
    """Text that came as such, or as a list of parts."""
    parts = content if isinstance(content, list) else [content]
    return "\n".join(str(part.get("text", "")) if isinstance(part, dict) else str(part) for part in parts)


def _choices(turn: Turn, answer: Answer) -> str | None:
    """Follow-up questions, or the readings to choose from when it asks back. Returns the one clicked."""
    chosen = None
    with st.container(horizontal=True, gap="small"):
        for place, suggestion in enumerate(answer.suggestions[:6]):
            if st.button(words.literal(suggestion), key=f"ask-{turn.id}-{place}", icon=":material/arrow_forward:"):
                chosen = suggestion
    return chosen
