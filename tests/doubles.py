"""Real classes with scripted replies, in place of what is slow or outside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sandbox.messages import Layer, Level, OnOutput, RunRequest, RunResult, Status
from services.domain import Attempt, Exchange, Plan, PlanKind, Verdict
from services.errors import Stopped
from services.protocols import Brief, Explanation, Progress


@dataclass
class ScriptedAnalyst:
    """Hands out its codes one by one; the last one again when they run out."""

    codes: Sequence[str] = ("result = len(df)",)
    plan_record: Plan = field(default_factory=lambda: Plan(kind=PlanKind.ANALYSE, reading="number of rows"))
    mended: Plan | None = None
    verdict: Verdict = field(default_factory=lambda: Verdict(text="Done."))
    raises: Exception | None = None
    name: str = "builtin"
    briefs: list[Brief] = field(default_factory=list)
    seen: list[tuple[Attempt, ...]] = field(default_factory=list)

    def plan(self, brief: Brief, progress: Progress) -> Plan:
        self.briefs.append(brief)
        if self.raises:
            raise self.raises
        progress.sent(Exchange(model="scripted", sent="question", received="plan"))
        return self.plan_record

    def mend(self, brief: Brief, plan: Plan, attempts: Sequence[Attempt], progress: Progress) -> Plan:
        self.seen.append(tuple(attempts))
        return self.mended or plan

    def write(self, brief: Brief, plan: Plan, attempts: Sequence[Attempt], progress: Progress) -> str:
        self.seen.append(tuple(attempts))
        return self.codes[min(len(attempts), len(self.codes) - 1)]

    def explain(self, brief: Brief, wish: str, told: Sequence[str], progress: Progress) -> Explanation | None:
        return None

    def review(self, brief: Brief, plan: Plan, code: str, result: RunResult, progress: Progress) -> Verdict:
        return self.verdict


@dataclass
class CannedExecutor:
    """Answers each run with the next result, or with what `reply` makes of the request."""

    reply: Callable[[RunRequest], RunResult]
    requests: list[RunRequest] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)

    def run(self, request: RunRequest, on_output: OnOutput | None = None) -> RunResult:
        self.requests.append(request)
        return self.reply(request)

    def stop(self, run_id: str) -> None:
        self.stopped.append(run_id)

    def status(self) -> Status:
        return Status(level=Level.FILES, summary="Canned.", layers=(Layer(name="process", active=True),))

    def close(self) -> None: ...


@dataclass
class RecordingProgress:
    """Keeps everything that was reported; raises `Stopped` once `stop` is set."""

    stages: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    shares: list[float] = field(default_factory=list)
    stop: bool = False

    def share(self, done: float) -> None:
        self.check()
        self.shares.append(done)

    def check(self) -> None:
        if self.stop:
            raise Stopped("You stopped this question.")

    def stage(self, name: str) -> None:
        self.check()
        self.stages.append(name)

    def text(self, piece: str) -> None:
        self.check()
        self.texts.append(piece)

    def sent(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)
