"""Each cause reaches its own cure, and a cure goes with what it came from."""

from collections.abc import Sequence

import pytest
from psycopg_pool import AsyncConnectionPool

from retrieval.audience import Audience
from retrieval.documents import Passage
from retrieval.embeddings import Embedder, open_embedder
from retrieval.golden import GoldenQuestion, refresh_golden
from retrieval.indexing import index_source
from retrieval.retriever import search
from tests.retrieval.library import Library
from tests.tuning.office import (
    ASKER,
    EXPERT,
    READER,
    add_answer,
    add_document,
    finding,
    nothing,
    say,
)
from tuning.attribution import Cause
from tuning.collecting import Collected, collect
from tuning.cures import Gap, Taught, gaps, outdated, taught
from tuning.forgetting import forget
from tuning.places import Search

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


async def change(pool: AsyncConnectionPool, statement: str, *values: object) -> None:
    """Something that happens in the database."""
    async with pool.connection() as connection:
        await connection.execute(statement, values)


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


async def test_what_is_called_outdated_is_listed(pool: AsyncConnectionPool) -> None:
    """The document that was cited, where it is kept, how many people say so and since when."""
    document = await add_document(pool, "lunch")
    answer = await add_answer(pool, document)
    await say(pool, answer, ASKER, "bad", ["outdated"])
    await say(pool, answer, READER, "bad", ["outdated", "wrong"])
    again = await add_answer(pool, document, question="When do we eat?")
    await say(pool, again, READER, "bad", ["outdated"])
    await say(pool, await add_answer(pool, await add_document(pool, "keys")), ASKER, "bad")
    await change(pool, "update remarks set created_at = '2026-05-01' where person = %s", ASKER)
    (one,) = await outdated(pool, "home", None)
    assert (one.title, one.key, one.location, one.people) == ("Lunch", "lunch", "lunch", 2)
    assert one.since.date().isoformat() in {"2026-04-30", "2026-05-01"}
    assert (await gather(pool)).examples == {}


async def test_only_what_the_text_cites_is_outdated(pool: AsyncConnectionPool) -> None:
    """Of several notes those that the answer names; all of them where it names none."""
    lunch, keys = await add_document(pool, "lunch"), await add_document(pool, "keys")
    answer = await add_answer(pool, lunch)
    await change(
        pool,
        """update answers set evidence = evidence || jsonb_build_array(jsonb_build_object(
            'n', 2, 'document_id', %s::bigint, 'chunk_id', 2, 'quote', 'Keys.'))""",
        keys,
    )
    await say(pool, answer, ASKER, "bad", ["outdated"])
    assert [one.title for one in await outdated(pool, "home", None)] == ["Lunch"]
    await change(pool, "update answers set text = 'At noon.'")
    assert {one.title for one in await outdated(pool, "home", None)} == {"Lunch", "Keys"}


@pytest.mark.parametrize(
    "event",
    [
        "update documents set indexed_at = now() + interval '1 second'",
        "delete from documents",
        "update remarks set is_current = false",
        "update feedback set label = 'good'",
        "insert into forgotten (workspace, person) values ('home', 'U0ASKER')",
    ],
)
async def test_what_is_cured_leaves_the_list(pool: AsyncConnectionPool, event: str) -> None:
    """The document changed or is gone, the remark was taken back, its person changed their mind or
    is forgotten: nobody has to strike it out.
    """
    await say(
        pool, await add_answer(pool, await add_document(pool, "lunch")), ASKER, "bad", ["outdated"]
    )
    assert len(await outdated(pool, "home", None)) == 1
    await change(pool, event)
    assert await outdated(pool, "home", None) == []


async def test_a_change_before_the_next_answer_does_not_count(pool: AsyncConnectionPool) -> None:
    """Who calls the new text outdated counts alone: the complaint about the old one is cured."""
    document = await add_document(pool, "lunch")
    await say(pool, await add_answer(pool, document), ASKER, "bad", ["outdated"])
    await change(pool, "update answers set created_at = now() - interval '1 hour'")
    await change(pool, "update documents set indexed_at = now() - interval '1 minute'")
    assert await outdated(pool, "home", None) == []
    await say(pool, await add_answer(pool, document), READER, "bad", ["outdated"])
    assert [one.people for one in await outdated(pool, "home", None)] == [1]


