from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.assistant.builtin import tables
from tests.assistant.builtin.asking import Asker


@pytest.fixture(scope="session")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Asker]:
    """One asker for each table of `tables`, made once."""
    folder = tmp_path_factory.mktemp("tables")
    made: dict[str, Asker] = {}

    def get(name: str) -> Asker:
        if name not in made:
            made[name] = Asker.of(getattr(tables, name)(), folder, name)
        return made[name]

    return get
