"""What stops guessing: tries are counted by account and place, by account, and by place."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Final

from services.accounts.places import Place
from services.domain import Bound
from services.errors import Forbidden
from services.workspace import Backends

QUARTER: Final = timedelta(minutes=15)
HOUR: Final = timedelta(hours=1)
PAIR_TRIES: Final = 5
ACCOUNT_TRIES: Final = 50
"""From everywhere together; whoever knows an address could otherwise lock its owner out with five."""
PLACE_TRIES: Final = 100
REGISTRATIONS: Final = 20
VISITS: Final = 120


def sign_in(backends: Backends, place: Place, email: str) -> None:
    """Counts one try to sign in, whether or not there is such an account. Raises: Forbidden."""
    _hold(
        backends,
        Bound(key=_pair(place, email), tries=PAIR_TRIES, window=QUARTER),
        Bound(key=f"account {email}", tries=ACCOUNT_TRIES, window=QUARTER),
        Bound(key=_place(place), tries=PLACE_TRIES, window=QUARTER),
    )


def forgive(backends: Backends, place: Place, email: str) -> None:
    """Forgets the tries of somebody who was who they said."""
    backends.throttles.forget([_pair(place, email), f"account {email}"])
    backends.throttles.give_back(_place(place))


def register(backends: Backends, place: Place) -> None:
    """Counts one try to register or to use a link. Raises: Forbidden."""
    _hold(backends, Bound(key=f"register {place.network}", tries=REGISTRATIONS, window=HOUR))


def visit(backends: Backends, place: Place) -> None:
    """Counts one new visitor. Raises: Forbidden."""
    _hold(backends, Bound(key=f"visit {place.network}", tries=VISITS, window=HOUR))


def _pair(place: Place, email: str) -> str:
    return f"pair {place.network} {email}"


def _place(place: Place) -> str:
    return f"place {place.network}"


def _hold(backends: Backends, *bounds: Bound) -> None:
    now = datetime.now(UTC)
    if until := backends.throttles.count(bounds, now):
        minutes = math.ceil((until - now).total_seconds() / 60)
        wait = "a minute" if minutes == 1 else f"{minutes} minutes"
        raise Forbidden("There were too many tries.", f"Wait {wait}, then try again.")
