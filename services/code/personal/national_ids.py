"""National ids by their own rules: check digits and birth dates, from the python-stdnum library."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable
from functools import cache
from typing import Any, Final

STRONG: Final = (
    *("it.codicefiscale", "mx.curp", "mx.rfc", "fi.hetu", "fr.nir", "br.cpf", "pl.pesel", "ro.cnp", "cn.ric", "bg.egn"),
    *("ee.ik", "lt.asmens", "si.emso", "dk.cpr", "se.personnummer", "no.fodselsnummer", "be.nn", "za.idnr", "cz.rc"),
    *("is_.kennitala", "in_.pan", "es.dni", "es.nie", "ch.ssn", "gr.amka"),
    *("de.idnr", "tr.tckimlik", "ie.pps", "my.nric", "kr.rrn", "id.nik", "cl.rut", "us.itin"),
)
"""Numbers of people whose rules few other numbers keep."""
WEAK: Final = (
    *("pt.cc", "at.vnr", "hr.oib", "in_.aadhaar", "th.pin"),
    *("nl.bsn", "ca.sin", "gb.nhs", "il.idnr", "au.tfn", "us.ssn", "ua.rntrc"),
)
"""Numbers of people with one check digit or none: one in ten other numbers looks the same."""

LOOSE: Final = frozenset({"dk.cpr", "cz.rc", "my.nric"})
"""Of the strong ones those that keep their rule by little more than a date: bare digits are not enough."""

SSN: Final = re.compile(r"(?<![\w-])(?!000|666)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])")
SHAPE: Final = re.compile(r"[A-Z]{0,4}[\s.-]?\d[\dA-Z]*(?:[\s./-]?[\dA-Z]+){0,6}", re.IGNORECASE)
NINO: Final = re.compile(r"(?<!\w)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D](?!\w)")
CANDIDATE: Final = re.compile(r"(?<![\w.@-])[A-Z\d][A-Z\d./-]{7,20}[A-Z\d](?![\w@])")
SPACED: Final = re.compile(r"(?<![\w+-])\d(?: ?\d){10,14}(?![\w-])")


def names(value: str, validators: Iterable[str] = (*STRONG, *WEAK)) -> list[str]:
    """The kinds of national ids ("fr.nir") whose rules the value keeps."""
    text = value.strip()
    if not 8 <= len(text) <= 24 or sum(c.isdigit() for c in text) < 5:
        return []
    return [name for name in validators if _validator(name).is_valid(text) and not _is_plain(name, text)]


def is_strong(value: str) -> bool:
    """Whether the value alone, wherever it stands, is a national id."""
    return bool(SSN.fullmatch(value) or NINO.fullmatch(value) or names(value, STRONG))


def is_shaped(value: str) -> bool:
    """Whether the value has the form of some id: digits, few letters, 6 to 20 in all."""
    text = value.strip()
    return sum(c.isdigit() for c in text) >= 5 and len(text) <= 24 and bool(SHAPE.fullmatch(text))


def _is_plain(name: str, text: str) -> bool:
    """Bare digits that keep a rule by chance."""
    return text.isdigit() and (name in LOOSE or name == "us.ssn" or (len(text) < 10 and name in STRONG))


@cache
def _validator(name: str) -> Any:
    return importlib.import_module(f"stdnum.{name}")
