"""What a version holds of personal data: real files, database, storage and engine."""

from __future__ import annotations

import csv
import hashlib
import hmac
import random
from pathlib import Path

import pytest

from services import cleaning, datasets, privacy
from services.code.personal import PersonalKind
from services.code.steps import Condition, Fake, FilterRows, KeyedHash
from services.domain import Dataset, Finding, Team
from services.errors import NotFound
from services.workspace import Workspace
from tests.personal_data import PRODUCTS, Maker

ROWS = 60


def upload(ws: Workspace, folder: Path, columns: dict[str, list[str]]) -> Dataset:
    path = folder / "table.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    return datasets.upload(ws, path, "table.csv")


def found(ws: Workspace, dataset: Dataset) -> dict[str, Finding]:
    return {finding.column: finding for finding in privacy.findings(ws, dataset.head_id)}


def test_each_kind_is_found_in_an_uploaded_table(ws: Workspace, tmp_path: Path) -> None:
    seed = random.randrange(10**9)
    maker = Maker(seed)
    names = {kind: kind.value for kind in PersonalKind}
    columns = {name: [maker.value(kind) for _ in range(ROWS)] for kind, name in names.items()}
    columns |= {
        "product": [maker.rng.choice(PRODUCTS) for _ in range(ROWS)],
        "units": [str(n % 9) for n in range(ROWS)],
    }
    findings = found(ws, upload(ws, tmp_path, columns))
    assert {name: finding.kind for name, finding in findings.items()} == {name: k for k, name in names.items()}, seed


def test_a_finding_shows_no_whole_value(ws: Workspace, tmp_path: Path) -> None:
    maker = Maker(random.randrange(10**9))
    columns = {kind.value: [maker.value(kind) for _ in range(ROWS)] for kind in PersonalKind}
    columns["note"] = [f"please write to {maker.email()} or call {maker.phone()} soon" for _ in range(ROWS)]
    dataset = upload(ws, tmp_path, columns)
    shown = " ".join(finding.model_dump_json() for finding in privacy.findings(ws, dataset.head_id))
    assert not [value for values in columns.values() for value in values if value in shown]
    assert "•••" in shown


def test_one_mention_in_a_long_column_is_found(ws: Workspace, tmp_path: Path) -> None:
    maker = Maker(random.randrange(10**9))
    email = maker.email()
    notes = [f"parcel {n} came late and one {maker.rng.choice(PRODUCTS)} was damaged" for n in range(30_000)]
    notes[maker.rng.randrange(30_000)] = f"the customer asks for an answer to {email} at once"
    [finding] = privacy.findings(ws, upload(ws, tmp_path, {"note": notes}).head_id)
    assert (finding.column, finding.kind, finding.in_text) == ("note", PersonalKind.EMAIL, True)
    assert finding.examples
    assert email not in finding.examples[0]


def test_findings_are_kept_beside_the_version_and_go_with_it(ws: Workspace, tmp_path: Path) -> None:
    dataset = upload(ws, tmp_path, {"email": [Maker(n).email() for n in range(9)]})
    first = privacy.findings(ws, dataset.head_id)
    files = list(ws.backends.storage.list(f"local/datasets/{dataset.id}/"))
    assert [name for name in files if "personal" in name]
    assert privacy.findings(ws, dataset.head_id) == first
    datasets.purge(ws, dataset.id)
    assert list(ws.backends.storage.list(f"local/datasets/{dataset.id}/")) == []


def test_a_table_without_any_has_no_findings(ws: Workspace, orders: Dataset) -> None:
    assert privacy.findings(ws, orders.head_id) == ()


def test_another_team_sees_nothing(ws: Workspace, orders: Dataset) -> None:
    stranger = Workspace(ws.user, Team(id="other", name="Other"), ws.role, ws.backends)
    with pytest.raises(NotFound):
        privacy.findings(stranger, orders.head_id)


def test_masks_make_a_version_and_the_key_is_nowhere(ws: Workspace, tmp_path: Path) -> None:
    maker = Maker(random.randrange(10**9))
    emails = [maker.email() for _ in range(ROWS)]
    dataset = upload(ws, tmp_path, {"email": emails, "customer": [maker.name() for _ in range(ROWS)]})
    steps = [
        KeyedHash(column="email"),
        Fake(column="customer", personal=PersonalKind.NAME),
        FilterRows(conditions=(Condition(column="email", test="not missing"),)),
    ]
    version = cleaning.apply_all(ws, dataset.head_id, steps).version
    codes = datasets.page(ws, version.id, 0, ROWS).column("email").to_pylist()
    assert len(set(codes)) == len(set(emails))
    again = upload(ws, tmp_path, {"mail": emails[::-1]})
    other = cleaning.apply(ws, again.head_id, KeyedHash(column="mail")).version
    assert datasets.page(ws, other.id, 0, ROWS).column("mail").to_pylist() == codes[::-1]
    key = hmac.new(ws.backends.signing_key, b"masks of local", hashlib.sha256).hexdigest()
    kept = [path for path in ws.backends.settings.home.rglob("*") if path.is_file() and path.name != "signing.key"]
    assert kept
    assert not [path for path in kept if key.encode() in path.read_bytes()]
    assert hmac.new(bytes.fromhex(key), emails[0].casefold().encode(), hashlib.sha256).hexdigest()[:16] == codes[0]


def test_another_teams_key_is_another(ws: Workspace, tmp_path: Path) -> None:
    stranger = Workspace(ws.user, Team(id="other", name="Other"), ws.role, ws.backends)
    made = []
    for each in (ws, stranger):
        dataset = upload(each, tmp_path, {"email": ["rosa@example.org"]})
        version = cleaning.apply(each, dataset.head_id, KeyedHash(column="email")).version
        made.append(datasets.page(each, version.id, 0, 1).column("email").to_pylist())
    assert made[0] != made[1]
