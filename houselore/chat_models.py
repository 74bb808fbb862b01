"""The chat model that the settings name, through LangChain. Starts no server."""

from langchain_core.language_models import BaseChatModel

from answering.errors import ModelUnavailable
from answering.model.chat_model import open_chat_model, open_provider_model
from houselore.embedded.chat_model import ALIAS
from houselore.embedded.chat_model_files import chat_model_name, context_of
from houselore.embedded.keeper import Address
from houselore.errors import ServerDidNotStart
from houselore.settings import Settings


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
        return open_chat_model(chat.url, settings.chat_model, chat.api_key)
    context = context_of(settings.chat_file)
    return open_chat_model(chat.url, ALIAS, chat.api_key, context=context)


def open_provider(settings: Settings, name: str) -> BaseChatModel:
    """The model `provider:model`, with the key that is set. Raises ServerDidNotStart."""
    key = settings.chat_api_key
    try:
        return open_provider_model(name, key.get_secret_value() if key else None)
    except ModelUnavailable as error:
        raise ServerDidNotStart(str(error)) from error
