"""Which secrets are none."""

from __future__ import annotations

import re
from typing import Final

FEWEST_SIGNS: Final = 10
"""Different characters: 64 random hexadecimal digits have 16, most examples fewer."""
EXAMPLE: Final = re.compile(
    r"(?i)change.?(me|this|it)|your.?(secret|key|own)|example|default|placeholder|some.?(key|secret)|super.?secret|"
    r"secret.?key|xxxx|1234567|abcdefg|qwerty|password|insert.?(here|key)|red.?pandas"
)


def is_guessable(secret: str) -> bool:
    """Whether it looks like an example from some documentation, repeats itself, or is empty."""
    return len(set(secret)) < FEWEST_SIGNS or bool(EXAMPLE.search(secret))
