"""Personal data as it may be shown: enough to recognise what it is, too little to know whose."""

from __future__ import annotations

import re
from typing import Final

from services.code.personal import texts
from services.code.personal.kinds import PersonalKind

DOT: Final = "•"
CUT: Final = 30
"""Characters shown on either side of what a text mentions."""
_WORD: Final = re.compile(r"[^\W_]+")


def hide(value: str, kind: PersonalKind) -> str:
    """A whole value of this kind, masked: "a•••@•••.org", "•••• 1234", "A••• L•••"."""
    text = " ".join(value.split())[:120]
    if kind is PersonalKind.EMAIL:
        return _email(text)
    if kind is PersonalKind.BIRTH_DATE:
        return re.sub(r"\d+", lambda found: found[0] if len(found[0]) == 4 else DOT * 2, text)
    if kind in (PersonalKind.NAME, PersonalKind.ADDRESS):
        return _WORD.sub(lambda found: DOT * 2 if found[0][0].isdigit() else found[0][0] + DOT * 3, text)
    return _digits(text)


def mention(text: str, kind: PersonalKind) -> str:
    """The first place of a text that holds this kind, all personal data in and around it masked; "" for none."""
    spans = texts.find(text)
    first = next((span for span in spans if span.kind is kind), None)
    if first is None:
        return ""
    shown, end = "", max(0, first.start - CUT)
    if end:  # not within a word
        end = min((text.find(" ", end) + 1) or first.start, first.start)
    for span in spans:
        if span.end <= end or span.start > first.end + CUT:
            continue
        shown += text[end : span.start] + hide(text[span.start : span.end], span.kind)
        end = span.end
    rest = text[end : first.end + CUT]
    if end + len(rest) < len(text):
        rest = rest.rpartition(" ")[0]
    return " ".join((shown + rest).split())


def _email(text: str) -> str:
    name, _, place = text.rpartition("@")
    return f"{name[:1]}{DOT * 3}@{DOT * 3}.{place.rpartition('.')[2]}"


def _digits(text: str) -> str:
    """The last four letters and digits of long numbers, the last two of shorter ones."""
    places = [place for place, character in enumerate(text) if character.isalnum()]
    shown = set(places[-4:] if len(places) >= 12 else places[-2:])
    return "".join(c if not c.isalnum() or place in shown else DOT for place, c in enumerate(text))
