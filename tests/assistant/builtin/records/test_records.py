"""Questions about single rows of small tables with texts for cells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from services.assistant.builtin.language.columns import Columns
from services.assistant.builtin.records.choose import readings
from services.assistant.builtin.records.code import write
from services.assistant.builtin.records.sheet import Sheet
from services.domain import PlanKind
from tests.assistant.builtin.asking import Asker
from tests.assistant.builtin.records.conftest import TABLES

Get = Callable[[str], Asker]

ANSWERED: list[tuple[str, str, Any]] = [
    ("medals", "which nation won the most gold medals?", ["Norland (NOR)"]),
    ("medals", "which nation has the fewest silver medals?", ["Ostia (OST)"]),
    ("medals", "how many more bronze medals did Westmark win than Norland?", 1),
    ("medals", "who won more silver medals, norland or sudria?", ["Sudria (SUD)"]),
    ("medals", "which nation is listed after sudria?", ["Westmark (WES)"]),
    ("medals", "what is the total number of gold medals won by norland and sudria combined?", 16),
    ("games", "what was the date of the game with the highest attendance?", ["November 5, 1994"]),
    ("games", "how many games were lost?", 2),
    ("games", "how many times was home park the venue?", 3),
    ("games", "what was the attendance on october 1, 1994?", ["69,861"]),
    ("games", "which opponent came after Lakeside?", ["at Midvale"]),
    ("games", "how many games had an attendance of at least 60,000?", 3),
    ("games", "what was the most consecutive wins?", 2),
    ("games", "how many games had a higher attendance than lakeside?", 2),
    ("medals", "which nations won more silver medals than norland?", ["Sudria (SUD)"]),
    ("medals", "how many medals did sudria win?", 16),
    ("medals", "how many nations are listed?", 5),
    ("medals", "westmark was listed after which nation?", ["Sudria (SUD)"]),
    ("tracks", "which title is the longest?", ['"Out of Town"']),
    ("tracks", "what is the length of Grey Morning?", ["4:47"]),
    ("tracks", "which title was released in 2003?", ['"Likely" (with Ann Rae)']),
]


@pytest.mark.parametrize(("name", "question", "wanted"), ANSWERED)
def test_answers(sheet_asker: Get, name: str, question: str, wanted: Any) -> None:
    asked = sheet_asker(name).ask(question)
    assert asked.plan.kind is PlanKind.ANALYSE, asked.plan.message
    found = asked.outputs.get("answer", asked.result)
    assert found == wanted, f"{asked.plan.reading}\n{asked.code}"
    assert asked.text


REFUSED = [
    ("medals", "how many athletes did norland send?"),
    ("medals", "which nation has the best weather?"),
    ("games", "how many players were injured?"),
    ("games", "why did they lose to midvale?"),
    ("games", "what was the temperature on october 1, 1994?"),
    ("medals", "how many medals did norland athletes under 20 win?"),
    ("games", "how many points did they score on october 1, 1994?"),
    ("tracks", "who wrote the longest track?"),
    ("tracks", "how many minutes did the singer rehearse?"),
]


@pytest.mark.parametrize(("name", "question"), REFUSED)
def test_refuses(sheet_asker: Get, name: str, question: str) -> None:
    asked = sheet_asker(name).ask(question)
    assert not asked.code, f"{asked.plan.reading}\n{asked.text}"


@pytest.mark.parametrize(("name", "question"), [(name, question) for name, question, _ in ANSWERED])
def test_every_reading_gives_what_was_foreseen(sheet_asker: Get, name: str, question: str) -> None:
    """Readings are told apart by what they would give: the code of each gives just that."""
    table = sheet_asker(name)
    sheet = Sheet.of({column: list(TABLES[name][column]) for column in TABLES[name]})
    for one, foreseen in readings(question, sheet, Columns.of(table.profile)):
        scope: dict[str, Any] = {"df": table.frame.copy()}
        exec(write(one.pick, table.profile), scope)
        answer = scope["result"]["answer"]
        found = [str(cell) for cell in answer] if isinstance(answer, list) else [answer]
        assert sorted(map(_plain, found)) == sorted(map(_plain, foreseen)), one


def _plain(value: Any) -> str:
    return f"{float(value):g}" if isinstance(value, int | float) else str(value)


def test_rows_of_totals_are_left_out_and_said(sheet_asker: Get) -> None:
    asked = sheet_asker("medals").ask("which nation won the most gold medals?")
    assert any("“Total”" in one for one in asked.caveats)


def test_hostile_cells_stay_texts(tmp_path) -> None:  # type: ignore[no-untyped-def]
    import pandas as pd

    frame = pd.DataFrame({"Na'me\"]": ["x'); import os #", "bob", "eve"], "Gold": ["1", "2", "3 (3rd)"]})
    asked = Asker.of(frame, tmp_path, "hostile").ask("what is the gold of bob?")
    assert not asked.code or "2" in asked.text


def test_a_large_table_is_not_read_for_it(tmp_path) -> None:  # type: ignore[no-untyped-def]
    import pandas as pd

    frame = pd.DataFrame({"Name": [f"n{at}" for at in range(2_000)], "Goals": ["3 (1)"] * 2_000})
    assert not Asker.of(frame, tmp_path, "large").ask("who came after n5?").code
