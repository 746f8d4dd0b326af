"""What a file is by its first bytes, whatever its name says."""

from __future__ import annotations

import re
import zipfile
import zlib
from enum import StrEnum
from pathlib import Path

from services.errors import BadInput

HEAD_BYTES = 64 * 1024


class Format(StrEnum):
    """What a file is. Compressed ones hold another."""

    TEXT = "text"
    JSON = "json"
    WORKBOOK = "workbook"
    COLUMNAR = "columnar"
    SQLITE = "sqlite"
    GZIP = "gzip"
    BZIP2 = "bzip2"
    XZ = "xz"
    ZSTD = "zstd"
    ZIP = "zip"


KNOWN = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Format.WORKBOOK),
    (b"\x09\x08", Format.WORKBOOK),
    (b"\x1f\x8b", Format.GZIP),
    (b"BZh", Format.BZIP2),
    (b"\xfd7zXZ", Format.XZ),
    (b"\x28\xb5\x2f\xfd", Format.ZSTD),
    (b"PAR1", Format.COLUMNAR),
    (b"ARROW1", Format.COLUMNAR),
    (b"FEA1", Format.COLUMNAR),
    (b"\xff\xff\xff\xff", Format.COLUMNAR),
    (b"SQLite format 3\x00", Format.SQLITE),
)
REFUSED = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"7z\xbc\xaf\x27\x1c", "a compressed file (7z)"),
    (b"Rar!\x1a", "a compressed file (RAR)"),
    (b"\x89HDF", "an HDF5 file"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a Windows program"),
    (b"{\\rtf", "a rich-text document"),
    (b"$FL2", "an SPSS file"),
    (b"\x80\x04\x95", "a Python pickle"),
    (b"\x80\x05\x95", "a Python pickle"),
)
TAR = (257, b"ustar")
JSON_ENDINGS = (".json", ".jsonl", ".ndjson", ".geojson")

JSON_START = re.compile(r"\s*(?:\{\s*(?:\"|\})|\[\s*(?:\{|\[|\"|\]|-?\d[^\n]{0,200}\]\s*$))")
MARKUP_START = re.compile(
    r"\s*<(?:!doctype|html|head|body|table|\?xml|svg|div|[a-z][\w:-]*(?:\s[^<>]*)?>)", re.IGNORECASE
)
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
CONTROL_SHARE = 0.02


def recognise(path: Path, name: str) -> Format:
    """What the file is. Raises: BadInput, when it is empty or of a kind that holds no table."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        raise BadInput(f"“{name}” is empty.", "Choose a file with a header line and at least one row.")
    for magic, kind in REFUSED:
        if head.startswith(magic):
            raise _wrong_kind(name, kind)
    if head[TAR[0] :].startswith(TAR[1]):
        raise _wrong_kind(name, "a tar archive")
    for magic, found in KNOWN:
        if head.startswith(magic):
            return found
    if head.startswith(b"PK\x03\x04"):
        return _zip_format(path, name)
    return Format.JSON if _is_json(head, name) else Format.TEXT


def _is_json(head: bytes, name: str) -> bool:
    start = head.lstrip(b"\xef\xbb\xbf\xff\xfe").replace(b"\x00", b"").decode("latin-1")
    return name.lower().endswith(JSON_ENDINGS) or JSON_START.match(start) is not None


def check_text(sample: str, name: str) -> None:
    """Raises: BadInput, when the decoded beginning of the file is binary or a web page."""
    if len(CONTROL.findall(sample)) > CONTROL_SHARE * len(sample):
        raise _wrong_kind(name, "a binary file")
    if MARKUP_START.match(sample):
        raise _wrong_kind(name, "a web page or XML document")


def _zip_format(path: Path, name: str) -> Format:
    try:
        with zipfile.ZipFile(path) as archive:
            inside = archive.namelist()[:1000]
            kind = archive.read("mimetype")[:200] if "mimetype" in inside else b""
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError, RuntimeError, zlib.error) as error:
        raise _wrong_kind(name, "a damaged zip archive") from error
    for folder, document in (("word/", "a Word document"), ("ppt/", "a PowerPoint presentation")):
        if any(entry.startswith(folder) for entry in inside):
            raise _wrong_kind(name, document)
    if b"opendocument" in kind and b"spreadsheet" not in kind:
        raise _wrong_kind(name, "an OpenDocument file that is no spreadsheet")
    is_workbook = "content.xml" in inside or any(entry.startswith(("xl/", "xl\\")) for entry in inside)
    return Format.WORKBOOK if is_workbook else Format.ZIP


def _wrong_kind(name: str, kind: str) -> BadInput:
    return BadInput(f"“{name}” is not a table: it looks like {kind}.", "Save the table as CSV and upload that.")
