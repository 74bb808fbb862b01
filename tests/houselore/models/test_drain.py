"""A model out of service is closed once nobody answers with it: its server, its place at vLLM."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from houselore.cli.models.judge import Trial, judge_model
from houselore.models.drain import Retirement, keep_tidy
from houselore.services import Services, open_services
from houselore.settings import open_settings
from tests.houselore.lora_endpoint import Endpoint
from tests.serving import serving
from tuning.adapters.bundled import STARTER
from tuning.rollout.canary import start_rollout, stop_rollout
from tuning.rollout.registry import promote, register, roll_back

ProcessesOf = Callable[[Path], list[str]]
Until = Callable[[Callable[[], bool]], Awaitable[None]]
NAMES = ("house-2", "house-3", "house-4")


@asynccontextmanager
async def opened(
    tmp_path: Path, database_url: str, redis_url: str, chat_url: str
) -> AsyncIterator[Services]:
    """A house with three candidates."""
    settings = open_settings(
        data_dir=tmp_path / "data",
        database_url=database_url,
        redis_url=redis_url,
        chat_url=chat_url,
    )
    async with open_services(settings) as services:
        for name in NAMES:
            adapter = shutil.copytree(STARTER, tmp_path / name, dirs_exist_ok=True)
            await register(services.database, name, "SmolLM2", str(adapter))
        yield services


async def follow(services: Services) -> None:
    """What every process does again and again, without waiting for answers in progress."""
    await services.answerer.look()
    await Retirement(services.database, services.answerer, grace=0.0).look()


async def test_an_endpoint_lets_go_of_what_is_out_of_service(
    tmp_path: Path, database_url: str, redis_url: str
) -> None:
    """Promoted, tried, rolled back: what is served, tried or next in a rollback stays loaded."""
    endpoint = Endpoint()
    async with (
        serving(endpoint.app()) as url,
        opened(tmp_path, database_url, redis_url, f"{url}/v1") as services,
    ):
        loaded = []
        for name in NAMES:
            await promote(services.database, name, "U1", "better")
            await follow(services)
            loaded.append(set(endpoint.loaded))
        assert loaded == [{"house-2"}, {"house-2", "house-3"}, {"house-3", "house-4"}]
        await start_rollout(services.database, "house-2", 0.5, "U1")
        await follow(services)
        assert set(endpoint.loaded) == {"house-2", "house-3", "house-4"}
        await stop_rollout(services.database, "U1", "worse")
        await follow(services)
        assert set(endpoint.loaded) == {"house-3", "house-4"}
        await roll_back(services.database, "U1", "worse")
        await follow(services)
        assert set(endpoint.loaded) == {"house-3", "house-4"}


async def test_answers_that_are_being_written_are_waited_for(
    tmp_path: Path, database_url: str, redis_url: str
) -> None:
    """Before its time nothing is let go, and a model that comes back begins to wait anew."""
    endpoint = Endpoint()
    async with (
        serving(endpoint.app()) as url,
        opened(tmp_path, database_url, redis_url, f"{url}/v1") as services,
    ):
        retirement = Retirement(services.database, services.answerer, grace=0.2)

        async def look_again(seconds: float = 0.0) -> bool:
            """Whether house-2 is still there, so many seconds later."""
            await asyncio.sleep(seconds)
            await services.answerer.look()
            await retirement.look()
            return "house-2" in endpoint.loaded

        for name in NAMES:
            await promote(services.database, name, "U1", "better")
            assert await look_again()
        await start_rollout(services.database, "house-2", 0.5, "U1")
        assert await look_again(0.25)
        await stop_rollout(services.database, "U1", "worse")
        assert await look_again()
        assert not await look_again(0.25)
        assert set(endpoint.loaded) == {"house-3", "house-4"}


async def test_what_this_process_still_answers_with_stays(
    tmp_path: Path,
    database_url: str,
    redis_url: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Where the models promoted since cannot be had here, the one that answers is not taken out;
    an endpoint that fails is told in the log, and the others are let go in the next round.
    """
    endpoint = Endpoint()
    async with (
        serving(endpoint.app()) as url,
        opened(tmp_path, database_url, redis_url, f"{url}/v1") as services,
    ):
        await promote(services.database, "house-2", "U1", "better")
        await follow(services)
        for name in ("one", "two"):
            gone = str(tmp_path / name / "missing")
            await register(services.database, name, "SmolLM2", gone)
            await promote(services.database, name, "U1", "a slip")
            await follow(services)
        assert set(endpoint.loaded) == {"house-2"}
        assert services.answerer.in_use == {"house-2"}
        await register(services.database, "stuck", "SmolLM2", str(tmp_path / "house-3"))
        for name in ("stuck", "house-3", "house-4"):
            await promote(services.database, name, "U1", "better")
        retirement = Retirement(services.database, services.answerer, grace=0.5)
        await services.answerer.look()
        await retirement.look()
        await asyncio.sleep(0.6)
        await retirement.look()
        assert "stuck is out of service and was not closed" in caplog.text
        assert "house-2" in endpoint.loaded
        await retirement.look()
        assert "house-2" not in endpoint.loaded


