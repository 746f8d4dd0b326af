"""Steps that a small model helps with: missing values foretold from other columns, rows that are unusual."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final, Literal, Self

from pydantic import Field, JsonValue

from services.code.steps.base import ColumnName, ColumnNames, Columns, Group, StepBase, listed, need, quoted, refuse
from services.code.steps.shapes import TEXT_OF, joined, literal

LEAST_KNOWN: Final = 20
"""Rows with a value from which anything can be learned."""
MOST_LEARNED_FROM: Final = 100_000
LEAVES: Final = 24
_NUMBER_OF: Final = (
    "def number_of(values):",
    "    if pd.api.types.is_datetime64_any_dtype(values):",
    '        values = (values - pd.Timestamp("2000-01-01")) / pd.Timedelta(days=1)',
    '    return pd.to_numeric(values, errors="coerce").astype("float64").replace([np.inf, -np.inf], np.nan)',
    "",
)
"""Code that tells a column as numbers: dates as days; what is no number as missing."""
_FEATURES: Final = (
    "def features_of(df, given):",
    "    made = [",
    '        text_of(df[name]).eq(value).fillna(False).to_numpy("float64")',
    '        if how == "is"',
    '        else number_of(df[name]).fillna(value).to_numpy("float64")',
    "        for name, how, value in given",
    "    ]",
    '    return np.column_stack(made).astype("float32")',
    "",
)


class FillModel(StepBase):
    """Fills missing values with what a decision tree foretells from other columns.

    The tree was learned once, and is kept in the step, so that a replay fills in the same. How much it knows was
    measured on rows that it had not seen: it is refused where it foretells no better than one value for all.
    """

    GROUP: ClassVar[Group] = "values"
    TITLE: ClassVar = "Fill missing by a model"
    ROW_LOCAL: ClassVar = True
    KEEPS_ROWS: ClassVar = True

    kind: Literal["fill_model"] = "fill_model"
    column: ColumnName
    using: ColumnNames
    """Columns that the value is foretold from."""

    def check(self, columns: Sequence[str]) -> Columns:
        need(columns, [self.column, *self.using])
        if self.column in self.using:
            refuse("A column cannot be foretold from itself.", "Choose other columns.")
        return tuple(columns)

    def describe(self) -> str:
        skill = self.learned.get("skill")
        words = {"R²": "a test explained {:.0%} of the variance", "share": "a test was right in {:.0%} of the rows"}
        how = words.get(str(self.learned.get("measure")), "").format(skill) if isinstance(skill, int | float) else ""
        sentence = f"Fill missing values of {quoted(self.column)} by a small model of {listed(self.using)}"
        return sentence + (f" ({how})" if how else "")

    def fit_code(self) -> str:
        if self.learned:
            return ""
        return "\n".join(
            [
                "from sklearn.model_selection import KFold, cross_val_predict",
                "from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor",
                "",
                *TEXT_OF,
                *_NUMBER_OF,
                *_FEATURES,
                f"known = df[df[{self.column!r}].notna()]",
                f"known = known.sample(min(len(known), {MOST_LEARNED_FROM}), random_state=0)",
                f"values = known[{self.column!r}]",
                "is_number = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)",
                "given = []",
                f"for name in {list(self.using)!r}:",
                "    numbers = number_of(known[name]) if not isinstance(known[name].dtype, pd.StringDtype) else None",
                "    if numbers is not None and numbers.notna().any():",
                '        given.append([name, "number", float(numbers.median())])',
                "    else:",
                "        usual = text_of(known[name]).value_counts().index[:20]",
                '        given += [[name, "is", str(value)] for value in usual]',
                "result = {}",
                f"if len(known) >= {LEAST_KNOWN} and given and values.nunique() > 1:",
                "    X = features_of(known, given)",
                "    kind = DecisionTreeRegressor if is_number else DecisionTreeClassifier",
                "    y = number_of(values).fillna(0) if is_number else text_of(values)",
                f"    tree = kind(max_leaf_nodes={LEAVES}, min_samples_leaf=3, random_state=0)",
                "    foretold = cross_val_predict(tree, X, y, cv=KFold(3, shuffle=True, random_state=0))",
                "    if is_number:",
                "        skill = 1 - ((y - foretold) ** 2).sum() / ((y - y.mean()) ** 2).sum()",
                "    else:",
                "        skill = float((y == foretold).mean())",
                "    base = 0.0 if is_number else float(y.value_counts(normalize=True).iloc[0])",
                "    inner = tree.fit(X, y).tree_",
                "    leaves = inner.value[:, 0]",
                "    if is_number:",
                "        whole = bool((y == y.round()).all())",
                "        said = [round(float(leaf[0])) if whole else float(leaf[0]) for leaf in leaves]",
                "    else:",
                "        said = [str(tree.classes_[leaf.argmax()]) for leaf in leaves]",
                "    result = {",
                '        "columns": given,',
                '        "feature": inner.feature.tolist(),',
                '        "threshold": inner.threshold.tolist(),',
                '        "left": inner.children_left.tolist(),',
                '        "right": inner.children_right.tolist(),',
                '        "value": said,',
                '        "skill": float(skill),',
                '        "base": base,',
                '        "measure": "R²" if is_number else "share",',
                "    }",
            ]
        )

    def taught(self, found: Mapping[str, JsonValue]) -> Self:
        skill, base = found.get("skill"), found.get("base")
        if not isinstance(skill, int | float) or not isinstance(base, int | float):
            refuse(
                f"{quoted(self.column)} has too few values to learn from, or only one.",
                f"At least {LEAST_KNOWN} rows with a value are needed; fill it with a value of your own.",
            )
        if skill <= base + 0.01:
            refuse(
                f"{listed(self.using)} say nothing about {quoted(self.column)}: a model foretold no better than one "
                "value for all rows.",
                "Choose other columns, or fill with the median or the most frequent value.",
            )
        return super().taught(found)

    def to_code(self) -> str:
        tree = {
            name: self.learned.get(name, []) for name in ("columns", "feature", "threshold", "left", "right", "value")
        }
        return joined(
            [
                *TEXT_OF,
                *_NUMBER_OF,
                *_FEATURES,
                f"tree = {literal(tree)}",
                f"values = df[{self.column!r}]",
                'X = features_of(df, tree["columns"])',
                'feature, threshold = np.array(tree["feature"]), np.array(tree["threshold"])',
                'left, right = np.array(tree["left"]), np.array(tree["right"])',
                "node, rows = np.zeros(len(df), dtype=int), np.arange(len(df))",
                "while (left[node] >= 0).any():",
                "    down = np.where(X[rows, feature[node]] <= threshold[node], left[node], right[node])",
                "    node = np.where(left[node] >= 0, down, node)",
                'made = pd.Series(np.array(tree["value"], dtype=object)[node], df.index)',
                "if pd.api.types.is_bool_dtype(values) or values.dtype == object:",
                '    made = made.map({"True": True, "False": False})',
                "elif pd.api.types.is_datetime64_any_dtype(values):",
                '    made = pd.to_datetime(made, format="ISO8601")',
                "elif pd.api.types.is_numeric_dtype(values):",
                "    made = pd.to_numeric(made)",
                f"df = df.assign(**{{{self.column!r}: values.where(values.notna(), made)}})",
            ]
        )


class UnusualRows(StepBase):
    """Marks or drops the rows whose numbers together are least like the others, by an isolation forest.

    It sees what no single column shows, such as a tall person of small weight. The forest is grown anew, with the same
    seed, whenever the step runs.
    """

    GROUP: ClassVar[Group] = "rows"
    TITLE: ClassVar = "Unusual rows"

    kind: Literal["unusual_rows"] = "unusual_rows"
    columns: ColumnNames
    share: float = Field(default=0.01, gt=0, le=0.2)
    """Share of the rows that are called unusual."""
    action: Literal["mark", "drop the row"] = "mark"

    @property
    def keeps_rows(self) -> bool:
        return self.action == "mark"

    @property
    def keeps_cells(self) -> bool:
        return self.action != "mark"

    def check(self, columns: Sequence[str]) -> Columns:
        need(columns, self.columns)
        if self.action == "mark" and MARK in columns:
            refuse(f"There is a column {quoted(MARK)} already.", "Rename it first.")
        return (*columns, MARK) if self.action == "mark" else tuple(columns)

    def describe(self) -> str:
        what = "Mark" if self.action == "mark" else "Drop"
        return f"{what} the {self.share:.2%} of rows that are least like the others in {listed(self.columns)}"

    def to_code(self) -> str:
        lines = [
            "from sklearn.ensemble import IsolationForest",
            "",
            *_NUMBER_OF,
            f"X = pd.DataFrame({{name: number_of(df[name]) for name in {list(self.columns)!r}}})",
            "X = X.fillna(X.median()).fillna(0)",
            "unusual = np.zeros(len(df), dtype=bool)",
            "if len(df) > 1:",
            "    scores = IsolationForest(n_estimators=100, random_state=0).fit(X).score_samples(X)",
            f"    most = int(len(df) * {self.share!r})",
            "    unusual[np.argsort(scores, kind='stable')[:most]] = True",
        ]
        if self.action == "mark":
            return "\n".join([*lines, f"df = df.assign(**{{{MARK!r}: unusual}})"])
        return "\n".join([*lines, "df = df[~unusual].reset_index(drop=True)"])


MARK: Final = "is unusual"
"""The column that tells which rows are."""
