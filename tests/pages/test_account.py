"""The pages of people, and every page for somebody who is signed out, without a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest

from components.sign_in import browser
from services import conversations, datasets, sharing, teams, usage, wiring
from services.accounts import cookies, groups, links, signing_in
from services.accounts.places import Place
from services.circles import Limits, ObjectKind, Right, Role
from services.domain import User, Way
from services.settings import Settings
from services.workspace import Backends, Workspace, open_workspace
from tests.pages.conftest import FRAME, PAGES
from tests.pages.test_floor import words

GOOD = "correct horse battery"
AWAY = Place("198.51.100.9", "Mozilla/5.0 (Windows NT 10.0) Chrome/150.0 Safari/537.36")
HOSTILE = "![x](https://evil.example) <script>alert(1)</script>"


@pytest.fixture
def ws(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """The workspace of the owner of a server with accounts."""
    monkeypatch.setenv("RED_PANDAS_SIGN_IN", "accounts")
    backends = wiring.backends(Settings())
    yield open_workspace(backends, person(backends, "olga", links.announce(backends)).id)
    wiring.close(backends)
    wiring.backends.cache_clear()


def person(backends: Backends, name: str, token: str = "") -> User:
    token = token or links.give(backends, "join")
    email = f"{name}@example.org"
    return signing_in.register(backends, AWAY, email=email, name=HOSTILE, password=GOOD, token=token)


@pytest.fixture
def show_to(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Runs a page for somebody: `show_to(user, "team/account.py")`; for nobody, with None. AppTest sends no cookies."""

    def run(user: User | None, page: str = PAGES[0], **query: str) -> AppTest:
        app = AppTest.from_file(FRAME, default_timeout=60)
        app.query_params.update(query)
        cookie = cookies.begin(ws.backends, user.id, Way.PASSWORD, AWAY) if user else ""
        monkeypatch.setattr(browser, "cookie", lambda: cookie)
        app.run()
        return app if page == PAGES[0] else app.switch_page(page).run()

    return run


ShowTo = Callable[..., AppTest]


@pytest.mark.long
def test_signed_out_every_page_is_the_sign_in(show_to: ShowTo, ws: Workspace) -> None:
    datasets.sample(ws)
    for page in PAGES:
        app = show_to(None, page)
        assert [title.value for title in app.title] == ["Sign in"], page
        assert not app.exception
        assert not app.dataframe
        assert not app.chat_input
        assert HOSTILE not in words(app)


def test_a_member_sees_their_account_but_not_the_people(show_to: ShowTo, ws: Workspace) -> None:
    ann = person(ws.backends, "ann")
    app = show_to(ann, "team/account.py")
    assert app.title[0].value == "Account"
    assert app.text_input[0].value == HOSTILE
    app = show_to(ann, "team/people.py")
    assert "Only whoever runs this server" in words(app)
    assert "olga" not in words(app)


def test_names_are_drawn_as_they_are(show_to: ShowTo, ws: Workspace) -> None:
    person(ws.backends, "ann")
    app = show_to(ws.user, "team/people.py")
    assert not app.exception
    assert "2 accounts" in words(app)
    assert not any("![" in each.value or "<script>" in each.value for each in app.markdown)


def test_changing_the_password_and_signing_out(show_to: ShowTo, ws: Workspace) -> None:
    app = show_to(ws.user, "team/account.py")
    other = cookies.begin(ws.backends, ws.user.id, Way.PASSWORD, AWAY)
    app.text_input[1].set_value("wrong horse battery")
    app.text_input[2].set_value("another fine day")
    app = next(button for button in app.button if button.label == "Change password").click().run()
    assert "present password is wrong" in words(app)
    app.text_input[1].set_value(GOOD)
    app.text_input[2].set_value("another fine day")
    app = next(button for button in app.button if button.label == "Change password").click().run()
    assert "is changed" in app.success[0].value
    assert cookies.who(ws.backends, other) is None
    app = next(button for button in app.button if button.label == "Sign out").click().run()
    assert app.title[0].value == "Sign in"


def test_the_owner_deactivates_and_reactivates(show_to: ShowTo, ws: Workspace) -> None:
    ann = person(ws.backends, "ann")
    app = show_to(ws.user, "team/people.py")
    app = app.button(key=f"off-{ann.id}").click().run()
    assert "Deactivated" in words(app)
    assert ws.backends.people.user(ann.id).active is False  # type: ignore[union-attr]
    app = app.button(key=f"on-{ann.id}").click().run()
    assert ws.backends.people.user(ann.id).active is True  # type: ignore[union-attr]


def test_the_owner_closes_a_team_and_opens_it_again(show_to: ShowTo, ws: Workspace, team: Workspace) -> None:
    app = show_to(ws.user, "team/people.py")
    app = app.button(key=f"close-{team.team.id}").click().run()
    assert not app.exception
    assert "Deactivated" in words(app)
    assert "was deactivated" in show_to(team.user, team=team.team.id).toast[0].value
    app = show_to(ws.user, "team/people.py")
    app = app.button(key=f"open-{team.team.id}").click().run()
    assert "Deactivated" not in words(app)
    assert teams.list_all(team) == [(team.team, Role.OWNER)]


