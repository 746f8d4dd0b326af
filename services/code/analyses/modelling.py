"""Models: a target told from other columns, judged on rows it has not seen."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field, JsonValue, model_validator

from services.code.analyses import inputs, modelgate
from services.code.analyses.analysis import AnalysisBase, MethodChoice, column, quoted, right
from services.code.analyses.methods.models import predicting
from services.code.analyses.methods.models.learners import AUTOMATIC, LEARNERS

Method = Literal[
    "automatic",
    "linear",
    "polynomial",
    "ridge",
    "lasso",
    "poisson",
    "logistic",
    "tree",
    "forest",
    "boosting",
    "neighbours",
]
LABELS: dict[str, JsonValue] = {name: learner.title for name, learner in LEARNERS.items()}


class Predict(AnalysisBase):
    """What can a column be told from, how well, and by what? Judged on rows not seen before."""

    GROUP: ClassVar = "Model"
    TITLE: ClassVar = "Predict"
    LONG: ClassVar = True

    kind: Literal["predict"] = "predict"
    target: str = column("Predict", "number", "yes/no", "category", description="What is to be told.")
    inputs: tuple[str, ...] = Field(
        min_length=1,
        max_length=100,
        title="From",
        json_schema_extra={"columns": ["number", "yes/no", "category", "date"]},
    )
    time: str | None = column(
        "Time", "date", description="When a row was: then the model is tested on later rows only.", default=None
    )
    method: Method = Field(
        default="automatic",
        title="Method",
        description="Automatic: the simplest that is as good as the best.",
        json_schema_extra={"labels": LABELS},
    )
    folds: int = Field(default=5, ge=2, le=20, title="Folds", description="How often rows are set apart for testing.")

    @model_validator(mode="after")
    def _differ(self) -> Predict:
        """The target is not told from itself."""
        if self.target in (*self.inputs, self.time):
            raise ValueError("the target cannot be told from itself")
        return self

    def columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for name in (self.target, *self.inputs, self.time) if name))

    def fit_code(self) -> str:
        return inputs.of_target(self.target, tuple(dict.fromkeys(self.inputs)))

    def choose(self) -> MethodChoice:
        return modelgate.of_target(self.learned, self.method, self.time, self.folds)

    def to_code(self) -> str:
        right(self.choose())
        return predicting.write(self._task(self._methods()))

    def to_step(self, method: str) -> str:
        """Code of a step that adds the column with what this method tells. Raises: BadInput."""
        right(self.choose())
        return predicting.write_kept(self._task((method,)), f"{self.target} (told)")

    def to_script(self, method: str) -> str:
        """A script that fits this method on a CSV file and keeps the model in a file. Raises: BadInput."""
        right(self.choose())
        return predicting.write_script(self._task((method,)), self.columns())

    def describe(self) -> str:
        return f"Predict {quoted(self.target)} from {len(set(self.inputs)):,} columns"

    def _methods(self) -> tuple[str, ...]:
        return AUTOMATIC[self._is_number()] if self.method == "automatic" else (self.method,)

    def _is_number(self) -> bool:
        return self.learned["kind"] == "number"

    def _task(self, methods: tuple[str, ...]) -> predicting.Task:
        found: Any = self.learned["inputs"]
        kinds = {name: kind for name, kind in dict(found).items() if name != self.time or kind == "date"}
        return predicting.Task(
            target=self.target,
            numbers=tuple(name for name, kind in kinds.items() if kind == "number"),
            categories=tuple(name for name, kind in kinds.items() if kind in ("category", "yes/no")),
            dates=tuple(name for name, kind in kinds.items() if kind == "date"),
            time=self.time,
            is_number=self._is_number(),
            methods=methods,
            folds=self.folds,
            warning=modelgate.warning(self.learned),
        )
