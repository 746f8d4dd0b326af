"""Finds personal data: `texts.find` in a text, `columns.judge` in the values of a column. Pure, nothing is sent."""

from services.code.personal.kinds import PersonalKind, Span

__all__ = ["PersonalKind", "Span"]
