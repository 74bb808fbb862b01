"""A running bot watches its canary: what became of it is told once, whoever ended it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from database.database import Database
from houselore.runtime.canary_watch import describe_end, keep_watch
from tests.tuning.rollout.test_canary import answer
from tuning.rollout.canary import BY_ITSELF, Ended, start_rollout, stop_rollout
from tuning.rollout.registry import ensure_served, pin, promote, register, served


class Admins:
    """Whoever is told: their sentences."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    async def hear(self, sentence: str) -> None:
        """One sentence."""
        self.heard.append(sentence)

    async def until(self, count: int) -> list[str]:
        """What they heard once there is so much, and nothing else soon after."""
        async with asyncio.timeout(20):
            while len(self.heard) < count:  # noqa: ASYNC110 - nobody tells of it
                await asyncio.sleep(0.02)
        await asyncio.sleep(0.2)
        assert len(self.heard) == count
        return self.heard


@pytest.fixture
async def registry(database: Database) -> Database:
    """`house-1` is served, `house-2` is a candidate, and one canary was stopped long ago."""
    await ensure_served(database, "house-1", "SmolLM2")
    await register(database, "house-2", "SmolLM2", "adapters/house-2")
    await start_rollout(database, "house-2", 0.5, by="U1")
    await stop_rollout(database, "U1", "long ago")
    return database


@asynccontextmanager
async def watched(database: Database, admins: Admins, bots: int = 1) -> AsyncIterator[None]:
    """So many bots watch many times a second while the block runs."""
    tasks = [asyncio.create_task(keep_watch(database, admins.hear, 0.03)) for _ in range(bots)]
    await asyncio.sleep(0.3)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_promotion_by_itself_is_told(registry: Database) -> None:
    """A canary that is surely no worse answers from now on, and three bots say so once."""
    admins = Admins()
    async with watched(registry, admins, bots=3):
        await start_rollout(registry, "house-2", 0.5, by="U1")
        for _ in range(60):
            await answer(registry, "house-1")
            await answer(registry, "house-2")
        (said,) = await admins.until(1)
    assert said.startswith("house-2 answers now, instead of house-1. ")
    now = await served(registry)
    assert now is not None and now.name == "house-2"


async def test_a_canary_taken_back_by_itself_is_told(registry: Database) -> None:
    """With what was worse about it."""
    admins = Admins()
    async with watched(registry, admins):
        await start_rollout(registry, "house-2", 0.5, by="U1")
        for number in range(30):
            asker = f"U{number % 3}"
            await answer(registry, "house-1")
            await answer(registry, "house-2", asker=asker, disliked_by=asker)
        (said,) = await admins.until(1)
    assert said.startswith("house-2 was taken back, house-1 answers. ")
    assert "disliked" in said


async def test_an_end_by_somebody_else_is_told(registry: Database) -> None:
    """A process that found its adapter wrong, an admin, another promotion, a pin: each is named."""
    admins = Admins()
    await register(registry, "house-3", "SmolLM2", "adapters/house-3")
    async with watched(registry, admins):
        await start_rollout(registry, "house-2", 0.5, by="U1")
        await stop_rollout(registry, BY_ITSELF, "its SHA-256 differs")
        await admins.until(1)
        await start_rollout(registry, "house-2", 0.5, by="U1")
        await promote(registry, "house-2", "ana", "enough seen")
        await admins.until(2)
        await start_rollout(registry, "house-3", 0.5, by="U1")
        await pin(registry)
        heard = await admins.until(3)
    assert heard == [
        "house-2 was taken back, house-1 answers. its SHA-256 differs",
        "house-2 answers now, instead of house-1. By ana: enough seen",
        "house-3 is tried no more. house-2 was pinned",
    ]


async def test_another_bot_takes_over(registry: Database) -> None:
    """The one that watched ends; the next one tells what ends from then on."""
    admins = Admins()
    async with watched(registry, admins):
        second = asyncio.create_task(keep_watch(registry, admins.hear, 0.03))
    await asyncio.sleep(0.5)
    await start_rollout(registry, "house-2", 0.5, by="U1")
    await stop_rollout(registry, "U1", "worse")
    assert await admins.until(1) == ["house-2 was taken back, house-1 answers. By U1: worse"]
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)


def test_how_it_ended_is_one_sentence() -> None:
    """Who ended it is named unless it ended by itself."""
    ended = Ended(1, "house-2", "house-1", "stopped", "ana", "another is better")
    assert describe_end(ended) == "house-2 is tried no more. By ana: another is better"
