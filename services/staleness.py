"""Staleness: whether what was made from a version of a dataset still tells what the dataset shows, and bringing it up
to date. It goes for everything that has a version: answers, sections of reports, pins, tiles."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from services import comparing, exploration, rereading, usage
from services.access import Action, requires
from services.assistant import again
from services.boards import Kept
from services.domain import Answer, Dataset, Turn, Version
from services.errors import BadInput, NotFound
from services.freshness import Basis, Cause, Change, Changes, Freshness
from services.progress import QUIET
from services.protocols import Progress
from services.workspace import Workspace

__all__ = ["Basis", "Cause", "Change", "Changes", "Freshness", "Renewed", "of", "of_objects", "renew"]

TOLD: Final = 6
"""Most steps that are named."""


@dataclass(frozen=True)
class Renewed:
    """A turn as it is on the version its dataset shows now, and what is not the same. Nothing of it is stored."""

    turn: Turn
    changes: Changes
    freshness: Freshness
    """How it stood before: why it had to be run again."""


@dataclass(frozen=True)
class Node:
    """A version as far as staleness goes."""

    id: str
    dataset_id: str
    parent_id: str | None
    content: str


@dataclass(frozen=True)
class Graph:
    """The versions of a team, what each was made from, and what each dataset shows."""

    nodes: Mapping[str, Node]
    sources: Mapping[str, Sequence[str]]
    """Ids of versions of other datasets, by the id of the version that was made from them."""
    datasets: Mapping[str, Dataset]

    @cached_property
    def _behind(self) -> dict[str, tuple[str, ...]]:
        return {}

    def path(self, version_id: str) -> list[str]:
        """The ids from this version back to its root."""
        found = [version_id]
        while (parent := self.nodes[found[-1]].parent_id) and parent in self.nodes:
            found.append(parent)
        return found

    def head(self, version_id: str) -> str:
        """What the dataset of the version shows; "" where that is gone."""
        node = self.nodes.get(version_id)
        dataset = self.datasets.get(node.dataset_id) if node else None
        return dataset.head_id if dataset and dataset.head_id in self.nodes else ""

    def is_shown(self, version_id: str) -> bool:
        """Whether the dataset shows this version, or another with the same content; or is gone, so that none can."""
        head = self.head(version_id)
        return not head or head == version_id or self.nodes[head].content == self.nodes[version_id].content

    def behind(self, version_id: str) -> tuple[str, ...]:
        """Datasets that the version was made from, or those were, and that show something else by now."""
        if version_id not in self._behind:
            self._behind[version_id] = ()  # a ring, which cannot be, would end here
            self._behind[version_id] = tuple(dict.fromkeys(self._found_behind(version_id)))
        return self._behind[version_id]

    def _found_behind(self, version_id: str) -> Iterator[str]:
        for each in self.path(version_id):
            for source in self.sources.get(each, ()):
                if source in self.nodes:
                    if not self.is_shown(source):
                        yield self.nodes[source].dataset_id
                    yield from self.behind(source)


@requires(Action.DATASET_READ)
def of(ws: Workspace, version_ids: Collection[str]) -> dict[str, Freshness]:
    """How what was made from each of these versions stands now, by the version's id. A few queries, however many.

    A version that is gone, or of a dataset that is, can be made from nothing newer: it counts as fresh.
    """
    graph = _graph(ws)
    return {version_id: _freshness(ws, graph, version_id) for version_id in version_ids}


@requires(Action.DATASET_READ)
def of_objects(ws: Workspace, made: Mapping[str, Basis], meanings: Mapping[str, str]) -> dict[str, Freshness]:
    """The same for objects by their ids. `meanings`: what the words of the team mean now, or are not there any more."""
    found = of(ws, {basis.version_id for basis in made.values()})
    return {name: _defined(found[basis.version_id], basis, meanings) for name, basis in made.items()}


@requires(Action.ANALYSE)
def renew(ws: Workspace, turn: Turn, progress: Progress = QUIET) -> Renewed:
    """The turn with its code run again on what its dataset shows now, and what changed. Nothing is stored.

    Raises: NotFound; BadInput, when the code does not run on it, with the reason; Stopped.
    """
    freshness = of(ws, [turn.version_id])[turn.version_id]
    if not freshness.head_id:
        raise NotFound("The dataset this was made from is not there any more.", "It stays as it is.")
    run = again.answered if turn.conversation_id else _reread
    new = run(ws, turn, freshness.head_id, progress)
    usage.count_work(ws, new)
    before = turn.answer.outputs if turn.answer else ()
    after = new.answer.outputs if new.answer else ()
    return Renewed(new, comparing.changes(before, after), freshness)


def _reread(ws: Workspace, turn: Turn, version_id: str, progress: Progress) -> Turn:
    """What came off a dashboard, with the outputs its code gives now: nobody's plan and review come with it."""
    before, asked = turn.answer or Answer(text=""), exploration.asked(turn)
    kept = Kept(question=turn.question, code=before.code, outputs=before.outputs, analyst=turn.analyst, analysis=asked)
    if not (before.code or asked):
        raise BadInput("There is no code behind this that could run again.", "Make it anew on its dashboard.")
    made = rereading.again(ws, kept, version_id, (), progress)
    told = {"text": made.text, "outputs": made.outputs, "code": made.code, "caveats": made.caveats}
    return turn.model_copy(update={"version_id": version_id, "answer": before.model_copy(update=told)})