async def test_an_endpoint_that_hangs_holds_nobody_up(
    tmp_path: Path, database_url: str, redis_url: str
) -> None:
    """One model of those that are due is tried, for some seconds; then others may promote."""
    endpoint = Endpoint()
    async with (
        serving(endpoint.app()) as url,
        opened(tmp_path, database_url, redis_url, f"{url}/v1") as services,
    ):
        await register(services.database, "house-5", "SmolLM2", str(tmp_path / "house-4"))
        for name in (*NAMES, "house-5"):
            await promote(services.database, name, "U1", "better")
            await services.answerer.look()
        endpoint.hangs = True
        async with asyncio.timeout(5):
            looking = asyncio.create_task(follow(services))
            await asyncio.sleep(0.3)
            await promote(services.database, "house-3", "U1", "meanwhile")
            await looking
        assert endpoint.let_go == ["house-3"]


async def test_what_has_no_place_of_its_own_is_not_asked_for(
    tmp_path: Path, database_url: str, redis_url: str
) -> None:
    """The base and what a provider serves are never let go; what was closed is closed once."""
    endpoint = Endpoint()
    async with (
        serving(endpoint.app()) as url,
        opened(tmp_path, database_url, redis_url, f"{url}/v1") as services,
    ):
        await register(services.database, "far", "SmolLM2", "hosted:ft-1")
        retirement = Retirement(services.database, services.answerer, grace=0.0)
        for name in ("far", *NAMES):
            await promote(services.database, name, "U1", "better")
            await services.answerer.look()
            await retirement.look()
        await retirement.look()
        assert endpoint.let_go == ["house-2"]


async def test_the_server_of_a_retired_model_ends(
    tmp_path: Path,
    database_url: str,
    redis_url: str,
    processes_of: ProcessesOf,
    until: Until,
) -> None:
    """On the embedded model each adapter's process ends once it is out of service, and the served
    one and the one before go on; taken back into service it has a server again.
    """

    def running() -> set[str]:
        lines = [line for line in processes_of(tmp_path) if "chat_model_server" in line]
        return {name for name in NAMES for line in lines if f"/{name}/" in line}

    async with opened(tmp_path, database_url, redis_url, "embedded:") as services:
        for name in NAMES:
            await promote(services.database, name, "U1", "better")
            await follow(services)
        await until(lambda: running() == {"house-3", "house-4"})
        await promote(services.database, "house-2", "U1", "after all")
        await follow(services)
        await until(lambda: running() == {"house-2", "house-4"})


async def test_a_candidate_that_was_judged_is_let_go(
    tmp_path: Path, database_url: str, redis_url: str
) -> None:
    """Whatever came of it; a canary that was judged stays."""
    endpoint = Endpoint()
    async with (
        serving(endpoint.app()) as url,
        opened(tmp_path, database_url, redis_url, f"{url}/v1") as services,
    ):
        endpoint.says = "I do not know."
        settings = open_settings(
            data_dir=tmp_path / "judge",
            database_url=database_url,
            redis_url=redis_url,
            chat_url=f"{url}/v1",
        )
        await promote(services.database, "house-2", "U1", "better")
        await start_rollout(services.database, "house-3", 0.5, "U1")
        await services.answerer.look()
        for name in ("house-3", "house-4"):
            await judge_model(settings, name, Trial(limit=2))
        assert (endpoint.let_go, set(endpoint.loaded)) == (["house-4"], {"house-2", "house-3"})


async def test_the_house_is_kept_tidy(
    tmp_path: Path, database_url: str, redis_url: str, until: Until
) -> None:
    """Without anybody's asking, and after the database was away: what is due is let go."""
    endpoint = Endpoint()
    async with (
        serving(endpoint.app()) as url,
        opened(tmp_path, database_url, redis_url, f"{url}/v1") as services,
    ):
        tidying = keep_tidy(services.database, services.answerer, 0.02, grace=0.1)
        tidy = asyncio.create_task(tidying)
        for name in NAMES:
            await promote(services.database, name, "U1", "better")
            await services.answerer.look()
        await until(lambda: set(endpoint.loaded) == {"house-3", "house-4"})
        await asyncio.sleep(0.2)
        assert endpoint.let_go == ["house-2"]
        tidy.cancel()
        await asyncio.gather(tidy, return_exceptions=True)
