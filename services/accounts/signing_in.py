"""Registering and signing in. What is said tells nobody whether there is such an account, and takes as long."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from services.accounts import links, strength, throttling
from services.accounts.places import Place
from services.domain import User
from services.errors import BadInput, Forbidden
from services.workspace import Backends

_UNSEEN: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
EMAIL: Final = re.compile(
    r"[^\s@<>\"(),:;\\\[\]\x00-\x1f\x7f]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9-]{1,63}"
)
LONGEST_EMAIL: Final = 254
LONGEST_NAME: Final = 80


@dataclass(frozen=True)
class Identity:
    """What a provider of OpenID Connect says of somebody."""

    issuer: str
    subject: str
    email: str
    email_verified: bool
    name: str


def sign_in(backends: Backends, place: Place, email: str, password: str) -> User:
    """The person with this address and password.

    Raises: Forbidden, after too many tries, for a wrong password, and for somebody deactivated.
    """
    email, password = normal(email), strength.clean(password)
    throttling.sign_in(backends, place, email)
    user = backends.people.by_email(email)
    kept = backends.people.password_hash(user.id if user else "")
    if not backends.passwords.fits(password, kept) or user is None:
        raise Forbidden(
            "Address or password is wrong.", "Check both. The owner of this server can give you a reset link."
        )
    if not user.active:
        raise Forbidden("This account is deactivated.", "Ask the owner of this server to reactivate it.")
    throttling.forgive(backends, place, email)
    if backends.passwords.is_outdated(kept):
        backends.people.save_password(user.id, backends.passwords.hash(password), datetime.now(UTC))
    return user


def register(backends: Backends, place: Place, *, email: str, name: str, password: str, token: str = "") -> User:
    """A new person; the very first one runs the server.

    Raises: BadInput, Forbidden.
    """
    throttling.register(backends, place)
    email, name, password = checked_email(email), checked_name(name), strength.clean(password)
    purpose = _purpose(backends, token)
    bound_to = links.subject(backends, token, purpose) if purpose else ""
    if bound_to is None or bound_to not in ("", email):
        raise links.stale() if bound_to is None else BadInput("This link is for another address.", "Use that one.")
    strength.check(password, email.partition("@")[0], name, email)
    if backends.people.by_email(email):
        raise BadInput("This address has an account already.", "Sign in, or ask for a reset link.")
    user = _new(email, name, runs_server=purpose == "owner")
    hashed = backends.passwords.hash(password)
    if purpose:
        links.use(backends, token, purpose)
    backends.people.add(user, hashed)
    return user


def may_register(backends: Backends, token: str) -> bool:
    """Whether a form to register makes sense for whoever comes with this token."""
    try:
        purpose = _purpose(backends, token)
    except Forbidden:
        return False
    return purpose is None or links.subject(backends, token, purpose) is not None


def enter(backends: Backends, place: Place, identity: Identity, token: str = "") -> User:
    """The person whom a provider vouches for; somebody new is taken in when they may register.

    Raises: Forbidden, BadInput.
    """
    known = backends.people.by_identity(identity.issuer, identity.subject)
    if known is None:
        throttling.register(backends, place)
        known = _adopted(backends, identity) or _taken_in(backends, identity, token)
    if not known.active:
        raise Forbidden("This account is deactivated.", "Ask the owner of this server to reactivate it.")
    return known


def reset(backends: Backends, place: Place, token: str, password: str) -> User:
    """Sets a new password and signs the person out everywhere. Raises: Forbidden, BadInput."""
    throttling.register(backends, place)
    user = backends.people.user(links.subject(backends, token, "reset") or "")
    if user is None:
        raise links.stale()
    password = strength.clean(password)
    strength.check(password, user.email.partition("@")[0], user.name, user.email)
    hashed = backends.passwords.hash(password)
    links.use(backends, token, "reset")
    backends.people.save_password(user.id, hashed, datetime.now(UTC))
    backends.sessions.end_all(user.id)
    throttling.forgive(backends, place, user.email)
    return user


def normal(email: str) -> str:
    """The address as it is kept and compared; a copied one may bring signs along that nobody sees."""
    return _UNSEEN.sub("", email).strip().casefold()[: LONGEST_EMAIL + 1]


def checked_email(email: str) -> str:
    """Raises: BadInput."""
    found = normal(email)
    if len(found) > LONGEST_EMAIL or not EMAIL.fullmatch(found):
        raise BadInput("This is no address of email.", "One looks like ann@example.org.")
    return found


def checked_name(name: str) -> str:
    """One line that can be shown. Raises: BadInput."""
    found = " ".join("".join(sign for sign in name if sign.isprintable() or sign.isspace()).split())
    if not found or len(found) > LONGEST_NAME:
        raise BadInput("A name is needed, of at most 80 characters.", "Write what others should call you.")
    return found


def _purpose(backends: Backends, token: str) -> links.Purpose | None:
    """What a token must be good for; None where none is needed. Raises: Forbidden, where one is."""
    if not backends.people.has_owner():
        return "owner"
    if token:
        return "join"
    if backends.settings.registration == "open":
        return None
    raise Forbidden("Registering needs an invitation here.", "Ask the owner of this server for a link.")


def _new(email: str, name: str, *, runs_server: bool = False) -> User:
    return User(id=uuid4().hex, name=name, email=email, runs_server=runs_server, created_at=datetime.now(UTC))


def _adopted(backends: Backends, identity: Identity) -> User | None:
    """Somebody who is here already under the address that the provider has verified."""
    user = backends.people.by_email(normal(identity.email)) if identity.email and identity.email_verified else None
    if user:
        backends.people.add_identity(user, (identity.issuer, identity.subject))
    return user


def _taken_in(backends: Backends, identity: Identity, token: str) -> User:
    email = checked_email(identity.email)
    domains = {part.strip().casefold() for part in backends.settings.openid_domains.split(",") if part.strip()}
    is_ours = identity.email_verified and email.rpartition("@")[2] in domains and backends.people.has_owner()
    purpose = None if is_ours else _purpose(backends, token)
    if purpose:
        if links.subject(backends, token, purpose) not in ("", email):
            raise links.stale()
        links.use(backends, token, purpose)
    name = checked_name(identity.name or email.partition("@")[0])
    user = _new(email, name[:LONGEST_NAME], runs_server=purpose == "owner")
    backends.people.add(user, identity=(identity.issuer, identity.subject))
    return user
