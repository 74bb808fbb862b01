"""Chat models opened by name, asked over real HTTP, and what is said when they fail."""

import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage, HumanMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult

from answering.errors import ModelUnavailable
from answering.model.chat_model import (
    context_window,
    open_chat_model,
    open_provider_model,
    stream_reply,
)
from tests.openai_server import openai_server

ASKED = [HumanMessage("When do we deploy?")]


async def reply_of(model: BaseChatModel) -> str:
    """All that a model writes."""
    return "".join([str(chunk.text) async for chunk in stream_reply(model, ASKED)])


async def test_a_provider_s_model_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """`openai:NAME` asks that integration for NAME, with our key, our limit and no temperature."""
    with openai_server("On ", "Tuesdays.") as (url, asked):
        monkeypatch.setenv("OPENAI_API_BASE", url)
        model = open_provider_model("openai:gpt-4o-mini", "ours", max_tokens=77)
        assert await reply_of(model) == "On Tuesdays."
    assert asked[0]["model"] == "gpt-4o-mini"
    assert asked[0]["key"] == "Bearer ours"
    assert asked[0]["max_completion_tokens"] == 77
    assert asked[0]["temperature"] == 0


async def test_the_provider_s_own_variable_has_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a key of ours the integration reads OPENAI_API_KEY."""
    with openai_server("Yes.") as (url, asked):
        monkeypatch.setenv("OPENAI_API_BASE", url)
        monkeypatch.setenv("OPENAI_API_KEY", "theirs")
        assert await reply_of(open_provider_model("openai:gpt-4o-mini")) == "Yes."
    assert asked[0]["key"] == "Bearer theirs"


def test_a_model_that_thinks_first_may_write_more() -> None:
    """What it thinks counts as output, so that it would be cut off before its first word."""
    thinking: Any = open_provider_model("openai:gpt-5", "k", max_tokens=100)
    plain: Any = open_provider_model("openai:gpt-4o", "k", max_tokens=100)
    assert (thinking.max_tokens, plain.max_tokens) == (4196, 100)


def test_the_context_window_is_told() -> None:
    """By the integration for a provider's model, by us for an endpoint's, else not at all."""
    assert context_window(open_provider_model("openai:gpt-4o", "k")) == 128_000
    assert context_window(open_chat_model("http://127.0.0.1:9/v1", context=8192)) == 8192
    assert context_window(open_chat_model("http://127.0.0.1:9/v1")) is None


def test_a_missing_package_is_named() -> None:
    """The sentence holds the command that installs the provider's integration."""
    with pytest.raises(ModelUnavailable, match="`pip install --upgrade langchain-cohere`"):
        open_provider_model("cohere:command-r", "k")


def test_a_missing_key_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence names our setting and the provider's variable."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ModelUnavailable, match=r"OPENAI_API_KEY.*HOUSELORE_CHAT_API_KEY"):
        open_provider_model("openai:gpt-4o")


def test_an_unknown_provider_is_said() -> None:
    """In one line, although LangChain lists all it knows."""
    with pytest.raises(ModelUnavailable, match="nosuch:x cannot be used") as raised:
        open_provider_model("nosuch:x", "secret-key")
    assert "\n" not in str(raised.value)
    assert "secret-key" not in str(raised.value)


@pytest.mark.parametrize(
    ("status", "reason"), [(401, "refuses the key"), (404, "no such model"), (500, "not answer. ")]
)
async def test_a_refusal_says_why(status: int, reason: str) -> None:
    """An endpoint's status becomes a few words."""
    with openai_server(status=status) as (url, _), pytest.raises(ModelUnavailable, match=reason):
        await reply_of(open_chat_model(url))


async def test_a_reply_without_an_event_is_a_failure() -> None:
    """A model that says nothing at all does not answer."""
    with openai_server() as (url, _), pytest.raises(ModelUnavailable):
        await reply_of(open_chat_model(url))


class TheirError(Exception):
    """An error as the SDK of a provider that we know nothing of raises it."""

    status_code = 429


class Broken(BaseChatModel):
    """An integration that fails after its first word."""

    error: Any

    @property
    def _llm_type(self) -> str:
        return "broken"

    def _generate(self, *_: Any, **__: Any) -> ChatResult:
        raise NotImplementedError

    async def _astream(
        self, messages: list[BaseMessage], *_: Any, **__: Any
    ) -> AsyncIterator[ChatGenerationChunk]:
        yield ChatGenerationChunk(message=AIMessageChunk(content="On "))
        raise self.error


async def test_every_provider_s_error_means_no_answer() -> None:
    """An exception of a class that only its SDK knows becomes ours, with its reason."""
    with pytest.raises(ModelUnavailable, match="asked too often"):
        await reply_of(Broken(error=TheirError()))


async def test_a_programming_error_leaves_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    """A TypeError inside an integration may be our mistake: the log keeps where it was."""
    with caplog.at_level(logging.WARNING), pytest.raises(ModelUnavailable):
        await reply_of(Broken(error=TypeError("unexpected keyword")))
    assert "unexpected keyword" in caplog.text
    caplog.clear()
    with caplog.at_level(logging.WARNING), pytest.raises(ModelUnavailable):
        await reply_of(Broken(error=ConnectionResetError()))
    assert not caplog.records
