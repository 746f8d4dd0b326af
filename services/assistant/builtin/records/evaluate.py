"""What a pick gives on the rows at hand: to tell readings apart that differ in their result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from services.assistant.builtin.records.cells import read, text_of
from services.assistant.builtin.records.form import Holds, Look, Order, Outcome, Pick, Reading
from services.assistant.builtin.records.sheet import Sheet

Found = tuple[str | float, ...]


def rows_of(pick: Pick, sheet: Sheet) -> list[int]:
    """The numbers of the rows that are picked."""
    rows = [at for at in range(sheet.size) if not any(holds(one, at, sheet) for one in pick.totals)]
    anchors = [at for at in rows if pick.anchor and all(holds(one, at, sheet) for one in pick.anchor)]
    if pick.same:
        wanted = {sheet.column(pick.same).texts[at] for at in anchors}
        rows = [at for at in rows if sheet.column(pick.same).texts[at] in wanted and at not in anchors]
    if pick.beyond:
        rows = _beyond(pick.beyond, rows, anchors, sheet)
    if pick.step:
        rows = _moved(rows, anchors, pick.step, pick.take)
    rows = [at for at in rows if all(holds(one, at, sheet) for one in pick.where)]
    if pick.order:
        rows = _best(pick, rows, sheet)
    if pick.at is not None:
        rows = (
            rows[: pick.take] if pick.at == 0 else rows[-pick.take :] if pick.at == -1 else rows[pick.at : pick.at + 1]
        )
    return rows


def _beyond(beyond: Order, rows: Sequence[int], anchors: Sequence[int], sheet: Sheet) -> list[int]:
    """The rows on the far side of the only anchor."""
    numbers = sheet.column(beyond.column).numbers(beyond.reading)
    if len(anchors) != 1 or (mark := numbers[anchors[0]]) is None:
        return []
    known = [(at, number) for at in rows if (number := numbers[at]) is not None]
    return [at for at, number in known if (number > mark if beyond.descending else number < mark)]


def _streak(pick: Pick, sheet: Sheet) -> Found:
    """The longest run of rows that satisfy the conditions."""
    held = set(rows_of(pick, sheet))
    longest = run = 0
    for at in rows_of(pick.model_copy(update={"where": ()}), sheet):
        run = run + 1 if at in held else 0
        longest = max(longest, run)
    return (float(longest),) if longest else ()


def _moved(rows: Sequence[int], anchors: Sequence[int], step: int, take: int) -> list[int]:
    if not anchors:
        return []
    places = [rows.index(at) for at in anchors]
    if step > 0:
        return list(rows[max(places) + step : max(places) + step + take])
    first = min(places) + step - take + 1
    return list(rows[max(0, first) : first + take]) if min(places) + step >= 0 else []


def _best(pick: Pick, rows: Sequence[int], sheet: Sheet) -> list[int]:
    assert pick.order is not None
    cells = sheet.column(pick.order.column).cells
    known = [(number, at) for at in rows if (number := read(cells[at], pick.order.reading)) is not None]
    if not known:
        return []
    ranked = sorted(known, key=lambda one: one[0], reverse=pick.order.descending)
    last = ranked[min(pick.take, len(ranked)) - 1][0]
    kept = {at for number, at in ranked if (number >= last if pick.order.descending else number <= last)}
    return [at for at in rows if at in kept] if pick.take == 1 else [at for _, at in ranked if at in kept]


def holds(look: Look, at: int, sheet: Sheet) -> bool:
    """Whether the row satisfies the condition."""
    value = sheet.column(look.column).cells[at]
    if look.holds is Holds.PRESENT:
        return text_of(value).strip() not in ("", "-", "–", "—")
    if look.reading is Reading.TEXT:
        return (text_of(value) in look.texts) == (look.holds is Holds.IN)
    found = read(value, look.reading)
    if found is None:
        return False
    first = look.numbers[0]
    if look.holds is Holds.BETWEEN:
        return first <= found <= look.numbers[1]
    return {
        Holds.EQ: found == first, Holds.GT: found > first, Holds.GE: found >= first,
        Holds.LT: found < first, Holds.LE: found <= first,
    }[look.holds]  # fmt: skip


def evaluate(pick: Pick, sheet: Sheet) -> Found:
    """The answer on these rows; empty where there is none."""
    if pick.versus:
        return _difference(pick, sheet)
    if pick.outcome is Outcome.STREAK:
        return _streak(pick, sheet)
    rows = rows_of(pick, sheet)
    column = sheet.column(pick.column)
    texts = [column.texts[at] for at in rows if column.texts[at]]
    if pick.outcome is Outcome.COUNT:
        return (float(len(rows)),)
    if pick.outcome is Outcome.EXISTS:
        return ("yes" if rows else "no",)
    if pick.outcome is Outcome.DISTINCT:
        return (float(len(set(texts))),)
    if pick.outcome in (Outcome.COMMON, Outcome.RARE):
        return _common(texts, pick.outcome is Outcome.COMMON)
    if pick.outcome is Outcome.CELLS:
        return tuple(dict.fromkeys(texts))
    numbers = [one for at in rows if (one := read(column.cells[at], pick.reading)) is not None]
    return _worked_out(pick.outcome, numbers)


def _worked_out(outcome: Outcome, numbers: Sequence[float]) -> Found:
    if not numbers:
        return ()
    if outcome is Outcome.SUM:
        return (round(sum(numbers), 6),)
    if outcome is Outcome.MEAN:
        return (round(sum(numbers) / len(numbers), 6),)
    return (round(max(numbers) - min(numbers), 6),)


def _common(texts: Sequence[str], most: bool) -> Found:
    counted = Counter(texts)
    if not counted:
        return ()
    wanted = (max if most else min)(counted.values())
    if most and wanted == 1:
        return ()
    return tuple(text for text, count in counted.items() if count == wanted)


def _difference(pick: Pick, sheet: Sheet) -> Found:
    ends = []
    for look in pick.versus:
        one = pick.model_copy(update={"versus": (), "where": (*pick.where, look), "outcome": Outcome.SUM})
        if pick.outcome is Outcome.COUNT:
            one = one.model_copy(update={"outcome": Outcome.COUNT})
        elif len(rows_of(one, sheet)) != 1:
            return ()
        ends.append(evaluate(one, sheet))
    if not all(ends) or len(ends) != 2:
        return ()
    return (round(float(ends[0][0]) - float(ends[1][0]), 6),)
