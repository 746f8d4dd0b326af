"""The suite's own checks can fail: coverage floors, and browser journeys that were skipped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tools import suite


def report(**percent: int) -> dict[str, Any]:
    """A coverage report with one file a folder; each has 60 lines and 40 branches."""
    places = {"page": "pages/chat.py", "jobs": "services/jobs.py", "assistant": "services/assistant/checks.py"}
    return {"files": {places[name]: {"summary": counts(value)} for name, value in percent.items()}}


def counts(percent: int) -> dict[str, int]:
    lines = min(percent, 60)
    return {"num_statements": 60, "covered_lines": lines, "num_branches": 40, "covered_branches": percent - lines}


def test_enough_coverage_breaks_no_floor() -> None:
    assert suite.broken_floors(report(page=100, jobs=90, assistant=60)) == []


@pytest.mark.parametrize(
    ("percent", "named"),
    [
        ({"page": 60, "jobs": 90, "assistant": 80}, ["the whole"]),
        ({"page": 100, "jobs": 59, "assistant": 80}, ["the whole", "services/"]),
        ({"page": 100, "jobs": 100, "assistant": 59}, ["services/assistant/"]),
        ({"page": 100}, ["services/", "services/assistant/"]),
        ({}, ["the whole", "services/", "services/assistant/"]),
    ],
)
def test_too_little_coverage_is_named(percent: dict[str, int], named: list[str]) -> None:
    found = suite.broken_floors(report(**percent))
    assert [sentence.split(" is ")[0].removeprefix("Coverage of ") for sentence in found] == named


def test_branches_count_as_lines_do() -> None:
    assert suite.share(report(jobs=60), "services/") == 60.0
    assert suite.share(report(jobs=80), "services/") == 80.0


def test_the_summary_names_floors_and_the_least_covered_file() -> None:
    first, second = suite.summary(report(page=100, jobs=90, assistant=50))
    assert "services/assistant/ 50.0 % (floor 60)" in first
    assert second.startswith("Least covered: services/assistant/checks.py 50 %")


RAN = '<testcase classname="tests.journeys.test_ask" name="test_a"/>'
SKIPPED = '<testcase classname="tests.journeys.test_ask" name="test_b"><skipped/></testcase>'
OTHER = '<testcase classname="tests.test_docs" name="test_c"><skipped/></testcase>'


@pytest.mark.parametrize(
    ("cases", "asked", "sentences"),
    [
        (RAN + OTHER, "required", 0),
        (RAN + SKIPPED, "required", 1),
        (OTHER, "required", 1),
        (OTHER, "", 0),
    ],
)
def test_skipped_journeys_fail_only_where_they_are_required(
    tmp_path: Path, cases: str, asked: str, sentences: int
) -> None:
    results = tmp_path / "results.xml"
    results.write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>")
    assert len(suite.missing_journeys({"JOURNEYS": asked}, results)) == sentences


def test_chromium_is_taken_from_its_variable_or_the_path(tmp_path: Path) -> None:
    chromium = tmp_path / "chromium"
    chromium.write_text("#!/bin/sh\n")
    chromium.chmod(0o755)
    assert suite.find_browser({"PATH": str(tmp_path)}) == str(chromium)
    assert suite.find_browser({"PATH": "/nowhere", "CHROMIUM": str(chromium)}) == str(chromium)
    assert suite.find_browser({"PATH": "/nowhere", "CHROMIUM": "/nowhere/chromium"}) == ""


def test_without_a_browser_its_tests_are_left_out() -> None:
    assert "not long and not browser" in suite.whole_suite(with_browser=False)
    assert "not long" in suite.whole_suite(with_browser=True)
