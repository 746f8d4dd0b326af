"""The form in which a person chooses the language model of their session."""

from __future__ import annotations

import streamlit as st
from pydantic import SecretStr

from services.domain import ModelChoice, Provider

NAMES = {
    Provider.OPENAI: "OpenAI",
    Provider.ANTHROPIC: "Anthropic Claude",
    Provider.DEEPSEEK: "DeepSeek",
    Provider.AZURE: "Azure OpenAI",
    Provider.COMPATIBLE: "Another server (Ollama, vLLM, LM Studio …)",
}
MODELS = {
    Provider.OPENAI: "gpt-5-mini",
    Provider.ANTHROPIC: "claude-sonnet-4-5",
    Provider.DEEPSEEK: "deepseek-chat",
}
ADDRESSES = {Provider.AZURE: "https://name.openai.azure.com", Provider.COMPATIBLE: "http://localhost:11434/v1"}
PROMISE = "Kept in the memory of this browser tab's session alone: never stored, logged or shown. A reload forgets it."


def show(now: ModelChoice | None) -> ModelChoice | bool | None:
    """Draws the form. The model that was chosen, True to go back to the server's analyst, None while nothing was."""
    which = st.selectbox(
        "Provider",
        list(Provider),
        index=list(Provider).index(now.provider) if now else 0,
        format_func=NAMES.__getitem__,
        key="model-provider",
    )
    with st.form("model-form", border=False):
        named = now.model if now and now.provider is which else MODELS.get(which, "")
        model = st.text_input("Deployment" if which is Provider.AZURE else "Model", named, max_chars=200)
        address = ""
        if example := ADDRESSES.get(which):
            given = now.address if now and now.provider is which else ""
            address = st.text_input("Address", given, placeholder=example, max_chars=300)
        key = st.text_input("Key", type="password", max_chars=300, help=PROMISE)
        st.caption(PROMISE)
        with st.container(horizontal=True):
            use = st.form_submit_button("Use it", type="primary", icon=":material/check:")
            stop = now is not None and st.form_submit_button("Forget it", icon=":material/close:")
    if stop:
        return True
    if not use:
        return None
    return ModelChoice(
        provider=which,
        model=model.strip(),
        key=SecretStr(key.strip()),
        address=address.strip(),
        api_version="2024-10-21",
        is_own=True,
    )
