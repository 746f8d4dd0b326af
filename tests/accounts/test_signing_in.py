"""Registering and signing in: who gets in, what is said to others, and what stops guessing."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from services.accounts import links, signing_in, strength, throttling
from services.accounts.signing_in import Identity
from services.backends import tables
from services.backends.database import Database
from services.backends.passwords import Passwords
from services.domain import User
from services.errors import AppError, BadInput, Forbidden
from services.settings import Settings
from services.workspace import Backends, open_workspace
from tests.accounts.conftest import AWAY, GOOD, HOME

Join = Callable[[str], User]
SUB = Identity("https://login.example", "sub-1", "Ann@Example.org", True, "Ann")


def register(backends: Backends, email: str = "ann@example.org", token: str = "", name: str = "Ann") -> User:
    return signing_in.register(backends, HOME, email=email, name=name, password=GOOD, token=token)


def test_the_first_person_needs_the_token_of_the_log_and_runs_the_server(backends: Backends) -> None:
    token = links.announce(backends)
    for wrong in ("", "x" * 32):
        with pytest.raises(Forbidden):
            register(backends, token=wrong)
    user = register(backends, " Ann@EXAMPLE.org ", token)
    assert (user.runs_server, user.email, user.active) == (True, "ann@example.org", True)
    assert links.announce(backends) == ""
    with pytest.raises(Forbidden):
        register(backends, "bob@example.org", token)


def test_a_newer_announcement_ends_the_earlier_one(backends: Backends) -> None:
    first, second = links.announce(backends), links.announce(backends)
    with pytest.raises(Forbidden):
        register(backends, token=first)
    assert register(backends, token=second).runs_server


def test_an_open_server_too_has_a_first_owner_by_token_alone(backends: Backends) -> None:
    opened = replace(backends, settings=Settings(home=backends.settings.home, sign_in="accounts", registration="open"))
    with pytest.raises(Forbidden):
        register(opened)
    register(opened, token=links.announce(opened))
    assert not register(opened, "bob@example.org").runs_server


def test_of_many_who_use_one_token_at_once_one_gets_in(backends: Backends) -> None:
    token = links.announce(backends)

    def attempt(number: int) -> bool:
        try:
            return bool(register(backends, f"p{number}@example.org", token))
        except AppError:
            return False

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(attempt, range(6))) == 1
    assert len(backends.people.all()) == 1


def test_registering_needs_an_invitation_that_fits(backends: Backends, owner: User) -> None:
    with pytest.raises(Forbidden, match="invitation"):
        register(backends)
    bound = links.give(backends, "join", "bob@example.org")
    with pytest.raises(BadInput, match="another address"):
        register(backends, token=bound)
    assert register(backends, "bob@example.org", bound).email == "bob@example.org"
    with pytest.raises(Forbidden):
        register(backends, "eve@example.org", bound)
    again = links.give(backends, "join", "owner@example.org")
    with pytest.raises(BadInput, match="account already"):
        register(backends, "OWNER@example.org", again)
    with pytest.raises(Forbidden):
        register(backends, "eve@example.org", links.give(backends, "reset", owner.id))


@pytest.mark.parametrize(
    "email",
    ["", "ann", "ann@", "@example.org", "a b@example.org", "ann@exa mple.org", "ann@example.org\nBcc: x", "a" * 300],
)
def test_what_is_no_address_is_refused(backends: Backends, email: str) -> None:
    with pytest.raises(BadInput):
        register(backends, email, links.announce(backends))


@pytest.mark.parametrize("name", ["", "   ", "\u202e\u200b", "x" * 81])
def test_a_name_that_cannot_be_shown_is_refused(backends: Backends, name: str) -> None:
    with pytest.raises(BadInput):
        register(backends, token=links.announce(backends), name=name)


def test_a_hostile_name_is_kept_as_one_visible_line(backends: Backends) -> None:
    user = register(backends, token=links.announce(backends), name="<script>alert(1)</script>\n\u202eevil")
    assert user.name == "<script>alert(1)</script> evil"


@pytest.mark.parametrize(
    "password",
    [
        "short", "password12", "P@ssw0rd2024!", "passwordpassword", "aaaaaaaaaaaa", "1234567890123", "qwertyuiop",
        "abcdefghijkl", "zyxwvutsrqpo", "Ann1234567890", "ann@example.org", "redpandas2026", "x" * 257, "          a",
    ],
)  # fmt: skip
def test_an_easy_password_is_refused(password: str) -> None:
    with pytest.raises(BadInput):
        strength.check(strength.clean(password), "ann", "Ann", "ann@example.org")


@pytest.mark.parametrize("password", [GOOD, "tr0ub4dor&3x", "вот такой пароль", "9f!kPq2_zL", "ein gutes Passwort"])
def test_a_good_password_is_taken(password: str) -> None:
    strength.check(strength.clean(password), "ann", "Ann", "ann@example.org")


def test_a_password_is_the_same_however_its_letters_are_composed(backends: Backends) -> None:
    token = links.announce(backends)
    signing_in.register(backends, HOME, email="a@b.org", name="A", password="cafe\u0301 au lait noir", token=token)
    assert signing_in.sign_in(backends, HOME, "A@b.org", " caf\u00e9 au lait noir ").name == "A"


def test_a_wrong_password_and_an_unknown_address_read_the_same(backends: Backends, owner: User) -> None:
    said = set()
    for email, password in (("owner@example.org", "wrong horse battery"), ("nobody@example.org", GOOD), ("", "")):
        with pytest.raises(Forbidden) as refused:
            signing_in.sign_in(backends, HOME, email, password)
        said.add(str(refused.value))
    assert len(said) == 1


def test_an_unknown_address_takes_as_long_as_a_wrong_password(backends: Backends, owner: User) -> None:
    slow = replace(backends, passwords=Passwords())
    slow.passwords.warm()
    slow.people.save_password(owner.id, slow.passwords.hash(GOOD), owner.created_at)  # type: ignore[arg-type]

    def seconds(email: str) -> float:
        began = time.process_time()
        with pytest.raises(Forbidden, match="wrong"):
            signing_in.sign_in(slow, HOME, email, "wrong horse battery")
        return time.process_time() - began

    known, unknown = zip(
        *((seconds("owner@example.org"), seconds("nobody@example.org")) for _ in range(4)), strict=True
    )
    assert 0.6 < statistics.median(known) / statistics.median(unknown) < 1.6


def test_somebody_deactivated_is_told_so_only_with_the_right_password(
    backends: Backends, owner: User, join: Join
) -> None:
    ann = join("ann")
    backends.people.save(ann.model_copy(update={"active": False}))
    with pytest.raises(Forbidden, match="wrong"):
        signing_in.sign_in(backends, HOME, ann.email, "wrong horse battery")
    with pytest.raises(Forbidden, match="deactivated"):
        signing_in.sign_in(backends, HOME, ann.email, GOOD)
    with pytest.raises(Forbidden):
        open_workspace(backends, ann.id)


def refusal(backends: Backends, email: str, place: object = HOME) -> str:
    with pytest.raises(Forbidden) as refused:
        signing_in.sign_in(backends, place, email, "wrong horse battery")  # type: ignore[arg-type]
    return refused.value.message


@pytest.mark.parametrize("email", ["owner@example.org", "nobody@example.org"])
def test_five_wrong_passwords_make_the_next_one_wait_whether_or_not_there_is_an_account(
    backends: Backends, owner: User, email: str
) -> None:
    said = [refusal(backends, email) for _ in range(6)]
    assert said == ["Address or password is wrong."] * 5 + ["There were too many tries."]


def test_the_lock_outlives_a_restart_holds_the_right_password_too_and_ends(
    backends: Backends, owner: User, url: str
) -> None:
    for _ in range(6):
        refusal(backends, owner.email)
    restarted = Database(url)
    again = replace(backends, database=restarted)
    with pytest.raises(Forbidden) as refused:
        signing_in.sign_in(again, HOME, owner.email, GOOD)
    assert "Wait 15 minutes" in refused.value.hint
    assert signing_in.sign_in(again, AWAY, owner.email, GOOD).id == owner.id
    with restarted.session() as session:
        table = tables.throttles
        earlier = table.c.locked_until.is_not(None)
        session.execute(update(table).where(earlier).values(locked_until=owner.created_at - timedelta(days=1)))  # type: ignore[operator]
    assert signing_in.sign_in(again, HOME, owner.email, GOOD).id == owner.id
    restarted.dispose()


def test_success_forgives(backends: Backends, owner: User) -> None:
    for _ in range(3):
        for _ in range(4):
            refusal(backends, owner.email)
        signing_in.sign_in(backends, HOME, owner.email, GOOD)


def test_many_at_once_get_no_more_tries_than_one(backends: Backends, owner: User) -> None:
    with ThreadPoolExecutor(12) as pool:
        said = list(pool.map(lambda _: refusal(backends, owner.email), range(24)))
    assert said.count("Address or password is wrong.") == 5


def test_one_place_cannot_try_many_accounts(backends: Backends, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttling, "PLACE_TRIES", 8)
    said = [refusal(backends, f"p{number}@example.org") for number in range(10)]
    assert said[7:] == ["Address or password is wrong.", *["There were too many tries."] * 2]


def test_many_places_cannot_try_one_account(backends: Backends, owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttling, "ACCOUNT_TRIES", 8)
    said = [refusal(backends, owner.email, replace(HOME, address=f"203.0.113.{number}")) for number in range(10)]
    assert said.count("There were too many tries.") == 2


def test_registering_is_counted(backends: Backends, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttling, "REGISTRATIONS", 3)
    said = []
    for _ in range(4):
        with pytest.raises(Forbidden) as refused:
            register(backends, token="guess")
        said.append(refused.value.message)
    assert said[3] == "There were too many tries." not in said[:3]


def test_a_reset_link_works_once_and_ends_every_session(backends: Backends, owner: User, join: Join) -> None:
    ann = join("ann")
    token = links.give(backends, "reset", ann.id)
    with pytest.raises(BadInput):
        signing_in.reset(backends, HOME, token, "password12")
    signing_in.reset(backends, HOME, token, "another fine day")
    with pytest.raises(Forbidden):
        signing_in.reset(backends, HOME, token, "yet another day")
    with pytest.raises(Forbidden):
        signing_in.sign_in(backends, HOME, ann.email, GOOD)
    assert signing_in.sign_in(backends, HOME, ann.email, "another fine day").id == ann.id


def test_a_reset_link_expires_and_a_newer_one_ends_it(backends: Backends, owner: User) -> None:
    first = links.give(backends, "reset", owner.id)
    second = links.give(backends, "reset", owner.id)
    assert links.subject(backends, first, "reset") is None
    with backends.database.session() as session:
        session.execute(update(tables.one_time_tokens).values(expires_at=owner.created_at))
    for token in (first, second, "", "guess"):
        with pytest.raises(Forbidden):
            signing_in.reset(backends, HOME, token, "another fine day")


def test_no_token_or_password_stands_in_the_database(backends: Backends, owner: User) -> None:
    token = links.give(backends, "reset", owner.id)
    with backends.database.reading() as session:
        rows = [str(row) for table in tables.metadata.sorted_tables for row in session.execute(table.select())]
    assert rows
    assert not any(token in row or GOOD in row for row in rows)


def test_a_provider_brings_only_whom_the_owner_wants(backends: Backends, owner: User) -> None:
    with pytest.raises(Forbidden, match="invitation"):
        signing_in.enter(backends, HOME, SUB)
    user = signing_in.enter(backends, HOME, SUB, links.give(backends, "join", "ann@example.org"))
    assert user.email == "ann@example.org"
    assert signing_in.enter(backends, AWAY, replace(SUB, email="new@example.com")).id == user.id
    with pytest.raises(Forbidden):
        signing_in.enter(backends, HOME, replace(SUB, issuer="https://other.example", email_verified=False))


def test_a_provider_may_bring_verified_people_of_named_domains(backends: Backends, owner: User) -> None:
    settings = backends.settings.model_copy(update={"openid_domains": "Example.org, example.net"})
    ours = replace(backends, settings=settings)
    with pytest.raises(Forbidden):
        signing_in.enter(ours, HOME, replace(SUB, email_verified=False))
    with pytest.raises(Forbidden):
        signing_in.enter(ours, HOME, replace(SUB, email="ann@notexample.org"))
    assert signing_in.enter(ours, HOME, SUB).email == "ann@example.org"


def test_an_unverified_address_takes_over_nobodys_account(backends: Backends, owner: User) -> None:
    thief = Identity("https://login.example", "thief", owner.email, False, "Thief")
    with pytest.raises(AppError):
        signing_in.enter(backends, HOME, thief, links.give(backends, "join"))
    assert signing_in.enter(backends, HOME, replace(thief, email_verified=True)).id == owner.id
