"""The history of a dataset: its versions, and the pointers that move over them. No version ever changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

from services import changes, cleaning
from services.access import Action, requires
from services.domain import Conversation, Dataset, Difference, Lineage, LineageLink, Version
from services.errors import BadInput, NotFound
from services.progress import QUIET
from services.protocols import Progress
from services.workspace import Workspace

AGAIN = "Look at the history and try again."


@requires(Action.DATASET_READ)
def list_all(ws: Workspace, dataset_id: str) -> list[Version]:
    """Every version of the dataset, oldest first: a tree by `parent_id`. Raises: NotFound."""
    return ws.rows.versions(ws.rows.dataset(dataset_id).id)


@requires(Action.DATASET_READ)
def get(ws: Workspace, version_id: str) -> Version:
    """Raises: NotFound."""
    return ws.rows.version(version_id)


@requires(Action.DATASET_READ)
def path(ws: Workspace, version_id: str) -> list[Version]:
    """The versions from the root to this one. Raises: NotFound."""
    found = [ws.rows.version(version_id)]
    known = {version.id: version for version in ws.rows.versions(found[0].dataset_id)}
    while (parent_id := found[-1].parent_id) is not None:
        found.append(known[parent_id])
    return found[::-1]


@requires(Action.CONVERSATION_CREATE)
def undo(ws: Workspace, conversation_id: str) -> Conversation:
    """The conversation one step back; nothing else moves. Raises: NotFound; BadInput, at the first version."""
    return move(ws, conversation_id, -1)


@requires(Action.CONVERSATION_CREATE)
def redo(ws: Workspace, conversation_id: str) -> Conversation:
    """The conversation one step forward again. Raises: NotFound; BadInput, when nothing was undone."""
    return move(ws, conversation_id, 1)


@requires(Action.CONVERSATION_CREATE)
def move(ws: Workspace, conversation_id: str, by: int) -> Conversation:
    """The conversation so many steps back (below 0) or forward again, or not at all.

    Raises: NotFound; BadInput, when there are fewer: then nothing moves.
    """
    conversation = ws.rows.conversation(conversation_id)
    ids = [version.id for version in path(ws, conversation.tip_id or conversation.version_id)]
    if conversation.version_id not in ids:
        ids = [version.id for version in path(ws, conversation.version_id)]
    at = ids.index(conversation.version_id)
    if not 0 <= at + by < len(ids):
        raise _too_far(by, at if by < 0 else len(ids) - 1 - at)
    return _move(ws, conversation, ids[at + by], conversation.tip_id or conversation.version_id)


@requires(Action.CONVERSATION_CREATE)
def go(ws: Workspace, conversation_id: str, version_id: str) -> Conversation:
    """The conversation on any version of its dataset. Redo still leads on where the version lies on its path.

    Raises: NotFound, also for a version of another dataset.
    """
    conversation = ws.rows.conversation(conversation_id)
    tip_id = conversation.tip_id or conversation.version_id
    is_on_path = version_id in {version.id for version in path(ws, tip_id)}
    return _move(ws, conversation, version_id, tip_id if is_on_path else version_id)


@requires(Action.CONVERSATION_CREATE)
def branch(ws: Workspace, version_id: str, title: str = "") -> Conversation:
    """A new conversation that stands on this version: what is done in it moves no other. Raises: NotFound."""
    version = ws.rows.version(version_id)
    dataset = ws.rows.dataset(version.dataset_id)
    conversation = Conversation(
        id=uuid4().hex,
        team_id=ws.team.id,
        dataset_id=dataset.id,
        version_id=version.id,
        title=cleaning.checked_name(title) or f"Branch from {sentence(version)}"[:120],
        created_by=ws.user.id,
        created_at=datetime.now(UTC),
    )
    ws.rows.add_conversation(conversation)
    return conversation


@requires(Action.DATASET_EDIT)
def make_head(ws: Workspace, version_id: str, expected_id: str) -> Dataset:
    """The dataset, showing this version to everyone. `expected_id` is the head that the person saw.

    Raises: NotFound; BadInput, when the head was moved meanwhile: then nothing changes.
    """
    version = ws.rows.version(version_id)
    with changes.local(ws, version_id):
        is_moved = ws.rows.move_head(version.dataset_id, expected_id, version_id)
    if not is_moved:
        raise BadInput("The dataset shows another version by now: somebody moved it.", AGAIN)
    return ws.rows.dataset(version.dataset_id)


@requires(Action.DATASET_EDIT)
def name(ws: Workspace, version_id: str, text: str) -> Version:
    """The version as a named point of the history; with an empty name it is none any more.

    Raises: NotFound; BadInput, for a name that is too long.
    """
    clean = cleaning.checked_name(text)
    ws.rows.name_version(version_id, clean)
    if clean:
        with changes.local(ws, version_id):
            pass  # a named version is stored
    return ws.rows.version(version_id)


@requires(Action.DATASET_READ)
def diff(
    ws: Workspace,
    before_id: str,
    after_id: str,
    key: Sequence[str] | None = None,
    progress: Progress = QUIET,
) -> Difference:
    """What is not the same in two versions. Rows belong together by the columns of `key`, by their number where it is
    empty; where it is None by a column that tells them apart, else by number if both have as many.

    Raises: NotFound; BadInput, when the key does not tell the rows apart; Stopped.
    """
    before, after = ws.rows.version(before_id), ws.rows.version(after_id)
    renames = _renames(ws, before, after)
    with changes.local(ws, before.id) as one, changes.local(ws, after.id) as two:
        if key is not None:
            return ws.backends.engine.compare(one, two, renames, tuple(key), progress)
        return cleaning.compare(ws, one, two, renames, ws.rows.profile(before.id), progress)


@requires(Action.DATASET_READ)
def lineage(ws: Workspace, dataset_id: str) -> Lineage:
    """Everything the dataset was made from, and everything made from it, across datasets. Raises: NotFound."""
    ws.rows.dataset(dataset_id)
    links, known = ws.rows.links(), {each.id: each for each in ws.rows.datasets()}
    ids = {link.version_id for link in links} | {link.source_id for link in links}
    owner = {version_id: _owner(ws, version_id) for version_id in ids}
    owner = {version_id: each if each in known else "" for version_id, each in owner.items()}
    edges = [
        LineageLink(dataset_id=owner[link.version_id], source_id=owner[link.source_id], link=link) for link in links
    ]
    files = [file for file in ws.uploads.files() if file.dataset_id in known]
    pairs = [{edge.dataset_id, edge.source_id} - {""} for edge in edges]
    pairs += [{file.dataset_id, f"file {file.upload_id}"} for file in files]
    reached = _reached(pairs, dataset_id)
    return Lineage(
        datasets=tuple(known[each] for each in sorted(reached & known.keys())),
        links=tuple(edge for edge in edges if {edge.dataset_id, edge.source_id} & reached),
        files=tuple(file for file in files if file.dataset_id in reached),
    )


@requires(Action.DATASET_READ)
def usage(ws: Workspace, user_id: str = "") -> int:
    """Bytes that count against the quota: roots, heads and named versions of the team, or of one person."""
    return ws.for_upkeep().rows.counted_bytes(user_id)


def next_of(versions: Sequence[Version], conversation: Conversation) -> Version | None:
    """Where redo leads; None at the end of the path."""
    known = {version.id: version for version in versions}
    at = known.get(conversation.tip_id)
    while at is not None and at.parent_id != conversation.version_id:
        at = known.get(at.parent_id or "")
    return at


def sentence(version: Version) -> str:
    """What made the version, in one sentence."""
    return version.step.describe() if version.step else "The table as it was read"


def _too_far(by: int, there: int) -> BadInput:
    if not there:
        nothing = "There is nothing to undo: this is the first version." if by < 0 else "There is nothing to redo."
        return BadInput(nothing, "")
    what, done = ("undo", "undone") if by < 0 else ("redo", "done again")
    steps = f"{there:,} step" + ("s" if there > 1 else "")
    return BadInput(f"Only {steps} can be {done}, not {abs(by):,}. Nothing was moved.", f"Say “{what} {steps}”.")


def _move(ws: Workspace, conversation: Conversation, version_id: str, tip_id: str) -> Conversation:
    if not ws.rows.move_conversation(conversation, version_id, tip_id):
        raise BadInput("The conversation stands somewhere else by now: somebody moved it.", AGAIN)
    return ws.rows.conversation(conversation.id)


def _renames(ws: Workspace, before: Version, after: Version) -> dict[str, str]:
    """New names by old ones, where one version was made from the other."""
    for start, end, backwards in ((before, after, False), (after, before, True)):
        line = path(ws, end.id)
        if start.id in (ids := [version.id for version in line]):
            names: dict[str, str] = {}
            for version in line[ids.index(start.id) + 1 :]:
                new = dict(version.step.renames()) if version.step else {}
                names = {old: new.pop(name, name) for old, name in names.items()} | new
            return {new: old for old, new in names.items()} if backwards else names
    return {}


def _owner(ws: Workspace, version_id: str) -> str:
    """The dataset of a version; "" when it is deleted."""
    try:
        return ws.rows.version(version_id).dataset_id
    except NotFound:
        return ""


def _reached(pairs: Sequence[set[str]], start: str) -> set[str]:
    """What hangs together with the start."""
    reached, size = {start}, 0
    while size < len(reached):
        size = len(reached)
        for ends in pairs:
            if ends & reached:
                reached |= ends
    return reached
