"""What judged answers say of the search, and what they do not."""

from collections.abc import Sequence

import pytest
from psycopg_pool import AsyncConnectionPool

from tests.tuning.rated_answers import (
    ASKER,
    NOTE,
    READER,
    add_answer,
    add_document,
    finding,
    nothing,
    say,
)
from tuning.feedback.erasure import forget
from tuning.feedback.source_spans import Place, Search
from tuning.retriever.training_data import SearchLesson, hash_lessons, read_lessons

WRONG = "Lunch is served at midnight by robots. [1]"
NEWS = "Since May lunch is served from half past eleven."


async def lessons(
    pool: AsyncConnectionPool, search: Search = nothing, most_per_person: int = 50
) -> list[SearchLesson]:
    """What was learned, without golden questions."""
    return await read_lessons(pool, "home", search, [], frozenset(), most_per_person)


async def test_what_a_good_answer_cites_has_answered(pool: AsyncConnectionPool) -> None:
    """Its words and its document, for its question and audience; of all whom it is of."""
    document = await add_document(pool, "lunch")
    answer = await add_answer(pool, document)
    await say(pool, answer, READER, "good")
    (lesson,) = await lessons(pool)
    assert (lesson.answered, lesson.misled) == ((Place(document, NOTE),), ())
    assert (lesson.question, lesson.answer_id) == ("When is lunch served?", answer)
    assert (lesson.deciders, lesson.people) == (frozenset({READER}), frozenset({READER, ASKER}))


async def test_a_better_answer_says_what_misled(pool: AsyncConnectionPool) -> None:
    """What today's search finds and the better answer rests on has answered, what was cited not."""
    document = await add_document(pool, "lunch")
    await say(pool, await add_answer(pool, document, WRONG), ASKER, better=NEWS)
    (lesson,) = await lessons(pool, finding(NEWS, document=900))
    assert (lesson.answered, lesson.misled) == ((Place(900, NEWS),), (Place(document, NOTE),))
    assert lesson.documents == {900, document}


@pytest.mark.parametrize(
    ("reasons", "text", "found"),
    [
        (["style"], "Lunch is served at noon. [1]", []),
        (["outdated"], "Lunch is served at noon. [1]", []),
        (["unfounded"], WRONG, []),
        ([], WRONG, [NOTE]),
        (["wrong"], "Lunch is served at noon. [1]", []),
    ],
)
async def test_what_the_search_is_not_to_blame_for(
    pool: AsyncConnectionPool, reasons: Sequence[str], text: str, found: Sequence[str]
) -> None:
    """Style, age, and what a model made up say nothing of the passages that it was given."""
    answer = await add_answer(pool, await add_document(pool, "lunch"), text)
    await say(pool, answer, ASKER, "bad", reasons)
    assert await lessons(pool, finding(*found)) == []


async def test_what_was_cited_instead_of_the_right_text_has_misled(
    pool: AsyncConnectionPool,
) -> None:
    """Wrong, and today another document comes first."""
    document = await add_document(pool, "lunch")
    answer = await add_answer(pool, document, "Lunch is served at noon. [1]")
    await say(pool, answer, ASKER, "bad", ["wrong"])
    (lesson,) = await lessons(pool, finding(NEWS, document=900))
    assert (lesson.answered, lesson.misled) == ((), (Place(document, NOTE),))


async def test_what_is_forgotten_or_deleted_teaches_nothing(pool: AsyncConnectionPool) -> None:
    """Neither a person's words, nor an answer without its question, nor a document that is gone."""
    document = await add_document(pool, "lunch")
    await say(pool, await add_answer(pool, document), READER, "good")
    assert len(await lessons(pool)) == 1
    async with pool.connection() as connection:
        await connection.execute("update answers set question = '', person = null")
    assert await lessons(pool) == []
    async with pool.connection() as connection:
        await connection.execute("update answers set question = 'When?'")
    assert len(await lessons(pool)) == 1
    async with pool.connection() as connection:
        await connection.execute("delete from documents")
    assert await lessons(pool) == []
    again = await add_document(pool, "lunch again")
    await say(pool, await add_answer(pool, again, question="And when?"), READER, "good")
    assert len(await lessons(pool)) == 1
    await forget(pool, "home", READER)
    assert await lessons(pool) == []


async def test_nobody_decides_alone(pool: AsyncConnectionPool) -> None:
    """Of one person so many lessons count, the newest; of one question the newest one."""
    document = await add_document(pool, "lunch")
    for number in range(4):
        answer = await add_answer(pool, document, question=f"Question {number}?")
        await say(pool, answer, READER, "good")
    kept = await lessons(pool, most_per_person=2)
    assert [one.question for one in kept] == ["Question 3?", "Question 2?"]
    newest = await add_answer(pool, document, question="QUESTION 3")
    await say(pool, newest, READER, "good")
    found = await lessons(pool)
    assert len(found) == 4
    assert newest in {one.answer_id for one in found}
    (last,) = await lessons(pool, most_per_person=1)
    assert last.answer_id == newest
    assert hash_lessons(found) == hash_lessons(found[::-1]) != hash_lessons(found[1:])
