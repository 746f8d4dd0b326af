"""The command that verifies a capsule."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from services import capsules, wiring
from services.errors import BadInput
from services.settings import Settings


def verify(options: argparse.Namespace) -> int:
    """Says whether anything in a capsule was altered, and whether its code gives its results; the exit code."""
    given: list[Path] = options.data or []
    try:
        capsule = options.file.read_bytes()
        problems = capsules.check(capsule)
        data, lacking = ({}, []) if problems else capsules.data_of(capsule, given)
    except OSError as error:
        raise BadInput(f"A file cannot be read: {error.filename} ({error.strerror}).", "Check the path.") from error
    if not (problems := problems or lacking):
        with wiring.only_sandbox(Settings(sign_in="local")) as executor:
            problems = capsules.rerun(executor, capsule, data=data)
    if options.json:
        print(json.dumps({"verified": not problems, "problems": problems}, ensure_ascii=False))
    else:
        print("\n".join(problems) or "Nothing was altered; every result is the same.")
    return 1 if problems else 0
