"""Open the chat model through LangChain, at an OpenAI-compatible endpoint or any provider's."""

import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any, cast

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from pydantic import SecretStr, ValidationError

from answering.errors import ModelUnavailable
from answering.model.house_model import SMALL
from retrieval.provider_errors import say_not_opened

MAX_TOKENS = SMALL.max_tokens
_REASONING_TOKENS = 4096  # for a reasoning model, whose reasoning counts as output
_TIMEOUT_S = 60.0
_REASONS = {
    401: "it refuses the key",
    403: "it refuses the key",
    404: "it knows no such model",
    413: "the question is too long for it",
    429: "it is asked too often",
}

_log = logging.getLogger(__name__)


def open_chat_model(
    url: str,
    name: str = "house",
    api_key: str | None = None,
    *,
    max_tokens: int = MAX_TOKENS,
    context: int | None = None,
) -> BaseChatModel:
    """Open the model `name` at an OpenAI-compatible endpoint, whose `url` ends in /v1.

    The temperature is 0, so that answers are repeatable. The last chunk of a stream has the token
    counts. `context` is the size of the context window in tokens, if known. Sends no request.
    """
    # Imported here, because the import takes two seconds.
    import httpx
    from langchain_openai import ChatOpenAI

    return ChatOpenAI(
        base_url=url,
        model=name,
        api_key=SecretStr(api_key or "none"),
        temperature=0.0,
        stream_usage=True,
        max_completion_tokens=max_tokens,
        timeout=_TIMEOUT_S,
        max_retries=1,
        profile={"max_input_tokens": context} if context else None,
        # Otherwise all models share one client, which keeps connections of event loops that ended.
        http_async_client=httpx.AsyncClient(timeout=_TIMEOUT_S),
    )


def open_provider_model(
    name: str, api_key: str | None = None, *, max_tokens: int = MAX_TOKENS
) -> BaseChatModel:
    """Open the model `provider:model` with LangChain's integration for that provider.

    Without `api_key` the integration reads the provider's own variable, such as ANTHROPIC_API_KEY.
    Sends no request. Raises ModelUnavailable if the provider is unknown, its package is not
    installed, or a key is missing.
    """
    model = _init_model(name, api_key, max_tokens)
    if (model.profile or {}).get("reasoning_output"):
        return _init_model(name, api_key, max_tokens + _REASONING_TOKENS)
    return model


def context_window(model: BaseChatModel) -> int | None:
    """Return the model's context window in tokens, None if its integration does not tell."""
    return (model.profile or {}).get("max_input_tokens")


def _init_model(name: str, api_key: str | None, max_tokens: int) -> BaseChatModel:
    from langchain.chat_models import init_chat_model

    wanted: dict[str, Any] = {"max_tokens": max_tokens, "timeout": _TIMEOUT_S, "max_retries": 1}
    if name.startswith("ollama:"):  # it has other names for these, and drops the usual ones
        wanted = {"num_predict": max_tokens, "client_kwargs": {"timeout": _TIMEOUT_S}}
    if api_key:
        wanted["api_key"] = api_key
    try:
        model: BaseChatModel = init_chat_model(name, temperature=0.0, **wanted)
    except Exception as error:  # each SDK raises its own error for a missing key
        keys = "HOUSELORE_CHAT_API_KEY"
        sentence = say_not_opened("HOUSELORE_CHAT_MODEL", keys, name, error)
        # A validation error's text contains the input, including the key.
        raise ModelUnavailable(sentence) from (
            None if isinstance(error, ValidationError) else error
        )
    return model


async def stream_reply(
    model: BaseChatModel, messages: Sequence[BaseMessage]
) -> AsyncGenerator[AIMessageChunk, None]:
    """Stream a model's reply. Raises ModelUnavailable.

    Close the generator if you leave it early, or the model goes on writing.
    """
    # LangChain declares an iterator, but returns a generator.
    reply = cast("AsyncGenerator[AIMessageChunk, None]", model.astream(list(messages)))
    try:
        async with aclosing(reply):
            async for chunk in reply:
                yield chunk
    except Exception as error:  # each provider's SDK has its own errors
        _log_unexpected(error)
        raise unavailable(error) from error


def unavailable(error: Exception) -> ModelUnavailable:
    """Make a ModelUnavailable of an error that a model's integration raised."""
    reason = f" ({failure_reason(error)})" if failure_reason(error) else ""
    return ModelUnavailable(
        f"The language model does not answer{reason}. `houselore doctor` says what is wrong with "
        "it."
    )


def failure_reason(error: BaseException) -> str:
    """Say briefly why a model did not answer, by the error's HTTP status; "" if unknown."""
    return _REASONS.get(getattr(error, "status_code", 0), "")


def _log_unexpected(error: Exception) -> None:
    """Log the traceback of a built-in exception."""
    # A TypeError or the like may be a mistake in our own call.
    if type(error).__module__ == "builtins" and not isinstance(error, OSError):
        _log.warning("the language model's integration failed", exc_info=error)
