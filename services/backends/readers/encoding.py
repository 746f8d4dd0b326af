"""Which encoding a text file is in, and the same text as clean UTF-8."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CHUNK = 1024 * 1024
EVIDENCE_BYTES = 32 * 1024

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
LEGACY = [
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "koi8_r", "mac_roman", "cp437",
    "gb18030", "big5", "shift_jis", "euc_jp", "euc_kr",
]  # fmt: skip
HIGH_LINE = re.compile(rb"[^\n]*[\x80-\xff][^\n]*\n?")
HIGH_RUN = re.compile(rb"[\x80-\xff]+")
WESTERN_RUN = 1.6
"""Mean length of a run of non-ASCII bytes below which a text is in Latin letters: "Málaga" has runs of one."""


@dataclass(frozen=True)
class Encoding:
    """A Python codec. Where `is_damaged`, some bytes do not fit it and are shown as �."""

    codec: str
    is_damaged: bool = False

    @property
    def label(self) -> str:
        return self.codec.removesuffix("-sig")


def detect(path: Path) -> Encoding:
    """The encoding by byte order mark, by the pattern of zero bytes, as valid UTF-8, or by the letters it gives."""
    with path.open("rb") as file:
        head = file.read(EVIDENCE_BYTES)
    for bom, codec in BOMS:
        if head.startswith(bom):
            return Encoding(codec, is_damaged=not _fits(path, codec))
    if wide := _wide(head):
        return Encoding(wide, is_damaged=not _fits(path, wide))
    return Encoding("utf-8") if _fits(path, "utf-8") else _legacy(path)


def pieces(path: Path, encoding: Encoding) -> Iterator[str]:
    """The text in pieces of about a million characters: line ends as "\\n", without zero characters."""
    with path.open(encoding=encoding.codec, errors="replace", newline=None) as file:
        while piece := file.read(CHUNK):
            yield piece.replace("\0", "") if "\0" in piece else piece


def _fits(path: Path, codec: str) -> bool:
    decoder = codecs.getincrementaldecoder(codec)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _wide(head: bytes) -> str:
    """UTF-16 without a mark: in text with Latin letters every second byte is zero."""
    pairs = len(head) // 2
    if pairs == 0:
        return ""
    even, odd = head[0 : 2 * pairs : 2].count(0) / pairs, head[1 : 2 * pairs : 2].count(0) / pairs
    if odd > 0.4 and even < 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 and odd < 0.05 else ""


def _legacy(path: Path) -> Encoding:
    evidence = _evidence(path)
    text = evidence.decode("utf-8", errors="replace")
    bad = text.count("\ufffd")
    good = sum(char > "\x7f" for char in text) - bad
    if good > 2 * bad:
        return Encoding("utf-8", is_damaged=True)
    codec = _by_letters(evidence)
    return Encoding(codec, is_damaged=not _fits(path, codec))


def _evidence(path: Path) -> bytes:
    """The first lines that hold non-ASCII bytes."""
    found = bytearray()
    with path.open("rb") as file:
        while len(found) < EVIDENCE_BYTES and (chunk := file.read(CHUNK)):
            for line in HIGH_LINE.finditer(chunk):
                found += line.group()[:1000]
                if len(found) >= EVIDENCE_BYTES:
                    break
    return bytes(found)


def _by_letters(evidence: bytes) -> str:
    from charset_normalizer import from_bytes

    runs = HIGH_RUN.findall(evidence)
    is_latin = sum(map(len, runs)) < WESTERN_RUN * len(runs)
    matches = from_bytes(evidence, cp_isolation=LEGACY)
    names = [match.encoding for match in matches]
    if is_latin and (len(runs) < 20 or "cp1252" in names or not names):
        return "cp1252"
    return names[0] if names else "cp1252"
