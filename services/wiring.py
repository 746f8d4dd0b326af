"""The only place where implementations are chosen."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from functools import cache, partial
from pathlib import Path
from threading import Event

from sandbox import Sandbox
from services import (
    answer_updates,
    change_jobs,
    connections,
    datasets,
    exploration,
    jobs,
    logs,
    profiling,
    recipes,
    report_exports,
    report_updates,
    secrecy,
    suggestions,
    tiles,
)
from services.accounts import links, places, visitors
from services.assistant import pipeline, study
from services.assistant.builtin import BuiltinAnalyst
from services.assistant.llm_analyst import ModelAnalyst
from services.backends import keys, moving
from services.backends.charts import browser
from services.backends.chat_models import ChatModel
from services.backends.connections import Bounds, Connections, Folders, Guard, Vault, networks
from services.backends.database import Database
from services.backends.engine import Engine
from services.backends.job_rows import JobRows
from services.backends.leftovers import Leftovers
from services.backends.mail import Mail
from services.backends.parts import Parts
from services.backends.readers.readers import Readers
from services.backends.run_cache import RunCache
from services.backends.runners import InlineRunner, LocalRunner
from services.backends.storage import LocalStorage, Place, S3Storage
from services.backends.typesetting import Press
from services.errors import AppError, BadInput
from services.protocols import Analyst, Executor, Storage
from services.settings import Settings
from services.workspace import Backends

WORK = {
    pipeline.JOB_KIND: pipeline.answer,
    study.JOB_KIND: study.work,
    exploration.JOB_KIND: exploration.answer,
    datasets.JOB_KIND: datasets.make,
    datasets.DERIVE_KIND: datasets.make_derived,
    connections.JOB_KIND: connections.fetch,
    profiling.JOB_KIND: profiling.make,
    suggestions.JOB_KIND: suggestions.make,
    tiles.JOB_KIND: tiles.make,
    recipes.JOB_KIND: recipes.reworked,
    report_exports.JOB_KIND: report_exports.made,
    report_updates.JOB_KIND: report_updates.updated,
    answer_updates.JOB_KIND: answer_updates.updated,
    change_jobs.TRY_KIND: change_jobs.tried,
    change_jobs.APPLY_KIND: change_jobs.carried_out,
    change_jobs.COMPARE_KIND: change_jobs.compared,
}
"""What each kind of job does."""

KEY_CHARS = 32
HOUSE_SECONDS = 3_600.0
MINUTE = 60.0
log = logging.getLogger(__name__)


@cache
def backends(settings: Settings) -> Backends:
    """What `connect` gives, made once for the process and shared by the server's start and every page."""
    logs.configure(settings.log_level)
    return connect(settings)


def connect(settings: Settings, *, inline: bool = False, sandbox: Executor | None = None) -> Backends:
    """Opens everything once for the process; `inline` runs jobs in the caller's thread, for the command line.

    A sandbox that is handed in is shared: whoever made it closes it.

    Raises: BadInput, when the home folder cannot be used.
    """
    _make_home(settings)
    places.check(settings.trusted_proxies)
    if settings.can_mail:
        Mail(settings.smtp_url.get_secret_value(), settings.mail_from)
    key = _key(settings)
    database = Database(settings.url)
    database.migrate()
    job_rows = JobRows(database)
    runner = (
        InlineRunner(job_rows, settings.lease_seconds)
        if inline
        else LocalRunner(job_rows, settings.jobs_at_once, settings.lease_seconds)
    )
    sandbox = sandbox or _sandbox(settings)
    backends = Backends(
        settings=settings,
        database=database,
        storage=_storage(settings),
        parts=Parts(settings.home / "uploads"),
        engine=Engine(temp=settings.home / "cache"),
        leftovers=Leftovers(settings.home / "cache"),
        readers=readers(settings, sandbox),
        press=Press(browser.found(settings.browser)),
        sandbox=sandbox,
        analysts=_analysts(settings),
        analyst_of=lambda choice: ModelAnalyst(ChatModel(settings, choice=choice)),
        runner=runner,
        signing_key=key,
        connections=_connections(settings, key, sandbox),
        runs=RunCache(settings.run_cache_mb * 1_000_000),
    )
    runner.start(partial(jobs.run, WORK, backends))
    return backends


def readers(settings: Settings, executor: Executor) -> Readers:
    """What reads files, each in the executor."""
    return Readers(settings.max_columns, executor)


@contextmanager
def only_sandbox(settings: Settings) -> Iterator[Executor]:
    """What runs code, without anything else being opened: for the command line."""
    with closing(_sandbox(settings)) as sandbox:
        yield sandbox


@contextmanager
def only_readers(settings: Settings) -> Iterator[Readers]:
    """What reads files, without anything else being opened: for the command line."""
    with closing(_sandbox(settings)) as sandbox:
        yield readers(settings, sandbox)


