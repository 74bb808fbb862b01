"""A better answer that search did not find gives a golden question, which goes with it."""

from collections.abc import Sequence

import pytest

from database.database import Database
from retrieval.audience import Audience
from retrieval.documents import Passage
from retrieval.embeddings.embedder import Embedder
from retrieval.embeddings.open import open_embedder
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


async def gather(database: Database, look: Search = nothing, *public: str) -> Collected:
    """A collection."""
    return await collect(database, look, str, frozenset(public))


async def golden(database: Database) -> list[GoldenQuestion]:
    """The golden questions as they are now."""
    return await refresh_golden(database)


async def corrected(
    database: Database,
    news: int,
    readers: Sequence[str] = ("public",),
    better: str = BETTER,
    channel: str | None = None,
) -> tuple[int, Search]:
    """An answer that a reader corrected, and a search that finds what says so in `news`."""
    document = await add_document(database, f"lunch-{news}")
    answer = await add_answer(database, document, WRONG, readers=readers, channel=channel)
    await say(database, answer, READER, "bad", better=better)
    return answer, finding(NEWS, document=news)


async def test_a_better_answer_that_was_not_found_is_a_golden_question(
    database: Database,
) -> None:
    """The question, the sentence that the better answer stands on, its document, and the readers of
    the answer; collecting again changes nothing.
    """
    news = await add_document(database, "news", NEWS)
    answer, look = await corrected(database, news)
    collected = await gather(database, look)
    assert collected.causes == {answer: Cause.NOT_RETRIEVED}
    assert (collected.golden, collected.examples) == (1, {})
    (first,) = await golden(database)
    assert (first.question, first.quote, first.document_id) == (QUESTION, BETTER, news)
    assert (first.origin, first.audience.readers) == ("correction", frozenset({"public"}))
    assert (await gather(database, look)).golden == 1
    assert await golden(database) == [first]


async def test_the_index_is_asked_for_the_better_answer_too(
    database: Database, minilm: Embedder
) -> None:
    """What today's search does not find by the question, but holds, was not retrieved: no gap."""
    keys = {f"keys-{n}": f"Keys of floor {n} are left with the porter." for n in range(9)}
    await index_source(database, Library({"mill": MILL} | keys), minilm)

    async def find(question: str, audience: Audience) -> Sequence[Passage]:
        return await search(database, minilm, question, audience, 3)

    answer = await add_answer(database, None, "I found nothing.", "Where do I leave my keys?")
    await say(database, answer, READER, "bad", better="Hang them on a nail behind the mill.")
    collected = await gather(database, find)
    assert collected.causes == {answer: Cause.NOT_RETRIEVED}
    (one,) = await golden(database)
    assert (one.quote, one.title) == ("Duplicates hang on a nail behind the mill.", "About mill")
    assert not one.is_found(await find(one.question, one.audience))


async def test_the_same_is_searched_once(database: Database) -> None:
    """By the cause, the correction and a lesson alike; for other readers it is another search."""
    asked: list[tuple[str, Audience]] = []

    async def look(question: str, audience: Audience) -> Sequence[Passage]:
        asked.append((question, audience))
        return await finding(NEWS, document=news)(question, audience)

    news = await add_document(database, "news", NEWS)
    for readers in (["public"], ["public"], ["public", "channel:C1"]):
        answer = await add_answer(
            database, None, "Nothing.", QUESTION, readers=readers, channel="C1"
        )
        await say(database, answer, READER, "bad", better=BETTER)
    assert (await gather(database, look, "C1")).golden
    assert len(asked) == len(set(asked)) == 2
    asked.clear()
    assert await read_lessons(database, look, [], frozenset({"C1"}))
    assert len(asked) == len(set(asked)) == 2


async def test_only_where_it_is_known_what_answers(database: Database) -> None:
    """Without a better answer, or where no sentence says it, nothing is golden; nor a follow-up."""
    news = await add_document(database, "news", NEWS)
    alone = await add_answer(database, None, "I found nothing.", QUESTION, abstained=True)
    await say(database, alone, ASKER, "bad")
    assert (await gather(database, finding(NEWS, document=news))).causes == {
        alone: Cause.NOT_RETRIEVED
    }
    answer, look = await corrected(database, news)
    turns = '[{"speaker": "person", "text": "Hello"}]'
    await change(database, "update answers set thread = %s where id = %s", turns, answer)
    assert (await gather(database, look)).golden == 0
    assert await golden(database) == []


