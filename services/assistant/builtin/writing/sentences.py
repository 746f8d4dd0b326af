"""The sentences that answer a question, made from what the run gave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sandbox.messages import RunResult, Value
from services.assistant.builtin.intent import Aggregate, Intent, Shape
from services.assistant.builtin.records import wording
from services.assistant.builtin.writing import comparing, figures
from services.assistant.builtin.writing.naming import SHARE, TIED
from services.assistant.builtin.writing.numbers import number, rounded
from services.assistant.builtin.writing.phrasing import alternatives, rows_word, said_having, said_key
from services.assistant.builtin.writing.seen import Row, Seen, cell, is_number, label
from services.domain import ColumnProfile, Kind, Profile, Semantic


def answer(intent: Intent, profile: Profile, result: RunResult) -> str:
    """One or two sentences, with the literal answer that was asked for at the end."""
    if intent.pick is not None:
        return wording.answer(intent.pick, result)
    seen = Seen.of(intent, profile, result)
    makers = {
        Shape.GROUPS: _groups,
        Shape.ROWS: _rows,
        Shape.DISTRIBUTION: _distribution,
        Shape.CORRELATION: _correlation,
    }
    return " ".join(part for part in (makers[intent.shape](seen), _literal(seen)) if part)


def caveats(intent: Intent, profile: Profile, result: RunResult) -> tuple[str, ...]:
    """What to keep in mind: what was taken for granted, rows left out, a cut chart."""
    if intent.pick is not None:
        return wording.caveats(intent.pick)
    seen = Seen.of(intent, profile, result)
    notes = [*intent.assumed, *_left_out(intent, profile), *_without_value(intent, profile), *_ties(seen)]
    notes += _row_of_totals(intent, profile)
    total = seen.total
    if figures.is_cut(intent, profile) and total > figures.BARS:
        notes.append(f"The chart shows the first {figures.BARS} of {number(total)}; the table has them all.")
    return tuple(dict.fromkeys(notes))


_TOTALS: Final = frozenset({"total", "totals", "grand total", "sum", "overall", "subtotal", "all"})


def _row_of_totals(intent: Intent, profile: Profile) -> list[str]:
    """A row that sums up the others, as tables from spreadsheets and web pages have: it is counted like any row."""
    fixed = {one.column for any_of in intent.where for one in any_of}
    for column in profile.columns:
        if column.kind is not Kind.TEXT or column.name in fixed or column.distinct < 0.9 * profile.rows:
            continue
        named = next((one.value for one in column.top if one.value.strip().casefold() in _TOTALS), None)
        if named is not None and profile.rows > 2:
            return [f"A row is called “{named}” in “{column.name}”: if it sums up the others, it is counted as well."]
    return []


def _ties(seen: Seen) -> list[str]:
    """Rows behind the last one shown that have the same value."""
    tied = next((one.value for one in seen.values if one.name == TIED), 0)
    if not isinstance(tied, int) or not tied:
        return []
    return [f"{number(tied)} more {'ties' if tied == 1 else 'tie'} with the last one shown."]


def _left_out(intent: Intent, profile: Profile) -> list[str]:
    """Groups in time and rankings leave rows without a key out."""
    found = [one for key in intent.keys if (one := profile.column(key.column)) and one.missing]
    if intent.limit is None and not any(key.grain for key in intent.keys):
        empty = [one for one in found if not intent.where]
        return [f"{number(one.missing)} rows have no “{one.name}”: they are the group without a name." for one in empty]
    return [f"Rows without “{one.name}” are left out: {number(one.missing)}." for one in found]


def _without_value(intent: Intent, profile: Profile) -> list[str]:
    measured = [one.column for one in intent.measures if one.column and one.aggregate is not Aggregate.DISTINCT]
    found = [one for name in measured if (one := profile.column(name)) and one.missing]
    if intent.where:
        return []
    rows = number(profile.rows)
    return [f"{number(one.missing)} of {rows} rows have no “{one.name}” and are not part of it." for one in found]


def _groups(seen: Seen) -> str:
    if seen.intent.part:
        return _part(seen)
    if seen.intent.contrast:
        return comparing.contrast_sentence(seen)
    if seen.intent.change and seen.rows:
        return comparing.change_sentence(seen)
    if seen.intent.tally and seen.keys:
        return _tally(seen)
    if not seen.intent.keys:
        return _scalars(seen)
    if not seen.rows:
        return f"No rows fit{seen.where}."
    if seen.intent.best:
        return _winner(seen)
    if seen.intent.share:
        return _share(seen)
    if seen.is_timeline and len(seen.keys) == 1:
        return _trend(seen)
    return _extremes(seen)


def _scalars(seen: Seen) -> str:
    if len(seen.intent.measures) == 1:
        return _scalar(seen, seen.values[0].value if seen.values else None)
    found = _named(seen.values)
    if seen.intent.worked:
        one, two = seen.measures
        name = f"{one} {seen.intent.worked.value} {two}"
        sides = f"{one} {cell(found.get(one))}, {two} {cell(found.get(two))}"
        return f"The {name}{seen.where} is {cell(found.get(name))}: {sides}."
    said = [f"{name} is {cell(found.get(name))}" for name in seen.measures]
    return "The " + " and the ".join(said) + seen.where + "."


def _named(values: Sequence[Value]) -> dict[str, Any]:
    if len(values) == 1 and isinstance(values[0].value, dict):
        return dict(values[0].value)
    return {one.name: one.value for one in values}


def _scalar(seen: Seen, value: Any) -> str:
    measure, where = seen.intent.measures[0], seen.where
    if measure.column is None:
        return _counted(seen, int(value or 0))
    if value is None or value != value:
        return f"There is no {seen.measures[0]}{where}: no row has a value."
    if measure.aggregate is Aggregate.DISTINCT:
        return f"There are {number(value)} different values of {measure.column}{where}."
    if measure.aggregate is Aggregate.COUNT:
        return f"{number(value)} rows have a {measure.column}{where}."
    found = seen.profile.column(measure.column)
    said = label(value) if found is not None and found.semantic is Semantic.YEAR else cell(value)
    return f"The {seen.measures[0]}{where} is {said}."


def _counted(seen: Seen, count: int) -> str:
    word = rows_word(seen.intent, count)
    if seen.intent.where:
        word = rows_word(seen.intent, 2)
        return f"{number(count)} of {number(seen.profile.rows)} {word} {'fits' if count == 1 else 'fit'}{seen.where}."
    return f"There is 1 {word}." if count == 1 else f"There are {number(count)} {word}."


def _winner(seen: Seen) -> str:
    high = seen.intent.sort is None or seen.intent.sort.descending
    verb = "have" if len(seen.rows) > 1 else "has"
    way = ("most" if high else "fewest") if seen.counts_rows else ("highest" if high else "lowest")
    way = _place(seen.intent.nth) + way
    value = cell(seen.rows[0][seen.measures[0]])
    return f"{listed([seen.label(row) for row in seen.rows])} {verb} the {way} {seen.noun}{seen.where}: {value}."


def _place(nth: int) -> str:
    """ "second " for 2, nothing for the first."""
    return {2: "second ", 3: "third ", 4: "fourth ", 5: "fifth "}.get(nth, "")


def listed(labels: Sequence[str]) -> str:
    """ "a", "a and b", "a, b, c and 3 more"."""
    if len(labels) > 4:
        return f"{', '.join(labels[:3])} and {len(labels) - 3} more"
    return labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} and {labels[-1]}"


def _share(seen: Seen) -> str:
    known = seen.known(SHARE)
    if not known:
        return f"There are {number(len(seen.rows))} groups."
    asked = next(
        (row for row in known if seen.intent.focus is not None and row[seen.keys[0]] == seen.intent.focus), None
    )
    if asked is not None:
        return _focused(seen, asked)
    first, last = max(known, key=lambda row: row[SHARE]), min(known, key=lambda row: row[SHARE])
    text = f"{seen.label(first)} has the largest share of {seen.noun}{seen.where}, {number(first[SHARE])} %"
    return text + (f"; {seen.label(last)} the smallest, {number(last[SHARE])} %." if len(known) > 1 else ".")


def _focused(seen: Seen, asked: Row) -> str:
    """The share of the one group that was asked for, with the numbers behind it."""
    name = seen.measures[0]
    value = cell(asked[name])
    if seen.total == len(seen.rows):
        value += f" of {cell(sum(row[name] for row in seen.rows if is_number(row[name])))}"
    share = f"{number(asked[SHARE])} % of {seen.noun}{seen.where}"
    focus = seen.intent.focus
    if isinstance(focus, bool) or str(focus).casefold() in ("yes", "y", "true", "t"):
        said = str(focus).lower() if isinstance(focus, bool) else f"“{focus}”"
        return f"{share} {'have' if seen.counts_rows else 'is where'} {seen.keys[0]} = {said}: {value}."
    return f"{seen.label(asked)} has {share}: {value}."


def _tally(seen: Seen) -> str:
    """How many groups there are, and which when they are few."""
    having = seen.intent.having
    fit = f" with {said_having(having, seen.intent)}" if having else ""
    values = "value" if seen.total == 1 else "values"
    which = f": {listed([seen.label(row) for row in seen.rows])}" if 0 < seen.total <= 20 else ""
    return f"{number(seen.total)} {values} of {seen.keys[0]}{fit}{seen.where}{which}."


def _part(seen: Seen) -> str:
    """The share of the rows, or of a total, that fits a condition."""
    share = next((one.value for one in seen.values if one.name == SHARE), None)
    if share is None:
        return f"There is nothing to take a share of{seen.where}."
    said, numbers = f"{number(share)} % of {seen.noun}{seen.where}", seen.rows[0]
    return f"{said}: {alternatives(seen.intent.part)} for {cell(numbers['part'])} of {cell(numbers['whole'])}."


def _trend(seen: Seen) -> str:
    measure, key = seen.measures[0], seen.keys[0]
    ordered = sorted((row for row in seen.known(measure) if row[key] is not None), key=lambda row: str(row[key]))
    if not ordered:
        return f"No row has both a date and a value{seen.where}."
    first, last, peak = ordered[0], ordered[-1], max(ordered, key=lambda row: row[measure])
    what = f"number of {seen.noun}" if seen.counts_rows else seen.noun

    def said(row: Row) -> str:
        return f"{cell(row[measure])} in {seen.label(row)}"

    if first is last:
        return f"The {what}{seen.where} is {said(first)}, the only one."
    span = f"from {said(first)} to {said(last)}"
    return f"The {what}{seen.where} went {span}; the peak was {said(peak)} ({number(seen.total)} {_grains(seen)})."


def _grains(seen: Seen) -> str:
    grain = seen.intent.keys[0].grain
    found = seen.profile.column(seen.intent.keys[0].column)
    return f"{grain.value}s" if grain else "dates" if found is not None and found.kind.is_date else "years"


def _extremes(seen: Seen) -> str:
    name, where = seen.measures[0], seen.where
    known = seen.known(name)
    if not known:
        return f"There are {number(seen.total)} groups{where}."
    first, last = max(known, key=lambda row: row[name]), min(known, key=lambda row: row[name])
    if len(known) == 1:
        return f"{seen.label(first)} is the only group{where}: {name} {cell(first[name])}."
    if first[name] == last[name]:
        return f"All {number(seen.total)} groups have the same {name}{where}, {cell(first[name])}."
    high, low = ("most", "fewest") if seen.counts_rows else ("highest", "lowest")
    text = f"{seen.label(first)} has the {high} {seen.noun}{where}, {cell(first[name])}"
    shown = " shown" if seen.intent.limit else ""
    if seen.intent.limit and seen.intent.sort and not seen.intent.sort.descending:
        least = f"{seen.label(last)} has the {low} {seen.noun}{where}, {cell(last[name])}"
        return f"{least}, then {listed([f'{seen.label(row)} ({cell(row[name])})' for row in seen.rows[1:]])}."
    return f"{text}; {seen.label(last)} the {low}, {cell(last[name])} ({number(seen.total)} groups{shown})."


def _rows(seen: Seen) -> str:
    intent = seen.intent
    if not seen.total:
        return f"No rows fit{seen.where}."
    if intent.sort and intent.sort.column and (intent.best or intent.limit) and intent.sort.column in seen.rows[0]:
        return _first_rows(seen, intent.sort.column, intent.sort.descending)
    if seen.total == 1 and len(intent.columns) <= 4:
        said = "; ".join(f"{name} is {cell(seen.rows[0][name])}" for name in intent.columns if name in seen.rows[0])
        return f"{said[:1].upper()}{said[1:]}{seen.where}."
    if intent.unique and len(intent.columns) == 1 and seen.total > 12:
        return f"{number(seen.total)} different values of {intent.columns[0]}{seen.where}."
    if len(intent.columns) == 1 and seen.total <= 12:
        return (
            f"{number(seen.total)} found{seen.where}: {', '.join(label(one[intent.columns[0]]) for one in seen.rows)}."
        )
    rows = "1 row" if seen.total == 1 else f"{number(seen.total)} rows"
    fit = f" {'fits' if seen.total == 1 else 'fit'}{seen.where}" if intent.where else ""
    return f"{rows}{fit}{_ordered(intent)}."


def _ordered(intent: Intent) -> str:
    if not intent.sort or not intent.sort.column:
        return ""
    return f", ordered by {intent.sort.column}, {'highest' if intent.sort.descending else 'lowest'} first"


def _first_rows(seen: Seen, column: str, descending: bool) -> str:
    """The winner by name, or the first few with their values."""
    way = _place(seen.intent.nth) + ("highest" if descending else "lowest")
    others = _naming(seen, [name for name in seen.intent.columns if name != column])
    if not others:
        shown = [cell(row[column]) for row in (seen.rows[:1] if seen.intent.best else seen.rows[:3])]
        more = f" and {seen.total - 3} more" if seen.total > 3 and not seen.intent.best else ""
        return (
            f"The {way} {column}{seen.where} is {shown[0]}."
            if len(shown) == 1
            else (f"The {way} {column}{seen.where}: {', '.join(shown)}{more}.")
        )
    if seen.intent.best:
        who = listed([f"{_titled(others[0], row)}" for row in seen.rows])
        verb = "have" if len(seen.rows) > 1 else "has"
        return f"{who} {verb} the {way} {column}{seen.where}: {cell(seen.rows[0][column])}."
    said = [f"{_titled(others[0], row)} ({cell(row[column])})" for row in seen.rows[:3]]
    more = f" and {seen.total - 3} more" if seen.total > 3 else ""
    return f"The {way} {column}{seen.where}: {', '.join(said)}{more}."


def _naming(seen: Seen, others: Sequence[str]) -> list[str]:
    """The columns that can name a row, best first; all where the answer shows two or three on purpose."""
    if len(others) < len(seen.profile.columns) - 1 or len(others) == 1:
        return list(others)
    found = [one for name in others if (one := seen.profile.column(name))]
    ranks = {one.name: _naming_rank(one, seen.profile) for one in found}
    return [name for name in sorted(ranks, key=lambda name: ranks[name]) if ranks[name] < 3]


def _naming_rank(one: ColumnProfile, profile: Profile) -> int:
    """0 for text of its own in nearly every row, 1 for an identifier, 2 for a date, 3 for what names nothing."""
    if one.semantic is Semantic.ID or (profile.columns[0] is one and one.distinct == profile.rows):
        return 1
    if one.kind is Kind.TEXT and one.semantic in (Semantic.TEXT, Semantic.ID):
        return 0
    return 2 if one.kind.is_date else 3


def _titled(column: str, row: Row) -> str:
    """The cell alone when it is a name, with its column when it is a number or a date."""
    value = row[column]
    return value if isinstance(value, str) else f"{column} {label(value)}"


def _distribution(seen: Seen) -> str:
    column = seen.intent.columns[0]
    if seen.intent.keys or not seen.rows or "from" not in seen.rows[0]:
        groups = " by " + said_key(seen.intent.keys[0]) if seen.intent.keys else ""
        return f"Here is how {column} is spread{groups}{seen.where}."
    fullest = max(seen.rows, key=lambda row: row["count"])
    counted = number(sum(row["count"] for row in seen.rows))
    span = f"from {number(seen.rows[0]['from'])} to {number(seen.rows[-1]['to'])}"
    peak = f"{number(fullest['from'])} to {number(fullest['to'])}"
    fullest_said = f"the fullest range, {peak}, holds {number(fullest['count'])} of {counted} values"
    return f"{column[:1].upper()}{column[1:]} runs {span}{seen.where}; {fullest_said}."


def _correlation(seen: Seen) -> str:
    columns = seen.intent.columns
    if len(columns) != 2:
        return f"Here is how {len(columns)} number columns move together: 1 is in step, −1 opposite, 0 not at all."
    found = next((one.value for one in seen.values if isinstance(one.value, int | float)), None)
    if found is None or found != found:
        return f"There is no correlation of {columns[0]} and {columns[1]}{seen.where}: one of them does not vary."
    return f"The correlation of {columns[0]} and {columns[1]}{seen.where} is {found:.2f}: {_strength(found)}."


def _strength(coefficient: float) -> str:
    """The usual words: from 0.7 strong, from 0.4 moderate, from 0.1 weak."""
    size = abs(coefficient)
    if size < 0.1:
        return "practically no relationship"
    strength = "strong" if size >= 0.7 else "moderate" if size >= 0.4 else "weak"
    return f"a {strength} {'positive' if coefficient > 0 else 'negative'} relationship"


def _literal(seen: Seen) -> str:
    """The answer in the literal form that was asked for, when there is one value for each name."""
    formats = seen.intent.formats
    found = list(_named(seen.values).values())
    if not found and len(seen.rows) == 1:
        cells = list(seen.rows[0].values())
        found = cells[:1] if seen.intent.best and len(cells) == 2 and len(formats) == 1 else cells[-1:]
    if not formats or len(found) < len(formats):
        return ""
    said = [f"@{form.name}[{rounded(value, form.decimals)}]" for form, value in zip(formats, found, strict=False)]
    return " ".join(said)
