"""What a file is by its first bytes, whatever its name says."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from services.errors import BadInput

HEAD_BYTES = 64 * 1024

MAGIC = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel or Word file"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"BZh", "a compressed file (bzip2)"),
    (b"\xfd7zXZ", "a compressed file (xz)"),
    (b"\x28\xb5\x2f\xfd", "a compressed file (zstd)"),
    (b"7z\xbc\xaf\x27\x1c", "a compressed file (7z)"),
    (b"Rar!\x1a", "a compressed file (RAR)"),
    (b"PAR1", "a Parquet file"),
    (b"ARROW1", "an Arrow file"),
    (b"FEA1", "a Feather file"),
    (b"SQLite format 3\x00", "a SQLite database"),
    (b"\x89HDF", "an HDF5 file"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a Windows program"),
    (b"{\\rtf", "a rich-text document"),
    (b"$FL2", "an SPSS file"),
    (b"\x80\x04\x95", "a Python pickle"),
    (b"\x80\x05\x95", "a Python pickle"),
)

JSON_START = re.compile(r"\s*(?:\{\s*(?:\"|\})|\[\s*(?:\{|\[|\"|\]|-?\d[^\n]{0,200}\]\s*$))")
MARKUP_START = re.compile(
    r"\s*<(?:!doctype|html|head|body|table|\?xml|svg|div|[a-z][\w:-]*(?:\s[^<>]*)?>)", re.IGNORECASE
)
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
CONTROL_SHARE = 0.02


def check_bytes(path: Path, name: str) -> None:
    """Raises: BadInput, when the file is empty or of a known binary kind."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        raise BadInput(f"“{name}” is empty.", "Choose a file with a header line and at least one row.")
    for magic, kind in MAGIC:
        if head.startswith(magic):
            raise _wrong_kind(name, kind)
    if head.startswith(b"PK\x03\x04"):
        raise _wrong_kind(name, _zip_kind(path))


def check_text(sample: str, name: str) -> None:
    """Raises: BadInput, when the decoded beginning of the file is binary, JSON or a web page."""
    if len(CONTROL.findall(sample)) > CONTROL_SHARE * len(sample):
        raise _wrong_kind(name, "a binary file")
    if MARKUP_START.match(sample):
        raise _wrong_kind(name, "a web page or XML document")
    if JSON_START.match(sample):
        raise _wrong_kind(name, "a JSON file")


def _zip_kind(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            inside = archive.namelist()[:1000]
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError):
        return "a damaged zip archive"
    kinds = (("xl/", "an Excel workbook"), ("word/", "a Word document"), ("ppt/", "a PowerPoint presentation"))
    found = (kind for folder, kind in kinds if any(entry.startswith(folder) for entry in inside))
    return next(found, "an OpenDocument file" if "content.xml" in inside else "a zip archive")


def _wrong_kind(name: str, kind: str) -> BadInput:
    return BadInput(f"“{name}” is not a text table: it looks like {kind}.", "Save the table as CSV and upload that.")
