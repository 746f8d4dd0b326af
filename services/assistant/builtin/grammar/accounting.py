"""Checks that an intent holds all that was said: nothing the question names is dropped."""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.assistant.builtin.intent import Intent, Op, Shape
from services.assistant.builtin.language.question import Draft, Unreadable
from services.assistant.builtin.language.resolve import is_identifier, is_unique, profiles_of
from services.assistant.builtin.language.words import literally
from services.domain import ColumnProfile


def check_mentions(draft: Draft, intent: Intent) -> None:
    """Nothing, when every phrase that means a column has a part in the intent, or names the row itself.

    Raises: Unreadable, naming the first that has none.
    """
    used = _used(intent)
    for mention in draft.mentions:
        candidates = [one.column for one in mention.candidates]
        excused = any(is_unique(draft, one) or is_identifier(one) for one in candidates)
        excused = excused or any(f"{mention.text} {other.text}" in draft.question for other in draft.mentions)
        if not excused and used.isdisjoint(one.name for one in candidates):
            raise Unreadable(f"I do not understand what “{mention.text}” has to do with the rest of the question.")


def _used(intent: Intent) -> set[str]:
    used = {*intent.columns, *(key.column for key in intent.keys), *(one.column or "" for one in intent.measures)}
    used |= {one.times or "" for one in intent.measures} | {one.column for one in intent.part}
    used |= {one.column for any_of in intent.where for one in any_of}
    return used | ({intent.sort.column} if intent.sort else set())


def check_columns(intent: Intent, listed: Sequence[ColumnProfile]) -> None:
    """Nothing, when every column the question names has a part in the intent.

    Raises: Unreadable, naming the first that has none.
    """
    used = _used(intent)
    idle = [one.name for one in listed if one.name not in used]
    if idle:
        raise Unreadable(f"I do not understand what “{idle[0]}” has to do with the rest of the question.")


def is_one_row(draft: Draft) -> bool:
    """Whether a condition picks a single row by its name or identifier."""
    single = [any_of[0] for any_of in draft.where if len(any_of) == 1 and any_of[0].op is Op.EQ]
    return any(is_unique(draft, one) for one in profiles_of(draft, [each.column for each in single]))


def which_aggregate(draft: Draft, found: ColumnProfile) -> Unreadable:
    """A number column alone, with many rows: nothing says how they become one number."""
    name = f'"{found.name}"'
    mention = next((one for one in draft.mentions if found in [c.column for c in one.candidates]), None)
    said = rf"\b{re.escape(mention.text)}\b" if mention else r"$^"
    readings = []
    for word in ("average", "highest", "lowest"):
        text = re.sub(said, literally(f"{word} {name}"), draft.question, count=1, flags=re.IGNORECASE)
        readings.append(text if draft.where and text != draft.question else f"{word} {name}")
    return Unreadable(f"Which number of “{found.name}” do you want: its average, highest or lowest?", readings)


def check_limit(draft: Draft, intent: Intent) -> None:
    """Nothing, when a limit has something to limit.

    Raises: Unreadable, for "total charges of the top 10 people": one number has no first ten.
    """
    if draft.limit is not None and intent.shape is Shape.GROUPS and not intent.keys:
        raise Unreadable("I cannot work out one number from only the first few rows.")
    if draft.best and intent.shape in (Shape.DISTRIBUTION, Shape.CORRELATION):
        raise Unreadable("I do not understand which values should be ranked.")
