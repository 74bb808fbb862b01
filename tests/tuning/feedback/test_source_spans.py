"""A better answer is found again where documents say it, in their words."""

from collections.abc import Sequence

from database.database import Database
from retrieval.audience import Audience
from retrieval.documents import Passage
from tests.tuning.rated_answers import READER, add_answer, finding, nothing, say
from tuning.feedback.rated_answers import RatedAnswer, read_judged
from tuning.feedback.source_spans import SourceSpan, find_places

OPENS = "The canteen opens at eleven."
CLOSES = "It closes when the last guest has left."
TEXT = (
    f"# Canteen\n\nEverybody is welcome. {OPENS} Trays are by the door. {CLOSES} Tell your friends."
)


async def corrected(database: Database, better: str) -> RatedAnswer:
    """An answer that somebody knew better."""
    answer = await add_answer(database, None, "I do not know.", "When can I eat?")
    await say(database, answer, READER, "bad", better=better)
    (judged,) = await read_judged(database)
    return judged


async def test_the_words_from_the_first_sentence_to_the_last(database: Database) -> None:
    """As they stand in the document, without what is before and after; marks do not count."""
    one = await corrected(database, f"{OPENS} [3]")
    assert await find_places(one, finding("Closed.", TEXT)) == (SourceSpan(900, OPENS),)
    async with database.connection() as connection:
        await connection.execute("update better_answers set text = %s", [f"{CLOSES} {OPENS}"])
    (both,) = await read_judged(database)
    (place,) = await find_places(both, finding(TEXT))
    assert place.quote == f"{OPENS} Trays are by the door. {CLOSES}"


async def test_what_holds_most_comes_first(database: Database) -> None:
    """Of two passages the one that more sentences stand on, however they were ranked."""
    judged = await corrected(database, f"{OPENS} {CLOSES} Fridays are for pancakes.")
    found = await find_places(judged, finding("Fridays are for pancakes.", f"{OPENS} {CLOSES}"))
    assert [one.quote for one in found] == [f"{OPENS} {CLOSES}", "Fridays are for pancakes."]


async def test_several_sentences_may_say_it_together(database: Database) -> None:
    """Then it is the passage that says it."""
    text = "The canteen in the mill serves soup. On Fridays the same cooks serve pancakes there."
    judged = await corrected(database, "The canteen in the mill serves pancakes on Fridays.")
    assert await find_places(judged, finding(text)) == (SourceSpan(900, text),)


async def test_another_number_or_a_denial_is_no_support(database: Database) -> None:
    """What is almost the same says something else."""
    judged = await corrected(database, "The canteen opens at 11.")
    for text in ("The canteen opens at 12.", "The canteen never opens at 11."):
        assert await find_places(judged, finding(text)) == ()


async def test_the_question_is_asked_first(database: Database) -> None:
    """The better answer is searched for only where the question did not lead to it, for the same
    readers; without a better answer nothing is searched for at all.
    """
    asked: list[tuple[str, frozenset[str]]] = []

    async def look(words: str, audience: Audience) -> Sequence[Passage]:
        asked.append((words, audience.readers))
        by_answer = await finding(TEXT)(words, audience)
        return by_answer if words == OPENS else await nothing(words, audience)

    judged = await corrected(database, OPENS)
    assert await find_places(judged, look) == (SourceSpan(900, OPENS),)
    readers = frozenset({"public"})
    assert asked == [("When can I eat?", readers), (OPENS, readers)]
    search = finding(TEXT)
    await find_places(judged, search)
    assert len(search.asked) == 1
    async with database.connection() as connection:
        await connection.execute("update better_answers set is_current = false")
    (alone,) = await read_judged(database)
    assert await find_places(alone, search) == ()
    assert len(search.asked) == 1
