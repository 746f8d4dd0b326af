"""Steps that mask personal data: the column stays, and what tells who somebody is goes.

The keyed ones run with a table `secret` that holds the team's key. It is in no code, in no step and in no version.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final, Literal

from pydantic import Field

from services.code.personal import PersonalKind, national_ids, patterns, phones
from services.code.personal.kinds import WORDS
from services.code.steps.base import ColumnName, Columns, Group, StepBase, need, quoted
from services.code.steps.cast import as_text
from services.code.steps.fakes import FAMILY, GIVEN, STREETS

HIDDEN: Final = "•••"
IN_TEXT: Final[dict[str, tuple[str, str]]] = {
    "email": (patterns.EMAIL.pattern, "[email]"),
    "ip": (patterns.IPV4.pattern, "[IP]"),
    "iban": (patterns.IBAN.pattern, "[IBAN]"),
    "national_id": (national_ids.SSN.pattern, "[id]"),
    "card": (patterns.CARD.pattern, "[card]"),
    "phone": (f"{phones.PLUS.pattern}|{phones.LOCAL.pattern}", "[phone]"),
}
"""What can be found within a text by its form, and what stands in its place, in the order in which it is looked for."""
KEY: Final = ("import hashlib", "import hmac", "", 'key = bytes.fromhex(secret["key"].iloc[0])')


class Mask(StepBase):
    """A mask of one column, cell by cell; missing cells stay missing and all others become text."""

    GROUP: ClassVar[Group] = "privacy"
    ROW_LOCAL: ClassVar = True
    KEEPS_ROWS: ClassVar = True

    column: ColumnName

    def check(self, columns: Sequence[str]) -> Columns:
        need(columns, [self.column])
        return tuple(columns)

    def kinds(self) -> Mapping[str, str]:
        return {self.column: "text"}

    def to_code(self) -> str:
        lines = [*self.before(), f"values = df[{self.column!r}]", *as_text()]
        change = 'text = text.map(masked, na_action="ignore").astype("str")'
        return "\n".join([*lines, change, f"df = df.assign(**{{{self.column!r}: text}})"])

    def before(self) -> Sequence[str]:
        """Lines that define `masked`, which takes and gives the text of a cell."""
        raise NotImplementedError


class Redact(Mask):
    """Puts dots in place of every value, or, within longer texts, words in brackets in place of what has a form."""

    TITLE: ClassVar = "Redact"
    kind: Literal["redact"] = "redact"
    in_text: bool = False

    def describe(self) -> str:
        where = "what is personal in the texts of " if self.in_text else ""
        return f"Redact {where}{quoted(self.column)}"

    def before(self) -> Sequence[str]:
        if not self.in_text:
            return ["def masked(cell):", f"    return {HIDDEN!r}", ""]
        pairs = [f"    (re.compile({form!r}, re.IGNORECASE), {word!r})," for form, word in IN_TEXT.values()]
        body = ["    for form, word in forms:", "        cell = form.sub(word, cell)", "    return cell"]
        return ["import re", "", "forms = [", *pairs, "]", "", "def masked(cell):", *body, ""]


class PartialMask(Mask):
    """Keeps a few letters and digits at one end, puts dots in place of the others, and keeps spaces and marks."""

    TITLE: ClassVar = "Mask a part"
    kind: Literal["partial_mask"] = "partial_mask"
    shown: int = Field(default=4, ge=0, le=20)
    """Letters and digits that stay; at most half of them."""
    end: Literal["last", "first"] = "last"
    domain: bool = False
    """Whether what follows an @ stays, too."""

    def describe(self) -> str:
        rest = " and the domain" if self.domain else ""
        return f"Mask {quoted(self.column)} but the {self.end} {self.shown} characters{rest}"

    def before(self) -> Sequence[str]:
        split = 'cell.partition("@")' if self.domain else '(cell, "", "")'
        keep = "places[len(places) - shown :]" if self.end == "last" else "places[:shown]"
        return [
            "def masked(cell):",
            f"    front, at, back = {split}",
            "    places = [place for place, c in enumerate(front) if c.isalnum()]",
            f"    shown = min({self.shown}, len(places) // 2)",
            f"    kept = set({keep})",
            '    dotted = "".join("•" if c.isalnum() and n not in kept else c for n, c in enumerate(front))',
            "    return dotted + at + back",
            "",
        ]


class KeyedHash(Mask):
    """Puts a code in place of each value: the same value always gets the same one, and nobody without the key can find
    out which value it was, not even by trying all there are."""

    TITLE: ClassVar = "Replace by codes"
    KEYED: ClassVar = True

    kind: Literal["keyed_hash"] = "keyed_hash"
    length: int = Field(default=16, ge=8, le=64)
    """Characters of the code. Of a million values, two get the same one with 16 by a chance of 1 in 37 million."""
    fold: bool = True
    """Whether case and outer spaces make no difference."""

    def describe(self) -> str:
        return f"Replace the values of {quoted(self.column)} by codes made with the team's key"

    def before(self) -> Sequence[str]:
        cell = "cell.strip().casefold()" if self.fold else "cell"
        digest = f'hmac.new(key, {cell}.encode("utf-8", "replace"), hashlib.sha256).hexdigest()'
        return [*KEY, "", "def masked(cell):", f"    return {digest}[:{self.length}]", ""]


class Fake(Mask):
    """Puts an invented value of the same kind in place of each: the same value always gets the same one."""

    TITLE: ClassVar = "Invented values"
    KEYED: ClassVar = True

    kind: Literal["fake"] = "fake"
    personal: PersonalKind
    part: Literal["full", "first", "last"] = "full"
    """Of names: which part the column holds."""

    def describe(self) -> str:
        return f"Replace the {WORDS[self.personal]} in {quoted(self.column)} by invented ones"

    def before(self) -> Sequence[str]:
        number = [
            "def number(cell, again):",
            '    cell = cell.strip().casefold().encode("utf-8", "replace")',
            '    word = b"fake" + b"+" * again + cell',
            '    return int.from_bytes(hmac.new(key, word, hashlib.sha256).digest(), "big")',
        ]
        invented = ["def invented(cell, n):", *self._made()]
        return [*KEY, *self._lists(), "", *number, "", *invented, "", *_NOT_ONES_OWN, ""]

    def _lists(self) -> list[str]:
        lists: dict[str, str] = {}
        if self.personal in (PersonalKind.NAME, PersonalKind.EMAIL):
            lists = {"given": GIVEN, "family": FAMILY}
        if self.personal is PersonalKind.ADDRESS:
            lists = {"streets": STREETS}
        return [f'{name} = "{words}".split()' for name, words in lists.items()]

    def _made(self) -> list[str]:
        match self.personal:
            case PersonalKind.NAME:
                return [f"    return {_NAMES[self.part]}"]
            case PersonalKind.EMAIL:
                name = "{given[n % 64]}.{family[n // 64 % 96]}{n // 6144 % 100000}"
                return [f'    return f"{name}@example.org".lower()']
            case PersonalKind.ADDRESS:
                return ['    return f"{n // 96 % 199 + 1} {streets[n % 96]} Street"']
            case PersonalKind.IP:
                return ['    return f"10.{n % 256}.{n // 256 % 256}.{n // 65536 % 256}"']
            case PersonalKind.BIRTH_DATE:
                return list(_DATES)
            case _:
                return list(_LUHN if self.personal is PersonalKind.CARD else _DIGITS)


class Generalise(Mask):
    """Makes values coarser, so that many share one."""

    TITLE: ClassVar = "Make coarser"
    kind: Literal["generalise"] = "generalise"
    to: Literal["year", "decade", "band", "start", "domain", "network", "initials"]
    size: int = Field(default=10, ge=1, le=1_000_000)
    """Width of a band, or characters of a start."""

    def describe(self) -> str:
        how = {
            "year": "the year",
            "decade": "the decade",
            "band": f"bands of {self.size:,}",
            "start": f"the first {self.size} characters",
            "domain": "the domain",
            "network": "the network",
            "initials": "initials",
        }
        return f"Generalise {quoted(self.column)} to {how[self.to]}"

    def before(self) -> Sequence[str]:
        body = [line.replace("SIZE", str(self.size)) for line in _COARSER[self.to]]
        imports = ["import re", ""] if any("re." in line for line in body) else []
        return [*imports, "def masked(cell):", *body, ""]


_NAMES: Final = {
    "full": 'f"{given[n % 64]} {chr(65 + n // 64 % 26)}. {family[n // 1664 % 96]}"',
    "first": "given[n % 64]",
    "last": "family[n // 1664 % 96]",
}
_DIGITS: Final = (
    "    digits = [c for c in str(n)[-60:]]",
    "    first = sum(c.isdigit() for c in cell) // 4",
    "    made, seen = [], 0",
    "    for c in cell:",
    "        seen += c.isdigit()",
    "        made.append(digits[seen % 60] if c.isdigit() and seen > first else c)",
    '    return "".join(made)',
)
"""New digits for all but the first quarter; spaces, marks and letters stay."""
_LUHN: Final = (
    *_DIGITS[:-1],
    "    places = [place for place, c in enumerate(made) if c.isdigit()]",
    "    total = 0",
    "    for turn, place in enumerate(reversed(places[:-1])):",
    "        double = int(made[place]) * (2 if turn % 2 == 0 else 1)",
    "        total += double - 9 if double > 9 else double",
    "    if places:",
    "        made[places[-1]] = str(-total % 10)",
    '    return "".join(made)',
)
"""The same, with Luhn's check digit."""
_DATES: Final = (
    '    when = pd.to_datetime(cell, errors="coerce")',
    f"    if pd.isna(when):\n        return {HIDDEN!r}",
    '    made = f"{when.year}-{n % 12 + 1:02}-{n // 12 % 28 + 1:02}"',
    "    return cell if made == str(when)[:10] else made",
)
"""Another day of the same year; the cell itself where it is the same day in other words, so that it is made again."""
_NOT_ONES_OWN: Final = (
    "def masked(cell):",
    "    for again in range(20):",
    "        made = invented(cell, number(cell, again))",
    "        if made.casefold() != cell.strip().casefold():",
    "            return made",
    f"    return {HIDDEN!r}",
)
"""Chance gives every 336th date of birth its own day again. What cannot be changed, having no digit, is hidden."""
_YEAR: Final = (
    '    found = re.search(r"(?<!\\d)(1[89]|20)\\d\\d(?!\\d)", cell)',
    f"    if not found:\n        return {HIDDEN!r}",
)
_COARSER: Final[dict[str, tuple[str, ...]]] = {
    "year": (*_YEAR, "    return found[0]"),
    "decade": (*_YEAR, '    return found[0][:3] + "0s"'),
    "band": (
        "    try:",
        "        low = int(float(cell) // SIZE * SIZE)",
        "    except (ValueError, OverflowError):",
        f"        return {HIDDEN!r}",
        '    return f"{low}–{low + SIZE - 1}"',
    ),
    "start": ("    cell = cell.strip()", '    return cell[:min(SIZE, len(cell) // 2)] + "…"'),
    "domain": (f'    return cell.rpartition("@")[2].strip() if "@" in cell else {HIDDEN!r}',),
    "network": (
        '    if ":" in cell:',
        '        return ":".join(cell.split(":")[:3]) + "::"',
        f'    return ".".join(cell.split(".")[:2]) + ".0.0" if cell.count(".") == 3 else {HIDDEN!r}',
    ),
    "initials": ('    return "".join(f"{word[0]}." for word in cell.split() if word[0].isalpha())',),
}
