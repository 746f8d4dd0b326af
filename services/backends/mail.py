"""Mail by SMTP: one short text to one person."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from typing import Final
from urllib.parse import unquote, urlsplit

from services.errors import BadInput, Unavailable

SECONDS: Final = 15.0
PORTS: Final = {"smtp": 587, "smtps": 465}


class Mail:
    """Sends through the server that a URL names: `smtp://` takes STARTTLS where it is offered, `smtps://` is TLS."""

    def __init__(self, url: str, sender: str) -> None:
        """Raises: BadInput."""
        try:
            self._url = urlsplit(url)
            self._port = self._url.port or PORTS[self._url.scheme]
        except (ValueError, KeyError):
            # Without the reason: it quotes the URL, password and all.
            raise BadInput(
                "RED_PANDAS_SMTP_URL is no URL of a mail server.", "One looks like smtp://host:587."
            ) from None
        if "@" not in sender:
            raise BadInput(f"RED_PANDAS_MAIL_FROM is “{sender[:80]}”.", "Write an address, like pandas@example.org.")
        self._sender = sender

    def send(self, to: str, subject: str, text: str) -> None:
        """Hands the mail over. Raises: Unavailable."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._sender, to, subject
        message.set_content(text)
        try:
            with self._server() as server:
                server.send_message(message)
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable(
                f"The mail could not be sent ({type(error).__name__}).", "Check RED_PANDAS_SMTP_URL."
            ) from None

    def _server(self) -> smtplib.SMTP:
        """Raises: OSError, SMTPException."""
        host, context = self._url.hostname or "", ssl.create_default_context()
        if self._url.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, self._port, timeout=SECONDS, context=context)
        else:
            server = smtplib.SMTP(host, self._port, timeout=SECONDS)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=context)
            elif self._url.username:
                server.close()
                raise smtplib.SMTPNotSupportedError("A password is not sent in the clear.")
        if self._url.username:
            server.login(unquote(self._url.username), unquote(self._url.password or ""))
        return server
