"""Gaps and outdated documents: who sees them, and what takes them off the list."""

from dataclasses import replace

import pytest

from database.database import Database
from tests.tuning.rated_answers import (
    ASKER,
    EXPERT,
    READER,
    add_answer,
    add_document,
    change,
    finding,
    nothing,
    say,
)
from tuning.feedback.collect import Collected, collect
from tuning.feedback.erasure import forget
from tuning.feedback.remedies import Taught, UnansweredQuestion, gaps, outdated, taught
from tuning.feedback.source_spans import Search
from tuning.review.reviewer_view import channels_asked

WRONG = "Lunch is served at midnight by robots. [1]"
NEWS = "Welcome to the canteen. Since May lunch is served from half past eleven."
QUESTION = "When is lunch served?"


async def gather(database: Database, look: Search = nothing, *public: str) -> Collected:
    """A collection."""
    return await collect(database, look, str, frozenset(public))


async def test_what_is_called_outdated_is_listed(database: Database) -> None:
    """The document that was cited, where it is kept, how many people say so and since when."""
    document = await add_document(database, "lunch")
    answer = await add_answer(database, document)
    await say(database, answer, ASKER, "bad", ["outdated"])
    await say(database, answer, READER, "bad", ["outdated", "wrong"])
    again = await add_answer(database, document, question="When do we eat?")
    await say(database, again, READER, "bad", ["outdated"])
    await say(
        database, await add_answer(database, await add_document(database, "keys")), ASKER, "bad"
    )
    await change(database, "update remarks set created_at = '2026-05-01' where person = %s", ASKER)
    (one,) = await outdated(database, None, None)
    assert (one.title, one.key, one.location, one.people) == ("Lunch", "lunch", "lunch", 2)
    assert one.since.date().isoformat() in {"2026-04-30", "2026-05-01"}
    assert (await gather(database)).examples == {}


async def test_only_what_the_text_cites_is_outdated(database: Database) -> None:
    """Of several notes those that the answer names; all of them where it names none."""
    lunch, keys = await add_document(database, "lunch"), await add_document(database, "keys")
    answer = await add_answer(database, lunch)
    await change(
        database,
        """update answers set evidence = evidence || jsonb_build_array(jsonb_build_object(
            'n', 2, 'document_id', %s::bigint, 'chunk_id', 2, 'quote', 'Keys.'))""",
        keys,
    )
    await say(database, answer, ASKER, "bad", ["outdated"])
    assert [one.title for one in await outdated(database, None, None)] == ["Lunch"]
    await change(database, "update answers set text = 'At noon.'")
    assert {one.title for one in await outdated(database, None, None)} == {"Lunch", "Keys"}


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
async def test_what_is_cured_leaves_the_list(database: Database, event: str) -> None:
    """The document changed or is gone, the remark was taken back, its person changed their mind or
    is forgotten: nobody has to strike it out.
    """
    await say(
        database,
        await add_answer(database, await add_document(database, "lunch")),
        ASKER,
        "bad",
        ["outdated"],
    )
    assert len(await outdated(database, None, None)) == 1
    await change(database, event)
    assert await outdated(database, None, None) == []


async def test_a_change_before_the_next_answer_does_not_count(database: Database) -> None:
    """Who calls the new text outdated counts alone: the complaint about the old one is cured."""
    document = await add_document(database, "lunch")
    await say(database, await add_answer(database, document), ASKER, "bad", ["outdated"])
    await change(database, "update answers set created_at = now() - interval '1 hour'")
    await change(database, "update documents set indexed_at = now() - interval '1 minute'")
    assert await outdated(database, None, None) == []
    await say(database, await add_answer(database, document), READER, "bad", ["outdated"])
    assert [one.people for one in await outdated(database, None, None)] == [1]


async def test_titles_are_for_who_may_read_them(database: Database) -> None:
    """A document is named to its readers alone, in one workspace."""
    document = await add_document(database, "salaries", readers="channel:C1")
    answer = await add_answer(database, document, readers=["channel:C1"])
    await say(database, answer, EXPERT, "bad", ["outdated"])
    seen = [await outdated(database, one, None) for one in (["channel:C1"], ["public"], [])]
    assert [len(one) for one in seen] == [1, 0, 0]
    assert await outdated(replace(database, workspace="other"), None, None) == []


