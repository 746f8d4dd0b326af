"""All settings in one frozen object; the only reader of the environment."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from services.errors import BadInput

PREFIX: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._=-]*(/[A-Za-z0-9][A-Za-z0-9._=-]*)*")
MODELS: Final = {"openai": "gpt-5-mini", "anthropic": "claude-sonnet-4-5", "deepseek": "deepseek-chat"}
"""Models that are asked where none is named."""
PROVIDERS: Final = {"openai": "OpenAI", "anthropic": "Anthropic", "deepseek": "DeepSeek", "azure": "Azure OpenAI"}
DRIVERS: Final = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}


class Settings(BaseSettings):
    """Read from the environment (names below, or `RED_PANDAS_` and the field's name in capitals)."""

    model_config = SettingsConfigDict(env_prefix="RED_PANDAS_", frozen=True, extra="ignore", populate_by_name=True)

    home: Path = Field(
        default_factory=lambda: Path.home() / ".red-pandas",
        description="The one folder that holds the database, the files and the cache.",
    )
    database_url: str = Field(
        default="",
        repr=False,
        validation_alias=AliasChoices("RED_PANDAS_DATABASE_URL", "DATABASE_URL"),
        description="SQLAlchemy URL of the database. Empty: a SQLite file in the home folder.",
    )
    secret_key: SecretStr = Field(
        default=SecretStr(""),
        description="What kept credentials are encrypted with and tickets are signed with: 32 characters or more, the "
        "same for all processes on one database. Empty: a random one, kept in the home folder.",
    )
    s3_bucket: str = Field(
        default="",
        validation_alias=AliasChoices("RED_PANDAS_S3_BUCKET", "S3_BUCKET"),
        description="Bucket that keeps the files. Empty: a folder in the home folder.",
    )
    s3_prefix: str = Field(
        default="",
        validation_alias=AliasChoices("RED_PANDAS_S3_PREFIX", "S3_PREFIX"),
        description="What the names of all objects in the bucket begin with, so that it can hold other things too.",
    )
    s3_endpoint_url: str = Field(
        default="",
        validation_alias=AliasChoices("RED_PANDAS_S3_ENDPOINT_URL", "S3_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"),
        description="Address of a service that speaks S3. Empty: Amazon itself.",
    )
    s3_region: str = Field(
        default="",
        validation_alias=AliasChoices("RED_PANDAS_S3_REGION", "S3_REGION", "AWS_REGION", "AWS_DEFAULT_REGION"),
        description="Region of the bucket, where the service has regions.",
    )
    s3_access_key_id: str = Field(
        default="",
        repr=False,
        validation_alias=AliasChoices("RED_PANDAS_S3_ACCESS_KEY_ID", "S3_ACCESS_KEY_ID"),
        description="Name of the key to the bucket. Empty: whatever boto3 finds (`AWS_ACCESS_KEY_ID`, the machine's "
        "role, …).",
    )
    s3_secret_access_key: SecretStr = Field(
        default=SecretStr(""),
        validation_alias=AliasChoices("RED_PANDAS_S3_SECRET_ACCESS_KEY", "S3_SECRET_ACCESS_KEY"),
        description="The key to the bucket.",
    )
    s3_timeout_seconds: float = Field(
        default=30.0, gt=0, description="Silence of the bucket after which a request is tried again."
    )
    s3_cache_mb: int = Field(
        default=10_240,
        ge=0,
        description="Disk for copies of the bucket's files, in megabytes; those used longest ago go first, "
        "those in use stay.",
    )
    data_folders: str = Field(
        default="",
        description="Folders of this machine that data may be read from, with commas between. Empty: none.",
    )
    allowed_networks: str = Field(
        default="",
        description="Private networks whose databases and buckets may be read, like `10.0.0.0/8, 192.168.1.5`. "
        "Empty: public addresses only.",
    )
    connection_mb: int = Field(
        default=4_096,
        ge=1,
        description="Most that one reading from a folder, a bucket or a database may bring, in megabytes.",
    )
    connection_rows: int = Field(default=100_000_000, ge=1, description="Most rows that one SELECT may bring.")
    connection_seconds: float = Field(default=600.0, gt=0, description="Longest that one SELECT may take.")
    browser: str = Field(
        default="",
        description="Program of a Chromium that draws charts for paper which need a graphics card, like 3D. Empty: "
        "one that is found on the path, if any. `off`: none; such a chart becomes its table.",
    )
    analyst: Literal["auto", "builtin", "model"] = Field(
        default="auto",
        description="Who answers: `builtin` needs no key, `model` asks a language model, "
        "`auto` takes the model when a key is set.",
    )
    openai_api_key: SecretStr = Field(
        default=SecretStr(""),
        validation_alias=AliasChoices("RED_PANDAS_OPENAI_API_KEY", "OPENAI_API_KEY"),
        description="Key of the language model's provider. Empty: the built-in analyst answers.",
    )
    openai_base_url: str = Field(
        default="",
        validation_alias=AliasChoices("RED_PANDAS_OPENAI_BASE_URL", "OPENAI_BASE_URL"),
        description="Address of an OpenAI-compatible server. Empty: OpenAI itself.",
    )
    model_provider: Literal["auto", "openai", "anthropic", "deepseek", "azure", "compatible"] = Field(
        default="auto",
        description="Whose language model is asked. `auto`: the first of these whose key is set; `compatible` is any "
        "server that speaks OpenAI's protocol at OPENAI_BASE_URL.",
    )
    anthropic_api_key: SecretStr = Field(
        default=SecretStr(""),
        validation_alias=AliasChoices("RED_PANDAS_ANTHROPIC_API_KEY", "ANTHROPIC_API_KEY"),
        description="Key of Anthropic, for Claude.",
    )
    anthropic_base_url: str = Field(
        default="",
        validation_alias=AliasChoices("RED_PANDAS_ANTHROPIC_BASE_URL", "ANTHROPIC_BASE_URL"),
        description="Address of a server that speaks Anthropic's protocol. Empty: Anthropic itself.",
    )
    deepseek_api_key: SecretStr = Field(
        default=SecretStr(""),
        validation_alias=AliasChoices("RED_PANDAS_DEEPSEEK_API_KEY", "DEEPSEEK_API_KEY"),
        description="Key of DeepSeek.",
    )
    deepseek_base_url: str = Field(
        default="",
        validation_alias=AliasChoices("RED_PANDAS_DEEPSEEK_BASE_URL", "DEEPSEEK_API_BASE"),
        description="Another address for DeepSeek. Empty: DeepSeek itself.",
    )
    azure_openai_api_key: SecretStr = Field(
        default=SecretStr(""),
        validation_alias=AliasChoices("RED_PANDAS_AZURE_OPENAI_API_KEY", "AZURE_OPENAI_API_KEY"),
        description="Key of Azure OpenAI. `RED_PANDAS_MODEL` is then the name of the deployment.",
    )
    azure_openai_endpoint: str = Field(
        default="",
        validation_alias=AliasChoices("RED_PANDAS_AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_ENDPOINT"),
        description="Address of the Azure resource, like `https://name.openai.azure.com`.",
    )
    azure_openai_api_version: str = Field(
        default="2024-10-21",
        validation_alias=AliasChoices("RED_PANDAS_AZURE_OPENAI_API_VERSION", "OPENAI_API_VERSION"),
        description="Version of Azure's interface.",
    )
    model: str = Field(
        default="",
        validation_alias=AliasChoices("RED_PANDAS_MODEL", "OPENAI_MODEL"),
        description="Name of the language model. Empty: `gpt-5-mini`, `claude-sonnet-4-5` or `deepseek-chat`, by the "
        "provider.",
    )
    own_keys: bool = Field(
        default=True,
        description="Whether people may bring a key of their own for their session. It is kept in memory alone.",
    )
    model_timeout_seconds: float = Field(default=60.0, gt=0, description="Longest wait for one reply of the model.")
    model_retries: int = Field(default=2, ge=0, description="Further tries after a rate limit or a server error.")
    model_calls_a_minute: int = Field(
        default=0,
        ge=0,
        description="Most calls of language models that one team may make in a minute; beyond, the built-in analyst "
        "answers. 0: no limit.",
    )
    cache_answers: bool = Field(
        default=True, description="Whether a question that was answered before on the same version is answered by that."
    )
    run_cache_mb: int = Field(
        default=128,
        ge=0,
        description="Memory for what code gave before on the same version, in MB. 0: nothing is kept.",
    )
    plan_rows: int = Field(
        default=0,
        ge=0,
        description="Rows of a table from which on the plan of a question is shown before it is carried out. 0: never.",
    )
    tokens_a_question: int = Field(
        default=30_000, ge=0, description="Most tokens that one question may use, sent and received. 0: no limit."
    )
    price_sent: float = Field(
        default=0.0, ge=0, description="What a million tokens sent to the server's model cost, in dollars. 0: unknown."
    )
    price_received: float = Field(
        default=0.0, ge=0, description="What a million tokens received from it cost, in dollars."
    )
    mask_personal_data: bool = Field(
        default=True,
        description="Put tokens in place of personal data in everything a language model reads; "
        "the real values come back in the answer on this machine.",
    )
    model_sees: Literal["schema", "aggregates", "samples"] = Field(
        default="samples",
        description="What a language model is told of a table: `schema` names and kinds; `aggregates` also counts, "
        "ranges and means of at least five rows; `samples` also values that at least five rows hold, none of them "
        "personal, and the form of others. The owner of a team may require less.",
    )
    schema_only: bool = Field(
        default=False,
        description="The same as `RED_PANDAS_MODEL_SEES=schema`.",
    )
    attempts: int = Field(default=2, ge=1, description="Most pieces of code tried for one question.")
    question_chars: int = Field(default=4_000, ge=1, description="Longest question.")
    run_seconds: float = Field(default=60.0, gt=0, description="Longest run of a piece of code.")
    fit_seconds: float = Field(default=1_800.0, gt=0, description="Longest run of an analysis that fits models.")
    run_memory_mb: int = Field(default=2_048, gt=0, description="Memory one run may use, in megabytes.")
    runs_at_once: int = Field(default=2, ge=1, description="Runs in the sandbox at the same time.")
    cache_mb: int = Field(
        default=4_096,
        ge=0,
        description="Disk for uncompressed copies of large tables, which runs map instead of reading, in megabytes. "
        "0 makes none.",
    )
    allow_unsandboxed: bool = Field(
        default=False,
        description="Run code written by a language model or a person even where the kernel cannot contain it. "
        "Only for data and a machine you would hand to a stranger.",
    )
    jobs_at_once: int = Field(default=4, ge=1, description="Background jobs of this process at the same time.")
    lease_seconds: float = Field(
        default=20.0, gt=0, description="A job whose process has been silent for this long is marked interrupted."
    )
    upload_mb: int = Field(default=500, ge=1, description="Largest file that may be uploaded, in megabytes.")
    quota_mb: int = Field(
        default=2_000, ge=1, description="Most that one person may keep, originals and versions, in megabytes."
    )
    questions_a_day: int = Field(
        default=0, ge=0, description="Most questions and charts one person may ask for in a day (UTC). 0: no limit."
    )
    tokens_a_month: int = Field(
        default=0, ge=0, description="Most tokens of a language model one person may use in a month (UTC). 0: no limit."
    )
    jobs_each: int = Field(
        default=0, ge=0, description="Most jobs of one person that may wait or run at the same time. 0: no limit."
    )
    unused_version_days: int = Field(
        default=7,
        ge=0,
        description="Days after which the cleaner removes a version that nothing points at and that its steps can make "
        "again cell by cell.",
    )
    max_columns: int = Field(default=2_000, ge=1, description="Most columns of a table.")
    answer_rows: int = Field(
        default=10_000, ge=1, description="Rows kept of each table in an answer; the answer says how many there were."
    )
    sign_in: Literal["local", "accounts", "authenticator", "openid", "visitors"] = Field(
        default="local",
        description="Who comes in: `local` the one local user on this machine, `accounts` people with passwords, "
        "`authenticator` the same where the host passes none of our own addresses on, `openid` people of a provider "
        "of OpenID Connect, `visitors` anybody, each with a private throw-away workspace.",
    )
    registration: Literal["invited", "open"] = Field(
        default="invited",
        description="Who may register: `invited` people with a link of the server's owner, `open` anybody. "
        "The very first person needs the link in the server's log either way.",
    )
    openid_domains: str = Field(
        default="",
        description="Domains of email, with commas between, whose people a provider of OpenID Connect may bring "
        "without an invitation.",
    )
    smtp_url: SecretStr = Field(
        default=SecretStr(""),
        description="Mail server that sends links for a forgotten password and alarms of dashboards, like "
        "`smtp://name:password@host:587` "
        "(STARTTLS) or `smtps://…`. Empty: the owner hands links over. Needs the next two.",
    )
    mail_from: str = Field(default="", description="Address that mail comes from.")
    public_url: str = Field(
        default="", description="Address of this server for links in mail, like `https://pandas.example`."
    )
    session_days: int = Field(
        default=14, ge=1, description="Days after which a browser that was not used is signed out. Ninety at most."
    )
    visitor_mb: int = Field(default=50, ge=1, description="Most that one visitor may keep, in megabytes.")
    trusted_proxies: str = Field(
        default="",
        description="Addresses or networks of your own proxies, with commas between: what they say in X-Forwarded-For "
        "is believed when tries to sign in are counted by address.",
    )
    trust_network: bool = Field(
        default=False,
        description="Treat every visitor as the one local user. Only behind protection of your own: "
        "otherwise a browser on this machine alone is answered.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", description="How much is logged.")

    @property
    def url(self) -> URL:
        """The SQLAlchemy URL in force; its password never shows when it is printed. Raises: BadInput."""
        if self.database_url:
            return _known(self.database_url)
        return URL.create("sqlite", database=str(self.home / "red-pandas.db"))

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders that data may be read from."""
        return tuple(Path(part.strip()).expanduser() for part in self.data_folders.split(",") if part.strip())

    @property
    def prefix(self) -> str:
        """What every key in the bucket begins with: "" or ending in "/". Raises: BadInput."""
        plain = self.s3_prefix.strip("/")
        if plain and not PREFIX.fullmatch(plain):
            raise BadInput(f"S3_PREFIX is “{plain[:80]}”.", "Use letters, digits, “-”, “_”, “.” and “/” in it.")
        return plain and f"{plain}/"

    @property
    def provider_name(self) -> str:
        """Which provider the settings come to; empty when no language model is set up."""
        if self.model_provider != "auto":
            return self.model_provider
        ready = {
            "openai": self.openai_api_key.get_secret_value() or self.openai_base_url,
            "anthropic": self.anthropic_api_key.get_secret_value(),
            "deepseek": self.deepseek_api_key.get_secret_value(),
            "azure": self.azure_openai_api_key.get_secret_value() and self.azure_openai_endpoint,
        }
        return next((name for name, found in ready.items() if found), "")

    @property
    def model_name(self) -> str:
        """The model that is asked."""
        return self.model or MODELS.get(self.provider_name, "")

    @property
    def provider(self) -> str:
        """Who is asked, to show: the server's name and port, without what a URL may hold besides."""
        address = {
            "anthropic": self.anthropic_base_url,
            "deepseek": self.deepseek_base_url,
            "azure": self.azure_openai_endpoint,
        }.get(self.provider_name, self.openai_base_url)
        if not address:
            return PROVIDERS.get(self.provider_name, "OpenAI")
        return urlsplit(address.strip()).netloc.rpartition("@")[2] or "a server of your own"

    @property
    def can_mail(self) -> bool:
        """Whether a forgotten password can be mended by mail."""
        return bool(self.smtp_url.get_secret_value() and self.mail_from and self.public_url)

    @property
    def has_model(self) -> bool:
        """Whether a language model can be asked: a key, or a server of one's own."""
        return bool(self.provider_name)


def _known(given: str) -> URL:
    """The URL of a database that Red Pandas can use, with the driver it brings along. Raises: BadInput."""
    try:
        url = make_url(re.sub(r"^postgres:", "postgresql:", given.strip()))
    except (ArgumentError, ValueError):
        # Without the reason: it quotes the URL, password and all.
        raise BadInput("DATABASE_URL is no SQLAlchemy URL.", "One looks like sqlite:////data/my.db.") from None
    backend = url.get_backend_name()
    if backend not in DRIVERS:
        raise BadInput(
            f"DATABASE_URL names {backend}.",
            "Red Pandas keeps its rows in SQLite (sqlite://) or PostgreSQL (postgresql://).",
        )
    return url.set(drivername=DRIVERS[backend])
