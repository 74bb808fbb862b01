"""What is learned from whom, and what never is."""

import pytest
from psycopg.rows import dict_row

from answering.types.answers import LEAD_IN
from database.database import Database
from tests.tuning.rated_answers import (
    ASKER,
    EXPERT,
    PROMPT,
    READER,
    add_answer,
    add_document,
    finding,
    name_expert,
    nothing,
    say,
)
from tuning.feedback.attribution import Cause
from tuning.feedback.collect import Collected, allow_training, collect
from tuning.feedback.erasure import forget, sweep
from tuning.feedback.examples import Example
from tuning.feedback.redaction import redact

GOOD = "Lunch is served at noon. [1]"


async def gather(database: Database, *public: str) -> tuple[Collected, list[Example]]:
    """Collect, and what there is then, in order of kind and answer."""
    collected = await collect(
        database, nothing, lambda text: redact(text, ["Priya"]), frozenset(public)
    )
    async with (
        database.connection() as connection,
        connection.cursor(row_factory=dict_row) as cursor,
    ):
        await cursor.execute("select * from examples order by kind, chosen")
        return collected, [Example.from_row(row) for row in await cursor.fetchall()]


async def test_a_better_answer_gives_a_model_answer_and_a_pair(database: Database) -> None:
    """With the messages as they were sent, its sources, who gave it, and its citations."""
    document = await add_document(database, "lunch")
    answer = await add_answer(database, document, "Lunch is served in the canteen at noon. [1]")
    await say(database, answer, ASKER, "bad", ["style"], "Noon, canteen.")
    collected, (pair, sft) = await gather(database)
    assert collected.examples == {"sft": 1, "preference": 1}
    assert collected.causes == {answer: Cause.STYLE}
    assert (pair.kind, sft.kind) == ("preference", "sft")
    assert sft.chosen == pair.chosen == "Noon, canteen. [1]"
    assert pair.rejected == "Lunch is served in the canteen at noon. [1]"
    assert [(one.role, one.content) for one in sft.prompt] == [
        (one["role"], one["content"]) for one in PROMPT
    ]
    assert [(one.document_id, one.hash) for one in sft.sources] == [(document, "h")]
    assert [(one.person, one.label, one.decides) for one in sft.labels] == [
        (ASKER, "bad", False),
        (ASKER, "better", True),
    ]


async def test_a_corrected_quotation_teaches_what_comes_before_it(
    database: Database,
) -> None:
    """Its first line, with the note's mark; a correction of the block itself teaches no model."""
    document = await add_document(database, "wheel")
    steps = "1. Turn the wheel.\n2. Wait."
    for better in (f"Ahoy, start it so:\n\n{steps}", "Turn the wheel twice, and wait."):
        answer = await add_answer(
            *(database, document, f"**Start** [1]\n\n{steps}", f"How do I start it? {len(better)}"),
            note=steps, shown="quoted", signals={LEAD_IN: 1.0},
        )  # fmt: skip
        await say(database, answer, ASKER, "bad", ["style"], better)
    collected, (sft,) = await gather(database)
    assert sft.chosen == "Ahoy, start it so: [1]"
    assert sft.kind == "sft"
    assert collected.left_out == {"the quotation was corrected, not what is said before it": 1}


async def test_thumbs_alone(database: Database) -> None:
    """The asker's or an expert's 👍 gives both; a reader's only KTO; a quotation nothing."""
    await name_expert(database)
    document = await add_document(database, "lunch")
    for number, person in enumerate((ASKER, EXPERT, READER)):
        answer = await add_answer(database, document, GOOD, f"When is lunch number {number}?")
        await say(database, answer, person, "good")
    quoted = await add_answer(database, document, "> Lunch", "Lunch where?", abstained=True)
    await say(database, quoted, ASKER, "good")
    collected, _ = await gather(database)
    assert collected.examples == {"sft": 2, "kto": 3}
    assert collected.left_out == {"the answer was a quotation": 1}


async def test_facts_are_never_taught(database: Database) -> None:
    """A better answer that no note holds, or an outdated one, gives nothing to learn."""
    document = await add_document(database, "lunch")
    first = await add_answer(database, document, GOOD, "When is lunch served on Friday?")
    await say(database, first, ASKER, "bad", better="Half past eleven, after prayers.")
    second = await add_answer(database, document, GOOD)
    await say(database, second, ASKER, "bad", ["outdated"])
    collected, examples = await gather(database)
    assert examples == []
    assert set(collected.causes.values()) == {Cause.NOT_INDEXED, Cause.OUTDATED}
    assert set(collected.left_out) == {
        "not_indexed: cured by gap",
        "outdated: cured by refresh document",
    }


async def test_two_minds_teach_nothing(database: Database) -> None:
    """As many good as bad among those who count: no example."""
    answer = await add_answer(database, await add_document(database, "lunch"))
    await say(database, answer, "U1", "good")
    await say(database, answer, "U2", "bad")
    collected, examples = await gather(database)
    assert examples == []
    assert collected.left_out == {"people are of two minds, or none decides": 1}