def _graph(ws: Workspace) -> Graph:
    sources: dict[str, list[str]] = {}
    for link in ws.rows.links():
        sources.setdefault(link.version_id, []).append(link.source_id)
    nodes = {row[0]: Node(*row) for row in ws.rows.version_nodes()}
    return Graph(nodes, sources, {each.id: each for each in ws.rows.datasets()})


def _freshness(ws: Workspace, graph: Graph, version_id: str) -> Freshness:
    head = graph.head(version_id)
    if not head:
        return Freshness(version_id=version_id)
    causes: list[Cause] = []
    reasons: list[str] = []
    is_shown = graph.is_shown(version_id)
    if not is_shown:
        for cause, reason in _moved(ws, graph, version_id, head):
            causes.append(cause)
            reasons.append(reason)
    for dataset_id in graph.behind(version_id):
        name = graph.datasets[dataset_id].name if dataset_id in graph.datasets else "A table"
        causes.append(Cause.DATA)
        reasons.append(f"“{name}”, which the table was made from, has changed.")
    return Freshness(
        version_id=version_id,
        head_id=head,
        causes=tuple(dict.fromkeys(causes)),
        reasons=tuple(dict.fromkeys(reasons)),
        can_update=not is_shown,
    )


def _moved(ws: Workspace, graph: Graph, version_id: str, head: str) -> Iterator[tuple[Cause, str]]:
    """What was done, and undone, between the version and the head."""
    was, now = graph.path(version_id), graph.path(head)
    added = [each for each in reversed(now) if each not in set(was)]
    dropped = [each for each in reversed(was) if each not in set(now)]
    if len(added) == len(now):
        yield Cause.DATA, "The data was read anew."
        return
    for ids, said in ((added, "Since then"), (dropped, "Not in it any more")):
        for cause, steps in _grouped([ws.rows.version(each) for each in ids]).items():
            more = f" and {len(steps) - TOLD:,} more" if len(steps) > TOLD else ""
            yield cause, f"{said}: {'; '.join(steps[:TOLD])}{more}."


def _grouped(made: Sequence[Version]) -> dict[Cause, list[str]]:
    found: dict[Cause, list[str]] = {}
    for version in made:
        step = version.step
        cause = Cause.DATA if step is None or step.sources else Cause.RECIPE
        found.setdefault(cause, []).append(step.describe() if step else "the table as it was read")
    return found


def _defined(found: Freshness, basis: Basis, meanings: Mapping[str, str]) -> Freshness:
    other = [word for word, meaning in basis.meanings.items() if meanings.get(word) != meaning]
    if not other:
        return found
    said = tuple(f"“{word}” means something else now." for word in other)
    causes = tuple(dict.fromkeys((*found.causes, Cause.DEFINITION)))
    return found.model_copy(update={"causes": causes, "reasons": (*found.reasons, *said), "can_update": True})