def keep_house(backends: Backends, over: Event) -> None:
    """Removes what time has ended, every hour until it is over. First names the link to a server without an owner."""
    if backends.settings.sign_in in ("accounts", "authenticator", "openid"):
        backends.passwords.warm()
        links.announce(backends)
    while backends.settings.sign_in != "local":
        try:
            visitors.housekeeping(backends)
        except AppError as error:
            log.warning("Housekeeping waits for the next hour: %s", error)
        if over.wait(HOUSE_SECONDS):
            return


def move_rows(settings: Settings, url: str, told: moving.Told) -> Mapping[str, int]:
    """Copies the rows of this installation into the empty database at `url`; how many there were, by table.

    Raises: BadInput; Unavailable.
    """
    target = settings.model_copy(update={"database_url": url}).url
    if target == settings.url:
        raise BadInput("This is the database that is in use already.", "Name another one.")
    source, new = Database(settings.url), Database(target)
    try:
        return moving.rows(source, new, told)
    finally:
        source.dispose()
        new.dispose()


def move_files(settings: Settings, told: moving.Told) -> tuple[int, int]:
    """Copies the files of the home folder into the bucket of the settings; how many there are, and their bytes.

    Raises: BadInput, when the settings name no bucket; Unavailable.
    """
    if not settings.s3_bucket:
        raise BadInput("The settings name no bucket.", "Set S3_BUCKET and what belongs to it, then try again.")
    with tempfile.TemporaryDirectory(dir=settings.home / "cache") as work:
        return moving.files(LocalStorage(settings.home / "files"), _storage(settings), Path(work), told)


def keep_up(backends: Backends, over: Event) -> None:
    """Refreshes the dashboards that are due, every minute until it is over."""
    while not over.wait(MINUTE):
        try:
            tiles.refresh_due(backends)
        except AppError as error:
            log.warning("Dashboards wait for the next minute: %s", error)


def close(backends: Backends) -> None:
    """Stops what runs in the background and frees what was opened."""
    backends.runner.shutdown()
    backends.sandbox.close()
    backends.database.dispose()


def _key(settings: Settings) -> bytes:
    given = settings.secret_key.get_secret_value()
    if given and len(given) < KEY_CHARS:
        raise BadInput(
            f"RED_PANDAS_SECRET_KEY has {len(given)} characters.", f"Use {KEY_CHARS} random ones, or leave it empty."
        )
    if settings.sign_in != "local" and given and secrecy.is_guessable(given):
        raise BadInput(
            "RED_PANDAS_SECRET_KEY is one that can be guessed: whoever does signs in as anybody.",
            "Make one with `openssl rand -hex 32`, or leave it empty.",
        )
    return keys.made_of(given) if given else keys.kept(settings.home / "signing.key")


def _connections(settings: Settings, key: bytes, sandbox: Executor) -> Connections:
    return Connections(
        readers=readers(settings, sandbox),
        folders=Folders(settings.folders),
        guard=Guard(networks(settings.allowed_networks)),
        bounds=Bounds(
            bytes=settings.connection_mb * 1_000_000,
            rows=settings.connection_rows,
            columns=settings.max_columns,
            seconds=settings.connection_seconds,
        ),
        work=settings.home / "cache",
        vault=Vault(key),
    )


def _storage(settings: Settings) -> Storage:
    if not settings.s3_bucket:
        return LocalStorage(settings.home / "files")
    place = Place(
        bucket=settings.s3_bucket,
        prefix=settings.prefix,
        endpoint=settings.s3_endpoint_url,
        region=settings.s3_region,
        key_id=settings.s3_access_key_id,
        secret=settings.s3_secret_access_key.get_secret_value(),
        timeout=settings.s3_timeout_seconds,
    )
    return S3Storage(place, settings.home / "cache" / "objects", settings.s3_cache_mb * 1_000_000)


def _sandbox(settings: Settings) -> Sandbox:
    return Sandbox(
        workers=settings.runs_at_once,
        unprotected=settings.allow_unsandboxed,
        cache=settings.home / "cache" / "tables" if settings.cache_mb else None,
        cache_mb=settings.cache_mb,
    )


def _make_home(settings: Settings) -> None:
    try:
        for folder in (settings.home, settings.home / "files", settings.home / "cache"):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise BadInput(
            f"The folder {settings.home} cannot be used ({error.strerror}).",
            "Set RED_PANDAS_HOME to a folder this account may write to.",
        ) from error


def _analysts(settings: Settings) -> dict[str, Analyst]:
    analysts: dict[str, Analyst] = {"builtin": BuiltinAnalyst()}
    if settings.has_model:
        analysts["model"] = ModelAnalyst(ChatModel(settings))
    return analysts
