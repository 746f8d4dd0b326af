"""What a provider of OpenID Connect vouched for: good for one sign-in, and for ten minutes."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from services import secrecy
from services.accounts.signing_in import Identity
from services.errors import Forbidden
from services.workspace import Backends

PURPOSE: Final = "openid"
FRESH_SECONDS: Final = 600
LEEWAY_SECONDS: Final = 120
"""How far the provider's clock may be ahead of ours."""


def identity(claims: Mapping[str, Any]) -> Identity:
    """Who it is. Raises: Forbidden, when the provider does not say."""
    issuer, subject, email = (str(claims.get(name) or "") for name in ("iss", "sub", "email"))
    if not issuer or not subject or max(len(issuer), len(subject)) > 255:
        raise Forbidden("The provider did not say who you are.", "Ask whoever runs this server.")
    if not email:
        raise Forbidden(
            "The provider did not tell your address of email.", "Allow it, or ask whoever runs this server."
        )
    verified = claims.get("email_verified") in (True, "true", "True")
    return Identity(issuer, subject, email, verified, str(claims.get("name") or ""))


def is_fresh(backends: Backends, claims: Mapping[str, Any]) -> bool:
    """Whether a session may still be begun with it."""
    issued = claims.get("iat")
    if not isinstance(issued, int | float) or not -LEEWAY_SECONDS < time.time() - issued < FRESH_SECONDS:
        return False
    return not backends.one_time.is_known(_mark(claims), PURPOSE)


def spend(backends: Backends, claims: Mapping[str, Any]) -> None:
    """Makes it worthless. Raises: Forbidden, when it was already."""
    now = datetime.now(UTC)
    lasts = timedelta(seconds=2 * (FRESH_SECONDS + LEEWAY_SECONDS))
    if not backends.one_time.spend(_mark(claims), PURPOSE, now, now + lasts):
        raise Forbidden("This sign-in was used before.", "Sign in again.")


def is_guessable(secret: str) -> bool:
    """Whether a secret is missing, or looks like an example."""
    return secrecy.is_guessable(secret)


def _mark(claims: Mapping[str, Any]) -> str:
    told = {name: claims.get(name) for name in ("iss", "sub", "aud", "iat", "exp", "nonce", "jti", "at_hash")}
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()
