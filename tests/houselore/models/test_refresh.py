"""The registry followed by a running house: questions take what is open and wait for no opening."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import cast

import psycopg
import pytest

from answering.answerer import Answerer
from answering.types.progress import Progress
from answering.types.questions import Place, Question
from database.database import Database
from houselore.errors import ModelUnusable, ServerDidNotStart
from houselore.models.refresh import SECONDS, keep_following
from houselore.models.router import ModelRouter
from retrieval.audience import everyone
from tuning.rollout.canary import current_rollout, start_rollout
from tuning.rollout.registry import Model, ensure_served, models, promote, register, roll_back


class Named:
    """An answerer that notes its name instead of answering."""

    def __init__(self, name: str, asked: list[str]) -> None:
        self._name, self._asked = name, asked

    async def answer(self, question: Question, bar: float | None) -> AsyncIterator[Progress]:
        """No step at all."""
        self._asked.append(self._name)
        nothing: tuple[Progress, ...] = ()
        for step in nothing:
            yield step


class Machine:
    """Where models are opened: it waits for what is in `held`, and raises what is in `faults`."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.opened: list[str] = []
        self.held: dict[str, asyncio.Event] = {}
        self.faults: dict[str, list[Exception]] = {}

    async def open(self, model: Model) -> Answerer:
        """As `Parts.answerer`."""
        self.opened.append(model.name)
        if model.name in self.held:
            await self.held[model.name].wait()
        if self.faults.get(model.name):
            raise self.faults[model.name].pop(0)
        return cast("Answerer", Named(model.name, self.asked))

    async def close(self, _: Model) -> None:
        """None of them is out of service."""
        raise AssertionError("nobody is closed here")

    async def house(self, database: Database, pause: float = 0.0) -> ModelRouter:
        """A house on this machine, started."""
        first = await ensure_served(database, "house-1", "SmolLM2")
        house = ModelRouter(database, first, self.open, self.close, pause)
        await house.start()
        return house

    async def answers(self, house: ModelRouter, place: Place | None = None) -> str:
        """The name of the model that a question is answered with."""
        question = Question("Who?", everyone("home"), place=place)
        async with asyncio.timeout(2):
            assert [step async for step in house.answer(question)] == []
        return self.asked[-1]


@pytest.fixture
async def registry(database: Database) -> Database:
    """`house-1` is served, `house-2` and `house-3` are candidates."""
    await ensure_served(database, "house-1", "SmolLM2")
    for name in ("house-2", "house-3"):
        await register(database, name, "SmolLM2", f"adapters/{name}")
    return database


@asynccontextmanager
async def kept(house: ModelRouter, seconds: float) -> AsyncIterator[None]:
    """The house follows its registry while the block runs."""
    task = asyncio.create_task(keep_following(house, seconds))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def come_true(is_so: Callable[[], bool]) -> None:
    """Wait for it, 20 seconds at most."""
    async with asyncio.timeout(20):
        while not is_so():  # noqa: ASYNC110 - nobody tells of it
            await asyncio.sleep(0.02)


async def test_a_question_waits_for_no_opening(registry: Database) -> None:
    """While the promoted model is opened the one before answers; looks at once open it once."""
    machine = Machine()
    house = await machine.house(registry)
    machine.held["house-2"] = asyncio.Event()
    await promote(registry, "house-2", "U1", "better")
    looks = [asyncio.create_task(house.look()) for _ in range(3)]
    await come_true(lambda: "house-2" in machine.opened)
    assert await machine.answers(house) == "house-1"
    assert house.in_use == {"house-1", "house-2"}
    machine.held["house-2"].set()
    await asyncio.gather(*looks)
    assert await machine.answers(house) == "house-2"
    assert machine.opened == ["house-1", "house-2"]


async def test_an_opening_that_hangs_holds_no_other_model_up(registry: Database) -> None:
    """A canary never comes to be open: one goes back to the model before all the same, at once."""
    machine = Machine()
    house = await machine.house(registry)
    await promote(registry, "house-3", "U1", "better")
    await house.look()
    assert await machine.answers(house) == "house-3"
    machine.held["house-2"] = asyncio.Event()
    await start_rollout(registry, "house-2", 1, "U1")
    async with kept(house, 0.02):
        await come_true(lambda: "house-2" in machine.opened)
        await roll_back(registry, "U1", "worse")
        await asyncio.sleep(0.3)
        assert await machine.answers(house) == "house-1"
    assert machine.opened == ["house-1", "house-3", "house-2"]