async def test_complaints_are_told_to_who_was_there(database: Database) -> None:
    """How many call a document outdated is counted in one's own conversations; what was said to one
    person alone counts in no list of all.
    """
    document = await add_document(database, "lunch")
    for channel, person, reader in (("C1", ASKER, "public"), ("D1", READER, "person:U0READER")):
        answer = await add_answer(database, document, channel=channel, readers=["public", reader])
        await say(database, answer, person, "bad", ["outdated"])
    for channels, people in ((["C1"], [1]), (["C1", "D1"], [2]), (["C2"], []), (None, [1])):
        found = await outdated(database, ["public"], channels)
        assert [one.people for one in found] == people
    assert await channels_asked(database) == {"C1", "D1"}


async def test_a_good_quotation_is_no_gap(database: Database) -> None:
    """What people find good has answered, until somebody finds it bad or takes the vote back."""
    quoted = await add_answer(
        database, await add_document(database, "lunch"), "> Noon.", abstained=True
    )
    assert len(await gaps(database, None)) == 1
    await say(database, quoted, ASKER, "good")
    assert await gaps(database, None) == []
    await say(database, quoted, READER, "bad")
    assert len(await gaps(database, None)) == 1
    await change(database, "update feedback set label = 'none' where label = 'bad'")
    assert await gaps(database, None) == []
    await change(database, "update feedback set is_current = false")
    assert len(await gaps(database, None)) == 1


async def test_gaps_are_what_no_document_answers(database: Database) -> None:
    """A quotation counts until it is known why it was bad; an answer counts once that is known."""
    news = await add_document(database, "news", NEWS)
    quoted = await add_answer(database, None, "Nothing.", QUESTION, abstained=True)
    await say(database, quoted, ASKER, "bad")
    for text in ("Where is the key?", "where is the KEY"):
        await add_answer(database, None, "Nothing.", text, abstained=True)
    wrong = await add_answer(database, news, WRONG, "Who has the van?")
    await say(database, wrong, ASKER, "bad", better="Mara drives it on Fridays.")
    first = await gaps(database, None)
    assert first[0] == UnansweredQuestion("Where is the key?", 2)
    assert {one.question for one in first[1:]} == {QUESTION}
    await gather(database, finding(NEWS, document=news))
    assert await gaps(database, None) == [
        UnansweredQuestion("Where is the key?", 2), UnansweredQuestion("Who has the van?", 1),
    ]  # fmt: skip
    await gather(database, finding("Mara drives it on Fridays.", document=news))
    assert {one.question for one in await gaps(database, None)} == {
        "Where is the key?", QUESTION,
    }  # fmt: skip
    await change(database, "update feedback set label = 'none'")
    await change(database, "update better_answers set is_current = false")
    await gather(database)
    async with database.connection() as connection:
        assert await (await connection.execute("select * from causes")).fetchall() == []


async def test_gaps_are_told_to_who_was_there(database: Database) -> None:
    """By conversation; what one person asked alone is in no list of all, nor are the forgotten."""
    for channel, readers in (("C1", ["channel:C1"]), ("D1", ["person:U0ASKER", "public"])):
        question = f"What is said in {channel}?"
        await add_answer(
            database, None, "?", question, abstained=True, readers=readers, channel=channel
        )
    assert [one.question for one in await gaps(database, None)] == ["What is said in C1?"]
    assert await gaps(database, ["C2"]) == []
    assert len(await gaps(database, ["C1", "D1"])) == 2
    assert len(await gaps(database, ["C1", "D1"], 1)) == 1
    await forget(database, ASKER)
    assert await gaps(database, None) == await gaps(database, ["D1"]) == []


async def test_what_goes_to_training_is_counted(database: Database) -> None:
    """Examples of bad answers alone, without those that a reviewer rejected."""
    document = await add_document(database, "lunch")
    await say(database, await add_answer(database, document), ASKER, "good")
    styled = await add_answer(database, document, question="When do we eat?")
    await say(database, styled, ASKER, "bad", ["style"], "Noon, canteen.")
    assert (await gather(database)).examples == {"sft": 2, "kto": 1, "preference": 1}
    assert await taught(database) == Taught(2, 0)
    await change(
        database,
        "update examples set state = case kind when 'sft' then 'approved' else 'rejected' end"
        " where cause is not null",
    )
    assert await taught(database) == Taught(1, 1)
