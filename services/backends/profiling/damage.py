"""Text that was read in the wrong encoding: "MÃ¼ller" for "Müller"."""

from __future__ import annotations

import re
from typing import Final

MARKS: Final = ("Ã", "Â", "â", "Å", "Ä", "Ð", "Ñ", "ï", "Î", "Ï", "\ufffd")
"""One of these is in all common mojibake of UTF-8 read as Latin-1 or Windows-1252. Each is also an honest letter."""
_PAIRS: Final = re.compile("[ÃÂÅÄÐÑÎÏâï][\u0080-\u00bfŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™]|\ufffd")


def is_damaged(text: str) -> bool:
    """Whether the text holds letters that UTF-8 gives when it is read as another encoding."""
    return mended(text) is not None or "\ufffd" in text


def mended(text: str) -> str | None:
    """What the text was before; None where it is not damaged, or cannot be mended."""
    if not _PAIRS.search(text):
        return None
    for encoding in ("cp1252", "latin-1"):
        try:
            found = text.encode(encoding).decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
        return found if found != text else None
    return None
