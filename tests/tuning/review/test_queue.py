"""Nothing is trained on that nobody has seen, and what must leave leaves the datasets too."""

import pytest
from psycopg_pool import AsyncConnectionPool

from tests.tuning.rated_answers import ASKER, READER, add_answer, add_document, nothing, say
from tuning.datasets.formats import Response, Row, read_rows, write_rows
from tuning.datasets.store import datasets, freeze_dataset, rows_of
from tuning.errors import NothingToFreeze, UnknownDataset, UnknownExample, UnusableExamples
from tuning.examples_for_training import Message
from tuning.feedback.collect import collect
from tuning.feedback.erasure import forget, models_to_retrain
from tuning.review.queue import agreements, kappa, queue, review, take_in


async def fill(pool: AsyncConnectionPool, count: int = 3) -> list[int]:
    """So many waiting examples for SFT, and as many thumbs; the numbers of the first kind."""
    for number in range(count):
        document = await add_document(pool, f"lunch-{number}")
        answer = await add_answer(pool, document, question=f"When is lunch in room {number}?")
        await say(pool, answer, ASKER if number else READER, "good")
        await say(pool, answer, ASKER, "good") if not number else None
    await collect(pool, "home", nothing, str)
    return [one.id for one in await queue(pool, "home") if one.kind == "sft"]


async def test_only_what_was_approved_is_frozen(pool: AsyncConnectionPool) -> None:
    """Not what waits, unless it is asked for, and never what was rejected."""
    first, second, _ = await fill(pool)
    with pytest.raises(NothingToFreeze, match="No example is approved"):
        await freeze_dataset(pool, "home", "ana")
    await review(pool, "home", first, "ana", "approve")
    await review(pool, "home", second, "ana", "reject")
    assert sum((await freeze_dataset(pool, "home", "ana")).counts.values()) == 1
    everything = await freeze_dataset(pool, "home", "ana", unreviewed=True)
    assert sum(everything.counts.values()) == 5
    assert len(await datasets(pool, "home")) == 2


async def test_freezing_again_is_the_same_dataset(pool: AsyncConnectionPool) -> None:
    """One row, one hash; its rows are those that were approved."""
    first, *_ = await fill(pool)
    await review(pool, "home", first, "ana", "approve")
    one = await freeze_dataset(pool, "home", "ana")
    other = await freeze_dataset(pool, "home", "ben")
    assert one == other
    (listed,) = await datasets(pool, "home")
    assert (listed.hash, listed.frozen_by) == (one.hash, "ana")
    (row,) = await rows_of(pool, "home", "sft", dataset=one.hash[:8])
    assert row.chosen == "Lunch is served at noon. [1]"


async def test_an_edit_is_what_is_learned(pool: AsyncConnectionPool) -> None:
    """The new words are frozen; a collection does not undo them, a thumb cannot be edited."""
    first, *_ = await fill(pool, 1)
    await review(pool, "home", first, "ana", "edit", "Noon. [1]")
    await collect(pool, "home", nothing, str)
    await freeze_dataset(pool, "home", "ana")
    (row,) = await rows_of(pool, "home", "sft")
    assert row.chosen == "Noon. [1]"
    (thumb,) = await queue(pool, "home")
    with pytest.raises(UnusableExamples, match="approve it or reject it"):
        await review(pool, "home", thumb.id, "ana", "edit", "Noon.")
    with pytest.raises(UnknownExample, match="no example 999"):
        await review(pool, "home", 999, "ana", "approve")


async def test_agreement(pool: AsyncConnectionPool) -> None:
    """Cohen's kappa of each two who reviewed the same; the last word decides."""
    numbers = await fill(pool)
    for number in numbers:
        await review(pool, "home", number, "ana", "approve")
        await review(pool, "home", number, "ben", "reject" if number == numbers[0] else "approve")
    (found,) = await agreements(pool, "home")
    assert (found.one, found.other, found.examples, found.kappa) == ("ana", "ben", 3, 0.0)
    rejected = await queue(pool, "home", "rejected")
    assert [one.id for one in rejected] == numbers[:1]


