"""A forgotten password by mail, through a real connection to a mail server."""

from __future__ import annotations

import re
import socketserver
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_string
from email.policy import default
from threading import Thread

import pytest
from pydantic import SecretStr

from services.accounts import letters, signing_in, throttling
from services.backends.mail import Mail
from services.domain import User
from services.errors import BadInput, Forbidden, Unavailable
from services.workspace import Backends
from tests.accounts.conftest import HOME


class MailServer(socketserver.ThreadingTCPServer):
    """Takes every mail, without encryption."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.mails: list[str] = []
        self.commands: list[str] = []

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"


class _Talk(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self._say("220 ready")
        while line := self.rfile.readline().decode().rstrip():
            self.server.commands.append(line)
            if line.lower() == "data":
                self._say("354 go on")
                self.server.mails.append(self._mail())
            self._say("221 bye" if line.lower() == "quit" else "250 fine")

    def _mail(self) -> str:
        lines = iter(self.rfile.readline, b".\r\n")
        return b"".join(lines).decode()

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@pytest.fixture
def post() -> Iterator[MailServer]:
    with MailServer() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def mailing(backends: Backends, owner: User, post: MailServer) -> Backends:
    """Those of a server that can send mail."""
    told = {"smtp_url": SecretStr(post.url), "mail_from": "pandas@example.org", "public_url": "https://pandas.example/"}
    return replace(backends, settings=backends.settings.model_copy(update=told))


def test_a_link_comes_by_mail_and_works(mailing: Backends, owner: User, post: MailServer) -> None:
    letters.ask_reset(mailing, HOME, " OWNER@example.org ").join()
    (mail,) = post.mails
    letter = message_from_string(mail, policy=default)
    assert letter["To"] == "owner@example.org"
    token = re.search(r"https://pandas\.example/\?reset=(\S+)", letter.get_content())[1]  # type: ignore[index]
    assert signing_in.reset(mailing, HOME, token, "another fine day").id == owner.id


def test_nobody_else_gets_one_and_nobody_is_told(mailing: Backends, owner: User, post: MailServer) -> None:
    mailing.people.save(owner.model_copy(update={"active": False}))
    for email in ("owner@example.org", "nobody@example.org", "", "a@b\r\nBcc: eve@example.org"):
        assert letters.ask_reset(mailing, HOME, email).join() is None
    assert post.mails == []


def test_asking_is_counted(mailing: Backends, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttling, "REGISTRATIONS", 3)  # the owner was the first
    for _ in range(2):
        letters.ask_reset(mailing, HOME, "nobody@example.org").join()
    with pytest.raises(Forbidden, match="too many"):
        letters.ask_reset(mailing, HOME, "nobody@example.org")


def test_a_mail_server_that_is_away_breaks_nothing(
    mailing: Backends, post: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    settings = mailing.settings.model_copy(update={"smtp_url": SecretStr("smtp://127.0.0.1:1")})
    letters.ask_reset(replace(mailing, settings=settings), HOME, "owner@example.org").join()
    assert "could not be sent" in caplog.text


def test_a_password_is_never_sent_in_the_clear(post: MailServer) -> None:
    with pytest.raises(Unavailable):
        Mail(post.url.replace("//", "//ann:s3cret@"), "a@example.org").send("b@example.org", "Subject", "Text")
    assert not any("AUTH" in command for command in post.commands)


@pytest.mark.parametrize("url", ["http://mail.example", "mail.example", "smtp://mail.example:port"])
def test_what_is_no_mail_server_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(BadInput) as refused:
        Mail(url.replace("//", "//ann:s3cret@"), "a@example.org")
    assert "s3cret" not in str(refused.value)
