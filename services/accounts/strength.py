"""What a password must be. Long enough beats any mixture of signs (NIST SP 800-63B, 3.1.1.2)."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from services.errors import BadInput

SHORTEST: Final = 10
LONGEST: Final = 256
FEWEST_SIGNS: Final = 5
"""Different characters: fewer are quickly guessed, however long."""
HINT: Final = f"Use {SHORTEST} characters or more that nobody would guess: a few words in a row are good."
SWAPPED: Final = str.maketrans("013457@$!", "oleastasi")
RUNS: Final = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm", "01234567890")
WORDS: Final = (
    "password passwort motdepasse contrasena secret letmein welcome willkommen admin administrator login master "
    "dragon monkey football baseball basketball superman batman princess sunshine shadow iloveyou starwars trustno "
    "whatever changeme changeit default guest test testing qwerty qwertz azerty abc abcd abcdef hello freedom "
    "computer internet samsung google facebook michael jordan ashley charlie donald liverpool arsenal chelsea "
    "redpandas redpanda panda pandas pass passwords winter summer spring autumn monday friday january"
)
COMMON: Final = frozenset(WORDS.split())


def check(password: str, *about: str) -> None:
    """`about` is what anybody knows of the person: name, address. Raises: BadInput, when it is easy to guess."""
    if len(password) < SHORTEST:
        raise BadInput(f"This password has {len(password)} characters.", HINT)
    if len(password) > LONGEST:
        raise BadInput(f"This password has more than {LONGEST} characters.", "Use a shorter one.")
    if len(set(password)) < FEWEST_SIGNS or _is_run(password):
        raise BadInput("This password repeats itself or follows the keyboard.", HINT)
    if {_core(password), _letters(password)} & (COMMON | _known(about)):
        raise BadInput("This password is among the first that are tried.", HINT)


def clean(password: str) -> str:
    """The password as it is hashed: the same however a keyboard composes its letters, without blanks around it."""
    return unicodedata.normalize("NFKC", password.strip())[: LONGEST + 1]


def _core(password: str) -> str:
    """ "P@ssw0rd2024!" as "password": what is left without the usual decoration."""
    bare = re.sub(r"[\d\W_]+$|^[\d\W_]+", "", password.casefold())
    folded = _letters(bare.translate(SWAPPED))
    half = folded[: len(folded) // 2]
    return half if half and half * 2 == folded else folded


def _known(about: tuple[str, ...]) -> set[str]:
    words = {word for text in about for word in re.split(r"[\W_\d]+", text.casefold()) if len(word) > 2}
    return words | {_letters(text) for text in about if len(text) > 2}


def _letters(text: str) -> str:
    return re.sub(r"[\W_\d]+", "", text.casefold())


def _is_run(password: str) -> bool:
    """Whether most of it walks along the alphabet, the digits or a row of keys, either way."""
    lowered = password.casefold()
    pairs = {run[at : at + 2] for run in RUNS for at in range(len(run) - 1)}
    pairs |= {pair[::-1] for pair in pairs}
    steps = sum(lowered[at : at + 2] in pairs or lowered[at] == lowered[at + 1] for at in range(len(lowered) - 1))
    return steps >= 0.7 * (len(lowered) - 1)
