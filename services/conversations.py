"""Conversations about a dataset, and the turns in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from services.access import Action, allows, requires
from services.domain import Conversation, Turn, TurnStatus, Visibility
from services.errors import BadInput, NotFound
from services.workspace import Workspace

NEW_TITLE: Final = "New conversation"
TITLE_CHARS: Final = 200
_CLOSED: Final = {
    TurnStatus.PROPOSED: TurnStatus.REJECTED,
    TurnStatus.PLANNED: TurnStatus.REJECTED,
    TurnStatus.CLARIFY: TurnStatus.DECLINED,
}
"""What waits for a person in the first conversation waits for nobody in a copy of it."""


@requires(Action.CONVERSATION_CREATE)
def current(ws: Workspace, dataset_id: str) -> Conversation:
    """This person's newest conversation about the dataset, made when there is none. Raises: NotFound."""
    mine = (c for c in ws.rows.conversations(dataset_id) if c.created_by == ws.user.id)
    return next(mine, None) or create(ws, dataset_id)


@requires(Action.CONVERSATION_CREATE)
def opened(ws: Workspace, conversation_id: str, dataset_id: str) -> Conversation:
    """The conversation of this id, when it is about the dataset, else `current`. Raises: NotFound."""
    try:
        named = get(ws, conversation_id)
    except NotFound:
        return current(ws, dataset_id)
    return named if named.dataset_id == dataset_id else current(ws, dataset_id)


@requires(Action.CONVERSATION_CREATE)
def create(ws: Workspace, dataset_id: str) -> Conversation:
    """A new, empty conversation on the version the dataset shows. Raises: NotFound."""
    dataset = ws.rows.dataset(dataset_id)
    conversation = Conversation(
        id=uuid4().hex,
        team_id=ws.team.id,
        dataset_id=dataset.id,
        version_id=dataset.head_id,
        title=NEW_TITLE,
        created_by=ws.user.id,
        created_at=datetime.now(UTC),
    )
    ws.rows.add_conversation(conversation)
    return conversation


@requires(Action.CONVERSATION_READ)
def list_all(ws: Workspace, dataset_id: str) -> list[Conversation]:
    """Every conversation of the team about the dataset, newest first. Raises: NotFound."""
    ws.rows.dataset(dataset_id)
    return ws.rows.conversations(dataset_id)


@requires(Action.CONVERSATION_READ)
def get(ws: Workspace, conversation_id: str) -> Conversation:
    """Raises: NotFound."""
    return ws.rows.conversation(conversation_id)


@requires(Action.CONVERSATION_READ)
def turns(ws: Workspace, conversation_id: str, last: int | None = None) -> list[Turn]:
    """The turns (the `last` ones only, when given), oldest first. Raises: NotFound."""
    ws.rows.conversation(conversation_id)
    return ws.rows.turns(conversation_id, last)


@requires(Action.CONVERSATION_READ)
def turn(ws: Workspace, turn_id: str) -> Turn:
    """Raises: NotFound."""
    return ws.rows.turn(turn_id)


@requires(Action.CONVERSATION_READ)
def pulse(ws: Workspace, conversation_id: str) -> str:
    """Changes whenever anybody asks, or an answer comes: what others do in it is found out by looking again.

    Raises: NotFound.
    """
    return ws.rows.pulse(ws.rows.conversation(conversation_id).id)


@requires(Action.CONVERSATION_READ)
def is_shared(ws: Workspace, conversation_id: str) -> bool:
    """Whether others may be in it. Raises: NotFound."""
    conversation = ws.rows.conversation(conversation_id)
    is_team = not ws.is_alone and conversation.visibility is Visibility.TEAM
    ids = (conversation.id, conversation.dataset_id)
    return ws.share is not None or is_team or any(ws.members.shares(each) for each in ids)


@requires(Action.CONVERSATION_READ)
def authors(ws: Workspace, turns: Sequence[Turn]) -> dict[str, str]:
    """Names, by id, of the others who asked these."""
    ids = {turn.created_by for turn in turns} - {ws.user.id, ""}
    return ws.backends.circles.names(ids) if ids else {}


@requires(Action.CONVERSATION_READ)
def may_create(ws: Workspace) -> bool:
    """Whether this person may begin, branch and rename conversations."""
    return allows(ws, Action.CONVERSATION_CREATE)


@requires(Action.CONVERSATION_READ)
def search(ws: Workspace, dataset_id: str, words: str) -> list[Conversation]:
    """Those about the dataset with these words in the title or a question, newest first; all without words.

    Raises: NotFound.
    """
    every, words = list_all(ws, dataset_id), " ".join(words.split())[:TITLE_CHARS]
    if not words:
        return every
    found = set(ws.rows.talked_of(dataset_id, words))
    return [each for each in every if each.id in found]


@requires(Action.CONVERSATION_CREATE)
def branch(ws: Workspace, turn_id: str, *, before: bool = False) -> Conversation:
    """A conversation of one's own that begins as this one did, up to the turn, or up to the one `before` it.

    It stands on the version the turn was asked of; what was said of the answers stays behind. Raises: NotFound.
    """
    at = ws.rows.turn(turn_id)
    old = ws.rows.conversation(at.conversation_id)
    turns = [each for each in ws.rows.turns(old.id) if each.status.is_final]
    earlier = [each for each in turns if (each.created_at, each.id) < (at.created_at, at.id)]
    kept = earlier if before else [*earlier, *(each for each in turns if each.id == at.id)]
    made = old.model_copy(
        update={
            "id": uuid4().hex,
            "version_id": at.version_id,
            "tip_id": "",
            "title": old.title if kept else NEW_TITLE,
            "created_by": ws.user.id,
            "created_at": datetime.now(UTC),
        }
    )
    ws.rows.add_branch(made, _copies(kept, made.id))
    return made


@requires(Action.CONVERSATION_CREATE)
def rename(ws: Workspace, conversation_id: str, title: str) -> Conversation:
    """The conversation under its new title, on one line. Raises: BadInput for an empty or too long one; NotFound."""
    conversation = ws.rows.conversation(conversation_id)
    renamed = conversation.model_copy(update={"title": _checked(title)})
    ws.rows.save_conversation(renamed)
    return renamed


def _copies(turns: Sequence[Turn], conversation_id: str) -> list[Turn]:
    """The same turns for another conversation. A change stays a proposal of the first one."""
    ids = {each.id: uuid4().hex for each in turns}
    return [
        each.model_copy(
            update={
                "id": ids[each.id],
                "conversation_id": conversation_id,
                "base_id": ids.get(each.base_id, ""),
                "job_id": "",
                "feedback": None,
                "status": _CLOSED.get(each.status, each.status),
            }
        )
        for each in turns
    ]


def _checked(title: str) -> str:
    title = " ".join(title.split())
    if not title:
        raise BadInput("The title is empty.", "Type a few words that tell what the conversation is about.")
    if len(title) > TITLE_CHARS:
        raise BadInput(
            f"The title has {len(title):,} characters; at most {TITLE_CHARS} are kept.", "Use a shorter one."
        )
    return title