async def test_what_cannot_be_opened_is_tried_less_and_less(
    registry: Database,
) -> None:
    """After a first pause, then after one twice as long, however often one looks."""
    machine = Machine()
    machine.faults["house-2"] = [ServerDidNotStart("no room")] * 20
    house = await machine.house(registry, pause=0.2)
    await promote(registry, "house-2", "U1", "better")
    begun = time.monotonic()
    while time.monotonic() - begun < 1.3:
        await house.look()
        await asyncio.sleep(0.01)
    assert 2 <= machine.opened.count("house-2") <= 3  # after 0, .2 and .6 s; not yet at 1.4
    assert await machine.answers(house) == "house-1"


async def test_the_same_failure_is_logged_once(
    registry: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """A served model that cannot be had is tried again and again; a new reason is logged anew."""
    machine = Machine()
    house = await machine.house(registry)
    reasons = "no room", "no room", "no file", "no file"
    machine.faults["house-2"] = [ServerDidNotStart(reason) for reason in reasons]
    await promote(registry, "house-2", "ana", "tried by hand")
    while machine.faults["house-2"]:
        await house.look()
        assert await machine.answers(house) == "house-1"
    said = [
        record.getMessage() for record in caplog.records if record.name == "houselore.models.router"
    ]
    assert said == [
        "the model house-2 cannot be served: no room",
        "the model house-2 cannot be served: no file",
    ]


async def test_trouble_of_one_machine_takes_no_canary_back(registry: Database) -> None:
    """A storage that is silent, a disk that is full: the rollout goes on, and so does who serves.

    Once the canary can be had here it answers here, too.
    """
    machine = Machine()
    house = await machine.house(registry)
    machine.faults["house-2"] = [ServerDidNotStart("silent"), OSError(28, "No space left")]
    rollout = await start_rollout(registry, "house-2", 1, "U1")
    threads = (f"{n}.0" for n in range(50))
    its_own = next(t for t in threads if rollout.model_for("C1", t) == "house-2")
    for _ in range(2):
        await house.look()
        assert await machine.answers(house, Place("C1", its_own)) == "house-1"
        assert await current_rollout(registry) == rollout
    await house.look()
    assert await machine.answers(house, Place("C1", its_own)) == "house-2"


async def test_a_canary_that_is_wrong_is_taken_back(
    registry: Database, owner: psycopg.AsyncConnection
) -> None:
    """Its adapter is not what was registered: nobody could serve it, and the rollout says why."""
    machine = Machine()
    house = await machine.house(registry)
    machine.faults["house-2"] = [ModelUnusable("its SHA-256 differs")]
    await start_rollout(registry, "house-2", 1, "U1")
    await house.look()
    assert await machine.answers(house, Place("C1", "1.0")) == "house-1"
    assert await current_rollout(registry) is None
    states = {model.name: model.state for model in await models(registry)}
    assert states["house-2"] == "retired"
    row = await (await owner.execute("select ended_by, reason from rollouts")).fetchone()
    assert row == ("houselore", "its SHA-256 differs")


async def test_every_process_follows_within_ten_seconds(registry: Database) -> None:
    """Two houses on one database, at the pace at which they run: both answer with the new model."""
    machines = Machine(), Machine()
    houses = [await machine.house(registry) for machine in machines]
    async with kept(houses[0], SECONDS), kept(houses[1], SECONDS):
        await promote(registry, "house-2", "U1", "better")
        begun = time.monotonic()
        for machine, house in zip(machines, houses, strict=True):
            while await machine.answers(house) != "house-2":
                assert time.monotonic() - begun < 10
                await asyncio.sleep(0.1)


async def test_a_database_that_is_away_ends_no_following(
    registry: Database, owner: psycopg.AsyncConnection, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged once, and the house follows again when the database is back."""
    machine = Machine()
    house = await machine.house(registry)
    async with kept(house, 0.02):
        await owner.execute("alter table models rename to hidden")
        await come_true(lambda: "the registry could not be read" in caplog.text)
        await asyncio.sleep(0.2)
        await owner.execute("alter table hidden rename to models")
        await promote(registry, "house-2", "U1", "better")
        await come_true(lambda: "house-2" in house.in_use)
    assert caplog.text.count("the registry could not be read") == 1
