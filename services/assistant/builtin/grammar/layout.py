"""What the question says about form: the chart, the order, the number of rows."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

import re
from typing import Final

from services.assistant.builtin.intent import Chart, Sort
from services.assistant.builtin.language.columns import Candidate, is_measure
from services.assistant.builtin.language.lexicon import ADJECTIVES, CHARTS
from services.assistant.builtin.language.question import ColumnMention, Draft
from services.assistant.builtin.language.resolve import column

_LEAD: Final = r"(?:(?:and )?(?:show(?: (?:me|the|it|them|this|that))?(?: comparison| result)?|give me|draw|plot|return|make|create|visuali[sz]e|display|present)? ?(?:(?:it|them|this|that|the result|the comparison|results) )?(?:in|with|by|as|using|on|via|through|into|to|of|for)? ?(?:a|an|the)? ?)"
_WORD: Final = r"(?: ?(?:chart|graph|plot|diagram|figure)s?)"
_LOOSE: Final = frozenset(
    {Chart.PIE, Chart.HISTOGRAM, Chart.HEATMAP, Chart.SCATTER, Chart.STACKED_BAR, Chart.GROUPED_BAR}
)

_DIRECTION: Final = (
    r"(?P<dir>asc(?:end(?:ing)?)?|desc(?:end(?:ing)?)?|increasing|decreasing|reverse alphabetical(?:ly)?|alphabetical(?:ly)?|"
    r"(?:from )?(?:the )?(?:low|lowest|small|smallest|least|fewest) to (?:the )?(?:high|highest|large|largest|big|biggest|most)|"
    r"(?:from )?(?:the )?(?:high|highest|large|largest|big|biggest|most) to (?:the )?(?:low|lowest|small|smallest|least|fewest)|"
    r"(?:from )?a to z|(?:from )?z to a|(?:highest|largest|biggest|most) first|(?:lowest|smallest) first|"
    r"chronological(?:ly)?)(?: order)?(?: manner)?"
)
_VERB: Final = r"(?:order(?:ed)?|sort(?:ed)?|rank(?:ed)?|list(?:ed)?|show|display(?:ed)?|arranged?|organi[sz]e[d]?)"
_AGG: Final = r"(?:total|sum|average|avg|mean|median|max|maximum|min|minimum|maximal|minimal)"
_TARGET: Final = (
    r"(?P<target>(?:x|y)(?: axis)?|axis|bars?|(?:the )?(?:total )?(?:number|count|amount)(?: of (?:the )?(?:C\d+|[a-z]+))?|"
    r"(?:the )?total(?: C\d+)?|how many (?:C\d+|[a-z]+)|how many|frequency|"
    rf"{_AGG}(?: of)?(?: the)? ?(?:C\d+)?|names?|values?|C\d+)"
)
_FILL: Final = r"(?:(?:by|from|the|to|it|them|of|their|its|in|on|for|all|this) )*"
_SORTS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{_VERB} {_FILL}{_TARGET} (?:(?:in|from|with|to|by|an|a|the) )*{_DIRECTION}",
        rf"\b(?:{_VERB} )?{_FILL}{_DIRECTION},? (?:(?:by|of|on|for|according to|based on|with|in) )+(?:(?:the|their|its|attribute) )*{_TARGET}",
        rf"\b(?:{_VERB} )?{_FILL}{_DIRECTION}(?P<target>)",
        rf"\b(?:in|by) (?:the )?order of (?:(?:the|their|its) )*{_TARGET}(?P<dir>)",
        rf"\b(?:order|sort|rank|arrange)(?:ed|d)? (?:(?:it|them) )?by (?:(?:the|their|its) )*{_TARGET}(?P<dir>)",
    )
)
_DESCENDING: Final = re.compile(r"^(?:desc|decreas|reverse|z to a|from z|(?:from )?(?:the )?(?:high|large|big|most))")
_EST: Final = re.compile(r"\bfrom (?:the )?(\w+) to (?:the )?(\w+)\b")


def read_chart(draft: Draft) -> None:
    """Finds and erases the chart that is asked for."""
    if match := re.search(
        r"\b(?:no|without(?: a| any)?) (?:chart|graph|plot)s?\b|\b(?:as a |in a )?table only\b", draft.text
    ):
        draft.chart = Chart.NONE
        draft.erase(*match.span())
        return
    draft.text = re.sub(r"\bscatter ?plots?\b", "scatter plot", re.sub(r"\bbox ?plots?\b", "box plot", draft.text))
    for pattern, chart in CHARTS:
        ending = rf"{_WORD}?" if chart in _LOOSE else _WORD
        bare = rf"|\b(?:as|in) (?:an? )?{pattern}s?(?= ?$| ?[.,?])|^(?:an? |show |draw |plot |make |create )*{pattern}s?(?= of | for )"
        if match := re.search(rf"\b{_LEAD}{pattern}{ending}\b{bare}", draft.text):
            draft.chart = chart
            draft.erase(*match.span(), mark=",")
            _grouped(draft, match[0])
            return


def _grouped(draft: Draft, said: str) -> None:
    """ "grouped line chart" on top of the plain kind: two keys are expected, nothing else changes."""
    if re.search(r"(?:chart|graph|plot)s? showing", said):
        draft.spread = draft.spread or draft.chart is Chart.HISTOGRAM


def read_order(draft: Draft) -> None:
    """Finds and erases how the answer is to be ordered."""
    if draft.sort is not None or _order_by_adjectives(draft):
        return
    for pattern in _SORTS:
        if match := pattern.search(draft.text):
            draft.sort = _sort(draft, match["target"] or "", match["dir"] or "", match[0])
            draft.erase(*match.span(), mark=",")
            return


def _sort(draft: Draft, target: str, direction: str, said: str) -> Sort:
    clean = re.sub(r"^the ", "", target.strip())
    descending = bool(_DESCENDING.match(direction))
    if re.fullmatch(r"x(?: axis)?|bars?|axis|names?", clean):
        return Sort(by="key", descending=descending)
    if re.fullmatch(r"C\d+", clean):
        found = column(draft, clean)
        return Sort(
            by="column", column=found.name, descending=descending or (not direction and said.startswith("rank"))
        )
    if clean:
        return Sort(by="measure", descending=descending or not direction)
    if re.search(r"alphabetical|a to z|z to a|chronological", direction):
        return Sort(by="key", descending=descending)
    return Sort(by="", descending=descending)


def _order_by_adjectives(draft: Draft) -> bool:
    """ "from the oldest to the youngest": the column the two adjectives speak of."""
    for match in _EST.finditer(draft.text):
        first, second = ADJECTIVES.get(match[1]), ADJECTIVES.get(match[2])
        if first is None or second is None:
            continue
        if found := draft.columns.speaking_of(first[0]):
            draft.sort = Sort(by="column", column=found.name, descending=first[1])
            draft.erase(*match.span())
            return True
    return False


_HIGH: Final = r"(?:most|highest|largest|biggest|greatest|best|top|maximum|max|strongest|richest|latest|newest)"
_LOW: Final = r"(?:fewest|least|lowest|smallest|worst|bottom|minimum|min|poorest|earliest)"
_ADJECTIVE: Final = r"(?:most |least )?(?:" + "|".join(sorted(ADJECTIVES, key=len, reverse=True)) + r")"
_SUPERLATIVES: Final = "|".join(one for one in ADJECTIVES if one.endswith("st"))
_HAS: Final = (
    r"(?:(?:has|have|had|with|is|are|was|were|having|that|who|which|generated?|gets?|got|sold|sells?|makes?|made|"
    r"earned|earns?|received?|receives?|did|does|do|the|by|of|in|there|comes?|won|scored|produced?|produces|brings?|in|"
    r"shows?|showed|saw|sees|see|recorded|record|contains?|cost|costs|spent|spends) )*"
)


def read_limit(draft: Draft) -> None:
    """Finds "top 5", "the 3 cheapest", "which … has the most …" and sets limit, order and winner."""
    for reader in (
        _read_top,
        _read_numbered,
        _read_newest,
        _read_rows_limit,
        _read_selling,
        _read_most_of,
        _read_season,
        _read_winner,
        _read_adjective,
        _read_bare_top,
    ):
        if reader(draft):
            return


def _descending(draft: Draft, descending: bool, named: str = "") -> None:
    if draft.sort is None:
        draft.sort = Sort(by="column" if named else "measure", column=named, descending=descending)


def _read_top(draft: Draft) -> bool:
    match = re.search(
        rf"\b(?:the )?(top|bottom|best|worst|highest|lowest|largest|smallest|biggest) N(\d+)(?! (?:most |least )?(?:{_SUPERLATIVES})\b)(?: most| highest| largest| biggest| best| lowest)?\b",
        draft.text,
    )
    if match is None:
        return False
    draft.limit = _whole(draft, match[2])
    low = match[1] in ("bottom", "worst", "lowest", "smallest")
    _descending(draft, not low)
    draft.erase(*match.span(), mark="topped")
    return True


def _read_numbered(draft: Draft) -> bool:
    """ "the 5 cheapest products", "3 regions with the highest revenue"."""
    which = re.search(r"\b(?:which|what|who) N\d", draft.text)
    noun = rf"[CE]\d+) {_HAS}" if which else r"[CE]\d+|[a-z]+) (?:with|having|that have|by) (?:the )?"
    match = re.search(
        rf"\b(?:top )?N(\d+) (?:({noun})?((?:{_HIGH}|{_LOW})(?! (?:{'|'.join(ADJECTIVES)}))|{_ADJECTIVE})\b", draft.text
    )
    if match is None:
        return False
    draft.limit = _whole(draft, match[1])
    noun = match[2] or ""
    draft.erase(*match.span(), mark=f"topped {noun} by" if noun else "topped")
    _by_superlative(draft, match[3])
    return True


def _by_superlative(draft: Draft, said: str) -> None:
    """Orders by the column an adjective speaks of, or by the measure."""
    words = said.split()
    adjective = ADJECTIVES.get(words[-1])
    if adjective is None:
        _descending(draft, not re.fullmatch(rf"{_LOW}|fewer|lower|smaller", said))
        return
    turned = words[0] == "least"
    found = draft.columns.speaking_of(adjective[0], high=adjective[1] != turned)
    _descending(draft, adjective[1] != turned, found.name if found else "")
    if found is None:
        draft.erase(len(draft.text), len(draft.text), mark=words[-1])


def _read_rows_limit(draft: Draft) -> bool:
    match = re.search(
        r"\b(?:the )?(?:first|limit(?:ed)?(?: to| it to)?|only(?: the)?(?: first)?) N(\d+)(?: (?:rows?|records?|results?|entries|lines?))?(?= ?(?:$|[.,?]|of|rows|C\d))",
        draft.text,
    )
    if match is None or re.search(r"op_", match[0]):
        return False
    draft.limit = _whole(draft, match[1])
    draft.erase(*match.span(), mark="topped")
    return True


def _read_selling(draft: Draft) -> bool:
    """ "best selling product", "most popular region": the winner by quantity or by rows."""
    match = re.search(
        r"\b(?:which|what|who)?(?: is| are)? ?(?:the )?(best|top|most|worst|least)[ -](selling|sold|popular|common|frequent|frequently|commonly|often|bought|purchased|used)\b",
        draft.text,
    )
    if match is None:
        return False
    draft.best, draft.limit = True, 1
    _descending(draft, match[1] not in ("worst", "least"))
    counted = match[2] in ("popular", "common", "frequent") and re.match(r" (?:C\d+)", draft.text[match.end() :])
    draft.erase(*match.span(), mark="number of rows by" if counted else "")
    return True


def _read_most_of(draft: Draft) -> bool:
    """ "the most reviewed hotel", "highest rated film": the row with the most of a number column."""
    match = re.search(
        r"\b(?:the )?(most|highest|best|top|least|lowest|fewest|worst) (C\d+) (?=(?:[EC]\d+))", draft.text
    )
    if match is None or not names_measure(draft, match[2]) or re.search(r"\b(?:each|every|per|by)\b", draft.text):
        return False
    found = column(draft, match[2], is_measure)
    thing = draft.text[match.end() :].split()[0]
    if thing[0] == "C" and names_measure(draft, thing):
        return False
    draft.best, draft.limit = True, 1
    if thing[0] == "E":
        _descending(draft, match[1] not in ("least", "lowest", "fewest", "worst"), found.name)
        draft.erase(*match.span())
        return True
    _descending(draft, match[1] not in ("least", "lowest", "fewest", "worst"))
    draft.erase(match.start(), match.end() + len(thing), mark=f"{thing} winner {match[2]}")
    return True


def _read_newest(draft: Draft) -> bool:
    """ "the latest order", "first 3 rows": rows in order of time when the table has dates."""
    match = re.search(
        r"\b(?:the )?(latest|most recent|newest|last|earliest|oldest|first)(?: N(\d+))? (?:E\d+|rows?|records?|entries|entry)\b",
        draft.text,
    )
    dates = [one for one in draft.columns.dates() if one.kind.is_date]
    if match is None or not dates or re.search(r"rows?|records?|entr", match[0]):
        return False
    draft.limit = _whole(draft, match[2]) if match[2] else 1
    _descending(draft, match[1] not in ("earliest", "oldest", "first"), dates[0].name)
    draft.erase(match.start(), match.end(), mark=match[0].split()[-1])
    return True


def _read_winner(draft: Draft) -> bool:
    asks = re.search(
        r"\b(?:which|who|whose|where|when)\b|\bwhat C\d+s? (?:has|have|had|is|are|was|were|with)\b|\b[CE]\d+ (?:with|having|that has|that have|who has) (?:the )?(?="
        + f"{_HIGH}|{_LOW}|{_ADJECTIVE}"
        + r")|\bwhat (?:month|year|day|weekday|week|quarter)\b",
        draft.text,
    )
    grouped = r"\b(?:for|in|of|from|within|at) (?:each|every)\b"
    if asks is None or re.search(grouped, draft.text):
        return False
    if not re.match(r"which|who|what|where|when", asks[0]) and re.search(r"\b(?:per|by) [CE]\d", draft.text):
        return False
    match = re.search(
        rf"\b{_HAS}(?:the )?({_HIGH}|{_LOW}|{_ADJECTIVE}|more|higher|larger|bigger|greater|fewer|lower|smaller)\b(?! N\d| than)",
        draft.text[asks.start() :],
    )
    if match is None or not _is_winner(draft, match[1]):
        return False
    start = asks.start() + match.start()
    said = re.sub(r"^(?:most|least) (?!" + "|".join(ADJECTIVES) + ")", "", match[1]) or match[1]
    draft.erase(start, asks.start() + match.end(), mark="winner")
    draft.best, draft.limit, draft.superlative = True, 1, said
    _by_superlative(draft, said)
    return True


def _is_winner(draft: Draft, said: str) -> bool:
    """ "which region has more orders" names a winner only among the values of a column, and not "more than"."""
    if not re.fullmatch(r"more|higher|larger|bigger|greater|fewer|lower|smaller", said):
        return True
    return bool(re.search(r"\b(?:which|what) C\d", draft.text)) and not re.search(r"\bthan\b", draft.text)


def _read_season(draft: Draft) -> bool:
    """ "the coldest month", "hottest year on average": the period with the highest or lowest average."""
    match = re.search(rf"\b(?:the )?({_ADJECTIVE}) (month|year|quarter|week|weekday|hour)\b", draft.text)
    if match is None or not draft.columns.dates():
        return False
    nouns, high = ADJECTIVES[match[1].split()[-1]]
    levels = [one for one in draft.columns.measures() if set(nouns) & set(draft.columns.words[one.name])]
    mean = [one for one in levels if {"mean", "average", "avg"} & set(draft.columns.words[one.name])]
    if not levels:
        return False
    found = (mean or levels)[0]
    draft.mentions = [*draft.mentions, ColumnMention(match[1], (Candidate(found, 1.0),))]
    draft.best, draft.limit = True, 1
    _descending(draft, high != match[1].startswith("least"))
    draft.text = re.sub(r"\bon average\b", " ", draft.text)
    draft.erase(*match.span(), mark=f"which {match[2]} winner average C{len(draft.mentions) - 1}")
    return True


def _read_adjective(draft: Draft) -> bool:
    """ "the longest film", "cheapest product": the first row by what the adjective speaks of."""
    nouns = "|".join(["days?", "dates?", *(rf"{re.escape(one)}s?" for one in sorted(draft.title))])
    match = re.search(rf"\b(?:the )?({_ADJECTIVE}) (?=[CE]\d|(?:{nouns})\b)", draft.text)
    if match is None or not match[1].endswith(("st", "expensive", "profitable", "populous")):
        return False
    mark = draft.text[match.end() :].split()[0]
    if re.search(r"\b(?:each|every|per)\b", draft.text) or names_measure(draft, mark):
        return False
    if draft.columns.speaking_of(ADJECTIVES[match[1].split()[-1]][0]) is None:
        return False
    draft.best, draft.limit = True, 1
    _by_superlative(draft, match[1])
    draft.erase(*match.span())
    return True


def _read_bare_top(draft: Draft) -> bool:
    """ "top products by revenue" without a number: ten, and said so."""
    match = re.search(r"\b(top|bottom)(?= C\d+)", draft.text)
    if match is None or names_measure(draft, draft.text[match.end() + 1 :].split()[0]):
        return False
    draft.limit = 10
    draft.assumed.append("No number was given, so ten are shown.")
    _descending(draft, match[1] == "top")
    draft.erase(*match.span(), mark="topped")
    return True


def names_measure(draft: Draft, mark: str) -> bool:
    """Whether the mark stands for a number column."""
    clean = re.match(r"C\d+", mark)
    return clean is not None and is_measure(draft.mentions[int(clean[0][1:])].candidates[0].column)


def _whole(draft: Draft, at: str) -> int:
    return max(1, int(draft.numbers[int(at)].number or 1))
