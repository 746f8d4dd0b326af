"""What stands for personal data in everything that a language model reads, and how the real values come back.

Each value gets a token such as PERSON-1: the model can write it into code and sentences, and only this process knows
what it stands for. In code a token is replaced within texts and comments alone, escaped, so that a value is never
anything but text, whatever it holds.
"""

from __future__ import annotations

import io
import itertools
import re
import tokenize
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Final

from services.code.personal import PersonalKind, texts
from services.code.personal.gazetteer import common_words, key, listed

TOKENS: Final = {
    PersonalKind.EMAIL: "EMAIL",
    PersonalKind.IBAN: "IBAN",
    PersonalKind.CARD: "CARD",
    PersonalKind.NATIONAL_ID: "IDNUMBER",
    PersonalKind.IP: "IPADDRESS",
    PersonalKind.PHONE: "PHONE",
    PersonalKind.BIRTH_DATE: "BIRTHDATE",
    PersonalKind.ADDRESS: "ADDRESS",
    PersonalKind.NAME: "PERSON",
}
SHORTEST_PART: Final = 3
"""Letters of a word of a name that is hidden on its own, too."""
_TOKEN: Final = re.compile(rf"(?<![^\W\d_])({'|'.join(TOKENS.values())})[-_ ](\d+)", re.IGNORECASE)
"""As a model may write a token in a sentence; in code it must be exact, for `person_1` may be a variable there."""
_EXACT: Final = re.compile(rf"(?<![^\W\d_])({'|'.join(TOKENS.values())})-(\d+)", re.IGNORECASE)
_TEXTS: Final = {tokenize.STRING, tokenize.COMMENT, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}


class Veil:
    """The tokens of one question and its conversation. An inactive veil changes nothing."""

    def __init__(self, *, active: bool = True, taken: Iterable[str] = (), known: Collection[str] = ()) -> None:
        """`taken` are texts whose words no token may be; `known` are words, as keys, that name no person."""
        self._active, self._known = active, known
        self._taken = "\n".join(taken).casefold() if active else ""
        self._values: dict[str, str] = {}

    @property
    def hidden(self) -> dict[str, str]:
        """The real values by their tokens."""
        return {token: value for value, token in self._values.items()}

    def add(self, value: str, kind: PersonalKind) -> None:
        """Hides this value wherever it comes up from now on; of a name of several words, each word as well."""
        if not self._active or not value.strip():
            return
        self._hide(value.strip(), kind)
        if kind is PersonalKind.NAME and " " in value.strip():
            words = (word.strip(".,") for word in value.split())
            for word in words:
                if len(word) >= SHORTEST_PART and key(word) not in common_words() | listed("titles"):
                    self._hide(word, kind)

    def text(self, text: str, *, look: bool = True) -> str:
        """The text with tokens for what is known already and, unless told not to look, for what is found in it."""
        if not self._active:
            return text
        known = list(self._places(text, str)) if look else []
        for span in texts.find(text, self._known) if look else ():
            # What is known of an address is a cell of the table: exact, where the recogniser may take words along.
            if span.kind is not PersonalKind.ADDRESS or all(p[1] <= span.start or span.end <= p[0] for p in known):
                self.add(text[span.start : span.end], span.kind)
        return self._masked(text, str)

    def code(self, code: str) -> str:
        """The code with tokens within its texts and comments for what is known."""
        return self._in_texts(code, lambda part: self._masked(part, escaped)) if self._active else code

    def restore(self, text: str) -> str:
        """The text with the real values."""
        return _TOKEN.sub(lambda found: self._real(found, str), text)

    def restore_code(self, code: str) -> str:
        """The code with the real values in its texts and comments."""
        if not self._values:
            return code
        return self._in_texts(code, lambda part: _EXACT.sub(lambda found: self._real(found, escaped), part))

    def used_in(self, text: str) -> dict[str, str]:
        """The real values by those tokens that the text holds."""
        names = {f"{found[1]}-{found[2]}".upper() for found in _TOKEN.finditer(text)}
        return {token: value for token, value in self.hidden.items() if token in names}

    def _hide(self, value: str, kind: PersonalKind) -> None:
        """Gives the value its token."""
        if value in self._values:
            return
        used = set(self._values.values())
        tokens = (f"{TOKENS[kind]}-{number}" for number in itertools.count(1))
        self._values[value] = next(t for t in tokens if t not in used and t.casefold() not in self._taken)

    def _masked(self, text: str, written: Callable[[str], str]) -> str:
        """The text with tokens in place of all known values, written as they are or escaped, in any case."""
        shown, end = "", 0
        for start, stop, value in _merged(self._places(text, written)):
            token = self._values[value]
            is_lower = text[start:stop].islower() and not value.islower()
            shown += text[end:start] + (token.lower() if is_lower else token)
            end = stop
        return shown + text[end:]

    def _places(self, text: str, written: Callable[[str], str]) -> Iterator[tuple[int, int, str]]:
        for value in self._values:
            forms = dict.fromkeys((value, written(value), " ".join(value.split())))
            for form in forms:
                for found in re.finditer(rf"(?<!\w){re.escape(form)}(?!\w)", text, re.IGNORECASE):
                    yield found.start(), found.end(), value

    def _real(self, found: re.Match[str], written: Callable[[str], str]) -> str:
        value = self.hidden.get(f"{found[1]}-{found[2]}".upper())
        if value is None:
            return found[0]
        return written(value.lower() if found[1].islower() else value)

    @staticmethod
    def _in_texts(code: str, change: Callable[[str], str]) -> str:
        """The code with its texts and comments changed; all of it where it cannot be read as Python."""
        shown, end = "", 0
        for begin, stop in _text_places(code):
            shown += code[end:begin] + change(code[begin:stop])
            end = stop
        return shown + code[end:]


def escaped(value: str) -> str:
    """The value as it may stand in any Python text, f-strings included, and be nothing but text."""
    return "".join(c if c.isalnum() or c in " @.+-/,:()#&_•" else _escape(c) for c in value)


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _text_places(code: str) -> Iterator[tuple[int, int]]:
    """Where texts and comments begin and end; everywhere, where the code is no Python."""
    starts = list(itertools.accumulate((len(line) + 1 for line in code.split("\n")), initial=0))
    places = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            if token.type in _TEXTS:
                (row, column), (last, end) = token.start, token.end
                places.append((starts[row - 1] + column, starts[last - 1] + end))
    except (tokenize.TokenError, SyntaxError, IndexError):
        return iter([(0, len(code))])
    return iter(places)


def _merged(places: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """The places in order, the longest of those that overlap."""
    kept: list[tuple[int, int, str]] = []
    for start, stop, value in sorted(set(places), key=lambda place: (place[0] - place[1], place[0])):
        if all(stop <= other[0] or other[1] <= start for other in kept):
            kept.append((start, stop, value))
    return sorted(kept)
