"""Where pip is configured to look for packages, read without pip: it may not be there yet."""

from __future__ import annotations

import configparser
from collections.abc import Mapping
from pathlib import Path

Settings = dict[str, list[str]]
"""Each setting's name, as in pip's files ("index-url"), with its values."""

NAMES = ("index-url", "extra-index-url", "find-links", "trusted-host", "no-index", "cert", "proxy")
NO = ("", "0", "false", "no", "off")


def read_settings(environ: Mapping[str, str], root: Path = Path("/")) -> Settings:
    """The settings in force: the environment's, else the person's file's, else the machine's."""
    found: dict[str, str] = {}
    for path in files(environ, root):
        found |= read_file(path)
    found |= {name: environ[key] for name in NAMES if (key := variable(name)) in environ}
    if found.get("no-index", "").lower() in NO:
        found.pop("no-index", None)
    return {name: value.split() for name, value in found.items() if value.split()}


def files(environ: Mapping[str, str], root: Path) -> list[Path]:
    """pip's configuration files, the ones that win last (pip's manual, "Configuration files")."""
    home = Path(environ.get("HOME", "/nonexistent"))
    config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    machine = [Path(folder) / "pip/pip.conf" for folder in environ.get("XDG_CONFIG_DIRS", "").split(":") if folder]
    machine += [root / "etc/xdg/pip/pip.conf", root / "etc/pip.conf", root / "Library/Application Support/pip/pip.conf"]
    person = [home / ".pip/pip.conf", home / "Library/Application Support/pip/pip.conf", config / "pip/pip.conf"]
    named = environ.get("PIP_CONFIG_FILE")
    if named == "/dev/null":
        return []
    return [*machine, *person, *([Path(named)] if named else [])]


def read_file(path: Path) -> dict[str, str]:
    """The settings of one file; those of its section `install` before those of `global`."""
    parser = configparser.RawConfigParser()
    try:
        parser.read(path, encoding="utf-8")
    except (OSError, configparser.Error, UnicodeError):
        return {}
    sections = [dict(parser[name]) for name in ("global", "install") if parser.has_section(name)]
    return {name: section[name] for section in sections for name in NAMES if name in section}


def variable(name: str) -> str:
    """The environment variable of a setting: "index-url" is PIP_INDEX_URL."""
    return "PIP_" + name.upper().replace("-", "_")
