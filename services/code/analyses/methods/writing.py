"""What the code of all methods shares: how it starts, and how it says a p-value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SAY_NUMBER: Final = """
def say(number):
    return f"{number:,.3g}" if abs(number) < 1000 else f"{number:,.0f}"
""".strip()

SAY: Final = f"""
def say_p(p):
    return "p < 0.001" if p < 0.001 else f"p = {{p:.3f}}"


{SAY_NUMBER}


def unclear(p):
    return "" if p < 1 - confidence else "No clear difference. "
"""


def snippet(names: Mapping[str, str | float | list[str]], *parts: str) -> str:
    """Code that begins with the names it works on: whatever a column is called, it is a value and never code."""
    given = "\n".join(f"{name} = {value!r}" for name, value in names.items())
    return "\n\n".join([given, *(part.strip() for part in (*parts[:-1], SAY, parts[-1]))]) + "\n"