async def test_titles_are_for_who_may_read_them(pool: AsyncConnectionPool) -> None:
    """A document is named to its readers alone, in one workspace."""
    document = await add_document(pool, "salaries", readers="channel:C1")
    answer = await add_answer(pool, document, readers=["channel:C1"])
    await say(pool, answer, EXPERT, "bad", ["outdated"])
    seen = [await outdated(pool, "home", one) for one in (["channel:C1"], ["public"], [])]
    assert [len(one) for one in seen] == [1, 0, 0]
    assert await outdated(pool, "other", None) == []


async def test_gaps_are_what_no_document_answers(pool: AsyncConnectionPool) -> None:
    """A quotation counts until it is known why it was bad; an answer counts once that is known."""
    news = await add_document(pool, "news", NEWS)
    quoted = await add_answer(pool, None, "Nothing.", QUESTION, abstained=True)
    await say(pool, quoted, ASKER, "bad")
    for text in ("Where is the key?", "where is the KEY"):
        await add_answer(pool, None, "Nothing.", text, abstained=True)
    wrong = await add_answer(pool, news, WRONG, "Who has the van?")
    await say(pool, wrong, ASKER, "bad", better="Mara drives it on Fridays.")
    first = await gaps(pool, "home", None)
    assert first[0] == Gap("Where is the key?", 2)
    assert {one.question for one in first[1:]} == {QUESTION}
    await gather(pool, finding(NEWS, document=news))
    assert await gaps(pool, "home", None) == [
        Gap("Where is the key?", 2), Gap("Who has the van?", 1),
    ]  # fmt: skip
    await gather(pool, finding("Mara drives it on Fridays.", document=news))
    assert {one.question for one in await gaps(pool, "home", None)} == {
        "Where is the key?", QUESTION,
    }  # fmt: skip
    await change(pool, "update feedback set label = 'none'")
    await change(pool, "update better_answers set is_current = false")
    await gather(pool)
    async with pool.connection() as connection:
        assert await (await connection.execute("select * from causes")).fetchall() == []


async def test_gaps_are_told_to_who_was_there(pool: AsyncConnectionPool) -> None:
    """By conversation; what one person asked alone is in no list of all, nor are the forgotten."""
    for channel, readers in (("C1", ["channel:C1"]), ("D1", ["person:U0ASKER", "public"])):
        question = f"What is said in {channel}?"
        await add_answer(
            pool, None, "?", question, abstained=True, readers=readers, channel=channel
        )
    assert [one.question for one in await gaps(pool, "home", None)] == ["What is said in C1?"]
    assert await gaps(pool, "home", ["C2"]) == []
    assert len(await gaps(pool, "home", ["C1", "D1"])) == 2
    assert len(await gaps(pool, "home", ["C1", "D1"], 1)) == 1
    await forget(pool, "home", ASKER)
    assert await gaps(pool, "home", None) == await gaps(pool, "home", ["D1"]) == []


async def test_what_goes_to_training_is_counted(pool: AsyncConnectionPool) -> None:
    """Examples of bad answers alone, without those that a reviewer rejected."""
    document = await add_document(pool, "lunch")
    await say(pool, await add_answer(pool, document), ASKER, "good")
    styled = await add_answer(pool, document, question="When do we eat?")
    await say(pool, styled, ASKER, "bad", ["style"], "Noon, canteen.")
    assert (await gather(pool)).examples == {"sft": 2, "kto": 1, "preference": 1}
    assert await taught(pool, "home") == Taught(2, 0)
    await change(
        pool,
        "update examples set state = case kind when 'sft' then 'approved' else 'rejected' end"
        " where cause is not null",
    )
    assert await taught(pool, "home") == Taught(1, 1)
