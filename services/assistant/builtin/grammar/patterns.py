"""Pieces of patterns that several rules share."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

from typing import Final

NEAR: Final = r"(?:(?:is|are|was|were|of|value|values|be|has|have|that|the|a) )*"
"""Words between a column and what is said of it."""

LINK: Final = r"(?:whose |where |with |that |which |who |having |for |when |if |only |and |are |is |in |the |a |an |have |has |of )*"
"""Words that open a condition."""
