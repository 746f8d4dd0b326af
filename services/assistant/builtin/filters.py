"""What the question says about which rows count: comparisons, values, dates, and / or."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

import re
from typing import Final

from services.assistant.builtin.columns import is_measure
from services.assistant.builtin.intent import Condition, Grain, Having, Op, Scalar
from services.assistant.builtin.lexicon import ADJECTIVES
from services.assistant.builtin.question import Draft, Period, Unreadable
from services.assistant.builtin.resolve import column
from services.domain import ColumnProfile, Kind, Semantic

_AMOUNT: Final = r"(?=\s*N\d|\s*D\d|\s*C\d)"
_OPS: Final[tuple[tuple[str, str], ...]] = (
    (r"(?:is |are |was )?(?:not |does not |do not )(?:equals?(?: to)?|the same as)|!=|<>", "op_ne"),
    (rf"(?:is |are |was |were )?(?:greater|more|higher|larger|bigger) than or equals? to|>=|at least{_AMOUNT}|not less than|no (?:less|fewer) than|minimum of{_AMOUNT}", "op_ge"),
    (rf"(?:is |are |was |were )?(?:less|lower|smaller|fewer) than or equals? to|<=|at most{_AMOUNT}|not more than|no (?:more|greater|higher|larger) than|maximum of{_AMOUNT}|up to{_AMOUNT}", "op_le"),
    (rf"(?:is |are |was |were )?(?:(?:greater|more|higher|larger|bigger) than|(?:over|above|exceed(?:s|ing)?|beyond){_AMOUNT})|>", "op_gt"),
    (rf"(?:is |are |was |were )?(?:(?:less|lower|smaller|fewer) than|(?:under|below){_AMOUNT})|<", "op_lt"),
    (r"(?:is |are |was |were )?(?:equals? to|equals|exactly)|==|=", "op_eq"),
    (r"(?:that |which |who |whose |and )?(?:do not|does not|not|without) (?:contain(?:s|ing)?|include|have) (?:the )?(?:letter|substring|word|string|text)s?|(?:do not|does not|not) contain(?:s|ing)?(?= Q| V)", "op_lacks"),
    (r"(?:that |which |who |whose |and )?(?:contain(?:s|ing)?|includ(?:e|es|ing)|with|has|have|having) (?:the )?(?:letter|substring|word|string|text)s?|contain(?:s|ing)?(?= Q| V| '| \")", "op_has"),
    (r"(?:that |which |who |whose )?(?:start(?:s|ing)?|begin(?:s|ning)?) with(?: the)?(?: letter| word)?", "op_starts"),
    (r"(?:that |which |who |whose )?(?:end(?:s|ing)?) with(?: the)?(?: letter| word)?", "op_ends"),
    (r"(?:is|are|was|were) not (?:missing|null|empty|blank|na|nan|unknown)|(?:is|are) (?:present|known|given)", "op_present"),
    (r"(?:is|are|was|were) (?:missing|null|empty|blank|na|nan|unknown)|(?:has|have|with|having) (?:no|missing)(?= C)|missing(?= C)|without(?: a| an| any)?(?= C)", "op_missing"),
    (r"(?:other than|except(?: for)?|excluding|but not|apart from|outside(?: of)?|not (?:in|from|at|on|for|by|of)|(?:is|are|was|were|do|does|did|has|have) not(?: in| from| have)?|not(?= V| Q))", "op_not"),
)  # fmt: skip
_COMPARE: Final = {"op_gt": Op.GT, "op_ge": Op.GE, "op_lt": Op.LT, "op_le": Op.LE, "op_eq": Op.EQ, "op_ne": Op.NE}
_TEXT: Final = {"op_has": Op.CONTAINS, "op_lacks": Op.LACKS, "op_starts": Op.STARTS, "op_ends": Op.ENDS}
_FILL: Final = r"(?:(?:whose|where|with|that|which|who|a|an|the|of|is|are|was|were|be|have|has|had|having|value|values|in|for|total|and|by|it|its|their|or) )*"
_NEAR: Final = r"(?:(?:is|are|was|were|of|value|values|be|has|have|that|the|a) )*"
_LINK: Final = r"(?:whose |where |with |that |which |who |having |for |when |if |only |and |are |is |in |the |a |an |have |has |of )*"
_BETWEEN: Final = r"(?:in the range (?:of )?|ranging |range )?(?:between|from)"


def read_filters(draft: Draft) -> None:
    """Turns every condition of the sketch into a mark `F0`, then puts the marks together."""
    _write_operators(draft)
    for reader in (
        _read_between,
        _read_text,
        _read_missing,
        _read_comparison,
        _read_dates,
        _read_values,
        _read_leading,
    ):
        while reader(draft):
            pass
    _combine(draft)


def _write_operators(draft: Draft) -> None:
    text = draft.text
    text = re.sub(r"\b(\w+) than (?=(?:or equal to )?\$?N\d)", lambda m: _older(draft, m), text)
    for pattern, name in _OPS:
        text = re.sub(rf"(?<!\w)(?:{pattern})(?!\w)", f" {name} ", text)
    text = re.sub(r"(?<= )(N\d+) (?:or|and) (?:more|higher|above|over|greater|older)\b", r" op_ge \1 ", text)
    text = re.sub(r"(?<= )(N\d+) or (?:less|lower|fewer|below|under|younger)\b", r" op_le \1 ", text)
    draft.text = re.sub(r"\s+", " ", text)


def _older(draft: Draft, match: re.Match[str]) -> str:
    """ "older than 40" as "C7 op_gt 40"; other comparatives stay as they are."""
    adjective = ADJECTIVES.get(match[1])
    found = draft.columns.speaking_of(adjective[0]) if adjective else None
    if adjective is None or found is None:
        return match[0]
    return f" {_new_mention(draft, found)} {'op_gt' if adjective[1] else 'op_lt'} "


def _new_mention(draft: Draft, found: ColumnProfile) -> str:
    from services.assistant.builtin.columns import Candidate
    from services.assistant.builtin.question import ColumnMention

    draft.mentions = [*draft.mentions, ColumnMention(found.name, (Candidate(found, 1.0),))]
    return f"C{len(draft.mentions) - 1}"


def _put(draft: Draft, span: tuple[int, int], *conditions: Condition) -> bool:
    """Stores alternatives and leaves their mark in the sketch."""
    draft.filters.append(conditions)
    draft.erase(*span, mark=f"F{len(draft.filters) - 1}")
    return True


def _number(draft: Draft, mark: str, target: ColumnProfile) -> Scalar:
    """The number of a mark N or year of a mark D, fitted to the column."""
    if mark.startswith("D"):
        period = draft.periods[int(mark[1:])]
        return period.year if period.year is not None else period.first
    token = draft.numbers[int(mark[1:])]
    number = token.number or 0.0
    if token.percent and target.high is not None and _is_share(target):
        number /= 100
    if not target.kind.is_number:
        return token.text
    return int(number) if float(number).is_integer() else number


def _is_share(target: ColumnProfile) -> bool:
    try:
        return float(target.high or "nan") <= 1.0
    except ValueError:
        return False


def _is_orderable(profile: ColumnProfile) -> bool:
    return profile.kind.is_number or profile.kind.is_date


def _read_between(draft: Draft) -> bool:
    number = r"(?:[$])?((?:N|D)\d+)"
    pattern = rf"\b(?:{_LINK})(?:(C\d+) {_NEAR})?(?P<no>op_not )?{_BETWEEN} {number}(?: and | to | - | through | until ){number}(?: (?:of |in )?(C\d+))?"
    match = re.search(pattern, draft.text)
    if match is None:
        return False
    named = match[1] or match[5]
    if named and not match[1] and not _is_orderable(column(draft, named, _is_orderable)):
        named = ""
    end = match.end() if named or not match[5] else match.start(5)
    if match[3].startswith("D") and (not named or column(draft, named, _is_orderable).kind.is_date):
        first, last = draft.periods[int(match[3][1:])], draft.periods[int(match[4][1:])] if match[4][0] == "D" else None
        if last is not None:
            target = column(draft, named, lambda one: one.kind.is_date) if named else _date_column(draft)
            return _put(draft, (match.start(), end), _within(target, first.first, last.last, first.year, last.year))
    target = column(draft, named, _is_orderable) if named else _only_measure(draft, match[0])
    low, high = _number(draft, match[3], target), _number(draft, match[4], target)
    return _put(draft, (match.start(), end), Condition(column=target.name, op=Op.BETWEEN, values=(low, high)))


def _within(target: ColumnProfile, first: str, last: str, year: int | None, until: int | None) -> Condition:
    if target.kind.is_number:
        low, high = year or int(first[:4]), until or int(last[:4])
        if low == high:
            return Condition(column=target.name, op=Op.EQ, values=(low,))
        return Condition(column=target.name, op=Op.BETWEEN, values=(low, high))
    return Condition(column=target.name, op=Op.BETWEEN, values=(first, last))


def _date_column(draft: Draft) -> ColumnProfile:
    """The column that says when; said so when there are several."""
    dates = draft.columns.dates()
    if not dates:
        raise Unreadable("This table has no date column.")
    if len(dates) > 1:
        said = draft.question.casefold()
        named = [
            one
            for one in dates
            if any(len(w) > 3 and w in said for w in draft.columns.words[one.name] if w not in ("date", "year", "time"))
        ]
        chosen = named[0] if named else dates[0]
        note = f"Dates are read from “{chosen.name}”."
        if note not in draft.assumed:
            draft.assumed.append(note)
        return chosen
    return dates[0]


def _only_measure(draft: Draft, said: str) -> ColumnProfile:
    """The number column a bare comparison speaks of, when only one can be meant."""
    marks = [f"C{at}" for at, mention in enumerate(draft.mentions) if is_measure(mention.candidates[0].column)]
    named = {column(draft, mark, is_measure).name for mark in marks if mark in draft.text}
    measures = [one for one in draft.columns.measures() if not named or one.name in named]
    if len(measures) == 1:
        return measures[0]
    if not measures:
        raise Unreadable("This table has no number column to compare.")
    from services.assistant.builtin.words import lemma

    listed = ", ".join(f"“{one.name}”" for one in measures[:4])
    number = next((draft.numbers[int(m[1:])].text for m in re.findall(r"N\d+", said)), "")
    readings = [_with_column(draft.question, number, one.name) for one in measures[:4]]
    _ = lemma
    raise Unreadable(f"Which number should be compared with {number or 'that'}: {listed}?", readings)


def _with_column(question: str, number: str, name: str) -> str:
    """The question with the column written before its comparison."""
    pattern = rf"((?:is |are )?(?:over|above|under|below|more than|less than|greater than|at least|at most|between|higher than|lower than|fewer than|>=|<=|>|<)\s*\$?{re.escape(number)})"
    return re.sub(pattern, lambda m: f'with "{name}" {m[1]}', question, count=1)


def _read_text(draft: Draft) -> bool:
    ops = "|".join(_TEXT)
    pattern = rf"\b{_LINK}(?:(C\d+) {_NEAR})?({ops}) (?:the )?(Q\d+|V\d+|N\d+|[a-z0-9]+)(?: (?:in|on) (?:the |their |its )*(C\d+))?"
    match = re.search(pattern, draft.text)
    if match is None:
        return False
    named = match[1] or match[4]
    if named is None:
        before = re.findall(r"C\d+", draft.text[: match.start()])
        named = before[-1] if before else ""
    if not named:
        raise Unreadable("Which column should contain this text?")
    target = column(draft, named, lambda one: one.kind is Kind.TEXT)
    condition = Condition(column=target.name, op=_TEXT[match[2]], values=(_text_of(draft, match[3]),))
    return _put(draft, match.span(), condition)


def _text_of(draft: Draft, mark: str) -> str:
    if re.fullmatch(r"[QVN]\d+", mark):
        at = int(mark[1:])
        return (
            draft.quotes[at] if mark[0] == "Q" else draft.values[at].text if mark[0] == "V" else draft.numbers[at].text
        )
    return mark


def _read_missing(draft: Draft) -> bool:
    match = re.search(
        rf"\b{_LINK}(C\d+) (?:values? )?(op_missing|op_present)|\b{_LINK}(op_missing|op_present) (C\d+)(?: values?)?",
        draft.text,
    )
    if match is None:
        return False
    target = column(draft, match[1] or match[4])
    op = Op.MISSING if (match[2] or match[3]) == "op_missing" else Op.PRESENT
    return _put(draft, match.span(), Condition(column=target.name, op=op))


def _read_comparison(draft: Draft) -> bool:
    ops = "|".join(_COMPARE)
    pattern = rf"\b{_LINK}(?:(C\d+) {_NEAR})?({ops}) ?[$]?((?:N|D)\d+)(?P<unit> (?:of |in |usd |dollars? |years? |percent )*(C\d+))?"
    match = re.search(pattern, draft.text)
    if match is None:
        return False
    if _is_having(draft, match):
        return True
    named, end = match[1], match.end()
    if named is None and match[5] and not re.match(r"[^.]*\b(?:by|per|each) $", match["unit"][: -len(match[5])]):
        later = column(draft, match[5], is_measure)
        named = match[5] if is_measure(later) else None
    if match[5] and named != match[5]:
        end = match.start("unit")
    target = column(draft, named, _is_orderable) if named else _previous_target(draft, match)
    condition = _comparison(draft, target, _COMPARE[match[2]], match[3])
    return _put(draft, (match.start(), end), condition)


def _previous_target(draft: Draft, match: re.Match[str]) -> ColumnProfile:
    """ "price over 1000 or lower than 500": the second comparison speaks of the column of the first."""
    before = re.search(r"F(\d+)[ ,]*(?:or|and|but)? ?$", draft.text[: match.start()] + " ")
    before = before or re.search(r"F(\d+)[ ,]*$", draft.text[: match.start()].rstrip())
    linked = re.match(r"\s*(?:or|and|but)\b", match[0]) or re.search(r"(?:or|and|but) $", draft.text[: match.start()])
    if before and linked:
        found = draft.columns.profile.column(draft.filters[int(before[1])][0].column)
        if found and _is_orderable(found):
            return found
    if match[3].startswith("D"):
        return _date_column(draft)
    return _only_measure(draft, match[0])


def _comparison(draft: Draft, target: ColumnProfile, op: Op, mark: str) -> Condition:
    if target.kind.is_date and mark.startswith("D"):
        period = draft.periods[int(mark[1:])]
        edges = {Op.GT: period.last, Op.GE: period.first, Op.LT: period.first, Op.LE: period.last}
        if op in edges:
            return Condition(column=target.name, op=op, values=(edges[op],))
        if op is Op.EQ:
            return Condition(column=target.name, op=Op.BETWEEN, values=(period.first, period.last))
    if target.kind.is_date and mark.startswith("N"):
        return Condition(column=target.name, op=op, values=(_number(draft, mark, target),), part=Grain.YEAR)
    if not target.kind.is_number and op not in (Op.EQ, Op.NE):
        raise Unreadable(f"“{target.name}” holds no numbers, so it cannot be compared with {_said(draft, mark)}.")
    return Condition(column=target.name, op=op, values=(_number(draft, mark, target),))


def _said(draft: Draft, mark: str) -> str:
    at = int(mark[1:])
    return draft.numbers[at].text if mark[0] == "N" else draft.periods[at].text


def _is_having(draft: Draft, match: re.Match[str]) -> bool:
    """ "regions with more than 5 orders": a condition on the count of the group, not on a row."""
    tail = draft.text[match.end() if not match[5] else match.start("unit") :]
    follows = re.match(r" (orders|rows|records|entries|times|items|occurrences|C\d+)\b", tail)
    before = re.search(
        r"(C\d+)s? (?:that |which |who |with |having |have |has |had )*$", draft.text[: match.start()] + " "
    )
    counted = re.match(rf"{_LINK}(?:number|count) of", match[0])
    if match[1] or (not follows and not counted):
        return False
    if follows and follows[1][0] == "C" and is_measure(column(draft, follows[1])):
        return False
    group = before[1] if before else next(iter(re.findall(r"C\d+", match[0][: match.start(2) - match.start()])), "")
    if not group or is_measure(column(draft, group)) or not match[3].startswith("N"):
        return False
    op = _COMPARE[match[2]]
    draft.having = Having(op=op, values=(float(draft.numbers[int(match[3][1:])].number or 0),))
    end = (match.end() if not match[5] else match.start("unit")) + (follows.end() if follows else 0)
    draft.erase(match.start(), end, mark="topped")
    if group not in draft.text:
        draft.erase(match.start(), match.start(), mark=group)
    return True


def _read_dates(draft: Draft) -> bool:
    lead = r"(?P<how>in|during|for|on|of|at|from|since|after|before|until|till|by|op_\w+|starting(?: from)?|through|op_not)?"
    match = re.search(
        rf"\b(?:{_LINK})(?:(C\d+) {_NEAR})?{lead} ?(?:the )?(?:year |month |month of )?(D\d+)(?P<on> onwards?| or later| and later| or earlier)?",
        draft.text,
    )
    if match is None:
        return False
    period = draft.periods[int(match[3][1:])]
    named = match[1] and column(draft, match[1], _is_orderable)
    how, start = match["how"] or "in", match.start()
    if named and not (named.kind.is_date or named.semantic is Semantic.YEAR):
        if named.kind.is_number and period.year is not None:
            return _put(draft, match.span(), Condition(column=named.name, op=Op.EQ, values=(period.year,)))
        named, start = None, match.start(2) if match["how"] else match.start(3)
    target = named or _date_column(draft)
    return _put(draft, (start, match.end()), _dated(target, period, how, match["on"] or ""))


def _dated(target: ColumnProfile, period: Period, how: str, on: str) -> Condition:
    if period.month is not None and not period.first:
        if target.kind.is_number:
            raise Unreadable(f"“{target.name}” holds years only, so months cannot be told apart.")
        return Condition(column=target.name, op=Op.EQ, values=(period.month,), part=Grain.MONTH_OF_YEAR)
    value: Scalar = period.first
    ops = {
        "since": Op.GE,
        "starting": Op.GE,
        "starting from": Op.GE,
        "after": Op.GT,
        "before": Op.LT,
        "until": Op.LE,
        "till": Op.LE,
        "through": Op.LE,
    }
    op = Op.GE if "later" in on or "onward" in on else Op.LE if "earlier" in on else ops.get(how)
    if how == "op_not" or how == "op_ne":
        op = Op.NE
    if target.kind.is_number:
        year = period.year if period.year is not None else int(period.first[:4])
        if op is None and period.year is None:
            raise Unreadable(f"“{target.name}” holds years only, so {period.text} cannot be told apart.")
        return Condition(column=target.name, op=op or Op.EQ, values=(year,))
    if op is Op.NE and period.year is not None:
        return Condition(column=target.name, op=Op.NE, values=(period.year,), part=Grain.YEAR)
    if op is None:
        if period.year is not None:
            return Condition(column=target.name, op=Op.EQ, values=(period.year,), part=Grain.YEAR)
        return Condition(column=target.name, op=Op.BETWEEN, values=(period.first, period.last))
    value = period.last if op in (Op.GT, Op.LE) else period.first
    return Condition(column=target.name, op=op, values=(value,))


def _read_values(draft: Draft) -> bool:
    lead = r"(?:(?:named|called|titled|worth|by|from|to|at|on|for|in|of|as|type|equal|op_eq) )*"
    pattern = rf"\b(?:{_LINK})(?:(C\d+)s? {_NEAR}{lead}(?:either )?)?(?P<no>op_not |op_ne )?(?:op_eq )?{lead}(?:the )?(?P<list>V\d+(?:(?: ?, ?| or | and | ?, ?or | ?, ?and | nor )(?:in |from |the |is |are )*(?:V\d+))*)(?: (C\d+))?"
    match = re.search(pattern, draft.text)
    if match is None:
        return False
    marks = re.findall(r"V\d+", match["list"])
    named = match[1]
    end = match.end()
    if match[4] and not _holds(draft, match[4], marks):
        end = match.start(4)
    start = match.start()
    if named and not _holds(draft, named, marks):
        start = match.end(1)
        named = None
    if named is None and match[4] and end == match.end():
        named = match[4]
    return _put(draft, (start, end), *_equalities(draft, marks, named, bool(match["no"])))


def _holds(draft: Draft, mark: str, values: list[str]) -> bool:
    """Whether a column the mark may mean holds the first value."""
    hits = {hit.column for hit in draft.values[int(values[0][1:])].hits}
    return any(one.column.name in hits for one in draft.mentions[int(mark[1:])].candidates)


def _equalities(draft: Draft, marks: list[str], named: str | None, negated: bool) -> list[Condition]:
    """The values as alternatives: those of one column together."""
    by_column: dict[str, list[Scalar]] = {}
    for mark in marks:
        target, values = _value(draft, mark, named)
        by_column.setdefault(target, []).extend(values)
    found = []
    for name, values in by_column.items():
        single = len(values) == 1
        op = (Op.NE if single else Op.NOT_IN) if negated else (Op.EQ if single else Op.IN)
        found.append(Condition(column=name, op=op, values=tuple(dict.fromkeys(values))))
    return found


def _value(draft: Draft, mark: str, named: str | None) -> tuple[str, list[Scalar]]:
    """The column a value stands in, and every way the value is written there."""
    mention = draft.values[int(mark[1:])]
    hits = list(mention.hits)
    if named:
        allowed = {one.column.name for one in draft.mentions[int(named[1:])].candidates}
        hits = [hit for hit in hits if hit.column in allowed] or hits
    columns = list(dict.fromkeys(hit.column for hit in hits))
    if len(columns) > 1:
        columns = _plausible(draft, columns)
    if len(columns) > 1:
        listed = ", ".join(f"“{name}”" for name in columns[:4])
        readings = [_with_value_column(draft.question, mention.text, name) for name in columns[:4]]
        raise Unreadable(f"“{mention.text}” stands in {listed}. Which one do you mean?", readings)
    profile = draft.columns.profile.column(columns[0])
    values: list[Scalar] = [hit.value for hit in hits if hit.column == columns[0]]
    if profile and profile.kind is Kind.BOOLEAN:
        values = [value in ("true", "True", True) for value in values]
    return columns[0], values


def _plausible(draft: Draft, columns: list[str]) -> list[str]:
    """Short categories win over free text and identifiers."""
    profiles = [one for name in columns if (one := draft.columns.profile.column(name))]
    kept = [one.name for one in profiles if one.semantic not in (Semantic.TEXT, Semantic.ID)]
    if len(kept) > 1:
        exact = [
            one.name
            for one in profiles
            if one.name in kept and not any(w in ("name", "title") for w in draft.columns.words[one.name])
        ]
        kept = exact or kept
    return kept or columns


def _with_value_column(question: str, text: str, name: str) -> str:
    return re.sub(rf"[\"'“]?\b{re.escape(text)}\b[\"'”]?", lambda m: f'where "{name}" is "{text}"', question, count=1)


def _read_leading(draft: Draft) -> bool:
    """ "class 3", "store is 12", "name is \"Bob\"": a column followed by a number or a quoted text."""
    match = re.search(
        rf"\b{_LINK}(C\d+) ((?:op_eq |op_ne |op_not |is |are |was |of |number |named |called )*)((?:N|Q)\d+)((?: or | and | ?, ?)(?:N|Q)\d+)*",
        draft.text,
    )
    if match is None:
        return False
    marks = re.findall(r"[NQ]\d+", draft.text[match.start(3) : match.end()])
    target = column(draft, match[1], _fits(marks[0]))
    values: list[Scalar] = [_text_of(draft, mark) if mark[0] == "Q" else _number(draft, mark, target) for mark in marks]
    if marks[0][0] == "Q":
        _refuse_absent(target, str(values[0]))
    negated = "op_ne" in match[2] or "op_not" in match[2]
    single = len(values) == 1
    op = (Op.NE if single else Op.NOT_IN) if negated else (Op.EQ if single else Op.IN)
    return _put(draft, match.span(), Condition(column=target.name, op=op, values=tuple(values)))


def _fits(mark: str):  # type: ignore[no-untyped-def]
    return (
        (lambda one: one.kind.is_number or one.kind is Kind.TEXT)
        if mark[0] == "N"
        else (lambda one: one.kind is Kind.TEXT)
    )


def _refuse_absent(target: ColumnProfile, text: str) -> None:
    raise Unreadable(f"No row has “{text}” in “{target.name}”.", missing=target.name)


def _combine(draft: Draft) -> None:
    """ "F0 or F1" become alternatives; every other mark stands on its own. Erases them all."""
    joined = re.compile(r"F(\d+)((?: ?,? ?or ,?F\d+| ?,? ?or F\d+)+)")
    used: set[int] = set()
    while match := joined.search(draft.text):
        marks = [int(one) for one in re.findall(r"F(\d+)", match[0])]
        draft.where.append(tuple(condition for at in marks for condition in draft.filters[at]))
        used.update(marks)
        draft.erase(*match.span(), mark="filtered")
    for mark in re.findall(r"F(\d+)", draft.text):
        draft.where.append(draft.filters[int(mark)])
    draft.text = re.sub(r"(?:(?:,|and|but|who|that|with|whose|where) )*\bF\d+\b", " filtered ", draft.text)
