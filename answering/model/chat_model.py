"""The chat model behind the name `house`, through LangChain's interface. Serves no model."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import cast

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from pydantic import SecretStr

from answering.errors import ModelUnavailable

# Long enough for three sentences; a small model that goes on longer is repeating itself.
_MAX_TOKENS = 160
_TIMEOUT_S = 60.0
_OTHERS = 8  # likeliest tokens told beside each: openings of a voice, cases of a word


def open_chat_model(
    url: str, name: str = "house", api_key: str | None = None, *, logprobs: bool = False
) -> BaseChatModel:
    """The chat model called `name` at an OpenAI-compatible endpoint, whose `url` ends in /v1.

    Answers are meant to be repeatable, so the temperature is 0. With `logprobs` each token comes
    with its probability and those of others, which not every endpoint knows; the last chunk of a
    stream counts them. Nothing is sent before it is asked.
    """
    # Its import takes two seconds: only those who ask a model pay for it.
    import httpx
    from langchain_openai import ChatOpenAI

    return ChatOpenAI(
        base_url=url,
        model=name,
        api_key=SecretStr(api_key or "none"),
        temperature=0.0,
        logprobs=logprobs or None,
        top_logprobs=_OTHERS if logprobs else None,
        stream_usage=True,
        max_completion_tokens=_MAX_TOKENS,
        timeout=_TIMEOUT_S,
        max_retries=1,
        # Else all models of a process share one, which keeps the connections of loops that ended.
        http_async_client=httpx.AsyncClient(timeout=_TIMEOUT_S),
    )


async def stream_reply(
    model: BaseChatModel, messages: Sequence[BaseMessage]
) -> AsyncGenerator[AIMessageChunk, None]:
    """A model's reply as it writes it. Raises ModelUnavailable.

    Who leaves it early has to close it, or the model goes on writing.
    """
    import httpx
    import openai

    # It is a generator, though LangChain promises an iterator alone.
    reply = cast("AsyncGenerator[AIMessageChunk, None]", model.astream(list(messages)))
    try:
        async with aclosing(reply):
            async for chunk in reply:
                yield chunk
    except (openai.OpenAIError, httpx.HTTPError, OSError) as error:
        raise ModelUnavailable(
            "The language model does not answer. `houselore doctor` says what is wrong with it."
        ) from error
