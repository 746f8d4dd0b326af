"""What is known of a table put in words, and what to look at next: on every page, with a model or without."""

from __future__ import annotations

import re
from typing import Final

from sandbox.messages import RunResult, RunStatus, Value
from services.access import Action, requires
from services.assistant import builtin, checks, chosen, telling, turns
from services.assistant.telling import Facts, Topic
from services.assistant.turns import TurnRecord
from services.domain import Answer, Mode, ModelChoice, Outcome, Plan, PlanKind, Turn, TurnStatus
from services.errors import ProviderError
from services.protocols import Analyst, Brief, Explanation
from services.workspace import Workspace

TOPIC: Final = "topic"
GOAL: Final = "goal"
_NUMBER: Final = re.compile(r"\d[\d,]*\.?\d*")


@requires(Action.ASK)
def start(ws: Workspace, conversation_id: str, topic: Topic, goal: str = "", own: ModelChoice | None = None) -> Turn:
    """A turn that explains this side of the table the conversation stands on, or drafts a study of the goal.

    Raises: NotFound; BadInput, for a study without a goal.
    """
    conversation = ws.rows.conversation(conversation_id)
    goal = turns.checked(ws, goal) if topic is Topic.STUDY else ""
    if own:
        chosen.check(ws, own)
    plan = Plan(kind=PlanKind.ANALYSE, intent={TOPIC: topic.value, GOAL: goal})
    question = goal or telling.TITLES[topic]
    return turns.start(ws, conversation, question, turns.QUESTION_KIND, own, mode=Mode.EXPLAIN, plan=plan)


@requires(Action.CONVERSATION_READ)
def latest(ws: Workspace, conversation_id: str, topic: Topic) -> Turn | None:
    """The newest explanation of this side in the conversation, of the version it stands on. Raises: NotFound."""
    at = ws.rows.conversation(conversation_id).version_id
    found = (each for each in reversed(ws.rows.turns(conversation_id)) if topic_of(each) is topic)
    return next((each for each in found if each.version_id == at or topic is Topic.STUDY), None)


def topic_of(turn: Turn) -> Topic | None:
    """What a turn explains; None for one that does not."""
    if turn.mode is not Mode.EXPLAIN or turn.plan is None:
        return None
    return Topic(str(turn.plan.intent.get(TOPIC)))


def carry_out(record: TurnRecord, analyst: Analyst, brief: Brief) -> None:
    """Answers the turn. The rule-based text stands where there is no model, or it fails."""
    topic = topic_of(record.turn)
    assert topic is not None
    assert record.turn.plan is not None
    goal = str(record.turn.plan.intent.get(GOAL, ""))
    record.stage("Looking at what is known")
    facts = telling.facts(record.ws, record.turn.version_id, topic, goal, record)
    told = None
    try:
        told = analyst.explain(brief, telling.WISHES[topic].format(goal=goal), facts.told, record)
    except ProviderError as error:
        record.notes.append(f"{error.message} This was put in words without the language model.")
    if told is None:
        answer = Answer(text="\n".join(facts.lines), suggestions=facts.questions, caveats=tuple(record.notes))
        record.save(status=TurnStatus.ANSWERED, analyst=builtin.BuiltinAnalyst.name, answer=answer)
    else:
        record.save(status=TurnStatus.ANSWERED, analyst=analyst.name, answer=_checked(record, brief, facts, told))


def _checked(record: TurnRecord, brief: Brief, facts: Facts, told: Explanation) -> Answer:
    """The model's words without the numbers that nothing bears out; the facts stand below it."""
    assert record.turn.plan is not None
    sent = " ".join([*facts.told, *(each.sent for each in record.turn.exchanges)])
    known = [float(each.replace(",", "").rstrip(".")) for each in _NUMBER.findall(sent)]
    result = RunResult(id=record.turn.id, status=RunStatus.OK, outputs=(Value(value=list(dict.fromkeys(known))),))
    case = checks.Case(brief.question, record.turn.plan, "", result, told.text, brief.profiles)
    receipt, text = checks.receipts.weigh(case)
    doubts = (receipt.sentence,) if receipt and receipt.outcome is Outcome.FAILED else ()
    questions = tuple(dict.fromkeys((*told.questions, *facts.questions)))[: telling.MOST_QUESTIONS]
    return Answer(
        text=text,
        suggestions=questions,
        checks=(receipt,) if receipt else (),
        caveats=(*record.notes, *doubts),
    )
