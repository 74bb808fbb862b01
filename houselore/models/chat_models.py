"""Open the configured chat model through LangChain."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from langchain_core.language_models import BaseChatModel

from answering.errors import ModelUnavailable
from answering.model.chat_model import context_window, open_chat_model, open_provider_model
from answering.model.house_model import CONTEXT_TOKENS, Abilities
from houselore.embedded.chat_model import ALIAS
from houselore.embedded.chat_model_files import chat_model_name, context_of, is_able
from houselore.embedded.supervisor import Address
from houselore.errors import ServerDidNotStart
from houselore.settings import Settings

_READS: Mapping[str, Literal["excerpts", "sections"]] = MappingProxyType(
    {"sentences": "excerpts", "passages": "sections"}
)


def counts_as_able(settings: Settings) -> bool:
    """Return whether the configured model counts as able, unless the settings say otherwise."""
    return settings.chat_server != "embedded" or is_able(settings.chat_file)


def abilities_of(settings: Settings, model: BaseChatModel | None = None) -> Abilities:
    """Return what the configured model can do; its context window needs the opened `model`."""
    able = counts_as_able(settings)
    window = context_window(model) if model else None
    return Abilities(
        reads=_READS[settings.chat_reads or ("passages" if able else "sentences")],
        rewrites=able if settings.chat_rewrites is None else settings.chat_rewrites,
        context_tokens=window or CONTEXT_TOKENS,
    )


def base_name(settings: Settings) -> str:
    """Return the name of the base model that all adapters build on."""
    if settings.chat_server != "embedded":
        return settings.chat_model
    return chat_model_name(settings.chat_file)


def open_base_model(settings: Settings, chat: Address | None) -> BaseChatModel:
    """Open the configured model at the address `chat`, or a provider's model for None.

    Raises ServerDidNotStart.
    """
    if chat is None:
        return open_provider(settings, settings.chat_model)
    if settings.chat_server != "embedded":
        return open_at_endpoint(settings, settings.chat_model, chat)
    most, context = abilities_of(settings).max_tokens, context_of(settings.chat_file)
    return open_chat_model(chat.url, ALIAS, chat.api_key, max_tokens=most, context=context)


def open_at_endpoint(settings: Settings, name: str, chat: Address) -> BaseChatModel:
    """Open the model of that name at the configured endpoint."""
    most = abilities_of(settings).max_tokens
    return open_chat_model(chat.url, name, chat.api_key, max_tokens=most)


def open_provider(settings: Settings, name: str) -> BaseChatModel:
    """Open `provider:model` with the configured key. Raises ServerDidNotStart."""
    key = settings.chat_api_key.get_secret_value() if settings.chat_api_key else None
    try:
        return open_provider_model(name, key, max_tokens=abilities_of(settings).max_tokens)
    except ModelUnavailable as error:
        raise ServerDidNotStart(str(error)) from error
