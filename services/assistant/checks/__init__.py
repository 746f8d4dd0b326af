"""What makes sure of an answer without a language model: one module for each check, and one registry."""

from services.assistant.checks import receipts
from services.assistant.checks.basics import caveats, failure, problem, uses_any
from services.assistant.checks.case import Case, Rerun
from services.assistant.checks.registry import CHECKS, Review, advice, review

__all__ = [
    "CHECKS",
    "Case",
    "Rerun",
    "Review",
    "advice",
    "caveats",
    "failure",
    "problem",
    "receipts",
    "review",
    "uses_any",
]
