"""What a person does with a chart that is drawn: see the rows behind it, draw some alone, restyle it in words."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st

from components import answer_card, chart_form, drill_view, notice, shell, words
from components.drill_view import Wish
from components.session import session
from pages import desk
from sandbox.messages import Figure
from services import charting, datasets, drawn, drilling, exploration, restyling
from services.domain import Turn, View
from services.errors import AppError
from services.workspace import Workspace

SHOWN_NAME = 80


def gallery(ws: Workspace, here: desk.Desk) -> None:
    """Draws the charts that say most about the table."""
    ideas = charting.ideas(ws, here.version.id)
    if not ideas:
        st.caption(":material/info: No column of this table is an amount, a time or a group that a chart could show.")
        return
    desk.analyse(ws, here, {"kind": "gallery", "charts": [{**idea.chart, "reason": idea.reason} for idea in ideas]})


def under(ws: Workspace, here: desk.Desk, turn: Turn) -> None:
    """Draws what can be done with the charts of an answer, and does it."""
    charts = exploration.charts(turn)
    figures = [output for output in turn.answer.outputs if isinstance(output, Figure)] if turn.answer else []
    if not charts or len(charts) != len(figures):
        return
    if len(charts) > 1:
        chart_form.gallery([f"{each.get('type', '').capitalize()}: {each.get('reason', '')}" for each in charts])
    elif charts[0].get("reason"):
        st.caption(f":material/lightbulb: {words.literal(charts[0]['reason'], 300)}")
    place = _place(turn, charts, figures)
    marked = _chosen(ws, turn, charts[place], figures[place])
    if wish := _tools(ws, turn, charts[place]) or marked:
        _do(ws, here, turn, charts[place], wish)


def marked(ws: Workspace, here: desk.Desk, pin: Callable[[Turn], None], turn: Turn) -> None:
    """Draws, below an answer in a chat, the way to the rows behind the marks of its charts, and the Pin button."""
    for figure, chart in drawn.charts(turn):
        if wish := _chosen(ws, turn, chart, figure, redraws=drawn.is_analysis(turn)):
            _do(ws, here, turn, chart, wish)
    pin(turn)


def _place(turn: Turn, charts: list[dict[str, Any]], figures: list[Figure]) -> int:
    """Which chart is meant: the one on which something was chosen, else the one named."""
    if len(charts) == 1:
        return 0
    named = st.selectbox(
        "Chart to go on with",
        range(len(charts)),
        format_func=words.telling(
            range(len(charts)), lambda each: words.clean(figures[each].name)[:SHOWN_NAME] or f"Chart {each + 1}"
        ),
        key=f"which-{turn.id}",
    )
    marked = (n for n, each in enumerate(figures) if any(session.marks(answer_card.chart_key(turn, each))))
    return next(marked, int(named or 0))


def _chosen(
    ws: Workspace, turn: Turn, chart: Mapping[str, Any], figure: Figure, *, redraws: bool = True
) -> Wish | None:
    """What is wanted with the marks that were chosen on the chart."""
    points, areas = session.marks(answer_card.chart_key(turn, figure))
    if not (points or areas):
        return None
    profile = datasets.profile(ws, turn.version_id)
    view = drilling.behind(chart, json.loads(figure.json_text), points, areas, profile)
    if view is None:
        st.caption(":material/info: These marks stand for no rows of their own. Say which rows under “Rows”.")
        return None
    return drill_view.chosen(view, profile, f"chosen-{turn.id}", redraws=redraws)


def _tools(ws: Workspace, turn: Turn, chart: Mapping[str, Any]) -> Wish | None:
    clicks = chart["type"] in drilling.CLICKED or chart["type"] in drilling.RANGED
    names = drilling.columns(chart)
    wish = drill_view.tools(names, datasets.profile(ws, turn.version_id), turn.id, clicks=clicks)
    if wish and (wish.rows or wish.only):
        view = wish.rows or wish.only or View()
        view = view.model_copy(update={"conditions": (*drilling.drawn(chart), *view.conditions)})
        return Wish(rows=view if wish.rows else None, only=view if wish.only else None)
    return wish


def _do(ws: Workspace, here: desk.Desk, turn: Turn, chart: Mapping[str, Any], wish: Wish) -> None:
    profile = datasets.profile(ws, turn.version_id)
    if wish.rows is not None:
        st.dialog("Rows behind the chart", width=drill_view.DRAWER, position="right")(_rows)(ws, turn, wish.rows)
    elif wish.only is not None:
        desk.analyse(ws, here, {**chart, "where": drilling.kept(wish.only.conditions, profile), "learned": {}})
    else:
        try:
            restyled = restyling.restyle(chart, wish.said, profile)
        except AppError as error:
            notice.show(error)
            return
        desk.analyse(ws, here, restyled)


@shell.readable
def _rows(ws: Workspace, turn: Turn, view: View) -> None:
    """The rows of the view, in the version that the chart is about."""
    count = datasets.count(ws, turn.version_id, view)
    read = partial(datasets.view, ws, turn.version_id, view)
    drill_view.rows(view, datasets.profile(ws, turn.version_id), count, read, turn.id)
