"""Snippets that look at a table before a method is chosen. Each assigns a dict of plain facts to `result`."""

from __future__ import annotations

from typing import Final

KIND: Final = '''
def kind(values):
    """number, yes/no (two values), date, category or text."""
    known = values.dropna()
    inferred = pd.api.types.infer_dtype(known)
    if inferred == "boolean":
        return "yes/no"
    if pd.api.types.is_datetime64_any_dtype(known) or inferred in ("date", "datetime"):
        return "date"
    if pd.api.types.is_numeric_dtype(known) or inferred in ("integer", "floating", "mixed-integer-float", "decimal"):
        return "number"
    if known.nunique() == 2:
        return "yes/no"
    return "category" if known.nunique() <= max(20, len(known) // 20) else "text"


def numbers(values):
    """Numbers of a sample: size, centre, spread, skew and far outliers (over 3 quartile ranges out)."""
    values = np.asarray(values, dtype=float)
    low, high = np.percentile(values, [25, 75]) if len(values) else (0, 0)
    far = (values < low - 3 * (high - low)) | (values > high + 3 * (high - low))
    varies = len(values) > 2 and values.std() > 1e-12 * max(1.0, abs(values.mean()))
    return {
        "n": len(values),
        "mean": float(values.mean()) if len(values) else 0.0,
        "sd": float(values.std(ddof=1)) if len(values) > 1 else 0.0,
        "skew": float(pd.Series(values).skew()) if varies else 0.0,
        "far": int(far.sum()),
        "varies": bool(varies),
        "distinct": int(pd.Series(values).nunique()),
        "whole": bool((values == np.round(values)).all()),
    }
'''

CROSSED: Final = '''
def crossed(left, right):
    """Rows, columns and the smallest expected counts of a table of two categories."""
    counts = pd.crosstab(left, right).to_numpy()
    if 0 in counts.shape:
        return {"rows": 0, "columns": 0, "n": 0, "smallest": 0.0, "below_five": 1.0}
    expected = np.outer(counts.sum(1), counts.sum(0)) / counts.sum()
    return {
        "rows": counts.shape[0],
        "columns": counts.shape[1],
        "n": int(counts.sum()),
        "smallest": float(expected.min()),
        "below_five": float((expected < 5).mean()),
    }
'''


GROUPED: Final = '''
def grouped(values, labels):
    """Facts about a measure in the groups of a column; both without missing cells."""
    sizes = labels.value_counts()
    sizes = sizes[sizes > 0]
    found = {
        "kind": kind(values), "rows": len(values), "groups": len(sizes), "distinct": int(values.nunique()),
        "smallest": int(sizes.min()) if len(sizes) else 0, "lone": int((sizes < 2).sum()),
    }
    if found["kind"] == "number" and 0 < len(sizes) <= 200:
        found["samples"] = [numbers(each) for _, each in values.astype(float).groupby(labels, observed=True)]
        found["whole"] = all(each["whole"] for each in found["samples"])
    if found["kind"] == "yes/no" and 0 < len(sizes) <= 200:
        found["crossed"] = crossed(labels, values)
    return found
'''


def of_groups(measure: str, group: str, subject: str | None, order: str | None) -> str:
    """Facts about a measure in groups, about repeated subjects and about rows that follow each other in time."""
    wanted = list(dict.fromkeys(name for name in (measure, group, subject, order) if name))
    lines = [
        *_functions(),
        f"data = df[{wanted!r}].dropna()",
        f"result = grouped(data[{measure!r}], data[{group!r}])",
        'result["dropped"] = len(df) - len(data)',
        *(_of_subjects(measure, group, subject) if subject else ()),
        *(_of_order(measure, group, order) if order else ()),
    ]
    return "\n".join(lines)


def _functions() -> tuple[str, ...]:
    return (KIND.strip(), CROSSED.strip(), GROUPED.strip())


