"""The intent of a question whose words are all accounted for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from services.assistant.builtin.grammar.accounting import (
    check_columns,
    check_limit,
    check_mentions,
    is_one_row,
    which_aggregate,
)
from services.assistant.builtin.grammar.contrasts import contrasted
from services.assistant.builtin.grammar.counts import GROUPED, refuse_groups, tallied
from services.assistant.builtin.grammar.dates import date_column
from services.assistant.builtin.grammar.grouping import binned, default_grain
from services.assistant.builtin.grammar.leftovers import check_leftovers
from services.assistant.builtin.grammar.measuring import implicit_aggregate
from services.assistant.builtin.grammar.ordering import settle_sort
from services.assistant.builtin.grammar.ranking import ranked
from services.assistant.builtin.grammar.shares import shared
from services.assistant.builtin.intent import Aggregate, Chart, Intent, Key, Measure, Op, Shape
from services.assistant.builtin.language.columns import is_measure
from services.assistant.builtin.language.lexicon import ADDED
from services.assistant.builtin.language.question import Draft, Unreadable
from services.assistant.builtin.language.resolve import (
    column,
    is_identifier,
    is_unique,
    label_column,
    profiles_of,
    yes_and_no,
)
from services.domain import ColumnProfile, Kind

_MANY: Final = 12
"""Most columns shown when no column was named."""


def assemble(draft: Draft) -> Intent:
    """The intent of a draft whose words are all accounted for."""
    listed = _listed(draft)
    _take_axis(draft, listed)
    if draft.trend and not any(key.grain for key in draft.keys):
        _add_time_key(draft, listed)
    for builder in (shared, _correlation, _distribution, ranked, _measured, _raw_pairs, _implicit, _counted, _rows):
        intent = builder(draft, listed)
        if intent is not None:
            finished = _finish(draft, intent)
            check_leftovers(draft, finished)
            check_columns(finished, listed)
            check_mentions(draft, finished)
            return finished
    raise Unreadable("I do not understand what is asked.")


def _listed(draft: Draft) -> list[ColumnProfile]:
    """The columns the question names outside keys, measures and conditions, in order."""
    found: list[ColumnProfile] = []
    for mark in re.findall(r"\bC\d+", draft.text):
        role = _numeric if draft.related or draft.chart in (Chart.SCATTER, Chart.HISTOGRAM, Chart.BOX) else None
        one = column(draft, mark, role)
        if one not in found:
            found.append(one)
    return found


def _numeric(profile: ColumnProfile) -> bool:
    return profile.kind.is_number


def _take_axis(draft: Draft, listed: list[ColumnProfile]) -> None:
    """The column of the x axis: a key when something is measured or counted, else the first column."""
    if draft.axis_x is None:
        return
    if draft.measures or (not listed and not draft.keys):
        draft.keys = [Key(column=draft.axis_x.name), *[k for k in draft.keys if k.column != draft.axis_x.name]]
    elif draft.axis_x not in listed:
        listed.insert(0, draft.axis_x)


def _add_time_key(draft: Draft, listed: list[ColumnProfile]) -> None:
    named = next((one for one in listed if one.kind.is_date), None)
    found = named or date_column(draft)
    if found in listed:
        listed.remove(found)
    draft.keys = [
        Key(column=found.name, grain=default_grain(found)),
        *[k for k in draft.keys if k.column != found.name],
    ]


def _correlation(draft: Draft, listed: list[ColumnProfile]) -> Intent | None:
    if not (draft.related or draft.chart in (Chart.SCATTER, Chart.HEATMAP)) or draft.measures:
        return None
    pool = [
        *listed,
        *(one for one in profiles_of(draft, [k.column for k in draft.keys if k.grain is None]) if one not in listed),
    ]
    numbers = [one for one in pool if one.kind.is_number]
    others = [Key(column=one.name) for one in pool if not one.kind.is_number]
    if len(numbers) >= 2 and len(others) <= 1:
        chart = draft.chart or (Chart.SCATTER if len(numbers) == 2 else Chart.HEATMAP)
        return Intent(
            shape=Shape.CORRELATION, columns=tuple(one.name for one in numbers), keys=tuple(others), chart=chart
        )
    if draft.related and not pool and len(draft.columns.measures()) >= 2:
        names = tuple(one.name for one in draft.columns.measures())[:_MANY]
        return Intent(shape=Shape.CORRELATION, columns=names, chart=Chart.HEATMAP if len(names) > 2 else Chart.SCATTER)
    if draft.related and len(pool) == 2 and len(numbers) == 1:
        measure = Measure(aggregate=Aggregate.MEAN, column=numbers[0].name)
        draft.assumed.append(f"“{others[0].column}” holds no numbers, so the averages of its groups are compared.")
        return Intent(measures=(measure,), keys=(others[0],))
    if draft.related:
        raise Unreadable("A correlation needs two number columns.")
    return None


def _distribution(draft: Draft, listed: list[ColumnProfile]) -> Intent | None:
    spread = draft.spread or draft.chart in (Chart.HISTOGRAM, Chart.BOX)
    if not spread or draft.measures:
        return None
    keys = [key for key in draft.keys if key.grain is None]
    if len(listed) == 1 and is_measure(listed[0]) and len(keys) <= 1 and len(keys) == len(draft.keys):
        if draft.chart is Chart.HISTOGRAM and keys and is_unique(draft, profiles_of(draft, [keys[0].column])[0]):
            return None
        chart = draft.chart or (Chart.BOX if keys else Chart.HISTOGRAM)
        if draft.chart in (Chart.BAR, Chart.PIE, Chart.LINE) and keys:
            return None
        return Intent(
            shape=Shape.DISTRIBUTION,
            columns=(listed[0].name,),
            keys=tuple(keys),
            chart=Chart.HISTOGRAM if chart is Chart.BAR else chart,
        )
    if (
        not listed
        and len(keys) == 1
        and is_measure(profiles_of(draft, [keys[0].column])[0])
        and draft.chart is not Chart.BAR
    ):
        return Intent(shape=Shape.DISTRIBUTION, columns=(keys[0].column,), chart=draft.chart or Chart.HISTOGRAM)
    return None


def _measured(draft: Draft, listed: list[ColumnProfile]) -> Intent | None:
    if not draft.measures:
        return None
    keys = list(draft.keys)
    fixed = {one.column for any_of in draft.where for one in any_of if one.op is Op.EQ and not draft.chart}
    extra = [one for one in listed if one.name not in [k.column for k in keys] and one.name not in fixed]
    measures = _settled(draft, list(draft.measures))
    groups = [one for one in extra if not is_measure(one)]
    if not keys and len(groups) in (1, 2) and len(groups) == len(extra):
        refuse_groups(draft, groups[0].name)
        keys = [Key(column=one.name) for one in groups]
    elif not keys and len(extra) == 1 and all(m.column is None for m in measures):
        if is_measure(extra[0]) and extra[0].distinct > 30 and draft.chart is None and not draft.sort:
            raise Unreadable(f"I do not understand what “{extra[0].name}” has to do with the number of rows.")
        keys = [Key(column=extra[0].name)]
    elif extra and keys and all(m.column is None for m in measures) and is_measure(extra[0]):
        measures = [*measures, Measure(aggregate=implicit_aggregate(draft, extra[0]), column=extra[0].name)]
    keys, measures = _replace_row_keys(draft, keys, measures, groups)
    if draft.best and not keys and not draft.each:
        raise Unreadable("I do not understand which values should be ranked.")
    if (
        not keys
        and draft.each
        and len(measures) == 1
        and measures[0].column
        and measures[0].aggregate in (Aggregate.DISTINCT, Aggregate.COUNT)
    ):
        keys, measures = [Key(column=measures[0].column)], [Measure(aggregate=Aggregate.COUNT)]
    if (
        not keys
        and len(groups) == 0
        and draft.each
        and (label := label_column(draft, draft.each.noun))
        and all(m.column for m in measures)
    ):
        keys = [Key(column=label.name)]
    keys = _with_compared(draft, keys)
    measures = _with_rows(draft, keys, measures)
    if not keys and len(measures) == 1 and measures[0].aggregate is Aggregate.DISTINCT and _wants_groups(draft):
        keys = [Key(column=measures[0].column or "")]
        measures = [Measure(aggregate=Aggregate.COUNT)]
    if keys and not GROUPED.search(draft.question.lower()):
        refuse_groups(draft, keys[0].column)
    return Intent(measures=tuple(measures), keys=tuple(keys[:2]))


def _with_rows(draft: Draft, keys: Sequence[Key], measures: list[Measure]) -> list[Measure]:
    """ "customers per region" may mean different customers or rows: both are shown unless "different" was said."""
    counted = r"\b(?:number|count|many|total)\b[^,.]{0,12}\b(?:distinct|unique|different)\b"
    said = re.search(counted, draft.question.casefold())
    if not keys or said or len(measures) != 1 or measures[0].aggregate is not Aggregate.DISTINCT:
        return measures
    draft.assumed.append(f"Different values of “{measures[0].column}” are counted; “count” is the number of rows.")
    return [*measures, Measure(aggregate=Aggregate.COUNT)]


def _with_compared(draft: Draft, keys: list[Key]) -> list[Key]:
    """The keys, and the column whose values are compared as a further one."""
    compared = _compared(draft)
    return [*keys, *(key for key in compared if key not in keys)] if len(keys) < 2 else keys


def _wants_groups(draft: Draft) -> bool:
    return draft.chart not in (None, Chart.NONE) or draft.share or draft.sort is not None


def _settled(draft: Draft, measures: list[Measure]) -> list[Measure]:
    """A distinct count of a key, or of what each row is, is a count of rows."""
    keys = {key.column for key in draft.keys}
    settled = []
    for measure in measures:
        if measure.aggregate is Aggregate.DISTINCT and measure.column in keys:
            measure = Measure(aggregate=Aggregate.COUNT)
        if measure not in settled:
            settled.append(measure)
    return settled


def _replace_row_keys(
    draft: Draft, keys: list[Key], measures: list[Measure], groups: list[ColumnProfile]
) -> tuple[list[Key], list[Measure]]:
    """ "venue for each workshop": a key that is the row itself gives way to the column that is named with it."""
    if len(keys) == 1 and len(groups) == 1 and keys[0].grain is None and groups[0].name != keys[0].column:
        profile = draft.columns.profile.column(keys[0].column)
        if profile is not None and is_identifier(profile) and is_unique(draft, profile):
            return [Key(column=groups[0].name)], measures
    return keys, measures


def _raw_pairs(draft: Draft, listed: list[ColumnProfile]) -> Intent | None:
    """Number columns of single rows, side by side: "distance by name" where each row has its own name."""
    keys = [k for k in draft.keys if k.grain is None]
    if len(keys) != len(draft.keys) or not keys or not listed:
        return None
    first = profiles_of(draft, [keys[0].column])[0]
    if all(one.kind.is_number for one in listed) and (is_unique(draft, first) or is_measure(first)):
        if (
            is_identifier(first)
            and (label := label_column(draft, draft.columns.words[first.name][0]))
            and is_unique(draft, label)
        ):
            first = label
        if len(listed) == 1 and is_measure(first) and draft.chart is None and draft.sort is None:
            return Intent(shape=Shape.CORRELATION, columns=(first.name, listed[0].name), chart=Chart.SCATTER)
        names = dict.fromkeys([first.name, *(one.name for one in listed), *(k.column for k in keys[1:])])
        return Intent(shape=Shape.ROWS, columns=tuple(names))
    return None


def _implicit(draft: Draft, listed: list[ColumnProfile]) -> Intent | None:
    """Numbers by a key without an aggregate: added or averaged, by the nature of the column."""
    numbers = [one for one in listed if is_measure(one)]
    others = [one for one in listed if not is_measure(one)]
    if not draft.keys or not numbers or len(numbers) != len(listed):
        if not (draft.keys and not numbers and others and _is_row_key(draft)):
            return None
        return Intent(measures=(Measure(aggregate=Aggregate.COUNT),), keys=(Key(column=others[0].name),))
    measures = tuple(Measure(aggregate=implicit_aggregate(draft, one), column=one.name) for one in numbers)
    return Intent(measures=measures, keys=tuple(_with_compared(draft, list(draft.keys))))


def _is_row_key(draft: Draft) -> bool:
    profile = draft.columns.profile.column(draft.keys[0].column)
    return profile is not None and draft.keys[0].grain is None and is_unique(draft, profile)


def _counted(draft: Draft, listed: list[ColumnProfile]) -> Intent | None:
    """Categories alone, with a chart, a share or a key: rows are counted."""
    count = (Measure(aggregate=Aggregate.COUNT),)
    keys = [*draft.keys, *(Key(column=one.name) for one in listed if one.name not in [k.column for k in draft.keys])]
    if not keys or len(keys) > 2:
        return None
    profiles = profiles_of(draft, [k.column for k in keys])
    if any(
        is_measure(p) and k.grain is None and p.distinct > 30 and not draft.keys
        for k, p in zip(keys, profiles, strict=True)
    ):
        return None
    charted = draft.chart not in (None, Chart.NONE) or draft.share or draft.spread
    if draft.keys and not listed:
        return Intent(measures=count, keys=tuple(keys))
    if charted and len(listed) == 1 and (not is_measure(listed[0]) or draft.share):
        return Intent(measures=count, keys=tuple(keys))
    if draft.keys and listed and any(k.grain for k in draft.keys):
        return Intent(measures=count, keys=tuple(draft.keys))
    if draft.keys and all(not is_measure(one) for one in listed):
        return Intent(measures=count, keys=tuple(keys))
    return None


def _rows(draft: Draft, listed: list[ColumnProfile]) -> Intent | None:
    if draft.keys:
        return None
    whole = re.search(r"\b(?:rows|records|data|table|everything|entries|all|E\d+)\b", draft.text)
    if not listed and not draft.where and draft.limit is None and not whole:
        return None
    if len(listed) == 1 and is_measure(listed[0]):
        return _single_number(draft, listed[0])
    if draft.limit is not None and draft.sort is not None and draft.sort.by == "measure":
        raise Unreadable("I do not understand by what the rows should be ranked.")
    if (
        draft.chart in (Chart.BAR, Chart.PIE)
        and len(listed) == 2
        and listed[0].kind.is_number > listed[1].kind.is_number
    ):
        listed = listed[::-1]
    names = [one.name for one in listed] or [one.name for one in draft.columns.profile.columns]
    said = re.search(r"\b(?:distinct|unique|different)\b", draft.text)
    alone = len(listed) == 1 and not draft.chart and not is_unique(draft, listed[0])
    return Intent(shape=Shape.ROWS, columns=tuple(names), unique=bool(said) or alone)


def _single_number(draft: Draft, found: ColumnProfile) -> Intent:
    """One number column and nothing else: added up where that makes sense, else shown row by row with its label."""
    listing = draft.chart or draft.sort or draft.limit or re.search(r"\b(?:list|all|each|every)\b", draft.text)
    compared = _compared(draft)
    if compared:
        return Intent(measures=(Measure(aggregate=implicit_aggregate(draft, found), column=found.name),), keys=compared)
    if is_one_row(draft):
        return Intent(measures=(Measure(aggregate=Aggregate.SUM, column=found.name),))
    if re.search(r"\bwho(?:m|se)?\b", draft.text) and draft.limit is None:
        raise Unreadable("I do not understand by what the rows should be ranked.")
    if not listing:
        if ADDED.isdisjoint(draft.columns.words[found.name]) or implicit_aggregate(draft, found) is not Aggregate.SUM:
            raise which_aggregate(draft, found)
        return Intent(measures=(Measure(aggregate=Aggregate.SUM, column=found.name),))
    label = label_column(draft) or (is_unique_text(draft))
    names = (label.name, found.name) if label else (found.name,)
    return Intent(shape=Shape.ROWS, columns=names)


def is_unique_text(draft: Draft) -> ColumnProfile | None:
    """The first text column with a value of its own in every row."""
    texts = (one for one in draft.columns.profile.columns if one.kind is Kind.TEXT)
    return next((one for one in texts if is_unique(draft, one)), None)


def _compared(draft: Draft) -> tuple[Key, ...]:
    """ "compare West and East": the column whose values are compared is the key."""
    said = re.search(r"\b(?:compare[ds]?|comparing|vs|versus|difference)\b", draft.question.casefold())
    for any_of in draft.where:
        if len(any_of) != 1 or any_of[0].op is not Op.IN:
            continue
        found = draft.columns.profile.column(any_of[0].column)
        both = found is not None and yes_and_no(found) is not None and len(any_of[0].values) == 2
        if said or both or draft.contrast is not None:
            return (Key(column=any_of[0].column, grain=any_of[0].part),)
    return ()


def _finish(draft: Draft, intent: Intent) -> Intent:
    """The intent with order, limit, chart and all that does not change its shape."""
    check_limit(draft, intent)
    intent = intent.model_copy(update={"measures": tallied(draft, intent.measures)})
    filled = intent.model_copy(
        update={
            "where": tuple(draft.where),
            "keys": tuple(binned(draft, key) for key in intent.keys),
            "having": draft.having,
            "limit": draft.limit,
            "best": draft.best,
            "tally": draft.tally,
            "share": draft.share and intent.shape is Shape.GROUPS and bool(intent.keys),
            "chart": intent.chart or draft.chart,
            "chart_named": draft.chart not in (None, Chart.NONE),
            "counted": draft.counted,
            "assumed": tuple(draft.assumed),
            "formats": draft.formats,
            "sort": intent.sort or draft.sort,
        }
    )
    if filled.share and len(filled.measures) > 1 and any(one.column for one in filled.measures):
        raise Unreadable("Only one thing at a time can be shared out.")
    if draft.share and not filled.share and draft.chart is None:
        raise Unreadable("I do not understand of what the share should be taken.")
    if draft.nth > 1 and not (filled.best and filled.sort):
        raise Unreadable("I do not understand which ranking is meant.")
    if draft.pivot and (filled.shape is not Shape.GROUPS or len(filled.keys) != 2 or filled.limit or filled.best):
        raise Unreadable("A pivot table needs one number and two columns: “pivot table of price by region and month”.")
    bars = filled.chart in (None, Chart.BAR, Chart.STACKED_BAR, Chart.GROUPED_BAR)
    form = {"nth": draft.nth, "pivot": draft.pivot, "lying": draft.lying and bars}
    filled = contrasted(draft, filled.model_copy(update=form))
    return filled.model_copy(
        update={"sort": settle_sort(filled, draft.columns.profile), "assumed": tuple(draft.assumed)}
    )
