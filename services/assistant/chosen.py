"""Which analyst answers, and the language model that a person brings for their session."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from sandbox.messages import RunResult
from services.access import Action, allows, requires
from services.assistant.turns import TurnRecord
from services.domain import Attempt, Bound, ModelChoice, Plan, Provider, Sight, Verdict
from services.errors import BadInput, LimitReached, ProviderError
from services.protocols import Analyst, Brief, Explanation, Progress
from services.workspace import Workspace

MODEL: Final = "model"
BUILTIN: Final = "builtin"
MINUTE: Final = timedelta(minutes=1)
LONGEST: Final = 300
ANYWHERE: Final = (Provider.AZURE, Provider.COMPATIBLE)
"""Providers that are wherever their address says."""


@requires(Action.SYSTEM_READ)
def choose(ws: Workspace, own: ModelChoice | None = None) -> Analyst:
    """The person's own model, else the analyst the settings name.

    Raises: BadInput, when they name the model and none is set up, or the own one may not be used.
    """
    if own is not None:
        check(ws, own)
        return ws.backends.analyst_of(own)
    wanted, analysts = ws.backends.settings.analyst, ws.backends.analysts
    if wanted == MODEL and MODEL not in analysts:
        raise BadInput(
            "No language model is set up.",
            "Set OPENAI_API_KEY or the key of another provider, bring your own key, or use the built-in analyst.",
        )
    return analysts[BUILTIN] if wanted == BUILTIN else analysts.get(MODEL, analysts[BUILTIN])


@requires(Action.SYSTEM_READ)
def check(ws: Workspace, own: ModelChoice) -> None:
    """Raises: BadInput, when this model may not be asked from here, or something is missing.

    Where several people use the server, an address must be a public one, over HTTPS: else a question could reach what
    only the server reaches. A certificate holds the name, so a name that changes its address gains nothing.
    """
    settings = ws.backends.settings
    if not settings.own_keys:
        raise BadInput("Own keys are switched off on this server.", "Ask whoever runs it (RED_PANDAS_OWN_KEYS).")
    if not own.model.strip() or max(len(own.model), len(own.address), len(own.key.get_secret_value())) > LONGEST:
        raise BadInput("The name of the model is missing, or something is too long.", "Fill in the form again.")
    if own.provider in ANYWHERE and not own.address:
        raise BadInput("The address of the server is missing.", "Enter one like https://models.example/v1.")
    if settings.sign_in == "local" or not own.address:
        return
    if own.provider not in ANYWHERE or ws.user.is_visitor:
        raise BadInput("This provider is asked at its own address alone.", "Leave the address empty.")
    parts = urlsplit(own.address)
    if parts.scheme != "https" or not parts.hostname:
        raise BadInput("The address must begin with https://.", "Enter one like https://models.example/v1.")
    ws.backends.connections.guard.resolve(parts.hostname, parts.port or 443)


@requires(Action.SYSTEM_READ)
def sight(ws: Workspace) -> Sight:
    """What a language model may be told of this team's tables: what the server and the team both let it."""
    settings, order = ws.backends.settings, list(Sight)
    allowed = [Sight.SCHEMA if settings.schema_only else Sight(settings.model_sees)]
    if required := ws.members.sight():
        allowed.append(Sight(required))
    return min(allowed, key=order.index)


@requires(Action.SYSTEM_READ)
def may_require(ws: Workspace) -> bool:
    """Whether this person may say what a language model sees of the team's tables."""
    return not ws.is_alone and allows(ws, Action.SIGHT_SET)


@requires(Action.SIGHT_SET)
def require(ws: Workspace, wanted: Sight) -> None:
    """Lets a language model see no more of the team's tables than this. Raises: NotFound; BadInput, when alone."""
    if ws.is_alone:
        raise BadInput("This is your own workspace, not a team.", "Set RED_PANDAS_MODEL_SEES for it.")
    ws.members.require_sight(wanted)


class Metered:
    """An analyst whose calls of a language model are counted: a question has a budget of tokens, a team calls a
    minute."""

    def __init__(self, analyst: Analyst, record: TurnRecord) -> None:
        self._analyst, self._record = analyst, record

    @property
    def name(self) -> str:
        return self._analyst.name

    def plan(self, brief: Brief, progress: Progress) -> Plan:
        self._count()
        return self._analyst.plan(brief, progress)

    def mend(self, brief: Brief, plan: Plan, attempts: Sequence[Attempt], progress: Progress) -> Plan:
        self._count()
        return self._analyst.mend(brief, plan, attempts, progress)

    def write(self, brief: Brief, plan: Plan, attempts: Sequence[Attempt], progress: Progress) -> str:
        if attempts:
            self._count()
        return self._analyst.write(brief, plan, attempts, progress)

    def review(self, brief: Brief, plan: Plan, code: str, result: RunResult, progress: Progress) -> Verdict:
        return self._analyst.review(brief, plan, code, result, progress)

    def explain(self, brief: Brief, wish: str, told: Sequence[str], progress: Progress) -> Explanation | None:
        self._count()
        return self._analyst.explain(brief, wish, told, progress)

    def _count(self) -> None:
        """Raises: LimitReached, when the question has used its tokens; ProviderError, when the team must wait."""
        ws = self._record.ws
        most, calls = ws.backends.settings.tokens_a_question, ws.backends.settings.model_calls_a_minute
        used = sum(exchange.prompt_tokens + exchange.reply_tokens for exchange in self._record.turn.exchanges)
        if most and used >= most:
            raise LimitReached(
                f"This question has used {used:,} tokens; {most:,} are allowed (RED_PANDAS_TOKENS_A_QUESTION).",
                "Ask for one thing at a time.",
            )
        bound = Bound(key=f"model calls of {ws.team.id}", tries=calls, window=MINUTE)
        if calls and ws.backends.throttles.count([bound], datetime.now(UTC)):
            raise ProviderError(
                f"Your team has asked the language model {calls:,} times within a minute.", "Ask again in a minute."
            )


def metered(analyst: Analyst, record: TurnRecord) -> Analyst:
    """The analyst, counted where it asks a language model."""
    return Metered(analyst, record) if analyst.name == MODEL else analyst
