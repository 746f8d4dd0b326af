"""A sentence in its clauses: politeness taken off, several wishes apart, what stands in quotes left alone."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

import re
from typing import Final

VERBS: Final = (
    r"(?:fill|impute|drop|delete|remove|get rid|discard|eliminate|dedupe|de-?duplicate|rename|trim|strip|clean|tidy|round|replace|substitute|convert|cast|parse|turn|change"
    r"|make|set|lower-?case|upper-?case|title-?case|capitali[sz]e|split|merge|combine|concatenate|join|append|sort|order (?:by|the|it)|keep|filter|exclude|add|create|insert|extract"
    r"|clip|cap|winsori[sz]e|mark (?:the|all|outliers)|flag (?:the|all|outliers)|forward[- ]fill|back(?:ward)?[- ]?fill|ffill|bfill|interpolate|encode|one-?hot|bin|bucket|scale|normali[sz]e|standardi[sz]e|mask|anonymi[sz]e"
    r"|hash|redact|pseudonymi[sz]e|sample \d|unpivot|melt|pivot|pad|shift|calculate|compute|multiply|divide|skip|number (?:the|all)|move|reorder)"
)
_POLITE: Final = re.compile(
    r"^(?:please|kindly|can you|could you|would you|will you|i want to|i would like to|i'd like to|i need to|we need to|let'?s|let us|help me(?: to)?|now|then|next|first|also|and|ok|okay|just|finally|afterwards?|after that|,)[ ,]+",
    re.IGNORECASE,
)
_QUOTED: Final = re.compile(r"\"[^\"]{0,200}\"|“[^”]{0,200}”|(?<!\w)'[^']{0,200}'(?!\w)|`[^`]{1,200}`")
_KEEPING: Final = r"keep(?: only)?(?: the)? (?:first|last|latest|newest|most recent|none|only match)"
"""Which of several duplicates stays belongs to the clause before."""
_BETWEEN: Final = re.compile(
    rf"\s*(?:;|\n|[,.]?\s+(?:and )?then\s+(?!by\b)|[.]\s+(?=[A-Za-z])|,?\s+and\s+(?:also\s+)?(?={VERBS}\b)(?!{_KEEPING})|,\s+(?={VERBS}\b)(?!{_KEEPING}))\s*",
    re.IGNORECASE,
)


def clauses(text: str) -> list[str]:
    """The wishes of a sentence, one by one, without politeness and full stops."""
    kept: list[str] = []

    def hide(match: re.Match[str]) -> str:
        kept.append(match[0])
        return f"\x00{len(kept) - 1}\x00"

    hidden = _QUOTED.sub(hide, text.replace("\x00", " ").strip())
    parts = [re.sub(r"\x00(\d+)\x00", lambda match: kept[int(match[1])], part) for part in _BETWEEN.split(hidden)]
    return [bare for part in parts if (bare := plainly(part))]


def plainly(text: str) -> str:
    """The clause without politeness, on one line, without a full stop."""
    line = " ".join(text.split()).strip(" .!?,")
    while match := _POLITE.match(line):
        line = line[match.end() :]
    return re.sub(r"(?i)[ ,]+(?:please|thanks|thank you)$", "", line)


def unquoted(text: str) -> str | None:
    """What stands in quotes, when the whole text does; else None."""
    text = text.strip()
    return text[1:-1] if _QUOTED.fullmatch(text) else None
