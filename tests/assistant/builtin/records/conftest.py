from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from tests.assistant.builtin.asking import Asker

MEDALS = pd.DataFrame(
    {
        "Rank": ["1", "2", "3", "4", "4", "Total"],
        "Nation": ["Norland (NOR)", "Sudria (SUD)", "Westmark (WES)", "Ostia (OST)", "Isla (ISL)", "Total"],
        "Gold": [9, 7, 4, 1, 1, 22],
        "Silver": [3, 8, 2, 0, 1, 14],
        "Bronze": [5, 1, 6, 2, 0, 14],
        "Total": [17, 16, 12, 3, 2, 50],
    }
)
GAMES = pd.DataFrame(
    {
        "Date": ["September 3, 1994", "September 10, 1994", "October 1, 1994", "October 8, 1994", "November 5, 1994"],
        "Opponent": ["at #3 Harbour", "Midvale*", "Lakeside", "at Midvale", "Stonebridge"],
        "Result": ["W 31–7", "L 10–24", "W 21–20", "W 14–3", "L 0–45"],
        "Attendance": ["70,607 (full)", "52,606", "69,861", "9,815", "101,821"],
        "Venue": ["Harbour Bowl • Harbour", "Home Park", "Home Park", "Dale Stadium", "Home Park"],
    }
)
TRACKS = pd.DataFrame(
    {
        "No.": [1, 2, 3, 4],
        "Title": ['"Grey Morning"', '"Likely" (with Ann Rae)', '"Out of Town"', '"Last Call"'],
        "Length": ["4:47", "2:34", "12:05", "3:59"],
        "Producer(s)": ["Bo Lind", "Bo Lind", "Kim Orr", "Kim Orr, Bo Lind"],
        "Released": ["2004", "September 2003", "2005", "2004"],
    }
)
TABLES = {"medals": MEDALS, "games": GAMES, "tracks": TRACKS}


@pytest.fixture(scope="session")
def sheet_asker(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Asker]:
    """One asker for each small table, made once."""
    folder = tmp_path_factory.mktemp("sheets")
    made = {name: Asker.of(frame, folder, name) for name, frame in TABLES.items()}
    return made.__getitem__
