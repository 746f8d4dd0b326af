"""What the joins of an answer found, repeated and lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from services.assistant.checks import probe
from services.assistant.checks.case import Case
from services.domain import Check, Outcome

NAME: Final = "joins"
ADVICE: Final = (
    "A join repeats rows, because its key occurs more than once on both sides or is missing on both: join on a key "
    "that is unique on one side, aggregate first, and leave out rows without a key."
)
Card = Mapping[str, Any]
MOST: Final = 10**15
COUNTS: Final = (
    *("left", "right", "made", "left_missing", "right_missing", "left_repeated", "right_repeated", "left_matched"),
    *("right_matched", "loosely"),
)


def weigh(case: Case) -> Check | None:
    """None where nothing is joined. Failed where rows are repeated on both sides."""
    found = probe.made(case)
    if isinstance(found, str):
        return None
    cards = [card for card in found.joins if all(_is_count(card.get(name)) for name in COUNTS)]
    if not cards:
        return None
    noted = [each for card in cards for each in _noted(card)]
    worst = Outcome.FAILED if any(bad for bad, _ in noted) else Outcome.WARNED if noted else Outcome.PASSED
    sentence = " ".join(dict.fromkeys(text for _, text in noted)) or _fine(cards)
    return Check(name=NAME, outcome=worst, sentence=sentence, evidence=tuple(_card(card) for card in cards))


def _is_count(value: Any) -> bool:
    """The cards pass through code that nobody has read."""
    return isinstance(value, int) and 0 <= value < MOST


def _fine(cards: Sequence[Card]) -> str:
    joins = "The join" if len(cards) == 1 else f"All {len(cards)} joins"
    return f"{joins} found a partner for every row, and repeated none."


def _noted(card: Card) -> Iterator[tuple[bool, str]]:
    """What is to be said of a join, each with whether it makes the answer doubtful."""
    yield from _repeated(card)
    if card["left_missing"] and card["right_missing"]:
        yield True, "Rows without a key are joined with each other."
    elif card["left_missing"]:
        yield False, f"{_rows(card['left_missing'], 'has', 'have')} no key to join by."
    yield from _alone(card)
    idle = card["right"] - card["right_missing"] - card["right_matched"]
    if idle and card["how"] in ("outer", "right"):
        yield False, f"{_rows(idle, 'of the second table finds', 'of the second table find')} no partner."


def _repeated(card: Card) -> Iterator[tuple[bool, str]]:
    if not card["right_repeated"] or not card["right_matched"]:
        return
    both = bool(card["left_repeated"])
    more = _rows(max(0, card["made"] - card["left"]), "more", "more")
    where = "on the right and on the left" if both else "on the right"
    yield both, f"The join makes {more}, because keys occur more than once {where}."


def _alone(card: Card) -> Iterator[tuple[bool, str]]:
    alone = card["left"] - card["left_missing"] - card["left_matched"]
    if not alone:
        return
    lost = card["how"] in ("inner", "right")
    one, many = ("is left out", "are left out") if lost else ("stays without", "stay without")
    told = f"no partner ({_percent(alone, card['left'])}) and"
    yield False, f"{_rows(alone, f'finds {told} {one}', f'find {told} {many}')}."
    if card["loosely"]:
        yield False, f"{card['loosely']:,} of them would, but for spaces or capitals."


def _rows(count: int, one: str, many: str) -> str:
    return f"1 row {one}" if count == 1 else f"{count:,} rows {many}"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.3g} %" if whole else "none"


def _card(card: Card) -> str:
    left, right = (_percent(card[f"{side}_matched"], card[side]) for side in ("left", "right"))
    return (
        f"{str(card['how'])[:8].capitalize()} join: {card['left']:,} rows before, {card['made']:,} after; "
        f"{left} of the left and {right} of the {card['right']:,} right rows match; "
        f"repeated keys {card['left_repeated']:,} and {card['right_repeated']:,}, "
        f"missing {card['left_missing']:,} and {card['right_missing']:,}"
    )
