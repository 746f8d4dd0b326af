"""Use and its limits: what each person and the team has used, how much they may, and how to ask for more."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from services import labels
from services.access import Action, Role, requires
from services.circles import EACH, WHOLE_TEAM, Limits, Measure, Usage, Wish, WishStatus
from services.domain import Turn
from services.errors import BadInput, Forbidden, LimitReached, NotFound
from services.workspace import Workspace

MB: Final = 1_000_000
ASK: Final = "Ask for more on the Team page."
MOST: Final = 10**12
FIELDS: Final = {
    Measure.STORAGE: "storage_mb",
    Measure.QUESTIONS: "questions_a_day",
    Measure.TOKENS: "tokens_a_month",
    Measure.RUNS: "runs_at_once",
}


@requires(Action.USAGE_READ)
def mine(ws: Workspace) -> tuple[Usage, Usage]:
    """What this person used in this team today, and this month, with their storage now."""
    today, month = ws.usage.used(_day(), ws.user.id), ws.usage.used(_month(), ws.user.id)
    stored = _bytes(ws, ws.user.id)
    return today.model_copy(update={"bytes": stored}), month.model_copy(update={"bytes": stored})


@requires(Action.USAGE_READ)
def of_team(ws: Workspace) -> list[tuple[str, Usage]]:
    """Name and use this month of everybody who used anything, those who asked most first. Below admin: just oneself."""
    found = {each.user_id: each for each in ws.usage.by_person(_month())}
    wanted = {*found, *(member.user_id for member in ws.members.members())} if _is_admin(ws) else {ws.user.id}
    names = ws.usage.names(wanted) | {ws.user.id: ws.user.name}
    rows = [found.get(each, Usage(user_id=each)) for each in wanted | {ws.user.id}]
    filled = [(names.get(u.user_id, "(gone)"), u.model_copy(update={"bytes": _bytes(ws, u.user_id)})) for u in rows]
    return sorted(filled, key=lambda pair: (-pair[1].questions, pair[0]))


@requires(Action.LIMITS_READ)
def limits(ws: Workspace, user_id: str = "") -> Limits:
    """What holds for a person in this team: theirs, else what everybody has, else the server's. Without id: oneself."""
    if user_id not in ("", ws.user.id) and not _is_admin(ws):
        raise Forbidden("You may see your own limits only.", "Ask an admin of the team.")
    return _limits(ws, user_id or ws.user.id)


@requires(Action.LIMITS_READ)
def team_limits(ws: Workspace) -> Limits:
    """What holds for the team as a whole."""
    return ws.usage.limits(WHOLE_TEAM)


@requires(Action.LIMITS_SET)
def set_limits(ws: Workspace, user_id: str, wanted: Limits) -> None:
    """Sets the limits of a member, or of everybody without limits of their own ("*").

    Those of the team as a whole ("") are set by whoever runs the server, as are those of one's own workspace.
    Raises: NotFound; Forbidden; BadInput, when a number cannot be.
    """
    if (user_id == WHOLE_TEAM or ws.is_alone) and not ws.user.runs_server:
        raise Forbidden("These limits are set by whoever runs this server.", "Ask them.")
    if user_id not in (WHOLE_TEAM, EACH) and user_id not in {each.user_id for each in ws.members.members()}:
        raise NotFound("This person is not in the team.", "Reload the page and look again.")
    ws.usage.set_limits(user_id, checked(wanted))


def checked(wanted: Limits) -> Limits:
    """The same. Raises: BadInput, when a number cannot be."""
    if any(value is not None and not 0 <= value <= MOST for value in wanted.model_dump().values()):
        raise BadInput("A limit is a number from 0 on.", "Leave it empty for no limit of its own.")
    return wanted


@requires(Action.LIMITS_ASK)
def ask_for_more(ws: Workspace, measure: Measure, reason: str = "") -> Wish:
    """A wish for more, which the admins of the team see. Raises: BadInput, when there is an open one."""
    if any(w.user_id == ws.user.id and w.measure is measure and w.status is WishStatus.OPEN for w in ws.usage.wishes()):
        raise BadInput("You have asked for this already.", "An admin of the team will see it.")
    wish = Wish(
        id=uuid4().hex,
        team_id=ws.team.id,
        user_id=ws.user.id,
        measure=measure,
        reason=labels.description(reason)[:500],
        created_at=datetime.now(UTC),
    )
    ws.usage.wish(wish)
    return wish


