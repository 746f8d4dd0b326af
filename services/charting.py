"""Which charts say most about a table, from what its columns are for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from services.access import Action, requires
from services.chart_choice import FEW, SOME, ChartIdea, idea, period, suited
from services.domain import ColumnProfile, Kind, Profile, Semantic
from services.workspace import Workspace

GALLERY = 8


@requires(Action.DATASET_READ)
def ideas_for(ws: Workspace, version_id: str, names: Sequence[str]) -> list[ChartIdea]:
    """Up to six charts of exactly these columns, the best first, each with the reason. Raises: NotFound."""
    profile = ws.rows.profile(version_id)
    columns = [column for name in dict.fromkeys(names) if (column := profile.column(name))]
    return suited(columns)


@requires(Action.DATASET_READ)
def ideas(ws: Workspace, version_id: str) -> list[ChartIdea]:
    """Up to eight charts, the most informative first, no two of the same type about the same columns."""
    return suggest(ws.rows.profile(version_id))


def suggest(profile: Profile) -> list[ChartIdea]:
    """The same, from the profile alone."""
    kinds = _Columns(profile)
    families = [list(family(kinds)) for family in (_over_time, _by_group, _related, _spread, _placed, _crossed)]
    picked: list[ChartIdea] = []
    for place in range(GALLERY):  # one of each family in turn: eight histograms say less than eight kinds of charts
        picked += [family[place] for family in families if len(family) > place]
    return picked[:GALLERY]


class _Columns:
    """The columns by what a chart may do with them, the most telling first."""

    def __init__(self, profile: Profile) -> None:
        used = [column for column in profile.columns if column.distinct > 1 and column.missing < profile.rows]
        self.amounts = [each for each in used if each.kind.is_number and each.semantic.is_amount]
        self.amounts.sort(key=lambda each: not each.is_target)
        self.groups = [each for each in used if each.semantic.is_group and 2 <= each.distinct <= SOME]
        self.groups.sort(key=lambda each: each.distinct > FEW)
        self.dates = [each for each in used if each.kind.is_date]
        self.years = [each for each in used if each.semantic is Semantic.YEAR and each.kind is Kind.INTEGER]
        self.latitude = next((each for each in used if each.semantic is Semantic.LATITUDE), None)
        self.longitude = next((each for each in used if each.semantic is Semantic.LONGITUDE), None)
        self.correlations = {frozenset((each.left, each.right)): abs(each.value) for each in profile.correlations}


def _over_time(kinds: _Columns) -> Iterator[ChartIdea]:
    for when in (*kinds.dates, *kinds.years):
        grain = {"period": period(when)} if when.kind.is_date else {}
        for amount in kinds.amounts[:2]:
            chart = {"type": "line", "x": when.name, "y": amount.name, **grain}
            yield idea(chart, f"“{when.name}” is a time and “{amount.name}” an amount.")
        if not kinds.amounts:
            yield idea({"type": "line", "x": when.name, **grain}, f"How many rows there are over “{when.name}”.")


def _by_group(kinds: _Columns) -> Iterator[ChartIdea]:
    for group in kinds.groups:
        type = {"type": "bar"} if group.distinct <= FEW else {"type": "lying bar", "top": 10}
        many = f"“{group.name}” has {group.distinct:,} groups"
        for amount in kinds.amounts[:2]:
            yield idea({**type, "x": group.name, "y": amount.name}, f"{many}, “{amount.name}” is an amount.")
        if not kinds.amounts:
            yield idea({**type, "x": group.name}, f"{many}.")


def _related(kinds: _Columns) -> Iterator[ChartIdea]:
    pairs = sorted(combinations(kinds.amounts[:12], 2), key=lambda pair: -kinds.correlations.get(_key(*pair), 0.0))
    for left, right in pairs:
        strength = kinds.correlations.get(_key(left, right))
        known = f" They correlate by {strength:.2f}." if strength else ""
        chart = {"type": "scatter", "x": left.name, "y": right.name, "trend": True}
        yield idea(chart, f"Two amounts.{known}")


def _spread(kinds: _Columns) -> Iterator[ChartIdea]:
    few = [group for group in kinds.groups if group.distinct <= FEW]
    for amount in kinds.amounts:
        yield idea({"type": "histogram", "x": amount.name}, f"How “{amount.name}” is spread.")
        if few:
            chart = {"type": "box", "x": amount.name, "color": few[0].name}
            yield idea(chart, f"How “{amount.name}” is spread in each “{few[0].name}”.")


def _placed(kinds: _Columns) -> Iterator[ChartIdea]:
    if kinds.latitude and kinds.longitude:
        chart = {"type": "map", "x": kinds.longitude.name, "y": kinds.latitude.name}
        yield idea(chart, "Latitude and longitude.")


def _crossed(kinds: _Columns) -> Iterator[ChartIdea]:
    for left, right in combinations([group for group in kinds.groups if group.distinct <= FEW], 2):
        reason = f"“{left.name}” and “{right.name}” are groups."
        yield idea({"type": "share bar", "x": left.name, "color": right.name}, reason)
        yield idea({"type": "heatmap", "x": left.name, "color": right.name}, reason)


def _key(left: ColumnProfile, right: ColumnProfile) -> frozenset[str]:
    return frozenset((left.name, right.name))
