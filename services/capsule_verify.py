"""Verifies the capsule this file is in: nothing was altered, and the code gives the results again. Exits with 1 if not.

Needs Python and what is in requirements.lock: `python verify.py`, with the data's files when they are not in it.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


def main() -> int:
    """Says what is wrong; 0 when nothing is."""
    problems = altered()
    if not problems:
        data, lacking = given([Path(each) for each in sys.argv[1:]])
        problems = lacking or rerun(data)
    for problem in problems:
        print(problem)
    print("This capsule is NOT as it was packed." if problems else "Nothing was altered; every result is the same.")
    return 1 if problems else 0


def altered() -> list[str]:
    """What is not as it was packed."""
    manifest = (HERE / "manifest.json").read_bytes()
    if hashlib.sha256(manifest).hexdigest() != (HERE / "seal.txt").read_text(encoding="ascii").strip():
        return ["manifest.json is not the one that was sealed."]
    found = []
    for name, expected in json.loads(manifest)["files"].items():
        path = HERE / name
        if not path.is_file():
            found.append(f"{name} is missing.")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != expected:
            found.append(f"{name} was altered.")
    return found


def given(paths: list[Path]) -> tuple[list[Path], list[str]]:
    """The data's files that the capsule does not hold, in its order, and what is not right with them."""
    needed = json.loads((HERE / "manifest.json").read_bytes()).get("needed", {})
    prints: dict[str, Path] = {}
    for path in [*paths, *(HERE / name for name in needed)]:
        if path.is_file():
            prints.setdefault(hashlib.sha256(path.read_bytes()).hexdigest(), path)
        elif path in paths:
            return [], [f"{path} cannot be read."]
    lacking = [
        f"The data of “{each['table']}” are not those of the answers: "
        f"the file with the fingerprint {each['sha256']} is needed."
        for each in needed.values()
        if each["sha256"] not in prints
    ]
    return [prints[each["sha256"]] for each in needed.values() if each["sha256"] in prints], lacking


def rerun(data: list[Path]) -> list[str]:
    """What gives another result, run in a process of its own."""
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-I", "-X", "utf8", str(HERE / "run.py"), out, *map(str, data)]
        ended = subprocess.run(command, capture_output=True, check=False, text=True, encoding="utf-8")
        if ended.returncode:
            return ["run.py ends with an error:", *ended.stderr.splitlines()[-3:]]
        return [
            f"{path.stem} gives another result."
            for path in sorted((HERE / "expected").glob("*.json"))
            if not alike(json.loads(path.read_bytes()), json.loads((Path(out) / path.name).read_bytes()))
        ]


def alike(expected: Any, found: Any) -> bool:
    """Whether two results are the same; numbers may differ in their ninth digit, as on another processor."""
    if isinstance(expected, bool) or isinstance(found, bool):
        return expected is found
    if isinstance(expected, (int, float)) and isinstance(found, (int, float)):
        return abs(expected - found) <= 1e-9 * max(1.0, abs(expected))
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(map(alike, expected, found))
    if isinstance(expected, dict) and isinstance(found, dict):
        return expected.keys() == found.keys() and all(alike(expected[key], found[key]) for key in expected)
    return bool(expected == found)


if __name__ == "__main__":
    sys.exit(main())
