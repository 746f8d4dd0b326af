"""Draws the history of a dataset: the newest version first, a line from each to the one it was made from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import streamlit as st

from components import layout, words
from services.domain import Version


class Act(StrEnum):
    """What can be done with a version."""

    GO = "go"
    COMPARE = "compare"
    CODE = "code"
    BRANCH = "branch"
    HEAD = "head"
    NAME = "name"
    DERIVE = "derive"


@dataclass(frozen=True)
class Choice:
    """What the person wants done, and with which version."""

    act: Act
    version: Version


@dataclass(frozen=True)
class Points:
    """The versions that something points at."""

    head_id: str
    here_id: str


@dataclass(frozen=True)
class Row:
    """A version with what to draw beside it: its lane, the lanes that end in it, and those that pass by."""

    version: Version
    lane: int
    joining: tuple[int, ...] = ()
    passing: tuple[int, ...] = ()
    has_parent: bool = True


LABELS = {
    Act.GO: ":material/my_location: Go to this version",
    Act.COMPARE: ":material/difference: Compare with where you are",
    Act.CODE: ":material/code: Show the code",
    Act.BRANCH: ":material/call_split: Start a branch here",
    Act.HEAD: ":material/flag: Make this the head",
    Act.NAME: ":material/bookmark: Name this point",
    Act.DERIVE: ":material/library_add: Save as a new dataset",
}
SHOWN = 40
"""Versions drawn before older ones are folded."""
LANES = 6
LANE, HEIGHT, DOT = 18, 64, 5
"""Pixels."""
LINE, ACCENT = "#A89C94", "#B8452B"
"""Colours that can be seen on light and on dark."""


def show(versions: Sequence[Version], points: Points, who: dict[str, str]) -> Choice | None:
    """Draws the versions, given oldest first; `who` has names by user ids. The choice, if one was made."""
    drawn = list(rows(versions, points.head_id))
    width = LANE * (1 + max(max([row.lane, *row.passing]) for row in drawn))
    all_shown = len(drawn) <= SHOWN or st.toggle(f"Show all {len(drawn):,} versions", key="history-all")
    chosen = None
    with st.container(gap=None):
        for row in drawn if all_shown else drawn[:SHOWN]:
            if act := _row(row, points, who, width):
                chosen = Choice(act, row.version)
    return chosen


def rows(versions: Sequence[Version], head_id: str) -> Iterator[Row]:
    """The versions, newest first, each with its lane: that of the head is the first."""
    waiting: list[str | None] = [head_id]
    begun: set[int] = set()
    for version in reversed(versions):
        ends = [lane for lane, wanted in enumerate(waiting) if wanted == version.id]
        lane = ends[0] if ends else _free(waiting)
        joining = tuple(each for each in ends if each in begun)
        for each in ends:
            waiting[each] = None
        passing = tuple(each for each, wanted in enumerate(waiting) if wanted is not None and each in begun)
        begun -= set(ends)
        waiting[lane] = version.parent_id
        begun |= {lane} if version.parent_id else set()
        yield Row(version, lane, joining, passing, version.parent_id is not None)


def _free(waiting: list[str | None]) -> int:
    """The first lane that nothing waits in, made when there is none."""
    if None not in waiting[1:] and len(waiting) < LANES:
        waiting.append(None)
    return next((lane for lane, wanted in enumerate(waiting) if lane and wanted is None), LANES - 1)


def rail(row: Row, width: int, *, is_here: bool) -> str:
    """The lines beside a version, as SVG."""
    x, middle = _x(row.lane), HEIGHT // 2
    above, below = middle - DOT, middle + DOT
    lines = [f"M{_x(lane)} 0V{HEIGHT}" for lane in row.passing]
    lines += [f"M{_x(lane)} 0C{_x(lane)} {above} {x} 0 {x} {above}" for lane in row.joining]
    lines += [f"M{x} {below}V{HEIGHT}"] if row.has_parent else []
    fill = ACCENT if is_here else "none"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{HEIGHT}">'
        f'<path d="{" ".join(lines)}" stroke="{LINE}" stroke-width="2" fill="none"/>'
        f'<circle cx="{x}" cy="{middle}" r="{DOT}" stroke="{ACCENT}" stroke-width="2" fill="{fill}"/></svg>'
    )


def sentence(version: Version) -> str:
    """What made the version, in one sentence."""
    return version.step.describe() if version.step else "The table as it was read"


def _x(lane: int) -> int:
    return LANE * lane + LANE // 2


def _row(row: Row, points: Points, who: dict[str, str], width: int) -> Act | None:
    version = row.version
    is_here, is_head = version.id == points.here_id, version.id == points.head_id
    with layout.line(gap="small", key=f"version-{version.id}"):
        st.image(rail(row, width, is_here=is_here), width=width, alt="You are here" if is_here else "Version")
        with st.container(gap="xxsmall", width="stretch"):
            _headline(version, is_here=is_here, is_head=is_head)
            st.caption(facts(version, who))
        return st.menu_button(
            ":material/more_horiz:",
            list(_acts(version, is_here=is_here, is_head=is_head)),
            format_func=lambda act: LABELS[act],
            type="tertiary",
            key=f"acts-{version.id}",
            help="Go here, compare, branch, name",
        )


def _headline(version: Version, *, is_here: bool, is_head: bool) -> None:
    with layout.line(gap="xsmall"):
        weight = "**" if is_here else ""
        st.markdown(f"{weight}{words.literal(sentence(version), 110)}{weight}", width="content")
        if version.name:
            st.badge(words.badge(version.name), icon=":material/bookmark:", color="gray")
        if is_head:
            st.badge("Head", icon=":material/flag:", color="green", help="What everyone sees who opens the dataset")
        if is_here:
            st.badge("You are here", color="primary")


def facts(version: Version, who: dict[str, str]) -> str:
    """Who made it, when, and how large it is."""
    maker = words.literal(who.get(version.created_by, version.created_by), 40)
    parts = [maker, words.ago(version.created_at), words.count(version.rows, "row")]
    return " · ".join(parts if version.stored else [*parts, "made again when you open it"])


def _acts(version: Version, *, is_here: bool, is_head: bool) -> Iterator[Act]:
    if not is_here:
        yield Act.GO
        yield Act.COMPARE
    if version.step:
        yield Act.CODE
    yield Act.BRANCH
    if not is_head:
        yield Act.HEAD
    yield Act.NAME
    yield Act.DERIVE


def label(version: Version, number: int) -> str:
    """The version in a list to choose from."""
    shown = version.name or sentence(version)
    return f"{number} · {words.clean(' '.join(shown.split()))[:80]}"
