"""A cookie is good once it was exchanged, for one browser, until it is ended; a forged or copied one is not."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from services.accounts import cookies, own, people, proofs, signing_in
from services.backends import tables
from services.domain import Session, User, Way
from services.errors import AppError, BadInput, Forbidden, NotFound
from services.settings import Settings
from services.workspace import Backends, Workspace, open_workspace
from tests.accounts.conftest import AWAY, GOOD, HOME

Join = Callable[[str], User]


@pytest.fixture
def cookie(backends: Backends, owner: User) -> str:
    return cookies.begin(backends, owner.id, Way.PASSWORD, HOME)


def shift(backends: Backends, **back: timedelta) -> None:
    """Moves moments of every session into the past."""
    now = datetime.now(UTC)
    with backends.database.session() as session:
        session.execute(update(tables.sessions).values({name: now - amount for name, amount in back.items()}))


def known(backends: Backends, cookie: str) -> Session:
    found = cookies.who(backends, cookie)
    assert found is not None
    return found


def test_a_ticket_becomes_a_cookie_once(backends: Backends, owner: User) -> None:
    ticket = cookies.give_ticket(backends, owner, Way.PASSWORD)
    cookie = cookies.exchange(backends, ticket, HOME)
    assert known(backends, cookie).user_id == owner.id
    with pytest.raises(Forbidden):
        cookies.exchange(backends, ticket, HOME)
    with pytest.raises(Forbidden):
        cookies.exchange(backends, "guess", HOME)


def test_a_ticket_is_good_for_half_a_minute(backends: Backends, owner: User) -> None:
    ticket = cookies.give_ticket(backends, owner, Way.PASSWORD)
    soon = datetime.now(UTC) + timedelta(seconds=cookies.TICKET_SECONDS)
    assert backends.one_time.subject(ticket, cookies.TICKET, soon - timedelta(seconds=5))
    assert backends.one_time.subject(ticket, cookies.TICKET, soon + timedelta(seconds=1)) is None


def test_signing_in_never_goes_on_with_a_session_that_was_there(backends: Backends, owner: User, join: Join) -> None:
    planted = cookies.begin(backends, join("eve").id, Way.PASSWORD, AWAY)
    fresh = cookies.exchange(backends, cookies.give_ticket(backends, owner, Way.PASSWORD), HOME, planted)
    assert known(backends, fresh).user_id == owner.id
    assert cookies.parse(backends, fresh)[0] != cookies.parse(backends, planted)[0]  # type: ignore[index]
    assert cookies.who(backends, planted) is None


@pytest.mark.parametrize(
    "forge",
    [
        lambda cookie: cookie[:-1] + ("A" if cookie[-1] != "A" else "B"),
        lambda cookie: cookie.replace(".0.", ".1."),
        lambda cookie: cookie.replace(".0.", ".00."),
        lambda cookie: cookie.replace(".0.", ".-1."),
        lambda cookie: cookie.replace(".0.", "."),
        lambda cookie: f"{secrets.token_hex(16)}.0.{cookie.split('.')[2]}",
        lambda cookie: cookie.split(".")[0],
        lambda cookie: cookie + "x",
        lambda cookie: cookie.upper(),
        lambda cookie: f"{cookie};{cookie}",
        lambda cookie: cookie + "\u0661",
        lambda cookie: cookie.replace(".0.", ".\u0660."),
        lambda cookie: "." * 300,
        lambda cookie: "",
    ],
)
def test_a_forged_cookie_is_nobodys(backends: Backends, cookie: str, forge: Callable[[str], str]) -> None:
    assert cookies.who(backends, forge(cookie)) is None
    assert cookies.who(backends, cookie) is not None


def test_a_cookie_signed_with_another_key_is_nobodys(backends: Backends, cookie: str) -> None:
    session = known(backends, cookie)
    theirs = replace(backends, signing_key=b"another key")
    assert cookies.who(backends, cookies._cookie(theirs, session.id, 0)) is None


def test_a_cookie_that_was_signed_out_is_worth_nothing(backends: Backends, cookie: str) -> None:
    session = known(backends, cookie)
    cookies.end(backends, cookie)
    assert cookies.who(backends, cookie) is None
    assert cookies.alive(backends, session.id) is None


def test_a_fresh_cookie_is_handed_out_and_ends_the_one_before(backends: Backends, cookie: str) -> None:
    assert cookies.fresh(backends, known(backends, cookie)) == ""
    shift(backends, turned_at=timedelta(minutes=16))
    fresh = cookies.fresh(backends, known(backends, cookie))
    assert fresh != cookie
    assert known(backends, cookie).turned == 0, "the browser may never have got the new one"
    assert known(backends, fresh).turned == 1
    assert known(backends, cookie).id == known(backends, fresh).id, "requests under way still carry the old one"


def test_an_old_cookie_that_comes_back_later_ends_the_session(backends: Backends, cookie: str) -> None:
    shift(backends, turned_at=timedelta(minutes=16))
    fresh = cookies.fresh(backends, known(backends, cookie))
    known(backends, fresh)
    shift(backends, turned_at=cookies.GRACE + timedelta(seconds=1))
    assert cookies.who(backends, cookie) is None
    assert cookies.who(backends, fresh) is None


def test_a_session_ends_when_it_is_not_used_and_lasts_ninety_days_at_most(backends: Backends, cookie: str) -> None:
    shift(backends, created_at=timedelta(days=85), seen_at=timedelta(days=1))
    session = known(backends, cookie)
    assert session.expires_at - datetime.now(UTC) < timedelta(days=5, minutes=1)
    shift(backends, expires_at=timedelta(seconds=1))
    assert cookies.who(backends, cookie) is None
    assert cookies.alive(backends, session.id) is None


def test_a_person_sees_and_ends_their_own_sessions_alone(backends: Backends, owner: User, join: Join) -> None:
    ann = join("ann")
    mine, other = (cookies.begin(backends, ann.id, Way.PASSWORD, place) for place in (HOME, AWAY))
    theirs = known(backends, cookies.begin(backends, owner.id, Way.PASSWORD, HOME))
    ws = open_workspace(backends, ann.id)
    assert {session.address for session in own.sessions(ws)} == {HOME.address, AWAY.address}
    with pytest.raises(NotFound):
        own.sign_out(ws, theirs.id)
    own.sign_out(ws, known(backends, other).id)
    assert cookies.who(backends, other) is None
    assert own.sign_out_everywhere(ws) == 1
    assert cookies.who(backends, mine) is None
    assert cookies.alive(backends, theirs.id) is not None


def test_changing_the_password_ends_all_other_sessions(backends: Backends, owner: User) -> None:
    mine, other = (cookies.begin(backends, owner.id, Way.PASSWORD, place) for place in (HOME, AWAY))
    ws, here = open_workspace(backends, owner.id), known(backends, mine).id
    with pytest.raises(BadInput, match="wrong"):
        own.change_password(ws, HOME, old="wrong horse battery", new="another fine day", here=here)
    with pytest.raises(BadInput):
        own.change_password(ws, HOME, old=GOOD, new="short", here=here)
    assert cookies.who(backends, other) is not None
    own.change_password(ws, HOME, old=GOOD, new="another fine day", here=here)
    assert cookies.who(backends, other) is None
    assert cookies.who(backends, mine) is not None
    assert signing_in.sign_in(backends, HOME, owner.email, "another fine day").id == owner.id


def test_the_present_password_cannot_be_guessed_either(backends: Backends, owner: User) -> None:
    ws = open_workspace(backends, owner.id)
    said = []
    for _ in range(6):
        with pytest.raises(AppError) as refused:
            own.change_password(ws, HOME, old="wrong horse battery", new="another fine day", here="")
        said.append(refused.value.message)
    assert said[4:] == ["The present password is wrong.", "There were too many tries."]


def test_deactivating_ends_sessions_and_links_and_reactivating_lets_in_again(
    backends: Backends, owner: User, join: Join
) -> None:
    ann, ws = join("ann"), open_workspace(backends, owner.id)
    cookie = cookies.begin(backends, ann.id, Way.PASSWORD, HOME)
    session = known(backends, cookie)
    ticket = cookies.give_ticket(backends, ann, Way.PASSWORD)
    link = people.reset_link(ws, ann.id).partition("=")[2]
    people.deactivate(ws, ann.id)
    assert cookies.who(backends, cookie) is None
    assert cookies.alive(backends, session.id) is None
    for attempt in (
        lambda: cookies.exchange(backends, ticket, HOME),
        lambda: signing_in.reset(backends, HOME, link, "another fine day"),
        lambda: open_workspace(backends, ann.id),
    ):
        with pytest.raises(Forbidden):
            attempt()
    people.reactivate(ws, ann.id)
    assert signing_in.sign_in(backends, HOME, ann.email, GOOD).id == ann.id


def test_a_session_of_somebody_deactivated_behind_our_back_ends_too(backends: Backends, owner: User) -> None:
    cookie = cookies.begin(backends, owner.id, Way.PASSWORD, HOME)
    backends.people.save(owner.model_copy(update={"active": False}))
    assert cookies.who(backends, cookie) is None


def test_the_owner_cannot_lock_themselves_out(backends: Backends, owner: User) -> None:
    with pytest.raises(BadInput):
        people.deactivate(open_workspace(backends, owner.id), owner.id)


OWNERS: dict[str, Callable[[Workspace, str], Any]] = {
    "list_all": lambda ws, _: people.list_all(ws),
    "deactivate": people.deactivate,
    "reactivate": people.reactivate,
    "make_owner": people.make_owner,
    "invite": lambda ws, _: people.invite(ws),
    "reset_link": people.reset_link,
}


@pytest.mark.parametrize("verb", OWNERS)
def test_only_who_runs_the_server_may(backends: Backends, owner: User, join: Join, verb: str) -> None:
    ann = join("ann")
    with pytest.raises(Forbidden):
        OWNERS[verb](open_workspace(backends, ann.id), owner.id)
    OWNERS[verb](open_workspace(backends, owner.id), ann.id)
    if verb not in ("list_all", "invite"):
        with pytest.raises(NotFound):
            OWNERS[verb](open_workspace(backends, owner.id), "nobody")


def test_the_local_user_is_nobody_where_people_sign_in(backends: Backends, owner: User) -> None:
    with pytest.raises(Forbidden):
        open_workspace(backends, "local")
    local = replace(backends, settings=Settings(home=backends.settings.home))
    assert open_workspace(local, "local").user.id == "local"


def test_nobody_opens_the_space_of_another(backends: Backends, owner: User, join: Join) -> None:
    with pytest.raises(Forbidden):
        open_workspace(backends, join("ann").id, owner.id)


CLAIMS = {"iss": "https://login.example", "sub": "1", "email": "ann@example.org", "email_verified": True, "nonce": "n"}


def test_what_a_provider_said_is_good_once_and_for_ten_minutes(backends: Backends) -> None:
    now = datetime.now(UTC).timestamp()
    claims = CLAIMS | {"iat": now}
    assert proofs.is_fresh(backends, claims)
    proofs.spend(backends, claims)
    assert not proofs.is_fresh(backends, claims)
    with pytest.raises(Forbidden):
        proofs.spend(backends, claims)
    assert proofs.is_fresh(backends, claims | {"nonce": "another"})
    for moment in (now - 700, now + 700, None, "now"):
        assert not proofs.is_fresh(backends, claims | {"nonce": "third", "iat": moment})


@pytest.mark.parametrize("missing", ["iss", "sub", "email"])
def test_a_provider_that_does_not_say_who_it_is_brings_nobody(missing: str) -> None:
    with pytest.raises(Forbidden):
        proofs.identity(CLAIMS | {missing: ""})
    assert proofs.identity(CLAIMS | {"email_verified": "no"}).email_verified is False
