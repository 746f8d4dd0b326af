"""Which encoding a text file is in, and the same text as clean UTF-8."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from services.errors import BadInput

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
    "cp1251", "cp1253", "cp1255", "cp1256", "koi8_r", "gb18030", "big5", "shift_jis", "euc_jp", "euc_kr", "cp1252",
]  # fmt: skip
CODECS = {
    "utf-8": "UTF-8", "utf-8-sig": "UTF-8 with a mark", "utf-16": "UTF-16", "utf-16-le": "UTF-16 (little end first)",
    "utf-16-be": "UTF-16 (big end first)", "utf-32": "UTF-32", "cp1252": "Western (Windows)",
    "latin-1": "Western (ISO 8859-1)", "mac_roman": "Western (Macintosh)", "cp437": "Western (DOS)",
    "cp850": "Western (DOS, Europe)", "cp1250": "Central European (Windows)", "iso8859_2": "Central European (ISO)",
    "cp1251": "Cyrillic (Windows)", "koi8_r": "Cyrillic (KOI8-R)", "cp866": "Cyrillic (DOS)", "cp1253": "Greek",
    "cp1254": "Turkish", "cp1255": "Hebrew", "cp1256": "Arabic", "cp1257": "Baltic", "cp1258": "Vietnamese",
    "cp874": "Thai", "gb18030": "Chinese (simplified)", "big5": "Chinese (traditional)", "shift_jis": "Japanese",
    "euc_jp": "Japanese (EUC)", "euc_kr": "Korean",
}  # fmt: skip
"""What can be read, and what it is called."""

WORD = re.compile(r"\w*[^\x00-\x7f]\w*")
LATIN = ("cp1252", "cp1250", "mac_roman", "cp437")
OUT_OF_PLACE = re.compile(
    r"\ufffd|(?<=[a-zß-öø-ÿ])[À-ÖØ-ÞŠŽŸŒŁĄĘŚŻŹĆŃ](?![A-Z])|(?<=[A-Za-z])[^\w\s\x00-\x7f’–—](?=[a-z])|\w[\u2500-\u259f]\w"
)
"""A character that is none, a capital after a small letter, a symbol or a frame between letters."""

HIGH_LINE = re.compile(rb"[^\n]*[\x80-\xff][^\n]*\n?")
HIGH_RUN = re.compile(rb"[\x80-\xff]+")
STRAY = re.compile("[\x80-\x9f]")
WINDOWS_CHARS = {code: char for code in range(0x80, 0xA0) if (char := bytes([code]).decode("cp1252", errors="ignore"))}
"""Control characters that nobody types are Windows characters that went through Latin-1: U+0092 was meant as ’."""

WESTERN_RUN = 1.6
"""Mean length of a run of non-ASCII bytes below which a text is in Latin letters: "Málaga" has runs of one."""


@dataclass(frozen=True)
class Encoding:
    """A Python codec. Where `is_damaged`, some bytes do not fit it and are shown as �."""

    codec: str
    is_damaged: bool = False
    evidence: str = ""
    is_sure: bool = True

    @property
    def label(self) -> str:
        return "utf-16" if self.codec.startswith("utf-16") else self.codec.removesuffix("-sig")


def told(path: Path, codec: str) -> Encoding:
    """The encoding that a person chose. Raises: BadInput, when it is none of `CODECS`."""
    if codec not in CODECS:
        raise BadInput(f"“{codec[:40]}” is no encoding that can be read.", "Choose one of the list.")
    return Encoding(codec, is_damaged=not _fits(path, codec), evidence="You chose this.")


def detect(path: Path) -> Encoding:
    """The encoding by byte order mark, by the pattern of zero bytes, as valid UTF-8, or by the letters it gives."""
    with path.open("rb") as file:
        head = file.read(EVIDENCE_BYTES)
    for bom, codec in BOMS:
        if head.startswith(bom):
            return Encoding(codec, not _fits(path, codec), "The file begins with a byte order mark.")
    if wide := _wide(head):
        return Encoding(wide, not _fits(path, wide), "Every second byte at the beginning is zero.")
    return Encoding("utf-8", evidence="All bytes are valid UTF-8.") if _fits(path, "utf-8") else _legacy(path)


def pieces(path: Path, encoding: Encoding, most: int | None = None) -> Iterator[str]:
    """The text in pieces of about a million characters, at most about `most`: line ends as "\\n", without zeros."""
    with path.open(encoding=encoding.codec, errors="replace", newline=None) as file:
        read = 0
        while (most is None or read < most) and (piece := file.read(CHUNK)):
            read += len(piece)
            piece = piece.replace("\0", "") if "\0" in piece else piece
            yield piece.translate(WINDOWS_CHARS) if not piece.isascii() and STRAY.search(piece) else piece


def _fits(path: Path, codec: str) -> bool:
    decoder = codecs.getincrementaldecoder(codec)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                if not (codec == "utf-8" and chunk.isascii() and not decoder.getstate()[0]):
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
        return Encoding("utf-8", True, "Most letters beyond ASCII are valid UTF-8, but not all.", is_sure=False)
    codec = _by_letters(evidence)
    word = next(iter(WORD.findall(evidence.decode(codec, errors="replace"))), "")
    why = f"The bytes are not UTF-8; read so they give words such as “{word[:40]}”."
    return Encoding(codec, not _fits(path, codec), why, is_sure=False)


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
    runs = HIGH_RUN.findall(evidence)
    if sum(map(len, runs)) < WESTERN_RUN * len(runs):
        return _latin(evidence)
    from charset_normalizer import from_bytes

    best = from_bytes(evidence, cp_isolation=LEGACY).best()
    return best.encoding if best else "cp1252"


def _latin(evidence: bytes) -> str:
    """The code page of Latin letters in which the fewest of them look out of place.

    Own rules, because charset-normalizer takes short Spanish for Slovak.
    """
    text = evidence.decode("cp1252", errors="replace")
    best = min(LATIN, key=lambda codec: len(OUT_OF_PLACE.findall(evidence.decode(codec, errors="replace"))))
    if best == "cp1252" and any(char in text for char in "šžŠŽ"):
        return "cp1250"
    has_turkish = any(char in text for char in "þðýÞÐÝ") and not any(char in text for char in "áéíóúæ")
    return "cp1254" if best == "cp1252" and has_turkish else best
