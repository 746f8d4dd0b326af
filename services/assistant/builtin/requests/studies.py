"""Methods of the registry by words: forecasts, tests, models, groups, and what time and calendar do."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from services.assistant.builtin.intent import Aggregate, Intent
from services.assistant.builtin.language.columns import Columns, is_averaged, is_dimension, is_measure, is_total
from services.assistant.builtin.language.question import Unreadable
from services.assistant.builtin.requests.clauses import plainly
from services.assistant.builtin.requests.request import Study
from services.assistant.builtin.requests.rules import count_of, part
from services.assistant.builtin.requests.subject import Subject
from services.code.analyses import AnalysisBase, parse
from services.domain import ColumnProfile, Kind, Profile, Semantic
from services.errors import BadInput
from services.protocols import ValueFinder, no_tables

MOST_INPUTS: Final = 30
MOST_VALUES: Final = 50
FEWEST_PERIODS: Final = 12
_DAYS: Final = {"hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 30.44, "quarter": 91.3, "year": 365.25}
_FINER: Final = {"year": ("month", 12), "quarter": ("month", 3), "month": ("day", 30), "week": ("day", 7)}
_AGGREGATES: Final = {
    "total": "sum", "sum of": "sum", "sum": "sum", "average": "mean", "mean": "mean", "avg": "mean", "median": "median",
    "maximum": "max", "max": "max", "highest": "max", "minimum": "min", "min": "min", "lowest": "min", "last": "last",
    "latest": "last",
}  # fmt: skip
_COUNTED: Final = re.compile(
    r"(?i)(?:the )?(?:number|count|volume) of (?P<noun>.+)|(?:how many )?(?P<rows>rows|records|entries)"
)
Made = AnalysisBase | None


@dataclass(frozen=True)
class Way:
    """One way to ask for a method."""

    pattern: re.Pattern[str]
    build: Callable[[Subject, re.Match[str]], Made]


def study(sentence: str, profile: Profile, find_values: ValueFinder, before: Intent | None = None) -> Study | None:
    """The method a sentence asks for; None when it asks for none. `before` is the question before, if any.

    Raises: Unreadable, when it asks for one and does not say enough.
    """
    subject = Subject(sentence, Columns.of(profile), find_values, no_tables)
    text = plainly(sentence)
    if before is not None and (again := _of_before(text, before)) is not None:
        return Study(again)
    problem: Unreadable | None = None
    for way in WAYS:
        match = way.pattern.fullmatch(text)
        if match is None:
            continue
        try:
            if (found := way.build(subject, match)) is not None:
                return Study(found, tuple(dict.fromkeys(subject.assumed)))
        except Unreadable as error:
            problem = problem or error
        except BadInput as error:
            problem = problem or Unreadable(f"{error.message} {error.hint}".strip())
    if problem is not None:
        raise problem
    return None


def _of_before(text: str, before: Intent) -> Made:
    """ "Is that significant?" behind a measure by a group."""
    asked = re.fullmatch(
        r"(?i)(?:is|are) (?:the|this|that|these|those|it)(?: differences?| results?)? (?:statistically )?significant(?: or (?:is it )?(?:just )?chance)?|test (?:that|this|it)(?: for significance)?",
        text,
    )
    measured = [
        one
        for one in before.measures
        if one.column and one.aggregate in (Aggregate.MEAN, Aggregate.SUM, Aggregate.RATE, Aggregate.MEDIAN)
    ]
    if not asked or not measured or len(before.keys) != 1 or before.keys[0].grain or before.where:
        return None
    data = {"kind": "compare_groups", "measure": measured[0].column, "group": before.keys[0].column}
    return parse(data | {"only": tuple(str(one) for one in before.versus)})


def main_measure(subject: Subject) -> ColumnProfile | None:
    """The one number column worth measuring; None where there are several."""
    found = [one for one in subject.columns.measures() if one.distinct > 2]
    totals = [one for one in found if one.semantic in (Semantic.CURRENCY,)]
    return found[0] if len(found) == 1 else totals[0] if len(totals) == 1 else None


def _date(subject: Subject, said: str = "") -> ColumnProfile:
    if said:
        return subject.one(said, lambda one: one.kind.is_date)
    dates = subject.columns.dates()
    if not dates:
        raise Unreadable("This table has no column of dates.")
    return dates[0]


def _timed(subject: Subject, said: str) -> dict[str, Any]:
    """The value over time that a phrase means: its column, its date, and how the rows of a period become one."""
    bare = re.sub(r"(?i)^(?:the|my|our|future|next|daily|weekly|monthly|quarterly|yearly|annual) ", "", said.strip())
    when = _date(subject)
    if counted := _COUNTED.fullmatch(bare):
        subject.assumed.append("The rows of each period are counted." if counted["noun"] else "The rows are counted.")
        return {"date": when.name, "value": _anything(subject, when).name, "aggregate": "count"}
    aggregate = ""
    for word, name in _AGGREGATES.items():
        if re.match(rf"(?i){word} ", bare):
            aggregate, bare = name, bare[len(word) + 1 :]
            break
    found = subject.one(bare, is_measure)
    if not found.kind.is_number:
        raise Unreadable(f"“{found.name}” holds no numbers.")
    return {"date": when.name, "value": found.name, "aggregate": aggregate or _usual(subject, found)}


def _anything(subject: Subject, but: ColumnProfile) -> ColumnProfile:
    found = [one for one in subject.columns.profile.columns if one.kind.is_number and one.name != but.name]
    whole = [one for one in found if not one.missing] or found
    if not whole:
        raise Unreadable("This table has no column of numbers whose rows could be counted.")
    return whole[0]


def _usual(subject: Subject, found: ColumnProfile) -> str:
    words = subject.columns.words[found.name]
    adds = is_total(words) and not is_averaged(words) and found.semantic is not Semantic.PERCENT
    subject.assumed.append(f"“{found.name}” is {'added up' if adds else 'averaged'} in each period.")
    return "sum" if adds else "mean"


def _forecast(subject: Subject, match: re.Match[str]) -> Made:
    data: dict[str, Any] = {"kind": "forecast", **_timed(subject, part(match, "value"))}
    if part(match, "series"):
        data["series"] = subject.one(part(match, "series"), is_dimension).name
    unit = part(match, "unit").casefold().rstrip("s")
    if unit:
        data |= _ahead(subject, data["date"], unit, count_of(part(match, "count"), 1))
    return parse(data)


def _ahead(subject: Subject, when: str, unit: str, number: int) -> dict[str, Any]:
    """The period and how many of them; a finer one where the data have too few of the one that was said."""
    while unit in _FINER and _periods(subject.profile(when), unit) < FEWEST_PERIODS:
        finer, times = _FINER[unit]
        if _periods(subject.profile(when), finer) < FEWEST_PERIODS or not subject.profile(when).kind.is_date:
            break
        subject.assumed.append(f"There are too few {unit}s in the data, so {number * times} {finer}s are forecast.")
        unit, number = finer, number * times
    return {"frequency": unit, "horizon": min(number, 1_000)}


def _periods(found: ColumnProfile, unit: str) -> float:
    try:
        days = (date.fromisoformat((found.high or "")[:10]) - date.fromisoformat((found.low or "")[:10])).days
    except ValueError:
        return float(found.distinct)
    return min(days / _DAYS[unit] + 1, found.distinct if unit != "hour" else 1e9)


def _predict(subject: Subject, match: re.Match[str]) -> Made:
    said = re.sub(r"(?i)^(?:the|a|an|whether|if|who|how) ", "", part(match, "target"))
    target = subject.one(said)
    inputs = subject.many(part(match, "inputs")) if part(match, "inputs") else _inputs(subject, target)
    inputs = tuple(name for name in inputs if name != target.name)
    if not inputs:
        raise Unreadable(f"There are no columns from which “{target.name}” could be told.")
    return parse({"kind": "predict", "target": target.name, "inputs": inputs})


def _inputs(subject: Subject, target: ColumnProfile) -> tuple[str, ...]:
    """Columns that may tell something: no identifiers, no free text, nothing that never changes."""
    rows = subject.columns.profile.rows

    def may_tell(one: ColumnProfile) -> bool:
        if one.distinct < 2 or one.name == target.name or one.semantic is Semantic.ID:
            return False
        if one.kind.is_number:
            return is_measure(one) or one.semantic.is_group or one.semantic is Semantic.YEAR
        if one.kind.is_date or one.kind is Kind.BOOLEAN:
            return True
        return one.kind is Kind.TEXT and one.distinct <= min(MOST_VALUES, rows // 4)

    names = subject.pick(may_tell)[:MOST_INPUTS]
    subject.assumed.append(f"It is told from {len(names)} columns.")
    return tuple(names)


def _compare(subject: Subject, match: re.Match[str]) -> Made:
    """A number, or the share of yes, between groups, or between two values of one column."""
    first, second = part(match, "first"), part(match, "second")
    data: dict[str, Any] = {"kind": "compare_spread" if "spread" in match.re.groupindex else "compare_groups"}
    if first and second:
        group, only = _two(subject, first, second)
        data |= {"group": group, "only": only}
    else:
        data["group"] = subject.one(part(match, "group"), is_dimension).name
    return parse(data | {"measure": _measured(subject, part(match, "measure"), str(data["group"]))})


def _two(subject: Subject, first: str, second: str) -> tuple[str, tuple[str, str]]:
    """The column that holds both values, and the values as they are stored."""
    one, two = (subject.values(re.sub(r"(?i)^(?:the|all) ", "", said).strip("\"'“”")) for said in (first, second))
    both = [name for name in one if name in two]
    if not both:
        missing = first if not one else second
        raise Unreadable(f"I cannot tie “{missing}” to anything in this table.", missing=missing)
    return both[0], (one[both[0]], two[both[0]])


def _measured(subject: Subject, said: str, group: str) -> str:
    if said:
        bare = re.sub(r"(?i)^(?:the )?(?:average|mean|median|total|typical) ", "", said)
        return subject.one(bare, lambda one: is_measure(one) or one.kind is Kind.BOOLEAN).name
    found = main_measure(subject)
    if found is not None:
        subject.assumed.append(f"“{found.name}” is compared.")
        return found.name
    names = [one.name for one in subject.columns.measures() if one.name != group][:3]
    if not names:
        raise Unreadable("This table has no numbers that could be compared.")
    question = subject.question.strip().rstrip("?")
    raise Unreadable("Which number should be compared?", [f'{question} in "{name}"?' for name in names])


def _relate(subject: Subject, match: re.Match[str]) -> Made:
    left, right = subject.one(part(match, "left")), subject.one(part(match, "right"))
    tested = re.search(r"(?i)significan|independen|depend|chi|test|associat|influenc|affect|impact|effect", match[0])
    if left.name == right.name or (not tested and is_measure(left) and is_measure(right)):
        return None
    return parse({"kind": "relate", "left": left.name, "right": right.name})


def _relate_all(subject: Subject, match: re.Match[str]) -> Made:
    said = part(match, "columns")
    names = subject.many(said, is_measure) if said else tuple(one.name for one in subject.columns.measures())
    if len(names) < 2:
        raise Unreadable("At least two columns of numbers are needed.")
    return parse({"kind": "relate_all", "among": names[:MOST_INPUTS]})


def _shape(subject: Subject, match: re.Match[str]) -> Made:
    return parse({"kind": "check_shape", "values": subject.one(part(match, "column"), is_measure).name})


def _interval(subject: Subject, match: re.Match[str]) -> Made:
    statistic = {"median": "median", "standard deviation": "standard deviation"}.get(
        part(match, "statistic").casefold(), "mean"
    )
    return parse(
        {"kind": "interval", "values": subject.one(part(match, "column"), is_measure).name, "statistic": statistic}
    )


def _groups(subject: Subject, match: re.Match[str]) -> Made:
    said = part(match, "columns")
    names = subject.many(said, is_measure) if said else tuple(_alike(subject))
    if not names or not all(subject.profile(name).kind.is_number for name in names):
        raise Unreadable("Groups of similar rows need columns of numbers.")
    if not said:
        subject.assumed.append(f"Rows are alike by {len(names)} columns of numbers.")
    number = count_of(part(match, "count"), 0) if part(match, "count") else 0
    return parse({"kind": "groups", "among": names, "number": number})


def _alike(subject: Subject) -> Sequence[str]:
    return [one.name for one in subject.columns.measures() if one.distinct > 1][:MOST_INPUTS]


def _components(subject: Subject, match: re.Match[str]) -> Made:
    said = part(match, "columns")
    return parse({"kind": "components", "among": subject.many(said, is_measure) if said else tuple(_alike(subject))})


def _of_time(kind: str) -> Callable[[Subject, re.Match[str]], Made]:
    """What builds the method of this kind, which is about a value over time."""

    def build(subject: Subject, match: re.Match[str]) -> Made:
        return parse({"kind": kind, **_timed(subject, part(match, "value"))})

    return build


def _ab_test(subject: Subject, match: re.Match[str]) -> Made:
    data = {"outcome": subject.one(part(match, "outcome")).name, "variant": subject.one(part(match, "variant")).name}
    return parse({"kind": "ab_test"} | data)


def _pairs(subject: Subject, match: re.Match[str]) -> Made:
    before, after = subject.one(part(match, "before")), subject.one(part(match, "after"))
    return parse({"kind": "compare_pairs", "before": before.name, "after": after.name})


def way(pattern: str, build: Callable[[Subject, re.Match[str]], Made]) -> Way:
    return Way(re.compile(pattern, re.IGNORECASE), build)


_N: Final = r"(?P<count>\d+|two|three|four|five|six|seven|eight|nine|ten|twelve|a|an|the|couple(?: of)?|few)"
_UNIT: Final = r"(?P<unit>hours?|days?|weeks?|months?|quarters?|years?)"
_HORIZON: Final = rf"(?: (?:for|over|in|within|during|by|of))?(?: the)?(?: next| coming| following| upcoming)?(?: {_N})?(?: more| next| coming)? {_UNIT}(?: ahead| out| to come)?"
_BY: Final = r"(?:by|per|for each|for every|in each|broken down by)(?: the)?"
_SHOW: Final = (
    r"(?:show(?: me)?|give me|make|create|do|run|draw|compute|calculate|what is|what's|find|get|plot)(?: a| an| the)* ?"
)
_SIGN: Final = r"(?:statistically )?significant(?:ly)?"
_IS: Final = r"(?:is|are|was|were)"

WAYS: Final[tuple[Way, ...]] = (
    way(rf"(?:{_SHOW})?(?:forecast|project|extrapolate|predict|estimate)(?: of| for)?(?: the| future)* (?P<value>.+?)(?: {_BY} (?P<series>(?!next\b).+?))?{_HORIZON}", _forecast),
    way(rf"(?:{_SHOW})?(?:forecast|projection|extrapolate|project)(?: of| for)?(?: the| future)* (?P<value>.+?)(?: {_BY} (?P<series>.+?))?(?: into the future| over time)?", _forecast),
    way(rf"(?:{_SHOW})?(?P<value>.+?) (?:forecast|projection)(?: {_BY} (?P<series>(?!next\b).+?))?(?:{_HORIZON})?", _forecast),
    way(rf"(?:what|how (?:much|high|many|large)) will(?: the)? (?P<value>.+?) (?:be|become|look like|develop|reach){_HORIZON}", _forecast),
    way(rf"how will(?: the)? (?P<value>.+?) (?:develop|change|evolve|grow|look|go on)(?:{_HORIZON})?", _forecast),
    way(r"(?:what|which)(?: (?:columns?|factors?|features?|variables?|things?|fields?))?(?: best| most| really| strongly)* (?:predicts?|drives?|determines?|explains?|influences?|affects?|matters?(?: most)? for|leads? to|(?:is|are)(?: most)? (?:important|predictive|decisive)(?: for| of)|tells?)(?: best| most)?(?: the)? (?P<target>.+?)(?: (?:the )?(?:best|most))?", _predict),
    way(r"(?:what are )?(?:the )?(?:main |key |most important )?(?:drivers?|predictors?|determinants?|feature importances?) (?:of|for|behind)(?: the)? (?P<target>.+)", _predict),
    way(r"(?:train|fit|build|make|create)(?: me)?(?: a| an| the)*(?: \w+)?(?: model| classifier| regression)(?: of| for| to predict| that predicts| predicting| to explain| on)(?: the)? (?P<target>.+?)(?: (?:from|using|with|based on|by|on)(?: the)? (?P<inputs>.+))?", _predict),
    way(r"(?:predict|classify|model|regress)(?: the| whether)* (?P<target>.+?)(?: (?:from|using|with|based on|by|on)(?: the)? (?P<inputs>.+))?", _predict),
    way(r"(?:(?:run|do|make) )?(?:a )?(?:linear |logistic )?regression (?:of|for)(?: the)? (?P<target>.+?) (?:on|from|by|with)(?: the)? (?P<inputs>.+)", _predict),
    way(rf"{_IS} (?:there )?(?:the |a |an |any )?(?:{_SIGN} )?differences?(?: (?:in|of)(?: the)? (?P<measure>.+?))? between(?: the)? (?P<first>.+?) and (?P<second>.+?)(?: {_SIGN})?(?: (?:or|and) (?:just )?(?:by )?chance)?", lambda s, m: _compare(s, m) if _tests(m) else None),
    way(rf"{_IS} (?:there )?(?:the |a |an |any )?(?:{_SIGN} )?differences? between(?: the)? (?P<first>.+?) and (?P<second>.+?)(?: {_SIGN})? (?:in|of|for)(?: the)? (?P<measure>.+?)(?: {_SIGN})?", lambda s, m: _compare(s, m) if _tests(m) else None),
    way(rf"{_IS} (?:there )?(?:the |a |an |any )?(?:{_SIGN} )?differences?(?: (?:in|of)(?: the)? (?P<measure>.+?))? (?:between|by|across|among)(?: the| different| all)* (?P<group>.+?)(?: {_SIGN})?", lambda s, m: _compare(s, m) if _tests(m) else None),
    way(rf"(?:{_IS}|do|does|did)(?: the)? (?P<measure>.+?) (?:(?:{_SIGN} )?(?:different|differs?|vary|varies|higher|lower|greater|larger|smaller|better|worse)(?: {_SIGN})?) (?:between|in|for|of|with|at)(?: the)? (?P<first>.+?) (?:and|than|compared to|from)(?: (?:in|for|of|with|at))?(?: the)? (?P<second>.+)", lambda s, m: _compare(s, m) if _tests(m) else None),
    way(rf"{_IS}(?: the)? (?P<measure>.+?) (?:of|in|for)(?: the)? (?P<first>.+?) and (?P<second>.+?) (?:{_SIGN} )?different(?: {_SIGN})?", lambda s, m: _compare(s, m) if _tests(m) else None),
    way(rf"(?:{_IS}|do|does|did)(?: the)? (?P<measure>.+?) (?:(?:{_SIGN} )?(?:different|differs?|vary|varies)(?: {_SIGN})?) (?:between|by|across|among|with)(?: the| different| all)* (?P<group>.+)", _compare),
    way(rf"(?:{_SHOW})?(?:a )?(?:t-?test|anova|mann-?whitney(?: test)?|kruskal-?wallis(?: test)?|significance test|wilcoxon(?: test)?|test)(?: (?:of|for|on))?(?: the| whether)* (?P<measure>.+?) (?:between|for)(?: the)? (?P<first>.+?) (?:and|vs\.?|versus) (?P<second>.+)", _compare),
    way(rf"(?:{_SHOW})?(?:a )?(?:t-?test|anova|mann-?whitney(?: test)?|kruskal-?wallis(?: test)?|significance test)(?: (?:of|for|on))?(?: the)? (?P<measure>.+?) (?:by|between|across|among|per)(?: the| groups of)* (?P<group>.+)", _compare),
    way(r"(?:does|do|is|are)(?: the)? (?P<measure>.+?) (?:vary more|spread more|more variable|more spread)(?P<spread>)(?: in some)?(?: groups of| between| by| across| among| in)+(?: the)? (?P<group>.+?)(?: than in others)?", _compare),
    way(r"compare the (?:spread|variance|variation)(?P<spread>) of(?: the)? (?P<measure>.+?) (?:between|by|across|among)(?: the| groups of)* (?P<group>.+)", _compare),
    way(r"(?:is|are|was|were)(?: the)? (?P<left>.+?) (?:significantly |statistically )*(?:related|correlated|associated|linked|connected|dependent|independent|tied)(?: to| with| of| on) (?:the )?(?P<right>.+?)(?: significantly)?", _relate),
    way(r"(?:is|are)(?: the)? (?P<left>.+?) and (?P<right>.+?) (?:significantly |statistically )*(?:related|correlated|associated|linked|connected|dependent|independent)(?: of each other)?(?: significantly)?", _relate),
    way(r"(?:does|do|did)(?: the)? (?P<left>.+?) (?:depend on|affect|influence|impact|have an? (?:effect|influence|impact) on|relate to)(?: the)? (?P<right>.+)", lambda s, m: _calendar_or_relate(s, m)),
    way(r"(?:is there )?(?:a |an )?(?:statistically )?(?:significant )?(?:association|dependence|relation(?:ship)?|link|chi-?squared? test|correlation)(?: test)? (?:between|of)(?: the)? (?P<left>.+?) and (?P<right>.+?)(?: (?:statistically )?significant)?", _relate),
    way(r"(?:is|test)(?: the)? (?:association|correlation|relation(?:ship)?|link) (?:between|of)(?: the)? (?P<left>.+?) and (?P<right>.+?)(?: (?:statistically )?significant| for significance)", _relate),
    way(r"(?:run |do )?(?:a )?chi-?squared?(?: test)?(?: of| on| for| between)?(?: the)? (?P<left>.+?) (?:and|by|vs\.?|against|with) (?P<right>.+)", _relate),
    way(r"(?:which|what)(?: (?:columns|numbers|variables|features|fields))? (?:go together|correlate(?: with each other)?|are (?:significantly )?(?:correlated|related|associated)(?: with each other)?|belong together)(?: significantly)?", _relate_all),
    way(rf"(?:{_SHOW})?(?:all )?significant correlations(?: (?:between|of|among) (?P<columns>.+))?", _relate_all),
    way(r"(?:is|are)(?: the)? (?P<column>.+?) (?:values )?normal(?:ly distributed)?", _shape),
    way(r"(?:does|do)(?: the)? (?P<column>.+?) follow (?:a|the) normal distribution", _shape),
    way(r"(?:test|check)(?: the)? (?P<column>.+?) for normality|(?:normality(?: test)?|shapiro(?:-?wilk)?(?: test)?) (?:of|on|for)(?: the)? (?P<other>.+)", lambda s, m: _shape(s, m) if part(m, "column") else parse({"kind": "check_shape", "values": s.one(part(m, "other"), is_measure).name})),
    way(rf"(?:{_SHOW})?(?:a |the )?(?:\d+ ?%? )?confidence interval (?:of|for|around)(?: the)?(?: (?P<statistic>mean|average|median|standard deviation)(?: of)?)?(?: the)? (?P<column>.+)", _interval),
    way(r"how (?:sure|certain|precise|accurate|reliable) is(?: the)?(?: (?P<statistic>mean|average|median|standard deviation)(?: of)?)?(?: the)? (?P<column>.+)", _interval),
    way(rf"(?:cluster|segment|k-?means(?: cluster)?|group similar)(?: the| all| our| my)*(?: (?P<noun>(?!by\b|on\b|using\b|into\b)[\w ]+?))?(?: (?:by|on|using|based on|with|according to)(?: the| their)? (?P<columns>.+?))?(?: into {_N}(?: groups| clusters| segments)?)?", _groups),
    way(rf"(?:{_SHOW})?(?:find |identify |detect )?(?:the )?(?:{_N} )?(?:clusters?|segments?|groups of similar [\w ]+?|similar groups|natural groups)(?: (?:of|in|among)(?: the)? (?P<noun>[\w ]+?))?(?: (?:by|on|using|based on)(?: the)? (?P<columns>.+))?", _groups),
    way(rf"(?:{_SHOW})?(?:pca|principal components?(?: analysis)?)(?: (?:of|on|for|from)(?: the)? (?P<columns>.+))?", _components),
    way(rf"(?:{_SHOW})?(?:trend and season(?:ality|s)?|season(?:ality|al pattern)?(?: and trend)?|seasonal decomposition) (?:of|in)(?: the)? (?P<value>.+)", _of_time("decompose")),
    way(r"decompose(?: the)? (?P<value>.+?)(?: into trend and season(?:ality)?)?", _of_time("decompose")),
    way(r"is there (?:a |any )?(?:season(?:ality)?|seasonal pattern) (?:in|of)(?: the)? (?P<value>.+)", _of_time("decompose")),
    way(rf"(?:{_SHOW})?(?:change points?|level shifts?|structural breaks?|break points?) (?:in|of)(?: the)? (?P<value>.+)", _of_time("change_points")),
    way(r"when did(?: the)? (?:level of )?(?:the )?(?P<value>.+?) (?:shift|jump|break|change level|change suddenly|suddenly change)", _of_time("change_points")),
    way(rf"(?:{_SHOW})?(?:anomal(?:y|ies)|outliers?|unusual (?:days|weeks|months|values|periods)|spikes?|what stands out|what is unusual) (?:in|of)(?: the)? (?P<value>.+?) (?:over|in|through) time", _of_time("time_anomalies")),
    way(r"(?:which|what) (?:days|weeks|months|periods) (?:are|were) (?:unusual|anomalous|outliers|abnormal) (?:in|for)(?: the)? (?P<value>.+)", _of_time("time_anomalies")),
    way(rf"(?:{_SHOW})?(?:calendar|weekday|day of (?:the )?week|month) effects? (?:on|in|of|for)(?: the)? (?P<value>.+)", _of_time("calendar_effects")),
    way(rf"(?:{_SHOW})?a/?b[- ]test(?: of| for| on)?(?: the)? (?P<outcome>.+?) (?:by|between|with|and)(?: the)? (?P<variant>.+)", _ab_test),
    way(r"(?:run |do )?(?:a )?paired (?:t-?)?test (?:of|on|for|between)(?: the)? (?P<before>.+?) (?:and|vs\.?|versus|with) (?P<after>.+)", _pairs),
)  # fmt: skip


def _tests(match: re.Match[str]) -> bool:
    """Whether chance is asked about, not only how large the difference is."""
    return bool(re.search(r"(?i)\bsignifican|\bchance\b", match[0]))


def _calendar_or_relate(subject: Subject, match: re.Match[str]) -> Made:
    if re.fullmatch(
        r"(?i)(?:the )?(?:weekday|day of (?:the )?week|month|calendar|season|hour)(?: of .+)?", part(match, "right")
    ):
        return parse({"kind": "calendar_effects", **_timed(subject, part(match, "left"))})
    return _relate(subject, match)
