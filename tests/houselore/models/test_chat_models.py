"""How the chat model that the settings name is opened."""

from typing import Any

import pytest

from houselore.embedded.supervisor import Address
from houselore.models.chat_models import (
    abilities_of,
    open_at_endpoint,
    open_base_model,
    open_provider,
)
from houselore.settings import Settings

CHAT = Address("http://127.0.0.1:9/v1", "key")


def settings(**given: Any) -> Settings:
    """The settings of one case."""
    return Settings(**given)


@pytest.mark.parametrize(("reads", "most"), [(None, 600), ("passages", 600), ("sentences", 160)])
def test_who_reads_sections_may_write_a_page(reads: Any, most: int) -> None:
    """At an endpoint and at a provider, under whatever name."""
    at_endpoint = settings(chat_url=CHAT.url, chat_model="large", chat_reads=reads)
    opened: list[Any] = [
        open_base_model(at_endpoint, CHAT),
        open_at_endpoint(at_endpoint, "other", CHAT),
        open_provider(
            settings(chat_model="openai:gpt-4o", chat_api_key="k", chat_reads=reads),
            "openai:gpt-4o",
        ),
    ]
    assert [model.max_tokens for model in opened] == [most] * 3


def test_the_built_in_model_writes_three_sentences() -> None:
    """In the context of its own."""
    model: Any = open_base_model(settings(), CHAT)
    assert model.max_tokens == 160
    abilities = abilities_of(settings(), model)
    assert (abilities.reads, abilities.rewrites, abilities.context_tokens) == (
        "excerpts",
        False,
        2048,
    )
