"""Charts of how numbers are spread. What a browser need not see row by row is counted first."""

from __future__ import annotations

from typing import Final

from services.code.analyses.analysis import SEED
from services.code.analyses.drawing.plan import MOST_POINTS, Drawing, Type, code

SAMPLE: Final = f"if len(each) <= {MOST_POINTS} else each.sample({MOST_POINTS}, random_state={SEED})"


def _said() -> list[str]:
    """Lines that say so when the shape of a group comes from a sample."""
    return [
        f"drawn, whole = (sum(min(len(each), most) for each in samples.values()) for most in ({MOST_POINTS}, len(df)))",
        'answer = "" if drawn == whole else f"The shape comes from {drawn:,} of {whole:,} values, drawn at random."',
    ]


def _groups(drawing: Drawing) -> list[str]:
    """Lines that make `samples`: the numbers of each group by its name."""
    if not drawing.color:
        return [f"samples = {{{drawing.x!r}: df[{drawing.x!r}].dropna().astype(float)}}"]
    return [
        f"named = df[[{drawing.x!r}, {drawing.color!r}]].dropna().groupby({drawing.color!r}, observed=True)",
        f"samples = {{str(name): each.astype(float) for name, each in named[{drawing.x!r}]}}",
    ]


def histogram(drawing: Drawing) -> str:
    bins = drawing.bins or 40
    return code(
        drawing,
        [
            "import numpy as np",
            *_groups(drawing),
            f"edges = np.histogram_bin_edges(pd.concat(samples.values()), bins={bins})",
            'data = pd.DataFrame([{"from": low, "to": high, "group": name, "rows": rows}'
            " for name, each in samples.items()"
            " for rows, low, high in zip(np.histogram(each, edges)[0], edges, edges[1:])])",
            'data["middle"] = (data["from"] + data["to"]) / 2',
            f'chart = px.bar(data, x="middle", y="rows", color="group", title={_title(drawing)!r})',
            f"chart.update_layout(bargap=0.02, xaxis_title={drawing.x!r}, showlegend={bool(drawing.color)})",
        ],
    )


def density(drawing: Drawing) -> str:
    return code(
        drawing,
        [
            "import numpy as np",
            "from scipy.stats import gaussian_kde",
            *_groups(drawing),
            *_said(),
            "pieces = []",
            "for name, each in samples.items():",
            "    if each.nunique() > 1:",
            f"        each = each {SAMPLE}",
            "        at = np.linspace(each.min(), each.max(), 200)",
            '        pieces.append(pd.DataFrame({"value": at, "density": gaussian_kde(each)(at), "group": name}))',
            "data = pd.concat(pieces)",
            'chart = px.line(data, x="value", y="density", color="group", render_mode="svg",'
            f" title={_title(drawing)!r})",
            f"chart.update_layout(xaxis_title={drawing.x!r}, showlegend={bool(drawing.color)})",
        ],
        says=True,
    )


def ecdf(drawing: Drawing) -> str:
    return code(
        drawing,
        [
            "import numpy as np",
            *_groups(drawing),
            "shares = np.linspace(0, 1, 501)",
            'data = pd.concat([pd.DataFrame({"value": np.quantile(each, shares), "share": shares, "group": name})'
            " for name, each in samples.items() if len(each)])",
            f'chart = px.line(data, x="value", y="share", color="group", title={_title(drawing)!r}, render_mode="svg")',
            f"chart.update_layout(xaxis_title={drawing.x!r}, showlegend={bool(drawing.color)})",
        ],
    )


def box(drawing: Drawing) -> str:
    """Quartiles and whiskers are counted here, over every row."""
    return code(
        drawing,
        [
            "import plotly.graph_objects as go",
            *_groups(drawing),
            'data = pd.DataFrame([{"group": name, **each.quantile([0.25, 0.5, 0.75]).set_axis(["q1", "median", "q3"]),'
            ' "rows": len(each)} for name, each in samples.items() if len(each)])',
            'reach = 1.5 * (data["q3"] - data["q1"])',
            'data["low"] = [each[each >= q1 - r].min() for each, q1, r in zip(samples.values(), data["q1"], reach)]',
            'data["high"] = [each[each <= q3 + r].max() for each, q3, r in zip(samples.values(), data["q3"], reach)]',
            'chart = go.Figure(go.Box(x=data["group"], q1=data["q1"], median=data["median"], q3=data["q3"],'
            ' lowerfence=data["low"], upperfence=data["high"]))',
            f"chart.update_layout(title={_title(drawing)!r}, yaxis_title={drawing.x!r})",
        ],
    )


def violin(drawing: Drawing) -> str:
    return code(
        drawing,
        [
            *_groups(drawing),
            *_said(),
            f'data = pd.concat([(each {SAMPLE}).to_frame("value").assign(group=name)'
            " for name, each in samples.items()])",
            f'chart = px.violin(data, x="group", y="value", color="group", box=True, title={_title(drawing)!r})',
            f"chart.update_layout(yaxis_title={drawing.x!r}, showlegend=False)",
        ],
        table="",
        says=True,
    )


def correlation(drawing: Drawing) -> str:
    return code(
        drawing,
        [
            f"numbers = df[{list(drawing.path)!r}].astype(float)",
            "matrix = numbers.corr()",
            'chart = px.imshow(matrix, zmin=-1, zmax=1, color_continuous_scale="RdBu_r", text_auto=".2f",'
            ' title="Correlation")',
        ],
        table="matrix.reset_index(names='column')",
    )


def _title(drawing: Drawing) -> str:
    return f"{drawing.x} by {drawing.color}" if drawing.color else str(drawing.x)


TYPES: Final = {
    "histogram": Type(
        "Histogram",
        "Distribution",
        histogram,
        ("x",),
        ("color", "bins", "where"),
        logs="y",
        line_axis="x",
        paint=("marker_color",),
    ),
    "density": Type(
        "Density", "Distribution", density, ("x",), ("color", "where"), line_axis="x", paint=("line_color",)
    ),
    "ecdf": Type(
        "Running share",
        "Distribution",
        ecdf,
        ("x",),
        ("color", "where"),
        logs="x",
        line_axis="x",
        paint=("line_color",),
    ),
    "box": Type(
        "Box", "Distribution", box, ("x",), ("color", "where"), logs="y", line_axis="y", paint=("marker_color",)
    ),
    "violin": Type("Violin", "Distribution", violin, ("x",), ("color", "where"), line_axis="y", paint=("line_color",)),
    "correlation": Type("Correlation", "Relate", correlation, ("path",), ("where",)),
}
