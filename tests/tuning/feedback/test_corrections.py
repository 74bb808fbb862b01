"""A better answer that search did not find gives a golden question, which goes with it."""

from collections.abc import Sequence

import pytest
from psycopg_pool import AsyncConnectionPool

from retrieval.audience import Audience
from retrieval.documents import Passage
from retrieval.embeddings.embedder import Embedder, open_embedder
from retrieval.indexing.golden_questions import GoldenQuestion, refresh_golden
from retrieval.indexing.sync import index_source
from retrieval.search.retriever import search
from tests.retrieval.documents import Library
from tests.tuning.rated_answers import (
    ASKER,
    READER,
    add_answer,
    add_document,
    change,
    finding,
    nothing,
    say,
)
from tuning.feedback.attribution import Cause
from tuning.feedback.collect import Collected, collect
from tuning.feedback.erasure import forget
from tuning.feedback.source_spans import Search
from tuning.retriever.training_data import read_lessons

WRONG = "Lunch is served at midnight by robots. [1]"
BETTER = "Since May lunch is served from half past eleven."
NEWS = f"Welcome to the canteen. {BETTER} Bring your own cup."
QUESTION = "When is lunch served?"
MILL = "Duplicates hang on a nail behind the mill. The gate closes at ten."


@pytest.fixture(scope="module")
def minilm() -> Embedder:
    """The embedded embedder."""
    return open_embedder("embedded:")


async def gather(pool: AsyncConnectionPool, look: Search = nothing, *public: str) -> Collected:
    """A collection."""
    return await collect(pool, "home", look, str, frozenset(public))


async def golden(pool: AsyncConnectionPool) -> list[GoldenQuestion]:
    """The golden questions as they are now."""
    return await refresh_golden(pool, "home")


async def corrected(
    pool: AsyncConnectionPool,
    news: int,
    readers: Sequence[str] = ("public",),
    better: str = BETTER,
    channel: str | None = None,
) -> tuple[int, Search]:
    """An answer that a reader corrected, and a search that finds what says so in `news`."""
    document = await add_document(pool, f"lunch-{news}")
    answer = await add_answer(pool, document, WRONG, readers=readers, channel=channel)
    await say(pool, answer, READER, "bad", better=better)
    return answer, finding(NEWS, document=news)


async def test_a_better_answer_that_was_not_found_is_a_golden_question(
    pool: AsyncConnectionPool,
) -> None:
    """The question, the sentence that the better answer stands on, its document, and the readers of
    the answer; collecting again changes nothing.
    """
    news = await add_document(pool, "news", NEWS)
    answer, look = await corrected(pool, news)
    collected = await gather(pool, look)
    assert collected.causes == {answer: Cause.NOT_RETRIEVED}
    assert (collected.golden, collected.examples) == (1, {})
    (first,) = await golden(pool)
    assert (first.question, first.quote, first.document_id) == (QUESTION, BETTER, news)
    assert (first.origin, first.audience.readers) == ("correction", frozenset({"public"}))
    assert (await gather(pool, look)).golden == 1
    assert await golden(pool) == [first]


async def test_the_index_is_asked_for_the_better_answer_too(
    pool: AsyncConnectionPool, minilm: Embedder
) -> None:
    """What today's search does not find by the question, but holds, was not retrieved: no gap."""
    keys = {f"keys-{n}": f"Keys of floor {n} are left with the porter." for n in range(9)}
    await index_source(pool, "home", Library({"mill": MILL} | keys), minilm)

    async def find(question: str, audience: Audience) -> Sequence[Passage]:
        return await search(pool, minilm, question, audience, 3)

    answer = await add_answer(pool, None, "I found nothing.", "Where do I leave my keys?")
    await say(pool, answer, READER, "bad", better="Hang them on a nail behind the mill.")
    collected = await gather(pool, find)
    assert collected.causes == {answer: Cause.NOT_RETRIEVED}
    (one,) = await golden(pool)
    assert (one.quote, one.title) == ("Duplicates hang on a nail behind the mill.", "About mill")
    assert not one.is_found(await find(one.question, one.audience))


async def test_the_same_is_searched_once(pool: AsyncConnectionPool) -> None:
    """By the cause, the correction and a lesson alike; for other readers it is another search."""
    asked: list[tuple[str, Audience]] = []

    async def look(question: str, audience: Audience) -> Sequence[Passage]:
        asked.append((question, audience))
        return await finding(NEWS, document=news)(question, audience)

    news = await add_document(pool, "news", NEWS)
    for readers in (["public"], ["public"], ["public", "channel:C1"]):
        answer = await add_answer(pool, None, "Nothing.", QUESTION, readers=readers, channel="C1")
        await say(pool, answer, READER, "bad", better=BETTER)
    assert (await gather(pool, look, "C1")).golden
    assert len(asked) == len(set(asked)) == 2
    asked.clear()
    assert await read_lessons(pool, "home", look, [], frozenset({"C1"}))
    assert len(asked) == len(set(asked)) == 2


