"""Nothing is trained on that nobody has seen, and what must leave leaves the datasets too."""

import pytest

from database.database import Database
from tests.tuning.rated_answers import ASKER, READER, add_answer, add_document, nothing, say
from tuning.datasets.formats import DatasetRow, Response, read_rows, write_rows
from tuning.datasets.store import datasets, freeze_dataset, rows_of
from tuning.errors import NothingToFreeze, UnknownDataset, UnknownExample, UnusableExamples
from tuning.examples_for_training import ChatMessage
from tuning.feedback.collect import collect
from tuning.feedback.erasure import forget, models_to_retrain
from tuning.review.queue import agreements, kappa, queue, review, take_in


async def fill(database: Database, count: int = 3) -> list[int]:
    """So many waiting examples for SFT, and as many thumbs; the numbers of the first kind."""
    for number in range(count):
        document = await add_document(database, f"lunch-{number}")
        answer = await add_answer(database, document, question=f"When is lunch in room {number}?")
        await say(database, answer, ASKER if number else READER, "good")
        await say(database, answer, ASKER, "good") if not number else None
    await collect(database, nothing, str)
    return [one.id for one in await queue(database) if one.kind == "sft"]


async def test_only_what_was_approved_is_frozen(database: Database) -> None:
    """Not what waits, unless it is asked for, and never what was rejected."""
    first, second, _ = await fill(database)
    with pytest.raises(NothingToFreeze, match="No example is approved"):
        await freeze_dataset(database, "ana")
    await review(database, first, "ana", "approve")
    await review(database, second, "ana", "reject")
    assert sum((await freeze_dataset(database, "ana")).counts.values()) == 1
    everything = await freeze_dataset(database, "ana", unreviewed=True)
    assert sum(everything.counts.values()) == 5
    assert len(await datasets(database)) == 2


async def test_freezing_again_is_the_same_dataset(database: Database) -> None:
    """One row, one hash; its rows are those that were approved."""
    first, *_ = await fill(database)
    await review(database, first, "ana", "approve")
    one = await freeze_dataset(database, "ana")
    other = await freeze_dataset(database, "ben")
    assert one == other
    (listed,) = await datasets(database)
    assert (listed.hash, listed.frozen_by) == (one.hash, "ana")
    (row,) = await rows_of(database, "sft", dataset=one.hash[:8])
    assert row.chosen == "Lunch is served at noon. [1]"


async def test_an_edit_is_what_is_learned(database: Database) -> None:
    """The new words are frozen; a collection does not undo them, a thumb cannot be edited."""
    first, *_ = await fill(database, 1)
    await review(database, first, "ana", "edit", "Noon. [1]")
    await collect(database, nothing, str)
    await freeze_dataset(database, "ana")
    (row,) = await rows_of(database, "sft")
    assert row.chosen == "Noon. [1]"
    (thumb,) = await queue(database)
    with pytest.raises(UnusableExamples, match="approve it or reject it"):
        await review(database, thumb.id, "ana", "edit", "Noon.")
    with pytest.raises(UnknownExample, match="no example 999"):
        await review(database, 999, "ana", "approve")


async def test_agreement(database: Database) -> None:
    """Cohen's kappa of each two who reviewed the same; the last word decides."""
    numbers = await fill(database)
    for number in numbers:
        await review(database, number, "ana", "approve")
        await review(database, number, "ben", "reject" if number == numbers[0] else "approve")
    (found,) = await agreements(database)
    assert (found.one, found.other, found.examples, found.kappa) == ("ana", "ben", 3, 0.0)
    rejected = await queue(database, "rejected")
    assert [one.id for one in rejected] == numbers[:1]


def test_kappa() -> None:
    """Known values: full agreement 1, that of chance 0, and Cohen's own way of counting."""
    assert kappa([(True, True), (False, False)]) == 1
    assert kappa([(True, True)]) == 1
    assert kappa([(True, False), (False, True)]) == -1
    table = [(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 15
    assert kappa(table) == pytest.approx(0.4)


async def test_a_forgotten_person_leaves_the_datasets(database: Database) -> None:
    """The dataset is stale, its content gone, its card stays; a new one lacks them."""
    await fill(database)
    frozen = await freeze_dataset(database, "ana", unreviewed=True)
    async with database.connection() as connection:
        await connection.execute(
            "insert into models (workspace, name, base, state, dataset)"
            " values ('home', 'house-2', 'b', 'candidate', %s)",
            [frozen.hash],
        )
    assert await models_to_retrain(database) == []
    left = await forget(database, READER)
    assert (left.examples, left.datasets) == (2, 1)
    assert await models_to_retrain(database) == ["house-2"]
    (stale,) = await datasets(database)
    assert stale.stale_reason == "a person is forgotten"
    assert stale.card.startswith("# Dataset")
    with pytest.raises(UnknownDataset, match="is stale"):
        await rows_of(database, "sft")
    fresh = await freeze_dataset(database, "ana", unreviewed=True)
    assert READER not in fresh.people


async def test_a_deleted_document_leaves_the_datasets(database: Database) -> None:
    """As soon as anybody looks at them."""
    await fill(database, 1)
    await freeze_dataset(database, "ana", unreviewed=True)
    async with database.connection() as connection:
        await connection.execute("delete from documents")
    assert await queue(database, None) == []
    (stale,) = await datasets(database)
    assert stale.stale_reason == "a document is gone"


async def test_a_document_that_became_private_leaves(database: Database) -> None:
    """Its examples and datasets go, those of others stay; it gives no new ones."""
    await fill(database, 2)
    await freeze_dataset(database, "ana", unreviewed=True)
    async with database.connection() as connection:
        await connection.execute(
            "update documents set readers = '{channel:C9}' where key = 'lunch-0'"
        )
    assert {one.question for one in await queue(database)} == {"When is lunch in room 1?"}
    assert [one.stale_reason for one in await datasets(database)] == ["a document is gone"]
    collected = await collect(database, nothing, str)
    assert collected.left_out == {"a document is gone": 1}


async def test_a_file_comes_in_and_reviews_come_back(database: Database) -> None:
    """New rows wait, redacted; reviews from Argilla reach our examples, with edits."""
    sft, *_ = await fill(database, 1)
    sent = [one.as_row() for one in await queue(database)]
    assert read_rows(write_rows(sent, "argilla"), "argilla") == sent
    back = [
        DatasetRow(one.kind, one.prompt, one.chosen, one.rejected, one.label, one.key,
            (Response("7", "approve", "Noon, a@b.org. [1]"),))
        for one in sent
    ]  # fmt: skip
    new = DatasetRow("sft", (ChatMessage("user", "Notes:\n\nQuestion: Who?"),), "Mail a@b.org.")

    def hide(text: str) -> str:
        return text.replace("a@b.org", "[email]")

    assert await take_in(database, [*back, new], hide) == (1, 2)
    approved = {one.kind: one for one in await queue(database, "approved")}
    assert approved["sft"].id == sft
    assert approved["sft"].chosen == "Noon, [email]. [1]"
    assert approved["kto"].chosen == "Lunch is served at noon. [1]"
    (waiting,) = await queue(database)
    assert (waiting.question, waiting.chosen) == ("Who?", "Mail [email].")
    await collect(database, nothing, str)
    assert [one.id for one in await queue(database)] == [waiting.id]
