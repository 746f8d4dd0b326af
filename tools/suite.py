"""Runs the tests with branch coverage, and fails when coverage is under its floors.

python -m tools.suite               the whole suite; with JOURNEYS=required no browser journey may be skipped
python -m tools.suite WORDS...      plain pytest with these words: no coverage, no floors
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

PROJECT = Path(__file__).resolve().parent.parent
CACHE = PROJECT / ".cache" / "tests"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLOORS = {"": 80, "services/": 70, "services/assistant/": 60}
"""Lowest share of lines and branches, in percent, under each folder; "" is the whole product."""
LEAST_COVERED = 5
"""Files named in the summary."""


def main(words: list[str]) -> int:
    """The exit code: 0 when every test passed and every floor holds."""
    browser = find_browser(os.environ)
    environment = {**os.environ, "COVERAGE_FILE": str(CACHE / "coverage")}
    if browser:
        environment["CHROMIUM"] = browser
    if words:
        return pytest(words, environment)
    CACHE.mkdir(parents=True, exist_ok=True)
    if not browser:
        say("Browser journeys are skipped: no Chromium was found (install it, or set CHROMIUM to its path).")
    code = pytest(whole_suite(bool(browser)), environment)
    if code:
        return code
    report = json.loads((CACHE / "coverage.json").read_text(encoding="utf-8"))
    say(*summary(report))
    broken = [*broken_floors(report), *missing_journeys(os.environ, CACHE / "results.xml")]
    say(*broken)
    return 1 if broken else 0


def whole_suite(with_browser: bool) -> list[str]:
    """The words for pytest that run everything but the long tests."""
    marks = "not long" if with_browser else "not long and not browser"
    reports = ["--cov", "--cov-report=", f"--cov-report=json:{CACHE / 'coverage.json'}"]
    return ["-n", "2", "-m", marks, *reports, f"--junitxml={CACHE / 'results.xml'}"]


def pytest(words: list[str], environment: Mapping[str, str]) -> int:
    """pytest's exit code."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", *words], cwd=PROJECT, env=environment, check=False
    ).returncode


def find_browser(environ: Mapping[str, str]) -> str:
    """The path of Chromium, or ""."""
    named = environ.get("CHROMIUM", "")
    if named and Path(named).is_file():
        return named
    return next((path for name in BROWSERS if (path := shutil.which(name, path=environ.get("PATH")))), "")


def summary(report: Mapping[str, Any]) -> list[str]:
    """What to print about coverage: each floor, and the files that are covered least."""
    shares = [f"{folder or 'all'} {share(report, folder):.1f} % (floor {floor})" for folder, floor in FLOORS.items()]
    worst = sorted(report["files"], key=lambda name: share(report, name))[:LEAST_COVERED]
    return [
        "Branch coverage: " + ", ".join(shares),
        "Least covered: " + ", ".join(f"{name} {share(report, name):.0f} %" for name in worst),
    ]


def broken_floors(report: Mapping[str, Any]) -> list[str]:
    """One sentence per floor that does not hold."""
    return [
        f"Coverage of {folder or 'the whole'} is {covered:.1f} %, under its floor of {floor} %."
        for folder, floor in FLOORS.items()
        if (covered := share(report, folder)) < floor
    ]


def share(report: Mapping[str, Any], folder: str) -> float:
    """Covered lines and branches under `folder`, in percent of those there are; 0 where no file was measured."""
    found = [file["summary"] for name, file in report["files"].items() if name.startswith(folder)]
    there = total(found, ("num_statements", "num_branches"))
    if there == 0:
        return 100.0 if found else 0.0
    return 100 * total(found, ("covered_lines", "covered_branches")) / there


def total(summaries: Iterable[Mapping[str, int]], keys: tuple[str, ...]) -> int:
    return sum(each.get(key, 0) for each in summaries for key in keys)


def missing_journeys(environ: Mapping[str, str], results: Path) -> list[str]:
    """A sentence when the browser journeys were asked for and none ran, or one was skipped."""
    if environ.get("JOURNEYS") != "required":
        return []
    cases = [case for case in ElementTree.parse(results).iter("testcase") if is_journey(case)]
    skipped = [case.get("name") for case in cases if case.find("skipped") is not None]
    if cases and not skipped:
        return []
    return [f"Browser journeys are required, but {len(skipped)} of {len(cases)} were skipped."]


def is_journey(case: ElementTree.Element) -> bool:
    return (case.get("classname") or "").startswith("tests.journeys.")


def say(*lines: str) -> None:
    for line in lines:
        print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
