"""Two apps with homes of their own on one PostgreSQL and one bucket: what one keeps, the other works with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import URL

from tests import app_process
from tests.servers.bucket import REGION, Bucket

pytestmark = pytest.mark.long

ROWS = 30_000


@pytest.fixture
def environment(postgres_url: URL, bucket: Bucket, tmp_path: Path) -> Callable[[str], dict[str, str]]:
    """Of the app with this name."""

    def of(name: str) -> dict[str, str]:
        return {
            "RED_PANDAS_HOME": str(tmp_path / name),
            "DATABASE_URL": postgres_url.set(drivername="postgresql").render_as_string(hide_password=False),
            "S3_BUCKET": bucket.name,
            "S3_PREFIX": "pandas",
            "S3_ENDPOINT_URL": bucket.endpoint,
            "S3_REGION": REGION,
            "S3_ACCESS_KEY_ID": bucket.key_id,
            "S3_SECRET_ACCESS_KEY": bucket.secret,
            "RED_PANDAS_SECRET_KEY": "the same for both, forty characters long",
            "RED_PANDAS_ANALYST": "builtin",
            "OPENAI_API_KEY": "",
            "RED_PANDAS_RUNS_AT_ONCE": "1",
        }

    return of


@pytest.mark.timeout(300)
def test_upload_in_one_and_ask_in_both(
    environment: Callable[[str], dict[str, str]], bucket: Bucket, tmp_path: Path
) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("order,price\n" + "".join(f"{n},{n * 1.5}\n" for n in range(ROWS)))
    kept = app_process.result(app_process.start("upload", path, environment=environment("one")))
    assert all(key.startswith("pandas/local/") for key in bucket.keys)
    assert not (tmp_path / "one" / "red-pandas.db").exists()

    asking = [app_process.start("ask", kept["dataset"], 1, environment=environment(name)) for name in ("one", "two")]
    first, second = (app_process.result(process) for process in asking)
    assert first["answers"] == second["answers"]
    assert "30,000" in str(first["answers"])
    assert len(first["owners"]) == len(second["owners"]) == 1  # type: ignore[arg-type]
    assert first["owners"] != second["owners"]

    shown = app_process.result(app_process.start("rows", kept["dataset"], environment=environment("three")))
    assert shown == {"rows": ROWS, "last": [ROWS - 3, ROWS - 2, ROWS - 1], "connections": 0}
    copies = [file for file in (tmp_path / "three" / "cache" / "objects").iterdir() if file.is_file()]
    assert [file.suffix for file in copies] == [".parquet"]
    assert list((tmp_path / "three" / "files").rglob("*")) == []
