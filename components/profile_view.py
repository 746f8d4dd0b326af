"""A profile on the screen: the summary, a card for each column, and what goes together."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from components import data_table, layout, sparkline, words
from services.domain import AlertKind, ColumnProfile, Dataset, Profile, Semantic, Severity, TableDrift, Version

PER_PAGE = 24
ACROSS = 3
COLOURS = {Severity.HIGH: "red", Severity.MEDIUM: "orange", Severity.LOW: "gray"}
ICONS = {Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "info"}
STRONG = 0.3


def summary(profile: Profile, version: Version) -> None:
    """The headline numbers, and the summary in sentences once it is there."""
    cells = max(1, profile.rows * len(profile.columns))
    with st.container(horizontal=True, gap="large"):
        st.metric("Rows", f"{profile.rows:,}", width="content")
        st.metric("Columns", f"{len(profile.columns):,}", width="content")
        st.metric("Size", words.size(version.bytes), width="content")
        st.metric("Missing cells", words.share(profile.missing_cells / cells), width="content")
        if profile.duplicate_rows is not None:
            st.metric("Repeated rows", f"{profile.duplicate_rows:,}", width="content")
    if profile.summary:
        st.markdown(" ".join(words.literal(sentence, 400) for sentence in profile.summary))


def downloads(dataset: Dataset, html: Callable[[], str], json: Callable[[], str]) -> None:
    """The button that offers the profile as a file; it is made when it is asked for."""
    name = "".join(c if c.isalnum() or c in " -_" else "_" for c in dataset.name)[:80].strip() or "profile"
    with st.popover("Download", icon=":material/download:"):
        st.download_button("HTML", html, f"{name}.html", "text/html", key="download-html", on_click="ignore")
        st.download_button("JSON", json, f"{name}.json", "application/json", key="download-json", on_click="ignore")


def cards(profile: Profile, key: str) -> str:
    """Draws the cards of one page of the columns that match; the name of the column whose detail is wanted, or ""."""
    found = _filter(profile, key)
    if not found:
        st.caption("No column matches.")
        return ""
    place = st.container()
    page = _page(len(found), key)
    shown = found[(page - 1) * PER_PAGE : page * PER_PAGE]
    chosen = ""
    with place:
        for start in range(0, len(shown), ACROSS):
            for slot, column in zip(st.columns(ACROSS), shown[start : start + ACROSS], strict=False):
                with slot:
                    if _card(column, profile, f"{key}-{profile.columns.index(column)}"):
                        chosen = column.name
    return chosen


def _page(columns: int, key: str) -> int:
    last = -(-columns // PER_PAGE)
    if last <= 1:
        return 1
    with layout.line(horizontal_alignment="distribute"):
        st.caption(f"{columns:,} columns", width="content")
        return st.pagination(last, key=f"cards-{key}-{columns}")


def _filter(profile: Profile, key: str) -> list[ColumnProfile]:
    """The columns that match the search and the chosen alert."""
    counts: dict[AlertKind, int] = {}
    for alert in profile.alerts:
        if alert.columns:
            counts[alert.kind] = counts.get(alert.kind, 0) + 1
    with st.container(horizontal=True, vertical_alignment="bottom"):
        wanted = st.text_input("Search", placeholder="Name of a column", key=f"search-{key}", width=260)
        kind = st.selectbox(
            "Alert",
            list(counts),
            index=None,
            placeholder="Any",
            format_func=lambda each: f"{each.value.capitalize()} ({counts[each]:,})",
            key=f"kind-{key}",
            width=260,
            disabled=not counts,
        )
    named = {name for alert in profile.alerts if alert.kind is kind for name in alert.columns}
    text = wanted.strip().casefold()
    return [c for c in profile.columns if text in c.name.casefold() and (kind is None or c.name in named)]


def _card(column: ColumnProfile, profile: Profile, key: str) -> bool:
    with st.container(border=True, height="stretch", gap="xsmall"):
        title(column)
        sparkline.show(column)
        st.caption(line(column, profile.rows))
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            _badges(column, profile)
            st.space("stretch")
            return st.button("Detail", key=f"detail-{key}", type="tertiary", icon=":material/chevron_right:")


def title(column: ColumnProfile) -> None:
    """The name, and what the column is for."""
    name = words.literal(column.name, 44) or ":gray[no name]"
    st.markdown(f":material/{data_table.ICONS[column.kind]}: **{name}**  \n:gray[:small[{use(column)}]]")


def use(column: ColumnProfile) -> str:
    """ "Money (EUR)"."""
    unit = f" ({words.literal(column.unit, 20)})" if column.unit else ""
    return f"{data_table.USES[column.semantic]}{unit}"


def line(column: ColumnProfile, rows: int) -> str:
    """What the card says under its picture."""
    about = "about " if column.is_estimate else ""
    parts = [f"{about}{column.distinct:,} distinct"]
    if column.missing:
        parts.append(f"{words.share(column.missing / max(1, rows))} missing")
    if (column.kind.is_number or column.kind.is_date) and (span := data_table.span(column)):
        parts.append(span)
    elif column.top and column.semantic not in (Semantic.EMAIL, Semantic.PHONE):
        parts.append(", ".join(entry.value[:24] for entry in column.top[:3]))
    return words.literal(" · ".join(parts), 110)


def _badges(column: ColumnProfile, profile: Profile) -> None:
    by_kind = {alert.kind: alert for alert in reversed(profile.alerts_of(column.name))}
    alerts = [alert for alert in profile.alerts_of(column.name) if by_kind[alert.kind] is alert]
    for alert in alerts[:2]:
        st.badge(alert.kind.value, color=COLOURS[alert.severity], help=words.literal(alert.text, 300))  # type: ignore[arg-type]
    if len(alerts) > 2:
        st.badge(f"+{len(alerts) - 2}", color="gray")


def beside(name: str, there: Profile, here: Profile) -> None:
    """One column of two profiles, each with its picture and its numbers."""
    for place, profile, where in zip(st.columns(2), (there, here), ("There", "Here"), strict=True):
        with place, st.container(border=True, gap="xsmall"):
            column = profile.column(name)
            st.caption(where)
            if column:
                title(column)
                sparkline.show(column)
                st.caption(line(column, profile.rows))


def relations(profile: Profile, key: str) -> None:
    """What goes together: correlations, columns missing together, columns inside columns."""
    import pyarrow as pa

    st.markdown("**Correlations**")
    if not profile.correlations:
        st.caption("No two columns go together.")
    else:
        found = profile.correlations
        table = pa.table(
            {
                "Column": [words.clean(each.left) for each in found],
                "and": [words.clean(each.right) for each in found],
                "Strength": [abs(each.value) for each in found],
                "Value": [each.value for each in found],
                "Measure": [each.measure for each in found],
                "Rows": [each.rows for each in found],
            }
        )
        _grid(table, f"correlations-{key}", {"Strength": st.column_config.ProgressColumn(min_value=0, max_value=1)})
    for chain in profile.hierarchies:
        st.markdown(
            " › ".join(f"**{words.literal(name, 60)}**" for name in chain) + ": each lies within the one before."
        )
    if profile.missing_patterns:
        st.markdown("**Missing together**")
        patterns = profile.missing_patterns
        _grid(
            pa.table(
                {
                    "Columns": [", ".join(words.clean(name) for name in each.columns[:12]) for each in patterns],
                    "Rows": [each.rows for each in patterns],
                    "Share": [each.rows / max(1, profile.rows) for each in patterns],
                }
            ),
            f"patterns-{key}",
            {"Share": st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1)},
        )
    for note in profile.notes:
        st.caption(f":material/info: {words.literal(note, 400)}")


def _grid(table: object, key: str, config: Mapping[str, object]) -> None:
    safe = data_table.harmless(table)
    st.dataframe(safe, hide_index=True, column_config=dict(config), key=key, alt="Relations")


def drift(found: TableDrift, key: str) -> None:
    """One row a column: how much it changed, and how; and which columns came, went or changed their kind."""
    import pyarrow as pa

    st.caption(f"{found.rows[0]:,} rows there, {found.rows[1]:,} here.")
    for what, names in (("Only here", found.added), ("Only there", found.removed), ("Another kind", found.retyped)):
        if names:
            st.caption(f"{what}: {', '.join(words.literal(name, 40) for name in names[:20])}")
    table = pa.table(
        {
            "Column": [words.clean(each.column) for each in found.drifts],
            "Effect": pa.array([each.effect for each in found.drifts], pa.float64()),
            "Change": [each.level for each in found.drifts],
            "There → here": [words.clean(each.text) for each in found.drifts],
            "Measure": [each.measure for each in found.drifts],
        }
    )
    config = {"Effect": st.column_config.ProgressColumn(min_value=0, max_value=1, format="%.2f")}
    st.dataframe(
        data_table.harmless(table), hide_index=True, column_config=config, key=key, alt="Difference of each column"
    )