def test_the_team_of_a_link_is_the_team_of_the_next_page(show_to: ShowTo, team: Workspace) -> None:
    app = show_to(team.user, team=team.team.id)
    app.query_params.clear()
    app = app.switch_page("team/members.py").run()
    assert app.query_params["team"] in (team.team.id, [team.team.id])
    assert "Pandas" in app.title[0].value


def test_a_fragment_of_somebody_signed_out_draws_the_sign_in(show_to: ShowTo, ws: Workspace) -> None:
    app = show_to(ws.user)
    assert app.chat_input
    ws.backends.sessions.end_all(ws.user.id)
    app.run()
    assert app.title[0].value == "Sign in"
    assert not app.chat_input


def test_a_server_whose_visitors_refuse_cookies_says_so(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RED_PANDAS_SIGN_IN", "visitors")
    monkeypatch.setattr(browser, "cookie", str)
    app = AppTest.from_file(FRAME, default_timeout=60).run()
    assert "needs a cookie" in words(app)
    assert not app.chat_input


@pytest.fixture
def team(ws: Workspace) -> Workspace:
    """A team of the owner's, without a table."""
    return open_workspace(ws.backends, ws.user.id, teams.create(ws, "Pandas & friends").id)


def viewer(team: Workspace) -> User:
    ann = person(team.backends, "ann")
    teams.accept(open_workspace(team.backends, ann.id), teams.invite(team, Role.VIEWER).token)
    return ann


LONG = pytest.mark.long
LOOKED_AT = (
    "analyse/chat.py",
    *(pytest.param(f"{page}.py", marks=LONG) for page in ("analyse/explore", "data/datasets", "data/table")),
)


@pytest.mark.parametrize("page", LOOKED_AT)
def test_a_viewer_of_an_empty_team_is_told_kindly(show_to: ShowTo, team: Workspace, page: str) -> None:
    app = show_to(viewer(team), page, team=team.team.id)
    assert "Nothing here yet" in [title.value for title in app.title]
    assert ":red[" not in words(app)
    assert datasets.list_all(team) == []


def test_a_viewer_is_not_asked_for_files(show_to: ShowTo, team: Workspace) -> None:
    app = show_to(viewer(team), "data/upload.py", team=team.team.id)
    assert "not add to it" in words(app)
    assert ":red[" not in words(app)


@pytest.mark.parametrize(
    ("kind", "right"),
    [
        (ObjectKind.CONVERSATION, Right.VIEW),
        pytest.param(ObjectKind.CONVERSATION, Right.EDIT, marks=LONG),
        pytest.param(ObjectKind.DATASET, Right.VIEW, marks=LONG),
        pytest.param(ObjectKind.DATASET, Right.EDIT, marks=LONG),
    ],
)
def test_a_guest_elsewhere_is_shown_the_way_back(
    show_to: ShowTo, team: Workspace, kind: ObjectKind, right: Right
) -> None:
    ann, table = person(team.backends, "ann"), datasets.sample(team)
    about = table.id if kind is ObjectKind.DATASET else conversations.create(team, table.id).id
    share = sharing.with_person(team, kind, about, "ann@example.org", right)
    for page in ("data/history.py", "team/members.py", "team/account.py", "team/settings.py"):
        app = show_to(ann, page, shared=share.id)
        assert not app.exception
        assert ":red[" not in words(app)
        if right is Right.VIEW or page.startswith("team/"):
            assert [each.value for each in app.header] == ["This page is not shared with you"]
            assert len(app.button) >= 3
    sharing.stop(team, share.id)
    app = show_to(ann, "share/shared.py", shared=share.id)
    assert [each.value for each in app.header] == ["This is not shared any more"]
    app = next(each for each in app.button if each.label == "All that is shared with me").click().run()
    assert [title.value for title in app.title] == ["Shared with me"]


def test_whoever_runs_the_server_sees_teams_and_sets_what_everybody_may_use(
    show_to: ShowTo, ws: Workspace, team: Workspace
) -> None:
    datasets.sample(team)
    app = show_to(ws.user, "team/people.py")
    assert not app.exception
    assert "friends" in words(app)
    assert "1 member" in words(app)
    for field, wanted in (("team_limits", 7), ("defaults", 9)):
        numbers = [each for each in app.number_input if each.label == "Questions a day"]
        saves = [each for each in app.button if each.label == "Save"]
        place = 0 if field == "team_limits" else -1
        numbers[place].set_value(wanted)
        app = saves[place].click().run()
        assert not app.exception
    assert usage.team_limits(team).questions_a_day == 7
    assert usage.limits(team).questions_a_day == 9


def test_a_limit_that_is_reached_offers_the_way_to_more(show_to: ShowTo, ws: Workspace, team: Workspace) -> None:
    groups.set_defaults(ws, Limits(questions_a_day=0))
    table = datasets.sample(team)
    app = show_to(ws.user, PAGES[0], team=team.team.id, dataset=table.id)
    app = app.chat_input[0].set_value("how many rows").run()
    assert "limit of 0 questions today is reached" in words(app)
    assert [each.proto.label for each in app.get("page_link") if each.proto.label == "Ask for more"]
