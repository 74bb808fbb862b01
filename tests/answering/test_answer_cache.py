"""Answers that were given before: to whom, for how long, and what is never one of them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.asyncio import Redis

from answering.answer_cache import AnswerCache, CacheScope, normal_form
from answering.answerer import Answerer
from answering.evidence.retrieve import SearchIndex
from answering.model.house_model import Abilities, HouseModel
from answering.types.progress import Searching, Words
from answering.types.questions import Question, Turn
from retrieval.audience import Audience, everyone
from retrieval.index.generations import live_generation
from retrieval.indexing.sync import index_source
from retrieval.search.weights import Weights
from retrieval.sources.files import FilesSource
from tests.answering.answering_chain import CLEAR, NOBODY, ask, chain_parts
from tests.openai_server import openai_server
from tuning.evaluation.gate import judge
from tuning.retriever.registry import (
    SearchLearned,
    promote_weights,
    register_weights,
    roll_back_weights,
)

HOME = everyone("home")
ASKED = "When do we deploy to production?"


@pytest.fixture
async def cache(redis_url: str) -> AsyncIterator[AnswerCache]:
    """An empty cache in a real Redis."""
    client = Redis.from_url(redis_url)
    await client.flushall()
    yield AnswerCache(client)
    await client.aclose()


def answerer_with(index: SearchIndex, url: str, cache: AnswerCache) -> Answerer:
    """An answerer over the same index, with its model at `url`."""
    return Answerer(chain_parts(index.database, index.embedder, url), cache)


async def asks_model(index: SearchIndex, cache: AnswerCache, question: Question) -> bool:
    """Whether a model is asked for this question."""
    with openai_server("We deploy on Tuesdays.") as (url, asked):
        await ask(answerer_with(index, url, cache), question)
        return bool(asked)


@pytest.mark.parametrize("again", [ASKED, "Hi, when do we deploy to the production"])
async def test_the_same_question_is_answered_without_the_model(
    index: SearchIndex, chat_url: str, cache: AnswerCache, again: str
) -> None:
    """Once answered, it is answered again though the model is gone, with its own timings."""
    _, first = await ask(answerer_with(index, chat_url, cache), Question(ASKED, HOME))
    steps, second = await ask(answerer_with(index, NOBODY, cache), Question(again, HOME))
    assert replace(second, timings_ms={}) == replace(first, timings_ms={})
    assert set(second.timings_ms) == {"total"}
    assert steps[:-1] == [Searching(), Words(first.text)]


@pytest.mark.parametrize(
    "other",
    [
        Question(ASKED, Audience("home", frozenset({"public", "channel:C9"}))),
        Question(ASKED, HOME, (Turn("person", "I mean the website."),)),
        Question("When do we not deploy to production?", HOME),
        Question(ASKED, HOME, bar=0.4),
    ],
    ids=["readers", "thread", "words", "bar"],
)
async def test_another_audience_thread_or_question_is_answered_by_itself(
    index: SearchIndex, cache: AnswerCache, other: Question
) -> None:
    """What differs in anything but politeness has to ask the model."""
    assert await asks_model(index, cache, Question(ASKED, HOME))
    assert not await asks_model(index, cache, Question(ASKED, HOME))
    assert await asks_model(index, cache, other)


@pytest.mark.parametrize(
    "change",
    [
        {"name": "other"},
        {"abilities": Abilities("sections")},
        {"guide": "We write short sentences."},
    ],
    ids=["name", "abilities", "guide"],
)
async def test_another_model_is_asked_anew(
    index: SearchIndex, cache: AnswerCache, change: dict[str, Any]
) -> None:
    """Nor is an answer kept for a confidence with other weights."""
    assert await asks_model(index, cache, Question(ASKED, HOME))
    with openai_server("We deploy on Tuesdays.") as (url, asked):
        parts = chain_parts(index.database, index.embedder, url)
        model: HouseModel = replace(parts.model, **change)
        await ask(Answerer(replace(parts, model=model), cache), Question(ASKED, HOME))
        assert len(asked) == 1
        surer = replace(parts, confidence=replace(CLEAR, bar=0.4))
        await ask(Answerer(surer, cache), Question(ASKED, HOME))
        assert len(asked) == 2


async def test_a_changed_index_is_asked_anew(
    index: SearchIndex, chat_url: str, cache: AnswerCache, tmp_path: Path
) -> None:
    """A new document counts at once, though all that was cited still stands."""
    cached = answerer_with(index, chat_url, cache)
    question = Question("When do we deploy to production on holidays?", HOME)
    await ask(cached, question)
    news = tmp_path / "news"
    news.mkdir()
    text = "# Holidays\n\nOn holidays we deploy to production at 16:00.\n"
    (news / "deploy.md").write_text(text)
    await index_source(index.database, FilesSource(news), index.embedder)
    _, answer = await ask(cached, question)
    assert "16:00" in " ".join(citation.quote for citation in answer.citations)


async def test_a_search_that_is_weighed_otherwise_is_asked_anew(
    index: SearchIndex, cache: AnswerCache
) -> None:
    """With promoted weights the model is asked; after going back what was kept is given again."""
    question = Question(ASKED, HOME)
    assert await asks_model(index, cache, question)
    generation = await live_generation(index.database)
    assert generation is not None
    rises = judge({"rank": [0.0] * 9}, {"rank": [1.0] * 9}, {}, ["rank"])
    number = await register_weights(
        index.database, generation, Weights(0.5), SearchLearned([], rises, None, "ana")
    )
    assert not await asks_model(index, cache, question)
    await promote_weights(index.database, generation, number, "ana")
    assert await asks_model(index, cache, question)
    await roll_back_weights(index.database, generation, "ana", "to see")
    assert not await asks_model(index, cache, question)


async def test_who_may_not_read_it_any_more_is_not_answered_from_the_cache(
    index: SearchIndex, chat_url: str, cache: AnswerCache
) -> None:
    """A hit is checked again: the readers of its documents may have changed a moment ago."""
    question = Question(
        "What is the salary band of level 5?", Audience("home", frozenset({"channel:C9"}))
    )
    cached = answerer_with(index, chat_url, cache)
    _, before = await ask(cached, question)
    assert "91,000" in before.citations[0].quote
    async with (
        index.database.connection() as connection
    ):  # the rows alone, as in the midst of a sync
        await connection.execute("update documents set readers = '{channel:C1}'")
    _, after = await ask(cached, question)
    assert "91,000" not in after.text
    assert not after.citations


async def test_without_redis_it_is_answered_all_the_same(index: SearchIndex, chat_url: str) -> None:
    """A cache that is away costs nothing but time."""
    away = AnswerCache(Redis.from_url("redis://127.0.0.1:9"))
    _, answer = await ask(answerer_with(index, chat_url, away), Question(ASKED, HOME))
    assert "Tuesdays" in answer.text


async def test_scopes_do_not_meet(answerer: Answerer, cache: AnswerCache) -> None:
    """Workspace, readers, index and settings each make another scope."""
    question = Question(ASKED, HOME)
    _, answer = await ask(answerer, question)
    scope = CacheScope("home", frozenset({"public"}), "1/1", "m")
    await cache.keep(scope, question, answer)
    assert await cache.find(scope, question) == answer
    for other in (
        replace(scope, workspace="other"),
        replace(scope, readers=frozenset({"public", "person:U1"})),
        replace(scope, index="1/2"),
        replace(scope, settings="n"),
    ):
        assert await cache.find(other, question) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("What is the VPN's address?", "hello, what is the VPN's address", True),
        ("Who defeated Montcalm?", "Who was defeated by Montcalm?", False),
        ("Can I work?", "Can't I work?", False),
        ("What is C++?", "What is C#?", False),
        ("Since 1.2?", "Since 1.3?", False),
        ("Who is not here?", "Who is here?", False),
    ],
)
def test_politeness_alone_changes_nothing(one: str, other: str, same: bool) -> None:
    """Any other word, sign or order of words may turn a question into another one."""
    assert (normal_form(one) == normal_form(other)) is same


@given(st.text(max_size=200))
def test_any_question_has_a_normal_form(text: str) -> None:
    """Blanks around it change nothing, whatever it is."""
    assert normal_form(f"  {text} ") == normal_form(text)
