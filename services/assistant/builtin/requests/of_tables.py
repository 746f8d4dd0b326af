"""Requests about whole tables: join, append, pivot, unpivot, aggregate."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

import re
from typing import Any, Final

from rapidfuzz import fuzz

from services.assistant.builtin.language.question import Unreadable
from services.assistant.builtin.language.words import split_name
from services.assistant.builtin.requests.clauses import unquoted
from services.assistant.builtin.requests.rules import Built, Refused, Rule, part, rule
from services.assistant.builtin.requests.subject import Subject, is_number
from services.code.steps import Aggregate, Append, Join, Measure, Pivot, Unpivot
from services.protocols import OtherTable

_LIKE: Final = 80
_STATISTICS: Final = {
    "average": "mean", "mean": "mean", "avg": "mean", "total": "sum", "sum": "sum", "median": "median", "min": "min",
    "minimum": "min", "lowest": "min", "max": "max", "maximum": "max", "highest": "max", "count": "count",
    "number": "count", "distinct": "distinct",
}  # fmt: skip
_STATISTIC: Final = "|".join(_STATISTICS)


def _other(subject: Subject, said: str) -> OtherTable | None:
    """The table of the team whose name is said."""
    bare = (
        unquoted(said) or re.sub(r"(?i)^(?:the |my |our |table |dataset )+| (?:table|dataset|data)$", "", said)
    ).strip()
    others = subject.others()
    same = [one for one in others if _plain(one.name) == _plain(bare)]
    if same:
        return same[0]
    ranked = sorted(others, key=lambda one: -fuzz.ratio(_plain(one.name), _plain(bare)))
    return ranked[0] if ranked and fuzz.ratio(_plain(ranked[0].name), _plain(bare)) >= _LIKE else None


def _plain(name: str) -> str:
    return " ".join(split_name(re.sub(r"\.\w{2,7}$", "", name)))


def _need(subject: Subject, said: str) -> OtherTable:
    found = _other(subject, said)
    if found is None:
        names = ", ".join(f"“{one.name}”" for one in subject.others()[:5])
        raise Refused(f"There is no other table “{said}”." + (f" There are {names}." if names else ""))
    return found


def _join(subject: Subject, match: re.Match[str]) -> Built:
    other = _need(subject, part(match, "other"))
    left, right = _keys(subject, part(match, "key"), other)
    how = "keep all rows here"
    if re.search(r"(?i)\binner\b|only (?:the )?match", match[0]):
        how = "only matching rows"
    elif re.search(r"(?i)\b(?:outer|full)\b|all rows of both", match[0]):
        how = "all rows of both"
    data: dict[str, Any] = {"other": other.version_id, "other_name": other.name[:200], "other_columns": other.columns}
    return Join.model_validate(data | {"left": left, "right": right, "how": how})


def _keys(subject: Subject, said: str, other: OtherTable) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns on both sides: those that are said, or those of the same name."""
    if match := re.fullmatch(r"(?i)(?P<here>.+?)(?:\s*==?\s*|\s+(?:equals|to|with|matching)\s+)(?P<there>.+)", said):
        here = subject.one(match["here"]).name
        return (here,), (_there(match["there"], other),)
    if said:
        names = subject.many(said)
        return names, tuple(_there(name, other) for name in names)
    shared = [name for name in subject.names if _plain(name) in {_plain(each) for each in other.columns}]
    keyed = [name for name in shared if {"id", "key", "code"} & set(split_name(name))] or shared
    if len(keyed) != 1:
        which = ", ".join(f"“{name}”" for name in shared[:5])
        raise Unreadable(
            f"Say by which column “{other.name}” should be joined." + (f" Both tables have {which}." if which else "")
        )
    return (keyed[0],), (_there(keyed[0], other),)


def _there(said: str, other: OtherTable) -> str:
    bare = unquoted(said) or said
    found = [name for name in other.columns if name == bare] or [n for n in other.columns if _plain(n) == _plain(bare)]
    if not found:
        raise Unreadable(f"“{other.name}” has no column “{bare}”.")
    return found[0]


