"""Without a session nothing is answered but what the sign-in is made of; another site gets nothing at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import update
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from services import tickets
from services.accounts import cookies, links, signing_in
from services.accounts.places import Place
from services.backends import tables
from services.backends.passwords import Passwords
from services.domain import User, Way
from services.routes import downloads, sign_in, uploads
from services.routes.wall import Wall
from services.workspace import Backends, open_workspace

SECRET = "the data"
METHODS = ["GET", "POST", "PUT", "DELETE"]
PAGE = {"accept": "text/html", "sec-fetch-dest": "document", "sec-fetch-site": "none"}
OWN = {"sec-fetch-site": "same-origin"}
HOME = Place("192.0.2.7", "a browser")
GUARDED = (
    "/media/abc.png", "/media/", "/_stcore/upload_file/session/file", "/_stcore/metrics", "/_stcore/anything",
    "/_stcore/script-health-check", "/_stcore/agent/interact", "/_stcore/agent/openapi.json", "/app/anything",
    "/transfer/downloads/v/csv", "/transfer/uploads/probe", "//media/abc.png", "/media//abc.png", "/_stcore//metrics",
    "/pandas/media/abc.png", "/sign-in/anything", "/auth/anything", "/x/y/transfer/downloads/v/csv",
)  # fmt: skip
OPEN = (
    "/_stcore/health", "/_stcore/host-config", "/datasets/_stcore/health", "/_stcore/bidi-components/x.js", "/healthz",
    "/readyz", "/static/js/index.js", "/app/static/inter-latin.woff2", "/component/x/index.html", "/oauth2callback",
    "/", "/datasets", "/chat?x=1",
)  # fmt: skip


async def _data(_: Request) -> PlainTextResponse:
    return PlainTextResponse(SECRET)


@pytest.fixture
def served(backends: Backends) -> Backends:
    settings = backends.settings.model_copy(update={"sign_in": "accounts"})
    return replace(backends, settings=settings, passwords=Passwords(PasswordHasher(1, 8, 1)))


@pytest.fixture
def ann(served: Backends) -> User:
    return _person(served, "ann", links.announce(served))


@pytest.fixture
def http(served: Backends) -> Iterator[TestClient]:
    with _client(served) as client:
        yield client


def _person(backends: Backends, name: str, token: str) -> User:
    email, password = f"{name}@example.org", "correct horse battery"
    return signing_in.register(backends, HOME, email=email, name=name, password=password, token=token)


def _client(backends: Backends) -> TestClient:
    made = [route for part in (uploads, downloads, sign_in) for route in part.routes(lambda: backends)]
    routes = [*made, Route("/{path:path}", _data, methods=METHODS)]
    wall = Middleware(Wall, backends=lambda: backends, is_needed=lambda: backends.settings.sign_in != "local")
    return TestClient(Starlette(routes=routes, middleware=[wall]), base_url="http://pandas.example")


def cookie_of(backends: Backends, user: User) -> dict[str, str]:
    return {"cookie": f"{cookies.PLAIN}={cookies.begin(backends, user.id, Way.PASSWORD, HOME)}"}


@pytest.mark.parametrize("method", METHODS)
def test_signed_out_nothing_is_answered(http: TestClient, ann: User, method: str) -> None:
    ways = (OWN, OWN | {"cookie": "red_pandas=forged.0.signature"}, OWN | {"accept": "text/html"})
    for path, headers in product(GUARDED, ways):
        answer = http.request(method, f"http://pandas.example{path}", headers=headers)
        assert answer.status_code == 401, path
        assert SECRET not in answer.text
        assert "sign" in answer.text.lower()
        assert answer.headers["cache-control"] == "no-store"


def test_what_the_sign_in_is_made_of_is_answered_and_can_only_be_read(http: TestClient, ann: User) -> None:
    for path in OPEN:
        answer = http.get(path, headers=OWN)
        assert (answer.status_code, answer.text) == (200, SECRET), path
        assert answer.headers["content-security-policy"] == "frame-ancestors 'self'"
        for method in METHODS[1:]:
            assert http.request(method, path, headers=OWN).status_code == 401, path


def test_only_a_published_link_stands_in_a_frame_of_another_page(http: TestClient, ann: User) -> None:
    shown = http.get("/shared?link=abc&embed=true", headers=PAGE | {"sec-fetch-dest": "iframe"})
    assert "content-security-policy" not in shown.headers
    assert shown.headers["x-content-type-options"] == "nosniff"
    for other in ("/shared?link=abc", "/shared?embed=true", "/datasets?link=abc&embed=true"):
        assert http.get(other, headers=PAGE).headers["content-security-policy"] == "frame-ancestors 'self'"


def test_signed_in_everything_is_answered(http: TestClient, served: Backends, ann: User) -> None:
    headers = OWN | cookie_of(served, ann)
    for path in ("/media/abc.png", "/_stcore/upload_file/session/file", "/_stcore/metrics", "/datasets"):
        assert http.get(path, headers=headers).text == SECRET
    cookies.end(served, headers["cookie"].partition("=")[2])
    assert http.get("/media/abc.png", headers=headers).status_code == 401


@pytest.mark.parametrize(
    "foreign",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://pandas.example.evil.example"},
    ],
)
def test_another_site_cannot_borrow_a_session(
    http: TestClient, served: Backends, ann: User, foreign: dict[str, str]
) -> None:
    paths = ("/_stcore/upload_file/session/file", "/transfer/uploads", sign_in.PATH)
    for path, method in product(paths, METHODS[1:]):
        answer = http.request(method, path, headers=foreign | cookie_of(served, ann), content=b"rows")
        assert answer.status_code == 403


def test_a_ticket_becomes_a_cookie_no_script_can_read(http: TestClient, served: Backends, ann: User) -> None:
    ticket = cookies.give_ticket(served, ann, Way.PASSWORD)
    answer = http.post(sign_in.PATH, json={"ticket": ticket}, headers=OWN | {"origin": "http://pandas.example"})
    assert answer.status_code == 204
    given = answer.headers["set-cookie"]
    assert given.startswith("red_pandas=")
    assert "HttpOnly; SameSite=Lax" in given
    assert "Secure" not in given
    value = given.partition("=")[2].partition(";")[0]
    session = cookies.who(served, value)
    assert session is not None
    assert (session.user_id, session.address) == (ann.id, "testclient")
    assert http.post(sign_in.PATH, json={"ticket": ticket}, headers=OWN).status_code == 403


def test_over_https_the_cookie_belongs_to_this_host_alone(http: TestClient, served: Backends, ann: User) -> None:
    ticket = cookies.give_ticket(served, ann, Way.PASSWORD)
    answer = http.post(sign_in.PATH, json={"ticket": ticket}, headers=OWN | {"origin": "https://pandas.example"})
    assert answer.headers["set-cookie"].startswith("__Host-red_pandas=")
    assert answer.headers["set-cookie"].endswith("HttpOnly; SameSite=Lax; Secure")


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b'{"ticket": 5}', b'{"ticket": "guess"}', b"{" * 900, b"x" * 9_999]
)
def test_what_is_no_ticket_is_refused(http: TestClient, body: bytes) -> None:
    answer = http.post(sign_in.PATH, content=body, headers=OWN)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_signing_in_ends_the_session_the_browser_came_with(http: TestClient, served: Backends, ann: User) -> None:
    planted = cookie_of(served, _person(served, "eve", links.give(served, "join")))
    ticket = cookies.give_ticket(served, ann, Way.PASSWORD)
    answer = http.post(sign_in.PATH, json={"ticket": ticket}, headers=OWN | planted)
    assert answer.status_code == 204
    assert cookies.who(served, planted["cookie"].partition("=")[2]) is None


def test_a_page_hands_out_a_fresh_cookie_when_it_is_time(http: TestClient, served: Backends, ann: User) -> None:
    headers = PAGE | cookie_of(served, ann)
    assert "set-cookie" not in http.get("/datasets", headers=headers).headers
    with served.database.session() as session:
        past = datetime.now(UTC) - timedelta(minutes=16)
        session.execute(update(tables.sessions).values(turned_at=past))
    assert "set-cookie" not in http.get("/media/x", headers=OWN | {"cookie": headers["cookie"]}).headers
    answer = http.get("/datasets", headers=headers)
    assert answer.headers["cache-control"] == "no-store"
    fresh = answer.headers["set-cookie"].partition(";")[0]
    assert fresh != headers["cookie"]
    assert "set-cookie" not in http.get("/datasets", headers=PAGE | {"cookie": fresh}).headers


def test_a_page_takes_a_dead_cookie_away(http: TestClient, served: Backends, ann: User) -> None:
    headers = PAGE | cookie_of(served, ann)
    cookies.end(served, headers["cookie"].partition("=")[2])
    assert "Max-Age=0" in http.get("/datasets", headers=headers).headers["set-cookie"]


def test_only_a_server_for_visitors_gives_strangers_a_cookie(served: Backends, http: TestClient) -> None:
    assert "set-cookie" not in http.get("/", headers=PAGE).headers
    settings = served.settings.model_copy(update={"sign_in": "visitors"})
    with _client(replace(served, settings=settings)) as visited:
        given = visited.get("/", headers=PAGE).headers["set-cookie"]
        assert "HttpOnly; SameSite=Lax" in given
        assert visited.get("/media/x", headers=OWN | {"cookie": given.partition(";")[0]}).status_code == 401
        assert served.people.all() == []


def test_an_address_made_for_one_person_opens_nothing_for_another(
    http: TestClient, served: Backends, ann: User
) -> None:
    bob = _person(served, "bob", links.give(served, "join"))
    ticket: Any = tickets.give(open_workspace(served, ann.id), uploads.PURPOSE)
    for user, status in ((ann, 204), (bob, 403)):
        headers = OWN | cookie_of(served, user) | {uploads.TICKET: ticket}
        assert http.post("/transfer/uploads/probe", headers=headers).status_code == status
    link = tickets.give(open_workspace(served, ann.id), downloads.purpose("v", downloads.Format.CSV))
    for user, status in ((ann, 404), (bob, 403)):
        answer = http.get(f"/transfer/downloads/v/csv?ticket={link}", headers=OWN | cookie_of(served, user))
        assert answer.status_code == status


def test_without_accounts_there_is_no_wall(backends: Backends) -> None:
    with _client(backends) as client:
        assert client.get("/media/abc.png", headers=OWN).text == SECRET


def test_what_all_paths_begin_with_opens_no_door(served: Backends, ann: User) -> None:
    wall = Middleware(Wall, backends=lambda: served, is_needed=lambda: True, base=lambda: "/pandas")
    with TestClient(Starlette(routes=[Route("/{path:path}", _data)], middleware=[wall])) as client:
        assert client.get("/pandas/media/abc.png", headers=OWN).status_code == 401
        assert client.get("/pandas/_stcore/metrics", headers=OWN).status_code == 401
        assert client.get("/pandas/static/index.js", headers=OWN).status_code == 200
        assert client.get("/pandas/datasets", headers=OWN).status_code == 200


def test_media_is_for_whoever_has_a_tab_that_shows_it(served: Backends, ann: User) -> None:
    bob = _person(served, "bob", links.give(served, "join"))
    held = {"anns": ["tab-a"], "both": ["tab-a", "tab-b"], "published": ["tab-n"], "nobodys": []}
    for tab, user_id in (("tab-a", ann.id), ("tab-b", bob.id), ("tab-n", "")):
        served.tabs.note(tab, user_id)
    wall = Middleware(Wall, backends=lambda: served, is_needed=lambda: True, showing=held.__getitem__)
    app = Starlette(routes=[Route("/{path:path}", _data, methods=METHODS)], middleware=[wall])
    with TestClient(app, base_url="http://pandas.example") as http:

        def status(name: str, who: User | None, folder: str = "/media/") -> int:
            headers = OWN | (cookie_of(served, who) if who else {})
            return http.get(f"http://pandas.example{folder}{name}.png", headers=headers).status_code

        for folder in ("/media/", "//media/", "/media//", "/pandas/media/"):
            assert status("anns", ann, folder) == 200
            assert status("anns", bob, folder) == 404, folder
            assert status("anns", None, folder) == 401, folder
        assert (status("both", ann), status("both", bob), status("both", None)) == (200, 200, 401)
        assert (status("published", None), status("published", ann)) == (200, 404)
        assert (status("nobodys", ann), status("nobodys", None)) == (200, 401)
        served.tabs.note("tab-a", bob.id)
        assert (status("anns", ann), status("anns", bob)) == (404, 200), "somebody else signed in there"