async def test_the_correction_takes_it_along(database: Database) -> None:
    """Taken back it is gone at once; other words bring it back at the next collection."""
    news = await add_document(database, "news", NEWS)
    answer, look = await corrected(database, news)
    await gather(database, look)
    await change(database, "update better_answers set is_current = false")
    assert await golden(database) == []
    await say(database, answer, READER, better="Bring your own cup.")
    assert (await gather(database, look)).golden == 1
    assert [one.quote for one in await golden(database)] == ["Bring your own cup."]


async def test_words_that_the_document_lacks_do_not_count(database: Database) -> None:
    """What a search finds is looked up in the document before it counts, also when a better answer
    was edited.
    """
    news = await add_document(database, "news", NEWS)
    answer, look = await corrected(database, news)
    assert (await gather(database, look)).golden == 1
    await change(database, "update better_answers set is_current = false")
    await say(database, answer, READER, better="Whoever sings eats free.")
    stale = finding("Whoever sings eats free.", document=news)
    collected = await gather(database, stale)
    assert (collected.causes, collected.golden) == ({answer: Cause.NOT_RETRIEVED}, 0)


async def test_what_was_liked_stays_liked(database: Database) -> None:
    """A correction takes the place of what was liked of the same answer, and gives it back."""
    news = await add_document(database, "news", NEWS)
    answer, look = await corrected(database, news)
    cites = '[{"n": 1, "document_id": %s, "quote": "Bring your own cup."}]' % news  # noqa: UP031
    await change(database, "update answers set citations = %s", cites)
    await say(database, answer, "U1", "good")
    await say(database, answer, "U2", "good")
    assert [one.origin for one in await golden(database)] == ["liking"]
    await gather(database, look)
    assert [one.origin for one in await golden(database)] == ["correction"]
    await change(database, "update better_answers set is_current = false")
    await gather(database, look)
    assert [one.origin for one in await golden(database)] == ["liking"]


async def test_the_document_takes_it_along(database: Database) -> None:
    """The words gone or the document deleted, it is golden no more."""
    news = await add_document(database, "news", NEWS)
    _, look = await corrected(database, news)
    await gather(database, look)
    await change(database, "update documents set text = 'Closed.', hash = 'i' where id = %s", news)
    assert await golden(database) == []
    await change(database, "update documents set text = %s, hash = 'j' where id = %s", NEWS, news)
    assert (await gather(database, look)).golden == 1
    await change(database, "delete from documents where id = %s", news)
    assert await golden(database) == []
    assert (await gather(database, look)).golden == 0


async def test_who_may_not_read_it_is_not_told(database: Database) -> None:
    """The search is asked for the answer's own readers; a document that they may not read gives
    nothing, and a private answer's golden question is for its readers alone.
    """
    news = await add_document(database, "news", NEWS, readers="channel:C1")
    public, look = await corrected(database, news)
    assert (await gather(database, look)).causes == {public: Cause.NOT_RETRIEVED}
    assert isinstance(look, type(finding()))
    assert {one.readers for one in look.asked} == {frozenset({"public"})}
    async with database.connection() as connection:
        cursor = await connection.execute("select count(*) from golden_questions")
        assert await cursor.fetchall() == [(0,)]
    other = await add_document(database, "more", NEWS, readers="channel:C1")
    _, look = await corrected(database, other, ["public", "channel:C1"], channel="C1")
    await gather(database, look, "C1")
    (one,) = await golden(database)
    assert one.document_id == other
    assert one.audience.readers == frozenset({"public", "channel:C1"})
    await change(database, "update documents set readers = '{channel:C2}'")
    assert await golden(database) == []


async def test_what_may_not_be_learned_from_gives_none(database: Database) -> None:
    """A private channel gives nothing; without Slack what there was stays."""
    news = await add_document(database, "news", NEWS)
    _, look = await corrected(database, news, ["public", "channel:C1"], channel="C1")
    assert (await gather(database, look)).golden == 0
    assert (await gather(database, look, "C1")).golden == 1
    assert (await collect(database, look, str, None)).golden == 1
    assert (await gather(database, look)).golden == 0


@pytest.mark.parametrize("person", [ASKER, READER])
async def test_the_forgotten_leave_the_golden_questions(database: Database, person: str) -> None:
    """Who asked and who knew better take it along at once, and it does not come back."""
    news = await add_document(database, "news", NEWS)
    _, look = await corrected(database, news)
    await gather(database, look)
    await forget(database, person)
    async with database.connection() as connection:
        cursor = await connection.execute("select count(*) from golden_questions")
        assert await cursor.fetchall() == [(0,)]
    assert (await gather(database, look)).golden == 0
