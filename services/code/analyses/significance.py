"""Questions that a statistical test answers. What a person means is a field; the method follows from the facts."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, model_validator

from services.code.analyses import facts, gate
from services.code.analyses.analysis import AnalysisBase, MethodChoice, column, quoted, right
from services.code.analyses.methods import groups, pairs, relations, shapes

Level = Field(default=0.95, ge=0.5, le=0.999, title="Confidence", description="Of the intervals, as a share.")


class Significance(AnalysisBase):
    """A question whose method is chosen by facts."""

    GROUP: ClassVar = "Statistics"

    confidence: float = Level

    @model_validator(mode="after")
    def _differ(self) -> Significance:
        """No column stands in two places."""
        if len(set(self.columns())) < len(self.columns()):
            raise ValueError("a column is chosen twice")
        return self


class CompareGroups(Significance):
    """Does a number, or the share of yes, differ between groups?"""

    TITLE: ClassVar = "Compare groups"

    kind: Literal["compare_groups"] = "compare_groups"
    measure: str = column("Measure", "number", "yes/no", description="What is compared.")
    group: str = column("Groups", "category", "yes/no", description="What the groups are made by.")
    subject: str | None = column(
        "Subject", "any", description="Who or what a row is about, if one may stand in several rows.", default=None
    )
    order: str | None = column("Time", "date", description="When a row was, if rows follow each other.", default=None)
    only: tuple[str, ...] = Field(
        default=(),
        max_length=50,
        title="Only",
        description="Groups to compare; all where none is named.",
        json_schema_extra={"values_of": "group"},
    )

    def columns(self) -> tuple[str, ...]:
        return tuple(name for name in (self.measure, self.group, self.subject, self.order) if name)

    def fit_code(self) -> str:
        return self._chosen() + facts.of_groups(self.measure, self.group, self.subject, self.order)

    def _chosen(self) -> str:
        """A line that keeps the rows of the groups to compare; "" for all."""
        kept = f"df[df[{self.group!r}].astype(str).isin({list(self.only)!r})]"
        return f"df = {kept}\n" if self.only else ""

    def choose(self) -> MethodChoice:
        return gate.of_groups(self.learned)

    def to_code(self) -> str:
        method = right(self.choose())
        if method in ("paired_t", "wilcoxon"):
            code = pairs.write_long(method, self.measure, self.group, str(self.subject), self.confidence)
        elif method in relations.COUNTED:
            code = relations.write(method, self.group, self.measure, self.confidence)
        else:
            code = groups.write(method, self.measure, self.group, self.confidence)
        return self._chosen() + code

    def describe(self) -> str:
        chosen = f": {', '.join(quoted(name) for name in self.only[:3])}" if self.only else ""
        return f"Compare {quoted(self.measure)} between the groups of {quoted(self.group)}{chosen}"


class CompareSpread(CompareGroups):
    """Does a number vary more in one group than in another?"""

    TITLE: ClassVar = "Compare spread"

    kind: Literal["compare_spread"] = "compare_spread"  # type: ignore[assignment]

    def choose(self) -> MethodChoice:
        return gate.of_spread(self.learned)

    def describe(self) -> str:
        return f"Compare how far {quoted(self.measure)} spreads in the groups of {quoted(self.group)}"


class AbTest(Significance):
    """Did one of two variants do better?"""

    TITLE: ClassVar = "A/B test"

    kind: Literal["ab_test"] = "ab_test"
    outcome: str = column("Outcome", "number", "yes/no", description="What should get better.")
    variant: str = column("Variant", "category", "yes/no", description="Which of two variants a row had.")
    planned: int = Field(
        default=0,
        ge=0,
        le=10**12,
        title="Rows planned",
        description="How many rows the test was to have in all, fixed before it began. 0: nobody said.",
    )

    def columns(self) -> tuple[str, ...]:
        return (self.outcome, self.variant)

    def fit_code(self) -> str:
        return facts.of_groups(self.outcome, self.variant, None, None)

    def choose(self) -> MethodChoice:
        return gate.of_ab_test(self.learned, self.planned, self.confidence)

    def to_code(self) -> str:
        method = right(self.choose())
        if method in relations.COUNTED:
            return relations.write(method, self.variant, self.outcome, self.confidence)
        return groups.write(method, self.outcome, self.variant, self.confidence)

    def describe(self) -> str:
        return f"A/B test of {quoted(self.outcome)} by {quoted(self.variant)}"


class ComparePairs(Significance):
    """Did something change between two columns that hold it of each row twice?"""

    TITLE: ClassVar = "Before and after"

    kind: Literal["compare_pairs"] = "compare_pairs"
    before: str = column("Before", "number", "yes/no", description="The first value of each row.")
    after: str = column("After", "number", "yes/no", description="The second value of the same row.")

    def columns(self) -> tuple[str, ...]:
        return (self.before, self.after)

    def fit_code(self) -> str:
        return facts.of_pairs(self.before, self.after)

    def choose(self) -> MethodChoice:
        return gate.of_pairs(self.learned)

    def to_code(self) -> str:
        return pairs.write(right(self.choose()), self.before, self.after, self.confidence)

    def describe(self) -> str:
        return f"Compare {quoted(self.before)} with {quoted(self.after)}, row by row"


class Relate(Significance):
    """Do two columns go together?"""

    TITLE: ClassVar = "Relation of two columns"

    kind: Literal["relate"] = "relate"
    left: str = column("One column", "number", "category", "yes/no")
    right: str = column("Another column", "number", "category", "yes/no")

    def columns(self) -> tuple[str, ...]:
        return (self.left, self.right)

    def fit_code(self) -> str:
        return facts.of_relation(self.left, self.right)

    def choose(self) -> MethodChoice:
        return self._as_groups().choose() if "grouped" in self.learned else gate.of_relation(self.learned)

    def to_code(self) -> str:
        if "grouped" in self.learned:
            return self._as_groups().to_code()
        return relations.write(right(self.choose()), self.left, self.right, self.confidence)

    def describe(self) -> str:
        return f"Relate {quoted(self.left)} and {quoted(self.right)}"

    def _as_groups(self) -> CompareGroups:
        """A number and a category: the number compared between the groups."""
        is_number = list(self.learned["kinds"]).index("number") == 0  # type: ignore[arg-type]
        measure, group = (self.left, self.right) if is_number else (self.right, self.left)
        learned = self.learned["grouped"]
        assert isinstance(learned, dict)
        return CompareGroups(measure=measure, group=group, confidence=self.confidence, learned=learned)


class CheckShape(Significance):
    """Does a column follow the normal distribution?"""

    TITLE: ClassVar = "Is it normal?"

    kind: Literal["check_shape"] = "check_shape"
    values: str = column("Column", "number")

    def columns(self) -> tuple[str, ...]:
        return (self.values,)

    def fit_code(self) -> str:
        return facts.of_column(self.values)

    def choose(self) -> MethodChoice:
        return gate.of_shape(self.learned)

    def to_code(self) -> str:
        return shapes.write(right(self.choose()), self.values)

    def describe(self) -> str:
        return f"Does {quoted(self.values)} follow the normal distribution"
