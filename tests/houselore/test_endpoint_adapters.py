"""An adapter is loaded into an endpoint and let go as vLLM documents it, or one is told why not."""

from pathlib import Path

import pytest
from starlette.applications import Starlette

from houselore.endpoint_adapters import load_adapter, unload_adapter
from houselore.errors import ServerDidNotStart
from tests.houselore.lora_endpoint import Endpoint
from tests.serving import serving


async def test_an_adapter_is_loaded_once_under_its_name() -> None:
    """Its folder and the key are sent; loaded already is as good."""
    endpoint = Endpoint()
    async with serving(endpoint.app()) as url:
        for _ in range(2):
            await load_adapter(f"{url}/v1", "secret", "house-2", Path("/adapters/house-2"))
    assert endpoint.loaded == {"house-2": "/adapters/house-2"}
    assert endpoint.keys == ["Bearer secret"] * 2


async def test_what_cannot_be_loaded_is_said() -> None:
    """A folder that the endpoint refuses, and an endpoint that is not there."""
    async with serving(Endpoint().app()) as url:
        with pytest.raises(ServerDidNotStart, match="No adapter found"):
            await load_adapter(f"{url}/v1", None, "house-2", Path("/adapters/broken"))
    with pytest.raises(ServerDidNotStart, match="does not answer"):
        await load_adapter(f"{url}/v1", None, "house-2", Path("/adapters/house-2"))


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
