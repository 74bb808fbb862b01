"""The chat model that the settings name, through LangChain. Starts no server."""

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
    """Whether the model that is set is taken for an able one where nothing else is said of it."""
    return settings.chat_server != "embedded" or is_able(settings.chat_file)


def abilities_of(settings: Settings, model: BaseChatModel | None = None) -> Abilities:
    """What the model that is set can do; how much it reads is known once it is opened."""
    able = counts_as_able(settings)
    window = context_window(model) if model else None
    return Abilities(
        reads=_READS[settings.chat_reads or ("passages" if able else "sentences")],
        rewrites=able if settings.chat_rewrites is None else settings.chat_rewrites,
        context_tokens=window or CONTEXT_TOKENS,
    )


def base_name(settings: Settings) -> str:
    """What the model is called that all others are made from."""
    if settings.chat_server != "embedded":
        return settings.chat_model
    return chat_model_name(settings.chat_file)


def open_base_model(settings: Settings, chat: Address | None) -> BaseChatModel:
    """The model that is set, at `chat`; a provider's where that is None.

    Raises ServerDidNotStart.
    """
    if chat is None:
        return open_provider(settings, settings.chat_model)
    if settings.chat_server != "embedded":
        return open_at_endpoint(settings, settings.chat_model, chat)
    most, context = abilities_of(settings).max_tokens, context_of(settings.chat_file)
    return open_chat_model(chat.url, ALIAS, chat.api_key, max_tokens=most, context=context)


def open_at_endpoint(settings: Settings, name: str, chat: Address) -> BaseChatModel:
    """The model of that name at the endpoint that is set."""
    most = abilities_of(settings).max_tokens
    return open_chat_model(chat.url, name, chat.api_key, max_tokens=most)


def open_provider(settings: Settings, name: str) -> BaseChatModel:
    """The model `provider:model`, with the key that is set. Raises ServerDidNotStart."""
    key = settings.chat_api_key.get_secret_value() if settings.chat_api_key else None
    try:
        return open_provider_model(name, key, max_tokens=abilities_of(settings).max_tokens)
    except ModelUnavailable as error:
        raise ServerDidNotStart(str(error)) from error
