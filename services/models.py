"""The nouns of language models. `services.domain` passes them on."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field, SecretStr

from services.noun import Noun


class Provider(StrEnum):
    """Who runs a language model."""

    OPENAI = "openai"
    ANTHROPIC = "anthropic"
    DEEPSEEK = "deepseek"
    AZURE = "azure"
    COMPATIBLE = "compatible"
    """Any server that speaks OpenAI's protocol: Ollama, vLLM, LM Studio."""


class Sight(StrEnum):
    """What a language model may be told of a table, least first."""

    SCHEMA = "schema"
    """Names and kinds."""
    AGGREGATES = "aggregates"
    """Also counts, ranges and means, of at least five rows each."""
    SAMPLES = "samples"
    """Also values that at least five rows hold, and the form of others; personal data never."""


class ModelChoice(Noun):
    """A language model and the way to it. The key is never stored, logged or shown."""

    provider: Provider
    model: str
    key: SecretStr = Field(default=SecretStr(""), repr=False)
    address: str = ""
    """Empty: the provider's own."""
    api_version: str = ""
    """Of Azure."""
    is_own: bool = False
    """Whether a person brought it for their session, rather than the server having it."""