def _append(subject: Subject, match: re.Match[str]) -> Built:
    other = _other(subject, part(match, "other"))
    if other is None and not re.search(r"(?i)\b(?:rows|table|dataset)\b", match[0]):
        return None
    other = other or _need(subject, part(match, "other"))
    return Append(other=other.version_id, other_name=other.name[:200], other_columns=other.columns)


def _pivot(subject: Subject, match: re.Match[str]) -> Built:
    data = {
        "rows": subject.many(part(match, "rows")),
        "columns": subject.one(part(match, "columns")).name,
        "values": subject.one(part(match, "values"), is_number).name,
    }
    return Pivot.model_validate(data | {"statistic": _STATISTICS.get(part(match, "statistic").casefold(), "sum")})


def _unpivot(subject: Subject, match: re.Match[str]) -> Built:
    names: dict[str, str] = {}
    if part(match, "names"):
        names = {"names_to": unquoted(part(match, "names")) or part(match, "names")}
        names |= {"values_to": unquoted(part(match, "values")) or part(match, "values")}
    return Unpivot.model_validate({"columns": subject.many(part(match, "columns"))} | names)


def _aggregate(subject: Subject, match: re.Match[str]) -> Built:
    measures = []
    for piece in re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+", part(match, "measures")):
        said = re.fullmatch(rf"(?i)(?:the )?(?:(?P<statistic>{_STATISTIC})(?: of)? )?(?P<column>.+)", piece)
        if said is None:
            return None
        data = {
            "column": subject.one(said["column"]).name,
            "statistic": _STATISTICS[(said["statistic"] or "sum").casefold()],
        }
        measures.append(Measure.model_validate(data))
    return Aggregate(by=subject.many(part(match, "by")), measures=tuple(measures))


_HOW: Final = r"(?:(?:left|inner|outer|full)[ -])?"

RULES: Final[tuple[Rule, ...]] = (
    rule(
        rf"{_HOW}(?:join|merge|combine|link|match)(?: this| it| the)*(?: table| data| dataset)?(?: (?:with|to|and))(?: the)? (?P<other>.+?)(?: table| dataset)? (?:on|by|using|over|via|through)(?: the)?(?: keys?| columns?)? (?P<key>.+?)(?:,? (?:keeping |keep )?(?:only (?:the )?matching rows|all rows of both))?",
        _join,
    ),
    rule(
        rf"{_HOW}(?:join|merge|link)(?: this| it| the)*(?: table| data| dataset)? (?:with|to)(?: the)? (?P<other>.+?)(?: table| dataset)?(?:,? (?:keeping |keep )?(?:only (?:the )?matching rows|all rows of both))?",
        _join,
    ),
    rule(
        rf"{_HOW}join(?: the)? (?P<other>(?!.* and ).+?)(?: table| dataset)? (?:on|by|using)(?: the)? (?P<key>.+)",
        _join,
    ),
    rule(
        r"(?:append|add|stack|union|put)(?: the| all)*(?: rows of| rows from| table| dataset)?(?: the| table| dataset)* (?P<other>.+?)(?: table| dataset)?(?: (?:below|underneath|at the (?:end|bottom)|to (?:this|the) (?:table|data)))?",
        _append,
    ),
    rule(
        rf"pivot(?: the table| the data| it)?(?: (?:by|with|on))?(?: the)? (?P<rows>.+?) (?:by|against|and|,|with)(?: columns?)?(?: the| from)* (?P<columns>.+?)(?:,| with| showing| using| of)*(?: the)? (?P<statistic>{_STATISTIC})(?: of)?(?: the)? (?P<values>.+?)(?: as values)?",
        _pivot,
    ),
    rule(
        r"(?:unpivot|melt|gather|make long)(?: the)?(?: columns?)? (?P<columns>.+?)(?: (?:in)?to (?P<names>\"[^\"]+\"|[\w ]+?) and (?P<values>\"[^\"]+\"|[\w ]+?))?",
        _unpivot,
    ),
    rule(
        r"(?:aggregate|summari[sz]e|collapse)(?: the)? (?:table|data|dataset|rows|it) (?:by|per|to one row per|for each) (?P<by>.+?)(?:[:,]| with| and show| showing| using)+(?: the)? (?P<measures>.+)",
        _aggregate,
    ),
)
