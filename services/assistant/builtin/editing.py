"""A logical form edited by clicking: what of it can be changed, and the intent that comes of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from services.assistant.builtin.grammar.ordering import settle_sort
from services.assistant.builtin.intent import (
    Aggregate,
    Chart,
    Condition,
    Grain,
    Intent,
    Key,
    Measure,
    Op,
    Scalar,
    Shape,
    Sort,
)
from services.assistant.builtin.language.columns import is_measure
from services.assistant.builtin.records.form import Look, Outcome
from services.assistant.builtin.records.wording import said_look
from services.assistant.builtin.writing.phrasing import alternatives, said_key
from services.domain import ColumnProfile, Comparison, Kind, Profile
from services.domain import Condition as Filter
from services.errors import BadInput
from services.question_form import MOST_GROUPS, FormChoices, QuestionForm

ROWS: Final = "number of rows"
DISTINCT: Final = "number of different values"
_NAMES: Final = {
    Aggregate.SUM: "total",
    Aggregate.MEAN: "average",
    Aggregate.MEDIAN: "median",
    Aggregate.MIN: "minimum",
    Aggregate.MAX: "maximum",
    Aggregate.STD: "standard deviation",
    Aggregate.DISTINCT: DISTINCT,
    Aggregate.COUNT: "number of rows with a value",
}
_ANY: Final = (Aggregate.DISTINCT, Aggregate.COUNT)
"""What may be worked out of a column that holds no numbers."""
_ORDERS: Final = {
    "highest first": Sort(by="measure", descending=True),
    "lowest first": Sort(by="measure", descending=False),
    "groups upwards": Sort(by="key", descending=False),
    "groups downwards": Sort(by="key", descending=True),
}
_GRAINS: Final = (Grain.YEAR, Grain.QUARTER, Grain.MONTH, Grain.WEEK, Grain.DAY, Grain.WEEKDAY)
_MOST_SHOWN: Final = 12
_OPS: Final = {
    Comparison.ONE_OF: Op.IN,
    Comparison.FROM: Op.GE,
    Comparison.TO: Op.LE,
    Comparison.CONTAINS: Op.CONTAINS,
    Comparison.MISSING: Op.MISSING,
}


def form_of(intent: Intent) -> QuestionForm | None:
    """The form as it stands; None for one that is not edited by clicking."""
    if intent.pick is not None:
        if intent.pick.outcome is not Outcome.CELLS:
            return QuestionForm(conditions=tuple(map(said_look, intent.pick.where))) if intent.pick.where else None
        return QuestionForm(shown=(intent.pick.column,), conditions=tuple(map(said_look, intent.pick.where)))
    where = tuple(alternatives(any_of) for any_of in intent.where)
    if intent.shape is Shape.ROWS:
        order = _row_order(intent.sort) if intent.sort else ""
        return QuestionForm(shown=intent.columns, conditions=where, order=order, limit=intent.limit)
    special = intent.contrast or intent.worked or intent.part or intent.change or not intent.measures
    if intent.shape is not Shape.GROUPS or special or intent.measures[0].aggregate is Aggregate.RATE:
        return None
    return QuestionForm(
        aggregate=_aggregate(intent.measures[0]),
        column=_measured(intent.measures[0]),
        groups=tuple(said_key(key) for key in intent.keys),
        conditions=where,
        order=_group_order(intent.sort) if intent.keys else "",
        limit=intent.limit if intent.keys else None,
    )


def choices(intent: Intent, profile: Profile) -> FormChoices:
    """What each part of the form may be."""
    form = form_of(intent) or QuestionForm()
    names = tuple(column.name for column in profile.columns)
    if intent.pick is not None:
        return FormChoices(shown=names if form.shown else (), most_shown=1, conditions=form.conditions)
    common = FormChoices(conditions=form.conditions, limits=True, filters=True)
    if intent.shape is Shape.ROWS:
        orders = tuple(order for name in names for order in (f"{name}, highest first", f"{name}, lowest first"))
        return common.model_copy(update={"shown": names, "most_shown": _MOST_SHOWN, "orders": orders})
    return common.model_copy(
        update={
            "aggregates": (ROWS, *_NAMES.values()),
            "columns": tuple(dict.fromkeys([form.column, *names])) if form.column else names,
            "groups": tuple(dict.fromkeys([*form.groups, *(said_key(key) for key in _keys(profile))])),
            "orders": tuple(_ORDERS),
        }
    )


def edited_intent(intent: Intent, form: QuestionForm, profile: Profile) -> Intent:
    """The intent with what the form changes. Raises: BadInput, when its parts do not go together."""
    if intent.pick is not None:
        return _edited_pick(intent, form, profile)
    where = _where(intent, form, profile)
    if intent.shape is Shape.ROWS:
        shown = tuple(_known(name, profile).name for name in form.shown)
        if not shown:
            raise BadInput("No column is chosen.", "Choose at least one column to show.")
        update = {"columns": shown, "where": where, "sort": _row_sort(form.order, profile), "limit": form.limit}
        return intent.model_copy(update={**update, "best": intent.best and form.limit == intent.limit})
    return _edited_groups(intent.model_copy(update={"where": where}), form, profile)


def _edited_groups(intent: Intent, form: QuestionForm, profile: Profile) -> Intent:
    before = form_of(intent) or QuestionForm()
    keys = tuple(_key(label, intent, profile) for label in form.groups[:MOST_GROUPS])
    measures = (_measure(form, intent, profile), *intent.measures[1:])
    update: dict[str, object] = {"keys": keys, "measures": tuple(dict.fromkeys(measures)), "focus": None}
    if not keys:
        update |= {"sort": None, "limit": None, "best": False, "having": None, "share": False, "tally": False}
        update |= {"chart": None, "chart_named": False, "pivot": False}
        return intent.model_copy(update=update)
    if form.groups != before.groups and not (intent.chart_named and len(keys) == len(intent.keys)):
        update |= {"chart": None if intent.chart is not Chart.NONE else Chart.NONE, "chart_named": False}
    update |= {"pivot": intent.pivot and len(keys) == MOST_GROUPS, "limit": form.limit}
    if form.order != before.order:
        update["sort"] = _ORDERS.get(form.order)
    if (form.limit, form.order) != (before.limit, before.order):
        update |= {"best": False, "nth": 1}
    changed = intent.model_copy(update=update)
    return changed.model_copy(update={"sort": settle_sort(changed, profile)})


def _edited_pick(intent: Intent, form: QuestionForm, profile: Profile) -> Intent:
    assert intent.pick is not None
    looks = tuple(one for one in intent.pick.where if said_look(one) in form.conditions)
    update: dict[str, object] = {"where": looks}
    if intent.pick.outcome is Outcome.CELLS:
        if len(form.shown) != 1:
            raise BadInput("One column is shown of single rows.", "Choose one column.")
        update["column"] = _known(form.shown[0], profile).name
    return intent.model_copy(update={"pick": intent.pick.model_copy(update=update)})


def _aggregate(measure: Measure) -> str:
    return ROWS if measure.column is None else _NAMES[measure.aggregate]


def _measured(measure: Measure) -> str:
    return f"{measure.column} x {measure.times}" if measure.times else measure.column or ""


def _measure(form: QuestionForm, intent: Intent, profile: Profile) -> Measure:
    """The first measure as the form has it."""
    first = intent.measures[0]
    if form.aggregate == ROWS:
        return Measure(aggregate=Aggregate.COUNT)
    aggregate = next((one for one, name in _NAMES.items() if name == form.aggregate), None)
    if aggregate is None or not form.column:
        raise BadInput("It is not said what to work out.", "Choose a number and a column.")
    if first.times and form.column == _measured(first):
        return first.model_copy(update={"aggregate": aggregate})
    column = _known(form.column, profile)
    if aggregate not in _ANY and not column.kind.is_number:
        raise BadInput(
            f"“{column.name}” holds no numbers, so there is no {form.aggregate} of it.",
            f"Choose a column of numbers, or “{ROWS}” or “{DISTINCT}”.",
        )
    return Measure(aggregate=aggregate, column=column.name)


def _keys(profile: Profile) -> Iterator[Key]:
    """What rows may be grouped by."""
    for column in profile.columns:
        if column.kind.is_date:
            yield from (Key(column=column.name, grain=grain) for grain in _GRAINS)
        elif column.kind is not Kind.OTHER and not is_measure(column):
            yield Key(column=column.name)
    yield from (Key(column=column.name) for column in profile.columns if is_measure(column))


def _key(label: str, intent: Intent, profile: Profile) -> Key:
    known = {said_key(key): key for key in (*_keys(profile), *intent.keys)}
    if label not in known:
        raise BadInput(f"There is nothing to group by called “{label}”.", "Choose another one.")
    return known[label]


def _known(name: str, profile: Profile) -> ColumnProfile:
    column = profile.column(name)
    if column is None:
        raise BadInput(f"There is no column “{name}” in this table.", "Choose another one.")
    return column


def _where(intent: Intent, form: QuestionForm, profile: Profile) -> tuple[tuple[Condition, ...], ...]:
    """The conditions that stay, and those that are added."""
    kept = [any_of for any_of in intent.where if alternatives(any_of) in form.conditions]
    return (*kept, *((_condition(one, profile),) for one in form.added))


def _condition(one: Filter, profile: Profile) -> Condition:
    column = _known(one.column, profile)
    op = _OPS.get(one.comparison)
    if op is None:
        raise BadInput(f"“{one.comparison.value}” is not asked here.", "Choose another condition.")
    said: Sequence[str] = one.values if op is Op.IN else (one.value,) if op is not Op.MISSING else ()
    return Condition(column=column.name, op=op, values=tuple(_value(text, column) for text in said))


def _value(text: str, column: ColumnProfile) -> Scalar:
    """What a person chose, as the column holds it."""
    if column.kind is Kind.BOOLEAN:
        return text.casefold() == "true"
    if not column.kind.is_number:
        return text
    try:
        return int(text) if column.kind is Kind.INTEGER else float(text)
    except ValueError:
        raise BadInput(f"“{text}” is no number, and “{column.name}” holds numbers.", "Choose another value.") from None


def _group_order(sort: Sort | None) -> str:
    return next((name for name, one in _ORDERS.items() if sort and one == sort), "")


def _row_order(sort: Sort) -> str:
    return f"{sort.column}, {'highest' if sort.descending else 'lowest'} first" if sort.column else ""


def _row_sort(order: str, profile: Profile) -> Sort | None:
    if not order:
        return None
    name, _, way = order.rpartition(", ")
    return Sort(by="column", column=_known(name, profile).name, descending=way == "highest first")


def names_in_pick(intent: Intent) -> set[str]:
    """Every column that a pick speaks of."""
    assert intent.pick is not None
    pick = intent.pick
    looks: tuple[Look, ...] = (*pick.where, *pick.anchor, *pick.versus, *pick.totals)
    orders = {one.column for one in (pick.order, pick.beyond) if one}
    return {pick.column, *(one.column for one in looks), *orders} | ({pick.same} if pick.same else set())
