"""Charts that follow rows from one column to the next, or around a circle: Sankey, radar."""

from __future__ import annotations

from typing import Final

from services.code.analyses.drawing.plan import Drawing, Type, code, grouped


def sankey(drawing: Drawing) -> str:
    """Flows between the values of neighbouring columns."""
    path, value = list(drawing.path), drawing.value
    return code(
        drawing,
        [
            "import plotly.graph_objects as go",
            *grouped(drawing, path),
            f"steps = zip({path!r}, {path[1:]!r})",
            "flows = pd.concat([",
            '    pd.DataFrame({"source": one + ": " + data[one].astype(str),',
            f'        "target": two + ": " + data[two].astype(str), "value": data[{value!r}]}})',
            "    for one, two in steps",
            ']).groupby(["source", "target"], as_index=False)["value"].sum()',
            'names = list(dict.fromkeys([*flows["source"], *flows["target"]]))',
            "place = {name: number for number, name in enumerate(names)}",
            'link = {end: flows[end].map(place) for end in ("source", "target")} | {"value": flows["value"]}',
            'chart = go.Figure(go.Sankey(node={"label": names, "pad": 12}, link=link))',
        ],
        table="flows",
    )


def radar(drawing: Drawing) -> str:
    """The average of several numbers for each group, each number brought to between 0 and 1."""
    columns = list(drawing.path)
    return code(
        drawing,
        [
            f"means = df.groupby({drawing.x!r}, observed=True)[{columns!r}].mean().head(8)",
            f"low, high = df[{columns!r}].min(), df[{columns!r}].max()",
            "scaled = (means - low) / (high - low).where(high > low, 1)",
            f'data = scaled.reset_index().melt(id_vars={drawing.x!r}, var_name="column", value_name="share of range")',
            f'chart = px.line_polar(data, r="share of range", theta="column", color={drawing.x!r}, line_close=True)',
            'chart.update_traces(fill="toself", opacity=0.6)',
            'chart.update_polars(bgcolor="rgba(0,0,0,0)")',
        ],
        table="means.reset_index()",
    )


TYPES: Final = {
    "sankey": Type("Flows (Sankey)", "Parts", sankey, ("path",), ("y", "measure", "where"), adds_up=True),
    "radar": Type("Radar", "Compare", radar, ("x", "path"), ("where",)),
}
