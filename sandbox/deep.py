"""Everything that is otherwise loaded on first use, for mode N, in which nothing can be opened after the fork."""

from __future__ import annotations

import contextlib
import importlib
import pkgutil
import warnings
import zoneinfo
from collections.abc import Iterator
from typing import Final

PACKAGES: Final = ("pandas", "pyarrow", "plotly.graph_objs", "scipy", "sklearn", "statsmodels", "numpy", "matplotlib")
_SKIPPED_NAMES: Final = (
    "tests conftest testing benchmarks _testing gpu cuda flight _flight substrait backends __main__ f2py distutils "
    "sphinxext experimental setup"
)
_SKIPPED: Final = frozenset(_SKIPPED_NAMES.split())
ZONES: Final[dict[str, zoneinfo.ZoneInfo]] = {}


def load() -> None:
    """Imports every module of the analysis libraries and every time zone."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in _modules():
            with contextlib.suppress(ImportError, AttributeError, OSError, SystemExit, ValueError, TypeError):
                importlib.import_module(name)
    for zone in sorted(zoneinfo.available_timezones()):
        with contextlib.suppress(zoneinfo.ZoneInfoNotFoundError, OSError, ValueError):
            ZONES[zone] = zoneinfo.ZoneInfo(zone)


def _modules() -> Iterator[str]:
    for package in PACKAGES:
        yield package
        found = importlib.import_module(package)
        for module in pkgutil.walk_packages(found.__path__, f"{package}.", onerror=lambda _: None):
            if not any(part in _SKIPPED or part.startswith("_test") for part in module.name.split(".")):
                yield module.name