@requires(Action.LIMITS_READ)
def wishes(ws: Workspace) -> list[tuple[str, Wish]]:
    """Who asked for more, by name, open ones first. Below admin: what one asked for oneself."""
    found = [each for each in ws.usage.wishes() if _is_admin(ws) or each.user_id == ws.user.id]
    names = ws.usage.names({each.user_id for each in found})
    return [(names.get(each.user_id, "(gone)"), each) for each in found]


@requires(Action.LIMITS_SET)
def own_limits(ws: Workspace, user_id: str) -> Limits:
    """What was set for just this person; for everybody without limits of their own ("*"); for the team ("")."""
    return ws.usage.limits(user_id)


@requires(Action.LIMITS_SET)
def more(ws: Workspace, wish_id: str) -> Limits:
    """The person's own limits with twice as much of what they wish for. Raises: NotFound."""
    wish = _open(ws, wish_id)
    field = FIELDS[wish.measure]
    most = getattr(_limits(ws, wish.user_id), field)
    return ws.usage.limits(wish.user_id).model_copy(update={field: None if most is None else max(1, 2 * most)})


@requires(Action.LIMITS_SET)
def decide(ws: Workspace, wish_id: str, granted: Limits | None) -> None:
    """Grants a wish, with the person's new limits, or declines it. Raises: NotFound; Forbidden."""
    wish = _open(ws, wish_id)
    if granted is not None:
        set_limits(ws, wish.user_id, granted)
    ws.usage.decide(wish_id, WishStatus.GRANTED if granted is not None else WishStatus.DECLINED)


@requires(Action.JOB_READ)
def count_question(ws: Workspace) -> None:
    """Counts one more question, when there is one left for the person and for the team.

    Raises: LimitReached, which also tells when tokens are used up or too many jobs are under way.
    """
    for limit, user_id, whose in _bounds(ws):
        _check(Measure.RUNS, whose, ws.usage.running(user_id), limit.runs_at_once, "under way at once")
        asked = ws.usage.used(_day(), user_id).questions
        _check(Measure.QUESTIONS, whose, asked, limit.questions_a_day, "today")
        tokens = ws.usage.used(_month(), user_id).tokens
        _check(Measure.TOKENS, whose, tokens, limit.tokens_a_month, "this month")
    ws.usage.add(_day(), questions=1)


@requires(Action.JOB_READ)
def count_work(ws: Workspace, turn: Turn) -> None:
    """Counts what the work on a turn took."""
    tokens = sum(each.prompt_tokens + each.reply_tokens for each in turn.exchanges)
    ws.usage.add(_day(), tokens=tokens, seconds=turn.seconds)


@requires(Action.UPLOAD_READ)
def storage(ws: Workspace) -> tuple[int, int]:
    """Bytes that this person and their team may keep here, and how many of those are taken: where least is left."""
    pairs = []
    for limit, user_id, _ in _bounds(ws):
        most = limit.storage_mb
        if most is not None:
            pairs.append((most * MB, _bytes(ws, user_id)))
    return min(pairs, key=lambda pair: pair[0] - pair[1])


def _open(ws: Workspace, wish_id: str) -> Wish:
    """Raises: NotFound."""
    wish = next((each for each in ws.usage.wishes() if each.id == wish_id and each.status is WishStatus.OPEN), None)
    if wish is None:
        raise NotFound("This wish is not open any more.", "Reload the page and look again.")
    return wish


def _bounds(ws: Workspace) -> list[tuple[Limits, str | None, str]]:
    """The limits of the person and of the team, whom they count, and how to say so."""
    return [(_limits(ws, ws.user.id), ws.user.id, "Your"), (ws.usage.limits(WHOLE_TEAM), None, "Your team's")]


def _limits(ws: Workspace, user_id: str) -> Limits:
    given = ws.backends.settings
    server = Limits(
        storage_mb=given.quota_mb,
        questions_a_day=given.questions_a_day or None,
        tokens_a_month=given.tokens_a_month or None,
        runs_at_once=given.jobs_each or None,
    )
    if not ws.user.is_visitor:
        server = ws.usage.defaults().over(server)
    return ws.usage.limits(user_id).over(ws.usage.limits(EACH)).over(server)


def _check(measure: Measure, whose: str, used: int, most: int | None, when: str) -> None:
    if most is not None and used >= most:
        what = "jobs" if measure is Measure.RUNS else measure.value
        raise LimitReached(f"{whose} limit of {most:,} {what} {when} is reached.", ASK, measure)


def _bytes(ws: Workspace, user_id: str | None) -> int:
    return ws.for_upkeep().uploads.used_by(user_id)


def _is_admin(ws: Workspace) -> bool:
    return ws.role >= Role.ADMIN


def _day() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d")


def _month() -> str:
    return datetime.now(UTC).strftime("%Y-%m-01")
