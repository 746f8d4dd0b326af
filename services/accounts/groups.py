"""All teams of this server, and what everybody may use where nothing else was set: for whoever runs it."""

from __future__ import annotations

from dataclasses import replace

from services import usage
from services.access import Action, requires
from services.circles import WHOLE_TEAM, Group, Limits
from services.domain import Team
from services.errors import NotFound
from services.workspace import Workspace


@requires(Action.PEOPLE_READ)
def list_all(ws: Workspace) -> list[Group]:
    """Every team, by name, with its owner, how many are in it, and what it keeps and may."""
    return [_full(ws, each) for each in ws.backends.circles.all()]


@requires(Action.PEOPLE_READ)
def defaults(ws: Workspace) -> Limits:
    """What everybody may use where their team sets nothing else; empty fields mean the settings of the server."""
    return ws.usage.defaults()


@requires(Action.PEOPLE_EDIT)
def set_defaults(ws: Workspace, wanted: Limits) -> None:
    """Sets that, from the next question on. Raises: BadInput, when a number cannot be."""
    ws.usage.set_defaults(usage.checked(wanted))


@requires(Action.PEOPLE_EDIT)
def set_limits(ws: Workspace, team_id: str, wanted: Limits) -> None:
    """Sets what a team as a whole may use. Raises: NotFound; BadInput."""
    _within(ws, _one(ws, team_id)).usage.set_limits(WHOLE_TEAM, usage.checked(wanted))


@requires(Action.PEOPLE_EDIT)
def deactivate(ws: Workspace, team_id: str) -> Team:
    """Closes the team: nobody opens it, what it shared is not seen, its jobs stop; everything is kept.

    Raises: NotFound.
    """
    team = _one(ws, team_id)
    ws.backends.circles.set_active(team.id, active=False)
    inside = _within(ws, team).for_upkeep()
    for job_id in inside.rows.unfinished_jobs():
        inside.rows.request_stop(job_id)
        ws.backends.runner.cancel(job_id)
    return team.model_copy(update={"active": False})


@requires(Action.PEOPLE_EDIT)
def reactivate(ws: Workspace, team_id: str) -> Team:
    """Opens the team again, as it was. Raises: NotFound."""
    ws.backends.circles.set_active(_one(ws, team_id).id, active=True)
    return _one(ws, team_id)


def _one(ws: Workspace, team_id: str) -> Team:
    """Raises: NotFound."""
    team = ws.backends.circles.team(team_id)
    if team is None:
        raise NotFound("There is no such team.", "Reload the page.")
    return team


def _full(ws: Workspace, group: Group) -> Group:
    inside = _within(ws, Team(id=group.id, name=group.name))
    kept = inside.for_upkeep().uploads.used_by()
    return group.model_copy(update={"bytes": kept, "limits": inside.usage.limits(WHOLE_TEAM)})


def _within(ws: Workspace, team: Team) -> Workspace:
    """The same person looking at another team: at its numbers alone."""
    return replace(ws, team=team, share=None, sight=None)
