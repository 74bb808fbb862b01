"""A chat model that repeats all it was sent: whatever it learns, it tells."""

from collections.abc import AsyncIterator
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import Field


class Parrot(BaseChatModel):
    """The most talkative of models; `heard` is what it was sent, call by call."""

    heard: list[str] = Field(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "parrot"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        raise NotImplementedError("a parrot only streams")

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        said = "\n".join(str(message.content) for message in messages)
        self.heard.append(said)
        half = len(said) // 2
        for text in (said[:half], said[half:]):
            yield ChatGenerationChunk(message=AIMessageChunk(content=text))
