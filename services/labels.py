"""What people write on a dataset: its name, description and tags, checked and cleaned."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from services.errors import BadInput

NAME_CHARS = 120
DESCRIPTION_CHARS = 2_000
TAGS, TAG_CHARS = 20, 40
"""Most tags of a dataset, and most characters of one."""
INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def name(text: str, of: str = "dataset") -> str:
    """The name on one line. Raises: BadInput, when it is empty or too long."""
    clean = INVISIBLE.sub(" ", text).strip()
    if not clean or len(clean) > NAME_CHARS:
        raise BadInput(
            f"A {of} cannot be called that: the name is empty."
            if not clean
            else f"A {of} cannot be called that: the name has {len(clean):,} characters.",
            f"Choose a name of 1 to {NAME_CHARS} characters.",
        )
    return clean


def line(text: str, longest: int = NAME_CHARS) -> str:
    """The text on one line, without what is invisible, cut."""
    clean = " ".join(INVISIBLE.sub(" ", text).split())
    return clean if len(clean) <= longest else clean[: longest - 1].rstrip() + "…"


def description(text: str) -> str:
    """The description, line by line. Raises: BadInput, when it is too long."""
    clean = "\n".join(INVISIBLE.sub(" ", line).rstrip() for line in text.strip().splitlines())
    if len(clean) > DESCRIPTION_CHARS:
        raise BadInput(
            f"The description has {len(clean):,} characters; at most {DESCRIPTION_CHARS:,} are kept.",
            "Use a shorter one.",
        )
    return clean


def tags(texts: Sequence[str]) -> tuple[str, ...]:
    """The tags in order, without those that differ in case only. Raises: BadInput, when they are too many or long."""
    kept: dict[str, str] = {}
    for text in texts:
        if clean := " ".join(INVISIBLE.sub(" ", text).split()):
            kept.setdefault(clean.casefold(), clean)
    if len(kept) > TAGS or any(len(tag) > TAG_CHARS for tag in kept.values()):
        raise BadInput(
            f"A dataset has at most {TAGS} tags of at most {TAG_CHARS} characters.", "Use fewer or shorter ones."
        )
    return tuple(kept.values())


def title(filename: str) -> str:
    """A name for the dataset: the file's, without folders, ending and invisible characters."""
    last = INVISIBLE.sub("", re.split(r"[/\\]", filename)[-1]).strip()
    return (Path(last).stem.strip() or "Table")[:NAME_CHARS]
