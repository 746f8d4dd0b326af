"""The form for sources on the page where data comes in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from services import connections
from services.domain import Address
from services.settings import Settings
from services.workspace import Workspace
from tests.conftest import ORDERS
from tests.pages.conftest import settled
from tests.pages.test_floor import words
from tests.pages.test_upload import names, press

Show = Callable[..., AppTest]
PAGE = "data/upload.py"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "data"
    made.mkdir()
    (made / "orders.csv").write_text(ORDERS)
    return made


@pytest.fixture
def settings(settings: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """With a folder that may be read."""
    monkeypatch.setenv("RED_PANDAS_DATA_FOLDERS", str(folder))
    return Settings()


def test_a_folder_is_connected_read_and_forgotten(show: Show, ws: Workspace, folder: Path) -> None:
    app = show(PAGE)
    app.text_input(key="new-url").set_value(str(folder))
    press(app, "Connect")
    [source] = connections.list_all(ws)
    assert (source.name, source.location) == ("data", str(folder))
    app.run()
    assert app.selectbox(key="source-table").options == ["orders.csv"]
    app.text_input(key="source-name").set_value("Orders of spring")
    settled(press(app, "Read"))
    assert not app.exception
    assert names(ws) == {"Orders of spring"}

    again = show(PAGE)
    press(again, "Forget this source")
    assert connections.list_all(ws) == []
    assert names(ws) == {"Orders of spring"}


def test_what_is_refused_is_told_in_a_sentence_and_not_kept(show: Show, ws: Workspace) -> None:
    for url, told in (
        ("/etc", "no folder that may be read"),
        ("postgresql://ann@127.0.0.1/shop", "private network"),
        ("mysql://ann:s3cret@db/shop", "cannot be read from mysql"),
    ):
        app = show(PAGE)
        app.text_input(key="new-url").set_value(url)
        press(app, "Connect")
        assert told in words(app)
        assert "s3cret" not in words(app)
    assert connections.list_all(ws) == []


def test_a_source_that_went_away_is_told_and_can_be_forgotten(show: Show, ws: Workspace, folder: Path) -> None:
    connections.add(ws, "Exports", Address(url=str(folder)))
    (folder / "orders.csv").unlink()
    folder.rmdir()
    app = show(PAGE)
    assert "There is no file or folder" in words(app)
    press(app, "Forget this source")
    assert connections.list_all(ws) == []
