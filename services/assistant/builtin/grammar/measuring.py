"""What the question measures: counts, sums, averages and the like, and the noun that stands for a row."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

import re
from typing import Final

from services.assistant.builtin.grammar.counts import quantity_sold
from services.assistant.builtin.grammar.nouns import GENERIC
from services.assistant.builtin.intent import Aggregate, Measure
from services.assistant.builtin.language.columns import FULL, is_measure, is_total
from services.assistant.builtin.language.lexicon import ADDED, ADJECTIVES, AGGREGATES, LIGHT_WORDS, STOP_WORDS
from services.assistant.builtin.language.question import Draft, Unreadable
from services.assistant.builtin.language.resolve import column, is_identifier, is_unique
from services.assistant.builtin.language.words import lemma
from services.domain import ColumnProfile

_AGG: Final = "|".join(sorted(AGGREGATES, key=len, reverse=True))
_OF: Final = r"(?:(?:of|the|number|amount|value|values|in|for|a|its|their|all|each|days?|is|standard|winner|any|recorded|count|-) )*"
_COUNT: Final = (
    r"(?:how many(?: times)?|(?:the )?(?:grand |overall |total )*(?:number|count|amount|numbers|counts|frequency|frequencies|quantity) (?:of|for)|no of|"
    r"count(?:ing)?(?: up)?(?: of| the number of| how many| number of| the| all| total| for)*|(?:the )?total (?:the )?total number|(?:the )?total number(?: of)?|number(?= ?(?:$|[,.?]))|tally(?: of)?)"
)
_ADJECTIVES: Final = r"(?P<distinct>(?:(?:distinct|unique|different) )*)"
_BREAK: Final = frozenset(
    """
    are is was were do does did have has had there in of for per by with that who which whose from at on
    and or to each every over across where when between among held made given filtered winner topped
    """.split()  # noqa: SIM905 — a list of words reads as text
)


def read_measures(draft: Draft) -> None:
    """Finds and erases every measure."""
    _read_share(draft)
    if re.search(r"\bon average\b", draft.text) and not re.search(rf"\b{_COUNT}\b", draft.text):
        draft.averaged = True
        draft.text = re.sub(r"\bon average\b", " ", draft.text)
    while _read_product(draft):
        pass
    _read_adjectives(draft)
    while _read_pair(draft) or _read_aggregate(draft):
        pass
    while _read_how_much(draft):
        pass
    if not draft.measures and re.search(r"\bhow much\b", draft.text):
        _read_how_much_sold(draft)
    while _read_count(draft):
        pass
    _read_sold(draft)
    _refuse_unknown_measure(draft)


def _add(draft: Draft, aggregate: Aggregate, name: str | None) -> None:
    measure = Measure(aggregate=aggregate, column=name)
    if measure not in draft.measures:
        draft.measures.append(measure)


def _read_share(draft: Draft) -> None:
    if match := re.search(
        r"\b(?:what |the )?(?:shares?|proportions?|percentages?|percent|portions?|fraction)(?: of)?(?: the)?(?= |$)",
        draft.text,
    ):
        draft.share = True
        draft.erase(*match.span(), mark=",")


def _read_how_adjective(draft: Draft) -> bool:
    """ "how old are they on average": the average of what the adjective speaks of."""
    match = re.search(rf"\bhow ({'|'.join(ADJECTIVES)}) (?:is|are|was|were)\b(?! the \w+est\b)", draft.text)
    found = draft.columns.speaking_of(ADJECTIVES[match[1]][0]) if match else None
    if match is None or found is None:
        return False
    draft.erase(*match.span(), mark=",")
    draft.text = re.sub(r"\bon average\b", " ", draft.text)
    _add(draft, Aggregate.MEAN, found.name)
    return True


def _read_adjectives(draft: Draft) -> None:
    """ "how old is the youngest", "the cheapest price": the lowest or highest of the column they speak of."""
    if _read_how_adjective(draft):
        return
    names = "|".join(sorted((one for one in ADJECTIVES if one.endswith("st")), key=len, reverse=True))
    if match := re.search(
        rf"(?:how (?:\w+) (?:is|are|was|were) )?(?:the )?\b(?:most |least )?({names})(?: (C\d+))?", draft.text
    ):
        nouns, high = ADJECTIVES[match[1]]
        found = draft.columns.speaking_of(nouns, high)
        if found is None:
            return
        _add(draft, Aggregate.MAX if high else Aggregate.MIN, found.name)
        said = match[2] and column(draft, match[2])
        end = match.end() if said and said.name == found.name else match.end(1)
        draft.erase(match.start(), end, mark=",")


def _may_aggregate(profile: ColumnProfile) -> bool:
    return profile.kind.is_number or profile.kind.is_date


def _read_pair(draft: Draft) -> bool:
    """ "minimum and maximum C0": two measures of one column."""
    match = re.search(
        rf"\b({_AGG})(?: ?, ({_AGG}))? ?(?:,|and|or|, and|versus|vs) (?:the )?({_AGG}) {_OF}(C\d+)", draft.text
    )
    if match is None:
        return False
    found = _aggregated(draft, match[4], match[3])
    for word in (match[1], match[2], match[3]):
        if word:
            _add(draft, _checked(found, AGGREGATES[word], word), found.name)
    draft.erase(*match.span(), mark=",")
    return True


def _aggregated(draft: Draft, mark: str, word: str) -> ColumnProfile:
    found = column(draft, mark, is_measure if word not in ("latest", "earliest") else _may_aggregate)
    if not _may_aggregate(found):
        raise Unreadable(f"“{found.name}” holds no numbers, so there is no {word} of it.", missing=found.name)
    return found


def _checked(found: ColumnProfile, aggregate: Aggregate, word: str) -> Aggregate:
    """The aggregate, unless it makes no sense on this column."""
    if found.kind.is_date and aggregate not in (Aggregate.MIN, Aggregate.MAX):
        raise Unreadable(f"“{found.name}” holds dates, so there is no {word} of it.", missing=found.name)
    return aggregate


def _read_aggregate(draft: Draft) -> bool:
    match = re.search(rf"\b({_AGG}) {_OF}(C\d+)", draft.text)
    if match is None:
        return False
    word = match[1]
    found = column(draft, match[2], is_measure if word not in ("latest", "earliest") else _may_aggregate)
    if not _may_aggregate(found):
        if word in ("overall", "most", "top") or (word == "total" and draft.keys):
            draft.text = f"{draft.text[: match.start()]} number of {draft.text[match.start(2) :]}"
            return True
        raise Unreadable(f"“{found.name}” holds no numbers, so there is no {word} of it.", missing=found.name)
    aggregate = _checked(found, AGGREGATES[word], word)
    if aggregate is Aggregate.SUM and _is_per_head(draft, found, match[2]):
        readings = [re.sub(rf"\b{word}\b", "average", draft.question, count=1, flags=re.IGNORECASE)]
        raise Unreadable(f"“{found.name}” is a number per head or a share: a total of it says nothing.", readings)
    if aggregate is Aggregate.SUM and not is_measure(found) and found.kind.is_number:
        _note_coded_total(draft, found, match[2])
    _add(draft, aggregate, found.name)
    draft.erase(*match.span(), mark=",")
    _read_more(draft, match.start(), aggregate)
    return True


def _note_coded_total(draft: Draft, found: ColumnProfile, mark: str) -> None:
    """Notes that adding up identifiers says nothing.

    Raises: Unreadable, where the question does not say the column's whole name.
    """
    said = f"The numbers in “{found.name}” only tell things apart: a total of them says nothing."
    if draft.mentions[int(mark[1:])].candidates[0].score < FULL:
        raise Unreadable(said)
    draft.assumed.append(said)


_PER_HEAD: Final = frozenset({"percap", "capita", "per", "pct", "percent", "percentage", "ratio", "rate", "share"})


def _is_per_head(draft: Draft, found: ColumnProfile, mark: str) -> bool:
    """Whether the numbers are per head or shares, and the question does not say the whole name of the column."""
    best = draft.mentions[int(mark[1:])].candidates[0]
    return bool(_PER_HEAD & set(draft.columns.words[found.name])) and best.score < FULL


def _read_product(draft: Draft) -> bool:
    """ "total units x price by region": two number columns multiplied row by row, then added or averaged."""
    match = re.search(
        rf"\b(?:({_AGG}) (?:of )?(?:the )?)?(C\d+) ?(?:x|\*|times|multiplied by) (?:the )?(C\d+)\b", draft.text
    )
    if match is None:
        return False
    first, second = column(draft, match[2], is_measure), column(draft, match[3], is_measure)
    if not (is_measure(first) and is_measure(second)):
        raise Unreadable("Only number columns can be multiplied.")
    aggregate = AGGREGATES[match[1]] if match[1] else Aggregate.SUM
    draft.measures.append(Measure(aggregate=aggregate, column=first.name, times=second.name))
    draft.erase(*match.span(), mark=",")
    return True


def _read_more(draft: Draft, at: int, aggregate: Aggregate) -> None:
    """ "average C0 and C1": the next number column takes the same aggregate."""
    while more := re.match(r"[ ,]*(?:and |, )(?:the )?(C\d+)(?! ?(?:is|are|op_))", draft.text[at:]):
        found = column(draft, more[1])
        if not is_measure(found):
            return
        _add(draft, aggregate, found.name)
        draft.erase(at, at + more.end(), mark=",")


def _read_how_much(draft: Draft) -> bool:
    match = re.search(r"\bhow much (?:money |total )?(?:(?:is|are|was|were|did|does|of|the|in) )*(C\d+)", draft.text)
    if match is None:
        return False
    found = column(draft, match[1], is_measure)
    if not is_measure(found):
        return False
    _add(draft, implicit_aggregate(draft, found), found.name)
    draft.erase(*match.span(), mark=",")
    return True


def _read_how_much_sold(draft: Draft) -> None:
    """ "how much did we sell": the quantity, where the table has one.

    Raises: Unreadable, where nothing says what is meant.
    """
    found = quantity_sold(draft)
    if found is None:
        raise Unreadable("I do not understand how much of what is asked.")
    _add(draft, Aggregate.SUM, found.name)


def implicit_aggregate(draft: Draft, found: ColumnProfile) -> Aggregate:
    """Added or averaged, by what the column's words say; numbers of unknown nature are added."""
    words = draft.columns.words[found.name]
    if draft.averaged:
        return Aggregate.MEAN
    if any(word in ADDED for word in words) and words[-1] not in ("rate", "percent", "pct", "price", "per", "score"):
        return Aggregate.SUM
    return Aggregate.SUM if is_total(words) else Aggregate.MEAN


