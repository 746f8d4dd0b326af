"""The command that moves an installation: into another database, and into a bucket."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable

from services import wiring
from services.commands import common
from services.errors import BadInput
from services.settings import Settings


def move(options: argparse.Namespace) -> int:
    """Copies what was asked for and says what to set then; the exit code."""
    if not (options.database or options.files):
        raise BadInput("Nothing says what to move.", "Add --database URL, --files, or both.")
    settings, done = Settings(sign_in="local"), {}
    if options.database:
        url = sys.stdin.readline().strip() if options.database == "-" else options.database
        counts = wiring.move_rows(settings, url, _told(options))
        done["rows"] = sum(counts.values())
    if options.files:
        done["files"], done["bytes"] = wiring.move_files(settings, _told(options))
    if options.json:
        print(json.dumps(done))
        return 0
    print(", ".join(f"{number:,} {what}" for what, number in done.items()) + " copied. Nothing was removed here.")
    if options.database:
        print("Set DATABASE_URL to the new database, and start the server again.")
    return 0


def _told(options: argparse.Namespace) -> Callable[[str], None]:
    return lambda line: None if options.json else print(common.safe(line))