def _of_subjects(measure: str, group: str, subject: str) -> list[str]:
    return [
        f"seen = data.groupby([{subject!r}, {group!r}], observed=True).size().unstack(fill_value=0)",
        'result["subjects"] = len(seen)',
        'result["subjects_once"] = bool((seen.sum(axis=1) == 1).all())',
        "once = bool((seen <= 1).all(axis=None)) and seen.shape[1] == 2",
        'result["subjects_paired"] = once and bool((seen == 1).all(axis=1).mean() >= 0.9)',
        'if result["kind"] == "number" and result["subjects_paired"]:',
        f"    wide = data.pivot(index={subject!r}, columns={group!r}, values={measure!r}).dropna().astype(float)",
        '    result["differences"] = numbers(wide.iloc[:, 1] - wide.iloc[:, 0])',
    ]


def _of_order(measure: str, group: str, order: str) -> list[str]:
    return [
        'if result["kind"] == "number" and len(data) > 3:',
        f'    ordered = data.sort_values({order!r}, kind="stable")',
        f"    values = ordered[{measure!r}].astype(float)",
        f'    rest = values - values.groupby(ordered[{group!r}], observed=True).transform("mean")',
        "    follows = rest.reset_index(drop=True).autocorr(1)",
        '    result["follows"] = float(follows) if np.isfinite(follows) else 0.0',
    ]


def of_pairs(before: str, after: str) -> str:
    """Facts about two columns that hold the same thing of each row twice."""
    return "\n".join(
        [
            KIND.strip(),
            f"data = df[{list(dict.fromkeys((before, after)))!r}].dropna()",
            f"before, after = data[{before!r}], data[{after!r}]",
            'result = {"kinds": [kind(before), kind(after)], "rows": len(data), "dropped": len(df) - len(data)}',
            'if result["kinds"] == ["number", "number"]:',
            '    result["differences"] = numbers(after.astype(float) - before.astype(float))',
            "    both = [numbers(before), numbers(after)]",
            '    result["ordinal"] = all(each["whole"] and each["distinct"] <= 7 for each in both)',
        ]
    )


def of_relation(left: str, right: str) -> str:
    """Facts about how two columns go together."""
    return "\n".join(
        [
            "from scipy import stats",
            *_functions(),
            f"data = df[{list(dict.fromkeys((left, right)))!r}].dropna()",
            f"left, right = data[{left!r}], data[{right!r}]",
            'result = {"kinds": [kind(left), kind(right)], "rows": len(data), "dropped": len(df) - len(data)}',
            'result["distinct"] = [int(left.nunique()), int(right.nunique())]',
            'if result["kinds"] == ["number", "number"] and len(data) > 3 and min(result["distinct"]) > 1:',
            "    x, y = left.astype(float), right.astype(float)",
            '    result["samples"] = [numbers(x), numbers(y)]',
            '    result["pearson"] = float(stats.pearsonr(x, y).statistic)',
            '    result["spearman"] = float(stats.spearmanr(x, y).statistic)',
            "    line = stats.theilslopes(y[:1000], x[:1000])",
            "    rest = (y - line.intercept - line.slope * x).abs()",
            '    result["farthest"] = float(rest.max() / rest.median()) if rest.median() > 0 else 0.0',
            'elif result["kinds"].count("number") == 1:',
            '    values, labels = (left, right) if result["kinds"][0] == "number" else (right, left)',
            '    result["grouped"] = grouped(values, labels)',
            'elif "number" not in result["kinds"] and max(result["distinct"], default=0) <= 200:',
            '    result["crossed"] = crossed(left, right)',
        ]
    )


def of_column(column: str) -> str:
    """Facts about one column of numbers."""
    return "\n".join(
        [
            KIND.strip(),
            f"values = df[{column!r}].dropna()",
            'result = {"kind": kind(values), "rows": len(values), "dropped": len(df) - len(values)}',
            'if result["kind"] == "number":',
            '    result["sample"] = numbers(values)',
        ]
    )
