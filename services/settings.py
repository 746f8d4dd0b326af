"""All settings in one frozen object; the only reader of the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from services.errors import BadInput


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
    model: str = Field(
        default="gpt-5-mini",
        validation_alias=AliasChoices("RED_PANDAS_MODEL", "OPENAI_MODEL"),
        description="Name of the language model.",
    )
    model_timeout_seconds: float = Field(default=60.0, gt=0, description="Longest wait for one reply of the model.")
    model_retries: int = Field(default=2, ge=0, description="Further tries after a rate limit or a server error.")
    attempts: int = Field(default=2, ge=1, description="Most pieces of code tried for one question.")
    question_chars: int = Field(default=4_000, ge=1, description="Longest question.")
    run_seconds: float = Field(default=60.0, gt=0, description="Longest run of a piece of code.")
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
    max_columns: int = Field(default=2_000, ge=1, description="Most columns of a table.")
    answer_rows: int = Field(
        default=10_000, ge=1, description="Rows kept of each table in an answer; the answer says how many there were."
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
            try:
                return make_url(self.database_url)
            except ArgumentError as error:
                raise BadInput("DATABASE_URL is no SQLAlchemy URL.", "One looks like sqlite:////data/my.db.") from error
        return URL.create("sqlite", database=str(self.home / "red-pandas.db"))

    @property
    def provider(self) -> str:
        """Who is asked, to show: the server's name and port, without what a URL may hold besides."""
        if not self.openai_base_url:
            return "OpenAI"
        address = urlsplit(self.openai_base_url.strip()).netloc.rpartition("@")[2]
        return address or "a server of your own"

    @property
    def has_model(self) -> bool:
        """Whether a language model can be asked: a key, or a server of one's own."""
        return bool(self.openai_api_key.get_secret_value() or self.openai_base_url)
