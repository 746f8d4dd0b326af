"""The fonts of what is printed: Inter, cut to Latin (OFL.txt), and for the rest DejaVu, which Matplotlib brings."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parent


def _dejavu() -> Path:
    spec = find_spec("matplotlib")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"


DEJAVU: Final = _dejavu()
FOLDERS: Final = (FOLDER, DEJAVU)
FAMILIES: Final = ("Inter", "Inter Ext", "DejaVu Sans")
REGULAR: Final = (FOLDER / "Inter-Regular.ttf", FOLDER / "InterExt-Regular.ttf", DEJAVU / "DejaVuSans.ttf")
BOLD: Final = (FOLDER / "Inter-SemiBold.ttf", FOLDER / "InterExt-SemiBold.ttf", DEJAVU / "DejaVuSans-Bold.ttf")
