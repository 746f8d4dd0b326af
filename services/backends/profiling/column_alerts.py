"""Alerts that any kind of column may give: constant, missing, all distinct, too many values, classes out of balance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from services.backends.profiling.look import Look, Table
from services.backends.profiling.wording import alert, code, drop_column, filled, percent, quoted, rows, view
from services.domain import Alert, AlertKind, Comparison, Kind, Remedy, Semantic, Severity, View

MISSING: Final = ((0.5, Severity.HIGH), (0.2, Severity.MEDIUM), (0.05, Severity.LOW))
NEAR_CONSTANT: Final = 0.975
IMBALANCED: Final = 0.1
"""Share of the rarest class of what is to be predicted below which it is called out."""
MANY_VALUES: Final = 50
MANY_SHARE: Final = 0.1
TELLING: Final = frozenset({Semantic.ID, Semantic.EMAIL, Semantic.PHONE, Semantic.URL, Semantic.POSTCODE})
"""What may well differ in every row."""
LONG: Final = 40
"""Mean characters from which text is prose, and of course all distinct."""


def found(look: Look, table: Table) -> Iterator[Alert]:
    """The alerts of one column."""
    total = table.profile.rows
    if total == 0:
        return
    if look.filled == 0:
        yield alert(
            AlertKind.EMPTY,
            Severity.HIGH,
            [look.name],
            f"{quoted(look.name)} holds no value at all.",
            reason="A column without values tells nothing and only takes room.",
            found=total,
            total=total,
            view=view((look.name, Comparison.MISSING, "")),
            remedy=drop_column(look.name),
        )
        return
    yield from _missing(look, total)
    yield from _constant(look, total)
    yield from _distinct(look)


def _missing(look: Look, total: int) -> Iterator[Alert]:
    missing = look.facts.missing
    severity = next((level for share, level in MISSING if missing >= share * total), None)
    if severity is None:
        return
    yield alert(
        AlertKind.MISSING,
        severity,
        [look.name],
        f"{percent(missing / total)} of {quoted(look.name)} is missing ({rows(missing)}).",
        reason="From 5 % on, leaving the rows out or filling them in changes results.",
        found=missing,
        total=total,
        view=view((look.name, Comparison.MISSING, "")),
        remedy=_fill(look, missing / total),
    )


def _fill(look: Look, share: float) -> Remedy:
    name = look.name
    if share >= 0.6:
        return drop_column(name)
    if look.kind.is_number and look.facts.semantic.is_amount:
        lines = f"df[{name!r}] = df[{name!r}].fillna(df[{name!r}].median())"
        return code(f"Fill {quoted(name)} with its median", lines)
    return Remedy(
        label=f"Drop the rows without {quoted(name)}",
        step={"kind": "filter", "conditions": [{"column": name, "test": "missing"}], "keep": False},
    )


def _constant(look: Look, total: int) -> Iterator[Alert]:
    name, distinct = look.name, look.facts.distinct
    if distinct == 1 and look.filled > 1:
        gaps = f" where it has one ({rows(look.facts.missing)} have none)" if look.facts.missing else ""
        yield alert(
            AlertKind.CONSTANT,
            Severity.MEDIUM,
            [name],
            f"{quoted(name)} has the same value in every row{gaps}.",
            reason="A column that never changes explains nothing.",
            found=look.filled,
            total=total,
            view=filled(name),
            remedy=drop_column(name),
        )
        return
    if distinct < 2 or look.filled < 20:
        return
    usual = _usual(look)
    if usual is None:
        return
    share = usual / look.filled
    if share >= NEAR_CONSTANT:
        yield alert(
            AlertKind.NEAR_CONSTANT,
            Severity.LOW,
            [name],
            f"{percent(share)} of {quoted(name)} is one value; {rows(look.filled - usual)} differ.",
            reason=f"One value in at least {percent(NEAR_CONSTANT)} of the rows leaves little to compare.",
            found=look.filled - usual,
            total=total,
            view=_unlike(look),
            remedy=drop_column(name),
        )
    elif _is_class(look) and 1 - share < IMBALANCED * (distinct - 1):
        yield from _imbalance(look, total)


def _unlike(look: Look) -> View | None:
    """The rows that differ from the usual value."""
    usual = next(iter(look.counts), None) if look.kind is not Kind.OTHER else None
    return view((look.name, Comparison.IS_NOT, usual), (look.name, Comparison.PRESENT, "")) if usual else None


def _usual(look: Look) -> int | None:
    """Rows with the most frequent value; an estimate for numbers of large tables, None where it is not known."""
    if look.facts.top:
        return look.facts.top[0].rows
    if look.kind is Kind.OTHER or not look.counts:
        return None
    first = next(iter(look.counts.values()))
    return round(first * look.filled / max(1, sum(look.counts.values())))


def _is_class(look: Look) -> bool:
    """Whether one might predict the column: it says so, or it is yes or no."""
    return look.facts.distinct <= 20 and (look.facts.is_target or look.facts.semantic is Semantic.BOOLEAN)


def _imbalance(look: Look, total: int) -> Iterator[Alert]:
    name, rarest = min(look.counts.items(), key=lambda each: each[1], default=("", 0))
    share = rarest / max(1, sum(look.counts.values()))
    if share >= IMBALANCED:
        return
    yield alert(
        AlertKind.IMBALANCE,
        Severity.MEDIUM if look.facts.is_target else Severity.LOW,
        [look.name],
        f"The rarest class of {quoted(look.name)} makes up {percent(share)} of the rows.",
        reason="A model that always says the common class would look good; weigh the classes or judge by recall.",
        found=round(share * look.filled),
        total=total,
        view=view((look.name, Comparison.IS, name)) if name else filled(look.name),
        unmended="No step mends this: the rows are what they are. Weigh the classes when a model is fitted.",
    )


def _distinct(look: Look) -> Iterator[Alert]:
    facts, there = look.facts, look.filled
    if there < 20:
        return
    is_name = look.kind is Kind.TEXT and (facts.lengths or (0, 0.0, 0))[1] < LONG
    is_whole = look.kind is Kind.INTEGER and facts.semantic in (Semantic.MEASURE, Semantic.CATEGORY, Semantic.ORDINAL)
    if facts.distinct == there and (is_whole or (is_name and facts.semantic not in TELLING)):
        yield alert(
            AlertKind.ALL_DISTINCT,
            Severity.LOW,
            [look.name],
            f"Every value of {quoted(look.name)} is different ({rows(there)}).",
            reason="It tells rows apart like a key: grouping by it gives one group a row.",
            found=there,
            total=there,
            view=filled(look.name),
            unmended="Nothing to mend in a key. Where it is none, group by another column, or drop this one.",
        )
    elif is_name and _has_many(look):
        about = "about " if facts.is_estimate else ""
        yield alert(
            AlertKind.HIGH_CARDINALITY,
            Severity.LOW,
            [look.name],
            f"{quoted(look.name)} has {about}{facts.distinct:,} different values in {rows(there)}.",
            reason=f"More than {MANY_VALUES} values, or every tenth row a new one: too many groups for a chart.",
            found=there,
            total=there,
            view=filled(look.name),
            remedy=code(
                f"Keep the 20 most frequent values of {quoted(look.name)}, call the rest “Other”",
                f"common = df[{look.name!r}].value_counts().index[:20]\n"
                f"df[{look.name!r}] = df[{look.name!r}].where("
                f'df[{look.name!r}].isin(common) | df[{look.name!r}].isna(), "Other")',
            ),
        )


def _has_many(look: Look) -> bool:
    facts = look.facts
    return facts.semantic not in TELLING and facts.distinct > max(MANY_VALUES, MANY_SHARE * look.filled)