def test_kappa() -> None:
    """Known values: full agreement 1, that of chance 0, and Cohen's own way of counting."""
    assert kappa([(True, True), (False, False)]) == 1
    assert kappa([(True, True)]) == 1
    assert kappa([(True, False), (False, True)]) == -1
    table = [(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 15
    assert kappa(table) == pytest.approx(0.4)


async def test_a_forgotten_person_leaves_the_datasets(pool: AsyncConnectionPool) -> None:
    """The dataset is stale, its content gone, its card stays; a new one lacks them."""
    await fill(pool)
    frozen = await freeze_dataset(pool, "home", "ana", unreviewed=True)
    async with pool.connection() as connection:
        await connection.execute(
            "insert into models (workspace, name, base, state, dataset)"
            " values ('home', 'house-2', 'b', 'candidate', %s)",
            [frozen.hash],
        )
    assert await models_to_retrain(pool, "home") == []
    left = await forget(pool, "home", READER)
    assert (left.examples, left.datasets) == (2, 1)
    assert await models_to_retrain(pool, "home") == ["house-2"]
    (stale,) = await datasets(pool, "home")
    assert stale.stale_reason == "a person is forgotten"
    assert stale.card.startswith("# Dataset")
    with pytest.raises(UnknownDataset, match="is stale"):
        await rows_of(pool, "home", "sft")
    fresh = await freeze_dataset(pool, "home", "ana", unreviewed=True)
    assert READER not in fresh.people


async def test_a_deleted_document_leaves_the_datasets(pool: AsyncConnectionPool) -> None:
    """As soon as anybody looks at them."""
    await fill(pool, 1)
    await freeze_dataset(pool, "home", "ana", unreviewed=True)
    async with pool.connection() as connection:
        await connection.execute("delete from documents")
    assert await queue(pool, "home", None) == []
    (stale,) = await datasets(pool, "home")
    assert stale.stale_reason == "a document is gone"


async def test_a_document_that_became_private_leaves(pool: AsyncConnectionPool) -> None:
    """Its examples and datasets go, those of others stay; it gives no new ones."""
    await fill(pool, 2)
    await freeze_dataset(pool, "home", "ana", unreviewed=True)
    async with pool.connection() as connection:
        await connection.execute(
            "update documents set readers = '{channel:C9}' where key = 'lunch-0'"
        )
    assert {one.question for one in await queue(pool, "home")} == {"When is lunch in room 1?"}
    assert [one.stale_reason for one in await datasets(pool, "home")] == ["a document is gone"]
    collected = await collect(pool, "home", nothing, str)
    assert collected.left_out == {"a document is gone": 1}


async def test_a_file_comes_in_and_reviews_come_back(pool: AsyncConnectionPool) -> None:
    """New rows wait, redacted; reviews from Argilla reach our examples, with edits."""
    sft, *_ = await fill(pool, 1)
    sent = [one.as_row() for one in await queue(pool, "home")]
    assert read_rows(write_rows(sent, "argilla"), "argilla") == sent
    back = [
        Row(one.kind, one.prompt, one.chosen, one.rejected, one.label, one.key,
            (Response("7", "approve", "Noon, a@b.org. [1]"),))
        for one in sent
    ]  # fmt: skip
    new = Row("sft", (Message("user", "Notes:\n\nQuestion: Who?"),), "Mail a@b.org.")

    def hide(text: str) -> str:
        return text.replace("a@b.org", "[email]")

    assert await take_in(pool, "home", [*back, new], hide) == (1, 2)
    approved = {one.kind: one for one in await queue(pool, "home", "approved")}
    assert approved["sft"].id == sft
    assert approved["sft"].chosen == "Noon, [email]. [1]"
    assert approved["kto"].chosen == "Lunch is served at noon. [1]"
    (waiting,) = await queue(pool, "home")
    assert (waiting.question, waiting.chosen) == ("Who?", "Mail [email].")
    await collect(pool, "home", nothing, str)
    assert [one.id for one in await queue(pool, "home")] == [waiting.id]
