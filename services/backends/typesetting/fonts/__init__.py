"""The fonts of what is printed: Inter, cut to Latin (OFL.txt); Noto for other scripts and emoji (OFL-Noto.txt), for
Chinese, Japanese and Korean from a package of its own; and for the rest DejaVu, which Matplotlib brings."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parent
KANA, HANGUL = re.compile("[\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f]"), re.compile("[\u1100-\u11ff\uac00-\ud7a3]")


def _beside(module: str, *parts: str) -> Path | None:
    """A place in the folder of an installed package, which is not imported; None where it is not installed."""
    spec = find_spec(module)
    return Path(spec.origin).parent.joinpath(*parts) if spec and spec.origin else None


def _dejavu() -> Path:
    found = _beside("matplotlib", "mpl-data", "fonts", "ttf")
    assert found is not None
    return found


DEJAVU: Final = _dejavu()
HAN: Final = _beside("noto_cjk_sans_otc")
FOLDERS: Final = tuple(folder for folder in (FOLDER, HAN) if folder)
LOOSE: Final = (DEJAVU / "DejaVuSans.ttf", DEJAVU / "DejaVuSans-Bold.ttf", DEJAVU / "DejaVuSansMono.ttf")
"""Fonts of a folder that holds others, too: one of those draws a box for every sign there is."""
SCRIPTS: Final = (
    "Arabic", "Hebrew", "Devanagari", "Bengali", "Tamil", "Telugu", "Thai", "Lao", "Khmer", "Myanmar",
)  # fmt: skip
NOTO: Final = tuple(FOLDER / f"NotoSans{script}-Regular.ttf" for script in SCRIPTS)
EMOJI: Final = FOLDER / "NotoEmoji-Regular.ttf"
HAN_FILE: Final = HAN / "NotoSansCJK-Regular.ttc" if HAN else None
REGULAR: Final = (FOLDER / "Inter-Regular.ttf", FOLDER / "InterExt-Regular.ttf", *NOTO, EMOJI, LOOSE[0])
BOLD: Final = (FOLDER / "Inter-SemiBold.ttf", FOLDER / "InterExt-SemiBold.ttf", *NOTO, EMOJI, LOOSE[1])
FAMILIES: Final = ("Inter", "Inter Ext", "DejaVu Sans")
"""Those of a text that joins no letters."""


def families(text: str) -> tuple[str, ...]:
    """The families for a text, best first. The same sign is drawn otherwise in Japan, in Korea and in China."""
    land = "JP" if KANA.search(text) else "KR" if HANGUL.search(text) else "SC"
    noto = (f"Noto Sans {script}" for script in SCRIPTS)
    return ("Inter", "Inter Ext", *noto, f"Noto Sans CJK {land}", "Noto Emoji", "DejaVu Sans")
