"""Uploading, showing, renaming and deleting datasets, with the real database, storage, engine and readers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from services import conversations, datasets
from services.access import Role
from services.backends.storage import LocalStorage
from services.domain import Dataset, Kind, Team
from services.errors import BadInput, Forbidden, NotFound
from services.workspace import Workspace


def stored(ws: Workspace) -> list[Path]:
    """All files under the storage folder, half-written ones included."""
    return [path for path in (ws.backends.settings.home / "files").rglob("*") if path.is_file()]


def leftovers(ws: Workspace) -> list[Path]:
    return list((ws.backends.settings.home / "cache").iterdir())


def as_(ws: Workspace, **parts: object) -> Workspace:
    return Workspace(**{"user": ws.user, "team": ws.team, "role": ws.role, "backends": ws.backends} | parts)  # type: ignore[arg-type]


def test_an_uploaded_table_can_be_looked_at(ws: Workspace, orders: Dataset) -> None:
    version = datasets.head(ws, orders.id)
    assert (orders.name, version.rows) == ("orders", 8)
    assert version.columns == ("order_id", "date", "region", "product", "units", "price")
    assert version.storage_key == f"local/datasets/{orders.id}/versions/{version.content_hash}.parquet"
    assert version.bytes == ws.backends.storage.size(version.storage_key)
    assert datasets.page(ws, version.id, 2, 2).column("product").to_pylist() == ["Lamp", "Chair"]
    profile = datasets.profile(ws, version.id)
    assert [column.kind for column in profile.columns][:3] == [Kind.INTEGER, Kind.DATE, Kind.TEXT]
    assert datasets.get(ws, orders.id) == orders
    assert datasets.version(ws, version.id) == version
    assert leftovers(ws) == []


def test_the_newest_dataset_comes_first(ws: Workspace, orders_csv: Path) -> None:
    first = datasets.upload(ws, orders_csv, "first.csv")
    second = datasets.upload(ws, orders_csv, "second.csv")
    assert [dataset.id for dataset in datasets.list_all(ws)] == [second.id, first.id]
    assert datasets.head(ws, first.id).content_hash == datasets.head(ws, second.id).content_hash


@pytest.mark.parametrize(
    ("filename", "name"),
    [
        ("../../etc/passwd.csv", "passwd"),
        ("C:\\files\\sales 2024.csv", "sales 2024"),
        ("a\u202egnp\x00\n.csv", "agnp"),
        ("x" * 500 + ".csv", "x" * 120),
        ("Ümläut 表.csv", "Ümläut 表"),
    ],
)
def test_a_dataset_is_called_after_its_file(ws: Workspace, orders_csv: Path, filename: str, name: str) -> None:
    dataset = datasets.upload(ws, orders_csv, filename)
    assert dataset.name == name
    assert all(path.is_relative_to(ws.backends.settings.home / "files" / "local") for path in stored(ws))


def test_a_bad_file_leaves_nothing(ws: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("")
    with pytest.raises(BadInput, match="is empty"):
        datasets.upload(ws, path, "empty.csv")
    assert (datasets.list_all(ws), stored(ws), leftovers(ws)) == ([], [], [])


class FullStorage(LocalStorage):
    """A disk that fills up at the second file."""

    def put(self, source: Path, key: str) -> None:
        if key.endswith(".json"):
            raise OSError(28, "No space left on device")
        super().put(source, key)


def test_a_failure_half_way_leaves_nothing(rewired: Callable[..., Workspace], ws: Workspace, orders_csv: Path) -> None:
    full = rewired(storage=FullStorage(ws.backends.settings.home / "files"))
    with pytest.raises(OSError, match="No space"):
        datasets.upload(full, orders_csv, "orders.csv")
    assert (datasets.list_all(ws), stored(ws), leftovers(ws)) == ([], [], [])


def test_a_failing_database_leaves_no_file(ws: Workspace, orders_csv: Path) -> None:
    """The rows are written last, after the files were stored."""
    with ws.backends.database.session() as session:
        session.execute(text("DROP TABLE profiles"))
    with pytest.raises(OperationalError):
        datasets.upload(ws, orders_csv, "orders.csv")
    assert (datasets.list_all(ws), stored(ws), leftovers(ws)) == ([], [], [])


def test_the_sample_is_made_once(ws: Workspace) -> None:
    first = datasets.sample(ws)
    assert datasets.sample(ws) == first
    assert datasets.list_all(ws) == [first]
    version = datasets.head(ws, first.id)
    assert (version.rows, version.columns[:3]) == (1704, ("Country", "Continent", "Year"))
    datasets.rename(ws, first.id, "Mine now")
    assert datasets.sample(ws).id == first.id
    datasets.delete(ws, first.id)
    assert datasets.sample(ws).id != first.id


def test_rejected_rows_are_kept_as_evidence(ws: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "broken.csv"
    path.write_text("day,n,m\n2024-01-01,1,2\n2024-01-02,x,y,z,7\n2024-01-03,3,4\n")
    version = datasets.head(ws, datasets.upload(ws, path, "broken.csv").id)
    report = datasets.read_report(ws, version.id)
    assert (version.rows, report.rejected_rows) == (2, 1)
    assert (report.rejected[0].line, report.rejected[0].text) == (3, "2024-01-02,x,y,z,7")
    assert "1 row could not be read" in version.note


def test_renaming(ws: Workspace, orders: Dataset) -> None:
    assert datasets.rename(ws, orders.id, "  All\norders ").name == "All orders"
    assert datasets.get(ws, orders.id).name == "All orders"
    for name in ("", " \n\u200b", "x" * 121):
        with pytest.raises(BadInput, match="cannot be called that"):
            datasets.rename(ws, orders.id, name)


def test_description_and_tags_are_kept_clean(ws: Workspace, orders: Dataset) -> None:
    edited = datasets.edit(
        ws, orders.id, "Orders", " two \u202elines\x00\n of it ", ["Sales ", "sales", "", "2024\n Q1"]
    )
    assert datasets.get(ws, orders.id) == edited
    assert edited.description == "two  lines\n of it"
    assert edited.tags == ("Sales", "2024 Q1")
    for bad in ({"description": "x" * 2_001}, {"tags": ["x" * 41]}, {"tags": map(str, range(21))}, {"name": ""}):
        with pytest.raises(BadInput):
            datasets.edit(ws, orders.id, **({"name": "x", "description": "", "tags": ()} | bad))  # type: ignore[arg-type]
    assert datasets.get(ws, orders.id) == edited


def test_what_every_dataset_shows_comes_in_one_query(ws: Workspace, orders: Dataset, orders_csv: Path) -> None:
    other = datasets.upload(ws, orders_csv, "other.csv")
    gone = datasets.upload(ws, orders_csv, "gone.csv")
    datasets.delete(ws, gone.id)
    assert datasets.heads(ws) == {each.id: datasets.head(ws, each.id) for each in (orders, other)}


def test_a_deleted_dataset_is_out_of_sight_until_it_is_restored(ws: Workspace, orders: Dataset) -> None:
    conversation = conversations.create(ws, orders.id)
    files = stored(ws)
    datasets.delete(ws, orders.id)
    assert datasets.list_all(ws) == []
    assert [each.id for each in datasets.list_deleted(ws)] == [orders.id]
    for look in (
        lambda: datasets.get(ws, orders.id),
        lambda: datasets.head(ws, orders.id),
        lambda: datasets.rename(ws, orders.id, "x"),
        lambda: datasets.delete(ws, orders.id),
        lambda: conversations.get(ws, conversation.id),
        lambda: conversations.create(ws, orders.id),
    ):
        with pytest.raises(NotFound):
            look()
    assert datasets.restore(ws, orders.id) == orders
    assert datasets.list_all(ws) == [orders]
    assert conversations.get(ws, conversation.id) == conversation
    assert stored(ws) == files
    assert datasets.list_deleted(ws) == []


def test_purging_takes_the_files_too(ws: Workspace, orders: Dataset, orders_csv: Path) -> None:
    other = datasets.upload(ws, orders_csv, "other.csv")
    datasets.delete(ws, orders.id)
    datasets.purge(ws, orders.id)
    with pytest.raises(NotFound):
        datasets.restore(ws, orders.id)
    assert datasets.list_all(ws) == [other]
    assert sorted(path.suffix for path in stored(ws)) == ["", ".json", ".parquet"]
    assert all(other.id in str(path) or path.name == "original" for path in stored(ws))
    with pytest.raises(NotFound):
        datasets.get(ws, orders.id)


def test_another_team_sees_nothing(ws: Workspace, orders: Dataset) -> None:
    stranger = as_(ws, team=Team(id="other", name="Other"))
    version_id = orders.head_id
    calls: list[Callable[[], object]] = [
        lambda: datasets.get(stranger, orders.id),
        lambda: datasets.head(stranger, orders.id),
        lambda: datasets.version(stranger, version_id),
        lambda: datasets.page(stranger, version_id, 0, 1),
        lambda: datasets.profile(stranger, version_id),
        lambda: datasets.read_report(stranger, version_id),
        lambda: datasets.rename(stranger, orders.id, "x"),
        lambda: datasets.edit(stranger, orders.id, "x", "", ()),
        lambda: datasets.delete(stranger, orders.id),
        lambda: datasets.restore(stranger, orders.id),
        lambda: datasets.purge(stranger, orders.id),
    ]
    for call in calls:
        with pytest.raises(NotFound):
            call()
    assert datasets.list_all(stranger) == []
    assert datasets.list_deleted(stranger) == []
    assert datasets.heads(stranger) == {}
    assert datasets.get(ws, orders.id).name == "orders"


def test_a_viewer_may_look_but_not_change(ws: Workspace, orders: Dataset, orders_csv: Path) -> None:
    viewer = as_(ws, role=Role.VIEWER)
    assert datasets.page(viewer, orders.head_id, 0, 3).num_rows == 3
    for change in (
        lambda: datasets.upload(viewer, orders_csv, "x.csv"),
        lambda: datasets.rename(viewer, orders.id, "x"),
        lambda: datasets.delete(viewer, orders.id),
    ):
        with pytest.raises(Forbidden):
            change()


def test_changes_leave_a_record(ws: Workspace, orders: Dataset) -> None:
    datasets.delete(ws, orders.id)
    assert [(record.action, record.subject_id) for record in ws.rows.activity()] == [
        ("dataset.delete", orders.id),
        ("dataset.create", orders.id),
    ]
