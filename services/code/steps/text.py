"""Steps that change text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Literal

from pydantic import Field

from services.code.steps.base import ColumnName, Group, listed, quoted
from services.code.steps.shapes import NewColumn, TextStep


class Trim(TextStep):
    """Takes away spaces around the text and repeated ones inside, of every kind, and characters nobody sees."""

    TITLE: ClassVar = "Tidy spaces"

    kind: Literal["trim"] = "trim"

    def describe(self) -> str:
        return f"Tidy the spaces in {listed(self.columns)}"

    def cells(self) -> Sequence[str]:
        return [
            r'values = values.str.replace("[\u200b\u200c\u200d\ufeff\u00ad]", "", regex=True)',
            r'values = values.str.replace(r"\s+", " ", regex=True).str.strip()',
        ]


class ChangeCase(TextStep):
    """Writes text in small or capital letters."""

    TITLE: ClassVar = "Change case"

    kind: Literal["case"] = "case"
    to: Literal["lower", "upper", "title", "sentence"] = "lower"

    def describe(self) -> str:
        how = {"lower": "small letters", "upper": "capital letters", "title": "Title Case", "sentence": "sentence case"}
        return f"Write {listed(self.columns)} in {how[self.to]}"

    def cells(self) -> Sequence[str]:
        return [f"values = values.str.{'capitalize' if self.to == 'sentence' else self.to}()"]


class RemoveCharacters(TextStep):
    """Takes characters of one sort out of the text."""

    TITLE: ClassVar = "Remove characters"

    kind: Literal["remove_characters"] = "remove_characters"
    what: Literal["digits", "letters", "punctuation", "accents", "line breaks", "broken characters"] = "punctuation"

    def describe(self) -> str:
        return f"Remove {self.what} from {listed(self.columns)}"

    def cells(self) -> Sequence[str]:
        if self.what == "accents":
            plain = r'values = values.str.normalize("NFKD").str.replace("[\u0300-\u036f]", "", regex=True)'
            return [plain + '.str.normalize("NFC")']
        form, new = {
            "digits": (r"\d", ""),
            "letters": (r"[^\W\d_]", ""),
            "punctuation": (r"[^\w\s]|_", ""),
            "line breaks": (r"[\r\n]+", " "),
            "broken characters": ("[\ufffd\u0300-\u036f\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", ""),
        }[self.what]
        return [f"values = values.str.replace({form!r}, {new!r}, regex=True)"]


class MendEncoding(TextStep):
    """Mends letters such as “Ã¼” that come from text read in a wrong encoding."""

    TITLE: ClassVar = "Mend broken letters"

    kind: Literal["mend_encoding"] = "mend_encoding"

    def describe(self) -> str:
        return f"Mend broken letters in {listed(self.columns)}"

    def before(self) -> Sequence[str]:
        return [
            "def mended(text):",
            '    for encoding in ("cp1252", "latin-1"):',
            "        try:",
            '            return text.encode(encoding).decode("utf-8")',
            "        except UnicodeError:",
            "            continue",
            "    return text",
            "",
        ]

    def cells(self) -> Sequence[str]:
        return ['values = values.map(mended, na_action="ignore").astype("str")']


class Affix(TextStep):
    """Puts text before or behind each value, or takes it away where it stands."""

    TITLE: ClassVar = "Add or remove an affix"

    kind: Literal["affix"] = "affix"
    text: str = Field(min_length=1, max_length=200)
    action: Literal["put before", "put behind", "take from the start", "take from the end"] = "put before"

    def describe(self) -> str:
        verb, place = self.action.split(maxsplit=1)
        of = "each value of" if verb == "put" else "of"
        return f"{verb.capitalize()} {quoted(self.text)} {place} {of} {listed(self.columns)}"

    def cells(self) -> Sequence[str]:
        text = repr(self.text)
        return [
            {
                "put before": f"values = {text} + values",
                "put behind": f"values = values + {text}",
                "take from the start": f"values = values.str.removeprefix({text})",
                "take from the end": f"values = values.str.removesuffix({text})",
            }[self.action]
        ]


class Substring(TextStep):
    """Keeps a part of each text by its position."""

    TITLE: ClassVar = "Keep a part of the text"

    kind: Literal["substring"] = "substring"
    first: int = Field(default=1, ge=1, le=10_000)
    """The first character, from 1."""
    length: int = Field(default=10, ge=1, le=10_000)

    def describe(self) -> str:
        return f"Keep {self.length:,} characters of {listed(self.columns)} from number {self.first:,} on"

    def cells(self) -> Sequence[str]:
        return [f"values = values.str.slice({self.first - 1}, {self.first - 1 + self.length})"]


class Pad(TextStep):
    """Fills short texts up, such as codes that lost their leading zeros."""

    TITLE: ClassVar = "Fill up to a length"

    kind: Literal["pad"] = "pad"
    length: int = Field(default=5, ge=1, le=200)
    mark: str = Field(default="0", min_length=1, max_length=1)
    side: Literal["left", "right"] = "left"

    def describe(self) -> str:
        return f"Fill {listed(self.columns)} up to {self.length} characters with {quoted(self.mark)}"

    def cells(self) -> Sequence[str]:
        return [f"values = values.str.pad({self.length}, side={self.side!r}, fillchar={self.mark!r})"]


class Extract(NewColumn):
    """A new column with the part of a text that matches a pattern."""

    GROUP: ClassVar[Group] = "text"
    TITLE: ClassVar = "Extract by a pattern"
    ROW_LOCAL: ClassVar = True

    kind: Literal["extract"] = "extract"
    column: ColumnName
    pattern: str = Field(min_length=1, max_length=1_000)
    """A regular expression; its first group, or all of it where it has none."""

    def needs(self) -> Iterable[str]:
        return [self.column]

    def describe(self) -> str:
        return f"Extract {quoted(self.pattern)} from {quoted(self.column)} into {quoted(self.name)}"

    def expression(self) -> str:
        return f'df[{self.column!r}].astype("str").str.extract({f"({self.pattern})"!r})[0].astype("str")'


class TextLength(NewColumn):
    """A new column with the number of characters or words of a text."""

    GROUP: ClassVar[Group] = "features"
    TITLE: ClassVar = "Length of a text"
    ROW_LOCAL: ClassVar = True

    kind: Literal["text_length"] = "text_length"
    column: ColumnName
    unit: Literal["characters", "words"] = "characters"

    def needs(self) -> Iterable[str]:
        return [self.column]

    def describe(self) -> str:
        return f"Count the {self.unit} of {quoted(self.column)} into {quoted(self.name)}"

    def expression(self) -> str:
        take = ".str.len()" if self.unit == "characters" else ".str.split().str.len()"
        return f'df[{self.column!r}].astype("str"){take}.astype("Int64")'