async def test_the_same_twice_is_one(database: Database) -> None:
    """Case, signs and marks make no other example."""
    document = await add_document(database, "lunch")
    await say(database, await add_answer(database, document), ASKER, "good")
    other = await add_answer(
        database, document, "lunch is served at NOON! [1]", "When is lunch served"
    )
    await say(database, other, READER, "good")
    _, examples = await gather(database)
    assert [one.kind for one in examples] == ["kto", "sft"]


@pytest.mark.parametrize(
    ("readers", "channel", "public", "kept"),
    [
        (["public"], None, [], True),
        (["public", "channel:C1"], "C1", ["C1"], True),
        (["public", "channel:C1"], "C1", [], False),
        (["channel:C1"], "C1", ["C1"], False),
        (["public", "person:U1"], "D1", ["C1"], False),
    ],
)
async def test_only_what_is_public_by_default(
    database: Database,
    readers: list[str],
    channel: str | None,
    public: list[str],
    kept: bool,
) -> None:
    """What Slack does not call public is left out; an admin's word lets it in, and out again."""
    document = await add_document(database, "lunch", readers=readers[0])
    answer = await add_answer(database, document, readers=readers, channel=channel, thread_ts="1")
    await say(database, answer, ASKER, "good")
    assert bool((await gather(database, *public))[1]) is kept
    if channel is not None:
        await allow_training(database, channel, "U1", allowed=True)
        assert bool((await gather(database, *public))[1]) is not channel.startswith("D")
        await allow_training(database, channel, "U1", allowed=False)
        assert bool((await gather(database, *public))[1]) is kept


async def test_without_slack_nothing_is_lost(database: Database) -> None:
    """Where it is not known which channels are public, nothing new is taken and the old stays."""
    document = await add_document(database, "lunch")
    for question in ("When is lunch served?", "When is supper served?"):
        readers = ["public", "channel:C1"]
        answer = await add_answer(
            database, document, question=question, readers=readers, channel="C1"
        )
        await say(database, answer, ASKER, "good")
        if "lunch" in question:
            await gather(database, "C1")
    found = await collect(database, nothing, str, None)
    assert (found.examples, found.withdrawn) == ({}, 0)
    assert len((await gather(database, "C1"))[1]) == 4
    assert (await gather(database))[0].withdrawn == 4


async def test_what_is_kept_is_redacted(
    database: Database,
) -> None:
    """Prompt, question and answers are without people, addresses and keys."""
    document = await add_document(database, "lunch")
    prompt = [{"role": "user", "content": "Notes:\n[1] Priya <p@example.org>: noon."}]
    answer = await add_answer(
        database, document, "Priya serves lunch at noon. [1]",
        "When does <@U024BE7LH> serve lunch?", prompt=prompt,
    )  # fmt: skip
    await say(database, answer, ASKER, "bad", ["style"], "Priya, +44 20 7946 0958: noon. [1]")
    _, (pair, _) = await gather(database)
    assert pair.question == "When does [person] serve lunch?"
    assert pair.prompt[0].content == "Notes:\n[1] [person] <[email]>: noon."
    assert pair.chosen == "[person], [phone]: noon. [1]"
    assert pair.rejected == "[person] serves lunch at noon. [1]"


async def test_what_is_taken_back_leaves(database: Database) -> None:
    """A thumb that was removed takes its examples with it; one that stays keeps its review."""
    document = await add_document(database, "lunch")
    first = await add_answer(database, document)
    await say(database, first, ASKER, "good")
    second = await add_answer(database, document, GOOD, "At what time is lunch?")
    await say(database, second, ASKER, "good")
    await gather(database)
    async with database.connection() as connection:
        await connection.execute("update examples set state = 'approved'")
        await connection.execute("update feedback set label = 'none' where answer_id = %s", [first])
    collected, examples = await gather(database)
    assert collected.withdrawn == 2
    assert {one.answer_id for one in examples} == {second}
    async with database.connection() as connection:
        cursor = await connection.execute("select distinct state from examples")
        assert await cursor.fetchall() == [("approved",)]


async def test_forget_me(database: Database) -> None:
    """A person's examples leave and do not come back; others' words on their own answers stay."""
    document = await add_document(database, "lunch")
    answer = await add_answer(database, document)
    await say(database, answer, READER, "good")
    await say(database, answer, "U2", "good")
    assert len((await gather(database))[1]) == 1
    left = await forget(database, READER)
    assert (left.examples, left.datasets) == (1, 0)
    _, (kept,) = await gather(database)
    assert kept.people == {ASKER, "U2"}
    await forget(database, ASKER)
    assert (await gather(database))[1] == []


async def test_a_deleted_document_takes_its_examples(database: Database) -> None:
    """What rests on it leaves, at once when it is swept and for good."""
    document = await add_document(database, "lunch")
    await say(database, await add_answer(database, document), ASKER, "good")
    await gather(database)
    async with database.connection() as connection:
        await connection.execute("delete from documents")
    assert (await sweep(database)).examples == 2
    assert (await gather(database))[1] == []


async def test_a_search_is_asked_only_for_what_is_bad(database: Database) -> None:
    """A good answer needs no cause."""
    await say(
        database, await add_answer(database, await add_document(database, "lunch")), ASKER, "good"
    )
    search = finding("Lunch.")
    await collect(database, search, str)
    assert search.asked == []
