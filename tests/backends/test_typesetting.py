"""Pages in every script: the right glyphs, from left and from right, and never a box in silence."""

from __future__ import annotations

import ctypes

import pypdfium2
import pytest

from services.backends.typesetting import Press, lifting, signs
from services.backends.typesetting.fonts import HAN, families

TEXTS = ("日本語の売上", "한국어 매출", "मासिक रिपोर्ट", "ยอดขาย", "مرحبا بالعالم", "שלום עולם", "👩‍💻 ✅")
CHART = """<svg xmlns="http://www.w3.org/2000/svg" width="720" height="340"><g transform="translate(10,20)">
<text x="5" y="6" style="font-size: 12px; fill: rgb(1, 2, 3);" text-anchor="end" transform="rotate(90,5,6)">売上</text>
<text x="1" y="2">Sales</text></g></svg>"""


def content(**more: object) -> dict[str, object]:
    return {
        "title": "Report", "subtitle": "", "language": "en", "day": "today", "paper": "a4", "colour": "", "logo": "",
        "title-page": False, "facts": [], "summary": [], "contents": False, "blocks": [],
    } | more  # fmt: skip


def paragraph(text: str) -> dict[str, object]:
    return {"kind": "paragraph", "text": text, "leads": False, "receipt": ""}


def fonts_of(pdf: bytes) -> set[str]:
    """The names of the fonts whose outlines are in the file."""
    names = set()
    for page in pypdfium2.PdfDocument(pdf):
        for each in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT]):
            font = pypdfium2.raw.FPDFTextObj_GetFont(each.raw)
            assert pypdfium2.raw.FPDFFont_GetIsEmbedded(font) == 1
            buffer = (ctypes.c_char * 200)()
            size = pypdfium2.raw.FPDFFont_GetBaseFontName(font, buffer, 200)
            names.add(bytes(buffer[: size - 1]).decode().rpartition("+")[2])
    return names


@pytest.mark.skipif(HAN is None, reason="the fonts for Chinese, Japanese and Korean are not installed")
def test_every_script_is_printed_with_a_font_that_has_it() -> None:
    assert signs.missing("".join(TEXTS)) == ()
    pdf = Press().pdf(content(blocks=[paragraph(text) for text in TEXTS]), {})
    said = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()
    assert "日本語の売上" in said
    assert "□" not in said
    used = " ".join(fonts_of(pdf))
    assert all(name in used for name in ("CJK", "Devanagari", "Thai", "Arabic", "Hebrew", "Emoji", "Inter"))
    assert "DejaVu" not in used
    assert "LastResort" not in used


def test_signs_without_a_font_are_named_and_stand_as_boxes() -> None:
    chart = CHART.replace("Sales", "ሐ")
    blocks = [paragraph("Café ሀ end"), {"kind": "picture", "file": "0.svg", "alt": "Chart"}]
    pdf = Press().pdf(content(blocks=blocks), {"0.svg": chart.encode()})
    said = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()
    assert "Café □ end" in said
    assert "ethiopic syllable ha (U+1200), ethiopic syllable hha (U+1210)" in " ".join(said.split())
    assert Press().png(chart, 720, 340).startswith(b"\x89PNG")


def test_signs_that_only_join_others_are_not_missed() -> None:
    assert signs.missing("a\u200db\ufe0f\u00ad\u202e\n\t") == ()
    assert signs.missing("plain – “text” äöü 1,234 €") == ()
    assert signs.told(()) == ""
    assert "and 4 more" in signs.told(tuple(map(chr, range(0x1200, 0x120A))))


def test_words_of_a_chart_are_lifted_where_they_stand() -> None:
    bare, [label] = lifting.lifted(CHART)
    assert "売上" not in bare
    assert "Sales" in bare
    assert (label.text, label.size, round(label.angle), label.shift) == ("売上", 12.0, 90, 1.0)
    assert (round(label.x), round(label.y), label.fill) == (15, 26, "#010203")


def test_a_chart_in_plain_letters_stays_as_it_is() -> None:
    plain = CHART.replace("売上", "Übersicht Жд")
    assert lifting.lifted(plain) == (plain, [])


def test_every_line_of_a_text_is_lifted() -> None:
    lines = '<tspan class="line" dy="0em" x="5" y="6">売上</tspan><tspan class="line" dy="1.5em" x="5" y="6">b</tspan>'
    _, found = lifting.lifted(CHART.replace("売上", lines).replace("rotate(90,5,6)", ""))
    assert [(each.text, each.y) for each in found] == [("売上", 26.0), ("b", 44.0)]


@pytest.mark.parametrize(("text", "land"), [("売上の", "JP"), ("매출 中", "KR"), ("销售", "SC"), ("plain", "SC")])
def test_han_is_drawn_as_in_its_land(text: str, land: str) -> None:
    assert f"Noto Sans CJK {land}" in families(text)
