"""Everything that is otherwise loaded on first use, for mode N, in which nothing can be opened after the fork."""

from __future__ import annotations

import contextlib
import functools
import importlib
import io
import itertools
import pkgutil
import warnings
import zoneinfo
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

_PACKAGE_NAMES: Final = "pandas pyarrow plotly narwhals scipy sklearn statsmodels numpy matplotlib tzdata"
PACKAGES: Final = tuple(_PACKAGE_NAMES.split())
_ALSO_NAMES: Final = (
    "matplotlib.backends.backend_agg matplotlib.backends.backend_svg narwhals._arrow plotly.io._renderers"
)
ALSO: Final = tuple(_ALSO_NAMES.split())
_SKIPPED_NAMES: Final = (
    "tests conftest testing benchmarks _testing gpu cuda flight _flight substrait backends __main__ f2py distutils "
    "sphinxext experimental setup this _duckdb _ibis _dask _spark_like _polars _sql sql matplotlylib"
)
_SKIPPED: Final = frozenset(_SKIPPED_NAMES.split())
STYLES: Final = ("normal", "italic")
ZONES: Final[list[object]] = []
"""Time zones stay loaded while something holds them; pandas uses the second kind."""


def load() -> None:
    """Imports every module of the analysis libraries and every time zone."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in _modules():
            with contextlib.suppress(ImportError, AttributeError, OSError, SystemExit, ValueError, TypeError):
                importlib.import_module(name)
    pure = importlib.import_module("zoneinfo._zoneinfo")
    for zone in sorted(zoneinfo.available_timezones()):
        with contextlib.suppress(zoneinfo.ZoneInfoNotFoundError, OSError, ValueError):
            ZONES.extend((zoneinfo.ZoneInfo(zone), pure.ZoneInfo(zone)))
    templates = importlib.import_module("plotly.io").templates
    for name in list(templates):
        templates[name]
    _find_fonts_by_style()
    _hold_fonts()
    open_fonts()


def _find_fonts_by_style() -> None:
    """Matplotlib looks for the file of a font anew for each size: here it remembers the style alone."""
    fonts = importlib.import_module("matplotlib.font_manager").fontManager
    find = fonts._findfont_cached

    def found(wanted: Any, *rest: Any, **more: Any) -> Any:
        plain = wanted.copy()
        plain.set_size(10.0)
        return find(plain, *rest, **more)

    fonts._findfont_cached = found


def _hold_fonts() -> None:
    """Matplotlib reads a font from its file while it draws: here the files are held in memory, once for all runs."""
    module: Any = importlib.import_module("matplotlib.ft2font")
    make, held = module.FT2Font, functools.cache(lambda path: Path(path).read_bytes())

    @functools.wraps(make, updated=())
    def made(file: Any, *rest: Any, **more: Any) -> Any:
        return make(io.BytesIO(held(file)) if isinstance(file, (str, Path)) else file, *rest, **more)

    module.FT2Font = made


def open_fonts() -> None:
    """Opens the usual fonts again, which Matplotlib forgets at every fork. Called in the child, before it is closed."""
    manager = importlib.import_module("matplotlib.font_manager")
    for family, weight, style in itertools.product(("sans-serif", "serif", "monospace"), ("normal", "bold"), STYLES):
        wanted = manager.FontProperties(family=family, weight=weight, style=style)
        manager.get_font(manager.fontManager._find_fonts_by_props(wanted))


def _modules() -> Iterator[str]:
    yield from ALSO
    for package in PACKAGES:
        yield package
        found = importlib.import_module(package)
        for module in pkgutil.walk_packages(found.__path__, f"{package}.", onerror=lambda _: None):
            if not any(part in _SKIPPED or part.startswith("_test") for part in module.name.split(".")):
                yield module.name
