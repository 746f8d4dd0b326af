"""The signs of a text that no font here can draw: they are told, and never printed as boxes in silence."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from fontTools.ttLib import TTCollection, TTFont

from services.backends.typesetting.fonts import HAN_FILE, REGULAR

BOX: Final = "□"
COMMON: Final = re.compile("[\\s -~\u00a0-\u017f\u2010-\u2027\u2030-\u203a\u20ac\u2212□–]+")
"""What Inter has, so that most texts need no look into the fonts."""
UNSEEN: Final = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
NAMED: Final = 6


def missing(text: str) -> tuple[str, ...]:
    """The signs in the text that no font has, each once, in their order."""
    odd = dict.fromkeys(COMMON.sub("", text))
    if not odd:
        return ()
    known = _known()
    return tuple(sign for sign in odd if ord(sign) not in known and not _is_unseen(sign))


def boxed(text: str, gone: Iterable[str]) -> str:
    """The text with a box for each of these signs."""
    return text.translate(dict.fromkeys(map(ord, gone), BOX))


def told(gone: tuple[str, ...]) -> str:
    """A sentence about the signs that are missing; "" where none is."""
    if not gone:
        return ""
    named = ", ".join(
        f"{unicodedata.name(sign, 'a sign without a name').lower()} (U+{ord(sign):04X})" for sign in gone[:NAMED]
    )
    more = f" and {len(gone) - NAMED:,} more" if len(gone) > NAMED else ""
    return f"No font here has these signs, and {BOX} stands for them: {named}{more}. The HTML report shows them."


def _is_unseen(sign: str) -> bool:
    """Whether the sign only joins, parts or varies others."""
    return unicodedata.category(sign) in UNSEEN or "\ufe00" <= sign <= "\ufe0f" or "\U000e0100" <= sign <= "\U000e01ef"


def _known() -> frozenset[int]:
    found: set[int] = set()
    for file in REGULAR:
        with TTFont(file, lazy=True) as font:
            found.update(font.getBestCmap())
    return frozenset(found | (_of_collection(HAN_FILE) if HAN_FILE else set()))


def _of_collection(file: Path) -> set[int]:
    with TTCollection(file, lazy=True) as fonts:
        return set(fonts.fonts[0].getBestCmap())