async def test_only_where_it_is_known_what_answers(pool: AsyncConnectionPool) -> None:
    """Without a better answer, or where no sentence says it, nothing is golden; nor a follow-up."""
    news = await add_document(pool, "news", NEWS)
    alone = await add_answer(pool, None, "I found nothing.", QUESTION, abstained=True)
    await say(pool, alone, ASKER, "bad")
    assert (await gather(pool, finding(NEWS, document=news))).causes == {alone: Cause.NOT_RETRIEVED}
    answer, look = await corrected(pool, news)
    turns = '[{"speaker": "person", "text": "Hello"}]'
    await change(pool, "update answers set thread = %s where id = %s", turns, answer)
    assert (await gather(pool, look)).golden == 0
    assert await golden(pool) == []


async def test_the_correction_takes_it_along(pool: AsyncConnectionPool) -> None:
    """Taken back it is gone at once; other words bring it back at the next collection."""
    news = await add_document(pool, "news", NEWS)
    answer, look = await corrected(pool, news)
    await gather(pool, look)
    await change(pool, "update better_answers set is_current = false")
    assert await golden(pool) == []
    await say(pool, answer, READER, better="Bring your own cup.")
    assert (await gather(pool, look)).golden == 1
    assert [one.quote for one in await golden(pool)] == ["Bring your own cup."]


async def test_words_that_the_document_lacks_do_not_count(pool: AsyncConnectionPool) -> None:
    """What a search finds is looked up in the document before it counts, also when a better answer
    was edited.
    """
    news = await add_document(pool, "news", NEWS)
    answer, look = await corrected(pool, news)
    assert (await gather(pool, look)).golden == 1
    await change(pool, "update better_answers set is_current = false")
    await say(pool, answer, READER, better="Whoever sings eats free.")
    stale = finding("Whoever sings eats free.", document=news)
    collected = await gather(pool, stale)
    assert (collected.causes, collected.golden) == ({answer: Cause.NOT_RETRIEVED}, 0)


async def test_what_was_liked_stays_liked(pool: AsyncConnectionPool) -> None:
    """A correction takes the place of what was liked of the same answer, and gives it back."""
    news = await add_document(pool, "news", NEWS)
    answer, look = await corrected(pool, news)
    cites = '[{"n": 1, "document_id": %s, "quote": "Bring your own cup."}]' % news  # noqa: UP031
    await change(pool, "update answers set citations = %s", cites)
    await say(pool, answer, "U1", "good")
    await say(pool, answer, "U2", "good")
    assert [one.origin for one in await golden(pool)] == ["liking"]
    await gather(pool, look)
    assert [one.origin for one in await golden(pool)] == ["correction"]
    await change(pool, "update better_answers set is_current = false")
    await gather(pool, look)
    assert [one.origin for one in await golden(pool)] == ["liking"]


async def test_the_document_takes_it_along(pool: AsyncConnectionPool) -> None:
    """The words gone or the document deleted, it is golden no more."""
    news = await add_document(pool, "news", NEWS)
    _, look = await corrected(pool, news)
    await gather(pool, look)
    await change(pool, "update documents set text = 'Closed.', hash = 'i' where id = %s", news)
    assert await golden(pool) == []
    await change(pool, "update documents set text = %s, hash = 'j' where id = %s", NEWS, news)
    assert (await gather(pool, look)).golden == 1
    await change(pool, "delete from documents where id = %s", news)
    assert await golden(pool) == []
    assert (await gather(pool, look)).golden == 0


async def test_who_may_not_read_it_is_not_told(pool: AsyncConnectionPool) -> None:
    """The search is asked for the answer's own readers; a document that they may not read gives
    nothing, and a private answer's golden question is for its readers alone.
    """
    news = await add_document(pool, "news", NEWS, readers="channel:C1")
    public, look = await corrected(pool, news)
    assert (await gather(pool, look)).causes == {public: Cause.NOT_RETRIEVED}
    assert isinstance(look, type(finding()))
    assert {one.readers for one in look.asked} == {frozenset({"public"})}
    async with pool.connection() as connection:
        cursor = await connection.execute("select count(*) from golden_questions")
        assert await cursor.fetchall() == [(0,)]
    other = await add_document(pool, "more", NEWS, readers="channel:C1")
    _, look = await corrected(pool, other, ["public", "channel:C1"], channel="C1")
    await gather(pool, look, "C1")
    (one,) = await golden(pool)
    assert one.document_id == other
    assert one.audience.readers == frozenset({"public", "channel:C1"})
    await change(pool, "update documents set readers = '{channel:C2}'")
    assert await golden(pool) == []


async def test_what_may_not_be_learned_from_gives_none(pool: AsyncConnectionPool) -> None:
    """A private channel gives nothing; without Slack what there was stays."""
    news = await add_document(pool, "news", NEWS)
    _, look = await corrected(pool, news, ["public", "channel:C1"], channel="C1")
    assert (await gather(pool, look)).golden == 0
    assert (await gather(pool, look, "C1")).golden == 1
    assert (await collect(pool, "home", look, str, None)).golden == 1
    assert (await gather(pool, look)).golden == 0


@pytest.mark.parametrize("person", [ASKER, READER])
async def test_the_forgotten_leave_the_golden_questions(
    pool: AsyncConnectionPool, person: str
) -> None:
    """Who asked and who knew better take it along at once, and it does not come back."""
    news = await add_document(pool, "news", NEWS)
    _, look = await corrected(pool, news)
    await gather(pool, look)
    await forget(pool, "home", person)
    async with pool.connection() as connection:
        cursor = await connection.execute("select count(*) from golden_questions")
        assert await cursor.fetchall() == [(0,)]
    assert (await gather(pool, look)).golden == 0
