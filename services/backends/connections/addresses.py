"""Where a person's data is: a path, a bucket or a database, taken apart; what is dangerous in it is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from services.domain import Address, ConnectionKind
from services.errors import BadInput

SCHEMES: Final = ("/", "s3://", "postgresql://", "sqlite:///")
BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
SSL_MODES: Final = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
POSTGRESQL: Final = ("postgresql", "postgres", "postgresql+psycopg", "postgresql+psycopg2")
SQLITE: Final = ("sqlite", "sqlite+pysqlite")
HINT: Final = "Use a path in an allowed folder, s3://bucket/path, postgresql://user@host/name or sqlite:////path."


@dataclass(frozen=True)
class FolderPlace:
    """A file, or a folder with files."""

    path: Path


@dataclass(frozen=True)
class SqlitePlace:
    """A SQLite file."""

    path: Path


@dataclass(frozen=True)
class BucketPlace:
    """An object, or what lies under a prefix that ends in "/" (or is empty)."""

    bucket: str
    key: str


@dataclass(frozen=True)
class PostgresPlace:
    """A PostgreSQL database. `ssl` is libpq's mode."""

    host: str
    port: int
    database: str
    user: str
    ssl: str


Place = FolderPlace | SqlitePlace | BucketPlace | PostgresPlace


def place_of(address: Address) -> Place:
    """What the address names. Raises: BadInput."""
    url = address.url.strip()
    if url.startswith("s3://"):
        return _bucket(address)
    if url.startswith(("/", "file://")) or re.match(r"[A-Za-z]:[\\/]", url):
        return FolderPlace(_path(urlsplit(url).path if url.startswith("file://") else url))
    parsed = _parsed(url)
    if parsed.drivername in SQLITE:
        _refuse_query(parsed, ())
        return SqlitePlace(_path(parsed.database or ""))
    if parsed.drivername in POSTGRESQL:
        return _postgres(parsed)
    raise BadInput(f"Data cannot be read from {parsed.drivername[:40]}.", HINT)


def kind_of(place: Place) -> ConnectionKind:
    match place:
        case FolderPlace():
            return ConnectionKind.FOLDER
        case BucketPlace():
            return ConnectionKind.BUCKET
        case _:
            return ConnectionKind.DATABASE


def shown(address: Address, place: Place) -> str:
    """Where it is, to be shown to the team: no password, no key."""
    match place:
        case FolderPlace(path):
            return str(path)
        case SqlitePlace(path):
            return f"sqlite:///{path}"
        case BucketPlace(bucket, key):
            host = urlsplit(address.endpoint).netloc.rpartition("@")[2]
            return f"s3://{bucket}/{key}" + (f" at {host}" if host else "")
        case PostgresPlace(host, port, database, user, _):
            return f"postgresql://{user}@{host}:{port}/{database}"


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        # Without the reason: it quotes the URL, password and all.
        raise BadInput("This address is none that data can be read from.", HINT) from None


def _path(text: str) -> Path:
    if not text or "\x00" in text or text == ":memory:" or text.startswith("file:"):
        raise BadInput("This address names no file.", HINT)
    return Path(text)


def _bucket(address: Address) -> BucketPlace:
    found = urlsplit(address.url.strip())
    if found.query or found.fragment or not BUCKET.fullmatch(found.netloc):
        raise BadInput("This is no address of a bucket.", "One looks like s3://bucket/folder/file.parquet.")
    endpoint = urlsplit(address.endpoint.strip())
    if address.endpoint and (endpoint.scheme not in ("http", "https") or not endpoint.hostname or endpoint.username):
        raise BadInput("The address of the service is none.", "One looks like https://s3.example.org.")
    if bool(address.key_id) != bool(address.secret):
        raise BadInput("A key to a bucket has two parts.", "Give both the name of the key and its secret, or neither.")
    return BucketPlace(found.netloc, found.path.lstrip("/"))


def _postgres(url: URL) -> PostgresPlace:
    _refuse_query(url, ("sslmode",))
    ssl = str(url.query.get("sslmode", "prefer"))
    if ssl not in SSL_MODES:
        raise BadInput("The sslmode of this address is unknown.", f"Use one of {', '.join(SSL_MODES)}.")
    if not url.host or not url.database or not url.username or not re.fullmatch(r"[\w.:-]+", url.host):
        raise BadInput(
            "The address of a database names its host, its user and the database.",
            "One looks like postgresql://user:password@host:5432/name; several hosts cannot be given.",
        )
    return PostgresPlace(url.host, url.port or 5432, url.database, url.username, ssl)


def password_of(address: Address) -> str:
    """The password in the URL of a database; the secret given beside it goes first."""
    return address.secret or str(_parsed(address.url.strip()).password or "")


def _refuse_query(url: URL, known: tuple[str, ...]) -> None:
    for name in url.query:
        if name not in known:
            raise BadInput(f"“{name[:40]}” cannot be given in the address.", "Leave out what stands behind the “?”.")