def _read_count(draft: Draft) -> bool:
    match = re.search(
        rf"\b{_COUNT}\b(?: (?:the|all|of|total|their|its|his|her|these|those|recorded|a) )*(?: |$){_ADJECTIVES}(?:(?:the|their|of) )*(?P<what>E\d+|C\d+(?:'s|s)?\b(?: (?!C|{'|'.join(_BREAK)}\b)[a-z]+\b)?|(?:[a-z][a-z-]* ?){{0,3}})",
        draft.text,
    )
    if match is None:
        return False
    what, distinct = match["what"], bool(match["distinct"])
    if mark := re.match(r"C\d+", what):
        found = column(draft, mark[0], _counted_role)
        _refuse_further_noun(draft, found, re.sub(r"^C\d+(?:'s|s)?", "", what).strip())
        _count_column(draft, found, distinct)
        draft.erase(match.start(), match.start("what") + mark.end(), mark=",")
        return True
    if mark := re.match(r"E(\d+)", what):
        draft.counted = draft.counted or draft.entities[int(mark[1])].text.casefold()
        _add(draft, Aggregate.COUNT, None)
        draft.erase(match.start(), match.end("what"), mark=",")
        return True
    noun, length = _noun(what)
    if lemma(noun.split(" ")[0]) in _INHABITANTS and (
        people := draft.columns.speaking_of(("population", "pop", "inhabitant"))
    ):
        draft.assumed.append(f"“{noun}” is read as the total of “{people.name}”.")
        _add(draft, Aggregate.SUM, people.name)
        draft.erase(match.start(), match.start("what") + length, mark=",")
        return True
    _refuse_modifiers(draft, noun)
    draft.counted = draft.counted or noun
    _note_rows(draft, noun)
    _add(draft, Aggregate.COUNT, None)
    draft.erase(match.start(), match.start("what") + length, mark=",")
    return True


