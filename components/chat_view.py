"""Draws a conversation, its first questions and the box to ask in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial

import streamlit as st
from streamlit.typing import ChatInputValue

from components import answer_card, layout, notice, scroll, takeaway, upload_form, words
from services.domain import Allowance, Dataset, Sight, Turn
from services.errors import AppError

DRAWN_TURNS = 12
"""Older turns are one line each, opened on demand: the browser, not the server, is what gets slow."""
STARTER_ICONS = ("bar_chart", "show_chart", "insights")

NOTHING_SENT = "The built-in analyst answers: nothing is sent anywhere."
PROMISES = {
    Sight.SCHEMA: "{model} answers: it is sent your question and names and kinds of columns, but no numbers or cells.",
    Sight.AGGREGATES: "{model} answers: it is sent your question, column names and summary figures, but no cells.",
    Sight.SAMPLES: "{model} answers: it is sent your question, column names, summary figures and masked examples.",
}

Attach = Callable[[Turn], None]
"""Draws a turn that is under way until it is over."""


def show(
    turns: Sequence[Turn],
    codes: Collection[str],
    attach: Attach,
    authors: Mapping[str, str] | None = None,
    change: answer_card.Change | None = None,
    take: takeaway.Take | None = None,
    below: Attach | None = None,
) -> str | None:
    """Draws the turns, oldest first, then attaches to those under way. Returns the question clicked, if any.

    `authors` are the names of others who asked, by their ids; `change` draws what may be done with a proposed change,
    `take` makes files of outputs, `below` draws what may be done with any answer.
    """
    asked, under_way = None, []
    for turn in turns[:-DRAWN_TURNS]:
        with st.container():
            asked = _folded(turn, partial(_final, turn, codes, False, change, take, below)) or asked
    for turn in turns[-DRAWN_TURNS:]:
        # One container a turn: when an older one folds, the others keep their places and are not drawn again.
        with st.container():
            _question(turn, (authors or {}).get(turn.created_by, ""))
            with st.chat_message("assistant", avatar=answer_card.AVATAR):
                if turn.status.is_final:
                    newest = turn is turns[-1]
                    asked = _final(turn, codes, newest, change, take, below) or asked
                else:
                    under_way.append((st.container(), turn))
    if turns:
        scroll.to(_key(turns[-1]), f"{turns[-1].id} {turns[-1].status}")
    for place, _ in under_way[1:]:
        place.markdown(":shimmer[Waiting for the answer above]")
    for place, turn in [] if asked else under_way:
        with place:
            attach(turn)
    return asked


def _final(
    turn: Turn,
    codes: Collection[str],
    newest: bool,
    change: answer_card.Change | None,
    take: takeaway.Take | None,
    below: Attach | None,
) -> str | None:
    asked = answer_card.show(turn, codes, newest=newest, selects=below is not None, change=change, take=take)
    if below:
        below(turn)
    return asked


def _key(turn: Turn) -> str:
    return f"question-{turn.id}"


def _question(turn: Turn, author: str) -> None:
    """The question as a bubble on the right, with who asked where it was somebody else."""
    with st.container(horizontal_alignment="right", key=_key(turn), gap="xxsmall"):
        if author:
            st.caption(words.literal(author, 60), width="content")
        with st.container(border=True, width="content"):
            st.text(words.clean(turn.question))


def _folded(turn: Turn, draw: Callable[[], str | None]) -> str | None:
    place = st.expander(
        words.literal(turn.question, 90),
        type="compact",
        on_change="rerun",
        key=f"older-{turn.id}",
        icon=":material/history:",
    )
    if not place.open:
        return None
    with place:
        return draw()


def starters(questions: Sequence[str]) -> str | None:
    """Draws the first questions right over the box to ask in; the one clicked, if any.

    The place is kept, and emptied at once, when there are none: else the box below moves while an answer is made.
    """
    place = st.bottom.empty()
    if not questions:
        place.empty()
        return None
    asked = None
    with layout.column(place), st.container(horizontal=True, wrap=False, gap="small"):
        for number, question in enumerate(questions):
            icon = f":material/{STARTER_ICONS[number % len(STARTER_ICONS)]}:"
            if st.button(words.literal(question, 70), icon=icon, key=f"starter-{number}"):
                asked = question
    return asked


def promise(analyst: str, model: str, sight: Sight) -> str:
    """Who answers, and what becomes of the data, in a sentence."""
    return PROMISES[sight].format(model=words.literal(model, 60)) if analyst == "model" else NOTHING_SENT


def refused(question: str, error: AppError) -> None:
    """Says why a question was not asked, and gives its text back."""
    with layout.column():
        notice.show(error)
        st.code(words.clean(question), language=None, wrap_lines=True, height=160)


def gone(question: str, instead: Dataset) -> None:
    """Says that the dataset of the address is not here any more, and that its question was asked of nothing else."""
    if not question:
        st.toast("That dataset is not here any more.", icon=":material/info:")
        return
    with layout.column():
        notice.problem(
            f"The dataset was deleted, so this was not asked: {question}", f"Ask it again to ask about {instead.name}."
        )


def box(dataset_name: str, promise: str, allowance: Allowance) -> ChatInputValue | None:
    """The box pinned to the bottom, with what becomes of the data under it. Returns the question and the files."""
    with layout.column(st.bottom):
        entered = st.chat_input(
            f"Ask about {words.clean(dataset_name)[:60]}",
            accept_file="multiple",
            file_type=list(upload_form.TYPES),
            max_upload_size=upload_form.most(allowance),
            key="question",
        )
        st.caption(promise, text_alignment="center")
    return entered
