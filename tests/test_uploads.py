"""Uploads in pieces: limits before a byte comes, going on after a break, and nothing visible before it is whole."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from services import datasets, exports, uploads, versions
from services.access import Role
from services.domain import JobStatus, Reading, ReadOptions, Team, User
from services.errors import BadInput, Forbidden, NotFound
from services.settings import Settings
from services.workspace import Workspace
from tests.conftest import ORDERS

CONTENT = ORDERS.encode()


def limited(ws: Workspace, **settings: int) -> Workspace:
    changed = Settings.model_validate(ws.backends.settings.model_dump() | settings)
    return replace(ws, backends=replace(ws.backends, settings=changed))


def stored(ws: Workspace) -> list[str]:
    return list(ws.backends.storage.list(""))


def test_a_file_comes_in_pieces_and_becomes_a_dataset(ws: Workspace) -> None:
    begun = uploads.begin(ws, "../../orders.csv", len(CONTENT))
    assert (begun.received, begun.is_whole) == (0, False)
    for start in range(0, len(CONTENT), 100):
        piece = CONTENT[start : start + 100]
        assert uploads.append(ws, begun.id, start, io.BytesIO(piece)).received == start + len(piece)
    assert stored(ws) == []
    whole = uploads.finish(ws, begun.id)
    assert whole.is_whole
    assert uploads.finish(ws, begun.id) == uploads.state(ws, begun.id)
    with uploads.original(ws, begun.id) as path:
        assert path.read_bytes() == CONTENT
    assert [table.name for table in uploads.tables(ws, begun.id)] == ["orders"]
    seen = uploads.preview(ws, begun.id)
    assert seen.table.column("region").to_pylist()[:3] == ["West", "East", "West"]
    job = datasets.create(ws, [Reading(upload_id=begun.id, name="Orders")])
    assert ws.rows.job(job.id).status is JobStatus.DONE
    [made] = datasets.created(ws, job.id)
    assert made.name == "Orders"
    [(upload, _)] = datasets.origins(ws, made.head_id)
    assert upload.filename == "../../orders.csv"


def test_a_broken_upload_goes_on_where_it_stopped(ws: Workspace) -> None:
    begun = uploads.begin(ws, "orders.csv", len(CONTENT))
    uploads.append(ws, begun.id, 0, CONTENT[:50])
    with pytest.raises(BadInput, match="byte 50, not 0"):
        uploads.append(ws, begun.id, 0, CONTENT[:50])
    with pytest.raises(BadInput, match=f"Only 50 of {len(CONTENT)} bytes"):
        uploads.finish(ws, begun.id)
    assert [each.received for each in uploads.list_all(ws)] == [50]
    uploads.append(ws, begun.id, uploads.state(ws, begun.id).received, CONTENT[50:])
    assert uploads.finish(ws, begun.id).is_whole


def test_no_more_comes_than_was_said(ws: Workspace) -> None:
    begun = uploads.begin(ws, "orders.csv", 10)
    with pytest.raises(BadInput, match="More came"):
        uploads.append(ws, begun.id, 0, CONTENT)
    assert uploads.state(ws, begun.id).received == 0


@pytest.mark.parametrize(
    ("changes", "size", "message"),
    [
        ({}, 0, "“big.csv” is empty"),
        ({"upload_mb": 5}, 5_000_001, "has 5.0 MB; a file may have 5.0 MB"),
        ({"upload_mb": 50, "quota_mb": 40}, 45_000_000, "of your 40 MB only 40 MB are left"),
    ],
)
def test_limits_are_told_before_a_byte_is_sent(ws: Workspace, changes: dict[str, int], size: int, message: str) -> None:
    with pytest.raises(BadInput, match=message) as told:
        uploads.begin(limited(ws, **changes), "big.csv", size)
    assert told.value.hint
    assert uploads.list_all(ws) == []


def test_what_is_kept_counts_against_the_allowance(ws: Workspace) -> None:
    before = uploads.allowance(ws)
    begun = uploads.begin(ws, "orders.csv", 1_000)
    assert uploads.allowance(ws).used == before.used + 1_000
    uploads.discard(ws, begun.id)
    assert uploads.allowance(ws) == before


def test_the_original_of_a_dataset_cannot_be_discarded(ws: Workspace, orders_csv: Path) -> None:
    dataset = datasets.upload(ws, orders_csv, "orders.csv")
    [(upload, _)] = datasets.origins(ws, dataset.head_id)
    with pytest.raises(BadInput, match="original of a dataset"):
        uploads.discard(ws, upload.id)


def test_what_nobody_used_is_listed_and_removed(ws: Workspace, orders_csv: Path) -> None:
    datasets.upload(ws, orders_csv, "kept.csv")
    begun = uploads.begin(ws, "begun.csv", 100)
    uploads.append(ws, begun.id, 0, b"x")
    whole = uploads.paste(ws, "a\tb\n1\t2\n")
    assert [each.id for each in uploads.abandoned(ws, hours=0)] == [begun.id, whole.id]
    assert uploads.abandoned(ws) == []
    uploads.remove_abandoned(ws, hours=0)
    assert ws.backends.parts.names() == []
    assert [each.filename for each in uploads.list_all(ws)] == ["kept.csv"]


def test_a_pasted_table_is_read(ws: Workspace) -> None:
    pasted = uploads.paste(ws, "name\tage\nAnn\t30\nBob\t31\n")
    assert uploads.preview(ws, pasted.id, ReadOptions()).table.to_pylist()[1] == {"name": "Bob", "age": 31}


def test_a_job_that_fails_says_why(ws: Workspace) -> None:
    pasted = uploads.paste(ws, "\x00\x01\x02\x03\x04binary\x05\x06")
    job = datasets.create(ws, [Reading(upload_id=pasted.id)])
    ended = ws.rows.job(job.id)
    assert ended.status is JobStatus.FAILED
    assert "is not a table" in ended.message
    assert ended.hint


def test_files_with_the_same_columns_are_stacked(ws: Workspace) -> None:
    texts = ("id,price\n1,5\n2,6\n", "price,id\n7.5,3\n", "id,price\n4,?\n")
    parts = [uploads.paste(ws, text, f"{number}.csv") for number, text in enumerate(texts)]
    readings = [Reading(upload_id=part.id, name="All" if part is parts[0] else "") for part in parts]
    job = datasets.create(ws, readings, stacked=True)
    [made] = datasets.created(ws, job.id)
    assert made.name == "All"
    table = datasets.page(ws, made.head_id, 0, 10).to_pydict()
    assert table == {"id": [1, 2, 3, 4], "price": ["5", "6", "7.5", "?"]}
    assert [upload.filename for upload, _ in datasets.origins(ws, made.head_id)] == ["0.csv", "1.csv", "2.csv"]
    assert "Stacked from 3 tables" in datasets.read_report(ws, made.head_id).notes[0]


def test_stacked_rows_say_where_they_are_from(ws: Workspace) -> None:
    names = ("north's.csv", "south.csv", "south.csv")
    parts = [uploads.paste(ws, f"id,source\n{number},x\n", name) for number, name in enumerate(names)]
    readings = [Reading(upload_id=part.id) for part in parts]
    job = datasets.create(ws, readings, stacked=True, source_column="Source")
    [made] = datasets.created(ws, job.id)
    table = datasets.page(ws, made.head_id, 0, 10).to_pydict()
    assert table == {"id": [0, 1, 2], "source": ["x"] * 3, "Source 2": ["north's", "south", "south 2"]}
    assert datasets.read_report(ws, made.head_id).columns == datasets.head(ws, made.id).columns == tuple(table)
    graph = versions.lineage(ws, made.id)
    assert [(file.filename, file.dataset_id) for file in graph.files] == [(name, made.id) for name in names]


def test_what_was_read_from_one_file_hangs_together(ws: Workspace) -> None:
    pasted = uploads.paste(ws, "a\n1\n", "one.csv")
    other = uploads.paste(ws, "a\n1\n", "two.csv")
    made = [
        datasets.created(ws, datasets.create(ws, [Reading(upload_id=each.id)]).id)[0]
        for each in (pasted, pasted, other)
    ]
    graph = versions.lineage(ws, made[0].id)
    assert {each.id for each in graph.datasets} == {each.id for each in made[:2]}
    assert {file.upload_id for file in graph.files} == {pasted.id}


def test_files_with_other_columns_are_not_stacked(ws: Workspace) -> None:
    parts = [uploads.paste(ws, "a,b\n1,2\n", "one.csv"), uploads.paste(ws, "a,c\n1,2\n", "two.csv")]
    job = datasets.create(ws, [Reading(upload_id=part.id) for part in parts], stacked=True)
    ended = ws.rows.job(job.id)
    assert ended.status is JobStatus.FAILED
    assert "“two” lacks “b” and “two” has “c” more" in ended.message
    assert datasets.list_all(ws) == []
    assert len(datasets.created(ws, datasets.create(ws, [Reading(upload_id=part.id) for part in parts]).id)) == 2


def test_a_file_is_read_again_with_other_options(ws: Workspace) -> None:
    pasted = uploads.paste(ws, "day;n\n01/02/2024;1\n03/04/2024;2\n", "days.csv")
    [question] = uploads.questions(ws, pasted.id)
    assert question.question == "In “day”, is “01/02/2024” 1 February 2024 or 2 January 2024?"
    options = ReadOptions()
    for choice in question.choices:
        options = options.chosen(question.option, choice.value, question.column)
        assert uploads.questions(ws, pasted.id, options) == ()
    job = datasets.create(ws, [Reading(upload_id=pasted.id, options=options)])
    [made] = datasets.created(ws, job.id)
    assert str(datasets.page(ws, made.head_id, 0, 1).column("day")[0]) == "2024-01-02"
    [(upload, reading)] = datasets.origins(ws, made.head_id)
    again = reading.options.chosen("dates", "dmy", "day")
    job = datasets.create(ws, [Reading(upload_id=upload.id, options=again)])
    [other] = datasets.created(ws, job.id)
    assert str(datasets.page(ws, other.head_id, 0, 1).column("day")[0]) == "2024-02-01"
    datasets.purge(ws, made.id)
    assert datasets.origins(ws, other.head_id)[0][0].id == upload.id


def test_rows_that_cannot_be_read_can_be_taken_away(ws: Workspace) -> None:
    text = "a,b\n" + "1,2\n" * 300 + "=cmd|x,1,2,3\n" * 150
    pasted = uploads.paste(ws, text, "broken.csv")
    job = datasets.create(ws, [Reading(upload_id=pasted.id)])
    [made] = datasets.created(ws, job.id)
    report = datasets.read_report(ws, made.head_id)
    assert (report.rows, report.rejected_rows, len(report.rejected)) == (300, 150, 100)
    rows = list(datasets.rejected(ws, made.head_id))
    assert (len(rows), rows[0].line, rows[-1].line) == (150, 302, 451)
    lines = b"".join(exports.rejected(ws, made.head_id)).decode().splitlines()
    assert lines[0] == '"line","reason","text"'
    assert lines[1].startswith('302,"It has 4 cells')
    assert lines[1].endswith('"\'=cmd|x,1,2,3"')
    fine = datasets.create(ws, [Reading(upload_id=uploads.paste(ws, "a,b\n1,2\n").id)])
    assert list(datasets.rejected(ws, datasets.created(ws, fine.id)[0].head_id)) == []
    datasets.purge(ws, made.id)
    assert not [key for key in stored(ws) if made.id in key]


CALLS: dict[str, Callable[[Workspace, str], object]] = {
    "append": lambda ws, upload: uploads.append(ws, upload, 0, b"x"),
    "state": uploads.state,
    "finish": uploads.finish,
    "discard": uploads.discard,
    "tables": uploads.tables,
    "preview": uploads.preview,
    "questions": uploads.questions,
    "original": lambda ws, upload: uploads.original(ws, upload).__enter__(),
    "create": lambda ws, upload: datasets.create(ws, [Reading(upload_id=upload)]),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("is_whole", [False, True])
def test_uploads_of_another_team_are_not_found(
    ws: Workspace, call: Callable[[Workspace, str], object], is_whole: bool
) -> None:
    others = replace(ws, team=Team(id="others", name="Others"))
    begun = uploads.begin(others, "theirs.csv", len(CONTENT))
    if is_whole:
        uploads.append(others, begun.id, 0, CONTENT)
        uploads.finish(others, begun.id)
    with pytest.raises(NotFound):
        call(ws, begun.id)
    assert uploads.state(others, begun.id).is_whole == is_whole


def test_an_unfinished_upload_belongs_to_one_person(ws: Workspace) -> None:
    begun = uploads.begin(ws, "mine.csv", 10)
    with pytest.raises(NotFound):
        uploads.append(replace(ws, user=User(id="bob", name="Bob")), begun.id, 0, b"x")


def test_a_viewer_uploads_nothing(ws: Workspace) -> None:
    with pytest.raises(Forbidden):
        uploads.begin(replace(ws, role=Role.VIEWER), "a.csv", 1)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "a/b", ".", "a.part"])
def test_no_name_reaches_outside_the_folder(ws: Workspace, name: str) -> None:
    with pytest.raises(NotFound):
        ws.backends.parts.append(name, 0, io.BytesIO(b"x"), 10)
