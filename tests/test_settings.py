"""What of the settings is shown."""

from pathlib import Path

import pytest

from services import wiring
from services.errors import BadInput
from services.settings import Settings


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("", "OpenAI"),
        ("https://models.example:8443/v1", "models.example:8443"),
        ("https://someone:s3cret@models.example/v1?key=s3cret", "models.example"),
        ("s3cret", "a server of your own"),
    ],
)
def test_the_provider_is_named_without_a_secret(url: str, shown: str) -> None:
    assert Settings(openai_base_url=url).provider == shown


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("postgres://ann:s3cret@db/pandas", "postgresql+psycopg"),
        ("postgresql://ann:s3cret@db/pandas", "postgresql+psycopg"),
        ("postgresql+psycopg2://ann:s3cret@db/pandas", "postgresql+psycopg"),
        ("sqlite:////data/my.db", "sqlite"),
    ],
)
def test_a_database_gets_the_driver_that_is_there(given: str, driver: str) -> None:
    url = Settings(database_url=given).url
    assert url.drivername == driver
    assert "s3cret" not in str(url)
    assert "s3cret" not in repr(Settings(database_url=given))


@pytest.mark.parametrize("given", ["mysql://ann:s3cret@db/pandas", "ann:s3cret@db", "postgresql://ann:s3cret@db:x/y"])
def test_a_database_that_cannot_be_used_is_refused_without_its_password(given: str) -> None:
    with pytest.raises(BadInput) as caught:
        _ = Settings(database_url=given).url
    assert "s3cret" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(("given", "prefix"), [("", ""), ("/", ""), ("team", "team/"), ("/a/b-c/", "a/b-c/")])
def test_a_prefix_ends_in_a_slash(given: str, prefix: str) -> None:
    assert Settings(s3_prefix=given).prefix == prefix


@pytest.mark.parametrize("given", ["../x", "a//b", "a b", ".hidden"])
def test_a_prefix_that_plays_tricks_is_refused(given: str) -> None:
    with pytest.raises(BadInput, match="S3_PREFIX"):
        _ = Settings(s3_prefix=given).prefix


def test_the_names_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"S3_BUCKET": "b", "S3_ENDPOINT_URL": "http://s3", "S3_SECRET_ACCESS_KEY": "s3cret"}.items():
        monkeypatch.setenv(name, value)
    read = Settings()
    assert (read.s3_bucket, read.s3_endpoint_url, read.s3_secret_access_key.get_secret_value()) == (
        *("b", "http://s3"),
        "s3cret",
    )
    assert "s3cret" not in repr(read)


def test_a_short_secret_is_refused_and_a_long_one_gives_the_same_key_everywhere(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="5 characters"):
        wiring.connect(Settings(home=tmp_path / "a", secret_key="short"), inline=True)
    keys = []
    for name in "bc":
        opened = wiring.connect(Settings(home=tmp_path / name, secret_key="x" * 40), inline=True)
        keys.append(opened.signing_key)
        wiring.close(opened)
        assert not (tmp_path / name / "signing.key").exists()
    assert keys[0] == keys[1]
