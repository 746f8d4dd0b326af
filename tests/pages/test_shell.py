"""What stands between a page and its errors, and what the server adds."""

from __future__ import annotations

import logging

import pytest
from streamlit.testing.v1 import AppTest


def test_an_error_in_a_fragment_is_a_sentence() -> None:
    def script():  # type: ignore[no-untyped-def]
        from components import shell
        from services.errors import BadInput

        @shell.fragment()
        def part() -> None:
            raise BadInput("The file is empty.", "Upload another one.")

        part()

    app = AppTest.from_function(script).run()
    assert not app.exception
    assert "The file is empty\\." in app.markdown[0].value
    assert app.caption[0].value == "Upload another one\\."


def test_a_bug_is_logged_under_the_id_that_is_shown(caplog: pytest.LogCaptureFixture) -> None:
    def script():  # type: ignore[no-untyped-def]
        import app as server

        server.report(ValueError("the secret"))

    with caplog.at_level(logging.ERROR, logger="red_pandas"):
        app = AppTest.from_function(script, default_timeout=30).run()
    assert not app.exception
    shown = app.error[0].value
    reference = caplog.records[-1].args[0]
    assert f"**{reference}**" in shown
    assert "the secret" not in shown
    assert "the secret" in caplog.text
