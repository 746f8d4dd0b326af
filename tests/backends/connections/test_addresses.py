"""What an address may be, what is refused in it, and what of it is shown."""

from __future__ import annotations

import pytest

from services.backends.connections import addresses
from services.backends.connections.addresses import BucketPlace, FolderPlace, PostgresPlace, SqlitePlace
from services.domain import Address
from services.errors import BadInput


@pytest.mark.parametrize(
    ("url", "kind", "shown"),
    [
        ("/data/sales.csv", FolderPlace, "/data/sales.csv"),
        ("file:///data/sales.csv", FolderPlace, "/data/sales.csv"),
        ("s3://bucket/a/b.parquet", BucketPlace, "s3://bucket/a/b.parquet"),
        ("s3://bucket", BucketPlace, "s3://bucket/"),
        ("postgresql://ann:s3cret@db.example/sales", PostgresPlace, "postgresql://ann@db.example:5432/sales"),
        ("postgres://ann:s3cret@db:6/x?sslmode=verify-full", PostgresPlace, "postgresql://ann@db:6/x"),
        ("postgresql+psycopg2://ann:s3cret@db/x", PostgresPlace, "postgresql://ann@db:5432/x"),
        ("sqlite:////data/my.db", SqlitePlace, "sqlite:////data/my.db"),
    ],
)
def test_what_is_understood_and_how_it_is_shown(url: str, kind: type, shown: str) -> None:
    address = Address(url=url, key_id="id-s3cret", secret="s3cret")
    place = addresses.place_of(address)
    assert isinstance(place, kind)
    assert addresses.shown(address, place) == shown
    for told in (repr(address), str(address), repr(place)):
        assert "s3cret" not in told


@pytest.mark.parametrize(
    "url",
    [
        *("", "nonsense", "http://example.org/x.csv", "mysql://ann:s3cret@db/x", "oracle://s3cret", "duckdb:///x"),
        *("sqlite://", "sqlite:///:memory:", "sqlite:///file:/etc/passwd?uri=true", "sqlite:////x.db?mode=rwc"),
        *("sqlite+pysqlcipher:////x.db", "postgresql+asyncpg://ann:s3cret@db/x", "postgresql://ann:s3cret@/x"),
        *("postgresql://db/x", "postgresql://ann:s3cret@db", "postgresql:///x?host=/var/run/postgresql"),
        *(f"postgresql://ann:s3cret@db/x?{name}=1" for name in ("host", "hostaddr", "service", "passfile", "options")),
        *(f"postgresql://ann:s3cret@db/x?{name}=1" for name in ("sslkey", "sslcert", "sslrootcert", "dbname")),
        *("postgresql://ann:s3cret@db/x?sslmode=off", "postgresql://ann:s3cret@a,b/x", "postgresql://a:s3cret@db:x/y"),
        *("s3://", "s3://UPPER/x", "s3://bucket/x?versionId=1", "s3://user:s3cret@bucket/x", "s3://../x"),
    ],
)
def test_what_is_refused_without_quoting_a_secret(url: str) -> None:
    with pytest.raises(BadInput) as caught:
        addresses.place_of(Address(url=url))
    assert "s3cret" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "words",
    [
        {"endpoint": "ftp://x"},
        {"endpoint": "x"},
        {"endpoint": "http://user:s3cret@x"},
        {"key_id": "only one"},
        {"secret": "s3cret"},
    ],
)
def test_half_a_key_and_wrong_services_are_refused(words: dict[str, str]) -> None:
    with pytest.raises(BadInput) as caught:
        addresses.place_of(Address(url="s3://bucket/x", **words))
    assert "s3cret" not in str(caught.value)


def test_the_password_given_beside_the_url_goes_first() -> None:
    url = "postgresql://ann:in-url@db/x"
    assert addresses.password_of(Address(url=url)) == "in-url"
    assert addresses.password_of(Address(url=url, secret="beside")) == "beside"