_INHABITANTS: Final = frozenset({"person", "people", "inhabitant", "resident"})


def _counted_role(profile: ColumnProfile) -> bool:
    return is_identifier(profile) or not is_measure(profile)


def _read_sold(draft: Draft) -> None:
    """ "how many lamps were sold": the quantity, where the table has one."""
    if draft.measures != [Measure(aggregate=Aggregate.COUNT)] or draft.counted:
        return
    if found := quantity_sold(draft):
        draft.measures = [Measure(aggregate=Aggregate.SUM, column=found.name)]


def _refuse_further_noun(draft: Draft, found: ColumnProfile, noun: str) -> None:
    """ "home wins" where `home` is a column: wins are counted, and nothing says what they are."""
    harmless = STOP_WORDS | draft.title | GENERIC | {"different", "name", "type", "id", "code", "kind", "group"}
    if noun and noun != lemma(noun) and not {noun, lemma(noun)} & (harmless | set(draft.columns.words[found.name])):
        raise Unreadable(f"I cannot tie “{noun}” to anything in this table.", missing=noun)


def _refuse_modifiers(draft: Draft, noun: str) -> None:
    """ "gold customers": a word before the noun would narrow the count, and nothing says how."""
    known = draft.title | LIGHT_WORDS | {word for words in draft.columns.words.values() for word in words}
    for word in noun.split()[:-1]:
        if lemma(word) not in known and word not in known:
            raise Unreadable(f"I cannot tie “{word}” to anything in this table.", missing=word)


