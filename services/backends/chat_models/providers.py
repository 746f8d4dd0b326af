"""Which LangChain chat model stands for a provider, and which settings of the server name it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from services.domain import ModelChoice, Provider
from services.settings import Settings

if TYPE_CHECKING:
    import httpx2
    from langchain_core.language_models import BaseChatModel

ADDRESSES: Final = {
    Provider.OPENAI: "https://api.openai.com/v1",
    Provider.ANTHROPIC: "https://api.anthropic.com",
    Provider.DEEPSEEK: "https://api.deepseek.com/v1",
}
"""Where a provider is, where no other address is given."""
REPLY_TOKENS: Final = 8_192
"""Anthropic wants to be told how long a reply may be."""
KEYS: Final = {
    Provider.OPENAI: ("OPENAI_API_KEY", "OPENAI_BASE_URL"),
    Provider.COMPATIBLE: ("OPENAI_API_KEY", "OPENAI_BASE_URL"),
    Provider.ANTHROPIC: ("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"),
    Provider.DEEPSEEK: ("DEEPSEEK_API_KEY", "RED_PANDAS_DEEPSEEK_BASE_URL"),
    Provider.AZURE: ("AZURE_OPENAI_API_KEY", "AZURE_OPENAI_ENDPOINT"),
}
"""The settings that hold key and address."""
OWN: Final = ("the key that you entered", "the address that you entered", "the name of the model")


def given(settings: Settings) -> ModelChoice:
    """The server's own model, as the settings name it."""
    provider = Provider(settings.provider_name or Provider.OPENAI)
    key, address = {
        Provider.ANTHROPIC: (settings.anthropic_api_key, settings.anthropic_base_url),
        Provider.DEEPSEEK: (settings.deepseek_api_key, settings.deepseek_base_url),
        Provider.AZURE: (settings.azure_openai_api_key, settings.azure_openai_endpoint),
    }.get(provider, (settings.openai_api_key, settings.openai_base_url))
    return ModelChoice(
        provider=provider,
        model=settings.model_name,
        key=key,
        address=address.strip(),
        api_version=settings.azure_openai_api_version,
    )


def names(choice: ModelChoice) -> tuple[str, str, str]:
    """What a person would change when key, address or model is wrong."""
    return OWN if choice.is_own else (*KEYS[choice.provider], "RED_PANDAS_MODEL")


def address(choice: ModelChoice) -> str:
    """Where the requests go."""
    return choice.address or ADDRESSES.get(choice.provider, "")


def chat(choice: ModelChoice, timeout: float, client: httpx2.Client) -> BaseChatModel:
    """The chat model, which sends everything through the client. Address and key are given even when empty: else
    LangChain reads them from variables of its own, among them LANGSMITH_GATEWAY, which sends the request to somebody
    else."""
    key = choice.key.get_secret_value().strip() or "none"
    if choice.provider is Provider.ANTHROPIC:
        return _anthropic(choice, key, timeout, client)
    if choice.provider is Provider.AZURE:
        return _azure(choice, key, timeout, client)
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    return ChatOpenAI(
        model=choice.model,
        base_url=address(choice),
        api_key=SecretStr(key),
        openai_proxy=None,
        http_socket_options=(),
        timeout=timeout,
        max_retries=0,
        use_responses_api=False,
        http_client=client,
    )


def _azure(choice: ModelChoice, key: str, timeout: float, client: httpx2.Client) -> BaseChatModel:
    from langchain_openai import AzureChatOpenAI
    from pydantic import SecretStr

    return AzureChatOpenAI(
        azure_deployment=choice.model,
        azure_endpoint=choice.address,
        api_version=choice.api_version,
        api_key=SecretStr(key),
        azure_ad_token=None,
        openai_proxy=None,
        http_socket_options=(),
        timeout=timeout,
        max_retries=0,
        use_responses_api=False,
        http_client=client,
    )


def _anthropic(choice: ModelChoice, key: str, timeout: float, client: httpx2.Client) -> BaseChatModel:
    import anthropic
    from langchain_anthropic import ChatAnthropic
    from pydantic import SecretStr

    options: dict[str, Any] = {"model_name": choice.model, "base_url": address(choice), "api_key": SecretStr(key)}
    model = ChatAnthropic(**options, timeout=timeout, max_retries=0, max_tokens_to_sample=REPLY_TOKENS, stop=None)
    # ChatAnthropic takes no client; the one it makes follows redirects and proxies that nobody here has set.
    vars(model)["_client"] = anthropic.Client(
        api_key=key, base_url=address(choice), timeout=timeout, max_retries=0, http_client=client
    )
    return model
