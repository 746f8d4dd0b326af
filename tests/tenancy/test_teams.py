"""Teams, sharing, activity, limits, taking out and leaving for good, on SQLite and on PostgreSQL."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from services import activity, conversations, datasets, sharing, teams, tickets, usage
from services.access import Role
from services.assistant import pipeline
from services.backends import tables, team_tables
from services.circles import EACH, Limits, Measure, ObjectKind, Right, Visibility, WishStatus
from services.domain import User
from services.errors import AppError, BadInput, Forbidden, LimitReached, NotFound
from services.workspace import Backends, Workspace, open_link, open_workspace
from tests.tenancy import world

SCRIPT = "<script>alert(1)</script> =cmd() ‮"
TABLE, TALK = ObjectKind.DATASET, ObjectKind.CONVERSATION


def expired(backends: Backends, table: str) -> None:
    """Lets everything in the table have ended a second ago."""
    found = tables.metadata.tables[table]
    with backends.database.everywhere().session() as session:
        session.execute(update(found).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))


def test_an_invitation_lets_one_person_in_once(ann: Workspace, bob: User) -> None:
    made, own = teams.invite(ann, Role.VIEWER), open_workspace(ann.backends, bob.id)
    welcome = teams.welcome(own, made.token)
    assert (welcome.team, welcome.role, welcome.by) == (ann.team, Role.VIEWER, ann.user.name)
    assert teams.accept(own, made.token) == ann.team
    assert teams.list_all(own) == [(ann.team, Role.VIEWER)]
    assert teams.invitations(ann) == []
    for person in (bob, world.somebody(ann.backends)):
        with pytest.raises(NotFound):
            teams.accept(open_workspace(ann.backends, person.id), made.token)


def test_an_invitation_ends_with_its_time_when_taken_back_and_with_the_rights_of_who_gave_it(
    ann: Workspace, bob: User
) -> None:
    own, admin = open_workspace(ann.backends, bob.id), world.join(ann, world.somebody(ann.backends), Role.ADMIN)
    taken, kept = teams.invite(ann), teams.invite(admin)
    teams.take_back(ann, taken.invitation.id)
    teams.set_role(ann, admin.user.id, Role.MEMBER)
    for token in (taken.token, kept.token, "", "x", taken.token[:-1]):
        with pytest.raises(NotFound):
            teams.accept(own, token)
    late = teams.invite(ann)
    expired(ann.backends, "invitations")
    with pytest.raises(NotFound):
        teams.accept(own, late.token)
    with ann.backends.database.everywhere().reading() as session:
        assert late.token not in repr(session.execute(select(team_tables.invitations)).all())


def test_nobody_rises_above_whoever_lets_them(ann: Workspace) -> None:
    backends = ann.backends
    admin, other = (world.join(ann, world.somebody(backends), Role.ADMIN) for _ in range(2))
    member = world.join(ann, world.somebody(backends), Role.MEMBER)
    with pytest.raises(BadInput):
        teams.invite(admin, Role.OWNER)
    for user_id in (other.user.id, ann.user.id, admin.user.id):
        with pytest.raises(BadInput):
            teams.set_role(admin, user_id, Role.VIEWER)
        with pytest.raises(BadInput):
            teams.remove(admin, user_id)
    with pytest.raises(BadInput):
        teams.set_role(admin, member.user.id, Role.OWNER)
    with pytest.raises(Forbidden):
        teams.hand_over(admin, member.user.id)
    teams.hand_over(ann, member.user.id)
    roles = {each.user_id: each.role for each in teams.members(open_workspace(backends, member.user.id, ann.team.id))}
    assert (roles[member.user.id], roles[ann.user.id]) == (Role.OWNER, Role.ADMIN)
    assert list(roles.values()).count(Role.OWNER) == 1
    with pytest.raises(Forbidden):
        teams.delete(ann)  # what the page still holds is worth no more than what is true now


def test_who_is_removed_leaves_their_work_and_sees_nothing(ann: Workspace, bob: User, tmp_path: Path) -> None:
    member = world.join(ann, bob, Role.MEMBER)
    open_one = world.uploaded(member, tmp_path)
    hidden = world.uploaded(member, tmp_path)
    sharing.show_to(member, TABLE, hidden, Visibility.PRIVATE)
    assert [each.id for each in datasets.list_all(ann)] == [open_one]
    teams.remove(ann, bob.id)
    assert {each.id for each in datasets.list_all(ann)} == {open_one, hidden}
    member = replace(member, standing=open_workspace(ann.backends, ann.user.id).standing)  # the clock starts anew
    with pytest.raises(Forbidden):
        open_workspace(ann.backends, bob.id, ann.team.id)


def test_the_owner_does_not_leave_others_without_one(ann: Workspace, bob: User) -> None:
    member = world.join(ann, bob, Role.MEMBER)
    with pytest.raises(BadInput):
        teams.leave(ann)
    teams.leave(member)
    assert [each.user_id for each in teams.members(ann)] == [ann.user.id]


def test_a_private_dataset_is_its_makers_and_its_conversations_with_it(ann: Workspace, bob: User, orders: str) -> None:
    member = world.join(ann, bob, Role.ADMIN)
    talk = conversations.create(ann, orders)
    turn = pipeline.ask(ann, talk.id, "how many rows?")
    assert conversations.turns(member, talk.id)
    sharing.show_to(ann, TABLE, orders, Visibility.PRIVATE)
    for look in (
        lambda: datasets.get(member, orders),
        lambda: conversations.get(member, talk.id),
        lambda: conversations.turn(member, turn.id),
        lambda: member.rows.job(turn.job_id),
        lambda: sharing.reach(member, TABLE, orders),
        lambda: tickets.redeem(ann.backends, tickets.give(member, f"download:csv:{orders}"), "x"),
    ):
        with pytest.raises(AppError):
            look()
    with pytest.raises(BadInput):
        sharing.show_to(ann, TALK, talk.id, Visibility.TEAM)
    assert datasets.get(ann, orders).visibility is Visibility.PRIVATE


def test_a_link_is_read_by_anybody_until_it_ends(ann: Workspace, orders: str) -> None:
    made = sharing.publish(ann, TABLE, orders, 1)
    reader = open_link(ann.backends, made.token)
    assert sharing.title(reader).name == "orders"
    assert sharing.shown_version(reader).rows == sharing.table(reader).num_rows == 8
    for verb in (lambda: datasets.rename(reader, orders, "x"), lambda: conversations.create(reader, orders)):
        with pytest.raises(Forbidden):
            verb()
    with pytest.raises(NotFound):
        open_link(ann.backends, made.token[:-1] + "x")
    with pytest.raises(NotFound):
        open_workspace(ann.backends, world.somebody(ann.backends).id, share_id=made.share.id)
    expired(ann.backends, "shares")
    with pytest.raises(NotFound):
        open_link(ann.backends, made.token)
    with pytest.raises(NotFound):
        sharing.table(replace(reader, standing=open_link_again(reader)))


def open_link_again(reader: Workspace) -> object:
    """The standing of a page that was drawn more than a moment ago."""
    assert reader.standing
    reader.standing._seen = 0.0
    return reader.standing


def test_a_share_ends_when_it_is_taken_back_or_the_thing_is_deleted(ann: Workspace, bob: User, orders: str) -> None:
    share = sharing.with_person(ann, TABLE, orders, bob.email)
    mine = open_workspace(ann.backends, bob.id)
    assert [each.name for each in sharing.shared_with_me(mine)] == ["orders"]
    datasets.delete(ann, orders)
    assert sharing.shared_with_me(mine) == []
    datasets.restore(ann, orders)
    sharing.stop(ann, share.id)
    assert sharing.shared_with_me(mine) == []
    with pytest.raises(NotFound):
        open_workspace(ann.backends, bob.id, share_id=share.id)


def test_a_guest_who_may_edit_asks_and_the_owner_sees_it(ann: Workspace, bob: User, orders: str) -> None:
    talk = conversations.create(ann, orders)
    share = sharing.with_person(ann, TALK, talk.id, bob.email, Right.EDIT)
    guest = open_workspace(ann.backends, bob.id, share_id=share.id)
    before = conversations.pulse(ann, talk.id)
    turn = pipeline.ask(guest, talk.id, "average price by region")
    assert conversations.pulse(ann, talk.id) != before
    [seen] = conversations.turns(ann, talk.id)
    assert (seen.id, seen.answer is not None) == (turn.id, True)
    assert conversations.authors(ann, [seen]) == {bob.id: bob.name}
    for verb in (lambda: datasets.rename(guest, orders, "x"), lambda: sharing.publish(guest, TALK, talk.id)):
        with pytest.raises(Forbidden):
            verb()


def test_who_may_view_a_conversation_does_not_get_its_table(ann: Workspace, bob: User, orders: str) -> None:
    talk = conversations.create(ann, orders)
    pipeline.ask(ann, talk.id, "average price by region")
    share = sharing.with_person(ann, TALK, talk.id, bob.email)
    guest = open_workspace(ann.backends, bob.id, share_id=share.id)
    _, [turn] = sharing.talk(guest)
    assert turn.answer
    with pytest.raises(NotFound):
        sharing.table(guest)
    for verb in (lambda: datasets.page(guest, turn.version_id, 0, 5), lambda: pipeline.ask(guest, talk.id, "all rows")):
        with pytest.raises(Forbidden):
            verb()
    sharing.show_to(ann, TABLE, orders, Visibility.PRIVATE)
    assert sharing.shared_with_me(open_workspace(ann.backends, bob.id)) == []


def test_teams_and_everyone_are_reached(ann: Workspace, bob: User, orders: str) -> None:
    own, others = open_workspace(ann.backends, bob.id), world.team(ann.backends, ann.user, "Others")
    with pytest.raises(NotFound):
        sharing.with_team(ann, TABLE, orders, uuid4().hex)
    sharing.with_team(ann, TABLE, orders, others.team.id, Right.EDIT)
    assert sharing.shared_with_me(own) == []
    world.join(others, bob, Role.VIEWER)
    [found] = sharing.shared_with_me(own)
    assert (found.team, found.share.right) == (ann.team.name, Right.EDIT)
    everyone = sharing.with_everyone(ann, TABLE, orders)
    stranger = open_workspace(ann.backends, world.somebody(ann.backends).id)
    assert everyone.id in {each.share.id for each in sharing.shared_with_me(stranger)}
    sharing.stop(ann, everyone.id)


def test_script_in_names_stays_text_and_formulas_in_the_export_are_harmless(ann: Workspace, orders: str) -> None:
    team = teams.rename(ann, SCRIPT)
    assert "script" in team.name
    assert "‮" not in team.name
    datasets.rename(ann, orders, "=HYPERLINK(1)")
    conversations.rename(ann, conversations.create(ann, orders).id, "+1+cmd|' /C calc'!A0")
    rows = list(csv.reader(io.StringIO(activity.export(ann))))
    assert rows[0] == ["when", "who", "person_id", "action", "object", "object_id"]
    assert any("HYPERLINK" in row[4] for row in rows)
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_activity_is_found_by_person_action_time_and_name(ann: Workspace, bob: User, orders: str) -> None:
    member = world.join(ann, bob, Role.MEMBER)
    datasets.rename(member, orders, "Sales")
    [entry] = activity.list_all(ann, activity.Filter(user_id=bob.id, actions=("dataset.edit",)))
    assert (entry.who, entry.what, entry.record.subject_id) == (bob.name, "Sales", orders)
    assert activity.list_all(ann, activity.Filter(text="sal"))
    assert not activity.list_all(ann, activity.Filter(text="%"))
    assert not activity.list_all(ann, activity.Filter(since=datetime.now(UTC) + timedelta(hours=1)))
    assert {each.record.user_id for each in activity.list_all(member)} == {bob.id}
    with pytest.raises(Forbidden):
        activity.export(member)


def test_a_limit_is_told_asked_about_and_raised(ann: Workspace, bob: User, orders: str) -> None:
    member = world.join(ann, bob, Role.MEMBER)
    talk = conversations.create(member, orders)
    usage.set_limits(ann, EACH, Limits(questions_a_day=1))
    pipeline.ask(member, talk.id, "how many rows?")
    with pytest.raises(LimitReached, match="limit of 1 questions today is reached") as told:
        pipeline.ask(member, talk.id, "how many rows?")
    assert "Ask for more" in told.value.hint
    assert len(conversations.turns(member, talk.id)) == 1
    wish = usage.ask_for_more(member, Measure.QUESTIONS, "the month ends")
    with pytest.raises(BadInput):
        usage.ask_for_more(member, Measure.QUESTIONS)
    assert usage.wishes(ann) == [(bob.name, wish)]
    usage.decide(ann, wish.id, usage.more(ann, wish.id))
    assert usage.limits(member).questions_a_day == 2
    pipeline.ask(member, talk.id, "how many rows?")
    assert [each.status for _, each in usage.wishes(member)] == [WishStatus.GRANTED]
    today, _ = usage.mine(member)
    assert (today.questions, today.seconds > 0) == (2, True)
    assert dict(usage.of_team(ann))[bob.name].questions == 2
    with pytest.raises(Forbidden):
        usage.limits(member, ann.user.id)


def test_storage_is_limited_by_person(ann: Workspace, bob: User, tmp_path: Path) -> None:
    member = world.join(ann, bob, Role.MEMBER)
    usage.set_limits(ann, bob.id, Limits(storage_mb=0))
    with pytest.raises(BadInput):
        world.uploaded(member, tmp_path)
    world.uploaded(ann, tmp_path)


def test_what_is_shared_in_several_ways_is_listed_once(ann: Workspace, bob: User, orders: str) -> None:
    sharing.with_everyone(ann, ObjectKind.DATASET, orders)
    given = sharing.with_person(ann, ObjectKind.DATASET, orders, bob.email, Right.EDIT)
    sharing.with_everyone(ann, ObjectKind.DATASET, orders)
    listed = [each.share for each in sharing.shared_with_me(open_workspace(ann.backends, bob.id))]
    assert [share.id for share in listed if share.object_id == orders] == [given.id]
