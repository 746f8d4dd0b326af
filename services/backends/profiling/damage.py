"""Text that was read in the wrong encoding: "MÃ¼ller" for "Müller"."""

from __future__ import annotations

import re
from typing import Final

_PAIRS: Final = re.compile("[\u00c2-\u00f4][\u0080-\u00bfŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™]|\ufffd")
"""What the first two bytes of a letter in UTF-8 give, read as Latin-1 or Windows-1252."""


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
