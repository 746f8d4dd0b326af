"""Draws what is not the same in two versions, and what a step would do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import streamlit as st

from components import data_table, words
from components.data_table import KIND_WORDS
from services.domain import Changes, Consequence, Difference, Effect

SHORT = 12
"""Lines of code that stand open; more are folded away, below what they do."""
MOVES = 3
"""Changed numbers that are told of one result."""
NAMES = 8
"""Columns named in a sentence."""


def show(difference: Difference, key: str = "difference") -> None:
    """The facts in sentences, then the changed cells by column, then examples. `key` tells several on a page apart."""
    if difference.is_empty:
        st.caption("Both are the same.")
        return
    with st.container(gap="xsmall"):
        for icon, sentence in sentences(difference):
            st.markdown(f":material/{icon}: {sentence}")
    if difference.changed:
        _changed(difference, key)


def effect(found: Effect) -> None:
    """What a step does: its sentence, its code, and the difference it makes."""
    st.markdown(f"**{words.literal(found.sentence, 200)}**")
    if found.printed:
        st.caption(words.literal(found.printed, 600))
    is_long = found.code.count("\n") > SHORT
    if is_long:
        show(found.difference)
    with st.expander("Code") if is_long else st.container():
        st.code(found.code, language="python")
    if not is_long:
        show(found.difference)
    if found.consequences:
        _consequences(found.consequences)


def _consequences(told: Sequence[Consequence]) -> None:
    """What the step does to pins and answers, the ones that change first."""
    st.markdown("**What it does to your numbers**")
    with st.container(gap="xsmall"):
        for each in sorted(told, key=lambda one: not one.problem and one.changes.is_none):
            icon = "keep" if each.is_pin else "chat"
            name = f":material/{icon}: {words.literal(each.name, 80)}"
            if each.problem:
                st.markdown(f"{name}: :red[can no longer be worked out]")
                st.caption(words.literal(each.problem, 300))
            elif each.changes.is_none:
                st.markdown(f"{name}: stays as it is")
            else:
                st.markdown(f"{name}: {'; '.join(_moves(each.changes))}")


def _moves(changes: Changes) -> Iterator[str]:
    """The first changes in words: "average price, region West: 41.2 → 39.9 (−3.2 %)"."""
    for each in changes.listed[:MOVES]:
        share = f" ({each.share:+.1%})" if each.share is not None else ""
        yield f"{words.literal(each.place, 80)} {_number(each.before)} → **{_number(each.after)}**{share}"
    if (more := changes.total - MOVES) > 0:
        yield f"{more:,} more"
    yield from (words.literal(note, 120) for note in changes.notes)


def _number(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "missing" if value is None else words.literal(str(value), 40)
    return f"{value:,}" if isinstance(value, int) else f"{value:,.6g}"


def sentences(difference: Difference) -> Iterator[tuple[str, str]]:
    """An icon and a sentence of Markdown for each fact."""
    before, after = difference.rows_before, difference.rows_after
    yield "table_rows", f"{before:,} → {words.count(after, 'row')}" if before != after else words.count(after, "row")
    if difference.rows_added or difference.rows_removed:
        yield "swap_vert", f"{difference.rows_removed:,} rows gone, {difference.rows_added:,} rows new"
    if difference.rows_moved:
        yield "sort", f"{words.count(difference.rows_moved, 'row')} in another place"
    if difference.added:
        yield "add_circle", f"New: {_named(difference.added)}"
    if difference.removed:
        yield "remove_circle", f"Gone: {_named(difference.removed)}"
    if difference.renamed:
        pairs = [f"{words.literal(old, 40)} → {words.literal(new, 40)}" for old, new in difference.renamed[:NAMES]]
        yield "edit", f"Renamed: {', '.join(pairs)}{_more(len(difference.renamed))}"
    for each in difference.retyped[:NAMES]:
        kinds = f"{KIND_WORDS[each.before].lower()} → {KIND_WORDS[each.after].lower()}"
        yield "category", f"{words.literal(each.column, 60)}: {kinds}"
    if difference.reordered:
        yield "swap_horiz", "The columns stand in another order"
    yield "compare_arrows", _compared(difference)


def _compared(difference: Difference) -> str:
    if difference.key is None:
        return "No cells were compared: nothing tells which rows belong together"
    by = f"by {_named(difference.key)}" if difference.key else "by their number"
    cells = sum(column.cells for column in difference.changed)
    return f"{words.count(cells, 'changed cell')}, rows compared {by}"


def _changed(difference: Difference, key: str) -> None:
    import pyarrow as pa

    columns = difference.changed
    table = pa.table(
        {
            "Column": [words.clean(each.column) for each in columns],
            "Changed cells": [each.cells for each in columns],
            "Now missing": [each.emptied for each in columns],
        }
    )
    st.dataframe(data_table.harmless(table), hide_index=True, alt="Changed cells of each column", key=f"{key}-columns")
    examples = [(each.column, example) for each in columns for example in each.examples]
    if not examples:
        return
    st.caption("Examples")
    where = "Row" if not difference.key else ", ".join(words.clean(name) for name in difference.key)
    shown = pa.table(
        {
            "Column": [words.clean(name) for name, _ in examples],
            where if where != "Column" else "Row": [words.clean(example.place) for _, example in examples],
            "Before": [_cell(example.before) for _, example in examples],
            "After": [_cell(example.after) for _, example in examples],
        }
    )
    st.dataframe(
        data_table.harmless(shown),
        hide_index=True,
        alt="Examples of changed cells",
        placeholder="–",
        key=f"{key}-examples",
    )


def _cell(text: str | None) -> str | None:
    return None if text is None else words.clean(text)


def _named(names: tuple[str, ...]) -> str:
    return ", ".join(words.literal(name, 40) for name in names[:NAMES]) + _more(len(names))


def _more(number: int) -> str:
    return f" and {number - NAMES:,} more" if number > NAMES else ""