def _note_rows(draft: Draft, noun: str) -> None:
    """Says that a row is taken for what was counted, unless the table says so itself."""
    last = lemma(noun.split()[-1]) if noun else ""
    known = any(last in words for words in draft.columns.words.values())
    if last and not known and last not in LIGHT_WORDS and last not in draft.title:
        draft.assumed.append(f"Each row is counted as one {last}.")


def _noun(words: str) -> tuple[str, int]:
    """The noun phrase at the start of some words, and its length in characters."""
    taken, length = [], 0
    for match in re.finditer(r"[a-z-]+ ?", words):
        word = match[0].strip()
        if word in _BREAK or word in STOP_WORDS:
            break
        taken.append(word)
        length = match.end()
    if not taken:
        return "", 0
    if len(taken) > 1 and re.fullmatch(r"\w{3,}(?:ed|ing|ful|less|ive|ous)", taken[0]):
        return "", 0
    return " ".join(taken), length


_MONEY: Final = frozenset(
    {"bill", "payment", "transaction", "tip", "salary", "price", "fare", "fee", "invoice", "expense"}
)
"""Amounts of money that come one to a row: how many there are is no sum of money."""


def _count_column(draft: Draft, found: ColumnProfile, distinct: bool) -> None:
    """Counting a column: its different values, the rows when each row has its own, or the sum of a number."""
    if distinct:
        _add(draft, Aggregate.DISTINCT, found.name)
        return
    if found.name in [key.column for key in draft.keys]:
        _add(draft, Aggregate.COUNT, None)
        return
    if is_measure(found) and not is_identifier(found):
        if _MONEY & set(draft.columns.words[found.name][-1:]):
            draft.assumed.append(f"Each row is counted as one {draft.columns.words[found.name][-1]}.")
            _add(draft, Aggregate.COUNT, None)
            return
        if ADDED.isdisjoint(draft.columns.words[found.name]) or implicit_aggregate(draft, found) is not Aggregate.SUM:
            readings = [f'how many different "{found.name}" are there?', f'average "{found.name}"']
            raise Unreadable(f"What should be counted of the numbers in “{found.name}”?", readings)
        _add(draft, Aggregate.SUM, found.name)
        return
    if is_unique(draft, found):
        draft.counted = draft.counted or " ".join(
            word for word in draft.columns.words[found.name] if word not in ("id", "name", "code")
        )
        _add(draft, Aggregate.COUNT, None)
        return
    draft.measures.append(Measure(aggregate=Aggregate.DISTINCT, column=found.name))


def _refuse_unknown_measure(draft: Draft) -> None:
    """ "average salary" where no column is meant by salary."""
    match = re.search(rf"\b({_AGG}) (?:of |the |value of )*([a-z][a-z-]+(?: [a-z][a-z-]+)?)", draft.text)
    if match is None:
        return
    noun = match[2].split()
    unknown = [word for word in noun if word not in LIGHT_WORDS and lemma(word) not in ADJECTIVES]
    if unknown and noun[0] == unknown[0]:
        raise Unreadable(f"There is no column for “{unknown[0]}” in this table.", missing=unknown[0])
