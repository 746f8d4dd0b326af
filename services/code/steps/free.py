"""The step that a person or a model writes."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import ClassVar, Literal

from pydantic import Field

from services.code.steps.base import TABLE, Columns, Group, StepBase, refuse

LONGEST = 20_000
"""Characters of code."""


class FreeCode(StepBase):
    """Runs the code as it stands. Whatever `df` is then, is the new table."""

    GROUP: ClassVar[Group] = "values"
    TITLE: ClassVar = "Own code"
    BY_HAND: ClassVar = True
    NAMES_COLUMNS: ClassVar = False

    kind: Literal["code"] = "code"
    code: str = Field(min_length=1, max_length=LONGEST)
    sentence: str = Field(default="", max_length=500)
    """What the code does, in the words of whoever wrote it."""

    def check(self, columns: Sequence[str]) -> Columns:  # noqa: ARG002 - what the code needs, only running it tells
        try:
            tree = ast.parse(self.code)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            line = f" (line {error.lineno})" if isinstance(error, SyntaxError) and error.lineno else ""
            refuse(f"This is not Python{line}.", "Mend the code and try again.")
        if not any(isinstance(node, ast.Name) and node.id == TABLE for node in ast.walk(tree)):
            refuse("The code does not change the table: it never names `df`.", "Change `df`, the open table.")
        return None

    def to_code(self) -> str:
        return self.code

    def describe(self) -> str:
        if self.sentence.strip():
            return " ".join(self.sentence.split())
        lines = [line.strip() for line in self.code.splitlines() if line.strip()]
        first = next((line for line in lines if not line.startswith("#")), "")
        return f"Run {first if len(first) <= 80 else first[:79] + '…'}"
