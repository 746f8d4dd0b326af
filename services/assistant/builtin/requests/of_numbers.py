"""Requests about numbers and new columns: round, calculate, bands, scales, ranks, running totals, shares."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

import re
from typing import Final, Literal

from services.assistant.builtin.language.question import Unreadable
from services.assistant.builtin.requests.clauses import unquoted
from services.assistant.builtin.requests.formulas import formula
from services.assistant.builtin.requests.rules import Built, Rule, part, rule, whole
from services.assistant.builtin.requests.subject import Subject, is_date, is_decimal, is_number
from services.code.steps import (
    Bins,
    Change,
    DateDifference,
    DateParts,
    Encode,
    FreeCode,
    Function,
    GroupRare,
    GroupStatistic,
    KeyedHash,
    Lag,
    OneHot,
    PartialMask,
    Rank,
    Redact,
    RenameColumns,
    Rolling,
    Round,
    RoundDates,
    Running,
    Scale,
    Share,
    ShiftDates,
    TextLength,
)

_PLACES: Final = {
    "integer": 0, "whole number": 0, "integers": 0, "whole numbers": 0, "one": 0, "1": 0, "unit": 0, "whole": 0,
    "ten": -1, "tens": -1, "10": -1, "hundred": -2, "hundreds": -2, "100": -2, "thousand": -3, "thousands": -3,
    "1000": -3, "1,000": -3, "million": -6, "tenth": 1, "hundredth": 2, "cent": 2, "cents": 2,
}  # fmt: skip


def _round(subject: Subject, match: re.Match[str]) -> Built:
    digits = whole(part(match, "digits")) if part(match, "digits") else 0
    digits = _PLACES.get(part(match, "place").casefold(), digits) if part(match, "place") else digits
    said = part(match, "columns")
    if not said:
        return Round(columns=subject.many("", is_decimal), digits=int(digits or 0))
    return Round(columns=subject.many(said, is_number), digits=int(digits or 0))


def _new_name(text: str) -> str:
    bare = unquoted(text)
    return bare if bare is not None else text.strip(" ,:")


def _calculated(subject: Subject, match: re.Match[str]) -> Built:
    name, said = _new_name(part(match, "new")), part(match, "formula")
    for build in (_special, formula):
        found = build(subject, name, said)
        if found is not None:
            return found
    return None


def _unnamed(subject: Subject, match: re.Match[str]) -> Built:
    """ "add the running total of units": the name says what it is."""
    said = part(match, "formula")
    return _special(subject, re.sub(r"(?i)^(?:the|a|an) ", "", said)[:200], said)


Part = Literal["year", "quarter", "month", "week", "day", "weekday", "hour", "minute", "is weekend"]
_PARTS: Final[dict[str, Part]] = {
    "year": "year", "quarter": "quarter", "month": "month", "week": "week", "week number": "week", "day": "day",
    "day of month": "day", "day of the month": "day", "weekday": "weekday", "day of week": "weekday",
    "day of the week": "weekday", "week day": "weekday", "hour": "hour", "minute": "minute", "weekend": "is weekend",
    "is weekend": "is weekend", "years": "year", "months": "month", "weekdays": "weekday", "quarters": "quarter",
}  # fmt: skip
_PART: Final = "|".join(sorted(_PARTS, key=len, reverse=True))
_BY: Final = r"(?: (?:within|by|per|for each|for every|in each|of each|over)(?: the)? (?P<by>.+))?"
_STATISTICS: Final = {
    "average": "mean", "mean": "mean", "total": "sum", "sum": "sum", "median": "median", "minimum": "min", "min": "min",
    "lowest": "min", "maximum": "max", "max": "max", "highest": "max", "number": "count", "count": "count",
    "standard deviation": "deviation", "first": "first", "last": "last",
}  # fmt: skip
_SPECIAL: Final = (
    ("running", rf"(?:running|cumulative) (?P<what>total|sum|maximum|max|minimum|min) (?:of )?(?P<column>.+?){_BY}"),
    ("rolling", rf"(?:(?P<rows>\d+)[- ](?:row|day|week|month|period)s? )?(?:rolling|moving) (?P<what>average|mean|sum|total|median|min|max)(?: of)? (?P<column>.+?)(?: over (?P<over>\d+)(?: rows| periods| days| months)?)?{_BY}"),
    ("rank", rf"rank(?:ing)? (?:of |by )?(?P<column>.+?)(?:,? (?P<low>lowest first|ascending|from low to high))?{_BY}"),
    ("share", rf"(?:share|percentage|percent|per cent|proportion) of (?:the )?(?:total |sum of )(?P<column>.+?){_BY}"),
    ("lag", rf"(?:previous|last|prior|lagged|lag(?: of)?) (?:value of )?(?P<column>.+?){_BY}"),
    ("lead", rf"(?:next|following) (?:value of )?(?P<column>.+?){_BY}"),
    ("growth", rf"(?:growth|percent(?:age)? change|% change) (?:of |in )?(?P<column>.+?)(?: to the row before| from row to row)?{_BY}"),
    ("change", rf"(?:change|difference|delta) (?:of |in )?(?P<column>.+?)(?: to the (?:row before|previous row)| from row to row){_BY}"),
    ("length", r"(?:length|number of (?P<unit>characters|words)) (?:of|in) (?P<column>.+)"),
    ("part", rf"(?P<what>{_PART}) (?:of|from) (?P<column>.+)"),
    ("between", r"(?:number of )?(?P<unit>days|hours|minutes|weeks) (?:between|from) (?P<start>.+?) (?:and|to) (?P<end>.+)"),
    ("group", rf"(?P<what>{'|'.join(_STATISTICS)}) (?:of )?(?P<column>.+?) (?:by|per|for each|within|of each)(?: the)? (?P<by>.+)"),
)  # fmt: skip


def _special(subject: Subject, name: str, said: str) -> Built:
    """A new column that is more than a calculation."""
    bare = re.sub(r"(?i)^(?:the|a|an) ", "", said.strip())
    for kind, form in _SPECIAL:
        match = re.fullmatch(form, bare, re.IGNORECASE)
        if match and (found := _special_of(kind, subject, name, match)) is not None:
            return found
    return None


def _special_of(kind: str, subject: Subject, name: str, match: re.Match[str]) -> Built:
    if kind == "between":
        start, end = (subject.maybe(part(match, end), is_date) for end in ("start", "end"))
        data = {"name": name, "unit": match["unit"].casefold()}
        return DateDifference.model_validate(data | {"start": start.name, "end": end.name}) if start and end else None
    found = subject.maybe(part(match, "column"), is_date if kind == "part" else None)
    if found is None:
        return None
    if kind in ("length", "part"):
        return _of_cell(kind, found.name, name, match)
    by = subject.many(part(match, "by")) if part(match, "by") else ()
    return _of_group(kind, {"column": found.name, "name": name, "by": by}, match)


def _of_cell(kind: str, column: str, name: str, match: re.Match[str]) -> Built:
    if kind == "length":
        return TextLength.model_validate({"column": column, "name": name, "unit": part(match, "unit") or "characters"})
    step = DateParts(column=column, parts=(_PARTS[match["what"].casefold()],))
    made = f"{column} {step.parts[0]}"
    plain = not name or re.sub(r"(?i)^(?:the )", "", name).casefold().startswith(match["what"].casefold() + " of")
    return step if plain or name == made else [step, RenameColumns(names={made: name})]


def _of_group(kind: str, data: dict[str, object], match: re.Match[str]) -> Built:
    what = part(match, "what").casefold()
    short = {"total": "sum", "average": "mean", "maximum": "max", "minimum": "min"}.get(what, what)
    if kind == "running":
        return Running.model_validate(data | {"statistic": short})
    if kind == "rolling":
        rows = int(part(match, "rows") or part(match, "over") or 7)
        return Rolling.model_validate(data | {"statistic": short, "rows": rows})
    if kind == "rank":
        return Rank.model_validate(data | {"order": "lowest first" if part(match, "low") else "highest first"})
    if kind == "share":
        return Share.model_validate(data)
    if kind in ("lag", "lead"):
        return Lag.model_validate(data | {"rows": 1 if kind == "lag" else -1})
    if kind in ("growth", "change"):
        return Change.model_validate(data | {"unit": "per cent" if kind == "growth" else "absolute"})
    return GroupStatistic.model_validate(data | {"statistic": _STATISTICS[what]})


def _parts(subject: Subject, match: re.Match[str]) -> Built:
    found = subject.one(part(match, "column"), is_date)
    said = re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+", part(match, "parts"))
    return DateParts(
        column=found.name, parts=tuple(_PARTS[re.sub(r"(?i)^(?:the|a) ", "", one).casefold()] for one in said)
    )


def _by_number(subject: Subject, match: re.Match[str]) -> Built:
    """ "multiply price by 1.19": the column itself changes."""
    names = subject.many(part(match, "columns"), is_number)
    number = whole(part(match, "number").rstrip("%"))
    if number is None or (number == 0 and match["verb"].casefold() == "divide"):
        return None
    sign = {
        "multiply": "*",
        "divide": "/",
        "increase": "+",
        "raise": "+",
        "decrease": "-",
        "reduce": "-",
        "lower": "-",
    }[match["verb"].casefold()]
    change = f"df[name] {sign} {number!r}"
    if part(match, "number").endswith("%"):
        change = f"df[name] * {(100 + number if sign == '+' else 100 - number) / 100!r}"
    listed = ", ".join(f"“{name}”" for name in names)
    code = f"for name in {list(names)!r}:\n    df = df.assign(**{{name: {change}}})"
    return FreeCode(code=code, sentence=f"{match['verb'].capitalize()} {listed} by {part(match, 'number')}")


def _bins(subject: Subject, match: re.Match[str]) -> Built:
    found = subject.one(part(match, "column"), is_number)
    many = bool(
        re.search(r"(?i)equally (?:many|sized|filled)|quantiles?|quartiles?|deciles?|same (?:number|size)", match[0])
    )
    said = match[0].casefold()
    number = 4 if "quartile" in said else 10 if "decile" in said else int(whole(part(match, "count")) or 5)
    name = _new_name(part(match, "new")) or f"{found.name} band"
    return Bins(name=name, column=found.name, method="equally many" if many else "equally wide", count=number)


def _scale(subject: Subject, match: re.Match[str]) -> Built:
    said = match[0].casefold()
    method: Literal["standard", "from 0 to 1", "robust"] = "standard"
    if re.search(r"0 (?:to|and) 1|min-?max|normali[sz]e|zero (?:to|and) one", said) and "z-score" not in said:
        method = "from 0 to 1"
    names = subject.many(part(match, "columns"), is_number)
    if not all(subject.profile(name).kind.is_number for name in names):
        return None
    return Scale(columns=names, method="robust" if "robust" in said else method)


_FUNCTIONS: Final = {
    "log": "logarithm", "logarithm": "logarithm", "square root": "square root", "absolute value": "absolute",
    "absolute": "absolute", "exponential": "exponential", "square": "square", "root": "square root",
}  # fmt: skip


def _function(subject: Subject, match: re.Match[str]) -> Built:
    names = subject.many(part(match, "columns"), is_number)
    return Function.model_validate(
        {"columns": names, "function": _FUNCTIONS[part(match, "what").casefold().rstrip("s")]}
    )


def _one_hot(subject: Subject, match: re.Match[str]) -> Built:
    return [OneHot(column=name) for name in subject.many(part(match, "columns"))]


def _encode(subject: Subject, match: re.Match[str]) -> Built:
    by = "frequency" if re.search(r"(?i)frequen|count", match[0]) else "order"
    names = subject.many(part(match, "columns"))
    return [Encode.model_validate({"name": f"{name} code", "column": name, "by": by}) for name in names]


def _rare(subject: Subject, match: re.Match[str]) -> Built:
    data = {"columns": subject.many(part(match, "columns")), "least": int(part(match, "least") or 10)}
    return GroupRare.model_validate(data | ({"word": _new_name(part(match, "word"))} if part(match, "word") else {}))


def _mask(subject: Subject, match: re.Match[str]) -> Built:
    verb = match["verb"].casefold()
    names = subject.many(part(match, "columns"))
    if verb.startswith(("hash", "pseudonym")):
        return [KeyedHash(column=name) for name in names]
    return [(Redact if verb.startswith(("redact", "black")) else PartialMask)(column=name) for name in names]


def _round_dates(subject: Subject, match: re.Match[str]) -> Built:
    found = subject.one(part(match, "column"), is_date)
    return (
        RoundDates.model_validate({"columns": (found.name,), "to": match["to"].casefold()}) if is_date(found) else None
    )


def _shift(subject: Subject, match: re.Match[str]) -> Built:
    found = subject.one(part(match, "column"), is_date)
    if not is_date(found):
        raise Unreadable(f"“{found.name}” holds no dates.")
    by = int(match["by"]) * (-1 if re.search(r"(?i)back|earlier", match[0]) else 1)
    unit = f"{match['unit'].casefold().rstrip('s')}s"
    return ShiftDates.model_validate({"columns": (found.name,), "by": by, "unit": unit})


_NAMED: Final = r"(?:\"[^\"]+\"|'[^']+'|“[^”]+”|[\w%() -]+?)"

RULES: Final[tuple[Rule, ...]] = (
    rule(
        r"round(?: off| down| up)?(?: all| the)*(?: (?P<columns>.+?))?(?: off)? to(?: the)?(?: nearest)? (?P<place>integers?|whole numbers?|ones?|units?|whole|tens?|hundreds?|thousands?|million|tenth|hundredth|cents?|10|100|1,?000)",
        _round,
    ),
    rule(
        r"round(?: off)?(?: all| the)*(?: (?P<columns>.+?))?(?: (?:to|at|off to))? (?P<digits>\d+|no|zero|one|two|three|four|five|six)(?: decimals?| digits?| decimal places?| places?| d\.?p\.?)(?: places)?",
        _round,
    ),
    rule(r"round(?: off)?(?: all| the)* (?P<columns>.+?) to (?P<digits>\d+)", _round),
    rule(r"round(?: off)?(?: all| the)*(?: (?P<columns>(?!.*\bto\b).+))?", _round),
    rule(
        rf"(?:add|create|make|compute|calculate|insert|derive|build|define)(?: me)?(?: a| an| the)?(?: new)? (?:column|field|variable|feature)(?: called| named| with name)?:? (?P<new>{_NAMED})(?: (?:as|with|from|for|which is|that is|equal to|equals|that contains|containing|defined as|by)|\s*[=:]+)(?: the)? (?P<formula>.+)",
        _calculated,
    ),
    rule(
        rf"(?:add|create|make|compute|calculate|insert|derive|define|let|set)(?: a| the)?(?: new)?(?: column)? (?P<new>{_NAMED})\s*(?:=|:=|:)\s*(?P<formula>.+)",
        _calculated,
    ),
    rule(
        rf"(?:add|create|make|compute|calculate|derive|define|let)(?: a| the)?(?: new)? (?P<new>{_NAMED}) (?:as|be|from) (?P<formula>.+)",
        lambda subject, match: None if subject.maybe(part(match, "formula")) else _calculated(subject, match),
    ),
    rule(r"(?P<new>[A-Za-z_]\w*|\"[^\"]+\")\s*=\s*(?P<formula>(?=.*[-+*/×÷]).+)", _calculated),
    rule(
        rf"(?:extract|add|create|get|derive)(?: a| an| the)*(?: columns? (?:with|for)(?: the)?)? (?P<parts>(?:{_PART})(?:(?:, | and |, and )(?:the )?(?:{_PART}))*)(?: columns?)? (?:from|of|for|out of)(?: the)? (?P<column>.+)",
        _parts,
    ),
    rule(
        r"(?:add|create|insert|make)(?: a| an| the)*(?: new)?(?: column)?(?: (?:with|for|of|containing|that (?:has|contains|shows)))?(?: the)? (?P<formula>.+)",
        _unnamed,
    ),
    rule(
        r"(?P<verb>multiply|divide|increase|raise|decrease|reduce|lower)(?: all| the)* (?P<columns>.+?) by (?P<number>-?\d[\d,.]*%?)",
        _by_number,
    ),
    rule(
        r"(?:bin|bucket|band|group|cut|put|divide|split|discreti[sz]e)(?: the)? (?P<column>.+?) (?:in|into)(?: (?P<count>\d+|two|three|four|five|six|ten))?(?: (?:equal(?:ly)?(?: wide| many| sized)?|same size))*(?: (?:bins|bands|buckets|groups|intervals|ranges|classes|quartiles|deciles|quantiles))(?: (?:as|called|named) (?P<new>.+))?",
        _bins,
    ),
    rule(r"(?:bin|bucket|discreti[sz]e)(?: the)? (?P<column>.+)", _bins),
    rule(
        r"(?:scale|normali[sz]e|standardi[sz]e|z-?score|min-?max scale|rescale)(?: all| the)*(?: (?P<columns>.+?))?(?: (?:to|between|from|into) (?:0|zero) (?:and|to) (?:1|one)| (?:by|with|using)(?: the)? (?:z-?scores?|min-?max|standard|robust)(?: scaling| scaler)?)?",
        _scale,
    ),
    rule(
        r"(?:take|compute|apply|use|calculate)(?: the)? (?P<what>log|logarithm|square root|absolute values?|exponential|square)(?: of| to)?(?: the)? (?P<columns>.+)",
        _function,
    ),
    rule(r"(?P<what>log)(?:[- ]?transform)?(?: the)? (?P<columns>.+)", _function),
    rule(
        r"(?:one-?hot(?:[- ]?encode)?|dummy(?:[- ]?encode)?|make dummies (?:of|for|from)|create dummies (?:of|for|from))(?: the)? (?P<columns>.+)",
        _one_hot,
    ),
    rule(
        r"(?:label[- ]?|ordinal[- ]?|frequency[- ]?|count[- ]?)?encode(?: the)? (?P<columns>.+?)(?: (?:as|to|into|with) (?:numbers?|codes?|integers?|labels?))?(?: by (?:frequency|order|count))?",
        _encode,
    ),
    rule(
        r"(?:group|gather|lump|merge|combine|collect)(?: together)?(?: the| all)* rare (?:values?|categories|levels)?(?: ?(?:of|in))?(?: the)? (?P<columns>.+?)(?: with (?:fewer|less) than (?P<least>\d+)(?: rows)?)?(?: (?:as|into|to|under) (?P<word>.+))?",
        _rare,
    ),
    rule(
        r"(?P<verb>hash|pseudonymi[sz]e|redact|black out|mask|anonymi[sz]e|obfuscate)(?: the)? (?P<columns>.+)", _mask
    ),
    rule(
        r"(?:round|truncate|bring|floor|set)(?: the)? (?P<column>.+?) (?:down |back )?to the (?:start|beginning|first day) of (?:the |its |their )?(?P<to>hour|day|week|month|quarter|year)",
        _round_dates,
    ),
    rule(
        r"(?:truncate|floor)(?: the)? (?P<column>.+?) (?:down |back )?to(?: the)? (?P<to>hour|day|week|month|quarter|year)s?",
        _round_dates,
    ),
    rule(
        r"(?:shift|move)(?: the)? (?P<column>.+?) (?:by |forward (?:by )?|back(?:wards?)? (?:by )?)(?P<by>\d+) (?P<unit>days?|weeks?|months?|years?|hours?)(?: (?:later|earlier|forward|back|ahead))?",
        _shift,
    ),
)
