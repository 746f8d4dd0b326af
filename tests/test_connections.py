"""Connections: from an address to a dataset, with every credential out of sight."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL

from sandbox import Sandbox
from services import connections, datasets, wiring
from services.access import Role
from services.domain import Address, ConnectionKind, JobStatus, Team
from services.errors import BadInput, Forbidden, NotFound, Unavailable
from services.settings import Settings
from services.workspace import LOCAL_USER, Workspace, open_workspace
from tests.servers.bucket import Bucket

CSV = "order_id,region,price\n1,West,49.90\n2,East,199.00\n"
SECRET = "very-s3cret"


@pytest.fixture
def ws(settings: Settings, sandbox: Sandbox, tmp_path: Path) -> Iterator[Workspace]:
    """Where a folder and this machine may be read."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "orders.csv").write_text(CSV)
    allowed = {"data_folders": str(tmp_path / "data"), "allowed_networks": "127.0.0.0/8"}
    backends = wiring.connect(settings.model_copy(update=allowed), inline=True, sandbox=sandbox)
    yield open_workspace(backends, LOCAL_USER.id)
    backends.runner.shutdown()
    backends.database.dispose()


@pytest.fixture
def shop(postgres_url: URL) -> Address:
    """A database with one table."""
    plain = postgres_url.set(drivername="postgresql")
    with psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute("CREATE TABLE sales AS SELECT n AS id, n * 2 AS units FROM generate_series(1, 1000) n")
    return Address(
        url=plain.render_as_string(hide_password=True).replace(":***", ""), secret=str(postgres_url.password)
    )


def test_a_folder_becomes_a_dataset(ws: Workspace, tmp_path: Path) -> None:
    folder = connections.add(ws, "Exports", Address(url=str(tmp_path / "data")))
    assert (folder.kind, folder.location) == (ConnectionKind.FOLDER, str(tmp_path / "data"))
    assert [table.name for table in connections.tables(ws, folder.id)] == ["orders.csv"]
    job = connections.read(ws, folder.id, "orders.csv")
    assert ws.rows.job(job.id).status is JobStatus.DONE
    [dataset] = datasets.created(ws, job.id)
    assert dataset.name == "orders"
    assert datasets.page(ws, dataset.head_id, 0, 10).column("price").to_pylist() == [49.9, 199.0]
    assert "Exports" in dataset.description


def test_a_table_and_a_select_become_datasets(ws: Workspace, shop: Address) -> None:
    kept = connections.add(ws, "Shop", shop)
    assert connections.test(ws, shop) == 1
    assert [table.name for table in connections.tables(ws, kept.id)] == ["sales"]
    whole = connections.read(ws, kept.id, "sales")
    part = connections.read(ws, kept.id, statement="SELECT * FROM sales WHERE id > 990", name="Last ten")
    [first], [second] = (datasets.created(ws, job.id) for job in (whole, part))
    assert (first.name, datasets.head(ws, first.id).rows) == ("sales", 1000)
    assert (second.name, datasets.head(ws, second.id).rows) == ("Last ten", 10)


def test_an_object_becomes_a_dataset(ws: Workspace, bucket: Bucket) -> None:
    bucket.client.put_object(Bucket=bucket.name, Key="exports/orders.csv", Body=CSV.encode())
    words = {"endpoint": bucket.endpoint, "key_id": bucket.key_id, "secret": bucket.secret}
    kept = connections.add(ws, "Bucket", Address(url=f"s3://{bucket.name}/exports/", **words))
    [dataset] = datasets.created(ws, connections.read(ws, kept.id, "orders.csv").id)
    assert datasets.head(ws, dataset.id).rows == 2


def test_a_reading_that_fails_says_why_and_leaves_nothing(ws: Workspace, shop: Address) -> None:
    kept = connections.add(ws, "Shop", shop)
    job = ws.rows.job(connections.read(ws, kept.id, statement="SELECT * FROM missing").id)
    assert job.status is JobStatus.FAILED
    assert "missing" in job.message
    assert job.hint
    assert datasets.list_all(ws) == []
    assert list(ws.backends.storage.list("")) == []
    assert [path.name for path in (ws.backends.settings.home / "cache").iterdir()] in ([], ["tables"])


def test_a_secret_is_nowhere_to_be_seen(
    ws: Workspace, shop: Address, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = shop.model_copy(update={"secret": SECRET})
    in_url = Address(url=shop.url.replace("@", f":{SECRET}@"))
    for address in (wrong, in_url):
        with pytest.raises(Unavailable, match="does not let postgres in") as caught:
            connections.add(ws, "Shop", address)
        assert SECRET not in str(caught.value)
        kept = connections.add(ws, "Shop", address, check=False)
        job = ws.rows.job(connections.read(ws, kept.id, "sales").id)
        assert "does not let postgres in" in job.message
        told = [*ws.rows.activity(), *connections.list_all(ws), job, connections.get(ws, kept.id), ws.backends, address]
        assert not [each for each in told if SECRET in repr(each) or SECRET in str(each)]
    assert SECRET not in caplog.text
    assert SECRET not in "".join(capfd.readouterr())
    for path in ws.backends.settings.home.rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes(), path


def test_removing_forgets_the_credentials_and_keeps_the_datasets(ws: Workspace, tmp_path: Path) -> None:
    kept = connections.add(ws, "Exports", Address(url=str(tmp_path / "data")))
    [dataset] = datasets.created(ws, connections.read(ws, kept.id, "orders.csv").id)
    connections.remove(ws, kept.id)
    assert connections.list_all(ws) == []
    assert datasets.list_all(ws) == [dataset]
    for use in (connections.get, connections.tables, connections.read, connections.remove):
        with pytest.raises(NotFound):
            use(ws, kept.id)


def test_what_cannot_be_is_refused_before_it_is_kept(ws: Workspace) -> None:
    for url in ("/etc/passwd", "mysql://x", "postgresql://ann@db/x?service=y"):
        with pytest.raises(BadInput):
            connections.add(ws, "No", Address(url=url))
    with pytest.raises(BadInput, match="name is empty"):
        connections.add(ws, " ", Address(url=ws.backends.settings.data_folders))
    assert connections.list_all(ws) == []


def test_another_team_finds_nothing_and_a_viewer_reads_nothing(ws: Workspace, tmp_path: Path) -> None:
    kept = connections.add(ws, "Exports", Address(url=str(tmp_path / "data")))
    theirs = replace(ws, team=Team(id="theirs", name="Theirs"))
    assert connections.list_all(theirs) == []
    for use in (connections.get, connections.tables, connections.read, connections.remove):
        with pytest.raises(NotFound):
            use(theirs, kept.id)
    viewer = replace(ws, role=Role.VIEWER)
    assert connections.list_all(viewer) == [kept]
    for use in (connections.tables, connections.read, connections.remove):
        with pytest.raises(Forbidden):
            use(viewer, kept.id)
    assert connections.get(ws, kept.id) == kept
