"""Profiles as verbs: first facts at once, the rest by a job; corrections, drift, and what may leave."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from services import cleaning, datasets, jobs, profile_html, profile_words, profiling
from services.code import steps
from services.domain import AlertKind, Dataset, JobStatus, Profile, Semantic
from services.errors import BadInput, NotFound
from services.workspace import Workspace

HOSTILE = '<script>alert("x")</script>'
SECRET = "zanzibar"


@pytest.fixture
def sales(ws: Workspace, tmp_path: Path) -> Dataset:
    """300 rows with a gap in time, a hostile column name, personal data and prices that are missing."""
    lines = [f'id,day,region,price,"{HOSTILE.replace(chr(34), chr(34) * 2)}",mail,note']
    for place in range(300):
        day = f"2024-{1 + place // 28 + (place > 150):02}-{1 + place % 28:02}"
        price = "" if place % 8 == 0 else f"{20 + place % 13}.5"
        region = ["West", "East", " west"][place % 3]
        lines.append(f"{place},{day},{region},{price},v{place % 5},ann{place}@example.com,{SECRET} {place}")
    path = tmp_path / "sales.csv"
    path.write_text("\n".join(lines))
    return datasets.upload(ws, path, "sales.csv")


@pytest.fixture
def profile(ws: Workspace, sales: Dataset) -> Profile:
    profiling.start(ws, sales.head_id)
    return profiling.get(ws, sales.head_id)


def test_first_facts_are_there_at_once_and_the_rest_after_the_job(ws: Workspace, sales: Dataset) -> None:
    first = profiling.get(ws, sales.head_id)
    assert not profiling.is_whole(first)
    assert (first.rows, first.alerts) == (300, ())
    job = profiling.start(ws, sales.head_id)
    assert job is not None
    assert jobs.get(ws, job.id).status is JobStatus.DONE
    whole = profiling.get(ws, sales.head_id)
    assert profiling.is_whole(whole)
    assert {AlertKind.MISSING, AlertKind.WHITE_SPACE, AlertKind.PERSONAL} <= {alert.kind for alert in whole.alerts}
    assert profiling.start(ws, sales.head_id) is None


def test_a_job_that_was_stopped_is_not_started_again_by_looking(ws: Workspace, sales: Dataset) -> None:
    job = ws.begin(profiling.JOB_KIND, sales.head_id)
    ws.rows.save_profile(profiling.get(ws, sales.head_id).model_copy(update={"edition": 0}))
    ws.rows.fail_job(job.id, "It broke.", "Mend it.")
    again = profiling.start(ws, sales.head_id)
    assert again is not None
    assert profiling.again(ws, sales.head_id).id != job.id


def test_every_alert_has_a_sentence_a_reason_and_a_remedy_that_runs(
    ws: Workspace, profile: Profile, sales: Dataset
) -> None:
    assert all(alert.text.endswith(".") and alert.reason for alert in profile.alerts)
    remedies = [alert.remedy for alert in profile.alerts if alert.remedy]
    assert remedies
    for remedy in remedies:
        effect = cleaning.preview(ws, sales.head_id, steps.parse(remedy.step))
        assert effect.code
    tidy = next(a.remedy for a in profile.alerts if a.kind is AlertKind.WHITE_SPACE and a.remedy)
    made = cleaning.apply(ws, sales.head_id, steps.parse(tidy.step)).version
    profiling.start(ws, made.id)
    assert AlertKind.WHITE_SPACE not in {alert.kind for alert in profiling.get(ws, made.id).alerts}


def test_a_dismissed_alert_stays_aside_in_the_next_version(ws: Workspace, profile: Profile, sales: Dataset) -> None:
    mail = next(alert for alert in profile.alerts if alert.kind is AlertKind.PERSONAL)
    profiling.dismiss(ws, sales.head_id, mail)
    with pytest.raises(BadInput, match="any more"):
        profiling.dismiss(ws, sales.head_id, mail)
    step = steps.parse({"kind": "filter", "conditions": [{"column": "id", "test": "<", "value": 200}], "keep": True})
    made = cleaning.apply(ws, sales.head_id, step).version
    profiling.start(ws, made.id)
    later = profiling.get(ws, made.id)
    assert mail.columns not in {alert.columns for alert in later.alerts if alert.kind is AlertKind.PERSONAL}
    assert [alert.columns for alert in later.dismissed] == [mail.columns]
    assert mail.text not in profiling.html(ws, made.id)
    assert "ann1@example.com" not in profiling.html(ws, made.id)
    assert re.search(r'"mail": text, email; personal', profiling.text(ws, made.id))
    profiling.restore(ws, made.id, later.dismissed[0])
    assert profiling.get(ws, made.id).dismissed == ()


def test_what_an_alert_points_at_can_be_looked_at(ws: Workspace, profile: Profile, sales: Dataset) -> None:
    [missing] = [alert for alert in profile.alerts if alert.kind is AlertKind.MISSING]
    assert missing.view is not None
    assert datasets.count(ws, sales.head_id, missing.view) == missing.rows == 38


def test_a_correction_wins_and_can_be_taken_back(ws: Workspace, profile: Profile, sales: Dataset) -> None:
    guess = profile.column("price")
    assert guess is not None
    assert guess.semantic is Semantic.CURRENCY
    profiling.correct(ws, sales.head_id, "price", Semantic.ID, "EUR")
    found = profiling.get(ws, sales.head_id).column("price")
    assert found is not None
    assert (found.semantic, found.unit, found.is_corrected) == (Semantic.ID, "EUR", True)
    assert datasets.profile(ws, sales.head_id).column("price") == found
    profiling.forget(ws, sales.head_id, "price")
    assert profiling.get(ws, sales.head_id).column("price") == guess
    with pytest.raises(BadInput, match="no column"):
        profiling.correct(ws, sales.head_id, "nowhere", Semantic.ID)
    with pytest.raises(BadInput, match="unit"):
        profiling.correct(ws, sales.head_id, "price", Semantic.MEASURE, "x" * 21)


def test_the_text_for_a_model_tells_no_cell_and_keeps_its_budget(
    ws: Workspace, profile: Profile, sales: Dataset
) -> None:
    text = profiling.text(ws, sales.head_id)
    assert '"price": decimal, currency' in text
    for cell in (SECRET, "West", "example.com", "v3"):
        assert cell not in text
    assert "<" not in text
    assert re.search(r'"mail": text, email; personal', text)
    short = profiling.text(ws, sales.head_id, 40)
    assert 0 < len(short.encode()) <= 40 * profile_words.BYTES_A_TOKEN
    assert short in text
    assert profiling.text(ws, sales.head_id, 0) == ""


def test_the_document_runs_nothing_loads_nothing_and_is_small(ws: Workspace, profile: Profile, sales: Dataset) -> None:
    page = profiling.html(ws, sales.head_id)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert not re.search(r"(src=|href=|url\(|@import)", page)
    assert "ann1@example.com" not in page
    assert len(page) < 60_000
    hidden = profile_html.page(profile, "a\u202eb<b>")
    assert "\u202e" not in hidden
    assert "<b>" not in hidden


def test_the_json_holds_the_profile(ws: Workspace, profile: Profile, sales: Dataset) -> None:
    told = json.loads(profiling.json(ws, sales.head_id))
    assert told["rows"] == 300
    assert len(told["columns"]) == 7
    assert {alert["kind"] for alert in told["alerts"]} == {alert.kind.value for alert in profile.alerts}


def test_drift_names_the_columns_that_changed(ws: Workspace, sales: Dataset, tmp_path: Path) -> None:
    lines = ["id,region,price,extra"]
    lines += [f"{place},{'West' if place % 10 else 'North'},{60 + place % 13}.5,1" for place in range(300)]
    path = tmp_path / "later.csv"
    path.write_text("\n".join(lines))
    later = datasets.upload(ws, path, "later.csv")
    found = profiling.drift(ws, sales.head_id, later.head_id)
    by_name = {drift.column: drift for drift in found.drifts}
    assert by_name["price"].level == by_name["region"].level == "large"
    assert by_name["price"].effect == 1
    assert "“West”" in by_name["region"].text or "“North”" in by_name["region"].text
    assert by_name["id"].level == "none"
    assert found.added == ("extra",)
    assert set(found.removed) == {"day", "mail", "note", HOSTILE}
    same = profiling.drift(ws, sales.head_id, sales.head_id)
    assert {drift.level for drift in same.drifts} == {"none"}


def test_the_summary_is_plain(profile: Profile) -> None:
    assert profile.summary[0].startswith("300 rows and 7 columns, with 3 values of “region”")
    assert any("“price”" in sentence and "%" in sentence for sentence in profile.summary)


def test_another_teams_version_is_not_there(ws: Workspace) -> None:
    with pytest.raises(NotFound):
        profiling.start(ws, "nobody's")


def test_the_summary_tells_the_time_of_the_rows_not_when_people_were_born(ws: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    rows = [f"{1950 + k % 50}-0{1 + k % 9}-1{k % 9},2024-0{1 + k % 9}-0{1 + k % 8},{k % 7}" for k in range(400)]
    path.write_text("\n".join(["birth_date,ordered,units", *rows]))
    dataset = datasets.upload(ws, path, "people.csv")
    profiling.start(ws, dataset.head_id)
    found = profiling.get(ws, dataset.head_id)
    assert found.personal_columns == {"birth_date"}
    assert any(sentence.startswith("“ordered” covers") for sentence in found.summary)
    assert not any("birth_date” covers" in sentence for sentence in found.summary)
