"""How much personal data is found, and how much else is taken for it: `python -m benchmarks.personal`.

Columns: recall on those that must be found, false alarms on all the others. Texts: per kind the share of marked places
at least half of which is covered, and the share of found places that lie on a marked one.
"""

from __future__ import annotations

import csv
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from services.code.personal import PersonalKind, texts
from services.code.personal.columns import Sample, judge

KINDS: Final = {
    "PERSON": PersonalKind.NAME,
    "ADDRESS": PersonalKind.ADDRESS,
    "STREET_ADDRESS": PersonalKind.ADDRESS,
    "CREDIT_CARD": PersonalKind.CARD,
    "US_SSN": PersonalKind.NATIONAL_ID,
    "US_DRIVER_LICENSE": PersonalKind.NATIONAL_ID,
    "EMAIL_ADDRESS": PersonalKind.EMAIL,
    "IP_ADDRESS": PersonalKind.IP,
    "IBAN_CODE": PersonalKind.IBAN,
    "PHONE_NUMBER": PersonalKind.PHONE,
}
"""Our kinds by the marks of the collection."""
ALSO_RIGHT: Final = {
    PersonalKind.ADDRESS: {"ZIP_CODE", "GPE", "LOCATION"},
    PersonalKind.BIRTH_DATE: {"DATE_TIME"},
    PersonalKind.NAME: {"TITLE"},
}
"""Marks on which a find of the kind is no mistake, though they need not be found."""
VALUES: Final = 300


def main() -> int:
    """The exit code: 0 when the columns reach their targets."""
    folder = Path(os.environ.get("CORPORA") or "../shared/corpora") / "pii"
    if not folder.is_dir():
        print(f"Left out: {folder} is not there.")
        return 0
    recall, alarms = _columns(folder)
    _texts(folder)
    return 0 if recall >= 0.95 and alarms < 0.05 else 1


def _columns(folder: Path) -> tuple[float, float]:
    started, hits, wanted, alarms, rest = time.perf_counter(), 0, 0, 0, 0
    for case in _read(folder / "columns.jsonl"):
        values = list(dict.fromkeys(value for value in _values(folder, case) if value.strip()))[:VALUES]
        found = judge(Sample(case["column"], values, is_number=all(_is_number(value) for value in values)))
        if case["must_detect"]:
            wanted, hits = wanted + 1, hits + bool(found)
        else:
            rest, alarms = rest + 1, alarms + bool(found)
        if bool(found) != case["must_detect"]:
            print(
                f"  {'missed' if case['must_detect'] else 'false alarm'}: {case['id']} {[f.kind.value for f in found]}"
            )
    seconds = (time.perf_counter() - started) / (wanted + rest)
    print(f"columns: recall {hits}/{wanted} = {hits / wanted:.3f} (target 0.95), ", end="")
    print(f"false alarms {alarms}/{rest} = {alarms / rest:.3f} (target below 0.05), {seconds * 1000:.0f} ms each")
    return hits / wanted, alarms / rest


def _values(folder: Path, case: Mapping[str, Any]) -> list[str]:
    if case.get("values"):
        return list(case["values"])
    with (folder / case["table_csv"]).open(encoding="utf-8-sig", newline="") as file:
        return [row[case["column"]] or "" for row in csv.DictReader(file)]


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True


def _texts(folder: Path) -> None:
    marked, covered, found, right = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for case in _read(folder / "text.jsonl"):
        spans = texts.find(case["text"])
        for start, end, mark, _ in case["spans"]:
            if kind := KINDS.get(mark):
                inside = sum(max(0, min(end, s.end) - max(start, s.start)) for s in spans if s.kind is kind)
                marked[kind] += 1
                covered[kind] += 2 * inside >= end - start
        for span in spans:
            found[span.kind] += 1
            fits = (m for s, e, m, _ in case["spans"] if span.start < e and s < span.end)
            right[span.kind] += any(KINDS.get(m) is span.kind or m in ALSO_RIGHT.get(span.kind, ()) for m in fits)
    print(f"{'texts':12} {'marked':>7} {'recall':>7} {'found':>7} {'precision':>9}")
    for kind in PersonalKind:
        recall, precision = _share(covered[kind], marked[kind]), _share(right[kind], found[kind])
        print(f"{kind.value:12} {marked[kind]:7} {recall:>7} {found[kind]:7} {precision:>9}")


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "-"


def _read(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines)


if __name__ == "__main__":
    sys.exit(main())
