"""Every verb of the services, called by somebody who may not: with another team's things, too low a role, as a guest
beyond what was shared, signed out, deactivated. Each is refused in the right words and changes nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from services.access import GUESTS, MINIMUM, OWNERS, Action, Role
from services.backends import tables
from services.errors import AppError, BadInput, Forbidden, NotFound
from services.workspace import Backends, Workspace, open_workspace
from tests.tenancy import world
from tests.tenancy.conftest import World

# Long inside libraries, or the same lines again and again: measuring coverage would take half as long again.
pytestmark = pytest.mark.no_cover

VERBS = world.verbs()
OWN_DOING = {"activity", "usage", "throttles"}
"""Tables in which a refused call may leave a trace of the caller."""
HARMLESS = {"departure.archive", "departure.delete_account", "recipes.part_with", "report_shelf.part_with"}
"""They take nothing of others, and are tested by themselves."""


def test_the_verbs_are_found() -> None:
    assert {
        "datasets.rename",
        "conversations.turns",
        "jobs.stop",
        "teams.remove",
        "assistant.pipeline.ask",
    } <= VERBS.keys()
    assert {world.action(verb) for verb in VERBS.values()} <= MINIMUM.keys() == set(Action)


@pytest.mark.parametrize("name", sorted(VERBS.keys() - HARMLESS))
def test_another_teams_things_are_not_there(name: str, everybody: World) -> None:
    refused(name, everybody.bob, everybody, everybody.theirs)


@pytest.mark.parametrize("name", sorted(VERBS.keys() - HARMLESS))
def test_what_is_private_to_a_colleague_is_not_there(name: str, everybody: World) -> None:
    refused(name, everybody.mel, everybody, everybody.private)


@pytest.mark.parametrize("name", sorted(VERBS))
def test_a_role_that_is_too_low_is_refused(name: str, everybody: World) -> None:
    if MINIMUM[world.action(VERBS[name])] is Role.VIEWER and world.action(VERBS[name]) not in OWNERS:
        pytest.skip("A viewer may do this.")
    before = kept(everybody.backends, everybody.theirs)
    with pytest.raises(Forbidden):
        world.call(VERBS[name], everybody.vic, everybody.theirs)
    assert kept(everybody.backends, everybody.theirs) == before


@pytest.mark.parametrize("name", sorted(VERBS))
def test_a_guest_does_what_was_shared_and_nothing_else(name: str, everybody: World) -> None:
    if world.action(VERBS[name]) in GUESTS["dataset", "view"]:
        refused(name, everybody.gus, everybody, everybody.private)
        return
    with pytest.raises(Forbidden):
        world.call(VERBS[name], everybody.gus, everybody.theirs)


@pytest.mark.parametrize("name", sorted(VERBS))
def test_somebody_deactivated_or_removed_is_refused_where_the_page_was_open(name: str, everybody: World) -> None:
    people, team_id = everybody.backends.people, everybody.ann.team.id
    dan = people.user(everybody.dan)
    assert dan
    ws = open_workspace(everybody.backends, dan.id, team_id)
    people.save(dan.model_copy(update={"active": False}))
    try:
        with pytest.raises(Forbidden):
            world.call(VERBS[name], ws, everybody.theirs)
        with pytest.raises(Forbidden):
            open_workspace(everybody.backends, dan.id, team_id)
    finally:
        people.save(dan)


@pytest.mark.parametrize("name", sorted(VERBS))
def test_signed_out_or_unknown_there_is_no_workspace_to_call_it_with(name: str, everybody: World) -> None:
    for nobody in (None, "", "nobody", everybody.ann.team.id):
        with pytest.raises(Forbidden):
            world.call(VERBS[name], open_workspace(everybody.backends, nobody), everybody.theirs)


def refused(name: str, ws: Workspace, everybody: World, theirs: world.Things) -> None:
    """The verb finds nothing, or tells nothing of what is theirs; nothing of theirs has changed."""
    before = kept(everybody.backends, theirs)
    try:
        told = world.call(VERBS[name], ws, theirs)
    except (NotFound, Forbidden, BadInput) as error:
        told = str(error)
    except AppError as error:  # an address outside that does not answer
        told = str(error)
    assert theirs.dataset.name not in told
    assert not ({theirs.turn.id, theirs.turn.job_id} & set(told.replace("'", " ").split()))
    assert kept(everybody.backends, theirs) == before


def kept(backends: Backends, theirs: world.Things) -> list[tuple[object, ...]]:
    """Every row of the team that is theirs or points at it, but traces of callers."""
    team_id = theirs.dataset.team_id
    with backends.database.everywhere().reading() as session:
        found = {
            name: [repr(row) for row in session.execute(select(table).where(table.c.team_id == team_id))]
            for name, table in tables.metadata.tables.items()
            if "team_id" in table.c and name not in OWN_DOING
        }
    ids = {theirs.dataset.id, theirs.version.id, theirs.turn.id, theirs.turn.conversation_id, theirs.turn.job_id}
    return [(name, *sorted(row for row in rows if any(each in row for each in ids))) for name, rows in found.items()]
