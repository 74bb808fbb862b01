"""Training by itself: when it is time, once for all bots, and what is announced."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from database.database import Database
from houselore.runtime.training_schedule import keep_learning, run_houselore, schedule_of
from houselore.settings import Settings, open_settings
from tests.tuning.rated_answers import ASKER, add_answer, add_document, nothing, say
from tuning.datasets.store import freeze_dataset
from tuning.feedback.collect import collect
from tuning.rollout.registry import Lineage, ensure_served, pin, register
from tuning.schedule import Schedule, look_due

ANY = Schedule(examples=1, unreviewed=True)


async def teach(database: Database, *numbers: int) -> None:
    """Answers, one a number, that somebody wished to be shorter: two examples of each."""
    for number in numbers:
        answer = await add_answer(database, await add_document(database, f"lunch-{number}"))
        await say(database, answer, ASKER, "bad", ["style"], f"Noon, {number}. [1]")
    await collect(database, nothing, str)


def settings_in(folder: Path, **given: object) -> Settings:
    """The settings of a house that may learn."""
    return open_settings(data_dir=folder, train_on_feedback=True, train_unreviewed=True, **given)


@pytest.mark.parametrize(
    ("given", "wished"),
    [({}, False), ({"tune_examples": 5}, True), ({"tune_days": 7.0}, True)],
)
def test_nobody_trains_unasked(tmp_path: Path, given: dict[str, object], wished: bool) -> None:
    """There is a schedule where somebody sets one and learning is allowed, else none."""
    assert (schedule_of(settings_in(tmp_path, **given)) is not None) is wished
    assert schedule_of(open_settings(data_dir=tmp_path, **given)) is None


async def test_when_it_is_time(database: Database) -> None:
    """With enough that is new and reviewed, or after the days; not again with what was learned."""
    await teach(database, 1, 2, 3)
    assert (await look_due(database, Schedule(examples=1))).new == frozenset()
    due = await look_due(database, Schedule(examples=6, unreviewed=True))
    assert (len(due.new), due.reason) == (6, "6 examples are new")
    assert (await look_due(database, Schedule(examples=7, unreviewed=True))).reason is None
    assert (await look_due(database, Schedule(days=7, unreviewed=True))).reason is not None

    frozen = await freeze_dataset(database, "ben", unreviewed=True)
    await register(database, "house-2", "Tiny", "a", Lineage(dataset=frozen.hash))
    assert (await look_due(database, ANY)).reason is None
    await teach(database, 4)
    assert (await look_due(database, ANY)).reason == "2 examples are new"
    assert (await look_due(database, Schedule(days=7, unreviewed=True))).reason is None


async def test_a_pinned_model_is_left_alone(database: Database) -> None:
    """What is to stay is not to be replaced: nothing is trained for it."""
    await teach(database, 1)
    await ensure_served(database, "house-1", "Tiny")
    assert (await look_due(database, ANY)).reason is not None
    await pin(database, is_pinned=True)
    assert (await look_due(database, ANY)).reason is None


async def test_it_trains_once_and_says_so(database: Database, tmp_path: Path) -> None:
    """Collected, then trained, and the search learns; what came of both is announced, and what
    failed is not tried again with the same.
    """
    await teach(database, 1, 2)
    ran: list[Sequence[str]] = []
    said: list[str] = []
    enough = asyncio.Event()

    async def run(arguments: Sequence[str]) -> tuple[int, str]:
        ran.append(arguments)
        if len(ran) == 5:
            enough.set()
        return (1, "No room.") if arguments[0] == "tune" else (0, "Passed.\n")

    async def announce(sentence: str) -> None:
        said.append(sentence)

    async def learning() -> None:
        settings = settings_in(tmp_path, tune_examples=1)
        await keep_learning(database, settings, ANY, announce, run, seconds=0.01)

    async with database.try_advisory_lock("home/tune"):
        task = asyncio.create_task(learning())
        await asyncio.sleep(0.1)
        task.cancel()
    assert not ran
    task = asyncio.create_task(learning())
    await asyncio.wait_for(enough.wait(), 20)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    commands = [arguments[0] for arguments in ran[:5]]
    assert commands == ["data", "tune", "retriever", "data", "data"]
    assert ran[1] == ["tune", "--share", "0.2"]
    assert ran[2] == ["retriever", "learn", "--promote"]
    assert said == [
        "A training failed, and who answers stays: No room.",
        "The search learned, too.\nPassed.",
    ]


async def test_a_command_is_run_to_its_end() -> None:
    """What it says on the one side or, where it fails, on the other."""
    code, said = await run_houselore(["tune", "--help"])
    assert code == 0 and "candidate" in said
    code, said = await run_houselore(["tune", "--epochs", "none"])
    assert code == 2 and "epochs" in said
