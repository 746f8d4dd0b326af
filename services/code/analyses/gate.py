"""Which statistical method is right for the facts, or why none is.

Thresholds: unequal variances are assumed throughout (Delacre, Lakens & Leys 2017); a mean of a skewed sample may be
used from n = 28 + 25 x skew^2 on (Sugden, Smith & Jones 2000, after Cochran); a smaller sample counts as skewed when
its skewness is more than 2.58 standard errors from 0; chi-square wants no expected count under 1 and at most a fifth
under 5 (Cochran 1954).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from statistics import NormalDist
from typing import Any, Final

from services.code.analyses.analysis import Evidence
from services.code.analyses.analysis import MethodChoice as Choice

Facts = Mapping[str, Any]

MOST_GROUPS: Final = 50
FEWEST_PAIRS: Final = 5
FEWEST_FOR_SHAPE: Final = 8
MOST_FOR_SHAPIRO: Final = 5_000
LEVELS: Final = 7
"""Whole numbers with at most this many different values are a scale (1 to 5 stars), not an amount."""
CLEARLY: Final = 2.58
FOLLOWS: Final = 0.3
"""A correlation of each row with the one before it from which on rows are not independent."""
FAR: Final = 9.0
"""Times the median distance from the line: about six standard deviations of a normal scatter."""


def of_groups(facts: Facts) -> Choice:
    """The method for comparing a measure between groups."""
    if refused := _no_groups(facts) or _dependent(facts):
        return refused
    if facts.get("subjects_paired") and "differences" in facts:
        return _of_differences(facts["differences"], ordinal=False)
    if facts["kind"] == "yes/no":
        return _of_counts(facts["crossed"], facts["distinct"])
    samples = facts["samples"]
    two = len(samples) == 2
    if _is_scale(facts):
        evidence = Evidence(assumption="Amounts, not ranks", found=f"{facts['distinct']} whole values", holds=False)
        return _ranked(two, "The values are a scale of a few whole numbers, so their ranks are compared.", evidence)
    shape = _shape(samples)
    if not shape.holds:
        return _ranked(two, "A small group is clearly skewed, so ranks are compared in place of means.", shape)
    reason = "Means can be compared: the groups are large enough for their skewness. Equal spread is not assumed."
    return Choice(method="welch_t" if two else "welch_anova", reason=reason, assumptions=(shape, _independent(facts)))


def of_spread(facts: Facts) -> Choice:
    """The method for comparing how far a measure spreads in groups."""
    if refused := _no_groups(facts) or _dependent(facts):
        return refused
    if facts["kind"] != "number":
        return _wrong_kind("Spread needs a column of numbers.")
    reason = "Distances from the medians are compared, which holds for skewed groups too (Brown and Forsythe 1974)."
    return Choice(method="brown_forsythe", reason=reason, assumptions=(_independent(facts),))


def of_ab_test(facts: Facts, planned: int = 0, confidence: float = 0.95) -> Choice:
    """The method for an experiment with an outcome and two variants, of so many `planned` rows (0: nobody said)."""
    choice = _of_variants(facts)
    if choice.refusal:
        return choice
    return choice.model_copy(
        update={"assumptions": (*choice.assumptions, _of_look(facts["rows"], planned, confidence))}
    )


def _of_look(rows: int, planned: int, confidence: float) -> Evidence:
    """Whether the test is judged when its rows are in.

    Before that, a look may spend only a part of the error (Lan & DeMets 1983, after O'Brien & Fleming 1979).
    """
    assumption = "Judged once, when all planned rows are in"
    if not planned:
        found = "nobody said how many rows were planned: stopping as soon as p is small finds differences that are none"
        return Evidence(assumption=assumption, found=found, holds=False)
    if rows >= planned:
        return Evidence(assumption=assumption, found=f"{rows:,} rows of {planned:,} planned", holds=True)
    bound = NormalDist().inv_cdf(0.5 + confidence / 2) / sqrt(rows / planned)
    limit = 2 * NormalDist().cdf(-bound)
    found = f"too early: {rows:,} rows of {planned:,} planned, so only a p under {limit:.1g} would count now"
    return Evidence(assumption=assumption, found=found, holds=False)


def _of_variants(facts: Facts) -> Choice:
    if refused := _no_groups(facts) or _dependent(facts):
        return refused
    if facts["groups"] != 2:
        many = f"An A/B test compares two variants; there are {facts['groups']}."
        return Choice(refusal="too many groups", reason=many, hint="Filter to two of them, or compare groups.")
    if facts["kind"] == "yes/no":
        return _of_counts(facts["crossed"], facts["distinct"])
    shape = _shape(facts["samples"])
    if shape.holds:
        return Choice(method="welch_t", reason="The groups are large enough for their means.", assumptions=(shape,))
    reason = "The amounts are too skewed for a formula, so the difference of means is drawn again and again."
    return Choice(method="bootstrap", reason=reason, assumptions=(shape, _independent(facts)))


def of_pairs(facts: Facts) -> Choice:
    """The method for two columns that hold the same thing of each row twice."""
    if facts["rows"] < FEWEST_PAIRS:
        return _too_few(facts["rows"], FEWEST_PAIRS, "complete pairs")
    kinds = set(facts["kinds"])
    if kinds == {"yes/no"}:
        reason = "Each row answers yes or no twice: what counts are those that changed."
        return Choice(method="mcnemar", reason=reason)
    if kinds != {"number"}:
        return _wrong_kind("Before and after need two columns of numbers, or two of yes or no.")
    return _of_differences(facts["differences"], bool(facts.get("ordinal")))


def of_relation(facts: Facts) -> Choice:
    """The method for how two columns go together."""
    if facts["rows"] < FEWEST_PAIRS:
        return _too_few(facts["rows"], FEWEST_PAIRS, "rows with both values")
    if min(facts["distinct"]) < 2:
        return Choice(refusal="constant", reason="One of the columns never varies.", hint="Choose another column.")
    kinds = facts["kinds"]
    if not set(kinds) <= {"number", "category", "yes/no"}:
        return _wrong_kind("A relation needs numbers or categories.")
    if kinds == ["number", "number"]:
        return _of_numbers(facts)
    return _of_counts(facts["crossed"], 0)


def of_shape(facts: Facts) -> Choice:
    """The method for whether a column follows the normal distribution."""
    if facts["kind"] != "number":
        return _wrong_kind("Only numbers can follow a distribution.")
    if facts["rows"] < FEWEST_FOR_SHAPE:
        return _too_few(facts["rows"], FEWEST_FOR_SHAPE, "values")
    if not facts["sample"]["varies"]:
        return Choice(refusal="constant", reason="The column never varies.", hint="Choose another column.")
    if facts["rows"] > MOST_FOR_SHAPIRO:
        reason = f"Over {MOST_FOR_SHAPIRO:,} values the Anderson-Darling test is exact enough; Shapiro-Wilk is not."
        return Choice(method="anderson_darling", reason=reason)
    return Choice(method="shapiro_wilk", reason="The test with the most power for samples of this size.")


def _no_groups(facts: Facts) -> Choice | None:
    if facts["rows"] < 4:
        return _too_few(facts["rows"], 4, "rows with both values")
    if facts["kind"] not in ("number", "yes/no"):
        return _wrong_kind("The measure must be numbers, or yes and no.")
    if facts["distinct"] < 2:
        return Choice(refusal="constant", reason="The measure never varies.", hint="Choose another column.")
    groups = facts["groups"]
    if groups < 2:
        return Choice(
            refusal="one group", reason="All rows are in one group.", hint="Choose a column with two or more."
        )
    if groups > MOST_GROUPS or (groups > 10 and facts["rows"] < 2 * groups):
        many = f"There are {groups:,} groups for {facts['rows']:,} rows."
        hint = "Choose a column with fewer different values, or relate the two columns."
        return Choice(refusal="too many groups", reason=many, hint=hint)
    if facts["lone"]:
        alone = "A group has a single row: how far it varies cannot be known."
        return Choice(refusal="too few", reason=alone, hint="Leave that group out with a filter.")
    if facts["kind"] == "number" and not any(each["varies"] for each in facts["samples"]):
        return Choice(refusal="constant", reason="The measure never varies within a group.", hint="Look at the table.")
    return None


def _dependent(facts: Facts) -> Choice | None:
    """Every method for groups wants rows that know nothing of each other."""
    repeated = "subjects" in facts and not facts["subjects_once"] and not facts.get("subjects_paired")
    if repeated:
        several = "Some subjects have several rows, so the rows are not independent of each other."
        return Choice(refusal="not independent", reason=several, hint="Average to one row a subject first.")
    follows = facts.get("follows", 0.0)
    if follows > max(FOLLOWS, CLEARLY / sqrt(facts["rows"])):
        drift = f"Each row resembles the one before it (correlation {follows:.2f}): the rows are not independent."
        return Choice(refusal="not independent", reason=drift, hint="Compare averages of longer periods, or forecast.")
    return None


def _of_counts(crossed: Facts, distinct: int) -> Choice:
    """The method for two categories by their expected counts; `distinct` is 2 for an outcome of yes or no."""
    below = f"smallest expected count {crossed['smallest']:.1f}, {crossed['below_five']:.0%} of them under 5"
    enough = crossed["smallest"] >= 1 and crossed["below_five"] <= 0.2
    evidence = (Evidence(assumption="Expected counts large enough", found=below, holds=enough),)
    two = crossed["rows"] == crossed["columns"] == 2
    if two and not enough:
        return Choice(method="fisher", reason="Few rows in a cell: the exact test.", assumptions=evidence)
    if not enough:
        reason = "Few rows in some cells: the statistic is compared with shuffled rows, not with a formula."
        return Choice(method="chi_square_permuted", reason=reason, assumptions=evidence)
    if two and distinct == 2:
        return Choice(method="two_proportions", reason="Two shares of yes are compared.", assumptions=evidence)
    return Choice(method="chi_square", reason="Enough rows are expected in every cell.", assumptions=evidence)


def _of_differences(differences: Facts, ordinal: bool) -> Choice:
    if differences["n"] < FEWEST_PAIRS:
        return _too_few(differences["n"], FEWEST_PAIRS, "complete pairs")
    if not differences["varies"]:
        return Choice(refusal="constant", reason="Every pair differs by the same amount.", hint="Look at the table.")
    shape = _shape([differences])
    if shape.holds and not ordinal:
        return Choice(method="paired_t", reason="The differences allow their mean to be used.", assumptions=(shape,))
    reason = "The values are a scale." if ordinal else "The differences are clearly skewed for so few rows."
    return Choice(method="wilcoxon", reason=reason + " Their ranks are used.", assumptions=(shape,))


def _of_numbers(facts: Facts) -> Choice:
    straight, ranked = facts["pearson"], facts["spearman"]
    scale = any(each["whole"] and each["distinct"] <= LEVELS for each in facts["samples"])
    curved = abs(ranked) > abs(straight) + 0.1 and any(not _is_even(each) for each in facts["samples"])
    far = facts["farthest"] > FAR
    evidence = (
        Evidence(assumption="Amounts, not ranks", found="a scale" if scale else "many values", holds=not scale),
        Evidence(
            assumption="A straight line", found=f"Pearson {straight:.2f}, Spearman {ranked:.2f}", holds=not curved
        ),
        Evidence(
            assumption="No far outliers",
            found=f"the farthest point is {facts['farthest']:.1f} median distances from the line",
            holds=not far,
        ),
    )
    if scale or curved or far:
        return Choice(method="spearman", reason="Ranks are related in place of values.", assumptions=evidence)
    return Choice(method="pearson", reason="The points lie along a straight line.", assumptions=evidence)


def _ranked(two: bool, reason: str, evidence: Evidence) -> Choice:
    return Choice(method="mann_whitney" if two else "kruskal_wallis", reason=reason, assumptions=(evidence,))


def _is_scale(facts: Facts) -> bool:
    return bool(facts.get("whole")) and facts["distinct"] <= LEVELS


def _is_even(sample: Facts) -> bool:
    """Whether the skewness of a sample may be chance."""
    n = sample["n"]
    if n < 3:
        return True
    error = sqrt(6 * n * (n - 1) / ((n - 2) * (n + 1) * (n + 3)))
    return bool(abs(sample["skew"]) <= CLEARLY * error)


def _is_large(sample: Facts) -> bool:
    return bool(sample["n"] >= 28 + 25 * sample["skew"] ** 2)


def _shape(samples: Sequence[Facts]) -> Evidence:
    """Whether the mean of every sample may be used."""
    worst = max(samples, key=lambda each: abs(each["skew"]) - (10 if _is_large(each) else 0))
    holds = all(_is_large(each) or _is_even(each) for each in samples)
    found = f"skewness {worst['skew']:.2f} in a group of {worst['n']:,}"
    return Evidence(assumption="Near normal, or many rows for their skewness", found=found, holds=holds)


def _independent(facts: Facts) -> Evidence:
    if "follows" in facts:
        found = f"correlation with the row before {facts['follows']:.2f}"
    else:
        found = "one row a subject" if "subjects" in facts else "not checked: name a subject or a time column"
    return Evidence(assumption="Rows independent of each other", found=found, holds=True)


def _too_few(there: int, wanted: int, what: str) -> Choice:
    few = f"Too little to go by: {what}: {there:,}; needed: {wanted}."
    return Choice(refusal="too few", reason=few, hint="Choose columns with fewer missing cells.")


def _wrong_kind(reason: str) -> Choice:
    return Choice(refusal="wrong kind", reason=reason, hint="Choose another column, or change its kind.")
