"""The command that verifies a capsule."""

from __future__ import annotations

import argparse
import json

from services import capsules, wiring
from services.errors import BadInput
from services.settings import Settings


def verify(options: argparse.Namespace) -> int:
    """Says whether anything in a capsule was altered, and whether its code gives its results; the exit code."""
    try:
        capsule = options.file.read_bytes()
    except OSError as error:
        raise BadInput(f"The file {options.file} cannot be read ({error.strerror}).", "Check the path.") from error
    problems = capsules.check(capsule)
    if not problems:
        with wiring.only_sandbox(Settings(sign_in="local")) as executor:
            problems = capsules.rerun(executor, capsule)
    if options.json:
        print(json.dumps({"verified": not problems, "problems": problems}, ensure_ascii=False))
    else:
        print("\n".join(problems) or "Nothing was altered; every result is the same.")
    return 1 if problems else 0
