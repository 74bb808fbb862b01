"""Each bad answer is put down to what made it bad."""

from collections.abc import Sequence

import pytest

from database.database import Database
from retrieval.audience import Audience
from tests.tuning.rated_answers import (
    ASKER,
    EXPERT,
    READER,
    add_answer,
    add_document,
    finding,
    name_expert,
    nothing,
    say,
)
from tuning.feedback.attribution import Cause, attribute
from tuning.feedback.rated_answers import read_judged
from tuning.feedback.source_spans import Search

WRONG = "Lunch is served at midnight by robots. [1]"
NEWS = "Since May lunch is served from half past eleven."


async def cause_of(database: Database, search: Search = nothing) -> Cause:
    """The cause of the only answer."""
    (judged,) = await read_judged(database)
    assert judged.is_bad
    return await attribute(judged, search)


@pytest.mark.parametrize(
    ("reasons", "text", "found", "cause"),
    [
        (["outdated", "wrong"], WRONG, [], Cause.OUTDATED),
        (["style"], WRONG, [], Cause.STYLE),
        (["unfounded"], "Lunch is served at noon. [1]", [], Cause.NOT_GROUNDED),
        ([], WRONG, [], Cause.NOT_GROUNDED),
        (["wrong"], "Lunch is served at noon. [1]", [NEWS], Cause.NOT_RETRIEVED),
        (["incomplete"], "Lunch is served at noon. [1]", [], Cause.OTHER),
        (["incomplete", "style"], "Lunch is served at noon. [1]", [], Cause.STYLE),
        ([], "Lunch is served at noon. [1]", [], Cause.OTHER),
    ],
)
async def test_by_reason_and_record(
    database: Database, reasons: Sequence[str], text: str, found: Sequence[str], cause: Cause
) -> None:
    """What a person said comes first, then what the notes and today's search say."""
    answer = await add_answer(database, await add_document(database, "lunch"), text)
    await say(database, answer, ASKER, "bad", reasons)
    assert await cause_of(database, finding(*found)) is cause


@pytest.mark.parametrize(
    ("better", "text", "found", "cause"),
    [
        (
            "At noon, in the canteen.",
            "Lunch is served in the canteen at noon. [1]",
            [],
            Cause.STYLE,
        ),
        ("In the canteen at noon.", WRONG, [], Cause.NOT_GROUNDED),
        ("From half past eleven, since May.", WRONG, [NEWS], Cause.NOT_RETRIEVED),
        ("From half past eleven, since May.", WRONG, [], Cause.NOT_INDEXED),
    ],
)
async def test_by_the_better_answer(
    database: Database, better: str, text: str, found: Sequence[str], cause: Cause
) -> None:
    """Who held what should have been said: the answer, its notes, today's index, or nobody."""
    answer = await add_answer(database, await add_document(database, "lunch"), text)
    await say(database, answer, ASKER, better=better)
    assert await cause_of(database, finding(*found)) is cause


async def test_a_document_that_changed_since_is_outdated(database: Database) -> None:
    """Without a reason, or with `wrong`, what changed or went since then is the cause."""
    document = await add_document(database, "lunch")
    await say(database, await add_answer(database, document), ASKER, "bad", ["wrong"])
    async with database.connection() as connection:
        await connection.execute("update documents set indexed_at = now() + interval '1 hour'")
    assert await cause_of(database) is Cause.OUTDATED
    async with database.connection() as connection:
        await connection.execute("delete from documents")
    assert await cause_of(database) is Cause.OUTDATED


@pytest.mark.parametrize(
    ("found", "cause"),
    [([], Cause.NOT_INDEXED), (["When lunch is served: noon."], Cause.NOT_RETRIEVED)],
)
async def test_without_evidence_the_search_decides(
    database: Database, found: Sequence[str], cause: Cause
) -> None:
    """Nothing was found then: is it there today, for that same audience?"""
    readers = ("public", "channel:C1")
    answer = await add_answer(database, None, "I found nothing.", abstained=True, readers=readers)
    await say(database, answer, ASKER, "bad")
    search = finding(*found)
    assert await cause_of(database, search) is cause
    assert search.asked == [Audience("home", frozenset(readers))]


async def test_an_experts_word_goes_first(database: Database) -> None:
    """Experts decide before the asker, the asker before other readers, however many."""
    await name_expert(database)
    answer = await add_answer(database, await add_document(database, "lunch"))
    for number in range(3):
        await say(database, answer, f"U{number}", "bad")
    await say(database, answer, ASKER, "good")
    (judged,) = await read_judged(database)
    assert not judged.is_bad
    await say(database, answer, EXPERT, "bad")
    (judged,) = await read_judged(database)
    assert judged.is_bad
    assert judged.decision is not None
    assert judged.decision.people == (EXPERT,)
    await say(database, answer, READER, "good")
    (judged,) = await read_judged(database)
    assert judged.is_bad


def test_each_cause_has_its_cure() -> None:
    """Only style and grounding are for training; facts never are."""
    assert {cause for cause in Cause if cause.cure == "training"} == {
        cause for cause in Cause if cause.teaches
    }
    assert {cause for cause in Cause if cause.teaches} == {Cause.STYLE, Cause.NOT_GROUNDED}
