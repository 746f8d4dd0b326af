"""Values that are planted in tables leave the machine in no mode that forbids it, and prompts stay small."""

from __future__ import annotations

import random
import secrets
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sandbox.messages import RunError, RunStatus
from services.assistant import context
from services.backends.engine import Engine
from services.domain import (
    TABLE_NAME,
    Attempt,
    ColumnProfile,
    Count,
    Kind,
    Plan,
    PlanKind,
    Profile,
    Semantic,
    Turn,
    TurnStatus,
)
from services.protocols import Brief, Disclosure, no_rows

QUESTIONS = ("how many rows?", "average of {0} by {1}", "which {1} has most {0}?", "drop rows without {0}")
TOKENS = 4_000


def table(rng: random.Random, canaries: list[str]) -> pa.Table:
    """A table of 30 to 60 rows in which every text cell, low and high holds a canary of its own."""
    rows = rng.randint(30, 60)
    columns: dict[str, list[object]] = {}
    for number in range(rng.randint(3, 12)):
        kind = rng.choice(("unique", "few", "numbers", "dates"))
        name = f"column {number} {rng.choice(('price', 'region', 'note', 'Größe', 'x' * 30))}"
        if kind == "numbers":
            columns[name] = [rng.randint(0, 99) for _ in range(rows)]
            continue
        made = [f"canary{secrets.token_hex(6)}" for _ in range(rows if kind == "unique" else 15)]
        canaries.extend(made)
        columns[name] = [made[row % len(made)] for row in range(rows)]
    return pa.table(columns)


def brief(profile: Profile, rng: random.Random, disclosure: Disclosure, canaries: list[str]) -> Brief:
    names = [column.name for column in profile.columns]
    question = rng.choice(QUESTIONS).format(rng.choice(names), rng.choice(names))
    earlier = Turn(
        id="t", conversation_id="c", version_id="v", question="what was it?", status=TurnStatus.ANSWERED,
        analyst="builtin", plan=Plan(kind=PlanKind.ANALYSE, reading=f"rows of {canaries[0]}" if canaries else "rows"),
        created_at=datetime.now(UTC),
    )  # fmt: skip
    return Brief(question, {TABLE_NAME: profile}, [earlier], lambda _: (), "orders", no_rows, disclosure)


def leaks(turns: int, seed: int, folder: Path, *disclosures: Disclosure) -> list[str]:
    """The canaries that left in so many turns: a question and a repair each."""
    rng, engine, out = random.Random(seed), Engine(temp=folder), []
    for turn in range(turns):
        canaries: list[str] = []
        if turn % 10 == 0:
            path = folder / f"{turn}.parquet"
            kept: list[str] = []
            pq.write_table(table(rng, kept), path)
            profile = engine.profile(path, "v")
        canaries = kept
        asked = brief(profile, rng, disclosures[turn % len(disclosures)], canaries)
        told = canaries[turn % len(canaries)] if canaries else "nothing"
        message = rng.choice(("could not convert string to float: '{}'", "Unknown value {} in row 3", "KeyError: {}"))
        error = RunError(type="ValueError", message=message.format(told), hint=f"Look at {told}")
        attempt = Attempt(code="result = df", status=RunStatus.FAILED, error=error, stdout=told, problem=told)
        sent = str([context.messages(asked), context.repair(asked, Plan(kind=PlanKind.ANALYSE), [attempt])])
        out += [canary for canary in canaries if canary in sent]
    return out


FORBIDDING = (Disclosure(schema_only=True), Disclosure(), Disclosure(samples=True))
"""In the last one too, for no canary stands in five rows or more."""


def test_no_planted_value_leaves(tmp_path: Path) -> None:
    seed = secrets.randbits(32)
    assert leaks(60, seed, tmp_path, *FORBIDDING) == [], f"seed {seed}"


@pytest.mark.long
def test_no_planted_value_leaves_in_500_turns(tmp_path: Path) -> None:
    seed = secrets.randbits(32)
    assert leaks(500, seed, tmp_path, *FORBIDDING) == [], f"seed {seed}"


def wide(columns: int) -> Profile:
    words = ("price", "region", "customer segment", "delivery date", "units sold", "margin percent")
    values = [f"value {number}" for number in range(4)]
    made = (
        ColumnProfile(
            name=f"{words[n % len(words)]} {n}",
            kind=Kind.TEXT,
            semantic=Semantic.CATEGORY,
            missing=3,
            distinct=4,
            top=tuple(Count(value=f"{value} of {n}", rows=10) for value in values),
        )
        for n in range(columns)
    )
    return Profile(version_id="v", rows=43, columns=tuple(made))


@pytest.mark.parametrize("columns", [10, 50, 1_000])
def test_a_simple_question_is_asked_in_4000_tokens(columns: int) -> None:
    asked = Brief(
        "average price 0 by region 1", {TABLE_NAME: wide(columns)}, [], lambda _: (),
        disclosure=Disclosure(samples=True),
    )  # fmt: skip
    sent = sum(len(text) for _, text in context.messages(asked))
    # English text in JSON has rather more than 3.6 characters a token.
    assert sent / 3.6 < TOKENS, f"{columns} columns: {sent:,} characters"
    assert '"price 0"' in context.messages(asked)[1][1]
