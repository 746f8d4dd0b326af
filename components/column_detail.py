"""One column in detail: its shape with bars that can be clicked, its facts, its alerts, and what it is for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import streamlit as st

from components import alert_list, data_table, layout, profile_view, words
from services.domain import ColumnProfile, Comparison, Condition, Histogram, Meaning, Profile, Semantic, View

TOP = 15
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Wish:
    """What the person wants done with the column."""

    view: View | None = None
    meaning: Meaning | None = None
    is_forgotten: bool = False


def show(column: ColumnProfile, profile: Profile, key: str, *, may_edit: bool) -> Wish | None:
    """Draws the column; what the person wants, if anything."""
    profile_view.title(column)
    view = _chart(column, key)
    _facts(column, profile.rows)
    alerts = profile.alerts_of(column.name)
    if alerts and (choice := alert_list.show(alerts, f"of-{key}", mends=False)):
        view = choice.view
    if view:
        return Wish(view=view)
    return _meaning(column, key) if may_edit else None


def _chart(column: ColumnProfile, key: str) -> View | None:
    """The bars; the view of the rows behind the one that was clicked."""
    import plotly.graph_objects as go

    labels, rows, views = bars(column)
    if not rows:
        return None
    is_histogram = column.histogram is not None
    places = list(range(len(rows)))
    bar = go.Bar(x=places, y=rows) if is_histogram else go.Bar(x=rows, y=places, orientation="h")
    bar.update(customdata=labels, hovertemplate="%{customdata}: %{value:,} rows<extra></extra>")
    figure = go.Figure(bar)
    figure.update_layout(margin={"t": 8, "b": 0, "l": 0, "r": 0}, bargap=0.12, showlegend=False)
    ticks = {"tickvals": places[:: max(1, len(places) // 5)] if is_histogram else places}
    ticks["ticktext"] = [labels[place][:28] for place in ticks["tickvals"]]
    (figure.update_xaxes if is_histogram else figure.update_yaxes)(**ticks)
    if not is_histogram:
        figure.update_yaxes(autorange="reversed")
    event = st.plotly_chart(
        figure,
        key=f"chart-{key}",
        height=200 if is_histogram else 60 + 24 * len(rows),
        on_select="rerun",
        selection_mode="points",
        config={"displayModeBar": False},
        alt="Rows by value; click a bar to see its rows",
    )
    st.caption("Click a bar to see those rows.")
    points = event.selection.points if event else []
    return views[int(points[0]["point_index"])] if points else None


def bars(column: ColumnProfile) -> tuple[list[str], list[int], list[View]]:
    """The label, the rows and the view of each bar."""
    if shape := column.histogram:
        places = range(len(shape.rows))
        return (
            [label(shape, place, column) for place in places],
            list(shape.rows),
            [view_of(shape, place, column) for place in places],
        )
    top = column.top[:TOP] if column.distinct > 1 else ()
    return (
        [" ".join(words.clean(entry.value).split())[:60].replace("<", "‹") for entry in top],
        [entry.rows for entry in top],
        [_view(column, (Comparison.IS, entry.value)) for entry in top],
    )


def label(shape: Histogram, place: int, column: ColumnProfile) -> str:
    """ "12 – 14", "2024-03-01", "3"."""
    low = shape.low + place * shape.width
    if column.kind.is_date:
        return _day(low)
    if shape.width == 1:
        return f"{round(low + 0.5):,}" if not column.semantic.is_code else str(round(low + 0.5))
    return f"{low:,.4g} – {low + shape.width:,.4g}"


def view_of(shape: Histogram, place: int, column: ColumnProfile) -> View:
    """The rows of a bin."""
    low, high = shape.low + place * shape.width, shape.low + (place + 1) * shape.width
    is_last = place == len(shape.rows) - 1
    if column.kind.is_date:
        return _view(column, (Comparison.FROM, _day(low)), (Comparison.TO, _day(high)))
    if shape.width == 1:
        return _view(column, (Comparison.IS, str(round(low + 0.5))))
    return _view(
        column, (Comparison.FROM, f"{low:.15g}"), (Comparison.TO if is_last else Comparison.UNDER, f"{high:.15g}")
    )


def _view(column: ColumnProfile, *tests: tuple[Comparison, str]) -> View:
    conditions = (Condition(column=column.name, comparison=how, value=value) for how, value in tests)
    return View(conditions=tuple(conditions))


def _day(moment: float) -> str:
    return (EPOCH + timedelta(seconds=moment)).date().isoformat()


def _facts(column: ColumnProfile, rows: int) -> None:
    found = {"Kind": data_table.KIND_WORDS[column.kind], "Distinct": f"{column.distinct:,}"}
    found["Missing"] = f"{column.missing:,} ({words.share(column.missing / max(1, rows))})"
    if span := data_table.span(column):
        found["Range"] = span
    if column.mean is not None and not column.semantic.is_code:
        found["Mean"] = words.number(column.mean)
    if column.quartiles and not column.semantic.is_code:
        found["Quartiles"] = " · ".join(words.number(each) for each in column.quartiles)
    if column.spread is not None and not column.semantic.is_code:
        found["Spread"] = f"± {words.number(column.spread)}"
    if column.zeros:
        found["Zeros"] = f"{column.zeros:,}"
    if column.lengths:
        found["Length"] = f"{column.lengths[0]} to {column.lengths[2]} characters, {column.lengths[1]:.0f} on average"
    if column.coverage:
        found["Covers"] = f"{column.coverage.filled:,} of {column.coverage.periods:,} {column.coverage.grain}s"
    if column.examples:
        found["Examples"] = " · ".join(example[:40] for example in column.examples)
    rows_of = "\n".join(f"| {name} | {words.literal(value, 240)} |" for name, value in found.items())
    st.markdown(f"| | |\n|---|---|\n{rows_of}")


def _meaning(column: ColumnProfile, key: str) -> Wish | None:
    """The form that says what the column is for."""
    said = "you said so" if column.is_corrected else "a guess from its name and values"
    with st.expander(f"Used as {profile_view.use(column)} ({said})", icon=":material/edit:"):
        uses = list(Semantic)
        semantic = st.selectbox(
            "Used as", uses, uses.index(column.semantic), format_func=data_table.USES.get, key=f"use-{key}"
        )
        unit = st.text_input("Unit", column.unit, max_chars=20, placeholder="kg, EUR, minutes", key=f"unit-{key}")
        with layout.line():
            if st.button("Keep", type="primary", key=f"keep-{key}"):
                return Wish(meaning=Meaning(semantic=semantic, unit=unit))
            if column.is_corrected and st.button("Back to the guess", key=f"forget-{key}"):
                return Wish(is_forgotten=True)
    return None
