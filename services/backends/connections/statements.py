"""What may be asked of a person's database: a whole table, or one SELECT."""

from __future__ import annotations

import re
from typing import Final

from services.errors import BadInput

MOST_CHARS: Final = 20_000
READING: Final = ("select", "with", "values", "table")
SKIPPED: Final = re.compile(
    r"""
    '(?:[^']|'')*'                      # a text
    | "(?:[^"]|"")*"                    # a name
    | \$(\w*)\$.*?\$\1\$                # a text between dollars
    | --[^\n]*                          # a comment to the end of the line
    | /\*.*?\*/                         # a comment
    """,
    re.VERBOSE | re.DOTALL,
)


def checked(statement: str) -> str:
    """The statement without a semicolon at its end.

    This gives a sentence early; what holds is the database's own: a transaction that reads only, one statement a time.
    Raises: BadInput, when it is not one that reads.
    """
    plain = statement.strip().rstrip(";").strip()
    if not plain or len(plain) > MOST_CHARS or "\x00" in plain:
        raise BadInput("There is no statement to run.", f"Write one SELECT of at most {MOST_CHARS:,} characters.")
    bare = SKIPPED.sub(" ", plain).lower()
    first = re.match(r"[\s(]*([a-z]+)", bare)
    if not first or first.group(1) not in READING:
        raise BadInput("Only a SELECT can be run.", "It may begin with SELECT, WITH or VALUES.")
    if ";" in bare:
        raise BadInput("This is more than one statement.", "Write one SELECT.")
    return plain


def of_table(name: str) -> str:
    """The SELECT of a whole table, whose name may hold its schema: "sales.orders"."""
    return "SELECT * FROM " + ".".join(quoted(part) for part in name.split(".", 1))


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
