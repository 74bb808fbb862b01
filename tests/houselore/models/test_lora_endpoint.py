"""An adapter is loaded into an endpoint and let go as vLLM documents it, or one is told why not."""

import shutil
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from starlette.applications import Starlette

from answering.types.questions import Question
from houselore.errors import ModelUnusable, ServerDidNotStart
from houselore.models.lora_endpoint import load_adapter, unload_adapter
from houselore.services import open_services
from houselore.settings import open_settings
from retrieval.audience import everyone
from retrieval.indexing.sync import index_source
from retrieval.sources.files import FilesSource
from tests.houselore.lora_endpoint import Endpoint
from tests.serving import serving
from tuning.adapters.bundled import STARTER
from tuning.adapters.files import WEIGHTS, hash_adapter
from tuning.rollout.registry import Lineage, promote, register, served


async def test_workspaces_that_share_an_endpoint_have_adapters_of_their_own(
    tmp_path: Path, database_url: str, redis_url: str
) -> None:
    """Each has a `house-2`: both are loaded, asked for, and let go without the other's."""
    endpoint = Endpoint()
    hashes = {}
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "lunch.md").write_text("# Lunch\n\nLunch is served at noon.\n")
    async with serving(endpoint.app()) as url, AsyncExitStack() as stack:
        opened = {}
        for workspace in ("north", "south"):
            adapter = shutil.copytree(STARTER, tmp_path / workspace / "house-2")
            with (adapter / WEIGHTS).open("ab") as file:
                file.write(workspace.encode())
            settings = open_settings(
                data_dir=tmp_path / "data" / workspace,
                database_url=database_url,
                redis_url=redis_url,
                chat_url=f"{url}/v1",
                workspace=workspace,
            )
            services = await stack.enter_async_context(open_services(settings))
            hashes[workspace] = hash_adapter(adapter)
            lineage = Lineage(adapter_hash=hashes[workspace])
            await register(services.database, "house-2", "m", str(adapter), lineage)
            await promote(services.database, "house-2", "U1", "better")
            await services.answerer.look()
            opened[workspace] = services
        names = {workspace: f"house-2-{hash_[:12]}" for workspace, hash_ in hashes.items()}
        assert endpoint.loaded == {
            names[workspace]: str(tmp_path / workspace / "house-2") for workspace in names
        }
        for workspace, services in opened.items():
            docs = FilesSource(tmp_path / "docs")
            await index_source(services.database, docs, services.embedder)
            async for _ in services.answerer.answer(
                Question("When is lunch served?", everyone(workspace))
            ):
                pass
        assert list(dict.fromkeys(endpoint.asked)) == list(names.values())
        north = await served(opened["north"].database)
        assert north is not None
        await opened["north"].answerer.close(north)
        assert list(endpoint.loaded) == [names["south"]]


async def test_an_adapter_is_loaded_once_under_its_name() -> None:
    """Its folder and the key are sent; loaded already is as good."""
    endpoint = Endpoint()
    async with serving(endpoint.app()) as url:
        for _ in range(2):
            await load_adapter(f"{url}/v1", "secret", "house-2", Path("/adapters/house-2"))
    assert endpoint.loaded == {"house-2": "/adapters/house-2"}
    assert endpoint.keys == ["Bearer secret"] * 2


async def test_what_cannot_be_loaded_now_is_said() -> None:
    """A folder that the endpoint does not see, and an endpoint that is not there: both may come."""
    async with serving(Endpoint().app()) as url:
        with pytest.raises(ServerDidNotStart, match="No adapter found") as unseen:
            await load_adapter(f"{url}/v1", None, "house-2", Path("/adapters/missing"))
    with pytest.raises(ServerDidNotStart, match="does not answer") as away:
        await load_adapter(f"{url}/v1", None, "house-2", Path("/adapters/house-2"))
    assert not isinstance(unseen.value, ModelUnusable) and not isinstance(away.value, ModelUnusable)


async def test_what_fits_no_endpoint_is_not_tried_again() -> None:
    """An adapter that the endpoint refuses for what it is stays unusable."""
    async with serving(Endpoint().app()) as url:
        with pytest.raises(ModelUnusable, match="greater than max_lora_rank"):
            await load_adapter(f"{url}/v1", None, "house-2", Path("/adapters/wide"))


async def test_an_endpoint_without_loading_has_it_already() -> None:
    """Where that is not offered, the adapter is taken to be there."""
    async with serving(Starlette()) as url:
        await load_adapter(f"{url}/v1", None, "house-2", Path("/adapters/house-2"))


async def test_an_adapter_is_let_go_by_its_name() -> None:
    """With the key, the others stay; one that is not there is as good as gone."""
    endpoint = Endpoint()
    async with serving(endpoint.app()) as url:
        for name in ("house-2", "house-3"):
            await load_adapter(f"{url}/v1", "secret", name, Path("/adapters") / name)
        for _ in range(2):
            await unload_adapter(f"{url}/v1", "secret", "house-2")
    assert list(endpoint.loaded) == ["house-3"]
    assert endpoint.keys == ["Bearer secret"] * 4


async def test_an_adapter_that_stays_is_said() -> None:
    """An endpoint that fails or is silent says so; one that does not offer it is left alone."""
    async with serving(Endpoint().app()) as url:
        with pytest.raises(ServerDidNotStart, match="let go of the adapter stuck"):
            await unload_adapter(f"{url}/v1", None, "stuck")
    with pytest.raises(ServerDidNotStart, match="does not answer"):
        await unload_adapter(f"{url}/v1", None, "house-2")
    async with serving(Starlette()) as url:
        await unload_adapter(f"{url}/v1", None, "house-2")
