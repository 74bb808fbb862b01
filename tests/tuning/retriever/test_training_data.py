"""What judged answers say of the search, and what they do not."""

from collections.abc import Sequence

import pytest

from database.database import Database
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
from tuning.feedback.source_spans import Search, SourceSpan
from tuning.retriever.training_data import SearchLesson, hash_lessons, read_lessons

WRONG = "Lunch is served at midnight by robots. [1]"
NEWS = "Since May lunch is served from half past eleven."


async def lessons(
    database: Database, search: Search = nothing, most_per_person: int = 50
) -> list[SearchLesson]:
    """What was learned, without golden questions."""
    return await read_lessons(database, search, [], frozenset(), most_per_person)


async def test_what_a_good_answer_cites_has_answered(database: Database) -> None:
    """Its words and its document, for its question and audience; of all whom it is of."""
    document = await add_document(database, "lunch")
    answer = await add_answer(database, document)
    await say(database, answer, READER, "good")
    (lesson,) = await lessons(database)
    assert (lesson.answered, lesson.misled) == ((SourceSpan(document, NOTE),), ())
    assert (lesson.question, lesson.answer_id) == ("When is lunch served?", answer)
    assert (lesson.deciders, lesson.people) == (frozenset({READER}), frozenset({READER, ASKER}))


async def test_a_better_answer_says_what_misled(database: Database) -> None:
    """What today's search finds and the better answer rests on has answered, what was cited not."""
    document = await add_document(database, "lunch")
    await say(database, await add_answer(database, document, WRONG), ASKER, better=NEWS)
    (lesson,) = await lessons(database, finding(NEWS, document=900))
    assert (lesson.answered, lesson.misled) == (
        (SourceSpan(900, NEWS),),
        (SourceSpan(document, NOTE),),
    )
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
    database: Database, reasons: Sequence[str], text: str, found: Sequence[str]
) -> None:
    """Style, age, and what a model made up say nothing of the passages that it was given."""
    answer = await add_answer(database, await add_document(database, "lunch"), text)
    await say(database, answer, ASKER, "bad", reasons)
    assert await lessons(database, finding(*found)) == []


async def test_what_was_cited_instead_of_the_right_text_has_misled(
    database: Database,
) -> None:
    """Wrong, and today another document comes first."""
    document = await add_document(database, "lunch")
    answer = await add_answer(database, document, "Lunch is served at noon. [1]")
    await say(database, answer, ASKER, "bad", ["wrong"])
    (lesson,) = await lessons(database, finding(NEWS, document=900))
    assert (lesson.answered, lesson.misled) == ((), (SourceSpan(document, NOTE),))


async def test_what_is_forgotten_or_deleted_teaches_nothing(database: Database) -> None:
    """Neither a person's words, nor an answer without its question, nor a document that is gone."""
    document = await add_document(database, "lunch")
    await say(database, await add_answer(database, document), READER, "good")
    assert len(await lessons(database)) == 1
    async with database.connection() as connection:
        await connection.execute("update answers set question = '', person = null")
    assert await lessons(database) == []
    async with database.connection() as connection:
        await connection.execute("update answers set question = 'When?'")
    assert len(await lessons(database)) == 1
    async with database.connection() as connection:
        await connection.execute("delete from documents")
    assert await lessons(database) == []
    again = await add_document(database, "lunch again")
    await say(database, await add_answer(database, again, question="And when?"), READER, "good")
    assert len(await lessons(database)) == 1
    await forget(database, READER)
    assert await lessons(database) == []


async def test_nobody_decides_alone(database: Database) -> None:
    """Of one person so many lessons count, the newest; of one question the newest one."""
    document = await add_document(database, "lunch")
    for number in range(4):
        answer = await add_answer(database, document, question=f"Question {number}?")
        await say(database, answer, READER, "good")
    kept = await lessons(database, most_per_person=2)
    assert [one.question for one in kept] == ["Question 3?", "Question 2?"]
    newest = await add_answer(database, document, question="QUESTION 3")
    await say(database, newest, READER, "good")
    found = await lessons(database)
    assert len(found) == 4
    assert newest in {one.answer_id for one in found}
    (last,) = await lessons(database, most_per_person=1)
    assert last.answer_id == newest
    assert hash_lessons(found) == hash_lessons(found[::-1]) != hash_lessons(found[1:])
